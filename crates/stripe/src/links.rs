//! Payment links: made, switched off, found again.

use stripe_client_core::{RequestBuilder, StripeRequest};
use stripe_payment::payment_link::UpdatePaymentLink;

use crate::form::Form;
use crate::lines::{self, NewLine};
use crate::list::{List, put_page};
use crate::terms::{Owner, Terms};
use crate::{PaymentLink, StripeApi, StripeError, metadata, read};

/// As many lines as Stripe takes on a link.
pub(crate) const MOST_LINES: usize = 20;

/// A link to be made. The same fields give the same bytes, so that a repeated
/// request matches its idempotency key.
#[derive(Debug, Clone, Copy, Default)]
pub struct NewLink<'a> {
    /// The charge's id, and its conversation's.
    pub charge: &'a str,
    pub conversation: &'a str,
    /// In place of both: the id of a link that is the same for everybody. What an address ends in,
    /// `?client_reference_id=…`, comes back with each visit.
    pub shared: Option<&'a str>,
    pub lines: &'a [NewLine<'a>],
    /// One payment uses the link up. A voucher counts when it is issued.
    pub single_use: bool,
    /// What the pay page says once the link is used up or switched off.
    pub inactive_message: Option<&'a str>,
    /// Where the customer lands after paying; Stripe's own thanks where there is none.
    pub success_url: Option<&'a str>,
    pub terms: Terms<'a>,
}

impl StripeApi {
    /// Makes a link. Save `idempotency_key` first: with it the same link comes back, however often it is asked for.
    pub async fn create_payment_link(
        &self,
        new: &NewLink<'_>,
        idempotency_key: &str,
    ) -> Result<PaymentLink, StripeError> {
        let answer = self.post(new.request()?, idempotency_key).await?;
        read::answer(answer, self.is_live())
    }

    /// Switches a link off: whoever opens it sees its inactive message.
    pub async fn deactivate_payment_link(
        &self,
        id: &str,
        idempotency_key: &str,
    ) -> Result<PaymentLink, StripeError> {
        let request = UpdatePaymentLink::new(checked_id(id)?).active(false).build();
        read::answer(self.post(request, idempotency_key).await?, self.is_live())
    }

    /// Returns a page of links, newest first, beginning behind the link `after`.
    pub async fn payment_links(&self, after: Option<&str>) -> Result<List<PaymentLink>, StripeError> {
        self.page(page_of_links(after)).await
    }

    /// Returns the link for everybody that was made under this id, among the newest `max_pages` hundreds.
    pub async fn find_shared_link(
        &self,
        id: &str,
        max_pages: u32,
    ) -> Result<Option<PaymentLink>, StripeError> {
        self.find(
            max_pages,
            page_of_links,
            |link: &PaymentLink| &link.id,
            |link| metadata::names(&link.metadata, metadata::SHARED, id),
        )
        .await
    }

    /// Returns the link that was made for `charge`, among the newest `max_pages` hundreds.
    ///
    /// For when its idempotency key is older than Stripe keeps them.
    pub async fn find_payment_link(
        &self,
        charge: &str,
        max_pages: u32,
    ) -> Result<Option<PaymentLink>, StripeError> {
        self.find(
            max_pages,
            page_of_links,
            |link: &PaymentLink| &link.id,
            |link| metadata::is_of(&link.metadata, charge),
        )
        .await
    }
}

fn page_of_links(after: Option<&str>) -> RequestBuilder {
    let mut form = Form::default();
    put_page(&mut form, after);
    form.get("/payment_links")
}

impl NewLink<'_> {
    fn request(&self) -> Result<RequestBuilder, StripeError> {
        let mut form = Form::default();
        lines::put(&mut form, self.lines, MOST_LINES)?;
        let owner = self.shared.map_or(
            Owner::Charge {
                charge: self.charge,
                conversation: self.conversation,
            },
            Owner::Shared,
        );
        self.terms
            .put(&mut form, owner, lines::is_subscription(self.lines))?;
        form.list("payment_method_types", self.terms.methods);
        if self.single_use {
            form.put("restrictions[completed_sessions][limit]", 1);
        }
        form.maybe("inactive_message", self.inactive_message);
        if let Some(url) = self.success_url {
            form.put("after_completion[type]", "redirect");
            form.put("after_completion[redirect][url]", url);
        }
        Ok(form.post("/payment_links"))
    }
}

/// Checks that an id is one: it becomes part of a path.
pub(crate) fn checked_id(id: &str) -> Result<&str, StripeError> {
    let is_id = !id.is_empty()
        && id.len() <= 255
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_id {
        Ok(id)
    } else {
        Err(StripeError::invalid(
            "An id of Stripe's has only letters, digits and underscores",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ids_become_paths() {
        assert!(checked_id("plink_1AbC").is_ok());
        for id in ["", "../refunds", "plink_1/line_items", "plink 1", "plink_1?x=1"] {
            assert!(checked_id(id).is_err(), "{id}");
        }
    }
}
