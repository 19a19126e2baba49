/** The colours of labels, as the stylesheet has them. */
import type { LabelColor } from '$lib/api';
import type { Tone } from '$lib/shared/tones';

export const COLORS: Record<LabelColor, string> = {
  green: 'var(--accent)',
  amber: 'var(--waiting)',
  blue: 'var(--processing)',
  red: 'var(--failed)',
  violet: 'var(--suggestion)',
  gray: 'var(--neutral)',
};

const TONES = {
  green: 'paid',
  amber: 'waiting',
  blue: 'processing',
  red: 'failed',
  violet: 'suggestion',
  gray: 'neutral',
} as const satisfies Record<LabelColor, Tone>;

/** Returns how a chip paints a label. */
export function toneOfLabel(color: LabelColor): Tone {
  return TONES[color];
}
