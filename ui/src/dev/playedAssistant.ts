/** The assistant of the desk that only plays: `?suggest=charge|monthly|crowded|question|recap|reply|handoff|model|refused|writing`, `?model`. */
import type {
  AssistantSettings,
  ModelState,
  PlayedStep,
  Proposal,
  SecondOpinion,
} from '../lib/api';
import type { Played } from './people';

type Args = Record<string, unknown>;

const COMMANDS = new Set([
  'proposal',
  'assistant_settings',
  'set_assistant_settings',
  'model_state',
  'save_model_key',
  'test_model',
  'play_conversation',
]);

const mxn = (minor: number) => ({ minor, currency: 'MXN' });

export class PlayedAssistant {
  #settings: AssistantSettings;
  readonly #suggests: string | null;

  constructor(
    private readonly people: Map<string, Played>,
    wish: URLSearchParams,
  ) {
    this.#suggests = wish.get('suggest');
    this.#settings = settings(wish.has('model'));
  }

  answers(command: string): boolean {
    return COMMANDS.has(command);
  }

  answer(command: string, args: Args): unknown {
    switch (command) {
      case 'proposal':
        return this.#proposal(String(args['id'] ?? args['conversation']));
      case 'set_assistant_settings':
        this.#settings = args['settings'] as AssistantSettings;
        return this.#settings;
      case 'model_state':
        return { hasKey: true, questionsToday: 23, tokensToday: 31_400 } satisfies ModelState;
      case 'test_model':
        return 840;
      case 'play_conversation':
        return steps(this.#suggests === 'crowded');
      default:
        return command === 'assistant_settings' ? this.#settings : null;
    }
  }

  #proposal(id: string): Proposal | null {
    const played = this.people.get(id);
    const message = played?.messages.findLast(({ direction }) => direction === 'in');
    if (!message || this.#suggests === null) return null;
    const suggests = this.#suggests;
    const isCharge = !(suggests in DRAFTS);
    return {
      conversation: id,
      charge: 'proposed',
      kind: DRAFTS[suggests] ?? (suggests === 'question' ? 'question' : 'charge'),
      lines: isCharge ? lines(suggests) : [],
      discount: suggests === 'crowded' ? mxn(5_000) : null,
      total: isCharge ? mxn(totalOf(suggests)) : null,
      every: suggests === 'monthly' ? { interval: 'month', count: 1 } : null,
      description: '',
      text: isCharge || suggests === 'handoff' ? null : DRAFT,
      evidence: [{ message: message.id, text: message.text, fromMe: false, at: message.at }],
      confidence: 97,
      why: reasons(suggests),
      flags: suggests === 'monthly' ? ['subscription'] : [],
      second: second(suggests),
      madeAt: message.at,
    };
  }
}

/** What is no charge. */
const DRAFTS: Record<string, Proposal['kind']> = {
  recap: 'recap',
  reply: 'reply',
  writing: 'reply',
  handoff: 'handoff',
};

const DRAFT =
  'Claro que sí, con gusto. El pastel de tres leches para 20 personas te lo tenemos listo el sábado a las 10. ¿A nombre de quién lo apartamos?';

function lines(suggests: string): Proposal['lines'] {
  if (suggests === 'monthly') return [line('Mensualidad del taller de repostería', 1, 65_000)];
  const usual = [
    line('Pastel de tres leches mediano', 2, 48_000),
    line('Velita de número', 1, 3_500),
  ];
  if (suggests !== 'crowded') return usual;
  const long =
    'Mesa de postres con mantel, vajilla, velas personalizadas y montaje en jardín (sábado por la tarde)';
  return [...usual, ...usual, line(long, 12, 180_000), line('Velita', 100, 1_500), ...usual];
}

function totalOf(suggests: string): number {
  const sum = lines(suggests).reduce((sum, { unit, quantity }) => sum + unit.minor * quantity, 0);
  return suggests === 'crowded' ? sum - 5_000 : sum;
}

function line(name: string, quantity: number, minor: number): Proposal['lines'][number] {
  return { product: name, options: [], name, quantity, unit: mxn(minor), special: false };
}

function reasons(suggests: string): Proposal['why'] {
  if (suggests === 'question') return ['saidYes', 'totalSaid', 'modelDiffers'];
  if (suggests === 'handoff') return ['complains'];
  return suggests in DRAFTS ? ['asks'] : ['saidYes', 'totalSaid'];
}

function second(suggests: string): SecondOpinion | null {
  const of = (type: SecondOpinion['type'], why: SecondOpinion['why'] = null): SecondOpinion => ({
    type,
    why,
    status: null,
  });
  if (suggests === 'model') return of('asking');
  if (suggests === 'refused') return of('refused', 'otherField');
  if (suggests === 'question') return of('differs');
  return suggests === 'writing' ? of('writing') : null;
}

function settings(model: boolean): AssistantSettings {
  return {
    enabled: true,
    recaps: true,
    replies: true,
    handoffs: true,
    maxQuantity: 100,
    maxTotal: mxn(2_000_000),
    answers: {
      hours: 'Abrimos de martes a domingo, de 9 a 19 h.',
      delivery: '',
      payment: '',
      place: '',
      instalments: '',
      returns: '',
    },
    faq: [{ about: 'garantía, devolución', answer: 'Sí, 30 días con tu recibo.' }],
    discounts: [
      { name: 'Verano', code: 'VERANO10', basisPoints: 1000, amount: null, minTotal: mxn(50_000) },
    ],
    model: {
      provider: model ? 'openAi' : 'none',
      url: '',
      name: model ? 'gpt-5-mini' : '',
      dailyTokens: 200_000,
    },
  };
}

function steps(crowded: boolean): PlayedStep[] {
  const none = {
    order: [],
    agreed: null,
    doubt: null,
    price: null,
    kind: null,
    total: null,
    draft: null,
  };
  const long = lines('crowded').map(({ name, quantity }) => ({
    names: [name, `${name} sin azúcar`],
    quantity,
    wanted: true,
  }));
  const order = crowded ? long : [{ names: ['Pastel tres leches'], quantity: 2, wanted: true }];
  return [
    {
      ...none,
      order,
      fromMe: false,
      text: '2 pasteles tres leches por favor',
      kind: 'recap',
      draft: '2 × Pastel tres leches: $960\nTotal: $960. ¿Confirmas?',
      why: ['chose'],
    },
    {
      ...none,
      order,
      fromMe: true,
      text: 'Son $960. ¿Te mando el link?',
      price: 'totalSaid',
      why: ['shopWroteLast'],
    },
    {
      ...none,
      order,
      fromMe: false,
      text: 'sí',
      agreed: 'saidYes',
      price: 'totalSaid',
      kind: 'charge',
      total: mxn(96_000),
      why: ['saidYes', 'totalSaid'],
    },
  ];
}
