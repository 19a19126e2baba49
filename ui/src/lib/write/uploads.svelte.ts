/** Files on their way into a message: handed to the core piece by piece, and checked by it. */
import { api, type CommandError, type FileKind, type NewBody, type StagedFile } from '$lib/api';
import { base64From } from '$lib/shared/bytes';
import { takesCaption } from './limits';

/** Small enough that no piece holds the window up, large enough that few are needed. */
const PIECE = 384 * 1024;

export class Upload {
  state = $state<'sending' | 'ready' | 'failed'>('sending');
  /** In bytes. */
  sent = $state(0);
  staged = $state.raw<StagedFile | null>(null);
  error = $state.raw<CommandError | null>(null);
  /** A photo may also go as a document, which keeps it as it is. */
  asDocument = $state(false);
  /** What is shown of a picture before it goes. */
  readonly preview: string | null;

  #id: string | null = null;
  #cancelled = false;

  constructor(
    readonly name: string,
    readonly mime: string,
    readonly size: number,
    private readonly file: File | null,
  ) {
    this.preview = file && mime.startsWith('image/') ? URL.createObjectURL(file) : null;
  }

  get percent(): number {
    return this.size === 0 ? 100 : Math.floor((100 * this.sent) / this.size);
  }

  get kind(): FileKind {
    return this.asDocument ? 'document' : (this.staged?.kind ?? 'document');
  }

  get canBeDocument(): boolean {
    return this.staged?.kind === 'image' || this.staged?.kind === 'video';
  }

  /** Whether the core took it and found nothing that WhatsApp would refuse. */
  get good(): boolean {
    return this.state === 'ready' && this.staged !== null && this.staged.problem === null;
  }

  /** Takes what the core already has, such as a recording. */
  static staged(staged: StagedFile): Upload {
    const upload = new Upload(staged.name, staged.mime, staged.size, null);
    upload.staged = staged;
    upload.sent = staged.size;
    upload.state = 'ready';
    return upload;
  }

  async run() {
    if (!this.file) return;
    const started = await api.stageStart(this.name, this.mime, this.size);
    if (!started.ok) {
      this.#fail(started.error);
      return;
    }
    this.#id = started.value;
    if (this.#cancelled) {
      this.discard();
      return;
    }

    for (let from = 0; from < this.size; from += PIECE) {
      const piece = await base64From(this.file.slice(from, from + PIECE));
      const taken = await api.stageAppend(this.#id, piece);
      if (this.#isCancelled()) return;
      if (!taken.ok) {
        this.#fail(taken.error);
        return;
      }
      this.sent = Math.min(this.size, from + PIECE);
    }
    const finished = await api.stageFinish(this.#id);
    if (this.#isCancelled()) return;
    if (!finished.ok) {
      this.#fail(finished.error);
      return;
    }
    this.staged = finished.value;
    this.state = 'ready';
  }

  /** Gives the core its space back, wherever the upload is. */
  discard() {
    this.#cancelled = true;
    this.release();
    const id = this.staged?.id ?? this.#id;
    if (id !== null) void api.stageDiscard(id);
  }

  release() {
    if (this.preview) URL.revokeObjectURL(this.preview);
  }

  #isCancelled(): boolean {
    return this.#cancelled;
  }

  #fail(error: CommandError) {
    this.error = error;
    this.state = 'failed';
  }
}

export class Uploads {
  all = $state.raw<Upload[]>([]);

  readonly ready = $derived(this.all.every((upload) => upload.good));
  readonly takeCaption = $derived(this.all.some((upload) => takesCaption(upload.kind)));

  add(files: Iterable<File>) {
    const added = [...files].map((file) => new Upload(file.name, file.type, file.size, file));
    this.all = [...this.all, ...added];
    for (const upload of added) void upload.run();
  }

  addStaged(file: StagedFile) {
    this.all = [...this.all, Upload.staged(file)];
  }

  remove(upload: Upload) {
    this.all = this.all.filter((other) => other !== upload);
    upload.discard();
  }

  /** Puts back what could not be sent. */
  putBack(uploads: Upload[]) {
    this.all = [...uploads, ...this.all];
  }

  take(): Upload[] {
    const taken = this.all;
    this.all = [];
    return taken;
  }
}

/** Returns the files as messages; the words go with the first that takes any, else before them. */
export function bodiesFrom(uploads: readonly Upload[], text: string): NewBody[] {
  const captioned = text === '' ? -1 : uploads.findIndex(({ kind }) => takesCaption(kind));
  const files = uploads.flatMap((upload, index): NewBody[] =>
    upload.staged
      ? [
          {
            type: 'file',
            file: upload.staged.id,
            kind: upload.kind,
            caption: index === captioned ? text : '',
          },
        ]
      : [],
  );
  return text !== '' && captioned < 0 ? [{ type: 'text', text }, ...files] : files;
}
