//! All customers and what was said.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::customer::{Author, Bubble, Customer, File};
use super::ids;
use super::notice::Address;
use super::outgoing::Outgoing;

/// What is told about a customer; what is absent stays as it is.
#[derive(Debug, Default)]
pub(crate) struct Introduction {
    pub(crate) name: Option<String>,
    pub(crate) user_id: Option<String>,
    pub(crate) username: Option<String>,
    pub(crate) hides_phone: Option<bool>,
    /// The number that the customer has from now on; the old one leads here too.
    pub(crate) phone: Option<String>,
}

#[derive(Debug, Default)]
pub(crate) struct World {
    customers: Vec<Customer>,
    /// Places by user id, and by what all spellings of the phone have in common.
    places: HashMap<String, usize>,
    /// In whose chat each message is, and how the shop's were addressed.
    chats: HashMap<String, (usize, Option<Address>)>,
}

impl World {
    pub(crate) fn customers(&self) -> &[Customer] {
        &self.customers
    }

    /// Returns the customer with that phone, in any spelling, or that user id.
    pub(crate) fn find(&self, named: &str) -> Option<&Customer> {
        self.place(named).and_then(|at| self.customers.get(at))
    }

    pub(crate) fn knows(&self, named: &str) -> bool {
        self.place(named).is_some()
    }

    fn place(&self, named: &str) -> Option<usize> {
        if is_user_id(named) {
            return self.places.get(named).copied();
        }
        self.places.get(&ids::common_spelling(named)).copied()
    }

    /// Returns the customer, who is made up if nobody is called that.
    pub(crate) fn introduce(&mut self, named: &str, told: Introduction) -> &mut Customer {
        let at = self.place(named).unwrap_or_else(|| self.add(stranger(named)));
        #[expect(
            clippy::indexing_slicing,
            reason = "customers never leave, and this one's place was just found"
        )]
        let customer = &mut self.customers[at];
        if let Some(user_id) = told.user_id {
            self.places.remove(&customer.user_id);
            self.places.insert(user_id.clone(), at);
            customer.user_id = user_id;
        }
        if let Some(phone) = told.phone {
            self.places.insert(ids::common_spelling(&phone), at);
            customer.phone = ids::digits(&phone);
        }
        if let Some(name) = told.name {
            customer.name = name;
        }
        customer.username = told.username.or_else(|| customer.username.take());
        customer.hides_phone = told.hides_phone.unwrap_or(customer.hides_phone);
        customer
    }

    fn add(&mut self, customer: Customer) -> usize {
        let at = self.customers.len();
        self.places.insert(customer.user_id.clone(), at);
        self.places.insert(ids::common_spelling(&customer.phone), at);
        self.customers.push(customer);
        at
    }

    /// Keeps a message in the chat of a customer who is known; `address` is how the shop addressed it.
    pub(crate) fn keep(&mut self, named: &str, bubble: Bubble, address: Option<Address>) {
        let Some(at) = self.place(named) else { return };
        if let Some(customer) = self.customers.get_mut(at) {
            self.chats.insert(bubble.wamid.clone(), (at, address));
            customer.bubbles.push(bubble);
        }
    }

    /// Returns whom a message of the shop's went to.
    pub(crate) fn receiver_of(&mut self, wamid: &str) -> Option<(&mut Customer, Address)> {
        let (at, address) = self.chats.get(wamid).copied()?;
        Some((self.customers.get_mut(at)?, address?))
    }

    /// Returns who wrote a message to the shop.
    pub(crate) fn writer_of(&mut self, wamid: &str) -> Option<&mut Customer> {
        match self.chats.get(wamid).copied()? {
            (at, None) => self.customers.get_mut(at),
            (_, Some(_)) => None,
        }
    }

    pub(crate) fn has_message(&self, wamid: &str) -> bool {
        self.chats.contains_key(wamid)
    }
}

/// User ids are a country, a dot and the rest, as in `MX.13491208655302741918`.
pub(crate) fn is_user_id(named: &str) -> bool {
    named.split_once('.').is_some_and(|(country, rest)| {
        country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase()) && !rest.is_empty()
    })
}

fn stranger(named: &str) -> Customer {
    if !is_user_id(named) {
        return Customer::new(named);
    }
    // Nobody knows this customer's phone, so any will do that is nobody's.
    let mut customer = Customer::new(&format!("999{}", ids::digits(named)));
    named.clone_into(&mut customer.user_id);
    customer.hides_phone = true;
    customer
}

/// Returns how a customer's message looks on their phone.
pub(crate) fn bubble_of(wamid: &str, line: &str, content: &Map<String, Value>, at: Timestamp) -> Bubble {
    let kind = content.get("type").and_then(Value::as_str).unwrap_or("unknown");
    let part = content.get(kind);
    let text = ["body", "caption", "emoji", "text", "name", "original_message_id"]
        .iter()
        .find_map(|name| part?.get(name)?.as_str())
        .or_else(|| chosen(part?));
    let about = content
        .get("context")
        .and_then(|context| context.get("id"))
        .or_else(|| part?.get("message_id"))
        .or_else(|| part?.get("original_message_id"))
        .and_then(Value::as_str);
    Bubble {
        text: text.unwrap_or_default().to_owned(),
        about: about.map(str::to_owned),
        file: part.and_then(file_in),
        ..Bubble::new(wamid, Author::Customer, line, kind, at)
    }
}

/// Returns the title of a reply that was tapped.
fn chosen(interactive: &Value) -> Option<&str> {
    let kind = interactive.get("type")?.as_str()?;
    interactive.get(kind)?.get("title")?.as_str()
}

fn file_in(part: &Value) -> Option<File> {
    let field = |name: &str| part.get(name).and_then(Value::as_str).map(str::to_owned);
    let mime = field("mime_type")?;
    Some(File {
        id: field("id"),
        mime: Some(mime),
        filename: field("filename"),
        voice: part.get("voice").and_then(Value::as_bool).unwrap_or(false),
        ..File::default()
    })
}

/// Returns how the shop's message will look on the customer's phone.
pub(crate) fn bubble_from(wamid: &str, line: &str, message: Outgoing, at: Timestamp) -> Bubble {
    Bubble {
        header: message.header,
        text: message.text,
        button: message.button,
        choices: message.choices,
        footer: message.footer,
        template: message.template.map(|template| template.name),
        file: message.file,
        about: message.about,
        opaque: message.opaque,
        ..Bubble::new(wamid, Author::Shop, line, &message.kind, at)
    }
}

/// Lets a message of either side change the one that it is about: reactions, edits, deletions.
pub(crate) fn change_target(customer: &mut Customer, from: Author, content: &Map<String, Value>) {
    let kind = content.get("type").and_then(Value::as_str).unwrap_or_default();
    let Some(part) = content.get(kind) else { return };
    let at = |pointer: &str| part.pointer(pointer).and_then(Value::as_str);
    let target = at("/message_id").or_else(|| at("/original_message_id"));
    let Some(target) = target.and_then(|target| customer.bubble_mut(target)) else {
        return;
    };
    match kind {
        "reaction" => target.react(from, at("/emoji").unwrap_or_default()),
        "revoke" => target.deleted = true,
        "edit" => {
            let kind = at("/message/type").unwrap_or("text");
            let text =
                at(&format!("/message/{kind}/body")).or_else(|| at(&format!("/message/{kind}/caption")));
            text.unwrap_or_default().clone_into(&mut target.text);
            target.edited = true;
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_is_found_by_every_name() {
        let mut world = World::default();
        let told = Introduction {
            user_id: Some("MX.42".to_owned()),
            ..Introduction::default()
        };
        world.introduce("+52 1 55 1234 5678", told);
        for named in ["5215512345678", "525512345678", "MX.42"] {
            assert_eq!(world.find(named).unwrap().phone, "5215512345678");
        }
        assert!(!world.knows("MX.43"));
        assert_eq!(world.customers().len(), 1);
    }

    #[test]
    fn a_customer_known_by_user_id_alone_has_no_phone_to_show() {
        let mut world = World::default();
        assert_eq!(
            world.introduce("US.77", Introduction::default()).known_phone(),
            None
        );
        assert_eq!(world.find("US.77").unwrap().user_id, "US.77");
    }
}
