//! Listening to a relay that has lost something.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use cobro_core::domain::Currency;
use cobro_core::{DatabaseKey, Inbox, Language, Options, StreamOptions};
use cobro_protocol::{Envelope, FromRelay, JournalId, Seq, Source, Timestamp};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::Message as Frame;
use uuid::Uuid;

/// A relay whose journal holds entries of these numbers, and says that `last` is its newest.
async fn relay(last: i64, held: &'static [i64]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/stream", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let mut socket = tokio_tungstenite::accept_async(socket).await.unwrap();
            let hello = FromRelay::Hello {
                journal: JournalId(Uuid::from_u128(7)),
                last: Seq(last),
            };
            let envelopes = held.iter().map(|seq| Envelope {
                seq: Seq(*seq),
                id: seq.to_string(),
                source: Source::Whatsapp,
                received_at: Timestamp::now(),
                headers: BTreeMap::new(),
                body: r#"{"entry":[{"changes":[{"field":"automatic_events","value":{}}]}]}"#.into(),
            });
            let envelopes = FromRelay::Envelopes {
                envelopes: envelopes.collect(),
            };
            for frame in [hello, envelopes] {
                let text = serde_json::to_string(&frame).unwrap();
                socket.send(Frame::text(text)).await.unwrap();
            }
            while socket.next().await.is_some_and(|frame| frame.is_ok()) {}
        }
    });
    url
}

async fn problems_of(last: i64, held: &'static [i64]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Inbox::open(Options {
        database: folder.path().join("cobro.db"),
        key: DatabaseKey::from_raw([7; 32]),
        stream: Some(StreamOptions {
            url: relay(last, held).await,
            token: "token".to_owned().into(),
        }),
        whatsapp: None,
        stripe: None,
        language: Language::Es,
        country: "MX".into(),
        default_currency: Currency::from_code("MXN").unwrap(),
        default_expiry_hours: 48,
        announces: false,
        poll_every: None,
        stripe_webhooks: false,
        stale_after: std::time::Duration::from_mins(30),
    })
    .await
    .unwrap();
    inbox.start();
    let begun = Instant::now();
    let newest = held.last().copied().unwrap();
    while applied(&inbox).await < newest {
        assert!(begun.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let problems = inbox.problems.all().into_iter().map(|problem| problem.code);
    let problems = problems.collect();
    inbox.shutdown().await;
    problems
}

async fn applied(inbox: &Inbox) -> i64 {
    inbox
        .store
        .read(|conn| {
            Ok(
                conn.query_row("SELECT coalesce(max(applied_seq), 0) FROM journals", [], |row| {
                    row.get(0)
                })?,
            )
        })
        .await
        .unwrap()
}

#[tokio::test]
async fn entries_that_were_gone_before_they_were_read_are_said_in_health() {
    assert_eq!(problems_of(9, &[1, 2, 8, 9]).await, ["journal_gap"]);
}

#[tokio::test]
async fn a_new_desk_on_an_old_journal_has_missed_nothing() {
    assert!(problems_of(9, &[8, 9]).await.is_empty());
}
