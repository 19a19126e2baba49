/** What the palette offers, and how typed words find it. */

export interface PaletteAction {
  key: string;
  label: string;
  /** The key that does the same. */
  hint?: string;
  /** Under which heading it stands; the shop's actions by default. */
  group?: 'quick' | 'settings';
  run: () => void;
}

/** One line of the palette. */
export interface PaletteEntry {
  key: string;
  label: string;
  /** What is said beside it, such as a number or a price. */
  aside?: string;
  hint?: string | undefined;
  /** Whose picture stands before it. */
  avatar?: { id: string; name: string };
  run: () => void;
}

export interface PaletteGroup {
  key: string;
  title: string;
  entries: PaletteEntry[];
}

/** Returns the actions in which every typed word occurs, ignoring case and accents. */
export function matching(actions: PaletteAction[], query: string): PaletteAction[] {
  const wanted = plain(query).split(/\s+/).filter(Boolean);
  return actions.filter((action) => wanted.every((word) => plain(action.label).includes(word)));
}

export function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
