//! Fetching: customers' files come in the background, a few at a time, and go on where they were cut.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cobro_whatsapp::{FailureKind, MediaInfo, WhatsAppApi, WhatsAppError};
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::timeout;

use super::{erase_ownerless, looks, policy, staging, words};
use crate::clock;
use crate::domain::{MediaPolicy, MediaState, MessageId, Timestamp, Words};
use crate::store::files;
use crate::store::media::{self, Facts, File};
use crate::{CoreEvent, Error, Inbox, Result};

/// Files on their way at once.
const AT_ONCE: usize = 4;
const LOOK_AHEAD: u32 = 16;
/// WhatsApp keeps what customers send for this time.
const KEPT: Duration = Duration::from_hours(7 * 24);
/// A connection that brings nothing for so long is given up, and taken up again where it stopped.
const SILENCE: Duration = Duration::from_secs(60);
/// The file's address lasts five minutes; so many are asked for within one try.
const ADDRESSES: u32 = 3;
const LONGEST_PAUSE: Duration = Duration::from_mins(15);
const REST: Duration = Duration::from_secs(20);
/// After the disk or the database refused a write.
const PAUSE_AFTER_FAULT: Duration = Duration::from_secs(10);

/// Asks for a message's file now: a person opens it.
pub async fn fetch(inbox: &Inbox, message: MessageId) -> Result<()> {
    let conversation = inbox
        .store
        .write(move |tx| {
            let file = media::find(tx, message)?.ok_or(Error::NotFound("This file"))?;
            match file.state {
                MediaState::Ready => return Ok(None),
                _ if file.can_come() => media::want(tx, message, Timestamp::now())?,
                _ => {
                    let words = words::gone();
                    return Err(Error::Refused(words));
                }
            }
            Ok(Some(file.conversation))
        })
        .await?;
    if let Some(conversation) = conversation {
        inbox.fetching.notify_one();
        inbox.emit(CoreEvent::ConversationChanged { conversation });
    }
    Ok(())
}

pub(crate) async fn run(inbox: Inbox) {
    if let Err(error) = erase_ownerless(&inbox).await {
        tracing::warn!(%error, "Files that nothing needs any more could not be erased");
    }
    let room = Arc::new(Semaphore::new(AT_ONCE));
    let mut heard = inbox.events();
    loop {
        let pause = match start_due(&inbox, &room).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::warn!(%error, "The files to fetch could not be read");
                PAUSE_AFTER_FAULT
            }
        };
        let go_on = tokio::select! {
            go_on = inbox.rest(Some(&inbox.fetching), pause) => go_on,
            () = news(&mut heard) => true,
        };
        if !go_on {
            return;
        }
    }
}

/// Waits until a conversation changed: its new message may have a file.
async fn news(heard: &mut Receiver<CoreEvent>) {
    loop {
        match heard.recv().await {
            Ok(CoreEvent::ConversationChanged { .. }) | Err(RecvError::Lagged(_)) => break,
            Ok(_) => {}
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
    // What else changed meanwhile is found by the same look.
    while heard.try_recv().is_ok() {}
}

/// Starts what is due and has room. Returns how long to rest.
async fn start_due(inbox: &Inbox, room: &Arc<Semaphore>) -> Result<Duration> {
    let Some(api) = inbox.whatsapp().map(|whatsapp| whatsapp.api.clone()) else {
        return Ok(REST);
    };
    let now = Timestamp::now();
    let (due, next) = inbox
        .store
        .read(move |conn| Ok((media::due(conn, now, LOOK_AHEAD)?, media::next_due(conn)?)))
        .await?;
    for message in due {
        // Whoever is done wakes this loop.
        let Ok(place) = Arc::clone(room).try_acquire_owned() else {
            return Ok(REST);
        };
        let Some(file) = inbox.store.write(move |tx| media::claim(tx, message)).await? else {
            continue;
        };
        let (worker, api) = (inbox.clone(), api.clone());
        inbox.spawn(async move {
            bring(&worker, &api, file).await;
            drop(place);
            worker.fetching.notify_one();
        });
    }
    let until = next
        .filter(|next| *next > now)
        .map_or(REST, |next| next.since(now));
    Ok(until.clamp(Duration::from_millis(20), REST))
}

/// What came of one try.
enum Outcome {
    Ready(Facts),
    /// It is tried again after this time.
    Later(Duration, Option<Words>),
    OnDemand,
    Gone,
    Failed(Words),
}

/// Fetches one file and writes what came of it, until that is on the disk.
async fn bring(inbox: &Inbox, api: &WhatsAppApi, file: File) {
    let changed = CoreEvent::ConversationChanged {
        conversation: file.conversation,
    };
    inbox.emit(changed);
    let outcome = tokio::select! {
        biased;
        () = inbox.stopping().cancelled() => Outcome::Later(Duration::ZERO, None),
        outcome = outcome_of(inbox, api, &file) => outcome.unwrap_or_else(|error| {
            tracing::warn!(%error, "A file could not be kept");
            Outcome::Later(PAUSE_AFTER_FAULT, None)
        }),
    };
    let outcome = Arc::new(outcome);
    loop {
        let (message, written) = (file.message, Arc::clone(&outcome));
        match inbox
            .store
            .write(move |tx| write_outcome(tx, message, &written))
            .await
        {
            Ok(()) => break,
            Err(error) => {
                tracing::warn!(%error, "What came of a file could not be written; it is tried again");
                if !inbox.rest(None, PAUSE_AFTER_FAULT).await {
                    return; // The next start lets it wait for its turn again.
                }
            }
        }
    }
    inbox.emit(changed);
}

fn write_outcome(tx: &rusqlite::Transaction<'_>, message: MessageId, outcome: &Outcome) -> Result<()> {
    match outcome {
        Outcome::Ready(facts) => media::ready(tx, message, facts),
        Outcome::Later(pause, words) => {
            media::put_back(tx, message, Timestamp::now().plus(*pause), words.as_ref())
        }
        Outcome::OnDemand => media::hold(tx, message, Timestamp::now()),
        Outcome::Gone => media::end(tx, message, MediaState::Gone, Some(&words::gone())),
        Outcome::Failed(words) => media::end(tx, message, MediaState::Failed, Some(words)),
    }
}

async fn outcome_of(inbox: &Inbox, api: &WhatsAppApi, file: &File) -> Result<Outcome> {
    let policy = inbox.store.read(policy::kept).await?;
    let Some(media_id) = &file.media_id else {
        return Ok(Outcome::Failed(words::nameless()));
    };
    // A clock that runs ahead must not end a file that WhatsApp still has.
    if clock::corrected(inbox).since(file.media_id_at) >= KEPT {
        return Ok(Outcome::Gone);
    }
    if waits_for_a_person(file, policy, file.size) {
        return Ok(Outcome::OnDemand);
    }
    match come(inbox, api, file, media_id, policy).await {
        Ok(outcome) => {
            inbox.problems.clear("whatsapp");
            Ok(outcome)
        }
        Err(Cut::WhatsApp(error)) => {
            inbox.problems.whatsapp(&error);
            Ok(after(&error, file.attempts))
        }
        Err(Cut::Short) => Ok(Outcome::Later(backoff(file.attempts), None)),
        Err(Cut::Endless) => {
            erase(inbox, file).await?;
            Ok(Outcome::Failed(words::endless()))
        }
        Err(Cut::Here(error)) => Err(error),
    }
}

fn waits_for_a_person(file: &File, policy: MediaPolicy, size: Option<u64>) -> bool {
    !file.wanted && !policy.fetches(size)
}

/// Why a file is not whole yet.
enum Cut {
    WhatsApp(WhatsAppError),
    /// The connection ended too early, or brought nothing.
    Short,
    /// More came than WhatsApp carries.
    Endless,
    /// It could not be kept here.
    Here(Error),
}

impl From<WhatsAppError> for Cut {
    fn from(error: WhatsAppError) -> Self {
        Self::WhatsApp(error)
    }
}

impl From<Error> for Cut {
    fn from(error: Error) -> Self {
        Self::Here(error)
    }
}

/// Brings the file, checks it, and looks at it. One that does not match its hash is brought once more.
async fn come(
    inbox: &Inbox,
    api: &WhatsAppApi,
    file: &File,
    media_id: &str,
    policy: MediaPolicy,
) -> Result<Outcome, Cut> {
    for _ in 0..2 {
        let info = api.media(media_id).await?;
        let (message, size) = (file.message, info.file_size);
        inbox
            .store
            .write(move |tx| media::set_told(tx, message, size))
            .await?;
        if waits_for_a_person(file, policy, size) {
            return Ok(Outcome::OnDemand);
        }
        let wanted = hash_of(file.sha256.as_deref()).or_else(|| hash_of(info.sha256.as_deref()));
        let told_mime = info.mime_type.clone();
        transfer(inbox, api, file, media_id, info).await?;
        let is_sound = match wanted {
            Some(wanted) => matches(inbox, file, wanted).await?,
            None => true,
        };
        if is_sound {
            return Ok(Outcome::Ready(look(inbox, file, told_mime).await?));
        }
        tracing::warn!("A file arrived damaged");
        erase(inbox, file).await?;
    }
    Ok(Outcome::Failed(words::damaged()))
}

/// Brings what is missing of the file's bytes. Each piece is on the disk before the next is waited for.
async fn transfer(
    inbox: &Inbox,
    api: &WhatsAppApi,
    file: &File,
    media_id: &str,
    mut info: MediaInfo,
) -> Result<(), Cut> {
    let id = file.bytes;
    let mut here = inbox.files.read(move |conn| files::size(conn, id)).await?;
    if here > 0 && info.file_size == Some(here) {
        return Ok(());
    }
    let mut addresses = 1;
    let mut download = loop {
        match api.download(&info.url, here).await {
            Ok(download) => break download,
            Err(error) if is_over(&error) && addresses < ADDRESSES => {
                addresses += 1;
                info = api.media(media_id).await?;
            }
            Err(error) => return Err(error.into()),
        }
    };
    if download.offset() != here {
        // The server sends other bytes than were asked for: all of them again, as a rule.
        erase(inbox, file).await?;
        here = 0;
        if download.offset() != 0 {
            return Err(Cut::Short);
        }
    }
    let total = download.total().or(info.file_size);
    let most = info.file_size.unwrap_or(staging::LARGEST).max(here);
    let mut piece = Vec::with_capacity(files::PIECE);
    let end = loop {
        match timeout(SILENCE, download.chunk()).await {
            Ok(Ok(Some(bytes))) => piece.extend_from_slice(&bytes),
            Ok(Ok(None)) => break Ok(()),
            Ok(Err(error)) => break Err(error.into()),
            Err(_) => break Err(Cut::Short),
        }
        if here + piece.len() as u64 > most {
            return Err(Cut::Endless);
        }
        if piece.len() >= files::PIECE {
            here = keep(inbox, file, here, std::mem::take(&mut piece)).await?;
        }
    };
    here = keep(inbox, file, here, piece).await?;
    end?;
    if total.is_some_and(|total| here < total) {
        return Err(Cut::Short);
    }
    Ok(())
}

async fn keep(inbox: &Inbox, file: &File, at: u64, bytes: Vec<u8>) -> Result<u64> {
    if bytes.is_empty() {
        return Ok(at);
    }
    let id = file.bytes;
    inbox
        .files
        .write(move |tx| files::append(tx, id, at, &bytes))
        .await
}

async fn erase(inbox: &Inbox, file: &File) -> Result<()> {
    let id = file.bytes;
    inbox.files.write(move |tx| files::erase(tx, id)).await
}

/// Returns what is known of the file now that it is whole.
async fn look(inbox: &Inbox, file: &File, told_mime: Option<String>) -> Result<Facts> {
    let id = file.bytes;
    let size = inbox.files.read(move |conn| files::size(conn, id)).await?;
    let mime = if file.mime.is_empty() {
        told_mime.unwrap_or_default()
    } else {
        file.mime.clone()
    };
    let seen = if looks::are_worth_it(&mime) && size <= looks::MOST {
        let bytes = inbox
            .files
            .read(move |conn| files::read(conn, id, 0, size))
            .await?;
        let mime = mime.clone();
        looks::apart(move || looks::facts(&bytes, &mime)).await
    } else {
        Facts::default()
    };
    Ok(Facts {
        mime: Some(mime).filter(|mime| !mime.is_empty()),
        size,
        ..seen
    })
}

/// Returns the hash that WhatsApp wrote: base64 in webhooks, hexadecimal elsewhere.
fn hash_of(text: Option<&str>) -> Option<[u8; 32]> {
    let text = text?.trim();
    let mut hash = [0; 32];
    if hex::decode_to_slice(text, &mut hash).is_ok() {
        return Some(hash);
    }
    STANDARD.decode(text).ok()?.try_into().ok()
}

/// Returns whether the file's bytes have that hash.
async fn matches(inbox: &Inbox, file: &File, wanted: [u8; 32]) -> Result<bool> {
    let id = file.bytes;
    inbox
        .files
        .read(move |conn| {
            let mut hash = Sha256::new();
            files::for_each(conn, id, |piece| {
                hash.update(piece);
                Ok(())
            })?;
            Ok(hash.finalize().as_slice() == wanted)
        })
        .await
}

/// Returns whether the file's address, which lasts five minutes, may be over.
fn is_over(error: &WhatsAppError) -> bool {
    let status = match error {
        WhatsAppError::Graph { status, .. } | WhatsAppError::Status { status, .. } => *status,
        _ => return false,
    };
    matches!(status, 401 | 403 | 404 | 410)
}

/// Returns what follows from WhatsApp's refusal.
///
/// What passes is tried for as long as WhatsApp keeps the file; the rest waits for a person.
fn after(error: &WhatsAppError, attempts: u32) -> Outcome {
    match error.kind() {
        FailureKind::Retry { after } => Outcome::Later(
            after.unwrap_or_else(|| backoff(attempts)).min(LONGEST_PAUSE),
            Some(words::waits(error)),
        ),
        FailureKind::Ambiguous | FailureKind::RetryRecipient => {
            Outcome::Later(backoff(attempts), Some(words::waits(error)))
        }
        FailureKind::Token | FailureKind::Account | FailureKind::Registration => {
            Outcome::Later(LONGEST_PAUSE, Some(words::of_shop(error)))
        }
        _ => Outcome::Failed(words::refused(error)),
    }
}

/// Returns the pause before another try: one second at first, then twice as long each time.
fn backoff(attempts: u32) -> Duration {
    Duration::from_secs(1 << attempts.saturating_sub(1).min(10)).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_read_in_both_of_whatsapps_forms() {
        let hash: [u8; 32] = Sha256::digest(b"pastel").into();
        assert_eq!(hash_of(Some(&STANDARD.encode(hash))), Some(hash));
        assert_eq!(hash_of(Some(&hex::encode(hash))), Some(hash));
        assert_eq!(hash_of(Some("a1b2c3...")), None);
        assert_eq!(hash_of(None), None);
    }

    #[test]
    fn pauses_grow_to_a_quarter_of_an_hour() {
        let pauses = [1, 2, 3, 10, 40].map(|attempts| backoff(attempts).as_secs());
        assert_eq!(pauses, [1, 2, 4, 512, 900]);
    }

    #[test]
    fn only_what_time_or_the_shop_can_mend_is_tried_again_by_itself() {
        let status = |status| WhatsAppError::Status {
            status,
            retry_after: None,
        };
        let is_later = |error| matches!(after(&error, 1), Outcome::Later(..));
        assert!(is_later(WhatsAppError::Network { sent: false }));
        assert!(is_later(status(502)));
        assert!(is_later(status(429)));
        assert!(is_later(status(401)));
        assert!(!is_later(status(400)));
        assert!(!is_later(WhatsAppError::invalid("elsewhere")));
    }
}
