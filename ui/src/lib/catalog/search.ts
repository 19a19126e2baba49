/** Finding a product by the words of its names. */
import type { Product } from '$lib/api';

/** Returns the text as a search compares it: lower case, without accents. */
export function folded(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();
}

const texts = new WeakMap<Product, { names: string[]; all: string }>();

function textOf(product: Product) {
  const known = texts.get(product);
  if (known) return known;
  const names = [product.name, ...product.aliases].map(folded);
  const all = [...names, folded(product.description), folded(product.sku ?? '')].join('\n');
  const made = { names, all };
  texts.set(product, made);
  return made;
}

/**
 * Returns the products in which every word of the query is found: first those whose name begins
 * with it, then those with a word that does, then the rest in their own order.
 */
export function found(products: Product[], query: string): Product[] {
  const words = folded(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return products;
  const whole = words.join(' ');
  const ranked = products
    .filter((product) => words.every((word) => textOf(product).all.includes(word)))
    .map((product) => ({ product, rank: rankOf(textOf(product).names, whole) }));
  return ranked.sort((a, b) => a.rank - b.rank).map(({ product }) => product);
}

function rankOf(names: string[], whole: string): number {
  if (names.some((name) => name.startsWith(whole))) return 0;
  return names.some((name) => name.includes(` ${whole}`)) ? 1 : 2;
}
