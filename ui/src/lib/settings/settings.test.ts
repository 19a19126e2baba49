import { fireEvent, render, screen } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { deskAnswers, refuse } from '../../../tests/desk';
import { aConnection, minutesAgo } from '../../../tests/things';
import type { AlertView, HistoryImport, Kit as CoreKit } from '../api';
import { language } from '../i18n/language.svelte';
import { Alerts } from './alerts.svelte';
import { Connection } from './connection.svelte';
import { Imports } from './imports.svelte';
import { Kit } from './kit.svelte';
import KitForm from './KitForm.svelte';
import { Policy } from './policy.svelte';

describe('the connection', () => {
  it('chooses one number and leaves the others as they are', async () => {
    const calls = deskAnswers({
      connection: () => aConnection(),
      choose_numbers: () => aConnection(),
    });
    const connection = new Connection();
    await connection.refresh();
    await connection.choose('1002', true);
    await connection.choose('1001', false);

    const chosen = calls.filter(({ command }) => command === 'choose_numbers');
    expect(chosen.map(({ args }) => args['phoneNumberIds'])).toEqual([['1001', '1002'], []]);
  });

  it('says beside the step what did not work, and keeps the rest', async () => {
    deskAnswers({
      connection: () => aConnection(),
      register_number: () => refuse({ code: '133005', message: 'Wrong PIN.' }),
    });
    const connection = new Connection();
    await connection.refresh();
    expect(await connection.register('1002', '123456')).toBe(false);

    expect(connection.failed).toMatchObject({ step: 'register', error: { code: '133005' } });
    expect(connection.state).toBe('ready');
    expect(connection.doing).toBeNull();
  });

  it('keeps the last known state while offline', async () => {
    let offline = false;
    deskAnswers({ connection: () => (offline ? refuse({ code: 'offline' }) : aConnection()) });
    const connection = new Connection();
    await connection.refresh();
    offline = true;
    await connection.refresh();
    expect(connection.value).not.toBeNull();
    expect(connection.error?.code).toBe('offline');
    expect(connection.state).toBe('ready');
  });

  it('does one thing at a time', async () => {
    const calls = deskAnswers({ check_connection: () => aConnection() });
    const connection = new Connection();
    await Promise.all([connection.check(), connection.check()]);
    expect(calls).toHaveLength(1);
  });

  it('is read again only if somebody looked at it', async () => {
    const calls = deskAnswers({ connection: () => aConnection() });
    const connection = new Connection();
    await connection.changed();
    expect(calls).toHaveLength(0);
    await connection.refresh();
    await connection.changed();
    expect(calls).toHaveLength(2);
  });
});

describe('the kit', () => {
  const kit: CoreKit = {
    base: null,
    parts: [
      { part: 'paymentRequest', language: 'es', status: 'approved', reason: null },
      { part: 'paymentRequest', language: 'en', status: 'missing', reason: null },
    ],
  };

  it('knows each part in each language, and what is missing', async () => {
    deskAnswers({ kit: () => kit });
    const shown = new Kit();
    await shown.show('line-1');
    expect(shown.languages).toEqual(['es', 'en']);
    expect(shown.parts).toEqual(['paymentRequest']);
    expect(shown.stateOf('paymentRequest', 'en')?.status).toBe('missing');
    expect(shown.incomplete).toBe(true);
  });

  it('says why creating did not work, and shows what there is', async () => {
    deskAnswers({
      kit: () => kit,
      create_kit: () => refuse({ code: '10', message: 'No permission.' }),
    });
    const shown = new Kit();
    await shown.show('line-1');
    await shown.create('https://a.mx/');
    expect(shown.failed?.message).toBe('No permission.');
    expect(shown.value).not.toBeNull();
  });

  it('finds nothing wrong with what nobody has touched', async () => {
    language.choose('en');
    deskAnswers({ kit: () => ({ ...kit, base: 'http://127.0.0.1:7100/' }) });
    const shown = new Kit();
    await shown.show('line-1');
    render(KitForm, { kit: shown });
    const field = screen.getByTestId<HTMLInputElement>('kit-base');
    expect(field.value).toBe('http://127.0.0.1:7100/');
    expect(screen.queryByText(language.words.kit.baseWrong)).toBeNull();
    await fireEvent.input(field, { target: { value: 'http://pay.mx/' } });
    expect(screen.getByText(language.words.kit.baseWrong)).toBeTruthy();
  });

  it('shows nothing of another number', async () => {
    deskAnswers({ kit: ({ line }) => (line === 'line-1' ? kit : refuse()) });
    const shown = new Kit();
    await shown.show('line-1');
    await shown.show('line-2');
    expect(shown.value).toBeNull();
    expect(shown.state).toBe('failed');
  });
});

describe('what Meta told', () => {
  const alert = (id: number, fields: Partial<AlertView> = {}): AlertView => ({
    id,
    line: null,
    field: 'account_update',
    event: 'DISABLED',
    severity: 'critical',
    title: 'Disabled',
    advice: 'Appeal.',
    details: null,
    at: minutesAgo(1),
    endedAt: null,
    ...fields,
  });

  it('presses only while it lasts and stops sales', async () => {
    deskAnswers({
      alerts: () => [
        alert(1),
        alert(2, { severity: 'info' }),
        alert(3, { endedAt: minutesAgo(0) }),
      ],
    });
    const alerts = new Alerts();
    await alerts.refresh();
    expect(alerts.pressing.map(({ id }) => id)).toEqual([1]);
  });

  it('comes back where it could not be dismissed', async () => {
    deskAnswers({ alerts: () => [alert(1)], dismiss_alert: () => refuse({ message: 'Not now.' }) });
    const alerts = new Alerts();
    await alerts.refresh();
    const dismissing = alerts.dismiss(1);
    expect(alerts.open).toEqual([]);
    await dismissing;
    expect(alerts.open?.map(({ id }) => id)).toEqual([1]);
    expect(alerts.error?.message).toBe('Not now.');
  });
});

describe('an imported history', () => {
  const history = (fields: Partial<HistoryImport>): HistoryImport => ({
    line: 'line-1',
    lineName: 'Centro',
    phase: 0,
    progress: 10,
    messages: 100,
    startedAt: minutesAgo(1),
    finishedAt: null,
    problem: null,
    ...fields,
  });

  it('is shown until it is done, or as long as something is wrong', async () => {
    const problem = { code: '2593109', title: 'Declined', advice: 'Ask again.' };
    deskAnswers({
      history_imports: () => [
        history({}),
        history({ line: 'b', finishedAt: minutesAgo(0) }),
        history({ line: 'c', finishedAt: minutesAgo(0), problem }),
      ],
    });
    const imports = new Imports();
    await imports.refresh();
    expect(imports.shown.map(({ line }) => line)).toEqual(['line-1', 'c']);
  });
});

describe('when files are downloaded', () => {
  it('takes back what the core refuses', async () => {
    deskAnswers({
      media_policy: () => ({ autoDownload: true, limitMegabytes: 16 }),
      set_media_policy: () => refuse({ message: 'Disk full.' }),
    });
    const policy = new Policy();
    await policy.refresh();
    await policy.change({ limitMegabytes: 5 });
    expect(policy.value?.limitMegabytes).toBe(16);
    expect(policy.error?.message).toBe('Disk full.');
  });
});
