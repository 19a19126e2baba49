//! Subscriptions and plans of instalments: shown, changed, and what subscribers are told.

use cobro_core::domain::{
    ConversationId, Message, MessageId, NewDeed, Page, Subscription, SubscriptionMessages, SubscriptionStatus,
};
use cobro_core::{Actor, subscription};

use super::{Answer, Desk};

/// Returns one page of the subscriptions of one status, or of all, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn subscriptions(
    desk: Desk<'_>,
    status: Option<SubscriptionStatus>,
    after: Option<String>,
) -> Answer<Page<Subscription>> {
    Ok(subscription::page(&desk.inbox()?, status, after).await?)
}

/// Returns a conversation's subscriptions, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn subscriptions_of(
    desk: Desk<'_>,
    conversation: ConversationId,
) -> Answer<Vec<Subscription>> {
    Ok(subscription::of_conversation(&desk.inbox()?, conversation).await?)
}

/// Pauses, resumes or ends a subscription. The same id twice is one deed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn change_subscription(desk: Desk<'_>, deed: NewDeed) -> Answer<Subscription> {
    Ok(subscription::act(&desk.inbox()?, Actor::Person, deed).await?)
}

/// Sends the customer a link by which to change the card.
#[tauri::command]
#[specta::specta]
pub(crate) async fn send_card_link(
    desk: Desk<'_>,
    message: MessageId,
    subscription: String,
) -> Answer<Message> {
    Ok(subscription::send_card_link(&desk.inbox()?, message, subscription).await?)
}

/// Returns what subscribers are told by themselves.
#[tauri::command]
#[specta::specta]
pub(crate) async fn subscription_messages(desk: Desk<'_>) -> Answer<SubscriptionMessages> {
    Ok(subscription::messages(&desk.inbox()?).await?)
}

/// Changes what subscribers are told by themselves.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_subscription_messages(
    desk: Desk<'_>,
    messages: SubscriptionMessages,
) -> Answer<SubscriptionMessages> {
    Ok(subscription::set_messages(&desk.inbox()?, messages).await?)
}
