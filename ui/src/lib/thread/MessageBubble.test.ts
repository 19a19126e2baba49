import { cleanup, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { someDeeds } from '../../../tests/deeds';
import { aMessage } from '../../../tests/things';
import type { Delivery, Message, MessageKind } from '../api';
import en from '../i18n/en';
import { language } from '../i18n/language.svelte';
import type { MessageDeeds } from './deeds';
import MessageBubble from './MessageBubble.svelte';

function show(fields: Partial<Message>, retried = false, answers: Partial<MessageDeeds> = {}) {
  const deeds = someDeeds(answers);
  const menu = vi.fn();
  render(MessageBubble, {
    message: aMessage(fields),
    name: 'María',
    follows: false,
    retried,
    canWrite: true,
    deeds,
    menu,
  });
  return { deeds, menu, sendAgain: deeds.sendAgain, bubble: screen.getByTestId('message') };
}

const mine = { direction: 'out', origin: 'desk' } as const;

const NOWHERE = {
  sourceType: null,
  sourceId: null,
  sourceUrl: null,
  headline: null,
  body: null,
  ctwaClid: null,
  product: null,
};

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
    const { deeds, sendAgain, bubble } = show({ ...mine, delivery: 'failed', problem });
    expect(bubble.textContent).toContain('The window is closed');
    expect(bubble.textContent).toContain('131047');
    await userEvent.click(screen.getByTestId('send-again'));
    expect(sendAgain).toHaveBeenCalledOnce();
    await userEvent.click(screen.getByTestId('put-aside'));
    expect(deeds.discard).toHaveBeenCalledOnce();
    document.body.innerHTML = '';
    show({ ...mine, delivery: 'failed', problem, putAside: true });
    expect(screen.queryByTestId('put-aside')).toBeNull();
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

  it('lets a person be done with what may have arrived', async () => {
    const { deeds } = show({ ...mine, delivery: 'unknown' });
    await userEvent.click(screen.getByTestId('put-aside'));
    expect(deeds.discard).toHaveBeenCalledOnce();
    document.body.innerHTML = '';
    show({ ...mine, delivery: 'unknown', putAside: true });
    expect(screen.queryByTestId('put-aside')).toBeNull();
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
    ['mediaPlaceholder', en.faces.fromHistory],
    ['unsupported', en.faces.onThePhone],
    ['unknown', en.faces.keptRaw],
  ])('says what it cannot show: %s', (kind, words) => {
    const { bubble } = show({ kind, text: '', mediaName: null });
    expect(bubble.textContent).toContain(en.kinds[kind]);
    expect(bubble.textContent).toContain(words);
  });

  it('shows nothing of what was deleted', () => {
    const { bubble } = show({ text: 'secreto', revokedAt: '2026-11-24T15:00:00Z' });
    expect(bubble.textContent).toContain(en.faces.deleted);
    expect(bubble.textContent).not.toContain('secreto');
  });

  it('opens what it said before, where it was edited', async () => {
    const { menu } = show({ editedAt: '2026-11-24T15:00:00Z' });
    await userEvent.click(screen.getByTestId('edited'));
    expect(menu).toHaveBeenCalledOnce();
  });

  it('goes to the message that it answers', async () => {
    const { deeds } = show({
      quote: { message: 'm0', direction: 'out', kind: 'text', text: '¿Para cuándo?' },
    });
    await userEvent.click(screen.getByTestId('quote'));
    expect(deeds.jumpTo).toHaveBeenCalledExactlyOnceWith('m0');
  });

  it('only shows an answered message that is not here', () => {
    show({ quote: { message: null, direction: null, kind: null, text: '' } });
    expect(screen.getByTestId('quote').tagName).toBe('SPAN');
    expect(screen.getByTestId('quote').textContent).toContain(en.faces.quoteMissing);
  });

  it('shows the reactions of both sides, and takes ours back', async () => {
    const { deeds } = show({
      reactions: [
        { direction: 'in', emoji: '😂' },
        { direction: 'out', emoji: '👍' },
      ],
    });
    expect(screen.getAllByTestId('reaction').map(({ textContent }) => textContent)).toEqual([
      '😂',
      '👍',
    ]);
    await userEvent.click(screen.getByText('👍'));
    expect(deeds.react).toHaveBeenCalledExactlyOnceWith(expect.anything(), null);
  });

  it('asks before what waited too long goes', async () => {
    const { deeds } = show({ ...mine, delivery: 'queued', asks: true });
    await userEvent.click(screen.getByTestId('send-now'));
    await userEvent.click(screen.getByTestId('discard'));
    expect(deeds.sendNow).toHaveBeenCalledOnce();
    expect(deeds.discard).toHaveBeenCalledOnce();
  });

  it.each([
    ['once', en.faces.forwarded.once],
    ['often', en.faces.forwarded.often],
  ] as const)('says that it was forwarded %s', (forwarded, words) => {
    expect(show({ forwarded }).bubble.textContent).toContain(words);
  });

  it('says what led the customer here', () => {
    const { bubble } = show({
      referral: {
        sourceType: 'ad',
        sourceId: '1',
        sourceUrl: 'https://fb.me/x',
        headline: 'Tres leches',
        body: 'Hoy mismo',
        ctwaClid: null,
      },
    });
    expect(bubble.textContent).toContain(en.faces.fromAd);
    expect(bubble.textContent).toContain('Tres leches');
  });

  it('says which ad it was where it has no headline', () => {
    const { bubble } = show({ referral: { ...NOWHERE, sourceType: 'post', sourceId: '77' } });
    expect(bubble.textContent).toContain(en.faces.fromPost);
    expect(bubble.textContent).toContain('Ad 77');
  });

  it('says what product they ask about, and quotes no message that nobody sent', () => {
    const quote = { message: null, direction: null, kind: null, text: '' };
    const referral = { ...NOWHERE, product: 'ROSCA-12' };
    const unknown = show({ referral, quote }).bubble;
    expect(unknown.textContent).toContain('Product ROSCA-12');
    expect(unknown.textContent).toContain(en.faces.notInCatalog);
    expect(unknown.textContent).not.toContain(en.faces.quoteMissing);
    expect(unknown.textContent).not.toContain(en.faces.fromAd);

    cleanup();
    const known = show({ referral, productName: 'Rosca de Reyes' }).bubble;
    expect(known.textContent).toContain('Rosca de Reyes');
    expect(known.textContent).not.toContain('ROSCA-12');
  });

  it('shows lists and quotes as the phone does', () => {
    const { bubble } = show({ text: 'Quiero:\n- *dos*\n> sí' });
    const kinds = [...bubble.querySelectorAll('.block')].map((block) =>
      [block.getAttribute('data-kind'), block.textContent].join(' '),
    );
    expect(kinds).toEqual(['words Quiero:', 'item •dos', 'quote sí']);
  });

  it('shows a lone emoji large', () => {
    expect(show({ text: '🎂' }).bubble.querySelector('.emojis')?.textContent).toBe('🎂');
    cleanup();
    expect(show({ text: '🎂 sí' }).bubble.querySelector('.emojis')).toBeNull();
  });

  it('says what WhatsApp bills, to who looks closer', () => {
    const pricing = { billable: true, model: 'PMP', category: 'utility', kind: 'regular' };
    const { bubble } = show({ ...mine, delivery: 'sent', pricing });
    expect(bubble.querySelector('.meta')?.getAttribute('title')).toBe('billed · Utility');
  });

  it('says that it is another attempt', () => {
    const { bubble } = show({ ...mine, delivery: 'sent', retryOf: 'm0' });
    expect(bubble.textContent).toContain(en.faces.retryOf);
  });

  it('shows text as text, whatever it looks like', () => {
    const { bubble } = show({ text: '<img src=x onerror=alert(1)>' });
    expect(bubble.querySelector('img')).toBeNull();
    expect(bubble.textContent).toContain('<img src=x');
  });
});
