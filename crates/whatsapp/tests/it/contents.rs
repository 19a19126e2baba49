//! What a message holds besides its words: each documented shape becomes what it is.

use cobro_protocol::Timestamp;
use cobro_whatsapp::webhook::{InboundMessage, MessageKind, Reaction, Update};
use cobro_whatsapp::{CardPhone, ContactCard, Content, FlowAnswer, OrderItem, SystemChange};
use serde_json::{Value, json};

use crate::messages::{message, updates};

fn of(kind: &str, part: Value) -> InboundMessage {
    message(json!({ "id": "w", "from": "5215548217730", "timestamp": "1", "type": kind, kind: part }))
}

fn content(kind: &str, part: Value) -> Content {
    of(kind, part).content.unwrap()
}

/// Compares with a message of one's own: what does not match is not shown, so that words stay out of logs.
fn assert_content(told: Option<Content>, expected: Content) {
    let json = |content: &Content| serde_json::to_value(content).unwrap();
    assert_eq!(told.as_ref().map(json), Some(json(&expected)));
}

#[test]
fn a_place_has_its_degrees_however_they_are_written() {
    let expected = Content::Location {
        latitude: 37.442_214_965_82,
        longitude: -122.0,
        name: Some("Philz".into()),
        address: None,
        url: Some("https://philz.test".into()),
    };
    let place = json!({ "latitude": 37.442_214_965_82, "longitude": "-122", "name": "Philz", "url": "https://philz.test" });
    assert_content(of("location", place).content, expected);
    assert!(of("location", json!({ "name": "Nowhere" })).content.is_none());
}

#[test]
fn contacts_keep_names_numbers_and_where_they_work() {
    let cards = json!([
        { "name": { "formatted_name": "Lucía Gómez" }, "org": { "company": "Google" },
          "phones": [{ "phone": "+1 (983) 555-2319", "wa_id": "19835552319" }, { "type": "HOME" }],
          "emails": [{ "email": "l@shop.test" }] },
        { "name": { "first_name": "Luis", "last_name": "Paz" } },
        { "phones": [{ "wa_id": "16505551234" }] },
        7,
    ]);
    let card = |name: &str| ContactCard {
        name: name.into(),
        organization: None,
        phones: Vec::new(),
        emails: Vec::new(),
    };
    let phone = |phone: &str, wa_id: &str| CardPhone {
        phone: phone.into(),
        wa_id: Some(wa_id.into()),
    };
    let expected = vec![
        ContactCard {
            organization: Some("Google".into()),
            phones: vec![phone("+1 (983) 555-2319", "19835552319")],
            emails: vec!["l@shop.test".into()],
            ..card("Lucía Gómez")
        },
        card("Luis Paz"),
        ContactCard {
            phones: vec![phone("16505551234", "16505551234")],
            ..card("16505551234")
        },
    ];
    assert_content(
        of("contacts", cards).content,
        Content::Contacts { cards: expected },
    );
}

#[test]
fn taps_say_what_was_tapped() {
    let tapped = |title: &str, id: &str| Content::ButtonReply {
        title: title.into(),
        id: Some(id.into()),
    };
    let button = of("button", json!({ "payload": "STOP", "text": "Unsubscribe" }));
    assert_eq!(
        (button.kind, button.text.as_str()),
        (MessageKind::Button, "Unsubscribe")
    );
    assert_content(button.content, tapped("Unsubscribe", "STOP"));
    let reply = json!({ "type": "button_reply", "button_reply": { "id": "cancel", "title": "Cancel" } });
    assert_content(of("interactive", reply).content, tapped("Cancel", "cancel"));
    let list = json!({ "type": "list_reply", "list_reply": { "id": "express", "title": "Express", "description": "1 day" } });
    assert_content(
        of("interactive", list).content,
        Content::ListReply {
            title: "Express".into(),
            description: Some("1 day".into()),
            id: Some("express".into()),
        },
    );
    let calls = json!({ "type": "call_permission_reply", "call_permission_reply": { "response": "accept", "is_permanent": false, "expiration_timestamp": 1_760_000_000 } });
    assert_content(
        of("interactive", calls).content,
        tapped("accept", "call_permission_reply"),
    );
    assert!(
        of("interactive", json!({ "type": "brand_new" }))
            .content
            .is_none()
    );
}

#[test]
fn a_forms_answers_come_out_of_their_string_in_order() {
    let form = |response: &str| {
        let reply = json!({ "type": "nfm_reply", "nfm_reply": { "name": "flow", "body": "Sent", "response_json": response } });
        let Content::FlowReply { name, answers } = content("interactive", reply) else {
            panic!("no form")
        };
        assert_eq!(name.as_deref(), Some("flow"));
        answers
            .into_iter()
            .map(|FlowAnswer { name, value }| format!("{name}={value}"))
            .collect::<Vec<_>>()
    };
    let told = form(
        r#"{"flow_token":"t","size":"large","count":2,"gift":true,"none":null,"extras":["a","b"],"address":{"city":"CDMX","flow_token":"inner"},"rows":[{"x":1}]}"#,
    );
    assert_eq!(
        told,
        [
            "size=large",
            "count=2",
            "gift=true",
            "extras=a, b",
            "address.city=CDMX",
            "address.flow_token=inner",
            "rows.1.x=1"
        ]
    );
    assert_eq!(form("not json"), ["response_json=not json"], "nothing is lost");
    assert_eq!(form("[1]"), ["response_json=[1]"]);
    assert!(form("{}").is_empty());
}

#[test]
fn a_cart_keeps_its_prices_digit_for_digit() {
    // As text, since a JSON library would round the price.
    let body = r#"{"entry":[{"changes":[{"field":"messages","value":{"messages":[{"id":"w","from":"1","type":"order",
        "order":{"catalog_id":"194","text":"Sin cebolla","product_items":[
        {"product_retailer_id":"taco","quantity":2,"item_price":30.10,"currency":"USD"},
        {"product_retailer_id":"agua","quantity":"3","item_price":"25.00","currency":"USD"},
        {"product_retailer_id":"flan","quantity":5.0},
        {"product_retailer_id":"pan","quantity":-1},{"quantity":1.5}]}}]}}]}]}"#;
    let updates = cobro_whatsapp::webhook::parse(body).unwrap();
    let Update::Message(message) = &updates[0] else {
        panic!("{updates:?}")
    };
    assert_eq!(message.text, "Sin cebolla");
    let item = |product: &str, quantity, price: Option<&str>| OrderItem {
        product: product.into(),
        quantity,
        price: price.map(str::to_owned),
        currency: price.map(|_| "USD".to_owned()),
    };
    assert_content(
        message.content.clone(),
        Content::Order {
            catalog_id: Some("194".into()),
            items: vec![
                item("taco", 2, Some("30.10")),
                item("agua", 3, Some("25.00")),
                item("flan", 5, None),
                // A guess would be charged.
                item("pan", 0, None),
                item("", 0, None),
            ],
        },
    );
}

#[test]
fn a_new_number_is_a_message_and_a_change() {
    for (kind, wa_id) in [
        ("user_changed_number", "wa_id"),
        ("customer_changed_number", "new_wa_id"),
    ] {
        let system = json!({ "type": kind, wa_id: "5215500000000", "body": "Ana changed" });
        let updates = updates(
            "messages",
            json!({ "messages": [{ "id": "w", "from": "5215548217730", "timestamp": "1", "type": "system", "system": system }] }),
        );
        let [
            Update::Message(message),
            Update::NumberChanged {
                previous, current, ..
            },
        ] = &updates[..]
        else {
            panic!("{updates:?}")
        };
        assert_eq!(
            (previous.as_str(), current.as_str()),
            ("5215548217730", "5215500000000")
        );
        assert_content(
            message.content.clone(),
            Content::System {
                change: SystemChange::Number,
                previous: Some("5215548217730".into()),
                current: Some("5215500000000".into()),
            },
        );
    }
}

#[test]
fn a_variant_of_the_same_number_is_no_change() {
    let system = json!({ "type": "user_changed_number", "wa_id": "525548217730" });
    let told = updates(
        "messages",
        json!({ "messages": [{ "id": "w", "from": "5215548217730", "type": "system", "system": system }] }),
    );
    assert!(matches!(&told[..], [Update::Message(_)]), "{told:?}");
}

#[test]
fn a_new_user_id_with_a_new_number_says_both_the_id_first() {
    let system = json!({ "type": "user_changed_user_id", "user_id": "MX.2", "wa_id": "5215500000000" });
    let told = updates(
        "messages",
        json!({ "messages": [{ "id": "w", "from": "5215548217730", "type": "system", "system": system }] }),
    );
    let [
        _,
        Update::UserIdChanged { current, phone, .. },
        Update::NumberChanged { .. },
    ] = &told[..]
    else {
        panic!("{told:?}")
    };
    assert_eq!(
        (current.as_str(), phone.as_deref()),
        ("MX.2", Some("5215548217730"))
    );
}

#[test]
fn a_new_security_code_is_told() {
    let system =
        json!({ "type": "customer_identity_changed", "identity": "hash", "body": "Ana's code changed" });
    assert_content(
        of("system", system).content,
        Content::System {
            change: SystemChange::Identity,
            previous: None,
            current: None,
        },
    );
}

#[test]
fn what_whatsapp_cant_show_says_what_it_was_and_why() {
    let unsupported = message(
        json!({ "id": "w", "from": "1", "type": "unsupported", "unsupported": { "type": "poll" },
        "errors": [{ "code": 131_051, "title": "Message type unknown", "error_data": { "details": "Not supported" } }] }),
    );
    assert_eq!(unsupported.kind, MessageKind::Unsupported);
    assert_eq!(unsupported.text, "", "nobody wrote what WhatsApp tells programs");
    assert_content(
        unsupported.content,
        Content::Unsupported {
            original: Some("poll".into()),
            code: Some(131_051),
            title: Some("Message type unknown".into()),
            details: Some("Not supported".into()),
        },
    );
}

#[test]
fn a_type_that_is_not_known_keeps_its_name() {
    let hologram = of("hologram", json!({ "x": 1 }));
    assert_content(
        hologram.content,
        Content::Unsupported {
            original: Some("hologram".into()),
            code: None,
            title: None,
            details: None,
        },
    );
}

#[test]
fn a_forms_own_word_is_not_the_customers() {
    let form = |body: &str| {
        of(
            "interactive",
            json!({ "type": "nfm_reply", "nfm_reply": { "name": "flow", "body": body, "response_json": "{}" } }),
        )
    };
    assert_eq!(form("Sent").text, "");
    assert_eq!(form("Calle 5").text, "Calle 5");
}

#[test]
fn an_ad_and_a_product_say_what_led_here() {
    let asked = message(
        json!({ "id": "w", "from": "1", "type": "text", "text": { "body": "¿Hay?" },
        "context": { "from": "2", "id": "w0",
                     "referred_product": { "catalog_id": "7", "product_retailer_id": "rosca" } } }),
    );
    let referral = asked.referral.unwrap();
    assert_eq!(referral.product.as_deref(), Some("rosca"));
    assert_eq!(referral.headline, None);
    let by_ad = message(
        json!({ "id": "w", "from": "1", "type": "text", "text": { "body": "Hola" },
        "referral": { "source_type": "ad", "headline": "Pasteles" } }),
    );
    let referral = by_ad.referral.unwrap();
    assert_eq!(
        (referral.product, referral.headline.as_deref()),
        (None, Some("Pasteles"))
    );
    assert!(
        message(json!({ "id": "w", "from": "1", "type": "text", "text": { "body": "Hola" } }))
            .referral
            .is_none()
    );
}

#[test]
fn a_reaction_names_its_message_and_may_be_taken_away() {
    let reaction = |part: Value| of("reaction", part).reaction;
    let told = |emoji: Option<&str>| {
        Some(Reaction {
            target: "wamid.9".into(),
            emoji: emoji.map(str::to_owned),
        })
    };
    assert!(reaction(json!({ "message_id": "wamid.9", "emoji": "👍" })) == told(Some("👍")));
    assert!(reaction(json!({ "message_id": "wamid.9" })) == told(None));
    assert!(reaction(json!({ "message_id": "wamid.9", "emoji": "" })) == told(None));
    assert!(reaction(json!({ "emoji": "👍" })).is_none());
}

#[test]
fn edits_and_deletions_name_the_message_that_they_change() {
    let edit = of(
        "edit",
        json!({ "original_message_id": "wamid.9", "message": { "type": "location", "location": { "latitude": 1, "longitude": 2 } } }),
    );
    assert_eq!(
        (edit.kind, edit.target.as_deref()),
        (MessageKind::Edit, Some("wamid.9"))
    );
    assert!(matches!(edit.content, Some(Content::Location { .. })));
    let revoke = of("revoke", json!({ "original_message_id": "wamid.9" }));
    assert_eq!(
        (revoke.kind, revoke.target.as_deref()),
        (MessageKind::Revoke, Some("wamid.9"))
    );
    assert_eq!(
        of("text", json!({ "original_message_id": "wamid.9" })).target,
        None
    );
}

#[test]
fn a_customers_call_is_a_message_and_the_shops_own_is_not() {
    let call = |direction: &str| {
        updates(
            "calls",
            json!({ "contacts": [{ "wa_id": "5215548217730", "profile": { "name": "Ana" } }],
                "calls": [{ "id": "wacid.1", "from": "5215548217730", "to": "1", "event": "connect",
                    "timestamp": "1671644824", "direction": direction }] }),
        )
        .remove(0)
    };
    let update = call("USER_INITIATED");
    let Update::Message(message) = update else {
        panic!("{update:?}")
    };
    assert_eq!(
        (message.kind, message.wamid.as_str()),
        (MessageKind::Call, "wacid.1")
    );
    assert_eq!(message.at, Timestamp::from_secs(1_671_644_824));
    assert_eq!(message.from.profile_name.as_deref(), Some("Ana"));
    assert_content(
        message.content,
        Content::Call {
            event: "connect".into(),
        },
    );
    assert!(matches!(call("BUSINESS_INITIATED"), Update::Other { field, .. } if field == "calls"));
}

#[test]
fn words_alone_have_no_content() {
    for kind in ["text", "image"] {
        assert!(of(kind, json!({ "body": "hola" })).content.is_none(), "{kind}");
    }
}
