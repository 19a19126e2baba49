import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { tell } from '../../../tests/desk';
import { aProduct, aStatus } from '../../../tests/things';
import { open, opened } from '../../../tests/window';
import App from '../../views/App.svelte';
import { language } from '../i18n/language.svelte';

const NOBODY = {
  conversations: () => ({ rows: [], next: null }),
  counts: () => ({
    all: 0,
    mine: 0,
    unassigned: 0,
    unread: 0,
    awaiting: 0,
    paid: 0,
    snoozed: 0,
  }),
};

// Nothing has a height here, and a virtual list shows what fits: give everything one.
vi.mock('virtua/svelte', async () => await import('../../../tests/plainList'));

describe('a new shop', () => {
  beforeEach(() => {
    language.choose('en');
  });

  it('is led to what is left to set up', async () => {
    open({ ...NOBODY, status: () => aStatus({ mode: 'unset', lines: [] }) });
    render(App);
    await screen.findByTestId('welcome-whatsapp');
    await userEvent.click(screen.getByTestId('welcome-stripe'));
    await screen.findByTestId('stripe-settings');
  });

  it('sees what is done', async () => {
    open(NOBODY);
    render(App);
    await screen.findByTestId('welcome');
    expect(screen.queryByTestId('welcome-stripe')).toBeNull();
    await userEvent.click(screen.getByTestId('welcome-catalog'));
    await screen.findByTestId('catalog');
  });

  it('has put in what it sells, also where that came from a file', async () => {
    open({ ...NOBODY, products: () => [aProduct()] });
    render(App);
    await screen.findByTestId('welcome');
    await waitFor(() => expect(screen.queryByTestId('welcome-catalog')).toBeNull());
    expect(screen.getAllByText('Done')).toHaveLength(3);
  });
});

describe('a cut connection', () => {
  it('is spoken of once it lasts, and no longer when it is back', async () => {
    let stream: 'connecting' | 'connected' = 'connecting';
    await opened({ status: () => aStatus({ stream }) });
    expect(screen.queryByTestId('offline')).toBeNull();
    await screen.findByTestId('offline', {}, { timeout: 6000 });
    stream = 'connected';
    await tell({ type: 'statusChanged' });
    await waitFor(() => expect(screen.queryByTestId('offline')).toBeNull());
  });
});
