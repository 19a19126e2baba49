//! The account behind a key: its country, and what it may offer customers.

use std::collections::BTreeMap;

use serde::Deserialize;
use stripe_client_core::{RequestBuilder, StripeMethod};

use crate::read::{if_readable, place_of};
use crate::{Currency, StripeApi, StripeError};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub id: String,
    /// Two letters, such as `MX`.
    pub country: Option<String>,
    pub default_currency: Option<Currency>,
    /// By Stripe's names, such as `oxxo_payments`: `active`, `inactive` or `pending`.
    pub capabilities: BTreeMap<String, String>,
    /// `false` while Stripe still wants something from the shop.
    pub charges_enabled: Option<bool>,
}

/// async-stripe's type names each capability it knows; here new ones count too.
#[derive(Deserialize)]
struct Wire {
    id: String,
    country: Option<String>,
    default_currency: Option<String>,
    #[serde(default, deserialize_with = "if_readable")]
    capabilities: Option<BTreeMap<String, String>>,
    charges_enabled: Option<bool>,
}

impl StripeApi {
    pub async fn account(&self) -> Result<Account, StripeError> {
        let answer = self
            .get(RequestBuilder::new(StripeMethod::Get, "/account"))
            .await?;
        let wire: Wire = serde_json::from_str(&answer.body).map_err(|error| StripeError::Decode {
            what: format!("account ({})", place_of(&error)),
            request_id: answer.request_id,
        })?;
        Ok(Account {
            id: wire.id,
            country: wire.country,
            default_currency: wire
                .default_currency
                .and_then(|code| Currency::from_code(&code).ok()),
            capabilities: wire.capabilities.unwrap_or_default(),
            charges_enabled: wire.charges_enabled,
        })
    }
}
