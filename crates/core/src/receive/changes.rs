//! What is done to a message that is there, or comes later: reactions, edits, deletions.

use cobro_whatsapp::webhook::{InboundMessage, Reaction};

use super::Came;
use super::flow::Flow;
use super::round::Round;
use crate::Result;
use crate::action::snippet_of;
use crate::domain::{Direction, LineId, MessageKind};
use crate::store::changes::{self, Change, ChangeKind};
use crate::store::{conversations, messages, reactions, received};

impl<'a> Round<'a> {
    pub(super) fn reaction(
        &mut self,
        message: &'a InboundMessage,
        reaction: &Reaction,
        line: LineId,
        flow: Flow,
        came: Came,
    ) -> Result<()> {
        self.withdraw(message, came)?;
        let direction = flow.direction();
        let emoji = reaction.emoji.as_deref().unwrap_or_default();
        let is_newest = reactions::set(self.tx, &reaction.target, direction, emoji, message.at)?;
        if flow.is_old() {
            if let Some(conversation) = messages::conversation_of_wamid(self.tx, &reaction.target)? {
                self.changes.conversations.insert(conversation);
            }
            return Ok(());
        }
        let conversation = match messages::conversation_of_wamid(self.tx, &reaction.target)? {
            Some(conversation) => conversation,
            None => self.conversation(line, &message.from, message.at)?,
        };
        self.changes.conversations.insert(conversation);
        if is_newest && !emoji.is_empty() {
            let text = messages::text_of_wamid(self.tx, &reaction.target)?.unwrap_or_default();
            let words = self.rules.language.reacted(emoji, &snippet_of(&text));
            self.note_reaction(conversation, direction, words, message.at);
        } else if direction == Direction::In {
            self.note_activity(conversation, message.at);
        }
        Ok(())
    }

    pub(super) fn change(
        &mut self,
        message: &'a InboundMessage,
        target: &str,
        flow: Flow,
        came: Came,
    ) -> Result<()> {
        self.withdraw(message, came)?;
        let change = Change {
            wamid: &message.wamid,
            target,
            direction: flow.direction(),
            kind: if message.kind == MessageKind::Edit {
                ChangeKind::Edit
            } else {
                ChangeKind::Revoke
            },
            text: &message.text,
            at: message.at,
        };
        if changes::add(self.tx, &change)? {
            self.changes_wait = true;
            self.apply_changes(target)?;
        }
        Ok(())
    }

    /// Brings a message to where its changes leave it, as far as it is here.
    pub(super) fn apply_changes(&mut self, target: &str) -> Result<()> {
        if let Some((message, conversation)) = changes::apply(self.tx, target)? {
            self.write_latest(conversation)?;
            conversations::refresh_if_newest(self.tx, conversation, message)?;
            self.changes.conversations.insert(conversation);
        }
        Ok(())
    }

    /// An older parser kept it as a message of its own.
    fn withdraw(&mut self, message: &InboundMessage, came: Came) -> Result<()> {
        if self.rules.again
            && let Some(conversation) = received::withdraw(self.tx, &message.wamid, came.envelope)?
        {
            conversations::refresh(self.tx, conversation)?;
            self.changes.conversations.insert(conversation);
            self.changes.messages += 1;
        }
        Ok(())
    }
}
