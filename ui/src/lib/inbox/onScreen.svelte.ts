/** Tells the core what the person sees, so that it announces only the rest. */
import { api } from '$lib/api';

/** Long enough that leafing through the list with J marks nothing as read. */
const LOOKED_AT_AFTER = 400;

export class OnScreen {
  #told: string | null | undefined;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** `lookedAt` is called once a conversation stayed in view for a moment. */
  constructor(private readonly lookedAt: (conversation: string) => void) {}

  /** Says that this conversation is in the window; it counts while somebody looks at the window. */
  show(conversation: string | null) {
    const seen = isLookedAt() ? conversation : null;
    if (seen !== this.#told) {
      this.#told = seen;
      void api.setOnScreen(seen);
    }
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (seen !== null) this.#timer = setTimeout(() => this.lookedAt(seen), LOOKED_AT_AFTER);
  }
}

function isLookedAt(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus();
}
