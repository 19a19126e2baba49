//! Who pays, as Stripe knows them: made once for each conversation, where a way of paying needs it.

use std::collections::{BTreeMap, BTreeSet};

use cobro_stripe::{Customer, CustomerFields, KeyMode, SPEI, StripeApi, StripeError};

use crate::charge::{KEY_LIFE, is_stored};
use crate::domain::{ConversationId, Timestamp};
use crate::store::charges::ToCreate;
use crate::store::conversations;
use crate::store::payers::{self, Payer};
use crate::store::syncing::Account;
use crate::{Error, Inbox, Result};

/// As far back as an old customer is looked for, in hundreds.
const MOST_PAGES: u32 = 20;
/// One that another key may have made was made a moment ago.
const FEW_PAGES: u32 = 3;
/// A payer's mark, on the customer.
const MARK: &str = "cobro_payer";

/// Returns the customer that a charge's way of paying needs; none where it needs none.
pub(crate) async fn needed(
    inbox: &Inbox,
    stripe: &StripeApi,
    draft: &ToCreate,
) -> Result<Result<Option<String>, StripeError>> {
    if !draft.terms.methods.iter().any(|method| method == SPEI) {
        return Ok(Ok(None));
    }
    match customer(inbox, stripe, draft.conversation).await {
        Ok(customer) => Ok(Ok(Some(customer))),
        Err(Error::Stripe(error)) => Ok(Err(error)),
        Err(error) => Err(error),
    }
}

/// Returns whether Stripe refused because the customer is there no more.
pub(crate) fn is_gone(error: &StripeError) -> bool {
    let is_customer = matches!(error, StripeError::Api { param: Some(param), .. } if &**param == "customer");
    is_customer && error.is_not_found()
}

/// Forgets a customer that somebody deleted at Stripe, so that the next try makes another.
pub(crate) async fn forget(inbox: &Inbox, customer: &str) -> Result<()> {
    let customer = customer.to_owned();
    inbox.store.write(move |tx| payers::forget(tx, &customer)).await
}

/// What Stripe holds of a customer, by currency: what was too much for one order waits for the next.
pub(crate) struct Held {
    pub customer: String,
    pub sums: BTreeMap<String, i64>,
    pub asked_at: Timestamp,
}

/// Asks what Stripe holds of these customers. Where it can't be learned, what is known stays: no payment waits for it.
pub(crate) async fn held(stripe: &StripeApi, customers: BTreeSet<String>) -> Vec<Held> {
    let mut all = Vec::new();
    for customer in customers {
        let asked_at = Timestamp::now();
        match stripe.cash_balance(&customer).await {
            Ok(sums) => all.push(Held {
                customer,
                sums,
                asked_at,
            }),
            Err(error) => tracing::warn!(%error, "What Stripe holds of a customer could not be read"),
        }
    }
    all
}

/// Returns the conversation's customer at Stripe, who is made where there is none yet.
///
/// The key is committed before Stripe is asked, so that two charges at once, a lost answer or a
/// crash end in the same customer: what was sent too much for one order waits there for the next.
async fn customer(inbox: &Inbox, stripe: &StripeApi, conversation: ConversationId) -> Result<String> {
    let here = Account {
        livemode: stripe.key_mode() == KeyMode::Live,
        id: inbox.stripe_account(),
    };
    let payer = inbox
        .store
        .write(move |tx| {
            let name = conversations::address(tx, conversation)?.contact_name;
            payers::begin(tx, conversation, &here, name.trim(), Timestamp::now())
        })
        .await?;
    if let Some(customer) = payer.customer {
        return Ok(customer);
    }
    let mark = payer.mark.clone();
    match made(stripe, &payer).await {
        Ok(customer) => {
            let id = customer.id.clone();
            inbox.store.write(move |tx| payers::found(tx, &mark, &id)).await?;
            Ok(customer.id)
        }
        Err(error) => {
            if is_stored(&error) {
                inbox.store.write(move |tx| payers::change_key(tx, &mark)).await?;
            }
            Err(error.into())
        }
    }
}

/// Makes the customer, or finds the one that was made with an answer that was lost.
async fn made(stripe: &StripeApi, payer: &Payer) -> Result<Customer, StripeError> {
    let is_old = Timestamp::now().since(payer.asked_at) > KEY_LIFE;
    if is_old || payer.is_asked_again() {
        let pages = if is_old { MOST_PAGES } else { FEW_PAGES };
        if let Some(customer) = stripe.find_customer(MARK, &payer.mark, pages).await? {
            return Ok(customer);
        }
    }
    let fields = CustomerFields {
        name: Some(payer.name.as_str()).filter(|name| !name.is_empty()),
        conversation: Some(&payer.told_conversation),
        metadata: &[(MARK, &payer.mark)],
        ..CustomerFields::default()
    };
    stripe.create_customer(&fields, &payer.idempotency_key).await
}
