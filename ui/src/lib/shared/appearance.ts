/** What was chosen on this profile, which the shell says before the page begins. */
import type { Appearance } from '$lib/api';

declare global {
  interface Window {
    cobroAppearance?: Appearance;
  }
}

export function chosenBefore(): Required<Appearance> {
  return { theme: 'system', language: null, tab: null, ...window.cobroAppearance };
}
