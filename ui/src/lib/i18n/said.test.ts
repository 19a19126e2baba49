import { describe, expect, it } from 'vitest';
import { said } from '../bindings';
import { alertSaid, problemSaid, reasonSaid } from './said';

const problem = (code: string, title = 'English', advice = 'What to do') => ({
  code,
  title,
  advice,
});

describe('what the core says', () => {
  it('is said by its code', () => {
    expect(problemSaid(problem('131047'), said.es).title).toBe(
      'La ventana de 24 horas está cerrada',
    );
    expect(problemSaid(problem('clock'), said.pt).title).toBe(
      'O relógio deste computador está errado',
    );
  });

  it('is said as the core did where the code is unknown, and in English', () => {
    expect(problemSaid(problem('brand_new'), said.es)).toEqual({
      title: 'English',
      advice: 'What to do',
    });
    expect(problemSaid(problem('131047'), null).title).toBe('English');
  });

  it('goes by the title where a code has several meanings', () => {
    const permission = (title: string, advice = '') =>
      problemSaid(problem('permission_missing', title, advice), said.es);
    expect(permission('The access token lacks whatsapp_business_messaging').title).toBe(
      'Al token de acceso le falta un permiso',
    );
    const stripes = permission(
      'The Stripe key lacks a permission',
      'Add “Payment Links: Write” to the key',
    );
    expect(stripes.title).toBe('A la clave de Stripe le falta un permiso');
    expect(stripes.advice).toContain('«Payment Links: Write»');
    expect(
      permission('The Stripe key lacks a permission', 'Add what is missing').advice,
    ).not.toContain('{');
  });

  it('keeps the core’s advice where that names the reason, and its number', () => {
    expect(problemSaid(problem('tunnel', 'x', 'port 4040 is taken'), said.es).advice).toBe(
      'port 4040 is taken',
    );
    expect(
      problemSaid(problem('plan_without_end', '3 plans have no end'), said.pt).title,
    ).toContain('3 planos');
  });

  it('takes the narrowest range for a number of WhatsApp’s', () => {
    expect(problemSaid(problem('132999'), said.es).title).toBe('WhatsApp rechazó la plantilla');
    expect(problemSaid(problem('250'), said.es).title).toContain('permiso');
    expect(problemSaid(problem('999999'), said.es).title).toBe('WhatsApp rechazó el mensaje');
  });

  it('names Meta’s news, those too that nobody knows yet', () => {
    const alert = (field: string, event: string) =>
      alertSaid({ field, event, title: 'English', advice: 'Do' }, said.es).title;
    expect(alert('account_update', 'PARTNER_REMOVED')).toBe('El número se desconectó de Cobro');
    expect(alert('account_update', 'BRAND_NEW')).toBe(
      'Meta avisa de un cambio en la cuenta: brand new',
    );
    expect(alert('never_seen', 'NEW_THING')).toBe('Meta avisa de algo nuevo: new thing');
    expect(alert('messages', '131042')).toBe('WhatsApp no puede cobrarle a esta cuenta');
  });

  it('leaves no place unfilled', () => {
    for (const { problems, alerts } of Object.values(said))
      for (const [key, [title, advice]] of Object.entries({ ...problems, ...alerts }))
        expect(`${title}${advice}`.replace(/\{(n|event|quoted)\}/g, ''), key).not.toMatch(/[{}]/);
  });

  it('says why something was refused, with what was filled in', () => {
    const inEs = (reason: string) => reasonSaid(reason, said.es);
    expect(inEs('The note is longer than 4000 letters. Make two of it')).toBe(
      'La nota tiene más de 4000 letras. Haz dos',
    );
    expect(inEs('It was paid in MXN, so it is refunded in MXN')).toBe(
      'Se pagó en MXN, así que se reembolsa en MXN',
    );
    expect(reasonSaid('There is a label VIP (2) already. Choose another name', said.pt)).toBe(
      'Já existe uma etiqueta VIP (2). Escolha outro nome',
    );
  });

  it('says what is filled in where that has words too, and leaves a person’s own words', () => {
    const inEs = (reason: string) => reasonSaid(reason, said.es);
    expect(inEs('The description has 600 characters; at most 500 fit. Shorten it')).toBe(
      'La descripción: son 600 caracteres; caben hasta 500. Acorta el texto',
    );
    expect(inEs('Line 2: the note has 300 characters; at most 200 fit. Shorten it')).toBe(
      'Línea 2: la nota: son 300 caracteres; caben hasta 200. Acorta el texto',
    );
    expect(
      inEs('Nothing was imported: 3 lines have mistakes. Line 4, stock: Write yes or no'),
    ).toBe('No se importó nada: 3 líneas tienen errores. Línea 4, stock: Escribe sí o no');
    expect(inEs('Torta de name is archived. Offer it again in the catalog first')).toBe(
      'Torta de name está archivado. Ofrécelo primero de nuevo en el catálogo',
    );
    expect(inEs('The discount "10 de mayo" takes nothing off. Write an amount')).toBe(
      'El descuento "10 de mayo" no quita nada. Escribe un monto',
    );
    expect(inEs("A subscription can't ask for the rest of a deposit. Charge the rest once")).toBe(
      'Con suscripción no se pide el resto de un anticipo. Cobra el resto una vez',
    );
  });

  it('says a problem that came as one line, and keeps what it does not know', () => {
    expect(
      reasonSaid('The Stripe key lacks a permission. Add “Refunds: Write” to it', said.es),
    ).toContain('le falta un permiso. Agrega «Refunds: Write»');
    expect(reasonSaid('Something new happened', said.es)).toBe('Something new happened');
    expect(reasonSaid('Write yes or no', null)).toBe('Write yes or no');
    expect(reasonSaid('note something that no table has', said.es)).toBe(
      'note something that no table has',
    );
  });

  it('prefers the sentence that says more itself', () => {
    for (const { reasons } of Object.values(said))
      for (const [english, text] of Object.entries(reasons)) {
        if (!english.includes('{}') || english.replaceAll('{}', '').trim().length < 8) continue;
        let place = 0;
        const filled = english.replaceAll('{}', () => `‹${place++}›`);
        const expected = text.replace(/\{~?(\d+)\}/g, (_, at: string) => `‹${at}›`);
        const whole = { problems: {}, alerts: {}, reasons };
        expect(reasonSaid(filled, whole).toLowerCase(), english).toBe(expected.toLowerCase());
      }
  });
});
