/** What each item of a virtual list is, besides what it shows. */

const ITEM = { role: 'listitem' } as const;

/** The same each time: with a new one every item in sight is written again at each step of scrolling. */
export const listItem = () => ITEM;
