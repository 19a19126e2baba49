import { beforeEach, describe, expect, it, vi } from 'vitest';
import { deskAnswers, refuse } from '../../../tests/desk';
import type { Way } from '../api';
import { language } from '../i18n/language.svelte';
import { PayPage } from './payPage.svelte';

const way = (method: string, whyNot: Way['whyNot'] = null): Way => ({
  method,
  whyNot,
  canChange: true,
  limits: null,
});

const USUAL = [way('card'), way('oxxo'), way('customer_balance', { type: 'onRequest' })];

function open() {
  const edited = vi.fn();
  return { page: new PayPage(edited), edited };
}

describe('what the pay page offers', () => {
  beforeEach(() => {
    language.choose('en');
  });

  it('names the ways of paying only once one is left out or added', () => {
    const { page, edited } = open();
    expect(page.asked('MXN', false).methods).toEqual([]);
    page.toggle(USUAL, 'oxxo');
    expect(page.asked('MXN', false).methods).toEqual(['card']);
    page.asUsual();
    page.toggle(USUAL, 'customer_balance');
    expect(page.asked('MXN', false).methods).toEqual(['card', 'oxxo', 'customer_balance']);
    expect(edited).toHaveBeenCalledTimes(3);
  });

  it('keeps the last way of paying', () => {
    const { page } = open();
    page.toggle([way('card'), way('oxxo', { type: 'leftOut' })], 'card');
    expect(page.methods).toEqual([]);
  });

  it('asks for ways of delivery only with an address, and only where each can be read', () => {
    const { page } = open();
    page.addRate({ name: 'Home', amountText: '80' });
    page.addRate({ name: 'Shop', amountText: '0' });
    expect(page.asked('MXN', false).shippingRates).toEqual([]);
    expect(page.asked('MXN', true).shippingRates).toEqual([
      { name: 'Home', amount: { minor: 8_000, currency: 'MXN' } },
      { name: 'Shop', amount: { minor: 0, currency: 'MXN' } },
    ]);
    page.addRate({ name: '', amountText: '10' });
    expect(page.ratesAsked('MXN')).toBeNull();
  });

  it('takes a typed code off, and says why there is none', async () => {
    const { page } = open();
    const coupon = { id: 'promo_1', code: 'HOLA', off: { type: 'percent', basisPoints: 1_000 } };
    deskAnswers({ find_code: () => coupon });
    expect(await page.findCode('hola')).toBe(true);
    expect(page.asked('MXN', false).coupon).toEqual(coupon);
    page.take(null);
    deskAnswers({
      find_code: () => refuse({ code: 'invalid', message: 'Stripe has no code NADA' }),
    });
    expect(await page.findCode('nada')).toBe(false);
    expect(page.codesError?.message).toContain('NADA');
  });
});
