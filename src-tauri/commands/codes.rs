//! What Stripe lets the shop do: what the key may, the account's ways of paying, and codes.

use cobro_core::domain::{Coupon, StripeAccount, StripeKey};
use cobro_core::{code, stripe_key, way};

use super::{Answer, Desk};

/// Asks Stripe what the account can do.
#[tauri::command]
#[specta::specta]
pub(crate) async fn read_ways(desk: Desk<'_>) -> Answer<()> {
    Ok(way::read(&desk.inbox()?).await?)
}

/// Returns the account as Stripe last described it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn stripe_account(desk: Desk<'_>) -> Answer<Option<StripeAccount>> {
    Ok(way::account(&desk.inbox()?).await?)
}

/// Keeps another Stripe key, once Stripe has taken it; it is used from the next start on. Returns what it may do.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_stripe_key(desk: Desk<'_>, key: String) -> Answer<StripeKey> {
    Ok(desk.connecting()?.save_stripe_key(&key).await?)
}

/// Returns what is known of the Stripe key.
#[tauri::command]
#[specta::specta]
pub(crate) async fn stripe_key(desk: Desk<'_>) -> Answer<StripeKey> {
    Ok(stripe_key::view(&desk.inbox()?).await?)
}

/// Tries each permission of the Stripe key.
#[tauri::command]
#[specta::specta]
pub(crate) async fn try_stripe_key(desk: Desk<'_>) -> Answer<StripeKey> {
    Ok(stripe_key::check(&desk.inbox()?).await?)
}

/// Returns the newest codes that can be used now.
#[tauri::command]
#[specta::specta]
pub(crate) async fn newest_codes(desk: Desk<'_>) -> Answer<Vec<Coupon>> {
    Ok(code::newest(&desk.inbox()?).await?)
}

/// Returns the code that customers use by typing it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn find_code(desk: Desk<'_>, code: String) -> Answer<Coupon> {
    Ok(code::find(&desk.inbox()?, &code).await?)
}
