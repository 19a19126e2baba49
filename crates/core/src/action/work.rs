//! Changes to the shop's own work: nothing of them leaves this desk.

use rusqlite::Transaction;
use serde::Serialize;

use super::Actor;
use crate::Result;
use crate::domain::{
    ContactId, ConversationId, Direction, Label, LabelId, MemberId, MessageId, MessageKind, NoticeId,
    NoticeKind, QuickReply, QuickReplyId, Timestamp,
};
use crate::store::messages::NewMessage;
use crate::store::notices::Notice;
use crate::store::{drafts, fields, labels, members, messages, notices, quick_replies, work};

/// A change to the shop's own work. The log keeps ids, never words.
#[derive(Clone, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Work {
    /// Writes a note that stands in the thread and is never sent.
    Note {
        message: MessageId,
        conversation: ConversationId,
        #[serde(skip)]
        text: String,
    },
    RemoveNote {
        message: MessageId,
    },
    Resolve {
        conversation: ConversationId,
    },
    Reopen {
        conversation: ConversationId,
        /// When it had been resolved before, where this takes a resolving back.
        done_at: Option<Timestamp>,
    },
    Snooze {
        conversation: ConversationId,
        until: Timestamp,
    },
    Unsnooze {
        conversation: ConversationId,
    },
    /// Its time has come.
    Wake {
        conversation: ConversationId,
        /// Whether somebody is told.
        announced: bool,
    },
    Assign {
        conversation: ConversationId,
        to: Option<MemberId>,
    },
    GiveLabel {
        conversation: ConversationId,
        label: LabelId,
    },
    TakeLabel {
        conversation: ConversationId,
        label: LabelId,
    },
    SaveLabel {
        label: LabelId,
        #[serde(skip)]
        saved: Label,
    },
    RemoveLabel {
        label: LabelId,
    },
    SaveMember {
        member: MemberId,
        #[serde(skip)]
        name: String,
    },
    RemoveMember {
        member: MemberId,
    },
    SaveQuickReply {
        reply: QuickReplyId,
        #[serde(skip)]
        saved: Box<QuickReply>,
    },
    RemoveQuickReply {
        reply: QuickReplyId,
    },
    RemoveDraft {
        conversation: ConversationId,
    },
    /// What it was is gone; that it was, is remembered.
    EraseCustomer {
        contact: ContactId,
    },
    SetField {
        contact: ContactId,
        #[serde(skip)]
        name: String,
        #[serde(skip)]
        value: String,
    },
}

/// Applies the change. Returns whether it changed anything.
pub(super) fn apply(tx: &Transaction<'_>, actor: Actor, change: &Work, now: Timestamp) -> Result<bool> {
    match change {
        Work::Note {
            message,
            conversation,
            text,
        } => note(tx, actor, *message, *conversation, text, now),
        Work::RemoveNote { message } => messages::remove_note(tx, *message),
        Work::Resolve { conversation } => work::resolve(tx, *conversation, now),
        Work::Reopen {
            conversation,
            done_at,
        } => work::reopen(tx, *conversation, *done_at),
        Work::Snooze { conversation, until } => work::snooze(tx, *conversation, *until),
        Work::Unsnooze { conversation } => work::unsnooze(tx, *conversation),
        Work::Wake {
            conversation,
            announced,
        } => wake(tx, *conversation, *announced, now),
        Work::Assign { conversation, to } => work::assign(tx, *conversation, *to),
        Work::GiveLabel { conversation, label } => labels::give(tx, *conversation, *label),
        Work::TakeLabel { conversation, label } => labels::take(tx, *conversation, *label),
        Work::SaveLabel { saved, .. } => labels::save(tx, saved),
        Work::RemoveLabel { label } => labels::remove(tx, *label),
        Work::SaveMember { member, name } => members::save(tx, *member, name),
        Work::RemoveMember { member } => members::remove(tx, *member, now),
        Work::SaveQuickReply { saved, .. } => quick_replies::save(tx, saved, now).map(|()| true),
        Work::RemoveQuickReply { reply } => quick_replies::remove(tx, *reply),
        Work::RemoveDraft { conversation } => drafts::set(tx, *conversation, None, now),
        // The caller has erased: only the log is left to write.
        Work::EraseCustomer { .. } => Ok(true),
        Work::SetField { contact, name, value } => fields::set(tx, *contact, name, value),
    }
}

/// A note is a message of its own kind, so that it stands in its place; the list does not show it.
fn note(
    tx: &Transaction<'_>,
    actor: Actor,
    message: MessageId,
    conversation: ConversationId,
    text: &str,
    now: Timestamp,
) -> Result<bool> {
    messages::add(
        tx,
        &NewMessage {
            id: message,
            conversation,
            wamid: None,
            direction: Direction::Out,
            origin: actor.origin(),
            kind: MessageKind::Note,
            text,
            at: now,
            delivery: None,
            charge: None,
            retry_of: None,
            media_name: None,
            envelope: None,
        },
    )
}

fn wake(tx: &Transaction<'_>, conversation: ConversationId, announced: bool, now: Timestamp) -> Result<bool> {
    if !work::wake(tx, conversation, now)? {
        return Ok(false);
    }
    if announced {
        notices::add(
            tx,
            &Notice {
                id: NoticeId::new(),
                kind: NoticeKind::Woke,
                conversation,
                charge: None,
                message: None,
                payment_intent: None,
                at: now,
            },
        )?;
    }
    Ok(true)
}
