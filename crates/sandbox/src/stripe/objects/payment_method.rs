//! The card or voucher of one payment.

use serde_json::{Value, json};

use super::session::Buyer;
use super::{kept_on, merge};
use crate::stripe::checkout::slip::Slip;
use crate::stripe::fields::Metadata;
use crate::stripe::shelf::Object;

#[derive(Debug, Clone)]
pub(crate) struct PaymentMethod {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) buyer: Buyer,
    pub(crate) instrument: Instrument,
    pub(crate) customer: Option<String>,
    pub(crate) metadata: Metadata,
}

#[derive(Debug, Clone)]
pub(crate) enum Instrument {
    Card(Face),
    /// A voucher or code, and its number once there is one.
    Slip(Slip, Option<String>),
    /// Money sent from a bank in Mexico.
    Transfer,
}

/// What may be told of a card: never its number.
#[derive(Debug, Clone)]
pub(crate) struct Face {
    pub(crate) brand: &'static str,
    pub(crate) last4: String,
    pub(crate) month: i64,
    pub(crate) year: i64,
    pub(crate) funding: &'static str,
    pub(crate) country: &'static str,
    pub(crate) fingerprint: String,
    /// How 3-D Secure ended, if it was asked for.
    pub(crate) authenticated: Option<bool>,
    /// In how many months the customer pays the bank.
    pub(crate) months: Option<i64>,
}

impl Buyer {
    pub(crate) fn billing_details(&self) -> Value {
        json!({
            "address": {
                "city": null, "country": null, "line1": null, "line2": null, "postal_code": null, "state": null,
            },
            "email": self.email,
            "name": self.name,
            "phone": self.phone,
            "tax_id": null,
        })
    }
}

impl Face {
    fn common(&self) -> Value {
        json!({
            "brand": self.brand,
            "checks": {"address_line1_check": null, "address_postal_code_check": null, "cvc_check": "pass"},
            "country": self.country,
            "exp_month": self.month,
            "exp_year": self.year,
            "fingerprint": self.fingerprint,
            "funding": self.funding,
            "last4": self.last4,
            "wallet": null,
        })
    }

    /// Returns the card as a payment method shows it.
    fn kept(&self) -> Value {
        let more = json!({
            "display_brand": self.brand,
            "generated_from": null,
            "networks": {"available": [self.brand], "preferred": null},
            "three_d_secure_usage": {"supported": true},
        });
        merge(self.common(), more)
    }

    /// Returns the card as the charge that used it shows it.
    fn used(&self, amount: i64) -> Value {
        let more = json!({
            "amount_authorized": amount,
            "authorization_code": "123456",
            "extended_authorization": {"status": "disabled"},
            "incremental_authorization": {"status": "unavailable"},
            "installments": self.months.map(|months| json!({
                "plan": {"count": months, "interval": "month", "type": "fixed_count"},
            })),
            "mandate": null,
            "multicapture": {"status": "unavailable"},
            "network": self.brand,
            "network_token": {"used": false},
            "network_transaction_id": "400188923231921",
            "overcapture": {"maximum_amount_capturable": amount, "status": "unavailable"},
            "regulated_status": "unregulated",
            "three_d_secure": self.three_d_secure(),
        });
        merge(self.common(), more)
    }

    fn three_d_secure(&self) -> Value {
        self.authenticated.map_or(Value::Null, |passed| {
            json!({
                "authentication_flow": "challenge",
                "electronic_commerce_indicator": if passed { "05" } else { "07" },
                "exemption_indicator": null,
                "result": if passed { "authenticated" } else { "failed" },
                "result_reason": if passed { Value::Null } else { "rejected".into() },
                "transaction_id": null,
                "version": "2.2.0",
            })
        })
    }
}

impl Instrument {
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Card(_) => "card",
            Self::Slip(slip, _) => slip.method(),
            Self::Transfer => "customer_balance",
        }
    }

    /// Returns a charge's `payment_method_details`.
    pub(crate) fn details(&self, amount: i64) -> Value {
        match self {
            Self::Card(face) => json!({"type": "card", "card": face.used(amount)}),
            Self::Slip(slip, number) => {
                let own = match slip {
                    Slip::Oxxo => json!({"number": number}),
                    Slip::Boleto => json!({"tax_id": "000.000.000-00"}),
                    Slip::Pix => json!({"bank_transaction_id": number}),
                };
                json!({"type": slip.method(), slip.method(): own})
            }
            Self::Transfer => json!({"type": "customer_balance", "customer_balance": {}}),
        }
    }
}

impl Object for PaymentMethod {
    const NOUN: &'static str = "PaymentMethod";
    const LIST: &'static str = "/v1/payment_methods";
    kept_on!(methods);

    fn render(&self) -> Value {
        let method = json!({
            "id": self.id,
            "object": "payment_method",
            "allow_redisplay": "limited",
            "billing_details": self.buyer.billing_details(),
            "created": self.created,
            "customer": self.customer,
            "livemode": false,
            "metadata": self.metadata,
            "type": self.instrument.kind(),
        });
        let own = match &self.instrument {
            Instrument::Card(face) => json!({"card": face.kept()}),
            Instrument::Slip(Slip::Boleto, _) => json!({"boleto": {"tax_id": "000.000.000-00"}}),
            Instrument::Slip(slip, _) => json!({slip.method(): {}}),
            Instrument::Transfer => json!({"customer_balance": {}}),
        };
        merge(method, own)
    }
}
