/** What a virtual list knows its rows by. */

/**
 * Gives each row a key, and the keys of those that left to those that came.
 *
 * While a phone's history comes in, or somebody types a search, or scrolls, all rows in sight give
 * way to others again and again. A row with the same key is written over instead of being made anew.
 */
export class RowKeys {
  #keys = new Map<string, number>();
  #last = 0;
  /** The rows that a list asked for since it was last at rest: it may ask for them again. */
  #asked = new Set<string>();

  /**
   * Takes the rows as they are now.
   *
   * The keys of the row that has the keyboard and of the one that is being pressed go to no other:
   * Enter, or letting go, would be for somebody else.
   */
  update(ids: readonly string[]) {
    const here = new Set([...ids, ...touched()]);
    const freed = [...this.#keys].filter(([id]) => !here.has(id));
    const free = freed.map(([, key]) => key)[Symbol.iterator]();
    const keyFor = (id: string) => this.#keys.get(id) ?? free.next().value ?? ++this.#last;
    this.#keys = new Map(ids.map((id) => [id, keyFor(id)]));
  }

  of(id: string): number | undefined {
    return this.#keys.get(id);
  }

  /**
   * Returns the key of a row in sight, which lists ask for again and again while they change.
   *
   * `sight` tells which rows are in sight, and may be wrong at its ends: no two rows ever have one
   * key, some are only made anew.
   */
  inSight(id: string, sight: () => readonly string[]): number {
    if (this.#asked.size === 0) queueMicrotask(() => this.#asked.clear());
    this.#asked.add(id);
    const key = this.#keys.get(id) ?? this.#freed(sight()) ?? ++this.#last;
    // In the order in which they were asked for.
    this.#keys.delete(id);
    this.#keys.set(id, key);
    return key;
  }

  /** Takes the key of the row that left last. */
  #freed(sight: readonly string[]): number | undefined {
    const here = new Set([...this.#asked, ...sight, ...touched()]);
    const left = [...this.#keys].findLast(([id]) => !here.has(id));
    if (left) this.#keys.delete(left[0]);
    return left?.[1];
  }
}

/** The rows that have the keyboard and the pointer's button. */
function touched(): string[] {
  const rows = [document.activeElement, document.querySelector('[data-id]:active')];
  return rows.flatMap((row) => row?.closest<HTMLElement>('[data-id]')?.dataset['id'] ?? []);
}
