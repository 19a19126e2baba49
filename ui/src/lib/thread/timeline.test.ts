import { describe, expect, it } from 'vitest';
import { aCharge, aMessage, minutesAgo } from '../../../tests/things';
import { changeBetween, timelineFrom, type TimelineItem } from './timeline';

const link = (id: string, minutes: number, charge = 'c1') =>
  aMessage({ id, kind: 'payButton', direction: 'out', charge, at: minutesAgo(minutes) });

/** Writes a layout down: m1, [c1] for a card, | for a day. */
function drawn(items: TimelineItem[]): string {
  return items
    .map((item) => {
      if (item.kind === 'message') return item.message.id;
      if (item.kind === 'charge') return `[${item.charge.id}]`;
      return item.kind === 'day' ? '|' : '^';
    })
    .join(' ');
}

describe('timelineFrom', () => {
  it('parts days, and shows the start only when nothing older exists', () => {
    const messages = [
      aMessage({ id: 'old', at: minutesAgo(60 * 48) }),
      aMessage({ id: 'm1', at: minutesAgo(9) }),
      aMessage({ id: 'm2', at: minutesAgo(8) }),
    ];
    expect(drawn(timelineFrom(messages, [], false))).toBe('| old | m1 m2');
    expect(drawn(timelineFrom(messages, [], true))).toBe('^ | old | m1 m2');
  });

  it('puts a charge’s card where its link was last sent', () => {
    const messages = [
      link('first', 9),
      aMessage({ id: 'm1', at: minutesAgo(8) }),
      link('again', 7),
    ];
    expect(drawn(timelineFrom(messages, [aCharge()], true))).toBe('^ | first m1 [c1]');
  });

  it('shows a charge that has no message yet where it was created', () => {
    const draft = aCharge({ id: 'draft', payment: 'draft', createdAt: minutesAgo(8) });
    const messages = [
      aMessage({ id: 'm1', at: minutesAgo(9) }),
      aMessage({ id: 'm2', at: minutesAgo(7) }),
    ];
    expect(drawn(timelineFrom(messages, [draft], true))).toBe('^ | m1 [draft] m2');
    expect(drawn(timelineFrom([], [draft], true))).toBe('^ | [draft]');
  });

  it('leaves out charges older than what is loaded', () => {
    const old = aCharge({ id: 'old', createdAt: minutesAgo(600) });
    expect(drawn(timelineFrom([aMessage()], [old], false))).toBe('| m1');
  });

  it('shows a link whose charge is not known as a message', () => {
    expect(drawn(timelineFrom([link('first', 9, 'other')], [aCharge()], false))).toBe('| first');
  });

  it('keeps the given order where times repeat or run back', () => {
    const messages = ['a', 'b', 'c'].map((id, index) =>
      aMessage({ id, at: minutesAgo(index === 1 ? 9 : 10) }),
    );
    expect(drawn(timelineFrom(messages, [], false))).toBe('| a b c');
  });

  it('gives every item a key of its own', () => {
    const messages = [link('first', 9), link('again', 7), aMessage({ at: minutesAgo(60 * 48) })];
    const keys = timelineFrom(messages, [aCharge()], true).map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('changeBetween', () => {
  const layout = (...ids: string[]) =>
    timelineFrom(
      ids.map((id) => aMessage({ id })),
      [],
      false,
    );

  it('knows older items from newer ones', () => {
    const before = layout('m5', 'm6');
    expect(changeBetween(before, layout('m1', 'm5', 'm6')).upward).toBe(true);

    const newer = changeBetween(before, layout('m5', 'm6', 'm7'));
    expect(newer.upward).toBe(false);
    expect(newer.arrived.map(({ key }) => key)).toEqual(['m7']);
  });

  it('has nothing to say the first time', () => {
    expect(changeBetween([], layout('m1'))).toEqual({ upward: false, arrived: [] });
  });
});
