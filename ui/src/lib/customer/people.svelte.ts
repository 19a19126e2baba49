/** Who may be the same person as this customer, and joining or splitting them by hand. */
import { api, type CommandError, type ContactSuggestion } from '$lib/api';

/** Who is joined to a customer. */
export type Twin = Pick<ContactSuggestion, 'contact' | 'name'>;

export class People {
  suggestions = $state.raw<ContactSuggestion[]>([]);
  /** Who was joined last, for as long as it can be undone in place. */
  justJoined = $state.raw<Twin | null>(null);
  busy = $state(false);

  #latest = 0;

  /** `complain` hears what did not work; `changed` when the customer is to be read again. */
  constructor(
    readonly contact: string,
    private readonly complain: (deed: 'join' | 'split', error: CommandError) => void,
    private readonly changed: () => Promise<void>,
  ) {}

  async refresh() {
    const request = ++this.#latest;
    const result = await api.contactSuggestions(this.contact);
    // Suggestions are a favour: where they fail, nothing is missing.
    if (request === this.#latest) this.suggestions = result.ok ? result.value : [];
  }

  async join(suggestion: Twin) {
    if (this.busy) return;
    this.busy = true;
    const result = await api.joinContacts(this.contact, suggestion.contact);
    if (result.ok) {
      this.justJoined = suggestion;
      await Promise.all([this.changed(), this.refresh()]);
    } else this.complain('join', result.error);
    this.busy = false;
  }

  async split(contact: string) {
    if (this.busy) return;
    this.busy = true;
    const result = await api.splitContact(this.contact, contact);
    if (result.ok) {
      if (this.justJoined?.contact === contact) this.justJoined = null;
      await Promise.all([this.changed(), this.refresh()]);
    } else this.complain('split', result.error);
    this.busy = false;
  }
}
