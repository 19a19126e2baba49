//! Checkout sessions: each opening of a link is one, and it says whether it was paid.

use std::collections::HashMap;

use cobro_protocol::Timestamp;
use serde::Deserialize;
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionLineItems, CreateCheckoutSessionLineItemsPriceData,
    CreateCheckoutSessionPaymentIntentData, ListCheckoutSession, ProductData, RetrieveCheckoutSession,
};
use stripe_shared::CheckoutSessionMode;
use stripe_types::RangeQueryTs;

use crate::links::{currency_of, metadata_of};
use crate::list::{Expandable, List, Named, decode, list_of, text};
use crate::payments::{IntentFields, PaymentIntent};
use crate::{Currency, Money, StripeApi, StripeError};

/// What of a payment is read with a session.
const EXPAND: &str = "payment_intent.latest_charge.balance_transaction";

/// What a session asks for.
#[derive(Debug, Clone)]
pub struct NewSession<'a> {
    pub charge: &'a str,
    pub conversation: &'a str,
    pub amount: Money,
    pub description: &'a str,
    pub success_url: &'a str,
    /// 30 minutes to 24 hours from now.
    pub expires_at: Option<Timestamp>,
}

/// Whether a session's money is there, as Stripe says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentStatus {
    Paid,
    Unpaid,
    NoPaymentRequired,
    Unknown(String),
}

#[derive(Debug, Clone)]
pub struct CheckoutSession {
    pub id: String,
    pub url: Option<String>,
    /// `open`, `complete` or `expired`.
    pub status: Option<String>,
    pub payment_status: PaymentStatus,
    pub amount_total: Option<Money>,
    pub payment_intent: Option<PaymentIntent>,
    pub payment_link: Option<String>,
    pub metadata: HashMap<String, String>,
    pub livemode: bool,
    pub raw: String,
}

impl CheckoutSession {
    /// Returns whether the customer went through it; a voucher completes it unpaid.
    pub fn is_complete(&self) -> bool {
        self.status.as_deref() == Some("complete")
    }
}

impl StripeApi {
    /// Makes a session for one payment. Repeating it with the same key returns the same session.
    pub async fn create_checkout_session(&self, new: &NewSession<'_>, key: &str) -> Result<CheckoutSession, StripeError> {
        let body = self.write(&request_of(new), key).await?;
        session_of(text(&body)?)
    }

    /// Reads a session with its payment.
    pub async fn checkout_session(&self, id: &str) -> Result<CheckoutSession, StripeError> {
        let request = RetrieveCheckoutSession::new(id.to_owned()).expand([EXPAND.to_owned()]);
        session_of(text(&self.read(&request).await?)?)
    }

    /// Reads every session that opening a link has made.
    pub async fn sessions_of_payment_link(&self, link: &str) -> Result<Vec<CheckoutSession>, StripeError> {
        self.all_sessions(|| listed().payment_link(link)).await
    }

    /// Reads the session that a payment belongs to, if one does.
    pub async fn sessions_of_payment_intent(&self, intent: &str) -> Result<Vec<CheckoutSession>, StripeError> {
        self.all_sessions(|| listed().payment_intent(intent)).await
    }

    /// Reads one page of sessions since a moment, newest first, without their payments.
    pub async fn sessions(&self, since: Option<Timestamp>, after: Option<&str>) -> Result<List<CheckoutSession>, StripeError> {
        let mut request = ListCheckoutSession::new().limit(100);
        if let Some(since) = since {
            request = request.created(RangeQueryTs::gte(since.secs()));
        }
        if let Some(after) = after {
            request = request.starting_after(after);
        }
        list_of(&self.read(&request).await?, session_of)
    }

    async fn all_sessions(
        &self,
        request: impl Fn() -> ListCheckoutSession,
    ) -> Result<Vec<CheckoutSession>, StripeError> {
        let mut sessions = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let mut request = request();
            if let Some(after) = &after {
                request = request.starting_after(after.clone());
            }
            let page = list_of(&self.read(&request).await?, session_of)?;
            after = page.items.last().map(|session| session.id.clone());
            sessions.extend(page.items);
            if !page.has_more || after.is_none() {
                return Ok(sessions);
            }
        }
    }
}

fn listed() -> ListCheckoutSession {
    ListCheckoutSession::new().limit(100).expand([format!("data.{EXPAND}")])
}

fn request_of(new: &NewSession<'_>) -> CreateCheckoutSession {
    let metadata = metadata_of(new.charge, new.conversation);
    let mut price = CreateCheckoutSessionLineItemsPriceData::new(currency_of(new.amount));
    price.unit_amount = Some(new.amount.minor());
    price.product_data = Some(ProductData::new(new.description));
    let mut item = CreateCheckoutSessionLineItems::new();
    item.price_data = Some(price);
    item.quantity = Some(1);
    let mut intent = CreateCheckoutSessionPaymentIntentData::new();
    intent.metadata = Some(metadata.clone());
    let mut request = CreateCheckoutSession::new()
        .mode(CheckoutSessionMode::Payment)
        .line_items(vec![item])
        .metadata(metadata)
        .payment_intent_data(intent)
        .success_url(new.success_url);
    if let Some(expires_at) = new.expires_at {
        request = request.expires_at(expires_at.secs());
    }
    request
}

fn session_of(json: &str) -> Result<CheckoutSession, StripeError> {
    #[derive(Deserialize)]
    struct Fields {
        id: String,
        #[serde(default)]
        url: Option<String>,
        #[serde(default)]
        status: Option<String>,
        #[serde(default)]
        payment_status: Option<String>,
        #[serde(default)]
        amount_total: Option<i64>,
        #[serde(default)]
        currency: Option<Currency>,
        #[serde(default)]
        payment_intent: Option<Expandable<IntentFields>>,
        #[serde(default)]
        payment_link: Option<Expandable<Named>>,
        #[serde(default)]
        metadata: Option<HashMap<String, String>>,
        #[serde(default)]
        livemode: bool,
    }
    let fields: Fields = decode(json)?;
    let intent = fields.payment_intent.and_then(Expandable::into_object);
    Ok(CheckoutSession {
        id: fields.id,
        url: fields.url,
        status: fields.status,
        payment_status: match fields.payment_status.as_deref() {
            Some("paid") => PaymentStatus::Paid,
            Some("unpaid") => PaymentStatus::Unpaid,
            Some("no_payment_required") => PaymentStatus::NoPaymentRequired,
            other => PaymentStatus::Unknown(other.unwrap_or("absent").to_owned()),
        },
        amount_total: fields
            .amount_total
            .zip(fields.currency)
            .and_then(|(minor, currency)| Money::from_minor(minor, currency).ok()),
        payment_intent: intent.map(|intent| intent.into_intent(String::new())).transpose()?,
        payment_link: fields.payment_link.map(Expandable::into_id),
        metadata: fields.metadata.unwrap_or_default(),
        livemode: fields.livemode,
        raw: json.to_owned(),
    })
}
