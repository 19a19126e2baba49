/** What stands in a thread, in order: days, messages, and the cards of charges. */
import type { Charge, Message } from '$lib/api';
import { dayKey } from '$lib/shared/time';

/** A message never changes, only its place in the thread does: what was made of it is kept. */
const days = new WeakMap<Message, string>();
const items = new WeakMap<Message, { kind: 'message' } & TimelineItem>();

export type TimelineItem =
  | { kind: 'start'; key: string }
  | { kind: 'day'; key: string; at: string }
  | { kind: 'unread'; key: string }
  | { kind: 'message'; key: string; message: Message; follows: boolean }
  | { kind: 'charge'; key: string; charge: Charge; message: Message | null };

/** What one entry is before days are put between. */
type Entry = { at: string; message: Message | null; charge: Charge | null };

/**
 * Lays messages (oldest first) and charges out.
 *
 * A charge stands where its link was last sent; earlier sendings stay as messages. A charge without
 * any message, because its link could not be made, stands where it was created. `complete` tells
 * that nothing older exists.
 */
export function timelineFrom(
  messages: readonly Message[],
  charges: readonly Charge[],
  complete: boolean,
  unreadFrom: string | null = null,
): TimelineItem[] {
  const byId = new Map(charges.map((charge) => [charge.id, charge]));
  const cardAt = lastSendings(messages, byId);
  const entries: Entry[] = messages.map((message) => ({
    at: message.at,
    message,
    charge: cardAt.get(message.charge ?? '') === message.id ? chargeOf(message, byId) : null,
  }));
  const oldest = messages[0]?.at;
  for (const charge of charges) {
    const shown = complete || (oldest !== undefined && charge.createdAt >= oldest);
    if (shown && !cardAt.has(charge.id))
      insert(entries, { at: charge.createdAt, message: null, charge });
  }
  return withDays(entries, complete, unreadFrom);
}

function chargeOf(message: Message, charges: ReadonlyMap<string, Charge>): Charge | null {
  return (message.charge !== null && charges.get(message.charge)) || null;
}

/** Returns, for each charge, the message that carried its link last. */
function lastSendings(
  messages: readonly Message[],
  charges: ReadonlyMap<string, Charge>,
): Map<string, string> {
  const last = new Map<string, string>();
  for (const message of messages)
    if (message.kind === 'payButton' && message.charge && charges.has(message.charge))
      last.set(message.charge, message.id);
  return last;
}

/** Keeps the given order of messages: their times may repeat or run back. */
function insert(entries: Entry[], entry: Entry) {
  const after = entries.findLastIndex((other) => other.at <= entry.at);
  entries.splice(after + 1, 0, entry);
}

function withDays(entries: Entry[], complete: boolean, unreadFrom: string | null): TimelineItem[] {
  const laid: TimelineItem[] = [];
  if (complete && entries.length > 0) laid.push({ kind: 'start', key: 'start' });
  let day = '';
  let before: Entry | null = null;
  for (const entry of entries) {
    const its = dayOf(entry);
    if (its !== day) {
      day = its;
      laid.push({ kind: 'day', key: `day ${day} ${keyOf(entry)}`, at: entry.at });
      before = null;
    }
    if (unreadFrom !== null && entry.message?.id === unreadFrom) {
      laid.push({ kind: 'unread', key: 'unread' });
      before = null;
    }
    const item = itemFrom(entry, before);
    if (item) laid.push(item);
    before = entry;
  }
  return laid;
}

function itemFrom({ message, charge }: Entry, before: Entry | null): TimelineItem | null {
  const key = keyOf({ message, charge });
  if (charge) return { kind: 'charge', key, charge, message };
  if (!message) return null;
  const follows = before?.message?.direction === message.direction && before.charge === null;
  const known = items.get(message);
  if (known?.follows === follows) return known;
  const item = { kind: 'message', key, message, follows } as const;
  items.set(message, item);
  return item;
}

function dayOf({ message, at }: Entry): string {
  if (!message) return dayKey(at);
  const known = days.get(message);
  if (known !== undefined) return known;
  const day = dayKey(at);
  days.set(message, day);
  return day;
}

function keyOf({ message, charge }: Pick<Entry, 'message' | 'charge'>): string {
  return message?.id ?? charge?.id ?? '';
}

/** What is different between two layouts of one thread. */
export interface TimelineChange {
  /** Only older items came, above the others: nothing in sight may move. */
  upward: boolean;
  /** What came below. */
  arrived: TimelineItem[];
}

export function changeBetween(
  before: readonly TimelineItem[],
  after: readonly TimelineItem[],
): TimelineChange {
  const last = before.at(-1)?.key;
  if (last === undefined) return { upward: false, arrived: [] };
  const at = after.findLastIndex((item) => item.key === last);
  const arrived = at < 0 ? [] : after.slice(at + 1);
  const upward = at === after.length - 1 && after.length > before.length;
  return { upward, arrived };
}
