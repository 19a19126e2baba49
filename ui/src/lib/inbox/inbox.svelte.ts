/** The list of conversations: what it shows, what is selected, and how it stays true. */
import {
  api,
  type CommandError,
  type ConversationRow,
  type Counts,
  type ListFilter,
  type Tab,
} from '$lib/api';
import { keepSameItems, keepSame } from '$lib/shared/same';
import { createContext } from 'svelte';
import { SvelteSet } from 'svelte/reactivity';
import { inHeldOrder, mergeHead, movedUp, type Slice } from './rows';

/** More changed rows than this outside the head are re-read page by page instead. */
const PATCHES_AT_ONCE = 20;

export const NO_FILTER: ListFilter = {
  query: '',
  label: null,
  line: null,
  payment: null,
  unread: false,
};

export class Inbox {
  tab: Tab;
  filter = $state.raw<ListFilter>(NO_FILTER);
  /** As the core orders them. */
  rows = $state.raw<ConversationRow[]>([]);
  /** The rows that were in sight when the pointer came; while they are here nothing moves away under it. */
  #held = $state.raw<ConversationRow[] | null>(null);
  readonly shown = $derived(this.#held ? inHeldOrder(this.rows, this.#held) : this.rows);
  /** How many rows will stand higher once the pointer leaves, because of what others did. */
  readonly moved = $derived(this.#held ? movedUp(this.rows, this.shown, this.#held) : 0);
  /** The rows that a bulk action will be for. */
  readonly chosen = new SvelteSet<string>();
  readonly filtered = $derived(this.filter !== NO_FILTER);
  counts = $state.raw<Counts | null>(null);
  state = $state<'loading' | 'ready' | 'failed'>('loading');
  error = $state.raw<CommandError | null>(null);
  loadingMore = $state(false);
  selectedId = $state<string | null>(null);

  readonly selectedIndex = $derived(this.shown.findIndex((row) => row.id === this.selectedId));

  #next: string | null = null;
  /** Goes up with each change of tab or query: answers to the old question are dropped. */
  #question = 0;
  #latest = 0;

  constructor(tab: Tab = 'all') {
    this.tab = $state(tab);
  }

  /** Shows another tab, from its top. */
  async show(tab: Tab, filter = this.filter) {
    if (tab === this.tab && filter === this.filter && this.state === 'ready') return;
    this.tab = tab;
    this.filter = filter;
    this.chosen.clear();
    this.release();
    this.#question++;
    await this.refresh({ fromTop: true });
  }

  select(id: string | null) {
    this.selectedId = id;
  }

  /** Returns the neighbour of the selected row, or the first row. */
  neighbour(step: 1 | -1): string | null {
    const index = this.selectedIndex < 0 ? 0 : this.selectedIndex + step;
    return this.shown[index]?.id ?? null;
  }

  /** Keeps the order as it is in sight, while the pointer is over it. */
  hold() {
    this.#held ??= this.rows;
  }

  /** Lets the rows stand where they belong. */
  release() {
    this.#held = null;
  }

  choose(id: string) {
    if (!this.chosen.delete(id)) this.chosen.add(id);
  }

  /** Returns the rows that a deed is for: the chosen ones, else the one that is open. */
  targets(open: ConversationRow | null): ConversationRow[] {
    if (this.chosen.size > 0) return this.rows.filter(({ id }) => this.chosen.has(id));
    return open ? [open] : [];
  }

  /** What has left the list is chosen no longer: nobody sees any more what a deed would be for. */
  #keepChosen() {
    const here = new Set(this.rows.map(({ id }) => id));
    for (const id of [...this.chosen]) if (!here.has(id)) this.chosen.delete(id);
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
    this.rows = keepSameItems(this.rows, merged.rows);
    this.#next = merged.next;
    this.error = null;
    this.state = 'ready';
    this.#keepChosen();
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
    const page = await api.conversations(this.tab, this.filter, cursor);
    this.loadingMore = false;
    if (question !== this.#question || cursor !== this.#next || !page.ok) return;

    const known = new Set(this.rows.map((row) => row.id));
    this.rows = [...this.rows, ...page.value.rows.filter((row) => !known.has(row.id))];
    this.#next = page.value.next;
  }

  /** Reads pages from the top until they meet what is known, so that no gap stays between. */
  async #readHead(known: ConversationRow[]) {
    let page = await api.conversations(this.tab, this.filter, null);
    if (!page.ok) return page;
    const head: Slice = { rows: page.value.rows, next: page.value.next };
    while (head.next !== null && known.length > 0 && !meets(head.rows, known)) {
      if (head.rows.length >= known.length) break;
      page = await api.conversations(this.tab, this.filter, head.next);
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
        this.filter,
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
    if (counts.ok) this.counts = keepSame(this.counts, counts.value);
  }
}

function meets(head: ConversationRow[], known: ConversationRow[]): boolean {
  const last = head.at(-1);
  return known.some((row) => row.id === last?.id && row.lastAt === last.lastAt);
}

export const [getInbox, setInbox] = createContext<Inbox>();
