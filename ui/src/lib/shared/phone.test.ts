import { expect, it } from 'vitest';
import { nameWords, phoneWords } from './phone';

it('writes a number in one form, however it came', () => {
  for (const same of [
    '5215512345678',
    '+5215512345678',
    '+52 1 55 1234 5678',
    '+52 1 55-1234-5678',
  ])
    expect(phoneWords(same)).toBe('+52 1 55 1234 5678');
  expect(phoneWords('525512345678')).toBe('+52 55 1234 5678');
  expect(phoneWords('5511987654321')).toBe('+55 11 98765 4321');
  expect(phoneWords('573001234567')).toBe('+57 300 123 4567');
  expect(phoneWords('16505551234')).toBe('+1 650 555 1234');
  expect(phoneWords('59899123456')).toBe('+598 99 123 456');
});

it('leaves alone what it does not know', () => {
  expect(phoneWords('99812')).toBe('+99812');
  expect(phoneWords('+999 12')).toBe('+999 12');
  expect(phoneWords('Sucursal Sur')).toBe('Sucursal Sur');
});

it('calls who gave no name by a number that can be read, and nobody else', () => {
  expect(nameWords('+5215512345678')).toBe('+52 1 55 1234 5678');
  for (const name of ['Ana', '+1', '5215512345678', '@ana']) expect(nameWords(name)).toBe(name);
});
