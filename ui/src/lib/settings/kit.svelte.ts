/** The templates that Cobro brings, in each language, and how Meta thinks of them. */
import {
  api,
  type CommandError,
  type Kit as CoreKit,
  type KitEntry,
  type Template,
} from '$lib/api';

export class Kit {
  line = $state<string | null>(null);
  value = $state.raw<CoreKit | null>(null);
  /** Every template of the line, once Meta was asked. */
  templates = $state.raw<Template[] | null>(null);
  state = $state<'loading' | 'ready' | 'failed'>('loading');
  error = $state.raw<CommandError | null>(null);
  doing = $state<'creating' | 'syncing' | null>(null);
  /** Why creating or asking did not work. */
  failed = $state.raw<CommandError | null>(null);

  readonly languages = $derived([...new Set(this.value?.parts.map(({ language }) => language))]);
  readonly parts = $derived([...new Set(this.value?.parts.map(({ part }) => part))]);
  readonly incomplete = $derived(
    this.value?.parts.some(({ status }) => status === 'missing') ?? false,
  );

  #latest = 0;

  /** Looks at a line's kit. */
  async show(line: string | null) {
    if (line !== this.line) {
      this.value = null;
      this.templates = null;
      this.state = 'loading';
      this.failed = null;
    }
    this.line = line;
    if (line === null) return;
    const request = ++this.#latest;
    const result = await api.kit(line);
    if (request !== this.#latest) return;
    if (result.ok) {
      this.value = result.value;
      this.state = 'ready';
    } else if (this.state !== 'ready') this.state = 'failed';
    this.error = result.ok ? null : result.error;
  }

  async changed() {
    if (this.value) await this.show(this.line);
  }

  async create(base: string) {
    if (this.line === null || this.doing !== null) return;
    this.doing = 'creating';
    this.failed = null;
    const request = ++this.#latest;
    const result = await api.createKit(this.line, base);
    this.doing = null;
    if (!result.ok) this.failed = result.error;
    else if (request === this.#latest) this.value = result.value;
  }

  /** Asks Meta for every template, and then reads the kit again. */
  async sync() {
    if (this.line === null || this.doing !== null) return;
    this.doing = 'syncing';
    this.failed = null;
    const result = await api.syncTemplates(this.line);
    this.doing = null;
    if (result.ok) this.templates = result.value;
    else this.failed = result.error;
    await this.show(this.line);
  }

  stateOf(part: string, language: string): KitEntry | null {
    return (
      this.value?.parts.find((each) => each.part === part && each.language === language) ?? null
    );
  }
}
