/** Moments in the words of a locale: the clock, the day, the time that is left. */
import { dateFormat } from './intl';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface Span {
  days: number;
  hours: number;
  minutes: number;
}

/** Returns the time of day, always of 24 hours: it is shorter and has no a.m. to misread. */
export function clockTime(at: string, locale: string): string {
  return dateFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
    new Date(at),
  );
}

/** Returns a key that two moments share when they are on the same local day. */
export function dayKey(at: string): string {
  const date = new Date(at);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(String).join('-');
}

/** Returns "Today", "Yesterday" or "Tomorrow", the weekday within a week, else the date. */
export function dayLabel(at: string, now: number, locale: string): string {
  return capitalised(dayWords(at, now, locale));
}

/** Returns the same as it is written inside a sentence. */
export function dayWords(at: string, now: number, locale: string): string {
  const ago = daysAgo(at, now);
  if (Math.abs(ago) <= 1) return relativeDay(-ago, locale);
  if (Math.abs(ago) < 7) return dateFormat(locale, { weekday: 'long' }).format(new Date(at));
  return dateLabel(at, now, locale);
}

/** Returns the shortest label that still tells when: the clock today, else the day. */
export function listTime(at: string, now: number, locale: string): string {
  const ago = daysAgo(at, now);
  if (ago === 0) return clockTime(at, locale);
  if (ago < 7) return dayLabel(at, now, locale);
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return dateFormat(
    locale,
    sameYear ? { day: 'numeric', month: 'short' } : { dateStyle: 'short' },
  ).format(new Date(at));
}

/** Returns day and clock, for a moment that may be any time ago. */
export function momentLabel(at: string, now: number, locale: string): string {
  const clock = clockTime(at, locale);
  return daysAgo(at, now) === 0 ? clock : `${dayLabel(at, now, locale)} ${clock}`;
}

/** Returns day and clock inside a sentence, as in "expires Tuesday 13:56". */
export function momentWords(at: string, now: number, locale: string): string {
  const clock = clockTime(at, locale);
  return daysAgo(at, now) === 0 ? clock : `${dayWords(at, now, locale)} ${clock}`;
}

/** Returns day, year and clock, which stay true however long ago it was. */
export function exactLabel(at: string, locale: string): string {
  const day = dateFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' });
  return `${day.format(new Date(at))}, ${clockTime(at, locale)}`;
}

/** Returns month and year, as in "customer since March 2025". */
export function monthLabel(at: string, locale: string): string {
  return dateFormat(locale, { month: 'short', year: 'numeric' }).format(new Date(at));
}

/** Splits what is left until `at`; nothing is left of the past. */
export function spanUntil(at: string, now: number): Span {
  const left = Math.max(0, new Date(at).getTime() - now);
  return {
    days: Math.floor(left / DAY),
    hours: Math.floor((left % DAY) / HOUR),
    minutes: Math.floor((left % HOUR) / MINUTE),
  };
}

/** WhatsApp lets a shop write freely for so long after a customer's message. */
const WINDOW = 24 * HOUR;

/** What is free after somebody came by an ad. */
export const FREE_ENTRY = 72 * HOUR;

/** Returns when a window closes: never later than a whole one from now, whatever this computer's clock says. */
export function windowEnd(closesAt: string | null, now: number, whole = WINDOW): string | null {
  if (closesAt === null || new Date(closesAt).getTime() - now <= whole) return closesAt;
  return new Date(now + whole).toISOString();
}

/** Returns whether a moment is still to come. */
export function isAhead(at: string | null, now: number): boolean {
  return at !== null && new Date(at).getTime() > now;
}

/** Returns whether `at` comes within the next `hours`. */
export function isWithinHours(at: string | null, hours: number, now: number): boolean {
  return at !== null && isAhead(at, now) && new Date(at).getTime() - now < hours * HOUR;
}

function dateLabel(at: string, now: number, locale: string): string {
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return dateFormat(locale, {
    day: 'numeric',
    month: 'long',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(new Date(at));
}

function daysAgo(at: string, now: number): number {
  const midnight = (moment: Date) =>
    Date.UTC(moment.getFullYear(), moment.getMonth(), moment.getDate());
  return Math.round((midnight(new Date(now)) - midnight(new Date(at))) / DAY);
}

function relativeDay(days: number, locale: string): string {
  let spoken = relatives.get(locale);
  if (!spoken) {
    spoken = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
    relatives.set(locale, spoken);
  }
  return spoken.format(days, 'day');
}

const relatives = new Map<string, Intl.RelativeTimeFormat>();

function capitalised(word: string): string {
  return word.charAt(0).toLocaleUpperCase() + word.slice(1);
}
