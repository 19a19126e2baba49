import { beforeEach, describe, expect, it, vi } from 'vitest';
import { deskAnswers, refuse, type Answers } from '../../../tests/desk';
import { aCharge, aPreview, aProduct, totalsOf } from '../../../tests/things';
import type { Charge, ChargePreview, ChargeQuestion, ChargeWarning } from '../api';
import { language } from '../i18n/language.svelte';
import { ChargeComposer, ChargeComposers } from './composer.svelte';

const preview = (warnings: ChargeWarning[] = []): ChargePreview =>
  aPreview({ message: 'María, aquí está tu pedido.', button: 'Pagar $995.00', warnings });

function open(answers: Answers = {}, holdSeconds = 3) {
  const created: Charge[] = [];
  const calls = deskAnswers({
    preview_charge: () => preview(),
    create_charge: () => aCharge(),
    ...answers,
  });
  const composer = new ChargeComposer(
    'maria',
    () => ({ currency: 'MXN', expiryHours: 48, holdSeconds }),
    (charge) => created.push(charge),
  );
  composer.show();
  const creations = () => calls.filter(({ command }) => command === 'create_charge');
  return { composer, calls, created, creations };
}

function type(composer: ChargeComposer, amount: string) {
  composer.amountText = amount;
  composer.edited();
}

const later = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

describe('ChargeComposer', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    language.choose('en');
  });

  it('creates the charge after the hold, with what was previewed', async () => {
    const { composer, creations, created } = open();
    type(composer, '995');
    composer.description = ' Pastel ';
    void composer.submit();
    await later(2900);
    expect(creations()).toEqual([]);
    await later(300);

    expect(creations()).toHaveLength(1);
    expect(Object.values(creations()[0]?.args ?? {})[0]).toMatchObject({
      conversation: 'maria',
      amount: { minor: 99_500, currency: 'MXN' },
      description: 'Pastel',
      singleUse: true,
      expiresInHours: 48,
      message: 'María, aquí está tu pedido.',
    });
    expect(created).toHaveLength(1);
    expect(composer.open).toBe(false);
    expect(composer.amountText).toBe('');
  });

  it('stays one charge when Enter is pressed twice', async () => {
    const { composer, creations } = open();
    type(composer, '995');
    void composer.submit();
    void composer.submit();
    await later(500);
    void composer.submit();
    await later(10_000);

    expect(creations()).toHaveLength(1);
  });

  it('counts the hold down and sends nothing after Undo', async () => {
    const { composer, creations } = open();
    type(composer, '995');
    void composer.submit();
    await later(100);
    expect(composer.phase).toBe('held');
    expect(composer.secondsLeft).toBe(3);
    await later(2000);
    expect(composer.secondsLeft).toBe(1);

    expect(composer.undo()).toBe(true);
    expect(composer.undo()).toBe(false);
    await later(10_000);

    expect(creations()).toEqual([]);
    expect(composer.phase).toBe('editing');
    expect(composer.amountText).toBe('995');
  });

  it('goes at once where the hold is switched off', async () => {
    const { composer, creations } = open({}, 0);
    type(composer, '995');
    void composer.submit();
    await later(50);
    expect(creations()).toHaveLength(1);
  });

  it('tries again with the same id after a lost answer, and with a new one after a change', async () => {
    const { composer, creations } = open({ create_charge: () => refuse({ code: 'offline' }) }, 0);
    type(composer, '995');
    void composer.submit();
    await later(50);
    expect(composer.error?.code).toBe('offline');
    expect(composer.amountText).toBe('995');
    void composer.submit();
    await later(50);
    type(composer, '996');
    void composer.submit();
    await later(50);

    const ids = creations().map(({ args }) => (Object.values(args)[0] as { id: string }).id);
    expect(ids).toHaveLength(3);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it('does nothing for an amount that is none', async () => {
    const { composer, creations, calls } = open();
    type(composer, '1.250');
    void composer.submit();
    await later(5000);

    expect(composer.parsed).toMatchObject({ ok: false, problem: { kind: 'ambiguous' } });
    expect(composer.tried).toBe(true);
    expect(creations()).toEqual([]);
    expect(calls.some(({ command }) => command === 'preview_charge')).toBe(false);
  });

  it('does not pass a warning that forbids', async () => {
    const closed: ChargeWarning = { kind: 'windowClosed', blocking: true, text: 'Closed.' };
    const { composer, creations } = open({ preview_charge: () => preview([closed]) });
    type(composer, '995');
    void composer.submit();
    await later(5000);

    expect(composer.blocked).toBe(true);
    expect(creations()).toEqual([]);
  });

  it('asks once about an amount that is already open, and again about another amount', async () => {
    const same: ChargeWarning = { kind: 'sameAmountOpen', blocking: false, text: 'Already open.' };
    const { composer, creations } = open({ preview_charge: () => preview([same]) }, 0);
    type(composer, '995');
    void composer.submit();
    await later(50);
    expect(creations()).toEqual([]);
    expect(composer.timesAsked).toBe(1);

    composer.confirm('sameAmountOpen');
    type(composer, '996');
    void composer.submit();
    await later(50);
    expect(creations()).toEqual([]);

    composer.confirm('sameAmountOpen');
    void composer.submit();
    await later(50);
    expect(creations()).toHaveLength(1);
  });

  it('lets a hint about a small amount pass', async () => {
    const small: ChargeWarning = { kind: 'belowMinimum', blocking: false, text: 'Small.' };
    const { composer, creations } = open({ preview_charge: () => preview([small]) }, 0);
    type(composer, '5');
    void composer.submit();
    await later(50);
    expect(creations()).toHaveLength(1);
  });

  it('shows the newest preview, whatever order answers come in', async () => {
    const { composer } = open({
      preview_charge: ({ charge }) =>
        new Promise((resolve) => {
          const minor = (charge as ChargeQuestion).amount?.minor ?? 0;
          const wait = minor === 100 ? 1000 : 10;
          setTimeout(() => resolve({ ...preview(), button: `Pagar ${String(minor)}` }), wait);
        }),
    });
    type(composer, '1');
    await later(200);
    type(composer, '12');
    await later(2000);

    expect(composer.preview?.button).toBe('Pagar 1200');
  });

  it('never sends a message that was not previewed', async () => {
    const { composer, creations } = open(
      {
        preview_charge: ({ charge }) => ({
          ...preview(),
          message: String((charge as ChargeQuestion).message),
        }),
      },
      0,
    );
    type(composer, '995');
    composer.ownMessage = 'Con cariño';
    composer.edited();
    void composer.submit();
    await later(50);
    expect(Object.values(creations()[0]?.args ?? {})[0]).toMatchObject({ message: 'Con cariño' });
  });

  it('charges products item by item at the sum that the core adds up', async () => {
    const total = { minor: 81_000, currency: 'MXN' };
    const { composer, creations } = open(
      { preview_charge: () => aPreview({ totals: totalsOf(total) }) },
      0,
    );
    const cake = aProduct({
      options: [{ name: 'Size', values: [{ name: 'Small' }, { name: 'Large', difference: 100 }] }],
    });
    composer.addProduct(aProduct({ name: 'Café' }));
    composer.addProduct(aProduct({ name: 'Café' }));
    composer.addProduct(cake);
    composer.discountText = '10';
    composer.edited();
    void composer.submit();
    await later(50);

    expect(Object.values(creations()[0]?.args ?? {})[0]).toMatchObject({
      amount: total,
      lines: [
        { product: 'product-Café', quantity: 2, unit: null, options: [] },
        { product: 'product-cake', quantity: 1, options: [{ group: 'Size', value: 'Small' }] },
      ],
      terms: { discount: { type: 'percent', basisPoints: 1_000 } },
    });
  });

  it('sends the whole price beside what a discount or a deposit leaves of it', async () => {
    const total = { minor: 90_000, currency: 'MXN' };
    const { composer, calls, creations } = open(
      { preview_charge: () => aPreview({ totals: totalsOf(total) }) },
      0,
    );
    type(composer, '1000');
    composer.discountText = '10';
    composer.edited();
    void composer.submit();
    await later(50);

    const lines = [{ product: null, name: '', unit: { minor: 100_000, currency: 'MXN' } }];
    const previewed = calls.filter(({ command }) => command === 'preview_charge').at(-1);
    expect(Object.values(previewed?.args ?? {})[0]).toMatchObject({ lines });
    expect(Object.values(creations()[0]?.args ?? {})[0]).toMatchObject({
      amount: total,
      lines,
      terms: { discount: { type: 'percent', basisPoints: 1_000 } },
    });
  });

  it('goes by the product’s own link only while everybody would be asked for the same', async () => {
    const total = { minor: 18_000, currency: 'MXN' };
    const { composer, creations } = open(
      { preview_charge: () => aPreview({ totals: totalsOf(total) }) },
      0,
    );
    composer.offer(aProduct({ name: 'Café' }));
    expect([composer.canLast, composer.lasts]).toEqual([true, true]);
    composer.discountText = '10';
    composer.edited();
    expect([composer.canLast, composer.lasts]).toEqual([false, false]);
    composer.discountText = '';
    composer.edited();
    void composer.submit();
    await later(50);
    expect(Object.values(creations()[0]?.args ?? {})[0]).toMatchObject({
      amount: total,
      singleUse: false,
      expiresInHours: null,
      terms: { lasting: true },
    });
    expect(composer.lasting).toBe(false);
  });

  it('makes of a typed amount an item beside the products', () => {
    const { composer } = open();
    type(composer, '35');
    composer.addProduct(aProduct());
    expect(composer.lines.map(({ name, unitText }) => [name, unitText])).toEqual([
      ['Other', '35'],
      ['Torta de chocolate', ''],
    ]);
    expect(composer.amountText).toBe('');
  });

  it('creates nothing while a discount can not be read', async () => {
    const { composer, creations } = open({}, 0);
    type(composer, '995');
    composer.discountText = 'mucho';
    composer.edited();
    void composer.submit();
    await later(400);
    expect(creations()).toEqual([]);
  });

  it('says why when the preview fails, and creates nothing', async () => {
    const { composer, creations } = open({ preview_charge: () => refuse({ code: 'notReady' }) }, 0);
    type(composer, '995');
    void composer.submit();
    await later(500);
    expect(composer.error?.code).toBe('notReady');
    expect(creations()).toEqual([]);
  });
});

describe('ChargeComposers', () => {
  it('keep each conversation’s charge, and know which are held', async () => {
    vi.useFakeTimers();
    deskAnswers({ preview_charge: () => preview() });
    const charges = new ChargeComposers(
      () => ({ currency: 'MXN', expiryHours: 0, holdSeconds: 3 }),
      () => undefined,
    );
    const maria = charges.of('maria');
    maria.show();
    type(maria, '995');
    void maria.submit();
    await later(100);

    expect(charges.of('ana').amountText).toBe('');
    expect(charges.of('maria')).toBe(maria);
    expect(charges.held).toEqual([maria]);
    expect(charges.of('ana').expiresInHours).toBeNull();
  });
});
