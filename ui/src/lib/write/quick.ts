/** Prepared answers: which one is meant, and what stands for its variables. */
import type { QuickReply } from '$lib/api';
import { plain } from '$lib/palette/entries';

/** What the text asks for after a slash at its beginning; null where it asks for nothing. */
export function slashQuery(text: string): string | null {
  return /^\/(\S*)$/.exec(text)?.[1] ?? null;
}

/** Returns the answers that fit what was typed after the slash: by shortcut first, then by text. */
export function fittingReplies(replies: readonly QuickReply[], query: string): QuickReply[] {
  const wanted = plain(query);
  const by = (fits: (reply: QuickReply) => boolean) => replies.filter(fits);
  const shortcut = by((reply) => plain(reply.shortcut).startsWith(wanted));
  const text = by(
    (reply) => !shortcut.includes(reply) && wanted !== '' && plain(reply.text).includes(wanted),
  );
  return [...shortcut, ...text].slice(0, 6);
}

/** Fills the variables in. Returns the text and the names that nothing stands for. */
export function filledReply(
  text: string,
  values: Readonly<Record<string, string | null>>,
): { text: string; missing: string[] } {
  const missing: string[] = [];
  const filled = text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    if (!(name in values)) return whole;
    const value = values[name];
    if (value) return value;
    missing.push(name);
    return whole;
  });
  return { text: filled, missing };
}
