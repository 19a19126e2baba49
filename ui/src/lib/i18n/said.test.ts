import { describe, expect, it } from 'vitest';
import { said } from '../bindings';
import { alertSaid, problemSaid } from './said';

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
});
