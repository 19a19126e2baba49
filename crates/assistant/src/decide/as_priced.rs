//! Whether the order is the one that the shop last named a price for.
//!
//! Whoever agrees, agrees to what was priced: these goods, and so many. What was understood otherwise is said
//! back, however well each word was understood.

use super::{Desk, MANY};
use crate::catalog::Place;
use crate::dialogue::{Consent, Price, sum};
use crate::grant::{Grant, readings};
use crate::mention::{Fit, Mention};
use crate::read::{Sense, Token};
use crate::rules::Cut;
use crate::said::Said;

/// What is ordered, each with how many.
type Pairs = [(Place, u32)];

impl Desk<'_> {
    /// Returns whether goods and quantities are those that the shop priced and somebody counted.
    pub(super) fn is_what_was_priced(&self, consent: Consent) -> bool {
        let state = self.state;
        let Some(pairs) = state.resolved(self.catalog) else {
            return true;
        };
        let told = self.told_the_price();
        let amounts: Vec<i64> = told.iter().flat_map(|told| self.amounts_in(told)).collect();
        let names_another = told
            .as_ref()
            .is_some_and(|told| self.prices_a_sibling(told, &pairs, &amounts));
        !names_another
            && !told
                .as_ref()
                .is_some_and(|told| self.prices_several_at_once(told, &pairs))
            && !self.prices_another_number(&pairs, &amounts)
            && self.is_counted_by_the_customer(&pairs, &amounts)
            && !self.counts_something_else(&pairs)
            && !self.is_agreed_before_it_grew(consent, &pairs)
    }

    /// Returns the shop's last message with a price of the order as it is.
    fn told_the_price(&self) -> Option<Said> {
        let state = self.state;
        let at = state.price_turn.filter(|_| state.price != Price::Unsaid)?;
        let turn = self.conversation.turns.get(at)?;
        Some(Said::of(turn, state.language, self.catalog, &state.context()))
    }

    fn amounts_in(&self, said: &Said) -> Vec<i64> {
        let amounts = said.amounts();
        amounts
            .flat_map(|(_, number, _)| readings(self.catalog, number))
            .collect()
    }

    /// "entonces la de talle 40, $125.000", to whoever would be charged for the 42.
    fn prices_a_sibling(&self, told: &Said, pairs: &Pairs, amounts: &[i64]) -> bool {
        let head = |place: &Place| {
            let entry = self.catalog.index.entry(*place);
            entry.and_then(|entry| entry.head.as_deref())
        };
        let is_ours = |mention: &Mention| pairs.iter().any(|(place, _)| mention.places.contains(place));
        let is_a_sibling = |mention: &Mention| match mention.places.as_slice() {
            [place] => {
                let is_priced = amounts.contains(&self.catalog.price(*place));
                let mut ours = pairs.iter().map(|(ours, _)| head(ours));
                mention.fit == Fit::Exact
                    && is_priced
                    && ours.any(|ours| ours.is_some() && ours == head(place))
            }
            _ => false,
        };
        let mentions = || told.found.mentions.iter();
        let asks_which = told.asks() && told.has(Sense::QOption);
        !asks_which && mentions().any(is_a_sibling) && !mentions().any(is_ours)
    }

    /// "2 gelatinas = $180", "te dejo las dos en $260", "pack of 2 for £15": of one, or of all of them?
    fn prices_several_at_once(&self, told: &Said, pairs: &Pairs) -> bool {
        let total = match self.state.grant {
            Some(Grant::Total(minor)) => minor,
            _ => sum(self.catalog, pairs).unwrap_or(0),
        };
        let least = self.catalog.prices().0 / 2;
        let read = |number| readings(self.catalog, number);
        let granted = self.state.grant;
        let is_cut = |minors: &[i64]| match granted {
            Some(Grant::Off {
                cut: Cut::Minor(cut), ..
            }) => minors.contains(&cut),
            _ => false,
        };
        let prices: Vec<(usize, Vec<i64>)> = told
            .amounts()
            .map(|(at, number, money)| (at, read(number), money))
            .filter(|(_, minors, _)| !is_cut(minors))
            .filter(|(_, minors, money)| *money || minors.iter().any(|minor| *minor >= least))
            .map(|(at, minors, _)| (at, minors))
            .collect();
        let is_total = prices.iter().any(|(_, minors)| minors.contains(&total));
        let mut several = pairs
            .iter()
            .map(|(_, quantity)| *quantity)
            .filter(|quantity| *quantity > 1);
        let is_counted = |quantity: u32, end: usize| {
            let counted = told.counts().any(|(at, number)| number == quantity && at < end);
            let group = told.found.group == Some(quantity) || quantity == 2 && told.has(Sense::Both);
            counted || group
        };
        // Behind the sentence of the price, it is asked for: "la caja está en $260. ¿Serían 2 cajas?"
        let end = prices.first().map_or(0, |(at, _)| told.sentence(*at).1);
        prices.len() == 1
            && !is_total
            && !says_each(told)
            && several.any(|quantity| is_counted(quantity, end) || self.sells_in_packs(told, pairs))
    }

    /// "$18 each, so 3 are $54", to whoever would be charged for four.
    fn prices_another_number(&self, pairs: &Pairs, amounts: &[i64]) -> bool {
        let [(place, quantity)] = pairs else {
            return false;
        };
        let unit = self.catalog.price(*place);
        let total = sum(self.catalog, pairs).unwrap_or(0);
        let is_of_another = |minor: &i64| {
            let many = minor.checked_div(unit).unwrap_or(0);
            minor % unit.max(1) == 0 && (2..=50).contains(&many) && many != i64::from(*quantity)
        };
        unit > 0
            && self.state.grant.is_none()
            && self.state.order_turn <= self.state.price_turn
            && amounts.contains(&unit)
            && !amounts.contains(&total)
            && amounts.iter().any(is_of_another)
    }

    /// "temos 41 e 42": so many that only the shop wrote, and named no price for, are no order.
    fn is_counted_by_the_customer(&self, pairs: &Pairs, amounts: &[i64]) -> bool {
        let total = sum(self.catalog, pairs).unwrap_or(0);
        let is_counted = |pair: &(Place, u32)| {
            let is_priced = amounts.contains(&self.costs(*pair)) || amounts.contains(&total);
            pair.1 < 2 || is_priced || self.state.heard.contains(&i64::from(pair.1))
        };
        self.state.price == Price::Verified || pairs.iter().all(is_counted)
    }

    /// "full groom for my dogs, ive got 5": a number that may count, and that nothing of the order has.
    fn counts_something_else(&self, pairs: &Pairs) -> bool {
        self.burst.iter().any(|(_, said)| {
            let mut counts = said.counts();
            counts.any(|(at, number)| {
                (2..=MANY).contains(&number) && !self.is_of_the_order(said, at, number, pairs)
            })
        })
    }

    fn is_of_the_order(&self, said: &Said, at: usize, number: u32, pairs: &Pairs) -> bool {
        let mut mentions = said.found.mentions.iter();
        let is_named = mentions.any(|mention| mention.start <= at && at < mention.end);
        let quantities = || pairs.iter().map(|(_, quantity)| *quantity);
        let all = quantities().fold(0, u32::saturating_add);
        let is_so_many = |quantity: u32| quantity == number || quantity == number.saturating_mul(12);
        let written = number.to_string();
        let in_a_name = pairs.iter().any(|(place, _)| {
            let entry = self.catalog.index.entry(*place);
            entry.is_some_and(|entry| entry.keys.contains(&written))
        });
        let amount = said.tokens.get(at).and_then(Token::number);
        let mut amounts = amount
            .into_iter()
            .flat_map(|amount| readings(self.catalog, amount));
        // "VERANO10"
        let is_a_code = said.tokens.get(at).is_some_and(|token| token.glued)
            && at
                .checked_sub(1)
                .and_then(|before| said.tokens.get(before))
                .is_some_and(Token::is_word);
        // "2 more party bags": on top of what there was.
        let is_more = |word: &str| matches!(word, "more" | "mas" | "mais");
        let beside = is_more(said.text(at + 1)) || at > 0 && is_more(said.text(at - 1));
        let is_added = beside && quantities().any(|quantity| quantity > number);
        let of_each = (at + 1..at + 4).any(|word| matches!(said.text(word), "cada" | "each"));
        if of_each && !quantities().all(|quantity| quantity == number) {
            return false;
        }
        is_named
            || self.is_an_hour_of_the_shop(said, at, number)
            || is_a_code
            || is_added
            || in_a_name
            || number == all
            || quantities().any(is_so_many)
            || amounts.any(|minor| self.state.shop_amounts.contains(&minor))
    }

    /// "I got 11am" — "11 is perfect"
    fn is_an_hour_of_the_shop(&self, said: &Said, at: usize, number: u32) -> bool {
        let is_that = said.tokens.get(at + 1).is_none_or(Token::divides)
            || matches!(
                said.text(at + 1),
                "is" | "esta" | "ta" | "works" | "am" | "pm" | "h" | "hs" | "hrs"
            );
        let opens = said.clause(at).0 == at
            || matches!(
                said.text(at.saturating_sub(1)),
                "las" | "as" | "at" | "la" | "the"
            );
        let tokens = self.shop_tokens_before_the_burst();
        let is_the_number = |at: usize| {
            let written = tokens.get(at).and_then(|token| token.number());
            written.and_then(crate::read::Decimal::as_whole) == Some(number)
        };
        let is_hour = |at: usize| {
            tokens.get(at).is_some_and(|token| {
                matches!(token.text.as_str(), "am" | "pm" | "h" | "hs" | "hrs" | "oclock")
            })
        };
        is_that && opens && (0..tokens.len()).any(|at| is_the_number(at) && is_hour(at + 1))
    }

    /// "fechado, só que eu queria sete": agreed to, at a price of as many as there were before.
    fn is_agreed_before_it_grew(&self, consent: Consent, pairs: &Pairs) -> bool {
        let state = self.state;
        let priced_at = state.price_turn.filter(|_| state.price != Price::Unsaid);
        let total = sum(self.catalog, pairs).unwrap_or(0);
        let was_told = |pair: &(Place, u32)| {
            let told = &state.shop_amounts;
            pair.1 < 2 || told.contains(&self.costs(*pair)) || told.contains(&total)
        };
        consent < Consent::Pay
            && priced_at.is_some()
            && state.order_turn > priced_at
            && !pairs.iter().all(was_told)
    }

    fn costs(&self, (place, quantity): (Place, u32)) -> i64 {
        self.catalog.price(place).saturating_mul(i64::from(quantity))
    }

    /// "el par en $180", "la promo", "two-for": one price for more than one, where it is not what one is called.
    fn sells_in_packs(&self, said: &Said, pairs: &Pairs) -> bool {
        let index = &self.catalog.index;
        let is_its_name = |word: &str| {
            let named = index.with_key(&index.key_of_word(word));
            pairs.iter().all(|(place, _)| named.contains(place))
        };
        said.tokens.iter().any(|token| {
            let word = token.text.as_str();
            is_pack(word) && !is_its_name(word)
        })
    }
}

/// "c/u", "cada una", "each": the price is that of one, and no other reading is left.
fn says_each(said: &Said) -> bool {
    said.all(Sense::Each).any(|hit| {
        let is_each = |at: usize| {
            matches!(
                said.text(at),
                "cada" | "c" | "each" | "apiece" | "unidad" | "unidade" | "pieza" | "per" | "ea" | "pp" | "u"
            )
        };
        (hit.start..hit.end).any(is_each)
    })
}

fn is_pack(word: &str) -> bool {
    matches!(
        word,
        "par"
            | "pair"
            | "pack"
            | "paquete"
            | "pacote"
            | "promo"
            | "promocion"
            | "promocao"
            | "combo"
            | "kit"
            | "bundle"
    )
}
