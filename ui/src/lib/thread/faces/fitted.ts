/** How large a picture stands in a bubble: known before it loads, so that nothing jumps. */

const WIDEST = 320;
const TALLEST = 340;
const UNKNOWN = { width: 240, height: 180 };

/** Returns the size in which a picture fits a bubble, never larger than it is. */
export function fitted(width: number | null, height: number | null) {
  if (!width || !height) return UNKNOWN;
  const scale = Math.min(1, WIDEST / width, TALLEST / height);
  return {
    width: Math.max(96, Math.round(width * scale)),
    height: Math.max(64, Math.round(height * scale)),
  };
}
