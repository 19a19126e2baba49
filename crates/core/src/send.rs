//! Sending: one message after another per conversation, and never blindly twice.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cobro_whatsapp::{FailureKind, Recipient, WhatsAppApi, WhatsAppError};

use crate::domain::{ChargeId, ConversationId, Delivery, MessageId, Timestamp, Words};
use crate::store::conversations::{self, Address};
use crate::store::messages::{self, Report};
use crate::store::outbox::{self, Entry, Outgoing};
use crate::{CoreEvent, Inbox, Result};

/// Messages under way at once, each of another conversation.
const AT_ONCE: usize = 16;
/// Entries that are looked at together: some conversations are busy already.
const LOOK_AHEAD: u32 = 32;
/// After the database refused a write, such as on a full disk.
const PAUSE_AFTER_FAULT: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Settles what the last run left in doubt: a message that was being sent when
/// it ended may or may not have left. Only WhatsApp's status can tell.
pub(crate) async fn recover(inbox: &Inbox) -> Result<()> {
    inbox
        .store
        .write(|tx| {
            let now = Timestamp::now();
            for entry in outbox::interrupted(tx)? {
                match entry.outgoing.message() {
                    Some(message) => {
                        messages::set_delivery(tx, message, Delivery::Unknown)?;
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
    let Some(whatsapp) = inbox.whatsapp.clone() else {
        return;
    };
    let busy = Busy::default();
    loop {
        let pause = match start_due(&inbox, &whatsapp.api, &busy).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::warn!(%error, "The outbox could not be read");
                Duration::from_secs(5)
            }
        };
        if !inbox.rest(Some(&inbox.outbox), pause).await {
            return;
        }
    }
}

/// Conversations with a message under way.
#[derive(Clone, Default)]
struct Busy(Arc<Mutex<HashSet<ConversationId>>>);

impl Busy {
    fn take(&self, conversation: ConversationId) -> bool {
        let mut busy = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        busy.len() < AT_ONCE && busy.insert(conversation)
    }

    fn give_back(&self, conversation: ConversationId) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&conversation);
    }
}

/// Starts what is due. Returns how long to rest.
async fn start_due(inbox: &Inbox, api: &WhatsAppApi, busy: &Busy) -> Result<Duration> {
    let now = Timestamp::now();
    let (due, next) = inbox
        .store
        .read(move |conn| Ok((outbox::due(conn, now, LOOK_AHEAD)?, outbox::next_due(conn)?)))
        .await?;
    for entry in due {
        if inbox.stopping().is_cancelled() || !busy.take(entry.conversation) {
            continue;
        }
        let (worker, api, busy) = (inbox.clone(), api.clone(), busy.clone());
        inbox.spawn(async move {
            let conversation = entry.conversation;
            if let Err(error) = send(&worker, &api, entry).await {
                tracing::warn!(%error, "A message could not be sent");
                worker.rest(None, PAUSE_AFTER_FAULT).await;
            }
            busy.give_back(conversation);
            worker.outbox.notify_one();
        });
    }
    let until = next
        .filter(|next| *next > now)
        .map_or(LONGEST_PAUSE, |next| next.since(now));
    Ok(until.clamp(Duration::from_millis(20), LONGEST_PAUSE))
}

/// Sends one entry: marked as being sent first, so that a crash is known as one.
async fn send(inbox: &Inbox, api: &WhatsAppApi, entry: Entry) -> Result<()> {
    let (id, conversation, message) = (entry.id, entry.conversation, entry.outgoing.message());
    let claimed = inbox
        .store
        .write(move |tx| {
            let address = conversations::address(tx, conversation)?;
            if !outbox::claim(tx, id)? {
                return Ok(None);
            }
            if let Some(message) = message {
                messages::set_delivery(tx, message, Delivery::Sending)?;
            }
            Ok(Some(address))
        })
        .await?;
    let Some(address) = claimed else {
        return Ok(());
    };
    let outcome = post(api, &address, &entry).await;
    if let Err(error) = &outcome {
        inbox.problems.whatsapp(error);
    } else {
        inbox.problems.clear("whatsapp");
    }
    settle(inbox, entry, outcome).await
}

async fn post(api: &WhatsAppApi, address: &Address, entry: &Entry) -> Result<Option<String>, WhatsAppError> {
    let line = &address.phone_number_id;
    let opaque = entry.id.to_string();
    if let Outgoing::ReadReceipt { wamid } = &entry.outgoing {
        return api.mark_read(line, wamid, false).await.map(|()| None);
    }
    let to = recipient(address)?;
    let sent = match &entry.outgoing {
        Outgoing::Text { body, .. } => api.send_text(line, &to, body, true, &opaque, None).await?,
        Outgoing::PayButton {
            body, button, url, ..
        } => {
            api.send_pay_button(line, &to, body, None, button, url, &opaque)
                .await?
        }
        Outgoing::ReadReceipt { .. } => return Ok(None),
    };
    Ok(Some(sent.wamid))
}

/// The phone number where there is one: it reaches the customer on every line.
fn recipient(address: &Address) -> Result<Recipient, WhatsAppError> {
    match (&address.phone, &address.user_id) {
        (Some(phone), _) => Ok(Recipient::Phone(phone.clone())),
        (None, Some(user_id)) => Ok(Recipient::UserId(user_id.clone())),
        (None, None) => Err(WhatsAppError::invalid(
            "The customer has no phone number and no user id to send to",
        )),
    }
}

/// Writes what became of it. WhatsApp has answered, so this is tried until it is on the disk.
async fn settle(inbox: &Inbox, entry: Entry, outcome: Result<Option<String>, WhatsAppError>) -> Result<()> {
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
    outcome: &Result<Option<String>, WhatsAppError>,
) -> Result<Option<ChargeId>> {
    let now = Timestamp::now();
    let message = entry.outgoing.message();
    match (outcome, message) {
        (Ok(wamid), Some(message)) => sent(tx, entry, message, wamid.as_deref(), now)?,
        (Ok(_), None) => outbox::remove(tx, entry.id)?,
        (Err(error), message) => failed(tx, entry, message, error, now)?,
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
    error: &WhatsAppError,
    now: Timestamp,
) -> Result<()> {
    let pause = pause_after(error, entry.attempts);
    match (pause, message) {
        (Some(pause), _) => {
            outbox::release(tx, entry.id, now.plus(pause))?;
            if let Some(message) = message {
                messages::set_delivery(tx, message, Delivery::Queued)?;
            }
        }
        (None, None) => outbox::remove(tx, entry.id)?,
        (None, Some(message)) => {
            outbox::remove(tx, entry.id)?;
            if error.kind() == FailureKind::Ambiguous {
                messages::set_delivery(tx, message, Delivery::Unknown)?;
            } else {
                let problem = Some(Words::new(error.code_text(), error.title(), error.advice()));
                messages::report(
                    tx,
                    message,
                    &Report {
                        delivery: Delivery::Failed,
                        at: now,
                        problem,
                    },
                )?;
            }
        }
    }
    Ok(())
}

/// Returns how long to wait before the same is tried again; `None` if it must not be.
fn pause_after(error: &WhatsAppError, attempts: u32) -> Option<Duration> {
    match error.kind() {
        FailureKind::Retry { after } => {
            let backoff = Duration::from_secs(1 << attempts.min(6));
            Some(
                after
                    .unwrap_or(backoff)
                    .clamp(Duration::from_millis(200), LONGEST_PAUSE),
            )
        }
        // WhatsApp's own rule for one recipient: 4^n seconds.
        FailureKind::RetryRecipient => Some(Duration::from_secs(4_u64.pow(attempts.clamp(1, 5)))),
        // The shop can mend these; the message keeps its place meanwhile.
        FailureKind::Token => Some(LONGEST_PAUSE),
        _ => None,
    }
}
