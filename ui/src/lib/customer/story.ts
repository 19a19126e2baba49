/** What was said and paid, in one line of time. */
import type { Charge, Message } from '$lib/api';

export type Part =
  | { kind: 'message'; key: string; at: string; message: Message }
  | { kind: 'charge'; key: string; at: string; charge: Charge };

/** Returns messages (newest first) and charges, newest first; charges older than the oldest message wait for it. */
export function storyOf(messages: readonly Message[], charges: readonly Charge[]): Part[] {
  const oldest = messages.at(-1)?.at ?? '';
  const said: Part[] = messages
    .filter(({ charge }) => charge === null)
    .map((message) => ({ kind: 'message', key: message.id, at: message.at, message }));
  const paid: Part[] = charges
    .map((charge) => ({ charge, at: charge.paidAt ?? charge.createdAt }))
    .filter(({ at }) => at >= oldest)
    .map(({ charge, at }) => ({ kind: 'charge', key: charge.id, at, charge }));
  return [...said, ...paid].sort((a, b) => b.at.localeCompare(a.at));
}
