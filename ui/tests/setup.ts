/** What every test starts with: a known language, a desk that answers, a clean window. */
import { clearMocks } from '@tauri-apps/api/mocks';
import { cleanup } from '@testing-library/svelte';
import { tick } from 'svelte';
import { afterEach, beforeEach, vi } from 'vitest';

beforeEach(() => {
  localStorage.clear();
  delete window.cobroAppearance;
});

afterEach(async () => {
  vi.useRealTimers();
  cleanup();
  await tick();
  clearMocks();
});
