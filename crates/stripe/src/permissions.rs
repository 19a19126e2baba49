//! What a key may do, tried live: each permission that Cobro needs, on things that do not exist.
//!
//! Stripe looks at the permission before it looks for the thing, so a key that may is told that there is no such
//! thing, and one that may not is refused. Nothing is made or changed by either.

use stripe_client_core::RequestBuilder;

use crate::form::Form;
use crate::words::permission_words;
use crate::{StripeApi, StripeError};

/// A permission of a restricted key, and whether it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriedPermission {
    /// What Cobro calls it, such as `rak_payment_link_write`.
    pub name: &'static str,
    /// As the dashboard names it, such as `Payment Links: Write`.
    pub words: String,
    pub granted: bool,
}

/// How a permission is tried.
enum Try {
    /// Reads a page of one, or one thing.
    Read(&'static str),
    /// Writes to something that does not exist, with what such a request needs at least.
    Write(&'static str, &'static [(&'static str, &'static str)]),
}

const NOTHING: &[(&str, &str)] = &[];
const NOTE: &[(&str, &str)] = &[("metadata[cobro]", "")];

/// What Cobro needs, the most needed first.
const NEEDED: [(&str, Try); 18] = [
    (
        "rak_payment_link_write",
        Try::Write("/payment_links/plink_none", &[("active", "false")]),
    ),
    (
        "rak_checkout_session_write",
        Try::Write("/checkout/sessions/cs_none/expire", NOTHING),
    ),
    ("rak_payment_intent_read", Try::Read("/payment_intents")),
    ("rak_event_read", Try::Read("/events")),
    ("rak_charge_write", Try::Write("/refunds/re_none", NOTE)),
    (
        "rak_balance_transaction_source_read",
        Try::Read("/balance_transactions"),
    ),
    ("rak_product_write", Try::Write("/products/prod_none", NOTE)),
    ("rak_plan_write", Try::Write("/prices/price_none", NOTE)),
    ("rak_customer_write", Try::Write("/customers/cus_none", NOTE)),
    ("rak_accounts_kyc_basic_read", Try::Read("/account")),
    ("rak_balance_read", Try::Read("/balance")),
    ("rak_dispute_read", Try::Read("/disputes")),
    ("rak_payout_read", Try::Read("/payouts")),
    ("rak_coupon_read", Try::Read("/coupons")),
    ("rak_promotion_code_read", Try::Read("/promotion_codes")),
    (
        "rak_subscription_write",
        Try::Write("/subscriptions/sub_none", NOTE),
    ),
    ("rak_invoice_read", Try::Read("/invoices")),
    (
        "rak_billing_portal_write",
        Try::Write("/billing_portal/sessions", &[("customer", "cus_none")]),
    ),
];

impl StripeApi {
    /// Tries each permission that Cobro needs. Costs ten reads.
    ///
    /// An error says that it could not be found out, such as while Stripe can't be reached.
    pub async fn try_permissions(&self) -> Result<Vec<TriedPermission>, StripeError> {
        let mut tried = Vec::with_capacity(NEEDED.len());
        for (name, how) in &NEEDED {
            let answer = match request_of(how) {
                (request, false) => self.get(request).await,
                (request, true) => self.post_freely(request).await,
            };
            let missing = missing(name, answer.map(drop))?;
            let said = missing.as_deref().unwrap_or(name);
            tried.push(TriedPermission {
                name,
                words: permission_words(said).unwrap_or_else(|| said.to_owned()),
                granted: missing.is_none(),
            });
        }
        Ok(tried)
    }
}

/// Returns the request, and whether it is a write.
fn request_of(how: &Try) -> (RequestBuilder, bool) {
    let mut form = Form::default();
    match how {
        Try::Read(path) => {
            if !matches!(*path, "/account" | "/balance") {
                form.put("limit", 1);
            }
            (form.get(*path), false)
        }
        Try::Write(path, fields) => {
            for (field, value) in *fields {
                form.put(*field, value);
            }
            (form.post(*path), true)
        }
    }
}

/// Returns the name of what is missing, as Stripe calls it. Whatever Stripe answers but a missing permission comes
/// after it has looked at the permission.
fn missing(name: &str, answer: Result<(), StripeError>) -> Result<Option<String>, StripeError> {
    match answer {
        Ok(()) => Ok(None),
        Err(StripeError::Permission { missing, .. }) => {
            Ok(Some(missing.as_deref().unwrap_or(name).to_owned()))
        }
        Err(StripeError::Api { status, .. }) if status < 500 => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16) -> Result<(), StripeError> {
        Err(StripeError::Api {
            status,
            code: None,
            decline_code: None,
            param: None,
            message: "No such thing.".into(),
            request_id: None,
        })
    }

    #[test]
    fn only_stripes_own_refusal_says_that_a_permission_is_missing() {
        let lacks = StripeError::Permission {
            missing: Some("rak_refund_write".into()),
            message: "No.".into(),
            request_id: None,
        };
        let name = "rak_charge_write";
        assert_eq!(missing(name, Err(lacks)).unwrap().unwrap(), "rak_refund_write");
        assert_eq!(missing(name, answered(404)).unwrap(), None);
        assert_eq!(missing(name, answered(400)).unwrap(), None);
        assert!(missing(name, answered(500)).is_err(), "nobody knows");
        assert!(missing(name, Err(StripeError::timed_out())).is_err());
    }
}
