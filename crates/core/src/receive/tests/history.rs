//! The phone's history.

use std::time::Duration;

use cobro_whatsapp::webhook::{HistoryProgress, InboundMessage, MessageKind, Status, Update};

use super::shop::{Shop, ago, ana, line, old, picture, says, text, told};
use crate::domain::{Delivery, Direction, MediaState, Timestamp};
use crate::{CoreEvent, history};

const MESSAGES: u32 = 50_000;
const CUSTOMERS: u32 = 250;
const CHUNK: usize = 2500;

fn progress(chunk: u32, progress: u8) -> Update {
    Update::HistoryProgress(HistoryProgress {
        line: line(),
        phase: 0,
        chunk,
        progress,
        messages: 0,
    })
}

/// Message number `n` of the phone's history, a minute after the one before.
fn of_history(n: u32) -> Update {
    let customer = n % CUSTOMERS;
    let at = Timestamp::from_secs(1_760_000_000 + i64::from(n) * 60);
    let message = text(
        &format!("wamid.{n:08}"),
        &format!("52155{customer:08}"),
        &format!("Cliente {customer}"),
        &format!("mensaje {n}"),
        at,
    );
    let from_shop = n.is_multiple_of(3);
    old(message, from_shop, from_shop.then_some(Status::Read))
}

/// The history in chunks, in an order that is far from that of its times, some of them twice.
fn shuffled_chunks() -> Vec<Vec<Update>> {
    let numbers: Vec<u32> = (0..MESSAGES).collect();
    let mut chunks: Vec<Vec<u32>> = numbers.chunks(CHUNK).map(<[u32]>::to_vec).collect();
    let again: Vec<_> = chunks.iter().step_by(3).cloned().collect();
    chunks.extend(again);
    // A fixed shuffle: every seventh, around.
    let count = chunks.len();
    (0..count)
        .map(|place| (place * 7 + 3) % count)
        .map(|place| {
            let number = u32::try_from(place).unwrap();
            let done = u8::try_from((place + 1) * 100 / count).unwrap();
            let mut updates = vec![progress(number, done)];
            updates.extend(chunks[place].iter().copied().map(of_history));
            updates
        })
        .collect()
}

#[tokio::test]
async fn fifty_thousand_messages_in_shuffled_chunks_are_there_once_each_and_in_order() {
    let mut shop = Shop::open().await;
    let mut events = shop.inbox.events();
    let chunks = shuffled_chunks();
    let count = u32::try_from(chunks.len()).unwrap();
    assert_ne!(count % 7, 0, "the shuffle reaches every chunk");
    let begun = std::time::Instant::now();
    for pair in chunks.chunks(2) {
        shop.hears_all(pair.to_vec()).await;
    }
    println!("{MESSAGES} messages of history in {:?}", begun.elapsed());

    assert_eq!(shop.count("messages").await, MESSAGES);
    assert_eq!(shop.count("notices").await, 0, "the past is no news");
    let rows = shop.rows().await;
    assert!(rows.iter().all(|row| row.unread == 0));
    let newest = rows.first().unwrap();
    assert_eq!(
        newest.last_at.secs(),
        1_760_000_000 + i64::from(MESSAGES - 1) * 60
    );
    assert_eq!(newest.snippet, format!("mensaje {}", MESSAGES - 1));
    for row in rows.iter().take(3) {
        let thread = shop.thread(row.id).await;
        assert_eq!(thread.len(), usize::try_from(MESSAGES / CUSTOMERS).unwrap());
        assert!(thread.windows(2).all(|two| two[0].at < two[1].at));
        let shops: Vec<_> = thread
            .iter()
            .filter(|message| message.direction == Direction::Out)
            .collect();
        assert!(
            shops
                .iter()
                .all(|message| message.delivery == Some(Delivery::Read))
        );
    }

    let imports = history::imports(&shop.inbox).await.unwrap();
    assert_eq!(imports.len(), 1);
    assert_eq!((imports[0].progress, imports[0].messages), (100, MESSAGES));
    assert!(imports[0].finished_at.is_some());
    let told = told(&mut events);
    assert!(told.len() < 200, "{} events: the window would choke", told.len());
    assert!(told.contains(&CoreEvent::ImportsChanged) && told.contains(&CoreEvent::Resync));
}

#[tokio::test]
async fn an_import_goes_on_after_a_kill_and_no_writer_waits_long_meanwhile() {
    let mut shop = Shop::open().await;
    let envelope: Vec<Update> = (0..6000).map(of_history).collect();
    let store = shop.inbox.store.clone();
    let waiter = tokio::spawn(async move {
        let mut longest = Duration::ZERO;
        for _ in 0..40 {
            let begun = std::time::Instant::now();
            store.write(|_| Ok(())).await.unwrap();
            longest = longest.max(begun.elapsed());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        longest
    });
    let begun = std::time::Instant::now();
    shop.hears(envelope.clone()).await;
    let whole = begun.elapsed();
    let longest = waiter.await.unwrap();
    println!("6000 messages in {whole:?}; another writer waited {longest:?} at most");
    assert!(longest < whole, "one envelope is several transactions");

    let mut shop = shop.restart().await;
    // The relay repeats what was not acknowledged.
    shop.hears(envelope).await;
    assert_eq!(shop.count("messages").await, 6000);
}

#[tokio::test]
async fn a_placeholder_becomes_its_file_whichever_comes_first() {
    for file_first in [false, true] {
        let mut shop = Shop::open().await;
        let placeholder = InboundMessage {
            kind: MessageKind::MediaPlaceholder,
            ..ana("w1", "", ago(60))
        };
        let mut steps = vec![
            old(placeholder, true, None),
            old(picture("w1", "mira", ago(60)), true, None),
        ];
        if file_first {
            steps.reverse();
        }
        shop.hears(vec![old(ana("w0", "hola", ago(90)), false, None)])
            .await;
        for step in steps {
            shop.hears(vec![step.clone()]).await;
            shop.hears(vec![step]).await;
        }
        let row = shop.only().await;
        let thread = shop.thread(row.id).await;
        assert_eq!(thread.len(), 2);
        assert_eq!(
            (thread[1].kind, thread[1].text.as_str()),
            (MessageKind::Image, "mira")
        );
        assert_eq!(thread[1].media.as_ref().unwrap().state, MediaState::Waiting);
        assert_eq!((row.snippet.as_str(), row.last_at), ("mira", ago(60)));
    }
}

#[tokio::test]
async fn the_past_opens_no_window_but_yesterday_evening_does() {
    let mut shop = Shop::open().await;
    shop.hears(vec![
        old(
            text("w1", "5215511111111", "Ana", "hace mucho", ago(60 * 24 * 90)),
            false,
            None,
        ),
        old(
            text("w2", "5215522222222", "Bea", "anoche", ago(60 * 12)),
            false,
            None,
        ),
        old(
            text("w3", "5215522222222", "Bea", "antes", ago(60 * 30)),
            false,
            None,
        ),
    ])
    .await;
    assert!(!shop.named("Ana").await.window_is_open(ago(0)));
    let bea = shop.named("Bea").await;
    assert!(bea.window_is_open(ago(0)));
    assert_eq!((bea.snippet.as_str(), bea.last_at), ("anoche", ago(60 * 12)));
}

#[tokio::test]
async fn a_message_that_comes_live_and_in_the_history_is_one() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "hola", ago(2)))).await;
    shop.hears(vec![old(ana("w1", "hola", ago(2)), false, None)])
        .await;
    let row = shop.only().await;
    assert_eq!((shop.thread(row.id).await.len(), row.unread), (1, 1));
}

#[tokio::test]
async fn a_declined_history_says_so() {
    let mut shop = Shop::open().await;
    shop.hears(vec![Update::HistoryDeclined {
        line: line(),
        code: 2_593_109,
        title: "History sharing is turned off".into(),
    }])
    .await;
    let import = history::imports(&shop.inbox).await.unwrap().remove(0);
    assert_eq!(
        import.problem.unwrap().title,
        "The phone does not share its history"
    );
    // It was allowed after all.
    shop.hears(vec![progress(1, 10)]).await;
    let import = history::imports(&shop.inbox).await.unwrap().remove(0);
    assert_eq!((import.problem, import.progress), (None, 10));
}

#[tokio::test]
async fn a_file_that_names_nobody_moves_to_the_thread_that_its_placeholder_names() {
    use cobro_whatsapp::webhook::Sender;
    let mut shop = Shop::open().await;
    let file = InboundMessage {
        from: Sender::default(),
        ..picture("w1", "mira", ago(60))
    };
    let placeholder = InboundMessage {
        kind: MessageKind::MediaPlaceholder,
        ..ana("w1", "", ago(60))
    };
    shop.hears(vec![old(file, true, None)]).await;
    shop.hears(vec![
        old(placeholder, true, None),
        old(ana("w2", "gracias", ago(90)), false, None),
    ])
    .await;
    let row = shop.only().await;
    assert_eq!((row.name.as_str(), row.snippet.as_str()), ("Ana", "mira"));
    assert_eq!(shop.texts(row.id).await, ["gracias", "mira"]);
}

#[tokio::test]
async fn a_large_chunk_is_counted_whole_and_a_reconnection_starts_anew() {
    use cobro_whatsapp::webhook::{Alert, Severity};
    let mut shop = Shop::open().await;
    let mut chunk: Vec<Update> = (0..4500).map(of_history).collect();
    chunk.push(progress(1, 100));
    shop.hears(chunk).await;
    let import = history::imports(&shop.inbox).await.unwrap().remove(0);
    assert_eq!((import.messages, import.finished_at.is_some()), (4500, true));

    tokio::time::sleep(Duration::from_millis(3)).await;
    shop.hears(vec![Update::Alert(Alert {
        line: line(),
        field: "account_update".into(),
        event: "ACCOUNT_RECONNECTED".into(),
        severity: Severity::Info,
        details: None,
        ends: true,
        at: None,
        raw: "{}".into(),
    })])
    .await;
    assert!(history::imports(&shop.inbox).await.unwrap().is_empty());
}
