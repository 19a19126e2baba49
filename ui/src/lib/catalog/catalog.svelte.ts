/** What the shop sells, read again whenever it changed. */
import { api, type CommandError, type Product } from '$lib/api';

export class Catalog {
  products = $state.raw<Product[]>([]);
  status = $state<'unread' | 'loading' | 'ready' | 'failed'>('unread');
  error = $state.raw<CommandError | null>(null);
  #latest = 0;

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
