/** What the core says of itself: started or not, connected or not, real money or not. */
import { api, type CommandError, type Status as CoreStatus } from '$lib/api';
import { keepSame } from '$lib/shared/same';
import { createContext } from 'svelte';

export class Status {
  value = $state.raw<CoreStatus | null>(null);
  /** Why the status itself could not be had. */
  error = $state.raw<CommandError | null>(null);

  readonly startup = $derived(this.value?.startup ?? { state: 'starting' as const });
  readonly mode = $derived(this.value?.mode ?? null);
  readonly severalLines = $derived((this.value?.lines.length ?? 0) > 1);

  #latest = 0;

  async refresh() {
    const request = ++this.#latest;
    const status = await api.status();
    if (request !== this.#latest) return; // A newer answer is on its way.

    if (status.ok) this.value = keepSame(this.value, status.value);
    this.error = status.ok ? null : status.error;
  }
}

export const [getStatus, setStatus] = createContext<Status>();
