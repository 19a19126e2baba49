/** The present, as far as the window needs it: countdowns turn over without being asked. */

const TICK = 15_000;

class Clock {
  now = $state(Date.now());

  /** Keeps the clock going until the returned function is called. */
  start(): () => void {
    const timer = setInterval(() => (this.now = Date.now()), TICK);
    return () => clearInterval(timer);
  }
}

/** One for the whole window. */
export const clock = new Clock();
