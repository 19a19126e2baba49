//! Working a charge out: its lines with the catalog's prices, what they add up to, and what carries it at Stripe.

mod recurrence;

use cobro_protocol::cards;
use cobro_stripe::{Need, choose};
use rusqlite::Connection;

use crate::domain::{
    Carrier, ChargeId, ChargeLine, ChargeQuestion, ChargeTerms, ConversationId, Currency, Money, NewCharge,
    NewChargeLine, PayLine, Product, Totals, Worked, add_up, list_of, pay_lines,
};
use crate::store::{charges, products};
use crate::{Error, Language, Result, product_link};

/// A session ends after this at the latest.
const SESSION_HOURS: u32 = 24;
/// As many ways of delivery as a pay page shows.
const MOST_RATES: usize = 5;
/// Stripe takes no longer name of a way of delivery.
const RATE_NAME_LIMIT: usize = 100;

/// What a person asks for, of a charge that is to be made or only looked at.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub conversation: ConversationId,
    pub amount: Option<Money>,
    pub description: &'a str,
    pub lines: &'a [NewChargeLine],
    pub terms: &'a ChargeTerms,
    pub single_use: bool,
    pub expires_in_hours: Option<u32>,
    /// The charge in whose place it is made.
    pub replaces: Option<ChargeId>,
}

impl<'a> From<&'a NewCharge> for Asked<'a> {
    fn from(new: &'a NewCharge) -> Self {
        Self {
            conversation: new.conversation,
            amount: Some(new.amount),
            description: &new.description,
            lines: &new.lines,
            terms: &new.terms,
            single_use: new.single_use,
            expires_in_hours: new.expires_in_hours,
            replaces: None,
        }
    }
}

impl<'a> From<&'a ChargeQuestion> for Asked<'a> {
    fn from(question: &'a ChargeQuestion) -> Self {
        Self {
            conversation: question.conversation,
            amount: question.amount,
            description: &question.description,
            lines: &question.lines,
            terms: &question.terms,
            single_use: question.single_use,
            expires_in_hours: question.expires_in_hours,
            replaces: None,
        }
    }
}

/// Works out what is asked for: which line, which rule, the way out.
pub(crate) fn work_out(conn: &Connection, language: Language, asked: Asked<'_>) -> Result<Worked> {
    recurrence::check(asked)?;
    let (lines, products) = lines_of(conn, asked)?;
    let totals = add_up(&lines, asked.terms)?;
    check_reuse(asked, &totals)?;
    check_lasting(asked, &products)?;
    if let Some(deposit) = asked.terms.rest_of {
        check_rest(conn, deposit, asked, totals.now)?;
    }
    recurrence::check_products(&products, asked.terms)?;
    check_delivery(asked.terms, totals.now.currency())?;
    let carrier = carrier_of(asked, lines.len())?;
    let mut pay = pay_lines(
        &lines,
        asked.terms,
        &totals,
        &language.pay_page_note(asked.terms, &totals),
    );
    if asked.terms.recurrence.is_some() {
        name_the_unnamed(&mut pay, language);
    }
    let description = match asked.description.trim() {
        "" if !asked.lines.is_empty() => list_of(&lines),
        given => given.to_owned(),
    };
    Ok(Worked {
        expires_in_hours: if carrier.ends_within_a_day {
            Some(SESSION_HOURS)
        } else {
            asked.expires_in_hours
        },
        lines,
        totals,
        pay,
        carrier,
        description,
        products,
    })
}

/// What comes again is named at Stripe by a word: an amount would be that of one payment only.
fn name_the_unnamed(pay: &mut [PayLine], language: Language) {
    for line in pay.iter_mut().filter(|line| line.name.trim().is_empty()) {
        language.a_payment().clone_into(&mut line.name);
    }
}

fn lines_of(conn: &Connection, asked: Asked<'_>) -> Result<(Vec<ChargeLine>, Vec<Product>)> {
    if asked.lines.is_empty() {
        let amount = asked.amount.ok_or_else(|| {
            Error::Invalid("There is nothing to charge for. Type an amount, or add a line".into())
        })?;
        return Ok((
            vec![ChargeLine::free(asked.description.trim(), amount)],
            Vec::new(),
        ));
    }
    let mut found = Vec::new();
    let mut lines = Vec::with_capacity(asked.lines.len());
    for (at, new) in asked.lines.iter().enumerate() {
        let line = match new.product {
            None => free_line(at + 1, asked.lines.len(), new)?,
            Some(id) => {
                let product = products::get(conn, id)?;
                let line = line_of(&product, new)?;
                found.push(product);
                line
            }
        };
        lines.push(line);
    }
    Ok((lines, found))
}

/// The only line of a charge needs no name, as a charge of an amount needs no description.
fn free_line(at: usize, of: usize, new: &NewChargeLine) -> Result<ChargeLine> {
    let name = tidy(&new.name);
    if name.is_empty() && (of > 1 || new.quantity != 1) {
        return Err(Error::Invalid(format!(
            "Line {at} has no name. Write what it is for, or choose a product"
        )));
    }
    let unit = new.unit.ok_or_else(|| {
        Error::Invalid(format!(
            "Line {at} has no price. Write what one costs, or choose a product"
        ))
    })?;
    Ok(ChargeLine {
        quantity: new.quantity,
        note: tidy(&new.note),
        ..ChargeLine::free(&name, unit)
    })
}

fn line_of(product: &Product, new: &NewChargeLine) -> Result<ChargeLine> {
    if !product.active {
        return Err(Error::Conflict(format!(
            "{} is archived. Offer it again in the catalog, or take its line away",
            product.name
        )));
    }
    let (price, options) = product.price_with(&new.options)?;
    Ok(ChargeLine {
        product: Some(product.id),
        name: product.name.clone(),
        options,
        unit: new.unit.unwrap_or(price),
        quantity: new.quantity,
        note: tidy(&new.note),
    })
}

/// Returns the text as one line, without card numbers.
fn tidy(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    cards::mask_text(&line).into_owned()
}

fn check_reuse(asked: Asked<'_>, totals: &Totals) -> Result<()> {
    if asked.single_use || (asked.terms.deposit.is_none() && asked.terms.rest_of.is_none()) {
        return Ok(());
    }
    Err(Error::Invalid(format!(
        "A deposit of {} is paid once, so its link can't be one that is paid often. Choose one of both",
        totals.now
    )))
}

/// A product's own link asks everybody for the same: one of it, at its price, as long as that is its price.
fn check_lasting(asked: Asked<'_>, products: &[Product]) -> Result<()> {
    if !asked.terms.lasting {
        return Ok(());
    }
    let alone = ChargeTerms {
        lasting: true,
        ..ChargeTerms::default()
    };
    let ([line], [product]) = (asked.lines, products) else {
        return Err(not_the_same());
    };
    product_link::check(product)?;
    let is_plain = line.quantity == 1
        && line.note.trim().is_empty()
        && line.unit.is_none_or(|unit| unit == product.price)
        && *asked.terms == alone
        && !asked.single_use
        && asked.expires_in_hours.is_none();
    if is_plain { Ok(()) } else { Err(not_the_same()) }
}

fn not_the_same() -> Error {
    Error::Invalid(
        "A product's own link asks everybody for one of it at its price, without discount, deposit, note, address or end. Take that away, or let this charge have a link of its own".into(),
    )
}

/// The rest of a deposit is asked for once, to the minor unit.
fn check_rest(conn: &Connection, deposit: ChargeId, asked: Asked<'_>, amount: Money) -> Result<()> {
    let deposit = charges::get(conn, deposit)?;
    if deposit.conversation != asked.conversation {
        return Err(Error::Invalid(
            "The deposit belongs to another conversation. Charge the rest where the deposit was charged"
                .into(),
        ));
    }
    if deposit.rest_charge.is_some() && deposit.rest_charge != asked.replaces {
        return Err(Error::Conflict(
            "The rest of this deposit is asked for already. Send that link again, or cancel it first".into(),
        ));
    }
    if deposit.totals.rest != amount {
        return Err(Error::Invalid(format!(
            "{} are owed after this deposit, not {amount}. Charge what is owed",
            deposit.totals.rest
        )));
    }
    Ok(())
}

/// Checks the ways of delivery as Stripe would, before anything is saved.
fn check_delivery(terms: &ChargeTerms, currency: Currency) -> Result<()> {
    if terms.shipping_rates.len() > MOST_RATES {
        return Err(Error::Invalid(format!(
            "There are {} ways of delivery; a pay page shows at most {MOST_RATES}. Take some away",
            terms.shipping_rates.len()
        )));
    }
    for rate in &terms.shipping_rates {
        let name = rate.name.trim();
        if name.is_empty() || name.chars().count() > RATE_NAME_LIMIT {
            return Err(Error::Invalid(format!(
                "The name of a way of delivery has 1 to {RATE_NAME_LIMIT} characters. Change it"
            )));
        }
        if rate.amount.currency() != currency {
            return Err(Error::Invalid(format!(
                "{name} costs {}, and the charge is in {}. Give both in the same currency",
                rate.amount,
                currency.code()
            )));
        }
        if rate.amount.minor() > 0
            && let Err(error) = rate.amount.check_chargeable()
        {
            return Err(Error::Invalid(format!("{name}: {error}")));
        }
    }
    Ok(())
}

fn carrier_of(asked: Asked<'_>, lines: usize) -> Result<Carrier> {
    let methods: Vec<&str> = asked.terms.methods.iter().map(String::as_str).collect();
    if asked.terms.coupon.is_some() && asked.terms.promotion_codes {
        return Err(Error::Invalid(
            "Stripe takes one code: either it is taken off now, or the customer types one. Choose one of both".into(),
        ));
    }
    if asked.terms.coupon.is_some() && asked.terms.deposit.is_some() {
        return Err(Error::Invalid(
            "Stripe would take the code off the deposit, not off the order. Give the discount as an amount instead"
                .into(),
        ));
    }
    if !asked.terms.shipping_rates.is_empty() && asked.terms.shipping_countries.is_empty() {
        return Err(Error::Invalid(
            "Ways of delivery need an address. Ask for one, or take them away".into(),
        ));
    }
    let need = Need {
        methods: &methods,
        lines,
        lasts_over_a_day: asked.expires_in_hours.is_none_or(|hours| hours > SESSION_HOURS),
        reusable: !asked.single_use,
        discount: asked.terms.coupon.is_some(),
        shipping_choices: !asked.terms.shipping_rates.is_empty(),
        recurring: asked.terms.recurrence.is_some(),
        installments: asked.terms.bank_months,
        ..Need::default()
    };
    let choice = choose(&need)
        .map_err(|error| Error::Invalid(format!("{error}. Let the link be paid once, or take that away")))?;
    Ok(Carrier {
        object: choice.object,
        reason: choice.reason,
        ends_within_a_day: choice.ends_within_a_day,
    })
}
