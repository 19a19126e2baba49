//! Links of products, in use and ended.

use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::columns::{At, at, money};
use crate::domain::{ChargeId, Money, Product, ProductId, ProductLinkId, Timestamp};
use crate::{Error, Result};

const COLUMNS: &str = "id, product_id, name, minor, currency, idempotency_key, link_id, link_url, created_at";

/// A link that is in use no more where its product is not sold as it was when the link was made.
const IS_CURRENT: &str = "EXISTS (
    SELECT 1 FROM products p
    WHERE p.id = product_links.product_id AND p.active AND p.name = product_links.name
      AND p.price_minor = product_links.minor AND p.currency = product_links.currency
      AND p.options = '[]' AND p.recurring_interval IS NULL)";

/// A product's link, made or still to be made.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub id: ProductLinkId,
    pub product: ProductId,
    /// What the pay page says, and for how much.
    pub name: String,
    pub price: Money,
    pub idempotency_key: String,
    /// Its id and its address, once Stripe has made it.
    pub made: Option<(String, String)>,
    pub created_at: Timestamp,
}

impl Kept {
    /// Returns whether its key is not the first: Stripe is to be looked through before it is made.
    pub(crate) fn was_refused(&self) -> bool {
        self.idempotency_key != first_key(self.id)
    }
}

fn first_key(id: ProductLinkId) -> String {
    format!("cobro-product-link-{id}")
}

/// Returns the link in use of a product as it is now; one that there is none of is begun, with its key.
pub(crate) fn begin(
    conn: &Connection,
    product: &Product,
    livemode: bool,
    account: Option<&str>,
    now: Timestamp,
) -> Result<Kept> {
    retire(conn, livemode, account, now)?;
    if let Some(kept) = in_use(conn, product.id, livemode)? {
        return Ok(kept);
    }
    let id = ProductLinkId::new();
    conn.execute(
        "INSERT INTO product_links
             (id, product_id, name, minor, currency, livemode, account, state, idempotency_key, next_at, created_at)
         VALUES (:id, :product, :name, :minor, :currency, :livemode, :account, 'wanted', :key, :now, :now)",
        named_params! {
            ":id": id,
            ":product": product.id,
            ":name": product.name,
            ":minor": product.price.minor(),
            ":currency": product.price.currency().code(),
            ":livemode": livemode,
            ":account": account,
            ":key": first_key(id),
            ":now": At(now),
        },
    )?;
    in_use(conn, product.id, livemode)?.ok_or(Error::NotFound("The product's link"))
}

fn in_use(conn: &Connection, product: ProductId, livemode: bool) -> Result<Option<Kept>> {
    Ok(conn
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM product_links
             WHERE product_id = ?1 AND livemode = ?2 AND state IN ('wanted', 'open')"
        ))?
        .query_row(params![product, livemode], kept_from_row)
        .optional()?)
}

pub(crate) fn get(conn: &Connection, id: ProductLinkId) -> Result<Kept> {
    conn.prepare_cached(&format!("SELECT {COLUMNS} FROM product_links WHERE id = ?1"))?
        .query_row(params![id], kept_from_row)
        .optional()?
        .ok_or(Error::NotFound("The product's link"))
}

/// Returns whether a link is to be ended, because its product changed.
pub(crate) fn has_outdated(conn: &Connection, livemode: bool) -> Result<bool> {
    Ok(conn
        .prepare_cached(&format!(
            "SELECT EXISTS (SELECT 1 FROM product_links
                            WHERE state IN ('wanted', 'open') AND livemode = ?1 AND NOT {IS_CURRENT})"
        ))?
        .query_row(params![livemode], |row| row.get(0))?)
}

/// Takes out of use what belongs to a product as it was, and what another account has, which this key can't end.
pub(crate) fn retire(conn: &Connection, livemode: bool, account: Option<&str>, now: Timestamp) -> Result<()> {
    conn.execute(
        &format!(
            "UPDATE product_links SET state = 'closing', next_at = :now
             WHERE state IN ('wanted', 'open') AND livemode = :livemode AND NOT {IS_CURRENT}"
        ),
        named_params! { ":now": At(now), ":livemode": livemode },
    )?;
    conn.execute(
        "UPDATE product_links SET state = 'closed'
         WHERE state <> 'closed' AND livemode = :livemode AND account <> :account",
        named_params! { ":livemode": livemode, ":account": account },
    )?;
    Ok(())
}

/// Writes the link that Stripe made. One that was taken out of use meanwhile is to be ended.
pub(crate) fn made(
    conn: &Connection,
    id: ProductLinkId,
    link: (&str, &str),
    account: Option<&str>,
    now: Timestamp,
) -> Result<Kept> {
    conn.execute(
        "UPDATE product_links
         SET link_id = :link, link_url = :url, account = coalesce(account, :account), next_at = :now,
             state = iif(state IN ('wanted', 'open'), 'open', 'closing')
         WHERE id = :id AND link_id IS NULL",
        named_params! {
            ":id": id, ":link": link.0, ":url": link.1, ":account": account, ":now": At(now),
        },
    )?;
    get(conn, id)
}

/// Gives it another key, since Stripe repeats the refusal that it stored with the old one.
pub(crate) fn change_key(conn: &Connection, id: ProductLinkId) -> Result<()> {
    conn.execute(
        "UPDATE product_links SET idempotency_key = ?2 WHERE id = ?1 AND link_id IS NULL",
        params![id, format!("{}-{}", first_key(id), uuid::Uuid::now_v7())],
    )?;
    Ok(())
}

/// Returns a link to switch off now.
pub(crate) fn next_to_close(conn: &Connection, livemode: bool, now: Timestamp) -> Result<Option<Kept>> {
    Ok(conn
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM product_links
             WHERE state = 'closing' AND livemode = ?1 AND next_at <= ?2 ORDER BY next_at LIMIT 1"
        ))?
        .query_row(params![livemode, At(now)], kept_from_row)
        .optional()?)
}

pub(crate) fn postpone_closing(conn: &Connection, id: ProductLinkId, next_at: Timestamp) -> Result<()> {
    conn.execute(
        "UPDATE product_links SET next_at = ?2 WHERE id = ?1",
        params![id, At(next_at)],
    )?;
    Ok(())
}

/// Writes that nobody can pay at it any more, and asks to end the charges that went by it.
pub(crate) fn closed(conn: &Connection, id: ProductLinkId, now: Timestamp) -> Result<()> {
    conn.execute(
        "UPDATE product_links SET state = 'closed' WHERE id = ?1",
        params![id],
    )?;
    conn.execute(
        "UPDATE charges SET closing = 'expire', closing_next_at = ?2
         WHERE product_link = ?1 AND closing IS NULL AND closed IS NULL",
        params![id, At(now)],
    )?;
    Ok(())
}

/// Returns the charge for which a product's link was opened: the visit says which, and it must have gone by that link.
pub(crate) fn charge_of_visit(conn: &Connection, link: &str, reference: &str) -> Result<Option<ChargeId>> {
    let Ok(charge) = reference.parse::<ChargeId>() else {
        return Ok(None);
    };
    Ok(conn
        .prepare_cached(
            "SELECT h.id FROM charges h JOIN product_links l ON l.id = h.product_link
             WHERE h.id = ?1 AND l.link_id = ?2",
        )?
        .query_row(params![charge, link], |row| row.get(0))
        .optional()?)
}

fn kept_from_row(row: &Row<'_>) -> rusqlite::Result<Kept> {
    let (id, url): (Option<String>, Option<String>) = (row.get("link_id")?, row.get("link_url")?);
    Ok(Kept {
        id: row.get("id")?,
        product: row.get("product_id")?,
        name: row.get("name")?,
        price: money(row, "minor", "currency")?,
        idempotency_key: row.get("idempotency_key")?,
        made: id.zip(url),
        created_at: at(row, "created_at")?,
    })
}
