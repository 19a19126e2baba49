//! Receiving: an envelope, what it says, and what that changes, in one transaction.

use std::collections::{HashMap, HashSet};

use cobro_protocol::{Envelope, Source};
use cobro_stripe::EventHint;
use cobro_whatsapp::error_words;
use cobro_whatsapp::webhook::{self, InboundMessage, LineRef, Sender, StatusUpdate, Update};
use rusqlite::Transaction;

use crate::action::snippet_of;
use crate::domain::{
    ChargeId, ConversationId, Delivery, Direction, Identity, IdentityKind, LineId, MessageId, MessageKind,
    NoticeId, NoticeKind, Origin, Timestamp, Words,
};
use crate::store::conversations::{self, Latest};
use crate::store::envelopes::{self, KnownJournal};
use crate::store::messages::{self, NewMessage, Report};
use crate::store::notices::Notice;
use crate::store::{contacts, hints, lines, meta, notices};
use crate::{CoreEvent, Error, Inbox, Result};

/// Messages older than this are not announced: the desk was off, and the list shows them.
const NEWS: std::time::Duration = std::time::Duration::from_mins(15);

/// An envelope with what could be read in it.
pub(crate) struct Parsed {
    pub envelope: Envelope,
    content: Content,
}

enum Content {
    WhatsApp(Vec<Update>),
    Stripe(EventHint),
    Nothing,
    Unreadable(String),
}

/// Reads envelopes. What can't be read is kept with its error.
pub(crate) fn parse_all(envelopes: Vec<Envelope>) -> Vec<Parsed> {
    envelopes
        .into_iter()
        .map(|envelope| Parsed {
            content: content_of(&envelope),
            envelope,
        })
        .collect()
}

fn content_of(envelope: &Envelope) -> Content {
    match envelope.source {
        Source::Whatsapp => match webhook::parse(&envelope.body) {
            Ok(updates) => Content::WhatsApp(updates),
            Err(error) => Content::Unreadable(error.to_string()),
        },
        Source::Stripe => match EventHint::from_webhook_body(&envelope.body) {
            Ok(hint) => Content::Stripe(hint),
            Err(error) => Content::Unreadable(error.to_string()),
        },
        Source::Action => Content::Nothing,
    }
}

/// What a group of envelopes changed.
#[derive(Default)]
struct Changes {
    conversations: HashSet<ConversationId>,
    charges: HashSet<(ChargeId, ConversationId)>,
    hinted: bool,
    noticed: bool,
    troubled: bool,
}

/// Applies a group in one transaction, then tells listeners what changed.
///
/// If one envelope breaks the transaction, each is applied by itself and the
/// broken one is kept with its error: the stream moves on.
pub(crate) async fn apply(inbox: &Inbox, journal: KnownJournal, group: Vec<Parsed>) -> Result<()> {
    let rules = Rules {
        announces: inbox.announces,
    };
    let group = std::sync::Arc::new(group);
    let together = {
        let group = group.clone();
        inbox
            .store
            .write(move |tx| apply_group(tx, rules, journal, &group))
            .await
    };
    let changes = match together {
        Ok(changes) => changes,
        Err(error @ (Error::DiskFull | Error::Damaged)) => return Err(error),
        Err(_) => {
            inbox
                .store
                .write(move |tx| apply_one_by_one(tx, rules, journal, &group))
                .await?
        }
    };
    tell(inbox, &changes);
    Ok(())
}

#[derive(Clone, Copy)]
struct Rules {
    announces: bool,
}

fn apply_group(
    tx: &Transaction<'_>,
    rules: Rules,
    journal: KnownJournal,
    group: &[Parsed],
) -> Result<Changes> {
    let mut round = Round::new(tx, rules);
    for parsed in group {
        round.envelope(journal, parsed)?;
    }
    round.finish(journal, group)
}

fn apply_one_by_one(
    tx: &Transaction<'_>,
    rules: Rules,
    journal: KnownJournal,
    group: &[Parsed],
) -> Result<Changes> {
    let mut all = Changes::default();
    for parsed in group {
        tx.execute_batch("SAVEPOINT envelope")?;
        let mut round = Round::new(tx, rules);
        let applied = round
            .envelope(journal, parsed)
            .and_then(|()| round.finish(journal, std::slice::from_ref(parsed)));
        match applied {
            Ok(changes) => {
                all.conversations.extend(changes.conversations);
                all.charges.extend(changes.charges);
                all.hinted |= changes.hinted;
                all.noticed |= changes.noticed;
                all.troubled |= changes.troubled;
            }
            Err(error @ (Error::DiskFull | Error::Damaged)) => return Err(error),
            Err(error) => {
                tx.execute_batch("ROLLBACK TO envelope")?;
                envelopes::add(tx, journal, &parsed.envelope, Some(&format!("{error:#}")))?;
                envelopes::mark_applied(tx, journal, parsed.envelope.seq)?;
                all.troubled = true;
            }
        }
        tx.execute_batch("RELEASE envelope")?;
    }
    Ok(all)
}

/// One pass over a group. What the same customer's messages have in common is
/// looked up once, and a conversation's row is written once.
struct Round<'a> {
    tx: &'a Transaction<'a>,
    rules: Rules,
    lines: HashMap<String, LineId>,
    conversations: HashMap<(LineId, Vec<Identity>), ConversationId>,
    latest: HashMap<ConversationId, Latest>,
    changes: Changes,
}

impl<'a> Round<'a> {
    fn new(tx: &'a Transaction<'a>, rules: Rules) -> Self {
        Self {
            tx,
            rules,
            lines: HashMap::new(),
            conversations: HashMap::new(),
            latest: HashMap::new(),
            changes: Changes::default(),
        }
    }

    fn envelope(&mut self, journal: KnownJournal, parsed: &Parsed) -> Result<()> {
        let envelope = &parsed.envelope;
        let error = match &parsed.content {
            Content::Unreadable(error) => Some(error.clone()),
            Content::WhatsApp(updates) => unreadable_of(updates),
            _ => None,
        };
        if !envelopes::add(self.tx, journal, envelope, error.as_deref())? {
            return Ok(());
        }
        self.changes.troubled |= error.is_some();
        let key = journal.key(envelope.seq);
        match &parsed.content {
            Content::WhatsApp(updates) => updates
                .iter()
                .try_for_each(|update| self.update(update, key, envelope.received_at)),
            Content::Stripe(hint) => self.hint(hint, envelope.received_at),
            Content::Nothing | Content::Unreadable(_) => Ok(()),
        }
    }

    fn finish(mut self, journal: KnownJournal, group: &[Parsed]) -> Result<Changes> {
        for (conversation, latest) in &self.latest {
            conversations::advance(self.tx, *conversation, latest)?;
        }
        if let Some(last) = group.last() {
            envelopes::mark_applied(self.tx, journal, last.envelope.seq)?;
        }
        self.changes.conversations.extend(self.latest.keys());
        Ok(self.changes)
    }

    fn hint(&mut self, hint: &EventHint, at: Timestamp) -> Result<()> {
        meta::set(self.tx, meta::STRIPE_WEBHOOK_AT, &at.millis().to_string())?;
        if let Some((kind, id)) = hint.to_read_back() {
            // Due by this desk's own clock: a relay elsewhere may have another.
            self.changes.hinted |= hints::add_from_event(self.tx, &hint.id, kind, id, Timestamp::now())?;
        }
        Ok(())
    }

    fn update(&mut self, update: &Update, envelope: i64, received_at: Timestamp) -> Result<()> {
        match update {
            Update::Message(message) => self.message(message, Flow::In, envelope, received_at),
            Update::Echo(message) => self.message(message, Flow::Echo, envelope, received_at),
            Update::History(message) => self.history(message, envelope, received_at),
            Update::Status(status) => self.status(status),
            Update::UserIdChanged {
                line: _,
                previous,
                current,
                phone,
            } => self.user_id_changed(previous.as_deref(), current, phone.as_deref(), received_at),
            _ => Ok(()),
        }
    }

    fn message(
        &mut self,
        message: &InboundMessage,
        flow: Flow,
        envelope: i64,
        received_at: Timestamp,
    ) -> Result<()> {
        let line = self.line(&message.line)?;
        let identities = identities_of(&message.from);
        let name = message.from.profile_name.as_deref();
        let conversation = self.conversation(line, identities, name, received_at)?;
        let id = MessageId::new();
        let added = messages::add(
            self.tx,
            &NewMessage {
                id,
                conversation,
                wamid: Some(&message.wamid)
                    .filter(|wamid| !wamid.is_empty())
                    .map(String::as_str),
                direction: flow.direction(),
                origin: flow.origin(),
                kind: message.kind,
                text: &message.text,
                at: message.at,
                delivery: flow.delivery(),
                charge: None,
                retry_of: None,
                media_name: message.media.as_ref().and_then(|media| media.filename.as_deref()),
                envelope: Some(envelope),
            },
        )?;
        if !added {
            return Ok(());
        }
        if flow != Flow::In {
            self.apply_early(id, &message.wamid)?;
        }
        self.note(conversation, message, flow);
        if flow == Flow::In && self.rules.announces && received_at.since(message.at) < NEWS {
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
                    at: received_at,
                },
            )?;
        }
        Ok(())
    }

    fn history(
        &mut self,
        message: &webhook::HistoryMessage,
        envelope: i64,
        received_at: Timestamp,
    ) -> Result<()> {
        let flow = if message.from_shop {
            Flow::OldOut
        } else {
            Flow::OldIn
        };
        self.message(&message.message, flow, envelope, received_at)
    }

    fn status(&mut self, status: &StatusUpdate) -> Result<()> {
        let Some(delivery) = delivery_of(&status.status) else {
            return Ok(());
        };
        let problem = status.errors.first().map(|error| {
            let words = error_words(error.code);
            Words::new(error.code.to_string(), words.title, words.advice)
        });
        let report = Report {
            delivery,
            at: status.at,
            problem: problem.filter(|_| delivery == Delivery::Failed),
        };
        let opaque = status
            .opaque
            .as_deref()
            .and_then(|opaque| opaque.parse::<MessageId>().ok());
        let ours = match opaque {
            Some(id) => messages::find(self.tx, id)?.map(|message| message.id),
            None => None,
        };
        let Some(id) = ours.map_or_else(
            || messages::id_of_wamid(self.tx, &status.wamid),
            |id| Ok(Some(id)),
        )?
        else {
            return messages::keep_early(self.tx, &status.wamid, &report);
        };
        messages::set_wamid(self.tx, id, &status.wamid)?;
        if let Some(message) = messages::report(self.tx, id, &report)? {
            self.changes.conversations.insert(message.conversation);
            self.changes
                .charges
                .extend(message.charge.map(|charge| (charge, message.conversation)));
        }
        Ok(())
    }

    fn apply_early(&mut self, id: MessageId, wamid: &str) -> Result<()> {
        for report in messages::take_early(self.tx, wamid)? {
            messages::report(self.tx, id, &report)?;
        }
        Ok(())
    }

    fn user_id_changed(
        &mut self,
        previous: Option<&str>,
        current: &str,
        phone: Option<&str>,
        at: Timestamp,
    ) -> Result<()> {
        let known = [
            previous.map(|value| identity(IdentityKind::UserId, value)),
            phone.map(|value| identity(IdentityKind::Phone, value)),
        ];
        for identity in known.into_iter().flatten() {
            if let Some(contact) = contacts::contact_of(self.tx, &identity)? {
                let current = self::identity(IdentityKind::UserId, current);
                return contacts::attach(self.tx, contact, &current, at);
            }
        }
        Ok(())
    }

    fn line(&mut self, line: &LineRef) -> Result<LineId> {
        let number = line.phone_number_id.as_deref().unwrap_or("unknown");
        if let Some(id) = self.lines.get(number) {
            return Ok(*id);
        }
        let id = lines::find_or_add(self.tx, number, line.display_phone_number.as_deref())?;
        self.lines.insert(number.to_owned(), id);
        Ok(id)
    }

    fn conversation(
        &mut self,
        line: LineId,
        identities: Vec<Identity>,
        name: Option<&str>,
        at: Timestamp,
    ) -> Result<ConversationId> {
        let key = (line, identities);
        if let Some(id) = self.conversations.get(&key) {
            return Ok(*id);
        }
        let contact = contacts::find_or_add(self.tx, &key.1, name, at)?;
        let id = conversations::find_or_add(self.tx, line, contact, at)?;
        self.conversations.insert(key, id);
        Ok(id)
    }

    /// Remembers what the list will show, to be written once.
    fn note(&mut self, conversation: ConversationId, message: &InboundMessage, flow: Flow) {
        let inbound = flow == Flow::In || flow == Flow::OldIn;
        let shown = !matches!(message.kind, MessageKind::Reaction | MessageKind::System);
        let latest = self.latest.entry(conversation).or_insert_with(|| Latest {
            at: Timestamp::from_millis(0),
            snippet: String::new(),
            kind: message.kind,
            from_me: !inbound,
            unread: 0,
            inbound_at: None,
        });
        latest.unread += u32::from(flow == Flow::In && shown);
        if inbound {
            latest.inbound_at = latest.inbound_at.max(Some(message.at));
        }
        if message.at >= latest.at {
            latest.at = message.at;
            latest.snippet = snippet_of(&message.text);
            latest.kind = message.kind;
            latest.from_me = !inbound;
        }
    }
}

/// How a message came to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    /// The customer wrote it now.
    In,
    /// The shop wrote it on its phone now.
    Echo,
    /// From the phone's history.
    OldIn,
    OldOut,
}

impl Flow {
    fn direction(self) -> Direction {
        match self {
            Self::In | Self::OldIn => Direction::In,
            Self::Echo | Self::OldOut => Direction::Out,
        }
    }

    fn origin(self) -> Origin {
        match self {
            Self::In | Self::OldIn => Origin::Customer,
            Self::Echo | Self::OldOut => Origin::Phone,
        }
    }

    fn delivery(self) -> Option<Delivery> {
        (self.direction() == Direction::Out).then_some(Delivery::Sent)
    }
}

/// The user id first: it stays when a phone number changes hands.
fn identities_of(sender: &Sender) -> Vec<Identity> {
    let of = |kind, value: &Option<String>| {
        value
            .as_deref()
            .filter(|value| !value.is_empty())
            .map(|value| identity(kind, value))
    };
    let mut identities: Vec<_> = [
        of(IdentityKind::UserId, &sender.user_id),
        of(IdentityKind::Phone, &sender.phone),
        of(IdentityKind::Username, &sender.username),
    ]
    .into_iter()
    .flatten()
    .collect();
    if identities.is_empty() {
        // Nobody is named. Such messages stand together, rather than nowhere.
        identities.push(identity(IdentityKind::UserId, "unknown"));
    }
    identities
}

fn identity(kind: IdentityKind, value: &str) -> Identity {
    Identity {
        kind,
        value: value.to_owned(),
    }
}

fn delivery_of(status: &webhook::Status) -> Option<Delivery> {
    match status {
        webhook::Status::Sent => Some(Delivery::Sent),
        webhook::Status::Delivered => Some(Delivery::Delivered),
        webhook::Status::Read | webhook::Status::Played => Some(Delivery::Read),
        webhook::Status::Failed => Some(Delivery::Failed),
        webhook::Status::Unknown(_) => None,
    }
}

fn unreadable_of(updates: &[Update]) -> Option<String> {
    updates.iter().find_map(|update| match update {
        Update::Unreadable { error, .. } => Some(error.clone()),
        _ => None,
    })
}

fn tell(inbox: &Inbox, changes: &Changes) {
    for (charge, conversation) in &changes.charges {
        inbox.emit(CoreEvent::ChargeChanged {
            charge: *charge,
            conversation: *conversation,
        });
    }
    if changes.conversations.len() > 200 {
        inbox.emit(CoreEvent::Resync);
    } else {
        for conversation in &changes.conversations {
            inbox.emit(CoreEvent::ConversationChanged {
                conversation: *conversation,
            });
        }
    }
    if changes.troubled || !changes.conversations.is_empty() {
        inbox.emit(CoreEvent::StatusChanged);
    }
    if changes.hinted {
        inbox.hints.notify_one();
    }
    if changes.noticed {
        inbox.notices.notify_one();
    }
}
