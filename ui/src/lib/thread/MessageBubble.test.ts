import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { aMessage } from '../../../tests/things';
import type { Delivery, Message, MessageKind } from '../api';
import en from '../i18n/en';
import { language } from '../i18n/language.svelte';
import MessageBubble from './MessageBubble.svelte';

function show(fields: Partial<Message>, retried = false) {
  const sendAgain = vi.fn();
  render(MessageBubble, { message: aMessage(fields), follows: false, retried, sendAgain });
  return { sendAgain, bubble: screen.getByTestId('message') };
}

const mine = { direction: 'out', origin: 'desk' } as const;

describe('a message', () => {
  beforeEach(() => {
    language.choose('en');
  });

  it.each(Object.keys(en.delivery) as Delivery[])('says in words that it is %s', (delivery) => {
    const { bubble } = show({ ...mine, delivery });
    expect(bubble.dataset['delivery']).toBe(delivery);
    expect(screen.getByRole('img', { name: en.delivery[delivery] })).toBeTruthy();
  });

  it('tells why it failed, and tries again at once', async () => {
    const problem = { code: '131047', title: 'The window is closed', advice: 'Wait.' };
    const { sendAgain, bubble } = show({ ...mine, delivery: 'failed', problem });
    expect(bubble.textContent).toContain('The window is closed');
    expect(bubble.textContent).toContain('131047');
    await userEvent.click(screen.getByTestId('send-again'));
    expect(sendAgain).toHaveBeenCalledOnce();
  });

  it('warns before it repeats what may have arrived', async () => {
    const { sendAgain, bubble } = show({ ...mine, delivery: 'unknown' });
    expect(bubble.textContent).toContain('Answer lost');
    await userEvent.click(screen.getByTestId('send-again'));
    expect(sendAgain).not.toHaveBeenCalled();
    expect(screen.getByRole('alert').textContent).toContain('gets it twice');
    await userEvent.click(screen.getByText(en.sendAgainYes));
    expect(sendAgain).toHaveBeenCalledOnce();
  });

  it('is not sent a third time by accident', () => {
    show({ ...mine, delivery: 'failed' }, true);
    expect(screen.queryByTestId('send-again')).toBeNull();
  });

  it('shows where it came from', () => {
    expect(show({ direction: 'out', origin: 'phone' }).bubble.textContent).toContain('from phone');
  });

  it('shows what was sent by itself', () => {
    const { bubble } = show({ direction: 'out', origin: 'automatic' });
    expect(bubble.textContent).toContain('automatic');
  });

  it.each<[MessageKind, string]>([
    ['image', en.mediaLater],
    ['mediaPlaceholder', en.mediaLater],
    ['unsupported', en.unsupportedHint],
    ['unknown', en.unknownHint],
    ['revoke', en.kinds.revoke],
  ])('says what it cannot show: %s', (kind, words) => {
    const { bubble } = show({ kind, text: '', mediaName: null });
    expect(bubble.textContent).toContain(en.kinds[kind]);
    expect(bubble.textContent).toContain(words);
  });

  it('shows text as text, whatever it looks like', () => {
    const { bubble } = show({ text: '<img src=x onerror=alert(1)>' });
    expect(bubble.querySelector('img')).toBeNull();
    expect(bubble.textContent).toContain('<img src=x');
  });
});
