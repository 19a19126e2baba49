//! `cobro conversations`: the list, beside a running desk too.

use std::process::ExitCode;

use cobro_desk::core::conversation;
use cobro_desk::core::domain::{ConversationRow, Tab};
use cobro_desk::{DeskError, Settings};

pub(crate) async fn run(
    settings: Settings,
    json: bool,
    search: String,
    limit: usize,
) -> Result<ExitCode, DeskError> {
    let store = crate::reach::store_to_read(&settings).await?;
    let mut after = None;
    let mut left = limit;
    while left > 0 {
        let page = conversation::list_of(&store, Tab::All, search.clone(), after).await?;
        for row in page.rows.iter().take(left) {
            print(row, json);
        }
        left = left.saturating_sub(page.rows.len());
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    store.close().await;
    Ok(ExitCode::SUCCESS)
}

fn print(row: &ConversationRow, json: bool) {
    if json {
        let line = serde_json::json!({
            "id": row.id,
            "name": row.name,
            "phone": row.phone,
            "username": row.username,
            "line": row.line_name,
            "line_known": row.line_known,
            "unread": row.unread,
            "last_at": row.last_at.rfc3339(),
            "snippet": row.snippet,
            "window_closes_at": row.window_closes_at.map(|at| at.rfc3339()),
            "payment": row.chip.as_ref().map(|chip| chip.payment.as_str()),
        });
        println!("{line}");
    } else {
        let unread = if row.unread > 0 {
            format!(" ({})", row.unread)
        } else {
            String::new()
        };
        let said = match row.snippet.as_str() {
            "" => format!("({})", row.snippet_kind.as_str().replace('_', " ")),
            snippet => snippet.to_owned(),
        };
        println!("{}  {}  {}{unread}: {said}", row.id, row.last_at, row.name);
    }
}
