//! What the customer is about to buy: lines, quantities, corrections.

use crate::catalog::{Catalog, Place};
use crate::mention::{Fit, Mention, Unit, common};

/// How many of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantity {
    /// Somebody said so.
    Said(u32),
    /// Nobody did: one.
    Assumed,
    /// Half a pack, or pieces of something sold by the box.
    Unclear,
}

impl Quantity {
    pub(crate) fn value(self) -> Option<u32> {
        match self {
            Self::Said(number) => Some(number),
            Self::Assumed => Some(1),
            Self::Unclear => None,
        }
    }
}

/// How much the customer meant it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Asked,
    Wanted,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// More than one while an option is missing.
    pub(crate) places: Vec<Place>,
    pub(crate) quantity: Quantity,
    pub(crate) fit: Fit,
    pub(crate) level: Level,
    /// The round of messages it was last spoken of.
    pub(crate) round: usize,
}

impl Line {
    pub(crate) fn of_place(place: Place, quantity: u32, round: usize) -> Self {
        Self {
            places: vec![place],
            quantity: Quantity::Said(quantity),
            fit: Fit::Exact,
            level: Level::Wanted,
            round,
        }
    }

    pub(crate) fn place(&self) -> Option<Place> {
        match self.places.as_slice() {
            [place] => Some(*place),
            _ => None,
        }
    }

    /// Returns whether the mention can mean this line.
    pub(crate) fn meets(&self, mention: &Mention) -> bool {
        !common(&self.places, &mention.places).is_empty()
    }

    pub(crate) fn narrow(&mut self, mention: &Mention) {
        let narrowed = common(&self.places, &mention.places);
        if !narrowed.is_empty() {
            // Whoever names it anew without the odd word has dropped that word.
            self.fit = if narrowed.len() < self.places.len() {
                self.fit.max(mention.fit)
            } else {
                mention.fit
            };
            self.places = narrowed;
        }
    }
}

/// Returns the items a mention means: all of them, or the one whose whole name was said.
pub(crate) fn places_meant(catalog: &Catalog, mention: &Mention) -> Vec<Place> {
    if mention.places.len() < 2 || mention.fit == Fit::Clash {
        return mention.places.clone();
    }
    let whole: Vec<Place> = mention
        .places
        .iter()
        .copied()
        .filter(|place| {
            catalog.index.entry(*place).is_some_and(|entry| {
                let mut names = entry.names.iter();
                names.any(|name| name.iter().all(|key| mention.keys.contains(key)))
            })
        })
        .collect();
    if whole.len() == 1 {
        whole
    } else {
        mention.places.clone()
    }
}

/// Returns how many packs the mention asks for.
pub(crate) fn quantity_of(catalog: &Catalog, mention: &Mention, places: &[Place]) -> Quantity {
    let Some(count) = mention.count else {
        return Quantity::Assumed;
    };
    let mut packs = places
        .iter()
        .map(|place| packs_of(catalog, mention, count.number, count.unit, *place));
    let Some(first) = packs.next() else {
        return Quantity::Unclear;
    };
    if !packs.all(|other| other == first) {
        return Quantity::Unclear;
    }
    match first {
        Quantity::Said(1) if count.article => Quantity::Assumed,
        quantity => quantity,
    }
}

fn packs_of(catalog: &Catalog, mention: &Mention, number: u32, unit: Unit, place: Place) -> Quantity {
    let Some(entry) = catalog.index.entry(place) else {
        return Quantity::Unclear;
    };
    // "mil cartões" are one "Cartão de visita 1000 un".
    if number > 12 && matches!(unit, Unit::Each | Unit::Piece) && entry.keys.contains(&number.to_string()) {
        return Quantity::Assumed;
    }
    match unit {
        Unit::Each => Quantity::Said(number),
        Unit::Fraction => Quantity::Unclear,
        Unit::Piece | Unit::Pieces => match &entry.pack {
            Some(pack) if number > 0 && number.is_multiple_of(pack.size) => {
                Quantity::Said(number / pack.size)
            }
            Some(_) => Quantity::Unclear,
            None => Quantity::Said(number),
        },
        Unit::Measured => {
            let measure = mention.measure.as_deref().unwrap_or_default();
            let of_measure = || entry.measures.iter().filter(|(_, unit)| unit == measure);
            let wanted = number.to_string();
            if of_measure().any(|(size, _)| size.as_deref().is_none_or(|size| size == "1")) {
                Quantity::Said(number)
            } else if of_measure().any(|(size, _)| size.as_deref() == Some(wanted.as_str())) {
                Quantity::Assumed
            } else if of_measure().next().is_none() && !crate::index::is_measure(measure) {
                Quantity::Said(number)
            } else {
                Quantity::Unclear
            }
        }
    }
}
