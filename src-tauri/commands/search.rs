//! Search over the whole history.

use cobro_core::domain::{ConversationId, SearchPage};
use cobro_core::search;

use super::{Answer, Desk};

/// Returns one page of what fits, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn search_history(
    desk: Desk<'_>,
    query: String,
    after: Option<String>,
) -> Answer<SearchPage> {
    Ok(search::find(&desk.inbox()?, query, after).await?)
}

/// Returns the messages of one conversation that fit, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn search_conversation(
    desk: Desk<'_>,
    conversation: ConversationId,
    query: String,
    after: Option<String>,
) -> Answer<SearchPage> {
    Ok(search::find_in(&desk.inbox()?, conversation, query, after).await?)
}
