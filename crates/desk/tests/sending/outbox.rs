//! The outbox: what becomes of a message when something is in its way.

use std::time::Duration;

use cobro_core::domain::{Delivery, FileKind, MessageId, NewBody, Payment};
use cobro_core::{ErrorCode, health, media, message};
use cobro_sandbox::stripe::PayWith;
use cobro_sandbox::{Endpoint, Fault, Kind};

use super::shop::{TestShop, mxn};
use super::words;

/// What the facts say becomes of a message that WhatsApp refuses with a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It waits and goes out by itself.
    Later,
    /// It may have left: only a status tells.
    Unknown,
    /// It asks, since only a template goes.
    Asks,
    Failed,
    /// It keeps its place until the shop mends the token.
    Waits,
}

const TABLE: &[(Fate, &[i64])] = &[
    (Fate::Later, &[4, 80_007, 130_429, 131_056]),
    (Fate::Unknown, &[1, 2, 131_000, 131_016, 131_057, 133_004]),
    (Fate::Asks, &[131_047]),
    (
        Fate::Failed,
        &[
            131_026, 131_048, 131_049, 131_050, 131_051, 131_021, 130_472, 130_497, 131_062, 368, 131_031,
            131_042, 132_000, 132_001, 132_005, 132_007, 132_012, 132_015, 132_016, 133_000, 133_005,
            133_010, 133_016, 131_052, 131_053, 100,
        ],
    ),
    (Fate::Waits, &[0, 190, 3, 10, 200, 294, 131_005]),
];

#[tokio::test]
async fn every_error_code_has_the_fate_that_the_facts_give_it() {
    let shop = TestShop::open().await;
    let mut number = 0;
    for (fate, codes) in TABLE {
        for code in *codes {
            number += 1;
            // In letters alone: digits would find phone numbers too.
            let name: String = format!("{number:03}")
                .bytes()
                .map(|digit| char::from(digit - b'0' + b'p'))
                .collect();
            let customer = shop.customer(&format!("52155{number:08}"), &name).await;
            shop.sandbox.faults().set(
                Endpoint::WhatsAppSend,
                Some(Fault::next(1, Kind::GraphError).with_code(*code)),
            );
            let sent = shop.text(customer.conversation, "¿sigues ahí?").await;
            let what = format!("code {code} leads to {fate:?}");
            let seen = shop
                .until_message(&what, customer.conversation, sent.id, |message| match fate {
                    Fate::Later => message.delivery == Some(Delivery::Delivered),
                    Fate::Unknown => message.delivery == Some(Delivery::Unknown),
                    Fate::Asks => message.asks,
                    Fate::Failed => message.delivery == Some(Delivery::Failed),
                    Fate::Waits => {
                        message.delivery == Some(Delivery::Queued)
                            && shop.sandbox.faults().get(Endpoint::WhatsAppSend).is_none()
                    }
                })
                .await;
            let on_phone = customer.phone.inbox().len();
            match fate {
                Fate::Later => shop.until(&what, || customer.phone.inbox().len() == 1).await,
                Fate::Failed => {
                    let problem = seen.problem.unwrap();
                    assert_eq!(problem.code, code.to_string(), "{what}");
                    assert!(!problem.title.is_empty() && !problem.advice.is_empty(), "{what}");
                    assert_eq!(on_phone, 0, "{what}");
                }
                Fate::Waits => {
                    let problems = shop.inbox().problems.all();
                    assert!(problems.iter().any(|problem| problem.id == "whatsapp"), "{what}");
                    // It may be on its way at this very moment.
                    shop.until_async(&what, || async {
                        message::discard(shop.inbox(), sent.id).await.is_ok()
                    })
                    .await;
                }
                Fate::Asks => {
                    assert_eq!(seen.delivery, Some(Delivery::Queued), "{what}");
                    message::discard(shop.inbox(), sent.id).await.unwrap();
                }
                Fate::Unknown => assert_eq!(on_phone, 0, "{what}: nothing is repeated"),
            }
        }
    }
    shop.close().await;
}

#[tokio::test]
async fn lost_answers_of_any_sort_never_send_twice() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    for kind in [Kind::LostAnswer, Kind::Error500After] {
        shop.sandbox
            .faults()
            .set(Endpoint::WhatsAppSend, Some(Fault::next(1, kind)));
        let sent = shop.text(ana.conversation, &format!("{kind:?}")).await;
        shop.until_delivery(sent.id, ana.conversation, Delivery::Delivered)
            .await;
    }
    assert_eq!(ana.phone.inbox(), ["LostAnswer", "Error500After"]);
    shop.close().await;
}

#[tokio::test]
async fn a_message_whose_window_closed_while_it_waited_asks_and_later_ones_do_not_wait_for_it() {
    let shop = TestShop::open().await;
    let ana = shop
        .customer_with_window("5215512345678", "Ana", Duration::from_secs(3))
        .await;
    shop.sandbox
        .faults()
        .set(Endpoint::WhatsAppSend, Some(Fault::always(Kind::RateLimit429)));
    let late = shop.text(ana.conversation, "¿paso mañana?").await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    shop.sandbox.faults().clear();
    let asks = shop
        .until_message("it asks", ana.conversation, late.id, |message| message.asks)
        .await;
    assert_eq!(asks.delivery, Some(Delivery::Queued));
    assert_eq!(asks.problem.unwrap().code, "window_closed");
    assert_eq!(health::outbox_depth(shop.inbox()).await.unwrap(), 0);
    let error = message::confirm(shop.inbox(), late.id).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::WindowClosed);

    // The customer writes: the window is open, and what is written now goes at once.
    ana.phone.writes("¿hay alguien?");
    shop.until_async("the window is open", || async {
        shop.send(ana.conversation, words("aquí estoy")).await.is_ok()
    })
    .await;
    shop.until("the newer one arrived", || ana.phone.inbox() == ["aquí estoy"])
        .await;
    message::confirm(shop.inbox(), late.id).await.unwrap();
    shop.until("the older one went after all", || ana.phone.inbox().len() == 2)
        .await;
    let sent = shop
        .until_message("delivered", ana.conversation, late.id, |message| {
            message.delivery == Some(Delivery::Delivered)
        })
        .await;
    assert!(!sent.asks && sent.problem.is_none());
    shop.close().await;
}

#[tokio::test]
async fn what_waited_too_long_asks_with_all_that_was_written_behind_it() {
    let shop = TestShop::open_with(&[("COBRO_STALE_SECONDS", "3")]).await;
    let ana = shop.customer("5215512345678", "Ana").await;
    shop.sandbox
        .faults()
        .set(Endpoint::WhatsAppSend, Some(Fault::always(Kind::RateLimit429)));
    let first = shop.text(ana.conversation, "Sí tenemos").await;
    tokio::time::sleep(Duration::from_millis(2100)).await;
    let second = shop.text(ana.conversation, "¿Lo quieres?").await;
    shop.sandbox.faults().clear();
    for id in [first.id, second.id] {
        let asks = shop
            .until_message("it asks", ana.conversation, id, |message| message.asks)
            .await;
        assert_eq!(asks.problem.unwrap().code, "stale");
    }
    assert!(ana.phone.inbox().is_empty());
    message::confirm(shop.inbox(), first.id).await.unwrap();
    shop.until("it went after all", || ana.phone.inbox() == ["Sí tenemos"])
        .await;
    message::discard(shop.inbox(), second.id).await.unwrap();
    let discarded = shop.message(ana.conversation, second.id).await;
    assert_eq!(discarded.delivery, Some(Delivery::Failed));
    assert_eq!(discarded.problem.unwrap().code, "discarded");
    assert!(
        message::discard(shop.inbox(), first.id).await.is_err(),
        "it has left"
    );
    shop.close().await;
}

#[tokio::test]
async fn one_customer_is_never_written_to_faster_than_whatsapp_takes() {
    let shop = TestShop::open().await;
    shop.sandbox.set_limits(cobro_sandbox::Limits {
        enabled: true,
        ..cobro_sandbox::Limits::default()
    });
    let (ana, eva) = (
        shop.customer("5215512345678", "Ana").await,
        shop.customer("5215587654321", "Eva").await,
    );
    let mut sent: Vec<MessageId> = Vec::new();
    for number in 0..50 {
        sent.push(shop.text(ana.conversation, &number.to_string()).await.id);
    }
    shop.until("the burst arrived", || ana.phone.inbox().len() >= 45)
        .await;
    // Whoever else is written to does not wait behind it.
    let other = shop.text(eva.conversation, "hola, Eva").await;
    shop.until_delivery(other.id, eva.conversation, Delivery::Delivered)
        .await;
    let in_order: Vec<String> = (0..ana.phone.inbox().len())
        .map(|number| number.to_string())
        .collect();
    assert_eq!(ana.phone.inbox(), in_order);
    assert!(ana.phone.inbox().len() <= 47, "{}", ana.phone.inbox().len());
    let refused = shop
        .sandbox
        .log()
        .iter()
        .filter(|asked| asked.status == Some(429))
        .count();
    assert_eq!(refused, 0, "WhatsApp never had to refuse");
    for id in sent {
        let _ = message::discard(shop.inbox(), id).await;
    }
    shop.close().await;
}

#[tokio::test]
async fn a_window_that_whatsapp_calls_closed_stays_so_until_the_customer_writes() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    tokio::time::sleep(Duration::from_millis(2100)).await;
    shop.sandbox.faults().set(
        Endpoint::WhatsAppSend,
        Some(Fault::next(1, Kind::GraphError).with_code(131_047)),
    );
    let sent = shop.text(ana.conversation, "¿paso mañana?").await;
    shop.until_message("it asks", ana.conversation, sent.id, |message| message.asks)
        .await;
    let error = message::confirm(shop.inbox(), sent.id).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::WindowClosed);
    tokio::time::sleep(Duration::from_millis(1100)).await;
    ana.phone.writes("¿hay alguien?");
    shop.until_async("it goes after all", || async {
        message::confirm(shop.inbox(), sent.id).await.is_ok()
    })
    .await;
    shop.until("it arrived", || ana.phone.inbox() == ["¿paso mañana?"])
        .await;
    shop.close().await;
}

#[tokio::test]
async fn a_second_click_on_send_again_is_the_same_attempt() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    shop.sandbox.faults().set(
        Endpoint::WhatsAppSend,
        Some(Fault::next(2, Kind::GraphError).with_code(131_026)),
    );
    let failed = shop.text(ana.conversation, "hola").await;
    shop.until_delivery(failed.id, ana.conversation, Delivery::Failed)
        .await;
    let again = || message::send_again(shop.inbox(), MessageId::new(), failed.id);
    let first = again().await.unwrap();
    shop.until_delivery(first.id, ana.conversation, Delivery::Failed)
        .await;
    let second = again().await.unwrap();
    assert_ne!(second.id, first.id, "the first attempt failed too");
    assert_eq!(again().await.unwrap().id, second.id);
    shop.until_delivery(second.id, ana.conversation, Delivery::Delivered)
        .await;
    assert_eq!(again().await.unwrap().id, second.id);
    assert_eq!(ana.phone.inbox(), ["hola"]);
    shop.close().await;
}

#[tokio::test]
async fn a_link_that_waits_is_not_queued_twice_and_does_not_go_once_it_is_paid() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.charge(&ana, mxn(450_00)).await;
    shop.settled().await;
    shop.sandbox
        .faults()
        .set(Endpoint::WhatsAppSend, Some(Fault::always(Kind::RateLimit429)));
    let resend = || message::resend_link(shop.inbox(), MessageId::new(), charge.id);
    let waiting = resend().await.unwrap();
    assert_eq!(resend().await.unwrap().id, waiting.id);
    assert!(ana.phone.pays(PayWith::card("4242424242424242")).is_paid());
    shop.until_payment(charge.id, Payment::Paid).await;
    shop.sandbox.faults().clear();
    let withdrawn = shop
        .until_message("it is taken out", ana.conversation, waiting.id, |message| {
            message.delivery == Some(Delivery::Failed)
        })
        .await;
    assert_eq!(withdrawn.problem.unwrap().code, "withdrawn");
    shop.close().await;
}

#[tokio::test]
async fn a_file_that_can_not_be_uploaded_keeps_nobody_else_waiting() {
    let shop = TestShop::open().await;
    let (ana, eva) = (
        shop.customer("5215512345678", "Ana").await,
        shop.customer("5215587654321", "Eva").await,
    );
    shop.sandbox
        .faults()
        .set(Endpoint::WhatsAppUpload, Some(Fault::always(Kind::Error500)));
    let staged = media::stage_bytes(shop.inbox(), "precios.pdf", b"%PDF-1.4\n%%EOF\n".to_vec())
        .await
        .unwrap();
    let file = NewBody::File {
        file: staged.id,
        kind: FileKind::Document,
        caption: String::new(),
    };
    let stuck = shop.send(ana.conversation, file).await.unwrap();
    shop.until("it was tried", || {
        shop.sandbox
            .log()
            .iter()
            .any(|asked| asked.path.ends_with("/media"))
    })
    .await;
    let other = shop.text(eva.conversation, "hola, Eva").await;
    shop.until_delivery(other.id, eva.conversation, Delivery::Delivered)
        .await;
    assert!(
        shop.inbox()
            .problems
            .all()
            .iter()
            .all(|problem| problem.id != "whatsapp")
    );
    message::discard(shop.inbox(), stuck.id).await.unwrap();
    shop.close().await;
}

#[tokio::test]
async fn an_unknown_line_is_not_answered_from() {
    let shop = TestShop::open_with(&[("COBRO_WHATSAPP_PHONE_NUMBER_ID", "999")]).await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let error = shop.send(ana.conversation, words("hola")).await.unwrap_err();
    assert!(error.to_string().contains("not set up to answer from"), "{error}");
    assert!(shop.create(shop.new_charge(&ana, mxn(10_00))).await.is_err());
    shop.close().await;
}

#[tokio::test]
async fn typing_is_shown_and_not_asked_for_at_every_key() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let asked = || {
        shop.sandbox
            .log()
            .iter()
            .filter(|asked| asked.path.ends_with("/messages"))
            .count()
    };
    let before = asked();
    for _ in 0..5 {
        message::set_typing(shop.inbox(), ana.conversation).await.unwrap();
    }
    assert_eq!(asked() - before, 1);
    shop.close().await;
}
