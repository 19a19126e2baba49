/** WhatsApp's text marks: `*bold*`, `_italic_`, `~strike~` and ```` ```mono``` ````; and links. */
import { LINKS } from './links';

export type Mark = 'plain' | 'bold' | 'italic' | 'strike' | 'mono' | 'link';

export interface Span {
  mark: Mark;
  text: string;
}

/** A mark holds where it hugs its words and stands free of other words, as on the phone. */
const MARKS =
  /```([\s\S]+?)```|(?<![\p{L}\p{N}])(?:\*(?=\S)([^*\n]*\S)\*|_(?=\S)([^_\n]*\S)_|~(?=\S)([^~\n]*\S)~)(?![\p{L}\p{N}])/gu;

/** Splits a text into the runs that a phone would show alike. Links keep their signs. */
export function spansOf(text: string): Span[] {
  return split(text, LINKS, ([link]) => ({ mark: 'link', text: link })).flatMap((span) =>
    span.mark === 'link' ? [span] : split(span.text, MARKS, spanOf),
  );
}

function split(text: string, by: RegExp, spanFrom: (match: RegExpMatchArray) => Span): Span[] {
  const spans: Span[] = [];
  let end = 0;
  for (const match of text.matchAll(by)) {
    if (match.index > end) spans.push({ mark: 'plain', text: text.slice(end, match.index) });
    spans.push(spanFrom(match));
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
