//! Checkout sessions: made for what a link can't do, and read back for every payment.

use cobro_protocol::Timestamp;
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionLineItems, CreateCheckoutSessionLineItemsPriceData,
    CreateCheckoutSessionPaymentIntentData, ListCheckoutSession, ProductData, RetrieveCheckoutSession,
};
use stripe_client_core::{RequestBuilder, StripeRequest};
use stripe_shared::CheckoutSessionMode;
use stripe_types::RangeQueryTs;

use crate::links::{chargeable, checked_id, currency_of, product_name};
use crate::list::{self, List, PAGE};
use crate::{CheckoutSession, Money, StripeApi, StripeError, metadata, read};

const EXPAND: &str = "payment_intent.latest_charge.balance_transaction";
/// A link that was opened more often than this tells nothing new.
const MOST_PAGES: usize = 10;

/// A session to be made: a link that ends by itself. The same fields give the same bytes.
#[derive(Debug, Clone, Copy)]
pub struct NewSession<'a> {
    /// The charge's id, and its conversation's.
    pub charge: &'a str,
    pub conversation: &'a str,
    pub amount: Money,
    /// What the customer reads on the pay page; the amount where it is empty.
    pub description: &'a str,
    /// Where the customer lands after paying.
    pub success_url: &'a str,
    /// From half an hour to a day ahead; a day where there is none.
    pub expires_at: Option<Timestamp>,
    /// Stripe's names, such as `card` and `oxxo`. None: what the account offers.
    pub payment_method_types: &'a [&'a str],
}

impl StripeApi {
    /// Makes a session. Save `idempotency_key` first.
    pub async fn create_checkout_session(
        &self,
        new: &NewSession<'_>,
        idempotency_key: &str,
    ) -> Result<CheckoutSession, StripeError> {
        let answer = self.post(new.request()?, idempotency_key).await?;
        read::answer(answer, self.is_live())
    }

    /// Reads a session back, with its payment, charge and fee.
    pub async fn checkout_session(&self, id: &str) -> Result<CheckoutSession, StripeError> {
        let request = RetrieveCheckoutSession::new(checked_id(id)?)
            .expand([EXPAND.to_owned()])
            .build();
        read::answer(self.get(request).await?, self.is_live())
    }

    /// Returns every session that opening the link made, newest first.
    pub async fn sessions_of_payment_link(&self, link: &str) -> Result<Vec<CheckoutSession>, StripeError> {
        self.all_sessions(&ListCheckoutSession::new().payment_link(link))
            .await
    }

    /// Returns the session that the payment belongs to: one, or none.
    pub async fn sessions_of_payment_intent(
        &self,
        intent: &str,
    ) -> Result<Vec<CheckoutSession>, StripeError> {
        self.all_sessions(&ListCheckoutSession::new().payment_intent(intent))
            .await
    }

    /// Returns a page of sessions, newest first, beginning behind the session `after`.
    pub async fn sessions(
        &self,
        created_since: Option<Timestamp>,
        after: Option<&str>,
    ) -> Result<List<CheckoutSession>, StripeError> {
        let mut request = ListCheckoutSession::new();
        if let Some(since) = created_since {
            request = request.created(RangeQueryTs::gte(since.secs()));
        }
        self.session_page(request, after).await
    }

    async fn all_sessions(&self, of: &ListCheckoutSession) -> Result<Vec<CheckoutSession>, StripeError> {
        let mut sessions: Vec<CheckoutSession> = Vec::new();
        for _ in 0..MOST_PAGES {
            let after = sessions.last().map(|session| session.id.clone());
            let page = self.session_page(of.clone(), after.as_deref()).await?;
            let is_last = !page.has_more || page.items.is_empty();
            sessions.extend(page.items);
            if is_last {
                break;
            }
        }
        Ok(sessions)
    }

    async fn session_page(
        &self,
        mut request: ListCheckoutSession,
        after: Option<&str>,
    ) -> Result<List<CheckoutSession>, StripeError> {
        if let Some(after) = after {
            request = request.starting_after(after);
        }
        let request = request.limit(PAGE).expand([format!("data.{EXPAND}")]).build();
        list::read_list(&self.get(request).await?, self.is_live())
    }
}

impl NewSession<'_> {
    fn request(&self) -> Result<RequestBuilder, StripeError> {
        let mut session = CreateCheckoutSession::new()
            .mode(CheckoutSessionMode::Payment)
            .line_items(vec![self.line()?])
            .success_url(self.success_url)
            .metadata(metadata::of(self.charge, self.conversation))
            .payment_intent_data(CreateCheckoutSessionPaymentIntentData {
                metadata: Some(metadata::of(self.charge, self.conversation)),
                ..CreateCheckoutSessionPaymentIntentData::new()
            });
        if let Some(at) = self.expires_at {
            session = session.expires_at(at.secs());
        }
        if !self.payment_method_types.is_empty() {
            let methods = self
                .payment_method_types
                .iter()
                .filter_map(|name| name.parse().ok());
            session = session.allowed_payment_method_types(methods.collect::<Vec<_>>());
        }
        Ok(session.build())
    }

    fn line(&self) -> Result<CreateCheckoutSessionLineItems, StripeError> {
        let amount = chargeable(self.amount)?;
        Ok(CreateCheckoutSessionLineItems {
            price_data: Some(CreateCheckoutSessionLineItemsPriceData {
                product_data: Some(ProductData::new(product_name(self.description, amount))),
                unit_amount: Some(amount.minor()),
                ..CreateCheckoutSessionLineItemsPriceData::new(currency_of(amount))
            }),
            quantity: Some(1),
            ..CreateCheckoutSessionLineItems::new()
        })
    }
}
