import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import { deskAnswers, refuse } from '../../../tests/desk';
import { Language, language } from '../i18n/language.svelte';
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
        ['keep_appearance', { theme: 'dark', language: null }],
        ['keep_appearance', { theme: 'dark', language: 'pt' }],
      ]);
    });
    expect(localStorage.length).toBe(0);
  });

  it('says that a choice will be forgotten, and keeps showing it', async () => {
    deskAnswers({ keep_appearance: () => refuse({ message: 'The disk is full.' }) });
    render(AppearanceSettings);
    await choose('theme', 'light');
    expect((await screen.findByTestId('appearance-failed')).textContent).toContain('forgotten');
    expect(document.documentElement.dataset['theme']).toBe('light');
  });
});
