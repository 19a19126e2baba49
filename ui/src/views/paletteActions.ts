/** Everything the palette can do, in the order people want it. */
import { language, LANGUAGE_CODES, LANGUAGES } from '$lib/i18n/language.svelte';
import type { PaletteAction } from '$lib/palette/entries';
import { theme, THEMES } from '$lib/settings/theme.svelte';
import { SECTIONS, type Workbench } from '$lib/workbench.svelte';

/** Returns the actions that are possible now: what needs a conversation is offered only in one. */
export function paletteActions(workbench: Workbench): PaletteAction[] {
  return [
    ...(workbench.thread ? conversationActions(workbench) : []),
    ...placeActions(workbench),
    ...settingActions(),
  ];
}

function conversationActions(workbench: Workbench): PaletteAction[] {
  const words = language.words;
  return [
    {
      key: 'charge',
      label: words.chargeAction,
      hint: 'C',
      run: () => {
        workbench.go('inbox');
        workbench.startCharge();
      },
    },
    { key: 'reply', label: words.reply, hint: 'R', run: () => workbench.startReply() },
  ];
}

function placeActions(workbench: Workbench): PaletteAction[] {
  const words = language.words;
  const inbox: PaletteAction = {
    key: 'inbox',
    label: words.palette.goInbox,
    run: () => workbench.go('inbox'),
  };
  const sections = SECTIONS.filter((section) => section !== workbench.view).map((section) => ({
    key: section,
    label: words.settings.go(words.settings.sections[section]),
    run: () => workbench.go(section),
  }));
  return [
    { key: 'search', label: words.search, hint: '/', run: () => workbench.startSearch() },
    ...(workbench.view === 'inbox' ? [] : [inbox]),
    ...sections,
    { key: 'keys', label: words.keys.keys, hint: '?', run: () => (workbench.keysOpen = true) },
  ];
}

function settingActions(): PaletteAction[] {
  const words = language.words;
  const themes = THEMES.filter((choice) => choice !== theme.choice).map((choice) => ({
    key: `theme ${choice}`,
    label: words.palette.theme(words.healthView.themes[choice]),
    run: () => theme.choose(choice),
  }));
  const languages = LANGUAGE_CODES.filter((code) => code !== language.code).map((code) => ({
    key: `language ${code}`,
    label: words.palette.language(LANGUAGES[code].name),
    run: () => language.choose(code),
  }));
  return [...themes, ...languages];
}
