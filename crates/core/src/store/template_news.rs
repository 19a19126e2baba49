//! What Meta tells of templates, written beside what was asked of it.

use rusqlite::{Connection, params};

use super::columns::At;
use crate::Result;
use crate::domain::Timestamp;

/// What became of a template. What is absent stays as it is.
pub(crate) struct News<'a> {
    pub waba_id: &'a str,
    pub name: &'a str,
    pub language: &'a str,
    pub meta_id: Option<&'a str>,
    /// In Meta's own word, such as `APPROVED`.
    pub status: Option<&'a str>,
    pub category: Option<&'a str>,
    pub quality: Option<&'a str>,
    pub reason: Option<&'a str>,
    pub at: Timestamp,
}

/// Writes the news, making the template known if it is not. What was asked of
/// Meta since counts more. Returns whether anything changed.
pub(crate) fn add(conn: &Connection, news: &News<'_>) -> Result<bool> {
    let changed = conn
        .prepare_cached(
            "INSERT INTO templates
                 (waba_id, name, language, meta_id, category, status, quality, reason, components, updated_at)
             VALUES (?1, ?2, ?3, ?4, coalesce(?5, ''), coalesce(?6, ''), ?7, ?8, '[]', ?9)
             ON CONFLICT (waba_id, name, language) DO UPDATE SET
                 meta_id = coalesce(excluded.meta_id, meta_id),
                 category = coalesce(?5, category),
                 status = coalesce(?6, status),
                 quality = coalesce(excluded.quality, quality),
                 -- A new state has its own reason, or none.
                 reason = CASE WHEN ?6 IS NULL THEN reason ELSE excluded.reason END,
                 updated_at = excluded.updated_at
             WHERE excluded.updated_at >= updated_at",
        )?
        .execute(params![
            news.waba_id,
            news.name,
            news.language,
            news.meta_id,
            news.category,
            news.status,
            news.quality,
            news.reason,
            At(news.at),
        ])?;
    Ok(changed > 0)
}
