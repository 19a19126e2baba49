//! What a charge would look like and cost, before it is made.

use cobro_stripe::{KeyMode, fees};
use rusqlite::Connection;

use crate::domain::{
    ChargePreview, ChargeQuestion, ChargeTerms, ChargeWarning, ConversationId, Money, Paid, Timestamp,
    WarningKind, Worked,
};
use crate::sale::{self, Asked};
use crate::store::{charges, conversations};
use crate::templates::LinkTemplate;
use crate::{Error, Inbox, Language, Result, way};

/// Above this many major units nobody charges in a chat: usually a slipped key.
const IMPLAUSIBLE_MAJOR: i64 = 100_000_000;

/// Returns the exact message, the fee estimate and what speaks against the charge.
pub async fn charge(inbox: &Inbox, question: ChargeQuestion) -> Result<ChargePreview> {
    let language = inbox.language();
    let country = inbox.country.clone();
    let livemode = inbox
        .stripe()
        .is_some_and(|stripe| stripe.key_mode() == KeyMode::Live);
    inbox
        .store
        .read(move |conn| {
            let conversation = question.conversation;
            let address = conversations::address(conn, conversation)?;
            let now = Timestamp::now();
            let worked = sale::work_out(conn, language, Asked::from(&question))?;
            let amount = worked.totals.now;
            let estimate = fees::estimate(amount, &country, fee_method(&question.terms));
            let paid = Paid::of(amount, &question.terms, question.single_use);
            let ways = way::of_charge(conn, livemode, paid)?;
            let going = going(conn, language, conversation, now)?;
            let template = going.as_ref().ok().and_then(Option::as_ref);
            Ok(ChargePreview {
                message: match template {
                    Some(template) => template.text(
                        language,
                        &address.contact_name,
                        &worked.description,
                        &language.asked(&question.terms, &worked.totals),
                    ),
                    None => message_of(
                        language,
                        &address.contact_name,
                        &worked,
                        &question.terms,
                        question.message.as_deref(),
                    ),
                },
                template: template.map(|template| template.name().to_owned()),
                button: language.button_of(&question.terms, amount),
                fee: estimate.as_ref().map(|estimate| estimate.fee),
                net: estimate.as_ref().map(|estimate| estimate.net),
                fee_basis: estimate.map(|estimate| estimate.basis),
                warnings: warnings(conn, conversation, &worked, livemode, going.err().as_deref())?,
                ways,
                rates: charges::rates_used(conn, amount.currency())?,
                carrier: worked.carrier,
                totals: worked.totals,
                lines: worked.lines,
            })
        })
        .await
}

/// Returns the method that a fee is estimated for: cards, unless nothing but vouchers is offered.
fn fee_method(terms: &ChargeTerms) -> fees::Method {
    match terms.methods.as_slice() {
        [only] if only == "oxxo" => fees::Method::Oxxo,
        _ => fees::Method::Card,
    }
}

/// Returns the template that carries the link where the window is closed, or why none does.
fn going(
    conn: &Connection,
    language: Language,
    conversation: ConversationId,
    now: Timestamp,
) -> Result<std::result::Result<Option<LinkTemplate>, String>> {
    if conversations::address(conn, conversation)?.window_is_open(now) {
        return Ok(Ok(None));
    }
    match LinkTemplate::find(conn, conversation, language, None) {
        Ok(template) => Ok(Ok(Some(template))),
        Err(Error::NoLinkTemplate(why)) => Ok(Err(why)),
        Err(error) => Err(error),
    }
}

/// Returns the words above the pay button: the person's own, or the usual ones.
pub(crate) fn message_of(
    language: Language,
    name: &str,
    worked: &Worked,
    terms: &ChargeTerms,
    message: Option<&str>,
) -> String {
    match message.map(str::trim).filter(|message| !message.is_empty()) {
        Some(message) => message.to_owned(),
        None => language.order_message(name, &worked.description, &worked.lines, terms, &worked.totals),
    }
}

/// The same amount again within this time is more likely a slip than another order.
const JUST_PAID: std::time::Duration = std::time::Duration::from_hours(24);

fn warnings(
    conn: &Connection,
    conversation: ConversationId,
    worked: &Worked,
    livemode: bool,
    why_not_sent: Option<&str>,
) -> Result<Vec<ChargeWarning>> {
    let amount = worked.totals.now;
    let mut found = Vec::new();
    let mut warn = |kind, blocking, text: String| found.push(ChargeWarning { kind, blocking, text });
    if let Err(error) = amount.check_chargeable() {
        warn(WarningKind::NotChargeable, true, error.to_string());
    }
    if let Some(why) = why_not_sent {
        warn(WarningKind::WindowClosed, true, why.to_owned());
    }
    if let Some(minimum) = fees::minimum(amount.currency()).filter(|minimum| amount.minor() < *minimum)
        && let Ok(minimum) = Money::from_minor(minimum, amount.currency())
    {
        warn(
            WarningKind::BelowMinimum,
            false,
            format!("Stripe usually takes {minimum} or more"),
        );
    }
    let maximum = fees::maximum(amount.currency());
    if amount.minor() > maximum
        && let Ok(maximum) = Money::from_minor(maximum, amount.currency())
    {
        warn(
            WarningKind::AboveMaximum,
            false,
            format!("Stripe takes {maximum} or less at once. Charge it in parts"),
        );
    } else if amount.minor() / 10_i64.pow(u32::from(amount.currency().exponent())) >= IMPLAUSIBLE_MAJOR {
        warn(
            WarningKind::Implausible,
            false,
            format!("{amount} is unusually much. Check the zeros"),
        );
    } else if charges::usual_amount(conn, amount.currency(), livemode)?
        .is_some_and(|usual| amount.minor() >= usual.saturating_mul(100))
    {
        warn(
            WarningKind::HundredTimesUsual,
            false,
            format!("{amount} is more than a hundred times what is usual here. Check the zeros"),
        );
    }
    if let Some((name, left)) = short_of(worked) {
        warn(
            WarningKind::OutOfStock,
            false,
            format!("Of {name} only {left} are left in the catalog"),
        );
    }
    if worked.carrier.ends_within_a_day {
        warn(
            WarningKind::EndsSooner,
            false,
            "This pay page ends after 24 hours at the latest".into(),
        );
    }
    if charges::same_amount_open(conn, conversation, amount)?.is_some() {
        warn(
            WarningKind::SameAmountOpen,
            false,
            format!("A charge of {amount} is already open here. Send that link again, or cancel it first"),
        );
    } else if charges::same_amount_paid(conn, conversation, amount, Timestamp::now().minus(JUST_PAID))? {
        warn(
            WarningKind::SameAmountPaid,
            false,
            format!("{amount} was paid here today. Charge it once more only if it is another order"),
        );
    }
    Ok(found)
}

/// Returns the first product of which more is charged than is left.
fn short_of(worked: &Worked) -> Option<(&str, i32)> {
    worked.products.iter().find_map(|product| {
        let wanted: i64 = worked
            .lines
            .iter()
            .filter(|line| line.product == Some(product.id))
            .map(|line| i64::from(line.quantity))
            .sum();
        let left = product.stock.filter(|left| i64::from(*left) < wanted)?;
        Some((product.name.as_str(), left.max(0)))
    })
}
