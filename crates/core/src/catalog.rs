//! The catalog: what the shop sells, written here and nowhere overwritten unasked.

use crate::action::{Action, Actor, apply};
use crate::domain::{Product, ProductDraft, ProductId, Timestamp};
use crate::store::products;
use crate::{CoreEvent, Inbox, Result};

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
    let draft = draft.checked()?;
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
