//! The phone's history, as far as it has come.

use crate::domain::HistoryImport;
use crate::store::imports;
use crate::{Inbox, Result};

/// Returns the imports, one a line, the newest first.
pub async fn imports(inbox: &Inbox) -> Result<Vec<HistoryImport>> {
    inbox.store.read(imports::all).await
}
