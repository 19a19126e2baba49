/** What Settings → Health asks for beyond the status: unreadable envelopes, and whether notifications show. */
import { api, type CommandError, type EnvelopeProblem } from '$lib/api';

export type NotificationTest =
  { state: 'idle' | 'running' | 'sent' } | { state: 'failed'; error: CommandError };

export class Health {
  envelopes = $state.raw<EnvelopeProblem[] | null>(null);
  /** Messages of kinds that nobody here knows. */
  unknown = $state(0);
  error = $state.raw<CommandError | null>(null);
  reparsing = $state(false);
  /** How many messages the last new reading brought. */
  understood = $state<number | null>(null);
  notification = $state.raw<NotificationTest>({ state: 'idle' });

  #latest = 0;

  async refresh() {
    const request = ++this.#latest;
    const [envelopes, unknown] = await Promise.all([api.envelopeProblems(), api.unknownMessages()]);
    if (request !== this.#latest) return; // A newer answer is on its way.

    if (envelopes.ok) this.envelopes = envelopes.value;
    if (unknown.ok) this.unknown = unknown.value;
    const failed = [envelopes, unknown].find(({ ok }) => !ok);
    this.error = failed && !failed.ok ? failed.error : null;
  }

  /** Reads what was kept again, with what this version has learned. */
  async reparse() {
    if (this.reparsing) return;
    this.reparsing = true;
    const result = await api.reparse();
    this.reparsing = false;
    this.understood = result.ok ? result.value.messages : null;
    await this.refresh();
    if (!result.ok) this.error = result.error;
  }

  async testNotification() {
    this.notification = { state: 'running' };
    const result = await api.testNotification();
    this.notification = result.ok ? { state: 'sent' } : { state: 'failed', error: result.error };
  }
}
