//! A payment of a part: a deposit that the catalog has not, or less than the order comes to.

use super::{Handoff, because, is_a_date, wants};
use crate::decide::Desk;
use crate::grant::readings;
use crate::price::priced;
use crate::proposal::{HandoffReason, Why};
use crate::read::Sense;
use crate::said::Said;

/// Returns why a person is called by the last messages that are about paying a part, which no item of the catalog is for.
pub(super) fn asked_for(desk: &Desk<'_>) -> Option<Handoff> {
    let sells_deposits = !desk.catalog.index.with_head("~deposit").is_empty();
    let total = priced(desk).ok().map(|charge| charge.total.minor());
    let deposits = desk.turns_where(|said| !sells_deposits && asks_for_a_deposit(said));
    let parts = desk.turns_where(|said| {
        total.is_some_and(|total| pays_less(said, desk, total)) || wants(said, Sense::Part)
    });
    because(HandoffReason::Deposit, Why::Deposit, deposits)
        .or_else(|| because(HandoffReason::PartPayment, Why::PaysPart, parts))
}

/// "te abono hoy 200", "mándame para depositar 300": an amount beside a word of paying, and less than all of it.
fn pays_less(said: &Said, desk: &Desk<'_>, total: i64) -> bool {
    said.amounts().any(|(at, number, _)| {
        let minors = readings(desk.catalog, number);
        let is_less = !minors.is_empty() && minors.iter().all(|minor| *minor != total);
        let is_known = minors.iter().any(|minor| desk.state.shop_amounts.contains(minor));
        let (start, end) = said.clause(at);
        let beside = (at.saturating_sub(3).max(start)..(at + 3).min(end)).filter(|word| *word != at);
        let in_parts = (start..end).any(|word| said.text(word).starts_with("abon"));
        let mut mentions = said.found.mentions.iter();
        let is_of_goods = mentions.any(|mention| mention.start <= at && at < mention.end);
        let mut beside = beside.map(|word| said.text(word));
        let is_paid = beside.any(is_paying);
        let is_counted = number.as_whole().is_some_and(|whole| whole <= 12);
        is_less && !is_of_goods && !is_a_date(said, at) && (in_parts || is_paid && !is_known && !is_counted)
    })
}

fn is_paying(word: &str) -> bool {
    let by_others = matches!(word, "pagan" | "pagam" | "paguen" | "depositan" | "depositen");
    let pays = ["deposit", "transfer", "transfir", "pag"]
        .iter()
        .any(|root| word.starts_with(root));
    pays && !by_others
        || matches!(
            word,
            "pay" | "paying" | "send" | "mando" | "cobra" | "cobrame" | "charge" | "take"
        )
}

/// "cobra el anticipo", "vocês cobram a entrada?", "cobran la reserva?".
fn asks_for_a_deposit(said: &Said) -> bool {
    (0..said.tokens.len()).any(|at| {
        let (start, end) = said.clause(at);
        let mut words = (start..end).map(|word| said.text(word));
        let is_deposit = matches!(
            said.text(at),
            "anticipo"
                | "anticipos"
                | "adelanto"
                | "enganche"
                | "sena"
                | "sinal"
                | "entrada"
                | "reserva"
                | "deposit"
                | "retainer"
        );
        let named = said
            .found
            .mentions
            .iter()
            .any(|mention| mention.start <= at && at < mention.end);
        let asks = ["cobr", "charg", "mand", "envi", "pas", "link", "liga"];
        let is_paid = words.any(|word| is_paying(word) || asks.iter().any(|root| word.starts_with(root)));
        is_deposit && !named && is_paid
    })
}
