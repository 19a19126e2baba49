//! The shop's account and its balance.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::stripe::ledger::Ledger;
use crate::stripe::options::StripeOptions;

/// Returns `/v1/account` for a shop in Mexico that also takes what is paid in Brazil.
pub(crate) fn render(options: &StripeOptions) -> Value {
    json!({
        "id": options.account,
        "object": "account",
        "business_profile": {
            "annual_revenue": null,
            "estimated_worker_count": null,
            "mcc": "5651",
            "name": options.shop,
            "support_address": null,
            "support_email": null,
            "support_phone": null,
            "support_url": null,
            "url": null,
        },
        "business_type": null,
        "capabilities": {
            "boleto_payments": "active",
            "card_payments": "active",
            "mx_bank_transfer_payments": "active",
            "oxxo_payments": "active",
            "pix_payments": "active",
            "transfers": "active",
        },
        "charges_enabled": true,
        "controller": {"type": "account"},
        "country": "MX",
        "created": 1_704_067_200,
        "default_currency": "mxn",
        "details_submitted": true,
        "email": "shop@example.com",
        "external_accounts": {
            "object": "list", "data": [], "has_more": false, "url": "/v1/accounts/external_accounts",
        },
        "metadata": {},
        "payouts_enabled": true,
        "settings": settings(options),
        "type": "standard",
    })
}

fn settings(options: &StripeOptions) -> Value {
    json!({
        "branding": {"icon": null, "logo": null, "primary_color": null, "secondary_color": null},
        "card_payments": {
            "decline_on": {"avs_failure": false, "cvc_failure": false},
            "statement_descriptor_prefix": null,
        },
        "dashboard": {"display_name": options.shop, "timezone": "America/Mexico_City"},
        "payouts": {
            "debit_negative_balances": true,
            "schedule": {"delay_days": 2, "interval": if options.pays_out { "daily" } else { "manual" }},
            "statement_descriptor": null,
        },
        "payments": {"statement_descriptor": "COBRO SANDBOX", "statement_descriptor_prefix": null},
    })
}

/// Returns `/v1/balance`, summed from the balance transactions.
pub(crate) fn balance(ledger: &Ledger) -> Value {
    json!({
        "object": "balance",
        "available": amounts(ledger, true),
        "livemode": false,
        "pending": amounts(ledger, false),
    })
}

fn amounts(ledger: &Ledger, available: bool) -> Vec<Value> {
    let mut sums = BTreeMap::from([("mxn", 0)]);
    for transaction in ledger.transactions.rows() {
        let counted = if transaction.available == available {
            transaction.net()
        } else {
            0
        };
        *sums.entry(transaction.currency.code()).or_default() += counted;
    }
    sums.into_iter()
        .map(|(currency, amount)| {
            json!({"amount": amount, "currency": currency, "source_types": {"card": amount}})
        })
        .collect()
}
