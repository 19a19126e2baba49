/** The shop's labels, people and quick replies, as the whole window knows them. */
import { api, type CommandError, type Label, type Member, type QuickReply } from '$lib/api';

export class Tools {
  labels = $state.raw<Label[]>([]);
  members = $state.raw<Member[]>([]);
  replies = $state.raw<QuickReply[]>([]);

  state = $state<'loading' | 'ready' | 'failed'>('loading');
  error = $state.raw<CommandError | null>(null);

  /** Whether somebody else works in the shop: only then is anything assigned. */
  readonly several = $derived(this.members.length > 1);

  async refresh() {
    const [labels, members, replies] = await Promise.all([
      api.labels(),
      api.members(),
      api.quickReplies(),
    ]);
    if (labels.ok) this.labels = labels.value;
    if (members.ok) this.members = members.value;
    if (replies.ok) this.replies = replies.value;
    const failed = [labels, members, replies].find(({ ok }) => !ok);
    this.error = failed && !failed.ok ? failed.error : null;
    // What is known stays: a failed re-read is no reason to take it away.
    if (!this.error) this.state = 'ready';
    else if (this.state === 'loading') this.state = 'failed';
  }

  label(id: string): Label | undefined {
    return this.labels.find((label) => label.id === id);
  }

  member(id: string | null): Member | undefined {
    return this.members.find((member) => member.id === id);
  }
}
