/** Every view says so when it could not be read, and when it is still being read. */
import { afterAll, describe, expect, it } from 'vitest';
import { closed, staged } from './stage';

afterAll(closed);

const PLACES: Record<string, string> = {
  list: '',
  search: 'search=pas',
  payments: 'view=payments',
  subscribers: 'view=payments&click=part-subscribers',
  reconcile: 'view=payments&click=part-reconcile',
  disputes: 'view=payments&click=part-disputes',
  payouts: 'view=payments&click=part-payouts',
  customers: 'view=customers',
  catalog: 'view=catalog',
  assistant: 'view=assistant',
  health: 'view=health',
  team: 'view=team',
  'quick replies': 'view=quick',
  notifications: 'view=notify',
  whatsapp: 'view=whatsapp',
  stripe: 'view=stripe',
  templates: 'view=templates',
  'after the sale': 'view=sales',
  files: 'view=media',
};
const places = Object.entries(PLACES);

describe('says that it could not be read, and offers another try:', () => {
  it.each(places)('%s', async (_, query) => {
    const page = await staged(`${query}&refuse=all&patience=300`);
    const alert = page.locator('[role="alert"]:visible').first();
    expect(await alert.count()).toBe(1);
    expect(await alert.innerText()).toMatch(/no connection|connection to the internet/i);
    expect(await page.getByRole('button', { name: 'Try again' }).count()).toBeGreaterThan(0);
  });
});

describe('says that it is being read, and claims nothing:', () => {
  it.each(places)('%s', async (_, query) => {
    const page = await staged(`${query}&stall=all&patience=300`);
    // It is silent at first, and by then a busy machine may not have painted it.
    await page.locator('[aria-busy="true"]:visible').first().waitFor({ timeout: 10_000 });
    expect(await page.locator('[role="alert"]').count()).toBe(0);
    expect(await page.getByText(/\byet\b|^nothing|everything that came in/i).count()).toBe(0);
  });
});
