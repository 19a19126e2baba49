//! What a charge that comes again can have, and what goes with it in the catalog.

use super::Asked;
use crate::domain::{ChargeTerms, Product, Recurrence};
use crate::{Error, Result};

/// Meses sin intereses are a thing of Mexican banks.
const BANK_MONTHS_CURRENCY: &str = "MXN";
/// Stripe's name for the only way of paying that they come with.
const CARD: &str = "card";

/// Refuses what Stripe can't do, or what would surprise somebody later: which field, and the way out.
pub(super) fn check(asked: Asked<'_>) -> Result<()> {
    let terms = asked.terms;
    if terms.bank_months {
        check_bank_months(asked)?;
    }
    let Some(recurrence) = terms.recurrence else {
        return Ok(());
    };
    recurrence.check()?;
    let is_plan = recurrence.instalments().is_some();
    let what = if is_plan { "Instalments" } else { "A subscription" };
    let conflicts = [
        (
            terms.deposit.is_some(),
            "can't have a deposit: the first payment is one already. Take the deposit away",
        ),
        (
            terms.rest_of.is_some(),
            "can't ask for the rest of a deposit. Charge the rest once",
        ),
        (
            terms.coupon.is_some(),
            "can't take one of Stripe's codes: it may end before the payments do. Give the discount as an amount",
        ),
        (
            is_plan && terms.promotion_codes,
            "can't have a field for codes: their sum is agreed. Take the field away",
        ),
        (
            !terms.shipping_rates.is_empty(),
            "can't offer ways of delivery with prices. Add the delivery as a line",
        ),
        (
            !asked.single_use,
            "is for one customer. Let the link be paid once",
        ),
        (
            terms.bank_months,
            "can't have meses sin intereses as well: the bank makes those. Choose one of both",
        ),
    ];
    match conflicts.into_iter().find(|(conflict, _)| *conflict) {
        Some((_, why)) => Err(Error::Invalid(format!("{what} {why}"))),
        None => Ok(()),
    }
}

fn check_bank_months(asked: Asked<'_>) -> Result<()> {
    let methods = &asked.terms.methods;
    if !methods.is_empty() && !methods.iter().any(|method| method == CARD) {
        return Err(Error::Invalid(
            "Meses sin intereses are paid by card, which this charge leaves out. Offer cards again, or leave the months out"
                .into(),
        ));
    }
    let currency = asked.amount.map(cobro_stripe::Money::currency).or_else(|| {
        asked
            .lines
            .iter()
            .find_map(|line| line.unit)
            .map(|unit| unit.currency())
    });
    match currency {
        Some(currency) if currency.code() != BANK_MONTHS_CURRENCY => Err(Error::Invalid(format!(
            "Meses sin intereses are for amounts in {BANK_MONTHS_CURRENCY}, not in {currency}. Leave them out"
        ))),
        _ => Ok(()),
    }
}

/// A product that is sold by subscription is charged in its own rhythm, and not together with what is sold once.
pub(super) fn check_products(products: &[Product], terms: &ChargeTerms) -> Result<()> {
    let every = terms.recurrence.map(Recurrence::every);
    for product in products {
        let Some(own) = product.recurring else {
            continue;
        };
        if terms
            .recurrence
            .is_some_and(|recurrence| recurrence.instalments().is_some())
        {
            return Err(Error::Invalid(format!(
                "{} is a subscription, so it is not paid in instalments. Charge it as a subscription",
                product.name
            )));
        }
        if every != Some(own) {
            return Err(Error::Invalid(format!(
                "{} is a subscription, charged every {} {}(s). Charge it so, or take its line away",
                product.name,
                own.count,
                own.interval.name()
            )));
        }
    }
    Ok(())
}
