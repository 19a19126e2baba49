import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { refuse, tell } from '../../tests/desk';
import { aCharge, aProposal, aStatus } from '../../tests/things';
import { opened, press } from '../../tests/window';
import type { Answers } from '../../tests/desk';
import type { Proposal, SecondOpinion } from '../lib/api';
import SuggestionCard from '../lib/assistant/SuggestionCard.svelte';
import { language } from '../lib/i18n/language.svelte';

// Nothing has a height here, and a virtual list shows what fits: give everything one.
vi.mock('virtua/svelte', async () => await import('../../tests/plainList'));

function renderCard(second: SecondOpinion | null, more: Partial<Proposal> = {}) {
  const acts = { accept: vi.fn(), edit: vi.fn(), dismiss: vi.fn(), jumpTo: vi.fn() };
  return render(SuggestionCard, { proposal: aProposal({ second, ...more }), busy: false, ...acts });
}

/** The conversation with María, in which something is proposed. */
async function proposed(answers: Answers = {}) {
  const calls = await opened({
    status: () => aStatus({ holdSeconds: 0 }),
    proposal: () => aProposal(),
    accept_proposal: () => aCharge({ id: 'proposed' }),
    dismiss_proposal: () => null,
    ...answers,
  });
  await press('j');
  await screen.findByTestId('suggestion');
  return {
    calls,
    of: (command: string) => calls.filter((call) => call.command === command),
  };
}

const accept = () => fireEvent.keyDown(document.body, { key: 'Enter', ctrlKey: true });

describe('a suggestion', () => {
  beforeEach(() => {
    language.choose('en');
  });

  it('shows what would be charged, and the words that led to it', async () => {
    await proposed();
    const card = screen.getByTestId('suggestion');
    expect(card.textContent).toContain('Ready to charge');
    expect(card.textContent).toContain('MX$960.00');
    expect(card.textContent).toContain('2 × Pastel 3 leches');
    expect(card.textContent).toContain('Sí, los dos porfa');
    await fireEvent.click(screen.getByTestId('suggestion-why'));
    expect(screen.getByTestId('suggestion-reasons').textContent).toContain(
      'The customer said yes to your question; you said this total.',
    );
  });

  it.each([
    ['en', 'every month'],
    ['es', 'cada mes'],
    ['pt-BR', 'a cada mês'],
  ] as const)('says in %s how often it is charged', (code, rhythm) => {
    language.choose(code);
    renderCard(null, { every: { interval: 'month', count: 1 }, flags: ['subscription'] });
    expect(screen.getByTestId('suggestion-every').textContent).toBe(rhythm);
    expect(screen.getByTestId('suggestion').textContent).not.toContain(
      language.words.suggestion.flags.subscription,
    );
  });

  it('fills the panel with the rhythm that it is charged in', async () => {
    const { calls } = await proposed({
      proposal: () => aProposal({ every: { interval: 'week', count: 2 } }),
    });
    await fireEvent.keyDown(document.body, { key: 'Enter', altKey: true });
    await waitFor(() => {
      expect(calls.findLast(({ command }) => command === 'preview_charge')?.args).toMatchObject({
        charge: {
          terms: {
            recurrence: {
              type: 'subscription',
              every: { interval: 'week', count: 2 },
              trialDays: null,
            },
          },
        },
      });
    });
  });

  it('is charged with one key, once', async () => {
    const { of } = await proposed();
    await accept();
    await accept();
    await waitFor(() => {
      expect(of('accept_proposal')).toHaveLength(1);
    });
    expect(of('accept_proposal')[0]?.args).toMatchObject({ charge: 'proposed' });
    expect(of('create_charge')).toEqual([]);
  });

  it('is charged with the key of a Mac too', async () => {
    const { of } = await proposed();
    await fireEvent.keyDown(document.body, { key: 'Enter', metaKey: true });
    await waitFor(() => {
      expect(of('accept_proposal')).toHaveLength(1);
    });
  });

  it('says in the panel why it was not charged, and stays to be accepted again', async () => {
    const { of } = await proposed({
      proposal: () => aProposal({ lines: [] }),
      accept_proposal: () =>
        refuse({ code: 'conflict', message: 'Something was written since this was suggested.' }),
    });
    await accept();
    await screen.findByText('Something was written since this was suggested.');
    expect(screen.getByTestId('charge-amount')).toHaveProperty('value', '960.00');
    const button = screen.getByTestId('suggestion-accept');
    expect(button).toHaveProperty('disabled', false);
    await fireEvent.click(button);
    await waitFor(() => {
      expect(of('accept_proposal')).toHaveLength(2);
    });
    expect(of('accept_proposal')[1]?.args['charge']).toBe('proposed');
  });

  it('comes back where it could not be dismissed, and says so', async () => {
    await proposed({
      dismiss_proposal: () => refuse({ code: 'diskFull', message: 'The disk is full.' }),
    });
    await fireEvent.click(screen.getByTestId('suggestion-dismiss'));
    await screen.findByText('The suggestion was not dismissed');
    await screen.findByTestId('suggestion');
  });

  it('is an ordinary charge once something of it is changed', async () => {
    const { of } = await proposed({
      proposal: () => aProposal({ lines: [] }),
      create_charge: () => aCharge(),
    });
    await fireEvent.keyDown(document.body, { key: 'Enter', altKey: true });
    const amount = await screen.findByTestId('charge-amount');
    await fireEvent.input(amount, { target: { value: '900' } });
    await fireEvent.keyDown(amount, { key: 'Enter', ctrlKey: true, shiftKey: true });
    await waitFor(() => {
      expect(of('create_charge')).toHaveLength(1);
    });
    expect(of('accept_proposal')).toEqual([]);
  });

  it('is gone once dismissed, and comes with the next event', async () => {
    let next: unknown = aProposal();
    const { of } = await proposed({ proposal: () => next });
    next = null;
    await fireEvent.click(screen.getByTestId('suggestion-dismiss'));
    expect(screen.queryByTestId('suggestion')).toBeNull();
    expect(of('dismiss_proposal')[0]?.args).toEqual({ charge: 'proposed' });
    next = aProposal({ kind: 'handoff', lines: [], total: null, why: ['complains'] });
    void tell({ type: 'proposalChanged', conversation: 'maria' });
    await screen.findByText(/The customer complains/);
  });

  it('puts a drafted reply into the composer and sends nothing', async () => {
    const { calls } = await proposed({
      proposal: () => aProposal({ kind: 'reply', lines: [], total: null, text: 'Sí tenemos.' }),
    });
    await accept();
    await waitFor(() => {
      expect(screen.getByTestId('composer-input')).toHaveProperty('value', 'Sí tenemos.');
    });
    expect(calls.some(({ command }) => command.startsWith('send'))).toBe(false);
  });

  it('says what came of asking the model, whatever it did', async () => {
    const { rerender } = renderCard({ type: 'agrees', why: null, status: null });
    const seen = () => screen.getByTestId('suggestion-second').textContent;
    expect(seen()).toContain('The model agrees');
    for (const [second, says] of [
      [{ type: 'asking', why: null, status: null }, 'is being asked'],
      [{ type: 'differs', why: null, status: null }, 'reads it another way'],
      [{ type: 'refused', why: 'otherField', status: null }, 'such as a price'],
      [{ type: 'refused', why: 'replyLink', status: null }, 'held a link'],
      [{ type: 'refused', why: 'unknownItem', status: null }, 'was not offered'],
      [{ type: 'refused', why: 'replyCardData', status: null }, 'card or bank data'],
      [{ type: 'refused', why: 'noJson', status: null }, 'the form that was asked for'],
      [{ type: 'silent', why: 'endless', status: null }, 'no end'],
      [{ type: 'silent', why: 'timedOut', status: null }, '20 seconds'],
      [{ type: 'silent', why: 'offline', status: null }, 'could not be reached'],
      [{ type: 'silent', why: 'serverRefused', status: 500 }, 'refused (500)'],
      [{ type: 'silent', why: 'daySpent', status: null }, 'used up'],
    ] as const) {
      await rerender({ proposal: aProposal({ second }) });
      expect(seen()).toContain(says);
      expect(screen.getByTestId('suggestion-total').textContent).toBe('MX$960.00');
    }
  });

  it('does not use a reply that the model is still writing', async () => {
    await proposed({
      proposal: () =>
        aProposal({
          kind: 'reply',
          lines: [],
          total: null,
          text: 'Sí te',
          second: { type: 'writing', why: null, status: null },
        }),
    });
    expect(screen.getByTestId('suggestion-accept')).toHaveProperty('disabled', true);
    await accept();
    expect(screen.getByTestId('composer-input')).toHaveProperty('value', '');
  });
});
