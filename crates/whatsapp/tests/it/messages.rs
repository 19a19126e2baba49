//! What documented payloads leave open: order, direction and the rarer shapes.

use cobro_protocol::Timestamp;
use cobro_whatsapp::webhook::{InboundMessage, MessageKind, Status, Update, parse};
use serde_json::{Value, json};

const LINE: &str = "15550783881";

pub(crate) fn updates(field: &str, mut value: Value) -> Vec<Update> {
    value["metadata"] = json!({ "display_phone_number": LINE, "phone_number_id": "106540352242922" });
    let body = json!({ "entry": [{ "id": "10", "changes": [{ "field": field, "value": value }] }] });
    parse(&body.to_string()).unwrap()
}

pub(crate) fn message(message: Value) -> InboundMessage {
    match updates("messages", json!({ "messages": [message] })).remove(0) {
        Update::Message(message) => message,
        other => panic!("{other:?}"),
    }
}

/// Returns who the customer is and whether the shop wrote, for each message of a history thread.
fn directions(thread: Value) -> Vec<(Option<String>, bool)> {
    let updates = updates("history", json!({ "history": [{ "threads": [thread] }] }));
    let direction = |update: Update| match update {
        Update::History(history) => (history.message.from.phone, history.from_shop),
        other => panic!("{other:?}"),
    };
    updates.into_iter().map(direction).collect()
}

#[test]
fn history_tells_the_shop_from_the_customer() {
    let ana = Some("5215548217730".to_owned());
    let thread = json!({ "id": "5215548217730", "messages": [
        { "from": LINE, "id": "w1", "timestamp": "1", "type": "text", "text": { "body": "Hola" } },
        { "from": "+1 555 078 3881", "id": "w2", "timestamp": "2", "type": "text", "text": { "body": "Hola" } },
        { "from": "5215548217730", "id": "w3", "timestamp": "3", "type": "text", "text": { "body": "Hola" } },
        { "to": LINE, "id": "w4", "timestamp": "4", "type": "text", "text": { "body": "Hola" } },
    ] });
    assert_eq!(
        directions(thread),
        [
            (ana.clone(), true),
            (ana.clone(), true),
            (ana.clone(), false),
            (ana, false)
        ]
    );
}

#[test]
fn a_thread_that_names_nobody_goes_by_its_messages() {
    let thread = json!({ "messages": [
        { "from": "5215548217730", "to": LINE, "id": "w1", "type": "text" },
        { "from": LINE, "to": "5215548217730", "id": "w2", "type": "text" },
    ] });
    let ana = Some("5215548217730".to_owned());
    assert_eq!(directions(thread), [(ana.clone(), false), (ana, true)]);
}

#[test]
fn a_file_that_follows_its_placeholder_is_history_not_news() {
    let late = json!({ "messages": [{ "from": "5215548217730", "id": "w1", "timestamp": "1", "type": "image",
        "image": { "mime_type": "image/jpeg", "id": "9", "caption": "El ticket" } }] });
    let update = updates("history", late).remove(0);
    let Update::History(history) = update else {
        panic!("{update:?}")
    };
    assert_eq!(
        (history.message.text.as_str(), history.from_shop),
        ("El ticket", false)
    );
}

#[test]
fn a_declined_history_says_so_with_its_code() {
    let updates = updates(
        "history",
        json!({ "history": [{ "errors": [{ "code": 2_593_109, "title": "History sync is turned off" }] }] }),
    );
    let [Update::HistoryDeclined { line, code, title }] = &updates[..] else {
        panic!("{updates:?}")
    };
    assert_eq!((*code, title.as_str()), (2_593_109, "History sync is turned off"));
    assert_eq!(line.phone_number_id.as_deref(), Some("106540352242922"));
}

#[test]
fn an_echo_belongs_to_the_customer_it_went_to() {
    let echo = json!({ "message_echoes": [{ "from": LINE, "to_user_id": "MX.1", "id": "w1", "timestamp": "1",
        "type": "text", "text": { "body": "Gracias" } }],
        "contacts": [{ "user_id": "MX.1", "profile": { "name": "Ana" } }] });
    let update = updates("smb_message_echoes", echo).remove(0);
    let Update::Echo(echo) = update else {
        panic!("{update:?}")
    };
    assert_eq!(echo.from.user_id.as_deref(), Some("MX.1"));
    assert_eq!(
        (echo.from.profile_name.as_deref(), echo.from.phone),
        (Some("Ana"), None)
    );
}

#[test]
fn a_system_message_that_changes_the_user_id_says_both() {
    let updates = updates(
        "messages",
        json!({ "messages": [{ "from": "5215548217730", "from_user_id": "MX.1", "id": "w1", "timestamp": "1", "type": "system",
            "system": { "type": "user_changed_user_id", "user_id": "MX.2", "body": "Ana changed" } }] }),
    );
    let [
        Update::Message(message),
        Update::UserIdChanged {
            previous, current, ..
        },
    ] = &updates[..]
    else {
        panic!("{updates:?}")
    };
    assert_eq!(
        (message.kind, message.text.as_str()),
        (MessageKind::System, "Ana changed")
    );
    assert_eq!((previous.as_deref(), current.as_str()), (Some("MX.1"), "MX.2"));
}

#[test]
fn edits_carry_the_new_words_whatever_was_edited() {
    let edit = |inner: Value| {
        message(json!({ "id": "w", "from": "1", "type": "edit", "edit": { "message": inner } }))
    };
    assert_eq!(
        edit(json!({ "type": "text", "text": { "body": "Mejor dos" } })).text,
        "Mejor dos"
    );
    let captioned =
        edit(json!({ "type": "image", "image": { "caption": "Este", "mime_type": "image/png", "id": "7" } }));
    assert_eq!(captioned.text, "Este");
    assert_eq!(captioned.media.and_then(|media| media.id).as_deref(), Some("7"));
    assert_eq!(edit(json!({ "type": "edit", "edit": {} })).text, "");
}

#[test]
fn a_type_that_is_not_known_still_gives_its_words() {
    let poll = message(
        json!({ "id": "w", "from": "1", "type": "poll", "poll": { "title": "¿Cuál?", "body": { "text": "Elige" } } }),
    );
    assert_eq!(
        (poll.kind, poll.text.as_str()),
        (MessageKind::Unknown, "Elige\n¿Cuál?")
    );
    assert!(poll.raw.contains("poll"));
    let none = message(json!({ "id": "w", "from": "1" }));
    assert_eq!((none.kind, none.text.as_str()), (MessageKind::Unknown, ""));
}

#[test]
fn a_type_named_after_one_of_our_own_is_not_taken_for_it() {
    for name in ["payButton", "voice", "mediaPlaceholder"] {
        assert_eq!(
            message(json!({ "id": "w", "from": "1", "type": name })).kind,
            MessageKind::Unknown,
            "{name}"
        );
    }
}

#[test]
fn shared_contacts_without_a_name_show_their_number() {
    let cards = message(json!({ "id": "w", "from": "1", "type": "contacts", "contacts": [
        { "name": { "formatted_name": "Lucía Gómez" }, "phones": [{ "phone": "+1" }] },
        { "phones": [{ "phone": "+52 55" }] },
        7,
    ] }));
    assert_eq!(cards.text, "Lucía Gómez\n+52 55");
}

#[test]
fn a_message_without_a_time_or_a_name_is_still_a_message() {
    let bare = message(json!({ "type": "text", "text": { "body": "hola" } }));
    assert_eq!((bare.wamid.as_str(), bare.text.as_str()), ("", "hola"));
    assert_eq!(bare.at, Timestamp::from_secs(0));
}

#[test]
fn an_ad_that_led_here_is_remembered() {
    let ad = json!({ "source_type": "ad", "headline": "Chat", "body": "Tacos", "ctwa_clid": "Aff" });
    let from_ad = message(
        json!({ "id": "w", "from": "1", "type": "text", "text": { "body": "hola" }, "referral": ad }),
    );
    let referral = from_ad.referral.unwrap();
    assert_eq!(
        (referral.headline.as_deref(), referral.ctwa_clid.as_deref()),
        (Some("Chat"), Some("Aff"))
    );
    assert_eq!(from_ad.text, "hola", "the ad's words are not the customer's");
}

#[test]
fn a_status_tells_for_whom_why_and_at_what_price() {
    let status = json!({ "statuses": [{ "id": "w1", "status": "failed", "timestamp": 1_750_030_073, "recipient_user_id": "MX.1",
        "biz_opaque_callback_data": "row-1", "pricing": { "billable": true },
        "errors": [{ "code": "131049", "title": "No", "error_data": { "details": "Because" } }] }] });
    let update = updates("messages", status).remove(0);
    let Update::Status(status) = update else {
        panic!("{update:?}")
    };
    assert_eq!(
        (status.status, status.at),
        (Status::Failed, Timestamp::from_secs(1_750_030_073))
    );
    assert_eq!(
        (status.recipient_phone, status.recipient_user_id.as_deref()),
        (None, Some("MX.1"))
    );
    assert_eq!(status.opaque.as_deref(), Some("row-1"));
    assert_eq!(
        (status.errors[0].code, status.errors[0].details.as_deref()),
        (131_049, Some("Because"))
    );
    assert_eq!(
        status.pricing.as_ref().and_then(|pricing| pricing.billable),
        Some(true)
    );
}

#[test]
fn what_is_said_in_a_group_is_not_said_to_the_shop_alone() {
    let told = updates(
        "messages",
        json!({ "messages": [{ "id": "w", "from": "1", "group_id": "g", "type": "text", "text": { "body": "a todos" } }] }),
    );
    assert!(
        matches!(&told[..], [Update::Other { field, raw }] if field == "group_messages" && raw.contains("a todos")),
        "{told:?}"
    );
}

#[test]
fn a_thousand_updates_in_one_webhook_are_all_told() {
    let messages: Vec<Value> = (0..1000)
        .map(|index| json!({ "id": format!("w{index}"), "from": "1", "timestamp": "1", "type": "text", "text": { "body": "x" } }))
        .collect();
    assert_eq!(updates("messages", json!({ "messages": messages })).len(), 1000);
}

#[test]
fn customers_words_stay_out_of_logs() {
    let secret = message(
        json!({ "id": "w", "from": "5215548217730", "type": "text", "text": { "body": "mi clave" },
        "context": { "id": "w0", "from": "5215548217730" } }),
    );
    let shown = format!(
        "{:?} {:?} {:?}",
        secret,
        secret.context,
        Update::Message(secret.clone())
    );
    assert!(!shown.contains("clave") && !shown.contains("521"), "{shown}");
}
