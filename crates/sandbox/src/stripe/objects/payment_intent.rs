//! The way of one payment from wish to money.

use serde_json::{Value, json};

use super::{kept_on, merge};
use crate::stripe::checkout::open::VOUCHER_DAYS;
use crate::stripe::checkout::slip::Slip;
use crate::stripe::currency::Currency;
use crate::stripe::fields::Metadata;
use crate::stripe::shelf::Object;

#[derive(Debug, Clone)]
pub(crate) struct PaymentIntent {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) secret: String,
    pub(crate) amount: i64,
    pub(crate) currency: Currency,
    pub(crate) state: IntentState,
    pub(crate) methods: Vec<String>,
    pub(crate) payment_method: Option<String>,
    pub(crate) latest_charge: Option<String>,
    pub(crate) next: Option<NextAction>,
    /// The error of the last attempt, in Stripe's shape.
    pub(crate) last_error: Option<Value>,
    pub(crate) canceled_at: Option<i64>,
    pub(crate) cancellation_reason: Option<String>,
    pub(crate) customer: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) receipt_email: Option<String>,
    pub(crate) statement_descriptor: Option<String>,
    pub(crate) statement_descriptor_suffix: Option<String>,
    pub(crate) metadata: Metadata,
    /// The checkout that it belongs to; the API doesn't show it.
    pub(crate) session: Option<String>,
    /// What came by transfer so far.
    pub(crate) funded: i64,
    /// The bank may let the customer pay in months.
    pub(crate) installments: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IntentState {
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    Succeeded,
    Canceled,
}

/// What the customer has to do before the money can come.
#[derive(Debug, Clone)]
pub(crate) enum NextAction {
    /// 3-D Secure, at this address.
    Authenticate(String),
    PayVoucher(Voucher),
    Transfer(TransferTo),
}

/// Where money is to be sent.
#[derive(Debug, Clone)]
pub(crate) struct TransferTo {
    pub(crate) clabe: String,
    pub(crate) reference: String,
    pub(crate) url: String,
}

/// A slip of paper that is paid at a store or bank, or a code that is scanned.
#[derive(Debug, Clone)]
pub(crate) struct Voucher {
    pub(crate) slip: Slip,
    pub(crate) number: String,
    pub(crate) expires_at: i64,
    pub(crate) url: String,
}

impl IntentState {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::RequiresPaymentMethod => "requires_payment_method",
            Self::RequiresConfirmation => "requires_confirmation",
            Self::RequiresAction => "requires_action",
            Self::Succeeded => "succeeded",
            Self::Canceled => "canceled",
        }
    }
}

impl NextAction {
    fn render(&self, intent: &PaymentIntent) -> Value {
        match self {
            Self::Transfer(to) => json!({
                "type": "display_bank_transfer_instructions",
                "display_bank_transfer_instructions": {
                    "amount_remaining": intent.amount - intent.funded,
                    "currency": intent.currency.code(),
                    "financial_addresses": [{
                        "type": "spei",
                        "supported_networks": ["spei"],
                        "spei": {
                            "account_holder_address": address(),
                            "account_holder_name": "Tienda Luna",
                            "bank_address": address(),
                            "bank_code": "646",
                            "bank_name": "STP",
                            "clabe": to.clabe,
                        },
                    }],
                    "hosted_instructions_url": to.url,
                    "reference": to.reference,
                    "type": "mx_bank_transfer",
                },
            }),
            Self::Authenticate(url) => {
                json!({"type": "redirect_to_url", "redirect_to_url": {"return_url": null, "url": url}})
            }
            Self::PayVoucher(voucher) => voucher.render(),
        }
    }
}

/// Returns the `payment_method_options` of a voucher's method.
pub(crate) fn slip_options(slip: Slip, days: i64) -> Value {
    match slip {
        Slip::Oxxo | Slip::Boleto => json!({slip.method(): {"expires_after_days": days}}),
        Slip::Pix => {
            json!({"pix": {"amount_includes_iof": "never", "expires_after_seconds": 86_400, "expires_at": null}})
        }
    }
}

impl Voucher {
    fn render(&self) -> Value {
        match self.slip {
            Slip::Oxxo => json!({
                "type": "oxxo_display_details",
                "oxxo_display_details": {
                    "expires_after": self.expires_at,
                    "hosted_voucher_url": self.url,
                    "number": self.number,
                },
            }),
            Slip::Boleto => json!({
                "type": "boleto_display_details",
                "boleto_display_details": {
                    "expires_at": self.expires_at,
                    "hosted_voucher_url": self.url,
                    "number": self.number,
                    "pdf": null,
                },
            }),
            Slip::Pix => json!({
                "type": "pix_display_qr_code",
                "pix_display_qr_code": {
                    "data": self.number,
                    "expires_at": self.expires_at,
                    "hosted_instructions_url": self.url,
                },
            }),
        }
    }
}

fn address() -> Value {
    json!({
        "city": "Ciudad de México", "country": "MX", "line1": "Reforma 1", "line2": null,
        "postal_code": "06600", "state": "CDMX",
    })
}

impl PaymentIntent {
    /// Returns where to send money, while it waits for it.
    pub(crate) fn transfer(&self) -> Option<&TransferTo> {
        match &self.next {
            Some(NextAction::Transfer(to)) => Some(to),
            _ => None,
        }
    }

    /// Returns whether this method was offered.
    pub(crate) fn method_is(&self, method: &str) -> bool {
        self.methods.iter().any(|offered| offered == method)
    }

    pub(crate) fn voucher(&self) -> Option<&Voucher> {
        match &self.next {
            Some(NextAction::PayVoucher(voucher)) => Some(voucher),
            _ => None,
        }
    }

    fn received(&self) -> i64 {
        if self.state == IntentState::Succeeded {
            self.amount
        } else {
            0
        }
    }

    fn method_options(&self) -> Value {
        let card = json!({"card": {
            "installments": self.installments.then(|| json!({"available_plans": null, "enabled": true, "plan": null})),
            "mandate_options": null, "network": null, "request_three_d_secure": "automatic",
        }});
        let slips = Slip::ALL
            .into_iter()
            .filter(|slip| self.method_is(slip.method()))
            .fold(json!({}), |all, slip| {
                merge(all, slip_options(slip, VOUCHER_DAYS))
            });
        let transfer = if self.method_is("customer_balance") {
            json!({"customer_balance": {
                "bank_transfer": {"type": "mx_bank_transfer"}, "funding_type": "bank_transfer",
            }})
        } else {
            json!({})
        };
        merge(merge(card, slips), transfer)
    }
}

impl Object for PaymentIntent {
    const NOUN: &'static str = "payment_intent";
    const LIST: &'static str = "/v1/payment_intents";
    kept_on!(intents);

    fn render(&self) -> Value {
        json!({
            "id": self.id,
            "object": "payment_intent",
            "allowed_payment_method_types": self.methods,
            "amount": self.amount,
            "amount_capturable": 0,
            "amount_details": {"tip": {}},
            "amount_received": self.received(),
            "application": null,
            "application_fee_amount": null,
            "automatic_payment_methods": null,
            "canceled_at": self.canceled_at,
            "cancellation_reason": self.cancellation_reason,
            "capture_method": "automatic_async",
            "client_secret": self.secret,
            "confirmation_method": "automatic",
            "created": self.created,
            "currency": self.currency.code(),
            "customer": self.customer,
            "customer_account": null,
            "description": self.description,
            "last_payment_error": self.last_error,
            "latest_charge": self.latest_charge,
            "livemode": false,
            "metadata": self.metadata,
            "next_action": self.next.as_ref().map(|next| next.render(self)),
            "on_behalf_of": null,
            "payment_method": self.payment_method,
            "payment_method_configuration_details": null,
            "payment_method_options": self.method_options(),
            "payment_method_types": self.methods,
            "processing": null,
            "receipt_email": self.receipt_email,
            "review": null,
            "setup_future_usage": null,
            "shipping": null,
            "statement_descriptor": self.statement_descriptor,
            "statement_descriptor_suffix": self.statement_descriptor_suffix,
            "status": self.state.name(),
            "transfer_data": null,
            "transfer_group": null,
        })
    }
}
