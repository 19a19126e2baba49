/** What a virtual list knows its rows by. */

/**
 * Gives each row a key, and the keys of those that left to those that came.
 *
 * While a phone's history comes in, or somebody types a search, all rows in sight give way to
 * others again and again. A row with the same key is written over instead of being made anew.
 */
export class RowKeys {
  #keys = new Map<string, number>();
  #last = 0;

  /**
   * Takes the rows as they are now.
   *
   * The keys of the row that has the keyboard and of the one that is being pressed go to no other:
   * Enter, or letting go, would be for somebody else.
   */
  update(ids: readonly string[]) {
    const touched = [document.activeElement, document.querySelector('[data-id]:active')];
    const kept = touched.map((row) => row?.closest<HTMLElement>('[data-id]')?.dataset['id']);
    const here = new Set(ids);
    const freed = [...this.#keys].filter(([id]) => !here.has(id) && !kept.includes(id));
    const free = freed.map(([, key]) => key)[Symbol.iterator]();
    const keyFor = (id: string) => this.#keys.get(id) ?? free.next().value ?? ++this.#last;
    this.#keys = new Map(ids.map((id) => [id, keyFor(id)]));
  }

  of(id: string): number | undefined {
    return this.#keys.get(id);
  }
}
