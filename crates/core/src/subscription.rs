//! Subscriptions and plans of instalments: how they stand, what is done with them, and what subscribers are told.

mod card;
mod deeds;
mod news;
mod plan;

use std::time::Duration;

pub use card::send_card_link;
pub use deeds::act;
pub(crate) use news::{Receipt, announce_failure, failed, receipt};
pub use news::{messages, send_due, set_messages};

use crate::domain::{ConversationId, Page, Subscription, SubscriptionStatus, Timestamp};
use crate::store::subscriptions;
use crate::{CoreEvent, Inbox, Result, Store, remind};

/// How often is looked whom to tell of the next payment.
const EVERY: Duration = Duration::from_mins(5);

/// Returns one subscription, by Stripe's name for it.
pub async fn get(inbox: &Inbox, id: String) -> Result<Subscription> {
    inbox.store.read(move |conn| subscriptions::get(conn, &id)).await
}

/// Returns a conversation's subscriptions, newest first.
pub async fn of_conversation(inbox: &Inbox, conversation: ConversationId) -> Result<Vec<Subscription>> {
    inbox
        .store
        .read(move |conn| subscriptions::of_conversation(conn, conversation))
        .await
}

/// Returns one page of the subscriptions of one status, or of all, newest first.
pub async fn page(
    inbox: &Inbox,
    status: Option<SubscriptionStatus>,
    after: Option<String>,
) -> Result<Page<Subscription>> {
    page_of(&inbox.store, status, after).await
}

/// Returns one page of a database that may be another desk's.
pub async fn page_of(
    store: &Store,
    status: Option<SubscriptionStatus>,
    after: Option<String>,
) -> Result<Page<Subscription>> {
    store
        .read(move |conn| subscriptions::page(conn, status, after.as_deref()))
        .await
}

/// Sets the ends of plans, and does what waits for Stripe.
pub(crate) async fn run(inbox: Inbox) {
    loop {
        if let Some(stripe) = inbox.stripe.clone() {
            if let Err(error) = plan::work(&inbox, &stripe).await {
                tracing::warn!(%error, "The ends of plans could not be set; it is tried again");
            }
            if let Err(error) = deeds::work(&inbox).await {
                tracing::warn!(%error, "Subscriptions could not be changed; it is tried again");
            }
        }
        if !inbox
            .rest(Some(&inbox.subscriptions), Duration::from_secs(3))
            .await
        {
            return;
        }
    }
}

/// Tells subscribers of payments to come, at decent hours.
pub(crate) async fn tell_ahead(inbox: Inbox) {
    loop {
        let now = Timestamp::now();
        if remind::is_decent(now, &jiff::tz::TimeZone::system())
            && let Err(error) = send_due(&inbox, now).await
        {
            tracing::warn!(%error, "Subscribers could not be told of the next payment; it is tried again");
        }
        if !inbox.rest(None, EVERY).await {
            return;
        }
    }
}

/// Tells the window to look at a subscription again.
async fn changed(inbox: &Inbox, id: String) -> Result<()> {
    let known = get(inbox, id).await?;
    inbox.emit(CoreEvent::ChargeChanged {
        charge: known.charge,
        conversation: known.conversation,
    });
    inbox.emit(CoreEvent::ConversationChanged {
        conversation: known.conversation,
    });
    Ok(())
}
