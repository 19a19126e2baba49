//! One visit to a checkout.

use serde_json::{Value, json};

use super::line::Line;
use super::payment_intent::slip_options;
use super::payment_link::{Ending, PaymentData};
use super::terms::{Address, Applied, ShippingOption, Terms};
use super::{kept_on, merge};
use crate::stripe::checkout::slip::Slip;
use crate::stripe::currency::Currency;
use crate::stripe::fields::Metadata;
use crate::stripe::shelf::Object;

#[expect(
    clippy::struct_excessive_bools,
    reason = "they are switches of Stripe's, each by itself"
)]
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) expires_at: i64,
    pub(crate) state: SessionState,
    pub(crate) paid: bool,
    pub(crate) url: String,
    pub(crate) payment_link: Option<String>,
    pub(crate) payment_intent: Option<String>,
    pub(crate) currency: Currency,
    pub(crate) lines: Vec<Line>,
    pub(crate) methods: Vec<String>,
    pub(crate) metadata: Metadata,
    pub(crate) payment: PaymentData,
    pub(crate) client_reference_id: Option<String>,
    pub(crate) customer: Option<String>,
    pub(crate) customer_email: Option<String>,
    pub(crate) always_customer: bool,
    pub(crate) collects_phone: bool,
    pub(crate) locale: Option<String>,
    pub(crate) submit_type: Option<String>,
    pub(crate) success_url: Option<String>,
    pub(crate) cancel_url: Option<String>,
    pub(crate) voucher_days: i64,
    pub(crate) ending: Ending,
    pub(crate) terms: Terms,
    /// Mexican credit cards may pay in months.
    pub(crate) installments: bool,
    pub(crate) shipping: Vec<ShippingOption>,
    /// Which of them was chosen; the first until one is.
    pub(crate) shipping_choice: usize,
    pub(crate) address: Option<Address>,
    pub(crate) discount: Option<Applied>,
    pub(crate) subscription: Option<String>,
    pub(crate) invoice: Option<String>,
    pub(crate) buyer: Option<Buyer>,
    /// What the page has to tell since the last attempt; the API doesn't show it.
    pub(crate) notice: Option<Notice>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SessionState {
    Open,
    Complete,
    Expired,
}

/// Who paid, as typed on the page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Buyer {
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
}

/// Why the last attempt did not go through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Notice {
    /// A field was left out or makes no sense; nothing was tried.
    Field(Field),
    /// Stripe's decline code, or its error code where there is none.
    Declined(String),
    AuthenticationFailed,
    VoucherExpired,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Number,
    Expiry,
    Cvc,
    Name,
    Email,
    Method,
    Address,
    Code,
    /// What was chosen changed the sum that the customer had seen.
    Total,
}

impl SessionState {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Complete => "complete",
            Self::Expired => "expired",
        }
    }
}

impl Session {
    /// Returns what all lines come to, before anything comes off.
    pub(crate) fn subtotal(&self) -> i64 {
        let due = |line: &&Line| line.cycle.is_none() || self.terms.trial_days.is_none();
        self.lines.iter().filter(due).map(|line| line.amount).sum()
    }

    pub(crate) fn discounted(&self) -> i64 {
        let off = self.discount.as_ref().map_or(0, |discount| discount.amount);
        off.min(self.subtotal())
    }

    pub(crate) fn chosen_shipping(&self) -> Option<&ShippingOption> {
        self.shipping.get(self.shipping_choice)
    }

    /// Returns what is to be paid now.
    pub(crate) fn total(&self) -> i64 {
        let delivery = self.chosen_shipping().map_or(0, |option| option.amount);
        self.subtotal() - self.discounted() + delivery
    }

    pub(crate) fn is_subscription(&self) -> bool {
        self.lines.iter().any(|line| line.cycle.is_some())
    }

    /// Returns the payment, unless it is an invoice's.
    pub(crate) fn shown_intent(&self) -> Option<&str> {
        self.payment_intent.as_deref().filter(|_| !self.is_subscription())
    }

    fn payment_status(&self) -> &'static str {
        match (self.paid, self.total()) {
            (true, 0) => "no_payment_required",
            (true, _) => "paid",
            (false, _) => "unpaid",
        }
    }

    fn shipping_cost(&self) -> Option<Value> {
        let option = self.chosen_shipping()?;
        Some(json!({
            "amount_subtotal": option.amount,
            "amount_tax": 0,
            "amount_total": option.amount,
            "shipping_rate": option.id,
        }))
    }

    fn shipping_options(&self) -> Vec<Value> {
        self.shipping
            .iter()
            .map(|option| json!({"shipping_amount": option.amount, "shipping_rate": option.id}))
            .collect()
    }

    fn collected(&self) -> Option<Value> {
        let address = self.address.as_ref()?;
        Some(json!({
            "business_name": null,
            "individual_name": null,
            "shipping_details": address.render(),
        }))
    }

    /// Returns the buyer's address as the API shows it.
    pub(crate) fn email(&self) -> Option<&str> {
        let typed = self.buyer.as_ref().and_then(|buyer| buyer.email.as_deref());
        typed.or(self.customer_email.as_deref())
    }

    fn customer_details(&self) -> Option<Value> {
        if self.buyer.is_none() && self.customer_email.is_none() {
            return None;
        }
        let buyer = self.buyer.clone().unwrap_or_default();
        Some(json!({
            "address": {
                "city": null, "country": null, "line1": null, "line2": null, "postal_code": null, "state": null,
            },
            "business_name": null,
            "email": self.email(),
            "individual_name": null,
            "name": buyer.name,
            "phone": buyer.phone,
            "tax_exempt": "none",
            "tax_ids": [],
        }))
    }

    fn method_options(&self) -> Value {
        let card = json!({"card": {"request_three_d_secure": "automatic"}});
        let offers = |method: &str| self.methods.iter().any(|offered| offered == method);
        let installments = if self.installments {
            json!({"card": {"installments": {"enabled": true}, "request_three_d_secure": "automatic"}})
        } else {
            json!({})
        };
        let slips = Slip::ALL
            .into_iter()
            .filter(|slip| offers(slip.method()))
            .fold(json!({}), |all, slip| {
                merge(all, slip_options(slip, self.voucher_days))
            });
        let transfer = if offers("customer_balance") {
            json!({"customer_balance": {
                "bank_transfer": {"type": "mx_bank_transfer"}, "funding_type": "bank_transfer",
            }})
        } else {
            json!({})
        };
        merge(merge(merge(card, installments), slips), transfer)
    }
}

impl Object for Session {
    const NOUN: &'static str = "checkout.session";
    const LIST: &'static str = "/v1/checkout/sessions";
    kept_on!(sessions);

    fn render(&self) -> Value {
        let open = self.state == SessionState::Open;
        json!({
            "id": self.id,
            "object": "checkout.session",
            "adaptive_pricing": {"enabled": false},
            "after_expiration": null,
            "allow_promotion_codes": self.terms.promotion_codes,
            "allowed_payment_method_types": self.methods,
            "amount_subtotal": self.subtotal(),
            "amount_total": self.total(),
            "automatic_tax": {"enabled": false, "liability": null, "provider": null, "status": null},
            "billing_address_collection": "auto",
            "cancel_url": self.cancel_url,
            "client_reference_id": self.client_reference_id,
            "client_secret": null,
            "collected_information": self.collected(),
            "consent": null,
            "consent_collection": null,
            "created": self.created,
            "currency": self.currency.code(),
            "currency_conversion": null,
            "custom_fields": [],
            "custom_text": {
                "after_submit": null, "shipping_address": null, "submit": null, "terms_of_service_acceptance": null,
            },
            "customer": self.customer,
            "customer_account": null,
            "customer_creation": if self.always_customer { "always" } else { "if_required" },
            "customer_details": self.customer_details(),
            "customer_email": self.customer_email,
            "discounts": self.discount.iter().map(Applied::render).collect::<Vec<_>>(),
            "expires_at": self.expires_at,
            "invoice": self.invoice,
            "invoice_creation": null,
            "livemode": false,
            "locale": self.locale,
            "metadata": self.metadata,
            "mode": if self.is_subscription() { "subscription" } else { "payment" },
            "origin_context": null,
            "payment_intent": self.shown_intent(),
            "payment_link": self.payment_link,
            "payment_method_collection": "if_required",
            "payment_method_configuration_details": null,
            "payment_method_options": self.method_options(),
            "payment_method_types": self.methods,
            "payment_status": self.payment_status(),
            "permissions": null,
            "phone_number_collection": {"enabled": self.collects_phone},
            "recovered_from": null,
            "saved_payment_method_options": null,
            "setup_intent": null,
            "shipping_address_collection": self.terms.collection(),
            "shipping_cost": self.shipping_cost(),
            "shipping_options": self.shipping_options(),
            "status": self.state.name(),
            "submit_type": self.submit_type,
            "subscription": self.subscription,
            "success_url": self.success_url,
            "total_details": {
                "amount_discount": self.discounted(),
                "amount_shipping": self.chosen_shipping().map_or(0, |option| option.amount),
                "amount_tax": 0,
            },
            "ui_mode": "hosted_page",
            "url": if open { Some(&self.url) } else { None },
            "wallet_options": null,
        })
    }
}
