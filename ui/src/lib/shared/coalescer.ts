/** Gathers what changed and hands it over in one go. */

/**
 * Collects keys and runs `hand` with all of them after `delay`, once at a time.
 *
 * A thousand events of a catch-up become a few re-reads; what arrives while one runs waits for the
 * next, so that nothing is missed.
 */
export class Coalescer<Key> {
  #waiting = new Set<Key>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #running = false;

  constructor(
    private readonly hand: (keys: Set<Key>) => Promise<void>,
    private readonly delay = 60,
  ) {}

  add(key: Key) {
    this.#waiting.add(key);
    this.#schedule();
  }

  #schedule() {
    if (this.#timer !== null || this.#running) return;
    this.#timer = setTimeout(() => void this.#run(), this.delay);
  }

  async #run() {
    this.#timer = null;
    this.#running = true;
    const keys = this.#waiting;
    this.#waiting = new Set();
    try {
      await this.hand(keys);
    } finally {
      this.#running = false;
      if (this.#waiting.size > 0) this.#schedule();
    }
  }
}
