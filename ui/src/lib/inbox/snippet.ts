/** The one line of a conversation's last message. */
import type { ConversationRow } from '$lib/api';
import type { Words } from '$lib/i18n/en';
import { plainOf } from '$lib/shared/markup';

/** Kinds whose text says everything by itself. */
const SPEAKS_FOR_ITSELF = new Set(['text', 'button', 'interactive', 'template', 'system', 'edit']);

/** Returns the text, or what kind of message it was, or both: "Photo · my kitchen". */
export function snippetOf(
  row: Pick<ConversationRow, 'snippet' | 'snippetKind'>,
  words: Words,
): string {
  const text = plainOf(row.snippet).replace(/\s+/g, ' ').trim();
  if (text !== '' && SPEAKS_FOR_ITSELF.has(row.snippetKind)) return text;
  const kind = words.kinds[row.snippetKind];
  return text === '' || text === kind ? kind : `${kind} · ${text}`;
}
