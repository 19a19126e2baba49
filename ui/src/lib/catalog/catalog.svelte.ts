/** What the shop sells, read again whenever it changed. */
import { api, type CommandError, type Product } from '$lib/api';

export class Catalog {
  products = $state.raw<Product[]>([]);
  status = $state<'unread' | 'loading' | 'ready' | 'failed'>('unread');
  error = $state.raw<CommandError | null>(null);
  /** How far comparing with Stripe is, while it runs. */
  syncing = $state.raw<{ done: number; all: number } | null>(null);
  #latest = 0;

  /** Hears how far comparing with Stripe is. */
  moved(done: number, all: number) {
    this.syncing = done < all ? { done, all } : null;
  }

  /** Reads it for the first time, where something needs it. */
  async ensure() {
    if (this.status === 'unread') await this.refresh();
  }

  /** Reads it again, if anything shows it. */
  async changed() {
    if (this.status !== 'unread') await this.refresh();
  }

  async refresh() {
    const request = ++this.#latest;
    if (this.status !== 'ready') this.status = 'loading';
    const result = await api.products(true);
    if (request !== this.#latest) return;

    if (result.ok) {
      this.products = result.value;
      this.error = null;
      this.status = 'ready';
    } else {
      this.error = result.error;
      if (this.products.length === 0) this.status = 'failed';
    }
  }
}
