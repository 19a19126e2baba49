/** The list of conversations in a real layout. */
import type { Locator, Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { closed, staged } from './stage';

/** What the played desk leaves at the page. */
interface Played {
  desk: { hears: (id: string, text: string) => void };
  people: string[];
}

interface Scrolled {
  /** The rows that were in sight, and the elements that showed them. */
  rows: number;
  elements: number;
  /** Rows that said something of another conversation. */
  wrong: string[];
}

afterAll(closed);

const boxOf = async (of: Locator) =>
  (await of.boundingBox()) ?? { x: NaN, y: NaN, width: NaN, height: NaN };

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What of the view lies in a place, whatever lies over it. */
const under = (page: Page, place: Box) =>
  page.evaluate(({ x, y, width, height }) => {
    const found = new Set<string>();
    for (let across = x + 1; across < x + width; across += 8)
      for (let down = y + 1; down < y + height; down += 4)
        for (const element of document.elementsFromPoint(across, down))
          if (element.closest('main') && element.localName !== 'main')
            found.add(`${element.localName}.${element.className}`);
    return [...found];
  }, place);

/** Where the list's rows are seen. */
const rowsOf = (page: Page) =>
  page.locator('[role=list]:has([data-testid=conversation-row])').first();

describe('what moved up', () => {
  it('is said where it covers no row, and moves none', async () => {
    const page = await staged('open=0', { lang: 'pt-BR' });
    const row = page.locator('[data-testid=conversation-row]').nth(3);
    await row.hover();
    const [list, at] = [await boxOf(rowsOf(page)), await boxOf(row)];
    await page.evaluate(() => {
      const { desk, people } = window as unknown as Played;
      for (const id of people.slice(5, 7)) desk.hears(id, 'Oi!');
    });
    const pill = page.locator('[data-testid=moved-up]');
    await pill.waitFor();
    expect(await boxOf(rowsOf(page))).toEqual(list);
    expect(await boxOf(row)).toEqual(at);
    const { y, height } = await boxOf(pill);
    expect(y + height).toBeLessThanOrEqual(list.y);

    // On the way to it the order still stands; it lets go.
    await pill.click();
    await pill.waitFor({ state: 'detached' });
    expect(await row.textContent()).not.toContain('Oi!');
    expect(await page.locator('[data-testid=conversation-row]').first().textContent()).toContain(
      'Oi!',
    );
  });
});

describe('a message of the window', () => {
  const toast = '[data-testid=toast]';
  const isApart = (one: { y: number; height: number }, other: { y: number }) =>
    one.y + one.height <= other.y + 0.5;

  it('stands below the rows, and above what else is below them', async () => {
    const page = await staged('open=10&press=e');
    await page.locator('[data-testid=choose]').first().click();
    await page.locator('[data-testid=bulk]').waitFor();
    await expect
      .poll(async () => {
        const at = await boxOf(page.locator(toast));
        const bulk = await boxOf(page.locator('[data-testid=bulk]'));
        return [isApart(await boxOf(rowsOf(page)), at), isApart(at, bulk)];
      })
      .toEqual([true, true]);
  });

  it('leaves the end of the list where it is when it goes', async () => {
    const page = await staged('open=10&press=e');
    const rows = rowsOf(page);
    const whole = await boxOf(rows);
    // Rows are measured once they come into sight: the end is further down then.
    const last = rows.locator('[data-testid=conversation-row]').last();
    await expect
      .poll(async () => {
        await rows.evaluate((list) => {
          list.scrollTop = list.scrollHeight;
        });
        await page.waitForTimeout(100);
        const { y, height } = await boxOf(last);
        return Math.abs(whole.y + whole.height - y - height);
      })
      .toBeLessThan(1);
    const at = await boxOf(last);
    await page.locator(toast).getByRole('button').last().click();
    await page.locator(toast).waitFor({ state: 'detached' });
    await expect.poll(async () => (await boxOf(rows)).height).toBeGreaterThan(whole.height);
    await page.waitForTimeout(200);
    expect(await boxOf(last)).toEqual(at);

    // The room under it goes as soon as somebody scrolls up.
    await rows.evaluate((list) => {
      list.scrollTop -= 300;
    });
    await page.waitForTimeout(200);
    const end = await rows.evaluate((list) => {
      list.scrollTop = list.scrollHeight;
      return list.scrollHeight - (list.firstElementChild?.clientHeight ?? 0);
    });
    expect(end).toBe(0);
  });

  it.each(['payments', 'customers', 'catalog', 'reports', 'assistant', 'settings'])(
    'covers nothing of the %s',
    async (place) => {
      const page = await staged(`open=10&press=e&click=go-${place}`, { width: 1100, height: 640 });
      const at = await boxOf(page.locator(toast));
      expect(await under(page, at)).toEqual([]);
      await page.locator(toast).getByRole('button').last().click();
      await page.locator(toast).waitFor({ state: 'detached' });
      // What gave way has its place again.
      await expect.poll(() => under(page, at)).not.toEqual([]);
    },
  );
});

describe('a row’s menu', () => {
  it('opens at the pointer, inside the window, and is used and left by keys', async () => {
    const page = await staged('open=0');
    // Which rows are unread depends on what the played desk has told by now.
    const read = page.locator('[data-testid=conversation-row]', { hasNotText: 'unread' }).nth(1);
    const id = (await read.getAttribute('data-id')) ?? '';
    const row = page.locator(`[data-testid=conversation-row][data-id="${id}"]`);
    await row.click({ button: 'right', position: { x: 140, y: 20 } });
    const menu = page.locator('[data-testid=row-menu]');
    const at = await row.boundingBox();
    const box = await menu.boundingBox();
    expect(Math.abs((box?.x ?? 0) - (at?.x ?? 0) - 140)).toBeLessThan(8);
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(800);
    await expect
      .poll(() => menu.evaluate((element) => element.contains(document.activeElement)))
      .toBe(true);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await menu.waitFor({ state: 'detached' });
    await row.getByText('Marked as unread').waitFor();

    await row.focus();
    await page.keyboard.press('Shift+F10');
    await menu.waitFor();
    await page.keyboard.press('Escape');
    await menu.waitFor({ state: 'detached' });
    expect(await row.evaluate((element) => element === document.activeElement)).toBe(true);
  });
});

describe('boxes', () => {
  it.each(['light', 'dark'] as const)('that are empty look empty in the %s', async (theme) => {
    const page = await staged('view=notify', { theme });
    const looks = await page.evaluate(() => {
      const look = (box: Element) => {
        const { backgroundColor, borderTopColor } = getComputedStyle(box);
        const panel = box.closest('section') ?? document.body;
        const ground = getComputedStyle(panel).backgroundColor;
        const tick = getComputedStyle(box, '::before').visibility;
        return { filled: backgroundColor !== ground, edged: borderTopColor !== ground, tick };
      };
      const boxes = [...document.querySelectorAll('input[type=checkbox]')];
      return {
        ticked: look(boxes.find((box) => box.matches(':checked')) ?? document.body),
        empty: look(boxes.find((box) => !box.matches(':checked')) ?? document.body),
      };
    });
    expect(looks.ticked).toEqual({ filled: true, edged: true, tick: 'visible' });
    expect(looks.empty).toEqual({ filled: false, edged: true, tick: 'hidden' });
  });
});

describe('the open conversation', () => {
  it('stays in sight when the list becomes lower', async () => {
    const page = await staged('open=10');
    await page.setViewportSize({ width: 1280, height: 640 });
    await page.waitForTimeout(200);
    const [row, list] = await page.evaluate(() => {
      const current = document.querySelector('[data-testid=conversation-row][aria-current=true]');
      const rows = document.querySelector('[role=list]:has([data-testid=conversation-row])');
      return [current, rows].map((element) => element?.getBoundingClientRect().bottom ?? NaN);
    });
    expect(row).toBeLessThanOrEqual((list ?? NaN) + 1);
  });
});

describe('a long list', () => {
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
