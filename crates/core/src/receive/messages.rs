//! Messages of either side, as they arrive.

use std::time::Duration;

use cobro_whatsapp::webhook::{HistoryMessage, InboundMessage, Sender, Status};

use super::Came;
use super::flow::Flow;
use super::people::identities_of;
use super::round::Round;
use crate::domain::{
    Content, ConversationId, LineId, MediaState, MessageId, MessageKind, NoticeId, NoticeKind, Timestamp,
};
use crate::quotation::answer_of;
use crate::store::notices::Notice;
use crate::store::received::{Added, IncomingFile, Received};
use crate::store::{conversations, messages, notices, quotations, received};
use crate::{CoreEvent, Result};

/// Messages older than this are not announced: the desk was off, and the list shows them.
const NEWS: Duration = Duration::from_mins(15);
/// A message older than this when it came is of no second in which anybody wrote here.
const AT_ONCE: Duration = Duration::from_mins(1);
/// How long WhatsApp keeps what customers send.
const KEPT: Duration = Duration::from_hours(7 * 24);

impl<'a> Round<'a> {
    pub(super) fn history(&mut self, old: &'a HistoryMessage, came: Came) -> Result<()> {
        let flow = if old.from_shop { Flow::OldOut } else { Flow::OldIn };
        self.message(&old.message, flow, old.status.as_ref(), came)
    }

    pub(super) fn message(
        &mut self,
        message: &'a InboundMessage,
        flow: Flow,
        told: Option<&Status>,
        came: Came,
    ) -> Result<()> {
        let line = self.line(&message.line)?;
        if flow != Flow::In {
            self.coexists(line)?;
        }
        if let Some(reaction) = &message.reaction {
            return self.reaction(message, reaction, line, flow, came);
        }
        if let (MessageKind::Edit | MessageKind::Revoke, Some(target)) = (message.kind, &message.target) {
            return self.change(message, target, flow, came);
        }
        // Where WhatsApp does not say when, it is when we heard of it.
        let at = if message.at.millis() == 0 {
            came.at
        } else {
            message.at
        };
        let conversation = self.conversation_of(message, line, flow, at)?;
        let at = self.place_of(message, flow, conversation, at, came)?;
        let new = Received {
            id: MessageId::new(),
            conversation,
            wamid: Some(message.wamid.as_str()).filter(|wamid| !wamid.is_empty()),
            direction: flow.direction(),
            origin: flow.origin(),
            kind: message.kind,
            text: &message.text,
            at,
            delivery: flow.delivery(told),
            media_name: message.media.as_ref().and_then(|media| media.filename.as_deref()),
            envelope: came.envelope,
            content: to_json(message.content.as_ref())?,
            referral: to_json(message.referral.as_ref())?,
            reply_to: message
                .context
                .as_ref()
                .and_then(|context| context.wamid.as_deref()),
            forwarded: forwarded(message),
            put_aside: flow.is_old(),
        };
        match self.adding.add(&new, self.rules.again)? {
            Added::New => self.added(message, flow, new.id, conversation, at, came)?,
            Added::Became(id, conversation) => self.became(message, flow, id, conversation, came)?,
            Added::Known => return self.known(message, flow, conversation),
        }
        self.changes.messages += 1;
        if flow.is_old() {
            self.changes.conversations.insert(conversation);
        }
        Ok(())
    }

    /// Only what comes at once can be of the same second as what is written here.
    fn place_of(
        &self,
        message: &InboundMessage,
        flow: Flow,
        conversation: ConversationId,
        at: Timestamp,
        came: Came,
    ) -> Result<Timestamp> {
        // Without a name of WhatsApp's it is known by its time.
        if flow.is_old() || message.wamid.is_empty() || came.at.since(at) > AT_ONCE {
            return Ok(at);
        }
        messages::place_of(self.tx, conversation, at)
    }

    /// A file that comes after its placeholder says less of whom it is with than the placeholder did.
    fn conversation_of(
        &mut self,
        message: &'a InboundMessage,
        line: LineId,
        flow: Flow,
        at: Timestamp,
    ) -> Result<ConversationId> {
        if flow.is_old()
            && message.media.is_some()
            && let Some(known) = messages::conversation_of_wamid(self.tx, &message.wamid)?
        {
            return Ok(known);
        }
        self.conversation(line, &message.from, at)
    }

    /// A repetition may say whom a file is with that came first and did not.
    fn known(&mut self, message: &InboundMessage, flow: Flow, conversation: ConversationId) -> Result<()> {
        if !flow.is_old() || message.from == Sender::default() {
            return Ok(());
        }
        let nobody = identities_of(&Sender::default());
        let Some(nobodys) = received::stands_with(self.tx, &message.wamid, &nobody, conversation)? else {
            return Ok(());
        };
        self.write_latest(nobodys)?;
        self.write_latest(conversation)?;
        received::move_to(self.tx, &message.wamid, nobodys, conversation)?;
        conversations::refresh(self.tx, conversation)?;
        if conversations::remove_if_empty(self.tx, nobodys)? {
            self.forget(nobodys);
            self.changes.conversations.remove(&nobodys);
            self.changes.tell(true, CoreEvent::Resync);
        } else {
            conversations::refresh(self.tx, nobodys)?;
        }
        self.changes.conversations.insert(conversation);
        Ok(())
    }

    fn added(
        &mut self,
        message: &'a InboundMessage,
        flow: Flow,
        id: MessageId,
        conversation: ConversationId,
        at: Timestamp,
        came: Came,
    ) -> Result<()> {
        self.file(message, flow, id, came.at)?;
        if flow == Flow::In
            && let Some(Content::ButtonReply { id: Some(button), .. }) = &message.content
            && let Some((quotation, state)) = answer_of(button)
        {
            quotations::answer(self.tx, quotation, conversation, state, at)?;
        }
        if flow != Flow::In && self.reports_wait {
            for report in messages::take_early(self.tx, &message.wamid)? {
                messages::report(self.tx, id, &report)?;
            }
        }
        self.note(conversation, message, flow, at);
        // A file that names nobody comes apart from any import.
        if flow.is_old() && message.from != Sender::default() {
            let line = self.line(&message.line)?;
            self.imported(line, came.at);
        }
        if self.changes_wait {
            self.apply_changes(&message.wamid)?;
        }
        if flow == Flow::In && self.rules.announces && came.at.since(at) < NEWS {
            self.changes.noticed = true;
            notices::add(
                self.tx,
                &Notice {
                    id: NoticeId::new(),
                    kind: NoticeKind::Message,
                    conversation,
                    charge: None,
                    message: Some(id),
                    payment_intent: None,
                    at: came.at,
                },
            )?;
        }
        Ok(())
    }

    /// A placeholder has its file now, or a message is understood that was not before.
    fn became(
        &mut self,
        message: &'a InboundMessage,
        flow: Flow,
        id: MessageId,
        conversation: ConversationId,
        came: Came,
    ) -> Result<()> {
        self.file(message, flow, id, came.at)?;
        conversations::refresh_if_newest(self.tx, conversation, id)?;
        self.changes.conversations.insert(conversation);
        Ok(())
    }

    fn file(&mut self, message: &InboundMessage, flow: Flow, id: MessageId, came: Timestamp) -> Result<()> {
        let Some(media) = &message.media else {
            return Ok(());
        };
        // A file's name lasts from when WhatsApp told it, not from when the message was written.
        let is_kept = media.id.is_some() && Timestamp::now().since(came) < KEPT;
        self.changes.files |= is_kept;
        received::add_file(
            self.tx,
            &IncomingFile {
                message: id,
                direction: flow.direction(),
                media_id: media.id.as_deref(),
                media_id_at: came,
                mime: media.mime_type.as_deref().unwrap_or("application/octet-stream"),
                sha256: media.sha256.as_deref(),
                name: media.filename.as_deref(),
                voice: media.voice || message.kind == MessageKind::Voice,
                animated: media.animated,
                state: if is_kept {
                    MediaState::Waiting
                } else {
                    MediaState::Gone
                },
            },
        )
    }
}

fn forwarded(message: &InboundMessage) -> u8 {
    match &message.context {
        Some(context) if context.often_forwarded => 2,
        Some(context) if context.forwarded => 1,
        _ => 0,
    }
}

fn to_json<T: serde::Serialize>(value: Option<&T>) -> Result<Option<String>> {
    Ok(value
        .map(serde_json::to_string)
        .transpose()
        .map_err(anyhow::Error::new)?)
}
