//! Checkout sessions: made for what a link can't do, and read back for every payment.

use cobro_protocol::Timestamp;
use stripe_checkout::checkout_session::{ListCheckoutSession, RetrieveCheckoutSession};
use stripe_client_core::{RequestBuilder, StripeRequest};

use crate::form::Form;
use crate::lines::{self, NewLine};
use crate::links::checked_id;
use crate::list::{self, Created, List, PAGE, put_page};
use crate::options::{MethodOptions, ShippingOption};
use crate::terms::{Owner, Terms};
use crate::{CheckoutSession, StripeApi, StripeError, metadata, read};

/// As many lines as Stripe takes in a session, for one payment and for a subscription.
pub(crate) const MOST_LINES: usize = 100;
const MOST_LINES_OF_SUBSCRIPTION: usize = 20;
const EXPAND: &str = "payment_intent.latest_charge.balance_transaction";
/// A link that was opened more often than this tells nothing new.
const MOST_PAGES: usize = 10;

/// A session to be made: a link that ends by itself. The same fields give the same bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct NewSession<'a> {
    /// The charge's id, and its conversation's.
    pub charge: &'a str,
    pub conversation: &'a str,
    pub lines: &'a [NewLine<'a>],
    /// Where the customer lands after paying; Stripe's own page where there is none.
    pub success_url: Option<&'a str>,
    /// From half an hour to a day ahead; a day where there is none.
    pub expires_at: Option<Timestamp>,
    pub terms: Terms<'a>,
    /// Off the total before the page opens. Excludes a field for promotion codes.
    pub discount: Option<Discount<'a>>,
    /// A customer at Stripe. Transfers need one.
    pub customer: Option<&'a str>,
    /// Filled in for a customer who is not yet known at Stripe.
    pub email: Option<&'a str>,
    /// Stripe's name for the page's language, such as `es-419`; the browser's where there is none.
    pub locale: Option<&'a str>,
    pub options: MethodOptions,
    /// Ways of delivery to choose from, each with its price. Needs `terms.shipping_countries`.
    pub shipping: &'a [ShippingOption<'a>],
}

/// What is taken off a session's total.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Discount<'a> {
    Coupon(&'a str),
    /// The code's id, not the word that customers type.
    PromotionCode(&'a str),
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
        created: impl Into<Created>,
        after: Option<&str>,
    ) -> Result<List<CheckoutSession>, StripeError> {
        self.page(page_of_sessions(created.into(), after)).await
    }

    /// Returns the session that was made for `charge` since `since`, among the newest `max_pages` hundreds.
    ///
    /// For when its idempotency key is older than Stripe keeps them.
    pub async fn find_session(
        &self,
        charge: &str,
        since: Option<Timestamp>,
        max_pages: u32,
    ) -> Result<Option<CheckoutSession>, StripeError> {
        let of = Created::from(since);
        self.find(
            max_pages,
            |after| page_of_sessions(of, after),
            |session: &CheckoutSession| &session.id,
            // A session of a link carries its link's charge too: only one of our own making is looked for.
            |session| session.payment_link.is_none() && metadata::is_of(&session.metadata, charge),
        )
        .await
    }

    /// Ends a session before its time: nobody can pay it any more.
    ///
    /// One that is complete is refused by Stripe; read it back then.
    pub async fn expire_checkout_session(
        &self,
        id: &str,
        idempotency_key: &str,
    ) -> Result<CheckoutSession, StripeError> {
        let request = Form::default().post(format!("/checkout/sessions/{}/expire", checked_id(id)?));
        read::answer(self.post(request, idempotency_key).await?, self.is_live())
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

fn page_of_sessions(created: Created, after: Option<&str>) -> RequestBuilder {
    let mut form = Form::default();
    put_page(&mut form, after);
    created.put(&mut form);
    form.put("expand[0]", format!("data.{EXPAND}"));
    form.get("/checkout/sessions")
}

impl NewSession<'_> {
    fn request(&self) -> Result<RequestBuilder, StripeError> {
        let mut form = Form::default();
        let is_subscription = lines::is_subscription(self.lines);
        let (mode, most) = if is_subscription {
            ("subscription", MOST_LINES_OF_SUBSCRIPTION)
        } else {
            ("payment", MOST_LINES)
        };
        form.put("mode", mode);
        lines::put(&mut form, self.lines, most)?;
        let owner = Owner::Charge {
            charge: self.charge,
            conversation: self.conversation,
        };
        self.terms.put(&mut form, owner, is_subscription)?;
        form.list("allowed_payment_method_types", self.terms.methods);
        form.maybe("success_url", self.success_url);
        form.maybe("expires_at", self.expires_at.map(Timestamp::secs));
        form.maybe("locale", self.locale);
        self.put_customer(&mut form)?;
        self.put_discount(&mut form)?;
        self.options.put(&mut form, is_subscription)?;
        self.put_shipping(&mut form)?;
        Ok(form.post("/checkout/sessions"))
    }

    fn put_customer(&self, form: &mut Form) -> Result<(), StripeError> {
        if self.customer.is_some() && self.email.is_some() {
            return Err(StripeError::invalid(
                "A session has a customer or an e-mail to fill in, not both: the customer has its own",
            ));
        }
        if self.options.spei && self.customer.is_none() {
            return Err(StripeError::invalid(
                "A transfer needs a customer at Stripe, who keeps what was paid too much: make one first",
            ));
        }
        form.maybe("customer", self.customer);
        form.maybe("customer_email", self.email);
        Ok(())
    }

    fn put_discount(&self, form: &mut Form) -> Result<(), StripeError> {
        if self.discount.is_some() && self.terms.promotion_codes {
            return Err(StripeError::invalid(
                "A session has a discount already, or a field for a promotion code, not both",
            ));
        }
        match self.discount {
            None => {}
            Some(Discount::Coupon(id)) => form.put("discounts[0][coupon]", id),
            Some(Discount::PromotionCode(id)) => form.put("discounts[0][promotion_code]", id),
        }
        Ok(())
    }

    fn put_shipping(&self, form: &mut Form) -> Result<(), StripeError> {
        if !self.shipping.is_empty() && self.terms.shipping_countries.is_empty() {
            return Err(StripeError::invalid(
                "Ways of delivery need an address: name the countries that are delivered to",
            ));
        }
        for (index, option) in self.shipping.iter().enumerate() {
            option.put(form, &format!("shipping_options[{index}][shipping_rate_data]"))?;
        }
        Ok(())
    }
}
