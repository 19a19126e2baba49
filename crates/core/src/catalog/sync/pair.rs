//! Which of Stripe's products is which of ours, and what becomes of each.

use std::collections::{HashMap, HashSet};

use super::read::{Cost, Theirs};
use crate::domain::{Product, ProductId, ProductSide, SkippedProduct, Step, step_of};
use crate::store::syncing::Linked;

/// What becomes of one product.
pub(super) enum Deed {
    /// Only Stripe has it.
    Import(Theirs),
    /// Both have it.
    Settle(Box<Product>, Theirs, Step),
    /// Only we have it.
    Create(Box<Product>),
    /// Stripe has it no more.
    Forget(Box<Product>),
}

/// What is to be done, and what is left as it is.
#[derive(Default)]
pub(super) struct Plan {
    pub deeds: Vec<Deed>,
    pub skipped: Vec<SkippedProduct>,
}

/// How a product of ours is told among Stripe's, the surest first.
#[derive(Clone, Copy)]
enum By {
    /// It is tied to it.
    Link,
    /// Stripe's names ours.
    Mark,
    /// Both are called the same.
    Name,
}

impl By {
    fn of_ours(self, (product, linked): &(Product, Linked)) -> Option<String> {
        match (self, &linked.stripe_product) {
            (Self::Link, link) => link.clone(),
            (_, Some(_)) => None,
            (Self::Mark, None) => Some(product.id.to_string()),
            (Self::Name, None) => Some(product.name.to_lowercase()),
        }
    }

    /// What names none of ours was made by another desk, or an earlier profile: then its name counts.
    fn of_theirs(self, theirs: &Theirs, known: &HashSet<ProductId>) -> Option<String> {
        match self {
            Self::Link => Some(theirs.id.clone()),
            Self::Mark => theirs.ours.map(|id| id.to_string()),
            Self::Name => {
                let is_free = theirs.ours.is_none_or(|id| !known.contains(&id));
                (is_free && theirs.price().is_some()).then(|| theirs.name().to_lowercase())
            }
        }
    }
}

/// Pairs both sides. A namesake never takes a product that is tied to another, or names another.
pub(super) fn pair(ours: Vec<(Product, Linked)>, theirs: Vec<Theirs>) -> Plan {
    let known: HashSet<ProductId> = ours.iter().map(|(product, _)| product.id).collect();
    let mut ours: Vec<Option<(Product, Linked)>> = ours.into_iter().map(Some).collect();
    let mut left = theirs;
    let mut plan = Plan::default();
    for by in [By::Link, By::Mark, By::Name] {
        let mut places: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, ours) in ours.iter().enumerate().rev() {
            if let Some(key) = ours.as_ref().and_then(|ours| by.of_ours(ours)) {
                places.entry(key).or_default().push(at);
            }
        }
        let mut unmet = Vec::new();
        for theirs in left {
            let meant = by
                .of_theirs(&theirs, &known)
                .and_then(|key| places.get_mut(&key)?.pop())
                .and_then(|at| ours.get_mut(at)?.take());
            match meant {
                Some((product, linked)) => plan.both(product, &linked, theirs),
                None => unmet.push(theirs),
            }
        }
        left = unmet;
    }
    for theirs in left {
        plan.only_theirs(theirs);
    }
    for (product, linked) in ours.into_iter().flatten() {
        plan.only_ours(product, &linked);
    }
    plan
}

impl Plan {
    fn both(&mut self, product: Product, linked: &Linked, theirs: Theirs) {
        if linked.sent.is_some() {
            return self.skip_ours(product, ON_ITS_WAY);
        }
        let ours = ProductSide::from(&product);
        let instead = linked.base.clone().unwrap_or_else(|| ours.clone());
        let step = step_of(linked.base.as_ref(), &ours, &theirs.side(&instead));
        let step = match (&theirs.cost, step) {
            (Cost::Unfit(why), _) => return self.skip_ours(product, why),
            // It is ours, and has no price there any more, or not yet.
            (Cost::Nothing(_), Step::Agree) => Step::Send,
            (Cost::Nothing(_) | Cost::Fixed(_), step) => step,
        };
        self.deeds.push(Deed::Settle(Box::new(product), theirs, step));
    }

    fn only_theirs(&mut self, theirs: Theirs) {
        match &theirs.cost {
            _ if !theirs.is_active() => {}
            Cost::Fixed(_) => self.deeds.push(Deed::Import(theirs)),
            Cost::Nothing(why) | Cost::Unfit(why) => self.skipped.push(SkippedProduct {
                name: theirs.name().to_owned(),
                product: None,
                why: (*why).to_owned(),
            }),
        }
    }

    fn only_ours(&mut self, product: Product, linked: &Linked) {
        if linked.sent.is_some() {
            self.skip_ours(product, ON_ITS_WAY);
        } else if linked.stripe_product.is_some() {
            self.deeds.push(Deed::Forget(Box::new(product)));
        } else if product.active {
            self.deeds.push(Deed::Create(Box::new(product)));
        }
    }

    fn skip_ours(&mut self, product: Product, why: &str) {
        self.skipped.push(SkippedProduct {
            name: product.name,
            product: Some(product.id),
            why: why.to_owned(),
        });
    }
}

const ON_ITS_WAY: &str =
    "It is on its way to Stripe, and the answer is not known yet. The next comparison finishes it";
/// Why a product is only here again.
pub(super) const GONE: &str = "Stripe has it no more, so it is only here now. The next comparison makes it there anew; archive it if it is not to be sold";

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use cobro_stripe::Product as StripeProduct;

    use super::super::read::{OURS, theirs_of};
    use super::*;
    use crate::domain::{Currency, Money, ProductDraft, Timestamp};
    use crate::store::{open_for_tests, products};

    async fn sold(name: &str) -> Product {
        let price = Money::from_minor(100_00, Currency::from_code("MXN").unwrap()).unwrap();
        let draft = ProductDraft::new(name, price);
        let (store, _folder) = open_for_tests().await;
        let saved = store.write(move |tx| {
            products::save(tx, &draft, Timestamp::now())?;
            products::get(tx, draft.id)
        });
        saved.await.unwrap()
    }

    fn without_a_price(id: &str, mark: &str) -> Theirs {
        let product = StripeProduct {
            id: id.into(),
            name: "Torta".into(),
            description: None,
            active: true,
            images: Vec::new(),
            default_price: None,
            tax_code: None,
            metadata: BTreeMap::from([(OURS.to_owned(), mark.to_owned())]),
            updated: None,
            raw: String::new(),
        };
        theirs_of(&product, &[])
    }

    #[tokio::test]
    async fn what_was_left_without_a_price_is_sent_one_and_what_is_gone_is_forgotten() {
        let (torta, flan) = (sold("Torta").await, sold("Flan").await);
        let mark = torta.id.to_string();
        let gone = Linked {
            stripe_product: Some("prod_2".into()),
            ..Linked::default()
        };
        let plan = pair(
            vec![(torta, Linked::default()), (flan, gone)],
            vec![without_a_price("prod_1", &mark)],
        );
        assert!(plan.skipped.is_empty());
        assert!(matches!(
            plan.deeds.as_slice(),
            [Deed::Settle(_, _, Step::Send), Deed::Forget(_)]
        ));
    }
}
