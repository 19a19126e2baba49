import type { Message } from '$lib/api';

const TAKEN_OUT = new Set(['discarded', 'withdrawn']);

/** Returns whether a person or a payment took the message out before it left: that needs no answer. */
export function isTakenOut({ problem }: Pick<Message, 'problem'>): boolean {
  return TAKEN_OUT.has(problem?.code ?? '');
}
