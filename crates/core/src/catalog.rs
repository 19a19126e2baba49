//! The catalog: what the shop sells, written here and nowhere overwritten unasked.

pub mod image;
mod sheet;
pub mod sync;

use sheet::SheetRow;

use crate::action::{Action, Actor, apply};
use crate::domain::{ImportPreview, ImportRow, Product, ProductDraft, ProductId, RowAction, Timestamp};
use crate::store::products;
use crate::{CoreEvent, Error, Inbox, Result, aftersale};

/// Returns what the shop sells, by name. Archived products only where they are asked for.
pub async fn products(inbox: &Inbox, archived: bool) -> Result<Vec<Product>> {
    inbox.store.read(move |conn| products::all(conn, archived)).await
}

/// Returns one product.
pub async fn product(inbox: &Inbox, id: ProductId) -> Result<Product> {
    inbox.store.read(move |conn| products::get(conn, id)).await
}

/// Writes a product. The same id twice is one product.
pub async fn save(inbox: &Inbox, actor: Actor, draft: ProductDraft) -> Result<Product> {
    let mut draft = draft.checked()?;
    aftersale::check_product(&mut draft.after)?;
    let product = inbox
        .store
        .write(move |tx| {
            let id = draft.id;
            apply(tx, actor, &Action::SaveProduct(Box::new(draft)), Timestamp::now())?;
            products::get(tx, id)
        })
        .await?;
    inbox.emit(CoreEvent::CatalogChanged);
    Ok(product)
}

/// Archives a product, or offers it again. What was charged keeps it.
pub async fn set_active(inbox: &Inbox, actor: Actor, id: ProductId, active: bool) -> Result<Product> {
    let product = inbox
        .store
        .write(move |tx| {
            products::get(tx, id)?;
            let action = Action::OfferProduct { product: id, active };
            apply(tx, actor, &action, Timestamp::now())?;
            products::get(tx, id)
        })
        .await?;
    inbox.emit(CoreEvent::CatalogChanged);
    Ok(product)
}

/// Returns the whole catalog as a table for spreadsheets.
pub async fn export(inbox: &Inbox) -> Result<String> {
    sheet::write(&products(inbox, true).await?)
}

/// Returns what a table would change, with every bad line named. Nothing is changed.
pub async fn preview_import(inbox: &Inbox, bytes: Vec<u8>) -> Result<ImportPreview> {
    let (rows, problems) = sheet::read(&bytes, inbox.default_currency)?;
    let rows = inbox
        .store
        .read(move |conn| {
            let known = products::all(conn, true)?;
            rows.iter()
                .map(|row| {
                    Ok(ImportRow {
                        line: row.line,
                        name: row.draft.name.clone(),
                        price: row.draft.price,
                        action: action_of(row, &known),
                    })
                })
                .collect::<Result<Vec<_>>>()
        })
        .await?;
    Ok(ImportPreview { rows, problems })
}

/// Takes a table over: all of it, or nothing. Returns what it changed.
pub async fn import(inbox: &Inbox, actor: Actor, bytes: Vec<u8>) -> Result<ImportPreview> {
    let (rows, problems) = sheet::read(&bytes, inbox.default_currency)?;
    if let Some(first) = problems.first() {
        return Err(Error::Invalid(format!(
            "Nothing was imported: {} lines have mistakes. Line {}, {}: {}",
            problems.len(),
            first.line,
            first.field,
            first.text
        )));
    }
    let rows = inbox
        .store
        .write(move |tx| {
            let known = products::all(tx, true)?;
            let now = Timestamp::now();
            let mut taken = Vec::with_capacity(rows.len());
            for row in rows {
                let action = action_of(&row, &known);
                let (line, name, price) = (row.line, row.draft.name.clone(), row.draft.price);
                if action != RowAction::Same {
                    take_over(tx, actor, row, &known, now)?;
                }
                taken.push(ImportRow {
                    line,
                    name,
                    price,
                    action,
                });
            }
            Ok(taken)
        })
        .await?;
    inbox.emit(CoreEvent::CatalogChanged);
    Ok(ImportPreview {
        rows,
        problems: Vec::new(),
    })
}

fn take_over(
    tx: &rusqlite::Transaction<'_>,
    actor: Actor,
    row: SheetRow,
    known: &[Product],
    now: Timestamp,
) -> Result<()> {
    let active = row.active;
    let says_active = row.says.active;
    let draft = merged(row, known);
    let product = draft.id;
    apply(tx, actor, &Action::SaveProduct(Box::new(draft)), now)?;
    if says_active {
        apply(tx, actor, &Action::OfferProduct { product, active }, now)?;
    }
    Ok(())
}

/// Returns the product that a row means: by its id, its SKU, or its name.
fn meant<'a>(row: &SheetRow, known: &'a [Product]) -> Option<&'a Product> {
    let by_id = row
        .id
        .and_then(|id| known.iter().find(|product| product.id == id));
    let sku = row.draft.sku.as_ref();
    let by_sku = || sku.and_then(|sku| known.iter().find(|product| product.sku.as_ref() == Some(sku)));
    let name = row.draft.name.to_lowercase();
    let by_name = || known.iter().find(|product| product.name.to_lowercase() == name);
    by_id.or_else(by_sku).or_else(by_name)
}

/// Returns what is to be saved: what the file says nothing of stays as it is.
fn merged(row: SheetRow, known: &[Product]) -> ProductDraft {
    let Some(product) = meant(&row, known) else {
        return ProductDraft {
            id: row.id.unwrap_or(row.draft.id),
            ..row.draft
        };
    };
    let (says, draft) = (row.says, row.draft);
    let kept = ProductDraft::from(product);
    ProductDraft {
        id: product.id,
        name: draft.name,
        price: draft.price,
        description: if says.description {
            draft.description
        } else {
            kept.description
        },
        aliases: if says.aliases { draft.aliases } else { kept.aliases },
        sku: if says.sku { draft.sku } else { kept.sku },
        stock: if says.stock { draft.stock } else { kept.stock },
        seen_stock: None,
        options: if says.options { draft.options } else { kept.options },
        tax: if says.tax { draft.tax } else { kept.tax },
        recurring: kept.recurring,
        after: kept.after,
    }
}

fn action_of(row: &SheetRow, known: &[Product]) -> RowAction {
    let Some(product) = meant(row, known) else {
        return RowAction::New;
    };
    let after = merged(row.clone(), known);
    let is_same = after
        == ProductDraft {
            seen_stock: None,
            ..ProductDraft::from(product)
        };
    if is_same && (!row.says.active || row.active == product.active) {
        RowAction::Same
    } else {
        RowAction::Change
    }
}
