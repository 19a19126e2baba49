import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { refuse, tell } from '../../tests/desk';
import { aReport } from '../../tests/things';
import { opened, press } from '../../tests/window';
import { language } from '../lib/i18n/language.svelte';

// Nothing has a height here, and a virtual list shows what fits: give everything one.
vi.mock('virtua/svelte', async () => await import('../../tests/plainList'));

beforeEach(() => language.choose('en'));

const nothing = { count: 0, minor: 0 };

describe('the reports', () => {
  it('are reached by G and R, also from a view whose own letters they are', async () => {
    await opened({ sales_report: () => aReport() });
    await userEvent.click(screen.getByTestId('go-payments'));
    await press('g');
    await press('r');
    expect(await screen.findByTestId('report-figures')).toBeTruthy();
    expect(screen.getByTestId('go-reports').getAttribute('aria-current')).toBe('page');
    await press('g');
    await press('p');
    expect((await screen.findByTestId('payments')).dataset['part']).toBe('payments');
  });

  it('are in the palette', async () => {
    await opened({ sales_report: () => aReport() });
    await userEvent.keyboard('{Control>}k{/Control}');
    await userEvent.keyboard('reports{Enter}');
    expect(await screen.findByTestId('reports')).toBeTruthy();
  });

  it('lead to what is behind them', async () => {
    await opened({ sales_report: () => aReport({ disputes: { count: 1, minor: 5 } }) });
    await userEvent.click(screen.getByTestId('go-reports'));
    await userEvent.click(await screen.findByTestId('total-reconciled'));
    expect((await screen.findByTestId('payments')).dataset['part']).toBe('reconcile');
  });

  it('are made again when money came', async () => {
    const calls = await opened({ sales_report: () => aReport() });
    const made = () => calls.filter(({ command }) => command === 'sales_report').length;
    await userEvent.click(screen.getByTestId('go-reports'));
    await screen.findByTestId('report-figures');
    const before = made();
    await tell({ type: 'chargeChanged', charge: 'c1', conversation: 'v1' });
    await waitFor(() => expect(made()).toBeGreaterThan(before));
  });

  it('say that nothing was charged, and what else to look at', async () => {
    const links = { ...aReport().links, made: nothing };
    const empty = aReport({ links, collected: nothing, refunds: nothing });
    const calls = await opened({ sales_report: () => empty });
    await userEvent.click(screen.getByTestId('go-reports'));
    await userEvent.click(await screen.findByText('Show 30 days'));
    await waitFor(() =>
      expect(calls.at(-1)?.args['period'] ?? null).toEqual({ type: 'thirtyDays' }),
    );
    expect(screen.queryByText('Show 30 days')).toBeNull();
  });

  it('point out a last day before the first', async () => {
    await opened({ sales_report: () => aReport() });
    await userEvent.click(screen.getByTestId('go-reports'));
    await userEvent.click(screen.getByTestId('period-days'));
    const last = await screen.findByTestId('report-last');
    await fireEvent.input(last, { target: { value: '2026-11-01' } });
    expect((await screen.findByRole('alert')).textContent).toContain('Choose a last day');
    expect(last.getAttribute('aria-invalid')).toBe('true');
  });

  it('say why they could not be made', async () => {
    await opened({ sales_report: () => refuse({ message: 'The disk is full.' }) });
    await userEvent.click(screen.getByTestId('go-reports'));
    expect((await screen.findByRole('alert')).textContent).toContain('could not be made');
  });

  it('are saved as they are shown', async () => {
    const calls = await opened({
      sales_report: () => aReport(),
      save_sales_report: () => '/home/laura/cobro.csv',
    });
    await userEvent.click(screen.getByTestId('go-reports'));
    await screen.findByTestId('report-figures');
    await userEvent.click(screen.getByTestId('report-export'));
    await screen.findByText('Saved as /home/laura/cobro.csv');
    const saved = calls.find(({ command }) => command === 'save_sales_report');
    expect(saved?.args).toEqual({ period: { type: 'sevenDays' }, currency: null });
  });
});

it('the desk is told in which language the window speaks', async () => {
  const calls = await opened();
  const spoken = () => calls.filter(({ command }) => command === 'speak').map(({ args }) => args);
  await waitFor(() => expect(spoken()).toEqual([{ language: 'en' }]));
  language.choose('pt-BR');
  await waitFor(() => expect(spoken().at(-1)).toEqual({ language: 'pt' }));
});
