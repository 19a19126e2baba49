/** A shop's morning, played: who wrote what, and who owes what. */
import type { Charge, ChargeChip, ConversationRow, Message, Money } from '../lib/api';
import { MEDIA_PIECES, OTHER_PIECES, type Piece } from './faces';
import { workedOut } from './playedShop';

export interface Played {
  row: ConversationRow;
  messages: Message[];
  charges: Charge[];
  userId: string;
}

const HOUR = 3_600_000;
const today = new Date();

/** Returns a moment: minutes from now when negative, else the clock time today or days ago. */
function at(clock: string, daysAgo = 0): string {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  const date = new Date(today);
  date.setDate(date.getDate() - daysAgo);
  date.setHours(hours, minutes, 0, 0);
  return date.toISOString();
}

let made = 0;
export function playedId(): string {
  made += 1;
  return `01932b00-0000-7000-8000-${String(made).padStart(12, '0')}`;
}

type Extra = Partial<Omit<Message, 'id' | 'conversation' | 'text' | 'at'>>;

function said(text: string, when: string, extra: Extra = {}): Message {
  return {
    id: playedId(),
    conversation: '',
    direction: 'in',
    origin: 'customer',
    kind: 'text',
    text,
    at: when,
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
    ...extra,
  };
}

function wrote(text: string, when: string, extra: Extra = {}): Message {
  return said(text, when, { direction: 'out', origin: 'desk', delivery: 'read', ...extra });
}

export function playedCharge(fields: Partial<Charge> & Pick<Charge, 'amount'>): Charge {
  const id = playedId();
  const description = fields.description ?? '';
  return {
    ...workedOut({
      conversation: '',
      amount: fields.amount,
      description,
      singleUse: true,
      expiresInHours: null,
      message: null,
    }),
    terms: {},
    restCharge: null,
    carrier: 'paymentLink',
    instalments: null,
    collected: null,
    canRestock: false,
    id,
    conversation: '',
    description,
    payment: 'open',
    delivery: 'sent',
    link: `https://buy.stripe.com/test_${id.slice(-6)}`,
    singleUse: true,
    expiresAt: new Date(Date.now() + 47.5 * HOUR).toISOString(),
    createdAt: at('10:37'),
    openedAt: at('10:37'),
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
    stripeIds: {
      paymentLink: `plink_1Q${id.slice(-6)}`,
      checkoutSession: null,
      paymentIntent: null,
    },
    verifiedAt: null,
    ...fields,
  };
}

function person(
  name: string,
  phone: string | null,
  messages: Message[],
  charges: Charge[] = [],
  fields: Partial<ConversationRow> = {},
): Played {
  const id = playedId();
  for (const message of messages) message.conversation = id;
  for (const charge of charges) charge.conversation = id;
  const last = messages.at(-1);
  const newest = charges.at(-1);
  return {
    userId: `MX.${id.slice(-8)}`,
    messages,
    charges,
    row: {
      id,
      line: 'line-1',
      lineName: 'Tienda Dulce Vida',
      lineKnown: true,
      name,
      phone,
      username: null,
      snippet: last?.text ?? '',
      snippetKind: last?.kind ?? 'text',
      snippetFromMe: last?.direction === 'out',
      maybeSent: messages.some(({ delivery }) => delivery === 'unknown'),
      notSent: messages.findLast(({ direction }) => direction === 'out')?.delivery === 'failed',
      lastAt: last?.at ?? at('08:00'),
      unread: 0,
      marked: false,
      resolved: false,
      doneAt: null,
      snoozedUntil: null,
      wokeAt: null,
      assignee: null,
      labels: [],
      draft: null,
      windowClosesAt: new Date(Date.now() + 23.2 * HOUR).toISOString(),
      chip: newest ? chipOf(newest) : null,
      readyToCharge: false,
      ...fields,
    },
  };
}

export function chipOf({ amount, payment, delivery, instalments }: Charge): ChargeChip {
  return { amount, payment, delivery, instalments };
}

const mxn = (minor: number) => ({ minor, currency: 'MXN' });

function maria(): Played {
  const deposit = playedCharge({
    amount: mxn(125_000),
    description: 'Anticipo mesa de dulces',
    delivery: 'read',
    sentAt: at('10:38'),
    deliveredAt: at('10:38'),
    readAt: at('10:40'),
  });
  const earlier = playedCharge({
    amount: mxn(48_000),
    description: 'Pastel de tres leches',
    payment: 'paid',
    delivery: 'read',
    createdAt: at('12:02', 40),
    openedAt: at('12:02', 40),
    paidAt: at('12:09', 40),
    fee: mxn(2_028),
    net: mxn(45_972),
    method: 'card •• 4242',
    verifiedAt: at('12:09', 40),
    stripeIds: {
      paymentLink: 'plink_1QxYz2',
      checkoutSession: 'cs_test_a1B2c3D4e5F6g7H8i9J0',
      paymentIntent: 'pi_3QxYz2AbCdEf',
    },
  });
  return person(
    'María González',
    '+52 1 55 4821 7730',
    [
      said(
        'Hola! vi el pastel de 3 leches en su Instagram 😍 ¿cuánto cuesta el mediano?',
        at('10:31'),
      ),
      wrote(
        '¡Hola María! El mediano (12 personas) está en $480 y lo entregamos mañana mismo.',
        at('10:33'),
      ),
      said('Súper. ¿Y tienen velitas de números?', at('10:36')),
      wrote('Sí, $35 cada una 🎂', at('10:37')),
      wrote('María, aquí está tu anticipo.', at('10:37'), {
        kind: 'payButton',
        charge: deposit.id,
      }),
      said(
        'Sí, los dos porfa 🙌 dos pasteles medianos y una velita del 5. ¿te pago con tarjeta?',
        at('10:42'),
      ),
    ],
    [earlier, deposit],
    { unread: 2 },
  );
}

/** One card in each state, for looking at them side by side. */
function cards(): Played {
  const states: Partial<Charge>[] = [
    { payment: 'draft', delivery: null, link: null, description: 'Se está creando' },
    {
      payment: 'draft',
      delivery: null,
      link: null,
      description: 'No se creó',
      problem: {
        code: 'permission',
        title: 'Stripe refused the key',
        advice: 'Add “Payment links: write” to the key in Stripe and try again',
      },
    },
    { payment: 'open', delivery: 'queued', description: 'En espera' },
    { payment: 'open', delivery: 'unknown', description: 'Sin confirmar' },
    { payment: 'open', delivery: 'failed', description: 'No entregado' },
    {
      payment: 'processing',
      delivery: 'read',
      description: 'OXXO',
      method: 'oxxo',
      readAt: at('10:01'),
    },
    {
      payment: 'paid',
      delivery: 'read',
      description:
        '2 pasteles medianos, 1 velita y una mesa de dulces completa para cincuenta personas',
      paidAt: at('10:44'),
      fee: mxn(3_882),
      net: mxn(95_618),
      method: 'card •• 4242',
      verifiedAt: at('10:44'),
    },
    {
      payment: 'failedAttempt',
      delivery: 'read',
      description: 'Rechazado',
      problem: {
        code: 'card_declined',
        title: 'The bank declined the card',
        advice: 'Ask the customer to try another card',
      },
    },
    { payment: 'expired', delivery: 'delivered', description: 'Vencido' },
    { payment: 'cancelled', delivery: 'read', description: 'Cancelado' },
    {
      payment: 'refunded',
      delivery: 'read',
      description: 'Reembolsado',
      refunded: mxn(99_500),
      paidAt: at('09:00'),
    },
    { payment: 'disputed', delivery: 'read', description: 'En disputa', paidAt: at('09:00') },
    { payment: 'unknown', delivery: 'read', description: 'Sin entender' },
    {
      payment: 'needsApproval',
      delivery: null,
      link: null,
      description: 'Cotización grande',
      expiresAt: new Date(Date.parse(at('09:23')) + 48 * 3_600_000).toISOString(),
    },
    { payment: 'partlyPaid', delivery: 'read', description: 'SPEI incompleto' },
  ];
  const charges = states.map((state, index) =>
    playedCharge({
      amount: mxn(99_500 + index * 1000),
      createdAt: at(`09:${String(10 + index)}`),
      ...state,
    }),
  );
  const messages = charges
    .filter((charge) => charge.link !== null)
    .map((charge) =>
      wrote('Aquí está tu enlace.', charge.createdAt, {
        kind: 'payButton',
        charge: charge.id,
        delivery: charge.delivery,
        problem:
          charge.delivery === 'failed'
            ? {
                code: '131026',
                title: 'WhatsApp cannot deliver to this number',
                advice: 'Reach the customer another way.',
              }
            : null,
      }),
    );
  return person('Todas las tarjetas', '+52 1 55 0000 0001', messages, charges, { chip: null });
}

/** Lays the pieces out a minute apart; those that quote nothing known quote the one before. */
function laidOut(pieces: Piece[], hour: string): Message[] {
  const messages = pieces.map((piece, index) =>
    said(piece.text ?? '', at(`${hour}:${String(index).padStart(2, '0')}`), piece),
  );
  messages.forEach((message, index) => {
    const asked = messages[index - 1];
    if (message.quote && asked) message.quote = { ...message.quote, message: asked.id };
  });
  return messages;
}

function media(): Played {
  return person('Fotos y Voces', '+52 1 33 1520 0001', laidOut(MEDIA_PIECES, '08'));
}

function kinds(): Played {
  const messages = laidOut(OTHER_PIECES, '08');
  messages.push(
    wrote('Este salió del teléfono', at('09:17'), { origin: 'phone', delivery: 'delivered' }),
    wrote('¡Gracias por tu pago, Tomás!', at('09:18'), { origin: 'automatic', delivery: 'sent' }),
    wrote('En espera', at('09:19'), { delivery: 'queued' }),
    wrote('Enviándose', at('09:19'), { delivery: 'sending' }),
    wrote('Este no llegó', at('09:20'), {
      delivery: 'failed',
      problem: {
        code: '131047',
        title: 'The 24-hour window is closed',
        advice: 'The customer must write first.',
      },
    }),
    wrote('¿Este llegó?', at('09:20'), { delivery: 'unknown' }),
    said('', at('09:21'), { kind: 'image' }),
  );
  return person('Tomás Díaz', '+52 1 33 1520 8841', messages, [], {
    windowClosesAt: new Date(Date.now() + 2.2 * HOUR).toISOString(),
  });
}

function longTalk(count: number): Played {
  const messages = Array.from({ length: count }, (_, index) => {
    const when = new Date(Date.now() - (count - index) * 0.7 * HOUR).toISOString();
    const text = `${String(index + 1)}: ${'Palabras de una plática larga que sigue y sigue. '.repeat((index * 7) % 5)}fin`;
    return index % 3 === 0 ? wrote(text, when) : said(text, when);
  });
  return person('Plática Larga', '+57 300 555 0142', messages);
}

function simple(
  name: string,
  phone: string | null,
  text: string,
  when: string,
  charge: (Partial<Charge> & Pick<Charge, 'amount'>) | null,
  fields: Partial<ConversationRow> = {},
): Played {
  const charges = charge ? [playedCharge({ createdAt: when, ...charge })] : [];
  const link = charges.map(({ id, delivery }) =>
    wrote('Aquí está tu enlace de pago.', when, { kind: 'payButton', charge: id, delivery }),
  );
  return person(
    name,
    phone,
    [said('Hola, buenos días', when), ...link, said(text, when)],
    charges,
    fields,
  );
}

/** `longTalk` is how many messages the longest conversation has. */
export function playedMorning(longTalkLength: number): Played[] {
  return [
    maria(),
    simple(
      'Juan Pablo Ortiz',
      '+52 1 81 2233 4455',
      'Link enviado · Anticipo sesión de fotos',
      at('10:38'),
      {
        amount: mxn(250_000),
        delivery: 'sent',
      },
      { snippetFromMe: true },
    ),
    simple('Ana Souza', '+55 11 98765 4321', '✓ Pagamento confirmado, obrigada!', at('10:31'), {
      amount: { minor: 18_900, currency: 'BRL' },
      payment: 'paid',
      delivery: 'read',
      paidAt: at('10:30'),
      method: 'pix',
      fee: { minor: 189, currency: 'BRL' },
      net: { minor: 18_711, currency: 'BRL' },
    }),
    simple(
      'Gimnasio Fuerza',
      '+52 1 55 7788 9900',
      'Voucher OXXO generado, paga el lunes',
      at('10:12'),
      {
        amount: mxn(89_900),
        payment: 'processing',
        delivery: 'read',
        method: 'oxxo',
      },
    ),
    simple('Carlos Rivas', '+52 1 55 3141 5926', '¿Tienen talla M en negro?', at('09:58'), null, {
      unread: 1,
    }),
    simple(
      'Lucía Vargas',
      '+57 310 222 3344',
      'Perfecto, mensualidad activada para todo el año',
      at('09:40'),
      {
        amount: { minor: 12_000_000, currency: 'COP' },
        payment: 'paid',
        delivery: 'read',
      },
    ),
    kinds(),
    media(),
    simple(
      'Paula Benítez',
      '+54 9 11 5555 1234',
      'La tarjeta fue rechazada, ¿puedo con otra?',
      at('18:20', 1),
      {
        amount: mxn(119_000),
        payment: 'failedAttempt',
        delivery: 'read',
      },
      { unread: 1 },
    ),
    simple(
      'Rosa Medina',
      '+52 1 222 333 4444',
      'Gracias! Quedó hermoso el arreglo',
      at('16:02', 1),
      {
        amount: mxn(64_000),
        payment: 'paid',
        delivery: 'read',
      },
    ),
    cards(),
    simple('+52 1 999 123 4567', '+52 1 999 123 4567', 'hola', at('12:00', 2), null),
    simple(
      'Bartolomé Etcheverrigaray-Montenegro de la Santísima Trinidad',
      '+598 99 123 456',
      'Unnombremuylargosinespaciosparaverquepasacuandonocabeenlalinea',
      at('11:00', 2),
      {
        amount: { minor: 1_234_567_890, currency: 'CLP' },
        payment: 'open',
        delivery: 'delivered',
      },
    ),
    simple('Ventana Cerrada', '+52 1 55 1111 2222', 'Luego te aviso', at('11:00', 3), null, {
      windowClosesAt: new Date(Date.now() - 40 * HOUR).toISOString(),
    }),
    simple('Nuevo en otra línea', null, 'Vi su anuncio', at('10:00', 3), null, {
      line: 'line-9',
      lineName: '109876543210987',
      lineKnown: false,
      username: 'nuevo.cliente',
      unread: 3,
    }),
    longTalk(longTalkLength),
  ];
}

export function playedCrowd(count: number): Played[] {
  const names = ['Andrea', 'Bruno', 'Camila', 'Diego', 'Elena', 'Fabián', 'Gabriela', 'Hugo'];
  const families = ['Ramírez', 'Silva', 'Torres', 'Ureña', 'Vega', 'Zapata', 'Núñez', 'Ibáñez'];
  return Array.from({ length: count }, (_, index) =>
    simple(
      `${names[index % 8] ?? ''} ${families[Math.floor(index / 8) % 8] ?? ''} ${String(index)}`,
      `+52 1 55 ${String(10_000_000 + index * 37)}`,
      `Mensaje número ${String(index)}`,
      new Date(Date.now() - (index + 80) * 0.6 * HOUR).toISOString(),
      index % 3 === 0 ? { amount: mxn(10_000 + index * 150), delivery: 'delivered' } : null,
    ),
  );
}

/** Adds up what was paid, each currency by itself. */
export function sumsOf(paid: Charge[]): Money[] {
  const sums = new Map<string, number>();
  for (const { amount } of paid)
    sums.set(amount.currency, (sums.get(amount.currency) ?? 0) + amount.minor);
  return [...sums].map(([currency, minor]) => ({ currency, minor }));
}
