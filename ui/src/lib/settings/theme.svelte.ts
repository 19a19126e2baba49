/** Light or dark: as the system, or as the person chose on this profile. */
import { chosenBefore } from '$lib/shared/appearance';

export const THEMES = ['system', 'light', 'dark'] as const;
export type ThemeChoice = (typeof THEMES)[number];

export class Theme {
  choice = $state<ThemeChoice>('system');

  constructor() {
    this.choose(chosenBefore().theme);
  }

  choose(choice: ThemeChoice) {
    this.choice = choice;
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
