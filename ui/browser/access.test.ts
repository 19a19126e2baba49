/** Everybody can use every view: axe with real layout and colours, large letters, chosen colours, no motion. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { closed, staged } from './stage';
import { VIEWS } from './views';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const views = Object.entries(VIEWS);

declare const axe: { run: () => Promise<AxeResults> };

afterAll(closed);

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => (await axe.run()).violations);
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, any }) => `${id}: ${html} ${any[0]?.message ?? ''}`),
  );
}

/** Returns what sticks out of the window, sideways, where nothing can be scrolled to. */
function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('button, input, select, textarea, h1, h2, h3')]
      .filter((element) =>
        element.checkVisibility({ visibilityProperty: true, opacityProperty: true }),
      )
      .filter((element) => {
        const { left, right, width } = element.getBoundingClientRect();
        return width > 1 && (left < -1 || right > innerWidth + 1);
      })
      .map((element) => element.outerHTML.slice(0, 120)),
  );
}

describe('everybody can use', () => {
  it.each(views)('%s', async (_, query) => {
    const page = await staged(query, { lang: 'es', reducedMotion: 'reduce' });
    expect(await violations(page), 'light').toEqual([]);
    await page.evaluate(() => (document.documentElement.dataset['theme'] = 'dark'));
    expect(await violations(page), 'dark').toEqual([]);
    // A window of 1280 × 800 whose page is zoomed to 200 %.
    await page.setViewportSize({ width: 640, height: 400 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(640);
    expect(await cutOff(page), 'at 200 %').toEqual([]);
  });
});

describe('with colours of one’s own (forced colours)', () => {
  it.each(['inbox', 'payments', 'charge-amount', 'assistant'])(
    'what is chosen and what has the focus is seen in %s',
    async (name) => {
      const page = await staged(VIEWS[name] ?? '', { forcedColors: 'active' });
      const marks = await page.evaluate(() =>
        [...document.querySelectorAll('button[aria-current], button[aria-pressed="true"]')]
          .filter((element) => element.checkVisibility())
          .filter((element) => {
            const style = getComputedStyle(element);
            return style.outlineStyle === 'none' && style.borderStyle === 'none';
          })
          .map((element) => element.outerHTML.slice(0, 120)),
      );
      expect(marks).toEqual([]);
      await page.keyboard.press('Tab');
      const outline = await page.evaluate(
        () => document.activeElement && getComputedStyle(document.activeElement).outlineStyle,
      );
      expect(outline).not.toBe('none');
    },
  );
});

it('nothing moves where motion is unwanted', async () => {
  const page = await staged('open=0&press=c', { reducedMotion: 'reduce' });
  const moving = await page.evaluate(
    () =>
      [...document.querySelectorAll('*')].filter((element) => {
        const { transitionDuration, animationDuration } = getComputedStyle(element);
        return `${transitionDuration},${animationDuration}`
          .split(',')
          .some((duration) => parseFloat(duration) > 0);
      }).length,
  );
  expect(moving).toBe(0);
});
