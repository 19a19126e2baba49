import { describe, expect, it } from 'vitest';
import { blocksOf, isFewEmojis, plainOf, spansOf } from './markup';

const shown = (text: string) => spansOf(text).map(({ mark, text }) => `${mark}:${text}`);

describe('WhatsApp marks', () => {
  it('shows the total of a pay message in bold', () => {
    expect(shown('Total *MX$1,250.00*. Paga')).toEqual([
      'plain:Total ',
      'bold:MX$1,250.00',
      'plain:. Paga',
    ]);
  });

  it('knows the other marks', () => {
    expect(shown('_a_ ~b~ ```c *d*```')).toEqual([
      'italic:a',
      'plain: ',
      'strike:b',
      'plain: ',
      'mono:c *d*',
    ]);
  });

  it('leaves sums, file names and lone marks alone', () => {
    for (const text of ['2*3*4', 'foto_del_pastel.jpg', '* nota', 'a * b * c', '']) {
      expect(spansOf(text).every(({ mark }) => mark === 'plain')).toBe(true);
    }
  });

  it('finds addresses, and leaves the sentence around them', () => {
    expect(shown('Mira https://a.mx/b_c_d?x=1, o (www.tienda.com).')).toEqual([
      'plain:Mira ',
      'link:https://a.mx/b_c_d?x=1',
      'plain:, o (',
      'link:www.tienda.com',
      'plain:).',
    ]);
  });

  it('opens nothing that is no web address', () => {
    for (const text of ['javascript:alert(1)', 'file:///etc/passwd', 'ftp://a.b', 'a.com'])
      expect(shown(text)).toEqual([`plain:${text}`]);
  });
});

describe('lists and quotes', () => {
  const laid = (text: string) => blocksOf(text).map(({ kind, sign, text }) => [kind, sign, text]);

  it('knows points, numbers and quotes by how a line begins', () => {
    expect(laid('Quiero:\n- *dos* rosas\n* una vela\n1. azul\n> ¿mañana?\n> sí\nGracias')).toEqual([
      ['words', '', 'Quiero:'],
      ['item', '•', '*dos* rosas'],
      ['item', '•', 'una vela'],
      ['item', '1.', 'azul'],
      ['quote', '', '¿mañana?\nsí'],
      ['words', '', 'Gracias'],
    ]);
  });

  it('leaves lines alone that only look so', () => {
    for (const text of ['-5 grados', '*Total*: 5', '1.5 kilos', '>', '- ', 'a\n\nb'])
      expect(laid(text)).toEqual([['words', '', text]]);
    expect(laid('```- a\n- b```\n- c')).toEqual([
      ['words', '', '```- a\n- b```'],
      ['item', '•', 'c'],
    ]);
  });

  it('reads without marks where there is one line', () => {
    expect(plainOf('*Total* de `hoy`:\n- ~5~ 4\n> _ya_')).toBe('Total de hoy:\n• 5 4\nya');
  });
});

it('knows a few lone emojis', () => {
  for (const few of ['👍', ' ❤️ ', '👩‍👧‍👦🎉', '🇲🇽 👍🏽 1️⃣']) expect(isFewEmojis(few)).toBe(true);
  for (const more of ['', '5', '👍 sí', '😀😀😀😀', '#', '©'])
    expect(isFewEmojis(more)).toBe(more === '©');
});
