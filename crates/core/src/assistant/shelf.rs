//! The catalog as the assistant's rules read it: an item for everything that can be chosen.

use std::collections::HashMap;

use cobro_assistant::{Catalog, Item};

use crate::domain::{ChosenOption, Currency, Money, Product, ProductId, Recurring};

/// A product with more combinations than this is too much to tell apart in a chat.
const COMBINATIONS: usize = 200;

/// The shop's items, indexed once, and what each is in the catalog.
#[derive(Debug)]
pub(crate) struct Shelf {
    pub(crate) catalog: Catalog,
    goods: HashMap<String, Goods>,
    by_sku: HashMap<String, String>,
}

/// What an item is in the catalog.
#[derive(Debug, Clone)]
pub(crate) struct Goods {
    pub(crate) product: ProductId,
    pub(crate) options: Vec<ChosenOption>,
    pub(crate) name: String,
    /// How often it is paid, where that is more than once.
    pub(crate) every: Option<Recurring>,
}

impl Shelf {
    /// Puts the products in `currency` on the shelf. A charge has one currency,
    /// so products in another can't be proposed.
    pub(crate) fn of(products: &[Product], currency: Currency) -> Self {
        let mut items = Vec::new();
        let mut goods = HashMap::new();
        let mut by_sku = HashMap::new();
        for product in products
            .iter()
            .filter(|product| product.price.currency() == currency)
        {
            let chosen = combinations(product);
            if let (Some(sku), [_]) = (&product.sku, chosen.as_slice()) {
                by_sku.insert(sku.clone(), id_of(product.id, 0));
            }
            for (nth, options) in chosen.into_iter().enumerate() {
                let Ok((price, options)) = product.price_with(&options) else {
                    continue;
                };
                let id = id_of(product.id, nth);
                let name = name_of(product, &options);
                items.push(Item {
                    interval: product
                        .recurring
                        .map(|recurring| recurring.interval.name().to_owned()),
                    aliases: product.aliases.clone(),
                    available: product.is_available(),
                    ..Item::new(id.clone(), name.clone(), price)
                });
                goods.insert(
                    id,
                    Goods {
                        product: product.id,
                        options,
                        name,
                        every: product.recurring,
                    },
                );
            }
        }
        let catalog = Catalog::new(currency, items).unwrap_or_else(|error| {
            tracing::warn!(%error, "The catalog can't be read by the assistant");
            Catalog::empty(currency)
        });
        Self {
            catalog,
            goods,
            by_sku,
        }
    }

    pub(crate) fn goods(&self, item: &str) -> Option<&Goods> {
        self.goods.get(item)
    }

    /// Returns the item that a cart of WhatsApp's means.
    pub(crate) fn item_of_sku(&self, sku: &str) -> Option<&str> {
        self.by_sku.get(sku).map(String::as_str)
    }

    /// Returns what a cart of WhatsApp's means, if it is sold today, once, at the price that the cart shows.
    pub(crate) fn sold_at(&self, sku: &str, price: Money) -> Option<&Goods> {
        let id = self.item_of_sku(sku)?;
        let item = self.catalog.items().iter().find(|item| item.id == id)?;
        let is_so = item.available && item.interval.is_none() && item.price == price;
        self.goods(id).filter(|_| is_so)
    }

    /// Returns whether the catalog has what a cart of WhatsApp's means at another price than the cart shows.
    pub(crate) fn has_other_price(&self, sku: &str, price: Money) -> bool {
        self.item_of_sku(sku)
            .and_then(|id| self.catalog.items().iter().find(|item| item.id == id))
            .is_some_and(|item| item.price != price)
    }

    /// Returns the item that a charge had.
    pub(crate) fn item_of_line(&self, product: ProductId, options: &[ChosenOption]) -> Option<&str> {
        let mut nth = 0;
        loop {
            let (id, goods) = self.goods.get_key_value(&id_of(product, nth))?;
            if goods.options == options {
                return Some(id);
            }
            nth += 1;
        }
    }
}

fn id_of(product: ProductId, nth: usize) -> String {
    format!("{product}.{nth}")
}

fn name_of(product: &Product, options: &[ChosenOption]) -> String {
    let mut name = product.name.clone();
    for option in options {
        name.push(' ');
        name.push_str(&option.value);
    }
    name
}

/// Returns every way to choose among the product's options.
fn combinations(product: &Product) -> Vec<Vec<ChosenOption>> {
    let mut all = vec![Vec::new()];
    for group in &product.options {
        let longer: Vec<Vec<ChosenOption>> = all
            .iter()
            .flat_map(|chosen: &Vec<ChosenOption>| {
                group.values.iter().map(move |value| {
                    let mut chosen = chosen.clone();
                    chosen.push(ChosenOption {
                        group: group.name.clone(),
                        value: value.name.clone(),
                    });
                    chosen
                })
            })
            .take(COMBINATIONS)
            .collect();
        all = longer;
    }
    all
}
