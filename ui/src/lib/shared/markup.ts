/** WhatsApp's text marks: `*bold*`, `_italic_`, `~strike~` and ```` ```mono``` ````. */

export type Mark = 'plain' | 'bold' | 'italic' | 'strike' | 'mono';

export interface Span {
  mark: Mark;
  text: string;
}

/** A mark holds where it hugs its words and stands free of other words, as on the phone. */
const MARKS =
  /```([\s\S]+?)```|(?<![\p{L}\p{N}])(?:\*(?=\S)([^*\n]*\S)\*|_(?=\S)([^_\n]*\S)_|~(?=\S)([^~\n]*\S)~)(?![\p{L}\p{N}])/gu;

/** Splits a text into the runs that a phone would show alike. */
export function spansOf(text: string): Span[] {
  const spans: Span[] = [];
  let end = 0;
  for (const match of text.matchAll(MARKS)) {
    if (match.index > end) spans.push({ mark: 'plain', text: text.slice(end, match.index) });
    spans.push(spanOf(match));
    end = match.index + match[0].length;
  }
  if (end < text.length) spans.push({ mark: 'plain', text: text.slice(end) });
  return spans;
}

function spanOf([whole, mono, bold, italic, strike]: RegExpMatchArray): Span {
  if (mono !== undefined) return { mark: 'mono', text: mono };
  if (bold !== undefined) return { mark: 'bold', text: bold };
  if (italic !== undefined) return { mark: 'italic', text: italic };
  if (strike !== undefined) return { mark: 'strike', text: strike };
  return { mark: 'plain', text: whole };
}
