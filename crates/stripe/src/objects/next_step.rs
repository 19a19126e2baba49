//! What a customer has to do before the money can come.

use cobro_protocol::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::at;
use crate::Money;
use crate::read::money;

/// What a payment waits for.
#[derive(Clone, PartialEq, Eq)]
pub enum NextStep {
    /// A slip or code is to be paid: OXXO, Boleto, Pix.
    Voucher {
        /// Stripe's name of the method.
        method: String,
        /// To be typed or scanned where it is paid.
        number: Option<String>,
        /// A page that shows it.
        url: Option<String>,
        expires_at: Option<Timestamp>,
    },
    /// Money is to be sent to a bank account.
    Transfer {
        /// What is still missing; less than the amount once a part came.
        remaining: Option<Money>,
        clabe: Option<String>,
        reference: Option<String>,
        /// A page that shows all of it.
        url: Option<String>,
    },
    /// Something else, by Stripe's name: a bank's question on the pay page, or what this version does not know.
    Other(String),
}

/// Numbers and addresses let someone else pay: they stay out of logs.
impl std::fmt::Debug for NextStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Voucher { method, .. } => f.debug_tuple("Voucher").field(method).finish(),
            Self::Transfer { remaining, .. } => f.debug_tuple("Transfer").field(remaining).finish(),
            Self::Other(kind) => f.debug_tuple("Other").field(kind).finish(),
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Wire {
    #[serde(rename = "type")]
    kind: String,
    #[serde(flatten)]
    details: serde_json::Map<String, Value>,
}

impl From<Wire> for NextStep {
    fn from(wire: Wire) -> Self {
        let details = wire.details.get(&wire.kind).unwrap_or(&Value::Null);
        let text = |name: &str| details.get(name).and_then(Value::as_str).map(str::to_owned);
        let time = |name: &str| at(details.get(name).and_then(Value::as_i64));
        match wire.kind.as_str() {
            "oxxo_display_details" | "boleto_display_details" => Self::Voucher {
                method: wire.kind.trim_end_matches("_display_details").to_owned(),
                number: text("number"),
                url: text("hosted_voucher_url"),
                expires_at: time("expires_after").or_else(|| time("expires_at")),
            },
            "pix_display_qr_code" => Self::Voucher {
                method: "pix".to_owned(),
                number: text("data"),
                url: text("hosted_instructions_url"),
                expires_at: time("expires_at"),
            },
            "display_bank_transfer_instructions" => Self::Transfer {
                remaining: details
                    .get("amount_remaining")
                    .and_then(Value::as_i64)
                    .zip(details.get("currency").and_then(Value::as_str))
                    .and_then(|(minor, currency)| money(minor, currency).ok()),
                clabe: clabe(details),
                reference: text("reference"),
                url: text("hosted_instructions_url"),
            },
            _ => Self::Other(wire.kind),
        }
    }
}

fn clabe(details: &Value) -> Option<String> {
    let addresses = details.get("financial_addresses")?.as_array()?;
    let spei = addresses.iter().find_map(|address| address.get("spei"))?;
    Some(spei.get("clabe")?.as_str()?.to_owned())
}
