/** What a thread does with real heights: it keeps its place, its end, and finds its way back. */
import type { Locator, Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { closed, staged } from './stage';

afterAll(closed);

const LONG = 'open=15&long=400';

const frameOf = (page: Page) => page.getByTestId('thread').getByRole('log');

interface Played {
  desk: { hears: (id: string, text: string) => void };
  people: string[];
}

/** How far the newest message's end is below what is seen. */
async function below(frame: Locator): Promise<number> {
  await frame.page().waitForTimeout(250);
  return frame.evaluate((log) => log.scrollHeight - log.clientHeight - log.scrollTop);
}

/** Lets a customer who is not open write, and opens them. */
async function openWithUnread(page: Page, count: number) {
  const id = await page.evaluate((many) => {
    const { desk, people } = window as unknown as Played;
    const id = people[4] ?? '';
    for (let n = 1; n <= many; n++) desk.hears(id, `Pregunta número ${n} de muchas`);
    return id;
  }, count);
  await page.locator(`[data-testid="conversation-row"][data-id="${id}"]`).click();
  await page
    .getByTestId('thread')
    .and(page.locator(`[data-id="${id}"]`))
    .waitFor();
}

describe('a thread', () => {
  it('keeps its end in sight while the reply grows', async () => {
    const page = await staged(LONG);
    const frame = frameOf(page);
    expect(await below(frame)).toBeLessThan(2);
    const height = await frame.evaluate((log) => log.clientHeight);
    await page.keyboard.press('r');
    for (let line = 0; line < 7; line++) {
      await page.keyboard.type(`línea ${line}`);
      await page.keyboard.press('Shift+Enter');
    }
    expect(await below(frame)).toBeLessThan(2);
    expect(await frame.evaluate((log) => log.clientHeight)).toBeLessThan(height - 60);
  });

  it('keeps its end in sight when what stands under it opens after a message was sent', async () => {
    const page = await staged(LONG);
    const frame = frameOf(page);
    await page.keyboard.press('r');
    for (let line = 0; line < 7; line++) {
      await page.keyboard.type(`línea ${line}`);
      await page.keyboard.press('Shift+Enter');
    }
    // The reply is small again: the frame grows by more than a line, and what is in it moves down.
    await page.keyboard.press('Enter');
    expect(await below(frame)).toBeLessThan(2);
    await page.getByTestId('attach-more').click();
    expect(await below(frame)).toBeLessThan(2);
    await page.getByTestId('form-list').click();
    expect(await below(frame)).toBeLessThan(2);
  });

  it('keeps its place while the reply grows further up', async () => {
    const page = await staged(LONG);
    const frame = frameOf(page);
    await frame.hover();
    await page.mouse.wheel(0, -1500);
    await page.waitForTimeout(300);
    const before = await frame.evaluate((log) => log.scrollTop);
    await page.keyboard.press('r');
    await page.keyboard.type('una');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.press('Shift+Enter');
    await page.waitForTimeout(300);
    expect(Math.abs((await frame.evaluate((log) => log.scrollTop)) - before)).toBeLessThan(3);
  });

  it('does not move when older messages come above', async () => {
    const page = await staged(LONG);
    const frame = frameOf(page);
    await frame.hover();
    for (let times = 0; times < 12; times++) {
      await page.mouse.wheel(0, -700);
      await page.waitForTimeout(60);
    }
    await page.waitForTimeout(400);
    const message = frame.getByTestId('message').nth(3);
    const text = await message.innerText();
    const place = (await message.boundingBox())?.y ?? 0;
    // An older page is on its way from here on.
    await page.mouse.wheel(0, -40);
    await page.waitForTimeout(500);
    const same = frame
      .getByTestId('message')
      .filter({ hasText: text.split('\n')[0] ?? '' })
      .first();
    const moved = ((await same.boundingBox())?.y ?? 0) - place;
    expect(Math.abs(moved - 40)).toBeLessThan(6);
  });

  it('is hit by a click while it still scrolls', async () => {
    const page = await staged(LONG);
    const hit = await frameOf(page).evaluate(async (log) => {
      const frames = async (many: number) => {
        for (let n = 0; n < many; n++) await new Promise(requestAnimationFrame);
      };
      log.scrollBy(0, -300);
      await frames(3);
      const { left, top, width, height } = log.getBoundingClientRect();
      const bubble = [...log.querySelectorAll('[data-testid="message"]')].find((each) => {
        const at = each.getBoundingClientRect();
        return at.top > top && at.bottom < top + height && at.left < left + width;
      });
      const at = bubble?.getBoundingClientRect();
      if (!bubble || !at) return 'no message is in sight';
      const under = document.elementFromPoint(at.x + at.width / 2, at.y + at.height / 2);
      return bubble.contains(under) ? 'the message' : (under?.className ?? 'nothing');
    });
    expect(hit).toBe('the message');
  });

  it('keeps a form under the hands of whoever fills it in while messages come', async () => {
    const page = await staged('open=5', { height: 560 });
    await page.getByTestId('card-refund').click();
    const amount = page.getByTestId('refund-amount');
    await amount.waitFor();
    // The form's first field is ready to be written in, and seen.
    expect(await amount.evaluate((field) => field === document.activeElement)).toBe(true);
    const before = await amount.boundingBox();
    const id = await page.getByTestId('thread').getAttribute('data-id');
    await page.evaluate((id) => {
      const { desk } = window as unknown as Played;
      for (let n = 0; n < 3; n++) desk.hears(id ?? '', `¿Cuándo llega? ${n}`);
    }, id);
    await page.getByTestId('new-messages').waitFor();
    expect((await amount.boundingBox())?.y).toBe(before?.y);
    // Who has done with it reads on.
    await page.getByTestId('new-messages').click();
    await frameOf(page).getByText('¿Cuándo llega? 2', { exact: true }).waitFor();
    expect(await below(frameOf(page))).toBeLessThan(2);
  });

  it('leads to the first unread message, also where it lies pages back', async () => {
    const page = await staged('open=0');
    await openWithUnread(page, 130);
    const button = page.getByTestId('first-unread');
    await button.waitFor();
    expect(await button.innerText()).toContain('131');
    await button.click();
    await page.getByText('Pregunta número 1 de muchas', { exact: true }).waitFor();
    const line = page.getByTestId('unread-from');
    await line.waitFor();
    const [at, seen] = await Promise.all([line.boundingBox(), frameOf(page).boundingBox()]);
    expect(at && seen && at.y >= seen.y && at.y < seen.y + seen.height).toBe(true);
    expect(await button.count()).toBe(0);
  });

  it('offers no way back to what was answered', async () => {
    const page = await staged('open=0');
    await openWithUnread(page, 40);
    await page.getByTestId('first-unread').waitFor();
    await page.keyboard.press('r');
    await page.keyboard.type('Con gusto');
    await page.keyboard.press('Enter');
    await page.getByText('Con gusto', { exact: true }).first().waitFor();
    await page.waitForTimeout(250);
    expect(await page.getByTestId('first-unread').count()).toBe(0);
  });

  it('offers no way back once somebody looked up and came to the end again', async () => {
    const page = await staged('open=0');
    await openWithUnread(page, 60);
    const button = page.getByTestId('first-unread');
    await button.waitFor();
    await page.waitForTimeout(400);
    await frameOf(page).hover();
    await page.mouse.wheel(0, -400);
    await page.waitForTimeout(300);
    expect(await button.count()).toBe(1);
    // The messages further up turned out lower than thought: nobody is taken back to the end for that.
    expect(await below(frameOf(page))).toBeGreaterThan(100);
    await page.mouse.wheel(0, 2000);
    await page.waitForTimeout(300);
    expect(await button.count()).toBe(0);
  });

  it('offers no way to what is in sight already', async () => {
    const page = await staged('open=0');
    await openWithUnread(page, 2);
    await page.getByTestId('unread-from').waitFor();
    expect(await page.getByTestId('first-unread').count()).toBe(0);
  });

  it('goes to a day by keyboard alone', async () => {
    const page = await staged(LONG);
    const { day, text } = await page.evaluate(() => {
      const { desk, people } = window as unknown as {
        desk: {
          answer: (command: string, args: object) => { rows: { at: string; text: string }[] };
        };
        people: string[];
      };
      const id = people[15];
      const [some] = desk.answer('messages', { id, before: '120' }).rows;
      const day = new Date(some?.at ?? '').toLocaleDateString('sv');
      const start = new Date(`${day}T00:00`).toISOString();
      const since = desk.answer('messages_back_to', { id, before: '400', to: start }).rows;
      const first = since.findLast(({ at }) => at >= start);
      return { day, text: first?.text ?? '' };
    });
    await page.keyboard.press('Control+k');
    await page.keyboard.type('go to a date');
    await page.keyboard.press('Enter');
    await page.getByTestId('go-to-date').fill(day);
    await page.keyboard.press('Enter');
    await page.waitForTimeout(800);
    expect(await below(frameOf(page))).toBeGreaterThan(500);
    const message = frameOf(page).getByText(text, { exact: true }).first();
    const [at, seen] = await Promise.all([message.boundingBox(), frameOf(page).boundingBox()]);
    expect(at && seen && at.y >= seen.y && at.y < seen.y + seen.height).toBe(true);
  });
});
