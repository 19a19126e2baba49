//! Payment links: made, switched off, found again.

use stripe_client_core::{RequestBuilder, StripeRequest};
use stripe_payment::payment_link::{
    CompletedSessionsParams, CreatePaymentLink, CreatePaymentLinkLineItems,
    CreatePaymentLinkLineItemsPriceData, CreatePaymentLinkLineItemsPriceDataProductData,
    CreatePaymentLinkPaymentIntentData, ListPaymentLink, RestrictionsParams, UpdatePaymentLink,
};

use crate::list::{self, List, PAGE};
use crate::{Money, PaymentLink, StripeApi, StripeError, metadata, read};

/// A link to be made. The same fields give the same bytes, so that a repeated
/// request matches its idempotency key.
#[derive(Debug, Clone, Copy)]
pub struct NewLink<'a> {
    /// The charge's id, and its conversation's.
    pub charge: &'a str,
    pub conversation: &'a str,
    pub amount: Money,
    /// What the customer reads on the pay page; the amount where it is empty.
    pub description: &'a str,
    /// One payment uses the link up. A voucher counts when it is issued.
    pub single_use: bool,
    /// What the pay page says once the link is used up or switched off.
    pub inactive_message: Option<&'a str>,
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
        let mut request = ListPaymentLink::new().limit(PAGE);
        if let Some(after) = after {
            request = request.starting_after(after);
        }
        list::read_list(&self.get(request.build()).await?, self.is_live())
    }

    /// Returns the link that was made for `charge`, among the newest `max_pages` hundreds.
    ///
    /// For when its idempotency key is older than Stripe keeps them.
    pub async fn find_payment_link(
        &self,
        charge: &str,
        max_pages: u32,
    ) -> Result<Option<PaymentLink>, StripeError> {
        let mut after: Option<String> = None;
        for _ in 0..max_pages {
            let page = self.payment_links(after.as_deref()).await?;
            after = page.items.last().map(|link| link.id.clone());
            let is_ours =
                |link: &PaymentLink| link.metadata.get(metadata::CHARGE).is_some_and(|id| id == charge);
            if let Some(link) = page.items.into_iter().find(is_ours) {
                return Ok(Some(link));
            }
            if !page.has_more || after.is_none() {
                break;
            }
        }
        Ok(None)
    }
}

impl NewLink<'_> {
    fn request(&self) -> Result<RequestBuilder, StripeError> {
        let mut link = CreatePaymentLink::new(vec![self.line()?])
            .metadata(metadata::of(self.charge, self.conversation))
            .payment_intent_data(CreatePaymentLinkPaymentIntentData {
                metadata: Some(metadata::of(self.charge, self.conversation)),
                ..CreatePaymentLinkPaymentIntentData::new()
            });
        if self.single_use {
            link = link.restrictions(RestrictionsParams::new(CompletedSessionsParams::new(1)));
        }
        if let Some(message) = self.inactive_message {
            link = link.inactive_message(message);
        }
        Ok(link.build())
    }

    fn line(&self) -> Result<CreatePaymentLinkLineItems, StripeError> {
        let amount = chargeable(self.amount)?;
        let product =
            CreatePaymentLinkLineItemsPriceDataProductData::new(product_name(self.description, amount));
        Ok(CreatePaymentLinkLineItems {
            price_data: Some(CreatePaymentLinkLineItemsPriceData {
                product_data: Some(product),
                unit_amount: Some(amount.minor()),
                ..CreatePaymentLinkLineItemsPriceData::new(currency_of(amount))
            }),
            ..CreatePaymentLinkLineItems::new(1_u64)
        })
    }
}

pub(crate) fn chargeable(amount: Money) -> Result<Money, StripeError> {
    amount
        .check_chargeable()
        .map_err(|error| StripeError::invalid(error.to_string()))
}

pub(crate) fn currency_of(amount: Money) -> stripe_types::Currency {
    let Ok(currency) = amount.currency().stripe_code().parse();
    currency
}

/// Stripe wants a name; the amount says the least in any language.
pub(crate) fn product_name(description: &str, amount: Money) -> String {
    match description.trim() {
        "" => amount.to_string(),
        description => description.to_owned(),
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
    use crate::Currency;

    fn mxn(minor: i64) -> Money {
        Money::from_minor(minor, Currency::from_code("MXN").unwrap()).unwrap()
    }

    #[test]
    fn only_ids_become_paths() {
        assert!(checked_id("plink_1AbC").is_ok());
        for id in ["", "../refunds", "plink_1/line_items", "plink 1", "plink_1?x=1"] {
            assert!(checked_id(id).is_err(), "{id}");
        }
    }

    #[test]
    fn an_empty_description_becomes_the_amount() {
        assert_eq!(product_name("  ", mxn(12_50)), "12.50 MXN");
        assert_eq!(product_name(" Tacos ", mxn(12_50)), "Tacos");
    }

    #[test]
    fn an_amount_that_stripe_refuses_never_leaves() {
        assert!(matches!(chargeable(mxn(0)), Err(StripeError::Invalid(_))));
    }
}
