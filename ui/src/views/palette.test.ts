import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Answers } from '../../tests/desk';
import { aCustomer, aProduct } from '../../tests/things';
import { ana, maria, opened, press } from '../../tests/window';
import { language } from '../lib/i18n/language.svelte';

// Nothing has a height here, and a virtual list shows what fits: give everything one.
vi.mock('virtua/svelte', async () => await import('../../tests/plainList'));

const cake = aProduct({ id: 'cake', name: 'Pastel de tres leches' });
const shop: Answers = {
  products: () => [cake, aProduct({ id: 'old', name: 'Pastel de ayer', active: false })],
  quick_replies: () => [{ id: 'q', shortcut: 'envio', text: 'Llega mañana', files: [] }],
  customers: ({ query }) => ({
    rows: [maria, ana]
      .filter(({ name }) => name.toLowerCase().includes(String(query).toLowerCase()))
      .map((row) => ({
        contact: `c-${row.id}`,
        row,
        stats: { paidCount: 0, lifetime: [], held: [], since: null },
      })),
    next: null,
  }),
  customer: ({ contact }) => aCustomer({ contact: String(contact), name: 'Ana Souza' }),
  customer_messages: () => ({ rows: [], next: null }),
};

/** Opens the palette, types, and waits for what is offered. */
async function asked(words: string) {
  await fireEvent.keyDown(document.activeElement ?? document.body, { key: 'k', ctrlKey: true });
  await userEvent.type(await screen.findByTestId('palette-input'), words);
}

function offered(group: string): string[] {
  const found = screen.queryByRole('group', { name: group });
  return [...(found?.querySelectorAll('[role="option"]') ?? [])].map((option) =>
    option.textContent.trim().replace(/\s+/g, ' '),
  );
}

describe('the palette', () => {
  beforeEach(() => {
    language.choose('en');
  });

  it('puts a product into the open conversation’s charge', async () => {
    await opened(shop);
    await press('j');
    await screen.findByText('Hola de maria');
    await asked('tres leches');
    await waitFor(() => expect(offered('Products')).toHaveLength(1));
    await userEvent.keyboard('{Enter}');
    const line = await screen.findByTestId('charge-line');
    expect(line.textContent).toContain('Pastel de tres leches');
  });

  it('shows a product in the catalog where no conversation is open', async () => {
    await opened(shop);
    await asked('tres leches');
    await waitFor(() => expect(offered('Products')).toHaveLength(1));
    await userEvent.keyboard('{Enter}');
    const form = await screen.findByTestId('product-form');
    expect(form.querySelector<HTMLInputElement>('[data-testid="product-name"]')?.value).toBe(
      'Pastel de tres leches',
    );
  });

  it('offers no product that is out of sale', async () => {
    await opened(shop);
    await asked('pastel');
    await waitFor(() => expect(offered('Products')).toHaveLength(1));
    expect(offered('Products')[0]).toContain('tres leches');
  });

  it('opens a customer’s profile', async () => {
    await opened(shop);
    await asked('souza');
    await waitFor(() => expect(offered('Customers')).toHaveLength(1));
    await userEvent.keyboard('{ArrowDown}{Enter}');
    expect((await screen.findByTestId('customer-profile')).textContent).toContain('Ana Souza');
  });

  it('uses a quick reply', async () => {
    await opened(shop);
    await press('j');
    await screen.findByText('Hola de maria');
    await asked('/envio');
    await waitFor(() => expect(offered('Quick replies')).toHaveLength(1));
    await userEvent.keyboard('{Enter}');
    await waitFor(() => expect(screen.getByDisplayValue('Llega mañana')).toBeTruthy());
  });

  it.each([
    ['settings: stripe', 'stripe-settings'],
    ['settings: quick', 'quick-add'],
    ['go to: reconcile', 'reconcile-first'],
    ['go to: subscribers', 'subscribers-status'],
    ['add product', 'product-form'],
    ['show the keys', 'key-sheet'],
  ])('leads by “%s” to its place', async (words, place) => {
    await opened(shop);
    await asked(words);
    await waitFor(() => expect(screen.getAllByRole('option').length).toBeGreaterThan(0));
    await userEvent.keyboard('{Enter}');
    await screen.findByTestId(place);
  });

  it('has every section of the settings, and every tab of the list', async () => {
    await opened(shop);
    await asked('settings:');
    await waitFor(() => expect(offered('Settings').length).toBeGreaterThan(10));
    const tabs = () => offered('Actions').filter((label) => label.startsWith('List:'));
    await userEvent.clear(screen.getByTestId('palette-input'));
    await userEvent.type(screen.getByTestId('palette-input'), 'list:');
    await waitFor(() => expect(tabs()).toContain('List: Paid – to fulfil'));
  });
});
