/** Reply buttons and list rows as they are typed, and whether WhatsApp would take them. */
import type { Choice, NewBody } from '$lib/api';
import { LIMITS } from './limits';

export interface Row {
  title: string;
  description: string;
}

/** Returns the titles that stand twice: WhatsApp refuses them. */
export function repeated(titles: readonly string[]): Set<string> {
  const given = titles.map((title) => title.trim()).filter((title) => title !== '');
  return new Set(given.filter((title, index) => given.indexOf(title) !== index));
}

/** Returns the message, or null while it is unfinished or more than WhatsApp takes. */
export function buttonsFrom(text: string, titles: readonly string[]): NewBody | null {
  const given = titles.map((title) => title.trim()).filter((title) => title !== '');
  const fits =
    isText(text, LIMITS.buttonsText) &&
    given.length > 0 &&
    given.length <= LIMITS.buttons &&
    given.every((title) => title.length <= LIMITS.buttonTitle) &&
    repeated(given).size === 0;
  const buttons: Choice[] = given.map((title, at) => ({
    id: `button-${at + 1}`,
    title,
    description: null,
  }));
  return fits ? { type: 'buttons', text: text.trim(), buttons } : null;
}

/** Returns the message, or null while it is unfinished or more than WhatsApp takes. */
export function listFrom(
  text: string,
  button: string,
  title: string,
  rows: readonly Row[],
): NewBody | null {
  const given = rows.filter((row) => row.title.trim() !== '');
  const fits =
    isText(text, LIMITS.listText) &&
    isText(button, LIMITS.listButton) &&
    title.length <= LIMITS.sectionTitle &&
    given.length > 0 &&
    given.length <= LIMITS.rows &&
    rows.every((row) => row.title.trim() !== '' || row.description.trim() === '') &&
    given.every(
      (row) =>
        row.title.length <= LIMITS.rowTitle && row.description.length <= LIMITS.rowDescription,
    );
  if (!fits) return null;
  const choices: Choice[] = given.map((row, at) => ({
    id: `row-${at + 1}`,
    title: row.title.trim(),
    description: row.description.trim() || null,
  }));
  return {
    type: 'list',
    text: text.trim(),
    button: button.trim(),
    sections: [{ title: title.trim() || null, rows: choices }],
  };
}

function isText(text: string, longest: number): boolean {
  const length = text.trim().length;
  return length > 0 && length <= longest;
}
