/** What a face can ask for, each remembered by the test. */
import { vi } from 'vitest';
import type { MessageDeeds } from '../src/lib/thread/deeds';

export function someDeeds(answers: Partial<MessageDeeds> = {}) {
  return {
    sendAgain: vi.fn(),
    sendNow: vi.fn(),
    discard: vi.fn(),
    reply: vi.fn(),
    forward: vi.fn(),
    removeNote: vi.fn(),
    react: vi.fn(),
    copy: vi.fn(),
    view: vi.fn(),
    fetch: vi.fn(),
    open: vi.fn(),
    save: vi.fn(),
    jumpTo: vi.fn(),
    chargeOrder: vi.fn(),
    order: vi
      .fn()
      .mockResolvedValue({ ok: false, error: { code: '', message: '', details: null } }),
    versions: vi.fn().mockResolvedValue({ ok: true, value: [] }),
    ...answers,
  };
}
