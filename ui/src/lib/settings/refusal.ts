/** Why Meta rejected a template: a code in capitals, and sometimes a sentence behind it. */

const CODES = [
  'ABUSIVE_CONTENT',
  'CATEGORY_NOT_AVAILABLE',
  'INCORRECT_CATEGORY',
  'INVALID_FORMAT',
  'PROMOTIONAL',
  'SCAM',
  'TAG_CONTENT_MISMATCH',
] as const;

export type RefusalCode = (typeof CODES)[number];

/** Returns the code that a reason begins with, where it is one that is known. */
export function refusalCode(reason: string): RefusalCode | 'other' {
  const begins = /^[A-Z_]+/.exec(reason)?.[0];
  return CODES.find((code) => code === begins) ?? 'other';
}
