/** Finding words inside one conversation. */
import { api, type SearchHit } from '$lib/api';
import type { Thread } from './thread.svelte';

export class Finder {
  query = $state('');
  hits = $state.raw<SearchHit[]>([]);
  /** Which hit is in sight, from the newest. */
  at = $state(0);
  more = $state(false);

  #next: string | null = null;
  #latest = 0;

  constructor(private readonly thread: Thread) {}

  async type(query: string) {
    this.query = query;
    const request = ++this.#latest;
    if (query.trim() === '') {
      this.hits = [];
      return;
    }
    const page = await api.searchConversation(this.thread.id, query, null);
    if (request !== this.#latest || !page.ok) return;
    this.hits = page.value.hits;
    this.#next = page.value.next;
    this.more = this.#next !== null;
    this.at = 0;
    await this.#show();
  }

  /** Goes to an older hit, or a newer one. */
  async step(by: 1 | -1) {
    if (this.hits.length === 0) return;
    if (by === 1 && this.at === this.hits.length - 1) await this.#readMore();
    this.at = Math.max(0, Math.min(this.at + by, this.hits.length - 1));
    await this.#show();
  }

  async #readMore() {
    if (this.#next === null) return;
    const request = this.#latest;
    const page = await api.searchConversation(this.thread.id, this.query, this.#next);
    if (request !== this.#latest || !page.ok) return;
    this.hits = [...this.hits, ...page.value.hits];
    this.#next = page.value.next;
    this.more = this.#next !== null;
  }

  async #show() {
    const hit = this.hits[this.at];
    if (hit) await this.thread.jumpTo(hit.message, hit.at);
  }
}
