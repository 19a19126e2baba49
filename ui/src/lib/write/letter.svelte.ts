/** What is being written to one customer. It lives in memory alone: on disk it could be read. */
import { api, type CommandError, type Message, type NewBody, type Result } from '$lib/api';
import { SvelteMap } from 'svelte/reactivity';
import { TemplateChoice } from './templates.svelte';
import { bodiesFrom, type Upload, Uploads } from './uploads.svelte';

export type Form = 'location' | 'contact' | 'buttons' | 'list';

/** WhatsApp shows "typing…" for 25 seconds; sooner than this it need not be told again. */
const TYPING_EVERY = 20_000;

type Send = (body: NewBody, quoted: Message | null) => Promise<Result<Message>>;

export class Letter {
  text = $state('');
  /** The message that it answers. */
  replyTo = $state.raw<Message | null>(null);
  /** What is filled in instead of a text. */
  form = $state<Form | null>(null);
  /** A form's message is on its way to the core. */
  sending = $state(false);
  readonly uploads = new Uploads();
  readonly templates: TemplateChoice;

  #toldTyping = 0;

  constructor(readonly conversation: string) {
    this.templates = new TemplateChoice(conversation);
  }

  typed(text: string, now = Date.now()) {
    this.text = text;
    if (text === '' || now - this.#toldTyping < TYPING_EVERY) return;
    this.#toldTyping = now;
    void api.setTyping(this.conversation);
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
    this.replyTo = null;
    for (const [index, body] of bodies.entries()) {
      const result = await send(body, index === 0 ? quoted : null);
      if (!result.ok) {
        this.#putBack(bodies.slice(index), files);
        if (index === 0) this.replyTo ??= quoted;
        return result.error;
      }
      if (body.type === 'file') files.find(({ staged }) => staged?.id === body.file)?.release();
    }
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
    this.replyTo = null;
    this.form = null;
    return null;
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

/** Keeps each conversation's letter for as long as the window runs. */
export class Letters {
  readonly #kept = new SvelteMap<string, Letter>();

  of(conversation: string): Letter {
    const kept = this.#kept.get(conversation);
    if (kept) return kept;
    const made = new Letter(conversation);
    this.#kept.set(conversation, made);
    return made;
  }
}
