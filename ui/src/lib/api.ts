/** The one door to the shell: every command as a `Result`, every event as a callback. */
import { getCurrentWindow } from '@tauri-apps/api/window';
import {
  commands,
  events,
  type ChargePreview,
  type CommandError,
  type CoreEvent,
  type CreateCharge,
  type Message,
  type Money,
  type Status,
} from './bindings';

export type {
  Charge,
  ChargeChip,
  ChargePreview,
  CommandError,
  ConversationRow,
  ConversationView,
  CoreEvent,
  CreateCharge,
  CustomerStats,
  Delivery,
  EnvelopeProblem,
  Message,
  MessageKind,
  Money,
  Page,
  Payment,
  Problem,
  Status,
} from './bindings';

export type Tab = 'all' | 'unread' | 'awaiting' | 'paid';
export type Counts = Record<Tab, number>;
export type Mode = Status['mode'];
export type StreamState = Status['stream'];
export type ChargeWarning = ChargePreview['warnings'][number];
export type MessageProblem = NonNullable<Message['problem']>;

export type Result<T> = { ok: true; value: T } | { ok: false; error: CommandError };

type Answer<T> = { status: 'ok'; data: T } | { status: 'error'; error: CommandError };

/** Waits for an answer. A call that breaks on the way is an `internal` error, never an exception. */
async function ask<T>(call: () => Promise<Answer<T>>): Promise<Result<T>> {
  try {
    const answer = await call();
    return answer.status === 'ok'
      ? { ok: true, value: answer.data }
      : { ok: false, error: answer.error };
  } catch (cause) {
    return { ok: false, error: brokenCall(cause) };
  }
}

function brokenCall(cause: unknown): CommandError {
  return {
    code: 'internal',
    message: 'Cobro could not finish that. Try again; if it happens again, restart Cobro.',
    details: cause instanceof Error ? cause.message : null,
  };
}

export const api = {
  status: () => ask(commands.status),
  conversations: (tab: Tab, query: string, after: string | null) =>
    ask(() => commands.conversations(tab, query, after)),
  counts: () => ask(commands.counts),
  conversation: (id: string) => ask(() => commands.conversation(id)),
  messages: (id: string, before: string | null) => ask(() => commands.messages(id, before)),
  sendText: (id: string, conversation: string, text: string) =>
    ask(() => commands.sendText(id, conversation, text)),
  sendAgain: (id: string, message: string) => ask(() => commands.sendAgain(id, message)),
  markRead: (conversation: string) => ask(() => commands.markRead(conversation)),
  previewCharge: (
    conversation: string,
    amount: Money,
    description: string,
    message: string | null,
  ) => ask(() => commands.previewCharge(conversation, amount, description, message)),
  createCharge: (charge: CreateCharge) => ask(() => commands.createCharge(charge)),
  resendCharge: (id: string, charge: string) => ask(() => commands.resendCharge(id, charge)),
  retryCharge: (charge: string) => ask(() => commands.retryCharge(charge)),
  cancelCharge: (charge: string) => ask(() => commands.cancelCharge(charge)),
  setOnScreen: (conversation: string | null) => ask(() => commands.setOnScreen(conversation)),
  testNotification: () => ask(commands.testNotification),
  envelopeProblems: () => ask(commands.envelopeProblems),

  /** Listens until the returned function is called. */
  onEvent: (heard: (event: CoreEvent) => void) =>
    events.coreEvent.listen((event) => heard(event.payload)),

  /** Names the window. A title that can't be set is no reason to stop. */
  async setTitle(title: string) {
    document.title = title;
    try {
      await getCurrentWindow().setTitle(title);
    } catch {
      // The document's own title stands.
    }
  },
};
