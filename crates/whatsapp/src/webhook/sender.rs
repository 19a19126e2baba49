//! Who wrote: a message's own ids, joined with what the webhook's contacts say.

use serde_json::value::RawValue;

use super::node::Node;
use super::parse::{Change, unreadable};
use super::{Sender, Update};
use crate::identity::phone_match_key;

/// The people that a webhook introduces. They can be missing, or lack any id.
pub(super) struct Contacts<'a>(Node<'a>);

impl<'a> Contacts<'a> {
    pub(super) fn of(contacts: Node<'a>) -> Self {
        Self(contacts)
    }

    /// Completes a sender with the contact that has one of its ids, or with the
    /// only contact where neither contradicts the other.
    pub(super) fn complete(&self, sender: Sender) -> Sender {
        let Some(contact) = self.find(&sender) else {
            return sender;
        };
        let profile = contact.get("profile");
        Sender {
            phone: sender.phone.or_else(|| contact.get("wa_id").text()),
            user_id: sender.user_id.or_else(|| contact.get("user_id").text()),
            parent_user_id: sender
                .parent_user_id
                .or_else(|| contact.get("parent_user_id").text()),
            username: sender
                .username
                .or_else(|| username(profile))
                .or_else(|| username(contact)),
            profile_name: sender.profile_name.or_else(|| profile.get("name").text()),
        }
    }

    fn find(&self, sender: &Sender) -> Option<&Node<'a>> {
        let contacts = self.0.items();
        contacts
            .iter()
            .find(|contact| {
                is(sender.user_id.as_ref(), contact.get("user_id"))
                    || is(sender.phone.as_ref(), contact.get("wa_id"))
            })
            .or_else(|| match contacts {
                [only] if !contradicts(sender, only) => Some(only),
                _ => None,
            })
    }
}

fn is(known: Option<&String>, given: &Node<'_>) -> bool {
    known.is_some_and(|known| {
        given
            .str()
            .map_or_else(|| given.text().as_ref() == Some(known), |given| given == known)
    })
}

/// Both name a user or a phone number, and not the same one.
fn contradicts(sender: &Sender, contact: &Node<'_>) -> bool {
    let differ = |known: Option<&String>, given: Option<String>, key: fn(&str) -> String| {
        known
            .zip(given)
            .is_some_and(|(known, given)| key(known) != key(&given))
    };
    differ(
        sender.user_id.as_ref(),
        contact.get("user_id").text(),
        str::to_owned,
    ) || differ(
        sender.phone.as_ref(),
        contact.get("wa_id").text(),
        phone_match_key,
    )
}

fn username(profile: &Node<'_>) -> Option<String> {
    let name = profile.get("username").str()?;
    Some(name.trim_start_matches('@').to_owned())
}

/// Returns the customer who wrote a message.
pub(super) fn writer(message: &Node<'_>) -> Sender {
    named(
        message.get("from").text(),
        message.get("from_user_id").text(),
        message.get("from_parent_user_id").text(),
    )
}

/// Returns the customer whom a message of the shop's went to.
pub(super) fn addressee(message: &Node<'_>) -> Sender {
    named(
        message
            .get("to")
            .text()
            .or_else(|| message.get("recipient_id").text()),
        message
            .get("to_user_id")
            .text()
            .or_else(|| message.get("recipient_user_id").text()),
        message
            .get("to_parent_user_id")
            .text()
            .or_else(|| message.get("recipient_parent_user_id").text()),
    )
}

/// Returns the customer whose wish it is.
pub(super) fn of_preference(preference: &Node<'_>) -> Sender {
    named(
        preference.get("wa_id").text(),
        preference.get("user_id").text(),
        preference.get("parent_user_id").text(),
    )
}

/// Returns the customer of a thread of the phone's history.
pub(super) fn of_thread(id: &Node<'_>, context: &Node<'_>) -> Sender {
    let sender = named(
        context.get("wa_id").text().or_else(|| id.text()),
        context.get("user_id").text(),
        context.get("parent_user_id").text(),
    );
    Sender {
        username: username(context),
        profile_name: context
            .get("profile")
            .get("name")
            .text()
            .or_else(|| context.get("name").text()),
        ..sender
    }
}

/// A field made for phone numbers may hold a user id: those have letters.
fn named(phone: Option<String>, user_id: Option<String>, parent_user_id: Option<String>) -> Sender {
    let is_user_id = phone
        .as_deref()
        .is_some_and(|id| id.bytes().any(|byte| byte.is_ascii_alphabetic()));
    let (phone, stray) = if is_user_id { (None, phone) } else { (phone, None) };
    Sender {
        phone,
        user_id: user_id.or(stray),
        parent_user_id,
        ..Sender::default()
    }
}

pub(super) fn user_id_update(raw: &RawValue, change: &Change<'_>) -> Update {
    let fields = Node::of(raw);
    let ids = fields.get("user_id");
    match ids.get("current").text().or_else(|| fields.get("current").text()) {
        Some(current) => Update::UserIdChanged {
            line: change.line.clone(),
            previous: ids
                .get("previous")
                .text()
                .or_else(|| fields.get("previous").text()),
            current,
            phone: fields.get("wa_id").text(),
        },
        None => unreadable("user_id_update: the current user id is missing", raw),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed<'a>(message: &'a str, contacts: &'a str) -> Sender {
        let node = |json| serde_json::from_str(json).unwrap();
        Contacts::of(node(contacts)).complete(writer(&node(message)))
    }

    #[test]
    fn a_customer_without_a_phone_number_is_known_by_user_id() {
        let sender = completed(
            r#"{"from_user_id":"MX.1"}"#,
            r#"[{"profile":{"name":"Ana","username":"@ana"},"user_id":"MX.1","parent_user_id":"MX.ENT.9"}]"#,
        );
        assert_eq!(
            sender,
            Sender {
                user_id: Some("MX.1".into()),
                parent_user_id: Some("MX.ENT.9".into()),
                username: Some("ana".into()),
                profile_name: Some("Ana".into()),
                ..Sender::default()
            }
        );
    }

    #[test]
    fn each_of_several_writers_gets_their_own_name() {
        let contacts = r#"[{"wa_id":"1","profile":{"name":"Ana"}},{"wa_id":"2","profile":{"name":"Luis"}}]"#;
        let name = |from: &str| completed(&format!(r#"{{"from":"{from}"}}"#), contacts).profile_name;
        assert_eq!(name("1").as_deref(), Some("Ana"));
        assert_eq!(name("2").as_deref(), Some("Luis"));
        assert_eq!(name("3"), None);
    }

    #[test]
    fn the_only_contact_counts_unless_it_is_somebody_else() {
        let contact = r#"[{"user_id":"MX.2","wa_id":"525548217730","profile":{"name":"Luis"}}]"#;
        let name = |message: &'static str| completed(message, contact).profile_name;
        assert_eq!(name(r#"{"from":"5215548217730"}"#).as_deref(), Some("Luis"));
        assert_eq!(name(r#"{"from":"5215548217731"}"#), None);
        assert_eq!(name(r#"{"from_user_id":"MX.1"}"#), None);
        assert_eq!(completed("{}", contact).phone.as_deref(), Some("525548217730"));
    }

    #[test]
    fn a_user_id_in_a_phones_place_is_not_a_phone() {
        let sender = completed(r#"{"from":"MX.13491208655302741918"}"#, "null");
        assert_eq!(
            (sender.phone, sender.user_id.as_deref()),
            (None, Some("MX.13491208655302741918"))
        );
    }
}
