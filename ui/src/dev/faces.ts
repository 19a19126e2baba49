/** One message of every kind and state, for looking at them side by side. */
import type { Content, MediaView, Message } from '../lib/api';

export type Piece = Partial<Omit<Message, 'id' | 'conversation' | 'at'>>;

function media(fields: Partial<MediaView>): MediaView {
  return {
    state: 'ready',
    mime: 'image/jpeg',
    name: null,
    size: 184_000,
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

const out = { direction: 'out', origin: 'desk', delivery: 'read' } as const;

function holds(kind: Message['kind'], content: Content, fields: Piece = {}): Piece {
  return { kind, content, ...fields };
}

const waiting = { hasThumbnail: false } as const;

export const MEDIA_PIECES: Piece[] = [
  { kind: 'image', text: 'Así lo quiero, con *fresas* 🍓', media: media({}) },
  {
    kind: 'image',
    media: media({ width: 600, height: 1100 }),
    reactions: [{ direction: 'out', emoji: '❤️' }],
  },
  { kind: 'image', media: media({ ...waiting, state: 'waiting' }) },
  { kind: 'image', media: media({ ...waiting, state: 'fetching' }) },
  { kind: 'image', media: media({ state: 'onDemand', size: 12_400_000 }) },
  {
    kind: 'video',
    media: media({ ...waiting, state: 'onDemand', mime: 'video/mp4', size: 14_900_000 }),
  },
  {
    kind: 'image',
    media: media({
      ...waiting,
      state: 'failed',
      problem: { code: 'sha256', title: 'The file arrived damaged', advice: 'Try again.' },
    }),
  },
  {
    kind: 'document',
    media: media({ ...waiting, state: 'gone', mime: 'application/pdf', name: 'comprobante.pdf' }),
  },
  {
    kind: 'video',
    text: 'El local por dentro',
    media: media({ mime: 'video/mp4', durationMs: 74_000, width: 1280, height: 720 }),
  },
  {
    kind: 'voice',
    media: media({ mime: 'audio/ogg', voice: true, durationMs: 3_000, hasThumbnail: false }),
  },
  {
    kind: 'voice',
    ...out,
    media: media({ mime: 'audio/ogg', voice: true, durationMs: 3_000, hasThumbnail: false }),
  },
  {
    kind: 'audio',
    media: media({
      mime: 'audio/mpeg',
      name: 'cancion-de-cumple.mp3',
      durationMs: 3_000,
      hasThumbnail: false,
    }),
  },
  {
    kind: 'document',
    media: media({
      mime: 'application/pdf',
      name: 'Constancia-de-situacion-fiscal-2026-con-un-nombre-larguisimo.pdf',
      size: 482_113,
      hasThumbnail: false,
    }),
  },
  {
    kind: 'document',
    ...out,
    text: 'La cotización que pediste',
    media: media({
      mime: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      name: 'Cotizacion.xlsx',
      size: 18_240,
      hasThumbnail: false,
    }),
  },
  { kind: 'sticker', media: media({ mime: 'image/webp', width: 512, height: 512 }) },
  { kind: 'mediaPlaceholder', text: '' },
];

export const OTHER_PIECES: Piece[] = [
  {
    text: 'Hola, vi su anuncio y quiero saber más https://dulcevida.mx/pasteles?de=ig',
    referral: {
      sourceType: 'ad',
      sourceId: '1',
      sourceUrl: 'https://fb.me/abc',
      headline: 'Pasteles de tres leches',
      body: 'Entrega el mismo día en CDMX',
      ctwaClid: null,
      product: null,
    },
  },
  {
    text: '¿Todavía tienen?',
    productName: 'Rosca de Reyes',
    referral: aboutProduct('ROSCA-12'),
  },
  { text: '¿Y de este?', referral: aboutProduct('SKU-77') },
  holds('location', {
    type: 'location',
    latitude: 19.3635,
    longitude: -99.1796,
    name: 'Cafebrería El Péndulo',
    address: 'Av. Insurgentes Sur 1602, Crédito Constructor',
    url: null,
  }),
  holds(
    'location',
    {
      type: 'location',
      latitude: 19.4326,
      longitude: -99.1332,
      name: null,
      address: null,
      url: null,
    },
    out,
  ),
  holds('contacts', {
    type: 'contacts',
    cards: [
      {
        name: 'Pedro Salas',
        organization: 'Fletes Salas',
        phones: [
          { phone: '+52 55 1234 5678', waId: '5215512345678' },
          { phone: '+52 55 8765 4321', waId: null },
        ],
        emails: ['pedro@fletes.mx'],
      },
    ],
  }),
  holds(
    'choices',
    {
      type: 'buttons',
      buttons: [
        { id: '1', title: 'Hoy', description: null },
        { id: '2', title: 'Mañana', description: null },
        { id: '3', title: 'Otro día', description: null },
      ],
    },
    { ...out, text: '¿Para cuándo lo quieres?' },
  ),
  holds(
    'button',
    { type: 'buttonReply', title: 'Mañana', id: '2' },
    {
      quote: { message: null, direction: 'out', kind: 'choices', text: '¿Para cuándo lo quieres?' },
    },
  ),
  holds(
    'choices',
    {
      type: 'list',
      button: 'Ver tamaños',
      sections: [
        {
          title: 'Redondos',
          rows: [
            { id: 'a', title: 'Chico', description: '6 personas · $280' },
            { id: 'b', title: 'Mediano', description: '12 personas · $480' },
          ],
        },
      ],
    },
    { ...out, text: '¿De qué tamaño?' },
  ),
  holds(
    'interactive',
    { type: 'listReply', title: 'Mediano', description: '12 personas · $480', id: 'b' },
    { quote: { message: null, direction: 'out', kind: 'choices', text: '¿De qué tamaño?' } },
  ),
  holds('interactive', {
    type: 'flowReply',
    name: 'Datos de entrega',
    answers: [
      { name: 'calle', value: 'Insurgentes Sur 1602, depto. 4' },
      { name: 'código postal', value: '03940' },
      { name: 'horario', value: 'Por la tarde' },
    ],
  }),
  holds(
    'order',
    {
      type: 'order',
      catalogId: '9',
      items: [
        { product: 'PASTEL-3L-M', quantity: 2, price: '480.00', currency: 'MXN' },
        { product: 'VELITA-5', quantity: 1, price: '35.00', currency: 'MXN' },
      ],
    },
    { text: 'Sin nueces, por favor' },
  ),
  holds(
    'template',
    {
      type: 'template',
      name: 'cobro_payment_request',
      language: 'es',
      header: 'Tu pedido',
      footer: 'Tienda Dulce Vida',
      buttons: [{ title: 'Pagar', url: 'https://pagar.dulcevida.mx/abc' }],
    },
    {
      ...out,
      text: 'Hola Tomás, tu pedido de *$995.00* está listo para pagar.',
      pricing: { billable: true, model: 'PMP', category: 'utility', kind: 'regular' },
    },
  ),
  holds('call', { type: 'call', event: 'missed' }),
  holds('unsupported', {
    type: 'unsupported',
    original: 'poll_creation',
    code: 131051,
    title: 'Message type unknown',
    details: null,
  }),
  { text: 'Mejor el jueves', editedAt: new Date().toISOString() },
  { text: 'No se ve', revokedAt: new Date().toISOString() },
  { ...out, text: 'Tampoco', revokedAt: new Date().toISOString() },
  { text: 'Cadena de la suerte', forwarded: 'often' },
  {
    text: 'Te lo paso',
    forwarded: 'once',
    reactions: [
      { direction: 'in', emoji: '😂' },
      { direction: 'out', emoji: '👍' },
    ],
  },
  { text: 'Este *negrita*, _cursiva_, ~tachado~ y ```codigo```' },
  {
    text: 'Para el sábado:\n- *dos* roscas\n- una vela que sea larga, de las que duran toda la noche y no gotean\n1. azul\n2. blanca\n> ¿a las 5?\n> o a las 6\nGracias',
  },
  { text: '🎂' },
  { text: '👩‍👧‍👦❤️🇲🇽' },
  holds('unknown', {
    type: 'unsupported',
    original: 'hologram',
    code: null,
    title: null,
    details: null,
  }),
  holds('system', {
    type: 'system',
    change: 'number',
    previous: '525512340000',
    current: '525599990000',
  }),
  holds('system', { type: 'system', change: 'identity', previous: null, current: null }),
  { ...out, text: 'Esperó toda la noche', delivery: 'queued', asks: true },
  {
    ...out,
    text: 'Otro intento de lo mismo',
    delivery: 'delivered',
    retryOf: 'x',
    pricing: { billable: false, model: 'PMP', category: 'service', kind: 'free_customer_service' },
  },
];

function aboutProduct(product: string): NonNullable<Piece['referral']> {
  return {
    sourceType: null,
    sourceId: null,
    sourceUrl: null,
    headline: null,
    body: null,
    ctwaClid: null,
    product,
  };
}
