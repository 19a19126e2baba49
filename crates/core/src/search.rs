//! Search over the whole history: customers and messages, newest first, as a person types.

mod build;
mod marks;
mod query;
mod words;

use crate::domain::{ConversationId, SearchPage, Timestamp};
use crate::store::search;
use crate::{Inbox, Result};

pub(crate) use build::run;
pub(crate) use marks::{fits, marked};
pub(crate) use query::{Query, Term};
pub(crate) use words::{amount_word, folded, is_number, phone_words};

/// Returns what fits `text`: on the first page the customers too, then messages, newest first.
pub async fn find(inbox: &Inbox, text: String, after: Option<String>) -> Result<SearchPage> {
    let now = Timestamp::now();
    inbox
        .store
        .search(move |conn| {
            let query = Query::parse(&text, now);
            search::page(conn, &query, after.as_deref())
        })
        .await
}

/// Returns the messages of one conversation that fit `text`, newest first.
pub async fn find_in(
    inbox: &Inbox,
    conversation: ConversationId,
    text: String,
    after: Option<String>,
) -> Result<SearchPage> {
    let now = Timestamp::now();
    inbox
        .store
        .search(move |conn| {
            let query = Query::parse(&text, now);
            search::page_of_conversation(conn, conversation, &query, after.as_deref())
        })
        .await
}
