import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { deskAnswers } from '../../../tests/desk';
import { aCharge, aPreview, totalsOf } from '../../../tests/things';
import type { Charge, ChargePreview } from '../api';
import { language } from '../i18n/language.svelte';
import ChargePanel from './ChargePanel.svelte';
import { ChargeComposer } from './composer.svelte';

const mxn = (minor: number) => ({ minor, currency: 'MXN' });
const ASKS = { kind: 'sameAmountOpen', blocking: false, text: 'The same is open.' } as const;

async function shown(preview: Partial<ChargePreview>, open: Charge[] = []) {
  deskAnswers({
    preview_charge: () => aPreview({ totals: totalsOf(mxn(90_000)), ...preview }),
    create_charge: () => aCharge(),
  });
  const composer = new ChargeComposer(
    'maria',
    () => ({ currency: 'MXN', expiryHours: 48, holdSeconds: 0 }),
    () => undefined,
  );
  composer.show();
  composer.amountText = '900';
  composer.edited();
  const did = { resend: vi.fn(), cancel: vi.fn(), undo: vi.fn(), quote: vi.fn(), close: vi.fn() };
  render(ChargePanel, {
    composer,
    customer: 'María González',
    open,
    products: [],
    stats: null,
    holdSeconds: 0,
    wantsFocus: false,
    focused: () => undefined,
    ...did,
  });
  await vi.waitFor(() => expect(composer.preview).not.toBeNull());
  return { composer, did };
}

describe('the charge panel', () => {
  beforeEach(() => {
    language.choose('en');
  });

  it('says who is charged, and what the estimate rests on in numbers of the language', async () => {
    const basis = 'Mexico card 3.6 % + 3 MXN, estimate';
    await shown({ fee: mxn(3_540), net: mxn(86_460), feeBasis: basis });
    expect(screen.getByTestId('charge-title').textContent).toContain('Charge María González');
    const said = await screen.findByTestId('charge-basis');
    expect(said.textContent).toContain('estimate: 3.6% + MX$3.00');
  });

  it('has one way on while a question is open, and offers what is open already', async () => {
    const old = aCharge({ id: 'old', amount: mxn(90_000), delivery: 'read' });
    const other = aCharge({ id: 'other', amount: mxn(100) });
    const { composer, did } = await shown({ warnings: [ASKS] }, [other, old]);
    const submit = screen.getByTestId('charge-submit');
    const yes = await screen.findByTestId('charge-confirm');
    expect(submit.classList.contains('primary')).toBe(false);
    expect(yes.classList.contains('primary')).toBe(true);

    await userEvent.click(screen.getByTestId('warning-resend'));
    expect(did.resend).toHaveBeenCalledWith(old);
    await userEvent.click(screen.getByTestId('warning-cancel'));
    expect(did.cancel).toHaveBeenCalledWith(old);
    await userEvent.click(yes);
    expect(composer.unconfirmed).toEqual([]);
    expect(submit.classList.contains('primary')).toBe(true);
  });

  it('says on the button that it comes again, and beside it what that means', async () => {
    const totals = { ...totalsOf(mxn(90_000)), now: mxn(30_000), rest: mxn(60_000) };
    await shown({ totals, fee: mxn(1_380), net: mxn(28_620) });
    await userEvent.click(screen.getByTestId('often-subscription'));
    expect(screen.getByTestId('charge-submit').textContent).toContain('Create link, every month');
    await userEvent.click(screen.getByTestId('often-instalments'));
    expect(screen.getByTestId('charge-submit').textContent).toContain('Create link, 3 payments');
    expect(screen.getByTestId('charge-fees').textContent).toContain('Each payment: fee ≈ MX$13.80');
    const sum = screen.getByTestId('often-plan');
    expect(sum.closest('footer')?.contains(screen.getByTestId('charge-submit'))).toBe(true);
  });
});
