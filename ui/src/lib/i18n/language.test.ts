import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { minutesAgo, NOW } from '../../../tests/things';
import en from './en';
import es from './es';
import { Language, languageFromSystem, localeFor } from './language.svelte';
import pt from './pt';

describe('the language', () => {
  it('is the first of the system’s that we speak', () => {
    expect(languageFromSystem(['fr-FR', 'es-CO', 'en'])).toBe('es');
    expect(languageFromSystem(['pt-PT'])).toBe('pt-BR');
    expect(languageFromSystem(['de'])).toBe('en');
  });

  it('writes numbers as the system’s region does, else as the currency’s', () => {
    expect(localeFor('es', ['en-US', 'es-AR'], 'MXN')).toBe('es-AR');
    expect(localeFor('es', ['en-US'], 'COP')).toBe('es-CO');
    expect(localeFor('es', ['es'], null)).toBe('es-419');
    expect(localeFor('pt-BR', ['en-US'], 'BRL')).toBe('pt-BR');
  });

  it('says a known error its own way and an unknown one as the core did', () => {
    const language = new Language();
    language.choose('es');
    const error = (code: string) => ({ code, message: 'Core says so.', details: null });
    expect(language.error(error('offline'))).toContain('No hay conexión');
    expect(language.error(error('stripe'))).toBe('Core says so.');
  });

  it('says what is left in at most two units', () => {
    const language = new Language();
    language.choose('en');
    expect(language.left(minutesAgo(-(23 * 60 + 12)), NOW)).toBe('23 h 12 m');
    expect(language.left(minutesAgo(-(47 * 60)), NOW)).toBe('47 h');
    expect(language.left(minutesAgo(-(6 * 24 * 60)), NOW)).toBe('6 d');
    expect(language.leftShort(minutesAgo(-179), NOW)).toBe('2 h');
    expect(language.leftShort(minutesAgo(-59), NOW)).toBe('59 m');
  });
});

describe('the words', () => {
  it('are the same set in every language, and none is empty', () => {
    for (const words of [es, pt]) {
      expect(keysOf(words)).toEqual(keysOf(en));
    }
    for (const words of [en, es, pt])
      for (const [key, word] of leavesOf(words))
        if (typeof word === 'string') expect(word.trim(), key).not.toBe('');
  });

  it('are all used somewhere', () => {
    const source = sourcesIn(join(import.meta.dirname, '../..'));
    // A word is reached by its own name, or through its group: with an index, or by a short name.
    const named = new Set(source.match(/\.[\w$]+/g));
    const groups = new Set(Array.from(source.matchAll(/(\.[\w$]+)[[;]/g), ([, group]) => group));
    const unused = keysOf(en).filter((key) => {
      const [last = '', group = ''] = key.split('.').reverse();
      return !named.has(`.${last}`) && !groups.has(`.${group}`);
    });
    expect(unused).toEqual([]);
  });
});

/** Translations of codes are a choice of each language, not a set that all share. */
const BY_CODE =
  /^(errors|people\.categories|healthView\.unread\.troubles|connect\.(qualities|neededFor))\b/;

function keysOf(words: object): string[] {
  return leavesOf(words)
    .map(([key]) => key)
    .filter((key) => !BY_CODE.test(key))
    .sort();
}

function leavesOf(value: object, prefix = ''): [string, unknown][] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    typeof inner === 'object' && inner !== null
      ? leavesOf(inner, `${prefix}${key}.`)
      : [[prefix + key, inner] as [string, unknown]],
  );
}

function sourcesIn(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(
      (name) => /\.(svelte|ts)$/.test(name) && !/i18n.*\b(en|es|pt)\.ts$|\.test\.ts$/.test(name),
    )
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
}
