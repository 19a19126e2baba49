//! Writing to a customer.

mod body;

use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::action::{Action, Actor, FileOf, Sending, apply, withdraw_dead_link};
use crate::domain::{
    Charge, ChargeId, ConversationId, Delivery, Direction, KitPart, Message, MessageId, MessageKind, NewBody,
    NewMessage, Payment, Timestamp,
};
use crate::store::conversations::{self, Address};
use crate::store::outbox::{Entry, Outgoing};
use crate::store::{charges, lines, messages, outbox};
use crate::templates::LinkTemplate;
use crate::{CoreEvent, Error, Inbox, Language, Result, send};

/// WhatsApp shows that somebody writes for 25 seconds, or until the message comes.
const TYPING_EVERY: Duration = Duration::from_secs(20);

/// Queues a message of any kind, checked against everything that WhatsApp would
/// refuse. The same id twice is one message.
pub async fn send(inbox: &Inbox, new: NewMessage) -> Result<Message> {
    let message = inbox
        .store
        .write(move |tx| {
            if let Some(known) = messages::find(tx, new.id)? {
                return same(known, new.conversation);
            }
            let now = Timestamp::now();
            let id = new.id;
            let address = address(tx, new.conversation)?;
            // Before anything else is looked at: what a person has to do comes first.
            if !matches!(new.body, NewBody::Template { .. }) {
                require_window(&address, now)?;
            }
            let sending = checked_sending(tx, new, &address)?;
            apply(tx, Actor::Person, &Action::Send(Box::new(sending)), now)?;
            messages::get(tx, id)
        })
        .await?;
    queued(inbox, &message);
    Ok(message)
}

/// Returns the sending of a message, checked against everything that WhatsApp would refuse.
pub(crate) fn checked_sending(conn: &Connection, new: NewMessage, address: &Address) -> Result<Sending> {
    let sending = body::sending(conn, new, address)?;
    checked(&sending, address)?;
    Ok(sending)
}

/// Queues a text. The same id twice is one message.
pub async fn send_text(
    inbox: &Inbox,
    id: MessageId,
    conversation: ConversationId,
    text: String,
) -> Result<Message> {
    let body = NewBody::Text { text };
    send(
        inbox,
        NewMessage {
            id,
            conversation,
            reply_to: None,
            body,
        },
    )
    .await
}

/// Queues a failed or unknown message again, as a new attempt that is visible as one.
/// While an attempt has not failed too, a second click returns that one.
pub async fn send_again(inbox: &Inbox, id: MessageId, failed: MessageId) -> Result<Message> {
    let language = inbox.language();
    let message = inbox
        .store
        .write(move |tx| {
            let now = Timestamp::now();
            let old = messages::get(tx, failed)?;
            if let Some(known) = messages::find(tx, id)? {
                return same(known, old.conversation);
            }
            if old.direction != Direction::Out
                || !matches!(old.delivery, Some(Delivery::Failed | Delivery::Unknown))
            {
                return Err(Error::Conflict(
                    "Only a message that failed, or whose answer was lost, can be sent again".into(),
                ));
            }
            if let Some(under_way) = under_way(tx, &old)? {
                return Ok(under_way);
            }
            let address = address(tx, old.conversation)?;
            let sending = match old.charge.filter(|_| old.kind == MessageKind::PayButton) {
                Some(charge) => Sending {
                    retry_of: Some(failed),
                    ..link(tx, language, id, charge, now)?
                },
                None => again(tx, id, &old)?,
            };
            if sending.outgoing.needs_window() {
                require_window(&address, now)?;
            }
            checked(&sending, &address)?;
            apply(tx, Actor::Person, &Action::Send(Box::new(sending)), now)?;
            messages::get(tx, id)
        })
        .await?;
    queued(inbox, &message);
    Ok(message)
}

/// Returns what stands for another attempt already: one that has not failed, or the
/// same charge's link that waits.
fn under_way(conn: &Connection, old: &Message) -> Result<Option<Message>> {
    let charge = old.charge.filter(|_| old.kind == MessageKind::PayButton);
    let attempt = match outbox::attempt_at(conn, old.id)? {
        None => match charge {
            Some(charge) => outbox::waiting_link(conn, charge)?,
            None => None,
        },
        attempt => attempt,
    };
    attempt.map(|id| messages::get(conn, id)).transpose()
}

/// Returns another attempt at a message that carries no charge.
fn again(conn: &Connection, id: MessageId, old: &Message) -> Result<Sending> {
    let kept = outbox::sent(conn, old.id)?;
    let outgoing = match (kept, old.kind) {
        (Some(kept), _) => kept.for_message(id),
        (None, MessageKind::Text) => Outgoing::Text {
            message: id.0,
            body: old.text.clone(),
        },
        (None, _) => {
            return Err(Error::Conflict(
                "This message was not written here, so it can't be sent again. Write it anew".into(),
            ));
        }
    };
    let file = matches!(outgoing, Outgoing::File { .. }).then_some(FileOf::Message(old.id));
    Ok(Sending {
        message: id,
        conversation: old.conversation,
        kind: old.kind,
        charge: None,
        retry_of: Some(old.id),
        text: old.text.clone(),
        content: outbox::content(conn, old.id)?,
        reply_to: outbox::reply_to(conn, old.id)?,
        file,
        outgoing,
    })
}

/// Sends a charge's link once more: as a template where the window is closed. One
/// that still waits to go, or is on its way, is that once more.
pub async fn resend_link(inbox: &Inbox, id: MessageId, charge: ChargeId) -> Result<Message> {
    let language = inbox.language();
    let message = inbox
        .store
        .write(move |tx| {
            let now = Timestamp::now();
            if let Some(waiting) = outbox::waiting_link(tx, charge)? {
                return messages::get(tx, waiting);
            }
            let sending = link(tx, language, id, charge, now)?;
            let address = address(tx, sending.conversation)?;
            checked(&sending, &address)?;
            apply(tx, Actor::Person, &Action::Send(Box::new(sending)), now)?;
            messages::get(tx, id)
        })
        .await?;
    queued(inbox, &message);
    Ok(message)
}

/// Returns the sending of a charge's link, while its money is awaited: as a pay
/// button inside the window, as the shop's payment request outside it.
pub(crate) fn link(
    conn: &Connection,
    language: Language,
    message: MessageId,
    charge: ChargeId,
    now: Timestamp,
) -> Result<Sending> {
    let charge = charges::get(conn, charge)?;
    if !charge.awaits_money() {
        return Err(Error::Conflict(
            "This charge no longer waits for money, so its link is not sent".into(),
        ));
    }
    let url = charge
        .link
        .clone()
        .ok_or(Error::NotFound("The link of this charge"))?;
    let address = conversations::address(conn, charge.conversation)?;
    let (outgoing, text, content) = if address.window_is_open(now) {
        let body = charges::message_text(conn, charge.id)?;
        let outgoing = Outgoing::PayButton {
            message: message.0,
            body: body.clone(),
            button: language.button_of(&charge.terms, charge.amount),
            url,
        };
        (outgoing, body, None)
    } else {
        let template = LinkTemplate::find(conn, charge.conversation, language, Some(&url))?;
        let filled = template.fill(language, &address.contact_name, &charge, &url)?;
        let content = filled.content();
        (filled.outgoing(message), filled.text, Some(content))
    };
    Ok(Sending {
        message,
        conversation: charge.conversation,
        kind: MessageKind::PayButton,
        charge: Some(charge.id),
        retry_of: None,
        text,
        content,
        reply_to: None,
        file: None,
        outgoing,
    })
}

/// Returns the sending of a reminder: the link once more with other words, or the voucher that
/// waits; outside the window as the kit's reminder.
pub(crate) fn reminder(
    conn: &Connection,
    language: Language,
    message: MessageId,
    charge: &Charge,
    now: Timestamp,
) -> Result<Sending> {
    let link = charge
        .link
        .clone()
        .ok_or(Error::NotFound("The link of this charge"))?;
    let address = conversations::address(conn, charge.conversation)?;
    let (outgoing, text, content) = if address.window_is_open(now) {
        let (body, button, url) = match (&charge.voucher_url, charge.voucher_until) {
            (Some(voucher), until) if charge.payment == Payment::Processing => (
                language.voucher_reminder(&address.contact_name, charge.amount, until),
                language.voucher_button().to_owned(),
                voucher.clone(),
            ),
            _ => (
                language.reminder(&address.contact_name, charge.amount, &charge.description),
                language.button_of(&charge.terms, charge.amount),
                link,
            ),
        };
        let outgoing = Outgoing::PayButton {
            message: message.0,
            body: body.clone(),
            button,
            url,
        };
        (outgoing, body, None)
    } else if charge.payment == Payment::Processing {
        return Err(Error::WindowClosed);
    } else {
        let part = KitPart::PaymentReminder;
        let template = LinkTemplate::of_part(conn, charge.conversation, language, Some(&link), part)?;
        let filled = template.fill(language, &address.contact_name, charge, &link)?;
        let content = filled.content();
        (filled.outgoing(message), filled.text, Some(content))
    };
    Ok(Sending {
        message,
        conversation: charge.conversation,
        kind: MessageKind::PayButton,
        charge: Some(charge.id),
        retry_of: None,
        text,
        content,
        reply_to: None,
        file: None,
        outgoing,
    })
}

/// Sends after all a message that asked first. Where the window has closed a
/// charge's link goes as the shop's payment request; anything else must wait. A link
/// whose charge no longer waits for money is taken out instead.
pub async fn confirm(inbox: &Inbox, id: MessageId) -> Result<Message> {
    let language = inbox.language();
    let (message, withdrawn) = inbox
        .store
        .write(move |tx| {
            let now = Timestamp::now();
            let entry = outbox::find(tx, id)?.filter(|entry| entry.asks).ok_or_else(|| {
                Error::Conflict("This message no longer asks. Look at the thread again".into())
            })?;
            if withdraw_dead_link(tx, id, now)?.is_some() {
                return Ok((messages::get(tx, id)?, true));
            }
            let address = address(tx, entry.conversation)?;
            let is_open = address.window_is_open(now) && !was_told_closed(tx, &entry, &address)?;
            let outgoing = if !entry.outgoing.needs_window() || is_open {
                entry.outgoing
            } else {
                as_template(tx, language, id, now)?
            };
            let action = Action::Confirm {
                message: id,
                outgoing: Box::new(outgoing),
            };
            apply(tx, Actor::Person, &action, now)?;
            Ok((messages::get(tx, id)?, false))
        })
        .await?;
    queued(inbox, &message);
    if withdrawn {
        return Err(Error::Conflict(
            "This charge no longer waits for money, so its link was taken out. Make a new charge if one is wanted".into(),
        ));
    }
    Ok(message)
}

/// Returns whether WhatsApp said that the window is closed, and the customer has not
/// written since: then our own clock is not believed.
fn was_told_closed(conn: &Connection, entry: &Entry, address: &Address) -> Result<bool> {
    let problem = messages::get(conn, entry.id)?.problem;
    Ok(problem.is_some_and(|problem| problem.code == send::WINDOW_CLOSED)
            // WhatsApp's times are whole seconds.
            && address
                .last_inbound_at
                .is_none_or(|at| at.plus(Duration::from_secs(1)) < entry.next_at))
}

/// Makes of a charge's waiting link the payment request that the closed window allows.
fn as_template(conn: &Connection, language: Language, id: MessageId, now: Timestamp) -> Result<Outgoing> {
    let charge = messages::get(conn, id)?.charge.ok_or(Error::WindowClosed)?;
    let sending = link(conn, language, id, charge, now)?;
    let content = sending.content.ok_or(Error::WindowClosed)?;
    outbox::rewrite(conn, id, &sending.text, &content)?;
    Ok(sending.outgoing)
}

/// Takes out a message that has not left, or puts aside one that failed. It stays in the thread as not sent.
pub async fn discard(inbox: &Inbox, id: MessageId) -> Result<()> {
    let message = inbox
        .store
        .write(move |tx| {
            let discarded = apply(
                tx,
                Actor::Person,
                &Action::Discard { message: id },
                Timestamp::now(),
            )?;
            if discarded {
                return messages::get(tx, id);
            }
            Err(Error::Conflict(
                "This message is already on its way, or has arrived. Look at the thread again".into(),
            ))
        })
        .await?;
    queued(inbox, &message);
    Ok(())
}

/// Reacts to a customer's message; without an emoji the reaction is taken away.
pub async fn react(inbox: &Inbox, message: MessageId, emoji: Option<String>) -> Result<()> {
    let emoji = emoji.unwrap_or_default().trim().to_owned();
    let (conversation, changed) = inbox
        .store
        .write(move |tx| {
            let now = Timestamp::now();
            let target = messages::get(tx, message)?;
            let conversation = target.conversation;
            let wamid = named(&target, "react to it")?;
            let address = address(tx, conversation)?;
            require_window(&address, now)?;
            let reaction = Outgoing::Reaction {
                target: wamid.clone(),
                emoji: emoji.clone(),
                before: String::new(),
            };
            send::check(&reaction, &address, None)?;
            let action = Action::React {
                id: MessageId::new(),
                conversation,
                message,
                target: wamid,
                emoji,
            };
            Ok((conversation, apply(tx, Actor::Person, &action, now)?))
        })
        .await?;
    if changed {
        inbox.outbox.notify_one();
        inbox.emit(CoreEvent::ConversationChanged { conversation });
    }
    Ok(())
}

/// Shows the customer that somebody writes, and that what they wrote was read.
///
/// It is a courtesy: it is asked for at most every 20 seconds, and where it can't
/// be had nothing is said.
pub async fn set_typing(inbox: &Inbox, conversation: ConversationId) -> Result<()> {
    let Some(whatsapp) = inbox.whatsapp() else {
        return Ok(());
    };
    if !inbox.may_type(conversation, Instant::now(), TYPING_EVERY) {
        return Ok(());
    }
    let found = inbox
        .store
        .read(move |conn| {
            let address = conversations::address(conn, conversation)?;
            let open = address.window_is_open(Timestamp::now());
            let wamid = outbox::newest_inbound(conn, conversation)?.filter(|_| open);
            Ok(wamid.map(|wamid| (address.phone_number_id, wamid)))
        })
        .await?;
    if let Some((line, wamid)) = found
        && let Err(error) = whatsapp.api.mark_read(&line, &wamid, true).await
    {
        tracing::debug!(%error, "Typing could not be shown");
    }
    Ok(())
}

/// Returns whom a conversation's messages go to, if its line is one that this desk answers from.
pub(crate) fn address(conn: &Connection, conversation: ConversationId) -> Result<Address> {
    let address = conversations::address(conn, conversation)?;
    let line = lines::all(conn)?
        .into_iter()
        .find(|line| line.phone_number_id == address.phone_number_id);
    match line {
        Some(line) if line.offboarded_at.is_some() => Err(Error::Conflict(format!(
            "{} was disconnected from Cobro, so nothing can be sent from it. Connect the number again under Settings → WhatsApp",
            line.name
        ))),
        Some(line) if line.known => Ok(address),
        _ => Err(Error::Conflict(
            "This customer wrote to a number that Cobro is not set up to answer from. Choose it under Settings → WhatsApp, or name it in cobro.toml ([[whatsapp.lines]])"
                .into(),
        )),
    }
}

/// Returns WhatsApp's name for a message, which anything that points at it needs.
fn named(message: &Message, to: &str) -> Result<String> {
    if message.revoked_at.is_some() {
        return Err(Error::Conflict(format!(
            "The customer has deleted that message, so you can't {to}"
        )));
    }
    message.wamid.clone().ok_or_else(|| {
        Error::Conflict(format!(
            "WhatsApp has not taken that message yet. Wait until it is sent to {to}"
        ))
    })
}

/// Checks every limit of WhatsApp's, before anything is queued.
fn checked(sending: &Sending, address: &Address) -> Result<()> {
    send::check(&sending.outgoing, address, sending.reply_to.as_deref())
        .map_err(|error| Error::Invalid(error.advice()))
}

/// Returns the message that has this id already, if it is this conversation's.
fn same(known: Message, conversation: ConversationId) -> Result<Message> {
    if known.conversation == conversation {
        return Ok(known);
    }
    Err(Error::Conflict(
        "Another message has this id. Send it with a new one".into(),
    ))
}

pub(crate) fn require_window(address: &Address, now: Timestamp) -> Result<()> {
    if address.window_is_open(now) {
        Ok(())
    } else {
        Err(Error::WindowClosed)
    }
}

pub(crate) fn queued(inbox: &Inbox, message: &Message) {
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
