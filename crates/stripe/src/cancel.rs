//! Payments that must not happen any more.

use crate::form::Form;
use crate::links::checked_id;
use crate::{PaymentIntent, StripeApi, StripeError, read};

impl StripeApi {
    /// Ends a payment that has not happened, such as a voucher nobody paid.
    ///
    /// One that has succeeded meanwhile is refused by Stripe; read it back then. So is one of a Checkout
    /// Session, a link's too: only the session can be ended, while it is open. A voucher that it gave can't.
    pub async fn cancel_payment_intent(
        &self,
        id: &str,
        idempotency_key: &str,
    ) -> Result<PaymentIntent, StripeError> {
        let request = Form::default().post(format!("/payment_intents/{}/cancel", checked_id(id)?));
        read::answer(self.post(request, idempotency_key).await?, self.is_live())
    }
}
