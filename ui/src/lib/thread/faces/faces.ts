/** Which face shows which kind of message. Kinds missing here are text alone. */
import type { Message, MessageKind } from '$lib/api';
import type { Component } from 'svelte';
import type { FaceProps } from '../deeds';
import AudioFace from './AudioFace.svelte';
import CallFace from './CallFace.svelte';
import ChoiceFace from './ChoiceFace.svelte';
import ContactsFace from './ContactsFace.svelte';
import DocumentFace from './DocumentFace.svelte';
import LocationFace from './LocationFace.svelte';
import OffersFace from './OffersFace.svelte';
import OrderFace from './OrderFace.svelte';
import PictureFace from './PictureFace.svelte';
import PlainFace from './PlainFace.svelte';
import StickerFace from './StickerFace.svelte';

const FACES: Partial<Record<MessageKind, Component<FaceProps>>> = {
  image: PictureFace,
  video: PictureFace,
  audio: AudioFace,
  voice: AudioFace,
  document: DocumentFace,
  sticker: StickerFace,
  location: LocationFace,
  contacts: ContactsFace,
  button: ChoiceFace,
  interactive: ChoiceFace,
  order: OrderFace,
  call: CallFace,
  template: OffersFace,
  choices: OffersFace,
  payButton: PlainFace,
  reaction: PlainFace,
  edit: PlainFace,
  revoke: PlainFace,
  mediaPlaceholder: PlainFace,
  unsupported: PlainFace,
  unknown: PlainFace,
};

/** Kinds whose face says in its own way what the text says. */
const SPEAKS: ReadonlySet<MessageKind> = new Set([
  'location',
  'contacts',
  'button',
  'interactive',
  'template',
  'choices',
  'call',
]);

export function faceOf(message: Message): Component<FaceProps> | null {
  return FACES[message.kind] ?? null;
}

/** Returns the words below the face, if the face leaves any to say. */
export function textBelow(message: Message): string {
  if (message.kind === 'template' || message.kind === 'choices') return '';
  return message.content !== null && SPEAKS.has(message.kind) ? '' : message.text;
}

/** Returns whether there is a file that can be opened and saved. */
export function hasFile(message: Message): boolean {
  return message.media?.state === 'ready' && message.revokedAt === null;
}
