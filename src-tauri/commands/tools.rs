//! Labels, the people of the shop, prepared answers and drafts.

use cobro_core::domain::{
    ConversationId, Label, LabelId, Member, MemberId, NewQuickReply, QuickReply, QuickReplyId, StagedFile,
};
use cobro_core::tools;

use super::{Answer, Desk};

/// Returns the shop's labels.
#[tauri::command]
#[specta::specta]
pub(crate) async fn labels(desk: Desk<'_>) -> Answer<Vec<Label>> {
    Ok(tools::labels(&desk.inbox()?).await?)
}

/// Writes a label, new or changed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_label(desk: Desk<'_>, label: Label) -> Answer<()> {
    Ok(tools::save_label(&desk.inbox()?, label).await?)
}

/// Takes a label away, from every conversation too.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_label(desk: Desk<'_>, label: LabelId) -> Answer<()> {
    Ok(tools::remove_label(&desk.inbox()?, label).await?)
}

/// Returns who works in the shop, this desk's own person first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn members(desk: Desk<'_>) -> Answer<Vec<Member>> {
    Ok(tools::members(&desk.inbox()?).await?)
}

/// Adds somebody to the shop, or gives them another name.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_member(desk: Desk<'_>, member: MemberId, name: String) -> Answer<()> {
    Ok(tools::save_member(&desk.inbox()?, member, name).await?)
}

/// Takes somebody off the list.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_member(desk: Desk<'_>, member: MemberId) -> Answer<()> {
    Ok(tools::remove_member(&desk.inbox()?, member).await?)
}

/// Returns the prepared answers by their shortcuts.
#[tauri::command]
#[specta::specta]
pub(crate) async fn quick_replies(desk: Desk<'_>) -> Answer<Vec<QuickReply>> {
    Ok(tools::quick_replies(&desk.inbox()?).await?)
}

/// Writes a prepared answer.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_quick_reply(desk: Desk<'_>, reply: NewQuickReply) -> Answer<()> {
    Ok(tools::save_quick_reply(&desk.inbox()?, reply).await?)
}

/// Takes a prepared answer away.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_quick_reply(desk: Desk<'_>, reply: QuickReplyId) -> Answer<()> {
    Ok(tools::remove_quick_reply(&desk.inbox()?, reply).await?)
}

/// Lays the files of a prepared answer ready to be sent.
#[tauri::command]
#[specta::specta]
pub(crate) async fn stage_quick_reply(desk: Desk<'_>, reply: QuickReplyId) -> Answer<Vec<StagedFile>> {
    Ok(tools::stage_quick_reply(&desk.inbox()?, reply).await?)
}

/// Returns what was being written to that customer, in the window's own form.
#[tauri::command]
#[specta::specta]
pub(crate) async fn draft(desk: Desk<'_>, conversation: ConversationId) -> Answer<Option<String>> {
    Ok(tools::draft(&desk.inbox()?, conversation).await?)
}

/// Keeps what is being written; `words` is what the list shows of it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn keep_draft(
    desk: Desk<'_>,
    conversation: ConversationId,
    letter: Option<String>,
    words: String,
) -> Answer<()> {
    Ok(tools::keep_draft(&desk.inbox()?, conversation, letter, words).await?)
}

/// Takes away what a person no longer wants to send.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_draft(desk: Desk<'_>, conversation: ConversationId) -> Answer<()> {
    Ok(tools::remove_draft(&desk.inbox()?, conversation).await?)
}
