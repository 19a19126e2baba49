/** The shop's customers: the list, and the one that is open. */
import {
  api,
  type CommandError,
  type CustomerRow,
  type CustomerView,
  type Message,
} from '$lib/api';

export class Customers {
  query = $state('');
  rows = $state.raw<CustomerRow[]>([]);
  state = $state<'loading' | 'ready' | 'failed'>('loading');
  error = $state.raw<CommandError | null>(null);
  open = $state.raw<CustomerView | null>(null);
  openError = $state.raw<CommandError | null>(null);
  /** What was said on all lines, newest first. */
  messages = $state.raw<Message[]>([]);
  fieldNames = $state.raw<string[]>([]);

  #next: string | null = null;
  #older = $state.raw<string | null>(null);
  #latest = 0;
  #latestOpen = 0;
  #loadingMore = false;

  async refresh() {
    const request = ++this.#latest;
    const page = await api.customers(this.query, null);
    if (request !== this.#latest) return;
    if (!page.ok) {
      this.error = page.error;
      if (this.rows.length === 0) this.state = 'failed';
      return;
    }
    this.rows = page.value.rows;
    this.#next = page.value.next;
    this.error = null;
    this.state = 'ready';
    if (this.open) await this.show(this.open.contact);
  }

  async search(query: string) {
    this.query = query;
    await this.refresh();
  }

  async loadMore() {
    if (this.#loadingMore || this.#next === null) return;
    const [request, cursor] = [this.#latest, this.#next];
    this.#loadingMore = true;
    const page = await api.customers(this.query, cursor);
    this.#loadingMore = false;
    if (request !== this.#latest || !page.ok) return;
    const known = new Set(this.rows.map(({ contact }) => contact));
    this.rows = [...this.rows, ...page.value.rows.filter(({ contact }) => !known.has(contact))];
    this.#next = page.value.next;
  }

  /** Opens a customer, or reads the open one again. */
  async show(contact: string) {
    const request = ++this.#latestOpen;
    const [view, messages, names] = await Promise.all([
      api.customer(contact),
      api.customerMessages(contact, null),
      api.fieldNames(),
    ]);
    if (request !== this.#latestOpen) return;
    this.openError = view.ok ? null : view.error;
    this.open = view.ok ? view.value : null;
    if (messages.ok) {
      this.messages = messages.value.rows;
      this.#older = messages.value.next;
    }
    if (names.ok) this.fieldNames = names.value;
  }

  get hasOlder(): boolean {
    return this.#older !== null;
  }

  async loadOlder() {
    const contact = this.open?.contact;
    if (contact === undefined || this.#older === null) return;
    const request = this.#latestOpen;
    const page = await api.customerMessages(contact, this.#older);
    if (request !== this.#latestOpen || !page.ok) return;
    this.messages = [...this.messages, ...page.value.rows];
    this.#older = page.value.next;
  }

  close() {
    this.#latestOpen++;
    this.open = null;
    this.messages = [];
  }
}
