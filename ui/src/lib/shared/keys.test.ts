import { describe, expect, it } from 'vitest';
import { actionFromKey, takesText, type KeyPress } from './keys';

function press(key: string, held: Partial<KeyPress> = {}): KeyPress {
  return {
    key,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    isComposing: false,
    repeat: false,
    ...held,
  };
}

describe('actionFromKey', () => {
  it.each([
    ['j', 'next'],
    ['k', 'previous'],
    ['r', 'reply'],
    ['c', 'charge'],
    ['C', 'charge'],
    ['z', 'undo'],
    ['/', 'search'],
    ['?', 'keys'],
    ['Enter', 'open'],
    ['Escape', 'back'],
  ])('knows %s while nobody types', (key, action) => {
    expect(actionFromKey(press(key), false)).toBe(action);
  });

  it('leaves letters and signs to whoever types', () => {
    for (const key of ['j', 'k', 'r', 'c', 'z', '/', '?', 'Enter'])
      expect(actionFromKey(press(key), true)).toBeNull();
    expect(actionFromKey(press('Escape'), true)).toBe('back');
  });

  it('opens the palette from anywhere, by either command key', () => {
    expect(actionFromKey(press('k', { ctrlKey: true }), true)).toBe('palette');
    expect(actionFromKey(press('K', { metaKey: true }), false)).toBe('palette');
  });

  it('leaves the system’s own shortcuts alone', () => {
    expect(actionFromKey(press('c', { ctrlKey: true }), false)).toBeNull();
    expect(actionFromKey(press('r', { metaKey: true }), false)).toBeNull();
    expect(actionFromKey(press('z', { ctrlKey: true }), true)).toBeNull();
  });

  it('never takes a letter with Alt, which writes letters on many keyboards', () => {
    expect(actionFromKey(press('c', { altKey: true }), false)).toBeNull();
    expect(actionFromKey(press('k', { altKey: true, ctrlKey: true }), false)).toBeNull();
  });

  it('takes ? and / with Shift, where keyboards need it', () => {
    expect(actionFromKey(press('?', { shiftKey: true }), false)).toBe('keys');
    expect(actionFromKey(press('/', { shiftKey: true }), false)).toBe('search');
    expect(actionFromKey(press('C', { shiftKey: true }), false)).toBeNull();
  });

  it('repeats moving, and nothing else, while a key is held down', () => {
    expect(actionFromKey(press('j', { repeat: true }), false)).toBe('next');
    expect(actionFromKey(press('c', { repeat: true }), false)).toBeNull();
    expect(actionFromKey(press('Enter', { repeat: true }), false)).toBeNull();
  });

  it('waits while a letter is being composed', () => {
    expect(actionFromKey(press('c', { isComposing: true }), false)).toBeNull();
  });

  it('sends the charge by command, shift and Enter, from any field', () => {
    expect(actionFromKey(press('Enter', { ctrlKey: true, shiftKey: true }), true)).toBe(
      'sendCharge',
    );
  });
});

describe('takesText', () => {
  it('is true where letters become text or choose', () => {
    document.body.innerHTML =
      '<input><textarea></textarea><select></select><input type="checkbox"><button></button>';
    const found = [...document.body.children].map((element) => takesText(element));
    expect(found).toEqual([true, true, true, false, false]);
    expect(takesText(null)).toBe(false);
  });
});
