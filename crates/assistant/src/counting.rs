//! Which numbers of a message may say how many.

use crate::read::{Sense, Token};
use crate::said::Said;

impl Said {
    /// Returns the numbers that may count goods: (token, number).
    ///
    /// An article and the "one" of "each one" count nothing, nor does a time,
    /// a date, an age, a size or the people it is for.
    pub(crate) fn counts(&self) -> impl Iterator<Item = (usize, u32)> + '_ {
        self.tokens.iter().enumerate().filter_map(|(at, token)| {
            let number = token.number()?.as_whole()?;
            let counts = !token.money && !is_one_in_words(token) && !self.is_no_count(at);
            counts.then_some((at, number))
        })
    }

    /// "solo una", "just the one", "only mine": nothing but one of it.
    pub(crate) fn says_only_one(&self) -> bool {
        let is_mine = |token: &Token| matches!(token.text.as_str(), "mine" | "mio" | "mia");
        let ends = |at: usize| {
            self.tokens.get(at).is_none_or(|next| {
                !next.is_word()
                    || matches!(next.text.as_str(), "por" | "porfa" | "please" | "for" | "y" | "e")
            })
        };
        let is_only_one = |at: usize| {
            self.all(Sense::Only)
                .any(|hit| hit.start < at && at <= hit.end + 1)
                && ends(at + 1)
        };
        // "uno solito", "una sola", "one only".
        let is_alone = |at: usize| {
            matches!(
                self.text(at + 1),
                "solo"
                    | "sola"
                    | "solito"
                    | "solita"
                    | "nomas"
                    | "so"
                    | "only"
                    | "apenas"
                    | "sozinho"
                    | "sozinha"
            ) && ends(at + 2)
        };
        self.tokens
            .iter()
            .enumerate()
            .any(|(at, token)| is_mine(token) || is_one_in_words(token) && (is_only_one(at) || is_alone(at)))
    }

    /// "mejor 4", "2 no más", "4": the number is said instead of another.
    pub(crate) fn corrects(&self, at: usize) -> bool {
        let clause = self.clause(at);
        let senses = [
            Sense::SetQty,
            Sense::Only,
            Sense::Replace,
            Sense::Remove,
            Sense::No,
        ];
        let says_so = senses.iter().any(|sense| self.within(clause, *sense))
            || (clause.0..clause.1).any(|at| {
                matches!(
                    self.text(at),
                    "no" | "nao"
                        | "not"
                        | "mejor"
                        | "melhor"
                        | "era"
                        | "eran"
                        | "eram"
                        | "meant"
                        | "quise"
                        | "digo"
                        | "perdon"
                )
            });
        let mut words = self
            .tokens
            .iter()
            .filter(|token| !token.quoted && token.is_word());
        says_so || words.next().is_none()
    }

    fn is_no_count(&self, at: usize) -> bool {
        if self.found.uncounted.contains(&at) {
            return true;
        }
        let counts_goods = self
            .found
            .mentions
            .iter()
            .any(|mention| mention.start <= at + 1 && at + 1 < mention.end);
        let before = at.checked_sub(1).map_or("", |before| self.text(before));
        let two_before = at.checked_sub(2).map_or("", |before| self.text(before));
        let names_a_size = matches!(
            before,
            "talla" | "size" | "tamanho" | "tam" | "numero" | "num" | "piso" | "andar" | "floor" | "mesa"
        );
        let is_an_age = matches!(
            before,
            "cumple"
                | "cumplio"
                | "cumplen"
                | "turning"
                | "turns"
                | "turned"
                | "shes"
                | "hes"
                | "fez"
                | "faz"
                | "fara"
        ) || self.tokens.get(at + 1).is_some_and(|next| {
            matches!(
                next.text.as_str(),
                "anos"
                    | "ano"
                    | "years"
                    | "anitos"
                    | "aninhos"
                    | "yo"
                    | "yr"
                    | "yrs"
                    | "year"
                    | "st"
                    | "nd"
                    | "rd"
                    | "th"
            )
        });
        let is_a_time = matches!(before, "las" | "la" | "as")
            && matches!(
                two_before,
                "a" | "para" | "pra" | "desde" | "hasta" | "ate" | "tipo" | "como" | "sobre" | "por"
            )
            || matches!(
                before,
                "by" | "around" | "until" | "till" | "before" | "after" | "since" | "past"
            )
            || matches!(before, "el" | "the" | "del" | "dia")
                && self.tokens.get(at + 1).is_none_or(|next| !next.is_word());
        names_a_size || is_an_age || !counts_goods && is_a_time
    }
}

/// Returns whether the word is an article or a spelled one: "una", "one".
fn is_one_in_words(token: &Token) -> bool {
    matches!(
        token.text.as_str(),
        "un" | "una" | "uno" | "um" | "uma" | "a" | "an" | "one"
    )
}
