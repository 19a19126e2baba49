/** Choosing how the window looks and speaks: at once here, and kept on the profile. */
import { api, type CommandError } from '$lib/api';
import { CORE_LANGUAGES, language, type LanguageCode } from '$lib/i18n/language.svelte';
import { theme, type ThemeChoice } from './theme.svelte';

/** Returns why it will be forgotten, if it will. */
export function chooseTheme(choice: ThemeChoice): Promise<CommandError | null> {
  theme.choose(choice);
  return keep();
}

/** Returns why it will be forgotten, if it will. */
export function chooseLanguage(code: LanguageCode): Promise<CommandError | null> {
  language.choose(code);
  return keep();
}

async function keep(): Promise<CommandError | null> {
  const chosen = language.chosen;
  const kept = await api.keepAppearance({
    theme: theme.choice,
    language: chosen && CORE_LANGUAGES[chosen],
  });
  return kept.ok ? null : kept.error;
}
