/** What of a message can be passed on to somebody else. */
import type { Message, NewBody } from '$lib/api';

/** Returns whether its words can be passed on. A file stays with its message, a link with its charge. */
export function canForward(message: Message): boolean {
  return forwardedBody(message) !== null;
}

/** Returns what is sent to pass it on. */
export function forwardedBody(message: Message): NewBody | null {
  if (message.revokedAt !== null || message.kind === 'payButton' || message.kind === 'note')
    return null;
  const { content } = message;
  if (content?.type === 'location')
    return {
      type: 'location',
      latitude: content.latitude,
      longitude: content.longitude,
      name: content.name,
      address: content.address,
    };
  if (content?.type === 'contacts') return { type: 'contacts', cards: content.cards };
  if (message.media !== null || message.text.trim() === '') return null;
  return { type: 'text', text: message.text };
}
