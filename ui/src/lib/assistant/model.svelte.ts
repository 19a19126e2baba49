/** The configured model: its key, what it has cost today, and whether it answers. */
import {
  api,
  type AssistantSettings,
  type CommandError,
  type ModelSettings,
  type ModelState,
} from '$lib/api';

export class ModelCheck {
  state = $state.raw<ModelState | null>(null);
  busy = $state(false);
  /** Milliseconds that the last test took. */
  took = $state<number | null>(null);
  error = $state.raw<CommandError | null>(null);
  #latest = 0;

  /** Reads whether there is a key for what is written now: a key is for one address alone. */
  async refresh(model: ModelSettings) {
    const request = ++this.#latest;
    const result = await api.modelState(model);
    if (request === this.#latest && result.ok) this.state = result.value;
  }

  /** Keeps a key in the system's keychain; an empty one forgets it. Returns whether that is done. */
  async keepKey(model: ModelSettings, key: string): Promise<boolean> {
    const result = await api.saveModelKey(model, key);
    this.error = result.ok ? null : result.error;
    await this.refresh(model);
    return result.ok;
  }

  /** Asks it something small, with what is written now. */
  async test(settings: AssistantSettings) {
    if (this.busy) return;
    this.busy = true;
    this.took = null;
    const result = await api.testModel(settings);
    this.busy = false;
    this.error = result.ok ? null : result.error;
    if (result.ok) this.took = result.value;
    await this.refresh(settings.model);
  }
}

/** Returns whether the address is on this very machine. */
export function isHere(address: string): boolean {
  try {
    const { hostname } = new URL(address);
    return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
  } catch {
    return false;
  }
}
