/** How a proposal reads. */
import type { Proposal, ProposedLine, SecondOpinion } from '$lib/api';
import type { Words } from '$lib/i18n/en';

export function lineWords({ quantity, name }: ProposedLine): string {
  return `${quantity} × ${name}`;
}

/** Says the reasons one after the other, as one sentence without its full stop. */
export function whyWords({ why }: Pick<Proposal, 'why'>, words: Words): string {
  return why.map((reason) => words.reasons[reason]).join('; ');
}

/** Says what became of asking the model: which rule it broke, or why there is no answer. */
export function secondWords({ type, why, status }: SecondOpinion, words: Words): string {
  const verdict = words.suggestion.second[type];
  if (why === null) return verdict;
  const reason = words.suggestion.secondReasons[why];
  return `${verdict}: ${reason}${status === null ? '' : ` (${status})`}`;
}
