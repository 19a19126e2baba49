/** What the person has open: the view, the conversation, its thread, draft and charge. */
import {
  api,
  type Charge,
  type CommandError,
  type ConversationRow,
  type CoreEvent,
  type Message,
  type Proposal,
  type OrderDraft,
  type Product,
  type QuickReply,
  type SearchHit,
  type Tab,
} from '$lib/api';
import { Suggestion } from '$lib/assistant/suggestion.svelte';
import { Catalog } from '$lib/catalog/catalog.svelte';
import { type ChargeComposer, ChargeComposers } from '$lib/charge/composer.svelte';
import { Health } from '$lib/health/health.svelte';
import { language } from '$lib/i18n/language.svelte';
import { Inbox } from '$lib/inbox/inbox.svelte';
import { OnScreen } from '$lib/inbox/onScreen.svelte';
import { Books } from '$lib/payments/books.svelte';
import { Payments, type PaymentsPart } from '$lib/payments/payments.svelte';
import { Subscribers } from '$lib/subscriptions/subscribers.svelte';
import { Reports } from '$lib/reports/reports.svelte';
import { Sales } from '$lib/payments/sales.svelte';
import { Search } from '$lib/search/search.svelte';
import { chosenBefore } from '$lib/shared/appearance';
import { Coalescer } from '$lib/shared/coalescer';
import { newId } from '$lib/shared/ids';
import { toasts } from '$lib/shared/toasts.svelte';
import { forwardedBody } from '$lib/thread/forward';
import { filledReply } from '$lib/write/quick';
import { Alerts } from '$lib/settings/alerts.svelte';
import { chooseTab } from '$lib/settings/appearance';
import { Connection } from '$lib/settings/connection.svelte';
import { Imports } from '$lib/settings/imports.svelte';
import { Kit } from '$lib/settings/kit.svelte';
import { Status } from '$lib/status/status.svelte';
import { Threads, type Thread } from '$lib/thread/thread.svelte';
import { Tools } from '$lib/work/tools.svelte';
import { Work } from '$lib/work/work.svelte';
import { Letters } from '$lib/write/letter.svelte';
import { Recorder } from '$lib/write/recorder.svelte';
import { createContext } from 'svelte';

/** The parts of the settings, in their order. */
export const SECTIONS = [
  'health',
  'team',
  'quick',
  'notify',
  'whatsapp',
  'stripe',
  'templates',
  'sales',
  'media',
  'data',
  'appearance',
] as const;
export type Section = (typeof SECTIONS)[number];
/** What the rail leads to beside the settings. */
export type View =
  'inbox' | 'payments' | 'customers' | 'catalog' | 'assistant' | 'reports' | Section;

export type Focus = 'reply' | 'amount' | 'search';
/** What is asked before something is done with conversations. */
export type Picker = 'label' | 'snooze' | 'assign' | 'forward' | 'date';

type Told =
  | 'imports'
  | 'alerts'
  | 'connection'
  | 'templates'
  | 'everything'
  | 'catalog'
  | 'tools'
  | 'money'
  | 'books';

export function isSection(view: View): view is Section {
  return (SECTIONS as readonly View[]).includes(view);
}

export class Workbench {
  readonly status = new Status();
  readonly inbox = new Inbox(chosenBefore().tab ?? 'all');
  readonly search = new Search();
  readonly tools = new Tools();
  readonly work = new Work((title, error) => this.complain(title, error));
  readonly health = new Health();
  readonly letters = new Letters();
  readonly recorder = new Recorder();
  readonly connection = new Connection();
  readonly alerts = new Alerts();
  readonly catalog = new Catalog();
  readonly suggestion = new Suggestion();
  readonly books = new Books();
  readonly payments = new Payments();
  readonly reports = new Reports();
  readonly sales = new Sales();
  readonly subscribers = new Subscribers();
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
  picker = $state.raw<Picker | null>(null);
  /** What it is asked for, as it was then: what arrives meanwhile changes no answer. */
  asked = $state.raw<ConversationRow[]>([]);
  /** How far a backup is, in percent; null while none is made. */
  backup = $state<number | null>(null);
  /** How far an export is, in percent; null while none is made. */
  exported = $state<number | null>(null);
  /** The message that is about to be forwarded. */
  forwarding = $state.raw<Message | null>(null);
  /** What a view is to open when it is shown; the view takes it. */
  wanted = $state.raw<{ view: 'catalog' | 'customers'; id: string } | null>(null);
  /** Where the keyboard should go next; the part that owns the field goes there and clears it. */
  focus = $state.raw<Focus | null>(null);

  /** The charge being written, or not yet begun, in the open conversation. */
  composer = $state.raw<ChargeComposer | null>(null);
  readonly charging = $derived(this.composer?.open ?? false);

  readonly #listeners = new Set<() => void>();
  readonly #changed = new Coalescer<string>((ids) => this.#reread(ids));
  readonly #statusChanged = new Coalescer<true>(() => this.#rereadStatus());
  /** What concerns the settings and the history: none of it hurries. */
  readonly #toldOf = new Coalescer<Told>((what) => this.#rereadTold(what), 300);
  readonly #onScreen = new OnScreen((id) => void this.#lookedAt(id));

  /** Reads everything for the first time. The list's question goes out beside the status's. */
  async start() {
    const asked = Promise.all([this.status.refresh(), this.inbox.refresh()]);
    // While the core answers there is time for what the first row would wait for.
    language.prepare();
    await asked;
    this.#statusArrived();
    this.#readRest();
  }

  #readRest() {
    for (const each of ['imports', 'alerts', 'tools', 'money'] as const) this.#toldOf.add(each);
  }

  hear(event: CoreEvent) {
    switch (event.type) {
      case 'conversationChanged':
      case 'chargeChanged':
        this.#changed.add(event.conversation);
        if (event.type === 'chargeChanged') this.#toldOf.add('money');
        break;
      case 'proposalChanged':
        // The list shows whether it is ready to charge.
        this.#changed.add(event.conversation);
        if (this.suggestion.isOf(event.conversation)) void this.suggestion.refresh();
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
      case 'reconcileChanged':
        this.#toldOf.add('books');
        break;
      case 'catalogChanged':
        this.#toldOf.add('catalog');
        break;
      case 'catalogSyncing':
        this.catalog.moved(event.done, event.all);
        break;
      case 'backupMoved':
        // Once the answer is there it is over, whatever is told late.
        if (this.backup !== null) this.backup = event.percent;
        break;
      case 'exportMoved':
        if (this.exported !== null) this.exported = event.percent;
        break;
      case 'toolsChanged':
        this.#toldOf.add('tools');
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
      this.suggestion.show(id);
      this.thread.opened();
      void this.thread.refresh();
    }
    this.lookedAround();
  }

  /** Charges a product by its own link in the chat that is open; Enter sends it. */
  offer(product: Product) {
    const id = this.thread?.id;
    if (id === undefined) return;
    this.select(id);
    this.charges.of(id).offer(product);
    this.focus = 'amount';
  }

  /** Goes back to the list, where list and thread take turns. */
  leaveThread() {
    this.thread = null;
    this.composer = null;
    this.suggestion.show(null);
    this.inbox.select(null);
    this.lookedAround();
  }

  /** Shows a tab of the list: the one to begin with at the next start. */
  async showTab(tab: Tab) {
    void this.inbox.show(tab);
    const error = await chooseTab(tab);
    if (error) this.complain(language.words.healthView.appearanceNotKept, error);
  }

  step(by: 1 | -1) {
    const id = this.inbox.neighbour(by);
    if (id !== null) this.select(id);
  }

  go(view: View) {
    this.view = view;
    if (isSection(view)) this.section = view;
    this.#readSection();
    this.lookedAround();
  }

  /** Shows the part of the settings that was open last; the health has its own place. */
  goSettings() {
    this.go(this.section === 'health' ? 'whatsapp' : this.section);
  }

  /** Shows one part of the Payments view. */
  showPayments(part: PaymentsPart) {
    this.payments.part = part;
    this.go('payments');
  }

  startCharge() {
    if (!this.composer || this.view !== 'inbox') return;
    if (this.openRow && this.isOffboarded(this.openRow)) {
      toasts.add('bad', language.words.charge.failed, language.words.write.offboarded.blocked);
      return;
    }
    this.composer.show();
    void this.catalog.ensure();
    this.focus = 'amount';
  }

  /** Returns whether its number was taken away from us: nothing can be sent from it. */
  isOffboarded(row: ConversationRow): boolean {
    const lines = this.status.value?.lines ?? [];
    return lines.some(({ id, offboardedAt }) => id === row.line && offboardedAt !== null);
  }

  /** Puts a product into the open conversation's charge; where none is open, shows it in the catalog. */
  async takeProduct(product: Product) {
    const composer = this.composer;
    if (!composer || !this.thread) {
      this.showProduct(product.id);
      return;
    }
    this.go('inbox');
    await this.catalog.ensure();
    if (composer !== this.composer) return;
    this.startCharge();
    if (composer.phase === 'editing') composer.addProduct(product);
  }

  /** Shows a product in the catalog, or begins a new one. */
  showProduct(product: string) {
    this.wanted = { view: 'catalog', id: product };
    this.go('catalog');
  }

  showCustomer(contact: string) {
    this.wanted = { view: 'customers', id: contact };
    this.go('customers');
  }

  /** Takes what a view is to open first. */
  takeWanted(view: 'catalog' | 'customers'): string | null {
    if (this.wanted?.view !== view) return null;
    const { id } = this.wanted;
    this.wanted = null;
    return id;
  }

  /** Opens the charge with what an order comes to, item by item. */
  async chargeOrder(order: OrderDraft) {
    const composer = this.composer;
    await this.catalog.ensure();
    if (composer !== this.composer) return;
    composer?.prefill(order, this.catalog.products);
    this.focus = 'amount';
  }

  /** Does what is proposed, or begins it where a person has to look. Returns whether there was anything. */
  acceptSuggestion(): boolean {
    const proposal = this.suggestion.value;
    if (!proposal || this.view !== 'inbox' || !this.composer) return false;
    if (proposal.kind === 'charge') void this.#accept(this.composer, proposal);
    else if (proposal.kind === 'question') this.editSuggestion();
    else if (proposal.second?.type === 'writing')
      return true; // Half a reply is nothing to send.
    else if (proposal.text) {
      this.letters.of(proposal.conversation).begin(proposal.text);
      this.startReply();
    } else return false;
    return true;
  }

  /** Opens the charge with what is proposed. Returns whether there was anything. */
  editSuggestion(): boolean {
    const proposal = this.suggestion.value;
    if (!proposal?.total || this.view !== 'inbox') return false;
    void this.#edit(this.composer, proposal);
    return true;
  }

  async #accept(composer: ChargeComposer, proposal: Proposal) {
    await this.catalog.ensure();
    await composer.accept(proposal, this.catalog.products);
  }

  async #edit(composer: ChargeComposer | null, proposal: Proposal) {
    await this.catalog.ensure();
    composer?.suggest(proposal, this.catalog.products);
    this.focus = 'amount';
  }

  async dismissSuggestion() {
    const error = await this.suggestion.dismiss();
    if (error) this.complain(language.words.suggestion.notDismissed, error);
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
    if (this.view !== 'catalog') this.view = 'inbox';
    this.focus = 'search';
  }

  /** Opens a conversation where a message stands that was found. */
  async openHit(hit: SearchHit) {
    this.select(hit.conversation);
    const thread = this.thread;
    if (!thread) return;
    if (thread.state === 'loading') await thread.refresh();
    if (!(await thread.jumpTo(hit.message, hit.at)))
      toasts.add('plain', language.words.find.jumpFailed);
  }

  /** The row of the open conversation, as far as it is known. */
  readonly openRow = $derived(
    this.thread?.view?.row ?? this.inbox.rows.find(({ id }) => id === this.thread?.id) ?? null,
  );

  /** What a deed is for now. */
  targets(): ConversationRow[] {
    return this.inbox.targets(this.openRow);
  }

  /** Resolves the chosen conversations or the open one, or opens that again. */
  async resolve({ thenNext = false } = {}) {
    const rows = this.targets();
    if (rows.length === 0) return;
    const next = thenNext ? this.inbox.neighbour(1) : null;
    if (thenNext) await this.work.resolve(rows);
    else await this.resolveRows(rows);
    this.unchoose(rows);
    if (next !== null) this.select(next);
  }

  /** Resolves them, or opens them again where all are resolved. */
  async resolveRows(rows: ConversationRow[]) {
    if (rows.every(({ resolved }) => resolved)) await this.work.reopen(rows);
    else await this.work.resolve(rows);
    this.unchoose(rows);
  }

  /** Returns what is meant by a row: all that are chosen where it is one of them. */
  together(row: ConversationRow): ConversationRow[] {
    return this.inbox.chosen.has(row.id) ? this.targets() : [row];
  }

  /** What was done is chosen no longer. */
  unchoose(rows: ConversationRow[]) {
    for (const { id } of rows) this.inbox.chosen.delete(id);
  }

  /** Marks a conversation read, or unread again; that one is then left, since looking at it reads it. */
  async toggleRead({ id, unread }: ConversationRow) {
    if (unread === 0 && this.thread?.id === id) this.leaveThread();
    const marked = unread > 0 ? await api.markRead(id) : await api.markUnread(id);
    if (!marked.ok) this.complain(language.words.work.failed, marked.error);
  }

  /** Resolves the open conversation, whatever is chosen in the list. */
  async resolveOpen() {
    const row = this.openRow;
    if (!row) return;
    if (row.resolved) await this.work.reopen([row]);
    else await this.work.resolve([row]);
  }

  /** Passes a message on, and opens where it went. */
  async forward(message: Message, row: ConversationRow) {
    const body = forwardedBody(message);
    if (!body) return;
    const thread = this.threads.known(row.id);
    const sent = await api.sendMessage({
      id: newId(),
      conversation: row.id,
      replyTo: null,
      body,
    });
    if (!sent.ok) {
      this.complain(language.words.notSent, sent.error);
      return;
    }
    void thread?.refresh();
    toasts.add('good', language.words.work.forwarded(row.name));
  }

  /** Puts a prepared answer into the open conversation's letter. */
  async useReply(reply: QuickReply) {
    const thread = this.thread;
    if (!thread) return;
    const { text, missing } = filledReply(reply.text, this.#valuesFor(thread));
    const files = reply.files.length > 0 ? await api.stageQuickReply(reply.id) : null;
    if (files && !files.ok) this.complain(language.words.quick.notSaved, files.error);
    this.letters.of(thread.id).use(text, files?.ok ? files.value : []);
    const [first] = missing;
    if (first) toasts.add('plain', language.words.quick.missing(first));
    this.startReply();
  }

  /** What stands for the variables of a prepared answer. */
  #valuesFor(thread: Thread): Record<string, string | null> {
    const row = this.openRow;
    const charges = thread.view?.charges ?? [];
    const open = charges.find(({ payment }) => payment === 'open') ?? charges[0];
    const name = row && /^\p{L}/u.test(row.name) ? row.name.split(/\s+/)[0] : null;
    return {
      name: name ?? null,
      amount: open ? language.money(open.amount) : null,
      link: open?.link ?? null,
      line: row?.lineName ?? null,
    };
  }

  /** Asks what to do with the chosen conversations or the open one. */
  ask(picker: Picker, rows = this.targets()) {
    if (this.view !== 'inbox' || rows.length === 0) return;
    this.asked = rows;
    this.picker = picker;
  }

  async markChosenRead() {
    for (const { id, unread } of this.targets()) if (unread > 0) await api.markRead(id);
    this.inbox.chosen.clear();
  }

  /** Begins a note in the open conversation. */
  startNote() {
    if (!this.thread) return;
    this.letters.of(this.thread.id).noting = true;
    this.startReply();
  }

  /** Takes back a held charge, by default the one held last; else what was done last. Returns whether there was anything. */
  undo(composer = this.charges.held.at(-1)): boolean {
    if (!composer?.undo()) return this.work.undo();
    this.#chargeTakenBack(composer);
    return true;
  }

  /** The keyboard goes back to the amount, so that Enter sends it after all. */
  #chargeTakenBack(composer: ChargeComposer) {
    toasts.add('plain', language.words.charge.undone);
    if (this.charging && composer === this.composer) this.focus = 'amount';
  }

  /** Closes what lies on top. Returns whether there was anything. */
  back(): boolean {
    const composer = this.composer;
    if (composer?.undo()) {
      this.#chargeTakenBack(composer);
      return true;
    }
    if (this.inbox.chosen.size > 0) {
      this.inbox.chosen.clear();
      return true;
    }
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

  /** Calls back whenever conversations are read again, until the returned function is called. */
  onReread(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #reread(ids: Set<string>) {
    for (const listener of this.#listeners) listener();
    const thread = this.thread;
    const here = thread !== null && ids.has(thread.id);
    await Promise.all([
      this.inbox.changed(ids),
      here ? thread.refresh() : undefined,
      this.status.refresh(),
      this.search.refresh(),
    ]);
    if (!here) return;
    this.composer?.recheck();
    this.lookedAround();
  }

  async #rereadStatus() {
    const wasReady = this.#isReady();
    await this.status.refresh();
    if (!wasReady && this.#isReady()) {
      await this.inbox.refresh();
      // What was asked for while the core was starting could not be read.
      this.#readRest();
    }
    this.#statusArrived();
    if (this.view === 'health') void this.health.refresh();
  }

  async #rereadTold(what: Set<Told>) {
    const all = what.has('everything');
    await Promise.all([
      all ? this.inbox.refresh({ fromTop: true }) : undefined,
      all ? this.thread?.refresh() : undefined,
      all ? this.suggestion.refresh() : undefined,
      all || what.has('imports') ? this.imports.refresh() : undefined,
      all || what.has('alerts') ? this.alerts.refresh() : undefined,
      all || what.has('connection') ? this.connection.changed() : undefined,
      all || what.has('money') || what.has('books') ? this.payments.refresh() : undefined,
      this.view === 'reports' && (all || what.has('money') || what.has('books'))
        ? this.reports.refresh()
        : undefined,
      (all || what.has('money')) && this.view === 'payments' && this.payments.part === 'subscribers'
        ? this.subscribers.refresh()
        : undefined,
      (all || what.has('books')) && this.view === 'payments' ? this.books.refresh() : undefined,
      all || what.has('catalog') ? this.catalog.changed() : undefined,
      all || what.has('templates') ? this.#rereadTemplates() : undefined,
      all || what.has('tools') ? this.tools.refresh() : undefined,
    ]);
  }

  async #rereadTemplates() {
    const choice = this.thread && this.letters.of(this.thread.id).templates;
    await Promise.all([this.kit.changed(), choice?.state === 'ready' ? choice.load() : undefined]);
  }

  #readSection() {
    switch (this.view) {
      case 'catalog':
        void this.catalog.ensure();
        break;
      case 'payments':
        void this.payments.refresh();
        void this.books.refresh();
        break;
      case 'reports':
        void this.reports.refresh();
        break;
      case 'sales':
        void this.sales.refresh();
        break;
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
    const isPlan = charge.terms.recurrence?.type === 'instalments';
    const amount = language.money(isPlan ? charge.totals.total : charge.amount);
    if (charge.link === null && charge.problem) {
      // Stripe made no link: nothing is on its way.
      const { title, advice } = language.problem(charge.problem);
      toasts.add('bad', title, advice);
    } else toasts.add('good', language.words.charge.sent(amount));
    const thread = this.threads.known(charge.conversation);
    void thread?.refresh();
  }
}

export const [getWorkbench, setWorkbench] = createContext<Workbench>();
