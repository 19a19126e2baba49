/** Coordinates as people have them: typed, or inside a map's address. */

export interface Coordinates {
  latitude: number;
  longitude: number;
}

const PAIR = /(-?\d{1,2}(?:\.\d+)?)\s*[,;\s]\s*(-?\d{1,3}(?:\.\d+)?)/;
/** Where maps put the pair: `@19.4,-99.1`, `q=19.4,-99.1`, `!3d19.4!4d-99.1`, `mlat=…&mlon=…`. */
const IN_LINKS = [
  /!3d(-?[\d.]+)!4d(-?[\d.]+)/,
  /mlat=(-?[\d.]+)&mlon=(-?[\d.]+)/,
  /(?:@|q=|query=|ll=|center=)(-?[\d.]+)(?:,|%2C)\s*(-?[\d.]+)/i,
];

/** Reads coordinates, or returns null where there are none on this globe. */
export function coordinatesFrom(text: string): Coordinates | null {
  const trimmed = text.trim();
  const isLink = /^https?:\/\//i.test(trimmed);
  const match = isLink
    ? IN_LINKS.map((form) => form.exec(trimmed)).find((found) => found !== null)
    : new RegExp(`^${PAIR.source}$`).exec(trimmed);
  if (!match) return null;
  const latitude = Number(match[1]);
  const longitude = Number(match[2]);
  const there = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  return there ? { latitude, longitude } : null;
}
