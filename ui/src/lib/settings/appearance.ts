/** Choosing how the window looks and speaks, and where its list begins: at once here, and kept on the profile. */
import { api, type CommandError, type Tab } from '$lib/api';
import { CORE_LANGUAGES, language, type LanguageCode } from '$lib/i18n/language.svelte';
import { chosenBefore } from '$lib/shared/appearance';
import { theme, type ThemeChoice } from './theme.svelte';

/** The tab of the list that the window begins with next time. */
let tab = chosenBefore().tab;
/** Whether the profile took what was given to it last. */
let isKept = true;

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

/** Returns why it will be forgotten, if it will and nobody was told yet: one looks at many tabs in a row. */
export async function chooseTab(chosen: Tab): Promise<CommandError | null> {
  if (chosen === tab && isKept) return null;
  const isNews = isKept;
  tab = chosen;
  const error = await keep();
  return isNews ? error : null;
}

/** What is being kept: one after the other, so that the last choice is the one that stays. */
let keeping: Promise<unknown> = Promise.resolve();

function keep(): Promise<CommandError | null> {
  const kept = keeping.then(write);
  keeping = kept;
  return kept;
}

async function write(): Promise<CommandError | null> {
  const chosen = language.chosen;
  const kept = await api.keepAppearance({
    theme: theme.choice,
    language: chosen && CORE_LANGUAGES[chosen],
    tab,
  });
  isKept = kept.ok;
  return kept.ok ? null : kept.error;
}
