/** What customers are told after paying, and when they are reminded. */
import { api, type AfterSale, type CommandError, type ReminderPolicy } from '$lib/api';

export class Sales {
  after = $state<AfterSale | null>(null);
  policy = $state<ReminderPolicy | null>(null);
  error = $state.raw<CommandError | null>(null);

  async refresh() {
    const [after, policy] = await Promise.all([api.afterSale(), api.reminderPolicy()]);
    this.error = after.ok ? (policy.ok ? null : policy.error) : after.error;
    if (after.ok) this.after = after.value;
    if (policy.ok) this.policy = policy.value;
  }

  /** Returns why it was not kept. */
  async saveAfter(): Promise<CommandError | null> {
    if (!this.after) return null;
    const saved = await api.setAfterSale($state.snapshot(this.after));
    if (saved.ok) this.after = saved.value;
    return saved.ok ? null : saved.error;
  }

  async savePolicy(): Promise<CommandError | null> {
    if (!this.policy) return null;
    const saved = await api.setReminderPolicy($state.snapshot(this.policy));
    if (saved.ok) this.policy = saved.value;
    return saved.ok ? null : saved.error;
  }
}
