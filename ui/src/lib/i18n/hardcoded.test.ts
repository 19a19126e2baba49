/** No text of the window stands in its components: every word comes from the dictionaries. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'svelte/compiler';
import { expect, it } from 'vitest';

const SOURCE = join(import.meta.dirname, '../..');
/** Attributes that people see or hear. */
const SEEN = new Set(['title', 'placeholder', 'aria-label', 'alt', 'label']);
/** Names and signs that are the same in every language. */
const SAME = /^(Cobro|Esc|WhatsApp:?|Stripe|https:\/\/\S*)$/;

interface Node {
  type?: string;
  name?: string;
  data?: string;
  value?: unknown;
  [key: string]: unknown;
}

function textsIn(file: string): string[] {
  const root = parse(readFileSync(file, 'utf8'), { modern: true });
  const found: string[] = [];
  walk(root.fragment, found);
  return found;
}

function walk(node: unknown, found: string[]) {
  if (Array.isArray(node)) {
    for (const each of node) walk(each, found);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const { type, name, data, value } = node as Node;
  if (name === 'kbd' || name === 'code' || type === 'StyleDirective') return;
  if (type === 'Text' && typeof data === 'string') note(data, found);
  if (type === 'Attribute') {
    if (SEEN.has(name ?? '')) walk(value, found);
    return;
  }
  for (const [key, child] of Object.entries(node)) if (key !== 'expression') walk(child, found);
}

function note(text: string, found: string[]) {
  const words = text.trim();
  if (/\p{L}{2,}/u.test(words) && !SAME.test(words)) found.push(words);
}

const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.svelte') && !name.startsWith('dev'),
);

it.each(files)('%s speaks every language', (file) => {
  expect(textsIn(join(SOURCE, file))).toEqual([]);
});
