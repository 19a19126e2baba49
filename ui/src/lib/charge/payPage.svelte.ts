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

  constructor(private readonly edited: () => void) {}

  reset() {
    this.methods = [];
    this.coupon = null;
    this.rates = [];
    this.codesError = null;
  }

  /** Offers a way of paying, or leaves it out. The last one can't be left out. */
  toggle(ways: Way[], method: string) {
    const offered = ways.filter(({ whyNot }) => whyNot === null).map((way) => way.method);
    const next = offered.includes(method)
      ? offered.filter((known) => known !== method)
      : [...offered, method];
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
    const found = await api.newestCodes();
    this.looking = false;
    this.codes = found.ok ? found.value : null;
    this.codesError = found.ok ? null : found.error;
  }

  /** Looks for a typed code and takes it. Returns whether there is one. */
  async findCode(code: string): Promise<boolean> {
    if (this.looking) return false;
    this.looking = true;
    const found = await api.findCode(code);
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
