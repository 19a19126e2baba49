//! Words: which of them are keys of the catalog.

use super::{Unit, Walk};
use crate::index::is_digits;
use crate::vocabulary::{self, is_colour, is_size};

impl Walk<'_> {
    pub(super) fn word(&mut self, at: usize) {
        let word = self.text(at).to_owned();
        let word = word.as_str();
        if matches!(
            word,
            "y" | "e" | "and" | "con" | "com" | "with" | "mas" | "plus" | "ni" | "o" | "or" | "ou"
        ) {
            self.apart = true;
        }
        if matches!(word, "sin" | "sem" | "without" | "menos" | "except" | "excepto") {
            // What comes now is something else than what was named.
            self.close();
            self.apart = true;
        }
        if matches!(
            word,
            "otra" | "otro" | "otros" | "otras" | "outra" | "outro" | "another" | "extra"
        ) {
            self.close();
            self.apart = true;
            self.another = true;
            return;
        }
        if matches!(word, "medio" | "media" | "meio" | "meia" | "half") && self.half(at) {
            return;
        }
        // "1200 la pantalla": that number counts nothing.
        // and "before 10 I'll book the deep clean": nor does that one.
        let is_article = matches!(word, "el" | "la" | "los" | "las" | "o" | "os" | "the");
        let of_them = matches!(self.text_before(at), "de" | "of" | "do" | "da");
        let waits_since = self.count.as_ref().map(|(token, ..)| *token);
        // "6 rellenos 228 y la bomba 95": the 228 is no number of pumps.
        let listed = matches!(self.text_before(at), "y" | "e" | "and" | "+");
        if is_article
            && waits_since.is_some_and(|token| {
                token + 1 == at || token + 2 == at && listed || token + 2 < at && !of_them
            })
        {
            self.drop_count();
        }
        let lists = matches!(word, "o" | "ou" | "or");
        if lists
            && self
                .tokens
                .get(at + 1)
                .is_some_and(|next| next.number().is_some())
        {
            self.drop_count();
        }
        // "I'd like to book a trial": what is done, and no book.
        let before = self.text_before(at);
        if word == "book"
            && matches!(
                before,
                "to" | "can" | "could" | "please" | "ill" | "well" | "lets" | "i" | "we"
            )
        {
            self.unnamed(at);
            return;
        }
        let Some(key) = self.key_at(at) else {
            self.unnamed(at);
            return;
        };
        if vocabulary::is_weak(word) && !is_size(&key) {
            self.weak(at, &key);
        } else if !self.pays_with(at) {
            self.take_key(at, &key, false);
        }
    }

    /// Reads "media docena" as six and "medio kilo" as a fraction.
    pub(super) fn half(&mut self, at: usize) -> bool {
        let hour = if matches!(self.text(at + 1), "an" | "1") {
            at + 2
        } else {
            at + 1
        };
        if matches!(self.text(hour), "hora" | "hour") && self.catalog.index.has_pair("30", "~minute") {
            return self.take_key(at, "30", true);
        }
        let (count, unit) = match self.text(at + 1) {
            "docena" | "duzia" | "dozen" => (6, Unit::Pieces),
            "cento" | "ciento" => (50, Unit::Pieces),
            "kilo" | "litro" | "quilo" | "kg" | "pound" | "metro" => (1, Unit::Fraction),
            _ => return false,
        };
        self.take_count(at, count);
        self.set_unit(unit);
        true
    }

    /// "con tarjeta" is how somebody pays, also where the shop sells cards.
    pub(super) fn pays_with(&self, at: usize) -> bool {
        let is_priced = (at + 1..=at + 3).any(|next| self.token(next).is_some_and(|token| token.money));
        if self.text(at) == "deposito" && is_priced {
            return false; // "con depósito de $500"
        }
        let books =
            self.text(at) == "book" && matches!(self.text(at + 1), "it" | "me" | "us" | "that" | "them");
        books
            || matches!(
                self.text(at),
                "tarjeta" | "cartao" | "card" | "pix" | "deposito" | "envia" | "manda"
            ) && (matches!(
                self.text_before(at),
                "con" | "no" | "mi" | "meu" | "my" | "te" | "le" | "by" | "credit" | "debit" | "na"
            ) || at
                .checked_sub(2)
                .is_some_and(|two| matches!(self.text(two), "con" | "a" | "al" | "my"))
                && matches!(self.text_before(at), "la" | "mi" | "el" | "my" | "the" | "minha")
                && matches!(self.text(at), "tarjeta" | "card" | "cartao"))
            || matches!(self.text(at + 1), "credito" | "debito")
            || self.text(at) == "envio"
                && matches!(self.text_before(at), "te" | "le" | "se" | "lo" | "la" | "eu")
            || matches!(self.text(at), "entrega" | "delivery")
                && (matches!(self.text_before(at), "na" | "contra" | "on" | "no")
                    || self.text_before(at) == "la"
                        && at
                            .checked_sub(2)
                            .is_some_and(|two| matches!(self.text(two), "en" | "a" | "contra")))
    }

    /// Returns the key of a word if some name has it, forgiving a misspelling.
    pub(super) fn key_at(&self, at: usize) -> Option<String> {
        let token = self.token(at).filter(|token| token.is_word())?;
        let index = &self.catalog.index;
        let after_digits = at
            .checked_sub(1)
            .and_then(|before| self.token(before))
            .is_some_and(is_digits)
            && !token.upper;
        if let Some(letter) = vocabulary::group_of_letter(&token.text, after_digits) {
            let stands_out =
                token.upper || after_digits || self.tokens.len() == 1 || self.is_after_size_word(at);
            return (stands_out && !index.with_key(letter).is_empty()).then(|| letter.to_owned());
        }
        let key = index.key_of_word(&token.text);
        // "pagar" and "pagos" share a stem; talk is talk unless a name has that very word.
        let singular = token.text.strip_suffix('s').unwrap_or(&token.text);
        if vocabulary::is_talk(&token.text) && !index.has_word(&token.text) && !index.has_word(singular) {
            return None;
        }
        if token.text.chars().count() < 2 || vocabulary::is_stop(&token.text) {
            return None;
        }
        if !index.with_key(&key).is_empty() {
            return Some(key);
        }
        if vocabulary::is_common(&token.text) || is_colour(&key) || is_size(&key) {
            return None;
        }
        index
            .key_of_misspelled(&token.text)
            .or_else(|| index.key_of_diminutive(&token.text))
    }

    pub(super) fn is_after_size_word(&self, at: usize) -> bool {
        matches!(
            self.text_before(at),
            "talla"
                | "tallas"
                | "tamanho"
                | "tamano"
                | "tam"
                | "size"
                | "en"
                | "em"
                | "in"
                | "la"
                | "el"
                | "una"
                | "um"
                | "uma"
                | "otra"
                | "a"
                | "o"
                | "the"
                | "no"
                | "na"
        ) || self.current.is_some() && !self.apart && at == self.last_key + 1
    }
}
