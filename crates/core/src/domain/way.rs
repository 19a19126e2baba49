//! Ways of paying: which of the account's a charge offers, and why the others are left out.

use cobro_stripe::{AccountMethod, MethodLimits, MethodState, SPEI};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{ChargeTerms, Money, Timestamp};

/// Why a way of paying is not offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum WhyNot {
    /// Stripe still checks something.
    Pending,
    /// It is not switched on at Stripe.
    Inactive,
    /// It takes one currency only.
    Currency { only: String },
    /// The amount is too small.
    Below { least: Money },
    /// The amount is too large.
    Above { most: Money },
    /// Its page is paid once, and this link may be paid often.
    PaidOnce,
    /// It takes no payments that come again.
    Recurring,
    /// It is only offered where it is asked for by name: its page ends within a day.
    OnRequest,
    /// A person left it out.
    LeftOut,
}

/// One of the account's ways of paying, as a charge would offer it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Way {
    /// Stripe's name, such as `oxxo`.
    pub method: String,
    /// `None`: the pay page can offer it. Where no methods were chosen, the account's settings at Stripe decide.
    pub why_not: Option<WhyNot>,
    /// A person could choose it, or leave it out.
    pub can_change: bool,
    /// `None` for a method that this version knows nothing about.
    pub limits: Option<MethodLimits>,
}

/// What the account can do, as Stripe last said it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AccountWays {
    pub livemode: bool,
    pub read_at: Timestamp,
    pub country: Option<String>,
    #[serde(default)]
    pub account: Option<String>,
    #[serde(default)]
    pub default_currency: Option<String>,
    #[serde(default)]
    pub charges_enabled: Option<bool>,
    /// Stripe's names of methods and how each stands.
    pub methods: Vec<(String, MethodState)>,
}

/// The shop's account at Stripe, as Stripe last described it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct StripeAccount {
    /// Such as `acct_1Nv0Fg`; `None` where it was read by a version that did not keep it.
    pub id: Option<String>,
    pub livemode: bool,
    pub read_at: Timestamp,
    pub country: Option<String>,
    pub default_currency: Option<String>,
    /// `false` while Stripe still wants something from the shop.
    pub charges_enabled: Option<bool>,
    /// Those that are switched on first.
    pub methods: Vec<AccountWay>,
}

/// One of the account's ways of paying, whatever is charged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AccountWay {
    /// Stripe's name, such as `oxxo`.
    pub method: String,
    pub state: MethodState,
    /// `None` for a method that this version knows nothing about.
    pub limits: Option<MethodLimits>,
}

/// What a charge asks of its way of paying.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paid<'a> {
    pub amount: Money,
    /// With the dearest way of delivery.
    pub most: Money,
    /// The methods that a person chose; none leaves it to the account.
    pub chosen: &'a [String],
    pub single_use: bool,
    pub recurring: bool,
}

impl<'a> Paid<'a> {
    pub(crate) fn of(amount: Money, terms: &'a ChargeTerms, single_use: bool) -> Self {
        let rates = terms.shipping_rates.iter().map(|rate| rate.amount);
        let dearest = rates
            .filter(|rate| rate.currency() == amount.currency())
            .map(Money::minor)
            .max();
        let most = amount.minor().saturating_add(dearest.unwrap_or(0));
        Self {
            amount,
            most: Money::from_minor(most, amount.currency()).unwrap_or(amount),
            chosen: &terms.methods,
            single_use,
            recurring: terms.recurrence.is_some(),
        }
    }
}

impl From<AccountWays> for StripeAccount {
    fn from(ways: AccountWays) -> Self {
        let mut methods: Vec<_> = ways
            .methods
            .into_iter()
            .map(|(method, state)| AccountWay {
                limits: AccountMethod::named(&method, state).limits,
                method,
                state,
            })
            .collect();
        methods.sort_by_key(|way| way.state != MethodState::Active);
        Self {
            id: ways.account,
            livemode: ways.livemode,
            read_at: ways.read_at,
            country: ways.country,
            default_currency: ways.default_currency,
            charges_enabled: ways.charges_enabled,
            methods,
        }
    }
}

impl AccountWays {
    /// Returns every way of paying that the account has or could have: offered ones first.
    pub(crate) fn of_charge(&self, paid: Paid<'_>) -> Vec<Way> {
        let mut ways: Vec<Way> = self
            .methods
            .iter()
            .map(|(name, state)| way(&AccountMethod::named(name, *state), paid))
            .collect();
        ways.sort_by_key(|way| (way.why_not.is_some(), !way.can_change));
        ways
    }

    /// Returns the chosen methods that this charge can't offer, and why.
    pub(crate) fn refused(&self, paid: Paid<'_>) -> Vec<Way> {
        let mut ways = self.of_charge(paid);
        ways.retain(|way| paid.chosen.contains(&way.method) && way.why_not.is_some());
        ways
    }
}

fn way(method: &AccountMethod, paid: Paid<'_>) -> Way {
    let obstacle = obstacle(method, paid);
    let can_change = obstacle.is_none();
    let is_chosen = paid.chosen.contains(&method.name);
    let why_not = obstacle.or_else(|| match (paid.chosen.is_empty(), is_chosen) {
        (true, _) if method.limits.is_some_and(|limits| limits.needs_session) => Some(WhyNot::OnRequest),
        (true, _) | (false, true) => None,
        (false, false) => Some(WhyNot::LeftOut),
    });
    Way {
        method: method.name.clone(),
        why_not,
        can_change,
        limits: method.limits,
    }
}

/// Returns what stands in a method's way, whatever a person chooses.
fn obstacle(method: &AccountMethod, paid: Paid<'_>) -> Option<WhyNot> {
    match method.state {
        MethodState::Active => {}
        MethodState::Pending => return Some(WhyNot::Pending),
        MethodState::Inactive => return Some(WhyNot::Inactive),
    }
    let limits = method.limits?;
    if let Some(only) = limits.currency.filter(|only| *only != paid.amount.currency()) {
        return Some(WhyNot::Currency {
            only: only.code().to_owned(),
        });
    }
    if let Some(least) = limits.least.filter(|least| least.minor() > paid.amount.minor()) {
        return Some(WhyNot::Below { least });
    }
    if let Some(most) = limits.most.filter(|most| most.minor() < paid.most.minor()) {
        return Some(WhyNot::Above { most });
    }
    if limits.needs_session && !paid.single_use {
        return Some(WhyNot::PaidOnce);
    }
    (limits.one_payment && paid.recurring).then_some(WhyNot::Recurring)
}

/// Returns what a method is called where its name is no word.
pub(crate) fn called(method: &str) -> String {
    match method {
        "oxxo" => "OXXO".to_owned(),
        SPEI => "SPEI".to_owned(),
        other => {
            let spaced = other.replace('_', " ");
            let mut letters = spaced.chars();
            letters
                .next()
                .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Currency, Recurrence, ShippingRate};

    fn account() -> AccountWays {
        AccountWays {
            livemode: false,
            read_at: Timestamp::from_secs(0),
            account: Some("acct_1".into()),
            default_currency: Some("MXN".into()),
            charges_enabled: Some(true),
            country: Some("MX".into()),
            methods: [
                ("card", MethodState::Active),
                ("oxxo", MethodState::Active),
                ("pix", MethodState::Active),
                (SPEI, MethodState::Active),
                ("pse", MethodState::Pending),
            ]
            .map(|(name, state)| (name.to_owned(), state))
            .into(),
        }
    }

    fn paid(minor: i64, chosen: &[String]) -> Paid<'_> {
        Paid {
            amount: Money::from_minor(minor, Currency::from_code("MXN").unwrap()).unwrap(),
            most: Money::from_minor(minor, Currency::from_code("MXN").unwrap()).unwrap(),
            chosen,
            single_use: true,
            recurring: false,
        }
    }

    fn offered(ways: &[Way]) -> Vec<&str> {
        let offered = ways.iter().filter(|way| way.why_not.is_none());
        offered.map(|way| way.method.as_str()).collect()
    }

    fn why<'a>(ways: &'a [Way], method: &str) -> Option<&'a WhyNot> {
        ways.iter().find(|way| way.method == method)?.why_not.as_ref()
    }

    #[test]
    fn what_the_account_offers_by_itself_and_why_not_more() {
        let ways = account().of_charge(paid(500_00, &[]));
        assert_eq!(offered(&ways), ["card", "oxxo"]);
        assert_eq!(why(&ways, "pix"), Some(&WhyNot::Currency { only: "BRL".into() }));
        assert_eq!(why(&ways, SPEI), Some(&WhyNot::OnRequest));
        assert_eq!(why(&ways, "pse"), Some(&WhyNot::Pending));
    }

    #[test]
    fn an_amount_outside_a_methods_limits_names_the_limit() {
        let ways = account().of_charge(paid(12_000_00, &[]));
        assert_eq!(offered(&ways), ["card"]);
        assert!(matches!(why(&ways, "oxxo"), Some(WhyNot::Above { most }) if most.minor() == 10_000_00));
        let ways = account().of_charge(paid(5_00, &[]));
        assert!(matches!(why(&ways, "oxxo"), Some(WhyNot::Below { least }) if least.minor() == 10_00));
    }

    #[test]
    fn a_limit_counts_the_dearest_way_of_delivery() {
        let rate = |minor| ShippingRate {
            name: "Envío".into(),
            amount: paid(minor, &[]).amount,
        };
        let terms = ChargeTerms {
            shipping_rates: vec![rate(0), rate(150_00)],
            ..ChargeTerms::default()
        };
        let ways = account().of_charge(Paid::of(paid(9_900_00, &[]).amount, &terms, true));
        assert!(matches!(why(&ways, "oxxo"), Some(WhyNot::Above { .. })));
        let terms = ChargeTerms::default();
        let ways = account().of_charge(Paid::of(paid(9_900_00, &[]).amount, &terms, true));
        assert_eq!(why(&ways, "oxxo"), None);
    }

    #[test]
    fn what_was_chosen_is_offered_and_nothing_else() {
        let chosen = [SPEI.to_owned(), "oxxo".to_owned()];
        let ways = account().of_charge(paid(500_00, &chosen));
        assert_eq!(offered(&ways), ["oxxo", SPEI]);
        assert_eq!(why(&ways, "card"), Some(&WhyNot::LeftOut));
        let often = Paid {
            single_use: false,
            ..paid(500_00, &chosen)
        };
        assert_eq!(
            account()
                .refused(often)
                .first()
                .and_then(|way| way.why_not.clone()),
            Some(WhyNot::PaidOnce)
        );
    }

    #[test]
    fn what_takes_one_payment_is_not_offered_where_payments_come_again() {
        let terms = ChargeTerms {
            recurrence: Some(Recurrence::Instalments {
                count: 3,
                interest: 0,
            }),
            ..ChargeTerms::default()
        };
        let ways = account().of_charge(Paid::of(paid(500_00, &[]).amount, &terms, true));
        assert_eq!(offered(&ways), ["card"]);
        assert_eq!(why(&ways, "oxxo"), Some(&WhyNot::Recurring));
    }

    #[test]
    fn the_account_names_what_is_switched_on_first_and_knows_what_was_kept_before() {
        let mut ways = account();
        ways.methods.rotate_right(1);
        let account = StripeAccount::from(ways);
        assert_eq!(account.id.as_deref(), Some("acct_1"));
        assert_eq!(
            account.methods.last().map(|way| way.state),
            Some(MethodState::Pending)
        );
        assert!(
            account
                .methods
                .iter()
                .any(|way| way.method == "oxxo" && way.limits.is_some())
        );

        let old = r#"{"livemode":true,"read_at":"2026-01-01T00:00:00Z","country":"MX","methods":[["card","active"]]}"#;
        let kept: AccountWays = serde_json::from_str(old).unwrap();
        assert_eq!((kept.account, kept.methods.len()), (None, 1));
    }
}
