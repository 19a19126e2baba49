/** What the person has open: the view, the conversation, its thread, draft and charge. */
import type { Charge, CommandError, CoreEvent, Message, Money } from '$lib/api';
import { Catalog } from '$lib/catalog/catalog.svelte';
import { type ChargeComposer, ChargeComposers } from '$lib/charge/composer.svelte';
import { Health } from '$lib/health/health.svelte';
import { language } from '$lib/i18n/language.svelte';
import { Inbox } from '$lib/inbox/inbox.svelte';
import { OnScreen } from '$lib/inbox/onScreen.svelte';
import { Coalescer } from '$lib/shared/coalescer';
import { toasts } from '$lib/shared/toasts.svelte';
import { Alerts } from '$lib/settings/alerts.svelte';
import { Connection } from '$lib/settings/connection.svelte';
import { Imports } from '$lib/settings/imports.svelte';
import { Kit } from '$lib/settings/kit.svelte';
import { Status } from '$lib/status/status.svelte';
import { Threads, type Thread } from '$lib/thread/thread.svelte';
import { Letters } from '$lib/write/letter.svelte';
import { Recorder } from '$lib/write/recorder.svelte';
import { createContext } from 'svelte';

/** The parts of the settings, in their order. */
export const SECTIONS = ['health', 'whatsapp', 'templates', 'media', 'appearance'] as const;
export type Section = (typeof SECTIONS)[number];
export type View = 'inbox' | Section;
export type Focus = 'reply' | 'amount' | 'search';

type Told = 'imports' | 'alerts' | 'connection' | 'templates' | 'everything' | 'catalog';

export class Workbench {
  readonly status = new Status();
  readonly inbox = new Inbox();
  readonly health = new Health();
  readonly letters = new Letters();
  readonly recorder = new Recorder();
  readonly connection = new Connection();
  readonly alerts = new Alerts();
  readonly catalog = new Catalog();
  readonly imports = new Imports();
  readonly kit = new Kit();
  readonly threads = new Threads();
  readonly charges: ChargeComposers = new ChargeComposers(
    () => this.#chargeDefaults(),
    (charge) => this.#charged(charge),
  );

  view = $state<View>('inbox');
  /** The part of the settings that was open last. */
  section = $state<Section>('whatsapp');
  thread = $state.raw<Thread | null>(null);
  /** Whether the customer's drawer is open where it is one, in narrow windows. */
  drawer = $state(false);
  paletteOpen = $state(false);
  keysOpen = $state(false);
  /** Where the keyboard should go next; the part that owns the field goes there and clears it. */
  focus = $state.raw<Focus | null>(null);

  /** The charge being written, or not yet begun, in the open conversation. */
  composer = $state.raw<ChargeComposer | null>(null);
  readonly charging = $derived(this.composer?.open ?? false);

  readonly #changed = new Coalescer<string>((ids) => this.#reread(ids));
  readonly #statusChanged = new Coalescer<true>(() => this.#rereadStatus());
  /** What concerns the settings and the history: none of it hurries. */
  readonly #toldOf = new Coalescer<Told>((what) => this.#rereadTold(what), 300);
  readonly #onScreen = new OnScreen((id) => void this.#lookedAt(id));

  /** Reads everything for the first time. The list's question goes out beside the status's. */
  async start() {
    await Promise.all([this.status.refresh(), this.inbox.refresh()]);
    this.#statusArrived();
    this.#toldOf.add('imports');
    this.#toldOf.add('alerts');
  }

  hear(event: CoreEvent) {
    switch (event.type) {
      case 'conversationChanged':
      case 'chargeChanged':
        this.#changed.add(event.conversation);
        break;
      case 'statusChanged':
        this.#statusChanged.add(true);
        break;
      case 'openConversation':
        this.select(event.conversation);
        break;
      case 'importsChanged':
        this.#toldOf.add('imports');
        break;
      case 'alertsChanged':
        this.#toldOf.add('alerts');
        break;
      case 'connectionChanged':
        this.#toldOf.add('connection');
        break;
      case 'templatesChanged':
        this.#toldOf.add('templates');
        break;
      case 'catalogChanged':
        this.#toldOf.add('catalog');
        break;
      case 'resync':
        // An import overruns the events again and again: each flood is read once.
        this.#statusChanged.add(true);
        this.#toldOf.add('everything');
        break;
    }
  }

  /** Asks for the status again, while the core is starting. */
  async poll() {
    await this.#rereadStatus();
  }

  select(id: string) {
    this.view = 'inbox';
    this.drawer = false;
    this.focus = null;
    if (this.thread?.id !== id) {
      this.inbox.select(id);
      this.thread = this.threads.open(id);
      this.composer = this.charges.of(id);
      void this.thread.refresh();
    }
    this.lookedAround();
  }

  /** Goes back to the list, where list and thread take turns. */
  leaveThread() {
    this.thread = null;
    this.composer = null;
    this.inbox.select(null);
    this.lookedAround();
  }

  step(by: 1 | -1) {
    const id = this.inbox.neighbour(by);
    if (id !== null) this.select(id);
  }

  go(view: View) {
    this.view = view;
    if (view !== 'inbox') this.section = view;
    this.#readSection();
    this.lookedAround();
  }

  startCharge() {
    if (!this.composer || this.view !== 'inbox') return;
    this.composer.show();
    this.focus = 'amount';
  }

  /** Opens the charge with what an order comes to. */
  chargeOf(amount: Money, description: string) {
    this.composer?.prefill(amount, description);
    this.focus = 'amount';
  }

  /** Quotes a message in the open conversation's letter. */
  replyTo(message: Message) {
    this.letters.of(message.conversation).replyTo = message;
    this.startReply();
  }

  startReply() {
    if (!this.thread) return;
    this.view = 'inbox';
    this.focus = 'reply';
  }

  startSearch() {
    this.view = 'inbox';
    this.focus = 'search';
  }

  /** Takes back a held charge, by default the one held last. Returns whether there was one. */
  undo(composer = this.charges.held.at(-1)): boolean {
    const undone = composer?.undo() ?? false;
    if (undone) toasts.add('plain', language.words.charge.undone);
    return undone;
  }

  /** Closes what lies on top. Returns whether there was anything. */
  back(): boolean {
    if (this.composer && this.undo(this.composer)) return true;
    if (this.charging) {
      this.composer?.hide();
      return true;
    }
    if (this.drawer) {
      this.drawer = false;
      return true;
    }
    return false;
  }

  /** Tells the core what is on screen now: after a selection, focus, blur, or a change of view. */
  lookedAround() {
    this.#onScreen.show(this.view === 'inbox' ? (this.thread?.id ?? null) : null);
  }

  /** Says that something asked for did not happen. */
  complain(title: string, error: CommandError) {
    toasts.add('bad', title, language.error(error));
  }

  async #reread(ids: Set<string>) {
    const thread = this.thread;
    const here = thread !== null && ids.has(thread.id);
    await Promise.all([
      this.inbox.changed(ids),
      here ? thread.refresh() : undefined,
      this.status.refresh(),
    ]);
    if (!here) return;
    this.composer?.recheck();
    this.lookedAround();
  }

  async #rereadStatus() {
    const wasReady = this.#isReady();
    await this.status.refresh();
    if (!wasReady && this.#isReady()) await this.inbox.refresh();
    this.#statusArrived();
    if (this.view === 'health') void this.health.refresh();
  }

  async #rereadTold(what: Set<Told>) {
    const all = what.has('everything');
    await Promise.all([
      all ? this.inbox.refresh({ fromTop: true }) : undefined,
      all ? this.thread?.refresh() : undefined,
      all || what.has('imports') ? this.imports.refresh() : undefined,
      all || what.has('alerts') ? this.alerts.refresh() : undefined,
      all || what.has('connection') ? this.connection.changed() : undefined,
      all || what.has('catalog') ? this.catalog.changed() : undefined,
      all || what.has('templates') ? this.#rereadTemplates() : undefined,
    ]);
  }

  async #rereadTemplates() {
    const choice = this.thread && this.letters.of(this.thread.id).templates;
    await Promise.all([this.kit.changed(), choice?.state === 'ready' ? choice.load() : undefined]);
  }

  #readSection() {
    switch (this.view) {
      case 'health':
        void this.health.refresh();
        void this.alerts.refresh();
        break;
      case 'whatsapp':
        void this.connection.refresh();
        void this.alerts.refresh();
        break;
      case 'templates':
        void this.kit.show(this.#shopLine());
        break;
    }
  }

  /** Returns the line whose templates are looked at first. */
  #shopLine(): string | null {
    const lines = this.status.value?.lines ?? [];
    return (lines.find(({ known }) => known) ?? lines[0])?.id ?? null;
  }

  #isReady(): boolean {
    return this.status.startup.state === 'ready';
  }

  #statusArrived() {
    language.currency = this.status.value?.defaultCurrency ?? null;
  }

  async #lookedAt(id: string) {
    const thread = this.threads.known(id);
    if (thread?.id === this.thread?.id) await thread?.markRead();
  }

  #chargeDefaults() {
    const status = this.status.value;
    return {
      currency: status?.defaultCurrency ?? 'USD',
      expiryHours: status?.defaultExpiryHours ?? 0,
      holdSeconds: status?.holdSeconds ?? 3,
    };
  }

  #charged(charge: Charge) {
    const amount = language.money(charge.amount);
    if (charge.link === null && charge.problem) {
      // Stripe made no link: nothing is on its way.
      toasts.add('bad', charge.problem.title, charge.problem.advice);
    } else toasts.add('good', language.words.charge.sent(amount));
    const thread = this.threads.known(charge.conversation);
    void thread?.refresh();
  }
}

export const [getWorkbench, setWorkbench] = createContext<Workbench>();
