import { beforeEach, describe, expect, it, vi } from 'vitest';
import { deskAnswers, refuse } from '../../../tests/desk';
import type { Way } from '../api';
import { language } from '../i18n/language.svelte';
import { PayPage } from './payPage.svelte';

const PAID_AT_ONCE: Way['limits'] = {
  currency: null,
  least: null,
  most: null,
  refundable: null,
  refundDays: null,
  disputable: null,
  mostDays: null,
  isDelayed: false,
  needsSession: false,
  needsCustomer: false,
  onePayment: false,
};

const way = (
  method: string,
  whyNot: Way['whyNot'] = null,
  limits: Way['limits'] = PAID_AT_ONCE,
): Way => ({ method, whyNot, canChange: true, limits });

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

  it('counts what was chosen before its preview is back', () => {
    const { page } = open();
    page.toggle(USUAL, 'oxxo');
    page.toggle(USUAL, 'customer_balance');
    expect(page.methods).toEqual(['card', 'customer_balance']);
  });

  it('asks by name only for what is known here, unless a person does', () => {
    const { page } = open();
    const usual = [...USUAL, way('klarna', null, null)];
    page.toggle(usual, 'oxxo');
    expect(page.methods).toEqual(['card']);
    page.asUsual();
    page.toggle(usual, 'klarna');
    expect(page.methods).toEqual(['card', 'oxxo']);
    page.toggle(usual, 'klarna');
    expect(page.methods).toEqual(['card', 'oxxo', 'klarna']);
  });

  it('takes nothing off the next charge when an answer is late', async () => {
    const { page } = open();
    const coupon = { id: 'promo_1', code: 'HOLA', off: { type: 'percent', basisPoints: 1_000 } };
    deskAnswers({ find_code: () => coupon });
    const late = page.findCode('hola');
    page.reset();
    expect(await late).toBe(false);
    expect(page.asked('MXN', false).coupon).toBeNull();
    expect(page.looking).toBe(false);
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
