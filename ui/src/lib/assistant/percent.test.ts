import { describe, expect, it } from 'vitest';
import { pointsFromPercent } from './percent';

describe('a percentage', () => {
  it('is read exactly, with a point or a comma', () => {
    expect(pointsFromPercent('10')).toBe(1000);
    expect(pointsFromPercent(' 7,5 ')).toBe(750);
    expect(pointsFromPercent('0.29')).toBe(29);
  });

  it('is none where it takes off nothing, all, or something unclear', () => {
    for (const text of ['0', '100', '', '5.555', '-3', 'diez']) {
      expect(pointsFromPercent(text), text).toBeNull();
    }
  });
});
