/** The list of conversations in a real layout. */
import { afterAll, describe, expect, it } from 'vitest';
import { closed, staged } from './stage';

interface Scrolled {
  /** The rows that were in sight, and the elements that showed them. */
  rows: number;
  elements: number;
  /** Rows that said something of another conversation. */
  wrong: string[];
}

describe('a long list', () => {
  afterAll(closed);

  it('writes over its rows while it scrolls, and each says what is its own', async () => {
    const page = await staged('many');
    await page.waitForSelector('[data-testid=conversation-row]');
    const scrolled = await page.evaluate(async (): Promise<Scrolled> => {
      const inSight = () =>
        [...document.querySelectorAll<HTMLElement>('[data-testid=conversation-row]')].map(
          (element) => ({ element, id: element.dataset['id'] ?? '' }),
        );
      let list = document.querySelector('[data-testid=conversation-row]')?.parentElement;
      while (list && getComputedStyle(list).overflowY !== 'auto') list = list.parentElement;
      const numbers = new Map<string, string>();
      const elements = new Set<HTMLElement>();
      const wrong: string[] = [];
      for (const step of [...Array<number>(60).fill(150), ...Array<number>(60).fill(-150)]) {
        list?.scrollBy(0, step);
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        for (const { element, id } of inSight()) {
          elements.add(element);
          const text = element.innerText;
          // One of the crowd has the number of the name in the last message too, and every third a charge.
          const message = /Mensaje número (\d+)/.exec(text)?.[1];
          if (message === undefined) continue;
          const its = numbers.get(id) ?? message;
          const charged = text.includes('MX$') === (Number(its) % 3 === 0);
          if (its !== message || !text.includes(` ${its}\n`) || !charged) wrong.push(text);
          numbers.set(id, its);
        }
      }
      return { rows: numbers.size, elements: elements.size, wrong };
    });
    expect(scrolled.wrong).toEqual([]);
    expect(scrolled.rows).toBeGreaterThan(100);
    expect(scrolled.elements).toBeLessThan(scrolled.rows);
  });
});
