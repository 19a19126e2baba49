//! What is sold through a link or a session: its lines.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::form::Form;
use crate::{Money, StripeError};

/// How often a recurring price comes again: every `count` intervals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Recurring {
    pub interval: Interval,
    /// 2 with [`Interval::Week`] is every other week.
    pub count: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum Interval {
    Day,
    Week,
    Month,
    Year,
}

impl Interval {
    /// Returns Stripe's word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// Returns the interval with Stripe's word for it.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Day, Self::Week, Self::Month, Self::Year]
            .into_iter()
            .find(|interval| interval.name() == name)
    }

    /// Returns how many of these Stripe allows at most between two charges: three years.
    fn most(self) -> u32 {
        match self {
            Self::Day => 1095,
            Self::Week => 156,
            Self::Month => 36,
            Self::Year => 3,
        }
    }
}

impl Recurring {
    pub const MONTHLY: Self = Self {
        interval: Interval::Month,
        count: 1,
    };

    pub(crate) fn put(self, form: &mut Form, path: &str) -> Result<(), StripeError> {
        let most = self.interval.most();
        if self.count == 0 || self.count > most {
            return Err(StripeError::invalid(format!(
                "A price can come again every 1 to {most} {}s; got {}",
                self.interval.name(),
                self.count
            )));
        }
        form.put(format!("{path}[interval]"), self.interval.name());
        form.put(format!("{path}[interval_count]"), self.count);
        Ok(())
    }
}

/// Whether tax is part of an amount or comes on top of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum TaxBehavior {
    Inclusive,
    Exclusive,
}

impl TaxBehavior {
    /// Returns Stripe's word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Inclusive => "inclusive",
            Self::Exclusive => "exclusive",
        }
    }

    /// Returns the behavior with Stripe's word for it.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Inclusive, Self::Exclusive]
            .into_iter()
            .find(|behavior| behavior.name() == name)
    }
}

/// One line: so many of one thing.
#[derive(Debug, Clone, Copy)]
pub struct NewLine<'a> {
    /// What the customer reads on the pay page; the amount where it is empty.
    pub name: &'a str,
    /// A smaller text below the name.
    pub description: Option<&'a str>,
    /// For one. Where there is a `price`, that says it, and this is only checked against the other lines' currency.
    pub unit_amount: Money,
    pub quantity: u32,
    /// One of Stripe's prices, instead of one made for this line.
    pub price: Option<&'a str>,
    /// One of Stripe's products, for which a price is made; `name` and `description` are then its own.
    pub product: Option<&'a str>,
    /// Makes a subscription. Say it for a `price` too, as that price says it.
    pub recurring: Option<Recurring>,
    /// The least and the most that the customer may choose instead of `quantity`.
    pub adjustable: Option<(u32, u32)>,
    pub tax: Option<TaxBehavior>,
}

impl<'a> NewLine<'a> {
    /// Returns a line of one thing, paid once.
    pub fn of(name: &'a str, unit_amount: Money) -> Self {
        Self {
            name,
            description: None,
            unit_amount,
            quantity: 1,
            price: None,
            product: None,
            recurring: None,
            adjustable: None,
            tax: None,
        }
    }

    fn put(&self, form: &mut Form, path: &str) -> Result<(), StripeError> {
        if self.quantity == 0 {
            return Err(StripeError::invalid("A line's quantity must be at least 1"));
        }
        form.put(format!("{path}[quantity]"), self.quantity);
        if let Some((least, most)) = self.adjustable {
            form.put(format!("{path}[adjustable_quantity][enabled]"), true);
            form.put(format!("{path}[adjustable_quantity][minimum]"), least);
            form.put(format!("{path}[adjustable_quantity][maximum]"), most);
        }
        match self.price {
            Some(price) => form.put(format!("{path}[price]"), price),
            None => self.put_price(form, &format!("{path}[price_data]"))?,
        }
        Ok(())
    }

    fn put_price(&self, form: &mut Form, path: &str) -> Result<(), StripeError> {
        let amount = chargeable(self.unit_amount)?;
        form.put(format!("{path}[currency]"), amount.currency().stripe_code());
        form.put(format!("{path}[unit_amount]"), amount.minor());
        form.maybe(format!("{path}[tax_behavior]"), self.tax.map(TaxBehavior::name));
        if let Some(recurring) = self.recurring {
            recurring.put(form, &format!("{path}[recurring]"))?;
        }
        if let Some(product) = self.product {
            form.put(format!("{path}[product]"), product);
            return Ok(());
        }
        let name = product_name(self.name, amount);
        form.put(format!("{path}[product_data][name]"), name);
        let description = self.description.map(str::trim).filter(|text| !text.is_empty());
        form.maybe(format!("{path}[product_data][description]"), description);
        Ok(())
    }
}

/// Puts in the lines, if a link or session can have so many, of these currencies.
pub(crate) fn put(form: &mut Form, lines: &[NewLine<'_>], most: usize) -> Result<(), StripeError> {
    let Some(first) = lines.first() else {
        return Err(StripeError::invalid(
            "There is nothing to charge for: give at least one line",
        ));
    };
    if lines.len() > most {
        return Err(StripeError::invalid(format!(
            "Stripe takes at most {most} lines here; got {}. Put some of them together",
            lines.len()
        )));
    }
    let currency = first.unit_amount.currency();
    if let Some(other) = lines.iter().find(|line| line.unit_amount.currency() != currency) {
        return Err(StripeError::invalid(format!(
            "All lines must have one currency; got {currency} and {}",
            other.unit_amount.currency()
        )));
    }
    for (index, line) in lines.iter().enumerate() {
        line.put(form, &format!("line_items[{index}]"))?;
    }
    Ok(())
}

pub(crate) fn is_subscription(lines: &[NewLine<'_>]) -> bool {
    lines.iter().any(|line| line.recurring.is_some())
}

pub(crate) fn chargeable(amount: Money) -> Result<Money, StripeError> {
    amount
        .check_chargeable()
        .map_err(|error| StripeError::invalid(error.to_string()))
}

/// Stripe wants a name; the amount says the least in any language.
fn product_name(name: &str, amount: Money) -> String {
    match name.trim() {
        "" => amount.to_string(),
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Currency;

    fn money(minor: i64, code: &str) -> Money {
        Money::from_minor(minor, Currency::from_code(code).unwrap()).unwrap()
    }

    fn refused(lines: &[NewLine<'_>]) -> String {
        put(&mut Form::default(), lines, 20).unwrap_err().to_string()
    }

    #[test]
    fn an_empty_name_becomes_the_amount() {
        assert_eq!(product_name("  ", money(12_50, "MXN")), "12.50 MXN");
        assert_eq!(product_name(" Tacos ", money(12_50, "MXN")), "Tacos");
    }

    #[test]
    fn lines_that_stripe_would_refuse_say_why() {
        let taco = NewLine::of("Taco", money(12_50, "MXN"));
        assert!(refused(&[]).contains("at least one line"));
        assert!(refused(&[taco; 21]).contains("at most 20"));
        assert!(refused(&[taco, NewLine::of("Pie", money(1_00, "USD"))]).contains("MXN and USD"));
        assert!(refused(&[NewLine { quantity: 0, ..taco }]).contains("quantity"));
        assert!(refused(&[NewLine::of("", money(0, "MXN"))]).contains("Amount"));
        let too_rarely = Recurring {
            interval: Interval::Month,
            count: 37,
        };
        assert!(
            refused(&[NewLine {
                recurring: Some(too_rarely),
                ..taco
            }])
            .contains("1 to 36 months")
        );
    }
}
