/** How WhatsApp's names for a customer are written for people. */
import type { Identity } from '$lib/api';
import { phoneWords, usernameWords } from '$lib/shared/phone';

export function identityWords({ kind, value }: Identity): string {
  if (kind === 'phone') return phoneWords(value);
  return kind === 'username' ? usernameWords(value) : value;
}
