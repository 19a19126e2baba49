import { describe, expect, it } from 'vitest';
import { bytesLabel, playTime } from './bytes';

describe('the size of a file', () => {
  it.each([
    [0, '0 byte'],
    [999, '999 byte'],
    [1_000, '1 kB'],
    [1_540, '1.5 kB'],
    [12_400_000, '12 MB'],
    [2_100_000_000, '2.1 GB'],
  ])('of %d bytes reads %s', (size, words) => {
    expect(bytesLabel(size, 'en')).toBe(words);
  });

  it('is written as the locale does', () => {
    expect(bytesLabel(1_540, 'es-AR')).toBe('1,5 kB');
  });
});

describe('the time of a player', () => {
  it('has hours only when there are any', () => {
    expect([0, 7_400, 750_000, 3_723_000].map(playTime)).toEqual([
      '0:00',
      '0:07',
      '12:30',
      '1:02:03',
    ]);
  });
});
