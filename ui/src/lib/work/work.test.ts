import { beforeEach, describe, expect, it, vi } from 'vitest';
import { deskAnswers, refuse } from '../../../tests/desk';
import { aRow, minutesAgo } from '../../../tests/things';
import { language } from '../i18n/language.svelte';
import { toasts } from '../shared/toasts.svelte';
import { Work } from './work.svelte';

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('work', () => {
  beforeEach(() => {
    language.choose('en');
    toasts.shown = [];
  });

  it('resolves, and takes that back as if it had not been', async () => {
    const calls = deskAnswers({});
    const work = new Work(vi.fn());
    const doneAt = minutesAgo(500);
    await work.resolve([aRow({ doneAt })]);
    expect(toasts.shown[0]?.action?.label).toBe('Undo');
    expect(work.undo()).toBe(true);
    await settled();
    expect(calls.map(({ command, args }) => [command, args])).toEqual([
      ['resolve', { conversations: ['maria'] }],
      ['reopen', { conversations: ['maria'], doneAt }],
    ]);
    expect(work.undo()).toBe(false);
  });

  it('gives each conversation back to whom it was with', async () => {
    const calls = deskAnswers({});
    const work = new Work(vi.fn());
    const luis = { id: 'luis', name: 'Luis', isMe: false };
    await work.assign([aRow({ assignee: 'me' }), aRow({ id: 'ana' })], luis);
    work.undo();
    await settled();
    expect(calls.slice(1).map(({ args }) => args['to'])).toEqual(['me', null]);
  });

  it('puts a label on where one lacks it, and off where all have it', async () => {
    const calls = deskAnswers({});
    const work = new Work(vi.fn());
    const vip = { id: 'vip', name: 'VIP', color: 'violet' as const };
    await work.label([aRow({ labels: ['vip'] }), aRow({ id: 'ana' })], vip);
    await work.label([aRow({ labels: ['vip'] })], vip);
    expect(calls.map(({ args }) => [args['conversations'], args['on']])).toEqual([
      [['ana'], true],
      [['maria'], false],
    ]);
  });

  it('says what did not happen, and offers nothing to take back', async () => {
    deskAnswers({ snooze: () => refuse({ message: 'Too late.' }) });
    const complain = vi.fn();
    const work = new Work(complain);
    await work.snooze([aRow()], minutesAgo(1));
    expect(complain).toHaveBeenCalledOnce();
    expect(work.undo()).toBe(false);
  });
});
