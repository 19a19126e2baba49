import { beforeEach, describe, expect, it, vi } from 'vitest';
import { deskAnswers } from '../../../tests/desk';
import { Player } from './player.svelte';

/** Plays nothing, and remembers what it was told. */
class SilentAudio {
  paused = true;
  currentTime = 0;
  playbackRate = 1;
  duration = NaN;
  ontimeupdate: (() => void) | null = null;
  onended: (() => void) | null = null;

  play() {
    this.paused = false;
    return Promise.resolve();
  }

  pause() {
    this.paused = true;
  }
}

let made: SilentAudio[] = [];

beforeEach(() => {
  deskAnswers({});
  made = [];
  vi.stubGlobal(
    'Audio',
    class extends SilentAudio {
      constructor() {
        super();
        made.push(this);
      }
    },
  );
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('ogg')));
});

describe('a player', () => {
  it('stops the one that plays when another starts', async () => {
    const first = new Player('a', 3000);
    const second = new Player('b', 3000);
    await first.play();
    await second.play();
    expect(first.state).toBe('paused');
    expect(second.state).toBe('playing');
    expect(made.map(({ paused }) => paused)).toEqual([true, false]);
  });

  it('goes on where it was moved to, at the chosen speed', async () => {
    const player = new Player('a', 3000);
    player.seek(1500);
    player.faster();
    await player.play();
    expect(made[0]).toMatchObject({ currentTime: 1.5, playbackRate: 1.5 });
    player.faster();
    expect(made[0]?.playbackRate).toBe(2);
    player.faster();
    expect(made[0]?.playbackRate).toBe(1);
  });

  it('is at its start again once it is over', async () => {
    const player = new Player('a', 3000);
    await player.play();
    player.seek(3000);
    made[0]?.onended?.();
    expect(player.state).toBe('paused');
    expect(player.position).toBe(0);
  });

  it('says so when the file cannot be played', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response('', { status: 404 })));
    const player = new Player('a', null);
    await player.play();
    expect(player.state).toBe('failed');
  });

  it('gives the memory back when it is closed', async () => {
    const revoke = vi.spyOn(URL, 'revokeObjectURL');
    const player = new Player('a', 3000);
    await player.play();
    player.close();
    expect(revoke).toHaveBeenCalledOnce();
    expect(made[0]?.paused).toBe(true);
  });
});
