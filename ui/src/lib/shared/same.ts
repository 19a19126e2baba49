/** Keeps what did not change the same object, so that only what changed is drawn again. */

/** Returns what was read again; where it says the same as before, the object from before. */
export function keepSame<T>(before: T, after: T): T {
  return JSON.stringify(before) === JSON.stringify(after) ? before : after;
}

/** Returns the items that were read again; each that says the same as before is the one from before. */
export function keepSameItems<T extends { id: string }>(before: readonly T[], after: T[]): T[] {
  const wanted = new Set(after.map(({ id }) => id));
  const known = new Map(before.filter(({ id }) => wanted.has(id)).map((item) => [item.id, item]));
  return after.map((item) => {
    const old = known.get(item.id);
    return old ? keepSame(old, item) : item;
  });
}
