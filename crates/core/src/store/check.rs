//! Whether a database is whole.

use std::path::Path;

use super::readers::ReaderOf;
use super::{damaged_if_locked, files_beside, open};
use crate::{DatabaseKey, Result};

/// Returns what is wrong with the inbox's pages and rows, and those of its files; nothing if all are whole.
pub fn check(path: &Path, key: &DatabaseKey) -> Result<Vec<String>> {
    let mut found = faults(path, key)?;
    let (files, files_key) = files_beside(path, key);
    if files.exists() {
        let in_files = faults(&files, &files_key).map_err(damaged_if_locked)?;
        found.extend(in_files.into_iter().map(|fault| format!("In the files: {fault}")));
    }
    Ok(found)
}

fn faults(path: &Path, key: &DatabaseKey) -> Result<Vec<String>> {
    let connection = open::reader(path, key, ReaderOf::Views)?;
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
