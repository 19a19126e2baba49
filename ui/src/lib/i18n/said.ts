/**
 * What the core says of problems and of Meta's news, in the window's language.
 *
 * The core says it in English, with a code; its tables give the other languages. What they do not know is
 * shown as the core said it.
 */

export type Saying = readonly [title: string, advice: string];

export interface Said {
  problems: Readonly<Record<string, Saying>>;
  alerts: Readonly<Record<string, Saying>>;
}

/** What the core said, in English. */
export interface Told {
  title: string;
  advice: string;
}

/** Says a problem by its title where that is known, since one code may have several meanings; else by its code. */
export function problemSaid(problem: Told & { code: string }, said: Said | null): Told {
  const found = said && (said.problems[problem.title] ?? byCode(problem.code, said.problems));
  if (!found) return { title: problem.title, advice: problem.advice };
  const [title, advice] = found;
  return {
    title: title.replace('{n}', /\d+/.exec(problem.title)?.[0] ?? ''),
    // The core's own advice names the reason.
    advice: advice === '' ? problem.advice : quoting(advice, problem.advice),
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
