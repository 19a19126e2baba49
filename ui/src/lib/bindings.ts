// Written by hand in the shape that tauri-specta generates, until the shell generates it.

import { invoke as __TAURI_INVOKE } from "@tauri-apps/api/core";
import * as __TAURI_EVENT from "@tauri-apps/api/event";

/** Commands */
export const commands = {
	status: () => typedError<Status, CommandError>(__TAURI_INVOKE("status")),
	conversations: (tab: Tab, query: string, after: string | null) => typedError<Page<ConversationRow>, CommandError>(__TAURI_INVOKE("conversations", { tab, query, after })),
	counts: () => typedError<Counts, CommandError>(__TAURI_INVOKE("counts")),
	conversation: (id: string) => typedError<ConversationView, CommandError>(__TAURI_INVOKE("conversation", { id })),
	messages: (id: string, before: string | null) => typedError<Page<Message>, CommandError>(__TAURI_INVOKE("messages", { id, before })),
	sendText: (id: string, conversation: string, text: string) => typedError<Message, CommandError>(__TAURI_INVOKE("send_text", { id, conversation, text })),
	sendAgain: (id: string, message: string) => typedError<Message, CommandError>(__TAURI_INVOKE("send_again", { id, message })),
	markRead: (conversation: string) => typedError<null, CommandError>(__TAURI_INVOKE("mark_read", { conversation })),
	previewCharge: (conversation: string, amount: Money, description: string, message: string | null) => typedError<ChargePreview, CommandError>(__TAURI_INVOKE("preview_charge", { conversation, amount, description, message })),
	createCharge: (charge: CreateCharge) => typedError<Charge, CommandError>(__TAURI_INVOKE("create_charge", { charge })),
	resendCharge: (id: string, charge: string) => typedError<Message, CommandError>(__TAURI_INVOKE("resend_charge", { id, charge })),
	retryCharge: (charge: string) => typedError<Charge, CommandError>(__TAURI_INVOKE("retry_charge", { charge })),
	cancelCharge: (charge: string) => typedError<Charge, CommandError>(__TAURI_INVOKE("cancel_charge", { charge })),
	setOnScreen: (conversation: string | null) => typedError<null, CommandError>(__TAURI_INVOKE("set_on_screen", { conversation })),
	testNotification: () => typedError<null, CommandError>(__TAURI_INVOKE("test_notification")),
	envelopeProblems: () => typedError<EnvelopeProblem[], CommandError>(__TAURI_INVOKE("envelope_problems")),
};

/** Events */
export const events = {
	coreEvent: makeEvent<CoreEvent>("core-event"),
};

/* Types */
export type Charge = {
	id: string,
	conversation: string,
	amount: Money,
	description: string,
	payment: Payment,
	delivery: Delivery | null,
	link: string | null,
	singleUse: boolean,
	expiresAt: string | null,
	createdAt: string,
	openedAt: string | null,
	deliveredAt: string | null,
	readAt: string | null,
	paidAt: string | null,
	fee: Money | null,
	net: Money | null,
	refunded: Money | null,
	method: string | null,
	problem: MessageProblem | null,
	livemode: boolean,
	stripeIds: StripeIds,
	verifiedAt: string | null,
};

export type ChargeChip = {
	amount: Money,
	payment: Payment,
	delivery: Delivery | null,
};

export type ChargePreview = {
	message: string,
	button: string,
	fee: Money | null,
	net: Money | null,
	feeBasis: string | null,
	warnings: ChargeWarning[],
};

export type ChargeWarning = {
	kind: ChargeWarningKind,
	blocking: boolean,
	text: string,
};

export type ChargeWarningKind = "sameAmountOpen" | "belowMinimum" | "implausible" | "windowClosed" | "notChargeable";

export type CommandError = {
	code: string,
	message: string,
	details: string | null,
};

export type ConversationRow = {
	id: string,
	line: string,
	lineName: string,
	lineKnown: boolean,
	name: string,
	phone: string | null,
	username: string | null,
	snippet: string,
	snippetKind: MessageKind,
	snippetFromMe: boolean,
	lastAt: string,
	unread: number,
	windowClosesAt: string | null,
	chip: ChargeChip | null,
};

export type ConversationView = {
	row: ConversationRow,
	identities: Identity[],
	stats: CustomerStats,
	charges: Charge[],
};

export type CoreEvent = { type: "conversationChanged", conversation: string } | { type: "chargeChanged", charge: string, conversation: string } | { type: "statusChanged" } | { type: "openConversation", conversation: string } | { type: "resync" };

export type Counts = {
	all: number,
	unread: number,
	awaiting: number,
	paid: number,
};

export type CreateCharge = {
	id: string,
	conversation: string,
	amount: Money,
	description: string,
	singleUse: boolean,
	expiresInHours: number | null,
	message: string,
};

export type CustomerStats = {
	paidCount: number,
	lifetime: Money[],
	since: string | null,
};

export type Delivery = "queued" | "sending" | "sent" | "delivered" | "read" | "failed" | "unknown";

export type Direction = "in" | "out";

export type EnvelopeProblem = {
	seq: number,
	source: string,
	receivedAt: string,
	error: string,
};

export type Identity = {
	kind: IdentityKind,
	value: string,
};

export type IdentityKind = "phone" | "userId" | "username";

export type Line = {
	id: string,
	name: string,
	phoneNumberId: string,
	displayPhone: string | null,
	known: boolean,
};

export type Message = {
	id: string,
	conversation: string,
	direction: Direction,
	origin: Origin,
	kind: MessageKind,
	text: string,
	at: string,
	delivery: Delivery | null,
	problem: MessageProblem | null,
	charge: string | null,
	retryOf: string | null,
	mediaName: string | null,
};

export type MessageKind = "text" | "image" | "audio" | "voice" | "video" | "document" | "sticker" | "location" | "contacts" | "reaction" | "button" | "interactive" | "order" | "system" | "payButton" | "edit" | "revoke" | "unsupported" | "unknown" | "mediaPlaceholder" | "template";

export type MessageProblem = {
	code: string,
	title: string,
	advice: string,
};

export type Mode = "sandbox" | "test" | "live" | "unset";

export type Money = {
	minor: number,
	currency: string,
};

export type Origin = "customer" | "desk" | "automatic" | "phone";

export type Page<T> = {
	rows: T[],
	next: string | null,
};

export type Payment = "draft" | "needsApproval" | "open" | "processing" | "partlyPaid" | "overpaid" | "paid" | "partlyRefunded" | "refunded" | "disputed" | "failedAttempt" | "expired" | "cancelled" | "unknown";

export type Problem = {
	id: string,
	code: string,
	title: string,
	advice: string,
	since: string,
	count: number,
};

export type Startup = { state: "starting" } | { state: "ready" } | { state: "failed", error: CommandError };

export type Status = {
	startup: Startup,
	mode: Mode,
	stream: StreamState,
	lines: Line[],
	unread: number,
	outboxDepth: number,
	defaultCurrency: string,
	defaultExpiryHours: number,
	holdSeconds: number,
	stripeReads: StripeReads,
	relayUrl: string | null,
	profile: string,
	problems: Problem[],
};

export type StreamState = "connected" | "connecting" | "stopped";

export type StripeIds = {
	paymentLink: string | null,
	checkoutSession: string | null,
	paymentIntent: string | null,
};

export type StripeReads = {
	used: number,
	allowance: number,
};

export type Tab = "all" | "unread" | "awaiting" | "paid";

/* Tauri Specta runtime */
async function typedError<T, E>(result: Promise<T>): Promise<{ status: "ok"; data: T } | { status: "error"; error: E }> {
    try {
        return { status: "ok", data: await result };
    } catch (e) {
        if (e instanceof Error) throw e;
        return { status: "error", error: e as any };
    }
}

type EventEmit<T> = [T] extends [null] ? () => Promise<void> : (payload: T) => Promise<void>;

type EventEmitTo<T> = [T] extends [null] ? (target: __TAURI_EVENT.EventTarget | string) => Promise<void> : (target: __TAURI_EVENT.EventTarget | string, payload: T) => Promise<void>;

function makeEvent<TListen, TEmit = TListen>(name: string, serialize?: (payload: TEmit) => unknown, deserialize?: (payload: any) => TListen) {
    const mapEvent = (cb: __TAURI_EVENT.EventCallback<TListen>) => (event: __TAURI_EVENT.Event<any>) => cb({ ...event, payload: deserialize ? deserialize(event.payload) : event.payload });
    const mapPayload = (payload: TEmit) => serialize ? serialize(payload) : payload;

    const base = {
        listen: (cb: __TAURI_EVENT.EventCallback<TListen>) => __TAURI_EVENT.listen(name, mapEvent(cb)),
        once: (cb: __TAURI_EVENT.EventCallback<TListen>) => __TAURI_EVENT.once(name, mapEvent(cb)),
        emit: ((payload: TEmit) => __TAURI_EVENT.emit(name, mapPayload(payload)) as unknown) as EventEmit<TEmit>,
        emitTo: ((to: __TAURI_EVENT.EventTarget | string, payload: TEmit) => __TAURI_EVENT.emitTo(to, name, mapPayload(payload)) as unknown) as EventEmitTo<TEmit>
    };

    const fn = (target: import("@tauri-apps/api/webview").Webview | import("@tauri-apps/api/window").Window) => ({
        listen: (cb: __TAURI_EVENT.EventCallback<TListen>) => target.listen(name, mapEvent(cb)),
        once: (cb: __TAURI_EVENT.EventCallback<TListen>) => target.once(name, mapEvent(cb)),
        emit: ((payload: TEmit) => target.emit(name, mapPayload(payload)) as unknown) as EventEmit<TEmit>,
        emitTo: ((to: __TAURI_EVENT.EventTarget | string, payload: TEmit) => target.emitTo(to, name, mapPayload(payload)) as unknown) as EventEmitTo<TEmit>
    });

    return Object.assign(fn, base);
}
