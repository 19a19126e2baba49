import { describe, expect, it } from 'vitest';
import { aCharge } from '../../../tests/things';
import type { Charge, Payment } from '../api';
import en from '../i18n/en';
import {
  actionsOf,
  cardWord,
  chipWord,
  lastDated,
  sentenceOf,
  stepsOf,
  toneOfCharge,
} from './face';

const drawn = (fields: Partial<Charge>) =>
  stepsOf(aCharge(fields))
    .map(({ state }) => ({ done: '#', current: '>', todo: '.', failed: 'x' })[state])
    .join('');

describe('the steps', () => {
  it.each<[Partial<Charge>, string]>([
    [{ payment: 'draft', delivery: null }, '>....'],
    [
      { payment: 'draft', delivery: null, problem: { code: 'x', title: 't', advice: 'a' } },
      'x....',
    ],
    [{ payment: 'needsApproval', delivery: null }, '.....'],
    [{ payment: 'open', delivery: 'queued' }, '#>...'],
    [{ payment: 'open', delivery: 'unknown' }, '#>...'],
    [{ payment: 'open', delivery: 'failed' }, '#x...'],
    [{ payment: 'open', delivery: 'sent' }, '##>..'],
    [{ payment: 'open', delivery: 'delivered' }, '###>.'],
    [{ payment: 'open', delivery: 'read' }, '####>'],
    [{ payment: 'processing', delivery: 'delivered' }, '###.>'],
    [{ payment: 'failedAttempt', delivery: 'read' }, '####x'],
    [{ payment: 'expired', delivery: 'read' }, '####.'],
    [{ payment: 'cancelled', delivery: 'sent' }, '##...'],
  ])('of %o are %s', (fields, expected) => {
    expect(drawn(fields)).toBe(expected);
  });

  it('are all done once money came, whatever the delivery reports said', () => {
    for (const payment of ['paid', 'overpaid', 'refunded', 'partlyRefunded', 'disputed'] as const)
      expect(drawn({ payment, delivery: 'sent' })).toBe('#####');
  });

  it('show one time: the last step’s, if it is known', () => {
    expect(lastDated(stepsOf(aCharge()))).toBe('read');
    expect(lastDated(stepsOf(aCharge({ readAt: null })))).toBeNull();
  });
});

describe('a plan of instalments', () => {
  const plan = (paid: number, payment: Payment = 'paid') =>
    aCharge({ payment, instalments: { paid, count: 3 } });

  it.each([1, 2])('is not called paid while payments are to come (%i of 3)', (paid) => {
    expect(cardWord(plan(paid), en)).toBe(`${paid} of 3 paid`);
    expect(chipWord(plan(paid), en)).toBe(`${paid} of 3 paid`);
    expect(toneOfCharge(plan(paid))).not.toBe('paid');
  });

  it('is paid with its last payment', () => {
    expect(cardWord(plan(3), en)).toBe('Paid');
    expect(chipWord(plan(3), en)).toBe('paid');
    expect(toneOfCharge(plan(3))).toBe('paid');
    expect(cardWord(plan(1, 'refunded'), en)).toBe('Refunded');
  });
});

describe('the words', () => {
  it('tell delivery until money moves, and money from then on', () => {
    expect(chipWord(aCharge({ payment: 'open', delivery: 'read' }), en)).toBe('read');
    expect(chipWord(aCharge({ payment: 'paid', delivery: 'read' }), en)).toBe('paid');
    expect(cardWord(aCharge(), en)).toBe('Read · not paid');
    expect(cardWord(aCharge({ payment: 'processing', method: 'oxxo' }), en)).toBe(
      'Voucher pending',
    );
    expect(cardWord(aCharge({ payment: 'processing', method: null }), en)).toBe('Pending');
  });

  it('explain every state that is not plain', () => {
    const plain: Payment[] = ['open', 'paid'];
    for (const payment of Object.keys(en.payment).filter((key) => key !== 'voucher') as Payment[]) {
      const charge = aCharge({ payment, refunded: { minor: 100, currency: 'MXN' } });
      const sentence = sentenceOf(charge, en, () => 'MX$1.00');
      expect(sentence === null, payment).toBe(plain.includes(payment));
    }
  });

  it('warn in red of a link that never arrived', () => {
    expect(toneOfCharge(aCharge({ payment: 'open', delivery: 'failed' }))).toBe('failed');
    expect(toneOfCharge(aCharge({ payment: 'paid', delivery: 'failed' }))).toBe('paid');
  });
});

describe('the actions', () => {
  const offered = (fields: Partial<Charge>) =>
    Object.entries(actionsOf(aCharge(fields)))
      .filter(([, can]) => can)
      .map(([name]) => name)
      .join(' ');

  it('fit the state', () => {
    expect(offered({ payment: 'open' })).toBe('copy resend cancel');
    expect(offered({ payment: 'failedAttempt' })).toBe('copy resend cancel');
    expect(offered({ payment: 'processing' })).toBe('copy');
    expect(offered({ payment: 'paid' })).toBe('');
    expect(offered({ payment: 'refunded' })).toBe('');
    expect(offered({ payment: 'expired' })).toBe('');
    expect(offered({ payment: 'draft', link: null })).toBe('cancel');
  });

  it('of a link that may be paid often stay until it is switched off', () => {
    const often = { payment: 'paid', singleUse: false } as const;
    expect(offered(often)).toBe('copy cancel');
    expect(offered({ ...often, payment: 'partlyRefunded' })).toBe('copy cancel');
    expect(offered({ ...often, switchedOff: true })).toBe('');
    expect(offered({ ...often, payment: 'expired' })).toBe('');
  });

  it('never repeat by the way what may have arrived', () => {
    expect(offered({ payment: 'open', delivery: 'unknown' })).toBe('copy cancel');
    expect(offered({ payment: 'open', delivery: 'queued' })).toBe('copy cancel');
    expect(offered({ payment: 'open', delivery: 'failed' })).toBe('copy cancel');
    expect(offered({ payment: 'open', delivery: null })).toBe('copy resend cancel');
  });

  it('offer another try only for a draft that failed', () => {
    const problem = { code: 'x', title: 't', advice: 'a' };
    expect(offered({ payment: 'draft', link: null, problem })).toBe('cancel retry');
  });
});
