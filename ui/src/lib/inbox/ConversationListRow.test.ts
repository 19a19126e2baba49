import { render, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { aRow, minutesAgo, NOW } from '../../../tests/things';
import type { ConversationRow } from '../api';
import { language } from '../i18n/language.svelte';
import ConversationListRow from './ConversationListRow.svelte';

function show(fields: Partial<ConversationRow>, showLine = false) {
  const select = vi.fn();
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
  });
  return { select, row: screen.getByTestId('conversation-row') };
}

describe('a row of the list', () => {
  beforeEach(() => {
    language.choose('en');
  });

  it('shows who, what last, how many are unread, how much and how far', () => {
    const { row } = show({
      unread: 2,
      chip: { amount: { minor: 125_000, currency: 'MXN' }, payment: 'open', delivery: 'read' },
    });
    expect(row.dataset['id']).toBe('maria');
    expect(row.textContent).toContain('María González');
    expect(row.textContent).toContain('¿te pago con tarjeta?');
    expect(row.textContent).toContain('2 unread messages');
    expect(row.textContent).toContain('MX$1,250 · read');
    expect(row.textContent).not.toContain('window');
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
    expect(row.textContent).toContain('Unknown line · 10987');
  });

  it('says whose words the last ones were', () => {
    expect(show({ snippetFromMe: true }).row.textContent).toContain('You:');
  });
});
