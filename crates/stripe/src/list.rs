//! A page of Stripe's lists.

use cobro_protocol::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;
use stripe_client_core::RequestBuilder;

use crate::form::Form;
use crate::read::{self, FromStripe};
use crate::transport::Answer;
use crate::{StripeApi, StripeError};

/// As many as Stripe gives at once.
pub(crate) const PAGE: i64 = 100;

/// One page. Items that can't be read at all are left out and counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List<T> {
    pub items: Vec<T>,
    pub has_more: bool,
    pub unreadable: usize,
}

/// When what is listed was made: from `since` on, and before `until`. The default is always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Created {
    pub since: Option<Timestamp>,
    pub until: Option<Timestamp>,
}

impl From<Option<Timestamp>> for Created {
    fn from(since: Option<Timestamp>) -> Self {
        Self { since, until: None }
    }
}

impl Created {
    pub(crate) fn put(self, form: &mut Form) {
        form.maybe("created[gte]", self.since.map(Timestamp::secs));
        form.maybe("created[lt]", self.until.map(Timestamp::secs));
    }
}

/// Puts in which page it is to be: a full one, behind the item `after`.
pub(crate) fn put_page(form: &mut Form, after: Option<&str>) {
    form.put("limit", PAGE);
    form.maybe("starting_after", after);
}

impl StripeApi {
    pub(crate) async fn page<T: FromStripe>(&self, request: RequestBuilder) -> Result<List<T>, StripeError> {
        read_list(&self.get(request).await?, self.is_live())
    }

    /// Returns the first item that fits, looking through at most `max_pages` pages.
    pub(crate) async fn find<T: FromStripe>(
        &self,
        max_pages: u32,
        request: impl Fn(Option<&str>) -> RequestBuilder,
        id: fn(&T) -> &String,
        fits: impl Fn(&T) -> bool,
    ) -> Result<Option<T>, StripeError> {
        let mut after = None;
        for _ in 0..max_pages {
            let List { items, has_more, .. } = self.page(request(after.as_deref())).await?;
            after = items.last().map(|item| id(item).clone());
            if let Some(item) = items.into_iter().find(&fits) {
                return Ok(Some(item));
            }
            if !has_more || after.is_none() {
                break;
            }
        }
        Ok(None)
    }
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
