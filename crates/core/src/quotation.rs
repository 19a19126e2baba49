//! Quotations: an offer that the customer accepts by a button or in words, and that one key makes a charge.

use crate::action::{Action, Actor, apply};
use crate::domain::{
    Charge, Choice, ConversationId, MessageId, NewBody, NewCharge, NewChargeLine, NewMessage, Quotation,
    QuotationId, QuotationState, Timestamp, Worked,
};
use crate::sale::{self, Asked};
use crate::store::quotations;
use crate::{CoreEvent, Error, Inbox, Result, charge, message};

/// What an offer's buttons are named by; the customer's answer brings it back.
const PREFIX: &str = "cobro-quotation:";

/// Offers a charge. The same id twice is one offer; the charge's id is kept for when it is accepted.
pub async fn offer(inbox: &Inbox, actor: Actor, id: QuotationId, new: NewCharge) -> Result<Quotation> {
    let language = inbox.language();
    let new = charge::checked(new)?;
    let conversation = new.conversation;
    let quotation = inbox
        .store
        .write(move |tx| {
            if let Some(known) = quotations::find(tx, id)? {
                return Ok(known);
            }
            let now = Timestamp::now();
            let address = message::address(tx, conversation)?;
            message::require_window(&address, now)?;
            let worked = sale::work_out(tx, language, Asked::from(&new))?;
            if worked.totals.now != new.amount {
                return Err(Error::Conflict(format!(
                    "It now comes to {}, not {}: the catalog changed meanwhile. Look at it once more",
                    worked.totals.now, new.amount
                )));
            }
            let text =
                language.quotation_message(&address.contact_name, &worked.lines, &new.terms, &worked.totals);
            let body = NewBody::Buttons {
                text,
                buttons: vec![
                    button(id, "yes", language.accept()),
                    button(id, "no", language.decline()),
                ],
            };
            let offer = NewMessage {
                id: MessageId::new(),
                conversation,
                reply_to: None,
                body,
            };
            let message = offer.id;
            let sending = message::checked_sending(tx, offer, &address)?;
            let request = as_offered(new, worked);
            quotations::add(tx, id, &request, message, now)?;
            apply(tx, actor, &Action::Send(Box::new(sending)), now)?;
            quotations::get(tx, id)
        })
        .await?;
    inbox.outbox.notify_one();
    changed(inbox, conversation);
    Ok(quotation)
}

/// Returns the charge as it was offered: what the catalog says later does not change the offer.
fn as_offered(new: NewCharge, worked: Worked) -> NewCharge {
    let lines = if new.lines.is_empty() {
        Vec::new()
    } else {
        worked.lines.into_iter().map(NewChargeLine::from).collect()
    };
    NewCharge {
        description: worked.description,
        lines,
        ..new
    }
}

/// Makes the charge of an offer. However often it is asked for, it is one charge.
pub async fn accept(inbox: &Inbox, actor: Actor, id: QuotationId) -> Result<Charge> {
    let request = inbox
        .store
        .read(move |conn| quotations::request(conn, id))
        .await?;
    let charge = charge::create(inbox, actor, request).await?;
    inbox.store.write(move |tx| quotations::charged(tx, id)).await?;
    changed(inbox, charge.conversation);
    Ok(charge)
}

/// Returns a conversation's offers, newest first.
pub async fn of_conversation(inbox: &Inbox, conversation: ConversationId) -> Result<Vec<Quotation>> {
    inbox
        .store
        .read(move |conn| quotations::of_conversation(conn, conversation))
        .await
}

/// Returns which offer a pressed button answers, and how.
pub(crate) fn answer_of(button: &str) -> Option<(QuotationId, QuotationState)> {
    let (id, word) = button.strip_prefix(PREFIX)?.rsplit_once(':')?;
    let state = match word {
        "yes" => QuotationState::Accepted,
        "no" => QuotationState::Declined,
        _ => return None,
    };
    Some((id.parse().ok()?, state))
}

fn button(id: QuotationId, word: &str, title: &str) -> Choice {
    Choice {
        id: format!("{PREFIX}{id}:{word}"),
        title: title.to_owned(),
        description: None,
    }
}

fn changed(inbox: &Inbox, conversation: ConversationId) {
    inbox.emit(CoreEvent::ConversationChanged { conversation });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_names_its_offer() {
        let id = QuotationId::new();
        assert_eq!(
            answer_of(&button(id, "yes", "Sí").id),
            Some((id, QuotationState::Accepted))
        );
        assert_eq!(
            answer_of(&button(id, "no", "No").id),
            Some((id, QuotationState::Declined))
        );
        for other in ["", "yes", "cobro-quotation:x:yes", "cobro-quotation:"] {
            assert_eq!(answer_of(other), None, "{other}");
        }
        assert!(
            button(id, "yes", "Sí").id.len() <= 256,
            "WhatsApp takes no longer id"
        );
    }
}
