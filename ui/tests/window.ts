/** The whole window over a desk that answers: María and Ana, a charge and a few messages. */
import { fireEvent, render, screen } from '@testing-library/svelte';
import App from '../src/views/App.svelte';
import { deskAnswers, type Answers } from './desk';
import {
  aCharge,
  aConnection,
  aStripeAccount,
  aMessage,
  aPreview,
  anOverview,
  aPaymentRow,
  aRow,
  aStatus,
  aTemplate,
  aView,
  minutesAgo,
} from './things';

const soon = new Date(Date.now() + 20 * 3_600_000).toISOString();
export const maria = aRow({ windowClosesAt: soon, lastAt: new Date().toISOString(), unread: 2 });
export const ana = aRow({
  id: 'ana',
  name: 'Ana Souza',
  windowClosesAt: soon,
  lastAt: minutesAgo(60),
});

export function open(answers: Answers = {}) {
  return deskAnswers({
    status: () => aStatus({ unread: 3, holdSeconds: 0 }),
    counts: () => ({
      all: 2,
      mine: 2,
      unassigned: 2,
      unread: 1,
      awaiting: 0,
      paid: 0,
      snoozed: 0,
    }),
    labels: () => [],
    members: () => [{ id: 'me', name: '', isMe: true }],
    quick_replies: () => [],
    notify_rules: () => ({
      messages: true,
      payments: true,
      woke: true,
      quietFrom: null,
      quietTo: null,
      hideContent: false,
      sound: true,
    }),
    customers: () => ({ rows: [], next: null }),
    field_names: () => [],
    search_history: ({ query }) => ({
      people: [maria, ana].filter(({ name }) => name.toLowerCase().includes(String(query))),
      hits: [],
      next: null,
      isBuilding: false,
      unclear: null,
    }),
    conversations: () => ({ rows: [maria, ana], next: null }),
    conversation: ({ id }) =>
      aView({ row: id === 'ana' ? ana : maria, charges: id === 'maria' ? [aCharge()] : [] }),
    messages: ({ id }) => ({
      rows: [
        aMessage({ id: `${String(id)} 2`, kind: 'payButton', direction: 'out', charge: 'c1' }),
        aMessage({ id: `${String(id)} 1`, text: `Hola de ${String(id)}` }),
      ],
      next: null,
    }),
    preview_charge: () => aPreview(),
    products: () => [],
    create_charge: () => aCharge({ id: 'c2' }),
    overview: () => anOverview(),
    payment_counts: () => [{ filter: 'all', count: 1 }],
    payments: () => ({ rows: [aPaymentRow()], next: null }),
    reconciliations: () => [],
    disputes: () => [],
    subscriptions: () => ({ rows: [], next: null }),
    subscriptions_of: () => [],
    envelope_problems: () => [],
    unknown_messages: () => 0,
    alerts: () => [],
    history_imports: () => [],
    contact_suggestions: () => [],
    connection: () => aConnection(),
    stripe_account: () => aStripeAccount(),
    templates: () => [aTemplate()],
    kit: () => ({
      base: 'https://pay.example/',
      parts: [
        { part: 'paymentRequest', language: 'es', status: 'approved', reason: null },
        { part: 'paymentRequest', language: 'en', status: 'rejected', reason: 'Too short' },
      ],
    }),
    media_policy: () => ({ autoDownload: true, limitMegabytes: 16 }),
    ...answers,
  });
}

export async function opened(answers: Answers = {}) {
  const calls = open(answers);
  render(App);
  await screen.findAllByTestId('conversation-row');
  return calls;
}

export const press = (key: string) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key });
