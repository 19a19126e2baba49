/** Which of the list's tabs stand in its one row, and which wait under "More". */
import type { Tab } from '$lib/api';

/** In the order in which they stand. */
export const TABS: Tab[] = ['mine', 'unassigned', 'awaiting', 'paid', 'snoozed', 'all'];

/** In the order in which they are given room. */
const WANTED: Tab[] = ['all', 'mine', 'awaiting', 'paid', 'unassigned', 'snoozed'];

export interface Room {
  /** How wide the row is; 0 where nothing has a width. */
  width: number;
  /** How wide "More" is. */
  more: number;
  /** How wide each tab is. */
  tabs: Partial<Record<Tab, number>>;
}

/** Returns the tabs that fit, in their order; the one that is open is always among them. */
export function fittingTabs(tabs: Tab[], open: Tab, room: Room): Tab[] {
  const widthOf = (tab: Tab) => room.tabs[tab] ?? 0;
  const all = tabs.reduce((sum, tab) => sum + widthOf(tab), 0);
  if (all <= room.width || room.width === 0) return tabs;
  let left = room.width - room.more - widthOf(open);
  const fitting = new Set([open]);
  for (const tab of WANTED.filter((each) => tabs.includes(each) && each !== open)) {
    left -= widthOf(tab);
    if (left < 0) break;
    fitting.add(tab);
  }
  return tabs.filter((tab) => fitting.has(tab));
}
