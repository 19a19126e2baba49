/** The colour of each state that a template can be in. The words say the same. */
import type { TemplateStatus } from '$lib/api';

export const STATUS_TONES: Record<
  TemplateStatus,
  'paid' | 'waiting' | 'failed' | 'neutral' | 'plain'
> = {
  missing: 'plain',
  pending: 'waiting',
  approved: 'paid',
  rejected: 'failed',
  paused: 'waiting',
  disabled: 'failed',
  other: 'neutral',
};
