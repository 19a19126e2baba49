//! Who pays, as Stripe knows them: made once for each conversation, where a way of paying needs it.

use cobro_stripe::{CustomerFields, KeyMode, SPEI, StripeApi, StripeError};

use crate::charge::KEY_LIFE;
use crate::domain::{ConversationId, Timestamp};
use crate::store::charges::ToCreate;
use crate::store::{conversations, payers};
use crate::{Error, Inbox, Result};

/// As far back as an old customer is looked for, in hundreds.
const MOST_PAGES: u32 = 20;

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

/// Returns the conversation's customer at Stripe, who is made where there is none yet.
///
/// The key is committed before Stripe is asked, and is the conversation's own, so that two
/// charges at once, a lost answer or a crash end in the same customer: what was sent too
/// much for one order waits there for the next.
async fn customer(inbox: &Inbox, stripe: &StripeApi, conversation: ConversationId) -> Result<String> {
    let live = stripe.key_mode() == KeyMode::Live;
    let payer = inbox
        .store
        .write(move |tx| {
            let name = conversations::address(tx, conversation)?.contact_name;
            payers::begin(tx, conversation, live, name.trim(), Timestamp::now())
        })
        .await?;
    if let Some(customer) = payer.customer {
        return Ok(customer);
    }
    let of = conversation.to_string();
    let is_old = Timestamp::now().since(payer.asked_at) > KEY_LIFE;
    let known = if is_old {
        stripe.find_customer(&of, MOST_PAGES).await?
    } else {
        None
    };
    let customer = if let Some(customer) = known {
        customer
    } else {
        let fields = CustomerFields {
            name: Some(payer.name.as_str()).filter(|name| !name.is_empty()),
            conversation: Some(&of),
            ..CustomerFields::default()
        };
        stripe.create_customer(&fields, &payer.idempotency_key).await?
    };
    let id = customer.id.clone();
    inbox
        .store
        .write(move |tx| payers::found(tx, conversation, live, &id))
        .await?;
    Ok(customer.id)
}
