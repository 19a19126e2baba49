//! Payments and charges read back.

use stripe_client_core::StripeRequest;
use stripe_core::charge::RetrieveCharge;
use stripe_core::payment_intent::RetrievePaymentIntent;

use crate::form::Form;
use crate::links::checked_id;
use crate::list::{Created, List, put_page};
use crate::{PaymentIntent, StripeApi, StripeCharge, StripeError, read};

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

    /// Returns a page of payments, newest first, beginning behind the payment `after`, each with its latest charge.
    pub async fn payment_intents(
        &self,
        created: impl Into<Created>,
        after: Option<&str>,
    ) -> Result<List<PaymentIntent>, StripeError> {
        let mut form = Form::default();
        put_page(&mut form, after);
        created.into().put(&mut form);
        form.put("expand[0]", "data.latest_charge.balance_transaction");
        self.page(form.get("/payment_intents")).await
    }
}
