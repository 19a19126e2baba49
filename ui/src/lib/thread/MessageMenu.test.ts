import { fireEvent, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { someDeeds } from '../../../tests/deeds';
import { aFile, aMessage, NOW } from '../../../tests/things';
import type { Message } from '../api';
import en from '../i18n/en';
import { language } from '../i18n/language.svelte';
import MessageMenu from './MessageMenu.svelte';

function open(fields: Partial<Message> = {}, canWrite = true) {
  const anchor = document.createElement('button');
  document.body.append(anchor);
  const deeds = someDeeds();
  const close = vi.fn();
  render(MessageMenu, {
    props: { message: aMessage(fields), anchor, deeds, canWrite, now: NOW, close },
  });
  return { deeds, close, anchor, menu: screen.getByTestId('message-menu') };
}

describe('the menu of a message', () => {
  beforeEach(() => {
    language.choose('en');
  });

  it('takes the focus, moves by arrows, and gives it back with Escape', async () => {
    const { menu, anchor, close } = open();
    const items = menu.querySelectorAll('button');
    expect(document.activeElement).toBe(items[0]);
    await fireEvent.keyDown(document.activeElement ?? menu, { key: 'ArrowRight' });
    expect(document.activeElement).toBe(items[1]);
    await fireEvent.keyDown(document.activeElement ?? menu, { key: 'Escape' });
    expect(close).toHaveBeenCalledOnce();
    expect(document.activeElement).toBe(anchor);
  });

  it('reacts, and takes the same reaction back', async () => {
    const { deeds } = open({ reactions: [{ direction: 'out', emoji: '👍' }] });
    await userEvent.click(screen.getByText('❤️'));
    expect(deeds.react).toHaveBeenLastCalledWith(expect.anything(), '❤️');
    await userEvent.click(screen.getByText('👍'));
    expect(deeds.react).toHaveBeenLastCalledWith(expect.anything(), null);
  });

  it('offers no answer that WhatsApp would refuse', () => {
    open({}, false);
    expect(screen.queryByText(en.act.reply)).toBeNull();
    expect(screen.queryByText('👍')).toBeNull();
    expect(screen.getByText(en.act.copy)).toBeTruthy();
  });

  it('opens and saves a file that is here', async () => {
    const { deeds } = open({ kind: 'document', media: aFile() });
    await userEvent.click(screen.getByText(en.faces.save));
    expect(deeds.save).toHaveBeenCalledOnce();
  });

  it('takes a message out that has not gone yet', async () => {
    const { deeds } = open({ direction: 'out', origin: 'desk', delivery: 'queued' });
    await userEvent.click(screen.getByText(en.faces.asks.discard));
    expect(deeds.discard).toHaveBeenCalledOnce();
  });

  it('shows what an edited message said before, newest first', async () => {
    const anchor = document.createElement('button');
    const versions = vi.fn().mockResolvedValue({
      ok: true,
      value: [
        { text: 'uno', until: '2026-11-24T10:00:00Z' },
        { text: 'dos', until: '2026-11-24T11:00:00Z' },
      ],
    });
    render(MessageMenu, {
      props: {
        message: aMessage({ editedAt: '2026-11-24T11:00:00Z' }),
        anchor,
        deeds: someDeeds({ versions }),
        canWrite: true,
        now: NOW,
        close: vi.fn(),
      },
    });
    await screen.findByText('dos');
    expect(screen.getByTestId('versions').textContent).toMatch(/dos.*uno/s);
  });
});
