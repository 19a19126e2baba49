//! What stands in a thread.

use std::time::Duration;

use cobro_whatsapp::webhook::{InboundMessage, MessageKind, Status, StatusError, StatusUpdate, Update};
use cobro_whatsapp::{Content, Pricing};
use rusqlite::params;

use super::shop::{Shop, ago, ana, answering, change, old, picture, reaction, says, status, told};
use crate::domain::{
    CostLine, Currency, Delivery, Direction, FREE_ENTRY, FreeEntry, MediaState, MessageId, Money, NewBody,
    NewMessage, Origin, ProductDraft, Referral, Timestamp,
};
use crate::store::columns::At;
use crate::store::{conversations, messages, products};
use crate::{CoreEvent, conversation, message};

#[tokio::test]
async fn what_a_message_holds_stands_in_the_thread() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "hola", ago(5)))).await;
    let place = Content::Location {
        latitude: 19.43,
        longitude: -99.13,
        name: Some("Zócalo".into()),
        address: None,
        url: None,
    };
    let location = InboundMessage {
        kind: MessageKind::Location,
        content: Some(place.clone()),
        ..ana("w2", "", ago(4))
    };
    shop.hears(says(answering(location, "w1"))).await;
    shop.hears(says(answering(picture("w3", "mira", ago(3)), "w-nobody-knows")))
        .await;

    let row = shop.only().await;
    let thread = shop.thread(row.id).await;
    let quote = thread[1].quote.as_ref().unwrap();
    assert_eq!((quote.message, quote.text.as_str()), (Some(thread[0].id), "hola"));
    assert_eq!(thread[1].content, Some(place));
    let file = thread[2].media.as_ref().unwrap();
    assert_eq!(
        (file.state, file.mime.as_str()),
        (MediaState::Waiting, "image/jpeg")
    );
    assert_eq!(thread[2].quote.as_ref().unwrap().message, None);
    assert_eq!((row.unread, row.snippet.as_str()), (3, "mira"));
}

#[tokio::test]
async fn a_list_says_what_stands_for_a_message_without_words() {
    let mut shop = Shop::open().await;
    let order = Content::Order {
        catalog_id: None,
        items: vec![cobro_whatsapp::OrderItem {
            product: "pastel".into(),
            quantity: 2,
            price: None,
            currency: None,
        }],
    };
    let message = InboundMessage {
        kind: MessageKind::Order,
        content: Some(order),
        ..ana("w1", "", ago(1))
    };
    shop.hears(says(message)).await;
    assert_eq!(shop.only().await.snippet, "2 × pastel");
}

#[tokio::test]
async fn the_newest_reaction_of_each_side_counts_whatever_the_order() {
    let steps = [
        reaction("r1", "w1", Some("👍"), ago(4)),
        reaction("r2", "w1", Some("❤️"), ago(3)),
        reaction("r3", "w1", None, ago(2)),
        reaction("r4", "w1", Some("🎉"), ago(1)),
    ];
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 3, 0, 1]] {
        let mut shop = Shop::open().await;
        for step in order {
            shop.hears(says(steps[step].clone())).await;
        }
        shop.hears(says(ana("w1", "hola", ago(5)))).await;
        shop.hears(vec![Update::Echo(reaction("r5", "w1", Some("😀"), ago(1)))])
            .await;
        let row = shop.only().await;
        let thread = shop.thread(row.id).await;
        let shown: Vec<_> = thread[0]
            .reactions
            .iter()
            .map(|reaction| (reaction.direction, reaction.emoji.as_str()))
            .collect();
        assert_eq!(thread.len(), 1, "a reaction is no message");
        assert_eq!(
            shown,
            [(Direction::In, "🎉"), (Direction::Out, "😀")],
            "{order:?}"
        );
        assert_eq!(row.unread, 1);
    }
}

#[tokio::test]
async fn a_reaction_is_activity_and_opens_the_window() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "hola", ago(26 * 60)))).await;
    let before = shop.only().await;
    assert!(!before.window_is_open(ago(0)));
    shop.hears(says(reaction("r1", "w1", Some("👍"), ago(1)))).await;
    let row = shop.only().await;
    assert!(row.window_is_open(ago(0)));
    assert_eq!(row.snippet, "Reacted 👍 to “hola”");
    assert_eq!((row.unread, row.last_at), (before.unread, ago(1)));
}

#[tokio::test]
async fn edits_in_any_order_leave_the_newest_text_and_all_that_was_before() {
    let steps = [
        ana("w1", "hola", ago(9)),
        change(MessageKind::Edit, "e1", "w1", "hola!", ago(8)),
        change(MessageKind::Edit, "e2", "w1", "hola, ¿hay pastel?", ago(7)),
    ];
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [2, 0, 1]] {
        let mut shop = Shop::open().await;
        for step in order {
            // WhatsApp repeats itself.
            shop.hears(says(steps[step].clone())).await;
            shop.hears(says(steps[step].clone())).await;
        }
        let row = shop.only().await;
        let thread = shop.thread(row.id).await;
        assert_eq!(thread.len(), 1, "{order:?}");
        assert_eq!(thread[0].text, "hola, ¿hay pastel?");
        assert_eq!(thread[0].edited_at, Some(ago(7)));
        assert_eq!(row.snippet, "hola, ¿hay pastel?");
        let versions = conversation::versions(&shop.inbox, thread[0].id).await.unwrap();
        let versions: Vec<_> = versions.iter().map(|version| version.text.as_str()).collect();
        assert_eq!(versions, ["hola", "hola!"], "{order:?}");
    }
}

#[tokio::test]
async fn what_was_taken_back_is_kept_and_not_shown_in_the_list() {
    for revoke_first in [false, true] {
        let mut shop = Shop::open().await;
        let mut steps = vec![
            ana("w1", "mi clave es 1234", ago(3)),
            change(MessageKind::Revoke, "x1", "w1", "", ago(2)),
        ];
        if revoke_first {
            steps.reverse();
        }
        for step in steps {
            shop.hears(says(step)).await;
        }
        let row = shop.only().await;
        let thread = shop.thread(row.id).await;
        assert_eq!(thread[0].revoked_at, Some(ago(2)));
        assert_eq!(
            (row.snippet.as_str(), row.snippet_kind),
            ("", MessageKind::Revoke)
        );

        let exported = shop.exported().await;
        let line = exported.iter().find(|line| line["type"] == "message").unwrap();
        assert_eq!(line["text"], "mi clave es 1234");
        assert!(line["revoked_at"].is_string());
    }
}

#[tokio::test]
async fn nobody_changes_what_the_other_side_wrote() {
    let mut shop = Shop::open().await;
    shop.hears(vec![Update::Echo(ana("w1", "son 500 pesos", ago(3)))])
        .await;
    shop.hears(says(change(MessageKind::Edit, "e1", "w1", "son 5 pesos", ago(2))))
        .await;
    let id = shop.only().await.id;
    assert_eq!(shop.texts(id).await, ["son 500 pesos"]);
    shop.hears(vec![Update::Echo(change(
        MessageKind::Edit,
        "e2",
        "w1",
        "son 600 pesos",
        ago(1),
    ))])
    .await;
    assert_eq!(shop.texts(id).await, ["son 600 pesos"]);
}

#[tokio::test]
async fn every_edit_and_reaction_is_in_the_export() {
    let mut shop = Shop::open().await;
    shop.hears(says(change(
        MessageKind::Edit,
        "e1",
        "w-never-came",
        "corregido",
        ago(2),
    )))
    .await;
    shop.hears(says(reaction("r1", "w-never-came", Some("👍"), ago(1))))
        .await;
    let exported = shop.exported().await;
    let of = |kind: &str| {
        exported
            .iter()
            .find(|line| line["type"] == kind)
            .cloned()
            .unwrap()
    };
    assert_eq!(
        (of("change")["text"].as_str(), of("change")["applied"].as_bool()),
        (Some("corregido"), Some(false))
    );
    assert_eq!(of("reaction")["emoji"], "👍");
}

#[tokio::test]
async fn what_the_shop_writes_on_its_phone_is_shown_as_from_there() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "hola", ago(2)))).await;
    shop.hears(vec![Update::Echo(ana("w2", "buenas", ago(1)))]).await;
    let row = shop.only().await;
    let thread = shop.thread(row.id).await;
    assert_eq!(
        (thread[1].origin, thread[1].direction),
        (Origin::Phone, Direction::Out)
    );
    assert!(row.snippet_from_me);
    assert!(conversation::all_lines(&shop.inbox).await.unwrap()[0].coexists);
}

#[tokio::test]
async fn reports_in_any_order_end_at_the_farthest_with_their_price() {
    let priced = |status: StatusUpdate, billable: bool| StatusUpdate {
        pricing: Some(Pricing {
            billable: Some(billable),
            model: Some("PMP".into()),
            category: Some("utility".into()),
            kind: None,
        }),
        ..status
    };
    let mut shop = Shop::open().await;
    // Before its message, by user id alone, and twice.
    for _ in 0..2 {
        shop.hears(vec![Update::Status(priced(
            status("w1", Status::Played, ago(1)),
            true,
        ))])
        .await;
    }
    shop.hears(vec![Update::Echo(ana("w1", "listo", ago(3)))]).await;
    shop.hears(vec![Update::Echo(ana("w2", "gracias", ago(2)))]).await;
    shop.hears(vec![
        Update::Status(status("w1", Status::Sent, ago(3))),
        Update::Status(priced(status("w2", Status::Delivered, ago(1)), false)),
        Update::Status(priced(status("w2", Status::Sent, ago(2)), false)),
    ])
    .await;
    let id = shop.only().await.id;
    let deliveries: Vec<_> = shop
        .thread(id)
        .await
        .into_iter()
        .map(|message| message.delivery)
        .collect();
    assert_eq!(deliveries, [Some(Delivery::Read), Some(Delivery::Delivered)]);
    let cost = CostLine {
        category: "utility".into(),
        billed: 1,
        free: 1,
    };
    assert_eq!(shop.view(id).await.cost, [cost]);
}

#[tokio::test]
async fn a_failure_says_what_to_do() {
    let mut shop = Shop::open().await;
    shop.hears(vec![Update::Echo(ana("w1", "listo", ago(3)))]).await;
    let failed = StatusUpdate {
        errors: vec![StatusError {
            code: 131_047,
            title: "Re-engagement message".into(),
            message: None,
            details: None,
        }],
        ..status("w1", Status::Failed, ago(2))
    };
    shop.hears(vec![Update::Status(failed)]).await;
    let id = shop.only().await.id;
    let problem = shop.thread(id).await.remove(0).problem.unwrap();
    assert_eq!(problem.title, "The 24-hour window is closed");
    assert!(shop.only().await.not_sent, "the list shows it");

    // Whether it came is still open when the customer writes: the list goes on showing it.
    shop.hears(says(ana("w2", "¿hola?", ago(1)))).await;
    assert!(shop.only().await.not_sent);
    shop.hears(vec![Update::Echo(ana("w3", "aquí estoy", ago(0)))])
        .await;
    assert!(shop.only().await.not_sent, "a later one does not make up for it");
    let failed = shop.thread(id).await.remove(0);
    message::discard(&shop.inbox, failed.id).await.unwrap();
    assert!(!shop.only().await.not_sent, "a person put it aside");
    assert!(shop.thread(id).await.remove(0).put_aside);
    assert!(message::discard(&shop.inbox, failed.id).await.is_err());
}

fn refused(wamid: &str, minutes: u64) -> Update {
    Update::Status(StatusUpdate {
        errors: vec![StatusError {
            code: 131_047,
            title: "Re-engagement message".into(),
            message: None,
            details: None,
        }],
        ..status(wamid, Status::Failed, ago(minutes))
    })
}

#[tokio::test]
async fn a_window_that_whatsapp_says_is_closed_is_closed_until_the_customer_writes() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "hola", ago(9)))).await;
    shop.hears(vec![Update::Echo(ana("w2", "¿lo quieres?", ago(5)))])
        .await;
    assert!(shop.only().await.window_is_open(ago(0)));
    shop.hears(vec![refused("w2", 4)]).await;
    let row = shop.only().await;
    assert!(!row.window_is_open(ago(0)), "our clock is not believed");
    let address = shop
        .inbox
        .store
        .read(move |conn| conversations::address(conn, row.id));
    assert!(!address.await.unwrap().window_is_open(ago(0)), "nor is it sent");

    shop.hears(says(ana("w3", "sí", ago(1)))).await;
    assert!(shop.only().await.window_is_open(ago(0)));
    shop.hears(vec![refused("w2", 0)]).await;
    assert!(shop.only().await.window_is_open(ago(0)), "that was before");
}

#[tokio::test]
async fn what_failed_is_gone_from_the_list_once_the_conversation_is_done_with() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "hola", ago(9)))).await;
    shop.hears(vec![Update::Echo(ana("w2", "listo", ago(5)))]).await;
    shop.hears(vec![refused("w2", 4)]).await;
    let id = shop.only().await.id;
    assert!(shop.only().await.not_sent);
    crate::work::resolve(&shop.inbox, vec![id]).await.unwrap();
    assert!(!shop.only().await.not_sent);
    crate::work::reopen(&shop.inbox, vec![id], None).await.unwrap();
    assert!(shop.only().await.not_sent, "undone, it is there again");

    // What is sent before and fails only after is news.
    shop.hears(vec![Update::Echo(ana("w3", "¿listo?", ago(5)))]).await;
    crate::work::resolve(&shop.inbox, vec![id]).await.unwrap();
    tokio::time::sleep(Duration::from_millis(5)).await;
    shop.hears(vec![refused("w3", 4)]).await;
    assert!(shop.only().await.not_sent);
}

/// Lets the answer to the newest message be lost. Returns the message.
async fn loses_the_answer(shop: &Shop) -> MessageId {
    let row = shop.only().await;
    let id = shop.thread(row.id).await.last().unwrap().id;
    let lost = shop
        .inbox
        .store
        .write(move |tx| messages::lose(tx, id, Timestamp::now()));
    lost.await.unwrap();
    id
}

#[tokio::test]
async fn what_may_not_have_left_is_told_until_it_is_dealt_with() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "hola", ago(9)))).await;
    answers(&shop, "¿sí?").await;
    assert!(!shop.only().await.maybe_sent);
    let lost = loses_the_answer(&shop).await;
    shop.hears(says(ana("w2", "¿hola?", ago(0)))).await;
    let row = shop.only().await;
    assert!(
        row.maybe_sent && !row.not_sent,
        "the customer's writing tells nothing"
    );
    crate::work::resolve(&shop.inbox, vec![row.id]).await.unwrap();
    assert!(!shop.only().await.maybe_sent, "it is done with");
    crate::work::reopen(&shop.inbox, vec![row.id], None)
        .await
        .unwrap();
    assert!(shop.only().await.maybe_sent, "undone, it is there again");
    message::discard(&shop.inbox, lost).await.unwrap();
    assert!(!shop.only().await.maybe_sent, "a person put it aside");

    answers(&shop, "¿para cuándo?").await;
    let lost = loses_the_answer(&shop).await;
    assert!(shop.only().await.maybe_sent);
    message::send_again(&shop.inbox, MessageId::new(), lost)
        .await
        .unwrap();
    assert!(!shop.only().await.maybe_sent, "it was sent again");

    let lost = loses_the_answer(&shop).await;
    let named = shop
        .inbox
        .store
        .write(move |tx| messages::set_wamid(tx, lost, "w9"));
    named.await.unwrap();
    assert!(shop.only().await.maybe_sent);
    shop.hears(vec![Update::Status(status("w9", Status::Delivered, ago(0)))])
        .await;
    assert!(!shop.only().await.maybe_sent, "WhatsApp says that it came");
}

#[tokio::test]
async fn a_phones_history_raises_no_old_alarms() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "hola", ago(9)))).await;
    shop.hears(vec![old(ana("w0", "listo", ago(90)), true, Some(Status::Failed))])
        .await;
    let row = shop.only().await;
    assert_eq!(shop.thread(row.id).await[0].delivery, Some(Delivery::Failed));
    assert!(!row.not_sent);
}

#[tokio::test]
async fn what_was_sent_again_is_no_failure_when_it_is_called_one_only_then() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "hola", ago(9)))).await;
    shop.hears(vec![Update::Echo(ana("w2", "listo", ago(5)))]).await;
    let row = shop.only().await;
    let first = shop.thread(row.id).await[1].id;
    let again = shop.inbox.store.write(move |tx| {
        tx.execute(
            "UPDATE messages SET delivery = 'unknown' WHERE id = ?1",
            params![first],
        )?;
        messages::sent_again(tx, first)
    });
    again.await.unwrap();
    shop.hears(vec![refused("w2", 1)]).await;
    assert_eq!(shop.thread(row.id).await[1].delivery, Some(Delivery::Failed));
    assert!(!shop.only().await.not_sent);
}

#[tokio::test]
async fn a_refusal_counts_by_whatsapps_clock_and_what_came_before_it_opens_no_window() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "hola", ago(9)))).await;
    let id = shop.only().await.id;
    shop.hears(vec![Update::Echo(ana("w2", "¿lo quieres?", ago(8)))])
        .await;
    shop.hears(says(ana("w3", "sí", ago(2)))).await;
    shop.hears(vec![refused("w2", 5)]).await;
    assert!(
        shop.only().await.window_is_open(ago(0)),
        "it is of before the customer wrote"
    );

    // The answer itself refuses, and a clock that is behind or ahead of ours changes nothing.
    let now = Timestamp::now();
    let refuse = shop
        .inbox
        .store
        .write(move |tx| conversations::refuse(tx, id, None, now));
    refuse.await.unwrap();
    assert!(!shop.only().await.window_is_open(Timestamp::now()));
    shop.hears(says(ana("w0", "esto llegó tarde", ago(7)))).await;
    assert!(!shop.only().await.window_is_open(Timestamp::now()));
    shop.hears(says(ana("w4", "¿hola?", ago(2)))).await;
    assert!(shop.only().await.window_is_open(Timestamp::now()));
}

#[tokio::test]
async fn a_group_tells_each_conversation_once() {
    let mut shop = Shop::open().await;
    let mut events = shop.inbox.events();
    let group = (0..20)
        .map(|n| says(ana(&format!("w{n}"), "hola", ago(1))))
        .collect();
    shop.hears_all(group).await;
    let id = shop.only().await.id;
    let told = told(&mut events);
    let about = told
        .iter()
        .filter(|event| **event == CoreEvent::ConversationChanged { conversation: id });
    assert_eq!(about.count(), 1);
}

#[tokio::test]
async fn what_whatsapp_tells_of_a_customer_opens_no_window_and_a_reaction_keeps_it_open() {
    let mut shop = Shop::open().await;
    let told = |wamid: &str, at| InboundMessage {
        kind: MessageKind::System,
        ..ana(wamid, "Ana changed her number", at)
    };
    shop.hears(says(ana("w1", "hola", ago(26 * 60)))).await;
    shop.hears(says(told("w2", ago(2)))).await;
    assert!(!shop.only().await.window_is_open(ago(0)));
    shop.hears(says(reaction("r1", "w1", Some("👍"), ago(1)))).await;
    let row = shop.only().await;
    shop.inbox
        .store
        .write(move |tx| crate::store::conversations::refresh(tx, row.id))
        .await
        .unwrap();
    let row = shop.only().await;
    assert_eq!(row.window_closes_at, Some(ago(1).plus(crate::domain::WINDOW)));
}

#[tokio::test]
async fn the_same_reaction_again_is_newer_than_one_that_comes_late() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "hola", ago(9)))).await;
    for (wamid, emoji, minutes) in [("r1", "👍", 8), ("r3", "👍", 2), ("r2", "🎉", 5)] {
        shop.hears(says(reaction(wamid, "w1", Some(emoji), ago(minutes))))
            .await;
    }
    let id = shop.only().await.id;
    assert_eq!(shop.thread(id).await[0].reactions[0].emoji, "👍");
}

/// Writes an answer, as from a number that settings name. Nothing sends it: there is no network.
async fn answers(shop: &Shop, text: &str) {
    shop.inbox
        .store
        .write(|tx| {
            tx.execute("UPDATE lines SET known = 1", [])?;
            Ok(())
        })
        .await
        .unwrap();
    let answer = NewMessage {
        id: MessageId::new(),
        conversation: shop.only().await.id,
        reply_to: None,
        body: NewBody::Text { text: text.into() },
    };
    message::send(&shop.inbox, answer).await.unwrap();
}

#[tokio::test]
async fn what_came_in_the_second_of_an_answer_stands_in_the_order_of_arrival() {
    let mut shop = Shop::open().await;
    // WhatsApp's seconds have no parts: both were written in the second in which we answered.
    let answered = Timestamp::now();
    let second = Timestamp::from_secs(answered.secs());
    shop.hears(says(ana("w1", "hola", second))).await;
    answers(&shop, "¿sí?").await;
    shop.hears(says(ana(
        "w2",
        "gracias",
        Timestamp::from_secs(Timestamp::now().secs()),
    )))
    .await;
    let row = shop.only().await;
    assert_eq!(shop.texts(row.id).await, ["hola", "¿sí?", "gracias"]);
    assert_eq!(row.snippet, "gracias");
}

/// Lets what we wrote have left at that moment of our clock.
async fn leaves_at(shop: &Shop, at: Timestamp) {
    let left = shop.inbox.store.write(move |tx| {
        tx.execute(
            "UPDATE messages SET at = ?1, delivery = 'sent' WHERE direction = 'out'",
            params![At(at)],
        )?;
        Ok(())
    });
    left.await.unwrap();
}

#[tokio::test]
async fn a_reply_stands_after_what_it_replies_to_though_our_clock_is_ahead() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "hola", ago(9)))).await;
    answers(&shop, "¿sí?").await;
    let ahead = Timestamp::now().plus(Duration::from_millis(900));
    leaves_at(&shop, ahead).await;
    let second = Timestamp::from_secs(Timestamp::now().secs());
    shop.hears(says(ana("w2", "gracias", second))).await;
    let row = shop.only().await;
    assert_eq!(shop.texts(row.id).await, ["hola", "¿sí?", "gracias"]);

    // The customer's own words are told by one clock: what comes late stands where it belongs.
    let before = second.minus(Duration::from_secs(2));
    shop.hears(says(ana("w3", "tarde", before))).await;
    shop.hears(says(ana("w4", "antes", before.minus(Duration::from_secs(2)))))
        .await;
    let texts = shop.texts(row.id).await;
    let place = |text| texts.iter().position(|other| other == text);
    assert!(place("antes") < place("tarde"), "{texts:?}");
}

#[tokio::test]
async fn what_a_customer_wrote_first_stays_first_though_it_comes_late() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "hola", ago(9)))).await;
    let second = Timestamp::from_secs(Timestamp::now().secs());
    shop.hears(says(ana("w2", "no, 3", second.plus(Duration::from_secs(1)))))
        .await;
    answers(&shop, "¿algo más?").await;
    let ours = second.plus(Duration::from_millis(1500));
    leaves_at(&shop, ours).await;
    shop.hears(says(ana("w3", "quiero 2", second))).await;
    let row = shop.only().await;
    assert_eq!(
        shop.texts(row.id).await,
        ["hola", "quiero 2", "no, 3", "¿algo más?"]
    );
}

#[tokio::test]
async fn what_was_put_aside_unknown_is_told_of_if_it_failed() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "hola", ago(9)))).await;
    answers(&shop, "¿sí?").await;
    let lost = loses_the_answer(&shop).await;
    let aside = shop.inbox.store.write(move |tx| {
        messages::set_wamid(tx, lost, "w9")?;
        messages::put_aside(tx, lost)
    });
    assert!(aside.await.unwrap());
    assert!(!shop.only().await.maybe_sent);
    shop.hears(vec![refused("w9", 0)]).await;
    assert!(shop.only().await.not_sent, "it did not leave after all");
}

#[tokio::test]
async fn an_answer_stands_after_what_it_answers_though_our_clock_is_behind() {
    let mut shop = Shop::open().await;
    let tomorrow = Timestamp::now().plus(Duration::from_hours(25));
    shop.hears(says(ana("w1", "hola", tomorrow))).await;
    answers(&shop, "¿sí?").await;
    let row = shop.only().await;
    assert_eq!(shop.texts(row.id).await, ["hola", "¿sí?"]);
    assert_eq!(row.snippet, "¿sí?");
}

#[tokio::test]
async fn an_answer_from_when_our_clock_was_ahead_draws_no_other_after_it() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "hola", ago(60)))).await;
    answers(&shop, "¿sí?").await;
    let ahead = Timestamp::now().plus(Duration::from_hours(30));
    shop.inbox
        .store
        .write(move |tx| {
            tx.execute(
                "UPDATE messages SET at = ?1 WHERE direction = 'out'",
                params![At(ahead)],
            )?;
            Ok(())
        })
        .await
        .unwrap();
    answers(&shop, "¿qué buscas?").await;
    let id = shop.only().await.id;
    let thread = shop.thread(id).await;
    let second = thread
        .iter()
        .find(|message| message.text == "¿qué buscas?")
        .unwrap();
    assert!(second.at <= Timestamp::now(), "it was written now");
}

fn by_ad(message: InboundMessage) -> InboundMessage {
    InboundMessage {
        referral: Some(Referral {
            source_type: Some("ad".into()),
            source_id: None,
            source_url: None,
            headline: Some("Pasteles".into()),
            body: None,
            ctwa_clid: None,
            product: None,
        }),
        ..message
    }
}

#[tokio::test]
async fn an_ads_free_hours_run_from_the_first_answer() {
    let mut shop = Shop::open().await;
    shop.hears(says(by_ad(ana("w1", "hola", ago(30))))).await;
    let id = shop.only().await.id;
    let until = ago(30).plus(Duration::from_hours(24));
    assert_eq!(shop.view(id).await.free_entry, Some(FreeEntry::Waiting { until }));
    shop.hears(vec![Update::Echo(ana("w2", "hola, Ana", ago(20)))])
        .await;
    shop.hears(vec![Update::Echo(ana("w3", "¿qué buscas?", ago(10)))])
        .await;
    let until = ago(20).plus(FREE_ENTRY);
    assert_eq!(shop.view(id).await.free_entry, Some(FreeEntry::Running { until }));
}

#[tokio::test]
async fn an_inquiry_names_its_product_and_opens_no_free_hours() {
    let mut shop = Shop::open().await;
    let asks = r#"{"id":"w1","from":"5215512345678","timestamp":"1795485600","type":"text","text":{"body":"¿Hay?"},
        "context":{"from":"1","id":"w-nobody-knows","referred_product":{"catalog_id":"7","product_retailer_id":"rosca"}}}"#;
    let body = format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"id":"1","changes":[{{"field":"messages","value":{{
        "messaging_product":"whatsapp","metadata":{{"display_phone_number":"1","phone_number_id":"1"}},
        "messages":[{asks}]}}}}]}}]}}"#
    );
    shop.gets(&body).await;
    let id = shop.only().await.id;
    let thread = shop.thread(id).await;
    let referral = thread[0].referral.as_ref().unwrap();
    assert_eq!(referral.product.as_deref(), Some("rosca"));
    assert_eq!(thread[0].product_name, None);
    assert_eq!(shop.view(id).await.free_entry, None);

    let rosca = ProductDraft {
        sku: Some("rosca".into()),
        ..ProductDraft::new(
            "Rosca de Reyes",
            Money::from_minor(350_00, Currency::from_code("MXN").unwrap()).unwrap(),
        )
    };
    shop.inbox
        .store
        .write(move |tx| products::save(tx, &rosca, Timestamp::now()))
        .await
        .unwrap();
    assert_eq!(
        shop.thread(id).await[0].product_name.as_deref(),
        Some("Rosca de Reyes")
    );
}

#[tokio::test]
async fn what_was_read_can_be_put_among_the_unread_again() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "hola", ago(3)))).await;
    let id = shop.only().await.id;
    conversation::mark_read(&shop.inbox, id).await.unwrap();
    assert_eq!(shop.only().await.unread, 0);

    let mut events = shop.inbox.events();
    conversation::mark_unread(&shop.inbox, id).await.unwrap();
    conversation::mark_unread(&shop.inbox, id).await.unwrap();
    assert_eq!(shop.only().await.unread, 1, "once is enough");
    assert!(told(&mut events).contains(&CoreEvent::ConversationChanged { conversation: id }));
    conversation::mark_read(&shop.inbox, id).await.unwrap();
    assert_eq!(shop.only().await.unread, 0);
}

#[tokio::test]
async fn a_mark_is_no_message_once_there_is_one() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "hola", ago(3)))).await;
    let id = shop.only().await.id;
    conversation::mark_read(&shop.inbox, id).await.unwrap();
    conversation::mark_unread(&shop.inbox, id).await.unwrap();
    assert!(shop.only().await.marked);
    shop.hears(vec![Update::Echo(ana("w2", "dime", ago(2)))]).await;
    assert!(shop.only().await.marked, "our own words are no news");
    shop.hears(says(ana("w3", "¿hay?", ago(1)))).await;
    let row = shop.only().await;
    assert_eq!((row.unread, row.marked), (1, false));
}

#[tokio::test]
async fn a_chat_of_reactions_alone_is_read_and_stays_so() {
    let mut shop = Shop::open().await;
    shop.hears(vec![Update::Echo(ana("w1", "gracias", ago(5)))]).await;
    shop.hears(says(reaction("r1", "w1", Some("👍"), ago(4)))).await;
    let id = shop.only().await.id;
    conversation::mark_unread(&shop.inbox, id).await.unwrap();
    let shop = shop.restart().await;
    assert!(shop.only().await.marked);
    let mut events = shop.inbox.events();
    conversation::mark_read(&shop.inbox, id).await.unwrap();
    let told = told(&mut events);
    assert!(told.contains(&CoreEvent::ConversationChanged { conversation: id }));
    assert!(told.contains(&CoreEvent::StatusChanged), "the dock counts");
    let shop = shop.restart().await;
    assert_eq!(shop.only().await.unread, 0);
}
