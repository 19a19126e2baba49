import { expect, it } from 'vitest';
import { excerptOf } from './excerpt';

const told = (...pieces: [string, boolean][]) =>
  excerptOf(pieces.map(([text, isHit]) => ({ text, isHit })));
const said = (...pieces: [string, boolean][]) => told(...pieces).map(({ text }) => text);

it('reads without the marks of the phone, and marks what was found', () => {
  expect(
    told(['tu pedido: *', false], ['Pastel', true], ['*. Total *$1,250.00 MXN*.', false]),
  ).toEqual([
    { text: 'tu pedido: ', isHit: false },
    { text: 'Pastel', isHit: true },
    { text: '. Total $1,250.00 MXN.', isHit: false },
  ]);
});

it('takes off a mark around several words, one of them found', () => {
  expect(said(['_muy ', false], ['rico', true], [' de verdad_', false])).toEqual([
    'muy ',
    'rico',
    ' de verdad',
  ]);
});

it('leaves no star of a pair that was cut off', () => {
  expect(said(['tu ', false], ['pastel', true], [': total *$1,2', false]).join('')).toBe(
    'tu pastel: total $1,2',
  );
  expect(said(['grande* de ', false], ['pastel', true]).join('')).toBe('grande de pastel');
});

it('keeps what only looks like a mark', () => {
  expect(said(['2 * 3 ', false], ['snake_case_word', true]).join('')).toBe('2 * 3 snake_case_word');
});

it('has one line', () => {
  expect(said(['uno\n', false], ['dos', true])).toEqual(['uno ', 'dos']);
});
