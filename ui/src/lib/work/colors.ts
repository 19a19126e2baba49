/** The colours of labels, as the stylesheet has them. */
import type { LabelColor } from '$lib/api';

export const COLORS: Record<LabelColor, string> = {
  green: 'var(--accent)',
  amber: 'var(--waiting)',
  blue: 'var(--processing)',
  red: 'var(--failed)',
  violet: 'var(--suggestion)',
  gray: 'var(--neutral)',
};
