//! Which files come by themselves: the shop's choice.

use rusqlite::Connection;

use crate::domain::MediaPolicy;
use crate::store::meta;
use crate::{Error, Inbox, Result};

/// The largest file that WhatsApp carries, in megabytes.
const MOST: u32 = 100;

/// Returns which files come by themselves.
pub async fn policy(inbox: &Inbox) -> Result<MediaPolicy> {
    inbox.store.read(kept).await
}

/// Changes which files come by themselves. Those that wait to be opened still do.
pub async fn set_policy(inbox: &Inbox, policy: MediaPolicy) -> Result<()> {
    if !(1..=MOST).contains(&policy.limit_megabytes) {
        return Err(Error::Invalid(format!(
            "The limit is {} MB; it must be from 1 to {MOST}, the most that WhatsApp carries",
            policy.limit_megabytes
        )));
    }
    let text = serde_json::to_string(&policy).map_err(anyhow::Error::new)?;
    inbox
        .store
        .write(move |tx| Ok(meta::set(tx, meta::MEDIA_POLICY, &text)?))
        .await
}

pub(super) fn kept(conn: &Connection) -> Result<MediaPolicy> {
    Ok(match meta::get(conn, meta::MEDIA_POLICY)? {
        Some(text) => serde_json::from_str(&text).map_err(anyhow::Error::new)?,
        None => MediaPolicy::default(),
    })
}
