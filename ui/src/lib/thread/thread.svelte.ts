/** One conversation as the window knows it: the customer, the messages, the charges. */
import { outliving } from '$lib/shared/outliving.svelte';
import {
  api,
  type Charge,
  type CommandError,
  type ConversationView,
  type Message,
  type MessageVersion,
  type NewBody,
  type OrderDraft,
  type Quotation,
  type Result,
} from '$lib/api';
import { newId } from '$lib/shared/ids';
import { keepSame, keepSameItems } from '$lib/shared/same';
import { echoOf } from './echo';
import { timelineFrom } from './timeline';

/** How many pages one refresh reads at most: what lies deeper hardly changes. */
const PAGES_A_REFRESH = 4;
/** How many pages a jump to a quoted message reads at most. */
const PAGES_A_JUMP = 20;

export class Thread {
  view = $state.raw<ConversationView | null>(null);
  state = $state<'loading' | 'ready' | 'failed'>('loading');
  error = $state.raw<CommandError | null>(null);
  loadingOlder = $state(false);
  /** Oldest first. */
  messages = $state.raw<Message[]>([]);
  /** What was typed and is on its way to the core. */
  echoes = $state.raw<Message[]>([]);
  /** Where older messages go on; null when the conversation's start is here. */
  olderCursor = $state<string | null>(null);

  /** The first message that nobody had read when the thread was opened; the oldest here, if it lies deeper. */
  unreadFrom = $state<string | null>(null);
  /** How many nobody had read then. */
  unreadCount = $state(0);

  readonly timeline = $derived(
    timelineFrom(
      [...this.messages, ...this.echoes],
      this.view?.charges ?? [],
      this.state === 'ready' && this.olderCursor === null,
      this.unreadFrom,
    ),
  );

  /** The message that is to be brought into sight. */
  wanted = $state<string | null>(null);
  /** Whether the thread is being searched. */
  finding = $state(false);

  /** Whether what nobody has read is to be noted with the next answer. */
  #isOpening = true;
  /** The newest message when the thread was opened: what came since is not counted. */
  #newestThen: string | null = null;
  #latest = 0;
  /** What is being asked of the core right now, by what it is. */
  readonly #asked = new Map<string, Promise<unknown>>();
  /** The charge that asks for a deposit's rest, by the deposit. */
  readonly #restOf = new Map<string, string>();
  /** Carts that were added up, by their message. */
  readonly #orders = new Map<string, Promise<Result<OrderDraft>>>();

  constructor(readonly id: string) {}

  /** Tells that a person opens it: what is unread then is marked. */
  opened() {
    this.#isOpening = true;
  }

  async refresh() {
    const request = ++this.#latest;
    const [view, messages] = await Promise.all([api.conversation(this.id), this.#readMessages()]);
    if (request !== this.#latest) return; // A newer answer is on its way.

    if (!view.ok || !messages.ok) {
      this.#fail(view.ok ? (messages.ok ? null : messages.error) : view.error);
      return;
    }
    this.view = keepSame(this.view, view.value);
    this.messages = messages.value.messages;
    const { row } = view.value;
    // What a person marked has nothing new in it.
    if (this.#isOpening) this.#markUnread(row.marked ? 0 : row.unread);
    this.olderCursor = messages.value.next;
    this.echoes = this.echoes.filter(({ id }) => !this.messages.some((known) => known.id === id));
    this.error = null;
    this.state = 'ready';
  }

  /** Reads the page before the oldest message. A refresh meanwhile makes its answer worthless. */
  async loadOlder() {
    if (this.loadingOlder || this.olderCursor === null) return;
    const request = this.#latest;
    const cursor = this.olderCursor;
    this.loadingOlder = true;
    const page = await api.messages(this.id, cursor);
    this.loadingOlder = false;
    if (request !== this.#latest || !page.ok) return;

    const known = new Set(this.messages.map((message) => message.id));
    const older = page.value.rows.filter((message) => !known.has(message.id)).reverse();
    this.messages = [...older, ...this.messages];
    this.olderCursor = page.value.next;
  }

  /** Sends something. It is shown at once, and taken back if the core does not accept it. */
  async send(body: NewBody, quoted: Message | null = null, shown = ''): Promise<Result<Message>> {
    const message = { id: newId(), conversation: this.id, replyTo: quoted?.id ?? null, body };
    this.echoes = [...this.echoes, echoOf(message, quoted, shown)];
    const result = await api.sendMessage(message);
    this.#replaceEcho(message.id, result);
    return result;
  }

  sendNow(message: Message) {
    return this.#thenRefresh(api.confirmSend(message.id));
  }

  discard(message: Message) {
    return this.#thenRefresh(api.discardMessage(message.id));
  }

  react(message: Message, emoji: string | null) {
    return this.#thenRefresh(api.react(message.id, emoji));
  }

  fetchMedia(message: Message) {
    return this.#thenRefresh(api.fetchMedia(message.id));
  }

  versions(message: Message): Promise<Result<MessageVersion[]>> {
    return api.messageVersions(message.id);
  }

  /** Adds a cart up. A cart never changes, so it is asked for once. */
  order(message: Message): Promise<Result<OrderDraft>> {
    const known = this.#orders.get(message.id);
    if (known) return known;
    const asked = api.orderDraft(message.id).then((result) => {
      if (!result.ok) this.#orders.delete(message.id);
      return result;
    });
    this.#orders.set(message.id, asked);
    return asked;
  }

  /** Brings a message into sight, reading back to it. Returns whether it was found. */
  async jumpTo(message: string, at?: string): Promise<boolean> {
    if (at !== undefined && !this.#has(message)) await this.#loadBackTo(at);
    for (let page = 0; page < PAGES_A_JUMP && !this.#has(message); page++) {
      if (this.olderCursor === null) break;
      await this.loadOlder();
    }
    if (!this.#has(message)) return false;
    this.wanted = message;
    return true;
  }

  /** Brings the first message that nobody had read into sight, reading back to it. Returns whether there is one. */
  async toFirstUnread(): Promise<boolean> {
    for (let page = 0; page < PAGES_A_JUMP && !this.#reachesUnread; page++) {
      if (this.olderCursor === null) break;
      await this.loadOlder();
    }
    this.unreadFrom = this.#firstUnread();
    return this.unreadFrom !== null && (await this.jumpTo(this.unreadFrom));
  }

  #markUnread(unread: number) {
    this.#isOpening = false;
    this.unreadCount = unread;
    this.#newestThen = this.messages.at(-1)?.id ?? null;
    this.unreadFrom = this.#firstUnread();
  }

  /**
   * What the customer wrote until the thread was opened, as far as it is here. What WhatsApp tells of
   * them, such as a new number, the core does not count as unread.
   */
  get #inboundThen(): Message[] {
    const end = this.messages.findIndex(({ id }) => id === this.#newestThen);
    return this.messages
      .slice(0, end + 1)
      .filter(({ direction, kind }) => direction === 'in' && kind !== 'system');
  }

  get #reachesUnread(): boolean {
    return this.#inboundThen.length >= this.unreadCount;
  }

  #firstUnread(): string | null {
    if (this.unreadCount === 0) return null;
    const inbound = this.#inboundThen;
    return inbound.at(-this.unreadCount)?.id ?? inbound[0]?.id ?? null;
  }

  /** Brings the first message of that moment or later into sight. */
  async goTo(at: string) {
    await this.#loadBackTo(at);
    const first = this.messages.find((message) => message.at >= at) ?? this.messages.at(-1);
    if (first) this.wanted = first.id;
  }

  /** Reads everything back to that moment at once. */
  async #loadBackTo(at: string) {
    const oldest = this.messages[0];
    if (this.olderCursor === null || (oldest && oldest.at < at)) return;
    const request = this.#latest;
    const page = await api.messagesBackTo(this.id, this.olderCursor, at);
    if (request !== this.#latest || !page.ok) return;
    const known = new Set(this.messages.map(({ id }) => id));
    const older = page.value.rows.filter(({ id }) => !known.has(id)).reverse();
    this.messages = [...older, ...this.messages];
    this.olderCursor = page.value.next;
  }

  /** Writes a note that stands here and goes nowhere. */
  note(text: string) {
    return this.#thenRefresh(api.addNote(newId(), this.id, text));
  }

  removeNote(message: Message) {
    return this.#thenRefresh(api.removeNote(message.id));
  }

  sendAgain(message: Message) {
    return this.#once(`again ${message.id}`, () => api.sendAgain(newId(), message.id));
  }

  resend(charge: Charge) {
    return this.#once(`link ${charge.id}`, () => api.resendCharge(newId(), charge.id));
  }

  cancel(charge: Charge) {
    return this.#thenRefresh(api.cancelCharge(charge.id));
  }

  /** Charges what a deposit left owed. A second click asks for the same charge. */
  chargeRest(charge: Charge) {
    const id = this.#restOf.get(charge.id) ?? newId();
    this.#restOf.set(charge.id, id);
    return this.#thenRefresh(api.chargeRest(id, charge.id));
  }

  /** Makes the charge of an offer. */
  acceptQuotation(quotation: Quotation) {
    return this.#once(`quotation ${quotation.id}`, () => api.acceptQuotation(quotation.id));
  }

  restock(charge: Charge) {
    return this.#thenRefresh(api.restock(charge.id));
  }

  retry(charge: Charge) {
    return this.#thenRefresh(api.retryCharge(charge.id));
  }

  async markRead() {
    if ((this.view?.row.unread ?? 0) > 0) await api.markRead(this.id);
  }

  /** Reads from the newest message down to the oldest known one. */
  async #readMessages(): Promise<Result<{ messages: Message[]; next: string | null }>> {
    const oldest = this.messages[0];
    const read: Message[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < PAGES_A_REFRESH; page++) {
      const result: Awaited<ReturnType<typeof api.messages>> = await api.messages(this.id, cursor);
      if (!result.ok) return result;
      read.push(...result.value.rows);
      cursor = result.value.next;
      if (cursor === null || !oldest || read.some((message) => message.id === oldest.id)) break;
    }
    return { ok: true, value: this.#joined(keepSameItems(this.messages, read.reverse()), cursor) };
  }

  /** Puts what was read behind what is older still, so that the thread keeps its beginning. */
  #joined(read: Message[], next: string | null) {
    const first = read.findIndex((message) => message.id === this.messages[0]?.id);
    if (first >= 0) return { messages: read.slice(first), next: this.olderCursor };
    const meets = this.messages.findIndex((message) => message.id === read[0]?.id);
    if (meets < 0) return { messages: read, next };
    return { messages: [...this.messages.slice(0, meets), ...read], next: this.olderCursor };
  }

  #fail(error: CommandError | null) {
    this.error = error;
    // What is already shown stays: a failed re-read is no reason to take it away.
    if (this.state !== 'ready') this.state = 'failed';
  }

  #has(message: string): boolean {
    return this.messages.some(({ id }) => id === message);
  }

  #replaceEcho(id: string, result: Result<Message>) {
    this.echoes = this.echoes.filter((echo) => echo.id !== id);
    if (!result.ok || this.messages.some((message) => message.id === id)) return;
    this.messages = [...this.messages, result.value];
  }

  /** Asks once, however often a person clicks before the answer is there. */
  #once<T>(what: string, ask: () => Promise<Result<T>>): Promise<Result<T>> {
    const asked = this.#asked.get(what);
    if (asked) return asked as Promise<Result<T>>;
    const asking = this.#thenRefresh(ask()).finally(() => this.#asked.delete(what));
    this.#asked.set(what, asking);
    return asking;
  }

  async #thenRefresh<T>(asked: Promise<Result<T>>): Promise<Result<T>> {
    const result = await asked;
    await this.refresh();
    return result;
  }
}

/** Keeps the threads of the last few conversations, so that going back shows them at once. */
export class Threads {
  #kept = new Map<string, Thread>();

  open(id: string): Thread {
    const thread = this.#kept.get(id) ?? outliving(() => new Thread(id));
    this.#kept.delete(id);
    this.#kept.set(id, thread);
    const [eldest] = this.#kept.keys();
    if (this.#kept.size > 12 && eldest !== undefined) this.#kept.delete(eldest);
    return thread;
  }

  /** Returns the thread if it is kept. */
  known(id: string): Thread | undefined {
    return this.#kept.get(id);
  }
}
