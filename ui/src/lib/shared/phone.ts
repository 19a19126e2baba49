/** Phone numbers as people read them: WhatsApp writes them without the plus. */
export function phoneWords(phone: string): string {
  return /^\d+$/.test(phone) ? `+${phone}` : phone;
}

/** A username with the one @ that belongs to it. */
export function usernameWords(username: string): string {
  return `@${username.replace(/^@+/, '')}`;
}
