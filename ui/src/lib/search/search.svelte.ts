/** Search over the whole history, as somebody types. */
import { api, type CommandError, type ConversationRow, type SearchHit } from '$lib/api';

/** What the list column shows of a search, in its order. */
export type Found = { kind: 'person'; row: ConversationRow } | { kind: 'hit'; hit: SearchHit };

/** A first answer that takes longer than this is waited for in sight. */
const PATIENCE = 150;

export class Search {
  query = $state('');
  people = $state.raw<ConversationRow[]>([]);
  hits = $state.raw<SearchHit[]>([]);
  state = $state<'idle' | 'loading' | 'ready' | 'failed'>('idle');
  error = $state.raw<CommandError | null>(null);
  building = $state(false);
  unclear = $state<string | null>(null);
  /** Which result the keyboard is on. */
  at = $state(0);
  loadingMore = $state(false);

  readonly active = $derived(this.query.trim() !== '');
  /** Whether the first answer keeps a person waiting. */
  #slow = $state(false);
  /** Whether what was found is to be seen: until the first answer the list stays in sight. */
  readonly shown = $derived(
    this.active && (this.#slow || (this.state !== 'idle' && this.state !== 'loading')),
  );
  readonly found: Found[] = $derived([
    ...this.people.map((row) => ({ kind: 'person' as const, row })),
    ...this.hits.map((hit) => ({ kind: 'hit' as const, hit })),
  ]);

  #next: string | null = null;
  #asking = false;
  /** Runs while the first answer is waited for. */
  #waiting: ReturnType<typeof setTimeout> | null = null;
  /** Typed while the last question was on its way: only the newest is asked. */
  #waits = false;

  /** Searches for what was typed. One question is on its way at a time, and the newest follows it. */
  async type(query: string) {
    this.query = query;
    this.at = 0;
    if (!this.active) {
      this.#clear();
      return;
    }
    if (this.state !== 'ready') {
      this.state = 'loading';
      this.#waiting ??= setTimeout(() => this.#showWaiting(), PATIENCE);
    }
    if (this.#asking) {
      this.#waits = true;
      return;
    }
    await this.#ask();
  }

  /** Asks again for the same words, after something was written or taken back. */
  async refresh() {
    if (this.active && !this.#asking) await this.#ask();
  }

  /** Nothing of an earlier search stands under the new words. */
  #showWaiting() {
    this.#forget();
    this.#slow = true;
  }

  #answered() {
    if (this.#waiting !== null) clearTimeout(this.#waiting);
    this.#waiting = null;
    this.#slow = false;
  }

  #forget() {
    this.people = [];
    this.hits = [];
    this.#next = null;
  }

  /** What the keyboard is on; nothing while it is out of sight. */
  get current(): Found | null {
    return (this.shown ? this.found[this.at] : null) ?? null;
  }

  step(by: 1 | -1) {
    if (!this.shown) return;
    this.at = Math.max(0, Math.min(this.at + by, this.found.length - 1));
    if (this.at > this.found.length - 10) void this.loadMore();
  }

  async loadMore() {
    if (this.loadingMore || this.#next === null) return;
    const [query, cursor] = [this.query, this.#next];
    this.loadingMore = true;
    const page = await api.searchHistory(query, cursor);
    this.loadingMore = false;
    if (query !== this.query || cursor !== this.#next || !page.ok) return;
    const known = new Set(this.hits.map(({ message }) => message));
    this.hits = [...this.hits, ...page.value.hits.filter(({ message }) => !known.has(message))];
    this.#next = page.value.next;
  }

  async #ask() {
    this.#asking = true;
    do {
      this.#waits = false;
      const query = this.query;
      const page = await api.searchHistory(query, null);
      if (query !== this.query) {
        this.#waits = this.active;
        continue;
      }
      if (page.ok) {
        // Where nobody went down the list, the first one is meant.
        const was = this.at > 0 ? this.found[this.at] : undefined;
        this.people = page.value.people;
        this.hits = page.value.hits;
        this.at = Math.max(0, was ? this.found.findIndex((found) => isSame(found, was)) : 0);
        this.building = page.value.isBuilding;
        this.unclear = page.value.unclear;
        this.#next = page.value.next;
        this.error = null;
        this.state = 'ready';
      } else {
        this.error = page.error;
        this.state = 'failed';
      }
      this.#answered();
    } while (this.#waits);
    this.#asking = false;
  }

  /** Ends the search. What was found stays, out of sight: the next answer is written over its rows. */
  #clear() {
    this.#answered();
    this.unclear = null;
    this.error = null;
    this.#next = null;
    this.state = 'idle';
  }
}

function isSame(one: Found, other: Found): boolean {
  return one.kind === 'person'
    ? other.kind === 'person' && one.row.id === other.row.id
    : other.kind === 'hit' && one.hit.message === other.hit.message;
}
