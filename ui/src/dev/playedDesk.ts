/** A desk that only plays: it answers every command from memory, and lets deliveries and payments happen. */

/* eslint-disable @typescript-eslint/only-throw-error -- The shell rejects with a CommandError, which is no Error. */
import type {
  Charge,
  ChargePreview,
  ChargeQuestion,
  CommandError,
  ConversationView,
  CoreEvent,
  CreateCharge,
  Message,
  NewMessage,
  OrderDraft,
  Page,
  Product,
  ProductDraft,
  Status,
  Tab,
} from '../lib/api';
import { formatMoney } from '../lib/shared/money';
import { echoOf } from '../lib/thread/echo';
import { chipOf, sumsOf, type Played } from './people';
import { PlayedAssistant } from './playedAssistant';
import { PlayedMoney } from './playedMoney';
import { PlayedSubscriptions } from './playedSubscriptions';
import { PlayedSetup } from './playedSetup';
import { PlayedWork } from './playedWork';
import { aPlayedProduct, playedCatalog, workedOut } from './playedShop';
import {
  PLAYED_CODES,
  PLAYED_KEY,
  PLAYED_SYNC,
  playedAccount,
  playedCarrier,
  playedWays,
} from './playedSale';

const PAGE = 50;

type Args = Record<string, unknown>;

export class PlayedDesk {
  readonly #people: Map<string, Played>;
  readonly #setup: PlayedSetup;
  readonly #work: PlayedWork;
  products = playedCatalog(0);
  readonly #money: PlayedMoney;
  readonly #assistant: PlayedAssistant;
  readonly #subscriptions: PlayedSubscriptions;

  constructor(
    people: Played[],
    private readonly status: Status,
    private readonly tell: (event: CoreEvent) => void,
  ) {
    this.#people = new Map(people.map((played) => [played.row.id, played]));
    this.#setup = new PlayedSetup(tell);
    this.#work = new PlayedWork(
      this.#people,
      (conversation) => tell({ type: 'conversationChanged', conversation }),
      () => tell({ type: 'toolsChanged' }),
    );
    this.#money = new PlayedMoney(this.#people, tell);
    this.#assistant = new PlayedAssistant(this.#people, new URLSearchParams(location.search));
    this.#subscriptions = new PlayedSubscriptions(this.#people, tell);
  }

  /** Answers a command, or throws a `CommandError` as the shell does. */
  answer(command: string, args: Args): unknown {
    const worked = this.#work.answer(command, args);
    if (worked !== undefined) return worked;
    switch (command) {
      case 'status':
        return this.#status();
      case 'conversations':
        return this.#conversations(args);
      case 'counts':
        return this.#counts();
      case 'conversation':
        return this.#view(args['id']);
      case 'messages':
        return this.#messages(args);
      case 'messages_back_to':
        return this.#messagesBackTo(args);
      case 'send_message':
        return this.#send(args['message'] as NewMessage);
      case 'react':
        return this.#change(args['message'], ({ reactions }) => ({
          reactions: [
            ...reactions.filter(({ direction }) => direction === 'in'),
            ...(typeof args['emoji'] === 'string'
              ? [{ direction: 'out' as const, emoji: args['emoji'] }]
              : []),
          ],
        }));
      case 'keep_frame':
        return null;
      case 'fetch_media':
        setTimeout(() => this.#change(args['message'], ready), 1500);
        return this.#change(args['message'], ({ media }) => ({
          media: media && { ...media, state: 'fetching', problem: null },
        }));
      case 'confirm_send':
        return this.#change(args['message'], () => ({ asks: false, delivery: 'sent' }));
      case 'discard_message':
        return this.#discard(args['message']);
      case 'order_draft':
        return orderDraft(String(args['message']));
      case 'message_versions':
        return [
          { text: 'El miércoles a las 5', until: new Date(Date.now() - 3_600_000).toISOString() },
          { text: 'El miércoles', until: new Date(Date.now() - 7_200_000).toISOString() },
        ];
      case 'contact_suggestions':
        return this.#suggestions(String(args['contact']));
      case 'send_again':
        return this.#sendAgain(args);
      case 'mark_read':
        return this.#markRead(args['conversation']);
      case 'mark_unread': {
        const person = this.#person(args['conversation']);
        person.row = { ...person.row, unread: 1, marked: true };
        this.#changed(person);
        return null;
      }
      case 'unknown_messages':
        return this.status.problems.length === 0 ? 0 : 2;
      case 'products':
        return this.products;
      case 'save_product':
        return this.#save(args['draft'] as ProductDraft);
      case 'look_at_stripe':
      case 'sync_catalog':
        return PLAYED_SYNC;
      case 'resolve_product':
        return this.products.find(({ id }) => id === args['product']);
      case 'offer_product':
        return this.#offer(String(args['product']), args['active'] === true);
      case 'preview_charge':
        return this.#preview(args);
      case 'newest_codes':
        return PLAYED_CODES;
      case 'find_code':
        return PLAYED_CODES[0];
      case 'stripe_account':
        return this.status.mode === 'unset' ? null : playedAccount();
      case 'read_ways':
        return null;
      case 'product_link':
        return {
          product: args['product'],
          price: { minor: 48_000, currency: 'MXN' },
          url: 'https://buy.stripe.com/aEU5kD2vB3gH',
          createdAt: new Date().toISOString(),
        };
      case 'stripe_key':
      case 'try_stripe_key':
      case 'save_stripe_key':
        return PLAYED_KEY;
      case 'create_charge':
        return this.#create(Object.values(args)[0] as CreateCharge);
      case 'resend_charge':
        return this.#resend(args);
      case 'cancel_charge':
        return this.#settle(args['charge'], { payment: 'cancelled' });
      case 'retry_charge':
        return this.#settle(args['charge'], {
          payment: 'open',
          problem: null,
          delivery: 'queued',
          link: 'https://buy.stripe.com/test_retry',
        });
      case 'envelope_problems':
        return this.status.problems.length === 0 ? [] : ENVELOPES;
      default:
        if (this.#assistant.answers(command)) return this.#assistant.answer(command, args);
        if (this.#subscriptions.answers(command)) return this.#subscriptions.answer(command, args);
        return this.#money.answers(command)
          ? this.#money.answer(command, args)
          : this.#setup.answer(command, args);
    }
  }

  #status(): Status {
    const unread = [...this.#people.values()].reduce((sum, { row }) => sum + row.unread, 0);
    return { ...this.status, unread };
  }

  #conversations({ tab, filter, after }: Args): Page<Played['row']> {
    const rows = [...this.#people.values()]
      .map(({ row }) => row)
      .filter((row) => isIn(row, tab as Tab))
      .filter((row) => !(filter as { unread: boolean }).unread || row.unread > 0)
      .sort((a, b) => b.lastAt.localeCompare(a.lastAt));
    return page(rows, after);
  }

  /** Newest first, without turning a long conversation over for each page. */
  #messages({ id, before }: Args): Page<Message> {
    const { messages } = this.#person(id);
    const end = typeof before === 'string' ? Number(before) : messages.length;
    const start = Math.max(0, end - PAGE);
    return { rows: messages.slice(start, end).reverse(), next: start > 0 ? String(start) : null };
  }

  #messagesBackTo({ id, before, to }: Args): Page<Message> {
    const { messages } = this.#person(id);
    const end = Number(before);
    const first = messages.findIndex(({ at }) => at >= String(to));
    const start = Math.max(0, Math.min(first < 0 ? end : first, end) - 1);
    return { rows: messages.slice(start, end).reverse(), next: start > 0 ? String(start) : null };
  }

  #counts() {
    const rows = [...this.#people.values()].map(({ row }) => row);
    const count = (tab: Tab) => rows.filter((row) => isIn(row, tab)).length;
    return {
      all: count('all'),
      mine: count('mine'),
      unassigned: count('unassigned'),
      unread: count('unread'),
      awaiting: count('awaiting'),
      paid: count('paid'),
      snoozed: count('snoozed'),
    };
  }

  #view(id: unknown): ConversationView {
    const { row, charges, userId } = this.#person(id);
    const paid = charges.filter((charge) => charge.payment === 'paid');
    return {
      row,
      refunds: this.#money.refundsOf(charges),
      disputes: [],
      contact: `contact-${row.id}`,
      joined: row.name.startsWith('Tomás')
        ? [{ contact: 'contact-old', name: 'Tomás (celular viejo)', at: row.lastAt }]
        : [],
      freeEntry: row.name.startsWith('Tomás')
        ? { state: 'running', until: new Date(Date.now() + 61 * 3_600_000).toISOString() }
        : null,
      cost: row.name.startsWith('Tomás')
        ? [
            { category: 'service', billed: 0, free: 14 },
            { category: 'utility', billed: 3, free: 0 },
          ]
        : [],
      identities: [
        ...(row.phone ? [{ kind: 'phone' as const, value: row.phone }] : []),
        { kind: 'userId', value: userId },
        ...(row.username ? [{ kind: 'username' as const, value: row.username }] : []),
      ],
      fields: [],
      stats: {
        paidCount: paid.length,
        lifetime: sumsOf(paid),
        held: [],
        since: paid[0]?.createdAt ?? null,
      },
      charges,
      quotations: [],
    };
  }

  #send(asked: NewMessage): Message {
    const person = this.#person(asked.conversation);
    const quoted = person.messages.find(({ id }) => id === asked.replyTo) ?? null;
    const message = echoOf(asked, quoted, 'Plantilla enviada');
    const { body } = asked;
    if (body.type === 'file') message.media = this.#setup.stagedView(body.file);
    this.#add(person, message);
    this.#deliver(person, message);
    return message;
  }

  #change(id: unknown, change: (message: Message) => Partial<Message>): null {
    for (const person of this.#people.values()) {
      if (!person.messages.some((message) => message.id === id)) continue;
      person.messages = person.messages.map((message) =>
        message.id === id ? { ...message, ...change(message) } : message,
      );
      this.#changed(person);
      return null;
    }
    throw notFound();
  }

  #discard(id: unknown): null {
    for (const person of this.#people.values()) {
      if (!person.messages.some((message) => message.id === id)) continue;
      person.messages = person.messages.filter((message) => message.id !== id);
      this.#changed(person);
    }
    return null;
  }

  #suggestions(contact: string) {
    const person = [...this.#people.values()].find(({ row }) => contact === `contact-${row.id}`);
    if (!person?.row.name.startsWith('Tomás')) return [];
    return [
      {
        contact: 'contact-twin',
        conversation: null,
        name: 'Tomas D.',
        identities: [{ kind: 'phone' as const, value: '+52 33 1520 8841' }],
        why: 'The same number, written with and without the 1',
      },
    ];
  }

  #sendAgain({ id, message }: Args): Message {
    for (const person of this.#people.values()) {
      const old = person.messages.find((each) => each.id === message);
      if (!old) continue;
      const again = {
        ...ownMessage(String(id), person.row.id, old.text),
        retryOf: old.id,
        charge: old.charge,
        kind: old.kind,
      };
      this.#add(person, again);
      this.#deliver(person, again);
      return again;
    }
    throw notFound();
  }

  #save(draft: ProductDraft): Product {
    const { id, name, price, description = '', options = [], stock = null } = draft;
    const updatedAt = new Date().toISOString();
    const product = aPlayedProduct({ id, name, price, description, options, stock, updatedAt });
    this.products = [...this.products.filter(({ id }) => id !== product.id), product];
    return product;
  }

  #offer(id: string, active: boolean): Product | undefined {
    this.products = this.products.map((each) => (each.id === id ? { ...each, active } : each));
    return this.products.find((each) => each.id === id);
  }

  #markRead(id: unknown) {
    const person = this.#person(id);
    person.row = { ...person.row, unread: 0, marked: false };
    this.#changed(person);
    return null;
  }

  #preview({ charge }: Args): ChargePreview {
    const question = charge as ChargeQuestion;
    const { description, message } = question;
    const { row, charges } = this.#person(question.conversation);
    const { lines, totals } = workedOut(question, this.products);
    const money = totals.now;
    const written = formatMoney(money, 'es-MX');
    const fee = { minor: Math.round(money.minor * 0.036) + 300, currency: money.currency };
    const same = charges.some(
      ({ payment, amount: other }) => payment === 'open' && other.minor === money.minor,
    );
    const first = row.name.split(' ')[0] ?? '';
    const what = description ? `tu pago de ${description}` : 'tu enlace de pago';
    return {
      message:
        typeof message === 'string'
          ? message
          : `${first}, aquí está ${what}. ${totals.rest.minor > 0 ? `De un total de ${formatMoney(totals.total, 'es-MX')}, ahora ${written}` : `Total ${written}`}. Paga de forma segura con Stripe 👇`,
      button: `Pagar ${written}`,
      fee: money.currency === 'MXN' ? fee : null,
      net: money.currency === 'MXN' ? { ...fee, minor: money.minor - fee.minor } : null,
      feeBasis: money.currency === 'MXN' ? 'Mexico card 3.6 % + 3 MXN, estimate' : null,
      template: null,
      lines,
      totals,
      carrier: playedCarrier(question.terms),
      ways: playedWays(money, question.terms),
      rates: [{ name: 'A domicilio', amount: { minor: 8_000, currency: money.currency } }],
      warnings: [
        ...(same
          ? [
              {
                kind: 'sameAmountOpen' as const,
                blocking: false,
                text: 'A charge of the same amount is already open in this chat.',
              },
            ]
          : []),
        ...(row.windowClosesAt && row.windowClosesAt < new Date().toISOString()
          ? [
              {
                kind: 'windowClosed' as const,
                blocking: true,
                text: 'The customer must write first: the 24-hour window is closed.',
              },
            ]
          : []),
        ...(money.minor < 1000
          ? [
              {
                kind: 'belowMinimum' as const,
                blocking: false,
                text: 'Stripe’s minimum in MXN is 10.00.',
              },
            ]
          : []),
      ],
    };
  }

  #create(request: CreateCharge): Charge {
    const person = this.#person(request.conversation);
    if (request.amount.minor === 66_600)
      throw {
        code: 'stripe',
        message: 'Stripe refused the key: add “Payment links: write” to it and try again.',
        details: 'rak_payment_link_write',
      } satisfies CommandError;
    const now = new Date().toISOString();
    const charge: Charge = {
      ...request,
      ...workedOut(request, this.products),
      terms: request.terms ?? {},
      restCharge: null,
      carrier: 'paymentLink',
      instalments: null,
      collected: null,
      canRestock: false,
      payment: 'open',
      delivery: 'queued',
      link: 'https://buy.stripe.com/test_new',
      expiresAt: request.expiresInHours
        ? new Date(Date.now() + request.expiresInHours * 3_600_000 - 60_000).toISOString()
        : null,
      createdAt: now,
      openedAt: now,
      sentAt: null,
      deliveredAt: null,
      readAt: null,
      paidAt: null,
      received: null,
      voucherUntil: null,
      voucherUrl: null,
      contestedAt: null,
      fulfilment: null,
      fulfilmentAt: null,
      replaces: null,
      replacedBy: null,
      remindersOff: false,
      reminded: 0,
      fee: null,
      net: null,
      refunded: null,
      method: null,
      problem: null,
      livemode: false,
      switchedOff: false,
      stripeIds: { paymentLink: 'plink_1QNew', checkoutSession: null, paymentIntent: null },
      verifiedAt: null,
    };
    person.charges = [...person.charges, charge];
    const message = {
      ...ownMessage(crypto.randomUUID(), person.row.id, request.message),
      kind: 'payButton' as const,
      charge: charge.id,
    };
    this.#add(person, message);
    this.#deliver(person, message);
    setTimeout(() => this.#pay(person, charge.id), 9_000);
    return charge;
  }

  #resend({ id, charge }: Args): Message {
    for (const person of this.#people.values()) {
      if (!person.charges.some((each) => each.id === charge)) continue;
      const message = {
        ...ownMessage(String(id), person.row.id, 'Aquí está tu enlace.'),
        kind: 'payButton' as const,
        charge: String(charge),
      };
      this.#add(person, message);
      this.#deliver(person, message);
      return message;
    }
    throw notFound();
  }

  #pay(person: Played, id: string) {
    const charge = person.charges.find((each) => each.id === id);
    if (!charge || charge.payment !== 'open') return;
    const fee = Math.round(charge.amount.minor * 0.036) + 300;
    this.#settle(id, {
      payment: 'paid',
      paidAt: new Date().toISOString(),
      verifiedAt: new Date().toISOString(),
      method: 'card •• 4242',
      fee: { ...charge.amount, minor: fee },
      net: { ...charge.amount, minor: charge.amount.minor - fee },
    });
    const thanks = {
      ...ownMessage(crypto.randomUUID(), person.row.id, '¡Gracias por tu pago!'),
      origin: 'automatic' as const,
    };
    this.#add(person, thanks);
    this.#deliver(person, thanks);
  }

  #settle(id: unknown, change: Partial<Charge>): Charge {
    for (const person of this.#people.values()) {
      const charge = person.charges.find((each) => each.id === id);
      if (!charge) continue;
      const changed = { ...charge, ...change };
      person.charges = person.charges.map((each) => (each.id === id ? changed : each));
      person.row = { ...person.row, chip: chipOf(changed) };
      this.tell({ type: 'chargeChanged', charge: changed.id, conversation: person.row.id });
      return changed;
    }
    throw notFound();
  }

  #deliver(person: Played, message: Message) {
    const steps = ['sending', 'sent', 'delivered', 'read'] as const;
    steps.forEach((delivery, index) => {
      setTimeout(
        () => {
          person.messages = person.messages.map((each) =>
            each.id === message.id ? { ...each, delivery } : each,
          );
          const now = new Date().toISOString();
          const moments = {
            ...(delivery === 'delivered' ? { deliveredAt: now } : {}),
            ...(delivery === 'read' ? { readAt: now } : {}),
          };
          if (message.kind === 'payButton' && message.charge)
            this.#settle(message.charge, { delivery, ...moments });
          else this.#changed(person);
        },
        300 + index * 900,
      );
    });
  }

  #add(person: Played, message: Message) {
    person.messages = [...person.messages, message];
    person.row = {
      ...person.row,
      snippet: message.text,
      snippetKind: message.kind,
      snippetFromMe: message.direction === 'out',
      lastAt: message.at,
    };
    this.#changed(person);
  }

  /** Returns what kind of message it is, for drawing its file. */
  kindOf(id: string): Message['kind'] {
    const all = [...this.#people.values()].flatMap(({ messages }) => messages);
    return all.find((message) => message.id === id)?.kind ?? 'image';
  }

  /** Lets a customer say something. */
  hears(id: string, text: string) {
    const person = this.#person(id);
    const before = person.row.marked ? 0 : person.row.unread;
    person.row = { ...person.row, unread: before + 1, marked: false };
    this.#add(person, {
      ...ownMessage(crypto.randomUUID(), id, text),
      direction: 'in',
      origin: 'customer',
      delivery: null,
    });
  }

  #changed(person: Played) {
    this.tell({ type: 'conversationChanged', conversation: person.row.id });
  }

  #person(id: unknown): Played {
    const person = this.#people.get(String(id));
    if (!person) throw notFound();
    return person;
  }
}

function ready({ media }: Message): Partial<Message> {
  return { media: media && { ...media, state: 'ready', hasThumbnail: true } };
}

function orderDraft(message: string): OrderDraft {
  const mxn = (minor: number) => ({ minor, currency: 'MXN' });
  return {
    message,
    lines: [
      {
        product: 'PASTEL-3L-M',
        known: null,
        name: 'PASTEL-3L-M',
        quantity: 2,
        price: mxn(48_000),
        sum: mxn(96_000),
      },
      {
        product: 'VELITA-5',
        known: null,
        name: 'VELITA-5',
        quantity: 1,
        price: mxn(3_500),
        sum: mxn(3_500),
      },
    ],
    total: mxn(99_500),
    description: '2 × PASTEL-3L-M, 1 × VELITA-5',
    problem: null,
  };
}

const ENVELOPES = [
  {
    seq: 1042,
    source: 'whatsapp',
    receivedAt: new Date(Date.now() - 4_000_000).toISOString(),
    error: 'Failed to read entry 0: field `messages[0].timestamp` is not a number',
  },
  {
    seq: 988,
    source: 'stripe',
    receivedAt: new Date(Date.now() - 90_000_000).toISOString(),
    error: 'Unknown event type `v2.core.account.updated`',
  },
];

function notFound(): CommandError {
  return { code: 'notFound', message: 'This is no longer here.', details: null };
}

function ownMessage(id: string, conversation: string, text: string): Message {
  return {
    id,
    conversation,
    direction: 'out',
    origin: 'desk',
    kind: 'text',
    text,
    at: new Date().toISOString(),
    delivery: 'queued',
    problem: null,
    charge: null,
    retryOf: null,
    putAside: false,
    mediaName: null,
    content: null,
    media: null,
    quote: null,
    forwarded: 'no',
    referral: null,
    productName: null,
    reactions: [],
    editedAt: null,
    revokedAt: null,
    pricing: null,
    asks: false,
  };
}

function isIn(row: Played['row'], tab: Tab): boolean {
  const payment = row.chip?.payment;
  const atWork = !row.resolved && row.snoozedUntil === null;
  if (tab === 'unread') return row.unread > 0;
  if (tab === 'snoozed') return row.snoozedUntil !== null;
  if (tab === 'unassigned') return atWork && row.assignee === null;
  if (tab === 'mine') return atWork && row.assignee === 'me';
  if (tab === 'awaiting')
    return payment === 'open' || payment === 'processing' || payment === 'failedAttempt';
  return tab === 'all' || payment === 'paid';
}

function page<T>(all: T[], after: unknown): Page<T> {
  const from = typeof after === 'string' ? Number(after) : 0;
  const rows = all.slice(from, from + PAGE);
  return { rows, next: from + PAGE < all.length ? String(from + PAGE) : null };
}
