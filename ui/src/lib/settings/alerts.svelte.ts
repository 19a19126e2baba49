/** What Meta told of the account, its numbers and its templates, until somebody has seen it. */
import { api, type AlertView, type CommandError } from '$lib/api';

export class Alerts {
  /** Newest first; null until they were read. */
  open = $state.raw<AlertView[] | null>(null);
  error = $state.raw<CommandError | null>(null);

  /** What stops sales, or soon will. */
  readonly pressing = $derived(
    this.open?.filter(({ severity, endedAt }) => severity === 'critical' && endedAt === null) ?? [],
  );

  #latest = 0;

  async refresh() {
    const request = ++this.#latest;
    const result = await api.alerts();
    if (request !== this.#latest) return;
    if (result.ok) this.open = result.value;
    this.error = result.ok ? null : result.error;
  }

  /** Takes it from the list at once; it comes back if the core still has it. */
  async dismiss(id: number) {
    this.open = this.open?.filter((alert) => alert.id !== id) ?? null;
    const result = await api.dismissAlert(id);
    await this.refresh();
    if (!result.ok) this.error = result.error;
  }
}
