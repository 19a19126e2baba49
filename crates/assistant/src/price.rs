//! From an order to a charge: catalog prices, and what the shop took off.

use cobro_stripe::Money;

use crate::catalog::Place;
use crate::decide::Desk;
use crate::dialogue::{Price, is_delivery, sum};
use crate::grant::Grant;
use crate::proposal::{ProposedCharge, ProposedLine};
use crate::rules::Cut;

/// Why an order has no price yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    Nothing,
    Option,
    Quantity,
    OutOfRange,
    Unavailable,
    Total,
    Discount,
}

/// Returns the charge for what is selected.
pub(crate) fn priced(desk: &Desk<'_>) -> Result<ProposedCharge, Trouble> {
    let pairs = merged(chosen(desk)?);
    check_quantities(desk, &pairs)?;
    let goods = pairs
        .iter()
        .filter(|(place, _)| !is_delivery(desk.catalog, *place))
        .count();
    if goods == 0 {
        return Err(Trouble::Nothing);
    }
    let full = sum(desk.catalog, &pairs).ok_or(Trouble::Total)?;
    let special = special_price(desk, &pairs, goods)?;
    let subtotal = match special {
        Some((place, minor)) => {
            let quantity = pairs
                .iter()
                .find(|(other, _)| *other == place)
                .map_or(0, |(_, quantity)| i64::from(*quantity));
            full - (desk.catalog.price(place) - minor) * quantity
        }
        None => full,
    };
    let discount = discount(desk, &pairs, subtotal)?;
    finish(desk, &pairs, special, discount, subtotal - discount)
}

fn chosen(desk: &Desk<'_>) -> Result<Vec<(Place, u32)>, Trouble> {
    let lines = desk.state.selected(desk.catalog);
    if lines.is_empty() {
        return Err(Trouble::Nothing);
    }
    lines
        .into_iter()
        .map(|line| {
            let place = line.place().ok_or(Trouble::Option)?;
            Ok((place, line.quantity.value().ok_or(Trouble::Quantity)?))
        })
        .collect()
}

/// Adds up lines of the same item, in catalog order.
fn merged(mut pairs: Vec<(Place, u32)>) -> Vec<(Place, u32)> {
    pairs.sort_unstable();
    let mut merged: Vec<(Place, u32)> = Vec::with_capacity(pairs.len());
    for (place, quantity) in pairs {
        match merged.last_mut() {
            Some((last, sum)) if *last == place => *sum = sum.saturating_add(quantity),
            _ => merged.push((place, quantity)),
        }
    }
    merged
}

fn check_quantities(desk: &Desk<'_>, pairs: &[(Place, u32)]) -> Result<(), Trouble> {
    for (place, quantity) in pairs {
        if *quantity == 0 || *quantity > desk.rules.max_quantity {
            return Err(Trouble::OutOfRange);
        }
        if desk.catalog.item(*place).is_none_or(|item| !item.available) {
            return Err(Trouble::Unavailable);
        }
    }
    Ok(())
}

/// Returns the item with a price of its own in this chat.
fn special_price(
    desk: &Desk<'_>,
    pairs: &[(Place, u32)],
    goods: usize,
) -> Result<Option<(Place, i64)>, Trouble> {
    let Some(Grant::UnitPrice(minor)) = desk.state.grant else {
        return Ok(None);
    };
    let place = pairs
        .iter()
        .map(|(place, _)| *place)
        .find(|place| !is_delivery(desk.catalog, *place))
        .ok_or(Trouble::Nothing)?;
    // It was given for one item: with several, nobody knows for which.
    if goods > 1 || minor <= 0 || minor >= desk.catalog.price(place) {
        return Err(Trouble::Discount);
    }
    Ok(Some((place, minor)))
}

fn discount(desk: &Desk<'_>, pairs: &[(Place, u32)], subtotal: i64) -> Result<i64, Trouble> {
    let pieces: u64 = pairs.iter().map(|(_, quantity)| u64::from(*quantity)).sum();
    let delivered = pairs.iter().any(|(place, _)| is_delivery(desk.catalog, *place));
    match desk.state.grant {
        Some(Grant::Total(minor)) if (1..subtotal).contains(&minor) => Ok(subtotal - minor),
        Some(Grant::Unclear | Grant::Total(_)) => Err(Trouble::Discount),
        Some(Grant::Off { cut, from }) if pieces >= u64::from(from) => {
            let unsure =
                delivered && matches!(cut, Cut::BasisPoints(_)) && desk.state.price != Price::Verified;
            let off = cut.of(subtotal);
            // Nobody gives more than half away in passing: it must mean something else.
            if unsure || off > subtotal / 2 {
                Err(Trouble::Discount)
            } else {
                Ok(off)
            }
        }
        Some(Grant::UnitPrice(_)) => Ok(0),
        Some(Grant::Off { .. }) | None => {
            let said = |code: &str| desk.customer_wrote(code);
            let rule = desk.rules.discount_on(subtotal, &said);
            Ok(rule.map_or(0, |(_, off)| off).min(subtotal.saturating_sub(1)))
        }
    }
}

fn finish(
    desk: &Desk<'_>,
    pairs: &[(Place, u32)],
    special: Option<(Place, i64)>,
    discount: i64,
    total: i64,
) -> Result<ProposedCharge, Trouble> {
    let currency = desk.catalog.currency();
    let money = |minor: i64| Money::from_minor(minor, currency).map_err(|_| Trouble::Total);
    let lines: Result<Vec<ProposedLine>, Trouble> = pairs
        .iter()
        .map(|(place, quantity)| {
            let item = desk.catalog.item(*place).ok_or(Trouble::Nothing)?;
            let given = special
                .filter(|(other, _)| other == place)
                .map(|(_, minor)| minor);
            Ok(ProposedLine {
                item: item.id.clone(),
                quantity: *quantity,
                unit_price: money(given.unwrap_or(item.price.minor()))?,
                special_price: given.is_some(),
            })
        })
        .collect();
    if desk.rules.max_total_minor.is_some_and(|most| total > most) {
        return Err(Trouble::Total);
    }
    Ok(ProposedCharge {
        lines: lines?,
        discount: money(discount)?,
        total: money(total)?.check_chargeable().map_err(|_| Trouble::Total)?,
    })
}
