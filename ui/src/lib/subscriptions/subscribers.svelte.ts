/** The subscribers: read page by page, and again when a charge changes. */
import { api, type CommandError, type Subscription, type SubscriptionStatus } from '$lib/api';

export const STATUSES: readonly SubscriptionStatus[] = [
  'active',
  'trialing',
  'pastDue',
  'paused',
  'cancelled',
  'finished',
];

export class Subscribers {
  status = $state<SubscriptionStatus | null>(null);
  rows = $state.raw<Subscription[]>([]);
  state = $state<'loading' | 'ready' | 'failed'>('loading');
  error = $state.raw<CommandError | null>(null);
  more = $state(false);

  #next: string | null = null;
  #latest = 0;

  /** Reads anew; as many rows as were there stay. */
  async refresh() {
    const request = ++this.#latest;
    const wanted = Math.max(this.rows.length, 1);
    let rows: Subscription[] = [];
    let next: string | null = null;
    do {
      const page = await api.subscriptions(this.status, next);
      if (request !== this.#latest) return; // A newer answer is on its way.
      if (!page.ok) {
        this.error = page.error;
        if (this.rows.length === 0) this.state = 'failed';
        return;
      }
      rows = [...rows, ...page.value.rows];
      next = page.value.next;
    } while (next !== null && rows.length < wanted);
    this.#take(rows, next);
  }

  async show(status: SubscriptionStatus | null) {
    this.status = status;
    this.rows = [];
    this.state = 'loading';
    await this.refresh();
  }

  async loadMore() {
    if (this.#next === null) return;
    const request = this.#latest;
    const page = await api.subscriptions(this.status, this.#next);
    if (request !== this.#latest || !page.ok) return;
    const known = new Set(this.rows.map(({ id }) => id));
    this.#take(
      [...this.rows, ...page.value.rows.filter(({ id }) => !known.has(id))],
      page.value.next,
    );
  }

  #take(rows: Subscription[], next: string | null) {
    this.rows = rows;
    this.#next = next;
    this.more = next !== null;
    this.error = null;
    this.state = 'ready';
  }
}
