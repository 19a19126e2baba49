import { screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { refuse, type Answers } from '../../tests/desk';
import { aCharge, aCustomer, aMessage, aRefund, minutesAgo } from '../../tests/things';
import { ana, maria, opened, press } from '../../tests/window';
import { language } from '../lib/i18n/language.svelte';

// Nothing has a height here, and a virtual list shows what fits: give everything one.
vi.mock('virtua/svelte', async () => await import('../../tests/plainList'));

const stats = { paidCount: 0, lifetime: [], held: [], since: null };

function shop(answers: Answers = {}): Answers {
  let joined = false;
  return {
    customers: () => ({
      rows: [
        { contact: 'c-maria', row: maria, stats },
        ...(joined ? [] : [{ contact: 'c-ana', row: ana, stats }]),
      ],
      next: null,
    }),
    customer: () =>
      aCustomer({
        contact: 'c-maria',
        joined: joined ? [{ contact: 'c-ana', name: 'Ana Souza', at: maria.lastAt }] : [],
      }),
    customer_messages: () => ({ rows: [], next: null }),
    join_contacts: () => {
      joined = true;
      return null;
    },
    split_contact: () => {
      joined = false;
      return null;
    },
    ...answers,
  };
}

async function openMaria(answers: Answers = {}) {
  const calls = await opened(shop(answers));
  await userEvent.click(screen.getByTestId('go-customers'));
  await userEvent.click((await screen.findAllByTestId('customer-row'))[0] ?? document.body);
  await screen.findByTestId('customer-profile');
  return calls;
}

describe('two customers who are one', () => {
  beforeEach(() => {
    language.choose('en');
  });

  it('are joined by keyboard after a second look, and split again by Z', async () => {
    const calls = await openMaria();
    const asked = (name: string) => calls.filter(({ command }) => command === name);
    await press('m');
    await screen.findByTestId('pick-input');
    expect(screen.getAllByTestId('pick-option').map(({ textContent }) => textContent)).toEqual([
      expect.stringContaining('Ana Souza'),
    ]);
    await userEvent.type(screen.getByTestId('pick-input'), '{Enter}');
    const confirm = await screen.findByTestId('join-confirm');
    expect(confirm.textContent).toContain('It can be split again');
    expect(asked('join_contacts')).toHaveLength(0);
    await userEvent.click(screen.getByTestId('join-confirm-yes'));
    await waitFor(() => {
      expect(asked('join_contacts').map(({ args }) => args)).toEqual([
        { keep: 'c-maria', other: 'c-ana' },
      ]);
    });
    expect((await screen.findByTestId('joined')).textContent).toContain('Ana Souza');
    await screen.findByTestId('join-undo');
    await press('z');
    await waitFor(() => {
      expect(asked('split_contact').map(({ args }) => args)).toEqual([
        { contact: 'c-maria', joined: 'c-ana' },
      ]);
    });
    await waitFor(() => expect(screen.queryByTestId('joined')).toBeNull());
  });

  it('stay two where the person keeps them so', async () => {
    const calls = await openMaria();
    await userEvent.click(screen.getByTestId('join-with'));
    await screen.findByTestId('pick-input');
    await userEvent.type(screen.getByTestId('pick-input'), '{Enter}');
    await screen.findByTestId('join-confirm');
    await userEvent.click(screen.getByText('Keep them apart'));
    expect(screen.queryByTestId('join-confirm')).toBeNull();
    expect(calls.some(({ command }) => command === 'join_contacts')).toBe(false);
  });

  it('say why they could not be joined', async () => {
    await openMaria({
      join_contacts: () => refuse({ code: 'notFound', message: 'Gone.' }),
    });
    await press('m');
    await screen.findByTestId('pick-input');
    await userEvent.type(screen.getByTestId('pick-input'), '{Enter}');
    await userEvent.click(await screen.findByTestId('join-confirm-yes'));
    await screen.findByText('They were not joined');
  });

  it('leave M to who writes a note', async () => {
    await openMaria();
    await userEvent.type(screen.getByTestId('customer-notes'), 'm');
    expect(screen.queryByTestId('pick-input')).toBeNull();
  });
});

describe('what a customer’s profile tells', () => {
  it('has what was said and paid, each at its time, and no way further back at the beginning', async () => {
    language.choose('en');
    const amount = { minor: 125_000, currency: 'MXN' };
    const charge = aCharge({ payment: 'refunded', paidAt: minutesAgo(300) });
    await openMaria({
      customer: () =>
        aCustomer({
          contact: 'c-maria',
          charges: [charge],
          payments: [
            { paymentIntent: 'pi_1', charge: 'c1', amount, method: null, paidAt: minutesAgo(300) },
          ],
          refunds: [aRefund({ createdAt: minutesAgo(60) })],
        }),
      customer_messages: ({ before }) =>
        before === null
          ? { rows: [aMessage({ at: minutesAgo(120) })], next: 'older' }
          : {
              rows: [
                aMessage({
                  ...{ id: 'm0', kind: 'payButton', direction: 'out', charge: 'c1' },
                  at: minutesAgo(360),
                }),
              ],
              next: null,
            },
    });
    const told = () => screen.getAllByTestId('story-part').map(({ dataset }) => dataset['kind']);
    expect(told()).toEqual(['refund', 'message']);
    await userEvent.click(screen.getByText('Show older'));
    await waitFor(() => {
      expect(told()).toEqual(['refund', 'message', 'payment', 'link']);
    });
    expect(screen.queryByText('Show older')).toBeNull();
  });
});
