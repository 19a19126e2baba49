//! Listening to the relay: the next envelopes, applied in order, acknowledged after the commit.

use std::time::Duration;

use anyhow::{Context, anyhow};
use cobro_protocol::{Envelope, FromDesk, FromRelay, JournalId, Seq};
use futures_util::{SinkExt, StreamExt};
use secrecy::ExposeSecret;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::header::AUTHORIZATION;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::domain::Words;
use crate::inbox::{StreamOptions, StreamState};
use crate::receive::{self, Applying, Parsed};
use crate::store::envelopes::{self, KnownJournal};
use crate::store::meta;
use crate::{Error, Inbox, Result};

/// The relay pings more often than this; silence means that the line is dead.
const SILENCE: Duration = Duration::from_secs(60);
/// Frames that are parsed while one is being committed.
const AHEAD: usize = 8;
/// Envelopes that are committed together at most.
const GROUP: usize = receive::BATCH;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub(crate) async fn run(inbox: Inbox) {
    let Some(stream) = inbox.stream.clone() else {
        return;
    };
    let mut failures = 0;
    loop {
        inbox.set_stream_state(StreamState::Connecting);
        let outcome = tokio::select! {
            biased;
            () = inbox.stopping().cancelled() => break,
            outcome = listen(&inbox, &stream) => outcome,
        };
        match outcome {
            Ok(applied) => failures = if applied { 0 } else { failures + 1 },
            Err(error) => {
                failures += 1;
                report(&inbox, &error);
            }
        }
        let pause = Duration::from_millis(200 << failures.min(6));
        if !inbox.rest(None, pause).await {
            break;
        }
    }
    inbox.set_stream_state(StreamState::Stopped);
}

fn report(inbox: &Inbox, error: &Error) {
    tracing::warn!(%error, "The relay's stream ended");
    let words = match error {
        Error::DiskFull => Words::new("disk_full", "The disk is full", error.to_string()),
        Error::Damaged => Words::new("damaged", "The database is damaged", error.to_string()),
        _ => Words::new(
            "stream",
            "Messages are not arriving",
            "The relay can't be reached. What customers write is kept there; Cobro tries again by itself. Check the network and the relay's address",
        ),
    };
    inbox.problems.raise("stream", words);
    inbox.emit(crate::CoreEvent::StatusChanged);
}

/// Follows the stream until it ends. Returns whether anything was applied.
async fn listen(inbox: &Inbox, stream: &StreamOptions) -> Result<bool> {
    let (after, desk) = inbox
        .store
        .write(|tx| Ok((envelopes::newest_applied(tx)?, meta::get_or_make(tx, meta::DESK)?)))
        .await?;
    let (mut socket, journal, mut last) = connect(stream, &desk, after).await?;
    let known = inbox
        .store
        .write(move |tx| envelopes::journal(tx, journal))
        .await?;
    if known.applied != after {
        // Another journal than the last one: it is heard from where we left it.
        (socket, _, last) = connect(stream, &desk, known.applied).await?;
    }
    if last < known.applied {
        inbox.problems.raise("stream.journal", went_back());
    }
    inbox.problems.clear("stream");
    inbox.set_stream_state(StreamState::Connected);
    follow(inbox, socket, known).await
}

/// The journal holds less than was already read from it: what it takes now has names that are used up here.
fn went_back() -> Words {
    Words::new(
        "journal_went_back",
        "The relay's journal went back in time",
        "It was probably restored from a backup, and new messages may be missed until it has caught up. Give the relay a new journal, and ask customers who wrote meanwhile to write again",
    )
}

/// The journal had already dropped what this desk had not read yet.
fn missed(from: Seq, to: Seq) -> Words {
    Words::new(
        "journal_gap",
        "Some messages were never read here",
        format!(
            "The relay keeps what it receives for a time only, and entries {} to {} were gone before this desk came back. Payments are found by reconciling; look at the phone for messages of that time",
            from.0 + 1,
            to.0.saturating_sub(1)
        ),
    )
}

async fn connect(stream: &StreamOptions, desk: &str, after: Seq) -> Result<(Socket, JournalId, Seq)> {
    let mut request = format!("{}?after={after}&desk={desk}", stream.url)
        .into_client_request()
        .context("The relay's stream address is not a WebSocket address")?;
    let token = format!("Bearer {}", stream.token.expose_secret());
    let mut token: tokio_tungstenite::tungstenite::http::HeaderValue = token
        .parse()
        .context("The stream token has characters that a header can't carry")?;
    token.set_sensitive(true);
    request.headers_mut().insert(AUTHORIZATION, token);
    let limits = WebSocketConfig::default()
        .max_message_size(Some(64 << 20))
        .max_frame_size(Some(64 << 20));
    let connecting = tokio_tungstenite::connect_async_with_config(request, Some(limits), true);
    let (mut socket, _) = timeout(Duration::from_secs(10), connecting)
        .await
        .context("The relay did not answer in ten seconds")?
        .context("The relay refused the stream")?;
    match next_frame(&mut socket).await? {
        Some(FromRelay::Hello { journal, last }) => Ok((socket, journal, last)),
        _ => Err(Error::Other(anyhow!(
            "The relay did not say which journal it keeps"
        ))),
    }
}

/// Reads and parses ahead while what was read before is being committed.
async fn follow(inbox: &Inbox, socket: Socket, journal: KnownJournal) -> Result<bool> {
    let (mut out, mut incoming) = socket.split();
    let (parsed_in, parsed_out) = mpsc::channel::<Vec<Parsed>>(AHEAD);
    let (applied_in, mut applied_out) = mpsc::channel::<Seq>(AHEAD);
    let applier = tokio::spawn(apply_in_turn(inbox.clone(), journal, parsed_out, applied_in));
    let mut any = false;
    let mut newest = journal.applied;
    let ended: Result<()> = loop {
        tokio::select! {
            frame = timeout(SILENCE, incoming.next()) => match parse_frame(frame) {
                Ok(Some(envelopes)) => {
                    any = true;
                    for envelope in &envelopes {
                        // A desk that is new here has missed nothing of its own.
                        if newest.0 > 0 && envelope.seq.0 > newest.0 + 1 {
                            inbox.problems.raise("stream.gap", missed(newest, envelope.seq));
                        }
                        newest = newest.max(envelope.seq);
                    }
                    let parsed = receive::parse_all(envelopes);
                    if parsed_in.send(parsed).await.is_err() {
                        break Ok(());
                    }
                }
                Ok(None) => {}
                Err(error) => break Err(error),
            },
            applied = applied_out.recv() => match applied {
                Some(seq) => {
                    let frame = serde_json::to_string(&FromDesk::Applied { seq }).map_err(anyhow::Error::new)?;
                    let sent = out.send(Frame::text(frame)).await.context("The relay's stream broke");
                    if let Err(error) = sent {
                        break Err(error.into());
                    }
                }
                None => break Ok(()),
            },
        }
    };
    drop(parsed_in);
    let applied = applier
        .await
        .map_err(|error| Error::Other(anyhow!(error).context("Applying stopped")))?;
    applied.and(ended).map(|()| any)
}

/// Commits what is parsed, in groups of what waits.
async fn apply_in_turn(
    inbox: Inbox,
    journal: KnownJournal,
    mut parsed: mpsc::Receiver<Vec<Parsed>>,
    applied: mpsc::Sender<Seq>,
) -> Result<()> {
    let mut applying = Applying::new(inbox, journal);
    // The relay only wants to know; a broken line is noticed by the reader.
    let tell = |to: Option<Seq>| {
        if let Some(to) = to {
            let _ = applied.try_send(to);
        }
    };
    let mut left_over = None;
    loop {
        let frame = if let Some(frame) = left_over.take() {
            Some(frame)
        } else {
            tokio::select! {
                biased;
                frame = parsed.recv() => frame,
                committed = applying.settle(), if applying.is_under_way() => {
                    tell(committed?);
                    continue;
                }
            }
        };
        let Some(mut group) = frame else {
            return applying.settle().await.map(|_| ());
        };
        // A frame too many would cost a transaction of its own.
        while let Ok(frame) = parsed.try_recv() {
            if group.len() + frame.len() > GROUP {
                left_over = Some(frame);
                break;
            }
            group.extend(frame);
        }
        tell(applying.group(group).await?);
    }
}

type Incoming =
    Result<Option<Result<Frame, tokio_tungstenite::tungstenite::Error>>, tokio::time::error::Elapsed>;

/// Returns the envelopes of a frame; `None` for a ping and the like.
fn parse_frame(frame: Incoming) -> Result<Option<Vec<Envelope>>> {
    let frame = frame
        .context("The relay fell silent")?
        .context("The relay closed the stream")?
        .context("The relay's stream broke")?;
    match from_relay(&frame)? {
        Some(FromRelay::Envelopes { envelopes }) => Ok(Some(envelopes)),
        Some(FromRelay::Hello { .. }) | None => Ok(None),
    }
}

async fn next_frame(socket: &mut Socket) -> Result<Option<FromRelay>> {
    let frame = timeout(Duration::from_secs(10), socket.next())
        .await
        .context("The relay said nothing in ten seconds")?
        .context("The relay closed the stream")?
        .context("The relay's stream broke")?;
    from_relay(&frame)
}

fn from_relay(frame: &Frame) -> Result<Option<FromRelay>> {
    match frame {
        Frame::Text(text) => Ok(Some(
            FromRelay::from_json(text.as_str())
                .context("The relay sent a frame that this version can't read")?,
        )),
        Frame::Close(_) => Err(Error::Other(anyhow!("The relay closed the stream"))),
        _ => Ok(None),
    }
}
