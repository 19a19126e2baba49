//! What the pay page asks of the customer besides money, and offers: the same for links and sessions.

use crate::form::Form;
use crate::{StripeError, metadata};

/// How a link or session is to behave. The default asks for nothing more than Stripe itself does.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own at Stripe"
)]
#[derive(Debug, Clone, Copy, Default)]
pub struct Terms<'a> {
    /// Stripe's names, such as `card` and `oxxo`. None: what the account offers.
    pub methods: &'a [&'a str],
    /// Asks for an address in one of these countries (two letters); for none where it is empty.
    pub shipping_countries: &'a [&'a str],
    pub phone: bool,
    /// Offers a field for a promotion code.
    pub promotion_codes: bool,
    /// Days before a subscription's first charge.
    pub trial_days: Option<u32>,
    /// Keeps who paid as a customer at Stripe. A subscription does so anyway.
    pub keep_customer: bool,
    /// Lets Stripe Tax add what is due; the account must have it set up.
    pub automatic_tax: bool,
    /// More than the charge and its conversation, to be found on the payment, subscription and invoices too.
    pub metadata: &'a [(&'a str, &'a str)],
}

/// Whose it is: on every object, and what they pass on.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Owner<'a> {
    Charge {
        charge: &'a str,
        conversation: &'a str,
    },
    /// A product's link that many pay: each visit says whose it is.
    Shared(&'a str),
}

impl Terms<'_> {
    /// Puts in everything but the methods, whose parameter's name differs.
    pub(crate) fn put(
        &self,
        form: &mut Form,
        owner: Owner<'_>,
        is_subscription: bool,
    ) -> Result<(), StripeError> {
        let data = if is_subscription {
            "subscription_data"
        } else {
            "payment_intent_data"
        };
        self.put_metadata(form, owner, "metadata");
        self.put_metadata(form, owner, &format!("{data}[metadata]"));
        match (self.trial_days, is_subscription) {
            (Some(0), _) => return Err(StripeError::invalid("A trial has at least one day")),
            (Some(_), false) => {
                return Err(StripeError::invalid(
                    "Only a subscription has a trial: give a line that recurs, or no trial days",
                ));
            }
            (days, _) => form.maybe(format!("{data}[trial_period_days]"), days),
        }
        if self.keep_customer && !is_subscription {
            form.put("customer_creation", "always");
        }
        form.list(
            "shipping_address_collection[allowed_countries]",
            self.shipping_countries,
        );
        form.switch("phone_number_collection[enabled]", self.phone);
        form.switch("allow_promotion_codes", self.promotion_codes);
        form.switch("automatic_tax[enabled]", self.automatic_tax);
        Ok(())
    }

    fn put_metadata(&self, form: &mut Form, owner: Owner<'_>, path: &str) {
        match owner {
            Owner::Charge { charge, conversation } => form.pairs(path, metadata::of(charge, conversation)),
            Owner::Shared(id) => form.pairs(path, [(metadata::SHARED, id)]),
        }
        form.pairs(path, self.metadata.iter().copied());
    }
}
