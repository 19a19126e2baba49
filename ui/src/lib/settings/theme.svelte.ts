/** Light or dark: as the system, or as the person chose. */

export const THEMES = ['system', 'light', 'dark'] as const;
export type ThemeChoice = (typeof THEMES)[number];

const SETTING = 'cobro.theme';

export class Theme {
  choice = $state<ThemeChoice>('system');

  constructor() {
    const chosen = localStorage.getItem(SETTING);
    this.choose(THEMES.find((theme) => theme === chosen) ?? 'system');
  }

  choose(choice: ThemeChoice) {
    this.choice = choice;
    localStorage.setItem(SETTING, choice);
    const root = document.documentElement;
    if (choice === 'system') delete root.dataset['theme'];
    else root.dataset['theme'] = choice;
  }

  /** Returns the choice that shows the other of the two looks. */
  get opposite(): ThemeChoice {
    return this.looksDark ? 'light' : 'dark';
  }

  get looksDark(): boolean {
    if (this.choice !== 'system') return this.choice === 'dark';
    return matchMedia('(prefers-color-scheme: dark)').matches;
  }
}

/** One for the whole window. */
export const theme = new Theme();
