/** Returns hundredths of a per cent, or null for what is none between 0 and 100. */
export function pointsFromPercent(text: string): number | null {
  const plain = text.trim().replace(',', '.');
  if (!/^\d{1,2}(\.\d{1,2})?$/.test(plain)) return null;
  const points = Math.round(Number(plain) * 100);
  return points > 0 && points < 10_000 ? points : null;
}
