import { describe, expect, it } from 'vitest';
import { aProduct } from '../../../tests/things';
import { found } from './search';

const torta = aProduct({ name: 'Torta de chocolate', aliases: ['Pastel'] });
const cafe = aProduct({ name: 'Café', description: 'De olla, con canela', sku: 'CAF-1' });
const pan = aProduct({ name: 'Pan de caja' });
const all = [cafe, pan, torta];

describe('finding a product', () => {
  it('needs no accents and no whole words', () => {
    expect(found(all, 'cafe')).toEqual([cafe]);
    expect(found(all, 'choc tor')).toEqual([torta]);
  });

  it('looks at other names, descriptions and numbers too', () => {
    expect(found(all, 'pastel')).toEqual([torta]);
    expect(found(all, 'canela')).toEqual([cafe]);
    expect(found(all, 'caf-1')).toEqual([cafe]);
  });

  it('puts a name that begins so first', () => {
    expect(found(all, 'ca')).toEqual([cafe, pan, torta].filter((p) => p !== torta));
  });

  it('shows everything without words', () => {
    expect(found(all, '  ')).toEqual(all);
  });
});
