import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import { deskAnswers, later, refuse } from '../../../tests/desk';
import type { Appearance } from '../api';
import { Language, language } from '../i18n/language.svelte';
import { chooseTab } from './appearance';
import AppearanceSettings from './AppearanceSettings.svelte';
import { theme, Theme } from './theme.svelte';

const choose = (what: string, value: string) =>
  fireEvent.change(screen.getByTestId(what), { target: { value } });

describe('how the window looks and speaks', () => {
  afterEach(() => {
    theme.choose('system');
    language.choose('en');
  });

  it('is what was chosen on the profile, from the page’s first moment', () => {
    window.cobroAppearance = { theme: 'dark', language: 'pt' };
    expect(new Theme().choice).toBe('dark');
    expect(document.documentElement.dataset['theme']).toBe('dark');
    expect(new Language().code).toBe('pt-BR');
    expect(document.documentElement.lang).toBe('pt-BR');
  });

  it('is on the page before the window’s own script runs', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../index.html'), 'utf8');
    const first = /<script>([^]*?)<\/script>/.exec(page)?.[1] ?? '';
    expect(page.indexOf('<script>')).toBeLessThan(page.indexOf('<body>'));
    for (const [choice, shown] of [
      ['dark', 'dark'],
      ['light', 'light'],
      ['system', undefined],
    ] as const) {
      delete document.documentElement.dataset['theme'];
      window.cobroAppearance = { theme: choice, language: null };
      runInNewContext(first, { window, document });
      expect(document.documentElement.dataset['theme']).toBe(shown);
    }
    runInNewContext(first, { window: {}, document });
    expect(page).toContain("html[data-theme='dark'] .boot");
  });

  it('is the system’s where nobody chose', () => {
    window.cobroAppearance = { theme: 'system', language: null };
    expect(new Theme().choice).toBe('system');
    expect(document.documentElement.dataset['theme']).toBeUndefined();
    expect(new Language().chosen).toBeNull();
  });

  it('changes at once, and is kept on the profile and nowhere else', async () => {
    const calls = deskAnswers({});
    language.chosen = null;
    render(AppearanceSettings);
    await choose('theme', 'dark');
    await choose('language', 'pt-BR');
    expect(document.documentElement.dataset['theme']).toBe('dark');
    expect(document.documentElement.lang).toBe('pt-BR');
    await waitFor(() => {
      expect(calls.map(({ command, args }) => [command, args['appearance']])).toEqual([
        ['keep_appearance', { theme: 'dark', language: null, tab: null }],
        ['keep_appearance', { theme: 'dark', language: 'pt', tab: null }],
      ]);
    });
    expect(localStorage.length).toBe(0);
  });

  it('keeps one choice after the other, so that the last is the one that stays', async () => {
    const first = later<null>();
    const calls = deskAnswers({ keep_appearance: () => first.promise });
    const kept = [chooseTab('paid')];
    await new Promise((resolve) => setTimeout(resolve));
    kept.push(chooseTab('mine'), chooseTab('mine'), chooseTab('all'));
    await new Promise((resolve) => setTimeout(resolve));
    expect(calls).toHaveLength(1);
    first.keep(null);
    await Promise.all(kept);
    expect(calls.map(({ args }) => (args['appearance'] as Appearance).tab)).toEqual([
      'paid',
      'all',
      'all',
    ]);
  });

  it('tries again to keep a tab that was not kept, and says so once', async () => {
    let isFull = true;
    const calls = deskAnswers({
      keep_appearance: () => (isFull ? refuse({ message: 'The disk is full.' }) : null),
    });
    expect((await chooseTab('paid'))?.message).toBe('The disk is full.');
    expect(await chooseTab('mine')).toBeNull();
    isFull = false;
    expect(await chooseTab('mine')).toBeNull();
    expect(await chooseTab('mine')).toBeNull();
    expect(calls.map(({ args }) => (args['appearance'] as Appearance).tab)).toEqual([
      'paid',
      'mine',
      'mine',
    ]);
  });

  it('says that a choice will be forgotten, and keeps showing it', async () => {
    deskAnswers({ keep_appearance: () => refuse({ message: 'The disk is full.' }) });
    render(AppearanceSettings);
    await choose('theme', 'light');
    expect((await screen.findByTestId('appearance-failed')).textContent).toContain('forgotten');
    expect(document.documentElement.dataset['theme']).toBe('light');
  });
});
