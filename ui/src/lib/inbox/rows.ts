/** Joining pages of the list that were read at different times. */
import type { ConversationRow } from '$lib/api';

export interface Slice {
  rows: ConversationRow[];
  next: string | null;
}

/**
 * Puts a newly read head over the known rows.
 *
 * Known rows older than the head's end stay, so that scrolling far down is not lost with each new
 * message. Known rows that should be in the head and are not have left the list. Where the two do
 * not meet, only the head is certain.
 */
export function mergeHead(known: Slice, head: Slice): Slice {
  const last = head.rows.at(-1);
  if (head.next === null || !last) return head;
  const meets = known.rows.findIndex((row) => row.id === last.id && row.lastAt === last.lastAt);
  if (meets < 0) return head;

  const inHead = new Set(head.rows.map((row) => row.id));
  const below = known.rows.slice(meets + 1).filter((row) => !inHead.has(row.id));
  return { rows: [...head.rows, ...below], next: below.length > 0 ? known.next : head.next };
}

/**
 * Returns the rows in the order that is held, with what is new of them.
 *
 * A row that was not there waits at the end of what was held; one that left the list is gone.
 */
export function inHeldOrder(
  rows: ConversationRow[],
  held: readonly ConversationRow[],
): ConversationRow[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const kept = held.flatMap(({ id }) => byId.get(id) ?? []);
  const known = new Set(held.map(({ id }) => id));
  return [...kept, ...rows.filter(({ id }) => !known.has(id))];
}

/** How far down the list a row that moved up is worth telling of. */
const HEAD = 20;

/**
 * Counts the rows that something new lifts above where they are shown.
 *
 * Those that only give way do not count, and neither does what this person, or the shop's phone, wrote.
 */
export function movedUp(
  rows: readonly ConversationRow[],
  shown: readonly ConversationRow[],
  held: readonly ConversationRow[],
): number {
  const before = new Map(held.map((row) => [row.id, row]));
  const places = new Map(shown.map(({ id }, place) => [id, place]));
  return rows.slice(0, HEAD).filter((row, place) => {
    const was = before.get(row.id);
    const isNews = row.lastAt !== was?.lastAt ? !row.snippetFromMe : row.wokeAt !== was.wokeAt;
    return isNews && place < (places.get(row.id) ?? 0);
  }).length;
}
