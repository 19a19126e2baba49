/** Everything that a person can do with a message, as its faces see it. */
import type { Message, MessageVersion, OrderDraft, Result } from '$lib/api';

export interface MessageDeeds {
  sendAgain: (message: Message) => void;
  /** Sends what waited too long after all. */
  sendNow: (message: Message) => void;
  discard: (message: Message) => void;
  reply: (message: Message) => void;
  forward: (message: Message) => void;
  removeNote: (message: Message) => void;
  /** Sets our one reaction; null takes it back. */
  react: (message: Message, emoji: string | null) => void;
  copy: (text: string) => void;
  /** Shows a picture or a video large. */
  view: (message: Message) => void;
  fetch: (message: Message) => void;
  open: (message: Message) => void;
  save: (message: Message) => void;
  jumpTo: (message: string) => void;
  chargeOrder: (message: Message) => void;
  order: (message: Message) => Promise<Result<OrderDraft>>;
  versions: (message: Message) => Promise<Result<MessageVersion[]>>;
}

/** What each face gets. */
export interface FaceProps {
  message: Message;
  deeds: MessageDeeds;
}
