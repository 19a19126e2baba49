/** What a row of the list says, in the words of the window. */
import type { ConversationRow, Label, Member } from '$lib/api';
import { chipWord, toneOfCharge } from '$lib/charge/face';
import type { Language } from '$lib/i18n/language.svelte';
import type { Tone } from '$lib/shared/tones';
import { nameWords } from '$lib/shared/phone';
import { isWithinHours } from '$lib/shared/time';
import { toneOfLabel } from '$lib/work/colors';
import { snippetOf } from './snippet';

/** What speaks: the window's language, with its way to write times and money. */
export type Speaker = Pick<
  Language,
  'words' | 'listTime' | 'leftShort' | 'moment' | 'momentWords' | 'shortMoney'
>;

export interface RowFace {
  name: string;
  time: string;
  /** Whose words the last ones are, or that they are only begun. */
  before: string;
  /** How `before` is painted. */
  tone: 'drafted' | 'mine';
  said: string;
  /** Empty where all is read. */
  unread: string;
  /** Empty where a person marked it, and nothing came since: a dot says so. */
  count: string;
  /** Empty where it is not, or where something is unread. */
  resolved: string;
  choose: string;
  chooseIt: string;
}

export function faceOf(row: ConversationRow, speaker: Speaker, now: number): RowFace {
  const { words } = speaker;
  const draft = row.draft ?? '';
  const name = nameWords(row.name);
  return {
    name,
    time: speaker.listTime(row.lastAt, now),
    ...beginning(row, speaker),
    said: draft || snippetOf(row, words),
    unread: unreadWords(row, speaker),
    count: row.marked ? '' : row.unread > 99 ? '99+' : String(row.unread),
    resolved: row.unread === 0 && row.resolved ? words.work.resolved : '',
    choose: words.work.choose,
    chooseIt: `${words.work.choose}: ${name}`,
  };
}

/** A conversation that a person marked has nothing new in it to count. */
function unreadWords(row: ConversationRow, { words }: Speaker): string {
  if (row.unread === 0) return '';
  return row.marked ? words.markedUnread : words.unreadCount(row.unread);
}

function beginning(row: ConversationRow, { words }: Speaker): Pick<RowFace, 'before' | 'tone'> {
  if (row.draft) return { before: `${words.work.draft}: `, tone: 'drafted' };
  return { before: row.snippetFromMe ? `${words.you}: ` : '', tone: 'mine' };
}

/** What else a row shows: a chip. */
export interface RowChip {
  key: string;
  tone: Tone;
  text: string;
  title?: string;
  icon?: 'suggestion' | 'alarm' | 'clock' | 'alert';
  /** Shortened before it takes a line of its own. */
  gives?: boolean;
}

export interface Around {
  labels: Label[];
  members: Member[];
  /** Whether there are several lines to tell apart. */
  showLine: boolean;
  now: number;
}

/** Returns what else is known of a conversation: what failed or may have, money, labels, who has it, and until when it can wait. */
export function chipsOf(row: ConversationRow, speaker: Speaker, around: Around): RowChip[] {
  const { words } = speaker;
  const chips: RowChip[] = [];
  if (row.notSent)
    chips.push({ key: 'not-sent', tone: 'failed', text: words.stepFailed, icon: 'alert' });
  if (row.maybeSent)
    chips.push({ key: 'maybe-sent', tone: 'waiting', text: words.maybeSent, icon: 'alert' });
  if (row.readyToCharge) {
    const text = words.suggestion.kinds.charge;
    chips.push({ key: 'ready', tone: 'suggestion', text, icon: 'suggestion' });
  }
  if (row.chip) {
    const text = `${speaker.shortMoney(row.chip.amount)} · ${chipWord(row.chip, words)}`;
    chips.push({ key: 'charge', tone: toneOfCharge(row.chip), text });
  }
  chips.push(...wakingOf(row, speaker, around.now));
  for (const { id, name, color } of around.labels)
    if (row.labels.includes(id))
      chips.push({ key: id, tone: toneOfLabel(color), text: name, title: name });
  chips.push(...assigneeOf(row, speaker, around.members));
  if (row.windowClosesAt !== null && closesSoon(row, around.now)) {
    const text = words.windowLeft(speaker.leftShort(row.windowClosesAt, around.now));
    chips.push({ key: 'window', tone: 'plain', text, icon: 'clock' });
  }
  chips.push(...lineOf(row, speaker, around.showLine));
  return chips;
}

function wakingOf(row: ConversationRow, speaker: Speaker, now: number): RowChip[] {
  const { work } = speaker.words;
  if (row.snoozedUntil !== null) {
    const title = work.snoozedUntil(speaker.momentWords(row.snoozedUntil, now));
    const text = speaker.moment(row.snoozedUntil, now);
    return [{ key: 'snoozed', tone: 'plain', text, title, icon: 'alarm' }];
  }
  return row.wokeAt === null
    ? []
    : [{ key: 'woke', tone: 'processing', text: work.woke, icon: 'alarm' }];
}

/** Who has it, where there is more than one who could. */
function assigneeOf(row: ConversationRow, { words }: Speaker, members: Member[]): RowChip[] {
  const assignee = members.length > 1 ? members.find(({ id }) => id === row.assignee) : undefined;
  if (!assignee) return [];
  const text = assignee.isMe ? words.work.me : assignee.name;
  return [{ key: 'assignee', tone: 'plain', text, title: words.work.assigned(text) }];
}

function lineOf(row: ConversationRow, { words }: Speaker, showLine: boolean): RowChip[] {
  const { lineName: title } = row;
  if (!row.lineKnown) {
    const text = words.someUnknownLine;
    return [{ key: 'line', tone: 'failed', text, title, gives: true }];
  }
  return showLine ? [{ key: 'line', tone: 'plain', text: title, title, gives: true }] : [];
}

/** Returns whether the window of free answers closes in the next hours. */
export function closesSoon(row: Pick<ConversationRow, 'windowClosesAt'>, now: number): boolean {
  return isWithinHours(row.windowClosesAt, 3, now);
}
