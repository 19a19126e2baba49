import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { refuse, tell } from '../../tests/desk';
import { aMessage, aStatus, aView, minutesAgo } from '../../tests/things';
import { ana, maria, open, opened, press } from '../../tests/window';
import { language } from '../lib/i18n/language.svelte';
import App from './App.svelte';

// Nothing has a height here, and a virtual list shows what fits: give everything one.
vi.mock('virtua/svelte', async () => await import('../../tests/plainList'));

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

  it('brings back no bar for what is told after an export is over', async () => {
    await opened({ export_all: () => '/home/ana/cobro-export.jsonl' });
    await tell({ type: 'exportMoved', percent: 95 });
    await tell({ type: 'backupMoved', percent: 95 });
    await userEvent.click(screen.getByTestId('go-settings'));
    await userEvent.click(screen.getByTestId('section-data'));
    expect((await screen.findByTestId('export-all')).hasAttribute('disabled')).toBe(false);
    await userEvent.click(screen.getByTestId('export-all'));
    await screen.findByText(/cobro-export\.jsonl/);
    await tell({ type: 'exportMoved', percent: 95 });
    expect(screen.queryByRole('progressbar')).toBeNull();
    expect(screen.getByTestId('export-all').hasAttribute('disabled')).toBe(false);
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

  it('does what the menu of a message says', async () => {
    const calls = await opened();
    await press('j');
    await screen.findByText('Hola de maria');
    await userEvent.click(screen.getAllByTestId('message-more')[0] ?? document.body);
    const menu = await screen.findByTestId('message-menu');
    await userEvent.click(within(menu).getByText('👍'));
    await waitFor(() => {
      expect(calls.filter(({ command }) => command === 'react')).toHaveLength(1);
    });
    expect(screen.queryByTestId('message-menu')).toBeNull();
  });

  it('labels the open conversation with L, a new word and Enter', async () => {
    const calls = await opened();
    await press('j');
    await screen.findByText('Hola de maria');
    await press('l');
    await userEvent.type(await screen.findByTestId('pick-input'), 'VIP{Enter}');
    await waitFor(() => {
      const put = calls.find(({ command }) => command === 'set_label');
      expect(put?.args['conversations']).toEqual(['maria']);
    });
  });

  it('does by mouse what the keys do, from a menu that is walked with the arrows', async () => {
    await opened();
    await press('j');
    await screen.findByText('Hola de maria');
    const more = screen.getByTestId('thread-more');
    await userEvent.click(more);
    expect(document.activeElement).toBe(await screen.findByTestId('thread-note'));
    await userEvent.keyboard('{ArrowDown}{ArrowDown}{ArrowDown}{Enter}');
    expect(await screen.findByTestId('find-input')).toBeTruthy();
    expect(screen.queryByTestId('thread-menu')).toBeNull();

    await userEvent.click(more);
    await userEvent.keyboard('{Escape}');
    expect(screen.queryByTestId('thread-menu')).toBeNull();
    expect(document.activeElement).toBe(more);
    await userEvent.click(more);
    await userEvent.click(more);
    expect(screen.queryByTestId('thread-menu')).toBeNull();
    for (const [deed, asks] of [
      ['thread-snooze', 'pick-input'],
      ['thread-date', 'go-to-date'],
    ] as const) {
      await userEvent.click(more);
      await userEvent.click(screen.getByTestId(deed));
      await screen.findByTestId(asks);
      await press('Escape');
    }
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
    expect(written).not.toContain('secreto');
  });

  it('gives a refused text back to the writer', async () => {
    await opened({ send_message: () => refuse({ code: 'offline', message: 'No network.' }) });
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
    await userEvent.type(await screen.findByTestId('palette-input'), 'settings: health{Enter}');
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
    await waitFor(() => {
      expect(screen.getByTestId('tab-awaiting').textContent).toContain('Por cobrar');
    });
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
    await screen.findByTestId('save-keys');
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
    await screen.findByTestId('template-search');
    await press('r');
    await waitFor(() => {
      expect(document.activeElement).toBe(screen.getByTestId('template-search'));
    });
    await press('Escape');
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

    // The keyboard is back at the amount, so Enter sends it after all.
    await waitFor(() => {
      expect(document.activeElement).toBe(screen.getByTestId('charge-amount'));
    });
    await userEvent.keyboard('{Enter}');
    await screen.findByTestId('hold');
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

  it('goes through the settings and back with Escape', async () => {
    await opened();
    await userEvent.click(screen.getByTestId('go-settings'));
    await screen.findByTestId('save-keys');
    await press('Escape');
    await screen.findAllByTestId('conversation-row');
  });
});

describe('what goes on by itself', () => {
  beforeEach(() => {
    language.choose('en');
  });

  it('shows how many messages wait, only while some do', async () => {
    let outboxDepth = 3;
    await opened({ status: () => aStatus({ outboxDepth }) });
    expect((await screen.findByTestId('outbox-depth')).textContent).toContain('3 waiting');
    outboxDepth = 0;
    await tell({ type: 'statusChanged' });
    await waitFor(() => {
      expect(screen.queryByTestId('list-status')).toBeNull();
    });
  });

  it('shows how far a history has come', async () => {
    let progress = 20;
    const history = () => ({
      line: 'line-1',
      lineName: 'Centro',
      phase: 1,
      progress,
      messages: 12_480,
      startedAt: minutesAgo(4),
      finishedAt: progress === 100 ? minutesAgo(0) : null,
      problem: null,
    });
    await opened({ history_imports: () => [history()] });
    expect((await screen.findByTestId('import')).textContent).toContain('20% · 12,480');
    progress = 100;
    await tell({ type: 'importsChanged' });
    await waitFor(() => {
      expect(screen.queryByTestId('import')).toBeNull();
    });
  });

  it('reads a flood of events in a few goes', async () => {
    const calls = await opened();
    await press('j');
    await screen.findByText('Hola de maria');
    const before = calls.length;
    for (let event = 0; event < 500; event++) {
      await tell({ type: 'conversationChanged', conversation: 'maria' });
      if (event % 50 === 0) await tell({ type: 'resync' });
    }
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(calls.length - before).toBeLessThan(60);
  });
});

describe('an order', () => {
  it('prefills the charge with its exact sum', async () => {
    language.choose('en');
    await opened({
      messages: () => ({
        rows: [
          aMessage({
            kind: 'order',
            text: '',
            content: {
              type: 'order',
              catalogId: null,
              items: [{ product: 'X', quantity: 3, price: '331.67', currency: 'MXN' }],
            },
          }),
        ],
        next: null,
      }),
      order_draft: () => ({
        message: 'm1',
        lines: [
          {
            product: 'X',
            known: null,
            name: 'X',
            quantity: 3,
            price: { minor: 33_167, currency: 'MXN' },
            sum: { minor: 99_501, currency: 'MXN' },
          },
        ],
        total: { minor: 99_501, currency: 'MXN' },
        description: '3 × X',
        problem: null,
      }),
    });
    await press('j');
    const charge = await screen.findByTestId<HTMLButtonElement>('charge-order');
    await waitFor(() => {
      expect(charge.disabled).toBe(false);
    });
    await userEvent.click(charge);
    const line = await screen.findByTestId('charge-line');
    const amount = screen.getByTestId<HTMLInputElement>('charge-amount');
    await waitFor(() => {
      expect(amount.placeholder).toBe('MX$995.00');
    });
    expect(within(line).getByLabelText('What it is for')).toHaveProperty('value', 'X');
    expect(within(line).getByTestId('line-quantity')).toHaveProperty('value', '3');
  });
});

describe('a number that was taken away', () => {
  it('says so where the answer would be written, and leads to the connection', async () => {
    language.choose('en');
    const [line] = aStatus().lines;
    await opened({
      status: () => aStatus({ lines: line ? [{ ...line, offboardedAt: minutesAgo(60) }] : [] }),
    });
    await press('j');
    await screen.findByTestId('offboarded');
    expect(screen.queryByTestId('composer')).toBeNull();
    expect(screen.getByTestId<HTMLButtonElement>('charge-open').disabled).toBe(true);
    await press('c');
    expect(screen.queryByTestId('charge-amount')).toBeNull();
    await userEvent.click(screen.getByText('Go to the connection'));
    await screen.findByTestId('save-keys');
  });

  it('is told beside the list where WhatsApp refused the token', async () => {
    language.choose('en');
    const problem = {
      id: 'send',
      code: '190',
      title: 'WhatsApp refused the access token',
      advice: 'It expired',
      since: minutesAgo(1),
      count: 1,
    };
    await opened({ status: () => aStatus({ problems: [problem] }) });
    const refused = await screen.findByTestId('token-refused');
    expect(refused.textContent).toContain('refused the access token');
    await userEvent.click(within(refused).getByText('Settings → WhatsApp'));
    await screen.findByTestId('save-keys');
  });
});

describe('what could not be read', () => {
  it('is read again when somebody asks, and says what came of it', async () => {
    language.choose('en');
    let left = [{ seq: 1, source: 'whatsapp', receivedAt: minutesAgo(9), error: 'Unknown type' }];
    await opened({
      envelope_problems: () => left,
      reparse: () => {
        left = [];
        return { envelopes: 1, messages: 3 };
      },
    });
    await userEvent.click(screen.getByTestId('go-health'));
    await userEvent.click(await screen.findByTestId('reparse'));
    await screen.findByText('3 messages were understood now');
    await screen.findByText('Everything that came in was understood.');
  });

  it('counts messages of kinds that nobody knows', async () => {
    language.choose('en');
    await opened({ unknown_messages: () => 2 });
    await userEvent.click(screen.getByTestId('go-health'));
    expect((await screen.findByTestId('unknown-kinds')).textContent).toContain('2 messages');
    expect(screen.queryByText('Everything that came in was understood.')).toBeNull();
  });
});
