/** What the played account can do: ways of paying and codes. Not part of the build. */
import type {
  ChargePreview,
  ChargeTerms,
  Coupon,
  Money,
  StripeAccount,
  StripeKey,
  SyncReport,
  Way,
  WhyNot,
} from '../lib/api';

const mxn = (minor: number): Money => ({ minor, currency: 'MXN' });

const PLAIN = {
  currency: null,
  least: null,
  most: null,
  refundable: true,
  refundDays: null,
  disputable: null,
  mostDays: null,
  isDelayed: false,
  needsSession: false,
  needsCustomer: false,
  onePayment: false,
};

/** Returns how a charge could be paid in a shop in Mexico. */
export function playedWays(amount: Money, terms: ChargeTerms | undefined): Way[] {
  const chosen = terms?.methods ?? [];
  const way = (method: string, limits: Way['limits'], obstacle: WhyNot | null): Way => ({
    method,
    limits,
    canChange: obstacle === null,
    whyNot:
      obstacle ??
      (chosen.length === 0
        ? limits?.needsSession
          ? { type: 'onRequest' }
          : null
        : chosen.includes(method)
          ? null
          : { type: 'leftOut' }),
  });
  const oxxo = {
    ...PLAIN,
    least: mxn(1_000),
    most: mxn(1_000_000),
    refundable: false,
    mostDays: 7,
  };
  const tooMuch: WhyNot | null =
    amount.minor > 1_000_000 ? { type: 'above', most: mxn(1_000_000) } : null;
  return [
    way('card', PLAIN, null),
    way('oxxo', { ...oxxo, isDelayed: true }, tooMuch),
    way('customer_balance', { ...PLAIN, isDelayed: true, needsSession: true }, null),
    way('pix', { ...PLAIN, refundDays: 90, mostDays: 14 }, { type: 'currency', only: 'BRL' }),
    way('afterpay_clearpay', null, { type: 'pending' }),
  ].sort((a, b) => Number(a.whyNot !== null) - Number(b.whyNot !== null));
}

/** Returns the account that all this is of. */
export function playedAccount(): StripeAccount {
  const ways = playedWays(mxn(50_000), undefined);
  const pending = new Set(['afterpay_clearpay']);
  return {
    id: 'acct_1QDulceVidaMX',
    livemode: false,
    readAt: new Date(Date.now() - 5_400_000).toISOString(),
    country: 'MX',
    defaultCurrency: 'MXN',
    chargesEnabled: true,
    methods: [
      ...ways.map(({ method, limits }) => ({
        method,
        limits,
        state: pending.has(method) ? ('pending' as const) : ('active' as const),
      })),
      { method: 'boleto', limits: null, state: 'inactive' as const },
    ],
  };
}

/** Returns what would carry it at Stripe. */
export function playedCarrier(terms: ChargeTerms | undefined): ChargePreview['carrier'] {
  const page = (reason: ChargePreview['carrier']['reason']): ChargePreview['carrier'] => ({
    object: 'checkoutSession',
    reason,
    endsWithinADay: true,
  });
  if (terms?.methods?.includes('customer_balance')) return page('spei');
  if (terms?.coupon) return page('discount');
  if (terms?.shippingRates?.length) return page('shippingChoices');
  return { object: 'paymentLink', reason: 'linkLasts', endsWithinADay: false };
}

export const PLAYED_CODES: Coupon[] = [
  { id: 'promo_1', code: 'BUENFIN', off: { type: 'percent', basisPoints: 1_500 } },
  { id: 'promo_2', code: 'HOLA50', off: { type: 'amount', amount: mxn(5_000) } },
  {
    id: 'co_3',
    code: 'Descuento de bienvenida para clientes que vuelven después de mucho tiempo',
    off: { type: 'percent', basisPoints: 1_250 },
  },
];

export const PLAYED_SYNC: SyncReport = {
  imported: 12,
  taken: 1,
  created: 3,
  sent: 0,
  same: 41,
  conflicts: 1,
  skipped: [
    {
      name: 'Paquete corporativo',
      product: null,
      why: 'It has several prices and none is its default. Choose one at Stripe',
    },
  ],
};

/** A restricted key that lacks a permission. */
export const PLAYED_KEY: StripeKey = {
  hint: 'rk_test_…4f2K',
  mayDoEverything: false,
  checkedAt: new Date().toISOString(),
  permissions: [
    ['rak_payment_link_write', 'Payment Links: Write'],
    ['rak_checkout_session_write', 'Checkout Sessions: Write'],
    ['rak_payment_intent_read', 'Payment Intents: Read'],
    ['rak_charge_write', 'Charges and Refunds: Write'],
    ['rak_billing_portal_write', 'Customer Portal: Write'],
  ].map(([name = '', words = '']) => ({
    name,
    words,
    granted: name !== 'rak_billing_portal_write',
  })),
};
