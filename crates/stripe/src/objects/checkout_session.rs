//! Checkout sessions: one visit to a pay page, and what came of it.

use cobro_protocol::Timestamp;
use serde::Deserialize;

use super::charge::Payer;
use super::payment_intent::{self, PaymentIntent};
use super::{Nothing, at, quiet_debug};
use crate::Money;
use crate::read::{Expanded, FromStripe, Metadata, Unusable, if_readable, money};

#[derive(Clone, PartialEq, Eq)]
pub struct CheckoutSession {
    pub id: String,
    /// What the customer opens, while the session is open.
    pub url: Option<String>,
    pub payment_status: PaymentStatus,
    /// Stripe's word: `open`, `complete` or `expired`.
    pub status: Option<String>,
    pub amount_total: Option<Money>,
    /// Part of the total's reckoning, in its currency's minor units.
    pub amount_discount: i64,
    pub amount_shipping: i64,
    /// Stripe's word: `payment`, `subscription` or `setup`.
    pub mode: Option<String>,
    pub customer: Option<String>,
    pub subscription: Option<String>,
    pub invoice: Option<String>,
    /// Who paid, as typed on the page.
    pub payer: Payer,
    /// Where to deliver, if the page asked.
    pub shipping: Option<ShippingAddress>,
    pub payment_intent_id: Option<String>,
    /// `None` where there is none yet, and where it was not expanded.
    pub payment_intent: Option<PaymentIntent>,
    /// The id of the link that was opened.
    pub payment_link: Option<String>,
    /// What the opened address named. Whoever opens it can change that.
    pub reference: Option<String>,
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

/// Where to deliver. Every part is as the customer typed it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ShippingAddress {
    pub name: Option<String>,
    pub line1: Option<String>,
    pub line2: Option<String>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub postal_code: Option<String>,
    /// Two letters.
    pub country: Option<String>,
}

/// Names somebody's home: it stays out of logs.
impl std::fmt::Debug for ShippingAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ShippingAddress").finish_non_exhaustive()
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
    #[serde(default, deserialize_with = "if_readable")]
    total_details: Option<TotalWire>,
    mode: Option<String>,
    #[serde(default)]
    customer: Expanded<Nothing>,
    #[serde(default)]
    subscription: Expanded<Nothing>,
    #[serde(default)]
    invoice: Expanded<Nothing>,
    #[serde(default, deserialize_with = "if_readable")]
    customer_details: Option<Payer>,
    #[serde(default, deserialize_with = "if_readable")]
    collected_information: Option<CollectedWire>,
    /// Where older versions have it.
    #[serde(default, deserialize_with = "if_readable")]
    shipping_details: Option<ShippingWire>,
    #[serde(default)]
    payment_intent: Expanded<payment_intent::Wire>,
    #[serde(default)]
    payment_link: Expanded<Nothing>,
    #[serde(default, deserialize_with = "if_readable")]
    client_reference_id: Option<String>,
    #[serde(default, deserialize_with = "if_readable")]
    metadata: Option<Metadata>,
    livemode: Option<bool>,
    created: Option<i64>,
    expires_at: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
struct TotalWire {
    #[serde(default)]
    amount_discount: i64,
    amount_shipping: Option<i64>,
}

#[derive(Debug, Deserialize)]
struct CollectedWire {
    #[serde(default, deserialize_with = "if_readable")]
    shipping_details: Option<ShippingWire>,
}

#[derive(Debug, Deserialize)]
struct ShippingWire {
    name: Option<String>,
    #[serde(default, deserialize_with = "if_readable")]
    address: Option<AddressWire>,
}

#[derive(Debug, Default, Deserialize)]
struct AddressWire {
    line1: Option<String>,
    line2: Option<String>,
    city: Option<String>,
    state: Option<String>,
    postal_code: Option<String>,
    country: Option<String>,
}

impl From<ShippingWire> for ShippingAddress {
    fn from(wire: ShippingWire) -> Self {
        let address = wire.address.unwrap_or_default();
        Self {
            name: wire.name,
            line1: address.line1,
            line2: address.line2,
            city: address.city,
            state: address.state,
            postal_code: address.postal_code,
            country: address.country,
        }
    }
}

impl FromStripe for CheckoutSession {
    type Wire = Wire;
    const NAME: &'static str = "checkout.session";

    fn from_wire(wire: Wire, raw: String, live: bool) -> Result<Self, Unusable> {
        let live = wire.livemode.unwrap_or(live);
        let total = wire.amount_total.zip(wire.currency.as_deref());
        let payment_intent_id = wire.payment_intent.id().map(str::to_owned);
        let intent = wire.payment_intent.into_object();
        let details = wire.total_details.unwrap_or_default();
        let collected = wire.collected_information.and_then(|info| info.shipping_details);
        let shipping = collected.or(wire.shipping_details);
        Ok(Self {
            id: wire.id,
            url: wire.url,
            payment_status: PaymentStatus::from_name(wire.payment_status.as_deref().unwrap_or_default()),
            status: wire.status,
            amount_total: total
                .map(|(minor, currency)| money(minor, currency))
                .transpose()?,
            amount_discount: details.amount_discount,
            amount_shipping: details.amount_shipping.unwrap_or(0),
            mode: wire.mode,
            customer: wire.customer.into_id(),
            subscription: wire.subscription.into_id(),
            invoice: wire.invoice.into_id(),
            payer: wire.customer_details.unwrap_or_default(),
            shipping: shipping.map(ShippingAddress::from),
            payment_intent_id,
            payment_intent: intent
                .map(|intent| PaymentIntent::from_wire(intent, String::new(), live))
                .transpose()?,
            payment_link: wire.payment_link.id().map(str::to_owned),
            reference: wire.client_reference_id,
            metadata: wire.metadata.unwrap_or_default(),
            livemode: live,
            created: at(wire.created),
            expires_at: at(wire.expires_at),
            raw,
        })
    }
}
