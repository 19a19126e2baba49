/** What the assistant proposes in the open conversation. */
import { api, type CommandError, type Proposal } from '$lib/api';

export class Suggestion {
  value = $state.raw<Proposal | null>(null);
  /** The messages that it rests on. */
  readonly evidence = $derived(new Set(this.value?.evidence.map(({ message }) => message) ?? []));

  #conversation: string | null = null;
  #latest = 0;

  /** Shows another conversation's; the one before is gone at once. */
  show(conversation: string | null) {
    if (conversation === this.#conversation) return;
    this.#conversation = conversation;
    this.value = null;
    void this.refresh();
  }

  /** Reads it again. It is help: where it can't be read there is none. */
  async refresh() {
    const request = ++this.#latest;
    const conversation = this.#conversation;
    const result = conversation === null ? null : await api.proposal(conversation);
    if (request !== this.#latest) return; // A newer answer is on its way.
    this.value = result?.ok ? result.value : null;
  }

  isOf(conversation: string): boolean {
    return conversation === this.#conversation;
  }

  /** Takes it away; nothing is proposed from the same messages again. Returns why not, if not. */
  async dismiss(): Promise<CommandError | null> {
    const proposal = this.value;
    if (!proposal) return null;
    this.value = null;
    const result = await api.dismissProposal(proposal.charge);
    if (result.ok) return null;
    await this.refresh();
    return result.error;
  }
}
