//! Two contacts that are one person: a person joins them, and can split them again.

use crate::action::{Action, Actor, apply};
use crate::domain::{ContactId, ContactSuggestion, Timestamp};
use crate::store::{contacts, conversations, joins, suggestions};
use crate::{CoreEvent, Error, Inbox, Result};

/// Joins `other` to `keep`: its identities, conversations, messages and charges are `keep`'s from now on.
pub async fn join(inbox: &Inbox, keep: ContactId, other: ContactId) -> Result<()> {
    if keep == other {
        return Err(Error::Invalid(
            "A customer can't be joined to themselves. Choose another one".into(),
        ));
    }
    inbox
        .store
        .write(move |tx| {
            for contact in [keep, other] {
                contacts::name(tx, contact)?;
                if joins::is_joined(tx, contact)? {
                    return Err(Error::Conflict(
                        "This customer was joined to another one. Split them first, or join that one".into(),
                    ));
                }
            }
            let action = Action::JoinContacts { keep, other };
            apply(tx, Actor::Person, &action, Timestamp::now())
        })
        .await?;
    tell(inbox);
    Ok(())
}

/// Undoes a joining: exactly what moved then moves back.
pub async fn split(inbox: &Inbox, contact: ContactId, joined: ContactId) -> Result<()> {
    let split = inbox
        .store
        .write(move |tx| {
            if joins::is_joined(tx, contact)? {
                return Err(Error::Conflict(
                    "This customer was joined to another one. Split them first".into(),
                ));
            }
            let action = Action::SplitContact { contact, joined };
            apply(tx, Actor::Person, &action, Timestamp::now())
        })
        .await?;
    if !split {
        return Err(Error::Conflict(
            "These two are not joined. Open the customer again to see who is".into(),
        ));
    }
    tell(inbox);
    Ok(())
}

/// Returns who may be the same person as `contact`, and why it seems so.
pub async fn suggestions(inbox: &Inbox, contact: ContactId) -> Result<Vec<ContactSuggestion>> {
    let language = inbox.window_language();
    inbox
        .store
        .read(move |conn| {
            suggestions::of(conn, contact)?
                .into_iter()
                .map(|likely| {
                    let identities = contacts::identities_of(conn, likely.contact)?;
                    Ok(ContactSuggestion {
                        contact: likely.contact,
                        conversation: contacts::conversations_of(conn, likely.contact)?.first().copied(),
                        name: conversations::shown_name(&contacts::name(conn, likely.contact)?, &identities),
                        identities,
                        why: language.likely(&likely.why).to_owned(),
                    })
                })
                .collect()
        })
        .await
}

/// A conversation may be gone or back: everything is read again.
fn tell(inbox: &Inbox) {
    inbox.emit(CoreEvent::Resync);
    inbox.emit(CoreEvent::StatusChanged);
    inbox.outbox.notify_one();
}
