import { describe, expect, it } from 'vitest';
import { endOfDay, shortSpan, startOfDay } from './days';

describe('picked days', () => {
  it('begin at midnight here and end at the next one', () => {
    const since = startOfDay('2026-11-01');
    const until = endOfDay('2026-11-01');
    expect(new Date(since ?? '').getHours()).toBe(0);
    expect(Date.parse(until ?? '') - Date.parse(since ?? '')).toBeGreaterThan(22 * 3_600_000);
    expect(new Date(endOfDay('2026-12-31') ?? '').getFullYear()).toBe(2027);
  });

  it('that are none say so', () => {
    for (const bad of ['', '2026-11', 'yesterday']) expect(startOfDay(bad), bad).toBeNull();
  });

  it('spans are told in two units', () => {
    expect(shortSpan(12)).toBe('12\u00a0s');
    expect(shortSpan(192)).toBe('3\u00a0m\u00a012\u00a0s');
    expect(shortSpan(31 * 3600)).toBe('31\u00a0h\u00a00\u00a0m');
    expect(shortSpan(5 * 86_400)).toBe('5\u00a0d');
  });
});
