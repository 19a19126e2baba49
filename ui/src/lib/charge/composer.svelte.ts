/** A charge being written: what was typed, what it would look like, and the hold before it goes. */
import {
  api,
  type Charge,
  type ChargePreview,
  type CommandError,
  type Money,
  type NewChargeLine,
  type OrderDraft,
  type Product,
  type Proposal,
} from '$lib/api';
import { language } from '$lib/i18n/language.svelte';
import { newId } from '$lib/shared/ids';
import { PayPage } from './payPage.svelte';
import { parseAmount, plainAmount } from '$lib/shared/money';
import { outliving } from '$lib/shared/outliving.svelte';
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import {
  countriesOf,
  freeLine,
  lineOf,
  lineOfOrder,
  lineOfProposal,
  linesAsked,
  looksForProduct,
  MOST_QUANTITY,
  partFrom,
  termsAsked,
  type PartKind,
  type WrittenLine,
} from './lines';
import { Often } from './often.svelte';

export interface ChargeDefaults {
  currency: string;
  expiryHours: number;
  holdSeconds: number;
}

export type Phase = 'editing' | 'checking' | 'held' | 'creating';

/** Asks that a person can answer with "yes, anyway". */
const CAN_BE_CONFIRMED = new Set([
  'sameAmountOpen',
  'sameAmountPaid',
  'implausible',
  'hundredTimesUsual',
]);

const PREVIEW_DELAY = 150;

export class ChargeComposer {
  open = $state(false);
  amountText = $state('');
  currency = $state('');
  description = $state('');
  singleUse = $state(true);
  expiresInHours = $state<number | null>(null);
  /** What is charged item by item; empty where the amount says all. */
  lines = $state<WrittenLine[]>([]);
  discountText = $state('');
  discountKind = $state<PartKind>('percent');
  depositText = $state('');
  depositKind = $state<PartKind>('percent');
  phone = $state(false);
  shipping = $state(false);
  codes = $state(false);
  /** Whether it is to go by the product's own link, where it can. */
  lasting = $state(false);
  readonly often = new Often();
  /** What the pay page offers and takes off. */
  readonly page = new PayPage(() => this.edited());
  /** The text above the button, once the person has written their own. */
  ownMessage = $state<string | null>(null);

  preview = $state.raw<ChargePreview | null>(null);
  phase = $state<Phase>('editing');
  error = $state.raw<CommandError | null>(null);
  /** Whole seconds until the held charge goes. */
  secondsLeft = $state(0);
  /** Whether Enter was tried: from then on an unfinished amount is a mistake. */
  tried = $state(false);
  /** How often Enter met a warning that wants an answer first. */
  timesAsked = $state(0);
  /** What was confirmed, each for one amount: another amount asks again. */
  readonly #confirmed = new SvelteSet<string>();

  readonly parsed = $derived(parseAmount(this.amountText, this.currency, language.separators));
  readonly discount = $derived(
    partFrom(this.discountText, this.discountKind, this.currency, language.separators),
  );
  readonly deposit = $derived(
    partFrom(this.depositText, this.depositKind, this.currency, language.separators),
  );
  readonly #linesAsked = $derived(linesAsked(this.lines, this.currency, language.separators));
  /** What is asked for before anything is taken off; of items the core knows. */
  readonly typed: Money | null = $derived(this.parsed.ok ? this.parsed.amount : null);
  /** Whether everything that was written can be read. */
  readonly readable = $derived(
    this.discount !== undefined &&
      (!this.shipping || this.page.ratesAsked(this.currency) !== null) &&
      this.deposit !== undefined &&
      this.often.asked !== undefined &&
      (this.lines.length > 0 ? this.#linesAsked !== null : this.typed !== null),
  );
  readonly #isPlain = $derived(
    this.lines.length === 0 &&
      !this.discount &&
      !this.deposit &&
      !this.often.asked &&
      !this.page.coupon,
  );
  /** Whether everybody would be asked for the same: one of a product at its price, and nothing else. */
  readonly canLast = $derived.by(() => {
    const [line, another] = this.lines;
    return (
      another === undefined &&
      line?.product?.options.length === 0 &&
      line.product.recurring === null &&
      line.quantity === 1 &&
      line.note.trim() === '' &&
      line.unitText.trim() === '' &&
      !this.discount &&
      !this.deposit &&
      !this.phone &&
      !this.shipping &&
      !this.codes &&
      !this.page.coupon &&
      this.page.methods.length === 0 &&
      this.often.kind === 'once' &&
      !this.often.bankMonths
    );
  });
  readonly lasts = $derived(this.lasting && this.canLast);
  /** What the customer is asked for now, as the core adds it up. */
  readonly amount: Money | null = $derived(
    this.readable && this.#isPlain ? this.typed : (this.preview?.totals.now ?? null),
  );
  /** Whether the words in the amount field look for a product. */
  readonly looksForProduct = $derived(looksForProduct(this.amountText, this.currency));
  readonly warnings = $derived(this.preview?.warnings ?? []);
  readonly blocked = $derived(this.warnings.some((warning) => warning.blocking));
  readonly unconfirmed = $derived(
    this.warnings.filter(
      ({ kind, blocking }) => !blocking && CAN_BE_CONFIRMED.has(kind) && !this.isConfirmed(kind),
    ),
  );
  readonly busy = $derived(this.phase !== 'editing');

  /** The suggestion that this charge is, until something of it is changed. */
  #suggested: Proposal | null = null;
  /** The charge that Enter would create. It stays the same until something else is typed. */
  #id = newId();
  /** The offer that the same charge would be. */
  #quotationId = newId();
  #previewed = '';
  #latest = 0;
  #previewTimer: ReturnType<typeof setTimeout> | null = null;
  #holdTimer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    readonly conversation: string,
    private readonly defaults: () => ChargeDefaults,
    private readonly created: (charge: Charge) => void,
  ) {
    this.#reset();
  }

  /** Tells that something was typed or chosen. */
  edited() {
    this.error = null;
    this.#suggested = null;
    this.#id = newId();
    this.#quotationId = newId();
    this.#schedulePreview();
  }

  /** Charges one of a product, or one more of it. */
  addProduct(product: Product) {
    const same = this.lines.find((line) => line.product?.id === product.id && line.note === '');
    if (same && product.options.length === 0) {
      same.quantity = Math.min(same.quantity + 1, MOST_QUANTITY);
    } else {
      if (this.lines.length === 0) {
        this.currency = product.price.currency;
        if (this.parsed.ok) this.#addTyped();
      }
      this.lines.push(lineOf(product));
      if (product.recurring) this.often.follow(product.recurring);
    }
    this.amountText = '';
    this.edited();
  }

  /** Makes of the typed amount an item of its own. Returns whether there was one. */
  addTyped(): boolean {
    if (!this.parsed.ok) return false;
    this.#addTyped();
    this.edited();
    return true;
  }

  #addTyped() {
    this.lines.push(
      freeLine(this.description.trim() || language.words.sale.otherItem, this.amountText),
    );
    this.amountText = '';
    this.description = '';
  }

  removeLine(key: string) {
    this.lines = this.lines.filter((line) => line.key !== key);
    this.edited();
  }

  setQuantity(line: WrittenLine, quantity: number) {
    line.quantity = Math.min(Math.max(Math.trunc(quantity) || 1, 1), MOST_QUANTITY);
    this.edited();
  }

  show() {
    if (!this.open && this.phase === 'editing' && this.amountText === '' && this.lines.length === 0)
      this.#reset();
    this.open = true;
    this.#schedulePreview(0);
  }

  hide() {
    this.open = false;
  }

  /** Starts over with what an order says: its items at the prices the customer saw. */
  prefill(order: OrderDraft, products: Product[]) {
    if (this.phase !== 'editing' || !order.total) return;
    this.#reset();
    this.currency = order.total.currency;
    this.lines = order.lines.flatMap((line) => lineOfOrder(line, products, language.separators));
    this.open = true;
    this.#schedulePreview(0);
  }

  /** Starts over with one of a product, by the product's own link. */
  offer(product: Product) {
    if (this.phase !== 'editing') return;
    this.#reset();
    this.addProduct(product);
    this.lasting = true;
    this.open = true;
    this.#schedulePreview(0);
  }

  /** Starts over with what the assistant proposes: accepting it twice is one charge. */
  suggest(proposal: Proposal, products: Product[]) {
    if (this.phase !== 'editing' || !proposal.total) return;
    this.#reset();
    this.currency = proposal.total.currency;
    if (proposal.lines.length > 0) {
      this.lines = proposal.lines.map((line) =>
        lineOfProposal(line, products, language.separators),
      );
      this.discountKind = 'amount';
      this.discountText = proposal.discount
        ? plainAmount(proposal.discount, language.separators)
        : '';
      if (proposal.every) this.often.follow(proposal.every);
    } else {
      this.amountText = plainAmount(proposal.total, language.separators);
      this.description = proposal.description;
    }
    this.#suggested = proposal;
    this.#id = proposal.charge;
    this.open = true;
    this.#schedulePreview(0);
  }

  /** Charges what is proposed. What speaks against it opens the panel and asks there. */
  async accept(proposal: Proposal, products: Product[]) {
    if (this.phase !== 'editing' || !proposal.total) return;
    const wasOpen = this.open;
    this.suggest(proposal, products);
    this.open = wasOpen;
    await this.submit();
    if (!this.busy) this.open = true;
  }

  confirm(kind: string) {
    this.#confirmed.add(this.#confirmation(kind));
  }

  isConfirmed(kind: string): boolean {
    return this.#confirmed.has(this.#confirmation(kind));
  }

  /** Returns whether the warning waits for the person's "yes, anyway". */
  asks(kind: string): boolean {
    return CAN_BE_CONFIRMED.has(kind);
  }

  /**
   * Starts the hold, if everything is right. Pressing twice changes nothing: there is one hold, and
   * one id behind it.
   */
  async submit() {
    if (this.phase !== 'editing') return;
    this.tried = true;
    if (!this.readable) return;

    this.#stopPreviewTimer();
    this.phase = 'checking';
    if (!this.#isPreviewed()) await this.#readPreview();
    this.phase = 'editing';
    if (!this.#isPreviewed() || this.blocked) return;
    if (this.unconfirmed.length > 0) {
      this.timesAsked++;
      return;
    }
    this.error = null;
    this.#hold();
  }

  /** Offers the charge to the customer instead of asking for the money. Returns whether it went. */
  async quote(): Promise<boolean> {
    if (this.phase !== 'editing') return false;
    this.tried = true;
    if (!this.readable) return false;
    this.phase = 'checking';
    if (!this.#isPreviewed()) await this.#readPreview();
    this.phase = 'editing';
    const amount = this.amount;
    if (!this.#isPreviewed() || !amount) return false;

    this.phase = 'creating';
    const result = await api.offerQuotation(this.#quotationId, {
      ...this.#request(amount),
      message: '',
    });
    this.phase = 'editing';
    if (!result.ok) {
      this.error = result.error;
      return false;
    }
    this.open = false;
    this.#reset();
    return true;
  }

  /** Takes the held charge back. Returns whether there was one. */
  undo(): boolean {
    if (this.phase !== 'held') return false;
    this.#stopHold();
    this.phase = 'editing';
    return true;
  }

  /** Reads the preview again, because the conversation changed. */
  recheck() {
    if (!this.open || this.phase !== 'editing') return;
    this.#previewed = '';
    this.#schedulePreview();
  }

  #hold() {
    const until = Date.now() + this.defaults().holdSeconds * 1000;
    this.phase = 'held';
    const tick = () => {
      const left = until - Date.now();
      this.secondsLeft = Math.ceil(left / 1000);
      if (left <= 0) void this.#create();
      else this.#holdTimer = setTimeout(tick, Math.min(left, left % 1000 || 1000));
    };
    tick();
  }

  #stopHold() {
    if (this.#holdTimer !== null) clearTimeout(this.#holdTimer);
    this.#holdTimer = null;
  }

  async #create() {
    this.#stopHold();
    if (this.phase !== 'held' || !this.amount || !this.preview) return;
    this.phase = 'creating';
    const result = this.#suggested
      ? await api.acceptProposal(this.#id, this.preview.message)
      : await api.createCharge({
          ...this.#request(this.amount),
          message: this.preview.message,
        });
    this.phase = 'editing';
    if (result.ok) this.#done(result.value);
    else this.#failed(result.error);
  }

  /** The id stays: trying again after a lost answer must not charge twice. */
  #failed(error: CommandError) {
    this.error = error;
    this.open = true;
  }

  #request(amount: Money) {
    return {
      id: this.#id,
      conversation: this.conversation,
      amount,
      description: this.description.trim(),
      ...this.#life(),
      ...this.#sale(),
    };
  }

  #done(charge: Charge) {
    this.open = false;
    this.#reset();
    this.created(charge);
  }

  #reset() {
    const { currency, expiryHours } = this.defaults();
    this.#suggested = null;
    this.#id = newId();
    this.#quotationId = newId();
    this.amountText = '';
    this.currency = currency;
    this.description = '';
    this.singleUse = true;
    this.expiresInHours = expiryHours > 0 ? expiryHours : null;
    this.lines = [];
    this.discountText = '';
    this.discountKind = 'percent';
    this.depositText = '';
    this.depositKind = 'percent';
    this.phone = false;
    this.shipping = false;
    this.codes = false;
    this.lasting = false;
    this.often.reset();
    this.page.reset();
    this.ownMessage = null;
    this.preview = null;
    this.error = null;
    this.tried = false;
    this.timesAsked = 0;
    this.#confirmed.clear();
    this.#previewed = '';
  }

  #stopPreviewTimer() {
    if (this.#previewTimer !== null) clearTimeout(this.#previewTimer);
  }

  #schedulePreview(delay = PREVIEW_DELAY) {
    this.#stopPreviewTimer();
    this.#previewTimer = setTimeout(() => void this.#readPreview(), delay);
  }

  /** Asks the core what this charge would look like. Only the newest answer counts. */
  async #readPreview() {
    const request = ++this.#latest;
    if (!this.readable) {
      this.preview = null;
      this.#previewed = '';
      return;
    }
    const asked = this.#question();
    const result = await api.previewCharge({
      conversation: this.conversation,
      amount: this.lines.length > 0 ? null : this.typed,
      description: this.description.trim(),
      ...this.#life(),
      message: this.ownMessage,
      ...this.#sale(),
    });
    if (request !== this.#latest) return;

    if (result.ok) {
      this.preview = result.value;
      this.#previewed = asked;
      this.error = null;
    } else {
      this.preview = null;
      this.#previewed = '';
      this.error = result.error;
    }
  }

  #isPreviewed(): boolean {
    return this.preview !== null && this.#previewed === this.#question();
  }

  #confirmation(kind: string): string {
    return JSON.stringify([kind, this.amount]);
  }

  #question(): string {
    return JSON.stringify([
      this.lines.length > 0 ? null : this.typed,
      this.description.trim(),
      this.ownMessage,
      this.#life(),
      this.#sale(),
    ]);
  }

  /** How often its link is paid, and for how long. */
  #life(): { singleUse: boolean; expiresInHours: number | null } {
    if (this.lasts) return { singleUse: false, expiresInHours: null };
    return { singleUse: this.singleUse, expiresInHours: this.expiresInHours };
  }

  /** A price that is lowered, paid in part or divided is a line of its own: what is asked for now is another amount. */
  #wholeLine(): NewChargeLine[] {
    const isDivided = this.often.asked?.type === 'instalments';
    const isWhole = !isDivided && !this.discount && !this.deposit && !this.page.coupon;
    if (isWhole || !this.typed) return [];
    const name = this.description.trim();
    return [{ product: null, name, options: [], unit: this.typed, quantity: 1, note: '' }];
  }

  #sale(): { lines: NewChargeLine[]; terms: ReturnType<typeof termsAsked> } {
    return {
      lines: this.lines.length === 0 ? this.#wholeLine() : (this.#linesAsked ?? []),
      terms: {
        ...this.page.asked(this.currency, this.shipping),
        ...termsAsked({
          discount: this.discount ?? null,
          deposit: this.deposit ?? null,
          phone: this.phone,
          shipping: this.shipping,
          codes: this.codes,
          countries: countriesOf(this.currency),
        }),
        recurrence: this.often.asked ?? null,
        bankMonths: this.often.kind === 'once' && this.often.bankMonths,
        lasting: this.lasts,
      },
    };
  }
}

/** Keeps each conversation's unfinished charge, also while another conversation is open. */
export class ChargeComposers {
  readonly #kept = new SvelteMap<string, ChargeComposer>();
  /** The charges that wait out their hold, the newest last. */
  readonly held = $derived(
    [...this.#kept.values()].filter((composer) => composer.phase === 'held'),
  );

  constructor(
    private readonly defaults: () => ChargeDefaults,
    private readonly created: (charge: Charge) => void,
  ) {}

  of(conversation: string): ChargeComposer {
    const kept = this.#kept.get(conversation);
    if (kept) return kept;
    const made = outliving(() => new ChargeComposer(conversation, this.defaults, this.created));
    this.#kept.set(conversation, made);
    return made;
  }
}
