/** What the assistant may do, while a person changes it. */
import { api, type AssistantSettings, type CommandError } from '$lib/api';

export class AssistantForm {
  /** As it is being written; null until it is read. */
  draft = $state<AssistantSettings | null>(null);
  state = $state<'loading' | 'ready' | 'saving' | 'saved' | 'failed'>('loading');
  error = $state.raw<CommandError | null>(null);
  #kept = $state('');

  readonly changed = $derived(this.draft !== null && JSON.stringify(this.draft) !== this.#kept);

  async refresh() {
    const result = await api.assistantSettings();
    if (result.ok) this.#take(result.value, 'ready');
    else {
      this.error = result.error;
      this.state = 'failed';
    }
  }

  /** Saves all of it. What the core refuses stays as it was written, with the reason. */
  async save(): Promise<boolean> {
    if (!this.draft || this.state === 'saving') return false;
    this.state = 'saving';
    const result = await api.setAssistantSettings($state.snapshot(this.draft));
    if (result.ok) this.#take(result.value, 'saved');
    else {
      this.error = result.error;
      this.state = 'ready';
    }
    return result.ok;
  }

  #take(settings: AssistantSettings, state: 'ready' | 'saved') {
    this.draft = settings;
    this.#kept = JSON.stringify(settings);
    this.error = null;
    this.state = state;
  }
}
