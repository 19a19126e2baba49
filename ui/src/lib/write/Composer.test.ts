import { fireEvent, render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { language } from '../i18n/language.svelte';
import Composer from './Composer.svelte';

function show(fields: { text?: string; canWrite?: boolean } = {}) {
  const did = { typed: vi.fn(), send: vi.fn(), charge: vi.fn() };
  const props = {
    text: '',
    name: 'María González',
    canWrite: true,
    wantsFocus: false,
    focused: () => undefined,
    ...fields,
    ...did,
  };
  render(Composer, props);
  return { did, field: screen.getByTestId<HTMLTextAreaElement>('composer-input') };
}

describe('the composer', () => {
  beforeEach(() => {
    language.choose('en');
  });

  it('sends with Enter, and not with Shift Enter', async () => {
    const { did, field } = show({ text: ' Hola ' });
    await fireEvent.keyDown(field, { key: 'Enter', shiftKey: true });
    expect(did.send).not.toHaveBeenCalled();
    await fireEvent.keyDown(field, { key: 'Enter' });
    expect(did.send).toHaveBeenCalledExactlyOnceWith('Hola');
  });

  it('sends once while Enter is held down', async () => {
    const { did, field } = show({ text: 'Hola' });
    await fireEvent.keyDown(field, { key: 'Enter' });
    await fireEvent.keyDown(field, { key: 'Enter', repeat: true });
    expect(did.send).toHaveBeenCalledOnce();
  });

  it('leaves Enter to whoever composes a letter', async () => {
    const { did, field } = show({ text: 'こん' });
    await fireEvent.keyDown(field, { key: 'Enter', isComposing: true });
    expect(did.send).not.toHaveBeenCalled();
  });

  it('sends no empty message', async () => {
    const { did, field } = show({ text: '  \n ' });
    await fireEvent.keyDown(field, { key: 'Enter' });
    expect(did.send).not.toHaveBeenCalled();
  });

  it('opens a charge with $ at the start, and only there', async () => {
    const { did, field } = show();
    await userEvent.type(field, '$');
    expect(did.charge).toHaveBeenCalledOnce();
    expect(did.typed).not.toHaveBeenCalled();
    expect(field.value).toBe('');

    await userEvent.type(field, 'a $');
    expect(did.charge).toHaveBeenCalledOnce();
  });

  it('takes no text that WhatsApp would refuse, and says why', () => {
    const { field } = show({ canWrite: false, text: 'borrador' });
    expect(field.disabled).toBe(true);
    expect(document.body.textContent).toContain('The customer must write first');
    expect(document.body.textContent).toContain('borrador');
  });

  it('says how much too long a message is instead of sending it', async () => {
    const { did, field } = show({ text: 'a'.repeat(4100) });
    expect(screen.getByRole('alert').textContent).toContain('4 characters too long');
    await fireEvent.keyDown(field, { key: 'Enter' });
    expect(did.send).not.toHaveBeenCalled();
  });
});
