/** What the list knows its rows by. */

/**
 * Gives each conversation a key, and the keys of those that left to those that came.
 *
 * While a phone's history comes in, all rows in sight give way to others again and again. A row with
 * the same key is written over instead of being made anew, which takes a third of the time.
 */
export class RowKeys {
  #keys = new Map<string, number>();
  #last = 0;

  /** Takes the rows as they are now. The key of `kept` goes to no other: the keyboard is there. */
  update(ids: readonly string[], kept: string | null = null) {
    const here = new Set(ids);
    const freed = [...this.#keys].filter(([id]) => !here.has(id) && id !== kept);
    const free = freed.map(([, key]) => key)[Symbol.iterator]();
    const keyFor = (id: string) => this.#keys.get(id) ?? free.next().value ?? ++this.#last;
    this.#keys = new Map(ids.map((id) => [id, keyFor(id)]));
  }

  of(id: string): number | undefined {
    return this.#keys.get(id);
  }
}
