/** How far the phones' histories have come. */
import { api, type HistoryImport } from '$lib/api';

export class Imports {
  all = $state.raw<HistoryImport[]>([]);

  /** Those that a person should see: under way, or stopped by something. */
  readonly shown = $derived(
    this.all.filter(({ finishedAt, problem }) => finishedAt === null || problem !== null),
  );

  #latest = 0;

  async refresh() {
    const request = ++this.#latest;
    const result = await api.historyImports();
    // A failed look changes nothing: the next one comes with the next chunk.
    if (request === this.#latest && result.ok) this.all = result.value;
  }

  of(line: string): HistoryImport | null {
    return this.all.find((each) => each.line === line) ?? null;
  }
}
