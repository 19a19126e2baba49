/** Keeps what did not change the same object, so that only what changed is drawn again. */

/** What was read again may have moved by so many places. */
const MARGIN = 100;

/**
 * Returns what was read again, with each item that says the same as before replaced by the one from
 * before. Only the end of what is known is looked at: that is where threads are read again.
 */
export function keepSame<T extends { id: string }>(before: readonly T[], after: readonly T[]): T[] {
  const end = before.slice(-(after.length + MARGIN));
  const known = new Map(end.map((item) => [item.id, item]));
  return after.map((item) => {
    const old = known.get(item.id);
    return old && JSON.stringify(old) === JSON.stringify(item) ? old : item;
  });
}
