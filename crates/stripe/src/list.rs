//! A page of Stripe's lists.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::StripeError;
use crate::read::{self, FromStripe};
use crate::transport::Answer;

/// As many as Stripe gives at once.
pub(crate) const PAGE: i64 = 100;

/// One page. Items that can't be read at all are left out and counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List<T> {
    pub items: Vec<T>,
    pub has_more: bool,
    pub unreadable: usize,
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
    #[serde(default)]
    has_more: bool,
}

pub(crate) fn read_list<T: FromStripe>(answer: &Answer, live: bool) -> Result<List<T>, StripeError> {
    read_items(answer, T::NAME, |item| read::object(item, live))
}

/// Reads each item by itself: one that can't be read does not cost the others.
pub(crate) fn read_items<T>(
    answer: &Answer,
    name: &str,
    read: impl Fn(&str) -> Result<T, StripeError>,
) -> Result<List<T>, StripeError> {
    let wire: Wire<'_> = serde_json::from_str(&answer.body).map_err(|error| StripeError::Decode {
        what: format!("the list of {name}s ({})", read::place_of(&error)),
        request_id: answer.request_id.clone(),
    })?;
    let mut items = Vec::with_capacity(wire.data.len());
    let mut unreadable = 0;
    for item in wire.data {
        match read(item.get()) {
            Ok(item) => items.push(item),
            Err(error) => {
                unreadable += 1;
                tracing::warn!(%error, request_id = answer.request_id.as_deref(), "One of Stripe's objects was left out");
            }
        }
    }
    Ok(List {
        items,
        has_more: wire.has_more,
        unreadable,
    })
}
