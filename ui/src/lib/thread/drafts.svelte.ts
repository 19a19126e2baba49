/** What was typed and not sent, for as long as the window runs: never on disk, where it could be read. */
import { SvelteMap } from 'svelte/reactivity';

export class Drafts {
  #texts = new SvelteMap<string, string>();

  of(conversation: string): string {
    return this.#texts.get(conversation) ?? '';
  }

  keep(conversation: string, text: string) {
    if (text === '') this.#texts.delete(conversation);
    else this.#texts.set(conversation, text);
  }
}
