import { expect, it } from 'vitest';
import { refusalCode } from './refusal';

it('knows what Meta’s codes mean, and says of others only that it is so', () => {
  expect(refusalCode('INVALID_FORMAT')).toBe('INVALID_FORMAT');
  expect(refusalCode('INVALID_FORMAT: the text begins with a blank')).toBe('INVALID_FORMAT');
  expect(refusalCode('NEW_CODE')).toBe('other');
  expect(refusalCode('because')).toBe('other');
});
