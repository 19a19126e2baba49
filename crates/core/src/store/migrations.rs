//! Numbered migrations. One that was released never changes.

use anyhow::anyhow;
use rusqlite::{Connection, TransactionBehavior};

use crate::{Error, Result};

/// A database's migrations, in their order.
pub(crate) type Migrations = &'static [&'static str];

/// Those of the inbox.
pub(crate) const INBOX: Migrations = &[
    include_str!("migrations/0001_start.sql"),
    include_str!("migrations/0002_whatsapp.sql"),
    include_str!("migrations/0003_catalog.sql"),
    include_str!("migrations/0004_books.sql"),
    include_str!("migrations/0005_inbox.sql"),
    include_str!("migrations/0006_assistant.sql"),
    include_str!("migrations/0007_money.sql"),
    include_str!("migrations/0008_subscriptions.sql"),
    include_str!("migrations/0009_counting.sql"),
    include_str!("migrations/0010_sale.sql"),
    include_str!("migrations/0011_ranges.sql"),
    include_str!("migrations/0012_product_links.sql"),
    include_str!("migrations/0014_accounts.sql"),
    include_str!("migrations/0015_books.sql"),
    include_str!("migrations/0019_reports.sql"),
    include_str!("migrations/0016_waiting.sql"),
    include_str!("migrations/0021_counted.sql"),
    include_str!("migrations/0020_paid.sql"),
    include_str!("migrations/0022_face.sql"),
    include_str!("migrations/0023_refused.sql"),
    include_str!("migrations/0024_unsure.sql"),
];

/// Those of the files' database.
pub(crate) const FILES: Migrations = &[include_str!("migrations/media_0001.sql")];

/// Brings the database up to date, each migration in a transaction of its own.
pub(crate) fn run(connection: &mut Connection, migrations: Migrations) -> Result<()> {
    loop {
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let version = version(&tx)?;
        refuse_newer(version, migrations)?;
        let Some(migration) = migrations.get(version) else {
            return Ok(());
        };
        tx.execute_batch(migration)?;
        tx.pragma_update(
            None,
            "user_version",
            i64::try_from(version + 1).unwrap_or(i64::MAX),
        )?;
        tx.commit()?;
    }
}

/// Refuses an inbox that this version can't read as it is.
pub(crate) fn check(connection: &Connection) -> Result<()> {
    let version = version(connection)?;
    refuse_newer(version, INBOX)?;
    if version < INBOX.len() {
        return Err(Error::Other(anyhow!(
            "The database was made by an older Cobro. Start the desk once to bring it up to date"
        )));
    }
    Ok(())
}

fn version(connection: &Connection) -> Result<usize> {
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    Ok(usize::try_from(version).unwrap_or(usize::MAX))
}

fn refuse_newer(version: usize, migrations: Migrations) -> Result<()> {
    if version > migrations.len() {
        return Err(Error::Other(anyhow!(
            "The database was made by a newer Cobro. Install that version or a later one; nothing was changed"
        )));
    }
    Ok(())
}
