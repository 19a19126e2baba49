/** The one microphone: whether it can be used, and what is being recorded for whom. */
import { api, type CommandError, type StagedFile } from '$lib/api';

const TICK = 250;

export class Recorder {
  /** Null until the core was asked. */
  available = $state<boolean | null>(null);
  problem = $state<string | null>(null);
  error = $state.raw<CommandError | null>(null);
  /** The conversation that is recorded for. */
  conversation = $state<string | null>(null);
  /** In milliseconds. */
  elapsed = $state(0);
  busy = $state(false);

  #timer: ReturnType<typeof setInterval> | null = null;

  async look() {
    const result = await api.recorderState();
    this.available = result.ok && result.value.available;
    this.problem = result.ok ? result.value.problem : null;
    this.error = result.ok ? null : result.error;
  }

  async start(conversation: string) {
    if (this.conversation !== null || this.busy) return;
    this.busy = true;
    await this.look();
    const result = this.available ? await api.recordStart() : null;
    this.busy = false;
    if (!result) return;
    if (!result.ok) {
      this.available = false;
      this.error = result.error;
      return;
    }
    this.conversation = conversation;
    this.#count();
  }

  /** Returns the recording, checked and ready to be sent. */
  async stop(): Promise<StagedFile | null> {
    if (this.conversation === null || this.busy) return null;
    this.busy = true;
    const result = await api.recordStop();
    this.#end();
    if (!result.ok) this.error = result.error;
    return result.ok ? result.value : null;
  }

  async cancel() {
    if (this.conversation === null || this.busy) return;
    this.busy = true;
    await api.recordCancel();
    this.#end();
  }

  /** Forgets why it did not work, so that it can be tried again. */
  forget() {
    this.available = null;
    this.error = null;
    this.problem = null;
  }

  #count() {
    const from = Date.now();
    this.elapsed = 0;
    this.#timer = setInterval(() => (this.elapsed = Date.now() - from), TICK);
  }

  #end() {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.conversation = null;
    this.busy = false;
  }
}
