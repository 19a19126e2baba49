import axe from 'axe-core';
import { fireEvent, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  aCustomer,
  aFile,
  aHit,
  aMessage,
  aRow,
  aStatus,
  aView,
  minutesAgo,
} from '../../tests/things';
import { maria, open, opened, press } from '../../tests/window';
import type { Message } from '../lib/api';
import { language } from '../lib/i18n/language.svelte';
import App from './App.svelte';

// Nothing has a height here, and a virtual list shows what fits: give everything one.
vi.mock('virtua/svelte', async () => await import('../../tests/plainList'));
// Axe looks at every element of the window.
vi.setConfig({ testTimeout: 30_000 });

async function violations(): Promise<string[]> {
  const found = await axe.run(document.body, {
    // Needs layout and real colours: looked at in a browser.
    rules: {
      'color-contrast': { enabled: false },
      'scrollable-region-focusable': { enabled: false },
    },
  });
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`);
}

/** One message of each kind that has a face of its own. */
function ofEveryKind(): Message[] {
  const kinds: Partial<Message>[] = [
    { kind: 'image', media: aFile() },
    { kind: 'video', media: aFile({ mime: 'video/mp4', durationMs: 4000 }) },
    { kind: 'voice', media: aFile({ voice: true, hasThumbnail: false, durationMs: 4000 }) },
    { kind: 'document', media: aFile({ state: 'onDemand', name: 'a.pdf', hasThumbnail: false }) },
    { kind: 'sticker', media: aFile({ width: 512, height: 512 }) },
    {
      kind: 'location',
      content: { type: 'location', latitude: 1, longitude: 2, name: 'A', address: null, url: null },
    },
    {
      kind: 'contacts',
      content: {
        type: 'contacts',
        cards: [
          {
            name: 'P',
            organization: null,
            phones: [{ phone: '+52 55 1', waId: null }],
            emails: [],
          },
        ],
      },
    },
    { kind: 'button', content: { type: 'buttonReply', title: 'Sí', id: '1' } },
    {
      kind: 'interactive',
      content: { type: 'flowReply', name: null, answers: [{ name: 'a', value: 'b' }] },
    },
    {
      kind: 'order',
      content: {
        type: 'order',
        catalogId: null,
        items: [{ product: 'X', quantity: 1, price: '1.00', currency: 'MXN' }],
      },
    },
    { kind: 'call', content: { type: 'call', event: 'missed' } },
    { kind: 'unknown', text: '' },
    {
      kind: 'system',
      content: { type: 'system', change: 'identity', previous: null, current: null },
    },
    {
      text: 'Mira https://a.mx',
      forwarded: 'once',
      quote: { message: 'm0', direction: 'in', kind: 'text', text: 'antes' },
      reactions: [
        { direction: 'in', emoji: '😂' },
        { direction: 'out', emoji: '👍' },
      ],
    },
    { direction: 'out', origin: 'desk', delivery: 'queued', text: 'Espera', asks: true },
    { text: 'editado', editedAt: minutesAgo(3) },
    { revokedAt: minutesAgo(3) },
    { kind: 'note', direction: 'out', origin: 'desk', text: 'pidió factura, @Luis' },
  ];
  return kinds.map((fields, index) => aMessage({ id: `k${index}`, text: '', ...fields }));
}

describe('everybody can use', () => {
  beforeEach(() => {
    language.choose('en');
  });

  it('the face of an inbox that cannot be opened', async () => {
    const error = { code: 'profileInUse', message: 'Close the other Cobro.', details: 'lock' };
    open({ status: () => aStatus({ startup: { state: 'failed', error } }) });
    render(App);
    await screen.findByTestId('startup-face');
    expect(await violations()).toEqual([]);
  });

  it('the inbox with its charge panel', async () => {
    await opened();
    expect(await violations()).toEqual([]);
    await press('j');
    await screen.findByText('Hola de maria');
    expect(await violations()).toEqual([]);
    await press('c');
    await screen.findByTestId('charge-amount');
    await userEvent.keyboard('1.250');
    expect(await violations()).toEqual([]);
  });

  it('health and settings', async () => {
    await opened();
    await userEvent.click(screen.getByTestId('go-health'));
    await screen.findByTestId('health');
    expect(await violations()).toEqual([]);
  });

  it.each([
    ['whatsapp', 'save-keys'],
    ['stripe', 'stripe-settings'],
    ['templates', 'create-kit'],
    ['media', 'auto-download'],
    ['team', 'my-name'],
    ['quick', 'quick-add'],
    ['notify', 'notify-sound'],
    ['data', 'back-up'],
    ['appearance', 'theme'],
  ])('settings: %s', async (section, part) => {
    await opened({
      alerts: () => [
        {
          id: 1,
          line: null,
          field: 'account_update',
          event: 'DISABLED',
          severity: 'critical',
          title: 'Disabled',
          advice: 'Appeal.',
          details: null,
          at: minutesAgo(1),
          endedAt: null,
        },
      ],
    });
    await userEvent.click(screen.getByTestId('go-settings'));
    await userEvent.click(screen.getByTestId(`section-${section}`));
    await screen.findByTestId(part);
    expect(await violations()).toEqual([]);
  });

  it('every face of a message', async () => {
    await opened({ messages: () => ({ rows: ofEveryKind(), next: null }) });
    await press('j');
    await screen.findByTestId('player');
    expect(await violations()).toEqual([]);
    await userEvent.click(screen.getAllByTestId('message-more')[0] ?? document.body);
    await screen.findByTestId('message-menu');
    expect(await violations()).toEqual([]);
  });

  it('a closed window’s templates', async () => {
    await opened({
      conversation: () => aView({ row: { ...maria, windowClosesAt: '2020-01-01T00:00:00Z' } }),
    });
    await press('j');
    await userEvent.click(await screen.findByTestId('template'));
    await screen.findByTestId('parameter-1');
    expect(await violations()).toEqual([]);
  });

  it.each(['location', 'contact', 'buttons', 'list'])('the form for a %s', async (form) => {
    await opened();
    await press('j');
    await userEvent.click(await screen.findByTestId('attach-more'));
    await userEvent.click(screen.getByTestId(`form-${form}`));
    await screen.findByTestId('compose-form');
    expect(await violations()).toEqual([]);
  });

  it('a customer with joined contacts and costs', async () => {
    await opened({
      conversation: () =>
        aView({
          row: maria,
          joined: [{ contact: 'x', name: 'María vieja', at: minutesAgo(5) }],
          cost: [{ category: 'utility', billed: 2, free: 1 }],
        }),
      contact_suggestions: () => [
        { contact: 'y', conversation: null, name: 'Mari', identities: [], why: 'Same number' },
      ],
    });
    await press('j');
    await userEvent.click(await screen.findByTestId('join'));
    await screen.findByTestId('join-yes');
    expect(await violations()).toEqual([]);
  });

  it('the palette', async () => {
    await opened();
    await fireEvent.keyDown(document.body, { key: 'k', ctrlKey: true });
    await screen.findByTestId('palette-input');
    expect(await violations()).toEqual([]);
  });

  it.each([
    ['l', 'pick-input'],
    ['h', 'pick-input'],
    ['a', 'pick-input'],
    ['n', 'note-input'],
    ['?', 'key-sheet'],
  ])('what the key %s opens', async (key, part) => {
    await opened({ labels: () => [{ id: 'vip', name: 'VIP', color: 'violet' }] });
    await press('j');
    await screen.findByText('Hola de maria');
    await press(key);
    await screen.findByTestId(part);
    expect(await violations()).toEqual([]);
  });

  it('what a search finds', async () => {
    await opened({
      search_history: () => ({
        people: [aRow()],
        hits: [aHit()],
        next: null,
        isBuilding: true,
        unclear: 'before:x',
      }),
    });
    await press('/');
    await userEvent.keyboard('pas');
    await screen.findByTestId('search-hit');
    expect(await violations()).toEqual([]);
  });

  it('the list’s filters and what is done with many', async () => {
    await opened();
    await userEvent.click(screen.getByTestId('filter'));
    await userEvent.click(screen.getAllByTestId('choose')[0] ?? document.body);
    await screen.findByTestId('bulk');
    expect(await violations()).toEqual([]);
  });

  it('words found in one conversation', async () => {
    await opened();
    await press('j');
    await fireEvent.keyDown(document.body, { key: 'f', ctrlKey: true });
    await screen.findByTestId('find-input');
    expect(await violations()).toEqual([]);
  });

  it('the customers', async () => {
    await opened({
      customers: () => ({
        rows: [
          {
            contact: 'c1',
            row: aRow(),
            stats: { paidCount: 0, lifetime: [], held: [], since: null },
          },
        ],
        next: null,
      }),
      customer: () => aCustomer(),
      customer_messages: () => ({ rows: [aMessage()], next: null }),
      field_names: () => ['Talla'],
    });
    await userEvent.click(screen.getByTestId('go-customers'));
    await userEvent.click(await screen.findByTestId('customer-row'));
    await userEvent.click(await screen.findByTestId('customer-erase'));
    await screen.findByTestId('erase-form');
    expect(await violations()).toEqual([]);
  });

  it('the list before anybody wrote', async () => {
    open({
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
    });
    render(App);
    await screen.findByTestId('welcome');
    expect(await violations()).toEqual([]);
  });
});
