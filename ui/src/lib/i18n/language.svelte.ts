/**
 * The window's language: its words, and money and time written its way.
 *
 * The dictionaries are plain typed objects: a language that lacks a word does not compile. A
 * message compiler such as paraglide was left out because its switch reloads the page, and
 * half-filled forms live in memory alone; three languages weigh little.
 */
import { said, type AlertView, type CommandError, type MessageProblem, type Money } from '$lib/api';
import { chosenBefore } from '$lib/shared/appearance';
import { bytesLabel } from '$lib/shared/bytes';
import { languageNames, numberFormat } from '$lib/shared/intl';
import { formatMoney, separatorsOf, withAmounts } from '$lib/shared/money';
import * as time from '$lib/shared/time';
import en, { type Words } from './en';
import es from './es';
import pt from './pt';
import { alertSaid, problemSaid, reasonSaid, type Told } from './said';

export const LANGUAGES = {
  es: { name: 'Español', words: es },
  'pt-BR': { name: 'Português', words: pt },
  en: { name: 'English', words: en },
} satisfies Record<string, { name: string; words: Words }>;

export type LanguageCode = keyof typeof LANGUAGES;
export const LANGUAGE_CODES = Object.keys(LANGUAGES) as LanguageCode[];

/** The core itself speaks English. */
const SAID = { es: said.es, 'pt-BR': said.pt, en: null };

/** How the core calls the languages. */
export const CORE_LANGUAGES = { es: 'es', 'pt-BR': 'pt', en: 'en' } as const;

/** Where a shop's currency tells how its people write numbers, when the system does not. */
const SPANISH_BY_CURRENCY: Record<string, string> = {
  MXN: 'es-MX',
  COP: 'es-CO',
  ARS: 'es-AR',
  CLP: 'es-CL',
  PEN: 'es-PE',
  UYU: 'es-UY',
  EUR: 'es-ES',
};

/** Returns the first of the wanted languages that we speak. */
export function languageFromSystem(wanted: readonly string[]): LanguageCode {
  for (const tag of wanted) {
    const base = tag.toLowerCase().split('-')[0];
    if (base === 'es' || base === 'en') return base;
    if (base === 'pt') return 'pt-BR';
  }
  return 'en';
}

/** Returns the locale to write numbers in: the system's own region where it speaks the language. */
export function localeFor(
  code: LanguageCode,
  system: readonly string[],
  currency: string | null,
): string {
  const base = code.split('-')[0] ?? code;
  const regional = system.find((tag) => tag.includes('-') && tag.toLowerCase().startsWith(base));
  if (regional) return regional;
  if (code === 'es') return SPANISH_BY_CURRENCY[currency ?? ''] ?? 'es-419';
  return code;
}

export class Language {
  code = $state<LanguageCode>('en');
  /** What a person chose on this profile; else it is the system's. */
  chosen = $state<LanguageCode | null>(null);
  /** The shop's usual currency, once the core has said it. */
  currency = $state<string | null>(null);

  readonly words: Words = $derived(LANGUAGES[this.code].words);
  readonly locale = $derived(localeFor(this.code, navigator.languages, this.currency));
  readonly separators = $derived(separatorsOf(this.locale));

  constructor() {
    const before = chosenBefore().language;
    this.chosen = LANGUAGE_CODES.find((code) => CORE_LANGUAGES[code] === before) ?? null;
    this.code = this.chosen ?? systemLanguage();
    document.documentElement.lang = this.code;
  }

  choose(code: LanguageCode) {
    this.code = code;
    this.chosen = code;
    document.documentElement.lang = code;
  }

  money(amount: Money) {
    return formatMoney(amount, this.locale);
  }

  /** Writes the amounts in a sentence of the core's, such as "1250.00 MXN", as all others here. */
  amounts(sentence: string) {
    return withAmounts(sentence, (amount) => this.money(amount));
  }

  /** Writes money for a row of a list: cents that are zero are left out. */
  shortMoney(amount: Money) {
    return formatMoney(amount, this.locale, 'whole');
  }

  number(value: number) {
    return numberFormat(this.locale).format(value);
  }

  /** Writes a number where space is short: from ten thousand on it is rounded. */
  count(value: number) {
    if (value < 10_000) return this.number(value);
    return numberFormat(this.locale, { notation: 'compact' }).format(value);
  }

  percent(value: number) {
    return numberFormat(this.locale, {
      style: 'percent',
      maximumFractionDigits: 1,
    }).format(value / 100);
  }

  /** Names a language by its code, as Meta writes it: `es_MX`. */
  tongue(code: string) {
    return languageNames(this.locale).of(code.replace('_', '-')) ?? code;
  }

  bytes(size: number) {
    return bytesLabel(size, this.locale);
  }

  clock(at: string) {
    return time.clockTime(at, this.locale);
  }

  day(at: string, now: number) {
    return time.dayLabel(at, now, this.locale);
  }

  /** Makes what the list writes its moments with: the first of each kind takes long. */
  prepare() {
    const now = Date.now();
    for (const days of [0, 1, 3, 30])
      this.listTime(new Date(now - days * 86_400_000).toISOString(), now);
    this.number(0);
  }

  listTime(at: string, now: number) {
    return time.listTime(at, now, this.locale);
  }

  moment(at: string, now: number) {
    return time.momentLabel(at, now, this.locale);
  }

  /** Writes a moment inside a sentence: its day begins small where the language has it so. */
  momentWords(at: string, now: number) {
    return time.momentWords(at, now, this.locale);
  }

  /** Writes day, year and clock: what proves something says exactly when. */
  exact(at: string) {
    return time.exactLabel(at, this.locale);
  }

  /** Writes a day inside a sentence: small where the language has it so. */
  dayWords(at: string, now: number) {
    return time.dayWords(at, now, this.locale);
  }

  month(at: string) {
    return time.monthLabel(at, this.locale);
  }

  /** Says what is left until `at` in its two largest units; from two days on, days are enough. */
  left(at: string, now: number) {
    const { days, hours, minutes } = time.spanUntil(at, now);
    const say = this.words.span;
    if (days >= 3) return say.days(days);
    const allHours = days * 24 + hours;
    if (allHours >= 24) return say.hours(allHours);
    if (allHours > 0) return `${say.hours(allHours)} ${say.minutes(minutes)}`;
    return say.minutes(minutes);
  }

  /** Says what is left in its largest unit, for where space is short. */
  leftShort(at: string, now: number) {
    const { days, hours, minutes } = time.spanUntil(at, now);
    const say = this.words.span;
    if (days >= 3) return say.days(days);
    if (days > 0 || hours > 0) return say.hours(days * 24 + hours);
    return say.minutes(minutes);
  }

  /** Returns the same with its hours rounded up: a link of 48 hours has 48 of them at first. */
  leftAbout(at: string, now: number) {
    const { days, hours, minutes } = time.spanUntil(at, now);
    const isWhole = minutes === 0;
    if (days >= 3 || (days === 0 && hours === 0)) return this.leftShort(at, now);
    return this.words.span.hours(days * 24 + hours + (isWhole ? 0 : 1));
  }

  /** Says an error in this language: its own sentence where that is known, else what its code means. */
  error(error: CommandError) {
    const reason = reasonSaid(error.message, SAID[this.code]);
    if (reason !== error.message) return this.amounts(reason);
    const words = this.words.errors[error.code];
    if (words !== undefined) return words;
    return this.#refusal(error) ?? this.amounts(error.message);
  }

  /** Says in this language why something was refused or left out, as far as it is known. */
  reason(reason: string): string {
    return this.amounts(reasonSaid(reason, SAID[this.code]));
  }

  /** Says what WhatsApp or Stripe refused: a title and an advice, with the code behind it. */
  #refusal({ message, details }: CommandError): string | null {
    const at = message.indexOf('. ');
    if (at < 0 || details === null) return null;
    const { title, advice } = this.problem({
      code: details,
      title: message.slice(0, at),
      advice: message.slice(at + 2),
    });
    return `${title}. ${advice}`;
  }

  /** Says a problem in this language where its code is known, else as the core did. */
  problem(problem: MessageProblem): Told {
    const { title, advice } = problemSaid(problem, SAID[this.code]);
    return { title: this.amounts(title), advice: this.amounts(advice) };
  }

  /** Says what Meta told in this language, as far as it is known. */
  alert(alert: AlertView): Told {
    return alertSaid(alert, SAID[this.code]);
  }
}

function systemLanguage(): LanguageCode {
  return languageFromSystem(navigator.languages);
}

/** One for the whole window: every view speaks the same language. */
export const language = new Language();
