//! A link by which a customer changes the card: made when it is sent, kept nowhere.

use cobro_stripe::{KeyMode, PortalFlow};

use crate::action::{Action, Actor, apply};
use crate::domain::{Message, MessageId, Timestamp};
use crate::store::{conversations, messages, subscriptions};
use crate::{Error, Inbox, Language, Result, message};

/// Sends the link. The same id twice is one message.
///
/// Whoever has the address can act as the customer at Stripe: it is in what goes out alone, not in the
/// thread, the search or the log, and it can't be sent again. Stripe ends it by itself soon.
pub async fn send_card_link(inbox: &Inbox, id: MessageId, subscription: String) -> Result<Message> {
    let stripe = inbox.require_stripe()?.clone();
    let live = stripe.key_mode() == KeyMode::Live;
    let (known, customer, conversation) = inbox
        .store
        .read(move |conn| {
            let known = messages::find(conn, id)?;
            let view = subscriptions::get(conn, &subscription)?;
            if view.status.is_over() {
                return Err(Error::Conflict(
                    "This subscription is over: no card is charged any more".into(),
                ));
            }
            if view.livemode != live {
                return Err(Error::Conflict(
                    "This subscription is of the other mode. Use the Stripe key that it was made with".into(),
                ));
            }
            message::require_window(
                &conversations::address(conn, view.conversation)?,
                Timestamp::now(),
            )?;
            let record = subscriptions::find(conn, &subscription)?;
            Ok((
                known,
                record.and_then(|record| record.customer),
                view.conversation,
            ))
        })
        .await?;
    if let Some(known) = known {
        return Ok(known);
    }
    let customer = customer.ok_or(Error::NotFound("The customer at Stripe"))?;
    let language = inbox.language();
    let portal = stripe
        .create_portal_session(
            &customer,
            PortalFlow::ChangeCard,
            Some(locale(language)),
            &format!("cobro-portal-{id}"),
        )
        .await?;
    let sent = inbox
        .store
        .write(move |tx| {
            let now = Timestamp::now();
            let address = message::address(tx, conversation)?;
            message::require_window(&address, now)?;
            let text = language.change_card(&address.contact_name);
            let button = (language.change_card_button().to_owned(), portal.url);
            let sending = super::news::text_or_button_of(id, conversation, text, Some(button));
            apply(tx, Actor::Person, &Action::Send(Box::new(sending)), now)?;
            messages::get(tx, id)
        })
        .await?;
    message::queued(inbox, &sent);
    Ok(sent)
}

/// Returns Stripe's name for the page's language.
fn locale(language: Language) -> &'static str {
    match language {
        Language::Es => "es-419",
        Language::Pt => "pt-BR",
        Language::En => "en",
    }
}
