//! What the shop knows of a customer, and what it does with it.

use crate::action::{Action, Actor, Work, apply};
use crate::domain::{ContactId, Timestamp};
use crate::store::{contacts, fields};
use crate::{CoreEvent, Error, Inbox, Result};

const FIELD_NAME: usize = 40;
const FIELD: usize = 4000;
const FIELDS: usize = 30;

/// Writes what the shop notes of a customer. The empty name is the free notes; an empty value takes the field away.
pub async fn set_field(inbox: &Inbox, contact: ContactId, name: String, value: String) -> Result<()> {
    let (name, value) = (name.trim().to_owned(), value.trim().to_owned());
    if name.chars().count() > FIELD_NAME {
        return Err(Error::Invalid(format!(
            "The field's name has more than {FIELD_NAME} letters. Shorten it"
        )));
    }
    if value.chars().count() > FIELD {
        return Err(Error::Invalid(format!(
            "This is more than {FIELD} letters. Shorten it, or make two fields of it"
        )));
    }
    let conversations = inbox
        .store
        .write(move |tx| {
            contacts::name(tx, contact)?;
            let known = fields::of(tx, contact)?;
            if known.len() >= FIELDS && !known.iter().any(|field| field.name == name) {
                return Err(Error::Invalid(format!(
                    "A customer has at most {FIELDS} fields. Remove one first"
                )));
            }
            let change = Work::SetField { contact, name, value };
            apply(tx, Actor::Person, &Action::Work(change), Timestamp::now())?;
            contacts::conversations_of(tx, contact)
        })
        .await?;
    for conversation in conversations {
        inbox.emit(CoreEvent::ConversationChanged { conversation });
    }
    Ok(())
}

/// Returns the names of fields that the shop uses, for suggestions.
pub async fn field_names(inbox: &Inbox) -> Result<Vec<String>> {
    inbox.store.read(fields::names).await
}
