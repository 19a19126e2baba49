//! The JSON that `cobro suggest` and `cobro eval` read and write.

use cobro_stripe::{Currency, Money};
use serde::{Deserialize, Serialize};

use crate::catalog::{Catalog, CatalogError, Item};
use crate::conversation::{Conversation, Order, OrderLine, PastOrder, Turn};
use crate::proposal::{Decision, Evidence, Flag, Proposal};

/// A catalog file: prices in major units, as people write them.
#[derive(Debug, Clone, Deserialize)]
pub struct CatalogFile {
    pub currency: String,
    pub items: Vec<ItemFile>,
}

/// A dialog file: the messages alone, or with what the customer bought before.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum DialogFile {
    Turns(Vec<TurnFile>),
    WithHistory {
        dialog: Vec<TurnFile>,
        #[serde(default)]
        previous_orders: Vec<PastOrderFile>,
    },
}

impl DialogFile {
    /// Returns the conversation that the file describes.
    pub fn into_conversation(self) -> Conversation {
        match self {
            Self::Turns(dialog) => conversation_from_files(&dialog, &[]),
            Self::WithHistory {
                dialog,
                previous_orders,
            } => conversation_from_files(&dialog, &previous_orders),
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
pub struct ItemFile {
    pub id: String,
    pub name: String,
    pub price: serde_json::Number,
    #[serde(default)]
    pub interval: Option<String>,
    #[serde(default)]
    pub aliases: Vec<String>,
    #[serde(default = "yes")]
    pub available: bool,
}

fn yes() -> bool {
    true
}

/// One message of a dialog file.
#[derive(Debug, Clone, Deserialize)]
pub struct TurnFile {
    pub role: RoleFile,
    #[serde(default)]
    pub text: String,
    #[serde(default)]
    pub forwarded: bool,
    /// A WhatsApp cart.
    #[serde(default)]
    pub order: Option<Vec<LineFile>>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RoleFile {
    Customer,
    Shop,
}

#[derive(Debug, Clone, Deserialize)]
pub struct LineFile {
    pub id: String,
    #[serde(alias = "qty")]
    pub quantity: u32,
}

#[derive(Debug, Clone, Deserialize)]
pub struct PastOrderFile {
    pub date: String,
    pub items: Vec<LineFile>,
}

/// Why a catalog file was refused.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    #[error("currency: {0}")]
    Currency(#[source] cobro_stripe::MoneyError),
    #[error(
        "price of item {id:?}: {price} can't be written in {currency}; use at most {exponent} decimals, not below zero"
    )]
    Price {
        id: String,
        price: String,
        currency: Currency,
        exponent: u8,
    },
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

impl CatalogFile {
    /// Checks and indexes the catalog.
    pub fn into_catalog(self) -> Result<Catalog, WireError> {
        let currency = Currency::from_code(&self.currency).map_err(WireError::Currency)?;
        let items: Result<Vec<Item>, WireError> = self
            .items
            .into_iter()
            .map(|item| {
                let price = money_from_major(&item.price, currency).ok_or_else(|| WireError::Price {
                    id: item.id.clone(),
                    price: item.price.to_string(),
                    currency,
                    exponent: currency.exponent(),
                })?;
                Ok(Item {
                    id: item.id,
                    name: item.name,
                    price,
                    interval: item.interval,
                    aliases: item.aliases,
                    available: item.available,
                })
            })
            .collect();
        Ok(Catalog::new(currency, items?)?)
    }
}

/// Returns major units as money, if the currency can hold them exactly.
pub(crate) fn money_from_major(number: &serde_json::Number, currency: Currency) -> Option<Money> {
    let text = number.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let fraction = fraction.trim_end_matches('0');
    let exponent = usize::from(currency.exponent());
    if fraction.len() > exponent {
        return None;
    }
    let minor: i64 = format!("{whole}{fraction:0<exponent$}").parse().ok()?;
    Money::from_minor(minor, currency).ok()
}

/// Returns the conversation that the files describe.
pub fn conversation_from_files(dialog: &[TurnFile], past: &[PastOrderFile]) -> Conversation {
    Conversation {
        turns: dialog.iter().map(turn_from_file).collect(),
        past_orders: past
            .iter()
            .map(|order| PastOrder {
                date: order.date.clone(),
                lines: lines_from_file(&order.items),
            })
            .collect(),
        charges: Vec::new(),
    }
}

fn turn_from_file(file: &TurnFile) -> Turn {
    let mut turn = match file.role {
        RoleFile::Customer => Turn::customer(file.text.as_str()),
        RoleFile::Shop => Turn::shop(file.text.as_str()),
    };
    turn.forwarded = file.forwarded;
    turn.order = file.order.as_ref().map(|lines| Order {
        lines: lines_from_file(lines),
    });
    turn
}

fn lines_from_file(lines: &[LineFile]) -> Vec<OrderLine> {
    lines
        .iter()
        .map(|line| OrderLine {
            id: line.id.clone(),
            quantity: line.quantity,
        })
        .collect()
}

/// What `cobro suggest --json` answers. Amounts are minor units by Stripe's exponent table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    pub charge: Option<ChargeAnswer>,
    pub recap: Option<String>,
    pub reply: Option<String>,
    pub handoff: bool,
    pub flags: Vec<Flag>,
    pub evidence: Vec<Evidence>,
    pub why: String,
    pub confidence: u8,
    pub language: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChargeAnswer {
    pub items: Vec<ItemAnswer>,
    pub discount: i64,
    pub currency: String,
    pub total: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemAnswer {
    pub id: String,
    pub quantity: u32,
    /// Only where the shop gave another price than the catalog's in this chat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit_price: Option<i64>,
}

impl From<&Proposal> for Answer {
    fn from(proposal: &Proposal) -> Self {
        let mut answer = Self {
            charge: None,
            recap: None,
            reply: None,
            handoff: proposal.is_handoff(),
            flags: proposal.flags.clone(),
            evidence: proposal.evidence.clone(),
            why: proposal.sentence(),
            confidence: proposal.confidence,
            language: proposal.language.code(),
        };
        match &proposal.decision {
            Decision::Charge(charge) => {
                answer.charge = Some(ChargeAnswer {
                    items: charge
                        .lines
                        .iter()
                        .map(|line| ItemAnswer {
                            id: line.item.clone(),
                            quantity: line.quantity,
                            unit_price: line.special_price.then_some(line.unit_price.minor()),
                        })
                        .collect(),
                    discount: charge.discount.minor(),
                    currency: charge.total.currency().code().to_owned(),
                    total: charge.total.minor(),
                });
            }
            Decision::Recap(text) => answer.recap = Some(text.clone()),
            Decision::Reply(text) => answer.reply = Some(text.clone()),
            Decision::Nothing | Decision::Handoff(_) => {}
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minor(text: &str, code: &str) -> Option<i64> {
        let number: serde_json::Number = serde_json::from_str(text).unwrap();
        money_from_major(&number, Currency::from_code(code).unwrap()).map(Money::minor)
    }

    #[test]
    fn major_units_become_minor_by_stripes_table() {
        assert_eq!(minor("650", "MXN"), Some(650_00));
        assert_eq!(minor("49.9", "BRL"), Some(49_90));
        assert_eq!(minor("89000", "COP"), Some(89_000_00));
        assert_eq!(minor("38990", "CLP"), Some(38_990));
        assert_eq!(minor("1.5", "CLP"), None);
        assert_eq!(minor("-1", "MXN"), None);
        assert_eq!(minor("0.005", "MXN"), None);
    }

    #[test]
    fn a_bad_price_says_which_and_why() {
        let file: CatalogFile =
            serde_json::from_str(r#"{"currency":"CLP","items":[{"id":"a","name":"Arena","price":1.5}]}"#)
                .unwrap();
        let error = file.into_catalog().unwrap_err().to_string();
        assert!(
            error.contains("\"a\"") && error.contains("1.5") && error.contains("CLP"),
            "{error}"
        );
    }
}
