//! Keys: narrowing what was named, or naming something new.

use super::unnamed::is_possessive;
use super::{DELIVERY, Fit, Mention, Unit, Walk, common};
use crate::catalog::Place;
use crate::index::is_measure;
use crate::read::Decimal;
use crate::vocabulary::{self, is_colour, is_size};

impl Walk<'_> {
    /// Takes a word that many items share: it narrows what is there, or is a container.
    pub(super) fn weak(&mut self, at: usize, key: &str) {
        let with_key = self.catalog.index.with_key(key);
        if let Some(current) = self.current.as_mut().filter(|_| !self.apart || is_size(key)) {
            let narrowed = common(&current.places, with_key);
            if !narrowed.is_empty() {
                current.places = narrowed;
                current.keys.push(key.to_owned());
                current.end = at + 1;
                self.last_key = at;
            }
            return;
        }
        if let Some(place) = self.sold_by_the(at, key) {
            if let Some((_, _, measure)) = &mut self.count {
                *measure = Some(key.to_owned());
            }
            self.start(at, key, vec![place], false);
            if let Some(current) = &mut self.current {
                current.fit = Fit::Loose;
            }
            return;
        }
        let before_key = at.checked_sub(1).map_or(String::new(), |before| {
            self.tokens.get(before).map_or(String::new(), |token| {
                token
                    .number()
                    .map_or_else(|| self.catalog.index.key_of_word(&token.text), Decimal::key)
            })
        });
        let paired = !matches!(
            self.text_before(at),
            "" | "de" | "del" | "da" | "do" | "el" | "la" | "un" | "una" | "a" | "o" | "en"
        ) && self.catalog.index.has_pair(&before_key, key);
        let named = common(self.catalog.index.with_key(&before_key), with_key);
        let is_one = is_measure(key) && before_key == "1";
        if paired && !(is_one && self.measures_another(at, key, &named)) {
            self.take_key(at, key, true);
            return;
        }
        if self.current.is_none() && self.begins_a_pair(at, key) {
            self.take_key(at, key, true);
            return;
        }
        let heads = self.catalog.index.with_head(key).to_vec();
        if !heads.is_empty() && !is_measure(key) {
            // Names of nothing but common words: "Plan premium".
            self.take_key(at, key, false);
            return;
        }
        if let Some(place) = self
            .named_by_common_words(at, key)
            .or_else(|| self.only_one_so_called(at, key))
        {
            self.start(at, key, vec![place], false);
            if let Some(current) = &mut self.current {
                current.fit = Fit::Loose; // Its own noun was not said.
            }
            return;
        }
        if self.count.is_some() {
            let known = common(&self.context.pending, with_key);
            let known = if known.is_empty() {
                common(&self.context.topic, with_key)
            } else {
                known
            };
            if is_measure(key) {
                if let Some((_, _, measure)) = &mut self.count {
                    *measure = Some(key.to_owned());
                }
                if let ([place], false) = (known.as_slice(), self.says_of_what(at))
                    && self.is_sold_by(*place, key)
                {
                    // "¿tienes tul?" … "dos metros": so much of what is spoken of.
                    self.start(at, key, vec![*place], true);
                }
            } else if !known.is_empty() && !self.a_noun_follows(at) {
                self.start(at, key, known, true);
            } else if let ([place], true) = (with_key, is_container(key) && self.stands_alone(at)) {
                // "5 packs": the one thing that is sold by the pack.
                self.start(at, key, vec![*place], false);
                if let Some(current) = &mut self.current {
                    current.fit = Fit::Loose;
                }
            }
        }
    }

    /// "the full day softboard", where softboards are rented for a full day or for half of it.
    fn begins_a_pair(&self, at: usize, key: &str) -> bool {
        let index = &self.catalog.index;
        let Some(next) = self.token(at + 1).filter(|token| token.is_word()) else {
            return false;
        };
        let other = index.key_of_word(&next.text);
        let known = &self.context.topic;
        let meant = common(
            &self.siblings(known),
            &common(index.with_key(key), index.with_key(&other)),
        );
        let is_plain = |key: &str| !is_measure(key) && !is_container(key);
        is_plain(key) && is_plain(&other) && index.has_pair(key, &other) && !meant.is_empty()
    }

    /// "una clase individual": two common words beside each other that only one name has together.
    fn named_by_common_words(&self, at: usize, key: &str) -> Option<Place> {
        let index = &self.catalog.index;
        let next = self.token(at + 1).filter(|token| token.is_word())?;
        let other = index.key_of_word(&next.text);
        let is_common =
            vocabulary::is_weak(&next.text) && other != key && !is_measure(key) && !is_measure(&other);
        let both = common(index.with_key(key), index.with_key(&other));
        match both.as_slice() {
            [place] if is_common && !is_container(key) && !is_container(&other) => Some(*place),
            _ => None,
        }
    }

    /// "2 de bonito y 1 kilo de pota", "¿tienes lenguado?" … "sepárame 1 kilo": so much of what is spoken of, though
    /// another item has that measure in its name.
    pub(super) fn measures_another(&self, at: usize, key: &str, named: &[Place]) -> bool {
        let of_it = matches!(self.text(at + 1), "de" | "del" | "of" | "da" | "do");
        let next = if of_it { at + 2 } else { at + 1 };
        let noun = self
            .key_at(next)
            .filter(|_| !vocabulary::is_weak(self.text(next)));
        if let Some(noun) = noun {
            return common(self.catalog.index.with_key(&noun), named).is_empty();
        }
        // "una bolsa 1 kg": the bag is what is named.
        let is_packed = (at.saturating_sub(3)..at.saturating_sub(1))
            .any(|before| is_container(&self.catalog.index.key_of_word(self.text(before))));
        let spoken_of = &self.context.topic;
        !is_packed
            && common(spoken_of, named).is_empty()
            && spoken_of.iter().any(|place| self.is_sold_by(*place, key))
    }

    /// Returns whether the item's price is that of one kilo, metre or litre.
    fn is_sold_by(&self, place: Place, measure: &str) -> bool {
        self.catalog.index.entry(place).is_some_and(|entry| {
            let mut measures = entry.measures.iter();
            measures.any(|(size, unit)| unit == measure && size.as_deref().is_none_or(|size| size == "1"))
        })
    }

    /// "dos metros de …": the goods are named behind the measure.
    fn says_of_what(&self, at: usize) -> bool {
        self.a_noun_follows(at) || matches!(self.text(at + 1), "de" | "del" | "of" | "do" | "da")
    }

    /// "3 kilos y totopos": the one thing that is sold by the kilo.
    fn sold_by_the(&self, at: usize, key: &str) -> Option<Place> {
        let ends = self.token(at + 1).is_none_or(crate::read::Token::divides)
            || matches!(
                self.text(at + 1),
                "y" | "e" | "and" | "para" | "pra" | "porfa" | "por" | "please"
            );
        if !ends || !is_measure(key) || self.count.is_none() || self.current.is_some() {
            return None;
        }
        match self.catalog.index.with_key(key) {
            [place] if self.measures_another(at, key, &[*place]) => None,
            [place] => self.is_sold_by(*place, key).then_some(*place),
            _ => None,
        }
    }

    /// "the regular", "la individual": an adjective that only one name has.
    fn only_one_so_called(&self, at: usize, key: &str) -> Option<Place> {
        let is_adjective = matches!(
            self.text(at),
            "individual"
                | "personal"
                | "completa"
                | "completo"
                | "doble"
                | "regular"
                | "normal"
                | "simple"
                | "basico"
                | "basica"
                | "premium"
                | "especial"
                | "special"
                | "full"
                | "mini"
                | "maxi"
                | "total"
                | "plus"
                | "pro"
                | "deluxe"
                | "familiar"
        );
        let is_meant = matches!(
            self.text_before(at),
            "el" | "la"
                | "los"
                | "las"
                | "o"
                | "a"
                | "the"
                | "una"
                | "un"
                | "um"
                | "uma"
                | "meant"
                | "era"
                | "digo"
                | "for"
        );
        match self.catalog.index.with_key(key) {
            [place] if is_adjective && is_meant => Some(*place),
            _ => None,
        }
    }

    /// Returns whether nothing says what is in the container: "5 packs", and not "5 packs de pilas".
    fn stands_alone(&self, at: usize) -> bool {
        !self.a_noun_follows(at)
            && !matches!(
                self.text(at + 1),
                "de" | "del" | "of" | "do" | "da" | "con" | "com" | "with"
            )
    }

    /// Returns whether the clause goes on to name something of the catalog.
    pub(super) fn a_noun_follows(&self, at: usize) -> bool {
        (at + 1..self.tokens.len())
            .take_while(|next| self.token(*next).is_some_and(|token| !token.divides()))
            .take(4)
            .any(|next| {
                self.key_at(next)
                    .is_some_and(|_| !vocabulary::is_weak(self.text(next)))
            })
    }

    /// Takes a key; `always` where its neighbours prove that it belongs to a name.
    pub(super) fn take_key(&mut self, at: usize, key: &str, always: bool) -> bool {
        let index = &self.catalog.index;
        let posting = index.with_key(key);
        let heads = index.with_head(key);
        let repeats = self.apart
            && self
                .current
                .as_ref()
                .is_some_and(|current| current.keys.iter().any(|known| known == key));
        if let Some(current) = self
            .current
            .as_mut()
            .filter(|_| self.count.is_none() && !repeats && !self.another)
        {
            let narrowed = common(&current.places, posting);
            if !narrowed.is_empty() {
                current.places = narrowed;
                current.keys.push(key.to_owned());
                current.end = at + 1;
                self.last_key = at;
                self.apart = false;
                return true;
            }
            // "cocoa nibs", where "cocoa" alone is what the cocoa tea is called.
            if !self.apart && at == self.last_key + 1 {
                let both = current.keys.iter().fold(posting.to_vec(), |places, known| {
                    common(&places, index.with_key(known))
                });
                if !both.is_empty() {
                    current.places = both;
                    current.keys.push(key.to_owned());
                    current.end = at + 1;
                    self.last_key = at;
                    return true;
                }
            }
            // "plan de 8 clases grupales": which classes, and no class besides.
            let of_the_last = current
                .keys
                .last()
                .is_some_and(|last| !common(posting, index.with_key(last)).is_empty());
            if !self.apart && at == self.last_key + 1 && of_the_last && key != DELIVERY {
                current.fit = current.fit.max(Fit::Loose);
                current.end = at + 1;
                self.last_key = at;
                return true;
            }
            let close_by = at <= self.last_key + 3;
            let option = is_colour(key) || is_size(key);
            let beside = at == self.last_key + 1 || option && close_by;
            if !self.apart && heads.is_empty() && beside && !always && key != DELIVERY {
                current.fit = current.fit.max(if option { Fit::Clash } else { Fit::Loose });
                current.end = at + 1;
                self.last_key = at;
                return true;
            }
            if always && !self.apart && close_by && key.starts_with(|first: char| first.is_ascii_digit()) {
                current.fit = Fit::Clash;
                current.end = at + 1;
                return true;
            }
        }
        let option_only = heads.is_empty() && key != DELIVERY;
        if option_only && self.is_for_their_own(at, key) {
            return false;
        }
        self.close();
        let places = if option_only {
            self.places_of_option(key, always)
        } else {
            let pending = common(&self.context.pending, posting);
            match (pending.is_empty(), heads.is_empty()) {
                (false, _) => pending,
                (true, false) => heads.to_vec(),
                (true, true) => posting.to_vec(),
            }
        };
        if places.is_empty() {
            if is_colour(key) || is_size(key) {
                self.ahead.push((at, key.to_owned()));
            }
            return false;
        }
        self.start(at, key, places, option_only);
        true
    }

    /// "bateria pro meu gol": what the goods are for, though another item's name has that word.
    fn is_for_their_own(&self, at: usize, key: &str) -> bool {
        let named = self.current.is_some() || !self.found.mentions.is_empty();
        let whose = at.checked_sub(2).is_some_and(|two| {
            matches!(
                self.text(two),
                "pro" | "pra" | "para" | "pa" | "for" | "do" | "da" | "de" | "del" | "of"
            )
        });
        // "2 llantas para mi jetta y 2 para mi tsuru": kinds of what is named.
        let of_what = self.current.as_ref().or(self.found.mentions.last());
        let is_a_kind = of_what.is_some_and(|mention| {
            !common(&self.siblings(&mention.places), self.catalog.index.with_key(key)).is_empty()
        });
        named
            && whose
            && !is_a_kind
            && self.count.is_none()
            && !self.another
            && is_possessive(self.text_before(at))
    }

    /// Returns the items an option means without its noun: siblings of what was said before.
    pub(super) fn places_of_option(&self, key: &str, always: bool) -> Vec<Place> {
        let posting = self.catalog.index.with_key(key);
        if let Some(previous) = self.found.mentions.last() {
            let siblings = common(&self.siblings(&previous.places), posting);
            if !siblings.is_empty() {
                return siblings;
            }
        }
        let pending = common(&self.context.pending, posting);
        if !pending.is_empty() {
            return pending;
        }
        let topic = common(&self.siblings(&self.context.topic), posting);
        if !topic.is_empty() {
            return topic;
        }
        let names_by_itself = !is_colour(key)
            && !is_size(key)
            && (always || !key.starts_with(|first: char| first.is_ascii_digit()));
        if names_by_itself {
            posting.to_vec()
        } else {
            Vec::new()
        }
    }

    /// Returns every item with the same noun as one of `places`.
    pub(super) fn siblings(&self, places: &[Place]) -> Vec<Place> {
        let mut all: Vec<Place> = places
            .iter()
            .filter_map(|place| self.catalog.index.entry(*place)?.head.as_deref())
            .flat_map(|head| self.catalog.index.with_head(head))
            .copied()
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    pub(super) fn start(&mut self, at: usize, key: &str, places: Vec<Place>, option_only: bool) {
        let waiting = self.count.take();
        let (start, mut count, measure) = match waiting {
            Some((token, count, measure)) => (token, Some(count), measure),
            None => (at, None, None),
        };
        if let Some(count) = count.as_mut().filter(|count| count.unit == Unit::Each) {
            let directly = at == start + 1;
            let pieces = places.iter().all(|place| {
                self.catalog
                    .index
                    .entry(*place)
                    .and_then(|entry| entry.pack.as_ref())
                    .is_some_and(|pack| pack.piece.as_deref() == Some(key))
            });
            if directly && pieces {
                count.unit = Unit::Piece;
            }
        }
        if measure.is_some()
            && let Some(count) = &mut count
            && count.unit == Unit::Each
        {
            count.unit = Unit::Measured;
        }
        let mut places = places;
        let mut keys = vec![key.to_owned()];
        let mut fit = Fit::Exact;
        let ahead = std::mem::take(&mut self.ahead);
        for (_, option) in ahead.into_iter().filter(|(token, _)| at <= token + 2) {
            let narrowed = common(&places, self.catalog.index.with_key(&option));
            if narrowed.is_empty() {
                let listed = places.iter().any(|place| self.lists_kind(*place, &option));
                fit = fit.max(if listed { Fit::Clash } else { Fit::Loose });
            } else {
                places = narrowed;
                keys.push(option);
            }
        }
        self.current = Some(Mention {
            places,
            keys,
            count,
            measure,
            fit,
            start,
            end: at + 1,
            option_only,
            another: std::mem::take(&mut self.another),
        });
        self.apart = false;
        self.last_key = at;
    }
}

/// "caja completa" says how much, "clase individual" what.
fn is_container(key: &str) -> bool {
    matches!(key, "~box" | "~bag" | "~pack" | "~piece" | "~dozen" | "~person")
}
