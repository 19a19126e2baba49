//! What stands beside an agreement and is not understood.

use crate::read::Sense;
use crate::said::Said;

/// Two words that nobody can place may be a doubt.
const ENOUGH: usize = 2;

/// What an agreement may come with: none of it takes the agreement back.
const HARMLESS: &[Sense] = &[
    Sense::Pay,
    Sense::Accept,
    Sense::Thanks,
    Sense::Deliver,
    Sense::Pickup,
    Sense::AsksPlace,
    Sense::AsksHours,
    Sense::AsksPayment,
    Sense::AsksDelivery,
    Sense::Laugh,
    Sense::Polite,
    Sense::Done,
    Sense::Both,
    Sense::Detail,
];

/// Returns whether a part of the message from `from` on says something that no rule knows.
///
/// Doubts have no end of words; what people add to a yes has: thanks, names, places, times.
pub(crate) fn is_left(said: &Said, from: usize) -> bool {
    said.tokens
        .get(from..)
        .unwrap_or_default()
        .split_inclusive(|token| token.divides())
        .scan(from, |start, part| {
            let span = (*start, *start + part.len());
            *start = span.1;
            Some(span)
        })
        .any(|span| {
            let enough = if says_no(said, span) { 1 } else { ENOUGH };
            !is_harmless(said, span) && unplaced(said, span) >= enough
        })
}

fn says_no(said: &Said, (start, end): (usize, usize)) -> bool {
    said.all(Sense::No)
        .any(|hit| hit.start >= start && hit.start < end)
}

fn is_harmless(said: &Said, (start, end): (usize, usize)) -> bool {
    let overlaps = |from: usize, to: usize| from < end && to > start;
    let known = said.hits.iter().any(|hit| {
        HARMLESS.contains(&hit.sense)
            && overlaps(hit.start, hit.end)
            && (hit.sense != Sense::Pickup || (hit.start..hit.end).any(|at| fetches(said.text(at))))
                // \"the\" alone is no \"the two\".
                && (hit.sense != Sense::Both || hit.end - hit.start > 1)
    });
    let goods = said
        .found
        .mentions
        .iter()
        .any(|mention| overlaps(mention.start, mention.end));
    known || goods
}

/// "voy" alone may go anywhere.
fn fetches(word: &str) -> bool {
    word == "por"
        || [
            "recog", "recoj", "busc", "retir", "peg", "pick", "collect", "swing", "pasar", "passar",
        ]
        .iter()
        .any(|root| word.starts_with(root))
}

/// How the link is paid, or that it does not matter.
fn pays_by(word: &str) -> bool {
    matches!(
        word,
        "nequi"
            | "daviplata"
            | "bancolombia"
            | "yape"
            | "plin"
            | "mercadopago"
            | "mercado"
            | "mp"
            | "oxxo"
            | "spei"
            | "pix"
            | "paypal"
            | "bizum"
            | "zelle"
            | "venmo"
            | "revolut"
            | "monzo"
            | "stripe"
            | "banco"
            | "app"
            | "visa"
            | "mastercard"
            | "amex"
            | "sea"
            | "seja"
            | "whatever"
            | "primer"
            | "primera"
            | "primeiro"
            | "primeira"
            | "first"
            | "que"
            | "lo"
    )
}

fn unplaced(said: &Said, (start, end): (usize, usize)) -> usize {
    (start..end)
        .filter(|at| {
            said.tokens.get(*at).is_some_and(|token| {
                token.is_word()
                    && !token.quoted
                    && !token.text.starts_with(':')
                    && !crate::vocabulary::is_stop(&token.text)
                    && !crate::vocabulary::is_vocative(&token.text)
                    && !pays_by(&token.text)
                    && !said
                        .hits
                        .iter()
                        .any(|hit| hit.sense == Sense::Yes && hit.start <= *at && *at < hit.end)
            })
        })
        .count()
}
