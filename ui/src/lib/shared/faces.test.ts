import { expect, it } from 'vitest';
import { initialsOf, toneOf } from './faces';

it('takes the first letters of the first two words, accents and emoji included', () => {
  expect(initialsOf('María González Pérez')).toBe('MG');
  expect(initialsOf('ángel')).toBe('Á');
  expect(initialsOf('🌸 Flor Núñez')).toBe('FN');
  expect(initialsOf('李 小龙')).toBe('李小');
});

it('has no letters for a number', () => {
  expect(initialsOf('+52 1 55 4821 7730')).toBe('');
  expect(initialsOf('')).toBe('');
});

it('gives the same id the same colour', () => {
  expect(toneOf('maria')).toBe(toneOf('maria'));
  const tones = new Set(Array.from({ length: 50 }, (_, index) => toneOf(`id ${String(index)}`)));
  expect(tones.size).toBe(5);
});
