import { expect, it } from 'vitest';
import { troubleOf } from './parse';

it.each([
  ['The webhook is not JSON', null, 'notJson'],
  ['The webhook has no entry with changes', null, 'noChanges'],
  ['messages: a message is no object', 'messages', 'noObject'],
  ['statuses: the id or the status is missing', 'statuses', 'missing'],
  ['state_sync: a contact has no phone number and no user id', 'state_sync', 'missing'],
  ['Unknown type', null, 'other'],
])('says what is wrong in “%s”', (error, part, trouble) => {
  expect(troubleOf(error)).toEqual({ part, trouble });
});
