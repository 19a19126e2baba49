//! The customer portal: a page where a subscriber changes the card or cancels.

use serde::Deserialize;

use crate::form::Form;
use crate::read::{FromStripe, Unusable};
use crate::{StripeApi, StripeError, read};

/// A visit to the portal. Whoever has the address is the customer: it is a secret, and made only when it is sent.
#[derive(Clone, PartialEq, Eq)]
pub struct PortalSession {
    pub id: String,
    pub url: String,
}

/// Leaves the address out.
impl std::fmt::Debug for PortalSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PortalSession")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Where the portal opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortalFlow<'a> {
    Home,
    ChangeCard,
    /// This subscription.
    Cancel(&'a str),
}

#[derive(Debug, Deserialize)]
pub(crate) struct Wire {
    id: String,
    url: String,
}

impl FromStripe for PortalSession {
    type Wire = Wire;
    const NAME: &'static str = "billing_portal.session";

    fn from_wire(wire: Wire, _raw: String, _live: bool) -> Result<Self, Unusable> {
        Ok(Self {
            id: wire.id,
            url: wire.url,
        })
    }
}

impl StripeApi {
    /// Makes a visit for a customer. The account's portal must have been set up once in Stripe's dashboard.
    pub async fn create_portal_session(
        &self,
        customer: &str,
        flow: PortalFlow<'_>,
        locale: Option<&str>,
        idempotency_key: &str,
    ) -> Result<PortalSession, StripeError> {
        let mut form = Form::default();
        form.put("customer", customer);
        form.maybe("locale", locale);
        match flow {
            PortalFlow::Home => {}
            PortalFlow::ChangeCard => form.put("flow_data[type]", "payment_method_update"),
            PortalFlow::Cancel(subscription) => {
                form.put("flow_data[type]", "subscription_cancel");
                form.put("flow_data[subscription_cancel][subscription]", subscription);
            }
        }
        let request = form.post("/billing_portal/sessions");
        read::answer(self.post(request, idempotency_key).await?, self.is_live())
    }
}
