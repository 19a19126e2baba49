//! What subscribers, and the shop about them, were told, each once, and who is to be told next.

use rusqlite::{Connection, OptionalExtension, params};

use crate::Result;
use crate::domain::{MessageId, Timestamp};
use crate::store::columns::At;

/// What a subscriber is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum News {
    /// The next payment comes soon.
    Upcoming,
    Receipt,
    Failed,
    /// A failed payment, of which the shop itself was told.
    FailedHere,
}

impl News {
    fn as_str(self) -> &'static str {
        match self {
            Self::Upcoming => "upcoming",
            Self::Receipt => "receipt",
            Self::Failed => "failed",
            Self::FailedHere => "failed_here",
        }
    }
}

/// Notes that a subscriber is told of something; without a message where nobody can be told. Returns whether that is
/// the first time.
pub(crate) fn tell(
    conn: &Connection,
    subscription: &str,
    news: News,
    about: &str,
    message: Option<MessageId>,
    now: Timestamp,
) -> Result<bool> {
    let added = conn
        .prepare_cached(
            "INSERT INTO subscription_news (subscription_id, kind, about, message_id, at) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![subscription, news.as_str(), about, message, At(now)])?;
    Ok(added > 0)
}

/// Returns whether a subscriber was told of it.
pub(crate) fn is_told(conn: &Connection, subscription: &str, news: News, about: &str) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM subscription_news WHERE subscription_id = ?1 AND kind = ?2 AND about = ?3)",
        )?
        .query_row(params![subscription, news.as_str(), about], |row| row.get(0))?)
}

/// A payment that comes soon.
#[derive(Debug, Clone)]
pub(crate) struct Soon {
    pub subscription: String,
    pub next_at: Timestamp,
}

impl Soon {
    /// Returns what the news is about: each charge has its own moment.
    pub(crate) fn about(&self) -> String {
        self.next_at.millis().to_string()
    }
}

/// Returns the subscriptions that are charged between two moments and whose customers were not told yet. What began
/// less than a day ago needs no word.
pub(crate) fn soon(
    conn: &Connection,
    livemode: bool,
    from: Timestamp,
    to: Timestamp,
    begun_before: Timestamp,
) -> Result<Vec<Soon>> {
    let mut statement = conn.prepare_cached(
        "SELECT s.id, s.next_at FROM subscriptions s
         WHERE s.next_at > ?1 AND s.next_at <= ?2 AND s.livemode = ?3 AND s.status IN ('trialing', 'active')
           AND s.started_at <= ?4
           AND NOT EXISTS (SELECT 1 FROM subscription_news n
                           WHERE n.subscription_id = s.id AND n.kind = 'upcoming' AND n.about = CAST(s.next_at AS TEXT))
         ORDER BY s.next_at LIMIT 50",
    )?;
    let soon = statement
        .query_map(params![At(from), At(to), livemode, At(begun_before)], |row| {
            Ok(Soon {
                subscription: row.get(0)?,
                next_at: row.get::<_, At>(1)?.0,
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(soon)
}

/// An invoice that could not be collected.
#[derive(Debug, Clone)]
pub(crate) struct Uncollected {
    /// In minor units of the subscription's currency.
    pub due_minor: i64,
    pub currency: String,
    pub url: Option<String>,
    pub retry_at: Option<Timestamp>,
}

/// Returns an invoice that waits after an attempt that failed.
pub(crate) fn uncollected(conn: &Connection, invoice: &str) -> Result<Option<Uncollected>> {
    Ok(conn
        .prepare_cached(
            "SELECT due_minor - paid_minor, currency, url, retry_at FROM subscription_invoices
             WHERE id = ?1 AND status = 'open' AND attempts > 0",
        )?
        .query_row(params![invoice], |row| {
            Ok(Uncollected {
                due_minor: row.get(0)?,
                currency: row.get(1)?,
                url: row.get(2)?,
                retry_at: row.get::<_, Option<At>>(3)?.map(|at| at.0),
            })
        })
        .optional()?)
}
