/** The Payments view: totals, the list and its filters, and the charge that is looked at. */
import {
  api,
  type CommandError,
  type FilterCount,
  type Overview,
  type PaymentFilter,
  type PaymentRow,
  type SavedFilter,
} from '$lib/api';

/** The parts of the view, in their order. */
export const PARTS = ['payments', 'subscribers', 'reconcile', 'disputes', 'payouts'] as const;
export type PaymentsPart = (typeof PARTS)[number];

export class Payments {
  part = $state<PaymentsPart>('payments');
  overview = $state.raw<Overview | null>(null);
  counts = $state.raw<FilterCount[]>([]);
  rows = $state.raw<PaymentRow[]>([]);
  state = $state<'loading' | 'ready' | 'failed'>('loading');
  error = $state.raw<CommandError | null>(null);
  filter = $state<PaymentFilter>('all');
  query = $state('');
  currency = $state<string | null>(null);
  saved = $state.raw<SavedFilter[]>([]);
  /** Why what was saved or forgotten last was not kept. */
  notSaved = $state.raw<CommandError | null>(null);
  /** The key of the row whose evidence is open. */
  openKey = $state<string | null>(null);

  readonly open = $derived(this.rows.find((row) => row.key === this.openKey) ?? null);
  /** What a person has to look at, for the rail. */
  readonly pressing = $derived(
    (this.overview?.disputesOpen ?? 0) +
      (this.overview?.contested ?? 0) +
      (this.overview?.reconciled?.open ?? 0),
  );

  #next: string | null = null;
  #readingSaved: Promise<CommandError | null> | null = null;
  #loadingMore = false;
  #latest = 0;

  /** Reads totals and list anew; as many rows as were there stay. */
  async refresh() {
    const request = ++this.#latest;
    const { filter, query } = this;
    void this.#readSaved();
    const [overview, counts, page] = await Promise.all([
      api.overview(this.currency),
      api.paymentCounts(),
      this.#pages(filter, query, Math.max(this.rows.length, 1)),
    ]);
    if (request !== this.#latest) return; // A newer answer is on its way.
    if (overview.ok) this.overview = overview.value;
    if (counts.ok) this.counts = counts.value;
    if (!page.ok || !overview.ok) {
      this.error = page.ok ? (overview.ok ? null : overview.error) : page.error;
      if (this.rows.length === 0) this.state = 'failed';
      return;
    }
    this.rows = page.value.rows;
    this.#next = page.value.next;
    this.error = null;
    this.state = 'ready';
  }

  async show(filter: PaymentFilter, query = this.query) {
    this.filter = filter;
    this.query = query;
    this.rows = [];
    this.openKey = null;
    await this.refresh();
  }

  async chooseCurrency(currency: string) {
    this.currency = currency;
    await this.refresh();
  }

  async loadMore() {
    if (this.#loadingMore || this.#next === null) return;
    const request = this.#latest;
    this.#loadingMore = true;
    const page = await api.payments(this.filter, this.query, this.#next);
    this.#loadingMore = false;
    if (request !== this.#latest || !page.ok) return;
    const known = new Set(this.rows.map((row) => row.key));
    this.rows = [...this.rows, ...page.value.rows.filter((row) => !known.has(row.key))];
    this.#next = page.value.next;
  }

  /** Opens the evidence of the neighbour of the open row, or of the first one. */
  step(by: 1 | -1) {
    const index = this.rows.findIndex((row) => row.key === this.openKey);
    const next = this.rows[index < 0 ? 0 : index + by];
    if (next) this.openKey = next.key;
  }

  isSaved(): boolean {
    return this.saved.some(({ filter, query }) => filter === this.filter && query === this.query);
  }

  /** Keeps the filter beside those that are kept, which must be known first. */
  async save() {
    this.notSaved = await this.#readSaved();
    if (this.notSaved === null && !this.isSaved())
      await this.#keep([...this.saved, { filter: this.filter, query: this.query }]);
  }

  async forget(saved: SavedFilter) {
    await this.#keep(this.saved.filter((each) => each !== saved));
  }

  async #keep(saved: SavedFilter[]) {
    const before = this.saved;
    this.saved = saved;
    const kept = await api.saveFilters(saved);
    this.notSaved = kept.ok ? null : kept.error;
    if (!kept.ok) this.saved = before;
  }

  /** Reads once what was saved; it changes nowhere else. Returns why not, if not. */
  #readSaved(): Promise<CommandError | null> {
    this.#readingSaved ??= api.savedFilters().then((saved) => {
      if (saved.ok) this.saved = saved.value;
      else this.#readingSaved = null;
      return saved.ok ? null : saved.error;
    });
    return this.#readingSaved;
  }

  /** Reads pages until at least `wanted` rows are there. */
  async #pages(filter: PaymentFilter, query: string, wanted: number) {
    let page = await api.payments(filter, query, null);
    if (!page.ok) return page;
    const all = { rows: page.value.rows, next: page.value.next };
    while (all.next !== null && all.rows.length < wanted) {
      page = await api.payments(filter, query, all.next);
      if (!page.ok) return page;
      all.rows = [...all.rows, ...page.value.rows];
      all.next = page.value.next;
    }
    return { ok: true as const, value: all };
  }
}
