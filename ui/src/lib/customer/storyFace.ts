/** What a customer's story says of their money, in the words of the window. */
import type { Delivery, Money } from '$lib/api';
import { cardWord, toneOfCharge } from '$lib/charge/face';
import type { Language } from '$lib/i18n/language.svelte';
import { methodName } from '$lib/shared/methods';
import type { Tone } from '$lib/shared/tones';
import { isTakenOut } from '$lib/thread/takenOut';
import type { Part } from './story';

export interface StoryEvent {
  tone: Tone;
  text: string;
  beside: string;
}

type Speaker = Pick<Language, 'words' | 'money'>;
type Of<Kind> = Extract<Part, { kind: Kind }>;

/** Says what happened to money: each thing by itself, not how its charge stands by now. */
export function eventOf(part: Exclude<Part, { kind: 'message' }>, speaker: Speaker): StoryEvent {
  const { words } = speaker;
  const says = (amount: Money, word: string) => `${speaker.money(amount)} · ${word}`;
  switch (part.kind) {
    case 'link':
      return linkOf(part, speaker);
    case 'charge': {
      const { amount, description } = part.charge;
      const text = says(amount, cardWord(part.charge, words));
      return { tone: toneOfCharge(part.charge), text, beside: description };
    }
    case 'payment': {
      const { amount, method } = part.payment;
      const beside = joined(part.charge?.description, method && methodName(method));
      return { tone: 'paid', text: says(amount, words.payment.paid), beside };
    }
    case 'refund': {
      const { amount, state, elsewhere, note } = part.refund;
      const isBad = state === 'failed' || state === 'stopped';
      const text = words.refund.line(speaker.money(amount), words.refund.states[state]);
      const beside = elsewhere ? words.refund.elsewhere : note;
      return { tone: isBad ? 'failed' : 'neutral', text, beside };
    }
    case 'dispute': {
      const { amount, reason, status, isOpen } = part.dispute;
      const { statuses, reasons } = words.disputesPane;
      const text = says(amount, words.payment.disputed);
      const beside = joined(statuses[status] ?? status, reasons[reason] ?? reason);
      return { tone: isOpen || status === 'lost' ? 'failed' : 'neutral', text, beside };
    }
  }
}

const LEFT = new Set<Delivery>(['sent', 'delivered', 'read']);

/** A link that did not leave yet, or may not have, is never told as one that was sent. */
function linkOf({ message, charge, state }: Of<'link'>, speaker: Speaker): StoryEvent {
  const { words } = speaker;
  const beside = joined(words.kinds.payButton, charge.description);
  const { delivery } = message;
  const amount = speaker.money(charge.amount);
  if (state)
    return { tone: toneOfCharge(charge), text: `${amount} · ${cardWord(charge, words)}`, beside };
  if (delivery === null || LEFT.has(delivery)) return { tone: 'neutral', text: amount, beside };
  const isFailure = delivery === 'failed' && !isTakenOut(message);
  const tone = isFailure ? 'failed' : delivery === 'unknown' ? 'waiting' : 'neutral';
  return { tone, text: `${amount} · ${words.deliveryShort[delivery]}`, beside };
}

function joined(...parts: (string | null | undefined)[]): string {
  return parts.filter(Boolean).join(' · ');
}
