/** When files from customers are downloaded. */
import { api, type CommandError, type MediaPolicy } from '$lib/api';

export class Policy {
  value = $state.raw<MediaPolicy | null>(null);
  state = $state<'idle' | 'saving' | 'saved'>('idle');
  error = $state.raw<CommandError | null>(null);

  async refresh() {
    const result = await api.mediaPolicy();
    if (result.ok) this.value = result.value;
    this.error = result.ok ? null : result.error;
  }

  /** Shows the choice at once; what the core refuses is taken back. */
  async change(change: Partial<MediaPolicy>) {
    const before = this.value;
    if (!before) return;
    const policy = { ...before, ...change };
    this.value = policy;
    this.state = 'saving';
    const result = await api.setMediaPolicy(policy);
    this.state = result.ok ? 'saved' : 'idle';
    this.error = result.ok ? null : result.error;
    if (!result.ok) this.value = before;
  }
}
