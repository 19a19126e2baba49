/** The words of a message that was found, as they read without the phone's marks. */
import type { SearchHit } from '$lib/api';
import { plainOf } from '$lib/shared/markup';

type Piece = SearchHit['snippet'][number];

/** Stand around what was found while the marks are taken off: nobody writes them. */
const [BEGINS, ENDS] = ['\uE000', '\uE001'];

/** A star whose partner was cut off with the rest of the message. */
const ALONE = /(?<![\p{L}\p{N}])\*(?=[^\s*][^*]*$)|(?<=^[^*]*[^\s*])\*(?![\p{L}\p{N}])(?=[^*]*$)/u;

/** Returns the pieces in one line, without marks; what was found stays found. */
export function excerptOf(snippet: Piece[]): Piece[] {
  const text = snippet.map(({ text, isHit }) => (isHit ? BEGINS + text + ENDS : text)).join('');
  const plain = plainOf(text).replace(ALONE, '').replace(/\s+/g, ' ');
  return plain
    .split(BEGINS)
    .flatMap((part, index) => {
      const [found = '', after] = part.split(ENDS);
      if (index === 0 || after === undefined) return [{ text: part, isHit: false }];
      return [
        { text: found, isHit: true },
        { text: after, isHit: false },
      ];
    })
    .filter(({ text }) => text !== '');
}
