import { describe, expect, it } from 'vitest';
import { fittingTabs, TABS } from './tabs';

const tabs = Object.fromEntries(TABS.map((tab) => [tab, 60]));

describe('the list’s tabs', () => {
  it('all stand in the row where it is wide enough', () => {
    expect(fittingTabs(TABS, 'all', { width: 360, more: 50, tabs })).toEqual(TABS);
  });

  it('are all there while nothing has a width', () => {
    expect(fittingTabs(TABS, 'all', { width: 0, more: 0, tabs })).toEqual(TABS);
  });

  it('leave room for “More” where they do not fit', () => {
    expect(fittingTabs(TABS, 'all', { width: 290, more: 50, tabs })).toEqual([
      'mine',
      'awaiting',
      'paid',
      'all',
    ]);
  });

  it('keep the open one in sight, however narrow it is', () => {
    expect(fittingTabs(TABS, 'snoozed', { width: 180, more: 50, tabs })).toEqual([
      'snoozed',
      'all',
    ]);
    expect(fittingTabs(TABS, 'snoozed', { width: 40, more: 50, tabs })).toEqual(['snoozed']);
  });
});
