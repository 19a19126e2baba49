/** A product being written: texts until it is saved. */
import { api, type CommandError, type Money, type Product, type ProductDraft } from '$lib/api';
import { language } from '$lib/i18n/language.svelte';
import { newId } from '$lib/shared/ids';
import { parseAmount, plainAmount, type ParsedAmount } from '$lib/shared/money';

export interface WrittenValue {
  key: string;
  name: string;
  difference: string;
}

export interface WrittenOption {
  key: string;
  name: string;
  values: WrittenValue[];
}

export class ProductEditor {
  name = $state('');
  description = $state('');
  aliases = $state('');
  sku = $state('');
  priceText = $state('');
  currency = $state('');
  stockText = $state('');
  options = $state<WrittenOption[]>([]);
  /** What is told after it was paid for. */
  thanks = $state('');
  nextStep = $state('');
  asksShipping = $state<boolean | null>(null);
  renewsOrder = $state<boolean | null>(null);
  saving = $state(false);
  tried = $state(false);
  error = $state.raw<CommandError | null>(null);

  readonly price: ParsedAmount = $derived(
    parseAmount(this.priceText, this.currency, language.separators),
  );
  readonly stock: number | null | undefined = $derived(stockFrom(this.stockText));
  readonly isNew: boolean;
  readonly id: string;
  /** What the core knows that the editor does not show. */
  readonly #kept: Product | null;

  constructor(product: Product | null, currency: string) {
    this.#kept = product;
    this.isNew = product === null;
    this.id = product?.id ?? newId();
    this.currency = product?.price.currency ?? currency;
    if (!product) return;
    this.name = product.name;
    this.description = product.description;
    this.aliases = product.aliases.join(', ');
    this.sku = product.sku ?? '';
    this.priceText = plainAmount(product.price, language.separators);
    this.stockText = product.stock === null ? '' : String(product.stock);
    this.thanks = product.after.thanks ?? '';
    this.nextStep = product.after.nextStep ?? '';
    this.asksShipping = product.after.asksShipping ?? null;
    this.renewsOrder = product.after.renewsOrder ?? null;
    this.options = product.options.map((group) => ({
      key: newId(),
      name: group.name,
      values: group.values.map((value) => ({
        key: newId(),
        name: value.name,
        difference: differenceText(value.difference ?? 0, product.price.currency),
      })),
    }));
  }

  /** Whether it is sold by subscription. */
  get recurs(): boolean {
    return Boolean(this.#kept?.recurring);
  }

  addOption() {
    this.options.push({ key: newId(), name: '', values: [blankValue()] });
  }

  addValue(option: WrittenOption) {
    option.values.push(blankValue());
  }

  /** Saves it. Returns the product, or nothing where something is to be mended first. */
  async save(): Promise<Product | null> {
    this.tried = true;
    const draft = this.draft();
    if (!draft || this.saving) return null;
    this.saving = true;
    const result = await api.saveProduct(draft);
    this.saving = false;
    this.error = result.ok ? null : result.error;
    return result.ok ? result.value : null;
  }

  /** Returns what would be saved, if every number can be read. */
  draft(): ProductDraft | null {
    const price = priceFrom(this.price, this.priceText, this.currency);
    const stock = this.stock;
    if (!price || stock === undefined) return null;
    const options = [];
    for (const { name, values } of this.options) {
      const read = [];
      for (const value of values) {
        const difference = differenceFrom(value.difference, this.currency);
        if (difference === null) return null;
        read.push({ name: value.name, difference });
      }
      options.push({ name, values: read });
    }
    return {
      id: this.id,
      name: this.name,
      description: this.description,
      aliases: this.aliases.split(','),
      sku: this.sku,
      price,
      options,
      stock,
      seenStock: this.#kept?.stock ?? null,
      tax: this.#kept?.tax ?? null,
      recurring: this.#kept?.recurring ?? null,
      after: {
        thanks: this.thanks,
        nextStep: this.nextStep,
        asksShipping: this.asksShipping,
        renewsOrder: this.renewsOrder,
      },
    };
  }
}

function blankValue(): WrittenValue {
  return { key: newId(), name: '', difference: '' };
}

/** A product may cost nothing, which no charge may. */
function priceFrom(parsed: ParsedAmount, text: string, currency: string): Money | null {
  if (parsed.ok) return parsed.amount;
  return /^0+([.,]0+)?$/.test(text.trim()) ? { minor: 0, currency } : null;
}

/** Returns how many are left; null where nobody counts, undefined where it is no number. */
export function stockFrom(text: string): number | null | undefined {
  const plain = text.trim();
  if (plain === '') return null;
  return /^-?\d{1,9}$/.test(plain) ? Number(plain) : undefined;
}

/** Returns a difference in minor units, or null where it can't be read. Empty is none. */
export function differenceFrom(text: string, currency: string): number | null {
  const plain = text.trim().replace('−', '-');
  if (/^[+-]?0*$/.test(plain)) return 0;
  const sign = plain.startsWith('-') ? -1 : 1;
  const parsed = parseAmount(plain.replace(/^[+-]\s*/, ''), currency, language.separators);
  return parsed.ok ? sign * parsed.amount.minor : null;
}

export function differenceText(minor: number, currency: string): string {
  if (minor === 0) return '';
  const size = plainAmount({ minor: Math.abs(minor), currency }, language.separators);
  return minor < 0 ? `-${size}` : `+${size}`;
}
