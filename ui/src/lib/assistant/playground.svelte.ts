/** A pasted conversation, read step by step. */
import { api, type CommandError, type PlayedStep } from '$lib/api';

export class Playground {
  text = $state('');
  steps = $state.raw<PlayedStep[] | null>(null);
  error = $state.raw<CommandError | null>(null);
  busy = $state(false);

  async play() {
    if (this.busy) return;
    this.busy = true;
    const result = await api.playConversation(this.text);
    this.busy = false;
    this.error = result.ok ? null : result.error;
    this.steps = result.ok ? result.value : null;
  }
}
