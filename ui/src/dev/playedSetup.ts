/** The played desk's other half: connection, templates, files, alerts and a history that comes in. */

/* eslint-disable @typescript-eslint/only-throw-error -- The shell rejects with a CommandError, which is no Error. */
import type {
  AlertView,
  CommandError,
  Connection,
  CoreEvent,
  HistoryImport,
  Kit,
  KitPart,
  MediaPolicy,
  MediaView,
  StagedFile,
  Template,
  TemplateValue,
} from '../lib/api';

type Args = Record<string, unknown>;

const wish = new URLSearchParams(location.search);
const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();

export class PlayedSetup {
  #connection = wish.has('blank') ? blank() : connected();
  #policy: MediaPolicy = { autoDownload: true, limitMegabytes: 16 };
  #staged = new Map<string, { name: string; mime: string; size: number }>();
  #imports: HistoryImport[] = wish.has('import') ? [historyImport()] : [];
  #alerts = wish.has('blank') ? [] : alerts();
  #kit: Kit = { base: wish.has('blank') ? null : 'https://pagar.dulcevida.mx/', parts: kitParts() };
  #next = 0;

  constructor(private readonly tell: (event: CoreEvent) => void) {
    if (wish.has('import')) setInterval(() => this.#importMore(), 700);
  }

  answer(command: string, args: Args): unknown {
    switch (command) {
      case 'connection':
      case 'check_connection':
      case 'choose_numbers':
      case 'set_webhook':
      case 'prove_webhook':
      case 'register_number':
      case 'save_credentials':
        return this.#connect(command, args);
      case 'alerts':
        return this.#alerts;
      case 'dismiss_alert':
        this.#alerts = this.#alerts.filter(({ id }) => id !== args['id']);
        return null;
      case 'history_imports':
        return this.#imports;
      case 'media_policy':
        return this.#policy;
      case 'set_media_policy':
        this.#policy = args['policy'] as MediaPolicy;
        return null;
      case 'kit':
        return this.#kit;
      case 'create_kit':
        this.#kit = {
          base: String(args['base']),
          parts: this.#kit.parts.map((part) =>
            part.status === 'missing' ? { ...part, status: 'pending' } : part,
          ),
        };
        return this.#kit;
      case 'templates':
      case 'sync_templates':
        return wish.has('blank') ? [] : TEMPLATES;
      case 'preview_template':
        return preview(String(args['name']), args['values'] as TemplateValue[]);
      case 'recorder_state':
        return wish.has('trouble')
          ? { available: false, problem: 'No microphone was found.' }
          : { available: true, problem: null };
      case 'record_stop':
        return this.#stage({ name: 'voice.ogg', mime: 'audio/ogg', size: 12_000 }, 'voice');
      case 'stage_start':
        return this.#start(args);
      case 'stage_finish':
        return this.#finish(String(args['id']));
      case 'save_media':
        return '/home/laura/Descargas/comprobante.pdf';
      default:
        return null;
    }
  }

  /** Returns how a sent file looks in the thread. */
  stagedView(id: string): MediaView {
    const file = this.#staged.get(id);
    return {
      state: 'ready',
      mime: file?.mime ?? '',
      name: file?.name ?? null,
      size: file?.size ?? null,
      voice: file?.mime === 'audio/ogg',
      animated: false,
      width: null,
      height: null,
      durationMs: 3000,
      hasThumbnail: false,
      problem: null,
    };
  }

  #connect(command: string, args: Args): Connection {
    if (command === 'register_number' && args['pin'] === '000000')
      throw {
        code: '133005',
        message: 'WhatsApp says that the PIN is wrong. Look it up in WhatsApp Manager.',
        details: 'code 133005',
      } satisfies CommandError;
    if (command === 'save_credentials' || command === 'check_connection')
      this.#connection = { ...connected(), checkedAt: new Date().toISOString() };
    if (command === 'set_webhook')
      this.#connection = {
        ...this.#connection,
        webhook: {
          url: 'https://relay.dulcevida.mx/whatsapp',
          setAt: ago(0),
          provedAt: null,
          problem: null,
        },
      };
    if (command === 'prove_webhook')
      this.#connection = {
        ...this.#connection,
        webhook: { ...this.#connection.webhook, provedAt: ago(0) },
      };
    if (command === 'choose_numbers') {
      const ids = args['phoneNumberIds'] as string[];
      this.#connection = {
        ...this.#connection,
        accounts: this.#connection.accounts.map((account) => ({
          ...account,
          numbers: account.numbers.map((number) => ({
            ...number,
            chosen: ids.includes(number.phoneNumberId),
          })),
        })),
      };
    }
    return this.#connection;
  }

  #start({ name, mime, size }: Args): string {
    if (Number(size) > 100_000_000)
      throw {
        code: 'fileTooLarge',
        message: 'WhatsApp takes documents of 100 MB at most. Send a link instead.',
        details: null,
      } satisfies CommandError;
    const id = `staged-${String(this.#next++)}`;
    this.#staged.set(id, { name: String(name), mime: String(mime), size: Number(size) });
    return id;
  }

  #finish(id: string): StagedFile {
    const file = this.#staged.get(id) ?? { name: '', mime: '', size: 0 };
    const kind = file.mime.startsWith('image/')
      ? 'image'
      : file.mime.startsWith('video/')
        ? 'video'
        : 'document';
    return {
      id,
      ...file,
      kind,
      durationMs: null,
      problem: /\.exe$/.test(file.name)
        ? {
            code: 'fileType',
            title: 'WhatsApp does not take this kind of file',
            advice: 'Send it as a PDF or a ZIP.',
          }
        : null,
    };
  }

  #stage(file: { name: string; mime: string; size: number }, kind: StagedFile['kind']): StagedFile {
    const id = `staged-${String(this.#next++)}`;
    this.#staged.set(id, file);
    return { id, ...file, kind, durationMs: 3000, problem: null };
  }

  #importMore() {
    this.#imports = this.#imports.map((each) => {
      const progress = Math.min(100, each.progress + 3);
      return { ...each, progress, messages: each.messages + 431 };
    });
    this.tell({ type: 'importsChanged' });
  }
}

function historyImport(): HistoryImport {
  return {
    line: 'line-1',
    lineName: 'Tienda Dulce Vida',
    phase: 1,
    progress: 34,
    messages: 12_480,
    startedAt: ago(0.1),
    finishedAt: null,
    problem: null,
  };
}

function blank(): Connection {
  return {
    appId: null,
    hasAppSecret: false,
    hasToken: false,
    tokenExpiresAt: null,
    checkedAt: null,
    permissions: [],
    accounts: [],
    webhook: { url: null, setAt: null, provedAt: null, problem: null },
    problem: null,
    canTunnel: false,
  };
}

function connected(): Connection {
  const number = {
    phoneNumberId: '1001',
    displayPhone: '+52 55 4821 7730',
    verifiedName: 'Tienda Dulce Vida',
    quality: 'GREEN',
    registered: true,
    coexists: true,
    chosen: true,
    line: 'line-1',
  };
  return {
    appId: '109876543210987',
    hasAppSecret: true,
    hasToken: true,
    tokenExpiresAt: ago(-24 * 5),
    checkedAt: ago(0.4),
    permissions: [
      { name: 'whatsapp_business_messaging', granted: true, neededFor: 'Sending and receiving' },
      {
        name: 'whatsapp_business_management',
        granted: false,
        neededFor: 'Templates, numbers and the webhook',
      },
    ],
    accounts: [
      {
        wabaId: '555000111',
        name: 'Dulce Vida',
        subscribed: true,
        numbers: [
          number,
          {
            ...number,
            phoneNumberId: '1002',
            displayPhone: '+52 55 1000 2000',
            verifiedName: 'Sucursal Sur',
            quality: 'YELLOW',
            registered: false,
            coexists: false,
            chosen: false,
            line: null,
          },
        ],
      },
    ],
    webhook: {
      url: 'https://relay.dulcevida.mx/whatsapp',
      setAt: ago(30),
      provedAt: ago(29),
      problem: null,
    },
    problem: null,
    canTunnel: true,
  };
}

function alerts(): AlertView[] {
  return [
    {
      id: 1,
      line: 'line-1',
      field: 'phone_number_quality_update',
      event: 'FLAGGED',
      severity: 'critical',
      title: 'WhatsApp flagged Tienda Dulce Vida',
      advice: 'Customers reported its messages. Send fewer templates for a week.',
      details: 'current_limit TIER_1K',
      at: ago(3),
      endedAt: null,
    },
    {
      id: 2,
      line: null,
      field: 'message_template_status_update',
      event: 'REJECTED',
      severity: 'warning',
      title: 'Meta rejected a template',
      advice: 'Change its text and create it again.',
      details: null,
      at: ago(40),
      endedAt: ago(20),
    },
  ];
}

const PARTS: KitPart[] = [
  'paymentRequest',
  'paymentReceived',
  'paymentReminder',
  'upcomingCharge',
  'subscriptionReceipt',
  'shippingQuestion',
  'chargeFailed',
  'orderUpdate',
];

function kitParts(): Kit['parts'] {
  const states = ['approved', 'approved', 'pending', 'missing', 'rejected', 'approved'] as const;
  return PARTS.flatMap((part, at) =>
    ['es', 'pt_BR', 'en'].map((language, index) => {
      const status = wish.has('blank') ? 'missing' : (states[(at + index * 2) % 6] ?? 'approved');
      const reason = status === 'rejected' ? 'INVALID_FORMAT: the text begins with a blank' : null;
      return { part, language, status, reason };
    }),
  );
}

function template(name: string, fields: Partial<Template>): Template {
  return {
    name,
    language: 'es',
    category: 'UTILITY',
    status: 'approved',
    quality: null,
    reason: null,
    kit: null,
    header: null,
    body: 'Hola',
    footer: null,
    buttons: [],
    parameters: [],
    unsendable: null,
    ...fields,
  };
}

const TEMPLATES: Template[] = [
  template('cobro_payment_request', {
    kit: 'paymentRequest',
    body: 'Hola {{1}}, tu pedido de *{{2}}* está listo para pagar.',
    footer: 'Tienda Dulce Vida',
    buttons: [{ text: 'Pagar', url: 'https://pagar.dulcevida.mx/{{1}}' }],
    parameters: [
      { place: 'body', button: null, name: '1', example: 'María' },
      { place: 'body', button: null, name: '2', example: '$995.00' },
      { place: 'button', button: 0, name: '1', example: 'c/8f3a' },
    ],
  }),
  template('saludo_de_temporada', {
    category: 'MARKETING',
    body: '¡Feliz temporada! Ya hay roscas.',
  }),
  template('cobro_payment_request', {
    kit: 'paymentRequest',
    language: 'pt_BR',
    status: 'pending',
    body: 'Olá {{1}}, seu pedido de *{{2}}* está pronto para pagar.',
  }),
  template('promo_rechazada', {
    status: 'rejected',
    reason: 'Meta: promotional words',
    body: 'Oferta',
  }),
];

function preview(name: string, values: TemplateValue[]) {
  const body = TEMPLATES.find((each) => each.name === name)?.body ?? '';
  const text = body.replace(/\{\{(\w+)\}\}/g, (whole, key: string) => {
    const given = values.find((value) => value.place === 'body' && value.name === key)?.value;
    return given ?? whole;
  });
  const wrong = values.some(({ value }) => /\n|\t| {5}/.test(value));
  return { text, problems: wrong ? ['WhatsApp takes no line breaks in a parameter.'] : [] };
}
