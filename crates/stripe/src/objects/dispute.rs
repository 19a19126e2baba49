//! Disputes: a customer told the bank that a payment was not right.

use cobro_protocol::Timestamp;
use serde::Deserialize;

use super::balance_transaction::{self, BalanceTransaction};
use super::{Nothing, at, quiet_debug};
use crate::Money;
use crate::read::{Expanded, FromStripe, Metadata, Unusable, if_readable, money};

#[derive(Clone, PartialEq, Eq)]
pub struct Dispute {
    pub id: String,
    pub amount: Money,
    /// Stripe's word, such as `needs_response`, `under_review`, `won`, `lost` or `warning_needs_response`.
    pub status: String,
    /// Stripe's word, such as `fraudulent` or `product_not_received`.
    pub reason: Option<String>,
    pub charge: Option<String>,
    pub payment_intent: Option<String>,
    /// Until when evidence can be given; `None` where none can be any more.
    pub due_by: Option<Timestamp>,
    pub has_evidence: bool,
    pub past_due: bool,
    /// How often evidence was handed in.
    pub submissions: u64,
    /// What it moved on the balance: taken, and perhaps given back.
    pub balance_transactions: Vec<BalanceTransaction>,
    pub metadata: Metadata,
    pub livemode: bool,
    pub created: Option<Timestamp>,
    pub raw: String,
}

quiet_debug!(Dispute);

impl Dispute {
    /// Returns whether it is only an inquiry so far: no money was taken.
    pub fn is_warning(&self) -> bool {
        self.status.starts_with("warning_")
    }

    /// Returns whether the shop can still answer.
    pub fn needs_response(&self) -> bool {
        matches!(self.status.as_str(), "needs_response" | "warning_needs_response")
    }

    /// Returns whether it is over, and who has the money: `Some(true)` where the shop has.
    pub fn outcome(&self) -> Option<bool> {
        match self.status.as_str() {
            "won" | "warning_closed" | "prevented" => Some(true),
            "lost" => Some(false),
            _ => None,
        }
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Wire {
    id: String,
    amount: i64,
    currency: String,
    status: String,
    reason: Option<String>,
    #[serde(default)]
    charge: Expanded<Nothing>,
    #[serde(default)]
    payment_intent: Expanded<Nothing>,
    #[serde(default, deserialize_with = "if_readable")]
    evidence_details: Option<EvidenceWire>,
    #[serde(default, deserialize_with = "if_readable")]
    balance_transactions: Option<Vec<balance_transaction::Wire>>,
    #[serde(default, deserialize_with = "if_readable")]
    metadata: Option<Metadata>,
    livemode: Option<bool>,
    created: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
struct EvidenceWire {
    due_by: Option<i64>,
    #[serde(default)]
    has_evidence: bool,
    #[serde(default)]
    past_due: bool,
    #[serde(default)]
    submission_count: u64,
}

impl FromStripe for Dispute {
    type Wire = Wire;
    const NAME: &'static str = "dispute";

    fn from_wire(wire: Wire, raw: String, live: bool) -> Result<Self, Unusable> {
        let evidence = wire.evidence_details.unwrap_or_default();
        let moved = wire.balance_transactions.unwrap_or_default();
        Ok(Self {
            amount: money(wire.amount, &wire.currency)?,
            id: wire.id,
            status: wire.status,
            reason: wire.reason,
            charge: wire.charge.into_id(),
            payment_intent: wire.payment_intent.into_id(),
            due_by: at(evidence.due_by),
            has_evidence: evidence.has_evidence,
            past_due: evidence.past_due,
            submissions: evidence.submission_count,
            balance_transactions: moved
                .into_iter()
                .map(|balance| BalanceTransaction::from_wire(balance, String::new(), live))
                .collect::<Result<_, _>>()?,
            metadata: wire.metadata.unwrap_or_default(),
            livemode: wire.livemode.unwrap_or(live),
            created: at(wire.created),
            raw,
        })
    }
}
