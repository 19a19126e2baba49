/** Keeps what did not change the same object, so that only what changed is drawn again. */

/** Returns `after`, with each item that says the same as before replaced by the one from before. */
export function keepSame<T extends { id: string }>(before: readonly T[], after: readonly T[]): T[] {
  const known = new Map(before.map((item) => [item.id, item]));
  return after.map((item) => {
    const old = known.get(item.id);
    return old && JSON.stringify(old) === JSON.stringify(item) ? old : item;
  });
}
