//! Backups: an encrypted copy of everything, made while everything goes on.

use std::path::PathBuf;

use crate::domain::Timestamp;
use crate::{CoreEvent, Error, Inbox, Result, Store};

/// Copies both databases into a new folder inside `into`, encrypted with the same key. Returns the folder.
///
/// Each copy is one moment's. To restore: quit Cobro, put both files in place of the profile's own,
/// and start with the same key; what came since waits in the relay.
pub async fn write(inbox: &Inbox, into: PathBuf) -> Result<PathBuf> {
    let name: String = Timestamp::now().rfc3339().chars().take(19).collect();
    let folder = into.join(format!("cobro-backup-{}", name.replace([':', 'T'], "-")));
    std::fs::create_dir(&folder).map_err(|error| {
        Error::Invalid(format!(
            "The backup can't be written there ({}). Choose a folder that may be written to",
            error.kind()
        ))
    })?;
    let copied = copy_both(inbox, &folder).await;
    if copied.is_err() {
        // Half a backup would look like one.
        let _ = std::fs::remove_dir_all(&folder);
    }
    copied.map(|()| folder)
}

/// A window needs no more per cents than every fifth, and each is an event.
const STEP: u32 = 5;

async fn copy_both(inbox: &Inbox, folder: &std::path::Path) -> Result<()> {
    for (store, file, from) in [(&inbox.store, "cobro.db", 0), (&inbox.files, "media.db", 50)] {
        copy(inbox, store, folder.join(file), from).await?;
    }
    inbox.emit(CoreEvent::BackupMoved { percent: 100 });
    Ok(())
}

async fn copy(inbox: &Inbox, store: &Store, path: PathBuf, from: u32) -> Result<()> {
    let teller = inbox.clone();
    let mut before: Option<u32> = None;
    store
        .copy_to(path, move |percent| {
            let percent = from + percent / 2;
            if before.is_none_or(|before| percent >= before + STEP) {
                before = Some(percent);
                teller.emit(CoreEvent::BackupMoved { percent });
            }
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DatabaseKey;

    #[tokio::test]
    async fn a_backup_opens_with_the_same_key_and_holds_everything() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cobro.db");
        let key = || DatabaseKey::from_raw([7; 32]);
        let store = Store::open(path, key()).await.unwrap();
        store
            .write(|tx| Ok(crate::store::meta::set(tx, "a", "kept")?))
            .await
            .unwrap();
        let copy = folder.path().join("copy.db");
        store.copy_to(copy.clone(), |_| {}).await.unwrap();
        store.close().await;

        assert!(
            Store::open_to_read(copy.clone(), DatabaseKey::from_raw([8; 32]))
                .await
                .is_err()
        );
        let copied = Store::open_to_read(copy, key()).await.unwrap();
        let value = copied
            .read(|conn| Ok(crate::store::meta::get(conn, "a")?))
            .await
            .unwrap();
        assert_eq!(value.as_deref(), Some("kept"));
    }
}
