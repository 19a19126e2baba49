/** How often a charge is paid, as it is being written. */
import type { Interval, Recurrence, Recurring } from '$lib/api';
import { basisPointsFrom } from './lines';

export type HowOften = 'once' | 'subscription' | 'instalments';
export const HOW_OFTEN: readonly HowOften[] = ['once', 'subscription', 'instalments'];

export type Rhythm = 'week' | 'fortnight' | 'month' | 'year';
export const RHYTHMS: Record<Rhythm, Recurring> = {
  week: { interval: 'week', count: 1 },
  fortnight: { interval: 'week', count: 2 },
  month: { interval: 'month', count: 1 },
  year: { interval: 'year', count: 1 },
};

/** What is offered at once; any number from 2 to 36 can be typed. */
export const USUAL_COUNTS: readonly number[] = [3, 6, 12];
const FEWEST = 2;
const MOST = 36;
const MOST_TRIAL_DAYS = 365;

export class Often {
  kind = $state<HowOften>('once');
  every = $state.raw<Recurring>(RHYTHMS.month);
  trialText = $state('');
  countText = $state('3');
  interestText = $state('');
  /** Meses sin intereses: paid once, by the bank. */
  bankMonths = $state(false);

  readonly rhythm: Rhythm | null = $derived(rhythmOf(this.every));
  /** What goes to the core: null for once, undefined while something can't be read. */
  readonly asked: Recurrence | null | undefined = $derived.by(() => {
    if (this.kind === 'once') return null;
    if (this.kind === 'subscription') {
      const trialDays = trialFrom(this.trialText);
      return trialDays === undefined
        ? undefined
        : { type: 'subscription', every: this.every, trialDays };
    }
    const count = countFrom(this.countText);
    const interest = this.interestText.trim() === '' ? 0 : basisPointsFrom(this.interestText);
    return count === null || interest === null
      ? undefined
      : { type: 'instalments', count, interest };
  });

  /** Takes a product's own rhythm: it is sold in no other. */
  follow(every: Recurring) {
    this.kind = 'subscription';
    this.every = every;
  }

  reset() {
    this.kind = 'once';
    this.every = RHYTHMS.month;
    this.trialText = '';
    this.countText = '3';
    this.interestText = '';
    this.bankMonths = false;
  }
}

function rhythmOf(every: Recurring): Rhythm | null {
  const found = Object.entries(RHYTHMS).find(
    ([, known]) => known.interval === every.interval && known.count === every.count,
  );
  return (found?.[0] as Rhythm | undefined) ?? null;
}

/** Returns the days, null for none, undefined where the text is no number of days. */
function trialFrom(text: string): number | null | undefined {
  const plain = text.trim();
  if (plain === '' || plain === '0') return null;
  const days = /^\d{1,3}$/.test(plain) ? Number(plain) : NaN;
  return days >= 1 && days <= MOST_TRIAL_DAYS ? days : undefined;
}

function countFrom(text: string): number | null {
  const count = /^\d{1,2}$/.test(text.trim()) ? Number(text) : NaN;
  return count >= FEWEST && count <= MOST ? count : null;
}

/** Returns a rhythm in words, with the dictionary's own ways to count. */
export function rhythmWords(
  { interval, count }: Recurring,
  words: Record<Interval, (count: number) => string>,
): string {
  switch (interval) {
    case 'day':
      return words.day(count);
    case 'week':
      return words.week(count);
    case 'month':
      return words.month(count);
    case 'year':
      return words.year(count);
  }
}
