//! Every change that a person or a rule makes: one value, applied by one function, kept in the audit log.

mod work;

use rusqlite::Transaction;
use serde::Serialize;
use uuid::Uuid;

use crate::domain::{
    AssistantSettings, ChargeId, Closing, ContactId, Content, ConversationId, Creation, Delivery, Direction,
    FileId, FileKind, Fulfilment, MessageId, MessageKind, NewCharge, NewDeed, NewRefund, Origin,
    ProductDraft, ProductId, Timestamp, Words, Worked,
};
use crate::store::conversations::Latest;
use crate::store::messages::{NewMessage, Report};
use crate::store::outbox::{Furnishing, Outgoing};
use crate::store::{
    actions, books, charges, conversations, joins, messages, meta, outbox, products, proposals, reactions,
    refunds, reminders, subscriptions,
};
use crate::{Result, media, reconcile};

pub(crate) use work::Work;

/// Who made a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// A person at this desk.
    Person,
    /// A program that a person started, such as the command line.
    Program,
    /// The assistant proposed it, and a person accepted.
    Assistant,
    /// One of the shop's standing rules.
    Rule,
}

impl Actor {
    fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Program => "program",
            Self::Assistant => "assistant, accepted by a person",
            Self::Rule => "rule",
        }
    }

    fn origin(self) -> Origin {
        match self {
            Self::Person | Self::Program | Self::Assistant => Origin::Desk,
            Self::Rule => Origin::Automatic,
        }
    }
}

/// A change. In the log it keeps its ids and amounts; the words are in the message it made.
#[derive(Clone, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Action {
    /// Sends a message of any kind, a charge's link among them.
    Send(Box<Sending>),
    React {
        /// Names the entry in the outbox: a second click is the same reaction.
        id: MessageId,
        conversation: ConversationId,
        message: MessageId,
        #[serde(skip)]
        target: String,
        #[serde(skip)]
        emoji: String,
    },
    /// Sends after all what asked first.
    Confirm {
        message: MessageId,
        #[serde(skip)]
        outgoing: Box<Outgoing>,
    },
    /// Takes out what has not left yet, or puts aside what failed.
    Discard {
        message: MessageId,
    },
    MarkRead {
        conversation: ConversationId,
    },
    /// Puts it among the unread again, for whoever wants to come back to it.
    MarkUnread {
        conversation: ConversationId,
    },
    CreateCharge {
        #[serde(flatten, serialize_with = "charge_for_log")]
        new: Box<NewCharge>,
        #[serde(skip)]
        worked: Box<Worked>,
        #[serde(skip)]
        message: String,
        #[serde(skip)]
        livemode: bool,
    },
    RetryCharge {
        charge: ChargeId,
    },
    AcceptProposal {
        charge: ChargeId,
        conversation: ConversationId,
    },
    DismissProposal {
        charge: ChargeId,
        conversation: ConversationId,
        /// The messages that nothing is proposed from again.
        evidence: String,
    },
    SetAssistant(#[serde(serialize_with = "settings_for_log")] Box<AssistantSettings>),
    CancelCharge {
        charge: ChargeId,
    },
    /// Puts back into the stock what a charge took.
    Restock {
        charge: ChargeId,
    },
    SaveProduct(#[serde(serialize_with = "product_for_log")] Box<ProductDraft>),
    /// A product got another picture, or none.
    ShowProduct {
        product: ProductId,
        image: Option<FileId>,
    },
    /// Archives a product, or offers it again.
    OfferProduct {
        product: ProductId,
        active: bool,
    },
    /// Asks Stripe to give money back.
    Refund {
        #[serde(flatten, serialize_with = "refund_for_log")]
        new: NewRefund,
        payment_intent: String,
    },
    /// Says that a payment from elsewhere belongs to a conversation.
    TiePayment {
        payment_intent: String,
        conversation: ConversationId,
        charge: Option<ChargeId>,
        #[serde(skip)]
        description: String,
    },
    UntiePayment {
        payment_intent: String,
    },
    /// Explains what reconciling found; without a note it is open again.
    NoteException {
        object: String,
        #[serde(skip)]
        note: Option<String>,
    },
    MoveOrder {
        charge: ChargeId,
        to: Fulfilment,
    },
    /// Pauses, resumes or ends a subscription.
    ChangeSubscription(#[serde(serialize_with = "deed_for_log")] NewDeed),
    RemindOf {
        charge: ChargeId,
        on: bool,
    },
    JoinContacts {
        keep: ContactId,
        other: ContactId,
    },
    SplitContact {
        contact: ContactId,
        joined: ContactId,
    },
    /// What concerns the shop alone.
    #[serde(untagged)]
    Work(Work),
}

/// Applies the change in the caller's transaction. Returns whether it changed
/// anything: a second click on the same id does not.
pub(crate) fn apply(tx: &Transaction<'_>, actor: Actor, action: &Action, now: Timestamp) -> Result<bool> {
    let changed = match action {
        Action::Send(sending) => send(tx, actor, sending, now)?,
        Action::React {
            id,
            conversation,
            target,
            emoji,
            ..
        } => react(tx, *id, *conversation, target, emoji, now)?,
        Action::Confirm { message, outgoing } => {
            outbox::confirm(tx, *message, outgoing, now)?;
            true
        }
        Action::Discard { message } => discard(tx, *message, now)?,
        Action::MarkRead { conversation } => mark_read(tx, *conversation, now)?,
        Action::MarkUnread { conversation } => conversations::mark_unread(tx, *conversation)?,
        Action::CreateCharge {
            new,
            worked,
            message,
            livemode,
        } => charges::add(tx, new, worked, message, *livemode, now)?,
        Action::AcceptProposal { conversation, .. } => proposals::remove(tx, *conversation)?,
        Action::DismissProposal {
            conversation,
            evidence,
            ..
        } => proposals::dismiss(tx, *conversation, evidence, now)? | proposals::remove(tx, *conversation)?,
        Action::SetAssistant(settings) => {
            let text = serde_json::to_string(settings).map_err(anyhow::Error::new)?;
            meta::set(tx, meta::ASSISTANT, &text)?;
            true
        }
        Action::RetryCharge { charge } => charges::want_again(tx, *charge, now)?,
        Action::CancelCharge { charge } => cancel(tx, *charge, now)?,
        Action::Restock { charge } => products::put_back(tx, *charge, now)?,
        Action::SaveProduct(draft) => {
            products::save(tx, draft, now)?;
            true
        }
        // The picture's row is written by whoever moves its bytes.
        Action::ShowProduct { .. } => true,
        Action::OfferProduct { product, active } => products::set_active(tx, *product, *active, now)?,
        Action::Refund { new, payment_intent } => {
            refunds::add(tx, new, payment_intent, now.plus(charges::LEFT_TO_CALL), now)?
        }
        Action::TiePayment {
            payment_intent,
            conversation,
            charge,
            description,
        } => reconcile::tie_in(tx, payment_intent, *conversation, *charge, description, now)?,
        Action::UntiePayment { payment_intent } => reconcile::untie_in(tx, payment_intent, now)?,
        Action::NoteException { object, note } => {
            books::note(tx, object, note.as_deref(), now)?;
            true
        }
        Action::MoveOrder { charge, to } => charges::set_fulfilment(tx, *charge, *to, now)?,
        Action::ChangeSubscription(new) => {
            subscriptions::add_deed(tx, new, now.plus(charges::LEFT_TO_CALL), now)?
        }
        Action::RemindOf { charge, on } => reminders::set(tx, *charge, *on)?,
        Action::JoinContacts { keep, other } => {
            joins::join(tx, *keep, *other, now)?;
            true
        }
        Action::SplitContact { contact, joined } => joins::split(tx, *contact, *joined, now)?,
        Action::Work(change) => work::apply(tx, actor, change, now)?,
    };
    if changed {
        let line = serde_json::to_string(action).map_err(anyhow::Error::new)?;
        actions::record(tx, now, actor.as_str(), &line)?;
    }
    Ok(changed)
}

/// A message as it is shown here, and as it goes out.
#[derive(Clone, Serialize)]
pub(crate) struct Sending {
    pub message: MessageId,
    pub conversation: ConversationId,
    pub kind: MessageKind,
    pub charge: Option<ChargeId>,
    pub retry_of: Option<MessageId>,
    #[serde(skip)]
    pub text: String,
    #[serde(skip)]
    pub content: Option<Content>,
    /// The wamid of the message that it answers.
    #[serde(skip)]
    pub reply_to: Option<String>,
    #[serde(skip)]
    pub file: Option<FileOf>,
    #[serde(skip)]
    pub outgoing: Outgoing,
}

/// Where a message's file comes from.
#[derive(Clone)]
pub(crate) enum FileOf {
    /// A person has just picked or recorded it.
    Staged(String),
    /// An earlier attempt's.
    Message(MessageId),
}

impl Sending {
    /// Returns the sending of a text that nothing else belongs to.
    pub(crate) fn text(message: MessageId, conversation: ConversationId, text: String) -> Self {
        Self {
            message,
            conversation,
            kind: MessageKind::Text,
            charge: None,
            retry_of: None,
            outgoing: Outgoing::Text {
                message: message.0,
                body: text.clone(),
            },
            text,
            content: None,
            reply_to: None,
            file: None,
        }
    }
}

/// Writes the local echo and queues what goes out, together.
fn send(tx: &Transaction<'_>, actor: Actor, sending: &Sending, now: Timestamp) -> Result<bool> {
    let at = messages::place_of_answer(tx, sending.conversation, now)?;
    let added = messages::add(
        tx,
        &NewMessage {
            id: sending.message,
            conversation: sending.conversation,
            wamid: None,
            direction: Direction::Out,
            origin: actor.origin(),
            kind: sending.kind,
            text: &sending.text,
            at,
            delivery: Some(Delivery::Queued),
            charge: sending.charge,
            retry_of: sending.retry_of,
            media_name: None,
            envelope: None,
        },
    )?;
    if !added {
        return Ok(false);
    }
    let (outgoing, media_name) = with_file(tx, sending, now)?;
    outbox::furnish(
        tx,
        sending.message,
        &Furnishing {
            content: sending.content.as_ref(),
            reply_to: sending.reply_to.as_deref(),
            outgoing: keeps_outgoing(sending).then_some(&outgoing),
            media_name: media_name.as_deref(),
        },
    )?;
    outbox::queue(tx, sending.message, sending.conversation, &outgoing, now)?;
    conversations::advance(
        tx,
        sending.conversation,
        &Latest {
            at,
            snippet: snippet_of(&sending.text),
            kind: sending.kind,
            from_me: true,
            unread: 0,
            inbound_at: None,
        },
    )?;
    if let Some(failed) = sending.retry_of {
        messages::sent_again(tx, failed)?;
    }
    if let Some(charge) = sending.charge {
        messages::put_aside_of_charge(tx, sending.conversation, charge, Some(sending.message))?;
        charges::carry(tx, charge, sending.message)?;
    }
    Ok(true)
}

/// A text is its own copy, and a link is made again from its charge, or is a secret.
fn keeps_outgoing(sending: &Sending) -> bool {
    sending.charge.is_none()
        && !matches!(
            sending.outgoing,
            Outgoing::Text { .. } | Outgoing::PayButton { .. }
        )
}

/// Makes the file the message's own. Returns what goes out with it, and the file's name.
fn with_file(tx: &Transaction<'_>, sending: &Sending, now: Timestamp) -> Result<(Outgoing, Option<String>)> {
    let mut outgoing = sending.outgoing.clone();
    let Outgoing::File { kind, name, .. } = &mut outgoing else {
        return Ok((outgoing, None));
    };
    let shown = match &sending.file {
        Some(FileOf::Staged(staged)) => {
            let file = media::attach(tx, staged, sending.message, *kind, now)?;
            *name = (*kind == FileKind::Document).then(|| file.name.clone());
            Some(file.name)
        }
        Some(FileOf::Message(earlier)) => {
            media::attach_again(tx, *earlier, sending.message)?;
            name.clone()
        }
        None => None,
    };
    Ok((outgoing, shown))
}

fn react(
    tx: &Transaction<'_>,
    id: MessageId,
    conversation: ConversationId,
    target: &str,
    emoji: &str,
    now: Timestamp,
) -> Result<bool> {
    let before = reactions::replace_ours(tx, target, emoji, now)?;
    if before == emoji {
        return Ok(false);
    }
    let reaction = Outgoing::Reaction {
        target: target.to_owned(),
        emoji: emoji.to_owned(),
        before,
    };
    outbox::queue(tx, id, conversation, &reaction, now)?;
    Ok(true)
}

fn discard(tx: &Transaction<'_>, message: MessageId, now: Timestamp) -> Result<bool> {
    if !outbox::discard(tx, message)? {
        return messages::put_aside(tx, message);
    }
    let words = Words::new(
        "discarded",
        "Not sent",
        "It was taken out before it left. Send it again if it is wanted after all",
    );
    not_sent(tx, message, words, now)?;
    Ok(true)
}

fn not_sent(tx: &Transaction<'_>, message: MessageId, words: Words, now: Timestamp) -> Result<()> {
    let report = Report {
        delivery: Delivery::Failed,
        at: now,
        problem: Some(words),
    };
    messages::report(tx, message, &report).map(drop)
}

fn mark_read(tx: &Transaction<'_>, conversation: ConversationId, now: Timestamp) -> Result<bool> {
    let Some(seen) = conversations::mark_read(tx, conversation)? else {
        return Ok(false);
    };
    if let Some(wamid) = seen.wamid {
        let receipt = Outgoing::ReadReceipt { wamid };
        outbox::queue(tx, MessageId(Uuid::now_v7()), conversation, &receipt, now)?;
    }
    Ok(true)
}

fn cancel(tx: &Transaction<'_>, id: ChargeId, now: Timestamp) -> Result<bool> {
    let charge = charges::get(tx, id)?;
    if charge.link.is_some() {
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
        let words = Words::new(
            "withdrawn",
            "Not sent",
            "The charge was cancelled before its link went out",
        );
        not_sent(tx, message, words, now)?;
    }
    Ok(())
}

/// Takes out a waiting link whose charge no longer waits for money, such as one
/// that was paid or expired meanwhile. Returns that charge.
pub(crate) fn withdraw_dead_link(
    tx: &Transaction<'_>,
    message: MessageId,
    now: Timestamp,
) -> Result<Option<ChargeId>> {
    let link = messages::find(tx, message)?.filter(|message| message.kind == MessageKind::PayButton);
    let Some(id) = link.and_then(|message| message.charge) else {
        return Ok(None);
    };
    if charges::get(tx, id)?.awaits_money() || !outbox::discard(tx, message)? {
        return Ok(None);
    }
    let words = Words::new(
        "withdrawn",
        "Not sent",
        "The charge no longer waits for money, so its link did not go out. Make a new charge if one is wanted",
    );
    not_sent(tx, message, words, now)?;
    Ok(Some(id))
}

/// Returns the first line of a text, short enough for a list.
pub(crate) fn snippet_of(text: &str) -> String {
    let line = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    line.trim().chars().take(160).collect()
}

/// What it may do, without the shop's answers.
fn settings_for_log<S: serde::Serializer>(
    settings: &AssistantSettings,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    use serde::ser::SerializeMap;
    let mut map = serializer.serialize_map(Some(4))?;
    map.serialize_entry("enabled", &settings.enabled)?;
    map.serialize_entry("answers", &settings.faq.len())?;
    map.serialize_entry("discounts", &settings.discounts)?;
    map.serialize_entry("model", &settings.model)?;
    map.end()
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

fn product_for_log<S: serde::Serializer>(draft: &ProductDraft, serializer: S) -> Result<S::Ok, S::Error> {
    use serde::ser::SerializeMap;
    let mut map = serializer.serialize_map(Some(3))?;
    map.serialize_entry("product", &draft.id)?;
    map.serialize_entry("amount_minor", &draft.price.minor())?;
    map.serialize_entry("currency", &draft.price.currency())?;
    map.end()
}

fn deed_for_log<S: serde::Serializer>(new: &NewDeed, serializer: S) -> Result<S::Ok, S::Error> {
    use serde::ser::SerializeMap;
    let mut map = serializer.serialize_map(Some(3))?;
    map.serialize_entry("deed", &new.id)?;
    map.serialize_entry("subscription", &new.subscription)?;
    map.serialize_entry("change", &new.deed)?;
    map.end()
}

fn refund_for_log<S: serde::Serializer>(new: &NewRefund, serializer: S) -> Result<S::Ok, S::Error> {
    use serde::ser::SerializeMap;
    let mut map = serializer.serialize_map(Some(5))?;
    map.serialize_entry("refund", &new.id)?;
    map.serialize_entry("charge", &new.charge)?;
    map.serialize_entry("amount_minor", &new.amount.minor())?;
    map.serialize_entry("currency", &new.amount.currency())?;
    map.serialize_entry("reason", &new.reason)?;
    map.end()
}
