/**
 * Every view as a person sees it, to be looked at: `COBRO_SCREENSHOTS=folder`, and for a part of them
 * `COBRO_ONLY='^inbox-(en|es)-dark'`. Each view is checked for what sticks out of the window while it stands there.
 */
import { mkdirSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { closed, staged } from './stage';
import { VIEWS } from './views';

const folder = process.env['COBRO_SCREENSHOTS'];
const only = new RegExp(process.env['COBRO_ONLY'] ?? '');
const LANGUAGES = ['en', 'es', 'pt-BR'] as const;
const THEMES = ['light', 'dark'] as const;
const SIZES = [
  [860, 640],
  [1280, 800],
  [1920, 1080],
] as const;

/** The addresses of views in which a menu is open. */
const HAS_MENU = /menu=|click=thread-more|click=filter/;

interface Shot {
  name: string;
  lang: (typeof LANGUAGES)[number];
  theme: (typeof THEMES)[number];
  sizes: { width: number; height: number; file: string }[];
}

function shotsOf(name: string): Shot[] {
  return LANGUAGES.flatMap((lang) =>
    THEMES.map((theme) => ({
      name,
      lang,
      theme,
      sizes: SIZES.map(([width, height]) => ({
        width,
        height,
        file: `${name}-${lang}-${theme}-${width}`,
      })).filter(({ file }) => only.test(file)),
    })),
  ).filter(({ sizes }) => sizes.length > 0);
}

afterAll(closed);

describe.runIf(folder)('screenshots', () => {
  if (folder) mkdirSync(folder, { recursive: true });
  const views = Object.entries(VIEWS).filter(([name]) => shotsOf(name).length > 0);
  it.each(views)('of %s', { timeout: 300_000 }, async (name, query) => {
    for (const { lang, theme, sizes } of shotsOf(name)) {
      let page: Page | null = null;
      for (const { width, height, file } of sizes) {
        // A menu closes when the window changes its size.
        if (!page || HAS_MENU.test(query))
          page = await staged(query, { lang, theme, width, height });
        await page.setViewportSize({ width, height });
        await page.waitForTimeout(120);
        await page.screenshot({ path: `${folder}/${file}.png` });
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      }
    }
  });
});
