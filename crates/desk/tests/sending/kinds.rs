//! Every kind of message, as it arrives on the customer's phone.

use cobro_core::domain::{
    CardPhone, Choice, ContactCard, Content, Delivery, Direction, FileKind, ListSection, MessageKind, NewBody,
};
use cobro_core::{ErrorCode, media, message};
use cobro_sandbox::{Endpoint, Fault, Kind};

use super::shop::TestShop;
use super::words;

fn choice(id: &str, title: &str) -> Choice {
    Choice {
        id: id.into(),
        title: title.into(),
        description: None,
    }
}

fn bodies() -> Vec<(&'static str, NewBody)> {
    vec![
        ("text", words("¿De qué sabor?")),
        (
            "interactive",
            NewBody::Buttons {
                text: "¿Confirmas?".into(),
                buttons: vec![choice("si", "Sí"), choice("no", "No")],
            },
        ),
        (
            "interactive",
            NewBody::List {
                text: "Sabores".into(),
                button: "Ver".into(),
                sections: vec![ListSection {
                    title: Some("Frutas".into()),
                    rows: vec![choice("fresa", "Fresa")],
                }],
            },
        ),
        (
            "location",
            NewBody::Location {
                latitude: 19.43,
                longitude: -99.13,
                name: Some("Pastelería".into()),
                address: Some("Centro".into()),
            },
        ),
        (
            "contacts",
            NewBody::Contacts {
                cards: vec![ContactCard {
                    name: "Mensajería".into(),
                    organization: None,
                    phones: vec![CardPhone {
                        phone: "+52 55 1111 2222".into(),
                        wa_id: None,
                    }],
                    emails: vec![],
                }],
            },
        ),
    ]
}

#[tokio::test]
async fn every_kind_arrives_in_order_and_is_shown_as_it_was_sent() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    shop.sandbox
        .faults()
        .set(Endpoint::WhatsAppSend, Some(Fault::next(2, Kind::RateLimit429)));
    let mut sent = Vec::new();
    for (_, body) in bodies() {
        sent.push(shop.send(ana.conversation, body).await.unwrap());
    }
    for message in &sent {
        shop.until_delivery(message.id, ana.conversation, Delivery::Delivered)
            .await;
    }
    let kinds: Vec<String> = ana
        .phone
        .phone()
        .into_iter()
        .filter(|bubble| bubble.text != "hola")
        .map(|bubble| bubble.kind)
        .collect();
    let wanted: Vec<&str> = bodies().iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, wanted);
    let location = shop.message(ana.conversation, sent[3].id).await;
    assert_eq!(location.kind, MessageKind::Location);
    assert!(matches!(
        location.content,
        Some(Content::Location { latitude, .. }) if (latitude - 19.43).abs() < 1e-9
    ));
    let buttons = shop.message(ana.conversation, sent[1].id).await;
    assert!(matches!(buttons.content, Some(Content::Buttons { buttons }) if buttons.len() == 2));
    shop.close().await;
}

#[tokio::test]
async fn a_file_arrives_with_its_caption_and_can_be_sent_again() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let staged = media::stage_bytes(shop.inbox(), "precios.pdf", b"%PDF-1.4\n%%EOF\n".to_vec())
        .await
        .unwrap();
    shop.sandbox.faults().set(
        Endpoint::WhatsAppSend,
        Some(Fault::next(1, Kind::GraphError).with_code(131_026)),
    );
    let file = NewBody::File {
        file: staged.id,
        kind: FileKind::Document,
        caption: "Nuestros precios".into(),
    };
    let sent = shop.send(ana.conversation, file).await.unwrap();
    assert_eq!(sent.media_name.as_deref(), Some("precios.pdf"));
    shop.until_delivery(sent.id, ana.conversation, Delivery::Failed)
        .await;

    let again = message::send_again(shop.inbox(), cobro_core::domain::MessageId::new(), sent.id)
        .await
        .unwrap();
    assert_eq!(again.retry_of, Some(sent.id));
    shop.until_delivery(again.id, ana.conversation, Delivery::Delivered)
        .await;
    let bubble = ana.phone.receives(|bubble| bubble.kind == "document").await;
    assert_eq!(bubble.text, "Nuestros precios");
    assert_eq!(ana.phone.inbox().len(), 1);
    shop.close().await;
}

#[tokio::test]
async fn every_kind_that_failed_can_be_sent_again() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    for (kind, body) in bodies() {
        shop.sandbox.faults().set(
            Endpoint::WhatsAppSend,
            Some(Fault::next(1, Kind::GraphError).with_code(131_026)),
        );
        let failed = shop.send(ana.conversation, body).await.unwrap();
        shop.until_delivery(failed.id, ana.conversation, Delivery::Failed)
            .await;
        let again = message::send_again(shop.inbox(), cobro_core::domain::MessageId::new(), failed.id)
            .await
            .unwrap();
        shop.until_delivery(again.id, ana.conversation, Delivery::Delivered)
            .await;
        let shown = shop.message(ana.conversation, again.id).await;
        assert_eq!(
            (shown.kind, shown.retry_of),
            (failed.kind, Some(failed.id)),
            "{kind}"
        );
    }
    assert_eq!(ana.phone.phone().len(), 1 + bodies().len());
    shop.close().await;
}

#[tokio::test]
async fn a_reply_quotes_and_a_reaction_comes_and_goes() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let hello = shop.newest_inbound(ana.conversation).await;
    let reply = shop
        .reply(ana.conversation, Some(hello.id), words("¡Hola, Ana!"))
        .await
        .unwrap();
    shop.until_delivery(reply.id, ana.conversation, Delivery::Delivered)
        .await;
    let bubble = ana.phone.receives(|bubble| bubble.text == "¡Hola, Ana!").await;
    assert_eq!(bubble.about, hello.wamid);
    let shown = shop.message(ana.conversation, reply.id).await;
    assert_eq!(shown.quote.unwrap().message, Some(hello.id));

    message::react(shop.inbox(), hello.id, Some("👍".into()))
        .await
        .unwrap();
    let shown = shop.message(ana.conversation, hello.id).await;
    assert_eq!(
        shown
            .reactions
            .iter()
            .map(|one| (one.direction, one.emoji.as_str()))
            .collect::<Vec<_>>(),
        [(Direction::Out, "👍")]
    );
    shop.until("the reaction is on the phone", || {
        ana.phone
            .phone()
            .iter()
            .any(|bubble| bubble.reactions.iter().any(|one| one.emoji == "👍"))
    })
    .await;
    message::react(shop.inbox(), hello.id, None).await.unwrap();
    shop.until("the reaction is gone", || {
        ana.phone.phone().iter().all(|bubble| bubble.reactions.is_empty())
    })
    .await;
    assert!(
        shop.message(ana.conversation, hello.id)
            .await
            .reactions
            .is_empty()
    );
    shop.close().await;
}

#[tokio::test]
async fn a_reaction_that_is_refused_is_taken_back_and_said() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let hello = shop.newest_inbound(ana.conversation).await;
    shop.sandbox.faults().set(
        Endpoint::WhatsAppSend,
        Some(Fault::next(1, Kind::GraphError).with_code(131_026)),
    );
    message::react(shop.inbox(), hello.id, Some("👍".into()))
        .await
        .unwrap();
    shop.until_async("it is taken back", || async {
        shop.message(ana.conversation, hello.id)
            .await
            .reactions
            .is_empty()
    })
    .await;
    let problems = shop.inbox().problems.all();
    assert!(
        problems
            .iter()
            .any(|problem| problem.title == "A reaction was not sent"),
        "{problems:?}"
    );
    shop.close().await;
}

#[tokio::test]
async fn of_two_reactions_that_are_refused_neither_stays() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let hello = shop.newest_inbound(ana.conversation).await;
    shop.sandbox.faults().set(
        Endpoint::WhatsAppSend,
        Some(Fault::next(2, Kind::GraphError).with_code(131_026)),
    );
    for emoji in ["👍", "🎉"] {
        message::react(shop.inbox(), hello.id, Some(emoji.into()))
            .await
            .unwrap();
    }
    shop.until_async("both are taken back", || async {
        shop.message(ana.conversation, hello.id)
            .await
            .reactions
            .is_empty()
    })
    .await;
    shop.close().await;
}

#[tokio::test]
async fn what_whatsapp_would_refuse_never_enters_the_queue() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let four = ["a", "b", "c", "d"].map(|id| choice(id, id)).to_vec();
    let bad = [
        (words("  "), "empty"),
        (words(&"x".repeat(4097)), "at most 4096"),
        (
            NewBody::Buttons {
                text: "¿?".into(),
                buttons: four,
            },
            "takes 1 to 3",
        ),
        (
            NewBody::List {
                text: "¿?".into(),
                button: "Ver".into(),
                sections: vec![],
            },
            "sections",
        ),
        (
            NewBody::Location {
                latitude: 95.0,
                longitude: 0.0,
                name: None,
                address: None,
            },
            "latitude",
        ),
        (NewBody::Contacts { cards: vec![] }, "contacts"),
        (
            NewBody::Template {
                name: "none".into(),
                language: "es".into(),
                values: vec![],
            },
            "template was not found",
        ),
    ];
    for (body, why) in bad {
        let error = shop.send(ana.conversation, body).await.unwrap_err();
        assert!(error.to_string().contains(why), "{why}: {error}");
    }
    let silent = shop.silent_conversation().await;
    for (kind, body) in bodies() {
        let error = shop.send(silent, body).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::WindowClosed, "{kind}");
    }
    assert!(ana.phone.inbox().is_empty());
    shop.close().await;
}

#[tokio::test]
async fn card_numbers_are_masked_in_every_kind() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let card = "4242 4242 4242 4242";
    let buttons = NewBody::Buttons {
        text: format!("¿{card}?"),
        buttons: vec![choice("si", "Sí")],
    };
    let place = NewBody::Location {
        latitude: 1.0,
        longitude: 1.0,
        name: Some(card.into()),
        address: None,
    };
    for body in [words(card), buttons, place] {
        let sent = shop.send(ana.conversation, body).await.unwrap();
        shop.until_delivery(sent.id, ana.conversation, Delivery::Delivered)
            .await;
        let shown = shop.message(ana.conversation, sent.id).await;
        let kept = serde_json::to_string(&shown).unwrap();
        assert!(!kept.contains("4242 4242 4242"), "{kept}");
    }
    let on_phone = serde_json::to_string(&ana.phone.phone()).unwrap();
    assert!(!on_phone.contains("4242 4242 4242"));
    shop.close().await;
}
