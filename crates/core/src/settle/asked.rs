//! What a session asked for, and what its pay page collected, read from what Stripe sent.

use serde::Deserialize;

use crate::domain::{Collected, Currency, Money};

/// What a session asked for. What can't be read is not there: it only explains, it never pays.
#[derive(Debug, Clone, Default)]
pub(super) struct Asked {
    /// Of the lines alone.
    pub subtotal: Option<i64>,
    /// With delivery, tax, and less what a code took off.
    pub total: Option<i64>,
    pub collected: Option<Collected>,
}

#[derive(Deserialize)]
struct Session {
    amount_subtotal: Option<i64>,
    amount_total: Option<i64>,
    currency: Option<String>,
    customer_details: Option<Customer>,
    collected_information: Option<Information>,
    shipping_cost: Option<ShippingCost>,
    total_details: Option<Details>,
}

#[derive(Deserialize, Default)]
struct Customer {
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
}

#[derive(Deserialize)]
struct Information {
    shipping_details: Option<Shipping>,
}

#[derive(Deserialize)]
struct Shipping {
    name: Option<String>,
    address: Option<Address>,
}

#[derive(Deserialize)]
struct Address {
    line1: Option<String>,
    line2: Option<String>,
    postal_code: Option<String>,
    city: Option<String>,
    state: Option<String>,
    country: Option<String>,
}

#[derive(Deserialize)]
struct ShippingCost {
    amount_total: Option<i64>,
}

#[derive(Deserialize)]
struct Details {
    amount_discount: Option<i64>,
}

impl Asked {
    pub(super) fn of_session(raw: &str) -> Self {
        let Ok(session) = serde_json::from_str::<Session>(raw) else {
            return Self::default();
        };
        Self {
            subtotal: session.amount_subtotal,
            total: session.amount_total,
            collected: Some(collected(session)),
        }
    }
}

fn collected(session: Session) -> Collected {
    let currency = session
        .currency
        .as_deref()
        .and_then(|code| Currency::from_code(code).ok());
    let money = |minor: Option<i64>| {
        let minor = minor.filter(|minor| *minor > 0)?;
        Money::from_minor(minor, currency?).ok()
    };
    let customer = session.customer_details.unwrap_or_default();
    let shipping = session
        .collected_information
        .and_then(|information| information.shipping_details);
    let (to, address) = shipping.map_or((None, None), |shipping| (shipping.name, shipping.address));
    Collected {
        name: to.or(customer.name),
        phone: customer.phone,
        email: customer.email,
        address: address.map(lines_of).unwrap_or_default(),
        shipping: money(session.shipping_cost.and_then(|cost| cost.amount_total)),
        code_discount: money(session.total_details.and_then(|details| details.amount_discount)),
    }
}

fn lines_of(address: Address) -> Vec<String> {
    let town: Vec<String> = [address.postal_code, address.city, address.state]
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect();
    [
        address.line1,
        address.line2,
        Some(town.join(" ")),
        address.country,
    ]
    .into_iter()
    .flatten()
    .filter(|line| !line.trim().is_empty())
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_and_what_it_cost_are_read() {
        let asked = Asked::of_session(
            r#"{"amount_subtotal":93500,"amount_total":101500,"currency":"mxn",
                "customer_details":{"name":"Ana","email":"a@example.com","phone":"+525512345678"},
                "collected_information":{"shipping_details":{"name":"Ana Souza","address":{"line1":"Av. Juárez 1",
                    "line2":null,"postal_code":"06000","city":"CDMX","state":null,"country":"MX"}}},
                "shipping_cost":{"amount_total":8000},"total_details":{"amount_discount":0}}"#,
        );
        assert_eq!((asked.subtotal, asked.total), (Some(935_00), Some(1_015_00)));
        let collected = asked.collected.unwrap();
        assert_eq!(collected.address, ["Av. Juárez 1", "06000 CDMX", "MX"]);
        assert_eq!(collected.name.as_deref(), Some("Ana Souza"));
        assert_eq!(collected.shipping.map(Money::minor), Some(80_00));
        assert_eq!(collected.code_discount, None);
    }

    #[test]
    fn what_is_missing_explains_nothing() {
        let asked = Asked::of_session(r#"{"id":"cs_1"}"#);
        assert_eq!((asked.subtotal, asked.total), (None, None));
        assert!(asked.collected.unwrap().is_empty());
        assert!(Asked::of_session("no").collected.is_none());
    }
}
