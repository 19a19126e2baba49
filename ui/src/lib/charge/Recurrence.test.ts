import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { deskAnswers } from '../../../tests/desk';
import { aCharge, aPreview, aProduct, totalsOf } from '../../../tests/things';
import type { ChargeQuestion, CreateCharge } from '../api';
import { language } from '../i18n/language.svelte';
import { ChargeComposer } from './composer.svelte';
import Recurrence from './Recurrence.svelte';
import RecurrenceSum from './RecurrenceSum.svelte';

const mxn = (minor: number) => ({ minor, currency: 'MXN' });

/** What the core says of MX$900 in six payments with 5 %. */
const PLANNED = {
  ...totalsOf(mxn(90_000)),
  interest: mxn(4_500),
  total: mxn(94_500),
  now: mxn(15_750),
  rest: mxn(78_750),
};

function open(totals = totalsOf(mxn(90_000))) {
  const calls = deskAnswers({
    preview_charge: () => aPreview({ totals }),
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
  render(Recurrence, { composer, fixed: false });
  render(RecurrenceSum, { composer });
  const asked = () => calls.findLast(({ command }) => command === 'preview_charge')?.args['charge'];
  return { composer, calls, asked: () => asked() as ChargeQuestion | undefined };
}

describe('how often', () => {
  beforeEach(() => {
    language.choose('en');
  });

  it('is once, until the keyboard chooses otherwise', async () => {
    const { asked } = open();
    const user = userEvent.setup();
    await user.tab();
    expect(document.activeElement).toBe(screen.getByTestId('often-once'));
    await user.keyboard('{ArrowRight}');
    expect(screen.getByTestId<HTMLInputElement>('often-subscription').checked).toBe(true);
    await user.tab();
    await user.selectOptions(screen.getByTestId('often-rhythm'), 'fortnight');
    await user.type(screen.getByTestId('often-trial'), '7');
    await vi.waitFor(() => {
      expect(asked()?.terms?.recurrence).toEqual({
        type: 'subscription',
        every: { interval: 'week', count: 2 },
        trialDays: 7,
      });
    });
    const said = (await screen.findByTestId('often-repeated')).textContent;
    expect(said).toContain('MX$900.00 every 2 weeks');
    expect(said).toContain('after 7 free days');
  });

  it('says every instalment and what all of them come to, and asks for the first', async () => {
    const { composer, calls, asked } = open(PLANNED);
    const user = userEvent.setup();
    await user.click(screen.getByTestId('often-instalments'));
    await user.clear(screen.getByTestId('often-count'));
    await user.type(screen.getByTestId('often-count'), '6');
    await user.type(screen.getByTestId('often-interest'), '5');
    await vi.waitFor(() => {
      expect(asked()?.terms?.recurrence).toEqual({ type: 'instalments', count: 6, interest: 500 });
    });
    const said = (await screen.findByTestId('often-plan')).textContent;
    expect(said).toContain('MX$157.50 now, then 5\u00a0×\u00a0MX$157.50');
    expect(said).toContain('MX$945.00');
    expect(said).toContain('interest: MX$45.00');

    await composer.submit();
    await vi.waitFor(() => {
      const made = calls.find(({ command }) => command === 'create_charge');
      expect(made?.args['charge'] as CreateCharge | undefined).toMatchObject({
        amount: mxn(15_750),
        lines: [{ unit: mxn(90_000), quantity: 1 }],
      });
    });
  });

  it('waits while something can not be read', async () => {
    const { composer } = open(PLANNED);
    const user = userEvent.setup();
    await user.click(screen.getByTestId('often-instalments'));
    await user.clear(screen.getByTestId('often-count'));
    await user.type(screen.getByTestId('often-count'), '1');
    expect(screen.getByRole('alert').textContent).toContain('2 to 36 payments');
    expect(composer.readable).toBe(false);
  });

  it('takes a product’s own rhythm, and forgets it with the charge', () => {
    const { composer } = open();
    composer.addProduct(aProduct({ recurring: { interval: 'year', count: 1 } }));
    expect(composer.often.asked).toEqual({
      type: 'subscription',
      every: { interval: 'year', count: 1 },
      trialDays: null,
    });
    composer.often.reset();
    expect(composer.often.asked).toBeNull();
  });
});
