/** The browser's formatters, each made once: making one takes longer than hundreds of uses. */

const numbers = new Map<string, Intl.NumberFormat>();
const moments = new Map<string, Intl.DateTimeFormat>();
let graphemes: Intl.Segmenter | undefined;

export function numberFormat(
  locale: string,
  options: Intl.NumberFormatOptions = {},
): Intl.NumberFormat {
  return kept(numbers, locale, options, () => new Intl.NumberFormat(locale, options));
}

export function dateFormat(
  locale: string,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  return kept(moments, locale, options, () => new Intl.DateTimeFormat(locale, options));
}

const tongues = new Map<string, Intl.DisplayNames>();

/** Returns the names of languages in the locale's own. */
export function languageNames(locale: string): Intl.DisplayNames {
  return kept(tongues, locale, {}, () => new Intl.DisplayNames(locale, { type: 'language' }));
}

/** Returns what a reader sees as the text's first letter, however many code points it has. */
export function firstGrapheme(text: string): string {
  // Plain letters are nearly all, and need no rules.
  if (/^[a-z](?:[\x20-\x7e]|$)/i.test(text)) return text.charAt(0);
  graphemes ??= new Intl.Segmenter();
  const [first] = graphemes.segment(text);
  return first?.segment ?? '';
}

function kept<Format>(
  known: Map<string, Format>,
  locale: string,
  options: object,
  make: () => Format,
): Format {
  const key = locale + JSON.stringify(options);
  const old = known.get(key);
  if (old) return old;
  const made = make();
  known.set(key, made);
  return made;
}
