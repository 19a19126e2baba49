//! Writing to a customer.

use cobro_protocol::cards;
use rusqlite::Connection;

use crate::action::{Action, Actor, apply};
use crate::domain::{
    ChargeId, ConversationId, Delivery, Direction, Message, MessageId, MessageKind, Timestamp,
};
use crate::store::{charges, conversations, messages};
use crate::{CoreEvent, Error, Inbox, Language, Result};

/// WhatsApp refuses longer texts.
const TEXT_LIMIT: usize = 4096;

/// Queues a text. The same id twice is one message.
pub async fn send_text(
    inbox: &Inbox,
    id: MessageId,
    conversation: ConversationId,
    text: String,
) -> Result<Message> {
    let text = checked(&text)?;
    let message = inbox
        .store
        .write(move |tx| {
            let now = Timestamp::now();
            require_window(tx, conversation, now)?;
            apply(
                tx,
                Actor::Person,
                &Action::SendText {
                    message: id,
                    conversation,
                    text,
                    retry_of: None,
                },
                now,
            )?;
            messages::get(tx, id)
        })
        .await?;
    queued(inbox, &message);
    Ok(message)
}

/// Queues a failed or unknown message again, as a new attempt that is visible as one.
pub async fn send_again(inbox: &Inbox, id: MessageId, failed: MessageId) -> Result<Message> {
    let language = inbox.language();
    let message = inbox
        .store
        .write(move |tx| {
            let now = Timestamp::now();
            let old = messages::get(tx, failed)?;
            if old.direction != Direction::Out
                || !matches!(old.delivery, Some(Delivery::Failed | Delivery::Unknown))
            {
                return Err(Error::Conflict(
                    "Only a message that failed, or whose answer was lost, can be sent again".into(),
                ));
            }
            require_window(tx, old.conversation, now)?;
            let action = match old.charge.filter(|_| old.kind == MessageKind::PayButton) {
                Some(charge) => link(tx, language, id, charge, Some(failed))?,
                None => Action::SendText {
                    message: id,
                    conversation: old.conversation,
                    text: old.text.clone(),
                    retry_of: Some(failed),
                },
            };
            apply(tx, Actor::Person, &action, now)?;
            messages::get(tx, id)
        })
        .await?;
    queued(inbox, &message);
    Ok(message)
}

/// Sends a charge's link once more.
pub async fn resend_link(inbox: &Inbox, id: MessageId, charge: ChargeId) -> Result<Message> {
    let language = inbox.language();
    let message = inbox
        .store
        .write(move |tx| {
            let now = Timestamp::now();
            let conversation = charges::get(tx, charge)?.conversation;
            require_window(tx, conversation, now)?;
            apply(tx, Actor::Person, &link(tx, language, id, charge, None)?, now)?;
            messages::get(tx, id)
        })
        .await?;
    queued(inbox, &message);
    Ok(message)
}

/// Returns the sending of a charge's link, while its money is awaited.
fn link(
    conn: &Connection,
    language: Language,
    message: MessageId,
    charge: ChargeId,
    retry_of: Option<MessageId>,
) -> Result<Action> {
    let charge = charges::get(conn, charge)?;
    if !charge.payment.is_awaited() || charge.closing.is_some() {
        return Err(Error::Conflict(
            "This charge no longer waits for money, so its link is not sent".into(),
        ));
    }
    Ok(Action::SendLink {
        message,
        conversation: charge.conversation,
        charge: charge.id,
        body: charges::message_text(conn, charge.id)?,
        button: language.pay_button(charge.amount),
        url: charge.link.ok_or(Error::NotFound("The link of this charge"))?,
        retry_of,
    })
}

/// Returns the text as it may be kept and sent: not empty, not too long, no card numbers.
fn checked(text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::Invalid(
            "The message is empty. Write something first".into(),
        ));
    }
    let length = text.chars().count();
    if length > TEXT_LIMIT {
        return Err(Error::Invalid(format!(
            "The message has {length} characters; WhatsApp takes at most {TEXT_LIMIT}. Split it in two"
        )));
    }
    Ok(cards::mask_text(text).into_owned())
}

fn require_window(conn: &Connection, conversation: ConversationId, now: Timestamp) -> Result<()> {
    if conversations::address(conn, conversation)?.window_is_open(now) {
        Ok(())
    } else {
        Err(Error::WindowClosed)
    }
}

fn queued(inbox: &Inbox, message: &Message) {
    inbox.outbox.notify_one();
    inbox.emit(CoreEvent::ConversationChanged {
        conversation: message.conversation,
    });
    if let Some(charge) = message.charge {
        inbox.emit(CoreEvent::ChargeChanged {
            charge,
            conversation: message.conversation,
        });
    }
    inbox.emit(CoreEvent::StatusChanged);
}
