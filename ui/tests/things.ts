/** The nouns of the tests, with what does not matter already filled in. */
import type {
  Charge,
  ChargePreview,
  Overview,
  PaymentRow,
  Refund,
  Report,
  Connection,
  ConversationRow,
  ConversationView,
  CustomerView,
  MediaView,
  Message,
  SearchHit,
  Product,
  Proposal,
  StagedFile,
  Status,
  StripeAccount,
  Template,
} from '../src/lib/api';

export const NOW = Date.parse('2026-11-24T15:00:00Z');

/** Returns the moment so many minutes before (or, negative, after) the tests' present. */
export function minutesAgo(minutes: number): string {
  return new Date(NOW - minutes * 60_000).toISOString();
}

export function aRow(fields: Partial<ConversationRow> = {}): ConversationRow {
  return {
    id: 'maria',
    line: 'line-1',
    lineName: 'Tienda Dulce Vida',
    lineKnown: true,
    name: 'María González',
    phone: '+52 1 55 4821 7730',
    username: null,
    snippet: '¿te pago con tarjeta?',
    snippetKind: 'text',
    snippetFromMe: false,
    notSent: false,
    maybeSent: false,
    lastAt: minutesAgo(5),
    unread: 0,
    marked: false,
    windowClosesAt: minutesAgo(-23 * 60),
    chip: null,
    resolved: false,
    doneAt: null,
    snoozedUntil: null,
    wokeAt: null,
    assignee: null,
    labels: [],
    draft: null,
    readyToCharge: false,
    ...fields,
  };
}

export function aHit(fields: Partial<SearchHit> = {}): SearchHit {
  return {
    message: 'm1',
    conversation: 'maria',
    name: 'María González',
    at: minutesAgo(10),
    direction: 'in',
    kind: 'text',
    snippet: [
      { text: 'un ', isHit: false },
      { text: 'pastel', isHit: true },
    ],
    ...fields,
  };
}

export function aCustomer(fields: Partial<CustomerView> = {}): CustomerView {
  return {
    contact: 'c1',
    name: 'María González',
    identities: [{ kind: 'phone', value: '+52 1 55 4821 7730' }],
    fields: [
      { name: '', value: 'Prefiere los sábados' },
      { name: 'Talla', value: 'M' },
    ],
    joined: [],
    stats: { paidCount: 0, lifetime: [], held: [], since: null },
    conversations: [aRow()],
    charges: [aCharge()],
    payments: [],
    refunds: [],
    disputes: [],
    messages: 3,
    since: minutesAgo(5000),
    ...fields,
  };
}

export function aMessage(fields: Partial<Message> = {}): Message {
  return {
    id: 'm1',
    conversation: 'maria',
    direction: 'in',
    origin: 'customer',
    kind: 'text',
    text: 'Hola',
    at: minutesAgo(10),
    delivery: null,
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
    ...fields,
  };
}

export function aCharge(fields: Partial<Charge> = {}): Charge {
  return {
    id: 'c1',
    conversation: 'maria',
    amount: { minor: 125_000, currency: 'MXN' },
    description: 'Anticipo mesa de dulces',
    payment: 'open',
    delivery: 'read',
    link: 'https://buy.stripe.com/test_1',
    singleUse: true,
    expiresAt: minutesAgo(-47 * 60),
    createdAt: minutesAgo(20),
    openedAt: minutesAgo(20),
    sentAt: minutesAgo(19),
    deliveredAt: minutesAgo(19),
    readAt: minutesAgo(18),
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
    stripeIds: { paymentLink: 'plink_1', checkoutSession: null, paymentIntent: null },
    verifiedAt: null,
    lines: [
      {
        product: null,
        name: 'Anticipo mesa de dulces',
        options: [],
        unit: { minor: 125_000, currency: 'MXN' },
        quantity: 1,
        note: '',
      },
    ],
    terms: {},
    totals: totalsOf(fields.amount ?? { minor: 125_000, currency: 'MXN' }),
    restCharge: null,
    carrier: 'paymentLink',
    instalments: null,
    collected: null,
    canRestock: false,
    ...fields,
  };
}

/** Returns the totals of a charge that is one amount. */
export function totalsOf(amount: Charge['amount']): Charge['totals'] {
  const none = { ...amount, minor: 0 };
  return {
    subtotal: amount,
    discount: none,
    interest: none,
    total: amount,
    now: amount,
    rest: none,
  };
}

/** Returns what the core says of a charge of one amount. */
export function aPreview(fields: Partial<ChargePreview> = {}): ChargePreview {
  return {
    message: 'Aquí está tu enlace.',
    button: 'Pagar',
    fee: null,
    net: null,
    feeBasis: null,
    template: null,
    warnings: [],
    lines: [],
    totals: totalsOf({ minor: 99_500, currency: 'MXN' }),
    carrier: { object: 'paymentLink', reason: 'linkLasts', endsWithinADay: false },
    ways: [],
    rates: [],
    ...fields,
  };
}

export function aProduct(fields: Partial<Product> = {}): Product {
  return {
    id: `product-${fields.name ?? 'cake'}`,
    name: 'Torta de chocolate',
    description: '',
    aliases: [],
    sku: null,
    price: { minor: 45_000, currency: 'MXN' },
    options: [],
    stock: null,
    image: null,
    after: {},
    theirs: null,
    tax: null,
    active: true,
    recurring: null,
    stripeProduct: null,
    stripePrice: null,
    sync: 'local',
    problem: null,
    updatedAt: minutesAgo(60),
    ...fields,
  };
}

export function aView(fields: Partial<ConversationView> = {}): ConversationView {
  return {
    row: aRow(),
    contact: 'contact-1',
    joined: [],
    cost: [],
    freeEntry: null,
    identities: [{ kind: 'phone', value: '+52 1 55 4821 7730' }],
    fields: [],
    stats: { paidCount: 0, lifetime: [], held: [], since: null },
    charges: [],
    quotations: [],
    refunds: [],
    disputes: [],
    ...fields,
  };
}

export function aStatus(fields: Partial<Status> = {}): Status {
  return {
    startup: { state: 'ready' },
    mode: 'sandbox',
    stream: 'connected',
    lines: [
      {
        id: 'line-1',
        name: 'Tienda Dulce Vida',
        phoneNumberId: '1',
        displayPhone: '+52 55',
        known: true,
        wabaId: null,
        verifiedName: null,
        quality: null,
        coexists: false,
        offboardedAt: null,
      },
    ],
    unread: 0,
    outboxDepth: 0,
    defaultCurrency: 'MXN',
    defaultExpiryHours: 48,
    holdSeconds: 3,
    stripeReads: { used: 1, allowance: 10_000 },
    relayUrl: null,
    profile: '/profile',
    problems: [],
    ...fields,
  };
}

export function aFile(fields: Partial<MediaView> = {}): MediaView {
  return {
    state: 'ready',
    mime: 'image/jpeg',
    name: null,
    size: 12_400_000,
    voice: false,
    animated: false,
    width: 1200,
    height: 900,
    durationMs: null,
    hasThumbnail: true,
    problem: null,
    ...fields,
  };
}

export function aTemplate(fields: Partial<Template> = {}): Template {
  return {
    name: 'cobro_payment_request',
    language: 'es',
    category: 'UTILITY',
    status: 'approved',
    quality: null,
    reason: null,
    kit: 'paymentRequest',
    header: null,
    body: 'Hola {{1}}',
    footer: null,
    buttons: [],
    parameters: [{ place: 'body', button: null, name: '1', example: 'María' }],
    unsendable: null,
    ...fields,
  };
}

export function aConnection(fields: Partial<Connection> = {}): Connection {
  return {
    appId: '1098',
    hasAppSecret: true,
    hasToken: true,
    tokenExpiresAt: null,
    checkedAt: null,
    permissions: [
      { name: 'whatsapp_business_messaging', granted: true, neededFor: 'Sending' },
      { name: 'whatsapp_business_management', granted: false, neededFor: 'Templates' },
    ],
    accounts: [
      {
        wabaId: '555',
        name: 'Dulce Vida',
        subscribed: true,
        numbers: [
          {
            phoneNumberId: '1001',
            displayPhone: '+52 55 1',
            verifiedName: 'Centro',
            quality: 'GREEN',
            registered: true,
            coexists: true,
            chosen: true,
            line: 'line-1',
          },
          {
            phoneNumberId: '1002',
            displayPhone: '+52 55 2',
            verifiedName: 'Sur',
            quality: null,
            registered: false,
            coexists: false,
            chosen: false,
            line: null,
          },
        ],
      },
    ],
    webhook: { url: null, setAt: null, provedAt: null, problem: null },
    problem: null,
    canTunnel: false,
    ...fields,
  };
}

export function staged(fields: Partial<StagedFile> = {}): StagedFile {
  return {
    id: 's1',
    name: 'a.pdf',
    mime: 'application/pdf',
    size: 4,
    kind: 'document',
    durationMs: null,
    problem: null,
    ...fields,
  };
}

export function aProposal(fields: Partial<Proposal> = {}): Proposal {
  return {
    conversation: 'maria',
    charge: 'proposed',
    kind: 'charge',
    lines: [
      {
        product: 'cake',
        options: [],
        name: 'Pastel 3 leches',
        quantity: 2,
        unit: { minor: 48_000, currency: 'MXN' },
        special: false,
      },
    ],
    discount: null,
    total: { minor: 96_000, currency: 'MXN' },
    every: null,
    description: '2 × Pastel 3 leches',
    text: null,
    evidence: [{ message: 'm1', text: 'Sí, los dos porfa', fromMe: false, at: minutesAgo(1) }],
    confidence: 97,
    why: ['saidYes', 'totalSaid'],
    flags: [],
    second: null,
    madeAt: minutesAgo(1),
    ...fields,
  };
}

export function anOverview(fields: Partial<Overview> = {}): Overview {
  const mxn = (minor: number) => ({ minor, currency: 'MXN' });
  return {
    currency: 'MXN',
    currencies: ['MXN'],
    today: { amount: mxn(125_000), refunded: mxn(0), payments: 1, net: 120_200, withoutFee: 0 },
    waiting: { amount: mxn(0), links: 0, oldest: null },
    conversion: { links: 2, paid: 1, medianSeconds: 192 },
    approvals: { amount: mxn(0), charges: 0 },
    reconciled: null,
    days: [{ day: '2026-11-24', amount: mxn(125_000), payments: 1 }],
    disputesOpen: 0,
    contested: 0,
    ...fields,
  };
}

/** A day of sales, as the core's own test has it. */
export function aReport(fields: Partial<Report> = {}): Report {
  const tally = (count: number, minor: number) => ({ count, minor });
  const day = (name: string, made: number, collected: number) => ({
    day: name,
    made: tally(made > 0 ? 1 : 0, made),
    collected: tally(collected > 0 ? 3 : 0, collected),
    refunds: tally(0, 0),
  });
  return {
    currency: 'MXN',
    currencies: ['MXN', 'USD'],
    first: '2026-11-20',
    last: '2026-11-26',
    zone: 'America/Mexico_City, UTC-06',
    links: {
      made: tally(3, 530_00),
      paid: tally(1, 200_00),
      open: tally(1, 80_00),
      expired: tally(1, 250_00),
      cancelled: tally(0, 0),
      other: tally(0, 0),
    },
    conversion: { links: 3, paid: 1, medianSeconds: 120 },
    collected: tally(3, 770_00),
    refunds: tally(1, 100_00),
    looseRefunds: tally(0, 0),
    disputes: tally(0, 0),
    settled: [{ currency: 'MXN', payments: 1, fee: 20_00, net: 480_00 }],
    withoutFee: tally(0, 0),
    waiting: { amount: { minor: 80_00, currency: 'MXN' }, links: 1, oldest: minutesAgo(60) },
    days: [day('2026-11-25', 500_00, 0), day('2026-11-26', 530_00, 770_00)],
    sellers: [
      { member: null, name: '', isMe: false, made: tally(2, 330_00), collected: tally(1, 500_00) },
      {
        member: 'm2',
        name: 'Rosa',
        isMe: false,
        made: tally(1, 200_00),
        collected: tally(1, 200_00),
      },
    ],
    loose: tally(1, 70_00),
    products: [{ product: null, name: '', units: 2, minor: 700_00 }],
    otherProducts: tally(0, 0),
    methods: [
      { method: 'card', collected: tally(2, 570_00) },
      { method: 'oxxo', collected: tally(1, 200_00) },
    ],
    reconciled: null,
    ...fields,
  };
}

export function aRefund(fields: Partial<Refund> = {}): Refund {
  return {
    id: 'r1',
    charge: 'c1',
    paymentIntent: 'pi_1',
    amount: { minor: 125_000, currency: 'MXN' },
    reason: 'requestedByCustomer',
    note: '',
    state: 'succeeded',
    stripeId: 're_1',
    elsewhere: false,
    createdAt: minutesAgo(5),
    changedAt: minutesAgo(5),
    problem: null,
    ...fields,
  };
}

export function aPaymentRow(fields: Partial<PaymentRow> = {}): PaymentRow {
  const charge = aCharge({ payment: 'paid' });
  return {
    key: '1_c1',
    at: minutesAgo(10),
    amount: charge.amount,
    description: charge.description,
    method: 'card •• 4242',
    customer: 'María González',
    conversation: 'maria',
    charge,
    paymentIntent: 'pi_1',
    ...fields,
  };
}

export function aStripeAccount(fields: Partial<StripeAccount> = {}): StripeAccount {
  return {
    id: 'acct_1Shop',
    livemode: false,
    readAt: minutesAgo(90),
    country: 'MX',
    defaultCurrency: 'MXN',
    chargesEnabled: true,
    methods: [
      { method: 'card', state: 'active', limits: null },
      { method: 'oxxo', state: 'pending', limits: null },
    ],
    ...fields,
  };
}
