/** What a row of the list says, in the words of the window. */
import type { ConversationRow } from '$lib/api';
import type { Words } from '$lib/i18n/en';
import { isWithinHours } from '$lib/shared/time';
import { snippetOf } from './snippet';

/** What speaks: the window's language, with its way to write times. */
export interface Speaker {
  words: Words;
  listTime: (at: string, now: number) => string;
}

export interface RowFace {
  time: string;
  /** Whose words the last ones are, or that they are only begun. */
  before: string;
  /** How `before` is painted. */
  tone: 'drafted' | 'mine';
  said: string;
  /** Empty where all is read. */
  unread: string;
  count: string;
  /** Empty where it is not, or where something is unread. */
  resolved: string;
  choose: string;
  chooseIt: string;
}

export function faceOf(row: ConversationRow, speaker: Speaker, now: number): RowFace {
  const { words } = speaker;
  const draft = row.draft ?? '';
  const mine = row.snippetFromMe ? `${words.you}: ` : '';
  return {
    time: speaker.listTime(row.lastAt, now),
    before: draft ? `${words.work.draft}: ` : mine,
    tone: draft ? 'drafted' : 'mine',
    said: draft || snippetOf(row, words),
    unread: row.unread > 0 ? words.unreadCount(row.unread) : '',
    count: row.unread > 99 ? '99+' : String(row.unread),
    resolved: row.unread === 0 && row.resolved ? words.work.resolved : '',
    choose: words.work.choose,
    chooseIt: `${words.work.choose}: ${row.name}`,
  };
}

/** Returns whether the window of free answers closes in the next hours. */
export function closesSoon(row: Pick<ConversationRow, 'windowClosesAt'>, now: number): boolean {
  return isWithinHours(row.windowClosesAt, 3, now);
}
