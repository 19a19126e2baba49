import { screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { refuse, type Answers } from '../../tests/desk';
import { aStatus, aStripeAccount } from '../../tests/things';
import { opened } from '../../tests/window';
import { language } from '../lib/i18n/language.svelte';

// Nothing has a height here, and a virtual list shows what fits: give everything one.
vi.mock('virtua/svelte', async () => await import('../../tests/plainList'));

const KEY = 'rk_test_51QabcDEF';

async function shown(answers: Answers = {}) {
  const calls = await opened({ status: () => aStatus({ mode: 'test' }), ...answers });
  await userEvent.click(screen.getByTestId('go-settings'));
  await userEvent.click(screen.getByTestId('section-stripe'));
  return calls;
}

describe('settings: Stripe', () => {
  beforeEach(() => {
    language.choose('en');
  });

  it('shows the account, its mode, what it can do, and how often it is asked', async () => {
    await shown();
    const page = await screen.findByTestId('stripe-settings');
    expect(page.textContent).toContain('acct_1Shop');
    expect(page.textContent).toContain('Mexico');
    expect(page.textContent).toMatch(/Stripe reads this month/);
    const ways = screen.getAllByTestId('account-way').map(({ dataset }) => dataset['state']);
    expect(ways).toEqual(['active', 'pending']);
  });

  it('says that an account may not take payments yet', async () => {
    await shown({ stripe_account: () => aStripeAccount({ chargesEnabled: false }) });
    expect((await screen.findByRole('alert')).textContent).toContain('Stripe takes no payments');
  });

  it('tries another key, keeps it out of sight, and says when it counts', async () => {
    const calls = await shown();
    const field = await screen.findByTestId<HTMLInputElement>('new-stripe-key');
    expect(field.type).toBe('password');
    await userEvent.type(field, KEY);
    await userEvent.click(screen.getByTestId('save-stripe-key'));
    expect((await screen.findByTestId('stripe-key-kept')).textContent).toContain('start it again');
    expect(calls.find(({ command }) => command === 'save_stripe_key')?.args).toEqual({ key: KEY });
    expect(screen.getByTestId<HTMLInputElement>('new-stripe-key').value).toBe('');
  });

  it('names what the key may not do, in the words of Stripe’s dashboard', async () => {
    const key = {
      hint: 'rk_test_…bDEF',
      mayDoEverything: false,
      checkedAt: new Date().toISOString(),
      permissions: [
        { name: 'rak_payout_read', words: 'Payouts: Read', granted: false },
        { name: 'rak_event_read', words: 'Events: Read', granted: true },
      ],
    };
    const calls = await shown({
      stripe_key: () => ({ ...key, checkedAt: null, permissions: [] }),
      try_stripe_key: () => key,
      save_stripe_key: () => key,
    });
    expect((await screen.findByTestId('stripe-key-facts')).textContent).toContain('not tried yet');
    await userEvent.click(screen.getByTestId('try-stripe-key'));
    const [missing] = await screen.findAllByTestId('key-permission');
    expect(missing?.dataset['granted']).toBe('false');
    expect(missing?.textContent).toContain('Payouts: Read');
    expect(calls.some(({ command }) => command === 'try_stripe_key')).toBe(true);
    await userEvent.type(screen.getByTestId('new-stripe-key'), KEY);
    await userEvent.click(screen.getByTestId('save-stripe-key'));
    await screen.findByTestId('stripe-key-kept');
    expect(screen.getAllByText('Payouts: Read')).toHaveLength(2);
  });

  it('asks for another key where Stripe refuses it, and promises nothing', async () => {
    await shown({
      save_stripe_key: () => refuse({ code: 'stripe', message: 'Stripe refused the key.' }),
    });
    await userEvent.type(await screen.findByTestId('new-stripe-key'), KEY);
    await userEvent.click(screen.getByTestId('save-stripe-key'));
    expect((await screen.findByTestId('step-failure')).textContent).toContain(
      'Stripe refused the key',
    );
    expect(screen.queryByTestId('stripe-key-kept')).toBeNull();
  });

  it('takes nothing that is no key', async () => {
    await shown();
    await userEvent.type(await screen.findByTestId('new-stripe-key'), 'pk_test_1');
    expect(screen.getByTestId<HTMLButtonElement>('save-stripe-key').disabled).toBe(true);
    await screen.findByText(/A key begins with/);
  });

  it('asks to connect where there is no key yet', async () => {
    await shown({ status: () => aStatus({ mode: 'unset' }), stripe_account: () => null });
    await screen.findByText(/No key yet/);
    expect(screen.queryByTestId('read-ways')).toBeNull();
  });

  it('asks Stripe anew', async () => {
    const calls = await shown();
    await userEvent.click(await screen.findByTestId('read-ways'));
    await waitFor(() => expect(calls.some(({ command }) => command === 'read_ways')).toBe(true));
  });

  it('can be read again after it failed', async () => {
    let fails = true;
    await shown({ stripe_account: () => (fails ? refuse({ code: 'offline' }) : aStripeAccount()) });
    await screen.findByText('The Stripe account could not be read');
    fails = false;
    await userEvent.click(screen.getByText('Try again'));
    await screen.findByTestId('stripe-settings');
  });
});
