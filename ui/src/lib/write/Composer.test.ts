import { fireEvent, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { deskAnswers, type Answers } from '../../../tests/desk';
import { aMessage, aTemplate, staged } from '../../../tests/things';
import type { QuickReply, TemplateValue } from '../api';
import en from '../i18n/en';
import { language } from '../i18n/language.svelte';
import Composer from './Composer.svelte';
import { Letter } from './letter.svelte';
import { Recorder } from './recorder.svelte';

function show(
  fields: { text?: string; canWrite?: boolean; answers?: Answers; replies?: QuickReply[] } = {},
) {
  const calls = deskAnswers({ templates: () => [], ...fields.answers });
  const did = {
    send: vi.fn(),
    sendBody: vi.fn(),
    charge: vi.fn(),
    toTemplates: vi.fn(),
    useReply: vi.fn(),
    toReplies: vi.fn(),
    keepNote: vi.fn(),
    discard: vi.fn(),
  };
  const letter = new Letter('maria');
  letter.text = fields.text ?? '';
  const recorder = new Recorder();
  render(Composer, {
    letter,
    recorder,
    name: 'María González',
    canWrite: fields.canWrite ?? true,
    wantsFocus: false,
    focused: () => undefined,
    replies: fields.replies ?? [],
    members: [],
    ...did,
  });
  const field = () => screen.getByTestId<HTMLTextAreaElement>('composer-input');
  return { did, letter, recorder, calls, field };
}

describe('the composer', () => {
  beforeEach(() => {
    language.choose('en');
  });

  it('sends with Enter, and not with Shift Enter', async () => {
    const { did, field } = show({ text: ' Hola ' });
    await fireEvent.keyDown(field(), { key: 'Enter', shiftKey: true });
    expect(did.send).not.toHaveBeenCalled();
    await fireEvent.keyDown(field(), { key: 'Enter' });
    expect(did.send).toHaveBeenCalledOnce();
  });

  it('sends once while Enter is held down', async () => {
    const { did, field } = show({ text: 'Hola' });
    await fireEvent.keyDown(field(), { key: 'Enter' });
    await fireEvent.keyDown(field(), { key: 'Enter', repeat: true });
    expect(did.send).toHaveBeenCalledOnce();
  });

  it('leaves Enter to whoever composes a letter', async () => {
    const { did, field } = show({ text: 'こん' });
    await fireEvent.keyDown(field(), { key: 'Enter', isComposing: true });
    expect(did.send).not.toHaveBeenCalled();
  });

  it('sends no empty message', async () => {
    const { did, field } = show({ text: '  \n ' });
    await fireEvent.keyDown(field(), { key: 'Enter' });
    expect(did.send).not.toHaveBeenCalled();
  });

  it('opens a charge with $ at the start, and only there', async () => {
    const { did, field, letter } = show();
    await userEvent.type(field(), '$');
    expect(did.charge).toHaveBeenCalledOnce();
    expect(letter.text).toBe('');
    expect(field().value).toBe('');

    await userEvent.type(field(), 'a $');
    expect(did.charge).toHaveBeenCalledOnce();
  });

  it('becomes a choice of templates where WhatsApp would refuse a text', async () => {
    const { did } = show({ canWrite: false, text: 'borrador' });
    expect(screen.queryByTestId('composer-input')).toBeNull();
    expect(document.body.textContent).toContain(en.pick.title);
    expect(document.body.textContent).toContain('borrador');
    await userEvent.click(await screen.findByTestId('to-templates'));
    expect(did.toTemplates).toHaveBeenCalledOnce();
  });

  it('sends a template once the core finds nothing against it', async () => {
    const { did } = show({
      canWrite: false,
      answers: {
        templates: () => [aTemplate()],
        preview_template: ({ values }) => ({
          text: `Hola ${(values as TemplateValue[])[0]?.value ?? ''}`,
          problems: (values as TemplateValue[])[0]?.value === 'a\tb' ? ['No tabs.'] : [],
        }),
      },
    });
    await userEvent.click(await screen.findByTestId('template'));
    const send = screen.getByTestId<HTMLButtonElement>('template-send');
    expect(send.disabled).toBe(true);
    await fireEvent.input(screen.getByTestId('parameter-1'), { target: { value: 'a\tb' } });
    await screen.findByText('No tabs.');
    expect(send.disabled).toBe(true);
    await fireEvent.input(screen.getByTestId('parameter-1'), { target: { value: 'Ana' } });
    await screen.findByText('Hola Ana');
    await userEvent.click(send);
    expect(did.sendBody).toHaveBeenCalledExactlyOnceWith(
      {
        type: 'template',
        name: 'cobro_payment_request',
        language: 'es',
        values: [{ place: 'body', button: null, name: '1', value: 'Ana' }],
      },
      'Hola Ana',
    );
  });

  it('offers no template that Meta has not approved', async () => {
    show({
      canWrite: false,
      answers: { templates: () => [aTemplate({ status: 'rejected', reason: 'Promotional' })] },
    });
    const row = await screen.findByTestId<HTMLButtonElement>('template');
    expect(row.disabled).toBe(true);
    expect(row.textContent).toContain('Promotional');
    expect(screen.getByTestId('to-templates')).toBeTruthy();
  });

  it('attaches what is chosen, and waits until the core has it', async () => {
    const { did, letter, field } = show({
      answers: {
        stage_start: () => 's1',
        stage_finish: () => staged({ problem: null }),
      },
    });
    await userEvent.upload(screen.getByTestId('file-input'), new File(['hola'], 'a.pdf'));
    await screen.findByText('a.pdf');
    await vi.waitFor(() => {
      expect(letter.uploads.ready).toBe(true);
    });
    await fireEvent.keyDown(field(), { key: 'Enter' });
    expect(did.send).toHaveBeenCalledOnce();
  });

  it('sends no file that WhatsApp would refuse, and says what to do', async () => {
    const problem = { code: 'fileType', title: 'Not taken', advice: 'Send a PDF.' };
    const { did, field } = show({
      text: 'Aquí va',
      answers: { stage_start: () => 's1', stage_finish: () => staged({ problem }) },
    });
    await userEvent.upload(screen.getByTestId('file-input'), new File(['x'], 'a.exe'));
    await screen.findByText('Not taken. Send a PDF.');
    await fireEvent.keyDown(field(), { key: 'Enter' });
    expect(did.send).not.toHaveBeenCalled();
    await userEvent.click(screen.getByLabelText('Remove a.exe'));
    await fireEvent.keyDown(field(), { key: 'Enter' });
    expect(did.send).toHaveBeenCalledOnce();
  });

  it('records, and attaches the recording', async () => {
    const { letter } = show({
      answers: {
        recorder_state: () => ({ available: true, problem: null }),
        record_stop: () => staged({ kind: 'voice', durationMs: 2000 }),
      },
    });
    await userEvent.click(screen.getByTestId('record'));
    await userEvent.click(await screen.findByTestId('record-stop'));
    await screen.findByTestId('file-chip');
    expect(letter.uploads.all[0]?.kind).toBe('voice');
  });

  it('says why it cannot record', async () => {
    show({ answers: { recorder_state: () => ({ available: false, problem: 'No microphone.' }) } });
    await userEvent.click(screen.getByTestId('record'));
    expect((await screen.findByRole('alert')).textContent).toContain('No microphone.');
  });

  it('asks a question with buttons, and none that WhatsApp would refuse', async () => {
    const { did } = show({ text: '¿Cuándo?' });
    await userEvent.click(screen.getByTestId('attach-more'));
    await userEvent.click(screen.getByTestId('form-buttons'));
    const send = screen.getByTestId<HTMLButtonElement>('form-send');
    await userEvent.type(screen.getByTestId('button-1'), 'Hoy');
    await userEvent.type(screen.getByTestId('button-2'), 'Hoy');
    expect(send.disabled).toBe(true);
    await userEvent.type(screen.getByTestId('button-2'), ' no');
    await userEvent.click(send);
    expect(did.sendBody).toHaveBeenCalledExactlyOnceWith({
      type: 'buttons',
      text: '¿Cuándo?',
      buttons: [
        { id: 'button-1', title: 'Hoy', description: null },
        { id: 'button-2', title: 'Hoy no', description: null },
      ],
    });
  });

  it('closes a form with Escape, and keeps the text', async () => {
    const { letter, field } = show({ text: 'Hola' });
    letter.form = 'location';
    const place = await screen.findByTestId('place');
    await fireEvent.keyDown(place, { key: 'Escape' });
    expect(letter.form).toBeNull();
    await vi.waitFor(() => {
      expect(field().value).toBe('Hola');
    });
  });

  it('clears the quote with Escape before it leaves the field', async () => {
    const { letter, field } = show();
    letter.replyTo = aMessage({ text: '¿Tienen velitas?' });
    await screen.findByTestId('reply-bar');
    await fireEvent.keyDown(field(), { key: 'Escape' });
    expect(letter.replyTo).toBeNull();
  });

  it('says how much too long a message is instead of sending it', async () => {
    const { did, field } = show({ text: 'a'.repeat(4100) });
    expect(screen.getByRole('alert').textContent).toContain('4 characters too long');
    await fireEvent.keyDown(field(), { key: 'Enter' });
    expect(did.send).not.toHaveBeenCalled();
  });

  it('completes a quick reply after the slash, by keyboard', async () => {
    const reply = { id: 'q', shortcut: 'envio', text: 'Llega mañana', files: [] };
    const other = { id: 'r', shortcut: 'pago', text: 'Aquí el enlace', files: [] };
    const { did, field } = show({ replies: [reply, other] as unknown as QuickReply[] });
    await userEvent.type(field(), '/env');
    const list = await screen.findByTestId('quick-replies');
    expect(list.textContent).toContain('Llega mañana');
    expect(list.textContent).not.toContain('Aquí el enlace');
    await userEvent.keyboard('{Enter}');
    expect(did.useReply).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ id: 'q' }));
    expect(did.send).not.toHaveBeenCalled();
  });

  it('sends no shortcut that there is none of, until the list was closed', async () => {
    const reply = { id: 'q', shortcut: 'pago', text: 'Aquí el enlace', files: [] };
    const { did, field, letter } = show({ replies: [reply] as unknown as QuickReply[] });
    await userEvent.type(field(), '/hor{Enter}');
    expect(did.send).not.toHaveBeenCalled();
    const said = (await screen.findByTestId('quick-none')).textContent;
    expect(said).toContain(en.quick.noneCalled('/hor'));
    expect(said).toContain(en.quick.asItIs);

    await userEvent.keyboard('{Escape}');
    expect(screen.queryByTestId('quick-none')).toBeNull();
    expect(letter.text).toBe('/hor');
    await userEvent.keyboard('a{Enter}');
    expect(did.send).toHaveBeenCalledOnce();
  });

  it('looks among the quick replies again where a slash is written anew', async () => {
    const { field } = show();
    await userEvent.type(field(), '/hor{Escape}');
    await userEvent.clear(field());
    await userEvent.type(field(), '/');
    expect(await screen.findByTestId('quick-none')).toBeTruthy();
  });

  it('looks among the quick replies again after what was closed was sent', async () => {
    const { field, letter } = show();
    await userEvent.type(field(), '/hor{Escape}{Enter}');
    // A letter that was sent is empty without anybody having typed.
    letter.text = '';
    await userEvent.type(field(), '/');
    expect(await screen.findByTestId('quick-none')).toBeTruthy();
  });

  it('leaves no slash behind where the list that a click opened is closed', async () => {
    const { letter } = show();
    const open = () => userEvent.click(screen.getByTestId('quick-tool'));
    await open();
    expect(letter.text).toBe('/');
    await userEvent.keyboard('{Escape}');
    expect(letter.text).toBe('');
    await open();
    await open();
    expect(letter.text).toBe('');
    await open();
    await userEvent.click(document.body);
    expect(letter.text).toBe('');
  });

  it('leaves what is written alone where a click opens the list', async () => {
    const reply = { id: 'q', shortcut: 'envio', text: 'Llega mañana', files: [] };
    const { letter, did } = show({ text: 'Hola Ana', replies: [reply] as unknown as QuickReply[] });
    const open = () => userEvent.click(screen.getByTestId('quick-tool'));
    await open();
    expect(screen.getByTestId('quick-replies').textContent).toContain('Llega mañana');
    expect(letter.text).toBe('Hola Ana');
    await userEvent.keyboard('{Escape}');
    expect(screen.queryByTestId('quick-replies')).toBeNull();
    expect(letter.text).toBe('Hola Ana');
    await open();
    await userEvent.keyboard('{Enter}');
    expect(did.useReply).toHaveBeenCalledOnce();
    expect(did.send).not.toHaveBeenCalled();
    expect(letter.text).toBe('Hola Ana');
  });

  it('leads to the settings where there is no quick reply yet', async () => {
    const { did, field } = show();
    await userEvent.type(field(), '/');
    await userEvent.click(await screen.findByText('New quick reply'));
    expect(did.toReplies).toHaveBeenCalledOnce();
  });

  it('writes a note that looks like one, and never sends it', async () => {
    const { did, letter } = show();
    await userEvent.click(screen.getByTestId('note-tool'));
    expect(letter.noting).toBe(true);
    expect((await screen.findByTestId('note')).textContent).toContain('Only for the shop');
    await userEvent.type(screen.getByTestId('note-input'), 'pidió factura{Enter}');
    expect(did.keepNote).toHaveBeenCalledOnce();
    expect(did.send).not.toHaveBeenCalled();
  });

  it('has the keyboard in the note that its tool begins', async () => {
    show();
    await userEvent.click(screen.getByTestId('note-tool'));
    expect(document.activeElement).toBe(screen.getByTestId('note-input'));
  });

  it('deletes a draft where one is begun', async () => {
    const { did } = show({ text: 'Te confirmo mañana' });
    await userEvent.click(screen.getByTestId('draft-remove'));
    expect(did.discard).toHaveBeenCalledOnce();
  });

  it('opens the charge by its tool too', async () => {
    const { did } = show();
    await userEvent.click(screen.getByTestId('charge-tool'));
    expect(did.charge).toHaveBeenCalledOnce();
  });
});
