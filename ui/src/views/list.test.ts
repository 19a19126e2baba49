import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tell, type Call } from '../../tests/desk';
import { aRow } from '../../tests/things';
import { opened } from '../../tests/window';
import type { Appearance } from '../lib/api';
import { language } from '../lib/i18n/language.svelte';

// Nothing has a height here, and a virtual list shows what fits: give everything one.
vi.mock('virtua/svelte', async () => await import('../../tests/plainList'));

const LABELS = { labels: () => [{ id: 'vip', name: 'VIP', color: 'violet' }] };
const asked = (calls: Call[], name: string) =>
  calls.filter(({ command }) => command === name).map(({ args }) => args);

describe('the list', () => {
  beforeEach(() => {
    language.choose('en');
  });

  afterEach(() => vi.restoreAllMocks());

  it('says once when its first rows stand, however few there are', async () => {
    performance.clearMarks('list-painted');
    await opened();
    const marks = () => performance.getEntriesByName('list-painted').length;
    await waitFor(() => {
      expect(marks()).toBe(1);
    });
    await tell({ type: 'resync' });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(marks()).toBe(1);
  });

  it('has its tabs with counts, and asks for the one that is chosen', async () => {
    const calls = await opened();
    expect(screen.getByTestId('tab-all').title).toContain('(2)');
    await userEvent.click(screen.getByTestId('tab-mine'));
    await waitFor(() => {
      expect(asked(calls, 'conversations').at(-1)).toMatchObject({ tab: 'mine' });
    });
    expect(screen.getByTestId('tab-mine').getAttribute('aria-pressed')).toBe('true');
  });

  it('begins with the tab that was chosen last on this profile', async () => {
    const calls = await opened();
    await userEvent.click(screen.getByTestId('tab-awaiting'));
    await waitFor(() => {
      expect(asked(calls, 'keep_appearance')).toHaveLength(1);
    });
    const kept = asked(calls, 'keep_appearance')[0]?.['appearance'] as Appearance;
    expect(kept.tab).toBe('awaiting');
    document.body.innerHTML = '';

    window.cobroAppearance = kept;
    const again = await opened();
    expect(asked(again, 'conversations').map(({ tab }) => tab)).toEqual(['awaiting']);
    expect(screen.getByTestId('tab-awaiting').getAttribute('aria-pressed')).toBe('true');
    delete window.cobroAppearance;
  });

  it('takes the ring from the row that was clicked, once a key goes on', async () => {
    await opened();
    const [row] = await screen.findAllByTestId('conversation-row');
    if (row) await userEvent.click(row);
    expect(document.activeElement).toBe(row);
    await userEvent.keyboard('j');
    expect(document.activeElement).toBe(document.body);
  });

  it('keeps what does not fit under “More”, and brings it out when it is chosen', async () => {
    vi.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(60);
    vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(200);
    const calls = await opened();
    const more = await screen.findByTestId<HTMLSelectElement>('tab-more');
    expect(screen.queryByTestId('tab-snoozed')).toBeNull();
    expect(screen.getByTestId('tab-all')).toBeTruthy();
    await fireEvent.change(more, { target: { value: 'snoozed' } });
    await waitFor(() => {
      expect(asked(calls, 'conversations').at(-1)).toMatchObject({ tab: 'snoozed' });
    });
    expect((await screen.findByTestId('tab-snoozed')).getAttribute('aria-pressed')).toBe('true');
  });

  it('is filtered by label, payment, and what is unread', async () => {
    const calls = await opened(LABELS);
    await userEvent.click(screen.getByTestId('filter'));
    await userEvent.selectOptions(await screen.findByTestId('filter-label'), 'vip');
    await userEvent.selectOptions(screen.getByTestId('filter-payment'), 'open');
    await userEvent.click(screen.getByTestId('filter-unread'));
    await waitFor(() => {
      expect(asked(calls, 'conversations').at(-1)?.['filter']).toEqual({
        query: '',
        label: 'vip',
        line: null,
        payment: 'open',
        unread: true,
      });
    });
  });

  it('does one thing with many', async () => {
    const calls = await opened(LABELS);
    for (const box of screen.getAllByTestId('choose')) await userEvent.click(box);
    expect((await screen.findByTestId('bulk')).textContent).toContain('2 chosen');
    await userEvent.click(screen.getByTestId('bulk-resolve'));
    await waitFor(() => {
      expect(asked(calls, 'resolve')).toEqual([{ conversations: ['maria', 'ana'] }]);
    });
    await waitFor(() => expect(screen.queryByTestId('bulk')).toBeNull());
  });

  it('chooses none with Escape', async () => {
    await opened();
    await userEvent.click(screen.getAllByTestId('choose')[0] ?? document.body);
    await screen.findByTestId('bulk');
    (document.activeElement as HTMLElement | null)?.blur();
    await fireEvent.keyDown(document.body, { key: 'Escape' });
    await waitFor(() => expect(screen.queryByTestId('bulk')).toBeNull());
  });

  it('marks what was chosen as read', async () => {
    const calls = await opened();
    await userEvent.click(screen.getAllByTestId('choose')[0] ?? document.body);
    await userEvent.click(await screen.findByTestId('bulk-read'));
    await waitFor(() => expect(asked(calls, 'mark_read')).toEqual([{ conversation: 'maria' }]));
  });

  it('has a menu for each row, which acts on that row alone', async () => {
    const calls = await opened(LABELS);
    const rows = screen.getAllByTestId('conversation-row');
    const ana = rows.find(({ dataset }) => dataset['id'] === 'ana') ?? document.body;
    const asks = async (deed: string) => {
      await fireEvent.contextMenu(ana, { button: 2, clientX: 20, clientY: 20 });
      await userEvent.click(await screen.findByTestId(`row-${deed}`));
    };
    await asks('resolve');
    await waitFor(() => expect(asked(calls, 'resolve')).toEqual([{ conversations: ['ana'] }]));
    expect(screen.queryByTestId('row-menu')).toBeNull();

    await asks('label');
    await userEvent.click(await screen.findByText('VIP', { selector: '[role=option] *' }));
    await waitFor(() => {
      expect(asked(calls, 'set_label').at(-1)?.['conversations']).toEqual(['ana']);
    });
    await asks('choose');
    await screen.findByTestId('bulk');
    await asks('open');
    await waitFor(() => expect(ana.getAttribute('aria-current')).toBe('true'));
  });

  it('marks a row read and unread by its menu, and leaves one that is to stay unread', async () => {
    const calls = await opened({
      conversations: () => ({ rows: [aRow({ id: 'maria', unread: 0 })], next: null }),
    });
    const row = screen.getByTestId('conversation-row');
    await userEvent.click(row);
    await screen.findByTestId('thread');
    await fireEvent.contextMenu(row, { button: 2 });
    expect(document.activeElement?.getAttribute('data-testid')).toBe('row-open');
    await userEvent.click(screen.getByTestId('row-read'));
    await waitFor(() => expect(asked(calls, 'mark_unread')).toEqual([{ conversation: 'maria' }]));
    await waitFor(() => expect(screen.queryByTestId('thread')).toBeNull());
  });
});
