//! Reading Stripe's answers: only what we need of each object, beside its raw JSON.
//!
//! async-stripe's own types refuse an object whole when one required field is
//! missing; a payment must not be lost to that.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::transport::Answer;
use crate::{Currency, Money, StripeError};

/// One of Stripe's objects as the rest of Cobro knows it.
pub(crate) trait FromStripe: Sized {
    /// Only what we need.
    type Wire: DeserializeOwned;
    /// Stripe's name for it.
    const NAME: &'static str;

    /// Returns the object. `live` is the mode where it does not say itself.
    fn from_wire(wire: Self::Wire, raw: String, live: bool) -> Result<Self, Unusable>;
}

/// Why an object can't be used: what is wrong in it.
#[derive(Debug)]
pub(crate) struct Unusable(pub &'static str);

/// Reads the one object that an answer is.
pub(crate) fn answer<T: FromStripe>(answer: Answer, live: bool) -> Result<T, StripeError> {
    object(&answer.body, live).map_err(|error| match error {
        StripeError::Decode { what, .. } => StripeError::Decode {
            what,
            request_id: answer.request_id,
        },
        error => error,
    })
}

pub(crate) fn object<T: FromStripe>(raw: &str, live: bool) -> Result<T, StripeError> {
    let wire = serde_json::from_str(raw)
        .map_err(|error| StripeError::decode(format!("{} ({})", T::NAME, place_of(&error))))?;
    T::from_wire(wire, raw.to_owned(), live)
        .map_err(|Unusable(what)| StripeError::decode(format!("{} ({what})", T::NAME)))
}

/// Returns where reading failed, without what stood there.
pub(crate) fn place_of(error: &serde_json::Error) -> String {
    format!(
        "{:?} at line {}, column {}",
        error.classify(),
        error.line(),
        error.column()
    )
}

/// A field that holds another object, its id, or nothing.
#[derive(Debug, Clone, Default)]
pub(crate) enum Expanded<T> {
    #[default]
    Nothing,
    Id(String),
    Object(String, Box<T>),
}

impl<T> Expanded<T> {
    pub(crate) fn id(&self) -> Option<&str> {
        match self {
            Self::Nothing => None,
            Self::Id(id) | Self::Object(id, _) => Some(id),
        }
    }

    pub(crate) fn into_id(self) -> Option<String> {
        match self {
            Self::Nothing => None,
            Self::Id(id) | Self::Object(id, _) => Some(id),
        }
    }

    pub(crate) fn into_object(self) -> Option<T> {
        match self {
            Self::Object(_, object) => Some(*object),
            _ => None,
        }
    }
}

#[derive(Deserialize)]
struct Named {
    id: String,
}

/// An object inside that can't be read is still known by its id.
impl<'de, T: DeserializeOwned> Deserialize<'de> for Expanded<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Some(raw) = Option::<Box<RawValue>>::deserialize(deserializer)? else {
            return Ok(Self::Nothing);
        };
        if let Ok(id) = serde_json::from_str::<String>(raw.get()) {
            return Ok(Self::Id(id));
        }
        let Ok(Named { id }) = serde_json::from_str(raw.get()) else {
            return Ok(Self::Nothing);
        };
        Ok(match serde_json::from_str(raw.get()) {
            Ok(object) => Self::Object(id, Box::new(object)),
            Err(_) => Self::Id(id),
        })
    }
}

/// For a part that we can do without: what can't be read is left out.
pub(crate) fn if_readable<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let raw = Option::<Box<RawValue>>::deserialize(deserializer)?;
    Ok(raw.and_then(|raw| serde_json::from_str(raw.get()).ok()))
}

pub(crate) type Metadata = BTreeMap<String, String>;

pub(crate) fn money(minor: i64, currency: &str) -> Result<Money, Unusable> {
    Currency::from_code(currency)
        .and_then(|currency| Money::from_minor(minor, currency))
        .map_err(|_| Unusable("an amount or its currency is none"))
}

pub(crate) fn currency(code: &str) -> Result<Currency, Unusable> {
    Currency::from_code(code).map_err(|_| Unusable("a currency is none"))
}

#[cfg(test)]
mod tests;
