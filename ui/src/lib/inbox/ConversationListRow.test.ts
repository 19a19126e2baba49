import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { aRow, minutesAgo, NOW } from '../../../tests/things';
import type { ConversationRow } from '../api';
import { language } from '../i18n/language.svelte';
import ConversationListRow from './ConversationListRow.svelte';

function show(fields: Partial<ConversationRow>, showLine = false, more: object = {}) {
  const select = vi.fn();
  const choose = vi.fn();
  render(ConversationListRow, {
    row: aRow(fields),
    labels: [{ id: 'vip', name: 'VIP', color: 'violet' }],
    members: [
      { id: 'me', name: '', isMe: true },
      { id: 'luis', name: 'Luis', isMe: false },
    ],
    selected: false,
    showLine,
    now: NOW,
    select,
    choose,
    ...more,
  });
  return { select, choose, row: screen.getByTestId('conversation-row') };
}

describe('a row of the list', () => {
  beforeEach(() => {
    language.choose('en');
  });

  it('shows who, what last, how many are unread, how much and how far', () => {
    const { row } = show({
      unread: 2,
      chip: {
        amount: { minor: 125_000, currency: 'MXN' },
        payment: 'open',
        delivery: 'read',
        instalments: null,
      },
    });
    expect(row.dataset['id']).toBe('maria');
    expect(row.textContent).toContain('María González');
    expect(row.textContent).toContain('¿te pago con tarjeta?');
    expect(row.textContent).toContain('2 unread messages');
    expect(row.textContent).toContain('MX$1,250 · read');
    expect(row.textContent).not.toContain('window');
  });

  it('says how much of a plan is paid', () => {
    const { row } = show({
      chip: {
        amount: { minor: 30_000, currency: 'MXN' },
        payment: 'paid',
        delivery: 'read',
        instalments: { paid: 1, count: 3 },
      },
    });
    expect(row.textContent).toContain('MX$300 · 1 of 3 paid');
  });

  it('counts the window down in its last three hours', () => {
    expect(show({ windowClosesAt: minutesAgo(-130) }).row.textContent).toContain('window 2 h left');
  });

  it('is silent about a window that is closed', () => {
    expect(show({ windowClosesAt: minutesAgo(10) }).row.textContent).not.toContain('window');
  });

  it('names the line only where there are several', () => {
    expect(show({}).row.textContent).not.toContain('Tienda Dulce Vida');
  });

  it('shows its line among several', () => {
    expect(show({}, true).row.textContent).toContain('Tienda Dulce Vida');
  });

  it('always shows a line that is not known', () => {
    const { row } = show({ lineKnown: false, lineName: '10987' });
    expect(row.textContent).toContain('Unknown line');
    expect(row.textContent).not.toContain('10987');
    expect(screen.getByTitle('10987')).toBeTruthy();
  });

  it('says whose words the last ones were', () => {
    expect(show({ snippetFromMe: true }).row.textContent).toContain('You:');
  });

  it('shows what was begun before what was said', () => {
    expect(show({ draft: 'Te confirmo' }).row.textContent).toMatch(/Draft:\s*Te confirmo/);
  });

  it('says that a message did not leave, whatever was said or begun since', () => {
    const said = (fields: Partial<ConversationRow>) =>
      show({ notSent: true, ...fields }).row.textContent.replaceAll(/\s+/g, ' ');
    expect(said({ snippetFromMe: true })).toMatch(/You: .*Not sent/);
    document.body.innerHTML = '';
    expect(said({ snippetFromMe: false })).toContain('Not sent');
    document.body.innerHTML = '';
    expect(said({ snippetFromMe: true, draft: 'Te confirmo' })).toMatch(
      /Draft: Te confirmo.*Not sent/,
    );
  });

  it('says that nobody knows whether a message left', () => {
    const { row } = show({ maybeSent: true, snippetFromMe: false });
    expect(row.textContent).toContain('Unknown whether sent');
    expect(row.textContent).not.toContain('Not sent');
  });

  it('has its menu where the pointer is, or below the row by key', async () => {
    const menu = vi.fn();
    const { row } = show({}, false, { menu });
    expect(row.getAttribute('aria-haspopup')).toBe('menu');
    await fireEvent.contextMenu(row, { button: 2, clientX: 30, clientY: 40 });
    expect(menu).toHaveBeenLastCalledWith(row, { x: 30, y: 40 });
    await fireEvent.contextMenu(row, { button: 0, clientX: 1, clientY: 1 });
    expect(menu).toHaveBeenLastCalledWith(row, null);
  });

  it('shows its labels, and to whom it is given', () => {
    const { row } = show({ labels: ['vip'], assignee: 'luis' });
    expect(row.textContent).toContain('VIP');
    expect(row.textContent).toContain('Luis');
  });

  it('says until when it is put aside, by day and clock', () => {
    const { row } = show({ snoozedUntil: minutesAgo(-2 * 24 * 60) });
    expect(row.textContent).toMatch(/Thursday \d\d:\d\d/);
  });

  it('says that it is back, resolved, or ready to charge', () => {
    expect(show({ wokeAt: minutesAgo(5) }).row.textContent).toContain('Back');
    document.body.innerHTML = '';
    expect(show({ resolved: true }).row.textContent).toContain('Resolved');
    document.body.innerHTML = '';
    expect(show({ readyToCharge: true }).row.textContent).toContain('Ready to charge');
  });

  it('counts nothing where a person marked it, and shows a dot', () => {
    const { row } = show({ unread: 1, marked: true });
    const mark = row.querySelector('.unread');
    expect(mark?.textContent.trim()).toBe('Marked as unread');
    expect(mark?.lastElementChild?.textContent).toBe('');
  });

  it('counts no further than 99', () => {
    expect(show({ unread: 120 }).row.textContent).toContain('99+');
  });

  it('tells who hears the list which one is open', () => {
    expect(show({}, false, { selected: true }).row.getAttribute('aria-current')).toBe('true');
  });

  it('is opened by a click, and chosen by its box or with Control', async () => {
    const { row, select, choose } = show({});
    await fireEvent.click(row, { detail: 1 });
    expect(select).toHaveBeenCalledExactlyOnceWith(false);
    await fireEvent.click(row, { detail: 1, ctrlKey: true });
    await fireEvent.click(screen.getByTestId('choose'));
    expect(choose).toHaveBeenCalledTimes(2);
    expect(select).toHaveBeenCalledTimes(1);
  });

  it('leads on to the reply where a key opened it', async () => {
    const { row, select } = show({});
    await fireEvent.click(row, { detail: 0 });
    expect(select).toHaveBeenCalledExactlyOnceWith(true);
  });
});
