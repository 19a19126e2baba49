/** Days as a person picks them, and the moments that they begin and end by this machine's clock. */

/** Returns when a picked day begins; null where it is no day. */
export function startOfDay(day: string): string | null {
  return moment(day, 0);
}

/** Returns when a picked day is over. */
export function endOfDay(day: string): string | null {
  return moment(day, 1);
}

function moment(day: string, later: number): string | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (!parts) return null;
  const [year, month, date] = parts.slice(1).map(Number) as [number, number, number];
  const at = new Date(year, month - 1, date + later);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

/** Returns a number of seconds in its two largest units, to be read in one piece: "3 m 12 s". */
export function shortSpan(seconds: number): string {
  if (seconds < 60) return `${String(seconds)}\u00a0s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${String(minutes)}\u00a0m\u00a0${String(seconds % 60)}\u00a0s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${String(hours)}\u00a0h\u00a0${String(minutes % 60)}\u00a0m`;
  return `${String(Math.floor(hours / 24))}\u00a0d`;
}
