//! The catalog's products.

use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::columns::{At, at, from_json, json, money, words};
use super::staged::Staged;
use crate::domain::{
    ChargeId, FileId, Interval, Product, ProductAfterSale, ProductDraft, ProductId, Recurring, SyncState,
    Tax, TaxBehavior, Timestamp,
};
use crate::{Error, Result};

const PRODUCT: &str = "
    SELECT p.id, p.name, p.description, p.aliases, p.options, p.sku, p.price_minor, p.currency, p.stock,
           p.tax_behavior, p.tax_code, p.recurring_interval, p.recurring_count, p.active,
           p.stripe_product, p.stripe_price, p.after_sale, p.sync, p.sync_theirs, p.problem_code, p.problem_title, p.problem_advice,
           p.updated_at, i.file_id AS image
    FROM products p
    LEFT JOIN product_images i ON i.product_id = p.id";

/// Writes a product as a person wants it: a new one, or one that is here already.
/// The stock moves by as much as the person changed it, so that no sale is undone by an open editor.
pub(crate) fn save(conn: &Connection, draft: &ProductDraft, now: Timestamp) -> Result<()> {
    let written = conn.prepare_cached(
        "INSERT INTO products
             (id, name, description, aliases, options, sku, price_minor, currency, stock, tax_behavior, tax_code,
              recurring_interval, recurring_count, after_sale, active, sync, created_at, updated_at)
         VALUES (:id, :name, :description, :aliases, :options, :sku, :price_minor, :currency, :stock,
              :tax_behavior, :tax_code, :recurring_interval, :recurring_count, :after_sale, 1, 'local', :now, :now)
         ON CONFLICT (id) DO UPDATE
         SET name = :name, description = :description, aliases = :aliases, options = :options, sku = :sku,
             price_minor = :price_minor, currency = :currency,
             stock = CASE WHEN stock IS NULL OR :seen_stock IS NULL THEN :stock
                          ELSE max(min(stock + :stock - :seen_stock, 2147483647), -2147483648) END,
             tax_behavior = :tax_behavior,
             tax_code = :tax_code, recurring_interval = :recurring_interval,
             recurring_count = :recurring_count, after_sale = :after_sale, updated_at = :now,
             sync = iif(sync = 'synced', 'wanted', sync)",
    )?
    .execute(named_params! {
        ":id": draft.id,
        ":name": draft.name,
        ":description": draft.description,
        ":aliases": json(&draft.aliases)?,
        ":options": json(&draft.options)?,
        ":sku": draft.sku,
        ":price_minor": draft.price.minor(),
        ":currency": draft.price.currency().code(),
        ":stock": draft.stock,
        ":seen_stock": draft.seen_stock,
        ":tax_behavior": draft.tax.as_ref().and_then(|tax| tax.behavior).map(TaxBehavior::name),
        ":tax_code": draft.tax.as_ref().and_then(|tax| tax.code.as_deref()),
        ":recurring_interval": draft.recurring.map(|recurring| recurring.interval.name()),
        ":recurring_count": draft.recurring.map(|recurring| recurring.count),
        ":after_sale": (!draft.after.is_empty()).then(|| json(&draft.after)).transpose()?,
        ":now": At(now),
    });
    match written {
        Err(rusqlite::Error::SqliteFailure(error, _))
            if error.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE =>
        {
            Err(Error::Conflict(format!(
                "Another product has the SKU {}. Give this one another, or leave it empty",
                draft.sku.as_deref().unwrap_or_default()
            )))
        }
        written => written.map(drop).map_err(Error::from),
    }
}

/// Archives a product, or offers it again. Returns whether that is a change.
pub(crate) fn set_active(conn: &Connection, id: ProductId, active: bool, now: Timestamp) -> Result<bool> {
    let changed = conn
        .prepare_cached(
            "UPDATE products SET active = :active, updated_at = :now, sync = iif(sync = 'synced', 'wanted', sync)
             WHERE id = :id AND active <> :active",
        )?
        .execute(named_params! { ":id": id, ":active": active, ":now": At(now) })?;
    Ok(changed > 0)
}

pub(crate) fn get(conn: &Connection, id: ProductId) -> Result<Product> {
    find(conn, id)?.ok_or(Error::NotFound("This product"))
}

pub(crate) fn find(conn: &Connection, id: ProductId) -> Result<Option<Product>> {
    one(conn, "p.id = :key", &id)
}

fn one(conn: &Connection, condition: &str, key: &dyn rusqlite::ToSql) -> Result<Option<Product>> {
    Ok(conn
        .prepare_cached(&format!("{PRODUCT} WHERE {condition}"))?
        .query_row(&[(":key", key)], product_from_row)
        .optional()?)
}

/// Returns all products, by name. Archived ones only where they are asked for.
pub(crate) fn all(conn: &Connection, archived: bool) -> Result<Vec<Product>> {
    let mut statement = conn.prepare_cached(&format!(
        "{PRODUCT} WHERE p.active OR :archived ORDER BY p.name COLLATE NOCASE, p.id"
    ))?;
    let products = statement
        .query_map(named_params! { ":archived": archived }, product_from_row)?
        .collect::<Result<_, _>>()?;
    Ok(products)
}

/// Takes from the stock what a payment bought, once per payment. Returns whether any was counted.
pub(crate) fn sell(conn: &Connection, charge: ChargeId, payment: &str, now: Timestamp) -> Result<bool> {
    let lines: Vec<(ProductId, i64)> = conn
        .prepare_cached(
            "SELECT l.product_id, sum(l.quantity) FROM charge_lines l
             JOIN products p ON p.id = l.product_id AND p.stock IS NOT NULL
             WHERE l.charge_id = :charge_id GROUP BY l.product_id",
        )?
        .query_map(named_params! { ":charge_id": charge }, |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect::<Result<_, _>>()?;
    let mut sold = false;
    for (product, quantity) in lines {
        sold |= move_stock(conn, product, charge, ("sold", payment), -quantity, now)?;
    }
    Ok(sold)
}

/// Puts back all that a charge took, once. Returns whether there was anything.
pub(crate) fn put_back(conn: &Connection, charge: ChargeId, now: Timestamp) -> Result<bool> {
    let sold: Vec<(ProductId, i64)> = conn
        .prepare_cached(
            "SELECT product_id, sum(quantity) FROM stock_moves
             WHERE charge_id = :charge_id AND reason = 'sold' GROUP BY product_id",
        )?
        .query_map(named_params! { ":charge_id": charge }, |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect::<Result<_, _>>()?;
    let mut put_back = false;
    for (product, quantity) in sold {
        put_back |= move_stock(conn, product, charge, ("returned", ""), quantity, now)?;
    }
    Ok(put_back)
}

/// Takes back what a payment took from the stock, as if it had never been of this charge. What a person
/// put back already stays as it is.
pub(crate) fn unsell(conn: &Connection, charge: ChargeId, payment: &str) -> Result<()> {
    conn.execute(
        "UPDATE products SET stock = min(stock + s.quantity, 2147483647)
         FROM (SELECT product_id, quantity FROM stock_moves
               WHERE charge_id = ?1 AND reason = 'sold' AND payment = ?2) s
         WHERE products.id = s.product_id
           AND NOT EXISTS (SELECT 1 FROM stock_moves r WHERE r.charge_id = ?1 AND r.reason = 'returned')",
        params![charge, payment],
    )?;
    conn.execute(
        "DELETE FROM stock_moves WHERE charge_id = ?1 AND reason = 'sold' AND payment = ?2",
        params![charge, payment],
    )?;
    Ok(())
}

/// Moves the stock by `by`, unless the same was done before. Returns whether it was the first time.
fn move_stock(
    conn: &Connection,
    product: ProductId,
    charge: ChargeId,
    (reason, payment): (&str, &str),
    by: i64,
    now: Timestamp,
) -> Result<bool> {
    let first = conn
        .prepare_cached(
            "INSERT INTO stock_moves (product_id, charge_id, reason, payment, quantity, at)
             VALUES (:product_id, :charge_id, :reason, :payment, abs(:by), :now)
             ON CONFLICT DO NOTHING",
        )?
        .execute(named_params! {
            ":product_id": product, ":charge_id": charge, ":reason": reason, ":payment": payment,
            ":by": by, ":now": At(now),
        })?;
    if first > 0 {
        conn.prepare_cached(
            "UPDATE products SET stock = max(min(stock + :by, 2147483647), -2147483648) WHERE id = :id",
        )?
        .execute(named_params! { ":id": product, ":by": by })?;
    }
    Ok(first > 0)
}

/// Returns what a charge's lines say after the sale, in their order: one without a product says nothing.
pub(crate) fn after_sale_of(conn: &Connection, charge: ChargeId) -> Result<Vec<ProductAfterSale>> {
    let mut statement = conn.prepare_cached(
        "SELECT p.after_sale FROM charge_lines l LEFT JOIN products p ON p.id = l.product_id
         WHERE l.charge_id = :charge_id ORDER BY l.position",
    )?;
    let said = statement
        .query_map(named_params! { ":charge_id": charge }, |row| {
            row.get::<_, Option<String>>(0)
        })?
        .collect::<Result<Vec<_>, _>>()?;
    Ok(said
        .into_iter()
        .map(|text| {
            text.and_then(|text| serde_json::from_str(&text).ok())
                .unwrap_or_default()
        })
        .collect())
}

/// A product's picture; its bytes are in the files' database.
pub(crate) struct Image {
    pub file: FileId,
    pub mime: String,
    pub size: u64,
    pub thumbnail: Option<Vec<u8>>,
}

pub(crate) fn image(conn: &Connection, product: ProductId) -> Result<Option<Image>> {
    Ok(conn
        .prepare_cached(
            "SELECT file_id, mime, size, thumbnail FROM product_images WHERE product_id = :product_id",
        )?
        .query_row(named_params! { ":product_id": product }, |row| {
            Ok(Image {
                file: row.get("file_id")?,
                mime: row.get("mime")?,
                size: u64::try_from(row.get::<_, i64>("size")?).unwrap_or(0),
                thumbnail: row.get("thumbnail")?,
            })
        })
        .optional()?)
}

/// Gives a product this picture in place of another.
pub(crate) fn set_image(conn: &Connection, product: ProductId, picture: &Staged) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO product_images (product_id, file_id, mime, size, thumbnail)
         VALUES (:product_id, :file_id, :mime, :size, :thumbnail)
         ON CONFLICT (product_id) DO UPDATE
         SET file_id = :file_id, mime = :mime, size = :size, thumbnail = :thumbnail",
    )?
    .execute(named_params! {
        ":product_id": product,
        ":file_id": picture.id,
        ":mime": picture.mime,
        ":size": i64::try_from(picture.facts.size).unwrap_or(i64::MAX),
        ":thumbnail": picture.facts.thumbnail,
    })?;
    Ok(())
}

pub(crate) fn remove_image(conn: &Connection, product: ProductId) -> Result<()> {
    conn.prepare_cached("DELETE FROM product_images WHERE product_id = :product_id")?
        .execute(named_params! { ":product_id": product })?;
    Ok(())
}

fn product_from_row(row: &Row<'_>) -> rusqlite::Result<Product> {
    let behavior: Option<String> = row.get("tax_behavior")?;
    let interval: Option<String> = row.get("recurring_interval")?;
    let count: Option<u32> = row.get("recurring_count")?;
    let code: Option<String> = row.get("tax_code")?;
    Ok(Product {
        id: row.get("id")?,
        name: row.get("name")?,
        description: row.get("description")?,
        aliases: from_json(row, "aliases")?,
        sku: row.get("sku")?,
        price: money(row, "price_minor", "currency")?,
        options: from_json(row, "options")?,
        stock: row.get("stock")?,
        image: row.get("image")?,
        tax: (behavior.is_some() || code.is_some()).then(|| Tax {
            behavior: behavior.and_then(|name| TaxBehavior::from_name(&name)),
            code,
        }),
        active: row.get("active")?,
        recurring: interval
            .and_then(|name| Interval::from_name(&name))
            .zip(count)
            .map(|(interval, count)| Recurring { interval, count }),
        stripe_product: row.get("stripe_product")?,
        stripe_price: row.get("stripe_price")?,
        sync: row.get::<_, SyncState>("sync")?,
        after: row
            .get::<_, Option<String>>("after_sale")?
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default(),
        theirs: row
            .get::<_, Option<String>>("sync_theirs")?
            .and_then(|text| serde_json::from_str(&text).ok()),
        problem: words(row)?,
        updated_at: at(row, "updated_at")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Currency, Difference, Money, OptionGroup, OptionValue};
    use crate::store::{Store, open_for_tests};

    fn cake() -> ProductDraft {
        ProductDraft {
            stock: Some(5),
            sku: Some("cake-1".into()),
            options: vec![OptionGroup {
                name: "Tamaño".into(),
                values: vec![
                    OptionValue {
                        name: "Chica".into(),
                        difference: Difference::default(),
                    },
                    OptionValue {
                        name: "Grande".into(),
                        difference: Difference::from_minor(100_00).unwrap(),
                    },
                ],
            }],
            ..ProductDraft::new(
                "Torta",
                Money::from_minor(450_00, Currency::from_code("MXN").unwrap()).unwrap(),
            )
        }
    }

    async fn saved(store: &Store, draft: &ProductDraft) -> Result<Product> {
        let draft = draft.clone();
        store
            .write(move |tx| {
                save(tx, &draft, Timestamp::from_secs(1))?;
                get(tx, draft.id)
            })
            .await
    }

    #[tokio::test]
    async fn a_product_comes_back_as_it_was_written() {
        let (store, _folder) = open_for_tests().await;
        let draft = cake();
        let product = saved(&store, &draft).await.unwrap();
        assert_eq!((product.name.as_str(), product.stock), ("Torta", Some(5)));
        assert_eq!(product.options, draft.options);
        assert!(product.is_available());
        saved(&store, &draft).await.unwrap();
        let all = store.read(|conn| all(conn, true)).await.unwrap();
        assert_eq!(all.len(), 1, "saving twice is saving once");
    }

    #[tokio::test]
    async fn an_open_editor_undoes_no_sale() {
        let (store, _folder) = open_for_tests().await;
        let draft = cake();
        saved(&store, &draft).await.unwrap();
        store
            .write(|tx| Ok(tx.execute("UPDATE products SET stock = 3", [])?))
            .await
            .unwrap();
        let edited = ProductDraft {
            stock: Some(15),
            seen_stock: Some(5),
            ..draft
        };
        assert_eq!(saved(&store, &edited).await.unwrap().stock, Some(13));
    }

    #[tokio::test]
    async fn two_products_never_share_a_number() {
        let (store, _folder) = open_for_tests().await;
        saved(&store, &cake()).await.unwrap();
        let refused = saved(&store, &cake()).await.unwrap_err();
        assert!(
            matches!(&refused, Error::Conflict(why) if why.contains("cake-1")),
            "{refused}"
        );
    }

    #[tokio::test]
    async fn an_archived_product_is_kept_but_not_offered() {
        let (store, _folder) = open_for_tests().await;
        let id = saved(&store, &cake()).await.unwrap().id;
        let now = Timestamp::from_secs(2);
        assert!(
            store
                .write(move |tx| set_active(tx, id, false, now))
                .await
                .unwrap()
        );
        assert!(
            !store
                .write(move |tx| set_active(tx, id, false, now))
                .await
                .unwrap()
        );
        assert!(store.read(|conn| all(conn, false)).await.unwrap().is_empty());
        assert!(
            !store
                .read(move |conn| get(conn, id))
                .await
                .unwrap()
                .is_available()
        );
    }
}
