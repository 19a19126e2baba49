/** What the palette offers besides conversations, and how typed words find it. */

export interface PaletteAction {
  key: string;
  label: string;
  hint?: string;
  run: () => void;
}

/** Returns the actions in which every typed word occurs, ignoring case and accents. */
export function matching(actions: PaletteAction[], query: string): PaletteAction[] {
  const wanted = plain(query).split(/\s+/).filter(Boolean);
  return actions.filter((action) => wanted.every((word) => plain(action.label).includes(word)));
}

export function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
