//! Reading the inbox: lists, threads, customers.

use crate::action::{Action, Actor, apply};
use crate::clock;
use crate::domain::{
    ConversationId, ConversationRow, ConversationView, Counts, Line, ListFilter, Message, MessageId,
    MessageVersion, Page, Tab, Timestamp,
};
use crate::store::{
    changes, charges, contacts, conversations, disputes, fields, joins, lines, messages, payments,
    quotations, refunds,
};
use crate::{CoreEvent, Inbox, Result, Store};

/// Returns one page of the list, newest first.
pub async fn list(
    inbox: &Inbox,
    tab: Tab,
    query: String,
    after: Option<String>,
) -> Result<Page<ConversationRow>> {
    list_of(&inbox.store, tab, query, after).await
}

/// Returns one page of the list of a database that may be another desk's.
pub async fn list_of(
    store: &Store,
    tab: Tab,
    query: String,
    after: Option<String>,
) -> Result<Page<ConversationRow>> {
    store
        .read(move |conn| {
            let filter = ListFilter {
                query,
                ..ListFilter::default()
            };
            conversations::page(conn, tab, &filter, after.as_deref())
        })
        .await
}

/// Returns one page of a tab with only what the filter leaves, newest first.
pub async fn filtered(
    inbox: &Inbox,
    tab: Tab,
    filter: ListFilter,
    after: Option<String>,
) -> Result<Page<ConversationRow>> {
    inbox
        .store
        .read(move |conn| conversations::page(conn, tab, &filter, after.as_deref()))
        .await
}

/// Returns how many conversations each tab holds.
pub async fn counts(inbox: &Inbox) -> Result<Counts> {
    inbox.store.read(conversations::counts).await
}

/// Returns the shop's numbers, the known ones first.
pub async fn all_lines(inbox: &Inbox) -> Result<Vec<Line>> {
    inbox.store.read(lines::all).await
}

/// Returns how many messages nobody has read.
pub async fn unread(inbox: &Inbox) -> Result<u32> {
    inbox.store.read(conversations::unread_total).await
}

/// Returns a conversation with its customer and charges.
pub async fn view(inbox: &Inbox, id: ConversationId) -> Result<ConversationView> {
    let now = clock::corrected(inbox);
    inbox
        .store
        .read(move |conn| {
            let contact = conversations::address(conn, id)?.contact;
            Ok(ConversationView {
                row: conversations::row(conn, id)?,
                contact,
                joined: joins::of(conn, contact)?,
                cost: conversations::cost(conn, id)?,
                free_entry: conversations::free_entry(conn, id, now)?,
                identities: contacts::identities_of(conn, contact)?,
                fields: fields::of(conn, contact)?,
                stats: payments::stats(conn, contact)?,
                charges: charges::of_conversation(conn, id)?,
                quotations: quotations::of_conversation(conn, id)?,
                refunds: refunds::of_conversation(conn, id)?,
                disputes: disputes::of_conversation(conn, id)?,
            })
        })
        .await
}

/// Returns one page of a thread, newest first.
pub async fn thread(inbox: &Inbox, id: ConversationId, before: Option<String>) -> Result<Page<Message>> {
    inbox
        .store
        .read(move |conn| messages::page(conn, id, before.as_deref()))
        .await
}

/// Returns a thread from before the key `before` back to that moment, newest first.
///
/// At most a few thousand messages: where the moment lies deeper, the page says where to go on.
pub async fn thread_back_to(
    inbox: &Inbox,
    id: ConversationId,
    before: Option<String>,
    to: Timestamp,
) -> Result<Page<Message>> {
    inbox
        .store
        .read(move |conn| messages::back_to(conn, id, before.as_deref(), to))
        .await
}

/// Returns what an edited message said before, oldest first.
pub async fn versions(inbox: &Inbox, message: MessageId) -> Result<Vec<MessageVersion>> {
    inbox
        .store
        .read(move |conn| changes::versions(conn, message))
        .await
}

/// Marks a conversation read, here and on the customer's phone.
pub async fn mark_read(inbox: &Inbox, id: ConversationId) -> Result<()> {
    mark(inbox, id, Action::MarkRead { conversation: id }).await
}

/// Marks a conversation unread, here alone: it asks to be looked at again.
pub async fn mark_unread(inbox: &Inbox, id: ConversationId) -> Result<()> {
    mark(inbox, id, Action::MarkUnread { conversation: id }).await
}

async fn mark(inbox: &Inbox, id: ConversationId, action: Action) -> Result<()> {
    let changed = inbox
        .store
        .write(move |tx| apply(tx, Actor::Person, &action, Timestamp::now()))
        .await?;
    if changed {
        inbox.outbox.notify_one();
        inbox.emit(CoreEvent::ConversationChanged { conversation: id });
        inbox.emit(CoreEvent::StatusChanged);
    }
    Ok(())
}
