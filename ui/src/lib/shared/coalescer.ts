/** Gathers what changed and hands it over in one go. */

/** However long re-reading takes, what changed is shown after this. */
const LONGEST_DELAY = 1500;

/**
 * Collects keys and runs `hand` with all of them after `delay`, once at a time.
 *
 * A thousand events of a catch-up become a few re-reads; what arrives while one runs waits for the
 * next, so that nothing is missed. Where re-reading is slow, such as while a phone's history comes
 * in, it rests as long as it worked: the window stays with the person.
 */
export class Coalescer<Key> {
  #waiting = new Set<Key>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #running = false;
  #took = 0;

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
    const rest = Math.min(LONGEST_DELAY, this.#took);
    this.#timer = setTimeout(() => void this.#run(), Math.max(this.delay, rest));
  }

  async #run() {
    this.#timer = null;
    this.#running = true;
    const keys = this.#waiting;
    this.#waiting = new Set();
    const began = performance.now();
    try {
      await this.hand(keys);
    } finally {
      this.#took = performance.now() - began;
      this.#running = false;
      if (this.#waiting.size > 0) this.#schedule();
    }
  }
}
