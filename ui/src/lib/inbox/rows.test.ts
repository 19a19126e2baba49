import { describe, expect, it } from 'vitest';
import { aRow, minutesAgo } from '../../../tests/things';
import { inHeldOrder, mergeHead, movedUp } from './rows';

const row = (id: string, minutes: number) => aRow({ id, lastAt: minutesAgo(minutes) });
const ids = (rows: { id: string }[]) => rows.map(({ id }) => id).join(' ');

it('keeps what lies below the head, so that scrolling far down is not lost', () => {
  const known = { rows: [row('a', 1), row('b', 2), row('c', 3), row('d', 4)], next: 'after d' };
  const head = { rows: [row('new', 0), row('a', 1), row('b', 2)], next: 'after b' };

  expect(mergeHead(known, head)).toEqual({
    rows: [...head.rows, row('c', 3), row('d', 4)],
    next: 'after d',
  });
});

it('moves a row up without leaving it behind', () => {
  const known = { rows: [row('a', 1), row('b', 2), row('c', 3), row('d', 4)], next: null };
  const head = { rows: [row('d', 0), row('a', 1), row('b', 2)], next: 'after b' };

  expect(ids(mergeHead(known, head).rows)).toBe('d a b c');
});

it('drops rows that left the list', () => {
  const known = { rows: [row('a', 1), row('gone', 2), row('c', 3), row('d', 4)], next: null };
  const head = { rows: [row('a', 1), row('c', 3)], next: 'after c' };

  expect(ids(mergeHead(known, head).rows)).toBe('a c d');
});

it('trusts the head alone where the two do not meet', () => {
  const known = { rows: [row('a', 10), row('b', 20)], next: 'after b' };
  const head = { rows: [row('x', 1), row('y', 2)], next: 'after y' };

  expect(mergeHead(known, head)).toEqual(head);
});

it('takes a list that ends in its head as it is', () => {
  const known = { rows: [row('a', 1), row('b', 2)], next: null };
  expect(mergeHead(known, { rows: [row('b', 0)], next: null }).rows).toHaveLength(1);
  expect(mergeHead(known, { rows: [], next: null }).rows).toHaveLength(0);
});

describe('a list under the pointer', () => {
  it('keeps its order, shows what is new of each row, and puts new ones last', () => {
    const rows = [aRow({ id: 'new' }), aRow({ id: 'b', unread: 3 }), aRow({ id: 'a' })];
    const shown = inHeldOrder(rows, [aRow({ id: 'a' }), aRow({ id: 'b' }), aRow({ id: 'gone' })]);
    expect(shown.map(({ id, unread }) => [id, unread])).toEqual([
      ['a', 0],
      ['b', 3],
      ['new', 0],
    ]);
  });

  it('tells of those that others lifted, not of those that give way or were answered here', () => {
    const [a, b, c, d, e] = [row('a', 1), row('b', 2), row('c', 3), row('d', 4), row('e', 5)];
    const held = [a, b, c, d, e];
    const counted = (rows: typeof held) => movedUp(rows, inHeldOrder(rows, held), held);

    expect(counted(held)).toBe(0);
    expect(counted([row('d', 0), a, b, c, e])).toBe(1);
    expect(counted([{ ...row('d', 0), snippetFromMe: true }, a, b, c, e])).toBe(0);
    expect(counted([row('new', 0), row('e', 0), a, b, c, d])).toBe(2);
    expect(counted([{ ...d, wokeAt: minutesAgo(0) }, a, b, c, e])).toBe(1);
    expect(counted([row('a', 0), b, c, d, e])).toBe(0);
  });
});
