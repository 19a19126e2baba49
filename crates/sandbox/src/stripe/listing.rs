//! Stripe's list object: newest first, paged by id.

use serde_json::{Value, json};

use super::fields::Fields;
use super::ledger::Act;
use super::params::{Param, int, range, text};
use super::refusal::Refusal;
use super::routes::{Answer, Call};
use super::shelf::Object;

/// What every list takes.
pub(crate) const LIMIT: Param = int("limit");
pub(crate) const AFTER: Param = text("starting_after");
pub(crate) const BEFORE: Param = text("ending_before");
pub(crate) const CREATED: Param = range("created");

/// A page's worth of a list, and which way it goes.
struct Window<'a> {
    limit: usize,
    after: Option<&'a str>,
    before: Option<&'a str>,
}

/// Returns the page of the objects that `keep` keeps.
///
/// With `ending_before` it is the page *next to* the cursor, still newest first.
pub(crate) fn page<T: Object>(act: &Act, call: &Call, keep: impl Fn(&T) -> bool) -> Answer {
    let window = window(call.fields)?;
    let shelf = T::shelf(act.ledger);
    let place = |id: &str, param: &str| {
        shelf
            .place(id)
            .ok_or_else(|| Refusal::no_such(T::NOUN, id, param))
    };
    let keep = |row: &&T| within(call.fields, row.created()) && keep(row);
    let rows = shelf.rows();
    let (rows, more): (Vec<&T>, bool) = match (window.after, window.before) {
        (_, Some(id)) => {
            let newer = rows.get(place(id, "ending_before")? + 1..).unwrap_or_default();
            let (mut rows, more) = cut(newer.iter().filter(keep), window.limit);
            rows.reverse();
            (rows, more)
        }
        (Some(id), None) => {
            let older = rows.get(..place(id, "starting_after")?).unwrap_or_default();
            cut(older.iter().rev().filter(keep), window.limit)
        }
        (None, None) => cut(rows.iter().rev().filter(keep), window.limit),
    };
    Ok(list(
        rows.into_iter().map(Object::render).collect(),
        more,
        T::LIST,
    ))
}

/// Returns the page of values that are listed as they stand, such as line items.
pub(crate) fn page_of_values(values: &[Value], call: &Call, url: &str) -> Answer {
    let window = window(call.fields)?;
    let place = |id: &str, param: &str| {
        let found = values
            .iter()
            .position(|value| value.get("id").and_then(Value::as_str) == Some(id));
        found.ok_or_else(|| Refusal::no_such("item", id, param))
    };
    let start = window
        .after
        .map(|id| place(id, "starting_after"))
        .transpose()?
        .map_or(0, |at| at + 1);
    let end = window
        .before
        .map(|id| place(id, "ending_before"))
        .transpose()?
        .unwrap_or(values.len());
    let (rows, more) = cut(values.get(start..end).unwrap_or_default().iter(), window.limit);
    Ok(list(rows.into_iter().cloned().collect(), more, url))
}

/// Returns a list object.
pub(crate) fn list(data: Vec<Value>, more: bool, url: &str) -> Value {
    json!({"object": "list", "data": data, "has_more": more, "url": url})
}

fn cut<T>(rows: impl Iterator<Item = T>, limit: usize) -> (Vec<T>, bool) {
    let mut rows: Vec<T> = rows.take(limit + 1).collect();
    let more = rows.len() > limit;
    rows.truncate(limit);
    (rows, more)
}

fn window(fields: Fields<'_>) -> Result<Window<'_>, Refusal> {
    let limit = fields.int("limit").unwrap_or(10);
    let complain = |words: &str| {
        Refusal::invalid(format!("This value must be {words} (it currently is '{limit}')."))
            .code("parameter_invalid_integer")
            .param("limit")
    };
    if limit < 1 {
        return Err(complain("greater than or equal to 1"));
    }
    if limit > 100 {
        return Err(complain("less than or equal to 100"));
    }
    let (after, before) = (fields.text("starting_after"), fields.text("ending_before"));
    if after.is_some() && before.is_some() {
        let message = "Received both ending_before and starting_after parameters. Please pass in only one.";
        return Err(Refusal::invalid(message).param("starting_after"));
    }
    Ok(Window {
        limit: usize::try_from(limit).unwrap_or(10),
        after,
        before,
    })
}

/// Returns whether a time lies within the `created` that was asked for.
fn within(fields: Fields<'_>, created: i64) -> bool {
    if let Some(exactly) = fields.int("created") {
        return created == exactly;
    }
    let bounds = fields.object("created");
    bounds.int("gt").is_none_or(|bound| created > bound)
        && bounds.int("gte").is_none_or(|bound| created >= bound)
        && bounds.int("lt").is_none_or(|bound| created < bound)
        && bounds.int("lte").is_none_or(|bound| created <= bound)
}
