//! The stream to desks: in order, without a gap, at the desk's pace.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod kit;

use std::time::{Duration, Instant};

use cobro_protocol::{FromDesk, Seq};
use futures_util::StreamExt;
use kit::{Desk, STREAM_TOKEN, TestRelay, message, open};
use tokio_tungstenite::tungstenite::{Error, Message};

fn seqs(envelopes: &[cobro_protocol::Envelope]) -> Vec<i64> {
    envelopes.iter().map(|envelope| envelope.seq.0).collect()
}

async fn fill(shop: &TestRelay, texts: std::ops::Range<u32>, padding: usize) {
    let padding = "x".repeat(padding);
    let sends = texts.map(|nth| {
        let (sender, body) = (shop.sender.clone(), message(&format!("{nth} {padding}")));
        async move { assert_eq!(sender.whatsapp(body).await, 200) }
    });
    futures_util::stream::iter(sends)
        .for_each_concurrent(32, |send| send)
        .await;
}

#[tokio::test]
async fn a_desk_hears_hello_then_what_it_lacks_then_what_comes() {
    let shop = TestRelay::start().await;
    fill(&shop, 0..3, 0).await;
    let mut desk = shop.desk(1).await;
    assert_eq!(desk.last, Seq(3));
    assert_eq!(seqs(&desk.envelopes().await), [2, 3]);
    shop.sender.whatsapp(message("nuevo")).await;
    let news = desk.envelopes().await;
    assert_eq!(seqs(&news), [4]);
    assert!(news[0].body.contains("nuevo"));
}

#[tokio::test]
async fn catching_up_takes_few_frames() {
    let shop = TestRelay::start().await;
    fill(&shop, 0..1200, 0).await;
    let mut desk = shop.desk(0).await;
    let frames = [
        desk.envelopes().await,
        desk.envelopes().await,
        desk.envelopes().await,
    ];
    assert_eq!(frames.each_ref().map(Vec::len), [512, 512, 176]);
    assert_eq!(seqs(&frames.concat()), (1..=1200).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_frame_stays_near_a_megabyte() {
    let shop = TestRelay::start().await;
    fill(&shop, 0..8, 700_000).await;
    let mut desk = shop.desk(0).await;
    assert_eq!(desk.envelopes().await.len(), 2);
    assert_eq!(desk.until(Seq(8)).await.len(), 6);
}

#[tokio::test]
async fn resuming_while_webhooks_arrive_leaves_no_gap() {
    let shop = TestRelay::start().await;
    let (url, last) = (shop.relay.stream_url(), Seq(600));
    let reader = tokio::spawn(async move {
        let mut seen = Vec::new();
        while seen.len() < 600 {
            // Comes back again and again, after a few frames.
            let mut desk = Desk::connect(&url, i64::try_from(seen.len()).unwrap()).await;
            for _ in 0..3 {
                if seen.len() < 600 {
                    seen.extend(seqs(&desk.envelopes().await));
                }
            }
        }
        seen
    });
    fill(&shop, 0..600, 0).await;
    assert_eq!(reader.await.unwrap(), (1..=last.0).collect::<Vec<_>>());
}

#[tokio::test]
async fn only_the_token_opens_the_stream() {
    let shop = TestRelay::start().await;
    let url = format!("{}?after=0", shop.relay.stream_url());
    for token in [
        None,
        Some(""),
        Some("stream-toke"),
        Some("stream-token2"),
        Some("STREAM-TOKEN"),
    ] {
        match open(&url, token).await {
            Err(Error::Http(answer)) => assert_eq!(answer.status(), 401, "{token:?}"),
            other => panic!("{token:?}: {other:?}"),
        }
    }
    for query in ["?after=x", "?after=-1", "?after=1&desk="] {
        match open(&format!("{}{query}", shop.relay.stream_url()), Some(STREAM_TOKEN)).await {
            Err(Error::Http(answer)) => assert_eq!(answer.status(), 400, "{query}"),
            other => panic!("{query}: {other:?}"),
        }
    }
    assert_eq!(shop.sender.get("/stream").await.0, 401);
    assert_eq!(shop.count("stream_refused").await, 9);
    open(&shop.relay.stream_url(), Some(STREAM_TOKEN)).await.unwrap();
}

#[tokio::test]
async fn health_shows_how_far_behind_a_desk_is() {
    let shop = TestRelay::start().await;
    fill(&shop, 0..5, 0).await;
    let mut desk = shop.desk(0).await;
    desk.until(Seq(5)).await;
    desk.say(serde_json::to_string(&FromDesk::Applied { seq: Seq(3) }).unwrap())
        .await;
    let stream = loop {
        let stream = shop.sender.health().await["streams"][0].clone();
        if stream["applied"] == 3 {
            break stream;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    assert_eq!((&stream["lag"], &stream["connected"]), (&2.into(), &true.into()));

    drop(desk);
    while shop.sender.health().await["streams"][0]["connected"] == true {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // It is remembered over a restart.
    let (folder, options) = (shop.folder, kit::options);
    shop.relay.shutdown().await;
    let relay = cobro_relay::Relay::start(options(folder.path())).await.unwrap();
    let health = kit::Sender::to(&relay.url()).health().await;
    assert_eq!(health["streams"][0]["lag"], 2);
    relay.shutdown().await;
}

#[tokio::test]
async fn a_desk_that_does_not_read_delays_nobody() {
    let shop = TestRelay::start().await;
    fill(&shop, 0..40, 500_000).await;
    let mut slow = shop.desk(0).await;
    let mut quick = shop.desk(0).await;
    assert_eq!(quick.until(Seq(40)).await.len(), 40);
    let started = Instant::now();
    fill(&shop, 40..140, 0).await;
    assert_eq!(quick.until(Seq(140)).await.len(), 100);
    assert!(started.elapsed() < Duration::from_secs(10));
    // And when it reads at last, nothing is missing.
    assert_eq!(seqs(&slow.until(Seq(140)).await), (1..=140).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_is_no_frame_ends_the_stream() {
    let shop = TestRelay::start().await;
    let mut desk = shop.desk(0).await;
    desk.say("{\"type\":\"other\"}".to_owned()).await;
    match desk.socket.next().await {
        Some(Ok(Message::Close(Some(frame)))) => assert_eq!(u16::from(frame.code), 1008),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn closing_is_quick_with_streams_and_idle_connections_open() {
    let shop = TestRelay::start().await;
    fill(&shop, 0..3, 0).await;
    let mut desk = shop.desk(0).await;
    let _deaf = shop.desk(0).await;
    desk.until(Seq(3)).await;
    let started = Instant::now();
    shop.relay.shutdown().await;
    assert!(
        started.elapsed() < Duration::from_secs(1),
        "{:?}",
        started.elapsed()
    );
    match desk.socket.next().await {
        Some(Ok(Message::Close(Some(frame)))) => assert_eq!(u16::from(frame.code), 1001),
        other => panic!("{other:?}"),
    }
}
