/** The sign of each kind of message, for where it is only named. */
import type { MessageKind } from '$lib/api';
import Contact from '@lucide/svelte/icons/contact';
import CreditCard from '@lucide/svelte/icons/credit-card';
import FileText from '@lucide/svelte/icons/file-text';
import History from '@lucide/svelte/icons/history';
import Image from '@lucide/svelte/icons/image';
import Info from '@lucide/svelte/icons/info';
import MapPin from '@lucide/svelte/icons/map-pin';
import Mic from '@lucide/svelte/icons/mic';
import Music from '@lucide/svelte/icons/music';
import Pencil from '@lucide/svelte/icons/pencil';
import Phone from '@lucide/svelte/icons/phone';
import ShoppingCart from '@lucide/svelte/icons/shopping-cart';
import Smile from '@lucide/svelte/icons/smile';
import Sticker from '@lucide/svelte/icons/sticker';
import Trash2 from '@lucide/svelte/icons/trash-2';
import Video from '@lucide/svelte/icons/video';

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
  order: ShoppingCart,
  payButton: CreditCard,
  edit: Pencil,
  revoke: Trash2,
  call: Phone,
  mediaPlaceholder: History,
};

export const UNKNOWN_ICON = Info;
