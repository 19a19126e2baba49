import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import { deskAnswers, refuse } from '../../../tests/desk';
import type { AssistantSettings, ModelSettings } from '../api';
import { language } from '../i18n/language.svelte';
import { isHere } from './model.svelte';
import ModelForm from './ModelForm.svelte';

function draft(model: Partial<ModelSettings>): AssistantSettings {
  return {
    enabled: true,
    recaps: true,
    replies: true,
    handoffs: true,
    maxQuantity: 100,
    maxTotal: null,
    answers: { hours: '', delivery: '', payment: '', place: '', instalments: '', returns: '' },
    faq: [],
    discounts: [],
    model: { provider: 'none', url: '', name: '', dailyTokens: 200_000, ...model },
  };
}

describe('a model', () => {
  beforeEach(() => {
    language.choose('en');
  });

  it('is on this machine only where its address says so', () => {
    for (const address of ['http://localhost:1/v1/', 'http://127.0.0.1:11434/v1/', 'http://[::1]/'])
      expect(isHere(address), address).toBe(true);
    for (const address of ['http://localhost.evil.test/', 'https://127.evil.test/', '10.0.0.2', ''])
      expect(isHere(address), address).toBe(false);
  });

  it('is not needed, and then nothing leaves', () => {
    deskAnswers({});
    render(ModelForm, { draft: draft({}) });
    expect(screen.getByTestId('no-model').textContent).toContain(
      'nothing of a conversation leaves',
    );
    expect(screen.queryByTestId('model-test')).toBeNull();
  });

  it('says what leaves and to whom, and gives its key to no other address', async () => {
    const calls = deskAnswers({
      model_state: () => ({ hasKey: false, questionsToday: 0, tokensToday: 0 }),
    });
    const url = 'https://models.example.com/v1/';
    render(ModelForm, { draft: draft({ provider: 'compatible', url, name: 'm' }) });
    const leaves = screen.getByTestId('model-leaves').textContent;
    expect(leaves).toContain(url);
    expect(leaves).toContain('without prices');
    expect(document.body.textContent).toContain('no other address');
    const key = screen.getByTestId('model-key');
    await fireEvent.input(key, { target: { value: 'sk-1' } });
    await fireEvent.change(key);
    await waitFor(() => {
      expect(calls.find(({ command }) => command === 'save_model_key')?.args).toMatchObject({
        key: 'sk-1',
        model: { url },
      });
    });
    await waitFor(() => {
      expect(key).toHaveProperty('value', '');
    });
  });

  it('says why it does not answer', async () => {
    deskAnswers({
      model_state: () => ({ hasKey: true, questionsToday: 0, tokensToday: 0 }),
      test_model: () =>
        refuse({ code: 'conflict', message: 'The model’s server refused: status 401.' }),
    });
    render(ModelForm, { draft: draft({ provider: 'openAi', name: 'm' }) });
    await fireEvent.click(screen.getByTestId('model-test'));
    await screen.findByText(/status 401/);
  });
});
