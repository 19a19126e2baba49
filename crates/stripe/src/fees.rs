//! What a payment will cost, before it is made: an estimate from published prices.

use crate::{Currency, Money};

/// How the customer is expected to pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Card,
    /// Cash at a shop in Mexico, by voucher.
    Oxxo,
}

/// What Stripe would keep and the shop would get. Only the balance transaction knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeeEstimate {
    pub fee: Money,
    pub net: Money,
    /// On what it rests, such as `Mexico card 3.6 % + 3 MXN, estimate`.
    pub basis: String,
}

struct Tariff {
    country: &'static str,
    method: Method,
    currency: &'static str,
    basis_points: i64,
    fixed_minor: i64,
    basis: &'static str,
}

const TARIFFS: [Tariff; 3] = [
    Tariff {
        country: "MX",
        method: Method::Card,
        currency: "MXN",
        basis_points: 360,
        fixed_minor: 3_00,
        basis: "Mexico card 3.6 % + 3 MXN, estimate",
    },
    Tariff {
        country: "MX",
        method: Method::Oxxo,
        currency: "MXN",
        basis_points: 300,
        fixed_minor: 5_00,
        basis: "Mexico OXXO 3 % + 5 MXN, estimate",
    },
    Tariff {
        country: "CO",
        method: Method::Card,
        currency: "COP",
        basis_points: 290,
        fixed_minor: 900_00,
        basis: "Colombia card 2.9 % + 900 COP, estimate",
    },
];

/// Returns the likely fee for an account in `country` (two letters), in its own
/// currency; `None` where no price is known or the fee would eat the amount.
pub fn estimate(amount: Money, country: &str, method: Method) -> Option<FeeEstimate> {
    let tariff = TARIFFS.iter().find(|tariff| {
        tariff.country.eq_ignore_ascii_case(country.trim())
            && tariff.method == method
            && tariff.currency == amount.currency().code()
    })?;
    let fee = share(amount.minor(), tariff.basis_points)?.checked_add(tariff.fixed_minor)?;
    let net = amount.minor().checked_sub(fee)?;
    Some(FeeEstimate {
        fee: Money::from_minor(fee, amount.currency()).ok()?,
        net: Money::from_minor(net, amount.currency()).ok()?,
        basis: tariff.basis.to_owned(),
    })
}

/// Returns hundredths of a per cent of `minor`, halves rounded up.
fn share(minor: i64, basis_points: i64) -> Option<i64> {
    let exact = i128::from(minor) * i128::from(basis_points);
    i64::try_from((exact + 5_000) / 10_000).ok()
}

/// Returns the least that Stripe usually takes, in minor units; `None` where it
/// says nothing. It is judged after conversion, so warn rather than forbid.
pub fn minimum(currency: Currency) -> Option<i64> {
    Some(match currency.code() {
        "USD" | "EUR" | "BRL" | "CAD" | "CHF" | "AUD" | "NZD" | "SGD" | "INR" | "COP" | "ARS" | "PHP"
        | "JPY" | "KRW" => 50,
        "GBP" => 30,
        "MXN" | "THB" => 10_00,
        "CZK" => 15_00,
        "DKK" => 2_50,
        "HUF" => 175_00,
        "PLN" | "RON" | "AED" | "MYR" => 2_00,
        "NOK" | "SEK" => 3_00,
        "HKD" => 4_00,
        _ => return None,
    })
}

/// Returns the most that Stripe takes at once, in minor units: eight digits, and more where a unit is worth little.
pub fn maximum(currency: Currency) -> i64 {
    match currency.code() {
        "IDR" => 999_999_999_999,
        "COP" | "HUF" | "JPY" | "LBP" => 9_999_999_999,
        "INR" => 999_999_999,
        _ => 99_999_999,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn money(minor: i64, code: &str) -> Money {
        Money::from_minor(minor, Currency::from_code(code).unwrap()).unwrap()
    }

    fn fee(minor: i64, code: &str, country: &str, method: Method) -> Option<(i64, i64)> {
        estimate(money(minor, code), country, method)
            .map(|estimate| (estimate.fee.minor(), estimate.net.minor()))
    }

    #[test]
    fn the_published_prices_are_computed_in_whole_minor_units() {
        assert_eq!(fee(1_000_00, "MXN", "MX", Method::Card), Some((39_00, 961_00)));
        assert_eq!(fee(1_000_00, "MXN", "mx", Method::Oxxo), Some((35_00, 965_00)));
        assert_eq!(
            fee(100_000_00, "COP", "CO", Method::Card),
            Some((3_800_00, 96_200_00))
        );
    }

    #[test]
    fn half_a_minor_unit_rounds_up() {
        // 3.6 % of 12.50 is 0.45; of 13.75 is 0.495.
        assert_eq!(fee(12_50, "MXN", "MX", Method::Card), Some((3_45, 9_05)));
        assert_eq!(fee(13_75, "MXN", "MX", Method::Card), Some((3_50, 10_25)));
    }

    #[test]
    fn nothing_is_invented_where_no_price_is_known() {
        assert_eq!(fee(1_000_00, "USD", "MX", Method::Card), None);
        assert_eq!(fee(1_000_00, "MXN", "AR", Method::Card), None);
        assert_eq!(fee(100_000_00, "COP", "CO", Method::Oxxo), None);
        assert_eq!(
            fee(1_00, "MXN", "MX", Method::Card),
            None,
            "the fee would eat the amount"
        );
    }

    proptest! {
        #[test]
        fn fee_and_net_are_the_amount_to_the_last_minor_unit(minor in 0..=Money::MAX_MINOR) {
            if let Some((fee, net)) = fee(minor, "MXN", "MX", Method::Card) {
                prop_assert_eq!(fee + net, minor);
                let exact = i128::from(minor) * 360 + 3_00 * 10_000;
                prop_assert!((i128::from(fee) * 10_000 - exact).abs() <= 5_000);
            }
        }
    }

    #[test]
    fn the_largest_amount_does_not_overflow() {
        assert!(fee(Money::MAX_MINOR, "MXN", "MX", Method::Card).is_some());
    }

    #[test]
    fn the_largest_amount_has_eight_digits_but_where_a_unit_is_worth_little() {
        let most = |code| maximum(Currency::from_code(code).unwrap());
        assert_eq!(most("MXN"), 999_999_99);
        assert_eq!(most("JPY"), 9_999_999_999);
        assert_eq!(most("CLP"), 99_999_999);
    }

    #[test]
    fn minimums_are_in_stripes_minor_units() {
        let least = |code| minimum(Currency::from_code(code).unwrap());
        assert_eq!(least("MXN"), Some(1000));
        assert_eq!(least("JPY"), Some(50));
        assert_eq!(least("HUF"), Some(17_500));
        assert_eq!(least("CLP"), None);
    }
}
