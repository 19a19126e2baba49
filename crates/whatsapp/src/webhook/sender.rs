//! Who wrote: a message's own ids, joined with what the webhook's contacts say.

use serde_json::value::RawValue;

use super::fields::Fields;
use super::parse::{Change, unreadable};
use super::{Sender, Update};

/// The people that a webhook introduces. They can be missing, or lack any id.
pub(super) struct Contacts<'a>(Vec<Fields<'a>>);

impl<'a> Contacts<'a> {
    pub(super) fn of(value: &Fields<'a>) -> Self {
        Self(value.list("contacts").into_iter().map(Fields::of).collect())
    }

    /// Completes a sender with the contact that has one of its ids, or with the
    /// only contact where neither contradicts the other.
    pub(super) fn complete(&self, sender: Sender) -> Sender {
        let Some(contact) = self.find(&sender) else {
            return sender;
        };
        let profile = contact.object("profile");
        Sender {
            phone: sender.phone.or_else(|| contact.text("wa_id")),
            user_id: sender.user_id.or_else(|| contact.text("user_id")),
            parent_user_id: sender.parent_user_id.or_else(|| contact.text("parent_user_id")),
            username: sender.username.or_else(|| username(&profile)).or_else(|| username(contact)),
            profile_name: sender.profile_name.or_else(|| profile.text("name")),
        }
    }

    fn find(&self, sender: &Sender) -> Option<&Fields<'a>> {
        let is = |known: &Option<String>, given: Option<String>| known.is_some() && *known == given;
        let named = |contact: &&Fields<'a>| {
            is(&sender.user_id, contact.text("user_id")) || is(&sender.phone, contact.text("wa_id"))
        };
        self.0.iter().find(named).or_else(|| match self.0.as_slice() {
            [only] if !contradicts(sender, only) => Some(only),
            _ => None,
        })
    }
}

/// Both name a user, and not the same one.
fn contradicts(sender: &Sender, contact: &Fields<'_>) -> bool {
    let differ = |known: &Option<String>, given: Option<String>| known.is_some() && given.is_some() && *known != given;
    differ(&sender.user_id, contact.text("user_id"))
}

fn username(fields: &Fields<'_>) -> Option<String> {
    fields.str("username").map(|name| name.trim_start_matches('@').to_owned())
}

/// Returns the customer who wrote a message.
pub(super) fn writer(message: &Fields<'_>) -> Sender {
    named(
        message.text("from"),
        message.text("from_user_id"),
        message.text("from_parent_user_id"),
    )
}

/// Returns the customer whom a message of the shop's went to.
pub(super) fn addressee(message: &Fields<'_>) -> Sender {
    named(
        message.text("to").or_else(|| message.text("recipient_id")),
        message.text("to_user_id").or_else(|| message.text("recipient_user_id")),
        message.text("to_parent_user_id").or_else(|| message.text("recipient_parent_user_id")),
    )
}

/// Returns the customer of a thread of the phone's history.
pub(super) fn of_thread(thread: &Fields<'_>) -> Sender {
    let context = thread.object("context");
    let sender = named(
        context.text("wa_id").or_else(|| thread.text("id")),
        context.text("user_id"),
        context.text("parent_user_id"),
    );
    Sender {
        username: username(&context),
        profile_name: context.object("profile").text("name").or_else(|| context.text("name")),
        ..sender
    }
}

/// A field made for phone numbers may hold a user id: those have letters.
fn named(phone: Option<String>, user_id: Option<String>, parent_user_id: Option<String>) -> Sender {
    let is_user_id = phone.as_deref().is_some_and(|id| id.bytes().any(|byte| byte.is_ascii_alphabetic()));
    let (phone, stray) = if is_user_id { (None, phone) } else { (phone, None) };
    Sender {
        phone,
        user_id: user_id.or(stray),
        parent_user_id,
        ..Sender::default()
    }
}

pub(super) fn user_id_update(raw: &RawValue, change: &Change<'_>) -> Update {
    let fields = Fields::of(raw);
    let ids = fields.object("user_id");
    match ids.text("current").or_else(|| fields.text("current")) {
        Some(current) => Update::UserIdChanged {
            line: change.line.clone(),
            previous: ids.text("previous").or_else(|| fields.text("previous")),
            current,
            phone: fields.text("wa_id"),
        },
        None => unreadable("user_id_update: the current user id is missing", raw),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(message: &str, contacts: &str) -> Sender {
        let value = format!(r#"{{"contacts":{contacts}}}"#);
        Contacts::of(&Fields::of_text(&value)).complete(writer(&Fields::of_text(message)))
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
        let contact = r#"[{"user_id":"MX.2","wa_id":"52","profile":{"name":"Luis"}}]"#;
        assert_eq!(completed(r#"{"from":"521"}"#, contact).profile_name.as_deref(), Some("Luis"));
        assert_eq!(completed(r#"{"from_user_id":"MX.1"}"#, contact).profile_name, None);
        assert_eq!(completed("{}", contact).phone.as_deref(), Some("52"));
    }

    #[test]
    fn a_user_id_in_a_phones_place_is_not_a_phone() {
        let sender = completed(r#"{"from":"MX.13491208655302741918"}"#, "null");
        assert_eq!((sender.phone, sender.user_id.as_deref()), (None, Some("MX.13491208655302741918")));
    }
}
