//! What a charge may offer on its page: the account's ways of paying, and Stripe's codes.

use cobro_core::domain::{Coupon, StripeAccount};
use cobro_core::{code, way};

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

/// Keeps another Stripe key, once Stripe has taken it; it is used from the next start on.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_stripe_key(desk: Desk<'_>, key: String) -> Answer<()> {
    Ok(desk.connecting()?.save_stripe_key(&key).await?)
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
