import { expect, it } from 'vitest';
import en from '../i18n/en';
import { snippetOf } from './snippet';

it('shows text as it is, on one line', () => {
  expect(snippetOf({ snippet: 'Hola\n\n  María', snippetKind: 'text' }, en)).toBe('Hola María');
});

it('names what has no text, and keeps a caption', () => {
  expect(snippetOf({ snippet: '', snippetKind: 'voice' }, en)).toBe('Voice message');
  expect(snippetOf({ snippet: 'así', snippetKind: 'image' }, en)).toBe('Photo · así');
  expect(snippetOf({ snippet: 'Photo', snippetKind: 'image' }, en)).toBe('Photo');
  expect(snippetOf({ snippet: '', snippetKind: 'unknown' }, en)).toBe(en.kinds.unknown);
});

it('leaves the marks of the phone out', () => {
  const shown = snippetOf({ snippet: 'Son *dos*:\n- _azul_', snippetKind: 'text' }, en);
  expect(shown).toBe('Son dos: • azul');
});
