//! What the shop sells, and the index that finds it in a text.

use cobro_stripe::{Currency, Money};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::index::Index;

/// Something the shop sells at a price of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub id: String,
    pub name: String,
    pub price: Money,
    /// How often a subscription is charged, such as `month`; `None` for a single payment.
    pub interval: Option<String>,
    /// Other names that customers use.
    pub aliases: Vec<String>,
    /// Whether it can be sold today.
    pub available: bool,
}

impl Item {
    /// Returns an available item that is paid once and has no other names.
    pub fn new(id: impl Into<String>, name: impl Into<String>, price: Money) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            price,
            interval: None,
            aliases: Vec::new(),
            available: true,
        }
    }
}

/// Why a catalog was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogError {
    #[error("Catalog: item ids must be different; {0:?} is there twice")]
    SameId(String),
    #[error("Catalog: item {0:?} needs a name")]
    NoName(String),
    #[error(
        "Catalog: item {id:?} is in {found}, but the catalog is in {expected}; give every price in one currency"
    )]
    OtherCurrency {
        id: String,
        found: Currency,
        expected: Currency,
    },
}

/// The shop's items in one currency, indexed once.
#[derive(Debug)]
pub struct Catalog {
    currency: Currency,
    items: Vec<Item>,
    pub(crate) index: Index,
    /// The lowest and the highest price, in minor units.
    prices: (i64, i64),
    by_id: FxHashMap<String, Place>,
    by_price: FxHashMap<i64, Vec<Place>>,
}

impl Catalog {
    /// Indexes the items. Ids must differ and all prices be in `currency`.
    pub fn new(currency: Currency, items: Vec<Item>) -> Result<Self, CatalogError> {
        let mut ids = FxHashSet::default();
        for item in &items {
            if !ids.insert(item.id.as_str()) {
                return Err(CatalogError::SameId(item.id.clone()));
            }
            if item.name.trim().is_empty() {
                return Err(CatalogError::NoName(item.id.clone()));
            }
            if item.price.currency() != currency {
                return Err(CatalogError::OtherCurrency {
                    id: item.id.clone(),
                    found: item.price.currency(),
                    expected: currency,
                });
            }
        }
        let index = Index::of(&items);
        let prices = || {
            items
                .iter()
                .map(|item| item.price.minor())
                .filter(|minor| *minor > 0)
        };
        let prices = (prices().min().unwrap_or(0), prices().max().unwrap_or(0));
        let mut by_id = FxHashMap::default();
        let mut by_price: FxHashMap<i64, Vec<Place>> = FxHashMap::default();
        for (item, place) in items.iter().zip(0..).map(|(item, at)| (item, Place(at))) {
            by_id.insert(item.id.clone(), place);
            by_price.entry(item.price.minor()).or_default().push(place);
        }
        Ok(Self {
            currency,
            items,
            index,
            prices,
            by_id,
            by_price,
        })
    }

    /// Returns the catalog of a shop that sells nothing yet.
    pub fn empty(currency: Currency) -> Self {
        Self {
            currency,
            items: Vec::new(),
            index: Index::of(&[]),
            prices: (0, 0),
            by_id: FxHashMap::default(),
            by_price: FxHashMap::default(),
        }
    }

    pub fn currency(&self) -> Currency {
        self.currency
    }

    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// Returns the lowest and the highest price, in minor units.
    pub(crate) fn prices(&self) -> (i64, i64) {
        self.prices
    }

    pub(crate) fn item(&self, place: Place) -> Option<&Item> {
        self.items.get(place.0 as usize)
    }

    pub(crate) fn place_of_id(&self, id: &str) -> Option<Place> {
        self.by_id.get(id).copied()
    }

    /// Returns the items that cost exactly so much.
    pub(crate) fn priced_at(&self, minor: i64) -> &[Place] {
        self.by_price.get(&minor).map_or(&[], Vec::as_slice)
    }

    /// Returns the item's price in minor units; zero for a place that is not there.
    pub(crate) fn price(&self, place: Place) -> i64 {
        self.item(place).map_or(0, |item| item.price.minor())
    }
}

/// Where an item stands in its catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place(pub(crate) u32);
