/** The figures that payments and reports share. */
import type { Overview } from '$lib/api';
import { language } from '$lib/i18n/language.svelte';
import type { Figure } from '$lib/shared/Figures.svelte';
import { shortSpan } from './days';

/** What is open, and since when. */
export function waitingFigure(
  label: string,
  waiting: Overview['waiting'],
  now: number,
  run: () => void,
): Figure {
  const words = language.words.paymentsView;
  const age = (at: string) => shortSpan(Math.max(0, Math.floor((now - Date.parse(at)) / 1000)));
  return {
    id: 'total-waiting',
    label,
    figure: language.money(waiting.amount),
    behind: waiting.oldest ? words.links(waiting.links, age(waiting.oldest)) : words.noLinks,
    run,
  };
}

/** How many of some links were paid, in percent. */
export function conversionFigure(
  label: string,
  { links, paid }: { links: number; paid: number },
  behind: string,
): Figure {
  const figure = links > 0 ? language.percent(Math.round((paid * 100) / links)) : '—';
  return { id: 'total-conversion', label, figure, behind };
}

/** How much of the account has its place, by its newest reading. */
export function reconciledFigure(
  placed: Overview['reconciled'],
  now: number,
  run: () => void,
): Figure {
  const words = language.words.paymentsView;
  const state = (open: number) => (open > 0 ? words.withoutPlace(open) : words.allPlaced);
  return {
    id: 'total-reconciled',
    label: words.reconciled,
    figure: placed ? language.percent(sharePlaced(placed)) : '—',
    behind: placed
      ? words.asOf(state(placed.open), language.momentWords(placed.readAt, now))
      : words.notYet,
    bad: (placed?.open ?? 0) > 0,
    run,
  };
}

function sharePlaced({ payments, open }: { payments: number; open: number }): number {
  return payments > 0 ? Math.floor(((payments - open) * 1000) / payments) / 10 : 100;
}
