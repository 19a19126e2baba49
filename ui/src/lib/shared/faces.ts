/** The small round face beside a name: its letters and its colour. */
import { firstGrapheme } from './intl';

export const TONES = ['accent', 'waiting', 'processing', 'failed', 'suggestion'] as const;
export type Tone = (typeof TONES)[number];

/** Returns the first letters of the first two words, or nothing for a name that is a number. */
export function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter((word) => /^\p{L}/u.test(word));
  return words.slice(0, 2).map(firstGrapheme).join('').toLocaleUpperCase();
}

/** Returns a colour that the same id always gets. */
export function toneOf(id: string): Tone {
  let hash = 0;
  for (const char of id) hash = (Math.imul(hash, 31) + (char.codePointAt(0) ?? 0)) >>> 0;
  return TONES[hash % TONES.length] ?? 'accent';
}
