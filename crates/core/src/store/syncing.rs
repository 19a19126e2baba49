//! How the catalog's products stand to Stripe's.

use rusqlite::{Connection, OptionalExtension, named_params, params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::columns::json;
use crate::Result;
use crate::domain::{ProductId, ProductSide, SyncState, Tax, Timestamp, Words};

/// What is on its way to Stripe: the same request, with the same keys, until its answer is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sent {
    /// Its keys begin with it.
    pub id: Uuid,
    pub at: Timestamp,
    pub side: ProductSide,
    pub tax: Option<Tax>,
}

/// A product's place at Stripe.
#[derive(Debug, Clone, Default)]
pub(crate) struct Linked {
    pub stripe_product: Option<String>,
    pub stripe_price: Option<String>,
    /// What both sides had when they last agreed.
    pub base: Option<ProductSide>,
    pub sent: Option<Sent>,
}

pub(crate) fn linked(conn: &Connection, product: ProductId) -> Result<Linked> {
    let row = conn
        .prepare_cached(
            "SELECT stripe_product, stripe_price, sync_base, sync_sent FROM products WHERE id = ?1",
        )?
        .query_row(params![product], |row| {
            let read = |column: &str| row.get::<_, Option<String>>(column);
            Ok(Linked {
                stripe_product: read("stripe_product")?,
                stripe_price: read("stripe_price")?,
                base: parsed(read("sync_base")?),
                sent: parsed(read("sync_sent")?),
            })
        })
        .optional()?;
    Ok(row.unwrap_or_default())
}

/// What can't be read is as if it were not there: then a person is asked.
fn parsed<T: serde::de::DeserializeOwned>(text: Option<String>) -> Option<T> {
    text.and_then(|text| serde_json::from_str(&text).ok())
}

/// Forgets the places that products have in the other mode: test and live never mix.
pub(crate) fn forget_other_mode(conn: &Connection, livemode: bool) -> Result<()> {
    conn.execute(
        "UPDATE products
         SET stripe_product = NULL, stripe_price = NULL, sync = 'local', sync_base = NULL, sync_theirs = NULL,
             sync_sent = NULL, livemode = NULL
         WHERE livemode IS NOT NULL AND livemode <> ?1",
        params![livemode],
    )?;
    Ok(())
}

/// Ties a product to Stripe's.
pub(crate) fn link(
    conn: &Connection,
    product: ProductId,
    stripe_product: &str,
    stripe_price: Option<&str>,
    livemode: bool,
) -> Result<()> {
    conn.prepare_cached(
        "UPDATE products SET stripe_product = :stripe_product, stripe_price = coalesce(:stripe_price, stripe_price),
             livemode = :livemode
         WHERE id = :id",
    )?
    .execute(named_params! {
        ":id": product, ":stripe_product": stripe_product, ":stripe_price": stripe_price, ":livemode": livemode,
    })?;
    Ok(())
}

/// Keeps what is about to be sent, before it is.
pub(crate) fn begin(conn: &Connection, product: ProductId, sent: &Sent) -> Result<()> {
    conn.prepare_cached("UPDATE products SET sync_sent = ?2, sync = ?3 WHERE id = ?1")?
        .execute(params![product, json(sent)?, SyncState::Wanted.as_str()])?;
    Ok(())
}

/// Writes what both sides have now. What changed here meanwhile goes with the next time.
pub(crate) fn agreed(conn: &Connection, product: ProductId, base: &ProductSide, same: bool) -> Result<()> {
    let state = if same {
        SyncState::Synced
    } else {
        SyncState::Wanted
    };
    conn.prepare_cached(
        "UPDATE products
         SET sync = :sync, sync_base = :base, sync_theirs = NULL, sync_sent = NULL,
             problem_code = NULL, problem_title = NULL, problem_advice = NULL
         WHERE id = :id",
    )?
    .execute(named_params! { ":id": product, ":sync": state.as_str(), ":base": json(base)? })?;
    Ok(())
}

/// Writes what Stripe has where both sides changed, for a person to decide.
pub(crate) fn conflict(conn: &Connection, product: ProductId, theirs: &ProductSide) -> Result<()> {
    conn.prepare_cached("UPDATE products SET sync = ?2, sync_theirs = ?3 WHERE id = ?1")?
        .execute(params![product, SyncState::Conflict.as_str(), json(theirs)?])?;
    Ok(())
}

/// A person keeps what is here: what Stripe has counts as known, so that ours goes there.
pub(crate) fn keep_ours(conn: &Connection, product: ProductId) -> Result<()> {
    conn.prepare_cached(
        "UPDATE products SET sync = ?2, sync_base = coalesce(sync_theirs, sync_base), sync_theirs = NULL
         WHERE id = ?1",
    )?
    .execute(params![product, SyncState::Wanted.as_str()])?;
    Ok(())
}

/// Writes why Stripe refused a product. The request is over: the next one has keys of its own.
pub(crate) fn refused(conn: &Connection, product: ProductId, why: &Words) -> Result<()> {
    conn.prepare_cached(
        "UPDATE products
         SET sync = :sync, sync_sent = NULL, problem_code = :code, problem_title = :title, problem_advice = :advice
         WHERE id = :id",
    )?
    .execute(named_params! {
        ":id": product, ":sync": SyncState::Refused.as_str(),
        ":code": why.code, ":title": why.title, ":advice": why.advice,
    })?;
    Ok(())
}

/// Returns the products whose request to Stripe has no answer yet.
pub(crate) fn unanswered(conn: &Connection) -> Result<Vec<ProductId>> {
    let mut statement =
        conn.prepare_cached("SELECT id FROM products WHERE sync_sent IS NOT NULL ORDER BY id")?;
    let ids = statement
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(ids)
}
