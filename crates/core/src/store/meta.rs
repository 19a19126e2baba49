//! Small facts that outlive a run: cursors and marks.

use rusqlite::{Connection, OptionalExtension, Result, named_params};

pub(crate) const EVENTS_CURSOR: &str = "stripe.events.cursor";
/// What the account at Stripe can do (JSON).
pub(crate) const ACCOUNT_WAYS: &str = "stripe.account";
/// Which permissions the Stripe key has (JSON).
pub(crate) const STRIPE_KEY: &str = "stripe.key";
/// Names this desk to a relay that serves several.
pub(crate) const DESK: &str = "desk";
/// Where the kit's pay buttons lead.
pub(crate) const KIT_BASE: &str = "kit.base";
/// What was last heard of the connection to WhatsApp.
pub(crate) const CONNECTION: &str = "whatsapp.connection";
/// When Stripe was last asked whether it has what is paid here.
pub(crate) const VERIFIED_AT: &str = "books.verified_at";
/// When the links whose money is awaited were last read.
pub(crate) const AWAITED_AT: &str = "books.awaited_at";
/// How far back the turn of older payments has come in being checked.
pub(crate) const VERIFIED_TO: &str = "books.verified_to";
/// What customers are told after paying (JSON).
pub(crate) const AFTER_SALE: &str = "after_sale";
/// When customers are reminded of an open link (JSON).
pub(crate) const REMINDERS: &str = "reminders";
/// When the last month was last read by itself.
pub(crate) const BOOKED_AT: &str = "books.read_at";
/// The reading whose objects are being put in their classes, portion by portion.
pub(crate) const JUDGING: &str = "books.judging";
pub(crate) const RECONCILED_AT: &str = "reconciled_at";
/// Which files come by themselves (JSON).
pub(crate) const MEDIA_POLICY: &str = "media.policy";
/// What is announced (JSON).
pub(crate) const NOTIFY_RULES: &str = "notify.rules";
/// The filters of Payments that a person saved (JSON).
pub(crate) const SAVED_FILTERS: &str = "payments.filters";
/// What the assistant may do (JSON).
pub(crate) const ASSISTANT: &str = "assistant";
/// What subscribers are told (JSON).
pub(crate) const SUBSCRIPTION_MESSAGES: &str = "subscriptions.messages";
/// Where the half of an export lies that is being written, or that a crash left.
pub(crate) const HALF_EXPORT: &str = "export.half";
pub(crate) const STRIPE_WEBHOOK_AT: &str = "stripe.webhook_at";

/// Which parser the kept envelopes were last read with.
pub(crate) const PARSER: &str = "parser";
/// How far a reading of kept envelopes came that is not done.
pub(crate) const REPARSED_TO: &str = "parser.reparsed_to";

pub(crate) fn get(conn: &Connection, key: &str) -> Result<Option<String>> {
    conn.prepare_cached("SELECT value FROM meta WHERE key = :key")?
        .query_row(named_params! { ":key": key }, |row| row.get(0))
        .optional()
}

pub(crate) fn set(conn: &Connection, key: &str, value: &str) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO meta (key, value) VALUES (:key, :value)
         ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )?
    .execute(named_params! { ":key": key, ":value": value })?;
    Ok(())
}

pub(crate) fn remove(conn: &Connection, key: &str) -> Result<()> {
    conn.prepare_cached("DELETE FROM meta WHERE key = :key")?
        .execute(named_params! { ":key": key })?;
    Ok(())
}

/// Returns a name that is made once and then kept.
pub(crate) fn get_or_make(conn: &Connection, key: &str) -> Result<String> {
    if let Some(known) = get(conn, key)? {
        return Ok(known);
    }
    let made = uuid::Uuid::now_v7().to_string();
    set(conn, key, &made)?;
    Ok(made)
}
