/** What could not be read of a webhook: which part, and what was wrong with it. */

export type Trouble = 'notJson' | 'noChanges' | 'noObject' | 'missing' | 'other';

/** The parts that WhatsApp's webhooks have, as the parser names them. */
const PARTS = new Set([
  'messages',
  'message_echoes',
  'history',
  'calls',
  'statuses',
  'state_sync',
  'user_id_update',
]);

/** Reads what the parser says, such as `messages: a message is no object`. */
export function troubleOf(error: string): { part: string | null; trouble: Trouble } {
  if (error.includes('is not JSON')) return { part: null, trouble: 'notJson' };
  if (error.includes('no entry with changes')) return { part: null, trouble: 'noChanges' };
  const named = /^(\w+): /.exec(error)?.[1] ?? '';
  const part = PARTS.has(named) ? named : null;
  if (error.endsWith('is no object')) return { part, trouble: 'noObject' };
  if (/(is|are) missing$|has no /.test(error)) return { part, trouble: 'missing' };
  return { part, trouble: 'other' };
}
