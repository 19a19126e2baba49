//! How customers of an account can pay, by its capabilities, with what is known of each method.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{Account, Currency, Money};

/// One way of paying that an account has, will have, or could have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AccountMethod {
    /// Stripe's name, as a link or session takes it: `card`, `oxxo`, `customer_balance`.
    pub name: String,
    pub state: MethodState,
    /// `None` for a method that this version knows nothing about.
    pub limits: Option<MethodLimits>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum MethodState {
    Active,
    /// Stripe still checks something.
    Pending,
    Inactive,
}

/// What Stripe says of a method. `None` means that it is not known here, never that there is no limit.
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are independent facts about a method"
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MethodLimits {
    /// The only currency it takes; `None` for any.
    pub currency: Option<Currency>,
    pub least: Option<Money>,
    pub most: Option<Money>,
    pub refundable: Option<bool>,
    /// Days in which it can be refunded.
    pub refund_days: Option<u16>,
    pub disputable: Option<bool>,
    /// The most days in which what was issued can be paid; `None` for a method that pays at once.
    pub most_days: Option<u8>,
    /// The money comes after the customer left the page.
    pub is_delayed: bool,
    /// A link does not offer it.
    pub needs_session: bool,
    /// The session needs a customer.
    pub needs_customer: bool,
    /// No subscriptions.
    pub one_payment: bool,
}

const PAYS_AT_ONCE: MethodLimits = MethodLimits {
    currency: None,
    least: None,
    most: None,
    refundable: None,
    refund_days: None,
    disputable: None,
    most_days: None,
    is_delayed: false,
    needs_session: false,
    needs_customer: false,
    one_payment: false,
};

impl AccountMethod {
    /// Returns the method of that name, with what is known of it.
    pub fn named(name: &str, state: MethodState) -> Self {
        Self {
            name: name.to_owned(),
            state,
            limits: limits_of(name),
        }
    }

    /// Returns whether the method takes this amount, as far as is known.
    pub fn takes(&self, amount: Money) -> bool {
        let Some(limits) = self.limits else { return true };
        limits
            .currency
            .is_none_or(|currency| currency == amount.currency())
            && limits.least.is_none_or(|least| least.minor() <= amount.minor())
            && limits.most.is_none_or(|most| most.minor() >= amount.minor())
    }
}

impl Account {
    /// Returns the ways of paying that Stripe names for the account, those that work first.
    pub fn methods(&self) -> Vec<AccountMethod> {
        let mut methods: Vec<AccountMethod> = self
            .capabilities
            .iter()
            .filter_map(|(capability, state)| {
                let name = method_of_capability(capability)?;
                Some(AccountMethod::named(name, state_from_name(state)))
            })
            .collect();
        methods.sort_by_key(|method| method.state as u8);
        methods
    }
}

/// Returns the method that a capability stands for; `None` for one that is no method.
fn method_of_capability(capability: &str) -> Option<&str> {
    match capability {
        "mx_bank_transfer_payments" => Some("customer_balance"),
        // The old name of cards, their brands and places, which a page takes as `card`, and transfers in other
        // countries, which are not offered in a chat.
        "legacy_payments"
        | "jcb_payments"
        | "cartes_bancaires_payments"
        | "india_international_payments"
        | "bank_transfer_payments" => None,
        _ if capability.ends_with("_bank_transfer_payments") => None,
        "us_bank_account_ach_payments" => Some("us_bank_account"),
        _ => capability.strip_suffix("_payments"),
    }
}

fn state_from_name(state: &str) -> MethodState {
    match state {
        "active" => MethodState::Active,
        "pending" => MethodState::Pending,
        _ => MethodState::Inactive,
    }
}

fn limits_of(method: &str) -> Option<MethodLimits> {
    let currency = |code: &str| Currency::from_code(code).ok();
    let money = |minor: i64, code: &str| Money::from_minor(minor, currency(code)?).ok();
    Some(match method {
        "card" => MethodLimits {
            refundable: Some(true),
            disputable: Some(true),
            ..PAYS_AT_ONCE
        },
        "oxxo" => MethodLimits {
            currency: currency("MXN"),
            least: money(10_00, "MXN"),
            most: money(10_000_00, "MXN"),
            refundable: Some(false),
            disputable: Some(false),
            most_days: Some(7),
            is_delayed: true,
            one_payment: true,
            ..PAYS_AT_ONCE
        },
        "pix" => MethodLimits {
            currency: currency("BRL"),
            refundable: Some(true),
            refund_days: Some(90),
            most_days: Some(14),
            is_delayed: true,
            one_payment: true,
            ..PAYS_AT_ONCE
        },
        "boleto" => MethodLimits {
            currency: currency("BRL"),
            is_delayed: true,
            ..PAYS_AT_ONCE
        },
        "customer_balance" => MethodLimits {
            currency: currency("MXN"),
            refundable: Some(true),
            disputable: Some(false),
            is_delayed: true,
            needs_session: true,
            needs_customer: true,
            one_payment: true,
            ..PAYS_AT_ONCE
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn account(capabilities: &[(&str, &str)]) -> Account {
        let owned = |(name, state): &(&str, &str)| ((*name).to_owned(), (*state).to_owned());
        Account {
            id: "acct_1".into(),
            country: Some("MX".into()),
            default_currency: None,
            capabilities: capabilities.iter().map(owned).collect::<BTreeMap<_, _>>(),
            charges_enabled: Some(true),
        }
    }

    fn mxn(minor: i64) -> Money {
        Money::from_minor(minor, Currency::from_code("MXN").unwrap()).unwrap()
    }

    #[test]
    fn the_account_says_what_there_is_and_nothing_is_invented() {
        let account = account(&[
            ("card_payments", "active"),
            ("mx_bank_transfer_payments", "pending"),
            ("oxxo_payments", "active"),
            ("pse_payments", "inactive"),
            ("teleport_payments", "active"),
            ("jp_bank_transfer_payments", "active"),
            ("jcb_payments", "active"),
            ("cartes_bancaires_payments", "active"),
            ("india_international_payments", "active"),
            ("transfers", "active"),
            ("tax_reporting_us_1099_k", "active"),
        ]);
        let methods = account.methods();
        let names: Vec<_> = methods.iter().map(|method| method.name.as_str()).collect();
        assert_eq!(names, ["card", "oxxo", "teleport", "customer_balance", "pse"]);
        assert_eq!(methods[2].limits, None);
        assert_eq!(methods[4].state, MethodState::Inactive);
    }

    #[test]
    fn oxxo_takes_its_own_amounts_and_gives_nothing_back() {
        let methods = account(&[("oxxo_payments", "active")]).methods();
        let oxxo = &methods[0];
        assert!(oxxo.takes(mxn(10_00)) && oxxo.takes(mxn(10_000_00)));
        assert!(!oxxo.takes(mxn(9_99)) && !oxxo.takes(mxn(10_000_01)));
        let usd = Money::from_minor(50_00, Currency::from_code("USD").unwrap()).unwrap();
        assert!(!oxxo.takes(usd));
        assert_eq!(oxxo.limits.unwrap().refundable, Some(false));
    }
}
