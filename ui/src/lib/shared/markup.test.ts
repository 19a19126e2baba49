import { describe, expect, it } from 'vitest';
import { spansOf } from './markup';

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
