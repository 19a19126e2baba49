//! What stands beside an agreement and is not understood.

use crate::read::{Sense, Token};
use crate::said::Said;

/// Two words that nobody can place may be a doubt.
const ENOUGH: usize = 2;

/// So many words beside an understood phrase are no longer part of it.
const TOO_MUCH: usize = 3;

/// So many words that nobody can place are no talk that leads up to a yes.
const MOSTLY: usize = 4;

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
    Sense::Same,
    Sense::SameLast,
];

/// Returns whether a part of the message from `from` on says something that no rule knows.
///
/// Doubts have no end of words; what people add to a yes has: thanks, names, places, times.
pub(crate) fn is_left(said: &Said, from: usize) -> bool {
    parts(said, from).any(|span| {
        let enough = if says_no(said, span) { 1 } else { ENOUGH };
        if is_harmless(said, span) {
            uncovered(said, span) >= TOO_MUCH
        } else {
            !is_address(said, span) && unplaced(said, span) >= enough
        }
    })
}

/// Returns whether a part of the message, wherever it stands, is mostly words that no rule knows.
///
/// What stands before a yes is often the talk it closes: more of it is let through than behind it.
pub(crate) fn is_mostly_unknown(said: &Said) -> bool {
    parts(said, 0).any(|span| !is_harmless(said, span) && unplaced(said, span) >= MOSTLY)
}

/// Returns whether the words between are about something that no rule knows: "did you see our new scents on Instagram".
pub(crate) fn is_about_unknown(said: &Said, span: (usize, usize)) -> bool {
    let of_the_order = |at: usize| {
        [
            "pag", "cobr", "pedid", "link", "order", "charg", "invoic", "armo", "ring", "lock", "book",
            "reserv", "hold",
        ]
        .iter()
        .any(|root| said.text(at).starts_with(root))
    };
    !(span.0..span.1).any(of_the_order) && uncovered(said, span) >= TOO_MUCH
}

/// Returns the message's clauses from `from` on as token spans.
fn parts(said: &Said, from: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
    said.tokens
        .get(from..)
        .unwrap_or_default()
        .split_inclusive(|token| token.divides())
        .scan(from, |start, part| {
            let span = (*start, *start + part.len());
            *start = span.1;
            Some(span)
        })
}

/// "minha filha", "hermana": whom the words go to, and nothing else.
fn is_address(said: &Said, (start, end): (usize, usize)) -> bool {
    let mut words = (start..end).filter(|at| said.tokens.get(*at).is_some_and(Token::is_word));
    words.all(|at| {
        let word = said.text(at);
        crate::vocabulary::is_stop(word)
            || crate::vocabulary::is_vocative(word)
            || crate::vocabulary::is_person(word)
            || matches!(word, "minha" | "meu" | "mia" | "mio" | "my" | "nossa")
    })
}

/// Counts the words of a part that stand in no phrase and name no goods.
fn uncovered(said: &Said, (start, end): (usize, usize)) -> usize {
    (start..end)
        .filter(|at| {
            let in_phrase = said.hits.iter().any(|hit| hit.start <= *at && *at < hit.end);
            let in_name = said
                .found
                .mentions
                .iter()
                .any(|mention| mention.start <= *at && *at < mention.end);
            !in_phrase && !in_name && is_unplaced(said, *at)
        })
        .count()
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
            && (hit.sense != Sense::Polite || !wonders(said.text(hit.start)))
            && (hit.sense != Sense::Pickup || (hit.start..hit.end).any(|at| fetches(said.text(at))))
                // "the" alone is no "the two".
                && (hit.sense != Sense::Both || hit.end - hit.start > 1)
    });
    let goods = said
        .found
        .mentions
        .iter()
        .any(|mention| overlaps(mention.start, mention.end));
    known || goods
}

/// "let me know if it goes on sale", "a ver si": what follows is not said yet.
fn wonders(word: &str) -> bool {
    [
        "ver",
        "saber",
        "veja",
        "see",
        "know",
        "wondering",
        "checar",
        "pregunt",
        "pergunt",
    ]
    .iter()
    .any(|root| word.starts_with(root))
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

/// What stands beside a card's number, where somebody wrote one.
fn is_on_a_card(word: &str) -> bool {
    matches!(
        word,
        "val"
            | "valid"
            | "validade"
            | "vence"
            | "venc"
            | "vto"
            | "exp"
            | "expires"
            | "cvv"
            | "cvc"
            | "cod"
            | "codigo"
            | "code"
    )
}

fn unplaced(said: &Said, (start, end): (usize, usize)) -> usize {
    (start..end).filter(|at| is_unplaced(said, *at)).count()
}

fn is_unplaced(said: &Said, at: usize) -> bool {
    said.tokens.get(at).is_some_and(|token| {
        token.is_word()
            && !token.quoted
            && !token.text.starts_with(':')
            && !crate::vocabulary::is_stop(&token.text)
            && !crate::vocabulary::is_vocative(&token.text)
            && !pays_by(&token.text)
            && !(said.card && is_on_a_card(&token.text))
            && !said
                .hits
                .iter()
                .any(|hit| hit.sense == Sense::Yes && hit.start <= at && at < hit.end)
    })
}
