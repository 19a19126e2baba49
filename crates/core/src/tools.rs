//! What makes a day's work quick: labels, the people of the shop, prepared answers, drafts.

use crate::action::{Action, Actor, Work, apply, snippet_of};
use crate::domain::{
    ConversationId, FileId, Label, LabelId, Member, MemberId, NewQuickReply, QuickReply, QuickReplyFile,
    QuickReplyId, StagedFile, Timestamp,
};
use crate::store::{drafts, files, labels, members, quick_replies, staged};
use crate::{CoreEvent, Error, Inbox, Result, media};

const NAME: usize = 40;
const SHORTCUT: usize = 24;
const REPLY: usize = 4096;
const FILES: usize = 5;
/// A draft is words, and forms with words in them.
const DRAFT: usize = 64 * 1024;

/// Returns the shop's labels.
pub async fn labels(inbox: &Inbox) -> Result<Vec<Label>> {
    inbox.store.read(labels::all).await
}

/// Writes a label, new or changed.
pub async fn save_label(inbox: &Inbox, label: Label) -> Result<()> {
    let name = named(&label.name, "The label", NAME)?;
    inbox
        .store
        .write(move |tx| {
            if labels::named(tx, &name)?.is_some_and(|known| known != label.id) {
                return Err(Error::Conflict(format!(
                    "There is a label {name} already. Choose another name"
                )));
            }
            let saved = Label { name, ..label };
            change(
                tx,
                Work::SaveLabel {
                    label: saved.id,
                    saved,
                },
            )
        })
        .await?;
    tell(inbox);
    Ok(())
}

/// Takes a label away, from every conversation too.
pub async fn remove_label(inbox: &Inbox, label: LabelId) -> Result<()> {
    inbox
        .store
        .write(move |tx| change(tx, Work::RemoveLabel { label }))
        .await?;
    tell(inbox);
    Ok(())
}

/// Returns who works in the shop, this desk's own person first.
pub async fn members(inbox: &Inbox) -> Result<Vec<Member>> {
    inbox.store.read(members::all).await
}

/// Adds somebody to the shop, or gives them another name.
pub async fn save_member(inbox: &Inbox, member: MemberId, name: String) -> Result<()> {
    let name = named(&name, "The name", NAME)?;
    inbox
        .store
        .write(move |tx| {
            let taken = members::all(tx)?
                .iter()
                .any(|known| known.id != member && known.name == name);
            if taken {
                return Err(Error::Conflict(format!(
                    "There is a {name} already. Choose a name that tells them apart"
                )));
            }
            change(tx, Work::SaveMember { member, name })
        })
        .await?;
    tell(inbox);
    Ok(())
}

/// Takes somebody off the list. What was theirs is nobody's.
pub async fn remove_member(inbox: &Inbox, member: MemberId) -> Result<()> {
    inbox
        .store
        .write(move |tx| change(tx, Work::RemoveMember { member }))
        .await?;
    tell(inbox);
    Ok(())
}

/// Returns the prepared answers by their shortcuts.
pub async fn quick_replies(inbox: &Inbox) -> Result<Vec<QuickReply>> {
    inbox.store.read(quick_replies::all).await
}

/// Writes a prepared answer. Its files are staged ones, or those that it had.
pub async fn save_quick_reply(inbox: &Inbox, new: NewQuickReply) -> Result<()> {
    let shortcut = shortcut(&new.shortcut)?;
    let text = new.text.trim().to_owned();
    if text.is_empty() && new.files.is_empty() {
        return Err(Error::Invalid(
            "The answer is empty. Write a text or add a file".into(),
        ));
    }
    if text.chars().count() > REPLY || new.files.len() > FILES {
        return Err(Error::Invalid(format!(
            "An answer has at most {REPLY} letters and {FILES} files. Make two of it"
        )));
    }
    inbox
        .store
        .write(move |tx| {
            if quick_replies::with_shortcut(tx, &shortcut)?.is_some_and(|known| known != new.id) {
                return Err(Error::Conflict(format!(
                    "There is an answer /{shortcut} already. Choose another shortcut"
                )));
            }
            let files = new
                .files
                .iter()
                .map(|file| own_file(tx, file))
                .collect::<Result<_>>()?;
            let saved = QuickReply {
                id: new.id,
                shortcut,
                text,
                files,
            };
            change(
                tx,
                Work::SaveQuickReply {
                    reply: saved.id,
                    saved: Box::new(saved),
                },
            )
        })
        .await?;
    tell(inbox);
    Ok(())
}

/// Takes a prepared answer away. Its files' bytes go with the next start.
pub async fn remove_quick_reply(inbox: &Inbox, reply: QuickReplyId) -> Result<()> {
    inbox
        .store
        .write(move |tx| change(tx, Work::RemoveQuickReply { reply }))
        .await?;
    tell(inbox);
    Ok(())
}

/// Lays the files of a prepared answer ready to be sent, each as a file of its own.
pub async fn stage_quick_reply(inbox: &Inbox, reply: QuickReplyId) -> Result<Vec<StagedFile>> {
    let of_reply = inbox
        .store
        .read(move |conn| quick_replies::files_of(conn, reply))
        .await?;
    let mut ready = Vec::new();
    for file in of_reply {
        let id = id_of(&file.id)?;
        let bytes = inbox
            .files
            .read(move |conn| files::read(conn, id, 0, media::LARGEST))
            .await?;
        ready.push(media::stage_bytes(inbox, &file.name, bytes).await?);
    }
    Ok(ready)
}

/// Returns what was being written to that customer, in the window's own form.
pub async fn draft(inbox: &Inbox, conversation: ConversationId) -> Result<Option<String>> {
    inbox
        .store
        .read(move |conn| drafts::get(conn, conversation))
        .await
}

/// Keeps what is being written; `words` is what the list shows of it. `None` takes it away.
pub async fn keep_draft(
    inbox: &Inbox,
    conversation: ConversationId,
    letter: Option<String>,
    words: String,
) -> Result<()> {
    if letter.as_ref().is_some_and(|letter| letter.len() > DRAFT) {
        return Err(Error::Invalid(
            "The draft is longer than any message can be. Shorten it to keep it".into(),
        ));
    }
    let changed = inbox
        .store
        .write(move |tx| {
            let words = snippet_of(&words);
            let draft = letter.as_deref().map(|letter| (letter, words.as_str()));
            drafts::set(tx, conversation, draft, Timestamp::now())
        })
        .await?;
    if changed {
        inbox.emit(CoreEvent::ConversationChanged { conversation });
    }
    Ok(())
}

/// Takes away what a person no longer wants to send. The log remembers that, never the words.
pub async fn remove_draft(inbox: &Inbox, conversation: ConversationId) -> Result<()> {
    inbox
        .store
        .write(move |tx| change(tx, Work::RemoveDraft { conversation }))
        .await?;
    inbox.emit(CoreEvent::ConversationChanged { conversation });
    Ok(())
}

fn change(tx: &rusqlite::Transaction<'_>, work: Work) -> Result<()> {
    apply(tx, Actor::Person, &Action::Work(work), Timestamp::now()).map(drop)
}

fn tell(inbox: &Inbox) {
    inbox.emit(CoreEvent::ToolsChanged);
    inbox.emit(CoreEvent::Resync);
}

fn named(name: &str, what: &str, most: usize) -> Result<String> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        return Err(Error::Invalid(format!("{what} needs at least one letter")));
    }
    if name.chars().count() > most {
        return Err(Error::Invalid(format!(
            "{what} has more than {most} letters. Shorten it"
        )));
    }
    Ok(name)
}

/// One word, so that it can be typed after the slash.
fn shortcut(text: &str) -> Result<String> {
    let shortcut = text.trim().trim_start_matches('/').to_lowercase();
    let fits = shortcut
        .chars()
        .all(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_'));
    if shortcut.is_empty() || !fits || shortcut.chars().count() > SHORTCUT {
        return Err(Error::Invalid(format!(
            "The shortcut is one word of at most {SHORTCUT} letters, digits, - or _. Such as: envio"
        )));
    }
    Ok(shortcut)
}

/// Makes a staged file the answer's own, or returns the one that it had.
fn own_file(tx: &rusqlite::Transaction<'_>, id: &str) -> Result<QuickReplyFile> {
    let file = id_of(id)?;
    if let Some(known) = quick_replies::file(tx, file)? {
        return Ok(known);
    }
    let staged = staged::find(tx, file)?.ok_or(Error::NotFound("This file"))?;
    if let Some(problem) = staged.problem {
        return Err(Error::Invalid(format!("{}. {}", problem.title, problem.advice)));
    }
    staged::remove(tx, file)?;
    Ok(QuickReplyFile {
        id: file.to_string(),
        name: staged.name,
        mime: staged.mime,
        size: u32::try_from(staged.facts.size).unwrap_or(u32::MAX),
    })
}

fn id_of(id: &str) -> Result<FileId> {
    id.parse().map_err(|_| Error::NotFound("This file"))
}
