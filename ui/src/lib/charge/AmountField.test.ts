import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { deskAnswers } from '../../../tests/desk';
import { aPreview, aProduct } from '../../../tests/things';
import { language } from '../i18n/language.svelte';
import AmountField from './AmountField.svelte';
import { ChargeComposer } from './composer.svelte';

it('writes what the items come to as all other money', async () => {
  language.choose('pt-BR');
  const sum = { minor: 125_450, currency: 'BRL' };
  const totals = { ...aPreview().totals, total: sum, now: sum };
  deskAnswers({ preview_charge: () => aPreview({ totals }) });
  const composer = new ChargeComposer(
    'maria',
    () => ({ currency: 'BRL', expiryHours: 48, holdSeconds: 3 }),
    () => undefined,
  );
  composer.show();
  composer.addProduct(aProduct({ price: sum }));
  const focused = () => undefined;
  render(AmountField, { composer, products: [], fixed: false, wantsFocus: false, focused });
  const field = screen.getByTestId<HTMLInputElement>('charge-amount');
  await vi.waitFor(() => expect(field.placeholder).toMatch(/^R\$\s1\.254,50$/));
});

it('says after Enter that words which name no product are no amount', async () => {
  language.choose('en');
  deskAnswers({ preview_charge: () => aPreview() });
  const composer = new ChargeComposer(
    'maria',
    () => ({ currency: 'MXN', expiryHours: 48, holdSeconds: 3 }),
    () => undefined,
  );
  composer.show();
  const focused = () => undefined;
  render(AmountField, {
    composer,
    products: [aProduct()],
    fixed: false,
    wantsFocus: true,
    focused,
  });
  await userEvent.keyboard('150 rebanadas');
  expect(screen.queryByRole('alert')).toBeNull();
  await userEvent.keyboard('{Enter}');
  expect(screen.getByRole('alert').textContent).toContain('not an amount');
});
