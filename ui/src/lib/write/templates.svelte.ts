/** Choosing a template, filling it in, and seeing it as the customer will. */
import { language as spoken } from '$lib/i18n/language.svelte';
import {
  api,
  type CommandError,
  type KitPart,
  type NewBody,
  type Template,
  type TemplateParameter,
  type TemplatePreview,
  type TemplateValue,
} from '$lib/api';

const PREVIEW_DELAY = 150;

export type KitField = 'customer' | 'item' | 'amount' | 'date' | 'next' | 'step';

/** What stands in the places of the kit's own texts, in their order (core's `templates::kit`). */
const KIT_FIELDS: Record<KitPart, KitField[]> = {
  paymentRequest: ['customer', 'item', 'amount'],
  paymentReceived: ['customer', 'amount', 'item'],
  paymentReminder: ['customer', 'item', 'amount'],
  upcomingCharge: ['customer', 'date', 'item', 'amount'],
  subscriptionReceipt: ['customer', 'item', 'amount', 'next'],
  shippingQuestion: ['customer', 'item'],
  chargeFailed: ['customer', 'item', 'amount'],
  orderUpdate: ['customer', 'item', 'step'],
};

/** Returns what a place of a kit's text is for; other templates only have numbers and names. */
export function kitFieldOf(
  template: Template,
  { place, name }: TemplateParameter,
): KitField | null {
  if (template.kit === null || place !== 'body') return null;
  return KIT_FIELDS[template.kit][Number(name) - 1] ?? null;
}

/** Returns a template's text with what its places are for instead of their numbers: `[Amount]`. */
export function inWords(template: Template, fields: Record<KitField, string>): string {
  return template.body.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => {
    const field = kitFieldOf(template, { place: 'body', button: null, name, example: null });
    return `[${field ? fields[field] : name.replaceAll('_', ' ')}]`;
  });
}

export class TemplateChoice {
  state = $state<'loading' | 'ready' | 'failed'>('loading');
  error = $state.raw<CommandError | null>(null);
  all = $state.raw<Template[]>([]);
  query = $state('');
  /** Meta's code, or empty for all. */
  language = $state('');
  chosen = $state.raw<Template | null>(null);
  values = $state<Record<string, string>>({});
  preview = $state.raw<TemplatePreview | null>(null);
  sending = $state(false);

  /** The question that the preview answers. */
  #previewed = $state('');

  readonly languages = $derived([...new Set(this.all.map(({ language }) => language))].sort());
  readonly found = $derived(matching(this.all, this.query, this.language, spoken.code));
  readonly sendable = $derived(this.all.some(isSendable));
  readonly complete = $derived(
    this.chosen?.parameters.every((parameter) => this.valueOf(parameter).trim() !== '') ?? false,
  );
  /** Whether Enter may send: filled in, looked at by the core, and nothing against it. */
  readonly ready = $derived(
    this.complete &&
      !this.sending &&
      this.preview !== null &&
      this.preview.problems.length === 0 &&
      this.#previewed === this.#question(),
  );

  #latest = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(readonly conversation: string) {}

  async load() {
    const request = ++this.#latest;
    const result = await api.templates(this.conversation);
    if (request !== this.#latest) return;
    if (result.ok) {
      this.all = result.value;
      this.state = 'ready';
    } else if (this.state !== 'ready') this.state = 'failed';
    this.error = result.ok ? null : result.error;
  }

  choose(template: Template | null) {
    this.chosen = template;
    this.values = {};
    this.preview = null;
    this.#previewed = '';
    if (template) this.#schedule(0);
  }

  valueOf(parameter: TemplateParameter): string {
    return this.values[keyOf(parameter)] ?? '';
  }

  fill(parameter: TemplateParameter, value: string) {
    this.values[keyOf(parameter)] = value;
    this.#schedule(PREVIEW_DELAY);
  }

  body(): NewBody | null {
    const template = this.chosen;
    if (!template) return null;
    const { name, language } = template;
    return { type: 'template', name, language, values: this.#filled() };
  }

  #schedule(delay: number) {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#readPreview(), delay);
  }

  /** Asks the core how it would read. Only the answer to the newest question counts. */
  async #readPreview() {
    const template = this.chosen;
    if (!template) return;
    const question = this.#question();
    const result = await api.previewTemplate(
      this.conversation,
      template.name,
      template.language,
      this.#filled(),
    );
    if (question !== this.#question()) return;
    this.preview = result.ok ? result.value : null;
    this.error = result.ok ? null : result.error;
    this.#previewed = result.ok ? question : '';
  }

  #filled(): TemplateValue[] {
    return (
      this.chosen?.parameters.map((parameter) => ({
        place: parameter.place,
        button: parameter.button,
        name: parameter.name,
        value: this.valueOf(parameter).trim(),
      })) ?? []
    );
  }

  #question(): string {
    return JSON.stringify([this.chosen?.name, this.chosen?.language, this.#filled()]);
  }
}

export function isSendable(template: Template): boolean {
  return template.status === 'approved' && template.unsendable === null;
}

/** Returns what fits the search: what can be sent first, and among those the shop's own language. */
export function matching(
  all: readonly Template[],
  query: string,
  language: string,
  own: string,
): Template[] {
  const wanted = query.trim().toLowerCase();
  const isOwn = (template: Template) => template.language.startsWith(own.slice(0, 2));
  return all
    .filter((template) => language === '' || template.language === language)
    .filter(({ name, body }) => `${name} ${body}`.toLowerCase().includes(wanted))
    .toSorted(
      (a, b) =>
        Number(isSendable(b)) - Number(isSendable(a)) || Number(isOwn(b)) - Number(isOwn(a)),
    );
}

export function keyOf({ place, button, name }: TemplateParameter): string {
  return `${place} ${button ?? ''} ${name}`;
}
