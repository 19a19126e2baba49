/** What WhatsApp says that a message costs, in a few words. */
import type { Pricing } from '$lib/api';
import type { Words } from '$lib/i18n/en';

/** Returns "billed · Utility"; WhatsApp tells no amounts. */
export function priceWords(pricing: Pricing, words: Words): string {
  const say = words.faces.price;
  const billed = pricing.billable === null ? say.unknown : pricing.billable ? say.billed : say.free;
  const category = pricing.category && categoryWord(pricing.category, words);
  return [billed, category].filter(Boolean).join(' · ');
}

/** Returns the category in this language, or in WhatsApp's own word. */
export function categoryWord(category: string, words: Words): string {
  return words.people.categories[category.toLowerCase()] ?? category;
}
