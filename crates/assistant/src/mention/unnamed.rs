//! Words that no name has: options nobody lists, goods nobody sells.

use super::{Fit, Walk, common};
use crate::catalog::Place;
use crate::index::is_measure;
use crate::read::{Language, Token};
use crate::vocabulary::{self, is_colour, is_size};

impl Walk<'_> {
    /// Returns whether the item's name has a colour, or a size, as the option is one.
    pub(super) fn lists_kind(&self, place: Place, option: &str) -> bool {
        self.catalog.index.entry(place).is_some_and(|entry| {
            entry
                .keys
                .iter()
                .any(|key| is_colour(key) && is_colour(option) || is_size(key) && is_size(option))
        })
    }

    /// Reads a word that is in no name: a qualifier nobody listed, or goods nobody sells.
    pub(super) fn unnamed(&mut self, at: usize) {
        let word = self.text(at).to_owned();
        let key = vocabulary::group_of(&word).unwrap_or_default();
        let before = self.text_before(at).to_owned();
        let upper_letter = self.token(at).is_some_and(|token| token.upper)
            && matches!(word.as_str(), "s" | "m" | "l" | "p" | "g");
        if is_measure(key)
            && let Some((_, _, measure)) = &mut self.count
        {
            *measure = Some(key.to_owned());
            return;
        }
        let option = is_colour(key) || is_size(key) && word != "media" && word != "medio" || upper_letter;
        let near = self.current.is_some() && !self.apart && at <= self.last_key + 3;
        if option && near {
            let listed = |place: &Place| {
                self.catalog.index.entry(*place).is_some_and(|entry| {
                    entry.keys.iter().any(|known| {
                        is_colour(key) && is_colour(known) || (is_size(key) || upper_letter) && is_size(known)
                    })
                })
            };
            let clashes = self
                .current
                .as_ref()
                .is_some_and(|current| current.places.iter().any(listed));
            if let Some(current) = &mut self.current {
                current.fit = if clashes {
                    Fit::Clash
                } else {
                    current.fit.max(Fit::Loose)
                };
            }
            return;
        }
        if option && self.current.is_none() && !key.is_empty() {
            self.ahead.push((at, key.to_owned()));
        }
        if option && self.current.is_none() && !self.context.pending.is_empty() {
            self.found.unknown.push(at);
            return;
        }
        let model = matches!(
            word.as_str(),
            "pro" | "max" | "plus" | "mini" | "ultra" | "lite" | "premium"
        );
        if self.says_for(at) {
            return;
        }
        if vocabulary::is_person(&word) {
            return;
        }
        if word.chars().count() < 3 || (vocabulary::is_common(&word) || orders_something(&word)) && !model {
            return;
        }
        if near
            && matches!(
                before.as_str(),
                "de" | "sabor" | "con" | "com" | "of" | "with" | "flavor" | "marca" | "modelo" | "sin"
            )
        {
            if let Some(current) = &mut self.current {
                current.fit = current.fit.max(Fit::Loose);
            }
            return;
        }
        let counted = self
            .count
            .as_ref()
            .is_some_and(|(token, ..)| self.is_counted_by(at, *token));
        if self.current.is_some()
            && !self.apart
            && at == self.last_key + 1
            && (model || word.chars().count() >= 4)
        {
            // "base tono oscuro": a word right beside the name that no name has.
            if let Some(current) = &mut self.current {
                current.fit = current.fit.max(Fit::Loose);
            }
            return;
        }
        let wanted = counted
            || self.another
            || self.current.is_some() && self.apart && matches!(before.as_str(), "y" | "e" | "and" | "+")
            || self.current.is_some()
                && self.apart
                && matches!(before.as_str(), "la" | "el" | "una" | "un" | "uma" | "um" | "the")
                && at
                    .checked_sub(2)
                    .is_some_and(|two| matches!(self.text(two), "y" | "and" | "+"));
        if wanted && (word.chars().count() >= 4 || counted) {
            self.found.unknown.push(at);
            self.count = None;
            self.another = false;
            self.close();
        }
    }

    /// "um pro aniversário": "para o", and no model of the maker's.
    fn says_for(&self, at: usize) -> bool {
        let next = self.text(at + 1);
        let is_of_a_model = is_colour(&self.catalog.index.key_of_word(next)) || next == "max";
        self.text(at) == "pro"
            && self.catalog.index.language() == Language::Portuguese
            && self.token(at + 1).is_some_and(Token::is_word)
            && !is_of_a_model
            && !vocabulary::is_stop(next)
    }

    /// Returns whether the number at `token` counts the word at `at`: "2 cajas de amoxicilina".
    pub(super) fn is_counted_by(&self, at: usize, token: usize) -> bool {
        // "para un spark", "is a rescue": an article alone orders nothing.
        let article = self.count.as_ref().is_some_and(|(_, count, _)| count.article);
        let ordered = matches!(
            self.text_before(token),
            "quiero"
                | "quisiera"
                | "quero"
                | "queria"
                | "want"
                | "need"
                | "necesito"
                | "ocupo"
                | "preciso"
                | "dame"
                | "deme"
                | "mandame"
                | "mandeme"
                | "get"
                | "have"
                | "buy"
                | "order"
                | "y"
                | "e"
                | "and"
                | "da"
                | "das"
                | "ve"
                | "manda"
                | "mandas"
                | "mandan"
                | "trae"
                | "traes"
                | "tienes"
                | "envias"
                | "pone"
                | "pones"
                | "grab"
                | "llevo"
                | "levo"
                | "por"
                | "comprar"
                | "pedir"
                | "ponme"
        );
        (!article || ordered)
            && !self.says_for(token + 1)
            && at <= token + 3
            && (token + 1..at).all(|between| {
                let word = self.text(between);
                matches!(word, "de" | "of" | "do" | "da") || vocabulary::is_weak(word)
            })
    }

    pub(super) fn close(&mut self) {
        let Some(mention) = self.current.take() else {
            return;
        };
        // "vestido rojo, talla M": an option that only narrows what came before.
        if mention.option_only
            && mention.count.is_none()
            && !mention.another
            && let Some(previous) = self.found.mentions.last_mut()
        {
            let narrowed = common(&previous.places, &mention.places);
            if !narrowed.is_empty() && previous.places.len() > 1 {
                previous.places = narrowed;
                previous.keys.extend(mention.keys);
                previous.end = mention.end;
                previous.fit = previous.fit.max(mention.fit);
                return;
            }
        }
        self.found.mentions.push(mention);
    }
}

/// "mi", "my", "meu": whose something is.
pub(crate) fn is_possessive(word: &str) -> bool {
    matches!(
        word,
        "meu"
            | "minha"
            | "meus"
            | "minhas"
            | "seu"
            | "sua"
            | "nosso"
            | "nossa"
            | "mi"
            | "mis"
            | "my"
            | "our"
            | "nuestro"
            | "nuestra"
    )
}

/// "pásame", "cóbremelo": a verb that asks for something, and no goods.
fn orders_something(word: &str) -> bool {
    let has_object = [
        "me", "melo", "mela", "melos", "melas", "lo", "la", "los", "las", "nos", "selo", "sela",
    ]
    .iter()
    .any(|ending| word.ends_with(ending));
    has_object && crate::read::is_phrase_word(word)
}
