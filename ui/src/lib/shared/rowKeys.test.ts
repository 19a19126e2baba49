import { describe, expect, it } from 'vitest';
import { RowKeys } from './rowKeys';

const keysOf = (keys: RowKeys, ids: string[]) => ids.map((id) => keys.of(id));

describe('the keys of the rows', () => {
  it('stay with their conversations, wherever those go', () => {
    const keys = new RowKeys();
    keys.update(['ana', 'bruno', 'carla']);
    const [ana, bruno, carla] = keysOf(keys, ['ana', 'bruno', 'carla']);
    keys.update(['carla', 'ana', 'bruno']);
    expect(keysOf(keys, ['ana', 'bruno', 'carla'])).toEqual([ana, bruno, carla]);
  });

  it('go from those that left to those that came, in their order', () => {
    const keys = new RowKeys();
    keys.update(['ana', 'bruno', 'carla']);
    const before = keysOf(keys, ['ana', 'carla']);
    keys.update(['dario', 'bruno', 'elena', 'fabio']);
    expect(keysOf(keys, ['dario', 'elena'])).toEqual(before);
    expect(new Set(keysOf(keys, ['dario', 'bruno', 'elena', 'fabio'])).size).toBe(4);
  });

  it('are never given on where the keyboard is', () => {
    const keys = new RowKeys();
    keys.update(['ana']);
    const ana = keys.of('ana');
    document.body.innerHTML = '<button data-id="ana"></button>';
    document.querySelector('button')?.focus();
    keys.update(['bruno']);
    expect(keys.of('bruno')).not.toBe(ana);
  });

  it('are never two conversations’ at once, even when one comes back', () => {
    const keys = new RowKeys();
    keys.update(['ana', 'bruno']);
    keys.update(['carla', 'bruno']);
    keys.update(['carla', 'bruno', 'ana']);
    expect(new Set(keysOf(keys, ['ana', 'bruno', 'carla'])).size).toBe(3);
  });

  describe('of the rows in sight of a list', () => {
    const people = Array.from({ length: 30 }, (_, at) => `person ${String(at)}`);

    /** What a list asks when it shows the rows from `first` to `last`, and thinks that it shows others. */
    function shown(keys: RowKeys, first: number, last: number, from = first, to = last) {
      return people
        .slice(first, last + 1)
        .map((id) => keys.inSight(id, () => people.slice(from, to + 1)));
    }

    it('go from those that were scrolled away to those that came, down and up', async () => {
      const keys = new RowKeys();
      const top = shown(keys, 0, 9);
      await Promise.resolve();
      const lower = shown(keys, 4, 13);
      expect(lower.slice(0, 6)).toEqual(top.slice(4));
      expect(new Set(lower)).toEqual(new Set(top));
      await Promise.resolve();
      expect(new Set(shown(keys, 0, 9))).toEqual(new Set(top));
    });

    it('are never two rows’, even where other rows are in sight than the list thought', async () => {
      const keys = new RowKeys();
      shown(keys, 10, 19);
      await Promise.resolve();
      const up = shown(keys, 6, 15, 8, 12);
      expect(new Set(up).size).toBe(10);
    });

    it('stay the same while the list puts its rows in order', () => {
      const keys = new RowKeys();
      const first = shown(keys, 0, 9, 0, 2);
      expect(shown(keys, 5, 5)).toEqual([first[5]]);
      const later = shown(keys, 8, 17);
      expect(new Set([...first, ...later]).size).toBe(18);
      expect(shown(keys, 0, 9)).toEqual(first);
    });
  });
});
