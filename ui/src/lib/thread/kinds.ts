/** How each kind of message is shown. */
import type { MessageKind } from '$lib/api';
import Contact from '@lucide/svelte/icons/contact';
import CreditCard from '@lucide/svelte/icons/credit-card';
import FileText from '@lucide/svelte/icons/file-text';
import History from '@lucide/svelte/icons/history';
import Image from '@lucide/svelte/icons/image';
import Info from '@lucide/svelte/icons/info';
import LayoutTemplate from '@lucide/svelte/icons/layout-template';
import ListChecks from '@lucide/svelte/icons/list-checks';
import MapPin from '@lucide/svelte/icons/map-pin';
import Mic from '@lucide/svelte/icons/mic';
import MousePointer from '@lucide/svelte/icons/mouse-pointer';
import Music from '@lucide/svelte/icons/music';
import Pencil from '@lucide/svelte/icons/pencil';
import ShoppingCart from '@lucide/svelte/icons/shopping-cart';
import Smile from '@lucide/svelte/icons/smile';
import Sticker from '@lucide/svelte/icons/sticker';
import Trash2 from '@lucide/svelte/icons/trash-2';
import Video from '@lucide/svelte/icons/video';

/** Kinds that have a label of their own above their text; the rest is text alone. */
export const KIND_ICONS: Partial<Record<MessageKind, typeof Image>> = {
  image: Image,
  audio: Music,
  voice: Mic,
  video: Video,
  document: FileText,
  sticker: Sticker,
  location: MapPin,
  contacts: Contact,
  reaction: Smile,
  button: MousePointer,
  interactive: ListChecks,
  order: ShoppingCart,
  payButton: CreditCard,
  edit: Pencil,
  revoke: Trash2,
  unsupported: Info,
  unknown: Info,
  mediaPlaceholder: History,
  template: LayoutTemplate,
};

const MEDIA = new Set<MessageKind>([
  'image',
  'audio',
  'voice',
  'video',
  'document',
  'sticker',
  'mediaPlaceholder',
]);

/** Returns whether the message carries a file that stays with WhatsApp for now. */
export function isMedia(kind: MessageKind): boolean {
  return MEDIA.has(kind);
}
