//! Sending: one message after another per conversation, and never blindly twice.

mod pace;
mod post;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use cobro_whatsapp::{FailureKind, WhatsAppApi, WhatsAppError};

use self::pace::{Pace, TooEarly};
pub(crate) use self::post::check;
use self::post::{Refused, post};
use crate::action::withdraw_dead_link;
use crate::domain::{ChargeId, ConversationId, Delivery, LineId, MessageId, Timestamp, Words};
use crate::store::conversations::{self, Address};
use crate::store::messages::{self, Report};
use crate::store::outbox::{self, Entry, Outgoing};
use crate::store::{reactions, upkeep};
use crate::{CoreEvent, Inbox, Result};

/// Messages under way at once on one line, each of another conversation.
const AT_ONCE: usize = 32;
/// Entries that are looked at together: some conversations are busy already.
const LOOK_AHEAD: u32 = 64;
/// After the database refused a write, such as on a full disk.
const PAUSE_AFTER_FAULT: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
const SHORTEST_OFFLINE: Duration = Duration::from_secs(2);
const SHORTEST_RETRY: Duration = Duration::from_millis(200);
const SHORTEST_PAUSE: Duration = Duration::from_millis(5);
/// What is safe to repeat is repeated this often after answers that were lost.
const REPEATS: u32 = 6;

/// Names the problem of a message that waits for the customer to write.
pub(crate) const WINDOW_CLOSED: &str = "window_closed";

/// Settles what the last run left in doubt: a message that was being sent when
/// it ended may or may not have left. Only WhatsApp's status can tell.
pub(crate) async fn recover(inbox: &Inbox) -> Result<()> {
    inbox
        .store
        .write(|tx| {
            let now = Timestamp::now();
            upkeep::forget_old(tx, now)?;
            for entry in outbox::interrupted(tx)? {
                match entry.outgoing.message() {
                    Some(message) => {
                        messages::lose(tx, message, now)?;
                        outbox::remove(tx, entry.id)?;
                    }
                    None => outbox::release(tx, entry.id, now)?,
                }
            }
            Ok(())
        })
        .await
}

pub(crate) async fn run(inbox: Inbox) {
    let sender = Sender::default();
    loop {
        let pause = match sender.start_due(&inbox).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::warn!(%error, "The outbox could not be read");
                PAUSE_AFTER_FAULT
            }
        };
        if !inbox.rest(Some(&inbox.outbox), pause).await {
            return;
        }
    }
}

/// What is under way, and how fast more may follow.
#[derive(Clone, Default)]
struct Sender {
    busy: Busy,
    pace: Arc<Mutex<Pace>>,
}

/// Conversations with a message under way, and their lines.
#[derive(Clone, Default)]
struct Busy(Arc<Mutex<HashMap<ConversationId, LineId>>>);

/// A conversation's turn. It ends when this is dropped, whatever became of the sending.
struct Turn {
    busy: Busy,
    conversation: ConversationId,
}

impl Busy {
    fn take(&self, conversation: ConversationId, line: LineId) -> Option<Turn> {
        let mut busy = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let on_line = busy.values().filter(|other| **other == line).count();
        if on_line >= AT_ONCE || busy.contains_key(&conversation) {
            return None;
        }
        busy.insert(conversation, line);
        Some(Turn {
            busy: self.clone(),
            conversation,
        })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.busy
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.conversation);
    }
}

impl Sender {
    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts what is due, on every line. Returns how long to rest.
    async fn start_due(&self, inbox: &Inbox) -> Result<Duration> {
        let Some(whatsapp) = inbox.whatsapp() else {
            return Ok(LONGEST_PAUSE);
        };
        let now = Timestamp::now();
        let (lines, next) = inbox
            .store
            .read(move |conn| Ok((outbox::lines(conn)?, outbox::next_due(conn, now)?)))
            .await?;
        let mut pause = next.map_or(LONGEST_PAUSE, |next| next.since(now));
        for line in lines {
            if let Some(wait) = self.start_line(inbox, &whatsapp.api, line, now).await? {
                pause = pause.min(wait);
            }
        }
        Ok(pause.clamp(SHORTEST_PAUSE, LONGEST_PAUSE))
    }

    /// Starts what is due on one line. Returns how long it has to wait, if it has to.
    async fn start_line(
        &self,
        inbox: &Inbox,
        api: &WhatsAppApi,
        line: LineId,
        now: Timestamp,
    ) -> Result<Option<Duration>> {
        if let Err(wait) = self.pace().wait_of_line(line, Instant::now()) {
            return Ok(Some(wait));
        }
        let due = inbox
            .store
            .read(move |conn| outbox::due(conn, line, now, LOOK_AHEAD))
            .await?;
        let mut soonest = None;
        for entry in due {
            if inbox.stopping().is_cancelled() {
                continue;
            }
            let Some(turn) = self.busy.take(entry.conversation, line) else {
                continue;
            };
            match self.may_go(&entry) {
                Ok(()) => self.start(inbox, api, entry, turn),
                Err(TooEarly::Line(wait)) => return Ok(Some(wait)),
                Err(TooEarly::Recipient(wait)) => {
                    drop(turn);
                    soonest = Some(soonest.map_or(wait, |other: Duration| other.min(wait)));
                    // It waits apart, so that it hides nobody who may be written to now.
                    let (id, until) = (entry.id, now.plus(wait));
                    inbox
                        .store
                        .write(move |tx| outbox::release(tx, id, until))
                        .await?;
                }
            }
        }
        Ok(soonest)
    }

    /// Receipts are not counted; everything that is on the customer's phone is.
    fn may_go(&self, entry: &Entry) -> Result<(), TooEarly> {
        if matches!(entry.outgoing, Outgoing::ReadReceipt { .. }) {
            return Ok(());
        }
        self.pace()
            .take(entry.line, entry.throughput, entry.conversation, Instant::now())
    }

    fn start(&self, inbox: &Inbox, api: &WhatsAppApi, entry: Entry, turn: Turn) {
        let (sender, worker, api) = (self.clone(), inbox.clone(), api.clone());
        inbox.spawn(async move {
            if let Err(error) = sender.send(&worker, &api, entry).await {
                tracing::warn!(%error, "A message could not be sent");
                worker.rest(None, PAUSE_AFTER_FAULT).await;
            }
            drop(turn);
            worker.outbox.notify_one();
        });
    }

    /// Sends one entry: marked as being sent first, so that a crash is known as one.
    async fn send(&self, inbox: &Inbox, api: &WhatsAppApi, entry: Entry) -> Result<()> {
        let (id, conversation, stale_after) = (entry.id, entry.conversation, inbox.stale_after);
        let claimed = inbox
            .store
            .write(move |tx| claim(tx, id, stale_after, Timestamp::now()))
            .await?;
        let (entry, address, reply_to) = match claimed {
            Claimed::Gone => return Ok(()),
            Claimed::Withdrawn(charge) => {
                inbox.emit(CoreEvent::ConversationChanged { conversation });
                inbox.emit(CoreEvent::ChargeChanged { charge, conversation });
                inbox.emit(CoreEvent::StatusChanged);
                return Ok(());
            }
            Claimed::SetAside => {
                if matches!(entry.outgoing, Outgoing::Reaction { .. }) {
                    inbox
                        .problems
                        .raise("reaction", Waits::WindowClosed.words_of_reaction());
                }
                inbox.emit(CoreEvent::ConversationChanged { conversation });
                inbox.emit(CoreEvent::StatusChanged);
                return Ok(());
            }
            Claimed::Ours(entry, address, reply_to) => (entry, address, reply_to),
        };
        let outcome = post(inbox, api, &address, &entry, reply_to.as_deref()).await;
        self.heed(inbox, &entry, outcome.as_ref().err());
        settle(inbox, *entry, outcome).await
    }

    /// Takes from one message's answer what it means for the others, and for the shop.
    fn heed(&self, inbox: &Inbox, entry: &Entry, refused: Option<&Refused>) {
        let is_reaction = matches!(entry.outgoing, Outgoing::Reaction { .. });
        let Some(refused) = refused else {
            inbox.problems.clear("whatsapp");
            if is_reaction {
                inbox.problems.clear("reaction");
            }
            return;
        };
        let error = &refused.error;
        inbox.problems.whatsapp(error);
        match pause_after(refused, entry, Timestamp::now()) {
            Some(pause) if matches!(error.kind(), FailureKind::Retry { .. }) => {
                self.pace().hold(entry.line, pause, Instant::now());
            }
            None if is_reaction => {
                let words = Words::new(error.code_text(), "A reaction was not sent", error.advice());
                inbox.problems.raise("reaction", words);
            }
            _ => {}
        }
    }
}

/// What became of an entry's turn.
enum Claimed {
    /// It was taken out meanwhile.
    Gone,
    /// It was a link whose charge no longer waits for money.
    Withdrawn(ChargeId),
    /// It asks now, or can't be sent any more.
    SetAside,
    Ours(Box<Entry>, Address, Option<String>),
}

/// Looks at the entry once more, since it may have waited long, and marks it as being sent.
fn claim(
    tx: &rusqlite::Transaction<'_>,
    id: MessageId,
    stale_after: Duration,
    now: Timestamp,
) -> Result<Claimed> {
    let Some(entry) = outbox::find(tx, id)? else {
        return Ok(Claimed::Gone);
    };
    if let Some(charge) = withdraw_dead_link(tx, id, now)? {
        return Ok(Claimed::Withdrawn(charge));
    }
    let address = conversations::address(tx, entry.conversation)?;
    if let Some(why) = why_it_waits(&entry, &address, stale_after, now) {
        set_aside(tx, &entry, why)?;
        return Ok(Claimed::SetAside);
    }
    if !outbox::claim(tx, id)? {
        return Ok(Claimed::Gone);
    }
    let reply_to = match entry.outgoing.message() {
        Some(message) => {
            messages::set_delivery(tx, message, Delivery::Sending)?;
            outbox::reply_to(tx, message)?
        }
        None => None,
    };
    Ok(Claimed::Ours(Box::new(entry), address, reply_to))
}

/// Why an entry does not go out by itself any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waits {
    /// The customer's last message is more than a day old by now.
    WindowClosed,
    /// It waited so long that it may no longer fit what is being talked about.
    Stale,
}

impl Waits {
    fn words(self) -> Words {
        match self {
            Self::WindowClosed => Words::new(
                WINDOW_CLOSED,
                "Not sent: the 24-hour window closed while it waited",
                "WhatsApp takes only a template now. Send one, or wait until the customer writes and then send this",
            ),
            Self::Stale => Words::new(
                "stale",
                "Still send it?",
                "It waited for a connection for so long that the conversation may have moved on. Send it now, or take it out",
            ),
        }
    }
}

impl Waits {
    fn words_of_reaction(self) -> Words {
        Words::new(
            self.words().code,
            "A reaction was not sent",
            "The 24-hour window closed while it waited, so it was taken back. React again when the customer writes",
        )
    }
}

fn why_it_waits(entry: &Entry, address: &Address, stale_after: Duration, now: Timestamp) -> Option<Waits> {
    if entry.outgoing.needs_window() && !address.window_is_open(now) {
        return Some(Waits::WindowClosed);
    }
    let is_message = entry.outgoing.message().is_some();
    (is_message && now.since(entry.queued_at) > stale_after).then_some(Waits::Stale)
}

/// Sets a message aside until a person is asked. What was written behind a stale
/// one, in the belief that it had gone, asks with it; what is written from now on
/// goes at once. A reaction is nothing to ask about: it is taken back.
fn set_aside(tx: &rusqlite::Transaction<'_>, entry: &Entry, why: Waits) -> Result<()> {
    if entry.outgoing.message().is_none() {
        return take_back(tx, entry, Timestamp::now());
    }
    outbox::ask(tx, entry.id, &why.words())?;
    if why == Waits::Stale {
        outbox::ask_behind(tx, entry.id, &why.words())?;
    }
    Ok(())
}

/// Takes out what is no message of its own, and puts an unsent reaction back to what it was.
fn take_back(tx: &rusqlite::Transaction<'_>, entry: &Entry, now: Timestamp) -> Result<()> {
    if let Outgoing::Reaction {
        target,
        emoji,
        before,
    } = &entry.outgoing
    {
        reactions::take_back_ours(tx, target, emoji, before, now)?;
        outbox::forget_reaction(tx, entry.conversation, target, emoji, before)?;
    }
    outbox::remove(tx, entry.id)
}

/// Writes what became of it. WhatsApp has answered, so this is tried until it is on the disk.
async fn settle(inbox: &Inbox, entry: Entry, outcome: Result<Option<String>, Refused>) -> Result<()> {
    let conversation = entry.conversation;
    let fate = Arc::new((entry, outcome));
    let charge = loop {
        let fate = Arc::clone(&fate);
        match inbox
            .store
            .write(move |tx| write_fate(tx, &fate.0, &fate.1))
            .await
        {
            Ok(charge) => break charge,
            Err(error) => {
                tracing::warn!(%error, "A message's fate could not be written; it is tried again");
                if !inbox.rest(None, PAUSE_AFTER_FAULT).await {
                    return Err(error);
                }
            }
        }
    };
    inbox.emit(CoreEvent::ConversationChanged { conversation });
    if let Some(charge) = charge {
        inbox.emit(CoreEvent::ChargeChanged { charge, conversation });
    }
    inbox.emit(CoreEvent::StatusChanged);
    Ok(())
}

fn write_fate(
    tx: &rusqlite::Transaction<'_>,
    entry: &Entry,
    outcome: &Result<Option<String>, Refused>,
) -> Result<Option<ChargeId>> {
    let now = Timestamp::now();
    let message = entry.outgoing.message();
    match (outcome, message) {
        (Ok(wamid), Some(message)) => sent(tx, entry, message, wamid.as_deref(), now)?,
        (Ok(_), None) => outbox::remove(tx, entry.id)?,
        (Err(refused), message) => failed(tx, entry, message, refused, now)?,
    }
    Ok(match message {
        Some(message) => messages::get(tx, message)?.charge,
        None => None,
    })
}

fn sent(
    tx: &rusqlite::Transaction<'_>,
    entry: &Entry,
    message: MessageId,
    wamid: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    outbox::remove(tx, entry.id)?;
    messages::report(
        tx,
        message,
        &Report {
            delivery: Delivery::Sent,
            at: now,
            problem: None,
        },
    )?;
    let Some(wamid) = wamid else {
        return Ok(());
    };
    messages::set_wamid(tx, message, wamid)?;
    for early in messages::take_early(tx, wamid)? {
        messages::report(tx, message, &early)?;
    }
    Ok(())
}

fn failed(
    tx: &rusqlite::Transaction<'_>,
    entry: &Entry,
    message: Option<MessageId>,
    refused: &Refused,
    now: Timestamp,
) -> Result<()> {
    if let Some(pause) = pause_after(refused, entry, now) {
        outbox::release(tx, entry.id, now.plus(pause))?;
        if never_left(&refused.error) {
            outbox::uncount(tx, entry.id)?;
        }
        return message.map_or(Ok(()), |message| {
            messages::set_delivery(tx, message, Delivery::Queued)
        });
    }
    let error = &refused.error;
    let Some(message) = message else {
        return take_back(tx, entry, now);
    };
    if error.kind() == FailureKind::NeedsTemplate {
        // WhatsApp's clock says what ours did not: the message is kept, and asks.
        conversations::refuse(tx, entry.conversation, None, now)?;
        outbox::release(tx, entry.id, now)?;
        messages::set_delivery(tx, message, Delivery::Queued)?;
        return set_aside(tx, entry, Waits::WindowClosed);
    }
    outbox::remove(tx, entry.id)?;
    if error.kind() == FailureKind::Ambiguous && !refused.safe {
        return messages::lose(tx, message, now);
    }
    let words = if error.kind() == FailureKind::Ambiguous {
        words_of_upload(error)
    } else {
        Words::new(error.code_text(), error.title(), error.advice())
    };
    let report = Report {
        delivery: Delivery::Failed,
        at: now,
        problem: Some(words),
    };
    messages::report(tx, message, &report).map(drop)
}

/// What is repeated and never answered for good, and has a message, is the upload of a file.
fn words_of_upload(error: &WhatsAppError) -> Words {
    Words::new(
        error.code_text(),
        "The file could not be uploaded",
        format!(
            "{}. It was tried several times, and nothing reached the customer. Send it again, or a smaller file",
            error.title()
        ),
    )
}

/// Returns whether there was no connection, so that nothing was tried at all.
fn never_left(error: &WhatsAppError) -> bool {
    matches!(error, WhatsAppError::Network { sent: false })
}

/// Returns how long to wait before the same is tried again; `None` if it must not be.
fn pause_after(refused: &Refused, entry: &Entry, now: Timestamp) -> Option<Duration> {
    let attempts = entry.attempts;
    let backoff = Duration::from_secs(1 << attempts.min(6));
    match refused.error.kind() {
        // Such tries are not counted: the longer it waits, the longer it waits again.
        FailureKind::Retry { .. } if never_left(&refused.error) => {
            Some((now.since(entry.queued_at) / 2).clamp(SHORTEST_OFFLINE, LONGEST_PAUSE))
        }
        // WhatsApp's own time is kept, however long; only ours has an end.
        FailureKind::Retry { after: Some(after) } => Some(after.max(SHORTEST_RETRY)),
        FailureKind::Retry { after: None } => Some(backoff.min(LONGEST_PAUSE)),
        // WhatsApp's own rule for one recipient: 4^n seconds.
        FailureKind::RetryRecipient => Some(Duration::from_secs(4_u64.pow(attempts.clamp(1, 5)))),
        // The shop can mend these; the message keeps its place meanwhile.
        FailureKind::Token => Some(LONGEST_PAUSE),
        FailureKind::Ambiguous if refused.safe && attempts < REPEATS => Some(backoff),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::open_for_tests;

    const OFFLINE: WhatsAppError = WhatsAppError::Network { sent: false };

    fn upload_after(attempts: u32, waited: Duration) -> (Entry, Timestamp) {
        let now = Timestamp::now();
        let entry = Entry {
            id: MessageId::new(),
            conversation: ConversationId::new(),
            line: LineId::new(),
            throughput: 80,
            outgoing: Outgoing::ReadReceipt { wamid: String::new() },
            attempts,
            queued_at: now.minus(waited),
            next_at: now,
            asks: false,
        };
        (entry, now)
    }

    fn pause(error: WhatsAppError, attempts: u32, waited: Duration) -> Option<u64> {
        let (entry, now) = upload_after(attempts, waited);
        pause_after(&Refused { error, safe: true }, &entry, now).map(|pause| pause.as_secs())
    }

    #[test]
    fn without_a_connection_the_pause_grows_with_the_wait_alone() {
        for (waited, paused) in [(0, 2), (10, 5), (60, 30), (7200, 60)] {
            assert_eq!(pause(OFFLINE, 1, Duration::from_secs(waited)), Some(paused));
        }
    }

    #[test]
    fn an_upload_is_given_up_only_after_tries_that_were_answered() {
        let lost = || WhatsAppError::Network { sent: true };
        assert_eq!(pause(lost(), 1, Duration::from_hours(1)), Some(2));
        assert_eq!(pause(lost(), REPEATS, Duration::from_secs(1)), None);
    }

    #[tokio::test]
    async fn a_try_that_never_left_is_not_counted() {
        let (store, _folder) = open_for_tests().await;
        let counted = store
            .write(|tx| {
                // What it belongs to does not matter here, and it is gone before the end.
                tx.execute_batch("PRAGMA defer_foreign_keys = ON")?;
                let (entry, now) = upload_after(0, Duration::ZERO);
                outbox::queue(tx, entry.id, entry.conversation, &entry.outgoing, now)?;
                let mut counted = Vec::new();
                for error in [OFFLINE, OFFLINE, WhatsAppError::Unreadable, OFFLINE] {
                    assert!(outbox::claim(tx, entry.id)?);
                    failed(tx, &entry, None, &Refused { error, safe: true }, now)?;
                    counted
                        .push(tx.query_row("SELECT attempts FROM outbox", [], |row| row.get::<_, u32>(0))?);
                }
                outbox::remove(tx, entry.id)?;
                Ok(counted)
            })
            .await
            .unwrap();
        assert_eq!(counted, [0, 0, 1, 1]);
    }
}
