//! Payments and charges read back, and money given back.

use stripe_client_core::StripeRequest;
use stripe_core::charge::RetrieveCharge;
use stripe_core::payment_intent::RetrievePaymentIntent;
use stripe_core::refund::{CreateRefund, CreateRefundReason};

use crate::form::Form;
use crate::links::checked_id;
use crate::list::{Created, List, put_page};
use crate::{Money, PaymentIntent, Refund, StripeApi, StripeCharge, StripeError, read};

/// Why money is given back, in Stripe's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundReason {
    Duplicate,
    /// Stripe then also learns from it.
    Fraudulent,
    RequestedByCustomer,
}

impl From<RefundReason> for CreateRefundReason {
    fn from(reason: RefundReason) -> Self {
        match reason {
            RefundReason::Duplicate => Self::Duplicate,
            RefundReason::Fraudulent => Self::Fraudulent,
            RefundReason::RequestedByCustomer => Self::RequestedByCustomer,
        }
    }
}

impl StripeApi {
    /// Reads a payment back, with its latest charge and fee.
    pub async fn payment_intent(&self, id: &str) -> Result<PaymentIntent, StripeError> {
        let expand = ["latest_charge.balance_transaction".to_owned()];
        let request = RetrievePaymentIntent::new(checked_id(id)?).expand(expand).build();
        read::answer(self.get(request).await?, self.is_live())
    }

    /// Reads a charge back, with its fee.
    pub async fn charge(&self, id: &str) -> Result<StripeCharge, StripeError> {
        let request = RetrieveCharge::new(checked_id(id)?)
            .expand(["balance_transaction".to_owned()])
            .build();
        read::answer(self.get(request).await?, self.is_live())
    }

    /// Returns a page of charges, newest first, beginning behind the charge `after`.
    pub async fn charges(
        &self,
        created: impl Into<Created>,
        after: Option<&str>,
    ) -> Result<List<StripeCharge>, StripeError> {
        let mut form = Form::default();
        put_page(&mut form, after);
        created.into().put(&mut form);
        form.put("expand[0]", "data.balance_transaction");
        self.page(form.get("/charges")).await
    }

    /// Gives back `amount` of a payment, all of it where there is none. Save `idempotency_key` first.
    pub async fn refund(
        &self,
        payment_intent: &str,
        amount: Option<Money>,
        reason: Option<RefundReason>,
        idempotency_key: &str,
    ) -> Result<Refund, StripeError> {
        let mut refund = CreateRefund::new().payment_intent(payment_intent);
        if let Some(amount) = amount {
            refund = refund.amount(crate::lines::chargeable(amount)?.minor());
        }
        if let Some(reason) = reason {
            refund = refund.reason(reason);
        }
        read::answer(self.post(refund.build(), idempotency_key).await?, self.is_live())
    }
}
