//! What Meta tells of the account, its numbers and its templates.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::columns::{At, at, maybe_at};
use crate::domain::{AlertSeverity, AlertView, LineId, Timestamp};
use crate::{Error, Result};

const COLUMNS: &str = "n, line_id, field, event, severity, title, advice, details, at, ended_at";

/// A piece of news.
pub(crate) struct NewAlert<'a> {
    /// Names the news, so that a repetition is the same alert.
    pub key: &'a str,
    pub line: Option<LineId>,
    /// The account that it is about.
    pub waba_id: Option<&'a str>,
    pub field: &'a str,
    pub event: &'a str,
    pub severity: AlertSeverity,
    pub title: &'a str,
    pub advice: &'a str,
    pub details: Option<&'a str>,
    pub at: Timestamp,
    /// It says itself that something is over.
    pub ended: bool,
}

/// Raises the alert. Returns its number if it is news: new, or back after it was over or dismissed.
pub(crate) fn raise(conn: &Connection, alert: &NewAlert<'_>) -> Result<Option<i64>> {
    Ok(conn
        .prepare_cached(
            "INSERT INTO alerts
                 (key, line_id, waba_id, field, event, severity, title, advice, details, at, ended_at)
             VALUES (:key, :line_id, :waba_id, :field, :event, :severity, :title, :advice, :details, :at,
                     CASE WHEN :ended THEN :at END)
             ON CONFLICT (key) DO UPDATE SET
                 at = excluded.at, ended_at = excluded.ended_at, dismissed_at = NULL,
                 title = excluded.title, advice = excluded.advice
             WHERE excluded.at > max(at, coalesce(ended_at, 0), coalesce(dismissed_at, 0))
               AND (ended_at IS NOT NULL OR dismissed_at IS NOT NULL)
             RETURNING n",
        )?
        .query_row(
            named_params! {
                ":key": alert.key,
                ":line_id": alert.line,
                ":waba_id": alert.waba_id,
                ":field": alert.field,
                ":event": alert.event,
                ":severity": name_of(alert.severity),
                ":title": alert.title,
                ":advice": alert.advice,
                ":details": alert.details,
                ":at": At(alert.at),
                ":ended": alert.ended,
            },
            |row| row.get(0),
        )
        .optional()?)
}

/// What is over.
pub(crate) struct Over<'a> {
    pub field: &'a str,
    /// Starts of the events' names, as Meta writes them; empty: all of the field.
    pub events: &'a [&'a str],
    pub line: Option<LineId>,
    pub waba_id: Option<&'a str>,
}

/// Ends what was told of it up to `at`, for one line or for all of the account.
pub(crate) fn end(conn: &Connection, over: &Over<'_>, at: Timestamp) -> Result<bool> {
    let mut statement = conn.prepare_cached(
        "UPDATE alerts SET ended_at = :at
         WHERE field = :field AND at <= :at AND ended_at IS NULL
           AND substr(event, 1, length(:event)) = :event
           AND (:waba_id IS NULL OR waba_id IS NULL OR waba_id = :waba_id)
           AND (:line_id IS NULL OR line_id IS NULL OR line_id = :line_id)",
    )?;
    let mut ended = 0;
    let all: &[&str] = if over.events.is_empty() {
        &[""]
    } else {
        over.events
    };
    for event in all {
        ended += statement.execute(named_params! {
            ":field": over.field,
            ":event": event,
            ":waba_id": over.waba_id,
            ":line_id": over.line,
            ":at": At(at),
        })?;
    }
    Ok(ended > 0)
}

/// Returns the alerts that nobody has dismissed and that are not over: what
/// matters most first, and the newest of those.
pub(crate) fn open(conn: &Connection) -> Result<Vec<AlertView>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM alerts WHERE ended_at IS NULL AND dismissed_at IS NULL
         ORDER BY CASE severity WHEN 'critical' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, at DESC, n DESC
         LIMIT 200"
    ))?;
    let alerts = statement
        .query_map([], alert_from_row)?
        .collect::<Result<_, _>>()?;
    Ok(alerts)
}

pub(crate) fn get(conn: &Connection, n: i64) -> Result<AlertView> {
    conn.prepare_cached(&format!("SELECT {COLUMNS} FROM alerts WHERE n = :n"))?
        .query_row(named_params! { ":n": n }, alert_from_row)
        .optional()?
        .ok_or(Error::NotFound("This alert"))
}

/// Takes the alert off the list. Returns whether it was on it.
pub(crate) fn dismiss(conn: &Connection, n: i64, at: Timestamp) -> Result<bool> {
    let dismissed = conn
        .prepare_cached(
            "UPDATE alerts SET dismissed_at = :at WHERE n = :n AND dismissed_at IS NULL AND ended_at IS NULL",
        )?
        .execute(named_params! { ":n": n, ":at": At(at) })?;
    Ok(dismissed > 0)
}

/// Calls `each` for every alert as an export line.
pub(crate) fn for_each(
    conn: &Connection,
    mut each: impl FnMut(serde_json::Value) -> Result<()>,
) -> Result<()> {
    let mut statement = conn.prepare(&format!("SELECT {COLUMNS}, dismissed_at FROM alerts ORDER BY n"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let alert = alert_from_row(row)?;
        each(serde_json::json!({
            "type": "alert",
            "field": alert.field,
            "event": alert.event,
            "severity": name_of(alert.severity),
            "title": alert.title,
            "details": alert.details,
            "at": alert.at.rfc3339(),
            "ended_at": alert.ended_at.map(Timestamp::rfc3339),
            "dismissed_at": maybe_at(row, "dismissed_at")?.map(Timestamp::rfc3339),
        }))?;
    }
    Ok(())
}

fn name_of(severity: AlertSeverity) -> &'static str {
    match severity {
        AlertSeverity::Info => "info",
        AlertSeverity::Warning => "warning",
        AlertSeverity::Critical => "critical",
    }
}

fn alert_from_row(row: &Row<'_>) -> rusqlite::Result<AlertView> {
    let severity: String = row.get("severity")?;
    Ok(AlertView {
        id: row.get("n")?,
        line: row.get("line_id")?,
        field: row.get("field")?,
        event: row.get("event")?,
        severity: match severity.as_str() {
            "critical" => AlertSeverity::Critical,
            "warning" => AlertSeverity::Warning,
            _ => AlertSeverity::Info,
        },
        title: row.get("title")?,
        advice: row.get("advice")?,
        details: row.get("details")?,
        at: at(row, "at")?,
        ended_at: maybe_at(row, "ended_at")?,
    })
}
