//! What a subscription asks for, each time.

use serde_json::{Value, json};

use super::kept_on;
use crate::stripe::currency::Currency;
use crate::stripe::fields::Metadata;
use crate::stripe::shelf::Object;

#[derive(Debug, Clone)]
pub(crate) struct Invoice {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) number: Option<String>,
    pub(crate) state: InvoiceState,
    pub(crate) customer: String,
    pub(crate) email: Option<String>,
    pub(crate) subscription: String,
    /// The subscription's metadata when it was made.
    pub(crate) subscription_metadata: Metadata,
    pub(crate) currency: Currency,
    pub(crate) lines: Vec<InvoiceLine>,
    pub(crate) discount: i64,
    pub(crate) period: (i64, i64),
    pub(crate) reason: &'static str,
    pub(crate) attempts: i64,
    pub(crate) next_attempt: Option<i64>,
    /// It goes on by itself.
    pub(crate) advances: bool,
    pub(crate) intent: Option<String>,
    pub(crate) finalized_at: Option<i64>,
    pub(crate) paid_at: Option<i64>,
    pub(crate) voided_at: Option<i64>,
    pub(crate) written_off_at: Option<i64>,
    pub(crate) url: String,
    pub(crate) clock: Option<String>,
    pub(crate) metadata: Metadata,
}

#[derive(Debug, Clone)]
pub(crate) struct InvoiceLine {
    pub(crate) id: String,
    pub(crate) description: String,
    pub(crate) price: Option<(String, String, i64)>,
    pub(crate) item: Option<String>,
    pub(crate) quantity: i64,
    pub(crate) amount: i64,
    pub(crate) period: (i64, i64),
    pub(crate) proration: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InvoiceState {
    Draft,
    Open,
    Paid,
    Uncollectible,
    Void,
}

impl InvoiceState {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Uncollectible => "uncollectible",
            Self::Void => "void",
        }
    }
}

impl InvoiceLine {
    fn render(&self, invoice: &Invoice) -> Value {
        let pricing = self.price.as_ref().map(|(price, product, unit_amount)| {
            json!({
                "price_details": {"price": price, "product": product},
                "type": "price_details",
                "unit_amount_decimal": unit_amount.to_string(),
            })
        });
        json!({
            "id": self.id,
            "object": "line_item",
            "amount": self.amount,
            "currency": invoice.currency.code(),
            "description": self.description,
            "discount_amounts": [],
            "discountable": !self.proration,
            "discounts": [],
            "invoice": invoice.id,
            "livemode": false,
            "metadata": invoice.subscription_metadata,
            "parent": {
                "invoice_item_details": null,
                "subscription_item_details": {
                    "invoice_item": null,
                    "proration": self.proration,
                    "proration_details": {"credited_items": null},
                    "subscription": invoice.subscription,
                    "subscription_item": self.item.clone().unwrap_or_default(),
                },
                "type": "subscription_item_details",
            },
            "period": {"end": self.period.1, "start": self.period.0},
            "pretax_credit_amounts": [],
            "pricing": pricing,
            "quantity": self.quantity,
            "quantity_decimal": self.quantity.to_string(),
            "subscription": invoice.subscription,
            "subtotal": self.amount,
            "taxes": [],
        })
    }
}

impl Invoice {
    pub(crate) fn subtotal(&self) -> i64 {
        self.lines.iter().map(|line| line.amount).sum()
    }

    pub(crate) fn total(&self) -> i64 {
        self.subtotal() - self.discount
    }

    /// Returns what is asked for: nothing where the shop owes.
    pub(crate) fn due(&self) -> i64 {
        self.total().max(0)
    }

    fn paid(&self) -> i64 {
        if self.state == InvoiceState::Paid {
            self.due()
        } else {
            0
        }
    }

    /// Returns the list of its one payment, which is included where it is asked for.
    pub(crate) fn payments(&self) -> Value {
        let data: Vec<Value> = self.payment().into_iter().collect();
        json!({
            "object": "list",
            "data": data,
            "has_more": false,
            "url": format!("/v1/invoice_payments?invoice={}", self.id),
        })
    }

    /// Returns how a payment of it is shown, once one was begun.
    pub(crate) fn payment(&self) -> Option<Value> {
        let intent = self.intent.as_ref()?;
        let status = match self.state {
            InvoiceState::Paid => "paid",
            InvoiceState::Void => "canceled",
            _ => "open",
        };
        Some(json!({
            "id": format!("inpay{}", self.id.trim_start_matches("in")),
            "object": "invoice_payment",
            "amount_paid": (self.state == InvoiceState::Paid).then(|| self.due()),
            "amount_requested": self.due(),
            "created": self.finalized_at.unwrap_or(self.created),
            "currency": self.currency.code(),
            "invoice": self.id,
            "is_default": true,
            "livemode": false,
            "payment": {"payment_intent": intent, "type": "payment_intent"},
            "status": status,
            "status_transitions": {"canceled_at": self.voided_at, "paid_at": self.paid_at},
        }))
    }
}

impl Object for Invoice {
    const NOUN: &'static str = "invoice";
    const LIST: &'static str = "/v1/invoices";
    kept_on!(invoices);

    fn render(&self) -> Value {
        let lines: Vec<Value> = self.lines.iter().map(|line| line.render(self)).collect();
        let is_open = self.state != InvoiceState::Draft;
        json!({
            "id": self.id,
            "object": "invoice",
            "account_country": "MX",
            "account_name": "Tienda Luna",
            "account_tax_ids": null,
            "amount_due": self.due(),
            "amount_overpaid": 0,
            "amount_paid": self.paid(),
            "amount_paid_off_stripe": 0,
            "amount_remaining": self.due() - self.paid(),
            "amount_shipping": 0,
            "application": null,
            "attempt_count": self.attempts,
            "attempted": self.attempts > 0,
            "auto_advance": self.advances,
            "automatic_tax": {
                "disabled_reason": null, "enabled": false, "liability": null, "provider": null, "status": null,
            },
            "automatically_finalizes_at": null,
            "billing_reason": self.reason,
            "collection_method": "charge_automatically",
            "created": self.created,
            "currency": self.currency.code(),
            "custom_fields": null,
            "customer": self.customer,
            "customer_account": null,
            "customer_address": null,
            "customer_email": self.email,
            "customer_name": null,
            "customer_phone": null,
            "customer_shipping": null,
            "customer_tax_exempt": "none",
            "customer_tax_ids": [],
            "default_payment_method": null,
            "default_source": null,
            "default_tax_rates": [],
            "description": null,
            "discounts": [],
            "due_date": null,
            "effective_at": self.finalized_at,
            "ending_balance": is_open.then_some(0),
            "footer": null,
            "from_invoice": null,
            "hosted_invoice_url": is_open.then_some(&self.url),
            "invoice_pdf": null,
            "issuer": {"type": "self"},
            "last_finalization_error": null,
            "latest_revision": null,
            "lines": {
                "object": "list",
                "data": lines,
                "has_more": false,
                "url": format!("/v1/invoices/{}/lines", self.id),
            },
            "livemode": false,
            "metadata": self.metadata,
            "next_payment_attempt": self.next_attempt,
            "number": self.number,
            "on_behalf_of": null,
            "parent": {
                "quote_details": null,
                "subscription_details": {
                    "metadata": self.subscription_metadata, "pause_collection": null, "subscription": self.subscription,
                },
                "type": "subscription_details",
            },
            "payment_settings": {
                "default_mandate": null, "payment_method_options": null, "payment_method_types": null,
            },
            "period_end": self.period.1,
            "period_start": self.period.0,
            "post_payment_credit_notes_amount": 0,
            "pre_payment_credit_notes_amount": 0,
            "receipt_number": null,
            "rendering": null,
            "shipping_cost": null,
            "shipping_details": null,
            "starting_balance": 0,
            "statement_descriptor": null,
            "status": self.state.name(),
            "status_transitions": {
                "finalized_at": self.finalized_at,
                "marked_uncollectible_at": self.written_off_at,
                "paid_at": self.paid_at,
                "voided_at": self.voided_at,
            },
            "subscription": self.subscription,
            "subtotal": self.subtotal(),
            "subtotal_excluding_tax": self.subtotal(),
            "test_clock": self.clock,
            "total": self.total(),
            "total_discount_amounts": [],
            "total_excluding_tax": self.total(),
            "total_pretax_credit_amounts": [],
            "total_taxes": [],
            "webhooks_delivered_at": null,
        })
    }
}
