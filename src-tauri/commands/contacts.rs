//! Two customers that are one person.

use cobro_core::domain::{ContactId, ContactSuggestion};
use cobro_core::{contact, customer};

use super::{Answer, Desk};

/// Joins `other` to `keep`.
#[tauri::command]
#[specta::specta]
pub(crate) async fn join_contacts(desk: Desk<'_>, keep: ContactId, other: ContactId) -> Answer<()> {
    Ok(contact::join(&desk.inbox()?, keep, other).await?)
}

/// Undoes a joining.
#[tauri::command]
#[specta::specta]
pub(crate) async fn split_contact(desk: Desk<'_>, contact: ContactId, joined: ContactId) -> Answer<()> {
    Ok(contact::split(&desk.inbox()?, contact, joined).await?)
}

/// Returns who may be the same person, and why it seems so.
#[tauri::command]
#[specta::specta]
pub(crate) async fn contact_suggestions(
    desk: Desk<'_>,
    contact: ContactId,
) -> Answer<Vec<ContactSuggestion>> {
    Ok(contact::suggestions(&desk.inbox()?, contact).await?)
}

/// Writes what the shop notes of a customer; an empty value takes the field away.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_field(desk: Desk<'_>, contact: ContactId, name: String, value: String) -> Answer<()> {
    Ok(customer::set_field(&desk.inbox()?, contact, name, value).await?)
}

/// Returns the names of fields that the shop uses.
#[tauri::command]
#[specta::specta]
pub(crate) async fn field_names(desk: Desk<'_>) -> Answer<Vec<String>> {
    Ok(customer::field_names(&desk.inbox()?).await?)
}
