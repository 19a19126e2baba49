/** One Chromium, and the window in it as the address of the played desk says. */
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { inject, onTestFinished } from 'vitest';

export interface Circumstances extends BrowserContextOptions {
  lang?: 'en' | 'es' | 'pt-BR';
  theme?: 'light' | 'dark';
  width?: number;
  height?: number;
}

let browser: Promise<Browser> | undefined;

function started(): Promise<Browser> {
  browser ??= chromium.launch({
    executablePath: inject('chromium'),
    args: ['--no-sandbox', '--disable-gpu', '--hide-scrollbars'],
  });
  return browser;
}

export async function closed() {
  await (await browser)?.close();
  browser = undefined;
}

/**
 * It is the afternoon, whenever this runs: at night what the played desk tells of this morning would be still to come,
 * and what is written now would stand before it.
 */
const AFTERNOON = `{
  const Real = Date;
  const shift = new Real().setHours(16, 0, 0, 0) - Real.now();
  globalThis.Date = class extends Real {
    constructor(...of) {
      super(...(of.length > 0 ? of : [Real.now() + shift]));
    }
    static now() {
      return Real.now() + shift;
    }
  };
}`;

/** Opens the window, and waits until all that `query` asks for was clicked and typed. */
export async function staged(query: string, how: Circumstances = {}): Promise<Page> {
  const { lang = 'en', theme = 'light', width = 1280, height = 800, ...options } = how;
  const page = await (
    await started()
  ).newPage({
    viewport: { width, height },
    colorScheme: theme,
    locale: 'es-MX',
    timezoneId: 'America/Mexico_City',
    ...options,
  });
  onTestFinished(() => page.close());
  await page.addInitScript(AFTERNOON);
  await page.goto(`${inject('address')}?${query}&lang=${lang}&theme=${theme}`);
  await page.waitForSelector('[data-staged]', { state: 'attached', timeout: 30_000 });
  return page;
}
