/** The one door to the shell: every command as a `Result`, every event as a callback. */
import { convertFileSrc } from '@tauri-apps/api/core';
import { getCurrentWindow } from '@tauri-apps/api/window';
import {
  commands,
  events,
  type ChargePreview,
  type CommandError,
  type CoreEvent,
  type CreateCharge,
  type Credentials,
  type MediaPolicy,
  type Message,
  type Money,
  type NewMessage,
  type Status,
  type TemplateValue,
  type WayIn,
} from './bindings';
import { pending } from './pending';

export type {
  Account,
  AlertSeverity,
  AlertView,
  CardPhone,
  Charge,
  ChargeChip,
  ChargePreview,
  Choice,
  CommandError,
  Connection,
  ContactCard,
  ContactSuggestion,
  Content,
  ConversationRow,
  ConversationView,
  CoreEvent,
  CostLine,
  CreateCharge,
  Credentials,
  CustomerStats,
  Delivery,
  Direction,
  EnvelopeProblem,
  FileKind,
  HistoryImport,
  Identity,
  JoinedContact,
  KitPart,
  Line,
  ListSection,
  MediaPolicy,
  MediaState,
  MediaView,
  Message,
  MessageKind,
  MessageVersion,
  Money,
  NewBody,
  NewMessage,
  Number as PhoneNumber,
  OrderDraft,
  OrderItem,
  Page,
  ParameterPlace,
  Payment,
  Permission,
  Pricing,
  Problem,
  Quote,
  ReactionView,
  RecorderState,
  Referral,
  StagedFile,
  Status,
  Template,
  TemplateParameter,
  TemplateStatus,
  TemplateValue,
  WayIn,
  WebhookState,
} from './bindings';
export type { Kit, KitEntry, TemplatePreview } from './pending';

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

  messageVersions: (message: string) => ask(() => pending.messageVersions(message)),
  orderDraft: (message: string) => ask(() => pending.orderDraft(message)),
  joinContacts: (keep: string, other: string) => ask(() => pending.joinContacts(keep, other)),
  splitContact: (contact: string, joined: string) =>
    ask(() => pending.splitContact(contact, joined)),
  contactSuggestions: (contact: string) => ask(() => pending.contactSuggestions(contact)),
  historyImports: () => ask(pending.historyImports),
  alerts: () => ask(pending.alerts),
  dismissAlert: (id: number) => ask(() => pending.dismissAlert(id)),
  reparse: () => ask(pending.reparse),
  lines: () => ask(pending.lines),

  sendMessage: (message: NewMessage) => ask(() => pending.sendMessage(message)),
  react: (message: string, emoji: string | null) => ask(() => pending.react(message, emoji)),
  setTyping: (conversation: string) => ask(() => pending.setTyping(conversation)),
  confirmSend: (message: string) => ask(() => pending.confirmSend(message)),
  discardMessage: (message: string) => ask(() => pending.discardMessage(message)),
  templates: (conversation: string) => ask(() => pending.templates(conversation)),
  syncTemplates: (line: string) => ask(() => pending.syncTemplates(line)),
  kit: (line: string) => ask(() => pending.kit(line)),
  createKit: (line: string, base: string) => ask(() => pending.createKit(line, base)),
  previewTemplate: (
    conversation: string,
    name: string,
    language: string,
    values: TemplateValue[],
  ) => ask(() => pending.previewTemplate(conversation, name, language, values)),

  connection: () => ask(pending.connection),
  saveCredentials: (credentials: Credentials) => ask(() => pending.saveCredentials(credentials)),
  checkConnection: () => ask(pending.checkConnection),
  chooseNumbers: (phoneNumberIds: string[]) => ask(() => pending.chooseNumbers(phoneNumberIds)),
  registerNumber: (phoneNumberId: string, pin: string) =>
    ask(() => pending.registerNumber(phoneNumberId, pin)),
  setWebhook: (way: WayIn) => ask(() => pending.setWebhook(way)),
  proveWebhook: (phoneNumberId: string, to: string) =>
    ask(() => pending.proveWebhook(phoneNumberId, to)),
  requestHistory: (line: string) => ask(() => pending.requestHistory(line)),

  fetchMedia: (message: string) => ask(() => commands.fetchMedia(message)),
  openMedia: (message: string) => ask(() => commands.openMedia(message)),
  saveMedia: (message: string) => ask(() => commands.saveMedia(message)),
  stageStart: (name: string, mime: string, size: number) =>
    ask(() => commands.stageStart(name, mime, size)),
  stageAppend: (id: string, base64: string) => ask(() => commands.stageAppend(id, base64)),
  stageFinish: (id: string) => ask(() => commands.stageFinish(id)),
  stageDiscard: (id: string) => ask(() => commands.stageDiscard(id)),
  recorderState: () => ask(commands.recorderState),
  recordStart: () => ask(commands.recordStart),
  recordStop: () => ask(commands.recordStop),
  recordCancel: () => ask(commands.recordCancel),
  mediaPolicy: () => ask(commands.mediaPolicy),
  setMediaPolicy: (policy: MediaPolicy) => ask(() => commands.setMediaPolicy(policy)),

  /** Returns where the window reads a message's file, or its small picture. */
  mediaUrl: (message: string, size: 'full' | 'thumb') =>
    convertFileSrc(`${message}/${size}`, 'media'),

  /** Opens an address in the browser. */
  openLink: (url: string) => ask(() => commands.openLink(url)),

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
