/** Ways of paying in the reader's words. */
import { language } from '$lib/i18n/language.svelte';

/** Returns what a way of paying is called: `card •• 4242` by its first word, the rest as it is. */
export function methodName(method: string): string {
  const [name = '', ...rest] = method.split(' ');
  const called = language.words.ways.names[name] ?? name.replaceAll('_', ' ');
  return [called, ...rest].join(' ');
}
