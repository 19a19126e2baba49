/** Everything the palette can do, in the order people want it. */
import type { CommandError, Tab } from '$lib/api';
import { language, LANGUAGE_CODES, LANGUAGES } from '$lib/i18n/language.svelte';
import { TABS } from '$lib/inbox/tabs';
import type { PaletteAction } from '$lib/palette/entries';
import { PARTS } from '$lib/payments/payments.svelte';
import { commandKey, shiftKey } from '$lib/shared/keys';
import { chooseLanguage, chooseTheme } from '$lib/settings/appearance';
import { theme, THEMES } from '$lib/settings/theme.svelte';
import { SECTIONS, type Workbench } from '$lib/workbench.svelte';

/** Returns the actions that are possible now: what needs a conversation is offered only in one. */
export function paletteActions(workbench: Workbench): PaletteAction[] {
  return [
    ...(workbench.thread ? conversationActions(workbench) : []),
    ...placeActions(workbench),
    ...settingActions(workbench),
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
    { key: 'note', label: words.work.note, hint: 'N', run: () => workbench.startNote() },
    {
      key: 'resolve',
      label: workbench.openRow?.resolved ? words.work.reopen : words.work.resolve,
      hint: 'E',
      run: () => void workbench.resolve(),
    },
    {
      key: 'resolveNext',
      label: words.work.resolveNext,
      hint: `${shiftKey()} E`,
      run: () => void workbench.resolve({ thenNext: true }),
    },
    { key: 'snooze', label: words.work.snooze, hint: 'H', run: () => workbench.ask('snooze') },
    { key: 'label', label: words.work.label, hint: 'L', run: () => workbench.ask('label') },
    { key: 'assign', label: words.work.assign, hint: 'A', run: () => workbench.ask('assign') },
    {
      key: 'findIn',
      label: words.find_in.title,
      hint: `${commandKey().trim()} F`,
      run: () => {
        if (workbench.thread) workbench.thread.finding = true;
      },
    },
    { key: 'date', label: words.work.goToDate, run: () => workbench.ask('date') },
    ...(workbench.thread?.unreadFrom
      ? [
          {
            key: 'firstUnread',
            label: words.work.firstUnread,
            run: () => {
              workbench.go('inbox');
              void workbench.thread?.toFirstUnread();
            },
          },
        ]
      : []),
    ...workbench.tools.replies.map((reply) => ({
      key: `quick ${reply.id}`,
      group: 'quick' as const,
      label: `/${reply.shortcut} · ${reply.text.slice(0, 60)}`,
      run: () => void workbench.useReply(reply),
    })),
    ...(workbench.suggestion.value
      ? [
          {
            key: 'suggestion',
            label: words.suggestion.accept,
            hint: `${commandKey().trim()} ↵`,
            run: () => {
              workbench.go('inbox');
              workbench.acceptSuggestion();
            },
          },
        ]
      : []),
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
    group: 'settings' as const,
    label: words.settings.go(words.settings.sections[section]),
    run: () => workbench.go(section),
  }));
  const parts = PARTS.map((part) => ({
    key: `payments ${part}`,
    label: words.palette.go(words.paymentsView.parts[part]),
    run: () => workbench.showPayments(part),
  }));
  const titles: Partial<Record<Tab, string>> = words.work.tabTitles;
  const tabs = TABS.filter((tab) => tab !== 'unassigned' || workbench.tools.several).map((tab) => ({
    key: `tab ${tab}`,
    label: words.palette.tab(titles[tab] ?? words.work.tabs[tab]),
    run: () => {
      workbench.go('inbox');
      void workbench.showTab(tab);
    },
  }));
  return [
    { key: 'search', label: words.find.placeholder, hint: '/', run: () => workbench.startSearch() },
    ...(workbench.view === 'inbox' ? [] : [inbox]),
    {
      key: 'customers',
      label: words.customers.title,
      run: () => workbench.go('customers'),
    },
    ...(workbench.view === 'catalog'
      ? []
      : [{ key: 'catalog', label: words.catalog.go, run: () => workbench.go('catalog') }]),
    {
      key: 'newProduct',
      label: words.catalog.add,
      run: () => workbench.showProduct('new'),
    },
    ...parts,
    {
      key: 'assistant',
      label: words.palette.go(words.assistant.title),
      run: () => workbench.go('assistant'),
    },
    {
      key: 'reports',
      label: words.palette.go(words.reports.title),
      hint: 'G R',
      run: () => workbench.go('reports'),
    },
    ...tabs,
    ...sections,
    { key: 'keys', label: words.keys.keys, hint: '?', run: () => (workbench.keysOpen = true) },
  ];
}

function settingActions(workbench: Workbench): PaletteAction[] {
  const words = language.words;
  const kept = async (keeping: Promise<CommandError | null>) => {
    const error = await keeping;
    if (error) workbench.complain(language.words.healthView.appearanceNotKept, error);
  };
  const themes = THEMES.filter((choice) => choice !== theme.choice).map((choice) => ({
    key: `theme ${choice}`,
    group: 'settings' as const,
    label: words.palette.theme(words.healthView.themes[choice]),
    run: () => void kept(chooseTheme(choice)),
  }));
  const languages = LANGUAGE_CODES.filter((code) => code !== language.code).map((code) => ({
    key: `language ${code}`,
    group: 'settings' as const,
    label: words.palette.language(LANGUAGES[code].name),
    run: () => void kept(chooseLanguage(code)),
  }));
  return [...themes, ...languages];
}
