//! The parts of a script, as written in its file. All times are in milliseconds.

use std::collections::BTreeSet;

use anyhow::{Context, ensure};
use rand::RngExt;
use rand::rngs::StdRng;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::whatsapp::inbound;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cast {
    pub(super) customers: Vec<Part>,
}

/// One customer: who they are, what they say, and how they pay.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    pub(super) name: String,
    pub(super) phone: String,
    /// The shop sees this and a user id, but no phone.
    pub(super) username: Option<String>,
    /// When the first line is said, after the shop can be reached.
    pub(super) begins: Span,
    pub(super) opening: Vec<Line>,
    /// What is said to a message with one of these words in it; each is used once.
    #[serde(default)]
    pub(super) answers: Vec<Answer>,
    /// What is said to other messages, in this order, each once.
    #[serde(default)]
    pub(super) otherwise: Vec<String>,
    pub(super) pays: Pays,
    /// The emoji put on the shop's first message, if any.
    pub(super) reacts: Option<String>,
    /// What is said when the shop writes again after the payment, once.
    pub(super) farewell: Option<String>,
    /// What is said now and then.
    #[serde(default)]
    pub(super) later: Vec<Line>,
}

/// Something said or sent, `after` the line before it: one of the kinds.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    pub(super) after: Span,
    text: Option<String>,
    file: Option<SentFile>,
    /// As WhatsApp writes it.
    location: Option<Value>,
    /// A cart: `product`, `quantity`, `price`, `currency`.
    order: Option<Vec<Value>>,
}

/// One of the sandbox's own files.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SentFile {
    pub(super) sample: String,
    pub(super) caption: Option<String>,
}

/// What a line says or sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    Text(String),
    File(SentFile),
    /// A message as it stands in the webhook.
    Content(Map<String, Value>),
}

impl Line {
    /// Returns what is said, or `None` if it is not exactly one thing.
    pub(super) fn said(&self) -> Option<Said> {
        let Self {
            text,
            file,
            location,
            order,
            ..
        } = self.clone();
        Some(match (text, file, location, order) {
            (Some(text), None, None, None) => Said::Text(text),
            (None, Some(file), None, None) => Said::File(file),
            (None, None, Some(location), None) => {
                Said::Content(inbound::object(json!({"type": "location", "location": location})))
            }
            (None, None, None, Some(items)) => Said::Content(inbound::order(&items, "")),
            _ => return None,
        })
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Answer {
    /// Lower case.
    pub(super) to: Vec<String>,
    pub(super) text: String,
}

/// What happens when a pay link arrives.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pays {
    /// How long it takes to open the link.
    pub(super) after: Span,
    /// The means tried one after the other, the last again and again. Empty: opens it and does not pay.
    pub(super) with: Vec<Means>,
    /// How long a voucher waits until it is paid at the store.
    #[serde(default)]
    pub(super) voucher_after: Span,
    #[serde(default)]
    pub(super) says: Says,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum Means {
    Card(String),
    Oxxo,
}

/// What is said about the payment; silence where nothing is written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Says {
    pub(super) paid: Option<String>,
    pub(super) declined: Option<String>,
    pub(super) voucher: Option<String>,
    pub(super) voucher_paid: Option<String>,
    pub(super) excuse: Option<String>,
    pub(super) dead: Option<String>,
}

/// Least and most.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "(u32, u32)")]
pub(super) struct Span {
    least: u32,
    most: u32,
}

impl From<(u32, u32)> for Span {
    fn from((least, most): (u32, u32)) -> Self {
        Self {
            least,
            most: most.max(least),
        }
    }
}

impl Span {
    pub(super) const fn new(least: u32, most: u32) -> Self {
        Self { least, most }
    }

    pub(super) fn pick(self, dice: &mut StdRng) -> i64 {
        i64::from(dice.random_range(self.least..=self.most))
    }
}

impl Cast {
    pub(super) fn read(text: &str) -> anyhow::Result<Self> {
        let cast: Self =
            serde_json::from_str(text).context("A script is JSON: docs/sandbox.md shows its form")?;
        let phones: BTreeSet<&str> = cast.customers.iter().map(|part| part.phone.as_str()).collect();
        let mut lines = cast
            .customers
            .iter()
            .flat_map(|part| part.opening.iter().chain(&part.later));
        ensure!(
            lines.all(|line| line.said().is_some()),
            "A line of the script must have one of 'text', 'file', 'location' and 'order'"
        );
        ensure!(
            phones.len() == cast.customers.len(),
            "Two customers of the script have the same phone"
        );
        Ok(cast)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shop_has_customers_of_every_kind() {
        let cast = Cast::read(super::super::SHOP).unwrap();
        let has = |like: &dyn Fn(&Part) -> bool| cast.customers.iter().any(like);
        assert!(cast.customers.len() >= 5);
        assert!(has(&|part| part.pays.with.is_empty()));
        assert!(has(&|part| part.pays.with.contains(&Means::Oxxo)));
        assert!(has(
            &|part| part.pays.with.first() == Some(&Means::Card("4000000000000002".to_owned()))
        ));
        assert!(has(&|part| part.username.is_some()));
        assert!(has(&|part| part.reacts.is_some()));
        let says = |like: &dyn Fn(Said) -> bool| {
            let lines = cast
                .customers
                .iter()
                .flat_map(|part| part.opening.iter().chain(&part.later));
            lines.filter_map(Line::said).any(like)
        };
        for sample in ["photo", "voice", "sticker"] {
            assert!(
                says(&|said| matches!(said, Said::File(file) if file.sample == sample)),
                "{sample}"
            );
        }
        for kind in ["location", "order"] {
            assert!(
                says(&|said| matches!(said, Said::Content(content) if content["type"] == kind)),
                "{kind}"
            );
        }
        for words in cast
            .customers
            .iter()
            .flat_map(|part| &part.answers)
            .flat_map(|answer| &answer.to)
        {
            assert_eq!(*words, words.to_lowercase());
        }
    }
}
