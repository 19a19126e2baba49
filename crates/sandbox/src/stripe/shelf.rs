//! Objects of one kind, kept in the order in which they were made.

use std::collections::HashMap;

use serde_json::Value;

use super::ledger::Ledger;

/// One of Stripe's kinds of object.
pub(crate) trait Object: Sized {
    /// The word Stripe uses in "No such payment_link: …".
    const NOUN: &'static str;
    /// The path of its list.
    const LIST: &'static str;

    fn id(&self) -> &str;
    /// Seconds since 1970; what `created[gte]` filters by.
    fn created(&self) -> i64;
    /// Returns the object as the API shows it, nothing expanded.
    fn render(&self) -> Value;
    fn shelf(ledger: &Ledger) -> &Shelf<Self>;
    fn shelf_mut(ledger: &mut Ledger) -> &mut Shelf<Self>;
}

#[derive(Debug)]
pub(crate) struct Shelf<T> {
    rows: Vec<T>,
    places: HashMap<String, usize>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            places: HashMap::new(),
        }
    }
}

impl<T: Object> Shelf<T> {
    pub(crate) fn add(&mut self, row: T) {
        self.places.insert(row.id().to_owned(), self.rows.len());
        self.rows.push(row);
    }

    pub(crate) fn get(&self, id: &str) -> Option<&T> {
        self.place(id).and_then(|place| self.rows.get(place))
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        self.place(id).and_then(|place| self.rows.get_mut(place))
    }

    /// Returns how many were made before the one with this id.
    pub(crate) fn place(&self, id: &str) -> Option<usize> {
        self.places.get(id).copied()
    }

    /// Returns all, oldest first.
    pub(crate) fn rows(&self) -> &[T] {
        &self.rows
    }
}
