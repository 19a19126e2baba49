/** The one door to the shell: every command as a `Result`, every event as a callback. */
import { convertFileSrc } from '@tauri-apps/api/core';
import { getCurrentWindow } from '@tauri-apps/api/window';
import {
  commands,
  events,
  type ChargePreview,
  type ChargeQuestion,
  type CommandError,
  type CoreEvent,
  type CreateCharge,
  type Credentials,
  type MediaPolicy,
  type ModelSettings,
  type Message,
  type AssistantSettings,
  type Label,
  type ListFilter,
  type NewMessage,
  type AfterSale,
  type Appearance,
  type BookClass,
  type NewDeed,
  type SubscriptionMessages,
  type SubscriptionStatus,
  type Fulfilment,
  type Keep,
  type Language,
  type NewRefund,
  type PaymentFilter,
  type ReminderPolicy,
  type SavedFilter,
  type ReportForm,
  type ReportPeriod,
  type ProductDraft,
  type NewQuickReply,
  type NotifyRules,
  type Status,
  type Tab,
  type TemplateValue,
  type WayIn,
} from './bindings';

/** What the core says in English, in the other languages. */
export { moneyTable, said } from './bindings';

export type {
  Appearance,
  AccountWay,
  StripeAccount,
  AfterSale,
  BookClass,
  BookLine,
  Dispute,
  FilterCount,
  Fulfilment,
  Keep,
  NewRefund,
  Overview,
  PaymentFilter,
  PaymentRow,
  SavedFilter,
  Payout,
  PayoutContents,
  ReconcileEstimate,
  ReconcileReport,
  Reconciliation,
  Refund,
  RefundReason,
  Refundable,
  ReminderPolicy,
  Report,
  ReportPeriod,
  Deed,
  NewDeed,
  Interval,
  Recurrence,
  Recurring,
  Subscription,
  SubscriptionMessages,
  SubscriptionStatus,
  TieSuggestion,
  Account,
  AlertSeverity,
  AlertView,
  AssistantSettings,
  CardPhone,
  Charge,
  ChargeChip,
  ChargePreview,
  ChargeQuestion,
  ChargeTerms,
  Choice,
  CommandError,
  Coupon,
  MethodLimits,
  ShippingRate,
  SyncReport,
  StripeKey,
  Way,
  WhyNot,
  Connection,
  ContactCard,
  ContactSuggestion,
  Content,
  ConversationRow,
  ConversationView,
  CoreEvent,
  CostLine,
  CustomField,
  CustomerRow,
  CustomerPayment,
  CustomerView,
  CreateCharge,
  Credentials,
  CustomerStats,
  Delivery,
  Direction,
  EnvelopeProblem,
  FileKind,
  HistoryImport,
  Identity,
  ImportPreview,
  JoinedContact,
  Kit,
  KitEntry,
  KitPart,
  Label,
  LabelColor,
  Line,
  ListFilter,
  ListSection,
  MediaPolicy,
  MediaState,
  MediaView,
  Member,
  Message,
  MessageKind,
  MessageVersion,
  ModelSettings,
  ModelState,
  Money,
  NewBody,
  NewChargeLine,
  NewMessage,
  NewQuickReply,
  NotifyRules,
  OrderDraft,
  OrderItem,
  Page,
  ParameterPlace,
  Part,
  Payment,
  Permission,
  Number as PhoneNumber,
  Pricing,
  Problem,
  PlayedStep,
  Product,
  ProductDraft,
  QuickReply,
  QuickReplyFile,
  Quotation,
  Proposal,
  ProposedLine,
  Quote,
  ReactionView,
  RecorderState,
  FreeEntry,
  Referral,
  SearchHit,
  SearchPage,
  SecondOpinion,
  SnippetPart,
  StagedFile,
  Status,
  Template,
  TemplateParameter,
  TemplatePreview,
  TemplateStatus,
  TemplateValue,
  WayIn,
  WebhookState,
} from './bindings';

export type { Counts, Tab } from './bindings';
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
  conversations: (tab: Tab, filter: ListFilter, after: string | null) =>
    ask(() => commands.conversations(tab, filter, after)),
  searchHistory: (query: string, after: string | null) =>
    ask(() => commands.searchHistory(query, after)),
  searchConversation: (conversation: string, query: string, after: string | null) =>
    ask(() => commands.searchConversation(conversation, query, after)),
  setField: (contact: string, name: string, value: string) =>
    ask(() => commands.setField(contact, name, value)),
  fieldNames: () => ask(commands.fieldNames),
  customers: (query: string, after: string | null) => ask(() => commands.customers(query, after)),
  customer: (contact: string) => ask(() => commands.customer(contact)),
  customerMessages: (contact: string, before: string | null) =>
    ask(() => commands.customerMessages(contact, before)),
  exportCustomer: (contact: string) => ask(() => commands.exportCustomer(contact)),
  eraseCustomer: (contact: string, typed: string) =>
    ask(() => commands.eraseCustomer(contact, typed)),
  backUp: () => ask(commands.backUp),
  exportAll: () => ask(commands.exportAll),
  notifyRules: () => ask(commands.notifyRules),
  setNotifyRules: (rules: NotifyRules) => ask(() => commands.setNotifyRules(rules)),
  messagesBackTo: (id: string, before: string | null, to: string) =>
    ask(() => commands.messagesBackTo(id, before, to)),
  counts: () => ask(commands.counts),
  conversation: (id: string) => ask(() => commands.conversation(id)),
  messages: (id: string, before: string | null) => ask(() => commands.messages(id, before)),
  sendAgain: (id: string, message: string) => ask(() => commands.sendAgain(id, message)),
  resolve: (conversations: string[]) => ask(() => commands.resolve(conversations)),
  reopen: (conversations: string[], doneAt: string | null) =>
    ask(() => commands.reopen(conversations, doneAt)),
  readMoment: (text: string) => ask(() => commands.readMoment(text)),
  snooze: (conversations: string[], until: string | null) =>
    ask(() => commands.snooze(conversations, until)),
  assign: (conversations: string[], to: string | null) =>
    ask(() => commands.assign(conversations, to)),
  setLabel: (conversations: string[], label: string, on: boolean) =>
    ask(() => commands.setLabel(conversations, label, on)),
  addNote: (id: string, conversation: string, text: string) =>
    ask(() => commands.addNote(id, conversation, text)),
  removeNote: (message: string) => ask(() => commands.removeNote(message)),

  labels: () => ask(commands.labels),
  saveLabel: (label: Label) => ask(() => commands.saveLabel(label)),
  removeLabel: (label: string) => ask(() => commands.removeLabel(label)),
  members: () => ask(commands.members),
  saveMember: (member: string, name: string) => ask(() => commands.saveMember(member, name)),
  removeMember: (member: string) => ask(() => commands.removeMember(member)),
  quickReplies: () => ask(commands.quickReplies),
  keepAppearance: (appearance: Appearance) => ask(() => commands.keepAppearance(appearance)),
  speak: (language: Language) => ask(() => commands.speak(language)),
  saveQuickReply: (reply: NewQuickReply) => ask(() => commands.saveQuickReply(reply)),
  removeQuickReply: (reply: string) => ask(() => commands.removeQuickReply(reply)),
  stageQuickReply: (reply: string) => ask(() => commands.stageQuickReply(reply)),
  draft: (conversation: string) => ask(() => commands.draft(conversation)),
  keepDraft: (conversation: string, letter: string | null, words: string) =>
    ask(() => commands.keepDraft(conversation, letter, words)),
  removeDraft: (conversation: string) => ask(() => commands.removeDraft(conversation)),

  markRead: (conversation: string) => ask(() => commands.markRead(conversation)),
  markUnread: (conversation: string) => ask(() => commands.markUnread(conversation)),
  previewCharge: (charge: ChargeQuestion) => ask(() => commands.previewCharge(charge)),
  createCharge: (charge: CreateCharge) => ask(() => commands.createCharge(charge)),
  resendCharge: (id: string, charge: string) => ask(() => commands.resendCharge(id, charge)),
  retryCharge: (charge: string) => ask(() => commands.retryCharge(charge)),
  cancelCharge: (charge: string) => ask(() => commands.cancelCharge(charge)),
  chargeRest: (id: string, deposit: string) => ask(() => commands.chargeRest(id, deposit)),
  restock: (charge: string) => ask(() => commands.restock(charge)),
  offerQuotation: (id: string, charge: CreateCharge) =>
    ask(() => commands.offerQuotation(id, charge)),
  acceptQuotation: (id: string) => ask(() => commands.acceptQuotation(id)),
  proposal: (conversation: string) => ask(() => commands.proposal(conversation)),
  acceptProposal: (charge: string, message: string) =>
    ask(() => commands.acceptProposal(charge, message)),
  dismissProposal: (charge: string) => ask(() => commands.dismissProposal(charge)),
  assistantSettings: () => ask(commands.assistantSettings),
  setAssistantSettings: (settings: AssistantSettings) =>
    ask(() => commands.setAssistantSettings(settings)),
  modelState: (model: ModelSettings) => ask(() => commands.modelState(model)),
  saveModelKey: (model: ModelSettings, key: string) => ask(() => commands.saveModelKey(model, key)),
  testModel: (settings: AssistantSettings) => ask(() => commands.testModel(settings)),
  playConversation: (pasted: string) => ask(() => commands.playConversation(pasted)),
  readWays: () => ask(commands.readWays),
  stripeAccount: () => ask(commands.stripeAccount),
  saveStripeKey: (key: string) => ask(() => commands.saveStripeKey(key)),
  productLink: (product: string) => ask(() => commands.productLink(product)),
  stripeKey: () => ask(commands.stripeKey),
  tryStripeKey: () => ask(commands.tryStripeKey),
  newestCodes: () => ask(commands.newestCodes),
  findCode: (code: string) => ask(() => commands.findCode(code)),
  products: (archived: boolean) => ask(() => commands.products(archived)),
  saveProduct: (draft: ProductDraft) => ask(() => commands.saveProduct(draft)),
  offerProduct: (product: string, active: boolean) =>
    ask(() => commands.offerProduct(product, active)),
  previewCatalogImport: (table: string) => ask(() => commands.previewCatalogImport(table)),
  importCatalog: (table: string) => ask(() => commands.importCatalog(table)),
  exportCatalog: () => ask(commands.exportCatalog),
  setProductImage: (product: string, file: string) =>
    ask(() => commands.setProductImage(product, file)),
  removeProductImage: (product: string) => ask(() => commands.removeProductImage(product)),
  lookAtStripe: () => ask(commands.lookAtStripe),
  syncCatalog: () => ask(commands.syncCatalog),
  resolveProduct: (product: string, keep: Keep) =>
    ask(() => commands.resolveProduct(product, keep)),
  overview: (currency: string | null) => ask(() => commands.overview(currency)),
  savedFilters: () => ask(commands.savedFilters),
  saveFilters: (filters: SavedFilter[]) => ask(() => commands.saveFilters(filters)),
  paymentCounts: () => ask(commands.paymentCounts),
  payments: (filter: PaymentFilter, query: string, after: string | null) =>
    ask(() => commands.payments(filter, query, after)),
  refundable: (charge: string) => ask(() => commands.refundable(charge)),
  createRefund: (refund: NewRefund) => ask(() => commands.createRefund(refund)),
  disputes: () => ask(commands.disputes),
  saveEvidence: (dispute: string, form: ReportForm) =>
    ask(() => commands.saveEvidence(dispute, form)),
  payouts: (after: string | null) => ask(() => commands.payouts(after)),
  payoutContents: (payout: string) => ask(() => commands.payoutContents(payout)),
  moveOrder: (charge: string, to: Fulfilment, tell: string | null) =>
    ask(() => commands.moveOrder(charge, to, tell)),
  issueAgain: (old: string, id: string) => ask(() => commands.issueAgain(old, id)),
  setReminders: (charge: string, on: boolean) => ask(() => commands.setReminders(charge, on)),
  reminderPolicy: () => ask(commands.reminderPolicy),
  setReminderPolicy: (policy: ReminderPolicy) => ask(() => commands.setReminderPolicy(policy)),
  subscriptions: (status: SubscriptionStatus | null, after: string | null) =>
    ask(() => commands.subscriptions(status, after)),
  subscriptionsOf: (conversation: string) => ask(() => commands.subscriptionsOf(conversation)),
  changeSubscription: (deed: NewDeed) => ask(() => commands.changeSubscription(deed)),
  sendCardLink: (message: string, subscription: string) =>
    ask(() => commands.sendCardLink(message, subscription)),
  subscriptionMessages: () => ask(commands.subscriptionMessages),
  setSubscriptionMessages: (messages: SubscriptionMessages) =>
    ask(() => commands.setSubscriptionMessages(messages)),
  afterSale: () => ask(commands.afterSale),
  setAfterSale: (after: AfterSale) => ask(() => commands.setAfterSale(after)),
  acceptContested: (charge: string) => ask(() => commands.acceptContested(charge)),
  reconcileEstimate: (since: string, until: string) =>
    ask(() => commands.reconcileEstimate(since, until)),
  reconcileStart: (since: string, until: string, overBudget: boolean) =>
    ask(() => commands.reconcileStart(since, until, overBudget)),
  reconcileResume: (id: string, overBudget: boolean) =>
    ask(() => commands.reconcileResume(id, overBudget)),
  reconcileCancel: (id: string) => ask(() => commands.reconcileCancel(id)),
  reconciliations: () => ask(commands.reconciliations),
  reconcileReport: (id: string) => ask(() => commands.reconcileReport(id)),
  reconcileLines: (id: string, shown: BookClass, after: string | null) =>
    ask(() => commands.reconcileLines(id, shown, after)),
  tieSuggestions: (id: string, object: string) => ask(() => commands.tieSuggestions(id, object)),
  tiePayment: (id: string, object: string, conversation: string, charge: string | null) =>
    ask(() => commands.tiePayment(id, object, conversation, charge)),
  untiePayment: (id: string, paymentIntent: string) =>
    ask(() => commands.untiePayment(id, paymentIntent)),
  noteException: (object: string, note: string | null) =>
    ask(() => commands.noteException(object, note)),
  saveReport: (id: string, form: ReportForm) => ask(() => commands.saveReport(id, form)),
  savePayments: (filter: PaymentFilter, query: string) =>
    ask(() => commands.savePayments(filter, query)),
  salesReport: (period: ReportPeriod, currency: string | null) =>
    ask(() => commands.salesReport(period, currency)),
  saveSalesReport: (period: ReportPeriod, currency: string | null) =>
    ask(() => commands.saveSalesReport(period, currency)),
  setOnScreen: (conversation: string | null) => ask(() => commands.setOnScreen(conversation)),
  testNotification: () => ask(commands.testNotification),
  envelopeProblems: () => ask(commands.envelopeProblems),
  unknownMessages: () => ask(commands.unknownMessages),

  messageVersions: (message: string) => ask(() => commands.messageVersions(message)),
  orderDraft: (message: string) => ask(() => commands.orderDraft(message)),
  joinContacts: (keep: string, other: string) => ask(() => commands.joinContacts(keep, other)),
  splitContact: (contact: string, joined: string) =>
    ask(() => commands.splitContact(contact, joined)),
  contactSuggestions: (contact: string) => ask(() => commands.contactSuggestions(contact)),
  historyImports: () => ask(commands.historyImports),
  alerts: () => ask(commands.alerts),
  dismissAlert: (id: number) => ask(() => commands.dismissAlert(id)),
  reparse: () => ask(commands.reparse),

  sendMessage: (message: NewMessage) => ask(() => commands.sendMessage(message)),
  react: (message: string, emoji: string | null) => ask(() => commands.react(message, emoji)),
  setTyping: (conversation: string) => ask(() => commands.setTyping(conversation)),
  confirmSend: (message: string) => ask(() => commands.confirmSend(message)),
  discardMessage: (message: string) => ask(() => commands.discardMessage(message)),
  templates: (conversation: string) => ask(() => commands.templates(conversation)),
  syncTemplates: (line: string) => ask(() => commands.syncTemplates(line)),
  kit: (line: string) => ask(() => commands.kit(line)),
  createKit: (line: string, base: string) => ask(() => commands.createKit(line, base)),
  previewTemplate: (
    conversation: string,
    name: string,
    language: string,
    values: TemplateValue[],
  ) => ask(() => commands.previewTemplate(conversation, name, language, values)),

  connection: () => ask(commands.connection),
  saveCredentials: (credentials: Credentials) => ask(() => commands.saveCredentials(credentials)),
  checkConnection: () => ask(commands.checkConnection),
  chooseNumbers: (phoneNumberIds: string[]) => ask(() => commands.chooseNumbers(phoneNumberIds)),
  registerNumber: (phoneNumberId: string, pin: string) =>
    ask(() => commands.registerNumber(phoneNumberId, pin)),
  setWebhook: (way: WayIn) => ask(() => commands.setWebhook(way)),
  proveWebhook: (phoneNumberId: string, to: string) =>
    ask(() => commands.proveWebhook(phoneNumberId, to)),
  requestHistory: (line: string) => ask(() => commands.requestHistory(line)),

  fetchMedia: (message: string) => ask(() => commands.fetchMedia(message)),
  keepFrame: (message: string, base64: string) => ask(() => commands.keepFrame(message, base64)),
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

  /** Returns where the window reads a product's picture. */
  productUrl: (product: string, image: string, size: 'full' | 'thumb') =>
    convertFileSrc(`product/${product}/${size}/${image}`, 'media'),

  /** Opens an address in the browser. */
  openLink: (url: string) => ask(() => commands.openLink(url)),

  /** Listens until the returned function is called. */
  onEvent: (heard: (event: CoreEvent) => void) =>
    events.coreEvents.listen((event) => event.payload.forEach(heard)),

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
