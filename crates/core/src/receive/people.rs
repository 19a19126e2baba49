//! Who writes: phone numbers, user ids and usernames, which change, and the shop's names for them.

use cobro_whatsapp::webhook::{PhoneBookEntry, Sender};

use super::round::Round;
use crate::Result;
use crate::domain::{Identity, IdentityKind, Timestamp};
use crate::store::contacts::{self, Evidence};

impl Round<'_> {
    pub(super) fn user_id_changed(
        &mut self,
        previous: Option<&str>,
        current: &str,
        phone: Option<&str>,
        at: Timestamp,
    ) -> Result<()> {
        let known = [
            previous.map(|value| identity(IdentityKind::UserId, value)),
            phone.map(|value| identity(IdentityKind::Phone, value)),
        ];
        let current = identity(IdentityKind::UserId, current);
        for identity in known.into_iter().flatten() {
            if let Some(contact) = contacts::contact_of(self.tx, &identity)? {
                if identity.kind == IdentityKind::Phone
                    && previous.is_some()
                    && contacts::has_user_id(self.tx, contact)?
                {
                    // The number was somebody else's before.
                    continue;
                }
                contacts::take_over(self.tx, contact, &current, &identity, Evidence::UserIdChanged, at)?;
                return self.changed(contact);
            }
        }
        Ok(())
    }

    /// The new number is the contact's from now on. Whoever has written from it
    /// already stays apart, and the two are suggested to be one. The previous number
    /// may be given to somebody else: what comes from it later is not theirs.
    pub(super) fn number_changed(&mut self, previous: &str, current: &str, at: Timestamp) -> Result<()> {
        let previous = identity(IdentityKind::Phone, previous);
        let Some(contact) = contacts::contact_of(self.tx, &previous)? else {
            return Ok(());
        };
        let current = identity(IdentityKind::Phone, current);
        if contacts::contact_of(self.tx, &current)? == Some(contact)
            || contacts::changed_hands(self.tx, &previous, &current, at)?
        {
            return Ok(());
        }
        contacts::take_over(self.tx, contact, &current, &previous, Evidence::NumberChanged, at)?;
        contacts::retire(self.tx, &previous, at)?;
        self.changed(contact)
    }

    pub(super) fn phone_book(&mut self, entry: &PhoneBookEntry) -> Result<()> {
        let identities: Vec<_> = [
            (IdentityKind::UserId, &entry.user_id),
            (IdentityKind::Phone, &entry.phone),
        ]
        .into_iter()
        .filter_map(|(kind, value)| Some(identity(kind, value.as_deref()?)))
        .collect();
        if identities.is_empty() {
            return Ok(());
        }
        let name = entry
            .full_name
            .as_deref()
            .or(entry.first_name.as_deref())
            .filter(|name| !name.is_empty() && !entry.removed);
        match contacts::set_book_name(self.tx, &identities, name, entry.at)? {
            Some(contact) => self.changed(contact),
            None => Ok(()),
        }
    }

    fn changed(&mut self, contact: crate::domain::ContactId) -> Result<()> {
        self.former = None;
        let conversations = contacts::conversations_of(self.tx, contact)?;
        self.changes.conversations.extend(conversations);
        Ok(())
    }
}

/// The user id first: it stays when a phone number changes hands.
pub(super) fn identities_of(sender: &Sender) -> Vec<Identity> {
    let of = |kind, value: &Option<String>| {
        value
            .as_deref()
            .filter(|value| !value.is_empty())
            .map(|value| identity(kind, value))
    };
    let mut identities: Vec<_> = [
        of(IdentityKind::UserId, &sender.user_id),
        of(IdentityKind::Phone, &sender.phone),
        of(IdentityKind::Username, &sender.username),
    ]
    .into_iter()
    .flatten()
    .collect();
    if identities.is_empty() {
        // Nobody is named. Such messages stand together, rather than nowhere.
        identities.push(identity(IdentityKind::UserId, "unknown"));
    }
    identities
}

pub(super) fn identity(kind: IdentityKind, value: &str) -> Identity {
    Identity {
        kind,
        value: value.to_owned(),
    }
}
