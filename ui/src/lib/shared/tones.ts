/** How a chip is painted: by what it means. */
export type Tone =
  'paid' | 'waiting' | 'processing' | 'failed' | 'suggestion' | 'neutral' | 'plain';
