/** WhatsApp's text marks: `*bold*`, `_italic_`, `~strike~`, `` `mono` `` and ```` ```mono``` ````; lists, quotes and links. */
import { LINKS } from './links';

export type Mark = 'plain' | 'bold' | 'italic' | 'strike' | 'mono' | 'link';

export interface Span {
  mark: Mark;
  text: string;
}

/** Lines that belong together: words, one item of a list, or what is quoted. */
export interface Block {
  kind: 'words' | 'item' | 'quote';
  /** What stands before an item: its number, or a point. */
  sign: string;
  text: string;
}

/** A mark holds where it hugs its words and stands free of other words, as on the phone. */
const MARKS =
  /```([\s\S]+?)```|(?<!`)`(?=[^`\n]*[^`\s])([^`\n]+)`(?!`)|(?<![\p{L}\p{N}])(?:\*(?=\S)([^*\n]*\S)\*|_(?=\S)([^_\n]*\S)_|~(?=\S)([^~\n]*\S)~)(?![\p{L}\p{N}])/gu;

const POINT = /^[-*] (?=\S)/;
const NUMBER = /^\d{1,3}\. (?=\S)/;
const QUOTE = /^> ?(?=\S)/;

/** Splits a text into the runs that a phone would show alike. Links keep their signs. */
export function spansOf(text: string): Span[] {
  return split(text, LINKS, ([link]) => ({ mark: 'link', text: link })).flatMap((span) =>
    span.mark === 'link' ? [span] : split(span.text, MARKS, spanOf),
  );
}

/** Splits a text into its words, lists and quotes. Code keeps its lines. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let isCode = false;
  for (const line of text.split('\n')) {
    const block: Block = isCode ? { kind: 'words', sign: '', text: line } : blockOf(line);
    if ((line.split('```').length - 1) % 2 === 1) isCode = !isCode;
    const before = blocks.at(-1);
    if (before && before.kind === block.kind && block.kind !== 'item')
      before.text += `\n${block.text}`;
    else blocks.push(block);
  }
  return blocks;
}

/** Returns a text as it reads without its marks, for where there is one line. */
export function plainOf(text: string): string {
  return blocksOf(text)
    .map(({ sign, text: words }) => {
      const plain = spansOf(words).map((span) => span.text);
      return [sign, plain.join('')].filter(Boolean).join(' ');
    })
    .join('\n');
}

const EMOJI =
  /(?:\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3|\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier}|[\u{E0020}-\u{E007F}]+)*(?:\u200D\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})*)*)/u;
const FEW_EMOJIS = new RegExp(`^\\s*(?:${EMOJI.source}\\s*){1,3}$`, 'u');

/** Returns whether a text is one to three emojis and nothing else: a phone shows those large. */
export function isFewEmojis(text: string): boolean {
  return text.length < 100 && FEW_EMOJIS.test(text);
}

function blockOf(line: string): Block {
  const point = POINT.exec(line);
  if (point) return { kind: 'item', sign: '•', text: line.slice(point[0].length) };
  const number = NUMBER.exec(line);
  if (number) return { kind: 'item', sign: number[0].trim(), text: line.slice(number[0].length) };
  const quote = QUOTE.exec(line);
  if (quote) return { kind: 'quote', sign: '', text: line.slice(quote[0].length) };
  return { kind: 'words', sign: '', text: line };
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

function spanOf([whole, mono, code, bold, italic, strike]: RegExpMatchArray): Span {
  const monospaced = mono ?? code;
  if (monospaced !== undefined) return { mark: 'mono', text: monospaced };
  if (bold !== undefined) return { mark: 'bold', text: bold };
  if (italic !== undefined) return { mark: 'italic', text: italic };
  if (strike !== undefined) return { mark: 'strike', text: strike };
  return { mark: 'plain', text: whole };
}
