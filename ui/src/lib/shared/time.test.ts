import { describe, expect, it } from 'vitest';
import {
  dayLabel,
  isWithinHours,
  listTime,
  momentLabel,
  momentWords,
  spanUntil,
  windowEnd,
  FREE_ENTRY,
} from './time';

const now = new Date(2026, 10, 24, 15, 0).getTime();
const local = (...parts: [number, number, number, number, number]) =>
  new Date(...parts).toISOString();

describe('labels of moments', () => {
  it('shows the clock today and the day before that', () => {
    expect(listTime(local(2026, 10, 24, 9, 5), now, 'en')).toBe('09:05');
    expect(listTime(local(2026, 10, 23, 23, 59), now, 'en')).toBe('Yesterday');
    expect(listTime(local(2026, 10, 20, 9, 5), now, 'en')).toBe('Friday');
    expect(listTime(local(2026, 9, 2, 9, 5), now, 'en')).toBe('Oct 2');
  });

  it('names the days ahead as those behind', () => {
    expect(momentLabel(local(2026, 10, 25, 9, 0), now, 'en')).toBe('Tomorrow 09:00');
    expect(momentLabel(local(2026, 10, 30, 9, 0), now, 'es')).toBe('Lunes 09:00');
    expect(momentLabel(local(2026, 11, 24, 9, 0), now, 'en')).toBe('December 24 09:00');
    expect(momentWords(local(2026, 10, 30, 9, 0), now, 'es')).toBe('lunes 09:00');
    expect(momentWords(local(2026, 10, 30, 9, 0), now, 'en')).toBe('Monday 09:00');
    expect(momentWords(local(2026, 10, 25, 9, 0), now, 'pt')).toBe('amanhã 09:00');
  });

  it('shows the clock for a moment slightly ahead of this machine’s', () => {
    expect(listTime(local(2026, 10, 24, 15, 1), now, 'es')).toBe('15:01');
  });

  it('names the day of what another clock dates tomorrow', () => {
    expect(listTime(local(2026, 10, 25, 9, 5), now, 'es')).toBe('Mañana');
  });

  it('lets no window be longer than a whole one', () => {
    const inHours = (hours: number) => new Date(now + hours * 3_600_000).toISOString();
    expect(windowEnd(inHours(50), now)).toBe(inHours(24));
    expect(windowEnd(inHours(23), now)).toBe(inHours(23));
    expect(windowEnd(null, now)).toBeNull();
    expect(windowEnd(inHours(97), now, FREE_ENTRY)).toBe(inHours(72));
  });

  it('speaks the language', () => {
    expect(dayLabel(local(2026, 10, 24, 9, 5), now, 'es')).toBe('Hoy');
    expect(dayLabel(local(2026, 10, 23, 9, 5), now, 'pt-BR')).toBe('Ontem');
    expect(dayLabel(local(2025, 2, 3, 9, 5), now, 'es-MX')).toBe('3 de marzo de 2025');
  });
});

describe('what is left', () => {
  it('is never negative', () => {
    expect(spanUntil(local(2026, 10, 24, 14, 0), now)).toEqual({ days: 0, hours: 0, minutes: 0 });
  });

  it('counts down in days, hours and minutes', () => {
    expect(spanUntil(local(2026, 10, 25, 14, 30), now)).toEqual({
      days: 0,
      hours: 23,
      minutes: 30,
    });
  });

  it('is urgent only ahead, and only soon', () => {
    expect(isWithinHours(local(2026, 10, 24, 17, 59), 3, now)).toBe(true);
    expect(isWithinHours(local(2026, 10, 24, 18, 1), 3, now)).toBe(false);
    expect(isWithinHours(local(2026, 10, 24, 14, 59), 3, now)).toBe(false);
    expect(isWithinHours(null, 3, now)).toBe(false);
  });
});
