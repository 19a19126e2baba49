//! Whether a database is whole.

use std::path::Path;

use super::open;
use crate::{DatabaseKey, Result};

/// Returns what is wrong with the database's pages and rows; nothing if it is whole.
pub fn check(path: &Path, key: &DatabaseKey) -> Result<Vec<String>> {
    let connection = open::reader(path, key)?;
    let mut found = Vec::new();
    for pragma in [
        "PRAGMA cipher_integrity_check",
        "PRAGMA integrity_check",
        "PRAGMA foreign_key_check",
    ] {
        let mut statement = connection.prepare(pragma)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let line = row
                .get_ref(0)?
                .as_str()
                .unwrap_or("a broken reference")
                .to_owned();
            if line != "ok" {
                found.push(line);
            }
        }
    }
    Ok(found)
}
