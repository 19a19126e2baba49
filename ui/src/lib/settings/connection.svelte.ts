/** The connection to WhatsApp as the core tells it, and what a person does to it. Secrets pass through once. */
import {
  api,
  type CommandError,
  type Connection as CoreConnection,
  type Credentials,
  type Result,
  type WayIn,
} from '$lib/api';

export type Step = 'keys' | 'check' | 'numbers' | 'register' | 'webhook' | 'prove' | 'history';

export class Connection {
  value = $state.raw<CoreConnection | null>(null);
  state = $state<'loading' | 'ready' | 'failed'>('loading');
  error = $state.raw<CommandError | null>(null);
  /** What is being done; everything else waits. */
  doing = $state<Step | null>(null);
  /** What did not work last, beside the part that it belongs to. */
  failed = $state.raw<{ step: Step; error: CommandError } | null>(null);

  readonly numbers = $derived(this.value?.accounts.flatMap(({ numbers }) => numbers) ?? []);
  readonly missing = $derived(this.value?.permissions.filter(({ granted }) => !granted) ?? []);

  #latest = 0;

  async refresh() {
    const request = ++this.#latest;
    const result = await api.connection();
    if (request !== this.#latest) return;
    this.#take(result);
  }

  /** Reads again what was looked at before; what nobody looked at waits until somebody does. */
  async changed() {
    if (this.value) await this.refresh();
  }

  save(credentials: Credentials) {
    return this.#do('keys', () => api.saveCredentials(credentials));
  }

  check() {
    return this.#do('check', api.checkConnection);
  }

  /** Chooses or leaves one number; the others stay as they are. */
  choose(phoneNumberId: string, chosen: boolean) {
    const ids = this.numbers
      .filter((number) => (number.phoneNumberId === phoneNumberId ? chosen : number.chosen))
      .map((number) => number.phoneNumberId);
    return this.#do('numbers', () => api.chooseNumbers(ids));
  }

  register(phoneNumberId: string, pin: string) {
    return this.#do('register', () => api.registerNumber(phoneNumberId, pin));
  }

  setWebhook(way: WayIn) {
    return this.#do('webhook', () => api.setWebhook(way));
  }

  prove(phoneNumberId: string, to: string) {
    return this.#do('prove', () => api.proveWebhook(phoneNumberId, to));
  }

  /** Returns whether WhatsApp took the request; the history itself comes later. */
  async requestHistory(line: string): Promise<boolean> {
    if (this.doing !== null) return false;
    this.doing = 'history';
    const result = await api.requestHistory(line);
    this.doing = null;
    this.failed = result.ok ? null : { step: 'history', error: result.error };
    return result.ok;
  }

  async #do(step: Step, deed: () => Promise<Result<CoreConnection>>): Promise<boolean> {
    if (this.doing !== null) return false;
    this.doing = step;
    this.failed = null;
    const request = ++this.#latest;
    const result = await deed();
    this.doing = null;
    if (!result.ok) this.failed = { step, error: result.error };
    else if (request === this.#latest) this.#take(result);
    return result.ok;
  }

  #take(result: Result<CoreConnection>) {
    if (result.ok) {
      this.value = result.value;
      this.state = 'ready';
    } else if (this.state !== 'ready') this.state = 'failed';
    this.error = result.ok ? null : result.error;
  }
}
