/** The payments in a real layout. */
import { afterAll, describe, expect, it } from 'vitest';
import { closed, staged } from './stage';

afterAll(closed);

describe('the lines of the books', () => {
  it.each([860, 1280])('stand in columns, %i wide', async (width) => {
    const page = await staged('view=payments&click=part-reconcile,class-matched', { width });
    const rows = await page.locator('[data-testid=book-line] > .line').evaluateAll((lines) =>
      lines.map((line) =>
        [...line.children].map((cell) => {
          const { left, right } = cell.getBoundingClientRect();
          return [Math.round(left), Math.round(right)];
        }),
      ),
    );
    expect(rows.length).toBeGreaterThan(2);
    for (const row of rows) expect(row).toEqual(rows[0]);
  });
});
