//! Checkout sessions: one visit to a pay page, and what came of it.

use cobro_protocol::Timestamp;
use serde::Deserialize;

use super::charge::Nothing;
use super::payment_intent::{self, PaymentIntent};
use super::{at, quiet_debug};
use crate::Money;
use crate::read::{self, Expanded, FromStripe, Metadata, Unusable, if_readable, money};

#[derive(Clone, PartialEq, Eq)]
pub struct CheckoutSession {
    pub id: String,
    /// What the customer opens, while the session is open.
    pub url: Option<String>,
    pub payment_status: PaymentStatus,
    /// Stripe's word: `open`, `complete` or `expired`.
    pub status: Option<String>,
    pub amount_total: Option<Money>,
    pub payment_intent_id: Option<String>,
    /// `None` where there is none yet, and where it was not expanded.
    pub payment_intent: Option<PaymentIntent>,
    /// The id of the link that was opened.
    pub payment_link: Option<String>,
    pub metadata: Metadata,
    pub livemode: bool,
    pub created: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    pub raw: String,
}

quiet_debug!(CheckoutSession);

impl CheckoutSession {
    /// Returns whether the customer went through with it. A voucher completes
    /// its session long before it is paid.
    pub fn is_complete(&self) -> bool {
        self.status.as_deref() == Some("complete")
    }

    /// Returns whether what was asked for may be handed over.
    pub fn is_paid(&self) -> bool {
        matches!(
            self.payment_status,
            PaymentStatus::Paid | PaymentStatus::NoPaymentRequired
        )
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentStatus {
    Paid,
    Unpaid,
    /// Nothing was due, as after a full discount.
    NoPaymentRequired,
    /// A word that this version does not know. It never counts as paid.
    Unknown(String),
}

impl PaymentStatus {
    fn from_name(name: &str) -> Self {
        match name {
            "paid" => Self::Paid,
            "unpaid" => Self::Unpaid,
            "no_payment_required" => Self::NoPaymentRequired,
            other => Self::Unknown(other.to_owned()),
        }
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Wire {
    id: String,
    url: Option<String>,
    payment_status: Option<String>,
    status: Option<String>,
    amount_total: Option<i64>,
    currency: Option<String>,
    #[serde(default)]
    payment_intent: Expanded<payment_intent::Wire>,
    #[serde(default)]
    payment_link: Expanded<Nothing>,
    #[serde(default, deserialize_with = "if_readable")]
    metadata: Option<Metadata>,
    livemode: Option<bool>,
    created: Option<i64>,
    expires_at: Option<i64>,
}

impl From<stripe_shared::CheckoutSession> for Wire {
    fn from(session: stripe_shared::CheckoutSession) -> Self {
        Self {
            id: session.id.to_string(),
            url: session.url,
            payment_status: Some(session.payment_status.to_string()),
            status: session.status.map(|status| status.to_string()),
            amount_total: session.amount_total,
            currency: session.currency.map(|currency| currency.to_string()),
            payment_intent: Expanded::from_full(session.payment_intent),
            payment_link: Expanded::from_full(session.payment_link),
            metadata: session.metadata.map(|metadata| metadata.into_iter().collect()),
            livemode: Some(session.livemode),
            created: Some(session.created),
            expires_at: Some(session.expires_at),
        }
    }
}

impl FromStripe for CheckoutSession {
    type Wire = Wire;
    const NAME: &'static str = "checkout.session";

    fn wire_from_full(raw: &str) -> Option<Wire> {
        read::full::<stripe_shared::CheckoutSession, _>(raw)
    }

    fn from_wire(wire: Wire, raw: String, live: bool) -> Result<Self, Unusable> {
        let live = wire.livemode.unwrap_or(live);
        let total = wire.amount_total.zip(wire.currency.as_deref());
        let payment_intent_id = wire.payment_intent.id().map(str::to_owned);
        let intent = wire.payment_intent.into_object();
        Ok(Self {
            id: wire.id,
            url: wire.url,
            payment_status: PaymentStatus::from_name(wire.payment_status.as_deref().unwrap_or_default()),
            status: wire.status,
            amount_total: total
                .map(|(minor, currency)| money(minor, currency))
                .transpose()?,
            payment_intent_id,
            payment_intent: intent
                .map(|intent| PaymentIntent::from_wire(intent, String::new(), live))
                .transpose()?,
            payment_link: wire.payment_link.id().map(str::to_owned),
            metadata: wire.metadata.unwrap_or_default(),
            livemode: live,
            created: at(wire.created),
            expires_at: at(wire.expires_at),
            raw,
        })
    }
}
