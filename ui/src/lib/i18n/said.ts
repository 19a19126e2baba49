/**
 * What the core says of problems, of refusals and of Meta's news, in the window's language.
 *
 * The core says it in English, a problem with a code; its tables give the other languages. What they do not know is
 * shown as the core said it.
 */

export type Saying = readonly [title: string, advice: string];

export interface Said {
  problems: Readonly<Record<string, Saying>>;
  alerts: Readonly<Record<string, Saying>>;
  reasons: Readonly<Record<string, string>>;
}

/** What the core said, in English. */
export interface Told {
  title: string;
  advice: string;
}

/** Says a problem by its title where that is known, since one code may have several meanings; else by its code. */
export function problemSaid(problem: Told & { code: string }, said: Said | null): Told {
  const found = said && (said.problems[problem.title] ?? byCode(problem.code, said.problems));
  if (!found) return { title: problem.title, advice: reasonSaid(problem.advice, said) };
  const [title, advice] = found;
  return {
    title: title.replace('{n}', /\d+/.exec(problem.title)?.[0] ?? ''),
    // The core's own advice names the reason.
    advice: advice === '' ? reasonSaid(problem.advice, said) : quoting(advice, problem.advice),
  };
}

/** Says what Meta told of a field. An error of the whole account goes by its code. */
export function alertSaid(alert: Told & { field: string; event: string }, said: Said | null): Told {
  const { field, event, title, advice } = alert;
  if (!said) return { title, advice };
  const isCode = /^\d+$/.test(event);
  const found = isCode
    ? byCode(event, said.problems)
    : (said.alerts[`${field}.${event}`] ?? said.alerts[`${field}.*`] ?? said.alerts['*.*']);
  if (!found) return { title, advice };
  const named = event.replaceAll('_', ' ').toLowerCase();
  return { title: found[0].replace('{event}', named), advice: found[1] || advice };
}

/** Says why something is refused: the core's own sentence, with what was filled in. */
export function reasonSaid(reason: string, said: Said | null): string {
  if (!said) return reason;
  const found = sentenceSaid(reason, said) ?? problemInOneLine(reason, said);
  return found === null ? reason : found.charAt(0).toLocaleUpperCase() + found.slice(1);
}

/** A sentence with something filled in. */
interface Sentence {
  english: RegExp;
  /** The same without what it ends with, where that is filled in. */
  head: RegExp | null;
  /** Whether it has no words of its own, so that only what is filled in tells whether it is this one. */
  bare: boolean;
  said: string;
}

interface Sentences {
  /** Whole ones. */
  whole: string[];
  /** Those that say most themselves come first. */
  filled: Sentence[];
}

const known = new WeakMap<Said['reasons'], Sentences>();

function sentencesOf(reasons: Said['reasons']): Sentences {
  const before = known.get(reasons);
  if (before) return before;
  const own = (english: string) => english.replaceAll('{}', '');
  const entries = Object.entries(reasons);
  const made: Sentences = {
    whole: entries.map(([english]) => english).filter((english) => !english.includes('{}')),
    filled: entries
      .filter(([english]) => english.includes('{}'))
      .sort(([a], [b]) => own(b).length - own(a).length)
      .map(([english, text]) => ({
        english: pattern(english),
        head: english.endsWith('{}') ? pattern(english.slice(0, -2)) : null,
        bare: !/[a-z]/i.test(own(english)),
        said: text,
      })),
  };
  known.set(reasons, made);
  return made;
}

function pattern(english: string): RegExp {
  const parts = english.split('{}').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('(.+?)')}$`, 's');
}

function sentenceSaid(reason: string, said: Said): string | null {
  const whole = said.reasons[reason];
  if (whole !== undefined) return whole;
  const sentences = sentencesOf(said.reasons);
  for (const sentence of sentences.filled) {
    const filled = filledOf(reason, sentence, sentences.whole);
    if (!filled) continue;
    if (sentence.bare && !lookedUp(sentence.said).every((place) => isKnown(filled[place], said)))
      continue;
    return filledIn(sentence.said, filled, said);
  }
  return null;
}

/** Returns the places whose words are said in the other language, too. */
function lookedUp(text: string): number[] {
  return [...text.matchAll(/\{~(\d+)\}/g)].map(([, place]) => Number(place));
}

function isKnown(words: string | undefined, said: Said): boolean {
  return words !== undefined && sentenceSaid(words, said) !== null;
}

/** Returns what was filled in. A known sentence at the end tells where it begins: names have blanks too. */
function filledOf(reason: string, sentence: Sentence, whole: string[]): string[] | null {
  const filled = sentence.english.exec(reason);
  if (!filled) return null;
  const tail = sentence.head && whole.find((end) => reason.endsWith(` ${end}`));
  const head = tail ? sentence.head?.exec(reason.slice(0, -tail.length)) : null;
  return tail && head ? [...head.slice(1), tail] : filled.slice(1);
}

/** Fills in as it stands, or, after a tilde, as it is said itself. */
function filledIn(text: string, filled: string[], said: Said): string {
  return text.replace(/\{(~?)(\d+)\}/g, (_, tilde: string, place: string) => {
    const value = filled[Number(place)] ?? '';
    return tilde ? (sentenceSaid(value, said) ?? value) : value;
  });
}

/** A problem's title and advice as one sentence after the other. */
function problemInOneLine(reason: string, said: Said): string | null {
  const at = reason.indexOf('. ');
  const title = reason.slice(0, at);
  if (at < 0 || !said.problems[title]) return null;
  const told = problemSaid({ code: '', title, advice: reason.slice(at + 2) }, said);
  return `${told.title}. ${told.advice}`;
}

/** Finds a code, or for a number the narrowest range that holds it. */
function byCode(code: string, problems: Said['problems']): Saying | undefined {
  const exact = problems[code];
  if (exact || !/^\d+$/.test(code)) return exact;
  const number = Number(code);
  return Object.entries(problems)
    .map(([key, saying]) => ({ range: /^(\d+)-(\d+)$/.exec(key), saying }))
    .flatMap(({ range, saying }) =>
      range ? [{ from: Number(range[1]), to: Number(range[2]), saying }] : [],
    )
    .filter(({ from, to }) => from <= number && number <= to)
    .sort((a, b) => a.to - a.from - (b.to - b.from))[0]?.saying;
}

/** Puts in what the English advice quotes, such as the name of a permission. */
function quoting(advice: string, english: string): string {
  const quoted = /“([^”]+)”/.exec(english)?.[1];
  return quoted ? advice.replace('{quoted}', quoted) : advice.replace(/\s?[«“]\{quoted\}[»”]/, '');
}
