//! One pass over a group. What the same customer's messages have in common is
//! looked up once, and a conversation's row is written once.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use cobro_stripe::EventHint;
use cobro_whatsapp::webhook::{InboundMessage, LineRef, Sender, Update};
use rusqlite::Transaction;

use super::flow::{Flow, snippet};
use super::people::{identities_of, identity};
use super::{Came, Changes, Content, Parsed, Rules};
use crate::domain::{ConversationId, Direction, Identity, IdentityKind, LineId, MessageKind, Timestamp};
use crate::store::conversations::{self, Latest};
use crate::store::envelopes::{Keeping, KnownJournal};
use crate::store::received::Adding;
use crate::store::{changes, contacts, hints, imports, lines, messages, meta};
use crate::{CoreEvent, Result};

pub(super) struct Round<'a> {
    pub(super) tx: &'a Transaction<'a>,
    pub(super) rules: Rules,
    pub(super) changes: Changes,
    /// Whether edits or deletions wait for their messages.
    pub(super) changes_wait: bool,
    /// Whether reports wait for their messages.
    pub(super) reports_wait: bool,
    lines: HashMap<&'a str, LineId>,
    /// With when the person was seen last as the database has it, and as this round knows.
    conversations: HashMap<Person<'a>, (ConversationId, Timestamp, Timestamp)>,
    /// Whether any identity changed hands, once it was looked up.
    pub(super) former: Option<bool>,
    activities: HashMap<ConversationId, Activity<'a>>,
    coexisting: HashSet<LineId>,
    /// New messages of the phone's history, by line.
    imported: HashMap<LineId, (u32, Timestamp)>,
    keeping: Keeping<'a>,
    pub(super) adding: Adding<'a>,
}

/// What happened in a conversation, of which the list shows the newest.
struct Activity<'a> {
    at: Timestamp,
    shown: Shown<'a>,
    from_me: bool,
    unread: u32,
    inbound_at: Option<Timestamp>,
}

/// What the list shows of what happened: the words are put together for the newest alone.
enum Shown<'a> {
    Nothing,
    Message(&'a InboundMessage),
    Reaction(String),
}

impl Activity<'_> {
    fn latest(&self) -> Latest {
        let (kind, snippet) = match &self.shown {
            Shown::Nothing => (MessageKind::Text, String::new()),
            Shown::Message(message) => (message.kind, snippet(message)),
            Shown::Reaction(words) => (MessageKind::Reaction, words.clone()),
        };
        Latest {
            at: self.at,
            snippet,
            kind,
            from_me: self.from_me,
            unread: self.unread,
            inbound_at: self.inbound_at,
        }
    }
}

/// Whom a message names, on which line.
#[derive(PartialEq, Eq, Hash)]
struct Person<'a> {
    line: LineId,
    user_id: Option<&'a str>,
    phone: Option<&'a str>,
    username: Option<&'a str>,
}

impl Person<'_> {
    fn identities(&self) -> impl Iterator<Item = Identity> {
        [
            (IdentityKind::UserId, self.user_id),
            (IdentityKind::Phone, self.phone),
            (IdentityKind::Username, self.username),
        ]
        .into_iter()
        .filter_map(|(kind, value)| Some(identity(kind, value?)))
    }
}

impl<'a> Round<'a> {
    pub(super) fn new(tx: &'a Transaction<'a>, rules: Rules) -> Result<Self> {
        Ok(Self {
            tx,
            rules,
            changes: Changes::default(),
            changes_wait: changes::any_waiting(tx)?,
            reports_wait: messages::any_early(tx)?,
            lines: HashMap::new(),
            conversations: HashMap::new(),
            former: None,
            activities: HashMap::new(),
            coexisting: HashSet::new(),
            imported: HashMap::new(),
            keeping: Keeping::prepare(tx)?,
            adding: Adding::prepare(tx)?,
        })
    }

    /// Keeps the envelope and applies what of it is still to be applied.
    pub(super) fn envelope(&mut self, journal: KnownJournal, parsed: &'a Parsed) -> Result<()> {
        let envelope = &parsed.envelope;
        let error = parsed.content.error();
        if !self.keeping.add(journal, envelope, error)? {
            return Ok(());
        }
        self.changes.tell(error.is_some(), CoreEvent::StatusChanged);
        self.part(journal, parsed, usize::MAX)
    }

    /// Applies the next updates of an envelope, at most that many.
    pub(super) fn part(&mut self, journal: KnownJournal, parsed: &'a Parsed, most: usize) -> Result<()> {
        let envelope = &parsed.envelope;
        let came = Came::of(journal.key(envelope.seq), envelope.received_at);
        self.content(
            &parsed.content,
            came,
            parsed.done..parsed.done.saturating_add(most),
        )
    }

    pub(super) fn content(&mut self, content: &'a Content, came: Came, range: Range<usize>) -> Result<()> {
        match content {
            Content::WhatsApp(updates) => updates
                .iter()
                .take(range.end)
                .skip(range.start)
                .try_for_each(|update| self.update(update, came)),
            Content::Stripe(hint) => self.hint(hint, came.at),
            Content::Nothing | Content::Unreadable(_) => Ok(()),
        }
    }

    pub(super) fn finish(mut self) -> Result<Changes> {
        for (person, (_, seen, last)) in &self.conversations {
            if last > seen {
                for identity in person.identities() {
                    contacts::saw(self.tx, &identity, *last)?;
                }
            }
        }
        for (conversation, activity) in &self.activities {
            conversations::advance(self.tx, *conversation, &activity.latest())?;
        }
        for (line, (messages, at)) in &self.imported {
            imports::count(self.tx, *line, *messages, *at)?;
        }
        self.changes.conversations.extend(self.activities.keys());
        Ok(self.changes)
    }

    fn update(&mut self, update: &'a Update, came: Came) -> Result<()> {
        match update {
            Update::Message(message) => self.message(message, Flow::In, None, came),
            Update::Echo(message) => self.message(message, Flow::Echo, None, came),
            Update::History(old) => self.history(old, came),
            Update::Status(status) => self.status(status, came.at),
            Update::UserIdChanged {
                line: _,
                previous,
                current,
                phone,
            } => self.user_id_changed(previous.as_deref(), current, phone.as_deref(), came.at),
            Update::NumberChanged {
                line: _,
                previous,
                current,
            } => self.number_changed(previous, current, came.at),
            Update::HistoryProgress(progress) => self.progress(progress, came.at),
            Update::HistoryDeclined { line, code, title } => self.declined(line, *code, title, came.at),
            Update::PhoneBook(entry) => self.phone_book(entry),
            Update::Template(news) => self.template(news, came.at),
            Update::Alert(alert) => self.alert(alert, came.at),
            Update::Other { .. } | Update::Unreadable { .. } => Ok(()),
        }
    }

    fn hint(&mut self, hint: &EventHint, at: Timestamp) -> Result<()> {
        meta::set(self.tx, meta::STRIPE_WEBHOOK_AT, &at.millis().to_string())?;
        if let Some((kind, id)) = hint.to_read_back() {
            // Due by this desk's own clock: a relay elsewhere may have another.
            self.changes.hinted |= hints::add_from_event(self.tx, &hint.id, kind, id, Timestamp::now())?;
        }
        Ok(())
    }

    pub(super) fn line(&mut self, line: &'a LineRef) -> Result<LineId> {
        let number = line.phone_number_id.as_deref().unwrap_or("unknown");
        if let Some(id) = self.lines.get(number) {
            return Ok(*id);
        }
        let id = lines::find_or_add(
            self.tx,
            number,
            line.display_phone_number.as_deref(),
            line.waba_id.as_deref(),
        )?;
        self.lines.insert(number, id);
        Ok(id)
    }

    /// Notes that the shop's own phone is on the line too.
    pub(super) fn coexists(&mut self, line: LineId) -> Result<()> {
        if self.coexisting.insert(line) {
            let is_news = lines::set_coexists(self.tx, line)?;
            self.changes.tell(is_news, CoreEvent::ConnectionChanged);
        }
        Ok(())
    }

    pub(super) fn imported(&mut self, line: LineId, at: Timestamp) {
        let (messages, newest) = self.imported.entry(line).or_insert((0, at));
        *messages += 1;
        *newest = at.max(*newest);
        self.changes.tell(true, CoreEvent::ImportsChanged);
    }

    /// Returns the conversation of whom a message of that time names.
    pub(super) fn conversation(
        &mut self,
        line: LineId,
        sender: &'a Sender,
        at: Timestamp,
    ) -> Result<ConversationId> {
        let person = Person {
            line,
            user_id: sender.user_id.as_deref(),
            phone: sender.phone.as_deref(),
            username: sender.username.as_deref(),
        };
        // What changed hands depends on the time.
        let former = self.any_former()?;
        if !former && let Some((id, _, last)) = self.conversations.get_mut(&person) {
            *last = at.max(*last);
            return Ok(*id);
        }
        let identities = identities_of(sender);
        let name = sender.profile_name.as_deref();
        if (!former || sender.user_id.is_some())
            && let Some((id, seen)) = contacts::known_on_line(self.tx, line, &identities, name)?
        {
            self.conversations.insert(person, (id, seen, at));
            return Ok(id);
        }
        let contact = contacts::find_or_add(self.tx, &identities, name, at)?;
        let id = conversations::find_or_add(self.tx, line, contact)?;
        self.conversations.insert(person, (id, at, at));
        self.former = None;
        Ok(id)
    }

    /// Returns whether anything changed hands yet. What may change that forgets the answer.
    fn any_former(&mut self) -> Result<bool> {
        if let Some(known) = self.former {
            return Ok(known);
        }
        let any = contacts::any_former(self.tx)?;
        self.former = Some(any);
        Ok(any)
    }

    /// Forgets a conversation that is no longer there.
    pub(super) fn forget(&mut self, gone: ConversationId) {
        self.conversations.retain(|_, (id, ..)| *id != gone);
    }

    /// Remembers what the list will show of a message, to be written once.
    pub(super) fn note(
        &mut self,
        conversation: ConversationId,
        message: &'a InboundMessage,
        flow: Flow,
        at: Timestamp,
    ) {
        let inbound = flow.direction() == Direction::In;
        let unread = flow == Flow::In && message.kind != MessageKind::System;
        let activity = self.activity(conversation);
        activity.unread += u32::from(unread);
        if inbound && message.kind != MessageKind::System {
            activity.inbound_at = activity.inbound_at.max(Some(at));
        }
        if at >= activity.at {
            activity.at = at;
            activity.shown = Shown::Message(message);
            activity.from_me = !inbound;
        }
    }

    /// Remembers a reaction: it is activity, and a customer's opens the window, but nothing to read.
    pub(super) fn note_reaction(
        &mut self,
        conversation: ConversationId,
        direction: Direction,
        words: String,
        at: Timestamp,
    ) {
        let activity = self.activity(conversation);
        if direction == Direction::In {
            activity.inbound_at = activity.inbound_at.max(Some(at));
        }
        if at >= activity.at {
            activity.at = at;
            activity.shown = Shown::Reaction(words);
            activity.from_me = direction == Direction::Out;
        }
    }

    /// Writes what is remembered of a conversation now, for what builds on it.
    pub(super) fn write_latest(&mut self, conversation: ConversationId) -> Result<()> {
        if let Some(activity) = self.activities.remove(&conversation) {
            conversations::advance(self.tx, conversation, &activity.latest())?;
            self.changes.conversations.insert(conversation);
        }
        Ok(())
    }

    /// Remembers only that the customer did something, and when.
    pub(super) fn note_activity(&mut self, conversation: ConversationId, at: Timestamp) {
        let activity = self.activity(conversation);
        activity.inbound_at = activity.inbound_at.max(Some(at));
    }

    fn activity(&mut self, conversation: ConversationId) -> &mut Activity<'a> {
        self.activities.entry(conversation).or_insert_with(|| Activity {
            // Before anything: what only opens the window leaves the list as it is.
            at: Timestamp::from_millis(-1),
            shown: Shown::Nothing,
            from_me: false,
            unread: 0,
            inbound_at: None,
        })
    }
}
