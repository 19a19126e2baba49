/** The list of conversations: what it shows, what is selected, and how it stays true. */
import { api, type CommandError, type ConversationRow, type Counts, type Tab } from '$lib/api';
import { createContext } from 'svelte';
import { mergeHead, type Slice } from './rows';

/** More changed rows than this outside the head are re-read page by page instead. */
const PATCHES_AT_ONCE = 20;

export class Inbox {
  tab = $state<Tab>('all');
  query = $state('');
  rows = $state.raw<ConversationRow[]>([]);
  counts = $state.raw<Counts | null>(null);
  state = $state<'loading' | 'ready' | 'failed'>('loading');
  error = $state.raw<CommandError | null>(null);
  loadingMore = $state(false);
  selectedId = $state<string | null>(null);

  readonly selectedIndex = $derived(this.rows.findIndex((row) => row.id === this.selectedId));

  #next: string | null = null;
  /** Goes up with each change of tab or query: answers to the old question are dropped. */
  #question = 0;
  #latest = 0;

  /** Shows another tab, from its top. */
  async show(tab: Tab, query = this.query) {
    if (tab === this.tab && query === this.query && this.state === 'ready') return;
    this.tab = tab;
    this.query = query;
    this.#question++;
    await this.refresh({ fromTop: true });
  }

  select(id: string | null) {
    this.selectedId = id;
  }

  /** Returns the neighbour of the selected row, or the first row. */
  neighbour(step: 1 | -1): string | null {
    const index = this.selectedIndex < 0 ? 0 : this.selectedIndex + step;
    return this.rows[index]?.id ?? null;
  }

  async refresh({ fromTop = false } = {}) {
    const question = this.#question;
    const request = ++this.#latest;
    void this.#count();
    const read = await this.#readHead(fromTop ? [] : this.rows);
    if (question !== this.#question || request !== this.#latest) return; // A newer answer comes.

    if (!read.ok) {
      this.error = read.error;
      if (this.rows.length === 0 || fromTop) this.state = 'failed';
      return;
    }
    const merged = fromTop
      ? read.value
      : mergeHead({ rows: this.rows, next: this.#next }, read.value);
    this.rows = merged.rows;
    this.#next = merged.next;
    this.error = null;
    this.state = 'ready';
  }

  /** Re-reads the head of the list, and those of the changed rows that lie below it. */
  async changed(ids: ReadonlySet<string>) {
    await this.refresh();
    const below = this.rows.slice(50).filter((row) => ids.has(row.id));
    if (below.length > PATCHES_AT_ONCE) await this.#rereadAll();
    else await Promise.all(below.map((row) => this.#patch(row.id)));
  }

  /** Reads the next page, if there is one. */
  async loadMore() {
    if (this.loadingMore || this.#next === null || this.state !== 'ready') return;
    const question = this.#question;
    const cursor = this.#next;
    this.loadingMore = true;
    const page = await api.conversations(this.tab, this.query, cursor);
    this.loadingMore = false;
    if (question !== this.#question || cursor !== this.#next || !page.ok) return;

    const known = new Set(this.rows.map((row) => row.id));
    this.rows = [...this.rows, ...page.value.rows.filter((row) => !known.has(row.id))];
    this.#next = page.value.next;
  }

  /** Reads pages from the top until they meet what is known, so that no gap stays between. */
  async #readHead(known: ConversationRow[]) {
    let page = await api.conversations(this.tab, this.query, null);
    if (!page.ok) return page;
    const head: Slice = { rows: page.value.rows, next: page.value.next };
    while (head.next !== null && known.length > 0 && !meets(head.rows, known)) {
      if (head.rows.length >= known.length) break;
      page = await api.conversations(this.tab, this.query, head.next);
      if (!page.ok) return page;
      head.rows = [...head.rows, ...page.value.rows];
      head.next = page.value.next;
    }
    return { ok: true as const, value: head };
  }

  async #patch(id: string) {
    const view = await api.conversation(id);
    if (!view.ok) return;
    this.rows = this.rows.map((row) => (row.id === id ? view.value.row : row));
  }

  async #rereadAll() {
    const question = this.#question;
    const wanted = this.rows.length;
    let rows: ConversationRow[] = [];
    let next: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof api.conversations>> = await api.conversations(
        this.tab,
        this.query,
        next,
      );
      if (!page.ok || question !== this.#question) return;
      rows = [...rows, ...page.value.rows];
      next = page.value.next;
    } while (next !== null && rows.length < wanted);
    this.rows = rows;
    this.#next = next;
  }

  async #count() {
    const counts = await api.counts();
    if (counts.ok) this.counts = counts.value;
  }
}

function meets(head: ConversationRow[], known: ConversationRow[]): boolean {
  const last = head.at(-1);
  return known.some((row) => row.id === last?.id && row.lastAt === last.lastAt);
}

export const [getInbox, setInbox] = createContext<Inbox>();
