/** The shop's account at Stripe: what Stripe said of it, and giving Cobro another key. */
import { api, type CommandError, type StripeAccount as Account, type StripeKey } from '$lib/api';

export class StripeAccount {
  value = $state.raw<Account | null>(null);
  state = $state<'loading' | 'ready' | 'failed'>('loading');
  error = $state.raw<CommandError | null>(null);
  doing = $state<'reading' | 'saving' | null>(null);
  /** Why the last try did not work. */
  failed = $state.raw<CommandError | null>(null);
  /** Whether a new key waits for the next start. */
  isKept = $state(false);
  /** What that key may do. */
  kept = $state.raw<StripeKey | null>(null);

  async refresh() {
    const result = await api.stripeAccount();
    if (result.ok) this.value = result.value;
    this.error = result.ok ? null : result.error;
    if (result.ok) this.state = 'ready';
    else if (this.value === null) this.state = 'failed';
  }

  /** Asks Stripe anew what the account can do. */
  async read() {
    if (this.doing) return;
    this.doing = 'reading';
    const result = await api.readWays();
    this.failed = result.ok ? null : result.error;
    await this.refresh();
    this.doing = null;
  }

  /** Keeps another key. Returns whether Stripe and the keychain took it. */
  async save(key: string): Promise<boolean> {
    if (this.doing) return false;
    this.doing = 'saving';
    const result = await api.saveStripeKey(key);
    this.failed = result.ok ? null : result.error;
    if (result.ok) {
      this.isKept = true;
      this.kept = result.value;
    }
    this.doing = null;
    return result.ok;
  }
}
