//! What a customer typed into the form.

use std::collections::HashMap;

use serde::Deserialize;

use crate::stripe::checkout::cards::Card;
use crate::stripe::checkout::discount;
use crate::stripe::checkout::outcome::{CardEntry, Challenge, Means, PayWith};
use crate::stripe::checkout::slip::Slip;
use crate::stripe::ledger::Act;
use crate::stripe::objects::session::{Buyer, Field, Session};
use crate::stripe::objects::terms::Address;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Entry {
    method: String,
    number: String,
    expiry: String,
    cvc: String,
    name: String,
    email: String,
    phone: String,
    months: String,
    /// The button that was pressed.
    answer: String,
    /// The sum that the page had shown.
    seen: String,
    code: String,
    line1: String,
    line2: String,
    city: String,
    state: String,
    postal_code: String,
    country: String,
    shipping: String,
    /// Quantities by the line's place.
    #[serde(flatten)]
    rest: HashMap<String, String>,
}

/// What was chosen besides how to pay.
#[derive(Debug)]
pub(super) struct Wishes {
    code: Option<String>,
    address: Option<Address>,
    shipping: Option<usize>,
    quantities: Vec<(usize, i64)>,
    seen: Option<i64>,
    then: Then,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    Pay,
    /// Only the sum changes.
    Show,
}

impl Wishes {
    /// Puts the wishes into a session that nobody began to pay; names the field that makes no sense.
    pub(super) fn apply(self, act: &mut Act, id: &str) -> Result<Then, Field> {
        let Some(session) = act
            .get::<Session>(id)
            .filter(|session| session.payment_intent.is_none())
        else {
            return Ok(self.then);
        };
        let delivers = !session.terms.countries.is_empty();
        if delivers && self.address.is_none() && self.then == Then::Pay {
            return Err(Field::Address);
        }
        let options = session.shipping.len();
        act.amend::<Session>(id, |session| {
            for (place, quantity) in &self.quantities {
                if let Some(line) = session.lines.get_mut(*place)
                    && let Some((least, most)) = line.adjustable
                {
                    line.quantity = (*quantity).clamp(least, most);
                    line.amount = line.unit_amount * line.quantity;
                }
            }
            if let Some(choice) = self.shipping.filter(|choice| *choice < options) {
                session.shipping_choice = choice;
            }
            if delivers {
                session.address = self.address.or(session.address.take());
            }
        });
        if let Some(code) = &self.code {
            discount::type_code(act, id, code).map_err(|_| Field::Code)?;
        }
        let total = act.get::<Session>(id).map(Session::total);
        let is_new = self.seen.is_some() && self.seen != total;
        if is_new && self.then == Then::Pay {
            return Err(Field::Total);
        }
        Ok(self.then)
    }
}

impl Entry {
    /// Returns how to pay, or the first field that has to be typed again.
    ///
    /// Name and email may be left out with a card: the sandbox has no receipts to send.
    pub(super) fn read(self, now: jiff::Timestamp) -> Result<(Wishes, PayWith), Field> {
        let wishes = self.wishes();
        if wishes.then == Then::Show {
            return Ok((wishes, PayWith::oxxo()));
        }
        self.means(now).map(|with| (wishes, with))
    }

    fn wishes(&self) -> Wishes {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let quantity = |(name, value): (&String, &String)| {
            let place = name.strip_prefix("quantity_")?.parse().ok()?;
            Some((place, value.trim().parse().ok()?))
        };
        let address = given(&self.line1)
            .zip(given(&self.city))
            .zip(given(&self.postal_code));
        Wishes {
            code: given(&self.code),
            address: address.map(|((line1, city), postal_code)| Address {
                name: self.name.trim().to_owned(),
                line1,
                line2: given(&self.line2),
                city,
                state: given(&self.state),
                postal_code,
                country: self.country.trim().to_owned(),
            }),
            shipping: self.shipping.trim().parse().ok(),
            seen: self.seen.trim().parse().ok(),
            quantities: self.rest.iter().filter_map(quantity).collect(),
            then: if self.answer == "apply" {
                Then::Show
            } else {
                Then::Pay
            },
        }
    }

    fn means(self, now: jiff::Timestamp) -> Result<PayWith, Field> {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let buyer = Buyer {
            name: given(&self.name),
            email: given(&self.email),
            phone: given(&self.phone),
        };
        if buyer.email.as_ref().is_some_and(|email| !looks_like_email(email)) {
            return Err(Field::Email);
        }
        if let Some(slip) = Slip::from_method(&self.method) {
            return match &buyer.name {
                None => Err(Field::Name),
                Some(_) => Ok(PayWith {
                    means: Means::Slip(slip),
                    buyer,
                }),
            };
        }
        match self.method.as_str() {
            "transfer" => Ok(PayWith {
                means: Means::Transfer,
                buyer,
            }),
            "card" | "" => Ok(PayWith {
                means: Means::Card(self.card(now)?),
                buyer,
            }),
            _ => Err(Field::Method),
        }
    }

    fn card(&self, now: jiff::Timestamp) -> Result<CardEntry, Field> {
        Card::read(&self.number).map_err(|_| Field::Number)?;
        let (month, year) = expiry(&self.expiry).ok_or(Field::Expiry)?;
        let today = now.to_zoned_datetime(jiff::tz::TimeZone::UTC);
        if (year, month) < (i64::from(today.year()), i64::from(today.month())) {
            return Err(Field::Expiry);
        }
        let cvc = self.cvc.trim();
        if !(3..=4).contains(&cvc.len()) || !cvc.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Field::Cvc);
        }
        Ok(CardEntry {
            number: self.number.clone(),
            month,
            year,
            challenge: Challenge::Leave,
            months: self.months.trim().parse().ok(),
        })
    }
}

/// Reads `12 / 34`, `12/2034` or `1234`.
fn expiry(text: &str) -> Option<(i64, i64)> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let (month, year) = (digits.get(..2)?, digits.get(2..)?);
    let year: i64 = match year.len() {
        2 => 2000 + year.parse::<i64>().ok()?,
        4 => year.parse().ok()?,
        _ => return None,
    };
    let month = month.parse().ok().filter(|month| (1..=12).contains(month))?;
    Some((month, year))
}

fn looks_like_email(text: &str) -> bool {
    text.split_once('@')
        .is_some_and(|(who, at)| !who.is_empty() && at.contains('.') && !text.contains(' '))
}

#[cfg(test)]
mod tests {
    use super::{Entry, Field, expiry};

    fn card(number: &str, expiry: &str, cvc: &str) -> Entry {
        let typed = |text: &str| text.to_owned();
        Entry {
            method: typed("card"),
            number: typed(number),
            expiry: typed(expiry),
            cvc: typed(cvc),
            ..Entry::default()
        }
    }

    fn wrong(entry: Entry) -> Option<Field> {
        entry.read("2026-11-24T00:00:00Z".parse().unwrap()).err()
    }

    #[test]
    fn expiry_is_read_however_it_is_typed() {
        for typed in ["12 / 34", "12/34", "1234", "12/2034"] {
            assert_eq!(expiry(typed), Some((12, 2034)), "{typed}");
        }
        assert_eq!(expiry("13/34"), None);
        assert_eq!(expiry("1/3"), None);
    }

    #[test]
    fn the_first_wrong_field_is_named() {
        assert_eq!(wrong(card("4242", "12/34", "123")), Some(Field::Number));
        assert_eq!(
            wrong(card("4242424242424242", "10/26", "123")),
            Some(Field::Expiry)
        );
        assert_eq!(wrong(card("4242424242424242", "11/26", "12")), Some(Field::Cvc));
        assert_eq!(wrong(card("4242424242424242", "11/26", "123")), None);
        let oxxo = |name: &str| Entry {
            method: "oxxo".to_owned(),
            name: name.to_owned(),
            ..Entry::default()
        };
        assert_eq!(wrong(oxxo(" ")), Some(Field::Name));
        assert_eq!(wrong(oxxo("Ana López")), None);
        let email = Entry {
            email: "ana@".to_owned(),
            ..oxxo("Ana")
        };
        assert_eq!(wrong(email), Some(Field::Email));
    }
}
