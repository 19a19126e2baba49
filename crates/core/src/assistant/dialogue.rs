//! A conversation's rows as the assistant's rules read them.

use std::time::Duration;

use cobro_assistant::{Conversation, KnownCharge, KnownState, Order, OrderLine, PastOrder, Role, Turn};
use cobro_whatsapp::{Content, OrderItem};
use rusqlite::Connection;

use super::shelf::Shelf;
use crate::Result;
use crate::domain::{ConversationId, Direction, MessageId, MessageKind, Origin, Payment, Timestamp};
use crate::store::proposals::{self, Said};

/// After such a silence a "yes" no longer answers what was said before it.
const SILENCE: Duration = Duration::from_hours(72);

/// Whoever writes so long after paying writes of something else.
const LATELY: Duration = Duration::from_hours(6);

/// What is older than the newest by so much came late.
const LATE: Duration = Duration::from_mins(5);

/// A conversation, and where each of its turns comes from.
pub(crate) struct Dialogue {
    pub(crate) conversation: Conversation,
    pub(crate) sources: Vec<Source>,
    /// The newest message's number; 0 where there is none.
    pub(crate) basis: i64,
}

/// The message behind a turn.
pub(crate) struct Source {
    /// Its number: the order of arrival.
    n: i64,
    pub(crate) message: MessageId,
    /// Nobody wrote it, such as the thanks.
    pub(crate) by_a_rule: bool,
    pub(crate) at: Timestamp,
    pub(crate) text: String,
    pub(crate) cart: Option<Vec<OrderItem>>,
}

/// Reads the conversation as far back as it is one conversation.
pub(crate) fn gather(conn: &Connection, id: ConversationId, shelf: &Shelf) -> Result<Dialogue> {
    let said = proposals::newest_words(conn, id)?;
    let basis = said.iter().map(|said| said.n).max().unwrap_or(0);
    let said = since_silence(said);
    let mut conversation = Conversation::default();
    let mut sources = Vec::with_capacity(said.len());
    for said in said.into_iter().filter(Said::is_heard) {
        let (turn, cart) = turn_of(&said, shelf);
        conversation.turns.push(turn);
        sources.push(Source {
            n: said.n,
            message: said.id,
            by_a_rule: said.origin == Origin::Automatic,
            at: said.at,
            text: said.text,
            cart,
        });
    }
    let newest = sources.last().map(|source| source.at);
    for charge in proposals::known_charges(conn, id)? {
        conversation.charges.push(KnownCharge {
            total_minor: charge.total_minor,
            state: known_state(&charge, newest),
            after_turns: turns_before(&charge, &sources),
        });
    }
    conversation.past_orders = past_orders(conn, id, shelf)?;
    Ok(Dialogue {
        conversation,
        sources,
        basis,
    })
}

/// Returns how many turns belong to the charge: all that was here before its link.
///
/// The order of arrival decides, for WhatsApp's clock and ours may differ.
fn turns_before(charge: &proposals::KnownCharge, sources: &[Source]) -> usize {
    let is_before = |source: &Source| match (charge.link, charge.payment) {
        (Some(link), _) => source.n < link,
        // It is being made for what was said until now.
        (None, Payment::Draft | Payment::NeedsApproval) => true,
        (None, _) => source.at <= charge.at,
    };
    sources.iter().rposition(is_before).map_or(0, |at| at + 1)
}

/// Returns what was said since the last long silence, oldest first.
fn since_silence(said: Vec<Said>) -> Vec<Said> {
    let mut said = in_order(said);
    let begins = said
        .windows(2)
        .rposition(|pair| match pair {
            [before, after] => after.at.since(before.at) > SILENCE,
            _ => false,
        })
        .map_or(0, |at| at + 1);
    said.split_off(begins)
}

/// Puts messages in the order in which they were written.
///
/// That of arrival decides: WhatsApp's clock knows only seconds, and is not
/// ours. What comes much later than it was written, such as the phone's
/// history, is put where its time says.
fn in_order(mut said: Vec<Said>) -> Vec<Said> {
    said.sort_by_key(|said| said.n);
    let mut newest = Timestamp::from_millis(0);
    let (mut late, mut ordered) = (Vec::new(), Vec::with_capacity(said.len()));
    for said in said {
        if newest.since(said.at) > LATE {
            late.push(said);
        } else {
            newest = newest.max(said.at);
            ordered.push(said);
        }
    }
    late.sort_by_key(|said| (said.at, said.n));
    for said in late {
        let place = ordered
            .iter()
            .position(|other: &Said| other.at > said.at)
            .unwrap_or(ordered.len());
        ordered.insert(place, said);
    }
    ordered
}

fn turn_of(said: &Said, shelf: &Shelf) -> (Turn, Option<Vec<OrderItem>>) {
    let cart = match &said.content {
        Some(Content::Order { items, .. }) if said.direction == Direction::In => Some(items.clone()),
        _ => None,
    };
    let role = match said.direction {
        Direction::In => Role::Customer,
        Direction::Out => Role::Shop,
    };
    let turn = Turn {
        role,
        text: said.text.clone(),
        forwarded: said.forwarded,
        order: cart.as_ref().map(|items| order_of(items, shelf)),
        media: matches!(
            said.kind,
            MessageKind::Image
                | MessageKind::Audio
                | MessageKind::Voice
                | MessageKind::Video
                | MessageKind::Document
        ),
    };
    (turn, cart)
}

fn order_of(items: &[OrderItem], shelf: &Shelf) -> Order {
    let lines = items
        .iter()
        .map(|item| OrderLine {
            id: shelf
                .item_of_sku(&item.product)
                .unwrap_or(item.product.as_str())
                .to_owned(),
            quantity: item.quantity,
        })
        .collect();
    Order { lines }
}

fn known_state(charge: &proposals::KnownCharge, newest: Option<Timestamp>) -> KnownState {
    let is_lately = |paid: Timestamp| newest.is_none_or(|newest| newest.since(paid) <= LATELY);
    match charge.payment {
        Payment::Paid | Payment::Overpaid if charge.paid_at.is_some_and(is_lately) => KnownState::Paid,
        // Nobody is thanked for what went back in part, or is contested.
        Payment::Paid | Payment::Overpaid | Payment::PartlyRefunded | Payment::Disputed => {
            KnownState::PaidBefore
        }
        Payment::Cancelled | Payment::Expired | Payment::Refunded => KnownState::Closed,
        Payment::Draft
        | Payment::NeedsApproval
        | Payment::Open
        | Payment::Processing
        | Payment::PartlyPaid
        | Payment::FailedAttempt
        | Payment::Unknown => KnownState::Open,
    }
}

/// Returns what the customer bought before, where the catalog still has it.
fn past_orders(conn: &Connection, id: ConversationId, shelf: &Shelf) -> Result<Vec<PastOrder>> {
    let mut orders: Vec<(String, PastOrder)> = Vec::new();
    for line in proposals::bought(conn, id)? {
        let item = shelf.item_of_line(line.product, &line.options);
        let order_line = OrderLine {
            // What the catalog no longer has makes the order one that can't be repeated.
            id: item.unwrap_or("?").to_owned(),
            quantity: line.quantity,
        };
        let charge = line.charge.to_string();
        match orders.iter_mut().find(|(known, _)| *known == charge) {
            Some((_, order)) => order.lines.push(order_line),
            None => orders.push((
                charge,
                PastOrder {
                    date: line.at.to_string(),
                    lines: vec![order_line],
                },
            )),
        }
    }
    Ok(orders.into_iter().map(|(_, order)| order).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payment_is_thanked_for_on_the_same_day_alone() {
        let paid = Timestamp::from_millis(1_764_000_000_000);
        let later = |hours: u64| {
            let millis = i64::try_from(Duration::from_hours(hours).as_millis()).unwrap();
            Timestamp::from_millis(1_764_000_000_000 + millis)
        };
        let state = |payment: Payment, newest: Option<Timestamp>| {
            let charge = proposals::KnownCharge {
                total_minor: 100_00,
                payment,
                at: paid,
                paid_at: Some(paid),
                link: None,
            };
            known_state(&charge, newest)
        };
        assert_eq!(state(Payment::Paid, None), KnownState::Paid);
        assert_eq!(state(Payment::Overpaid, Some(later(2))), KnownState::Paid);
        assert_eq!(state(Payment::Paid, Some(later(24))), KnownState::PaidBefore);
        assert_eq!(state(Payment::Disputed, Some(later(1))), KnownState::PaidBefore);
        assert_eq!(state(Payment::Refunded, Some(later(1))), KnownState::Closed);
    }
}
