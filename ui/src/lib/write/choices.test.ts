import { describe, expect, it } from 'vitest';
import { buttonsFrom, listFrom, repeated } from './choices';
import { LIMITS } from './limits';
import { coordinatesFrom } from './places';

describe('reply buttons', () => {
  it('need a question and a title', () => {
    expect(buttonsFrom('', ['Sí'])).toBeNull();
    expect(buttonsFrom('¿Sí?', ['', ' '])).toBeNull();
    expect(buttonsFrom('¿Sí?', ['Sí', ''])).toMatchObject({ buttons: [{ title: 'Sí' }] });
  });

  it('are no longer, and no more, than WhatsApp takes', () => {
    expect(buttonsFrom('a'.repeat(LIMITS.buttonsText), ['Sí'])).not.toBeNull();
    expect(buttonsFrom('a'.repeat(LIMITS.buttonsText + 1), ['Sí'])).toBeNull();
    expect(buttonsFrom('¿?', ['a'.repeat(LIMITS.buttonTitle + 1)])).toBeNull();
    expect(buttonsFrom('¿?', ['1', '2', '3', '4'])).toBeNull();
  });

  it('differ', () => {
    expect([...repeated(['Sí', 'No', ' Sí'])]).toEqual(['Sí']);
    expect(buttonsFrom('¿?', ['Sí', 'Sí '])).toBeNull();
  });
});

describe('a list', () => {
  const row = (title: string, description = '') => ({ title, description });

  it('needs a question, a button and a row', () => {
    expect(listFrom('¿Cuál?', 'Ver', '', [row('Chico')])).toEqual({
      type: 'list',
      text: '¿Cuál?',
      button: 'Ver',
      sections: [{ title: null, rows: [{ id: 'row-1', title: 'Chico', description: null }] }],
    });
    expect(listFrom('', 'Ver', '', [row('Chico')])).toBeNull();
    expect(listFrom('¿?', '', '', [row('Chico')])).toBeNull();
    expect(listFrom('¿?', 'Ver', '', [row('')])).toBeNull();
  });

  it('has no description without a title, and nothing too long', () => {
    expect(listFrom('¿?', 'Ver', '', [row('A'), row('', 'de qué')])).toBeNull();
    expect(listFrom('¿?', 'Ver', '', [row('a'.repeat(LIMITS.rowTitle + 1))])).toBeNull();
    expect(listFrom('¿?', 'V'.repeat(LIMITS.listButton + 1), '', [row('A')])).toBeNull();
    const rows = Array.from({ length: LIMITS.rows + 1 }, (_, at) => row(String(at)));
    expect(listFrom('¿?', 'Ver', '', rows)).toBeNull();
  });
});

describe('coordinates', () => {
  it.each([
    ['19.4326, -99.1332', 19.4326, -99.1332],
    ['19.4326 -99.1332', 19.4326, -99.1332],
    ['https://www.google.com/maps/@19.4326,-99.1332,15z', 19.4326, -99.1332],
    ['https://maps.google.com/?q=19.4,-99.1', 19.4, -99.1],
    ['https://www.google.com/maps/place/X/data=!3d19.5!4d-99.2', 19.5, -99.2],
    ['https://www.openstreetmap.org/?mlat=19.4&mlon=-99.1', 19.4, -99.1],
  ])('are read from %s', (text, latitude, longitude) => {
    expect(coordinatesFrom(text)).toEqual({ latitude, longitude });
  });

  it('are not guessed, and lie on this globe', () => {
    for (const text of [
      '',
      'Insurgentes 1602',
      '1602',
      '95.0, 10.0',
      '10, 200',
      'https://a.mx/1,2',
    ])
      expect(coordinatesFrom(text), text).toBeNull();
  });
});
