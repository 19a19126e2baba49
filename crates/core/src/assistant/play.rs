//! The playground: what would have been proposed after each message of a pasted conversation.

use cobro_assistant::{Conversation, Decision, Role, Step, Turn, trace};

use super::read::rules_of;
use super::shelf::Shelf;
use crate::domain::{PlayedLine, PlayedStep, ProposalKind};
use crate::{Error, Inbox, Result};

/// More is no chat that a person pastes.
const LINES: usize = 200;
/// What a line of the shop's begins with, in any language.
const SHOP: &[&str] = &[
    "t:",
    "tienda:",
    "loja:",
    "l:",
    "shop:",
    "s:",
    "yo:",
    "eu:",
    "me:",
    "nosotros:",
];
const CUSTOMER: &[&str] = &["c:", "cliente:", "customer:"];

/// Reads a pasted conversation, a message a line. Nothing is kept or sent.
pub async fn play(inbox: &Inbox, pasted: String) -> Result<Vec<PlayedStep>> {
    let turns = turns_of(&pasted)?;
    let shelf = inbox.shelf().await?;
    let settings = super::settings(inbox).await?;
    tokio::task::spawn_blocking(move || {
        let conversation = Conversation::of(turns);
        let steps = trace(&shelf.catalog, &conversation, &rules_of(&settings));
        steps
            .into_iter()
            .filter_map(|step| {
                let turn = conversation.turns.get(step.turn)?;
                Some(played(step, turn, &shelf))
            })
            .collect()
    })
    .await
    .map_err(|error| Error::Other(error.into()))
}

/// "Tienda: …" is the shop's; everything else the customer's.
fn turns_of(pasted: &str) -> Result<Vec<Turn>> {
    let turns: Vec<Turn> = pasted
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(turn_of)
        .collect();
    match turns.len() {
        0 => Err(Error::Invalid(
            "There is nothing to read. Write a message a line; those of the shop begin with “shop:”".into(),
        )),
        count if count > LINES => Err(Error::Invalid(format!(
            "The conversation has {count} lines; at most {LINES} are read. Shorten it"
        ))),
        _ => Ok(turns),
    }
}

fn turn_of(line: &str) -> Turn {
    let after = |names: &[&str]| {
        let lower = line.to_lowercase();
        let name = names.iter().find(|name| lower.starts_with(**name))?;
        line.get(name.len()..).map(str::trim)
    };
    match (after(SHOP), after(CUSTOMER)) {
        (Some(text), _) => Turn::shop(text),
        (None, Some(text)) => Turn::customer(text),
        (None, None) => Turn::customer(line),
    }
}

fn played(step: Step, turn: &Turn, shelf: &Shelf) -> PlayedStep {
    let name = |id: &String| {
        shelf
            .goods(id)
            .map_or_else(|| id.clone(), |goods| goods.name.clone())
    };
    let (kind, total, draft) = match step.decision {
        Decision::Charge(charge) => (Some(ProposalKind::Charge), Some(charge.total), None),
        Decision::Recap(text) => (Some(ProposalKind::Recap), None, Some(text)),
        Decision::Reply(text) => (Some(ProposalKind::Reply), None, Some(text)),
        Decision::Handoff(_) => (Some(ProposalKind::Handoff), None, None),
        Decision::Nothing => (None, None, None),
    };
    PlayedStep {
        from_me: turn.role == Role::Shop,
        text: turn.text.clone(),
        order: step
            .order
            .into_iter()
            .map(|line| PlayedLine {
                names: line.items.iter().map(name).collect(),
                quantity: line.quantity,
                wanted: line.wanted,
            })
            .collect(),
        agreed: step.agreed,
        doubt: step.doubt,
        price: step.price,
        kind,
        total,
        draft,
        why: step.why,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_the_shops_where_it_says_so() {
        let turns = turns_of("Cliente: una gelatina\n\nTienda: $180\nsí porfa").unwrap();
        let roles: Vec<Role> = turns.iter().map(|turn| turn.role).collect();
        assert_eq!(roles, [Role::Customer, Role::Shop, Role::Customer]);
        assert_eq!(turns[1].text, "$180");
        assert!(turns_of(" \n").is_err());
    }
}
