//! What a sandboxed Stripe account is like: its keys, its shop, its permissions.

use std::collections::BTreeSet;

/// The API version spoken, and the one that events carry.
pub const API_VERSION: &str = "2026-09-30.endive";

/// What a restricted key of the desk may do unless told otherwise.
pub const DESK_PERMISSIONS: &[&str] = &[
    "rak_payment_link_write",
    "rak_checkout_session_write",
    "rak_plan_write",
    "rak_product_write",
    "rak_customer_write",
    "rak_payment_intent_write",
    "rak_charge_write",
    "rak_balance_read",
    "rak_balance_transaction_source_read",
    "rak_event_read",
    "rak_accounts_kyc_basic_read",
    "rak_webhook_write",
    "rak_coupon_write",
    "rak_promotion_code_write",
    "rak_subscription_write",
    "rak_invoice_write",
    "rak_dispute_read",
    "rak_payout_read",
    "rak_billing_portal_write",
];

/// Events that reach the webhook endpoint unless told otherwise: those about money and checkouts.
pub const ENABLED_EVENTS: &[&str] = &[
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "payment_intent.created",
    "payment_intent.requires_action",
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.canceled",
    "charge.succeeded",
    "charge.failed",
    "charge.updated",
    "charge.refunded",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "charge.dispute.closed",
    "payment_intent.partially_funded",
    "payout.created",
    "payout.paid",
    "payout.failed",
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "customer.subscription.trial_will_end",
    "invoice.upcoming",
    "invoice.created",
    "invoice.finalized",
    "invoice.paid",
    "invoice.payment_failed",
    "invoice.payment_action_required",
];

/// The account that [`super::Stripe`] plays.
#[derive(Clone)]
pub struct StripeOptions {
    /// May do everything; begins with `sk_test_`.
    pub secret_key: String,
    /// May do what `permissions` say; begins with `rk_test_`.
    pub restricted_key: String,
    /// `rak_…` names; a `_write` includes its `_read`.
    pub permissions: BTreeSet<String>,
    /// Signs the webhooks; begins with `whsec_`.
    pub webhook_secret: String,
    /// Where customers open links: scheme, host and port, without a slash at the end.
    pub public_url: String,
    /// `acct_…`
    pub account: String,
    /// The shop's name on the pay page.
    pub shop: String,
    /// Event types that are sent as webhooks; `*` sends all.
    pub enabled_events: BTreeSet<String>,
    /// How long after a payment its balance transaction (fee and net) appears, in virtual milliseconds.
    pub balance_delay_ms: i64,
    /// Whether each night's available balance goes to the bank by itself.
    pub pays_out: bool,
}

impl StripeOptions {
    /// Returns an account with new keys, whose pay pages are at `public_url`.
    pub fn new(public_url: impl Into<String>) -> Self {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self {
            secret_key: format!("sk_test_{}", super::ids::token(32)),
            restricted_key: format!("rk_test_{}", super::ids::token(32)),
            permissions: owned(DESK_PERMISSIONS),
            webhook_secret: format!("whsec_{}", super::ids::token(32)),
            public_url: public_url.into(),
            account: format!("acct_1{}", super::ids::token(15)),
            shop: "Tienda Luna".to_owned(),
            enabled_events: owned(ENABLED_EVENTS),
            balance_delay_ms: 800,
            pays_out: true,
        }
    }

    pub(crate) fn sends(&self, event: &str) -> bool {
        self.enabled_events.contains("*") || self.enabled_events.contains(event)
    }
}

impl std::fmt::Debug for StripeOptions {
    /// Leaves the keys out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StripeOptions")
            .field("public_url", &self.public_url)
            .field("account", &self.account)
            .field("shop", &self.shop)
            .finish_non_exhaustive()
    }
}
