//! Tying a payment that no conversation asked for: suggested here, decided by a person, and undone by one.

use std::time::Duration;

use rusqlite::Transaction;

use crate::action::{Action, Actor, apply};
use crate::domain::{
    BookLine, ChargeId, ConversationId, ReconcileId, TieReason, TieSuggestion, Timestamp, payment_of,
};
use crate::store::ties::{self, Candidate, Payer};
use crate::store::{books, charges, conversations, payments, products};
use crate::{CoreEvent, Error, Inbox, Result, settle};

use super::reading;

/// At most so many are shown.
const MOST: usize = 4;
/// A customer who wrote within this time of the payment may be the one who paid.
const NEAR: Duration = Duration::from_hours(1);
const NOTE_LIMIT: usize = 500;

/// Returns the conversations that a payment may belong to, the likeliest first. None is ever tied by itself.
pub async fn suggestions(inbox: &Inbox, run: ReconcileId, object: String) -> Result<Vec<TieSuggestion>> {
    inbox
        .store
        .read(move |conn| {
            let run = books::find(conn, run)?.ok_or(Error::NotFound("This reading"))?;
            let line = books::line(conn, run.n, &object)?.ok_or(Error::NotFound("This payment"))?;
            let payer = ties::payer(conn, run.n, &line)?;
            let candidates = ties::candidates(conn, &payer, NEAR)?;
            Ok(ranked(candidates, &payer))
        })
        .await
}

/// Ties a payment to a conversation: to one of its charges, or as a note of its own. Nothing is sent.
pub async fn tie(
    inbox: &Inbox,
    run: ReconcileId,
    object: String,
    conversation: ConversationId,
    charge: Option<ChargeId>,
) -> Result<()> {
    let line = line_of(inbox, run, &object).await?;
    let intent = line.payment_intent.clone().ok_or_else(|| {
        Error::Conflict(
            "This payment was made without a payment intent, so it can't be tied. Note what it is instead"
                .into(),
        )
    })?;
    // Stripe's own object decides what is written, not the list that it stood on.
    let stripe = inbox.require_stripe()?.clone();
    settle::read_now(inbox, &stripe, &intent).await?;
    let tied = inbox
        .store
        .write(move |tx| {
            let action = Action::TiePayment {
                payment_intent: intent,
                conversation,
                charge,
                description: line.description.unwrap_or_default(),
            };
            apply(tx, Actor::Person, &action, Timestamp::now())
        })
        .await?;
    if !tied {
        return Err(Error::Conflict(
            "This payment belongs to a charge already. Read the account again to see it".into(),
        ));
    }
    changed(inbox, run, conversation).await
}

/// Takes a tie back. A charge that was made for it goes; another one waits for its money
/// again, and a link that was switched off meanwhile stays off.
pub async fn untie(inbox: &Inbox, run: ReconcileId, payment_intent: String) -> Result<()> {
    let conversation = inbox
        .store
        .write(move |tx| {
            let tie = ties::find(tx, &payment_intent)?
                .ok_or_else(|| Error::Conflict("This payment is not tied. Look at the list again".into()))?;
            let conversation = charges::get(tx, tie.charge)?.conversation;
            apply(
                tx,
                Actor::Person,
                &Action::UntiePayment { payment_intent },
                Timestamp::now(),
            )?;
            Ok(conversation)
        })
        .await?;
    changed(inbox, run, conversation).await
}

/// Keeps what a person says of an exception, so that it needs nobody any more; `None` takes it back.
pub async fn note(inbox: &Inbox, object: String, note: Option<String>) -> Result<()> {
    let note = note
        .map(|note| note.trim().to_owned())
        .filter(|note| !note.is_empty());
    if note
        .as_ref()
        .is_some_and(|note| note.chars().count() > NOTE_LIMIT)
    {
        return Err(Error::Invalid(format!(
            "The note is longer than {NOTE_LIMIT} characters. Shorten it"
        )));
    }
    inbox
        .store
        .write(move |tx| {
            apply(
                tx,
                Actor::Person,
                &Action::NoteException { object, note },
                Timestamp::now(),
            )
        })
        .await?;
    inbox.emit(CoreEvent::ReconcileChanged);
    Ok(())
}

async fn line_of(inbox: &Inbox, run: ReconcileId, object: &str) -> Result<BookLine> {
    let object = object.to_owned();
    inbox
        .store
        .read(move |conn| {
            let run = books::find(conn, run)?.ok_or(Error::NotFound("This reading"))?;
            books::line(conn, run.n, &object)?.ok_or(Error::NotFound("This payment"))
        })
        .await
}

/// Judges the reading again, since one of its payments has another owner, and tells.
async fn changed(inbox: &Inbox, run: ReconcileId, conversation: ConversationId) -> Result<()> {
    let run = inbox
        .store
        .read(move |conn| books::find(conn, run)?.ok_or(Error::NotFound("This reading")))
        .await?;
    reading::judge(inbox, &run).await?;
    inbox.charges.notify_one();
    inbox.emit(CoreEvent::ConversationChanged { conversation });
    inbox.emit(CoreEvent::ReconcileChanged);
    inbox.emit(CoreEvent::StatusChanged);
    Ok(())
}

/// Ties in the caller's transaction. Returns whether the payment was free.
pub(crate) fn tie_in(
    tx: &Transaction<'_>,
    intent: &str,
    conversation: ConversationId,
    charge: Option<ChargeId>,
    description: &str,
    now: Timestamp,
) -> Result<bool> {
    let payment = payments::find(tx, intent)?.ok_or(Error::NotFound("This payment"))?;
    if payment.charge.is_some() {
        return Ok(false);
    }
    if let Some(id) = charge {
        let known = charges::get(tx, id)?;
        if known.conversation != conversation || known.livemode != payment.livemode {
            return Err(Error::Conflict(
                "That charge is not of this conversation, or of the other mode. Choose another".into(),
            ));
        }
    } else {
        conversations::row(tx, conversation)?;
    }
    let made = charge.is_none();
    let id = charge.unwrap_or_else(ChargeId::new);
    if made {
        ties::add_charge(
            tx,
            id,
            conversation,
            payment.amount,
            description,
            payment.livemode,
            now,
        )?;
    }
    ties::add(tx, intent, id, made, now)?;
    let (paid, is_first) = rederive(tx, id, now)?;
    if paid {
        // What was paid elsewhere must not be paid here as well.
        let single_use = charges::facts(tx, id)?.single_use;
        if !made && single_use {
            charges::ask_to_close(tx, id, crate::domain::Closing::Cancel, now)?;
        }
        charges::begin_fulfilment(tx, id, now)?;
        if is_first || !single_use {
            products::sell(tx, id, intent, now)?;
        }
    }
    Ok(true)
}

/// Unties in the caller's transaction. Returns whether there was a tie.
pub(crate) fn untie_in(tx: &Transaction<'_>, intent: &str, now: Timestamp) -> Result<bool> {
    let Some(tie) = ties::find(tx, intent)? else {
        return Ok(false);
    };
    ties::remove(tx, intent)?;
    products::unsell(tx, tie.charge, intent)?;
    if tie.made {
        ties::remove_charge(tx, tie.charge)?;
    } else {
        let before = charges::get(tx, tie.charge)?;
        ties::unpay(tx, tie.charge)?;
        if rederive(tx, tie.charge, now)?.0 {
            // Its other payments still pay for it: its order is where it was.
            ties::keep_order(tx, tie.charge, before.fulfilment, before.fulfilment_at)?;
            charges::begin_fulfilment(tx, tie.charge, now)?;
        }
    }
    Ok(true)
}

/// Returns whether money has come for the charge, and whether this is the first time it is paid.
fn rederive(tx: &Transaction<'_>, id: ChargeId, now: Timestamp) -> Result<(bool, bool)> {
    let payment = payment_of(charges::facts(tx, id)?, &payments::of_charge(tx, id)?);
    let is_first = charges::set_payment(tx, id, payment, now)?;
    Ok((payment.is_settled(), is_first))
}

fn ranked(candidates: Vec<Candidate>, payer: &Payer) -> Vec<TieSuggestion> {
    let mut scored: Vec<(u32, TieSuggestion)> = candidates
        .into_iter()
        .map(|candidate| {
            let reasons = reasons_of(&candidate, payer);
            let score = reasons.iter().map(|reason| weight(*reason)).sum();
            let suggestion = TieSuggestion {
                conversation: candidate.conversation,
                name: candidate.name,
                charge: candidate.charge,
                reasons,
            };
            (score, suggestion)
        })
        .filter(|(score, _)| *score >= weight(TieReason::Name))
        .collect();
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    scored
        .into_iter()
        .map(|(_, suggestion)| suggestion)
        .take(MOST)
        .collect()
}

fn reasons_of(candidate: &Candidate, payer: &Payer) -> Vec<TieReason> {
    let named = payer
        .name
        .as_deref()
        .is_some_and(|name| is_same_name(name, &candidate.name));
    [
        (candidate.phone, TieReason::Phone),
        (candidate.email, TieReason::Email),
        (candidate.charge.is_some(), TieReason::Amount),
        (named, TieReason::Name),
        (candidate.near, TieReason::Time),
    ]
    .into_iter()
    .filter_map(|(holds, reason)| holds.then_some(reason))
    .collect()
}

fn weight(reason: TieReason) -> u32 {
    match reason {
        TieReason::Phone => 60,
        TieReason::Email => 50,
        TieReason::Amount => 30,
        TieReason::Name => 20,
        TieReason::Time => 10,
    }
}

/// Returns whether two names share their first word, and the last where both have more than one.
fn is_same_name(one: &str, other: &str) -> bool {
    let words = |name: &str| -> Vec<String> { name.split_whitespace().map(str::to_lowercase).collect() };
    let (one, other) = (words(one), words(other));
    let firsts = !one.is_empty() && one.first() == other.first();
    firsts && (one.len() == 1 || other.len() == 1 || one.last() == other.last())
}

#[cfg(test)]
mod tests {
    use super::is_same_name;

    #[test]
    fn names_match_by_their_first_and_last_words() {
        assert!(is_same_name("Ana Souza", "ana souza"));
        assert!(is_same_name("Ana", "Ana Souza"));
        assert!(is_same_name("Ana Maria Souza", "Ana Souza"));
        assert!(!is_same_name("Ana Souza", "Ana Lima"));
        assert!(!is_same_name("", "Ana"));
    }
}
