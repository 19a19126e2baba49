//! What a model answered, checked against every rule before anything of it is used.

use std::collections::HashSet;

use serde::Deserialize;

use crate::filter::{Unfit, fit_to_send};
use crate::question::Question;

/// More of one item than this is no order that a model may read out of a chat.
const MOST: u32 = 1000;
const LONGEST_REPLY: usize = 1000;

/// An answer that broke no rule. It is still only an opinion.
#[derive(Clone, PartialEq, Eq)]
pub struct Opinion {
    /// Whether the customer agreed, as the model reads it.
    pub charge: bool,
    /// The caller's own ids.
    pub items: Vec<(String, u32)>,
    pub discount: Option<String>,
    /// `None` where it said nothing.
    pub reply: Option<String>,
}

/// Words meant for a customer stay out of logs.
impl std::fmt::Debug for Opinion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opinion")
            .field("charge", &self.charge)
            .field("items", &self.items)
            .finish_non_exhaustive()
    }
}

/// Which rule an answer broke.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("It was not the one JSON object that was asked for")]
    NoJson,
    #[error("It named something that a model may not say, such as a price")]
    OtherField,
    #[error("It picked an item that was not offered")]
    UnknownItem,
    #[error("It picked an item twice")]
    SameItem,
    #[error("It picked a quantity that can't be")]
    Quantity,
    #[error("It gave a discount that the owner's rules do not have")]
    UnknownDiscount,
    #[error("It said to charge, and for what it did not say")]
    NothingToCharge,
    #[error("Its reply was too long")]
    LongReply,
    #[error("Its reply {0}")]
    Reply(Unfit),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    charge: bool,
    items: Vec<Picked>,
    discount: Option<String>,
    reply: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Picked {
    id: String,
    quantity: u32,
}

/// Checks an answer. One broken rule refuses all of it.
pub fn check(text: &str, question: &Question) -> Result<Opinion, Refusal> {
    let answer = parsed(text)?;
    let mut items = Vec::with_capacity(answer.items.len());
    let mut seen = HashSet::new();
    for Picked { id, quantity } in answer.items {
        let nth = (0..question.items.len()).find(|nth| Question::short_id(*nth) == id);
        let item = nth
            .and_then(|nth| question.items.get(nth))
            .ok_or(Refusal::UnknownItem)?;
        if !(1..=MOST).contains(&quantity) {
            return Err(Refusal::Quantity);
        }
        if !seen.insert(id) {
            return Err(Refusal::SameItem);
        }
        items.push((item.id.clone(), quantity));
    }
    if answer.charge && items.is_empty() {
        return Err(Refusal::NothingToCharge);
    }
    let discount = match answer.discount.filter(|id| !id.is_empty()) {
        None => None,
        Some(id) => {
            let nth = (0..question.discounts.len()).find(|nth| Question::short_discount(*nth) == id);
            let known = nth.and_then(|nth| question.discounts.get(nth));
            Some(known.ok_or(Refusal::UnknownDiscount)?.id.clone())
        }
    };
    Ok(Opinion {
        charge: answer.charge,
        items,
        discount,
        reply: checked_reply(answer.reply)?,
    })
}

fn parsed(text: &str) -> Result<Answer, Refusal> {
    let text = without_fence(text);
    serde_json::from_str(text).map_err(|error| {
        if error.is_data() && error.to_string().starts_with("unknown field") {
            Refusal::OtherField
        } else if error.is_data() && error.to_string().contains("u32") {
            Refusal::Quantity
        } else {
            Refusal::NoJson
        }
    })
}

/// Some models put their JSON between fences, whatever they are told.
fn without_fence(text: &str) -> &str {
    let text = text.trim();
    let inner = text
        .strip_prefix("```json")
        .or_else(|| text.strip_prefix("```"))
        .and_then(|text| text.strip_suffix("```"));
    inner.unwrap_or(text).trim()
}

fn checked_reply(reply: Option<String>) -> Result<Option<String>, Refusal> {
    let Some(reply) = reply
        .map(|reply| reply.trim().to_owned())
        .filter(|reply| !reply.is_empty())
    else {
        return Ok(None);
    };
    if reply.chars().count() > LONGEST_REPLY {
        return Err(Refusal::LongReply);
    }
    fit_to_send(&reply).map_err(Refusal::Reply)?;
    Ok(Some(reply))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::Offered;
    use proptest::prelude::*;

    fn question() -> Question {
        let offered = |id: &str| Offered {
            id: id.to_owned(),
            name: id.to_owned(),
        };
        Question {
            items: vec![offered("cake"), offered("candle")],
            discounts: vec![offered("ten")],
            ..Question::default()
        }
    }

    fn refused(text: &str) -> Refusal {
        check(text, &question()).unwrap_err()
    }

    #[test]
    fn an_answer_that_keeps_the_rules_is_an_opinion() {
        let text = "```json\n{\"charge\": true, \"items\": [{\"id\": \"i1\", \"quantity\": 2}], \"discount\": \"d0\", \"reply\": \"¡Va!\"}\n```";
        let opinion = check(text, &question()).unwrap();
        assert!(opinion.charge);
        assert_eq!(opinion.items, [("candle".to_owned(), 2)]);
        assert_eq!(opinion.discount.as_deref(), Some("ten"));
        assert_eq!(opinion.reply.as_deref(), Some("¡Va!"));
    }

    #[test]
    fn one_broken_rule_refuses_all_of_it() {
        let with = |items: &str, rest: &str| {
            format!(r#"{{"charge": true, "items": {items}, "discount": null, {rest}}}"#)
        };
        let one = r#"[{"id": "i0", "quantity": 1}]"#;
        assert_eq!(refused("sure!"), Refusal::NoJson);
        assert_eq!(
            refused(&with(one, r#""reply": "", "total": 1"#)),
            Refusal::OtherField
        );
        let priced = r#"[{"id": "i0", "quantity": 1, "price": 1}]"#;
        assert_eq!(refused(&with(priced, r#""reply": """#)), Refusal::OtherField);
        assert_eq!(
            refused(&with(r#"[{"id": "i9", "quantity": 1}]"#, r#""reply": """#)),
            Refusal::UnknownItem
        );
        assert_eq!(
            refused(&with(r#"[{"id": "i0", "quantity": 0}]"#, r#""reply": """#)),
            Refusal::Quantity
        );
        assert_eq!(
            refused(&with(r#"[{"id": "i0", "quantity": -1}]"#, r#""reply": """#)),
            Refusal::Quantity
        );
        let twice = r#"[{"id": "i0", "quantity": 1}, {"id": "i0", "quantity": 2}]"#;
        assert_eq!(refused(&with(twice, r#""reply": """#)), Refusal::SameItem);
        assert_eq!(refused(&with("[]", r#""reply": """#)), Refusal::NothingToCharge);
        let given = r#"{"charge": false, "items": [], "discount": "d7", "reply": ""}"#;
        assert_eq!(refused(given), Refusal::UnknownDiscount);
        let link = with(one, r#""reply": "paga en https://evil.test/x""#);
        assert_eq!(refused(&link), Refusal::Reply(Unfit::Link));
    }

    proptest! {
        #[test]
        fn whatever_it_answers_nothing_breaks_and_nothing_unknown_comes_through(text in ".{0,400}") {
            if let Ok(opinion) = check(&text, &question()) {
                prop_assert!(opinion.items.iter().all(|(id, _)| id == "cake" || id == "candle"));
            }
        }
    }
}
