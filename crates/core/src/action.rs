//! Every change that a person or a rule makes: one value, applied by one function, kept in the audit log.

use rusqlite::Transaction;
use serde::Serialize;
use uuid::Uuid;

use crate::Result;
use crate::domain::{
    ChargeId, Closing, ContactId, ConversationId, Creation, Delivery, Direction, MessageId, MessageKind,
    NewCharge, Origin, Timestamp, Words,
};
use crate::store::conversations::Latest;
use crate::store::messages::{NewMessage, Report};
use crate::store::outbox::Outgoing;
use crate::store::{actions, charges, conversations, joins, messages, outbox};

/// Who made a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// A person at this desk.
    Person,
    /// A program that a person started, such as the command line.
    Program,
    /// One of the shop's standing rules.
    Rule,
}

impl Actor {
    fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Program => "program",
            Self::Rule => "rule",
        }
    }

    fn origin(self) -> Origin {
        match self {
            Self::Person | Self::Program => Origin::Desk,
            Self::Rule => Origin::Automatic,
        }
    }
}

/// A change. In the log it keeps its ids and amounts; the words are in the message it made.
#[derive(Clone, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Action {
    SendText {
        message: MessageId,
        conversation: ConversationId,
        #[serde(skip)]
        text: String,
        retry_of: Option<MessageId>,
    },
    /// Sends a charge's link, the first time or again.
    SendLink {
        message: MessageId,
        conversation: ConversationId,
        charge: ChargeId,
        #[serde(skip)]
        body: String,
        #[serde(skip)]
        button: String,
        #[serde(skip)]
        url: String,
        retry_of: Option<MessageId>,
    },
    MarkRead {
        conversation: ConversationId,
    },
    CreateCharge {
        #[serde(flatten, serialize_with = "charge_for_log")]
        new: NewCharge,
        #[serde(skip)]
        message: String,
        #[serde(skip)]
        livemode: bool,
    },
    RetryCharge {
        charge: ChargeId,
    },
    CancelCharge {
        charge: ChargeId,
    },
    JoinContacts {
        keep: ContactId,
        other: ContactId,
    },
    SplitContact {
        contact: ContactId,
        joined: ContactId,
    },
}

/// Applies the change in the caller's transaction. Returns whether it changed
/// anything: a second click on the same id does not.
pub(crate) fn apply(tx: &Transaction<'_>, actor: Actor, action: &Action, now: Timestamp) -> Result<bool> {
    let changed = match action {
        Action::SendText {
            message,
            conversation,
            text,
            retry_of,
        } => {
            let outgoing = Outgoing::Text {
                message: message.0,
                body: text.clone(),
            };
            send(
                tx,
                actor,
                &Sending {
                    message: *message,
                    conversation: *conversation,
                    text,
                    kind: MessageKind::Text,
                    charge: None,
                    retry_of: *retry_of,
                },
                &outgoing,
                now,
            )?
        }
        Action::SendLink {
            message,
            conversation,
            charge,
            body,
            button,
            url,
            retry_of,
        } => {
            let outgoing = Outgoing::PayButton {
                message: message.0,
                body: body.clone(),
                button: button.clone(),
                url: url.clone(),
            };
            let sending = Sending {
                message: *message,
                conversation: *conversation,
                text: body,
                kind: MessageKind::PayButton,
                charge: Some(*charge),
                retry_of: *retry_of,
            };
            let sent = send(tx, actor, &sending, &outgoing, now)?;
            if sent {
                charges::carry(tx, *charge, *message)?;
            }
            sent
        }
        Action::MarkRead { conversation } => mark_read(tx, *conversation, now)?,
        Action::CreateCharge {
            new,
            message,
            livemode,
        } => charges::add(tx, new, message, *livemode, now)?,
        Action::RetryCharge { charge } => charges::want_again(tx, *charge, now)?,
        Action::CancelCharge { charge } => cancel(tx, *charge, now)?,
        Action::JoinContacts { keep, other } => {
            joins::join(tx, *keep, *other, now)?;
            true
        }
        Action::SplitContact { contact, joined } => joins::split(tx, *contact, *joined, now)?,
    };
    if changed {
        let line = serde_json::to_string(action).map_err(anyhow::Error::new)?;
        actions::record(tx, now, actor.as_str(), &line)?;
    }
    Ok(changed)
}

struct Sending<'a> {
    message: MessageId,
    conversation: ConversationId,
    text: &'a str,
    kind: MessageKind,
    charge: Option<ChargeId>,
    retry_of: Option<MessageId>,
}

/// Writes the local echo and queues what goes out, together.
fn send(
    tx: &Transaction<'_>,
    actor: Actor,
    sending: &Sending<'_>,
    outgoing: &Outgoing,
    now: Timestamp,
) -> Result<bool> {
    let added = messages::add(
        tx,
        &NewMessage {
            id: sending.message,
            conversation: sending.conversation,
            wamid: None,
            direction: Direction::Out,
            origin: actor.origin(),
            kind: sending.kind,
            text: sending.text,
            at: now,
            delivery: Some(Delivery::Queued),
            charge: sending.charge,
            retry_of: sending.retry_of,
            media_name: None,
            envelope: None,
        },
    )?;
    if added {
        outbox::queue(tx, sending.message, sending.conversation, outgoing, now)?;
        conversations::advance(
            tx,
            sending.conversation,
            &Latest {
                at: now,
                snippet: snippet_of(sending.text),
                kind: sending.kind,
                from_me: true,
                unread: 0,
                inbound_at: None,
            },
        )?;
    }
    Ok(added)
}

fn mark_read(tx: &Transaction<'_>, conversation: ConversationId, now: Timestamp) -> Result<bool> {
    let Some(wamid) = conversations::mark_read(tx, conversation)? else {
        return Ok(false);
    };
    outbox::queue(
        tx,
        MessageId(Uuid::now_v7()),
        conversation,
        &Outgoing::ReadReceipt { wamid },
        now,
    )?;
    Ok(true)
}

fn cancel(tx: &Transaction<'_>, id: ChargeId, now: Timestamp) -> Result<bool> {
    let charge = charges::get(tx, id)?;
    if charge.stripe_ids.payment_link.is_some() {
        withdraw_links(tx, id, now)?;
        return charges::ask_to_close(tx, id, Closing::Cancel, now);
    }
    if charge.creation == Creation::Stopped {
        charges::close_draft(tx, id)
    } else {
        Ok(false)
    }
}

/// Keeps a link that still waits in the outbox from going out after its charge was withdrawn.
fn withdraw_links(tx: &Transaction<'_>, charge: ChargeId, now: Timestamp) -> Result<()> {
    for message in outbox::withdraw_links(tx, charge)? {
        let problem = Words::new(
            "withdrawn",
            "Not sent",
            "The charge was cancelled before its link went out",
        );
        let report = Report {
            delivery: Delivery::Failed,
            at: now,
            problem: Some(problem),
        };
        messages::report(tx, message, &report)?;
    }
    Ok(())
}

/// Returns the first line of a text, short enough for a list.
pub(crate) fn snippet_of(text: &str) -> String {
    let line = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    line.trim().chars().take(160).collect()
}

fn charge_for_log<S: serde::Serializer>(new: &NewCharge, serializer: S) -> Result<S::Ok, S::Error> {
    use serde::ser::SerializeMap;
    let mut map = serializer.serialize_map(Some(4))?;
    map.serialize_entry("charge", &new.id)?;
    map.serialize_entry("conversation", &new.conversation)?;
    map.serialize_entry("amount_minor", &new.amount.minor())?;
    map.serialize_entry("currency", &new.amount.currency())?;
    map.end()
}
