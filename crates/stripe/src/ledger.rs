//! The books: an account's objects by when they were made, a page at a time, each as
//! little as it takes to tell whose money it is.

use std::collections::BTreeMap;

use cobro_protocol::Timestamp;
use serde::Deserialize;
use stripe_client_core::{RequestBuilder, StripeMethod};

use crate::list;
use crate::objects::{NextStep, Nothing, PaymentError, next_step};
use crate::read::{Expanded, if_readable, place_of};
use crate::{Currency, StripeApi, StripeError, metadata};

/// What is listed. The order is that in which reconciling reads them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shelf {
    Sessions,
    PaymentIntents,
    Charges,
    Invoices,
    Refunds,
    Disputes,
    BalanceTransactions,
}

impl Shelf {
    pub const ALL: [Self; 7] = [
        Self::Sessions,
        Self::PaymentIntents,
        Self::Charges,
        Self::Invoices,
        Self::Refunds,
        Self::Disputes,
        Self::BalanceTransactions,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sessions => "session",
            Self::PaymentIntents => "payment_intent",
            Self::Charges => "charge",
            Self::Invoices => "invoice",
            Self::Refunds => "refund",
            Self::Disputes => "dispute",
            Self::BalanceTransactions => "balance_transaction",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|shelf| shelf.as_str() == name)
    }

    fn path(self) -> &'static str {
        match self {
            Self::Sessions => "/checkout/sessions",
            Self::PaymentIntents => "/payment_intents",
            Self::Charges => "/charges",
            Self::Invoices => "/invoices",
            Self::Refunds => "/refunds",
            Self::Disputes => "/disputes",
            Self::BalanceTransactions => "/balance_transactions",
        }
    }
}

/// From when to when: the first moment belongs to it, the last does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    pub since: Timestamp,
    pub until: Timestamp,
}

/// One object of Stripe's.
#[derive(Clone, PartialEq, Eq)]
pub struct BookEntry {
    pub shelf: Shelf,
    pub id: String,
    pub at: Timestamp,
    /// Negative only where money left the balance.
    pub amount: i64,
    /// `None` where nothing was asked for, or in money that Cobro does not know.
    pub currency: Option<Currency>,
    /// Stripe's word for how far it is; of a balance transaction, what moved.
    pub status: String,
    /// Of a balance transaction: what Stripe kept, and what is left.
    pub fee: i64,
    pub net: i64,
    pub payment_intent: Option<String>,
    pub charge: Option<String>,
    /// Of a balance transaction: what it is about.
    pub source: Option<String>,
    pub payment_link: Option<String>,
    /// Our own charge, where the object carries its id, or the subscription that it is for does.
    pub cobro_charge: Option<String>,
    /// Of an invoice, and of a session that began one.
    pub subscription: Option<String>,
    pub refunded: i64,
    pub disputed: bool,
    /// Of a payment that waits for its customer's money: what of it has come.
    pub funded: Option<i64>,
    /// Of a payment that did not come: Stripe's code for why.
    pub failure: Option<String>,
    pub buyer: Buyer,
    pub description: Option<String>,
    pub livemode: bool,
}

/// Who paid stays out of logs.
impl std::fmt::Debug for BookEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BookEntry")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// What the payer wrote of themselves.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Buyer {
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
}

impl std::fmt::Debug for Buyer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Buyer(…)")
    }
}

/// One page, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookPage {
    pub entries: Vec<BookEntry>,
    /// Asks for what comes behind; `None` on the last page.
    pub next: Option<String>,
    /// Objects that have no id or no time, and so can't be told apart.
    pub unreadable: usize,
}

impl StripeApi {
    /// Returns a page of what was made in `range`, newest first, beginning behind the object `after`.
    pub async fn book_page(
        &self,
        shelf: Shelf,
        range: Range,
        after: Option<&str>,
    ) -> Result<BookPage, StripeError> {
        let mut query = vec![
            ("limit", list::PAGE.to_string()),
            ("created[gte]", range.since.secs().to_string()),
            ("created[lt]", range.until.secs().to_string()),
        ];
        if let Some(after) = after {
            query.push(("starting_after", after.to_owned()));
        }
        if shelf == Shelf::Invoices {
            query.push(("expand[0]", "data.payments".to_owned()));
        }
        let request = RequestBuilder::new(StripeMethod::Get, shelf.path()).query(&Query(query));
        let answer = self.get(request).await?;
        page_from_body(shelf, &answer.body, self.is_live())
    }
}

/// The query's pairs in their order.
struct Query(Vec<(&'static str, String)>);

impl serde::Serialize for Query {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// Reads one page as Stripe sent it.
pub fn page_from_body(shelf: Shelf, body: &str, live: bool) -> Result<BookPage, StripeError> {
    #[derive(Deserialize)]
    struct Wire<'a> {
        #[serde(borrow)]
        data: Vec<&'a serde_json::value::RawValue>,
        #[serde(default)]
        has_more: bool,
    }
    #[derive(Deserialize)]
    struct Named {
        id: String,
    }
    let wire: Wire<'_> = serde_json::from_str(body).map_err(|error| {
        StripeError::decode(format!("the list of {}s ({})", shelf.as_str(), place_of(&error)))
    })?;
    let mut entries = Vec::with_capacity(wire.data.len());
    let mut unreadable = 0;
    for item in &wire.data {
        match serde_json::from_str::<Entry>(item.get()) {
            Ok(entry) => entries.push(entry.into_entry(shelf, live)),
            Err(error) => {
                unreadable += 1;
                tracing::warn!(shelf = shelf.as_str(), place = %place_of(&error), "One of Stripe's objects can't be booked");
            }
        }
    }
    // The last object leads on, readable or not.
    let last = wire
        .data
        .last()
        .and_then(|item| serde_json::from_str::<Named>(item.get()).ok());
    Ok(BookPage {
        entries,
        next: last.filter(|_| wire.has_more).map(|last| last.id),
        unreadable,
    })
}

/// Every field that any of the shelves has. What is missing or of another shape costs only itself.
#[derive(Deserialize)]
struct Entry {
    id: String,
    created: i64,
    #[serde(default, deserialize_with = "if_readable")]
    amount: Option<i64>,
    #[serde(default, deserialize_with = "if_readable")]
    amount_total: Option<i64>,
    #[serde(default, deserialize_with = "if_readable")]
    amount_paid: Option<i64>,
    #[serde(default, deserialize_with = "if_readable")]
    amount_received: Option<i64>,
    #[serde(default, deserialize_with = "if_readable")]
    amount_captured: Option<i64>,
    #[serde(default, deserialize_with = "if_readable")]
    amount_refunded: Option<i64>,
    #[serde(default, deserialize_with = "if_readable")]
    captured: Option<bool>,
    #[serde(default, deserialize_with = "if_readable")]
    currency: Option<String>,
    #[serde(default, deserialize_with = "if_readable")]
    status: Option<String>,
    #[serde(default, deserialize_with = "if_readable")]
    payment_status: Option<String>,
    #[serde(default, rename = "type", deserialize_with = "if_readable")]
    kind: Option<String>,
    #[serde(default, deserialize_with = "if_readable")]
    fee: Option<i64>,
    #[serde(default, deserialize_with = "if_readable")]
    net: Option<i64>,
    #[serde(default)]
    payment_intent: Expanded<Nothing>,
    #[serde(default)]
    charge: Expanded<Nothing>,
    #[serde(default)]
    latest_charge: Expanded<Nothing>,
    #[serde(default)]
    source: Expanded<Nothing>,
    #[serde(default)]
    payment_link: Expanded<Nothing>,
    #[serde(default, deserialize_with = "if_readable")]
    client_reference_id: Option<String>,
    #[serde(default, deserialize_with = "if_readable")]
    metadata: Option<BTreeMap<String, String>>,
    #[serde(default, deserialize_with = "if_readable")]
    disputed: Option<bool>,
    #[serde(default, deserialize_with = "if_readable")]
    billing_details: Option<BuyerWire>,
    #[serde(default, deserialize_with = "if_readable")]
    customer_details: Option<BuyerWire>,
    #[serde(default, deserialize_with = "if_readable")]
    description: Option<String>,
    #[serde(default, deserialize_with = "if_readable")]
    livemode: Option<bool>,
    #[serde(default)]
    subscription: Expanded<Nothing>,
    #[serde(default, deserialize_with = "if_readable")]
    parent: Option<Parent>,
    #[serde(default, deserialize_with = "if_readable")]
    payments: Option<Payments>,
    #[serde(default, deserialize_with = "if_readable")]
    next_action: Option<next_step::Wire>,
    #[serde(default, deserialize_with = "if_readable")]
    last_payment_error: Option<PaymentError>,
}

/// What an invoice is for.
#[derive(Deserialize, Default)]
struct Parent {
    #[serde(default, deserialize_with = "if_readable")]
    subscription_details: Option<OfSubscription>,
}

#[derive(Deserialize, Default)]
struct OfSubscription {
    #[serde(default)]
    subscription: Expanded<Nothing>,
    #[serde(default, deserialize_with = "if_readable")]
    metadata: Option<BTreeMap<String, String>>,
}

/// What paid an invoice.
#[derive(Deserialize, Default)]
struct Payments {
    #[serde(default)]
    data: Vec<InvoicePayment>,
}

#[derive(Deserialize)]
struct InvoicePayment {
    #[serde(default, deserialize_with = "if_readable")]
    payment: Option<Means>,
    #[serde(default, deserialize_with = "if_readable")]
    status: Option<String>,
}

#[derive(Deserialize)]
struct Means {
    #[serde(default)]
    payment_intent: Expanded<Nothing>,
}

impl Payments {
    /// Returns the payment that paid, or the last that tried.
    fn intent(&self) -> Option<String> {
        let paid = |payment: &&InvoicePayment| payment.status.as_deref() == Some("paid");
        let payment = self.data.iter().find(paid).or_else(|| self.data.last())?;
        payment.payment.as_ref()?.payment_intent.id().map(str::to_owned)
    }
}

#[derive(Deserialize, Default)]
struct BuyerWire {
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
}

impl Entry {
    fn into_entry(self, shelf: Shelf, live: bool) -> BookEntry {
        let amount = self.amount_of(shelf);
        let funded = self.funded(shelf);
        let own_charge = (shelf == Shelf::Charges).then(|| self.id.clone());
        let own_intent = (shelf == Shelf::PaymentIntents).then(|| self.id.clone());
        let id_of = |field: &Expanded<Nothing>| field.id().map(str::to_owned);
        let buyer = self.billing_details.or(self.customer_details).unwrap_or_default();
        let of = self
            .parent
            .and_then(|parent| parent.subscription_details)
            .unwrap_or_default();
        let charge_in = |metadata: Option<BTreeMap<String, String>>| {
            metadata.and_then(|mut metadata| metadata.remove(metadata::CHARGE))
        };
        BookEntry {
            shelf,
            at: Timestamp::from_secs(self.created),
            amount,
            currency: self.currency.and_then(|code| Currency::from_code(&code).ok()),
            status: match shelf {
                Shelf::Sessions => self.payment_status,
                Shelf::BalanceTransactions => self.kind,
                _ => self.status,
            }
            .unwrap_or_default(),
            fee: self.fee.unwrap_or(0),
            net: self.net.unwrap_or(0),
            payment_intent: own_intent
                .or_else(|| id_of(&self.payment_intent))
                .or_else(|| self.payments.as_ref().and_then(Payments::intent)),
            charge: own_charge
                .or_else(|| id_of(&self.charge))
                .or_else(|| id_of(&self.latest_charge)),
            source: id_of(&self.source),
            payment_link: id_of(&self.payment_link),
            cobro_charge: charge_in(self.metadata)
                .or_else(|| charge_in(of.metadata))
                .or(self.client_reference_id),
            subscription: id_of(&of.subscription).or_else(|| id_of(&self.subscription)),
            refunded: self.amount_refunded.unwrap_or(0),
            disputed: self.disputed.unwrap_or(false),
            funded,
            failure: self.last_payment_error.and_then(|error| error.code),
            buyer: Buyer {
                name: buyer.name,
                email: buyer.email,
                phone: buyer.phone,
            },
            description: self.description,
            livemode: self.livemode.unwrap_or(live),
            id: self.id,
        }
    }

    /// Returns the money that it is about: of a payment what was taken, not what was asked.
    fn amount_of(&self, shelf: Shelf) -> i64 {
        let first = |amounts: &[Option<i64>]| amounts.iter().flatten().next().copied().unwrap_or(0);
        match shelf {
            Shelf::Sessions => first(&[self.amount_total]),
            Shelf::Invoices => first(&[self.amount_paid]),
            Shelf::PaymentIntents if self.status.as_deref() == Some("succeeded") => {
                first(&[self.amount_received, self.amount])
            }
            Shelf::Charges if self.captured == Some(true) => first(&[self.amount_captured, self.amount]),
            _ => first(&[self.amount]),
        }
    }

    /// Returns what of a payment has come that waits for a voucher, a transfer or a bank. A bank's question on the
    /// pay page is not waited for: nobody may come back to it.
    fn funded(&self, shelf: Shelf) -> Option<i64> {
        let amount = self.amount.filter(|_| shelf == Shelf::PaymentIntents)?;
        match (
            self.status.as_deref()?,
            self.next_action.clone().map(NextStep::from),
        ) {
            ("processing", _) | ("requires_action", Some(NextStep::Voucher { .. })) => Some(0),
            ("requires_action", Some(NextStep::Transfer { remaining, .. })) => {
                Some(remaining.map_or(0, |left| (amount - left.minor()).max(0)))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(shelf: Shelf, object: &str) -> BookEntry {
        let page = page_from_body(
            shelf,
            &format!(r#"{{"data":[{object}],"has_more":false}}"#),
            false,
        )
        .unwrap();
        assert_eq!(page.unreadable, 0);
        page.entries.into_iter().next().unwrap()
    }

    #[test]
    fn a_charge_is_what_was_taken_and_names_its_payment_and_ours() {
        let charge = one(
            Shelf::Charges,
            r#"{"id":"ch_1","created":5,"amount":1000,"amount_captured":900,"captured":true,"amount_refunded":100,
                "currency":"mxn","status":"succeeded","payment_intent":"pi_1","metadata":{"cobro_charge":"c1"},
                "billing_details":{"email":"ana@example.test","phone":null}}"#,
        );
        assert_eq!((charge.amount, charge.refunded), (900, 100));
        assert_eq!(charge.charge.as_deref(), Some("ch_1"));
        assert_eq!(charge.payment_intent.as_deref(), Some("pi_1"));
        assert_eq!(charge.cobro_charge.as_deref(), Some("c1"));
        assert_eq!(charge.buyer.email.as_deref(), Some("ana@example.test"));
        assert!(!format!("{charge:?}").contains("ana@"));
    }

    #[test]
    fn an_invoice_tells_whose_payment_paid_it() {
        let invoice = one(
            Shelf::Invoices,
            r#"{"id":"in_1","created":5,"amount_paid":32000,"currency":"mxn","status":"paid","metadata":{},
                "parent":{"subscription_details":{"subscription":"sub_1","metadata":{"cobro_charge":"c1"}}},
                "payments":{"data":[{"status":"canceled","payment":{"payment_intent":"pi_0"}},
                    {"status":"paid","payment":{"payment_intent":"pi_1"}}]}}"#,
        );
        assert_eq!(invoice.amount, 320_00);
        assert_eq!(invoice.payment_intent.as_deref(), Some("pi_1"));
        assert_eq!(invoice.cobro_charge.as_deref(), Some("c1"));
        assert_eq!(invoice.subscription.as_deref(), Some("sub_1"));
    }

    #[test]
    fn a_payment_tells_what_it_waits_for_and_why_it_did_not_come() {
        let intent = |rest: &str| {
            one(
                Shelf::PaymentIntents,
                &format!(r#"{{"id":"pi_1","created":5,"amount":1000,"currency":"mxn",{rest}}}"#),
            )
        };
        let transfer = intent(
            r#""status":"requires_action","next_action":{"type":"display_bank_transfer_instructions",
                "display_bank_transfer_instructions":{"amount_remaining":600,"currency":"mxn"}}"#,
        );
        assert_eq!(transfer.funded, Some(400));
        let voucher = intent(r#""status":"requires_action","next_action":{"type":"oxxo_display_details"}"#);
        assert_eq!(voucher.funded, Some(0));
        let question = intent(r#""status":"requires_action","next_action":{"type":"redirect_to_url"}"#);
        assert_eq!(question.funded, None);
        let declined = intent(
            r#""status":"requires_payment_method","last_payment_error":{"code":"card_declined","type":"card_error"}"#,
        );
        assert_eq!(
            (declined.funded, declined.failure.as_deref()),
            (None, Some("card_declined"))
        );
    }

    #[test]
    fn what_left_the_balance_is_negative() {
        let moved = one(
            Shelf::BalanceTransactions,
            r#"{"id":"txn_1","created":5,"amount":-500,"fee":10,"net":-510,"currency":"mxn","type":"refund","source":"re_1"}"#,
        );
        assert_eq!((moved.amount, moved.fee, moved.net), (-500, 10, -510));
        assert_eq!(
            (moved.status.as_str(), moved.source.as_deref()),
            ("refund", Some("re_1"))
        );
    }

    #[test]
    fn an_object_of_another_shape_costs_neither_its_neighbours_nor_the_next_page() {
        let body = r#"{"data":[{"id":"ch_2","created":6,"amount":"much","currency":7},{"id":"ch_1","created":"?"}],"has_more":true}"#;
        let page = page_from_body(Shelf::Charges, body, false).unwrap();
        assert_eq!(page.entries.len(), 1);
        assert_eq!(page.unreadable, 1);
        assert_eq!(page.next.as_deref(), Some("ch_1"));
        assert!(page_from_body(Shelf::Charges, "<html>", false).is_err());
    }

    #[test]
    fn an_expanded_object_is_known_by_its_id() {
        let refund = one(
            Shelf::Refunds,
            r#"{"id":"re_1","created":5,"amount":3,"currency":"mxn","charge":{"id":"ch_1","object":"charge"},"payment_intent":null}"#,
        );
        assert_eq!(refund.charge.as_deref(), Some("ch_1"));
        assert_eq!(refund.payment_intent, None);
    }
}
