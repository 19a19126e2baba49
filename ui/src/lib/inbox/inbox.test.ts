import { describe, expect, it } from 'vitest';
import { deskAnswers, later, refuse } from '../../../tests/desk';
import { aRow, aView, minutesAgo } from '../../../tests/things';
import type { ConversationRow, Page } from '../api';
import { Inbox, NO_FILTER } from './inbox.svelte';

type Rows = Page<ConversationRow>;
const page = (ids: string[], next: string | null = null): Rows => ({
  rows: ids.map((id, index) => aRow({ id, lastAt: minutesAgo(index) })),
  next,
});
const shown = (inbox: Inbox) => inbox.rows.map(({ id }) => id).join(' ');

describe('Inbox', () => {
  it('shows the newest answer, whatever order answers come in', async () => {
    const slow = later<Rows>();
    const fast = later<Rows>();
    const asked = [slow, fast];
    deskAnswers({ conversations: () => asked.shift()?.promise });
    const inbox = new Inbox();

    const first = inbox.show('all', { ...NO_FILTER, query: 'mar' });
    const second = inbox.show('all', { ...NO_FILTER, query: 'maria' });
    fast.keep(page(['maria']));
    await second;
    slow.keep(page(['mar', 'maria']));
    await first;

    expect(shown(inbox)).toBe('maria');
  });

  it('asks for the tab and the filter that are wanted', async () => {
    const calls = deskAnswers({ conversations: () => page([]) });
    await new Inbox().show('unread', { ...NO_FILTER, unread: true });
    expect(calls.find(({ command }) => command === 'conversations')?.args).toEqual({
      tab: 'unread',
      filter: { ...NO_FILTER, unread: true },
      after: null,
    });
  });

  it('forgets what was chosen and has left the list, and does nothing to the open one instead', async () => {
    const pages = [page(['a', 'b', 'c']), page(['b', 'c']), page(['c'])];
    deskAnswers({ conversations: () => pages.shift() });
    const inbox = new Inbox();
    const open = aRow({ id: 'open' });
    await inbox.refresh();
    inbox.choose('a');
    inbox.choose('b');
    const meant = () => inbox.targets(open).map(({ id }) => id);
    expect(meant()).toEqual(['a', 'b']);

    await inbox.refresh();
    expect([...inbox.chosen]).toEqual(['b']);
    expect(meant()).toEqual(['b']);

    await inbox.refresh();
    expect(inbox.chosen.size).toBe(0);
    expect(meant()).toEqual(['open']);
  });

  it('goes on by cursor and shows no row twice', async () => {
    deskAnswers({
      conversations: ({ after }) => (after === null ? page(['a', 'b'], 'b') : page(['b', 'c'])),
    });
    const inbox = new Inbox();
    await inbox.refresh();
    await Promise.all([inbox.loadMore(), inbox.loadMore()]);
    await inbox.loadMore();

    expect(shown(inbox)).toBe('a b c');
  });

  it('drops a page that belongs to the tab before', async () => {
    const more = later<Rows>();
    deskAnswers({
      conversations: ({ tab, after }) =>
        tab === 'paid' ? page(['paid']) : after === null ? page(['a'], 'a') : more.promise,
    });
    const inbox = new Inbox();
    await inbox.refresh();
    const loading = inbox.loadMore();
    await inbox.show('paid');
    more.keep(page(['late']));
    await loading;

    expect(shown(inbox)).toBe('paid');
  });

  it('reads on until it meets what it knows, so that no conversation falls between', async () => {
    let started = false;
    deskAnswers({
      conversations: ({ after }) => {
        if (!started) return page(['a', 'b', 'c', 'd'], 'd');
        if (after === null) return page(['w', 'x'], 'x');
        return { rows: [aRow({ id: 'y' }), aRow({ id: 'a', lastAt: minutesAgo(0) })], next: 'a' };
      },
    });
    const inbox = new Inbox();
    await inbox.refresh();
    started = true;
    await inbox.refresh();

    expect(shown(inbox)).toBe('w x y a b c d');
  });

  it('re-reads a changed row that lies far below the head', async () => {
    const many = Array.from({ length: 60 }, (_, index) => `r${String(index)}`);
    const all = page(many);
    deskAnswers({
      conversations: ({ after }) =>
        after === null
          ? { rows: all.rows.slice(0, 50), next: '50' }
          : { rows: all.rows.slice(50), next: null },
      conversation: ({ id }) => aView({ row: aRow({ id: String(id), unread: 7 }) }),
    });
    const inbox = new Inbox();
    await inbox.refresh();
    await inbox.loadMore();
    await inbox.changed(new Set(['r55']));

    expect(inbox.rows).toHaveLength(60);
    expect(inbox.rows[55]?.unread).toBe(7);
  });

  it('keeps the list in sight when a re-read fails', async () => {
    let broken = false;
    deskAnswers({ conversations: () => (broken ? refuse({ code: 'internal' }) : page(['a'])) });
    const inbox = new Inbox();
    await inbox.refresh();
    broken = true;
    await inbox.refresh();

    expect(shown(inbox)).toBe('a');
    expect(inbox.state).toBe('ready');
    expect(inbox.error?.code).toBe('internal');
  });

  it('says so when the first read fails', async () => {
    deskAnswers({ conversations: () => refuse() });
    const inbox = new Inbox();
    await inbox.refresh();
    expect(inbox.state).toBe('failed');
  });

  it('steps through the rows and stops at both ends', async () => {
    deskAnswers({ conversations: () => page(['a', 'b']) });
    const inbox = new Inbox();
    await inbox.refresh();

    expect(inbox.neighbour(1)).toBe('a');
    inbox.select('a');
    expect(inbox.neighbour(1)).toBe('b');
    expect(inbox.neighbour(-1)).toBeNull();
    inbox.select('b');
    expect(inbox.neighbour(1)).toBeNull();
  });
});
