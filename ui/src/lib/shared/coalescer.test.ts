import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Coalescer } from './coalescer';

describe('Coalescer', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  it('hands a burst over at once, each key once', async () => {
    const handed: string[][] = [];
    const coalescer = new Coalescer<string>((keys) => {
      handed.push([...keys]);
      return Promise.resolve();
    });
    for (let round = 0; round < 1000; round++) coalescer.add(round % 2 ? 'ana' : 'maria');

    await vi.advanceTimersByTimeAsync(1000);

    expect(handed).toEqual([['maria', 'ana']]);
  });

  it('runs one at a time and misses nothing that arrives meanwhile', async () => {
    const handed: string[][] = [];
    const coalescer = new Coalescer<string>(async (keys) => {
      handed.push([...keys]);
      await new Promise((resolve) => setTimeout(resolve, 500));
    });

    coalescer.add('ana');
    await vi.advanceTimersByTimeAsync(100);
    coalescer.add('maria');
    await vi.advanceTimersByTimeAsync(300);
    expect(handed).toEqual([['ana']]);
    await vi.advanceTimersByTimeAsync(1000);

    expect(handed).toEqual([['ana'], ['maria']]);
  });
});
