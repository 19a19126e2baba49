//! What the customer answers to what the shop offered on top.

use super::fetches;
use super::wording::is_dropped;
use crate::catalog::{Catalog, Place};
use crate::dialogue::{State, is_delivery};
use crate::order::{Level, Line};
use crate::read::Sense;
use crate::said::Said;

/// Takes or refuses what was left to the customer; whoever speaks of neither has left it open.
pub(super) fn answer_extras(state: &mut State, said: &Said, catalog: &Catalog) {
    let Some(extras) = state.extras.clone() else {
        return;
    };
    let is_taken = |state: &State| {
        let wanted = |line: &Line| {
            line.level == Level::Wanted && line.place().is_some_and(|place| extras.contains(&place))
        };
        state.lines.iter().any(wanted)
    };
    if does_it_oneself(said) && !said.has(Sense::Add) {
        // "lo armo yo": what is named is what they do.
        state
            .lines
            .retain(|line| line.place().is_none_or(|place| !extras.contains(&place)));
        state.extras = None;
        return;
    }
    if is_taken(state) || refuses(said, &extras, catalog) {
        state.extras = None;
        return;
    }
    let adds = said.all(Sense::Add).any(|hit| !said.is_negated(hit.start));
    if let ([extra], true, true) = (extras.as_slice(), adds, said.found.mentions.is_empty()) {
        state.lines.push(Line::of_place(*extra, 1, state.round));
        state.extras = None;
    }
}

/// "no, gracias", "paso por ellas", "solo el servicio", "sin el envío".
fn refuses(said: &Said, extras: &[Place], catalog: &Catalog) -> bool {
    let drops = said.found.mentions.iter().any(|mention| {
        let of_them = mention.places.iter().any(|place| extras.contains(place));
        of_them && is_dropped(said, mention)
    });
    let says_no = said.all(Sense::No).any(|hit| {
        let opens = said.clause(hit.start).0 == hit.start;
        opens
            && !matches!(
                said.text(hit.end),
                "hay" | "problem" | "problema" | "worries" | "tem" | "pasa"
            )
    });
    // "just send the link" refuses nothing.
    let only = said.all(Sense::Only).any(|hit| {
        let of_link = said.within((hit.start, hit.end + 4), Sense::Pay);
        said.tokens.get(hit.end).is_some() && !of_link
    }) && !said.has(Sense::Done);
    let fetched = extras.iter().all(|place| is_delivery(catalog, *place)) && fetches(said);
    drops || says_no || only || fetched
}

/// "lo armo yo", "we'll bring ours", and not "yo lo quiero con envío".
fn does_it_oneself(said: &Said) -> bool {
    said.tokens.iter().enumerate().any(|(at, token)| {
        let clause = said.clause(at);
        let wants = [Sense::Want, Sense::Accept, Sense::Deliver, Sense::Pay]
            .iter()
            .any(|sense| said.within(clause, *sense));
        let oneself = matches!(
            token.text.as_str(),
            "ours" | "myself" | "ourselves" | "yo" | "nosotros"
        );
        oneself && !wants
    })
}
