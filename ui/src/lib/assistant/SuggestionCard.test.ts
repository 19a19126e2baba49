import { fireEvent, render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { aProposal, minutesAgo } from '../../../tests/things';
import type { Proposal } from '../api';
import { language, LANGUAGE_CODES } from '../i18n/language.svelte';
import SuggestionCard from './SuggestionCard.svelte';

type Evidence = Proposal['evidence'][number];

const mxn = (minor: number) => ({ minor, currency: 'MXN' });

function show(fields: Partial<Proposal> = {}, more: { busy?: boolean } = {}) {
  const did = { accept: vi.fn(), edit: vi.fn(), dismiss: vi.fn(), jumpTo: vi.fn() };
  const { rerender } = render(SuggestionCard, {
    proposal: aProposal(fields),
    busy: false,
    ...more,
    ...did,
  });
  return { did, rerender, card: screen.getByTestId('suggestion') };
}

function said(text: string, fields: Partial<Evidence> = {}): Evidence {
  return { message: `m-${text}`, text, fromMe: false, at: minutesAgo(1), ...fields };
}

/** Nothing to charge: what a draft or a call for a person looks like. */
const written = { lines: [], total: null };

describe('the suggestion card', () => {
  beforeEach(() => {
    language.choose('en');
  });

  it('is accepted, edited and dismissed with a button each', async () => {
    const { did } = show();
    await userEvent.click(screen.getByTestId('suggestion-accept'));
    expect(did.accept).toHaveBeenCalledOnce();
    await userEvent.click(screen.getByTestId('suggestion-edit'));
    expect(did.edit).toHaveBeenCalledOnce();
    await userEvent.click(screen.getByTestId('suggestion-dismiss'));
    expect(did.dismiss).toHaveBeenCalledOnce();
  });

  it('is reached and left by the keyboard alone', async () => {
    const { did } = show();
    const reached: (string | undefined)[] = [];
    for (let step = 0; step < 5; step++) {
      await userEvent.tab();
      reached.push((document.activeElement as HTMLElement).dataset['testid']);
    }
    expect(reached).toEqual([
      'suggestion-evidence',
      'suggestion-why',
      'suggestion-edit',
      'suggestion-accept',
      'suggestion-dismiss',
    ]);
    await userEvent.keyboard('{Escape}');
    expect(did.dismiss).toHaveBeenCalledOnce();
    expect(did.accept).not.toHaveBeenCalled();
  });

  it('names the keys that do the same', () => {
    show();
    expect(within(screen.getByTestId('suggestion-accept')).getByText(/^(Ctrl |⌘)↵$/)).toBeTruthy();
    expect(within(screen.getByTestId('suggestion-edit')).getByText('Alt ↵')).toBeTruthy();
  });

  it('can’t be pressed twice while its charge is made, and can again where that failed', async () => {
    const { did, rerender } = show({}, { busy: true });
    for (const deed of ['suggestion-accept', 'suggestion-edit', 'suggestion-dismiss'])
      expect(screen.getByTestId(deed)).toHaveProperty('disabled', true);
    expect(screen.getByTestId('suggestion-accept').textContent).toContain('Charging…');
    await userEvent.click(screen.getByTestId('suggestion-accept'));
    expect(did.accept).not.toHaveBeenCalled();

    await rerender({ busy: false });
    expect(screen.getByTestId('suggestion-accept').textContent).toContain('Charge MX$960');
    await userEvent.click(screen.getByTestId('suggestion-accept'));
    expect(did.accept).toHaveBeenCalledOnce();
  });

  it('says why and how sure only when asked', async () => {
    const { card } = show({ confidence: 97, why: ['saidYes', 'totalSaid'] });
    const why = screen.getByTestId('suggestion-why');
    expect(why.getAttribute('aria-expanded')).toBe('false');
    expect(card.textContent).not.toContain('97%');
    await userEvent.click(why);
    expect(why.getAttribute('aria-expanded')).toBe('true');
    const reasons = screen.getByTestId('suggestion-reasons');
    expect(reasons.textContent).toContain(
      'The customer said yes to your question; you said this total.',
    );
    expect(reasons.textContent).toContain('By the rules 97% sure.');
    await userEvent.click(why);
    expect(screen.queryByTestId('suggestion-reasons')).toBeNull();
  });

  it('quotes the customer’s newest words, lists all that it rests on, and leads to each', async () => {
    const long = `dos pasteles medianos ${'y una velita del cinco '.repeat(40)}`;
    const { did } = show({
      evidence: [
        said('¿Cuánto el mediano?'),
        said(long),
        said('Son $960', { fromMe: true, message: 'mine' }),
      ],
    });
    const quote = screen.getByTestId('suggestion-evidence');
    expect(quote.textContent).toContain('velita del cinco');
    await userEvent.click(quote);
    expect(did.jumpTo).toHaveBeenLastCalledWith(`m-${long}`);

    await userEvent.click(screen.getByTestId('suggestion-why'));
    const reasons = within(screen.getByTestId('suggestion-reasons'));
    expect(reasons.getAllByRole('listitem')).toHaveLength(3);
    await userEvent.click(reasons.getByText(/You: Son \$960/));
    expect(did.jumpTo).toHaveBeenLastCalledWith('mine');
  });

  it('lets a long order be read to its end by keyboard', () => {
    const line = aProposal().lines[0];
    if (!line) throw new Error('A proposed charge has a line');
    const lines = Array.from({ length: 7 }, (_, n) => ({ ...line, name: `Pastel ${n}` }));
    const { card } = show({ lines });
    const order = card.querySelector('.lines');
    expect(order?.textContent).toContain('2 × Pastel 6');
    expect(order?.getAttribute('tabindex')).toBe('0');
  });

  it.each<[Partial<Proposal>, string]>([
    [{}, 'catalog prices'],
    [{ why: ['cartPriced'] }, 'prices of the cart'],
    [
      { lines: aProposal().lines.map((line) => ({ ...line, special: true })) },
      'given in this chat',
    ],
    [{ discount: mxn(9_600), total: mxn(86_400) }, 'discount MX$96.00'],
    [{ flags: ['price_claim'] }, 'names a price that is not yours'],
    [{ flags: ['card_data'] }, 'wrote card data'],
    [{ flags: ['subscription'] }, 'Charged again every period'],
  ])('says where its amount comes from and what to look out for: %#', (fields, words) => {
    expect(show(fields).card.textContent).toContain(words);
  });

  it('asks where it is not sure: a person reviews, and the reason is said at once', () => {
    const { card } = show({ kind: 'question', why: ['optionMissing'] });
    expect(card.getAttribute('aria-label')).toBe('Suggestion: Charge this?');
    expect(card.textContent).toContain('An option is missing');
    expect(screen.getByTestId('suggestion-accept').textContent).toContain('Review');
    expect(screen.queryByTestId('suggestion-edit')).toBeNull();
  });

  it.each<[Proposal['kind'], string]>([
    ['recap', 'Say it back'],
    ['reply', 'Suggested reply'],
  ])('shows a %s as the draft that it is', (kind, title) => {
    const { card } = show({ kind, ...written, text: 'Entonces: dos medianos.\n¿Así?' });
    expect(card.textContent).toContain(title);
    expect(card.querySelector('.draft')?.textContent).toBe('Entonces: dos medianos.\n¿Así?');
    expect(screen.getByTestId('suggestion-accept').textContent).toContain('Use as reply');
    expect(screen.queryByTestId('suggestion-total')).toBeNull();
  });

  it('only calls a person where one is needed', () => {
    const { card } = show({ kind: 'handoff', ...written, why: ['complains'] });
    expect(card.textContent).toContain('Needs you');
    expect(card.textContent).toContain('The customer complains');
    expect(screen.queryByTestId('suggestion-accept')).toBeNull();
    expect(screen.getByTestId('suggestion-dismiss')).toBeTruthy();
  });

  it('does without evidence', () => {
    show({ evidence: [] });
    expect(screen.queryByTestId('suggestion-evidence')).toBeNull();
    expect(screen.getByTestId('suggestion-accept')).toHaveProperty('disabled', false);
  });

  it.each([
    ['en', 'Ready to charge', 'Charge MX$960', 'By the rules 97% sure'],
    ['es', 'Listo para cobrar', 'Cobrar', '97'],
    ['pt-BR', 'Pronto para cobrar', 'Cobrar', '97'],
  ] as const)('speaks %s, its reasons too', async (code, title, charge, sure) => {
    language.choose(code);
    const { card } = show();
    expect(card.textContent).toContain(title);
    expect(screen.getByTestId('suggestion-accept').textContent).toContain(charge);
    await fireEvent.click(screen.getByTestId('suggestion-why'));
    expect(screen.getByTestId('suggestion-reasons').textContent).toContain(sure);
    expect(screen.getByTestId('suggestion-reasons').textContent).toContain(
      language.words.reasons.saidYes,
    );
  });

  it('has its own words for every kind in every language', () => {
    for (const kind of ['charge', 'question', 'recap', 'reply', 'handoff'] as const) {
      const titles = LANGUAGE_CODES.map((code) => {
        language.choose(code);
        return language.words.suggestion.kinds[kind];
      });
      expect(new Set(titles).size, kind).toBeGreaterThan(1);
    }
  });

  it('says what is wrong once', () => {
    const { card } = show({
      ...written,
      kind: 'handoff',
      why: ['injection'],
      flags: ['prompt_injection', 'card_data'],
    });
    expect(card.textContent).toContain('speaks for the shop or gives orders');
    expect(card.textContent).not.toContain('tries to give orders');
    expect(card.textContent).toContain('card data');
  });
});
