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
});
