import { expect, it } from 'vitest';
import { newId } from './ids';

it('makes UUIDs of version 7 that sort by time and never repeat', () => {
  const ids = Array.from({ length: 200 }, (_, index) => newId(1_700_000_000_000 + index));
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(Array.from({ length: 200 }, () => newId(1))).size).toBe(200);
  expect(newId(0x0123456789ab).startsWith('01234567-89ab-7')).toBe(true);
});
