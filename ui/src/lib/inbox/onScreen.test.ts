import { beforeEach, describe, expect, it, vi } from 'vitest';
import { deskAnswers } from '../../../tests/desk';
import { OnScreen } from './onScreen.svelte';

describe('OnScreen', () => {
  const window = { focused: true };

  beforeEach(() => {
    vi.useFakeTimers();
    vi.spyOn(document, 'hasFocus').mockImplementation(() => window.focused);
    window.focused = true;
  });

  function watch() {
    const calls = deskAnswers({});
    const lookedAt: string[] = [];
    const onScreen = new OnScreen((id) => lookedAt.push(id));
    const told = () => calls.map(({ args }) => args['conversation']);
    return { onScreen, lookedAt, told };
  }

  it('tells the core what is seen, and nothing twice', () => {
    const { onScreen, told } = watch();
    onScreen.show('maria');
    onScreen.show('maria');
    onScreen.show('ana');
    onScreen.show(null);
    expect(told()).toEqual(['maria', 'ana', null]);
  });

  it('says that nothing is seen while the window has no focus', () => {
    const { onScreen, told } = watch();
    onScreen.show('maria');
    window.focused = false;
    onScreen.show('maria');
    window.focused = true;
    onScreen.show('maria');
    expect(told()).toEqual(['maria', null, 'maria']);
  });

  it('counts a conversation as looked at only after a moment', async () => {
    const { onScreen, lookedAt } = watch();
    onScreen.show('maria');
    await vi.advanceTimersByTimeAsync(100);
    onScreen.show('ana');
    await vi.advanceTimersByTimeAsync(1000);
    expect(lookedAt).toEqual(['ana']);
  });

  it('counts nothing as looked at in a window without focus', async () => {
    const { onScreen, lookedAt } = watch();
    window.focused = false;
    onScreen.show('maria');
    await vi.advanceTimersByTimeAsync(1000);
    expect(lookedAt).toEqual([]);
  });
});
