//! How the catalog's products stand to Stripe's.

use rusqlite::{Connection, OptionalExtension, named_params, params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::columns::json;
use crate::Result;
use crate::domain::{ProductId, ProductSide, SyncState, Tax, Timestamp, Words};

/// Which of Stripe's accounts is open: test and live never mix, nor do two accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub livemode: bool,
    /// `None` where the key may not know.
    pub id: Option<String>,
}

/// What is on its way to Stripe: the same request, with the same keys, until its answer is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sent {
    /// Its keys begin with it.
    pub id: Uuid,
    pub at: Timestamp,
    pub side: ProductSide,
    pub tax: Option<Tax>,
    /// What the price is found again by, where other keys failed before these.
    #[serde(default)]
    pub mark: Option<Uuid>,
    /// Whether the price is another too; `None` where an older version did not say.
    #[serde(default)]
    pub prices: Option<bool>,
}

impl Sent {
    /// Returns the same request with other keys: Stripe repeats a stored failure under the old ones.
    pub(crate) fn renewed(&self) -> Self {
        Self {
            id: Uuid::now_v7(),
            mark: Some(self.mark()),
            ..self.clone()
        }
    }

    pub(crate) fn mark(&self) -> Uuid {
        self.mark.unwrap_or(self.id)
    }
}

/// A product's place at Stripe.
#[derive(Debug, Clone, Default)]
pub(crate) struct Linked {
    pub stripe_product: Option<String>,
    pub stripe_price: Option<String>,
    /// What both sides had when they last agreed.
    pub base: Option<ProductSide>,
    pub sent: Option<Sent>,
    pub livemode: Option<bool>,
    pub account: Option<String>,
}

impl Linked {
    /// Returns whether its place, or what is on its way, is in another account than this.
    pub(crate) fn is_elsewhere(&self, here: &Account) -> bool {
        let other_mode = self.livemode.is_some_and(|livemode| livemode != here.livemode);
        let other_account = self.account.as_ref().zip(here.id.as_ref());
        other_mode || other_account.is_some_and(|(theirs, here)| theirs != here)
    }
}

pub(crate) fn linked(conn: &Connection, product: ProductId) -> Result<Linked> {
    let row = conn
        .prepare_cached(
            "SELECT stripe_product, stripe_price, sync_base, sync_sent, livemode, stripe_account
             FROM products WHERE id = ?1",
        )?
        .query_row(params![product], |row| {
            let read = |column: &str| row.get::<_, Option<String>>(column);
            Ok(Linked {
                stripe_product: read("stripe_product")?,
                stripe_price: read("stripe_price")?,
                base: parsed(read("sync_base")?),
                sent: parsed(read("sync_sent")?),
                livemode: row.get("livemode")?,
                account: read("stripe_account")?,
            })
        })
        .optional()?;
    Ok(row.unwrap_or_default())
}

/// What can't be read is as if it were not there: then Stripe's own is looked for, and a person is asked.
fn parsed<T: serde::de::DeserializeOwned>(text: Option<String>) -> Option<T> {
    text.and_then(|text| serde_json::from_str(&text).ok())
}

/// Forgets the places that products have in another account, and what was on its way there.
pub(crate) fn forget_elsewhere(conn: &Connection, here: &Account) -> Result<()> {
    conn.prepare_cached(&format!(
        "{FORGET} WHERE livemode <> :livemode OR stripe_account <> :account"
    ))?
    .execute(named_params! { ":livemode": here.livemode, ":account": here.id })?;
    Ok(())
}

const FORGET: &str = "
    UPDATE products
    SET stripe_product = NULL, stripe_price = NULL, sync = 'local', sync_base = NULL, sync_theirs = NULL,
        sync_sent = NULL, livemode = NULL, stripe_account = NULL,
        problem_code = NULL, problem_title = NULL, problem_advice = NULL";

/// Forgets one product's place, which is no more.
pub(crate) fn forget(conn: &Connection, product: ProductId) -> Result<()> {
    conn.prepare_cached(&format!("{FORGET} WHERE id = :id"))?
        .execute(named_params! { ":id": product })?;
    Ok(())
}

/// Ties a product to Stripe's.
pub(crate) fn link(
    conn: &Connection,
    product: ProductId,
    stripe_product: &str,
    stripe_price: Option<&str>,
    here: &Account,
) -> Result<()> {
    conn.prepare_cached(
        "UPDATE products SET stripe_product = :stripe_product, stripe_price = coalesce(:stripe_price, stripe_price),
             livemode = :livemode, stripe_account = coalesce(:account, stripe_account)
         WHERE id = :id",
    )?
    .execute(named_params! {
        ":id": product, ":stripe_product": stripe_product, ":stripe_price": stripe_price,
        ":livemode": here.livemode, ":account": here.id,
    })?;
    Ok(())
}

/// Keeps what is about to be sent, and where to, before it is.
pub(crate) fn begin(conn: &Connection, product: ProductId, sent: &Sent, here: &Account) -> Result<()> {
    conn.prepare_cached(
        "UPDATE products
         SET sync_sent = :sent, sync = :sync, livemode = :livemode, stripe_account = coalesce(:account, stripe_account)
         WHERE id = :id",
    )?
    .execute(named_params! {
        ":id": product, ":sent": json(sent)?, ":sync": SyncState::Wanted.as_str(),
        ":livemode": here.livemode, ":account": here.id,
    })?;
    Ok(())
}

/// Drops what was on its way: what Stripe has is compared anew.
pub(crate) fn drop_sent(conn: &Connection, product: ProductId) -> Result<()> {
    conn.prepare_cached("UPDATE products SET sync_sent = NULL WHERE id = ?1")?
        .execute(params![product])?;
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

/// Writes what Stripe has where both sides changed, for a person to decide. Nothing is on its way any more.
pub(crate) fn conflict(conn: &Connection, product: ProductId, theirs: &ProductSide) -> Result<()> {
    conn.prepare_cached("UPDATE products SET sync = ?2, sync_theirs = ?3, sync_sent = NULL WHERE id = ?1")?
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Currency, Money, Product, ProductDraft};
    use crate::store::{open_for_tests, products};

    fn account(livemode: bool, id: &str) -> Account {
        Account {
            livemode,
            id: Some(id.into()),
        }
    }

    fn saved(conn: &Connection) -> Product {
        let price = Money::from_minor(100_00, Currency::from_code("MXN").unwrap()).unwrap();
        let draft = ProductDraft::new("Torta", price);
        products::save(conn, &draft, Timestamp::now()).unwrap();
        products::get(conn, draft.id).unwrap()
    }

    #[tokio::test]
    async fn what_is_on_its_way_to_one_account_never_goes_to_another() {
        let (store, _folder) = open_for_tests().await;
        store
            .write(|tx| {
                story(tx);
                Ok(())
            })
            .await
            .unwrap();
    }

    fn story(conn: &Connection) {
        let product = saved(conn);
        let sent = Sent {
            id: Uuid::now_v7(),
            at: Timestamp::now(),
            side: ProductSide::from(&product),
            tax: None,
            mark: None,
            prices: Some(true),
        };
        assert_eq!(
            sent.renewed().renewed().mark(),
            sent.id,
            "the price is found again"
        );
        let test = account(false, "acct_1");
        begin(conn, product.id, &sent, &test).unwrap();
        let on_its_way = linked(conn, product.id).unwrap();
        assert!(!on_its_way.is_elsewhere(&test));
        for other in [account(true, "acct_1"), account(false, "acct_2")] {
            assert!(on_its_way.is_elsewhere(&other), "{other:?}");
        }
        forget_elsewhere(conn, &test).unwrap();
        assert_eq!(unanswered(conn).unwrap(), [product.id]);
        forget_elsewhere(conn, &account(true, "acct_1")).unwrap();
        assert!(unanswered(conn).unwrap().is_empty());
        assert!(linked(conn, product.id).unwrap().sent.is_none());
    }
}
