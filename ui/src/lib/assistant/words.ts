/** How a proposal reads. */
import type { Proposal, ProposedLine } from '$lib/api';
import type { Words } from '$lib/i18n/en';

export function lineWords({ quantity, name }: ProposedLine): string {
  return `${quantity} × ${name}`;
}

/** Says the reasons one after the other, as one sentence without its full stop. */
export function whyWords({ why }: Pick<Proposal, 'why'>, words: Words): string {
  return why.map((reason) => words.reasons[reason]).join('; ');
}
