//! From a webhook's body to updates.

use cobro_protocol::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::fields::Fields;
use super::node::Node;
use super::sender::{self, Contacts};
use super::{LineRef, Update, alert, call, history, message, phone_book, status, template};

/// The body is no webhook of WhatsApp's at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// It can't be read at all.
    #[error("The webhook is not JSON")]
    NotJson,
    /// It is JSON that says nothing.
    #[error("The webhook has no entry with changes")]
    NoChanges,
}

/// Returns every update of a webhook, in its order. One bad part does not fail the others.
pub fn parse(body: &str) -> Result<Vec<Update>, ParseError> {
    let body = serde_json::from_str(body).or_else(|_| Body::of_odd_shape(body))?;
    let mut updates = Vec::new();
    for Entry { id, time, changes } in body.entry {
        let waba_id = id.text();
        for change in changes {
            of_change(&change, waba_id.as_deref(), time.at(), &mut updates);
        }
    }
    if updates.is_empty() {
        Err(ParseError::NoChanges)
    } else {
        Ok(updates)
    }
}

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    entry: Vec<Entry<'a>>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow, default)]
    id: Node<'a>,
    #[serde(borrow, default)]
    time: Node<'a>,
    #[serde(borrow)]
    changes: Vec<RawChange<'a>>,
}

#[derive(Deserialize)]
struct RawChange<'a> {
    #[serde(borrow, default)]
    field: Node<'a>,
    #[serde(borrow, default)]
    value: Fields<'a>,
}

impl<'a> Body<'a> {
    /// Reads a body in which some part has a shape that was never documented, part by part.
    fn of_odd_shape(body: &'a str) -> Result<Self, ParseError> {
        let body: &RawValue = serde_json::from_str(body).map_err(|_| ParseError::NotJson)?;
        let entries = Fields::of(body).list("entry").into_iter().map(Fields::of);
        let entry = |entry: Fields<'a>| Entry {
            id: entry.node("id"),
            time: entry.node("time"),
            changes: entry
                .list("changes")
                .into_iter()
                .map(RawChange::of_odd_shape)
                .collect(),
        };
        Ok(Self {
            entry: entries.map(entry).collect(),
        })
    }
}

impl<'a> RawChange<'a> {
    fn of_odd_shape(change: &'a RawValue) -> Self {
        let change = Fields::of(change);
        Self {
            field: change.node("field"),
            value: change.get("value").map(Fields::of).unwrap_or_default(),
        }
    }
}

/// What the parts of one change have in common.
pub(super) struct Change<'a> {
    pub(super) line: LineRef,
    pub(super) contacts: Contacts<'a>,
    /// When Meta says that it happened.
    pub(super) at: Option<Timestamp>,
}

fn of_change(
    RawChange { field, value }: &RawChange<'_>,
    waba_id: Option<&str>,
    at: Option<Timestamp>,
    updates: &mut Vec<Update>,
) {
    let field = field.str().unwrap_or("unknown");
    let change = Change {
        line: line_of(value, waba_id),
        contacts: Contacts::of(value.node("contacts")),
        at,
    };
    let before = updates.len();
    of_value(field, value, &change, updates);
    if updates.len() == before {
        updates.push(whole(field, value, &change));
    }
}

/// Goes by what is there rather than by the field's name: new fields carry known parts.
fn of_value(field: &str, value: &Fields<'_>, change: &Change<'_>, updates: &mut Vec<Update>) {
    let list = |name: &str| value.list(name).into_iter();
    if field == "history" {
        updates.extend(list("messages").map(|raw| history::late(raw, change)));
    } else {
        list("messages").for_each(|raw| message::inbound(raw, change, updates));
    }
    updates.extend(list("statuses").map(|raw| status::update(raw, change)));
    updates.extend(list("message_echoes").map(|raw| message::echo(raw, change)));
    list("history").for_each(|raw| history::chunk(raw, change, updates));
    updates.extend(list("calls").filter_map(|raw| call::inbound(raw, change)));
    updates.extend(list("state_sync").map(|raw| phone_book::entry(raw, change)));
    updates.extend(list("user_id_update").map(|raw| sender::user_id_update(raw, change)));
    updates.extend(list("user_preferences").map(|raw| alert::preference(&Node::of(raw), raw.get(), change)));
    updates.extend(list("errors").map(|raw| alert::error(field, &Node::of(raw), raw.get(), change)));
}

pub(super) fn unreadable(error: &str, raw: &RawValue) -> Update {
    Update::Unreadable {
        error: error.to_owned(),
        raw: raw.get().to_owned(),
    }
}

/// Reads a change without parts: news of a template, something to know, or neither.
fn whole(field: &str, value: &Fields<'_>, change: &Change<'_>) -> Update {
    let raw = value.to_json();
    let node: Node<'_> = serde_json::from_str(&raw).unwrap_or_default();
    template::news(field, &node, change)
        .or_else(|| alert::of_field(field, &node, &raw, change))
        .unwrap_or_else(|| Update::Other {
            field: field.to_owned(),
            raw: raw.clone(),
        })
}

fn line_of(value: &Fields<'_>, waba_id: Option<&str>) -> LineRef {
    let metadata = value.node("metadata");
    let display = metadata.get("display_phone_number").text();
    LineRef {
        phone_number_id: metadata.get("phone_number_id").text(),
        display_phone_number: display.or_else(|| value.node("display_phone_number").text()),
        // An account's own news may come in the name of the business that it belonged to.
        waba_id: value
            .node("waba_info")
            .get("waba_id")
            .text()
            .or_else(|| waba_id.map(str::to_owned)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(changes: &str) -> Vec<Update> {
        parse(&format!(
            r#"{{"object":"whatsapp_business_account","entry":[{{"id":"1","changes":[{changes}]}}]}}"#
        ))
        .unwrap()
    }

    #[test]
    fn what_is_no_webhook_says_so() {
        assert_eq!(parse("<html>"), Err(ParseError::NotJson));
        assert_eq!(parse(""), Err(ParseError::NotJson));
        for body in [
            "{}",
            "[]",
            "7",
            r#"{"entry":{}}"#,
            r#"{"entry":[{"changes":[]}]}"#,
            r#"{"entry":[7]}"#,
        ] {
            assert_eq!(parse(body), Err(ParseError::NoChanges), "{body}");
        }
    }

    #[test]
    fn one_bad_part_does_not_cost_its_neighbours() {
        let good = r#"{"field":"messages","value":{"messages":[{"id":"w1","from":"1","type":"text","text":{"body":"hi"}},7]}}"#;
        let updates = changes(&format!(r#"7,{{"field":[],"value":"x"}},{good}"#));
        let shapes: Vec<_> = updates.iter().map(|update| format!("{update:?}")).collect();
        assert_eq!(shapes.len(), 4, "{shapes:?}");
        assert!(
            matches!(&updates[2], Update::Message(message) if message.text == "hi"),
            "{shapes:?}"
        );
        assert!(
            matches!(&updates[3], Update::Unreadable { raw, .. } if raw == "7"),
            "{shapes:?}"
        );
    }

    #[test]
    fn what_a_person_should_know_is_kept_apart_from_the_rest() {
        let of =
            |field: &str| changes(&format!(r#"{{"field":"{field}","value":{{"event":"X"}}}}"#)).remove(0);
        for field in [
            "account_alerts",
            "account_update",
            "phone_number_quality_update",
            "message_template_status_update",
        ] {
            assert!(matches!(of(field), Update::Alert(_)), "{field}");
        }
        assert!(matches!(of("automatic_events"), Update::Other { .. }));
        assert!(
            matches!(of("brand_new_field"), Update::Other { field, raw } if field == "brand_new_field" && raw.contains("event"))
        );
    }

    #[test]
    fn an_error_of_the_whole_account_is_a_notice() {
        let updates =
            changes(r#"{"field":"messages","value":{"errors":[{"code":130429,"title":"Rate limit hit"}]}}"#);
        assert!(
            matches!(&updates[..], [Update::Alert(alert)] if alert.event == "130429" && alert.raw.contains("Rate limit hit"))
        );
    }

    #[test]
    fn a_line_may_have_no_metadata() {
        let updates =
            changes(r#"{"field":"messages","value":{"messages":[{"id":"w","from":"1","type":"text"}]}}"#);
        let Update::Message(message) = &updates[0] else {
            panic!("{updates:?}")
        };
        assert_eq!(
            (
                message.line.phone_number_id.as_deref(),
                message.line.waba_id.as_deref()
            ),
            (None, Some("1"))
        );
    }
}
