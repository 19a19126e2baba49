//! `GET /stream`: the journal to one desk, in order, as fast as the desk takes it.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::QueryRejection;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cobro_protocol::{FromDesk, FromRelay, Seq, Timestamp};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::journal::Journal;
use crate::routes::{Shared, is_same};

const PING_EVERY: Duration = Duration::from_secs(20);
/// How long a desk may say nothing, not even to a ping.
const SILENCE: Duration = Duration::from_secs(90);
/// How long one frame may wait for a slow desk. It comes again and goes on where it was.
const SLOWEST_FRAME: Duration = Duration::from_secs(120);
const GOODBYE: Duration = Duration::from_millis(500);
const LONGEST_FROM_DESK: usize = 64 * 1024;
const LONGEST_NAME: usize = 64;

#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    after: i64,
    /// Tells several desks apart in `/health` and for retention.
    desk: Option<String>,
}

impl Asked {
    fn is_fair(&self) -> bool {
        self.after >= 0
            && self
                .desk
                .as_ref()
                .is_none_or(|name| (1..=LONGEST_NAME).contains(&name.len()))
    }
}

/// Opens the stream for a desk that shows the token.
pub(crate) async fn open(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    asked: Result<Query<Asked>, QueryRejection>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let opened = if !shows_token(&headers, &shared) {
        Err(StatusCode::UNAUTHORIZED.into_response())
    } else if let Some(Query(asked)) = asked.ok().filter(|Query(asked)| asked.is_fair()) {
        upgrade
            .map(|upgrade| (upgrade, asked))
            .map_err(IntoResponse::into_response)
    } else {
        Err(StatusCode::BAD_REQUEST.into_response())
    };
    match opened {
        Ok((upgrade, asked)) => {
            shared.counts.stream_opened.up();
            start(shared, upgrade, asked)
        }
        Err(refusal) => {
            shared.counts.stream_refused.up();
            refusal
        }
    }
}

fn shows_token(headers: &HeaderMap, shared: &Shared) -> bool {
    headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .is_some_and(|(scheme, token)| {
            scheme.eq_ignore_ascii_case("bearer") && is_same(token.trim(), &shared.stream_token)
        })
}

fn start(shared: Arc<Shared>, upgrade: WebSocketUpgrade, asked: Asked) -> Response {
    let running = shared.tasks.token();
    upgrade
        .max_message_size(LONGEST_FROM_DESK)
        .on_upgrade(move |socket| async move {
            let _running = running;
            serve(&shared, socket, asked).await;
        })
}

async fn serve(shared: &Shared, socket: WebSocket, asked: Asked) {
    let name = asked.desk.as_deref().unwrap_or("desk");
    let after = Seq(asked.after);
    shared.desks.connected(name, after, Timestamp::now());
    let (mut to_desk, mut from_desk) = socket.split();
    let ending = tokio::select! {
        () = shared.closing.cancelled() => Ending::Closing,
        ending = send(&shared.journal, &mut to_desk, after) => ending,
        ending = listen(shared, name, &mut from_desk) => ending,
    };
    shared.desks.disconnected(name, Timestamp::now());
    let _ = timeout(GOODBYE, say_goodbye(to_desk, ending)).await;
}

/// Why a stream ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Closing,
    Gone,
    Misspoken,
    JournalUnreadable,
}

async fn say_goodbye(mut to_desk: SplitSink<WebSocket, Message>, ending: Ending) {
    let (code, reason) = match ending {
        Ending::Closing => (close_code::AWAY, "The relay is closing"),
        Ending::Misspoken => (close_code::POLICY, "Not a frame of this stream"),
        Ending::JournalUnreadable => (close_code::ERROR, "The journal cannot be read"),
        Ending::Gone => return,
    };
    let frame = CloseFrame {
        code,
        reason: reason.into(),
    };
    let _ = to_desk.send(Message::Close(Some(frame))).await;
}

/// Sends what follows `cursor` until the desk is gone. One frame at most is held.
async fn send(journal: &Journal, to_desk: &mut SplitSink<WebSocket, Message>, mut cursor: Seq) -> Ending {
    let mut newest = journal.last();
    let hello = FromRelay::Hello {
        journal: journal.id(),
        last: *newest.borrow(),
    };
    if say(to_desk, &hello).await.is_err() {
        return Ending::Gone;
    }
    loop {
        // Marked as seen before the query, so that what comes meanwhile wakes us again.
        let newest_now = *newest.borrow_and_update();
        if newest_now <= cursor {
            match wait(&mut newest, to_desk).await {
                Ok(()) => continue,
                Err(ending) => return ending,
            }
        }
        let envelopes = match journal.page(cursor).await {
            Ok(envelopes) => envelopes,
            Err(error) => {
                tracing::error!(%error, after = cursor.0, "The journal cannot be read");
                return Ending::JournalUnreadable;
            }
        };
        // What is missing up to there was pruned.
        cursor = envelopes.last().map_or(newest_now, |envelope| envelope.seq);
        if !envelopes.is_empty() && say(to_desk, &FromRelay::Envelopes { envelopes }).await.is_err() {
            return Ending::Gone;
        }
    }
}

async fn wait(
    newest: &mut watch::Receiver<Seq>,
    to_desk: &mut SplitSink<WebSocket, Message>,
) -> Result<(), Ending> {
    tokio::select! {
        changed = newest.changed() => changed.map_err(|_| Ending::Closing),
        () = sleep(PING_EVERY) => push(to_desk, Message::Ping(Vec::new().into())).await.map_err(|()| Ending::Gone),
    }
}

async fn say(to_desk: &mut SplitSink<WebSocket, Message>, frame: &FromRelay) -> Result<(), ()> {
    let text = serde_json::to_string(frame).map_err(drop)?;
    push(to_desk, Message::Text(text.into())).await
}

/// Sends, and waits until the desk's side has room.
async fn push(to_desk: &mut SplitSink<WebSocket, Message>, message: Message) -> Result<(), ()> {
    match timeout(SLOWEST_FRAME, to_desk.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(()),
    }
}

/// Notes what the desk says it has applied, until it is gone.
async fn listen(shared: &Shared, name: &str, from_desk: &mut SplitStream<WebSocket>) -> Ending {
    loop {
        match timeout(SILENCE, from_desk.next()).await {
            Ok(Some(Ok(Message::Text(text)))) => match serde_json::from_str(&text) {
                Ok(FromDesk::Applied { seq }) => shared.desks.applied(name, seq, Timestamp::now()),
                Err(_) => return Ending::Misspoken,
            },
            Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => {}
            Ok(Some(Ok(Message::Binary(_)))) => return Ending::Misspoken,
            Ok(Some(Ok(Message::Close(_)) | Err(_)) | None) | Err(_) => return Ending::Gone,
        }
    }
}
