//! What the shop sells.

use cobro_core::domain::{Product, ProductDraft, ProductId};
use cobro_core::{Actor, catalog};

use super::{Answer, Desk};

/// Returns the catalog, by name; archived products only where they are asked for.
#[tauri::command]
#[specta::specta]
pub(crate) async fn products(desk: Desk<'_>, archived: bool) -> Answer<Vec<Product>> {
    Ok(catalog::products(&desk.inbox()?, archived).await?)
}

/// Writes a product. The same id twice is one product.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_product(desk: Desk<'_>, draft: ProductDraft) -> Answer<Product> {
    Ok(catalog::save(&desk.inbox()?, Actor::Person, draft).await?)
}

/// Archives a product, or offers it again.
#[tauri::command]
#[specta::specta]
pub(crate) async fn offer_product(desk: Desk<'_>, product: ProductId, active: bool) -> Answer<Product> {
    Ok(catalog::set_active(&desk.inbox()?, Actor::Person, product, active).await?)
}
