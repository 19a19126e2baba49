//! What only a session can set: method by method, and ways of delivery.

use crate::form::Form;
use crate::{Money, StripeError};

/// Longer names are refused by Stripe.
const LONGEST_NAME: usize = 100;

/// How single methods are to behave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MethodOptions {
    /// Meses sin intereses: the bank collects, the shop is paid at once. Mexican cards, one payment.
    pub installments: bool,
    /// Days in which an OXXO voucher can be paid, 1 to 7.
    pub oxxo_days: Option<u32>,
    /// Days in which a boleto can be paid.
    pub boleto_days: Option<u32>,
    /// Seconds in which a Pix code can be paid, 10 to 14 days.
    pub pix_seconds: Option<u32>,
    /// Bank transfer in Mexico. Needs a customer; one payment.
    pub spei: bool,
}

impl MethodOptions {
    pub(crate) fn put(self, form: &mut Form, is_subscription: bool) -> Result<(), StripeError> {
        if is_subscription && (self.installments || self.spei) {
            return Err(StripeError::invalid(
                "Meses sin intereses and transfers are for one payment, not for a subscription",
            ));
        }
        let within = |what: &str, value: Option<u32>, least: u32, most: u32| match value {
            Some(value) if value < least || value > most => Err(StripeError::invalid(format!(
                "{what} must be from {least} to {most}; got {value}"
            ))),
            _ => Ok(()),
        };
        within("The days of an OXXO voucher", self.oxxo_days, 1, 7)?;
        within("The seconds of a Pix code", self.pix_seconds, 10, 14 * 24 * 3600)?;
        let name = |rest: &str| format!("payment_method_options{rest}");
        form.switch(name("[card][installments][enabled]"), self.installments);
        form.maybe(name("[oxxo][expires_after_days]"), self.oxxo_days);
        form.maybe(name("[boleto][expires_after_days]"), self.boleto_days);
        form.maybe(name("[pix][expires_after_seconds]"), self.pix_seconds);
        if self.spei {
            form.put(name("[customer_balance][funding_type]"), "bank_transfer");
            form.put(
                name("[customer_balance][bank_transfer][type]"),
                "mx_bank_transfer",
            );
        }
        Ok(())
    }
}

/// A way of delivery with its price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShippingOption<'a> {
    pub name: &'a str,
    /// May be nothing.
    pub amount: Money,
}

impl ShippingOption<'_> {
    pub(crate) fn put(&self, form: &mut Form, path: &str) -> Result<(), StripeError> {
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > LONGEST_NAME {
            return Err(StripeError::invalid(format!(
                "A way of delivery needs a name of 1 to {LONGEST_NAME} characters"
            )));
        }
        form.put(format!("{path}[type]"), "fixed_amount");
        form.put(format!("{path}[display_name]"), name);
        form.put(format!("{path}[fixed_amount][amount]"), self.amount.minor());
        form.put(
            format!("{path}[fixed_amount][currency]"),
            self.amount.currency().stripe_code(),
        );
        Ok(())
    }
}
