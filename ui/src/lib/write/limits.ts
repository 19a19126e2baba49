/** What WhatsApp takes at most, so that nothing is written that it would refuse. */

export const LIMITS = {
  text: 4096,
  caption: 1024,
  buttonsText: 1024,
  listText: 4096,
  buttons: 3,
  buttonTitle: 20,
  listButton: 20,
  sectionTitle: 24,
  rows: 10,
  rowTitle: 24,
  rowDescription: 72,
} as const;

/** Kinds of files that go with words of their own. */
const CAPTIONED = new Set(['image', 'video', 'document']);

export function takesCaption(kind: string): boolean {
  return CAPTIONED.has(kind);
}
