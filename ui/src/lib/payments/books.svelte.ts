/** The readings of the account: the range, how far a reading is, and what it found. */
import {
  api,
  type BookClass,
  type BookLine,
  type CommandError,
  type Reconciliation,
  type ReconcileEstimate,
  type ReconcileReport,
  type Result,
  type TieSuggestion,
} from '$lib/api';
import { endOfDay, startOfDay } from './days';

export class Books {
  from = $state('');
  to = $state('');
  runs = $state.raw<Reconciliation[] | null>(null);
  report = $state.raw<ReconcileReport | null>(null);
  estimate = $state.raw<ReconcileEstimate | null>(null);
  error = $state.raw<CommandError | null>(null);
  /** The class whose lines are shown. */
  shown = $state<BookClass>('unmatched');
  lines = $state.raw<BookLine[]>([]);
  more = $state(false);
  /** The line whose owner is asked for, and who it may be. */
  asking = $state<string | null>(null);
  suggestions = $state.raw<TieSuggestion[] | null>(null);

  readonly current = $derived(this.runs?.[0] ?? null);
  readonly running = $derived(this.current?.state === 'running');

  #next: string | null = null;
  #latest = 0;

  constructor(today: Date = new Date()) {
    const month = new Date(today);
    month.setDate(month.getDate() - 30);
    this.from = dayOf(month);
    this.to = dayOf(today);
  }

  async refresh() {
    const request = ++this.#latest;
    const runs = await api.reconciliations();
    if (request !== this.#latest) return;
    this.error = runs.ok ? null : runs.error;
    if (!runs.ok) return;
    this.runs = runs.value;
    await Promise.all([this.#readReport(), this.reestimate()]);
  }

  async reestimate() {
    const range = this.range();
    if (!range) return;
    const estimate = await api.reconcileEstimate(...range);
    this.estimate = estimate.ok ? estimate.value : null;
  }

  /** Begins to read what is chosen. */
  async start(): Promise<CommandError | null> {
    const range = this.range();
    if (!range) return null;
    return this.#after(await api.reconcileStart(...range, false));
  }

  async resume(overBudget: boolean): Promise<CommandError | null> {
    if (!this.current) return null;
    return this.#after(await api.reconcileResume(this.current.id, overBudget));
  }

  async cancel(): Promise<CommandError | null> {
    if (!this.current) return null;
    return this.#after(await api.reconcileCancel(this.current.id));
  }

  async show(shown: BookClass) {
    this.shown = shown;
    this.asking = null;
    this.lines = [];
    await this.#readLines();
  }

  async loadMore() {
    const id = this.report?.run.id;
    if (!id || this.#next === null) return;
    const page = await api.reconcileLines(id, this.shown, this.#next);
    if (!page.ok) return;
    this.lines = [...this.lines, ...page.value.rows];
    this.#next = page.value.next;
    this.more = page.value.next !== null;
  }

  /** Asks whose a payment may be. */
  async ask(line: BookLine) {
    const id = this.report?.run.id;
    if (!id) return;
    this.asking = line.id;
    this.suggestions = null;
    const found = await api.tieSuggestions(id, line.id);
    if (this.asking === line.id) this.suggestions = found.ok ? found.value : [];
  }

  async tie(line: BookLine, to: TieSuggestion): Promise<CommandError | null> {
    const id = this.report?.run.id;
    if (!id) return null;
    this.asking = null;
    return this.#after(await api.tiePayment(id, line.id, to.conversation, to.charge));
  }

  async untie(line: BookLine): Promise<CommandError | null> {
    const id = this.report?.run.id;
    if (!id || !line.paymentIntent) return null;
    return this.#after(await api.untiePayment(id, line.paymentIntent));
  }

  async note(line: BookLine, note: string | null): Promise<CommandError | null> {
    this.asking = null;
    return this.#after(await api.noteException(line.id, note));
  }

  /** Returns the chosen days as moments by this machine's clock; nothing where they are no days. */
  range(): [string, string] | null {
    const since = startOfDay(this.from);
    const until = endOfDay(this.to);
    return since && until && since < until ? [since, until] : null;
  }

  async #readReport() {
    const done = this.runs?.find(({ state }) => state === 'done' || state === 'paused');
    if (!done) {
      this.report = null;
      return;
    }
    const report = await api.reconcileReport(done.id);
    if (!report.ok) return;
    const first = this.report?.run.id !== report.value.run.id;
    this.report = report.value;
    if (first) this.shown = classToShow(report.value) ?? this.shown;
    await this.#readLines();
  }

  async #readLines() {
    const id = this.report?.run.id;
    if (!id) return;
    const shown = this.shown;
    const page = await api.reconcileLines(id, shown, null);
    if (!page.ok || shown !== this.shown) return;
    this.lines = page.value.rows;
    this.#next = page.value.next;
    this.more = page.value.next !== null;
  }

  async #after(result: Result<unknown>): Promise<CommandError | null> {
    await this.refresh();
    return result.ok ? null : result.error;
  }
}

/** What is unclear comes first; else what there is. */
function classToShow({ counts }: ReconcileReport): BookClass | undefined {
  return (counts.find(({ open }) => open > 0) ?? counts.find(({ lines }) => lines > 0))?.class;
}

function dayOf(date: Date): string {
  const two = (part: number) => String(part).padStart(2, '0');
  return `${String(date.getFullYear())}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
