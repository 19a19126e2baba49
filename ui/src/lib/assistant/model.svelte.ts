/** The configured model: its key, what it has cost today, and whether it answers. */
import { api, type AssistantSettings, type CommandError, type ModelState } from '$lib/api';

export class ModelCheck {
  state = $state.raw<ModelState | null>(null);
  busy = $state(false);
  /** Milliseconds that the last test took. */
  took = $state<number | null>(null);
  error = $state.raw<CommandError | null>(null);

  async refresh() {
    const result = await api.modelState();
    if (result.ok) this.state = result.value;
  }

  /** Keeps a key in the system's keychain. Returns whether it is there. */
  async keepKey(key: string): Promise<boolean> {
    if (key.trim() === '') return false;
    const result = await api.saveModelKey(key);
    this.error = result.ok ? null : result.error;
    if (result.ok) await this.refresh();
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
    await this.refresh();
  }
}
