import axe from 'axe-core';
import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { deskAnswers, refuse, tell, type Answers } from '../../tests/desk';
import { aCharge, aMessage, aRow, aStatus, aView, minutesAgo } from '../../tests/things';
import { language } from '../lib/i18n/language.svelte';
import App from './App.svelte';

// Nothing has a height here, and a virtual list shows what fits: give everything one.
vi.mock('virtua/svelte', async () => await import('../../tests/plainList'));

const soon = new Date(Date.now() + 20 * 3_600_000).toISOString();
const maria = aRow({ windowClosesAt: soon, lastAt: new Date().toISOString(), unread: 2 });
const ana = aRow({ id: 'ana', name: 'Ana Souza', windowClosesAt: soon, lastAt: minutesAgo(60) });

function open(answers: Answers = {}) {
  return deskAnswers({
    status: () => aStatus({ unread: 3, holdSeconds: 0 }),
    counts: () => ({ all: 2, unread: 1, awaiting: 0, paid: 0 }),
    conversations: ({ query }) => ({
      rows: [maria, ana].filter(({ name }) => name.toLowerCase().includes(String(query))),
      next: null,
    }),
    conversation: ({ id }) =>
      aView({ row: id === 'ana' ? ana : maria, charges: id === 'maria' ? [aCharge()] : [] }),
    messages: ({ id }) => ({
      rows: [
        aMessage({ id: `${String(id)} 2`, kind: 'payButton', direction: 'out', charge: 'c1' }),
        aMessage({ id: `${String(id)} 1`, text: `Hola de ${String(id)}` }),
      ],
      next: null,
    }),
    preview_charge: () => ({
      message: 'Aquí está tu enlace.',
      button: 'Pagar',
      fee: null,
      net: null,
      feeBasis: null,
      warnings: [],
    }),
    create_charge: () => aCharge({ id: 'c2' }),
    envelope_problems: () => [],
    ...answers,
  });
}

async function opened(answers: Answers = {}) {
  const calls = open(answers);
  render(App);
  await screen.findAllByTestId('conversation-row');
  return calls;
}

const press = (key: string) => fireEvent.keyDown(document.activeElement ?? document.body, { key });

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

describe('the window', () => {
  beforeEach(() => {
    language.choose('en');
  });

  it('selects with J and K, and shows the thread', async () => {
    await opened();
    await press('j');
    await screen.findByText('Hola de maria');
    await press('j');
    await screen.findByText('Hola de ana');
    await press('k');
    await screen.findByText('Hola de maria');
    expect(screen.getByTestId('charge-card').dataset['payment']).toBe('open');
  });

  it('charges with C, an amount and Enter, once', async () => {
    const calls = await opened();
    await press('j');
    await screen.findByText('Hola de maria');
    await press('c');
    const amount = await screen.findByTestId('charge-amount');
    await waitFor(() => {
      expect(document.activeElement).toBe(amount);
    });
    await userEvent.keyboard('995{Enter}{Enter}');
    await screen.findByText(/Charge of MX\$1,250\.00 is on its way/);

    const creations = calls.filter(({ command }) => command === 'create_charge');
    expect(creations).toHaveLength(1);
    expect(screen.queryByTestId('charge-amount')).toBeNull();
  });

  it('leaves letters alone while someone writes', async () => {
    await opened();
    await press('j');
    await press('r');
    const field = await screen.findByTestId('composer-input');
    await waitFor(() => {
      expect(document.activeElement).toBe(field);
    });
    await userEvent.keyboard('cjk');
    expect(field).toHaveProperty('value', 'cjk');
    expect(screen.queryByTestId('charge-amount')).toBeNull();
  });

  it('keeps each conversation’s draft, and writes none of it to disk', async () => {
    await opened();
    await press('j');
    await press('r');
    const field = await screen.findByTestId('composer-input');
    await waitFor(() => {
      expect(document.activeElement).toBe(field);
    });
    await userEvent.keyboard('secreto');
    await press('Escape');
    await press('j');
    await screen.findByText('Hola de ana');
    expect(screen.getByTestId('composer-input')).toHaveProperty('value', '');
    await press('k');
    await screen.findByText('Hola de maria');
    expect(screen.getByTestId('composer-input')).toHaveProperty('value', 'secreto');
    const written = JSON.stringify(Object.entries(localStorage));
    expect(written).toContain('cobro.language');
    expect(written).not.toContain('secreto');
  });

  it('gives a refused text back to the writer', async () => {
    await opened({ send_text: () => refuse({ code: 'offline', message: 'No network.' }) });
    await press('j');
    await press('r');
    const field = await screen.findByTestId('composer-input');
    await waitFor(() => {
      expect(document.activeElement).toBe(field);
    });
    await userEvent.keyboard('Hola{Enter}');
    await screen.findByText('No network.');
    expect(field).toHaveProperty('value', 'Hola');
  });

  it('opens the conversation that a notification names', async () => {
    await opened();
    await tell({ type: 'openConversation', conversation: 'ana' });
    await screen.findByText('Hola de ana');
  });

  it('re-reads what the core says has changed', async () => {
    let text = 'antes';
    await opened({ messages: () => ({ rows: [aMessage({ text })], next: null }) });
    await press('j');
    await screen.findByText('antes');
    text = 'después';
    await tell({ type: 'conversationChanged', conversation: 'maria' });
    await screen.findByText('después');
  });

  it('says in its title how many messages are unread', async () => {
    await opened();
    await waitFor(() => {
      expect(document.title).toBe('(3) Cobro');
    });
  });

  it.each([
    ['sandbox', 'Sandbox – no real money'],
    ['test', 'Test mode'],
    ['unset', 'not set up'],
  ] as const)('always says that it is in %s', async (mode, words) => {
    await opened({ status: () => aStatus({ mode }) });
    expect(screen.getByTestId('band').textContent).toContain(words);
    await userEvent.click(screen.getByTestId('go-health'));
    expect(screen.getByTestId('band')).toBeTruthy();
  });

  it('has no band with real money', async () => {
    await opened({ status: () => aStatus({ mode: 'live' }) });
    expect(screen.queryByTestId('band')).toBeNull();
  });

  it('goes anywhere through the palette', async () => {
    await opened();
    await fireEvent.keyDown(document.body, { key: 'k', ctrlKey: true });
    await userEvent.type(await screen.findByTestId('palette-input'), 'health{Enter}');
    await screen.findByTestId('health');
    expect(screen.queryByTestId('palette-input')).toBeNull();
  });

  it('shows the keys on ?', async () => {
    await opened();
    await press('?');
    await screen.findByText('Next conversation');
  });

  it('shows problems with advice, and the result of a test notification', async () => {
    const problem = {
      id: 'p',
      code: 'token',
      title: 'WhatsApp refused the token',
      advice: 'Make a new one.',
      since: minutesAgo(5),
      count: 3,
    };
    await opened({
      status: () => aStatus({ problems: [problem] }),
      test_notification: () => refuse({ code: 'notifications', message: 'No service answers.' }),
    });
    await userEvent.click(screen.getByTestId('go-health'));
    expect((await screen.findByTestId('health-problem')).textContent).toContain('Make a new one.');
    await userEvent.click(screen.getByTestId('test-notification'));
    await screen.findByText(/No service answers/);
  });

  it('speaks another language without losing what is open', async () => {
    await opened();
    await press('j');
    await screen.findByText('Hola de maria');
    language.choose('es');
    await screen.findByText('Por pagar', { exact: false });
    await screen.findByText('Hola de maria');
  });
});

describe('a window that cannot show the inbox', () => {
  beforeEach(() => {
    language.choose('en');
  });

  it('shows the sentence that says what to do', async () => {
    const error = { code: 'profileInUse', message: 'Close the other Cobro.', details: 'lock' };
    open({ status: () => aStatus({ startup: { state: 'failed', error } }) });
    render(App);
    const face = await screen.findByTestId('startup-face');
    expect(face.textContent).toContain('Close the other Cobro.');
    expect(await violations()).toEqual([]);
  });

  it('opens by itself once the core is ready', async () => {
    let ready = false;
    open({
      status: () => aStatus(ready ? {} : { startup: { state: 'starting' } }),
      conversations: () => (ready ? { rows: [maria], next: null } : refuse({ code: 'notReady' })),
    });
    render(App);
    await tell({ type: 'statusChanged' });
    expect(screen.queryByTestId('conversation-row')).toBeNull();
    ready = true;
    await screen.findByTestId('conversation-row', {}, { timeout: 3000 });
  });

  it('offers one thing to do when there are no conversations', async () => {
    open({ conversations: () => ({ rows: [], next: null }) });
    render(App);
    await screen.findByText('No conversations yet');
    await userEvent.click(screen.getByText('Check the connection'));
    await screen.findByTestId('health');
  });

  it('offers to try again when the list cannot be read', async () => {
    let broken = true;
    open({ conversations: () => (broken ? refuse() : { rows: [maria], next: null }) });
    render(App);
    const again = await screen.findByText('Try again');
    broken = false;
    await userEvent.click(again);
    await screen.findByTestId('conversation-row');
  });
});

describe('everybody can use', () => {
  beforeEach(() => {
    language.choose('en');
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

  it('the palette', async () => {
    await opened();
    await fireEvent.keyDown(document.body, { key: 'k', ctrlKey: true });
    await screen.findByTestId('palette-input');
    expect(await violations()).toEqual([]);
  });
});

describe('the keyboard', () => {
  beforeEach(() => {
    language.choose('en');
  });

  it('does not carry a wish to write into the next conversation', async () => {
    await opened({
      conversation: ({ id }) =>
        aView({ row: id === 'ana' ? ana : { ...maria, windowClosesAt: '2020-01-01T00:00:00Z' } }),
    });
    await press('j');
    await screen.findByText('Hola de maria');
    await screen.findByText('The customer must write first');
    await press('r');
    await press('j');
    await screen.findByText('Hola de ana');
    expect(document.activeElement).toBe(document.body);
  });

  it('takes a held charge back with Z', async () => {
    const calls = await opened({ status: () => aStatus({ holdSeconds: 30 }) });
    await press('j');
    await press('c');
    const amount = await screen.findByTestId('charge-amount');
    await waitFor(() => {
      expect(document.activeElement).toBe(amount);
    });
    await userEvent.keyboard('995{Enter}');
    await screen.findByTestId('hold');
    await userEvent.keyboard('z');
    await screen.findByText('Nothing was sent.');

    expect(screen.queryByTestId('hold')).toBeNull();
    expect(amount).toHaveProperty('value', '995');
    expect(calls.some(({ command }) => command === 'create_charge')).toBe(false);
  });

  it('closes the charge with Escape and keeps what was typed', async () => {
    await opened();
    await press('j');
    await press('c');
    await screen.findByTestId('charge-amount');
    await waitFor(() => {
      expect(document.activeElement).toBe(screen.getByTestId('charge-amount'));
    });
    await userEvent.keyboard('995{Escape}');
    expect(screen.queryByTestId('charge-amount')).toBeNull();
    await press('c');
    expect(await screen.findByTestId('charge-amount')).toHaveProperty('value', '995');
  });

  it('stays in health when letters of the inbox are pressed', async () => {
    await opened();
    await userEvent.click(screen.getByTestId('go-health'));
    await screen.findByTestId('health');
    await press('j');
    await press('c');
    expect(screen.getByTestId('health')).toBeTruthy();
    await press('Escape');
    await screen.findAllByTestId('conversation-row');
  });
});
