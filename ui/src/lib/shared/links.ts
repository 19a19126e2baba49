/** Addresses in what people write: found, and opened in the browser. */
import { api } from '$lib/api';
import { language } from '$lib/i18n/language.svelte';
import { copyText } from './clipboard';
import { toasts } from './toasts.svelte';

/** Starts like an address, and stops before the sentence around it goes on. */
export const LINKS = /\b(?:https?:\/\/|www\.)[^\s<>"'`]*[^\s<>"'`.,;:!?)\]}*_~…]/giu;

/** Returns where the browser goes for an address as it was written. */
export function urlFrom(written: string): string {
  return /^https?:\/\//i.test(written) ? written : `https://${written}`;
}

/** Opens the address in the browser, never in this window. Where that fails it is copied. */
export async function openLink(url: string) {
  const opened = await api.openLink(url);
  if (opened.ok) return;
  const copied = await copyText(url);
  toasts.add('bad', copied ? language.words.faces.linkNotOpened : url);
}

/** Returns a map's address of a place. */
export function mapLink(latitude: number, longitude: number): string {
  return `https://www.google.com/maps/search/?api=1&query=${latitude},${longitude}`;
}
