//! Receiving: an envelope, what it says, and what that changes, in one short transaction.

mod changes;
mod flow;
mod history;
mod messages;
mod news;
mod people;
mod round;
mod statuses;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::sync::Arc;

use cobro_protocol::{Envelope, Seq, Source};
use cobro_stripe::EventHint;
use cobro_whatsapp::webhook::{self, Update};
use rusqlite::Transaction;

use crate::domain::{ChargeId, ConversationId, Timestamp};
use crate::store::Queued;
use crate::store::envelopes::{self, Keeping, Kept, KnownJournal};
use crate::{CoreEvent, Error, Inbox, Language, Result};

use round::Round;

/// What the parser is now. A higher number than the database's has kept envelopes read again.
pub(crate) const PARSER: u32 = 3;

/// Updates that one transaction holds at most: the next writer waits no longer than they take.
pub(crate) const BATCH: usize = 2048;
/// More conversations than this at once are told as "read everything again".
const SINGLES: usize = 100;
/// More new messages than this in one go may have been left to the search index.
const MANY: u32 = 100;

/// An envelope with what could be read in it.
pub(crate) struct Parsed {
    pub envelope: Envelope,
    content: Content,
    /// Updates that an earlier transaction applied: a large envelope takes several.
    done: usize,
}

pub(crate) enum Content {
    WhatsApp(Vec<Update>),
    Stripe(Box<EventHint>),
    Nothing,
    Unreadable(String),
}

/// Reads envelopes. What can't be read is kept with its error.
pub(crate) fn parse_all(envelopes: Vec<Envelope>) -> Vec<Parsed> {
    envelopes
        .into_iter()
        .map(|envelope| Parsed {
            content: Content::of(envelope.source, &envelope.body),
            envelope,
            done: 0,
        })
        .collect()
}

impl Content {
    pub(crate) fn of(source: Source, body: &str) -> Self {
        match source {
            Source::Whatsapp => match webhook::parse(body) {
                Ok(updates) => Self::WhatsApp(updates),
                Err(error) => Self::Unreadable(error.to_string()),
            },
            Source::Stripe => match EventHint::from_webhook_body(body) {
                Ok(hint) => Self::Stripe(Box::new(hint)),
                Err(error) => Self::Unreadable(error.to_string()),
            },
            Source::Action => Self::Nothing,
        }
    }

    /// Returns how many updates it has.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Self::WhatsApp(updates) => updates.len(),
            Self::Stripe(_) | Self::Nothing | Self::Unreadable(_) => 1,
        }
    }

    /// Returns why it, or a part of it, could not be read.
    pub(crate) fn error(&self) -> Option<&str> {
        match self {
            Self::Unreadable(error) => Some(error),
            Self::WhatsApp(updates) => updates.iter().find_map(|update| match update {
                Update::Unreadable { error, .. } => Some(error.as_str()),
                _ => None,
            }),
            Self::Stripe(_) | Self::Nothing => None,
        }
    }
}

impl Parsed {
    /// Returns how many updates are still to be applied.
    fn weight(&self) -> usize {
        match &self.content {
            Content::WhatsApp(updates) => updates.len() - self.done.min(updates.len()),
            content => content.weight(),
        }
    }
}

/// What a group of envelopes changed.
#[derive(Default)]
pub(crate) struct Changes {
    pub(crate) conversations: HashSet<ConversationId>,
    pub(crate) charges: HashSet<(ChargeId, ConversationId)>,
    /// Messages that are new or that were understood anew.
    pub(crate) messages: u32,
    /// What else listeners hear.
    events: HashSet<CoreEvent>,
    /// Stripe's objects are to be read back.
    hinted: bool,
    /// Something is to be announced.
    noticed: bool,
    /// Files wait to be fetched.
    files: bool,
}

impl Changes {
    fn add(&mut self, more: Self) {
        self.conversations.extend(more.conversations);
        self.charges.extend(more.charges);
        self.messages += more.messages;
        self.events.extend(more.events);
        self.hinted |= more.hinted;
        self.noticed |= more.noticed;
        self.files |= more.files;
    }

    /// Lets listeners hear `event` if something changed.
    fn tell(&mut self, changed: bool, event: CoreEvent) {
        if changed {
            self.events.insert(event);
        }
    }
}

/// How envelopes are applied.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    announces: bool,
    language: Language,
    /// They were applied before, by an older parser.
    again: bool,
}

impl Rules {
    pub(crate) fn of(inbox: &Inbox) -> Self {
        Self {
            announces: inbox.announces,
            language: inbox.language(),
            again: false,
        }
    }

    pub(crate) fn again(inbox: &Inbox) -> Self {
        Self {
            announces: false,
            again: true,
            ..Self::of(inbox)
        }
    }
}

/// Applies groups in short transactions, one after another, and tells listeners after each what changed.
///
/// While one group is being committed the next is read and queued behind it: the database never waits.
/// If one envelope breaks its transaction, each is applied by itself and the broken one is kept with
/// its error: the stream moves on.
pub(crate) struct Applying {
    inbox: Inbox,
    journal: KnownJournal,
    /// The last batch, until it is known to be committed.
    under_way: Option<UnderWay>,
}

/// A batch in the writer's queue.
struct UnderWay {
    /// The journal up to here.
    to: Seq,
    changes: Queued<Changes>,
    /// Given back away from the writer's thread, which has better things to do.
    _batch: Arc<Vec<Parsed>>,
}

impl Applying {
    pub(crate) fn new(inbox: Inbox, journal: KnownJournal) -> Self {
        Self {
            inbox,
            journal,
            under_way: None,
        }
    }

    /// Queues a group behind what came before. Returns up to where it is committed, if that is more now.
    pub(crate) async fn group(&mut self, group: Vec<Parsed>) -> Result<Option<Seq>> {
        let mut committed = None;
        let mut waiting = group.into_iter().peekable();
        while let Some(first) = waiting.next() {
            if first.weight() > BATCH {
                committed = self.settle().await?.or(committed);
                let rest = apply_most(&self.inbox, self.journal, first).await?;
                committed = self.batch(vec![rest]).await?.or(committed);
                continue;
            }
            let mut weight = first.weight();
            let mut batch = vec![first];
            while let Some(next) = waiting.next_if(|next| weight + next.weight() <= BATCH) {
                weight += next.weight();
                batch.push(next);
            }
            committed = self.batch(batch).await?.or(committed);
        }
        Ok(committed)
    }

    async fn batch(&mut self, batch: Vec<Parsed>) -> Result<Option<Seq>> {
        let Some(last) = batch.last() else {
            return Ok(None);
        };
        let to = last.envelope.seq;
        let (journal, rules) = (self.journal, Rules::of(&self.inbox));
        let behind = self.under_way.as_ref().map(|before| before.to);
        let batch = Arc::new(batch);
        let (together, one_by_one) = (batch.clone(), batch.clone());
        let changes = self.inbox.store.queue_write(
            move |tx| {
                stand_behind(tx, journal, behind)?;
                apply_together(tx, rules, journal, &together)
            },
            move |tx| {
                stand_behind(tx, journal, behind)?;
                apply_one_by_one(tx, rules, journal, &one_by_one)
            },
        );
        let next = UnderWay {
            to,
            changes,
            _batch: batch,
        };
        let committed = self.settle().await?;
        self.under_way = Some(next);
        Ok(committed)
    }

    /// Waits until all that was queued is committed. Returns up to where, if anything was.
    pub(crate) async fn settle(&mut self) -> Result<Option<Seq>> {
        let Some(under_way) = &mut self.under_way else {
            return Ok(None);
        };
        // Only then is it gone from here: a wait that is given up begins again.
        let changes = under_way.changes.answer().await;
        let to = under_way.to;
        self.under_way = None;
        tell(&self.inbox, &changes?);
        Ok(Some(to))
    }

    /// Returns whether something is queued that may not be committed.
    pub(crate) fn is_under_way(&self) -> bool {
        self.under_way.is_some()
    }
}

/// What failed is read from the relay again, and so is all behind it.
fn stand_behind(tx: &Transaction<'_>, journal: KnownJournal, before: Option<Seq>) -> Result<()> {
    match before {
        Some(before) if !envelopes::is_applied(tx, journal, before)? => Err(Error::Other(anyhow::anyhow!(
            "What came before could not be applied"
        ))),
        _ => Ok(()),
    }
}

/// Applies a group, and waits for it.
#[cfg(test)]
pub(crate) async fn apply(inbox: &Inbox, journal: KnownJournal, group: Vec<Parsed>) -> Result<()> {
    let mut applying = Applying::new(inbox.clone(), journal);
    applying.group(group).await?;
    applying.settle().await.map(|_| ())
}

/// Applies a large envelope but for its last part, which is to be committed with
/// the envelope itself. A crash between repeats what was applied: each message is there once.
async fn apply_most(inbox: &Inbox, journal: KnownJournal, parsed: Parsed) -> Result<Parsed> {
    let rules = Rules::of(inbox);
    let mut parsed = Arc::new(parsed);
    while parsed.weight() > BATCH {
        let part = parsed.clone();
        let applied = inbox
            .store
            .write(move |tx| {
                let mut round = Round::new(tx, rules)?;
                round.part(journal, &part, BATCH)?;
                round.finish()
            })
            .await;
        match applied {
            Ok(changes) => tell(inbox, &changes),
            Err(error) if error.is_of_the_disk() => return Err(error),
            // What breaks it is found, and noted down, with the rest.
            Err(_) => break,
        }
        parsed = Arc::new(match Arc::try_unwrap(parsed) {
            Ok(whole) => Parsed {
                done: whole.done + BATCH,
                ..whole
            },
            Err(shared) => {
                return Err(Error::Other(anyhow::anyhow!(
                    "Envelope {} is still in use",
                    shared.envelope.seq
                )));
            }
        });
    }
    Arc::try_unwrap(parsed).map_err(|shared| {
        Error::Other(anyhow::anyhow!(
            "Envelope {} is still in use",
            shared.envelope.seq
        ))
    })
}

fn apply_together(
    tx: &Transaction<'_>,
    rules: Rules,
    journal: KnownJournal,
    batch: &[Parsed],
) -> Result<Changes> {
    let mut round = Round::new(tx, rules)?;
    for parsed in batch {
        round.envelope(journal, parsed)?;
    }
    if let Some(last) = batch.last() {
        envelopes::mark_applied(tx, journal, last.envelope.seq)?;
    }
    round.finish()
}

fn apply_one_by_one(
    tx: &Transaction<'_>,
    rules: Rules,
    journal: KnownJournal,
    batch: &[Parsed],
) -> Result<Changes> {
    let mut all = Changes::default();
    for parsed in batch {
        tx.execute_batch("SAVEPOINT envelope")?;
        match apply_together(tx, rules, journal, std::slice::from_ref(parsed)) {
            Ok(changes) => all.add(changes),
            Err(error) if error.is_of_the_disk() => return Err(error),
            Err(error) => {
                tx.execute_batch("ROLLBACK TO envelope")?;
                Keeping::prepare(tx)?.add(journal, &parsed.envelope, Some(&format!("{error:#}")))?;
                envelopes::mark_applied(tx, journal, parsed.envelope.seq)?;
                let came = Came::of(journal.key(parsed.envelope.seq), parsed.envelope.received_at);
                all.add(apply_each(tx, rules, &parsed.content, came, parsed.done)?);
                all.tell(true, CoreEvent::StatusChanged);
            }
        }
        tx.execute_batch("RELEASE envelope")?;
    }
    Ok(all)
}

/// Applies what can be applied of an envelope that breaks as a whole: one bad part
/// does not cost its neighbours.
fn apply_each(
    tx: &Transaction<'_>,
    rules: Rules,
    content: &Content,
    came: Came,
    done: usize,
) -> Result<Changes> {
    let mut all = Changes::default();
    let Content::WhatsApp(updates) = content else {
        return Ok(all);
    };
    for part in done..updates.len() {
        tx.execute_batch("SAVEPOINT part")?;
        let applied = Round::new(tx, rules).and_then(|mut round| {
            round.content(content, came, part..part + 1)?;
            round.finish()
        });
        match applied {
            Ok(changes) => all.add(changes),
            Err(error) if error.is_of_the_disk() => return Err(error),
            Err(_) => tx.execute_batch("ROLLBACK TO part")?,
        }
        tx.execute_batch("RELEASE part")?;
    }
    Ok(all)
}

/// Applies kept envelopes once more, with what the parser has learned since.
pub(crate) fn apply_again(tx: &Transaction<'_>, rules: Rules, kept: &[(Kept, Content)]) -> Result<Changes> {
    let mut all = Changes::default();
    for (kept, content) in kept {
        tx.execute_batch("SAVEPOINT envelope")?;
        let applied = Round::new(tx, rules).and_then(|mut round| {
            round.content(content, Came::of(kept.key, kept.received_at), 0..usize::MAX)?;
            round.finish()
        });
        match applied {
            Ok(changes) => {
                envelopes::set_error(tx, kept.key, content.error())?;
                all.add(changes);
            }
            Err(error) if error.is_of_the_disk() => return Err(error),
            Err(error) => {
                tx.execute_batch("ROLLBACK TO envelope")?;
                envelopes::set_error(tx, kept.key, Some(&format!("{error:#}")))?;
                all.add(apply_each(
                    tx,
                    rules,
                    content,
                    Came::of(kept.key, kept.received_at),
                    0,
                )?);
            }
        }
        all.tell(kept.had_error, CoreEvent::StatusChanged);
        tx.execute_batch("RELEASE envelope")?;
    }
    Ok(all)
}

/// Where something came from, and when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Came {
    envelope: i64,
    at: Timestamp,
}

impl Came {
    pub(crate) fn of(envelope: i64, at: Timestamp) -> Self {
        Self { envelope, at }
    }
}

/// Tells listeners, once each, however many envelopes it was.
pub(crate) fn tell(inbox: &Inbox, changes: &Changes) {
    for (charge, conversation) in &changes.charges {
        inbox.emit(CoreEvent::ChargeChanged {
            charge: *charge,
            conversation: *conversation,
        });
    }
    if changes.conversations.len() > SINGLES {
        inbox.emit(CoreEvent::Resync);
    } else {
        for conversation in &changes.conversations {
            inbox.emit(CoreEvent::ConversationChanged {
                conversation: *conversation,
            });
        }
    }
    for event in &changes.events {
        inbox.emit(*event);
    }
    if !changes.conversations.is_empty() && !changes.events.contains(&CoreEvent::StatusChanged) {
        inbox.emit(CoreEvent::StatusChanged);
    }
    if changes.hinted {
        inbox.hints.notify_one();
    }
    if changes.files {
        inbox.fetching.notify_one();
    }
    if changes.messages > MANY {
        inbox.indexing.notify_one();
    }
    if changes.noticed {
        inbox.notices.notify_one();
    }
}
