//! The Stripe key: which of the permissions that Cobro needs it has, tried live.

use std::time::Duration;

use cobro_stripe::{StripeApi, StripeError, TriedPermission};
use rusqlite::Connection;

use crate::domain::{KeyPermission, StripeKey, Timestamp, Words};
use crate::store::meta;
use crate::{CoreEvent, Error, Inbox, Result};

/// The first minutes belong to what a person does.
const AT_START: Duration = Duration::from_mins(2);
/// A key's permissions change seldom, but a missing one is soon added.
const FRESH: Duration = Duration::from_hours(7 * 24);
const FRESH_WHILE_MISSING: Duration = Duration::from_hours(6);
/// After Stripe could not be reached.
const PAUSE: Duration = Duration::from_mins(10);
const PROBLEM: &str = "stripe.permissions";

/// Returns what is known of the key; without permissions where they were not tried yet.
pub async fn view(inbox: &Inbox) -> Result<StripeKey> {
    let stripe = inbox.require_stripe()?.clone();
    inbox.store.read(move |conn| known(conn, &stripe)).await
}

/// Tries each permission, and keeps what came out. Costs ten reads.
pub async fn check(inbox: &Inbox) -> Result<StripeKey> {
    let stripe = inbox.require_stripe()?;
    let key = try_key(stripe).await?;
    let json = serde_json::to_string(&key).map_err(anyhow::Error::new)?;
    inbox
        .store
        .write(move |tx| Ok(meta::set(tx, meta::STRIPE_KEY, &json)?))
        .await?;
    show(inbox, &key);
    Ok(key)
}

/// Tries a key that is new here, and now and then the one that is in use.
pub(crate) async fn run(inbox: Inbox) {
    let Some(stripe) = inbox.stripe().cloned() else {
        return;
    };
    let mut pause = AT_START;
    if let Ok(key) = view(&inbox).await {
        show(&inbox, &key);
    }
    while inbox.rest(None, pause).await {
        let reader = stripe.clone();
        let kept = inbox.store.read(move |conn| known(conn, &reader)).await;
        let left = kept
            .ok()
            .map_or(Duration::ZERO, |key| left_of(&key, Timestamp::now()));
        pause = if left.is_zero() { tried(&inbox).await } else { left };
    }
}

/// Tries the key now. Returns how long to rest.
async fn tried(inbox: &Inbox) -> Duration {
    match check(inbox).await {
        Ok(key) => left_of(&key, Timestamp::now()),
        Err(Error::Stripe(error)) => {
            inbox.problems.stripe(PROBLEM, &error);
            PAUSE
        }
        Err(error) => {
            tracing::warn!(%error, "What the Stripe key may do could not be kept");
            PAUSE
        }
    }
}

/// Returns for how long what is known of the key is good enough.
fn left_of(key: &StripeKey, now: Timestamp) -> Duration {
    let fresh = if key.is_enough() {
        FRESH
    } else {
        FRESH_WHILE_MISSING
    };
    key.checked_at
        .map_or(Duration::ZERO, |at| fresh.saturating_sub(now.since(at)))
}

/// Says in Health what is missing, as long as it is.
fn show(inbox: &Inbox, key: &StripeKey) {
    match words_of(key) {
        Some(words) => inbox.problems.raise(PROBLEM, words),
        None => inbox.problems.clear(PROBLEM),
    }
    inbox.emit(CoreEvent::StatusChanged);
}

/// Returns what the key lacks, what that is needed for, and what to do; nothing where it has everything.
pub fn words_of(key: &StripeKey) -> Option<Words> {
    let missing: Vec<String> = key
        .permissions
        .iter()
        .filter(|permission| !permission.granted)
        .map(|permission| format!("“{}” ({})", permission.words, needed_for(&permission.name)))
        .collect();
    (!missing.is_empty()).then(|| {
        Words::new(
            "permission_missing",
            "The Stripe key lacks permissions that Cobro needs",
            format!(
                "Add {} to the key in Stripe's dashboard, Developers, API keys. Then try the key again in Settings → Stripe",
                missing.join(", ")
            ),
        )
    })
}

/// Tries a key that no desk uses yet.
pub async fn try_key(stripe: &StripeApi) -> Result<StripeKey, StripeError> {
    Ok(StripeKey {
        permissions: stripe.try_permissions().await?.into_iter().map(named).collect(),
        checked_at: Some(Timestamp::now()),
        ..untried(stripe)
    })
}

fn known(conn: &Connection, stripe: &StripeApi) -> Result<StripeKey> {
    let json = meta::get(conn, meta::STRIPE_KEY)?;
    let kept: Option<StripeKey> = json.and_then(|json| serde_json::from_str(&json).ok());
    Ok(kept
        .filter(|kept| kept.hint == stripe.key_hint())
        .unwrap_or_else(|| untried(stripe)))
}

fn untried(stripe: &StripeApi) -> StripeKey {
    StripeKey {
        hint: stripe.key_hint().to_owned(),
        may_do_everything: stripe.may_do_everything(),
        checked_at: None,
        permissions: Vec::new(),
    }
}

fn named(tried: TriedPermission) -> KeyPermission {
    KeyPermission {
        name: tried.name.to_owned(),
        words: tried.words,
        granted: tried.granted,
    }
}

/// Returns what does not work without a permission.
fn needed_for(name: &str) -> &'static str {
    match name {
        "rak_payment_link_write" => "making pay links and ending them",
        "rak_checkout_session_write" => "pay pages, and seeing what became of a link",
        "rak_payment_intent_read" => "proving payments",
        "rak_event_read" => "hearing of payments without a webhook",
        "rak_charge_write" => "refunds, and how a payment was made",
        "rak_balance_transaction_source_read" => "fees, and the books",
        "rak_product_write" | "rak_plan_write" => "bringing the catalog together with Stripe's",
        "rak_customer_write" => "transfers",
        "rak_accounts_kyc_basic_read" => "the account's ways of paying",
        "rak_balance_read" => "the balance",
        "rak_dispute_read" => "disputes",
        "rak_payout_read" => "payouts",
        "rak_coupon_read" | "rak_promotion_code_read" => "codes",
        "rak_subscription_write" => "subscriptions and instalments",
        "rak_invoice_read" => "the payments of subscriptions",
        "rak_billing_portal_write" => "changing a subscriber's card",
        _ => "some of what Cobro does",
    }
}
