/** What a person just sent, shown before the core has answered. */
import type { FileKind, Message, MessageKind, NewMessage } from '$lib/api';

const KIND: Record<Exclude<NewMessage['body']['type'], 'file'>, MessageKind> = {
  text: 'text',
  location: 'location',
  contacts: 'contacts',
  buttons: 'choices',
  list: 'choices',
  template: 'template',
};

/** Returns the message as it will look; `shown` is what a template reads like. */
export function echoOf(
  { id, conversation, body }: NewMessage,
  quoted: Message | null,
  shown = '',
): Message {
  return {
    id,
    conversation,
    direction: 'out',
    origin: 'desk',
    kind: body.type === 'file' ? kindOfFile(body.kind) : KIND[body.type],
    text: textOf(body) || shown,
    at: new Date().toISOString(),
    delivery: 'queued',
    problem: null,
    charge: null,
    retryOf: null,
    putAside: false,
    mediaName: null,
    content: contentOf(body),
    media: null,
    quote: quoted && {
      message: quoted.id,
      direction: quoted.direction,
      kind: quoted.kind,
      text: quoted.text,
    },
    forwarded: 'no',
    referral: null,
    productName: null,
    reactions: [],
    editedAt: null,
    revokedAt: null,
    pricing: null,
    asks: false,
  };
}

function kindOfFile(kind: FileKind): MessageKind {
  return kind;
}

function textOf(body: NewMessage['body']): string {
  if (body.type === 'file') return body.caption;
  return 'text' in body ? body.text : '';
}

function contentOf(body: NewMessage['body']): Message['content'] {
  switch (body.type) {
    case 'location':
      return { ...body, url: null };
    case 'contacts':
      return { type: 'contacts', cards: body.cards };
    case 'buttons':
      return { type: 'buttons', buttons: body.buttons };
    case 'list':
      return { type: 'list', button: body.button, sections: body.sections };
    default:
      return null;
  }
}
