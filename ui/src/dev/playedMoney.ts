/** The money side of the desk that only plays: payments, refunds, disputes, payouts, the books. */
import type {
  AfterSale,
  BookLine,
  Charge,
  CoreEvent,
  Dispute,
  Fulfilment,
  NewRefund,
  Overview,
  Page,
  PaymentFilter,
  PaymentRow,
  Reconciliation,
  ReconcileReport,
  Refund,
  ReminderPolicy,
  ReportPeriod,
  SavedFilter,
} from '../lib/api';
import type { Played } from './people';
import { playedReport } from './playedReport';

type Args = Record<string, unknown>;

const COMMANDS = new Set([
  'overview',
  'payment_counts',
  'saved_filters',
  'save_filters',
  'payments',
  'refundable',
  'create_refund',
  'disputes',
  'save_evidence',
  'payouts',
  'payout_contents',
  'move_order',
  'issue_again',
  'set_reminders',
  'reminder_policy',
  'set_reminder_policy',
  'after_sale',
  'set_after_sale',
  'accept_contested',
  'reconcile_estimate',
  'reconcile_start',
  'reconcile_resume',
  'reconcile_cancel',
  'reconciliations',
  'reconcile_report',
  'reconcile_lines',
  'tie_suggestions',
  'tie_payment',
  'untie_payment',
  'note_exception',
  'save_report',
  'save_payments',
  'sales_report',
  'save_sales_report',
]);

const wish = new URLSearchParams(location.search);
const mxn = (minor: number) => ({ minor, currency: 'MXN' });
const DAY = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * DAY).toISOString();

const SHOWN: Partial<Record<PaymentFilter, string[]>> = {
  paid: ['paid', 'overpaid', 'partlyPaid'],
  sent: ['open', 'processing', 'failedAttempt', 'partlyPaid'],
  voucher: ['processing'],
  failed: ['failedAttempt', 'expired'],
  refunded: ['refunded', 'partlyRefunded'],
  approval: ['needsApproval'],
};

export class PlayedMoney {
  #refunds: Refund[] = [];
  #saved: SavedFilter[] = [];
  #runs: Reconciliation[] = wish.has('unread') ? [] : [run(0, 'done')];
  #tied = false;
  #note: string | null = null;
  #after: AfterSale = {
    thanks: '',
    nextStep: '',
    asksShipping: false,
    shipping: '',
    byTemplate: false,
    tellsOrder: true,
    renewsOrder: true,
  };
  #policy: ReminderPolicy = {
    on: true,
    afterHours: 4,
    most: 2,
    byTemplate: false,
    vouchers: true,
    voucherHours: 12,
  };

  constructor(
    private readonly people: Map<string, Played>,
    private readonly tell: (event: CoreEvent) => void,
  ) {}

  answers(command: string): boolean {
    return COMMANDS.has(command);
  }

  refundsOf(charges: Charge[]): Refund[] {
    return this.#refunds.filter(({ charge }) => charges.some(({ id }) => id === charge));
  }

  answer(command: string, args: Args): unknown {
    switch (command) {
      case 'overview':
        return this.#overview();
      case 'sales_report':
        return playedReport(args['period'] as ReportPeriod, args['currency'] as string | null);
      case 'saved_filters':
        return this.#saved;
      case 'save_filters':
        this.#saved = args['filters'] as SavedFilter[];
        return null;
      case 'payment_counts':
        return (['all', 'paid', 'sent', 'voucher', 'failed', 'unmatched', 'approval'] as const).map(
          (filter) => ({ filter, count: this.#rows(filter, '').length }),
        );
      case 'payments':
        return page(
          this.#rows(args['filter'] as PaymentFilter, String(args['query'])),
          Number(args['after'] ?? 0),
        );
      case 'refundable':
        return this.#refundable(String(args['charge']));
      case 'create_refund':
        return this.#refund(args['refund'] as NewRefund);
      case 'disputes':
        return wish.has('empty') ? [] : [dispute()];
      case 'payouts':
        return wish.has('empty') ? { rows: [], next: null } : { rows: payouts(), next: null };
      case 'payout_contents':
        return {
          lines: [
            line('ch_1', 'charge', 125_000, 4_800, 'María González'),
            line('re_1', 'refund', -10_000, 0, 'Juan Pablo Ortiz'),
          ],
          amount: 115_000,
          fee: 4_800,
          net: 110_200,
          more: false,
        };
      case 'move_order':
        return this.#move(String(args['charge']), args['to'] as Fulfilment);
      case 'reminder_policy':
        return this.#policy;
      case 'set_reminder_policy':
        return (this.#policy = args['policy'] as ReminderPolicy);
      case 'after_sale':
        return this.#after;
      case 'set_after_sale':
        return (this.#after = args['after'] as AfterSale);
      case 'reconcile_estimate':
        return { reads: 24, left: 9_588, allowance: 10_000, warns: wish.has('costly') };
      case 'reconcile_start':
        return this.#start();
      case 'reconcile_cancel':
        this.#runs = this.#runs.map((each, index) =>
          index === 0 ? { ...each, state: 'cancelled' } : each,
        );
        this.tell({ type: 'reconcileChanged' });
        return null;
      case 'reconciliations':
        return this.#runs;
      case 'reconcile_report':
        return this.#report();
      case 'reconcile_lines':
        return { rows: this.#lines(String(args['shown'])), next: null };
      case 'tie_suggestions':
        return [
          {
            conversation: [...this.people.keys()][0] ?? '',
            name: 'María González',
            charge: null,
            reasons: ['amount', 'name', 'time'],
          },
        ];
      case 'tie_payment':
      case 'untie_payment':
        this.#tied = command === 'tie_payment';
        this.tell({ type: 'reconcileChanged' });
        return null;
      case 'note_exception':
        this.#note = args['note'] as string | null;
        this.tell({ type: 'reconcileChanged' });
        return null;
      default:
        return null;
    }
  }

  #all(): { charge: Charge; played: Played }[] {
    return [...this.people.values()].flatMap((played) =>
      played.charges.map((charge) => ({ charge, played })),
    );
  }

  #rows(filter: PaymentFilter, query: string): PaymentRow[] {
    const wanted = SHOWN[filter];
    const rows: PaymentRow[] = this.#all()
      .filter(({ charge }) => filter === 'all' || wanted?.includes(charge.payment))
      .map(({ charge, played }) => ({
        key: charge.id,
        at: charge.createdAt,
        amount: charge.amount,
        description: charge.description,
        method: charge.method,
        customer: played.row.name,
        conversation: played.row.id,
        charge,
        paymentIntent: charge.stripeIds.paymentIntent,
      }));
    if ((filter === 'all' || filter === 'unmatched') && !wish.has('empty') && !this.#tied)
      rows.push({
        key: 'loose',
        at: ago(0.3),
        amount: mxn(31_000),
        description: '',
        method: 'card •• 9424',
        customer: 'Maria Gonzalez',
        conversation: null,
        charge: null,
        paymentIntent: 'pi_3QloOse9424',
      });
    const wished = Number(wish.get('payments') ?? 0);
    const many = Array.from({ length: Math.max(0, wished - rows.length) }, (_, index) => {
      const row = rows[index % rows.length];
      const earlier = new Date(Date.parse(row?.at ?? ago(1)) - (index + 1) * 3_100_000);
      return row && { ...row, key: `${row.key}-${String(index)}`, at: earlier.toISOString() };
    });
    return [...rows, ...many.filter((row) => row !== undefined)]
      .filter((row) =>
        `${row.customer ?? ''} ${row.description}`.toLowerCase().includes(query.toLowerCase()),
      )
      .sort((a, b) => b.at.localeCompare(a.at));
  }

  #overview(): Overview {
    const heights = [12, 18, 9, 22, 27, 31, 16, 14, 24, 29, 33, 20, 26, 38];
    const days = heights.map((height, index) => ({
      day: ago(13 - index).slice(0, 10),
      amount: mxn(wish.has('empty') ? 0 : height * 100_000 + 21_400),
      payments: wish.has('empty') ? 0 : height,
    }));
    const empty = wish.has('empty');
    return {
      currency: 'MXN',
      currencies: ['MXN', 'BRL'],
      today: {
        amount: mxn(empty ? 0 : 3_821_400),
        refunded: mxn(empty ? 0 : 42_000),
        payments: empty ? 0 : 27,
        net: 3_680_200,
        withoutFee: 0,
      },
      waiting: {
        amount: mxn(empty ? 0 : 984_000),
        links: empty ? 0 : 11,
        oldest: empty ? null : ago(1.3),
      },
      conversion: { links: empty ? 0 : 312, paid: 231, medianSeconds: empty ? null : 192 },
      approvals: this.#approvals(),
      reconciled: empty
        ? null
        : { payments: 271, open: this.#tied ? 0 : 1, until: ago(0), readAt: ago(0.1) },
      days,
      disputesOpen: empty ? 0 : 1,
      contested: 0,
    };
  }

  #approvals() {
    const waiting = this.#rows('approval', '');
    const minor = waiting.reduce((sum, { amount }) => sum + amount.minor, 0);
    return { amount: mxn(minor), charges: waiting.length };
  }

  #refundable(id: string) {
    const charge = this.#all().find(({ charge }) => charge.id === id)?.charge;
    if (charge?.method === 'oxxo')
      return {
        most: null,
        whyNot: {
          code: 'not_refundable',
          title: 'This way of paying can’t be refunded',
          advice: 'Pay the customer yourself, such as by transfer.',
        },
        notes: [],
      };
    return { most: charge?.amount ?? null, whyNot: null, notes: ['feeStays', 'takesDays'] };
  }

  #refund(refund: NewRefund): Refund {
    const made: Refund = {
      id: refund.id,
      charge: refund.charge,
      paymentIntent: 'pi_1',
      amount: refund.amount,
      reason: refund.reason,
      note: refund.note,
      state: 'pending',
      stripeId: 're_1',
      elsewhere: false,
      createdAt: ago(0),
      changedAt: ago(0),
      problem: null,
    };
    this.#refunds.push(made);
    this.#changed(refund.charge, { payment: 'partlyRefunded', refunded: refund.amount });
    return made;
  }

  #move(id: string, to: Fulfilment) {
    const charge = this.#changed(id, { fulfilment: to, fulfilmentAt: ago(0) });
    return { charge, told: false, whyNot: null };
  }

  #changed(id: string, fields: Partial<Charge>): Charge | undefined {
    const found = this.#all().find(({ charge }) => charge.id === id);
    if (!found) return undefined;
    const changed = { ...found.charge, ...fields };
    found.played.charges = found.played.charges.map((each) => (each.id === id ? changed : each));
    this.tell({ type: 'chargeChanged', charge: id, conversation: found.played.row.id });
    return changed;
  }

  #start() {
    const started = run(this.#runs.length, 'running');
    this.#runs = [started, ...this.#runs];
    setTimeout(() => {
      this.#runs = this.#runs.map((each) =>
        each.id === started.id && each.state === 'running' ? run(1, 'done') : each,
      );
      this.tell({ type: 'reconcileChanged' });
    }, 2500);
    return started;
  }

  #report(): ReconcileReport {
    const open = this.#tied || this.#note ? 0 : 1;
    const sum = (amount: number, fee: number) => ({ amount, fee, net: amount - fee });
    return {
      run: this.#runs.find(({ state }) => state === 'done') ?? run(0, 'done'),
      counts: [
        {
          class: 'matched',
          objects: 1084,
          payments: this.#tied ? 271 : 270,
          lines: this.#tied ? 272 : 271,
          open: 0,
        },
        {
          class: 'unmatched',
          objects: 4,
          payments: this.#tied ? 0 : 1,
          lines: this.#tied ? 0 : 1,
          open,
        },
        { class: 'refundOrDispute', objects: 6, payments: 3, lines: 3, open: 0 },
        { class: 'other', objects: 9, payments: 0, lines: 0, open: 0 },
      ],
      sums: [
        {
          currency: 'MXN',
          classes: [
            { class: 'matched', sum: sum(38_214_00, 1_412_00) },
            { class: 'unmatched', sum: sum(310_00, 14_16) },
            { class: 'refundOrDispute', sum: sum(-640_00, 0) },
            { class: 'other', sum: sum(-30_000_00, 0) },
          ],
          stripe: sum(7_884_00, 1_426_16),
          booked: sum(7_884_00, 1_426_16),
          keptHere: sum(38_214_00, 1_412_00),
          matchedAtStripe: sum(38_214_00, 1_412_00),
        },
      ],
      closes: true,
      open,
    };
  }

  #lines(shown: string): BookLine[] {
    if (shown === 'unmatched' && this.#tied) return [];
    const [first] = this.people.values();
    const loose = shown === 'unmatched';
    const line: BookLine = {
      key: '1',
      class: loose ? 'unmatched' : 'matched',
      kind: 'charge',
      id: 'ch_3QloOse9424',
      at: ago(0.3),
      amount: mxn(31_000),
      fee: 1_416,
      net: 29_584,
      settledIn: 'MXN',
      status: 'succeeded',
      paymentIntent: 'pi_3QloOse9424',
      buyer: 'Maria Gonzalez',
      description: 'Payment from dashboard',
      charge: null,
      conversation: loose ? null : (first?.row.id ?? null),
      customer: loose ? null : (first?.row.name ?? null),
      asked: null,
      note: this.#note,
      tied: !loose && this.#tied,
    };
    if (loose) return [line];
    const paid = { description: null, note: null, tied: false };
    return [
      line,
      { ...line, ...paid, key: '2', id: 'ch_2', amount: mxn(123_456_750), asked: mxn(123_400_000) },
      {
        ...line,
        ...paid,
        key: '3',
        id: 'ch_3',
        amount: mxn(9_00),
        at: ago(40),
        conversation: null,
      },
      { ...line, ...paid, key: '4', id: 'ch_4', status: 'failed', tied: true },
    ];
  }
}

function run(number: number, state: Reconciliation['state']): Reconciliation {
  return {
    id: `run-${String(number)}-${state}`,
    since: startOf(30),
    until: ago(0),
    livemode: false,
    state,
    stage: state === 'running' ? 'charges' : 'done',
    reads: 24,
    objects: 1103,
    unreadable: 0,
    repaired: 1,
    skipped: [],
    startedAt: ago(0),
    finishedAt: state === 'done' ? ago(0) : null,
    problem: null,
  };
}

/** As the picker's first day: it begins at midnight. */
function startOf(days: number): string {
  const day = new Date(Date.now() - days * DAY);
  day.setHours(0, 0, 0, 0);
  return day.toISOString();
}

function dispute(): Dispute {
  return {
    id: 'du_1',
    paymentIntent: 'pi_1',
    charge: 'charge-1',
    conversation: null,
    customer: 'Rosa Medina',
    amount: mxn(64_000),
    reason: 'product_not_received',
    status: 'needs_response',
    dueBy: new Date(Date.now() + 5 * DAY).toISOString(),
    isOpen: true,
    createdAt: ago(2),
    dashboard: 'https://dashboard.stripe.com/test/disputes/du_1',
  };
}

function payouts() {
  return [
    {
      id: 'po_2',
      amount: 3_012_400,
      currency: 'MXN',
      status: 'in_transit',
      arrives: new Date(Date.now() + 2 * DAY).toISOString(),
      createdAt: ago(0),
      failure: null,
      dashboard: 'https://dashboard.stripe.com/test/payouts/po_2',
    },
    {
      id: 'po_1',
      amount: 110_200,
      currency: 'MXN',
      status: 'paid',
      arrives: ago(5),
      createdAt: ago(7),
      failure: null,
      dashboard: 'https://dashboard.stripe.com/test/payouts/po_1',
    },
  ];
}

function line(id: string, kind: string, amount: number, fee: number, customer: string) {
  return {
    id,
    kind,
    amount,
    fee,
    net: amount - fee,
    at: ago(7),
    charge: null,
    conversation: 'maria',
    customer,
  };
}

/** As the core does: fifty a page. */
function page<T>(rows: T[], from: number): Page<T> {
  const until = from + 50;
  return { rows: rows.slice(from, until), next: until < rows.length ? String(until) : null };
}
