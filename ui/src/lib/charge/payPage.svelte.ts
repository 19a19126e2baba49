/** What a charge's pay page offers and takes off: ways of paying, a code, ways of delivery. */
import {
  api,
  type ChargeTerms,
  type CommandError,
  type Coupon,
  type ShippingRate,
  type Way,
} from '$lib/api';
import { language } from '$lib/i18n/language.svelte';
import { parseAmount } from '$lib/shared/money';

/** A way of delivery as it is being written. */
export interface WrittenRate {
  name: string;
  amountText: string;
}

export class PayPage {
  /** Stripe's names; none leaves it to the account. */
  methods = $state<string[]>([]);
  coupon = $state.raw<Coupon | null>(null);
  rates = $state<WrittenRate[]>([]);
  codes = $state.raw<Coupon[] | null>(null);
  codesError = $state.raw<CommandError | null>(null);
  looking = $state(false);
  /** Which charge is being written, and what was last asked of its codes. */
  #latest = 0;

  constructor(private readonly edited: () => void) {}

  reset() {
    this.methods = [];
    this.coupon = null;
    this.rates = [];
    this.codesError = null;
    this.looking = false;
    this.#latest += 1;
  }

  /**
   * Offers a way of paying, or leaves it out. The last one can't be left out. What was chosen already counts
   * before its preview is back, and nothing is asked of Stripe by name that is not known here unless a person does.
   */
  toggle(ways: Way[], method: string) {
    const offered = ways.filter(({ whyNot }) => whyNot === null);
    const isChosen = this.methods.length > 0;
    const isOffered = isChosen
      ? this.methods.includes(method)
      : offered.some((way) => way.method === method);
    const kept = isChosen
      ? this.methods
      : offered.filter(({ limits }) => limits !== null).map((way) => way.method);
    const next = isOffered ? kept.filter((known) => known !== method) : [...kept, method];
    if (next.length === 0) return;
    this.methods = next;
    this.edited();
  }

  /** Leaves the ways of paying to the account again. */
  asUsual() {
    this.methods = [];
    this.edited();
  }

  async readCodes() {
    if (this.looking) return;
    this.looking = true;
    const request = ++this.#latest;
    const found = await api.newestCodes();
    if (request !== this.#latest) return;
    this.looking = false;
    this.codes = found.ok ? found.value : null;
    this.codesError = found.ok ? null : found.error;
  }

  /** Looks for a typed code and takes it. Returns whether there is one. */
  async findCode(code: string): Promise<boolean> {
    if (this.looking) return false;
    this.looking = true;
    const request = ++this.#latest;
    const found = await api.findCode(code);
    if (request !== this.#latest) return false; // Another charge is being written.
    this.looking = false;
    this.codesError = found.ok ? null : found.error;
    if (found.ok) this.take(found.value);
    return found.ok;
  }

  take(coupon: Coupon | null) {
    this.coupon = coupon;
    this.codesError = null;
    this.edited();
  }

  addRate(rate: WrittenRate) {
    this.rates.push(rate);
    this.edited();
  }

  removeRate(index: number) {
    this.rates.splice(index, 1);
    this.edited();
  }

  /** Returns the ways of delivery, or null while one can't be read. */
  ratesAsked(currency: string): ShippingRate[] | null {
    const asked: ShippingRate[] = [];
    for (const { name, amountText } of this.rates) {
      const parsed = parseAmount(amountText, currency, language.separators);
      const isFree = /^0+(?:[.,]0+)?$/.test(amountText.trim());
      if (name.trim() === '' || (!parsed.ok && !isFree)) return null;
      asked.push({
        name: name.trim(),
        amount: parsed.ok ? parsed.amount : { minor: 0, currency },
      });
    }
    return asked;
  }

  /** Returns the page's part of a charge's terms. */
  asked(currency: string, delivers: boolean): Partial<ChargeTerms> {
    return {
      methods: $state.snapshot(this.methods),
      coupon: this.coupon,
      shippingRates: delivers ? (this.ratesAsked(currency) ?? []) : [],
    };
  }
}
