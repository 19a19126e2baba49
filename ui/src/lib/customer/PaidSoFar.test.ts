/** What a customer has paid so far, and what Stripe holds of theirs. */
import { render, screen } from '@testing-library/svelte';
import { expect, it } from 'vitest';
import PaidSoFar from './PaidSoFar.svelte';

const mxn = (minor: number) => ({ minor, currency: 'MXN' });

it('says what was sent too much, so that nobody asks for all of the next order', () => {
  const stats = { paidCount: 1, lifetime: [mxn(500_00)], held: [mxn(150_00)], since: null };
  render(PaidSoFar, { stats });
  expect(screen.getByTestId('held').textContent).toContain('150.00');
});

it('says nothing of it where nothing is held', () => {
  render(PaidSoFar, { stats: { paidCount: 0, lifetime: [], held: [], since: null } });
  expect(screen.queryByTestId('held')).toBeNull();
});
