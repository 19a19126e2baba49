//! What was not understood at first.

use cobro_whatsapp::Content;
use cobro_whatsapp::webhook::{InboundMessage, MessageKind, Update};

use super::shop::{LINE, Shop, ago, ana, reaction};
use crate::domain::Timestamp;
use crate::receive::PARSER;
use crate::store::meta;
use crate::{health, reparse};

/// A webhook with one message of Ana's.
fn body(wamid: &str, at: Timestamp, kind: &str, rest: &str) -> String {
    format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"id":"1","changes":[{{"field":"messages","value":{{
            "metadata":{{"display_phone_number":"15550783881","phone_number_id":"{LINE}"}},
            "contacts":[{{"profile":{{"name":"Ana"}},"wa_id":"5215511111111"}}],
            "messages":[{{"from":"5215511111111","id":"{wamid}","timestamp":"{}","type":"{kind}",{rest}}}]}}}}]}}]}}"#,
        at.secs()
    )
}

fn unknown(wamid: &str, at: Timestamp) -> Vec<Update> {
    vec![Update::Message(InboundMessage {
        kind: MessageKind::Unknown,
        ..ana(wamid, "", at)
    })]
}

#[tokio::test]
async fn an_unknown_message_is_shown_once_the_parser_knows_it() {
    let mut shop = Shop::open().await;
    let text = body("w1", ago(9), "text", r#""text":{"body":"hola"}"#);
    shop.got_once(&text, unknown("w1", ago(9))).await;
    let picture = body(
        "w2",
        ago(8),
        "image",
        r#""image":{"id":"7","mime_type":"image/jpeg","sha256":"x","caption":"mira"}"#,
    );
    shop.got_once(&picture, unknown("w2", ago(8))).await;
    let before = shop.only().await;
    assert_eq!(before.snippet_kind, MessageKind::Unknown);
    assert_eq!(health::unknown_messages(&shop.inbox).await.unwrap(), 2);

    let done = reparse::all(&shop.inbox).await.unwrap();
    assert_eq!((done.envelopes, done.messages), (2, 2));
    assert_eq!(health::unknown_messages(&shop.inbox).await.unwrap(), 0);
    let row = shop.only().await;
    let thread = shop.thread(row.id).await;
    assert_eq!(
        (thread[0].kind, thread[0].text.as_str()),
        (MessageKind::Text, "hola")
    );
    assert_eq!(
        (thread[1].kind, thread[1].text.as_str()),
        (MessageKind::Image, "mira")
    );
    assert!(thread[1].media.is_some());
    assert_eq!((row.unread, row.snippet.as_str()), (before.unread, "mira"));

    let again = reparse::all(&shop.inbox).await.unwrap();
    assert_eq!(again.messages, 0, "a second run changes nothing");
    assert_eq!(shop.thread(row.id).await, thread);
}

#[tokio::test]
async fn what_could_not_be_read_is_read_later() {
    let mut shop = Shop::open().await;
    let text = body("w1", ago(9), "text", r#""text":{"body":"hola"}"#);
    let unreadable = Update::Unreadable {
        error: "messages: no such thing".into(),
        raw: String::new(),
    };
    shop.got_once(&text, vec![unreadable]).await;
    assert!(shop.rows().await.is_empty());
    let problems = health::envelope_problems(&shop.inbox).await.unwrap();
    assert_eq!(problems.len(), 1);

    reparse::all(&shop.inbox).await.unwrap();
    let row = shop.only().await;
    assert_eq!((row.snippet.as_str(), row.unread), ("hola", 1));
    let problems = health::envelope_problems(&shop.inbox).await.unwrap();
    assert!(problems.is_empty());
    assert_eq!(shop.count("notices").await, 0, "what is old is not announced");
}

#[tokio::test]
async fn a_newer_parser_reads_again_by_itself_once() {
    let mut shop = Shop::open().await;
    let text = body("w1", ago(9), "text", r#""text":{"body":"hola"}"#);
    shop.got_once(&text, unknown("w1", ago(9))).await;
    shop.inbox.start();
    let parser = || async {
        let known = shop.inbox.store.read(|conn| Ok(meta::get(conn, meta::PARSER)?));
        known.await.unwrap()
    };
    for _ in 0..500 {
        if parser().await.is_some() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(parser().await, Some(PARSER.to_string()));
    assert_eq!(shop.only().await.snippet, "hola");
    shop.inbox.shutdown().await;
}

#[tokio::test]
async fn an_edited_text_is_not_lost_by_reading_its_message_again() {
    let mut shop = Shop::open().await;
    let text = body("w1", ago(9), "text", r#""text":{"body":"hola"}"#);
    shop.gets(&text).await;
    let edit = super::shop::change(MessageKind::Edit, "e1", "w1", "hola a todos", ago(8));
    shop.hears(vec![Update::Message(edit)]).await;
    reparse::all(&shop.inbox).await.unwrap();
    let id = shop.only().await.id;
    assert_eq!(shop.texts(id).await, ["hola a todos"]);
}

#[tokio::test]
async fn contents_that_an_older_version_dropped_come_back() {
    let mut shop = Shop::open().await;
    let at = ago(9);
    let place = body(
        "w1",
        at,
        "location",
        r#""location":{"latitude":19.4,"longitude":-99.1,"name":"Zócalo"}"#,
    );
    shop.got_once(
        &place,
        vec![Update::Message(InboundMessage {
            kind: MessageKind::Location,
            ..ana("w1", "Zócalo", at)
        })],
    )
    .await;
    reparse::all(&shop.inbox).await.unwrap();
    let id = shop.only().await.id;
    let thread = shop.thread(id).await;
    assert!(
        matches!(thread[0].content, Some(Content::Location { .. })),
        "{thread:?}"
    );
}

#[tokio::test]
async fn a_reaction_that_was_kept_as_a_message_becomes_one() {
    let mut shop = Shop::open().await;
    let text = body("w1", ago(9), "text", r#""text":{"body":"hola"}"#);
    shop.gets(&text).await;
    let at = ago(8);
    let thumb = body(
        "w2",
        at,
        "reaction",
        r#""reaction":{"message_id":"w1","emoji":"👍"}"#,
    );
    let as_message = InboundMessage {
        reaction: None,
        ..reaction("w2", "w1", Some("👍"), at)
    };
    shop.got_once(&thumb, vec![Update::Message(as_message)]).await;
    let id = shop.only().await.id;
    assert_eq!(shop.texts(id).await, ["hola", "👍"]);
    reparse::all(&shop.inbox).await.unwrap();
    let thread = shop.thread(id).await;
    assert_eq!(thread.len(), 1);
    assert_eq!(thread[0].reactions[0].emoji, "👍");
    assert_eq!(
        shop.count("notices").await,
        1,
        "what was taken out is not announced"
    );
    let announced = crate::notify::next(&shop.inbox).await.unwrap();
    assert_eq!(announced[0].body, "hola");
}

#[tokio::test]
async fn a_part_that_breaks_does_not_cost_its_neighbours() {
    let mut shop = Shop::open().await;
    let breaks = |sql: &'static str| shop.inbox.store.write(move |tx| Ok(tx.execute_batch(sql)?));
    breaks(
        "CREATE TRIGGER breaks BEFORE INSERT ON messages WHEN new.text = 'dos'
         BEGIN SELECT RAISE(ABORT, 'broken'); END",
    )
    .await
    .unwrap();
    let words = [("w1", "uno"), ("w2", "dos"), ("w3", "tres")];
    let updates = words
        .into_iter()
        .map(|(wamid, text)| Update::Message(ana(wamid, text, ago(1))))
        .collect();
    shop.hears(updates).await;
    let id = shop.only().await.id;
    assert_eq!(shop.texts(id).await, ["uno", "tres"]);
    let problems = health::envelope_problems(&shop.inbox).await.unwrap();
    assert_eq!(problems.len(), 1);
}
