/** Keeps what is seen at the end of a list where it is, though the list becomes higher. */
import type { Attachment } from 'svelte/attachments';

/**
 * What stood below a list goes, such as a message of the window: scrolled to its end the list would follow, under the
 * eyes and the hands of whoever looks at it. Room stays free under its last row instead, until somebody scrolls up.
 */
export const stillAtEnd: Attachment<HTMLElement> = (scroller) => {
  let offset = scroller.scrollTop;
  let { top, height } = scroller.getBoundingClientRect();
  let around = window.innerHeight;
  let free = 0;

  /** How much of what is seen lies beyond the last row. */
  function beyond(): number {
    const rows = scroller.firstElementChild?.clientHeight ?? 0;
    return offset > 0 ? Math.max(0, offset + scroller.clientHeight - rows) : 0;
  }

  function leave(room: number) {
    if (room === free) return;
    free = room;
    scroller.style.paddingBottom = room > 0 ? `${room}px` : '';
  }

  function scrolled() {
    offset = scroller.scrollTop;
    if (free > 0) leave(Math.min(free, beyond()));
  }

  function resized() {
    const before = { top, height, around };
    ({ top, height } = scroller.getBoundingClientRect());
    around = window.innerHeight;
    // Who makes the window higher wants to see more.
    if (around !== before.around) leave(0);
    else if (top === before.top && height > before.height) {
      leave(beyond());
      if (free > 0) scroller.scrollTop = offset;
    } else if (free > 0) leave(Math.min(free, beyond()));
  }

  const sizes = new ResizeObserver(resized);
  sizes.observe(scroller);
  if (scroller.firstElementChild) sizes.observe(scroller.firstElementChild);
  scroller.addEventListener('scroll', scrolled, { passive: true });
  return () => {
    sizes.disconnect();
    scroller.removeEventListener('scroll', scrolled);
  };
};
