//! What the shop knows of a customer, and what it does with it.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use crate::action::{Action, Actor, Work, apply};
use crate::domain::{ContactId, CustomerRow, CustomerView, Message, Page, Timestamp};
use crate::store::{contacts, customers, erase, fields, messages};
use crate::{CoreEvent, Error, Inbox, Result, media};

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

/// Returns one page of the shop's customers, who was active last first.
pub async fn page(inbox: &Inbox, query: String, after: Option<String>) -> Result<Page<CustomerRow>> {
    inbox
        .store
        .read(move |conn| customers::page(conn, &query, after.as_deref(), Timestamp::now()))
        .await
}

/// Returns what is known of a customer.
pub async fn view(inbox: &Inbox, contact: ContactId) -> Result<CustomerView> {
    inbox.store.read(move |conn| customers::view(conn, contact)).await
}

/// Returns one page of what was said with a customer on all lines, newest first.
pub async fn timeline(inbox: &Inbox, contact: ContactId, before: Option<String>) -> Result<Page<Message>> {
    inbox
        .store
        .read(move |conn| messages::page_of_contact(conn, contact, before.as_deref()))
        .await
}

/// Writes everything of one customer into a new folder inside `into`: `customer.jsonl`, and the files. Returns the folder.
pub async fn export(inbox: &Inbox, contact: ContactId, into: PathBuf) -> Result<PathBuf> {
    let name = inbox
        .store
        .read(move |conn| Ok(customers::view(conn, contact)?.name))
        .await?;
    let folder = new_folder(&into, &name)?;
    let target = folder.join("customer.jsonl");
    let files = inbox
        .store
        .read(move |conn| {
            let mut out = BufWriter::new(File::create(&target).map_err(|error| unwritable(&error))?);
            let files = crate::export::write_customer(conn, contact, &mut out)?;
            out.flush().map_err(|error| unwritable(&error))?;
            Ok(files)
        })
        .await?;
    if !files.is_empty() {
        std::fs::create_dir_all(folder.join("files")).map_err(|error| unwritable(&error))?;
    }
    for (message, name) in files {
        media::save(inbox, message, folder.join("files").join(name)).await?;
    }
    Ok(folder)
}

fn new_folder(into: &Path, name: &str) -> Result<PathBuf> {
    let name: String = name
        .chars()
        .map(|letter| {
            if letter.is_alphanumeric() || letter == ' ' {
                letter
            } else {
                '-'
            }
        })
        .collect();
    for number in 1..1000 {
        let folder = into.join(match number {
            1 => format!("cobro {}", name.trim()),
            number => format!("cobro {} {number}", name.trim()),
        });
        match std::fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(unwritable(&error)),
        }
    }
    Err(Error::Invalid(
        "This folder holds a thousand exports of this customer. Choose another".into(),
    ))
}

fn unwritable(error: &std::io::Error) -> Error {
    Error::Invalid(format!(
        "The export can't be written there ({}). Choose a folder that may be written to, with room in it",
        error.kind()
    ))
}

/// Erases a customer for good, if `typed` is the name that is shown. Charges and payments stay
/// without a name, since the books have to keep them.
pub async fn erase(inbox: &Inbox, contact: ContactId, typed: String) -> Result<()> {
    let (names, files) = inbox
        .store
        .write(move |tx| {
            let known = customers::view(tx, contact)?;
            if known.name.trim() != typed.trim() {
                return Err(Error::Invalid(format!(
                    "The name does not match. Type {} to erase this customer",
                    known.name
                )));
            }
            let names = erase::names_in_envelopes(tx, contact)?;
            let files = erase::erase(tx, contact)?;
            apply(
                tx,
                Actor::Person,
                &Action::Work(Work::EraseCustomer { contact }),
                Timestamp::now(),
            )?;
            Ok((names, files))
        })
        .await?;
    for file in files {
        inbox
            .files
            .write(move |tx| crate::store::files::erase(tx, file))
            .await?;
    }
    let mut after = Some(i64::MIN);
    while let Some(from) = after {
        let names = names.clone();
        after = inbox
            .store
            .write(move |tx| erase::envelopes_step(tx, &names, from))
            .await?;
    }
    inbox.emit(CoreEvent::Resync);
    inbox.emit(CoreEvent::StatusChanged);
    Ok(())
}
