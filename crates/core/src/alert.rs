//! Alerts: what Meta tells of the account, its numbers and its templates.

use crate::domain::{AlertView, Timestamp};
use crate::store::alerts;
use crate::{CoreEvent, Inbox, Result};

/// Returns the alerts that are not over and that nobody has dismissed, newest first.
pub async fn open(inbox: &Inbox) -> Result<Vec<AlertView>> {
    inbox.store.read(alerts::open).await
}

/// Takes an alert off the list. It comes back if Meta tells it again.
pub async fn dismiss(inbox: &Inbox, id: i64) -> Result<()> {
    let dismissed = inbox
        .store
        .write(move |tx| alerts::dismiss(tx, id, Timestamp::now()))
        .await?;
    if dismissed {
        inbox.emit(CoreEvent::AlertsChanged);
    }
    Ok(())
}
