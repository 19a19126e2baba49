//! What Stripe's own dump says of the charges: what a history has to end in.

use std::collections::BTreeMap;

use cobro_core::domain::{ChargeId, Payment};
use serde_json::Value;

use super::*;

/// What Stripe's own dump says of one charge of ours.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about one charge")]
pub(super) struct Theirs {
    pub(super) paid: i64,
    pub(super) refunded: i64,
    waits: bool,
    /// What of a transfer has come, though not all of it.
    funded: i64,
    ran_out: bool,
    declined: bool,
    /// What banks hold back or took back, and whether they do.
    pub(super) taken: i64,
    disputed: bool,
}

impl Theirs {
    pub(super) fn payment(&self, charge: &Charge) -> Payment {
        if self.paid > 0 && self.disputed {
            return Payment::Disputed;
        }
        if self.paid > 0 {
            return match (self.refunded, self.paid.cmp(&charge.amount.minor())) {
                (refunded, _) if refunded >= self.paid => Payment::Refunded,
                (refunded, _) if refunded > 0 => Payment::PartlyRefunded,
                (_, std::cmp::Ordering::Greater) if charge.single_use => Payment::Overpaid,
                _ => Payment::Paid,
            };
        }
        match self {
            Self { funded: 1.., .. } => Payment::PartlyPaid,
            Self { waits: true, .. } => Payment::Processing,
            Self { ran_out: true, .. } if charge.single_use => Payment::Expired,
            Self { declined: true, .. } | Self { ran_out: true, .. } => Payment::FailedAttempt,
            _ => Payment::Open,
        }
    }

    /// Returns what has to be said to have come: only where that is not just what was asked for.
    pub(super) fn received(&self, charge: &Charge) -> i64 {
        let came = self.paid + self.funded;
        if came == charge.amount.minor() { 0 } else { came }
    }
}

/// Returns what a transfer that waits still has to bring.
pub(super) fn remaining(intent: &Value) -> Option<i64> {
    intent
        .pointer("/next_action/display_bank_transfer_instructions/amount_remaining")?
        .as_i64()
}

pub(super) async fn truth(shop: &TestShop) -> BTreeMap<ChargeId, Theirs> {
    let mut all: BTreeMap<ChargeId, Theirs> = BTreeMap::new();
    let ours =
        |object: &Value| -> Option<ChargeId> { object["metadata"]["cobro_charge"].as_str()?.parse().ok() };
    let charges = shop.objects("charge").await;
    for charge in &charges {
        let Some(id) = ours(charge) else { continue };
        let of = all.entry(id).or_default();
        if charge["status"] == "succeeded" {
            of.paid += charge["amount"].as_i64().unwrap();
            of.refunded += charge["amount_refunded"].as_i64().unwrap();
        }
    }
    for dispute in shop.objects("dispute").await {
        let disputed = charges.iter().find(|charge| charge["id"] == dispute["charge"]);
        let Some(id) = disputed.and_then(ours) else {
            continue;
        };
        if !matches!(
            dispute["status"].as_str(),
            Some("won" | "warning_closed" | "prevented")
        ) {
            let of = all.entry(id).or_default();
            of.disputed = true;
            of.taken += dispute["amount"].as_i64().unwrap();
        }
    }
    for intent in shop.objects("payment_intent").await {
        let Some(id) = ours(&intent) else { continue };
        let of = all.entry(id).or_default();
        if intent["status"] == "requires_action" {
            of.waits = true;
            of.funded += remaining(&intent).map_or(0, |left| intent["amount"].as_i64().unwrap() - left);
        }
        match intent["last_payment_error"]["code"].as_str() {
            Some("payment_intent_payment_attempt_expired") => of.ran_out = true,
            // A visit that ended after a declined card is cancelled; the link still works.
            Some(_) if intent["status"] != "succeeded" => of.declined = true,
            _ => {}
        }
    }
    all
}
