import { describe, expect, it } from 'vitest';
import { aCharge, aMessage } from '../../../tests/things';
import type { CustomerPayment, Dispute, Message, Refund } from '../api';
import { language } from '../i18n/language.svelte';
import { storyOf } from './story';
import { eventOf } from './storyFace';

const at = (time: string) => `2026-11-27T${time}:00.000Z`;
const amount = { minor: 125_000, currency: 'MXN' };

const charge = aCharge({ id: 'c1', createdAt: at('10:00'), paidAt: at('12:00') });
const open = aCharge({ id: 'c1', createdAt: at('10:00') });
const payment: CustomerPayment = {
  ...{ paymentIntent: 'pi_1', charge: 'c1', amount, method: null },
  paidAt: at('12:00'),
};
const refund = { id: 're', charge: 'c1', createdAt: at('15:00') } as Refund;
const dispute = { id: 'du', charge: 'c1', createdAt: at('14:00') } as Dispute;
const link = (id: string, time: string) =>
  aMessage({ id, kind: 'payButton', direction: 'out', charge: 'c1', at: at(time) });
const none = { charges: [], payments: [], refunds: [], disputes: [] };

const told = (parts: ReturnType<typeof storyOf>) =>
  parts.map(({ kind, at: when }) => `${when.slice(11, 16)} ${kind}`);

describe('a customer’s story', () => {
  it('tells each thing at its own time, whatever became of the charge since', () => {
    const messages = [aMessage({ at: at('13:00') }), link('m3', '11:00'), link('m2', '10:01')];
    const story = storyOf(
      messages,
      { charges: [charge], payments: [payment], refunds: [refund], disputes: [dispute] },
      false,
    );
    expect(told(story)).toEqual([
      '15:00 refund',
      '14:00 dispute',
      '13:00 message',
      '12:00 payment',
      '11:00 link',
      '10:01 link',
    ]);
  });

  it('tells how an unpaid charge stands at its last link alone, and of one that was never sent by itself', () => {
    const messages = [link('m3', '11:00'), link('m2', '10:01')];
    const draft = aCharge({ id: 'c2', createdAt: at('09:00') });
    const story = storyOf(messages, { ...none, charges: [open, draft] }, false);
    expect(story.map((part) => (part.kind === 'link' ? part.state : part.kind))).toEqual([
      true,
      false,
      'charge',
    ]);
  });

  it('tells how a charge stands also where money came, until it is paid in full', () => {
    const part = { ...payment, amount: { minor: 40_000, currency: 'MXN' } };
    for (const state of ['partlyPaid', 'unknown', 'partlyRefunded', 'disputed'] as const) {
      const known = { ...none, charges: [{ ...open, payment: state }], payments: [part] };
      const [came, last] = storyOf([link('m2', '11:00')], known, false);
      expect(came?.kind).toBe('payment');
      expect(last?.kind === 'link' && last.state, state).toBe(true);
      const neverSent = storyOf([], known, false);
      expect(told(neverSent)).toEqual(['12:00 payment', '10:00 charge']);
    }
  });

  it('dates what was paid without a payment by when that was', () => {
    const free = storyOf([link('m2', '11:00')], { ...none, charges: [charge] }, false);
    expect(told(free)).toEqual(['12:00 charge', '11:00 link']);
  });

  it('keeps what is older than the messages here until they are', () => {
    const messages = [aMessage({ at: at('13:00') })];
    const known = { ...none, charges: [charge], payments: [payment] };
    expect(told(storyOf(messages, known, true))).toEqual(['13:00 message']);
    expect(told(storyOf(messages, known, false))).toEqual(['13:00 message', '12:00 payment']);
  });

  it('puts what follows from something after it, also in one moment', () => {
    const story = storyOf(
      [link('m2', '12:00')],
      {
        ...{ charges: [charge], payments: [payment], disputes: [] },
        refunds: [{ ...refund, createdAt: at('12:00') }],
      },
      false,
    );
    expect(told(story)).toEqual(['12:00 refund', '12:00 payment', '12:00 link']);
  });
});

describe('what a story says of money', () => {
  language.choose('en');
  const links = (...sent: Message[]) =>
    storyOf(sent, { ...none, charges: [open] }, false)
      .filter((part) => part.kind === 'link')
      .map((part) => eventOf(part, language));

  it('never tells a link that did not leave, or may not have, as one that was sent', () => {
    const [last, , lost, failed] = links(
      link('m4', '11:00'),
      link('m3', '10:30'),
      { ...link('m2', '10:10'), delivery: 'unknown' },
      { ...link('m1', '10:01'), delivery: 'failed' },
    );
    expect(last?.text).toBe('MX$1,250.00 · Read · not paid');
    expect([lost?.text, lost?.tone]).toEqual(['MX$1,250.00 · unconfirmed', 'waiting']);
    expect([failed?.text, failed?.tone]).toEqual(['MX$1,250.00 · not delivered', 'failed']);
  });

  it('names a link that waits, and calls none a failure that a person took out', () => {
    const problem = { code: 'withdrawn', title: '', advice: '', details: null };
    const [, waiting, out] = links(
      link('m4', '11:00'),
      { ...link('m3', '10:30'), delivery: 'queued' },
      { ...link('m2', '10:10'), delivery: 'failed', problem },
    );
    expect([waiting?.text, waiting?.tone]).toEqual(['MX$1,250.00 · queued', 'neutral']);
    expect(out?.tone).toBe('neutral');
  });

  it('tells a dispute in red only while it is open, or lost', () => {
    const told = (status: string, isOpen: boolean) => {
      const settled = { ...dispute, amount, status, isOpen, reason: 'a_new_reason' };
      return eventOf({ kind: 'dispute', key: 'dp', at: at('15:00'), dispute: settled }, language);
    };
    expect(told('needs_response', true).tone).toBe('failed');
    expect(told('lost', false).tone).toBe('failed');
    expect(told('won', false).tone).toBe('neutral');
    expect(told('won', false).beside).toContain('a_new_reason');
  });

  it('tells what was given back by how far it is, and what stands in the way by its colour', () => {
    const given = (fields: Partial<Refund>) =>
      eventOf(
        { kind: 'refund', key: 're', at: at('15:00'), refund: { ...refund, amount, ...fields } },
        language,
      );
    expect(given({ state: 'succeeded', elsewhere: false, note: 'Broken' })).toEqual({
      tone: 'neutral',
      text: 'Refund MX$1,250.00 · given back',
      beside: 'Broken',
    });
    expect(given({ state: 'failed' }).tone).toBe('failed');
  });
});
