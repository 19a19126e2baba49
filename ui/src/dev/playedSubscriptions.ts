/** The subscribers of the desk that only plays. */
import type { CoreEvent, Deed, Subscription, SubscriptionMessages } from '../lib/api';
import type { Played } from './people';

type Args = Record<string, unknown>;

const COMMANDS = new Set([
  'subscriptions',
  'subscriptions_of',
  'change_subscription',
  'send_card_link',
  'subscription_messages',
  'set_subscription_messages',
]);

const wish = new URLSearchParams(location.search);
const mxn = (minor: number) => ({ minor, currency: 'MXN' });
const DAY = 86_400_000;
const at = (days: number) => new Date(Date.now() + days * DAY).toISOString();

export class PlayedSubscriptions {
  #all: Subscription[] | null = null;
  #messages: SubscriptionMessages = {
    before: true,
    beforeDays: 3,
    after: true,
    failed: true,
    byTemplate: true,
  };

  constructor(
    private readonly people: Map<string, Played>,
    private readonly tell: (event: CoreEvent) => void,
  ) {}

  answers(command: string): boolean {
    return COMMANDS.has(command);
  }

  answer(command: string, args: Args): unknown {
    switch (command) {
      case 'subscriptions':
        return {
          rows: this.#rows().filter(
            ({ status }) => args['status'] === null || status === args['status'],
          ),
          next: null,
        };
      case 'subscriptions_of':
        return this.#rows().filter(({ conversation }) => conversation === args['conversation']);
      case 'change_subscription':
        return this.#change(args['deed'] as { subscription: string; deed: Deed });
      case 'set_subscription_messages':
        return (this.#messages = args['messages'] as SubscriptionMessages);
      case 'subscription_messages':
        return this.#messages;
      default:
        return {};
    }
  }

  #rows(): Subscription[] {
    if (wish.has('empty')) return [];
    return (this.#all ??= played([...this.people.values()]));
  }

  #change({ subscription, deed }: { subscription: string; deed: Deed }): Subscription {
    const change: Partial<Subscription> = {
      pause: { status: 'paused' as const, nextAt: null, resumesAt: untilOf(deed) },
      resume: { status: 'active' as const, resumesAt: null, nextAt: at(12) },
      cancelNow: { status: 'cancelled' as const, endedAt: at(0), nextAt: null },
      cancelAtPeriodEnd: { endsAt: at(12), nextAt: null },
      keepGoing: { endsAt: null, nextAt: at(12) },
    }[deed.type];
    const rows = this.#rows().map((row) => (row.id === subscription ? { ...row, ...change } : row));
    this.#all = rows;
    const changed = rows.find(({ id }) => id === subscription);
    if (!changed) throw new Error('This subscription was not found.');
    this.tell({
      type: 'chargeChanged',
      charge: changed.charge,
      conversation: changed.conversation,
    });
    return changed;
  }
}

function untilOf(deed: Deed): string | null {
  return deed.type === 'pause' ? deed.until : null;
}

function played(people: Played[]): Subscription[] {
  const stories: Partial<Subscription>[] = [
    { description: 'Caja mensual de pan', payments: 4, paid: mxn(128_000), nextAt: at(12) },
    {
      description: 'Mesa de dulces para la boda de Fernanda y Luis Alberto en Valle de Bravo',
      amount: mxn(157_500),
      instalments: 6,
      payments: 2,
      paid: mxn(315_000),
      nextAt: at(20),
    },
    {
      description: 'Café de especialidad',
      status: 'pastDue',
      every: { interval: 'week', count: 2 },
      payments: 7,
      paid: mxn(126_000),
      amount: mxn(18_000),
      retryAt: at(2),
    },
    {
      description: 'Caja mensual de pan',
      status: 'trialing',
      payments: 0,
      paid: mxn(0),
      nextAt: at(6),
    },
    { description: 'Flores', status: 'paused', payments: 3, paid: mxn(96_000), resumesAt: at(30) },
    {
      description: 'Batidora',
      status: 'finished',
      instalments: 3,
      amount: mxn(60_000),
      payments: 3,
      paid: mxn(180_000),
      endedAt: at(-9),
    },
    {
      description: 'Club de postres',
      every: { interval: 'year', count: 1 },
      amount: mxn(240_000),
      payments: 1,
      paid: mxn(240_000),
      endsAt: at(190),
    },
  ];
  return stories.flatMap((story, index) => {
    const person = people[index];
    if (!person) return [];
    return [
      {
        id: `sub_${String(index)}`,
        charge: `charge-${String(index)}`,
        conversation: person.row.id,
        customer: person.row.name,
        description: '',
        status: 'active' as const,
        amount: mxn(32_000),
        every: { interval: 'month' as const, count: 1 },
        instalments: null,
        payments: 1,
        paid: mxn(32_000),
        nextAt: null,
        trialEnd: null,
        resumesAt: null,
        endsAt: null,
        endedAt: null,
        startedAt: at(-120 + index),
        retryAt: null,
        problem: null,
        busy: false,
        livemode: false,
        ...story,
      },
    ];
  });
}
