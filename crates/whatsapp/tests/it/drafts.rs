//! Every kind of message: exactly the JSON that WhatsApp documents, and every limit known before it leaves.

use cobro_whatsapp::{
    ButtonParameter, CardPhone, Choice, ContactCard, Draft, DraftBody, FailureKind, ListSection, MediaKind,
    Parameter, Recipient,
};
use serde_json::{Value, json};

use crate::server::Server;

const SENT: &str = r#"{"messages":[{"id":"wamid.1"}]}"#;
const PAY: &str = "https://pay.test/1";

fn ana() -> Recipient {
    Recipient::Phone("5215548217730".into())
}

async fn sent(body: DraftBody<'_>) -> Value {
    let server = Server::answering(200, SENT).await;
    let draft = Draft {
        to: &ana(),
        opaque: "row-1",
        reply_to: None,
        body,
    };
    let wamid = server.api().send("1", &draft).await.unwrap().wamid;
    assert_eq!(wamid, "wamid.1");
    let body = server.received().remove(0).body;
    assert_eq!(body["biz_opaque_callback_data"], "row-1");
    assert_eq!(body["to"], "5215548217730");
    let kind = body["type"].as_str().unwrap().to_owned();
    json!({ "type": kind, kind.as_str(): body[&kind] })
}

/// Returns why a draft would be refused; nothing may leave then.
fn refusal(body: DraftBody<'_>) -> String {
    let draft = Draft {
        to: &ana(),
        opaque: "row-1",
        reply_to: None,
        body,
    };
    match draft.check() {
        Ok(()) => String::new(),
        Err(error) => {
            assert_eq!(error.kind(), FailureKind::Invalid);
            assert!(error.is_permanent());
            error.advice()
        }
    }
}

fn long(length: usize) -> String {
    "ñ".repeat(length)
}

fn choice(id: &str, title: &str) -> Choice {
    Choice {
        id: id.into(),
        title: title.into(),
        description: None,
    }
}

fn choices(count: usize) -> Vec<Choice> {
    (0..count)
        .map(|index| choice(&format!("id-{index}"), &format!("Opción {index}")))
        .collect()
}

fn section(title: Option<&str>, rows: Vec<Choice>) -> ListSection {
    ListSection {
        title: title.map(str::to_owned),
        rows,
    }
}

fn buttons(buttons: &[Choice]) -> DraftBody<'_> {
    DraftBody::Buttons {
        body: "¿Cuál?",
        buttons,
        header: None,
        footer: None,
    }
}

fn list(sections: &[ListSection]) -> DraftBody<'_> {
    DraftBody::List {
        body: "¿Cuál?",
        button: "Ver",
        sections,
        footer: None,
    }
}

fn media(kind: MediaKind, caption: Option<&str>) -> DraftBody<'_> {
    DraftBody::Media {
        kind,
        media_id: "99",
        caption,
        filename: Some("recibo.pdf"),
        voice: true,
    }
}

fn parameter(text: &str) -> Parameter {
    Parameter {
        name: None,
        text: text.into(),
    }
}

fn template<'a>(body: &'a [Parameter], buttons: &'a [ButtonParameter]) -> DraftBody<'a> {
    DraftBody::Template {
        name: "payment_request",
        language: "es_MX",
        header: &[],
        body,
        buttons,
    }
}

#[tokio::test]
async fn a_reaction_names_its_message_and_an_empty_one_takes_it_away() {
    for emoji in ["❤️", ""] {
        assert_eq!(
            sent(DraftBody::Reaction {
                target: "wamid.9",
                emoji
            })
            .await,
            json!({ "type": "reaction", "reaction": { "message_id": "wamid.9", "emoji": emoji } })
        );
    }
}

#[tokio::test]
async fn a_file_goes_with_what_its_kind_takes_and_nothing_more() {
    assert_eq!(
        sent(media(MediaKind::Image, Some("Tu pastel"))).await["image"],
        json!({ "id": "99", "caption": "Tu pastel" })
    );
    assert_eq!(
        sent(media(MediaKind::Document, Some(" "))).await["document"],
        json!({ "id": "99", "filename": "recibo.pdf" })
    );
    assert_eq!(
        sent(media(MediaKind::Audio, None)).await["audio"],
        json!({ "id": "99", "voice": true })
    );
    assert_eq!(
        sent(media(MediaKind::Sticker, None)).await["sticker"],
        json!({ "id": "99" })
    );
    assert_eq!(
        sent(media(MediaKind::Video, None)).await["video"],
        json!({ "id": "99" })
    );
}

#[tokio::test]
async fn a_place_goes_as_it_is() {
    let place = DraftBody::Location {
        latitude: 19.432_608,
        longitude: -99.133_209,
        name: Some("La tienda"),
        address: None,
    };
    assert_eq!(
        sent(place).await["location"],
        json!({ "latitude": 19.432_608, "longitude": -99.133_209, "name": "La tienda" })
    );
}

#[tokio::test]
async fn contacts_go_with_the_two_names_that_whatsapp_wants() {
    let cards = [ContactCard {
        name: "Lucía Gómez".into(),
        organization: Some("Tacos Ana".into()),
        phones: vec![CardPhone {
            phone: "+52 55 4821 7730".into(),
            wa_id: Some("5215548217730".into()),
        }],
        emails: vec!["lucia@shop.test".into(), String::new()],
    }];
    assert_eq!(
        sent(DraftBody::Contacts { cards: &cards }).await["contacts"],
        json!([{
            "name": { "formatted_name": "Lucía Gómez", "first_name": "Lucía Gómez" },
            "org": { "company": "Tacos Ana" },
            "phones": [{ "phone": "+52 55 4821 7730", "wa_id": "5215548217730" }],
            "emails": [{ "email": "lucia@shop.test" }],
        }])
    );
}

#[tokio::test]
async fn reply_buttons_go_with_header_and_footer() {
    let body = DraftBody::Buttons {
        body: "¿Te lo mandamos?",
        buttons: &choices(2),
        header: Some("Tu pedido"),
        footer: Some("Tacos Ana"),
    };
    assert_eq!(
        sent(body).await["interactive"],
        json!({
            "type": "button",
            "header": { "type": "text", "text": "Tu pedido" },
            "body": { "text": "¿Te lo mandamos?" },
            "footer": { "text": "Tacos Ana" },
            "action": { "buttons": [
                { "type": "reply", "reply": { "id": "id-0", "title": "Opción 0" } },
                { "type": "reply", "reply": { "id": "id-1", "title": "Opción 1" } },
            ] },
        })
    );
}

#[tokio::test]
async fn a_list_goes_with_its_sections() {
    let sections = [section(
        Some("Envío"),
        vec![Choice {
            id: "express".into(),
            title: "Mañana".into(),
            description: Some("$80".into()),
        }],
    )];
    assert_eq!(
        sent(list(&sections)).await["interactive"],
        json!({
            "type": "list",
            "body": { "text": "¿Cuál?" },
            "action": { "button": "Ver", "sections": [
                { "title": "Envío", "rows": [{ "id": "express", "title": "Mañana", "description": "$80" }] },
            ] },
        })
    );
}

#[tokio::test]
async fn a_template_goes_with_each_place_filled_in() {
    let named = |name: &str, text: &str| Parameter {
        name: Some(name.into()),
        text: text.into(),
    };
    let body = DraftBody::Template {
        name: "payment_request",
        language: "es_MX",
        header: &[parameter("Tacos Ana")],
        body: &[named("customer", "Ana"), named("amount", "$250.00")],
        buttons: &[ButtonParameter {
            index: 0,
            text: "test_1?a=b".into(),
        }],
    };
    assert_eq!(
        sent(body).await["template"],
        json!({
            "name": "payment_request",
            "language": { "code": "es_MX" },
            "components": [
                { "type": "header", "parameters": [{ "type": "text", "text": "Tacos Ana" }] },
                { "type": "body", "parameters": [
                    { "type": "text", "parameter_name": "customer", "text": "Ana" },
                    { "type": "text", "parameter_name": "amount", "text": "$250.00" },
                ] },
                { "type": "button", "sub_type": "url", "index": "0",
                  "parameters": [{ "type": "text", "text": "test_1?a=b" }] },
            ],
        })
    );
    assert_eq!(
        sent(template(&[], &[])).await["template"],
        json!({ "name": "payment_request", "language": { "code": "es_MX" } })
    );
}

#[tokio::test]
async fn anything_but_a_reaction_may_answer_a_message() {
    let server = Server::answering(200, SENT).await;
    let to = ana();
    let draft = |body| Draft {
        to: &to,
        opaque: "row-1",
        reply_to: Some("wamid.0"),
        body,
    };
    let api = server.api();
    api.send("1", &draft(media(MediaKind::Sticker, None)))
        .await
        .unwrap();
    assert_eq!(
        server.received()[0].body["context"],
        json!({ "message_id": "wamid.0" })
    );
    let reaction = DraftBody::Reaction {
        target: "wamid.9",
        emoji: "❤️",
    };
    let refused = draft(reaction).check().unwrap_err().advice();
    assert!(refused.contains("Leave the reply out"), "{refused}");
}

#[test]
fn words_up_to_the_limit_go_and_one_more_does_not() {
    let text = |body: &str| {
        refusal(DraftBody::Text {
            body,
            preview_url: false,
        })
    };
    assert_eq!(text(&long(4096)), "", "characters count, not bytes");
    assert_eq!(
        text(&long(4097)),
        "The text has 4097 characters; WhatsApp takes at most 4096. Shorten it"
    );
    assert_eq!(text(" \n"), "The text is empty. Write something first");
    let caption = |length| refusal(media(MediaKind::Video, Some(&long(length))));
    assert_eq!(caption(1024), "");
    assert!(caption(1025).contains("caption has 1025"));
}

#[test]
fn a_caption_goes_only_where_it_is_shown() {
    for kind in [MediaKind::Audio, MediaKind::Sticker] {
        assert_eq!(refusal(media(kind, None)), "");
        assert!(
            refusal(media(kind, Some("Hola"))).contains("message of their own"),
            "{kind:?}"
        );
    }
    let without_file = DraftBody::Media {
        kind: MediaKind::Image,
        media_id: "",
        caption: None,
        filename: None,
        voice: false,
    };
    assert!(refusal(without_file).contains("Upload the file first"));
}

#[test]
fn a_reaction_is_an_emoji() {
    let reaction = |emoji| {
        refusal(DraftBody::Reaction {
            target: "wamid.9",
            emoji,
        })
    };
    assert_eq!(reaction("👍🏽"), "");
    assert!(reaction("ok").contains("one emoji"));
    let to_nothing = DraftBody::Reaction {
        target: "",
        emoji: "👍",
    };
    assert!(refusal(to_nothing).contains("message that the reaction is for"));
}

#[test]
fn a_place_is_on_the_earth() {
    let place = |latitude, longitude| {
        refusal(DraftBody::Location {
            latitude,
            longitude,
            name: None,
            address: None,
        })
    };
    assert_eq!(place(-90.0, 180.0), "");
    assert!(place(90.1, 0.0).starts_with("The latitude is 90.1"));
    assert!(place(0.0, -180.5).starts_with("The longitude"));
    assert!(place(f64::NAN, 0.0).starts_with("The latitude"));
}

#[test]
fn contacts_have_names() {
    let card = |name: &str, phone: &str| ContactCard {
        name: name.into(),
        organization: None,
        phones: vec![CardPhone {
            phone: phone.into(),
            wa_id: None,
        }],
        emails: Vec::new(),
    };
    assert!(refusal(DraftBody::Contacts { cards: &[] }).contains("has 0 contacts"));
    assert!(
        refusal(DraftBody::Contacts {
            cards: &[card(" ", "+1")]
        })
        .contains("Give each contact a name")
    );
    assert!(
        refusal(DraftBody::Contacts {
            cards: &[card("Ana", "")]
        })
        .contains("phone number is empty")
    );
}

#[test]
fn a_pay_button_keeps_to_its_limits() {
    let button = |body: &str, footer: Option<&str>, display_text: &str, url: &str| {
        refusal(DraftBody::PayButton {
            body,
            footer,
            display_text,
            url,
        })
    };
    assert_eq!(button(&long(1024), Some(&long(60)), &long(20), PAY), "");
    assert!(button(&long(1025), None, "Pagar", PAY).contains("above the button has 1025"));
    assert!(button("Hola", Some(&long(61)), "Pagar", PAY).contains("footer has 61"));
    assert!(button("Hola", None, &long(21), PAY).contains("button has 21"));
    for url in ["javascript:alert(1)", "https://", "pay.test"] {
        assert!(button("Hola", None, "Pagar", url).contains("https://"), "{url}");
    }
}

#[test]
fn reply_buttons_are_one_to_three_and_differ() {
    assert_eq!(refusal(buttons(&choices(1))), "");
    assert_eq!(refusal(buttons(&choices(3))), "");
    assert!(refusal(buttons(&choices(0))).contains("has 0 buttons"));
    assert!(refusal(buttons(&choices(4))).contains("Use a list for more choices"));
    let same = [choice("a", "Sí"), choice("b", "Sí")];
    assert!(refusal(buttons(&same)).contains("read the same"));
    let same_id = [choice("a", "Sí"), choice("a", "No")];
    assert!(refusal(buttons(&same_id)).contains("same id"));
    assert!(refusal(buttons(&[choice("a", &long(21))])).contains("button has 21"));
    assert!(refusal(buttons(&[choice(&long(257), "Sí")])).contains("button's id has 257"));
    assert!(refusal(buttons(&[choice(" a", "Sí")])).contains("starts or ends with a space"));
    let with_header = DraftBody::Buttons {
        body: "Hola",
        buttons: &choices(1),
        header: Some(&long(61)),
        footer: None,
    };
    assert!(refusal(with_header).contains("header has 61"));
}

#[test]
fn a_list_has_ten_rows_in_all_and_names_its_sections() {
    assert_eq!(refusal(list(&[section(None, choices(10))])), "");
    assert!(refusal(list(&[section(None, choices(11))])).contains("has 11 rows"));
    assert!(refusal(list(&[])).contains("has 0 sections"));
    let eleven: Vec<ListSection> = (0..11).map(|_| section(Some("A"), choices(1))).collect();
    assert!(refusal(list(&eleven)).contains("has 11 sections"));
    assert!(refusal(list(&[section(None, Vec::new())])).contains("no rows"));
    let nameless = [
        section(Some("A"), choices(1)),
        section(None, vec![choice("z", "Z")]),
    ];
    assert!(refusal(list(&nameless)).contains("section's title is empty"));
    assert!(refusal(list(&[section(Some(&long(25)), choices(1))])).contains("section's title has 25"));
    let twice = [section(Some("A"), choices(1)), section(Some("B"), choices(1))];
    assert!(refusal(list(&twice)).contains("Two rows have the same id"));
    assert!(refusal(list(&[section(None, vec![choice("a", &long(25))])])).contains("row's title has 25"));
    assert!(refusal(list(&[section(None, vec![choice(&long(201), "A")])])).contains("row's id has 201"));
    let described = Choice {
        description: Some(long(73)),
        ..choice("a", "A")
    };
    assert!(refusal(list(&[section(None, vec![described])])).contains("row's description has 73"));
    let sections = [section(None, choices(1))];
    let long_button = DraftBody::List {
        body: "Hola",
        button: &long(21),
        sections: &sections,
        footer: None,
    };
    assert!(refusal(long_button).contains("opens the list has 21"));
}

#[test]
fn a_templates_places_take_one_line_each() {
    assert_eq!(refusal(template(&[parameter("Ana   B")], &[])), "");
    for text in ["Ana\nB", "Ana\tB", "Ana    B"] {
        let why = refusal(template(&[parameter("x"), parameter(text)], &[]));
        assert!(
            why.starts_with("The body's parameter 2 has a line break"),
            "{text:?}: {why}"
        );
    }
    assert!(refusal(template(&[parameter(" ")], &[])).contains("body's parameter 1 is empty"));
    assert!(refusal(template(&[parameter(&long(1025))], &[])).contains("has 1025"));
    let half_named = [
        Parameter {
            name: Some("a".into()),
            text: "x".into(),
        },
        parameter("y"),
    ];
    assert!(refusal(template(&half_named, &[])).contains("all or none"));
    let button = |index, text: &str| ButtonParameter {
        index,
        text: text.into(),
    };
    assert!(refusal(template(&[], &[button(0, "a b")])).contains("address of button 1 has a space"));
    assert!(refusal(template(&[], &[button(10, "a")])).contains("no button 11"));
    assert!(refusal(template(&[], &[button(0, "a"), button(0, "b")])).contains("same button"));
    let named = |name, language| DraftBody::Template {
        name,
        language,
        header: &[],
        body: &[],
        buttons: &[],
    };
    assert!(refusal(named("Payment", "es")).contains("small letters"));
    assert!(refusal(named("payment", "")).contains("language is empty"));
    let two = [parameter("a"), parameter("b")];
    let header = DraftBody::Template {
        name: "a",
        language: "es",
        header: &two,
        body: &[],
        buttons: &[],
    };
    assert!(refusal(header).contains("header has 2 parameters"));
}

#[test]
fn whom_it_goes_to_and_what_comes_back_are_checked_too() {
    let check = |to: Recipient, opaque: &str| {
        let body = DraftBody::Text {
            body: "Hola",
            preview_url: false,
        };
        let draft = Draft {
            to: &to,
            opaque,
            reply_to: None,
            body,
        };
        draft.check().map_err(|error| error.advice())
    };
    assert!(check(ana(), &long(512)).is_ok());
    assert!(
        check(ana(), &long(513))
            .unwrap_err()
            .contains("reference has 513")
    );
    assert!(
        check(Recipient::Phone("+".into()), "a")
            .unwrap_err()
            .contains("country code")
    );
    assert!(
        check(Recipient::UserId(" ".into()), "a")
            .unwrap_err()
            .contains("user id is empty")
    );
}

#[test]
fn drafts_stay_out_of_logs() {
    let body = DraftBody::Text {
        body: "mi clave",
        preview_url: false,
    };
    let draft = Draft {
        to: &ana(),
        opaque: "a",
        reply_to: None,
        body,
    };
    let shown = format!("{draft:?} {body:?} {:?}", parameter("mi clave"));
    assert!(!shown.contains("clave"), "{shown}");
}
