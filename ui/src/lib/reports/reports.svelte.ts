/** A period's sales: which days and which currency are asked for, and what they add up to. */
import { api, type CommandError, type Report, type ReportPeriod } from '$lib/api';

/** The periods to choose from, in their order. */
export const PERIODS = ['today', 'sevenDays', 'thirtyDays', 'month', 'days'] as const;
export type Period = (typeof PERIODS)[number];

export class Reports {
  period = $state<Period>('sevenDays');
  /** The chosen days, where the period is of one's own choosing. */
  first = $state('');
  last = $state('');
  /** Nothing: the shop's usual one. */
  currency = $state<string | null>(null);
  report = $state.raw<Report | null>(null);
  /** The period of the report that is shown: while another is read, it still is. */
  shown = $state<Period>('sevenDays');
  state = $state<'loading' | 'ready' | 'failed'>('loading');
  error = $state.raw<CommandError | null>(null);

  /** What is asked for; nothing where the chosen days are none. */
  readonly asked = $derived.by((): ReportPeriod | null => {
    if (this.period !== 'days') return { type: this.period };
    const isRange = this.first !== '' && this.first <= this.last;
    return isRange ? { type: 'days', first: this.first, last: this.last } : null;
  });

  #latest = 0;

  async refresh() {
    const asked = this.asked;
    if (!asked) return;
    const request = ++this.#latest;
    const { period } = this;
    const report = await api.salesReport(asked, this.currency);
    if (request !== this.#latest) return; // A newer answer is on its way.
    this.state = report.ok ? 'ready' : 'failed';
    this.error = report.ok ? null : report.error;
    if (!report.ok) return;
    this.report = report.value;
    this.shown = period;
  }

  async show(period: Period) {
    // The days that were shown are where one's own choice begins.
    if (period === 'days' && this.report && this.first === '') {
      this.first = this.report.first;
      this.last = this.report.last;
    }
    this.period = period;
    this.state = 'loading';
    await this.refresh();
  }

  async chooseDays() {
    if (this.asked) this.state = 'loading';
    await this.refresh();
  }

  async chooseCurrency(currency: string) {
    this.currency = currency;
    this.state = 'loading';
    await this.refresh();
  }

  /** Saves what is shown as a table. Returns where; nothing where a person changed their mind. */
  async save() {
    return this.asked ? api.saveSalesReport(this.asked, this.currency) : null;
  }
}

/** Returns whether nothing happened in the days of a report. */
export function isEmpty({ links, collected, refunds, disputes }: Report): boolean {
  return [links.made, collected, refunds, disputes].every(({ count }) => count === 0);
}
