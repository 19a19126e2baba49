//! The catalog beside Stripe's: what each side says of a product, and what becomes of it.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Money, Product, ProductId, Recurring, Tax};

/// What is compared of a product: the rest is only here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ProductSide {
    pub name: String,
    pub description: String,
    pub price: Money,
    pub recurring: Option<Recurring>,
    pub active: bool,
    /// `None` where nothing is said of it.
    #[serde(default)]
    pub tax: Option<Tax>,
}

impl ProductSide {
    /// Returns whether all of it is what one of the two sides says: what is there while a change is half-way.
    pub(crate) fn is_between(&self, old: Option<&Self>, new: &Self) -> bool {
        let is_either =
            |same: fn(&Self, &Self) -> bool| same(self, new) || old.is_some_and(|old| same(self, old));
        is_either(|a, b| a.name == b.name)
            && is_either(|a, b| a.description == b.description)
            && is_either(|a, b| a.active == b.active)
            && is_either(|a, b| a.tax_code() == b.tax_code())
            && is_either(Self::costs_the_same)
    }

    /// Returns whether one price at Stripe could say both.
    pub(crate) fn costs_the_same(&self, other: &Self) -> bool {
        let behavior = |side: &Self| side.tax.as_ref().and_then(|tax| tax.behavior);
        (self.price, self.recurring, behavior(self)) == (other.price, other.recurring, behavior(other))
    }

    pub(crate) fn tax_code(&self) -> Option<&str> {
        self.tax.as_ref().and_then(|tax| tax.code.as_deref())
    }
}

impl From<&Product> for ProductSide {
    fn from(product: &Product) -> Self {
        Self {
            name: product.name.clone(),
            description: product.description.clone(),
            price: product.price,
            recurring: product.recurring,
            active: product.active,
            tax: product.tax.clone().filter(|tax| *tax != Tax::default()),
        }
    }
}

/// What has to happen so that both sides say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// They say the same already.
    Agree,
    /// Only Stripe's changed.
    Take,
    /// Only ours changed.
    Send,
    /// Both changed: a person decides.
    Ask,
}

/// Returns what has to happen; `base` is what both had when they last agreed. Nothing is ever
/// overwritten that changed since.
pub(crate) fn step_of(base: Option<&ProductSide>, ours: &ProductSide, theirs: &ProductSide) -> Step {
    if ours == theirs {
        return Step::Agree;
    }
    match base {
        Some(base) if base == ours => Step::Take,
        Some(base) if base == theirs => Step::Send,
        _ => Step::Ask,
    }
}

/// Whose word counts where both sides changed a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Keep {
    Ours,
    Stripes,
}

/// A product that was left as it is, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SkippedProduct {
    pub name: String,
    /// Ours, where it is one of ours.
    pub product: Option<ProductId>,
    pub why: String,
}

/// What comparing with Stripe would do, or has done.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SyncReport {
    /// New here.
    pub imported: u32,
    /// Changed here, as Stripe has it.
    pub taken: u32,
    /// New at Stripe.
    pub created: u32,
    /// Changed at Stripe, as it is here.
    pub sent: u32,
    pub same: u32,
    /// Both changed: a person decides.
    pub conflicts: u32,
    pub skipped: Vec<SkippedProduct>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Currency;

    fn side(name: &str) -> ProductSide {
        ProductSide {
            name: name.into(),
            description: String::new(),
            price: Money::from_minor(100, Currency::from_code("MXN").unwrap()).unwrap(),
            recurring: None,
            active: true,
            tax: None,
        }
    }

    #[test]
    fn what_is_half_way_is_told_from_what_somebody_changed() {
        let (old, new) = (
            side("old"),
            ProductSide {
                active: false,
                ..side("new")
            },
        );
        let half = ProductSide {
            active: true,
            ..side("new")
        };
        assert!(half.is_between(Some(&old), &new) && old.is_between(Some(&old), &new));
        let edited = ProductSide {
            name: "theirs".into(),
            ..half.clone()
        };
        assert!(!edited.is_between(Some(&old), &new));
        assert!(!half.is_between(None, &new), "nothing was known before");
    }

    #[test]
    fn another_tax_is_a_change() {
        let taxed = ProductSide {
            tax: Some(Tax {
                behavior: None,
                code: Some("txcd_1".into()),
            }),
            ..side("old")
        };
        assert_eq!(step_of(Some(&side("old")), &taxed, &side("old")), Step::Send);
        assert!(
            taxed.costs_the_same(&side("old")),
            "a code is the product's, not the price's"
        );
    }

    #[test]
    fn nothing_that_changed_on_both_sides_is_overwritten() {
        let (old, a, b) = (side("old"), side("a"), side("b"));
        assert_eq!(step_of(Some(&old), &a, &b), Step::Ask);
        assert_eq!(step_of(None, &a, &b), Step::Ask, "nobody knows who changed it");
        assert_eq!(step_of(Some(&old), &old, &b), Step::Take);
        assert_eq!(step_of(Some(&old), &a, &old), Step::Send);
        assert_eq!(step_of(Some(&old), &a, &a), Step::Agree);
    }
}
