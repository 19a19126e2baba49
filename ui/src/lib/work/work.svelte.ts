/** What is done with conversations, and how the last of it is taken back. */
import { api, type CommandError, type ConversationRow, type Label, type Member } from '$lib/api';
import { language } from '$lib/i18n/language.svelte';
import { newId } from '$lib/shared/ids';
import { toasts } from '$lib/shared/toasts.svelte';

type Answer = { ok: true; value: unknown } | { ok: false; error: CommandError };
type Complain = (title: string, error: CommandError) => void;

/** Something done, and the way back. */
interface Done {
  toast: number;
  back: () => Promise<Answer>;
}

export class Work {
  /** The deed done last: only it can be taken back, as long as its toast is there. */
  #last: Done | null = null;

  constructor(private readonly complain: Complain) {}

  resolve(rows: ConversationRow[]) {
    return this.#do(
      language.words.work.resolvedDone(rows.length),
      () => api.resolve(idsOf(rows)),
      () => inTurn(rows, (row) => (row.resolved ? done() : api.reopen([row.id], row.doneAt))),
    );
  }

  reopen(rows: ConversationRow[]) {
    return this.#do(
      language.words.work.reopened,
      () => inTurn(rows, (row) => api.reopen([row.id], row.doneAt)),
      () => api.resolve(idsOf(rows)),
    );
  }

  snooze(rows: ConversationRow[], until: string | null) {
    const words = language.words.work;
    return this.#do(
      until ? words.snoozedUntil(language.momentWords(until, Date.now())) : words.unsnoozed,
      () => api.snooze(idsOf(rows), until),
      () =>
        inTurn(rows, async (row) => {
          const back = await api.snooze([row.id], row.snoozedUntil);
          return back.ok && row.resolved ? api.resolve([row.id]) : back;
        }),
    );
  }

  assign(rows: ConversationRow[], member: Member | null) {
    const words = language.words.work;
    const name = member?.isMe ? words.me : (member?.name ?? '');
    return this.#do(
      member ? words.assigned(name) : words.unassigned,
      () => api.assign(idsOf(rows), member?.id ?? null),
      () => inTurn(rows, (row) => api.assign([row.id], row.assignee)),
    );
  }

  /** Puts the label on, or takes it off where all have it. */
  label(rows: ConversationRow[], label: Label) {
    const words = language.words.work;
    const on = rows.some((row) => !row.labels.includes(label.id));
    const changed = rows.filter((row) => row.labels.includes(label.id) !== on);
    return this.#do(
      on ? words.labelled(label.name) : words.unlabelled(label.name),
      () => api.setLabel(idsOf(changed), label.id, on),
      () => api.setLabel(idsOf(changed), label.id, !on),
    );
  }

  /** Makes a label and puts it on. */
  async newLabel(rows: ConversationRow[], label: Omit<Label, 'id'>) {
    const made = { id: newId(), ...label };
    const saved = await api.saveLabel(made);
    if (saved.ok) await this.label(rows, made);
    else this.complain(language.words.work.failed, saved.error);
  }

  /** Does something that can be taken back. Returns whether it worked. */
  async #do(title: string, deed: () => Promise<Answer>, back: () => Promise<Answer>) {
    const result = await deed();
    if (!result.ok) {
      this.complain(language.words.work.failed, result.error);
      return false;
    }
    this.offer(title, back);
    return true;
  }

  /** Says what was done, with the way back. */
  offer(title: string, back: () => Promise<Answer>) {
    const toast = toasts.add('plain', title, undefined, {
      label: language.words.work.undo,
      run: () => void this.undo(),
    });
    this.#last = { toast, back };
  }

  /** Takes back what was done last. Returns whether there was anything. */
  undo(): boolean {
    const last = this.#last;
    if (!last || !toasts.isShown(last.toast)) return false;
    this.#last = null;
    toasts.dismiss(last.toast);
    void last.back().then((result) => {
      if (!result.ok) this.complain(language.words.work.failed, result.error);
    });
    return true;
  }
}

function idsOf(rows: ConversationRow[]): string[] {
  return rows.map(({ id }) => id);
}

function done(): Promise<Answer> {
  return Promise.resolve({ ok: true, value: null });
}

/** Each by itself, since each goes back to where it was. */
async function inTurn(
  rows: ConversationRow[],
  each: (row: ConversationRow) => Promise<Answer>,
): Promise<Answer> {
  for (const row of rows) {
    const result = await each(row);
    if (!result.ok) return result;
  }
  return { ok: true, value: null };
}
