/** Phone numbers as people read them: WhatsApp writes a customer's without any space, and a shop's with some. */

/** How the digits after a country's code are written, by how many there are. */
const GROUPS: Record<string, readonly (readonly number[])[]> = {
  1: [[3, 3, 4]],
  34: [[3, 3, 3]],
  44: [[4, 6]],
  51: [[3, 3, 3]],
  52: [
    [2, 4, 4],
    [1, 2, 4, 4],
  ],
  54: [
    [2, 4, 4],
    [1, 2, 4, 4],
  ],
  55: [
    [2, 4, 4],
    [2, 5, 4],
  ],
  56: [[1, 4, 4]],
  57: [[3, 3, 4]],
  58: [[3, 3, 4]],
  351: [[3, 3, 3]],
  502: [[4, 4]],
  503: [[4, 4]],
  504: [[4, 4]],
  505: [[4, 4]],
  506: [[4, 4]],
  507: [[4, 4]],
  591: [[1, 3, 4]],
  593: [[2, 3, 4]],
  595: [[3, 3, 3]],
  598: [[2, 3, 3]],
};

/** Returns the number in the one form that it has everywhere: "+52 1 55 1234 5678". */
export function phoneWords(phone: string): string {
  if (!/^\+?[\d\s().-]+$/.test(phone)) return phone;
  const digits = phone.replace(/\D/g, '');
  for (const length of [3, 2, 1]) {
    const country = digits.slice(0, length);
    const rest = digits.slice(length);
    const groups = GROUPS[country]?.find(
      (sizes) => sizes.reduce((sum, size) => sum + size, 0) === rest.length,
    );
    if (groups) return `+${[country, ...cut(rest, groups)].join(' ')}`;
  }
  return phone.startsWith('+') ? phone : `+${phone}`;
}

/** Returns what to call somebody: who gave no name is called by their number, as people read it. */
export function nameWords(name: string): string {
  return /^\+\d{6,}$/.test(name) ? phoneWords(name) : name;
}

function cut(digits: string, sizes: readonly number[]): string[] {
  let at = 0;
  return sizes.map((size) => digits.slice(at, (at += size)));
}

/** A username with the one @ that belongs to it. */
export function usernameWords(username: string): string {
  return `@${username.replace(/^@+/, '')}`;
}
