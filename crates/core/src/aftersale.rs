//! After the sale: what the customer is told, and how far the order is.

use rusqlite::{Connection, Transaction};

use crate::action::{Action, Actor, Sending, apply};
use crate::domain::{
    AfterSale, Charge, ChargeId, Fulfilment, KitPart, MessageId, MessageKind, Money, MovedOrder, Payment,
    ProductAfterSale, Timestamp, Words,
};
use crate::store::{charges, conversations, meta, products};
use crate::{CoreEvent, Error, Inbox, Language, Result, templates};

const TEXT_LIMIT: usize = 1000;

/// Returns what customers are told after paying.
pub async fn settings(inbox: &Inbox) -> Result<AfterSale> {
    inbox.store.read(kept).await
}

/// Changes what customers are told after paying.
pub async fn set(inbox: &Inbox, mut after: AfterSale) -> Result<AfterSale> {
    for (field, text) in [
        ("thank-you", &mut after.thanks),
        ("next step", &mut after.next_step),
        ("question for the address", &mut after.shipping),
    ] {
        check_text(field, text)?;
    }
    let json = serde_json::to_string(&after).map_err(anyhow::Error::new)?;
    inbox
        .store
        .write(move |tx| Ok(meta::set(tx, meta::AFTER_SALE, &json)?))
        .await?;
    Ok(after)
}

/// Checks and tidies what is told after one product was paid for.
pub(crate) fn check_product(after: &mut ProductAfterSale) -> Result<()> {
    check_text("thank-you", &mut after.thanks)?;
    check_text("next step", &mut after.next_step)
}

fn check_text(field: &str, text: &mut String) -> Result<()> {
    *text = cobro_protocol::cards::mask_text(text.trim()).into_owned();
    if text.chars().count() > TEXT_LIMIT {
        return Err(Error::Invalid(format!(
            "The {field} is longer than {TEXT_LIMIT} characters. Shorten it"
        )));
    }
    if let Some(unknown) = unknown_place(text) {
        return Err(Error::Invalid(format!(
            "The {field} has {{{unknown}}}, which stands for nothing. Use {{name}}, {{amount}} or {{item}}"
        )));
    }
    Ok(())
}

/// Moves an order, and tells the customer if that is asked for. It moves whether or not they can be told.
pub async fn move_order(
    inbox: &Inbox,
    charge: ChargeId,
    to: Fulfilment,
    tell: Option<MessageId>,
) -> Result<MovedOrder> {
    let language = inbox.language();
    let moved = inbox
        .store
        .write(move |tx| {
            let now = Timestamp::now();
            let known = charges::get(tx, charge)?;
            if known.fulfilment.is_none() || !is_fulfillable(known.payment) {
                return Err(Error::Conflict(
                    "Only an order whose money is there can be moved. Look at the charge again".into(),
                ));
            }
            let changed = apply(tx, Actor::Person, &Action::MoveOrder { charge, to }, now)?;
            let may_tell = kept(tx)?.tells_order;
            let (told, why_not) = match tell.filter(|_| changed) {
                Some(_) if !may_tell => (false, Some(language.tells_no_orders().to_owned())),
                Some(message) => tell_of(tx, language, message, &known, to, now)?,
                None => (false, None),
            };
            Ok(MovedOrder {
                charge: charges::get(tx, charge)?,
                told,
                why_not,
            })
        })
        .await?;
    if moved.told {
        inbox.outbox.notify_one();
    }
    let conversation = moved.charge.conversation;
    inbox.emit(CoreEvent::ChargeChanged { charge, conversation });
    inbox.emit(CoreEvent::ConversationChanged { conversation });
    Ok(moved)
}

/// Returns whether an order of such a charge may go on.
pub(crate) fn is_fulfillable(payment: Payment) -> bool {
    matches!(
        payment,
        Payment::Paid | Payment::Overpaid | Payment::PartlyPaid | Payment::PartlyRefunded
    )
}

/// Queues the news of an order. Returns whether it goes, and why not.
fn tell_of(
    tx: &Transaction<'_>,
    language: Language,
    message: MessageId,
    charge: &Charge,
    to: Fulfilment,
    now: Timestamp,
) -> Result<(bool, Option<String>)> {
    let address = conversations::address(tx, charge.conversation)?;
    let sending = if address.window_is_open(now) {
        let text = language.order_moved(&address.contact_name, &charge.description, to);
        Sending::text(message, charge.conversation, text)
    } else {
        let values = [
            language.called(&address.contact_name),
            templates::what(language, &charge.description),
            language.fulfilment(to).to_owned(),
        ];
        match by_template(tx, language, message, charge, KitPart::OrderUpdate, &values) {
            Ok(sending) => sending,
            Err(error @ (Error::NoLinkTemplate(_) | Error::Invalid(_))) => {
                return Ok((false, Some(error.to_string())));
            }
            Err(error) => return Err(error),
        }
    };
    apply(tx, Actor::Person, &Action::Send(Box::new(sending)), now)?;
    Ok((true, None))
}

/// Queues the thank-you of a payment, with what the shop wants to say or ask after it.
pub(crate) fn thank(
    tx: &Transaction<'_>,
    charge: ChargeId,
    amount: Money,
    language: Language,
    now: Timestamp,
) -> Result<()> {
    let charge = charges::get(tx, charge)?;
    let address = conversations::address(tx, charge.conversation)?;
    let after = kept_for(tx, charge.id)?;
    let message = MessageId::new();
    let sending = if address.window_is_open(now) {
        let text = text_of(
            &after,
            language,
            &address.contact_name,
            amount,
            &charge.description,
        );
        Ok(Sending::text(message, charge.conversation, text))
    } else if after.by_template && amount.minor() > 0 {
        let values = [
            language.called(&address.contact_name),
            language.money(amount),
            templates::what(language, &charge.description),
        ];
        by_template(tx, language, message, &charge, KitPart::PaymentReceived, &values)
    } else {
        Err(Error::WindowClosed)
    };
    match sending {
        Ok(sending) => apply(tx, Actor::Rule, &Action::Send(Box::new(sending)), now).map(drop),
        Err(Error::WindowClosed | Error::NoLinkTemplate(_) | Error::Invalid(_)) => {
            let words = Words::new(
                "thanks_window_closed",
                "Paid; the thank-you was not sent",
                "The customer last wrote more than 24 hours ago, so WhatsApp takes no free text. Thank them when they write",
            );
            charges::set_problem(tx, charge.id, Some(&words))
        }
        Err(error) => Err(error),
    }
}

/// Returns a message of the kit's, for where free text is not taken.
fn by_template(
    conn: &Connection,
    language: Language,
    message: MessageId,
    charge: &Charge,
    part: KitPart,
    values: &[String],
) -> Result<Sending> {
    let filled = templates::kit_message(conn, charge.conversation, language, part, values)?;
    let content = filled.content();
    let text = filled.text.clone();
    Ok(Sending {
        message,
        conversation: charge.conversation,
        kind: MessageKind::Template,
        charge: None,
        retry_of: None,
        outgoing: filled.outgoing(message),
        text,
        content: Some(content),
        reply_to: None,
        file: None,
    })
}

fn text_of(after: &AfterSale, language: Language, name: &str, amount: Money, item: &str) -> String {
    let filled = |text: &str| filled(text, language, name, amount, item);
    // The shop's words about an amount say nothing of an order that a code made free.
    let speaks_of_nothing = amount.minor() == 0 && after.thanks.contains("{amount}");
    let thanks = if after.thanks.is_empty() || speaks_of_nothing {
        language.thanks(name, amount)
    } else {
        filled(&after.thanks)
    };
    let mut parts = vec![thanks];
    parts.extend(follows(after, language, name, amount, item));
    parts.join("\n\n")
}

/// Returns what follows the thanks for a charge: the next step, and the question where to send it.
pub(crate) fn what_follows(
    conn: &Connection,
    language: Language,
    charge: &Charge,
    name: &str,
    amount: Money,
) -> Result<Vec<String>> {
    let after = kept_for(conn, charge.id)?;
    Ok(follows(&after, language, name, amount, &charge.description))
}

fn follows(after: &AfterSale, language: Language, name: &str, amount: Money, item: &str) -> Vec<String> {
    let filled = |text: &str| filled(text, language, name, amount, item);
    let mut parts = Vec::new();
    if !after.next_step.is_empty() {
        parts.push(filled(&after.next_step));
    }
    if after.asks_shipping {
        parts.push(if after.shipping.is_empty() {
            language.ask_address().to_owned()
        } else {
            filled(&after.shipping)
        });
    }
    parts
}

fn filled(text: &str, language: Language, name: &str, amount: Money, item: &str) -> String {
    let item = templates::what(language, item);
    text.replace("{name}", &language.called(name))
        .replace("{amount}", &language.money(amount))
        .replace("{item}", &item)
}

/// Returns a word in braces that stands for nothing.
fn unknown_place(text: &str) -> Option<&str> {
    text.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(place, _)| place))
        .find(|place| !matches!(*place, "name" | "amount" | "item"))
}

/// Returns what is told after a charge: its products' own words where they have some, else the shop's.
fn kept_for(conn: &Connection, charge: ChargeId) -> Result<AfterSale> {
    Ok(kept(conn)?.of_order(&products::after_sale_of(conn, charge)?))
}

/// Returns whether each payment of a subscription is an order of its own.
pub(crate) fn renews_order(conn: &Connection, charge: ChargeId) -> Result<bool> {
    Ok(kept_for(conn, charge)?.renews_order)
}

/// Returns the settings as they are kept; what can't be read is as if never set.
pub(crate) fn kept(conn: &Connection) -> Result<AfterSale> {
    let json = meta::get(conn, meta::AFTER_SALE)?;
    Ok(json
        .and_then(|json| serde_json::from_str(&json).ok())
        .unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Currency;

    fn text(after: &AfterSale) -> String {
        let amount = Money::from_minor(450_00, Currency::from_code("MXN").unwrap()).unwrap();
        text_of(after, Language::En, "Ana Souza", amount, "Cake")
    }

    #[test]
    fn the_shops_own_words_are_filled_in() {
        let after = AfterSale {
            thanks: "Thanks {name}, {amount} for {item} is here!".into(),
            next_step: "Fetch it on Friday.".into(),
            asks_shipping: true,
            ..AfterSale::default()
        };
        let text = text(&after);
        assert!(
            text.starts_with("Thanks Ana, MX$450.00 for Cake is here!\n\nFetch it on Friday.\n\n"),
            "{text}"
        );
        assert!(text.ends_with(Language::En.ask_address()));
    }

    #[test]
    fn an_order_that_a_code_made_free_speaks_of_no_amount() {
        let nothing = Money::from_minor(0, Currency::from_code("MXN").unwrap()).unwrap();
        let own = AfterSale {
            thanks: "Your {amount} are here".into(),
            ..AfterSale::default()
        };
        for after in [own, AfterSale::default()] {
            assert_eq!(
                text_of(&after, Language::En, "Ana Souza", nothing, "Cake"),
                "Thank you, Ana! Your order is confirmed, and there is nothing to pay. ✅"
            );
        }
    }

    #[test]
    fn nothing_set_says_the_usual_thanks() {
        assert_eq!(
            text(&AfterSale::default()),
            "Thank you, Ana! We received your payment of MX$450.00. ✅"
        );
    }

    #[test]
    fn a_place_that_stands_for_nothing_is_named() {
        assert_eq!(unknown_place("Hi {nombre}"), Some("nombre"));
        assert_eq!(unknown_place("Hi {name} {amount} {item}, {open"), None);
    }
}
