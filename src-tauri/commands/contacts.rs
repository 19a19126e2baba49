//! Two customers that are one person.

use cobro_core::domain::{ContactId, ContactSuggestion, CustomerRow, CustomerView, Message, Page};
use cobro_core::{contact, customer};

use tauri::{AppHandle, WebviewWindow};

use super::{Answer, Desk, chosen_folder};

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

/// Returns one page of the shop's customers, who was active last first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn customers(
    desk: Desk<'_>,
    query: String,
    after: Option<String>,
) -> Answer<Page<CustomerRow>> {
    Ok(customer::page(&desk.inbox()?, query, after).await?)
}

/// Returns what is known of a customer.
#[tauri::command]
#[specta::specta]
pub(crate) async fn customer(desk: Desk<'_>, contact: ContactId) -> Answer<CustomerView> {
    Ok(customer::view(&desk.inbox()?, contact).await?)
}

/// Returns one page of what was said with a customer, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn customer_messages(
    desk: Desk<'_>,
    contact: ContactId,
    before: Option<String>,
) -> Answer<Page<Message>> {
    Ok(customer::timeline(&desk.inbox()?, contact, before).await?)
}

/// Writes everything of one customer where a person says. Returns the folder, or nothing if they changed their mind.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_customer(
    window: WebviewWindow,
    app: AppHandle,
    desk: Desk<'_>,
    contact: ContactId,
) -> Answer<Option<String>> {
    let Some(into) = chosen_folder(&app, &window).await else {
        return Ok(None);
    };
    let folder = customer::export(&desk.inbox()?, contact, into).await?;
    Ok(Some(folder.to_string_lossy().into_owned()))
}

/// Erases a customer for good, if `typed` is their name.
#[tauri::command]
#[specta::specta]
pub(crate) async fn erase_customer(desk: Desk<'_>, contact: ContactId, typed: String) -> Answer<()> {
    Ok(customer::erase(&desk.inbox()?, contact, typed).await?)
}
