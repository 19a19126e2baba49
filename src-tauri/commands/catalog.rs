//! What the shop sells.

use cobro_core::domain::{ImportPreview, Keep, Product, ProductDraft, ProductId, ProductLink, SyncReport};
use cobro_core::{Actor, Error, catalog, product_link};
use tauri::{AppHandle, WebviewWindow};
use tauri_plugin_dialog::DialogExt;
use tokio::sync::oneshot;

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

/// Returns what a table would change. Nothing is changed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn preview_catalog_import(desk: Desk<'_>, table: String) -> Answer<ImportPreview> {
    Ok(catalog::preview_import(&desk.inbox()?, table.into_bytes()).await?)
}

/// Takes a table over: all of it, or nothing.
#[tauri::command]
#[specta::specta]
pub(crate) async fn import_catalog(desk: Desk<'_>, table: String) -> Answer<ImportPreview> {
    Ok(catalog::import(&desk.inbox()?, Actor::Person, table.into_bytes()).await?)
}

/// Returns what bringing the catalog and Stripe's together would do. Nothing is changed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn look_at_stripe(desk: Desk<'_>) -> Answer<SyncReport> {
    Ok(catalog::sync::look(&desk.inbox()?).await?)
}

/// Brings the catalog and Stripe's together.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sync_catalog(desk: Desk<'_>) -> Answer<SyncReport> {
    Ok(catalog::sync::run(&desk.inbox()?, Actor::Person).await?)
}

/// Decides what counts where both sides changed a product.
#[tauri::command]
#[specta::specta]
pub(crate) async fn resolve_product(desk: Desk<'_>, product: ProductId, keep: Keep) -> Answer<Product> {
    Ok(catalog::sync::resolve(&desk.inbox()?, Actor::Person, product, keep).await?)
}

/// Gives a product a staged picture.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_product_image(desk: Desk<'_>, product: ProductId, file: String) -> Answer<Product> {
    Ok(catalog::image::set(&desk.inbox()?, Actor::Person, product, &file).await?)
}

/// Takes a product's picture away.
#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_product_image(desk: Desk<'_>, product: ProductId) -> Answer<Product> {
    Ok(catalog::image::remove(&desk.inbox()?, Actor::Person, product).await?)
}

/// Lets a person choose where the catalog's table goes. Returns where, or nothing if they thought better of it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_catalog(
    window: WebviewWindow,
    app: AppHandle,
    desk: Desk<'_>,
) -> Answer<Option<String>> {
    let inbox = desk.inbox()?;
    let (say, chosen) = oneshot::channel();
    app.dialog()
        .file()
        .set_parent(&window)
        .set_file_name("catalog.csv")
        .save_file(move |path| {
            let _ = say.send(path);
        });
    let Some(path) = chosen.await.ok().flatten().and_then(|path| path.into_path().ok()) else {
        return Ok(None);
    };
    let table = catalog::export(&inbox).await?;
    tokio::fs::write(&path, table).await.map_err(|error| {
        Error::Invalid(format!(
            "The catalog could not be written there ({}). Choose another folder",
            error.kind()
        ))
    })?;
    Ok(Some(path.to_string_lossy().into_owned()))
}

/// Returns the product's own link, the same for everybody; made now if there is none yet.
#[tauri::command]
#[specta::specta]
pub(crate) async fn product_link(desk: Desk<'_>, product: ProductId) -> Answer<ProductLink> {
    Ok(product_link::of(&desk.inbox()?, product).await?)
}
