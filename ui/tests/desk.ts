/** A desk for tests: commands answered by the test itself, in the order it wants. */
import { emit } from '@tauri-apps/api/event';
import { mockConvertFileSrc, mockIPC, mockWindows } from '@tauri-apps/api/mocks';
import type { CommandError, CoreEvent } from '../src/lib/api';

export type Answers = Record<string, (args: Record<string, unknown>) => unknown>;

export interface Call {
  command: string;
  args: Record<string, unknown>;
}

/** Answers commands with what the test gives; unknown ones with null. Returns the calls made. */
export function deskAnswers(answers: Answers): Call[] {
  const calls: Call[] = [];
  mockWindows('main');
  mockConvertFileSrc('linux');
  mockIPC(
    (command, args) => {
      if (command.startsWith('plugin:')) return null;
      const call = { command, args: args as Record<string, unknown> };
      calls.push(call);
      return answers[command]?.(call.args) ?? (command === 'saved_filters' ? [] : null);
    },
    { shouldMockEvents: true },
  );
  return calls;
}

export function tell(event: CoreEvent) {
  return emit('core-events', [event]);
}

/** Rejects as the shell does: with a plain object, which is no Error. */
export function refuse(error: Partial<CommandError> = {}): never {
  // eslint-disable-next-line @typescript-eslint/only-throw-error
  throw { code: 'internal', message: 'Something broke.', details: null, ...error };
}

/** Returns a promise and the way to keep it. */
export function later<T>() {
  let keep: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => {
    keep = resolve;
  });
  return { promise, keep };
}
