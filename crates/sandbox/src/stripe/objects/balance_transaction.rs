//! What a payment or refund did to the shop's balance, with Stripe's fee.

use serde_json::{Value, json};

use super::kept_on;
use super::payment_method::Instrument;
use crate::stripe::currency::Currency;
use crate::stripe::shelf::Object;

#[derive(Debug, Clone)]
pub(crate) struct BalanceTransaction {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) available_on: i64,
    pub(crate) available: bool,
    /// Negative for a refund.
    pub(crate) amount: i64,
    pub(crate) fee: i64,
    pub(crate) currency: Currency,
    pub(crate) movement: Movement,
    /// The charge, refund, dispute or payout.
    pub(crate) source: String,
    /// The payout that it went out with; only the list's filter shows it.
    pub(crate) payout: Option<String>,
    pub(crate) description: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Movement {
    Charge,
    /// What Stripe calls a charge that no card was used for.
    Payment,
    Refund,
    /// A refund that the customer's bank sent back.
    RefundFailure,
    Dispute,
    /// A dispute that the shop won.
    DisputeReversal,
    Payout,
    /// A payout that the shop's bank sent back.
    PayoutFailure,
}

impl Movement {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Charge => "charge",
            Self::Payment => "payment",
            Self::Refund => "refund",
            Self::RefundFailure => "refund_failure",
            Self::Dispute | Self::DisputeReversal => "adjustment",
            Self::Payout => "payout",
            Self::PayoutFailure => "payout_failure",
        }
    }

    /// Returns Stripe's word for books.
    fn category(self) -> &'static str {
        match self {
            Self::Charge | Self::Payment => "charge",
            Self::Refund => "refund",
            Self::RefundFailure => "refund_failure",
            Self::Dispute => "dispute",
            Self::DisputeReversal => "dispute_reversal",
            Self::Payout => "payout",
            Self::PayoutFailure => "payout_reversal",
        }
    }
}

impl BalanceTransaction {
    pub(crate) fn net(&self) -> i64 {
        self.amount - self.fee
    }

    fn fee_details(&self) -> Vec<Value> {
        if self.fee == 0 {
            return Vec::new();
        }
        vec![json!({
            "amount": self.fee,
            "application": null,
            "currency": self.currency.code(),
            "description": "Stripe processing fees",
            "type": "stripe_fee",
        })]
    }
}

/// Returns Stripe's fee: in Mexico 3.6 % + 3 MXN by card and 3 % + 5 MXN at OXXO, elsewhere 2.9 % + 30 minor units.
pub(crate) fn fee(amount: i64, currency: Currency, instrument: &Instrument) -> i64 {
    let (permille, fixed) = match (currency.code(), instrument) {
        ("mxn", Instrument::Card(_)) => (36, 3_00),
        ("mxn", Instrument::Slip(..)) => (30, 5_00),
        ("mxn", Instrument::Transfer) => (0, 8_00),
        _ => (29, 30),
    };
    (amount * permille + 500) / 1000 + fixed
}

impl Object for BalanceTransaction {
    const NOUN: &'static str = "balance transaction";
    const LIST: &'static str = "/v1/balance_transactions";
    kept_on!(transactions);

    fn render(&self) -> Value {
        json!({
            "id": self.id,
            "object": "balance_transaction",
            "amount": self.amount,
            "available_on": self.available_on,
            "balance_type": "payments",
            "created": self.created,
            "currency": self.currency.code(),
            "description": self.description,
            "exchange_rate": null,
            "fee": self.fee,
            "fee_details": self.fee_details(),
            "net": self.net(),
            "reporting_category": self.movement.category(),
            "source": self.source,
            "status": if self.available { "available" } else { "pending" },
            "type": self.movement.name(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Currency, Instrument, fee};
    use crate::stripe::checkout::cards::Card;
    use crate::stripe::checkout::slip::Slip;

    #[test]
    fn fees_follow_the_country_and_the_method() {
        let card = Instrument::Card(Card::read("4242424242424242").unwrap().face(12, 2030));
        let [mxn, usd] = ["mxn", "usd"].map(|code| Currency::read(code, "currency").unwrap());
        assert_eq!(fee(450_00, mxn, &card), 19_20);
        assert_eq!(fee(450_00, mxn, &Instrument::Slip(Slip::Oxxo, None)), 18_50);
        assert_eq!(fee(25_00, usd, &card), 1_03);
    }
}
