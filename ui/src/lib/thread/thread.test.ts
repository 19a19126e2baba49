import { describe, expect, it } from 'vitest';
import { deskAnswers, later, refuse } from '../../../tests/desk';
import { aMessage, aRow, aView, minutesAgo } from '../../../tests/things';
import type { Message, NewMessage, Page } from '../api';
import { Thread } from './thread.svelte';

/** A conversation of so many messages, read 50 at a time, newest first. */
function conversationOf(count: number) {
  const all = Array.from({ length: count }, (_, index) =>
    aMessage({ id: `m${String(index)}`, at: minutesAgo(1000 - index) }),
  );
  const pages = (before: unknown): Page<Message> => {
    const end = typeof before === 'string' ? Number(before) : all.length;
    const start = Math.max(0, end - 50);
    return { rows: all.slice(start, end).reverse(), next: start > 0 ? String(start) : null };
  };
  return { all, pages };
}

describe('Thread', () => {
  it('shows the newest answer, whatever order answers come in', async () => {
    const slow = later<Page<Message>>();
    const answers = [slow.promise, { rows: [aMessage({ id: 'new' })], next: null }];
    deskAnswers({ conversation: () => aView(), messages: () => answers.shift() });
    const thread = new Thread('maria');

    const first = thread.refresh();
    await thread.refresh();
    slow.keep({ rows: [aMessage({ id: 'old' })], next: null });
    await first;

    expect(thread.messages.map(({ id }) => id)).toEqual(['new']);
  });

  it('reads older pages upward and keeps them over a refresh', async () => {
    const { all, pages } = conversationOf(130);
    deskAnswers({ conversation: () => aView(), messages: ({ before }) => pages(before) });
    const thread = new Thread('maria');
    await thread.refresh();
    await thread.loadOlder();
    expect(thread.messages).toHaveLength(100);

    all.push(aMessage({ id: 'newest', at: minutesAgo(0) }));
    await thread.refresh();

    expect(thread.messages.at(-1)?.id).toBe('newest');
    expect(thread.messages[0]?.id).toBe('m30');
    await thread.loadOlder();
    expect(thread.messages.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    expect(thread.olderCursor).toBeNull();
  });

  it('keeps very old pages without reading them again', async () => {
    const { all, pages } = conversationOf(400);
    const calls = deskAnswers({
      conversation: () => aView(),
      messages: ({ before }) => pages(before),
    });
    const thread = new Thread('maria');
    await thread.refresh();
    for (let page = 0; page < 7; page++) await thread.loadOlder();
    const before = calls.length;
    await thread.refresh();

    expect(thread.messages.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    expect(calls.length - before).toBe(5);
  });

  it('shows a sent text at once and only once', async () => {
    const sent: Message[] = [];
    deskAnswers({
      conversation: () => aView(),
      messages: () => ({ rows: [...sent].reverse(), next: null }),
      send_message: ({ message: asked }) => {
        const { id, body } = asked as NewMessage;
        const text = body.type === 'text' ? body.text : '';
        const message = aMessage({ id, text, direction: 'out' });
        sent.push(message);
        return message;
      },
    });
    const thread = new Thread('maria');
    await thread.refresh();

    const sending = thread.send({ type: 'text', text: 'Hola' });
    expect(thread.timeline.map(({ kind }) => kind)).toContain('message');
    await thread.refresh();
    await sending;
    await thread.refresh();

    expect(thread.messages.map(({ text }) => text)).toEqual(['Hola']);
    expect(thread.echoes).toEqual([]);
  });

  it('takes the echo back when the core refuses the text', async () => {
    deskAnswers({
      conversation: () => aView(),
      messages: () => ({ rows: [], next: null }),
      send_message: () => refuse({ code: 'windowClosed' }),
    });
    const thread = new Thread('maria');
    await thread.refresh();
    const result = await thread.send({ type: 'text', text: 'Hola' });

    expect(result.ok).toBe(false);
    expect(thread.echoes).toEqual([]);
    expect(thread.messages).toEqual([]);
  });

  it('marks as read only what is unread', async () => {
    let unread = 0;
    const calls = deskAnswers({
      conversation: () => aView({ row: { ...aView().row, unread } }),
      messages: () => ({ rows: [], next: null }),
    });
    const thread = new Thread('maria');
    await thread.refresh();
    await thread.markRead();
    unread = 2;
    await thread.refresh();
    await thread.markRead();

    expect(calls.filter(({ command }) => command === 'mark_read')).toHaveLength(1);
  });

  it('says so when it cannot be read, and keeps what it has', async () => {
    let broken = true;
    deskAnswers({
      conversation: () => (broken ? refuse({ code: 'notFound' }) : aView()),
      messages: () => ({ rows: [aMessage()], next: null }),
    });
    const thread = new Thread('maria');
    await thread.refresh();
    expect(thread.state).toBe('failed');
    broken = false;
    await thread.refresh();
    broken = true;
    await thread.refresh();

    expect(thread.state).toBe('ready');
    expect(thread.messages).toHaveLength(1);
  });

  it('keeps what did not change the same, so that it is not drawn again', async () => {
    let last = aMessage({ id: 'm2', text: 'Hola' });
    deskAnswers({
      conversation: () => aView(),
      messages: () => ({ rows: [{ ...last }, aMessage({ id: 'm1' })], next: null }),
    });
    const thread = new Thread('maria');
    await thread.refresh();
    const [first, second] = thread.messages;
    const items = thread.timeline;
    last = { ...last, reactions: [{ direction: 'in', emoji: '❤️' }] };
    await thread.refresh();

    expect(thread.messages[0]).toBe(first);
    expect(thread.messages[1]).not.toBe(second);
    const same = thread.timeline.filter((item, index) => item === items[index]);
    expect(same.map(({ key }) => key)).toEqual(['m1']);
  });

  it('reads back to a message that is answered far below', async () => {
    const { all, pages } = conversationOf(170);
    deskAnswers({ conversation: () => aView(), messages: ({ before }) => pages(before) });
    const thread = new Thread('maria');
    await thread.refresh();

    expect(await thread.jumpTo('m3')).toBe(true);
    expect(thread.wanted).toBe('m3');
    expect(thread.messages).toHaveLength(all.length);
    expect(await thread.jumpTo('gone')).toBe(false);
  });

  it('adds a cart up once, and again only after a failure', async () => {
    let broken = true;
    const calls = deskAnswers({ order_draft: () => (broken ? refuse() : { total: null }) });
    const thread = new Thread('maria');
    const cart = aMessage({ kind: 'order' });
    await thread.order(cart);
    broken = false;
    await thread.order(cart);
    await thread.order(cart);
    expect(calls).toHaveLength(2);
  });
});

describe('what nobody has read', () => {
  /** Opens a conversation of so many messages, of which the newest are unread. */
  async function openedWith(count: number, unread: number, told?: number) {
    const { all, pages } = conversationOf(count);
    const news = told === undefined ? undefined : all[told];
    if (news) news.kind = 'system';
    let left = unread;
    deskAnswers({
      conversation: () => aView({ row: aRow({ unread: left }) }),
      messages: ({ before }) => pages(before),
    });
    const thread = new Thread('maria');
    await thread.refresh();
    return { all, thread, read: () => (left = 0) };
  }

  it('begins pages back, and is found there', async () => {
    const { thread } = await openedWith(200, 130);
    expect(thread.unreadFrom).toBe('m150');
    expect(await thread.toFirstUnread()).toBe(true);
    expect(thread.unreadFrom).toBe('m70');
    expect(thread.wanted).toBe('m70');
  });

  it('counts no news that WhatsApp tells of the customer', async () => {
    const { thread } = await openedWith(60, 3, 58);
    expect(thread.unreadFrom).toBe('m56');
  });

  it('is not moved by what comes after', async () => {
    const { all, thread, read } = await openedWith(60, 3);
    read();
    all.push(aMessage({ id: 'later', at: minutesAgo(0) }));
    await thread.refresh();
    expect(thread.unreadFrom).toBe('m57');
    await thread.toFirstUnread();
    expect(thread.unreadFrom).toBe('m57');
  });

  it('is marked anew when the conversation is opened again', async () => {
    const { thread, read } = await openedWith(60, 3);
    read();
    thread.opened();
    await thread.refresh();
    expect(thread.unreadFrom).toBeNull();
    expect(await thread.toFirstUnread()).toBe(false);
  });
});
