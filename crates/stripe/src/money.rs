//! Money: a whole number of minor units with its currency, by Stripe's own exponent table.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use specta::Type;

/// Stripe's minor unit is the major one.
pub(crate) const NO_DECIMALS: [&str; 15] = [
    "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF",
];
pub(crate) const THREE_DECIMALS: [&str; 5] = ["BHD", "JOD", "KWD", "OMR", "TND"];
/// Sent to Stripe times a hundred, yet without hundredths.
pub(crate) const WHOLE_ONLY: [&str; 2] = ["ISK", "UGX"];

/// A three-letter currency code in upper case, such as `MXN`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Type)]
#[serde(transparent)]
#[specta(transparent)]
pub struct Currency(#[specta(type = String)] Code);

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Code([u8; 3]);

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Code {
    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }
}

/// Why an amount or currency was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("Currency must be three letters, such as MXN; got {0:?}")]
    NotACurrency(String),
    #[error("Amount must be between 0 and 9007199254740991 minor units; got {0}")]
    OutOfRange(i64),
    #[error("{currency} amounts must end in {zeros} zero minor digits; got {minor}")]
    NotWhole {
        currency: Currency,
        minor: i64,
        zeros: u8,
    },
}

impl Currency {
    /// Returns the currency with that code, in any case.
    pub fn from_code(code: &str) -> Result<Self, MoneyError> {
        match code.trim().as_bytes() {
            &[a, b, c] if [a, b, c].iter().all(u8::is_ascii_alphabetic) => {
                Ok(Self(Code([a, b, c].map(|letter| letter.to_ascii_uppercase()))))
            }
            _ => Err(MoneyError::NotACurrency(code.chars().take(12).collect())),
        }
    }

    pub fn code(&self) -> &str {
        self.0.as_str()
    }

    /// Returns the code as Stripe writes it, in lower case.
    pub fn stripe_code(self) -> String {
        self.code().to_ascii_lowercase()
    }

    /// Returns how many decimals separate Stripe's minor unit from the major one.
    ///
    /// This is Stripe's table, not ISO's: COP, CLP, PYG, ISK and UGX are where
    /// others charged a hundred times too much.
    pub fn exponent(self) -> u8 {
        match self.code() {
            code if NO_DECIMALS.contains(&code) => 0,
            code if THREE_DECIMALS.contains(&code) => 3,
            _ => 2,
        }
    }

    /// Returns how many trailing minor digits Stripe wants to be zero.
    pub fn zero_digits(self) -> u8 {
        match self.code() {
            code if WHOLE_ONLY.contains(&code) => 2,
            code if THREE_DECIMALS.contains(&code) => 1,
            _ => 0,
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::from_code(&code).map_err(D::Error::custom)
    }
}

/// An amount in minor units: 12.50 MXN is `1250`, 1,250 CLP is `1250`.
///
/// Never negative, and at most 2^53 − 1 so that JavaScript can hold it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Type)]
pub struct Money {
    #[specta(type = f64)]
    minor: i64,
    currency: Currency,
}

impl Money {
    pub const MAX_MINOR: i64 = (1 << 53) - 1;

    /// Returns the amount, if both JavaScript and Stripe can hold it.
    pub fn from_minor(minor: i64, currency: Currency) -> Result<Self, MoneyError> {
        if !(0..=Self::MAX_MINOR).contains(&minor) {
            return Err(MoneyError::OutOfRange(minor));
        }
        Ok(Self { minor, currency })
    }

    /// Checks that Stripe takes this amount: whole where it wants whole units.
    pub fn check_chargeable(self) -> Result<Self, MoneyError> {
        let zeros = self.currency.zero_digits();
        if self.minor % 10_i64.pow(u32::from(zeros)) != 0 {
            return Err(MoneyError::NotWhole {
                currency: self.currency,
                minor: self.minor,
                zeros,
            });
        }
        if self.minor == 0 {
            return Err(MoneyError::OutOfRange(0));
        }
        Ok(self)
    }

    pub fn minor(self) -> i64 {
        self.minor
    }

    pub fn currency(self) -> Currency {
        self.currency
    }

    /// Returns the amount as plain digits, such as `12.50`: for logs of
    /// amounts and for texts where no locale is known.
    pub fn decimal(self) -> String {
        let exponent = usize::from(self.currency.exponent());
        if exponent == 0 {
            return self.minor.to_string();
        }
        let unit = 10_i64.pow(u32::from(self.currency.exponent()));
        format!("{}.{:0exponent$}", self.minor / unit, self.minor % unit)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.decimal(), self.currency)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Parts {
            minor: i64,
            currency: Currency,
        }
        let Parts { minor, currency } = Parts::deserialize(deserializer)?;
        Self::from_minor(minor, currency).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(minor: i64, code: &str) -> Money {
        Money::from_minor(minor, Currency::from_code(code).unwrap()).unwrap()
    }

    #[test]
    fn the_exponent_table_is_stripes_not_isos() {
        assert_eq!(money(1250, "mxn").decimal(), "12.50");
        assert_eq!(money(1250, "CLP").decimal(), "1250");
        assert_eq!(money(1250, "PYG").decimal(), "1250");
        assert_eq!(money(120_000_00, "COP").decimal(), "120000.00");
        assert_eq!(money(5_00, "UGX").decimal(), "5.00");
        assert_eq!(money(1_250, "KWD").decimal(), "1.250");
    }

    #[test]
    fn amounts_that_stripe_would_refuse_are_named() {
        assert!(money(5_00, "ISK").check_chargeable().is_ok());
        assert!(matches!(
            money(5_50, "ISK").check_chargeable(),
            Err(MoneyError::NotWhole { zeros: 2, .. })
        ));
        assert!(matches!(
            money(1_255, "KWD").check_chargeable(),
            Err(MoneyError::NotWhole { zeros: 1, .. })
        ));
        assert!(money(0, "MXN").check_chargeable().is_err());
    }

    #[test]
    fn what_javascript_cannot_hold_is_refused() {
        let mxn = Currency::from_code("MXN").unwrap();
        assert!(Money::from_minor(Money::MAX_MINOR, mxn).is_ok());
        assert!(Money::from_minor(Money::MAX_MINOR + 1, mxn).is_err());
        assert!(Money::from_minor(-1, mxn).is_err());
        assert!(serde_json::from_str::<Money>(r#"{"minor":9007199254740992,"currency":"MXN"}"#).is_err());
    }
}
