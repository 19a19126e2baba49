/**
 * Commands that the shell is still to generate bindings for, in the same shape. Once `bindings.ts`
 * has them, this file goes and `pending.` in `api.ts` becomes `commands.`.
 */
import { invoke } from '@tauri-apps/api/core';
import type {
  AlertView,
  CommandError,
  Connection,
  ContactSuggestion,
  Credentials,
  HistoryImport,
  KitPart,
  Line,
  Message,
  MessageVersion,
  NewMessage,
  OrderDraft,
  Template,
  TemplateStatus,
  TemplateValue,
  WayIn,
} from './bindings';

export interface KitEntry {
  part: KitPart;
  language: string;
  status: TemplateStatus;
  reason: string | null;
}

export interface Kit {
  /** Where the kit's one button leads; null before the shop chose. */
  base: string | null;
  parts: KitEntry[];
}

export interface TemplatePreview {
  text: string;
  problems: string[];
}

type Answer<T> = { status: 'ok'; data: T } | { status: 'error'; error: CommandError };

async function call<T>(command: string, args: Record<string, unknown> = {}): Promise<Answer<T>> {
  try {
    return { status: 'ok', data: await invoke<T>(command, args) };
  } catch (error) {
    if (error instanceof Error) throw error;
    return { status: 'error', error: error as CommandError };
  }
}

export const pending = {
  // Receiving.
  messageVersions: (message: string) => call<MessageVersion[]>('message_versions', { message }),
  orderDraft: (message: string) => call<OrderDraft>('order_draft', { message }),
  joinContacts: (keep: string, other: string) => call<null>('join_contacts', { keep, other }),
  splitContact: (contact: string, joined: string) =>
    call<null>('split_contact', { contact, joined }),
  contactSuggestions: (contact: string) =>
    call<ContactSuggestion[]>('contact_suggestions', { contact }),
  historyImports: () => call<HistoryImport[]>('history_imports'),
  alerts: () => call<AlertView[]>('alerts'),
  dismissAlert: (id: number) => call<null>('dismiss_alert', { id }),
  reparse: () => call<{ envelopes: number; messages: number }>('reparse'),
  lines: () => call<Line[]>('lines'),

  // Sending.
  sendMessage: (message: NewMessage) => call<Message>('send_message', { message }),
  react: (message: string, emoji: string | null) => call<null>('react', { message, emoji }),
  setTyping: (conversation: string) => call<null>('set_typing', { conversation }),
  confirmSend: (message: string) => call<null>('confirm_send', { message }),
  discardMessage: (message: string) => call<null>('discard_message', { message }),
  templates: (conversation: string) => call<Template[]>('templates', { conversation }),
  syncTemplates: (line: string) => call<Template[]>('sync_templates', { line }),
  kit: (line: string) => call<Kit>('kit', { line }),
  createKit: (line: string, base: string) => call<Kit>('create_kit', { line, base }),
  previewTemplate: (
    conversation: string,
    name: string,
    language: string,
    values: TemplateValue[],
  ) => call<TemplatePreview>('preview_template', { conversation, name, language, values }),

  // Connecting.
  connection: () => call<Connection>('connection'),
  saveCredentials: (credentials: Credentials) =>
    call<Connection>('save_credentials', { credentials }),
  checkConnection: () => call<Connection>('check_connection'),
  chooseNumbers: (phoneNumberIds: string[]) =>
    call<Connection>('choose_numbers', { phoneNumberIds }),
  registerNumber: (phoneNumberId: string, pin: string) =>
    call<Connection>('register_number', { phoneNumberId, pin }),
  setWebhook: (way: WayIn) => call<Connection>('set_webhook', { way }),
  proveWebhook: (phoneNumberId: string, to: string) =>
    call<Connection>('prove_webhook', { phoneNumberId, to }),
  requestHistory: (line: string) => call<null>('request_history', { line }),
};
