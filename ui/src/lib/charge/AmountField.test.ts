import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import { deskAnswers } from '../../../tests/desk';
import { aPreview, aProduct } from '../../../tests/things';
import { language } from '../i18n/language.svelte';
import AmountField from './AmountField.svelte';
import { ChargeComposer } from './composer.svelte';

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
