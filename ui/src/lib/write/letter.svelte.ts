/** What is being written to one customer. The core keeps it, encrypted, until it is sent. */
import {
  api,
  type CommandError,
  type Message,
  type NewBody,
  type Result,
  type StagedFile,
} from '$lib/api';
import { outliving } from '$lib/shared/outliving.svelte';
import { SvelteMap } from 'svelte/reactivity';
import type { Row } from './choices';
import { TemplateChoice } from './templates.svelte';
import { bodiesFrom, type Upload, Uploads } from './uploads.svelte';

export type Form = 'location' | 'contact' | 'buttons' | 'list';

/** WhatsApp shows "typing…" for 25 seconds; sooner than this it need not be told again. */
const TYPING_EVERY = 20_000;
/** What was typed is kept once a person pauses so long. */
const KEEP_AFTER = 600;

type Send = (body: NewBody, quoted: Message | null) => Promise<Result<Message>>;

/** What each form holds. */
export interface Filled {
  location: { where: string; name: string; address: string };
  contact: { name: string; phone: string; organization: string };
  buttons: { text: string; titles: string[] };
  list: { text: string; button: string; title: string; rows: Row[] };
}

function blank(): Filled {
  return {
    location: { where: '', name: '', address: '' },
    contact: { name: '', phone: '', organization: '' },
    buttons: { text: '', titles: ['', ''] },
    list: { text: '', button: '', title: '', rows: [{ title: '', description: '' }] },
  };
}

/** A letter as the core keeps it. */
interface Kept {
  text: string;
  note: string;
  noting: boolean;
  replyTo: string | null;
  form: Form | null;
  filled: Filled;
}

export class Letter {
  text = $state('');
  /** What is being noted for the shop. */
  note = $state('');
  /** Whether a note is being written, and nothing to the customer. */
  noting = $state(false);
  /** The message that it answers. */
  replyTo = $state.raw<Message | null>(null);
  /** What is filled in instead of a text. */
  form = $state<Form | null>(null);
  filled = $state<Filled>(blank());
  /** A form's message is on its way to the core. */
  sending = $state(false);
  readonly uploads = new Uploads();
  readonly templates: TemplateChoice;

  /** The answered message's id, until the thread has it. */
  replyToId = $state<string | null>(null);
  /** Whether there is anything to lose. */
  readonly empty = $derived(
    this.text.trim() === '' && this.note.trim() === '' && JSON.stringify(this.filled) === BLANK,
  );

  #toldTyping = 0;
  #keeping: ReturnType<typeof setTimeout> | undefined;
  /** What the core has; null where it has nothing. */
  #kept: string | null = null;
  #loaded = false;
  #seen = '';

  constructor(readonly conversation: string) {
    this.templates = new TemplateChoice(conversation);
  }

  /** Reads what was kept, unless something was typed already. */
  async load() {
    if (this.#loaded) return;
    this.#loaded = true;
    const kept = await api.draft(this.conversation);
    if (!kept.ok || kept.value === null || !this.empty) return;
    this.#kept = kept.value;
    this.#restore(kept.value);
  }

  /** Keeps it once nothing was typed for a moment. `written` tells whether anything is different. */
  changed(written: string) {
    if (written === this.#seen) return;
    this.#seen = written;
    clearTimeout(this.#keeping);
    this.#keeping = setTimeout(() => void this.keep(), KEEP_AFTER);
  }

  /** Keeps it now. Returns why it could not be kept. */
  async keep(): Promise<CommandError | null> {
    clearTimeout(this.#keeping);
    if (!this.#loaded) return null;
    const kept = this.empty ? null : this.#written();
    if (kept === this.#kept) return null;
    this.#kept = kept;
    const result = await api.keepDraft(this.conversation, kept, this.#words());
    return result.ok ? null : result.error;
  }

  /** Takes everything away. Returns what it was, to put it back. */
  async discard(): Promise<Result<string>> {
    const was = this.#written();
    const result = await api.removeDraft(this.conversation);
    if (!result.ok) return result;
    this.#kept = null;
    this.#clear();
    return { ok: true, value: was };
  }

  /** Puts back what was discarded. */
  async putBack(was: string): Promise<Result<null>> {
    this.#restore(was);
    const error = await this.keep();
    return error ? { ok: false, error } : { ok: true, value: null };
  }

  typed(text: string, now = Date.now()) {
    this.text = text;
    if (text === '' || now - this.#toldTyping < TYPING_EVERY) return;
    this.#toldTyping = now;
    void api.setTyping(this.conversation);
  }

  /** Adds a prepared answer where the text stands. */
  use(text: string, files: readonly StagedFile[]) {
    this.noting = false;
    this.text = this.text.trim() === '' ? text : `${this.text.trimEnd()}\n${text}`;
    for (const file of files) this.uploads.addStaged(file);
  }

  /** Puts a draft behind what is written already; nothing is lost. */
  begin(draft: string) {
    const written = this.text.trim();
    if (written.endsWith(draft)) return;
    this.text = written === '' ? draft : `${written}\n${draft}`;
  }

  /**
   * Sends all of it, in order. What could not be sent comes back, before what was typed meanwhile.
   * Returns why.
   */
  async send(send: Send): Promise<CommandError | null> {
    const text = this.text.trim();
    const files = this.uploads.take();
    const quoted = this.replyTo;
    const bodies = files.length > 0 ? bodiesFrom(files, text) : [{ type: 'text' as const, text }];
    this.text = '';
    this.#forgetReply();
    for (const [index, body] of bodies.entries()) {
      const result = await send(body, index === 0 ? quoted : null);
      if (!result.ok) {
        this.#putBack(bodies.slice(index), files);
        if (index === 0) this.replyTo ??= quoted;
        void this.keep();
        return result.error;
      }
      if (body.type === 'file') files.find(({ staged }) => staged?.id === body.file)?.release();
    }
    void this.keep();
    return null;
  }

  /** Sends what a form made. The form stays where it cannot be sent. */
  async sendForm(body: NewBody, send: Send): Promise<CommandError | null> {
    if (this.sending) return null; // A second Enter is the same message.
    this.sending = true;
    // A template stands by itself: the message it would answer may be long gone.
    const quoted = body.type === 'template' ? null : this.replyTo;
    const result = await send(body, quoted).finally(() => (this.sending = false));
    if (!result.ok) return result.error;
    if ('text' in body && body.text === this.text.trim()) this.text = '';
    this.#forgetReply();
    if (this.form) this.filled = { ...this.filled, [this.form]: blank()[this.form] };
    this.form = null;
    void this.keep();
    return null;
  }

  /** Keeps the note in the thread. It stays here where it cannot be kept. */
  async keepNote(add: (text: string) => Promise<Result<Message>>): Promise<CommandError | null> {
    const text = this.note.trim();
    if (text === '' || this.sending) return null;
    this.sending = true;
    const result = await add(text).finally(() => (this.sending = false));
    if (!result.ok) return result.error;
    if (this.note.trim() === text) this.note = '';
    this.noting = false;
    void this.keep();
    return null;
  }

  /** Opens a form with what was typed already. */
  open(form: Form | null) {
    if ((form === 'buttons' || form === 'list') && this.filled[form].text === '')
      this.filled[form].text = this.text;
    this.form = form;
  }

  #written(): string {
    const kept: Kept = {
      text: this.text,
      note: this.note,
      noting: this.noting,
      replyTo: this.replyTo?.id ?? this.replyToId,
      form: this.form,
      filled: $state.snapshot(this.filled),
    };
    return JSON.stringify(kept);
  }

  /** What the list shows of it. */
  #words(): string {
    const { location, contact, buttons, list } = this.filled;
    const candidates = [this.text, buttons.text, list.text, location.name, contact.name, this.note];
    return candidates.find((words) => words.trim() !== '')?.trim() ?? '…';
  }

  #restore(text: string) {
    const kept = keptFrom(text);
    this.text = kept.text ?? '';
    this.note = kept.note ?? '';
    this.noting = kept.noting ?? false;
    this.replyToId = kept.replyTo ?? null;
    this.form = kept.form ?? null;
    this.filled = { ...blank(), ...kept.filled };
  }

  #clear() {
    this.text = '';
    this.note = '';
    this.noting = false;
    this.form = null;
    this.filled = blank();
    this.#forgetReply();
  }

  #forgetReply() {
    this.replyTo = null;
    this.replyToId = null;
  }

  #putBack(bodies: NewBody[], files: Upload[]) {
    const words = bodies.map((body) =>
      body.type === 'text' ? body.text : body.type === 'file' ? body.caption : '',
    );
    this.text = [...words, this.text].filter((part) => part !== '').join('\n');
    const ids = new Set(bodies.map((body) => (body.type === 'file' ? body.file : '')));
    this.uploads.putBack(files.filter(({ staged }) => staged && ids.has(staged.id)));
  }
}

const BLANK = JSON.stringify(blank());

/** What another version wrote otherwise is left out, rather than in the way. */
function keptFrom(text: string): Partial<Kept> {
  try {
    return JSON.parse(text) as Partial<Kept>;
  } catch {
    return {};
  }
}

/** Keeps each conversation's letter for as long as the window runs. */
export class Letters {
  readonly #kept = new SvelteMap<string, Letter>();

  of(conversation: string): Letter {
    const kept = this.#kept.get(conversation);
    if (kept) return kept;
    const made = outliving(() => new Letter(conversation));
    this.#kept.set(conversation, made);
    return made;
  }

  /** Keeps what was typed last, before the window may go. */
  keepAll() {
    for (const letter of this.#kept.values()) void letter.keep();
  }
}
