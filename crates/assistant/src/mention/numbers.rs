//! Numbers: how many, or part of a name, or nothing to do with goods.

use super::{Count, Fit, Unit, Walk, common};
use crate::catalog::Place;
use crate::index::{is_digits, is_measure};
use crate::read::{Decimal, Token};
use crate::vocabulary;

impl Walk<'_> {
    pub(super) fn number(&mut self, at: usize, number: Decimal) -> usize {
        if let Some(next) = self.counted_in_dozens(at, number) {
            return next;
        }
        if self.names_something(at, number) {
            return at + 1;
        }
        let Some(whole) = number.as_whole() else {
            return at + 1;
        };
        // "faz 160 na troca": a price for the thing, not so many of it.
        if whole > 12
            && matches!(
                self.text(at + 1),
                "na" | "no" | "pela" | "pelo" | "por" | "en" | "for" | "on" | "em"
            )
        {
            return at + 1;
        }
        let code = self.token(at).is_some_and(|token| token.glued)
            && at.checked_sub(1).is_some_and(|before| {
                self.token(before)
                    .is_some_and(|token| token.is_word() && token.text.chars().count() > 1)
            });
        if code {
            // "VERANO10" counts nothing.
            return at + 1;
        }
        let before = self.text_before(at);
        if self.text(at) == "one"
            && matches!(
                before,
                "this" | "that" | "the" | "which" | "large" | "small" | "other" | "first" | "last"
            )
        {
            return at + 1;
        }
        if matches!(before, "number" | "numero" | "num" | "nro") {
            // "a number 5 candle": which, and not how many.
            self.found.uncounted.push(at);
            return at + 1;
        }
        if self.is_time_or_people(at) {
            if self.is_time_or_date(at) && !self.is_sold_by_the_hour(at) {
                self.found.uncounted.push(at);
            }
            return at + 1;
        }
        let glued = self
            .token(at + 1)
            .is_some_and(|next| next.is_word() && next.glued && (2..=3).contains(&next.text.chars().count()));
        if glued
            && self.current.is_none()
            && self.key_at(at + 1).is_none()
            && !vocabulary::is_weak(self.text(at + 1))
        {
            // "1tb ssd": a measure that no name has, before its noun.
            self.ahead.push((at + 1, number.key()));
            return at + 2;
        }
        let before = self.text_before(at);
        if matches!(
            before,
            "los"
                | "las"
                | "os"
                | "as"
                | "das"
                | "nas"
                | "the"
                | "estos"
                | "estas"
                | "esos"
                | "esas"
                | "all"
                | "lo"
        ) && whole > 1
        {
            self.found.group = Some(whole);
            self.take_count(at, whole);
            self.grouped = Some(at);
            return at + 1;
        }
        if whole <= 50 && self.is_trailing(at) {
            let measure = self.catalog.index.key_of_word(self.text(at + 1));
            self.set_trailing(whole, Some(measure).filter(|measure| is_measure(measure)));
            return at + 1;
        }
        self.take_count(at, whole);
        at + 1
    }

    pub(super) fn take_count(&mut self, at: usize, number: u32) {
        self.close();
        self.drop_count();
        let article = matches!(self.text(at), "un" | "una" | "um" | "uma" | "a" | "an");
        let count = Count {
            number,
            unit: Unit::Each,
            article,
        };
        self.count = Some((at, count, None));
        self.apart = true;
    }

    /// Reads "dos docenas", "media docena", "meio cento", "half a dozen" as pieces.
    pub(super) fn counted_in_dozens(&mut self, at: usize, number: Decimal) -> Option<usize> {
        let dozen = |word: &str| match word {
            "docena" | "docenas" | "dozen" | "dozens" | "duzia" | "duzias" => Some(12),
            "cento" | "centos" | "ciento" | "cientos" | "centena" | "centenas" => Some(100),
            _ => None,
        };
        let size = dozen(self.text(at + 1))?;
        // "two dozen red roses" can be the name itself.
        if self
            .catalog
            .index
            .has_pair(&number.key(), &self.catalog.index.key_of_word(self.text(at + 1)))
        {
            return None;
        }
        if size == 12 && self.sells_by_the_dozen(at + 2) {
            return None;
        }
        let half = matches!(self.text_before(at), "half" | "media" | "medio" | "meia" | "meio");
        let pieces = number.as_whole()?.checked_mul(size)?;
        self.take_count(at, if half { pieces / 2 } else { pieces });
        self.set_unit(Unit::Pieces);
        Some(at + 2)
    }

    /// Returns whether what follows at `at` is itself an item of a dozen: "docena de tamales".
    fn sells_by_the_dozen(&self, at: usize) -> bool {
        let noun = if matches!(self.text(at), "de" | "of") {
            at + 1
        } else {
            at
        };
        let index = &self.catalog.index;
        let dozens = index.with_key("~dozen");
        !dozens.is_empty()
            && self
                .key_at(noun)
                .is_some_and(|key| index.with_key(&key).iter().any(|place| dozens.contains(place)))
    }

    pub(super) fn set_unit(&mut self, unit: Unit) {
        if let Some((_, count, _)) = &mut self.count {
            count.unit = unit;
            count.article = false;
        }
    }

    /// "2 clases sueltas", where the catalog has a "Clase suelta" and a "Plan de 2 clases": two of the first.
    fn counts_a_longer_name(&self, at: usize, noun: &str, named: &[Place]) -> bool {
        let index = &self.catalog.index;
        // "la caja de 6 cupcakes", "combo 2 empanadas": what holds them was named.
        let begins = matches!(
            self.text_before(at),
            "quiero"
                | "quero"
                | "queria"
                | "want"
                | "need"
                | "dame"
                | "deme"
                | "son"
                | "serian"
                | "seriam"
                | "sean"
                | "sejam"
                | "y"
                | "e"
                | "and"
                | "mejor"
                | "solo"
                | "only"
                | "just"
                | "ocupo"
                | "necesito"
                | "preciso"
                | "perdon"
        ) || at
            .checked_sub(1)
            .and_then(|before| self.token(before))
            .is_none_or(Token::divides);
        if !begins {
            return false;
        }
        let after = self.token(at + 2).filter(|token| token.is_word());
        after.is_some_and(|after| {
            let after = index.key_of_word(&after.text);
            let longer = common(index.with_key(noun), index.with_key(&after));
            index.has_pair(noun, &after) && !longer.is_empty() && common(&longer, named).is_empty()
        })
    }

    /// Takes a number that is part of a name: "de 20", "iphone 14", "12 rosas".
    pub(super) fn names_something(&mut self, at: usize, number: Decimal) -> bool {
        let key = number.key();
        let index = &self.catalog.index;
        let next = self
            .token(at + 1)
            .filter(|token| {
                token.is_word() && !vocabulary::is_stop(&token.text) || token.text.chars().count() == 1
            })
            .map(|token| index.key_of_word(&token.text))
            .unwrap_or_default();
        let articled = self.token(at).is_some_and(|token| !is_digits(token)) && key == "1";
        // "3 meses" is "trimestral" where something is.
        if matches!(self.text(at + 1), "meses" | "months" | "mes" | "mos") {
            let period = number.as_whole().and_then(vocabulary::period_of_months);
            if let Some(period) = period.filter(|period| !index.with_key(period).is_empty()) {
                self.take_key(at, period, true);
                return true;
            }
        }
        if !next.is_empty() && !articled && index.has_pair(&key, &next) {
            let named = common(index.with_key(&key), index.with_key(&next));
            if is_measure(&next) && key == "1" && self.measures_another(at + 1, &next, &named) {
                return false;
            }
            if self.counts_a_longer_name(at, &next, &named) {
                return false;
            }
            return self.take_key(at, &key, true);
        }
        if self.current.is_some() && self.text_before(at) == "x" && index.has_pair("x", &key) {
            return self.take_key(at, &key, true);
        }
        let previous = self.text_before(at).to_owned();
        let previous_key = at
            .checked_sub(1)
            .and_then(|before| self.key_at(before))
            .unwrap_or_default();
        let adjacent = self.current.is_some() && !self.apart;
        let introduced = matches!(
            previous.as_str(),
            "de" | "para"
                | "pra"
                | "for"
                | "talla"
                | "tallas"
                | "tamanho"
                | "tamano"
                | "size"
                | "tam"
                | "numero"
                | "no"
                | "modelo"
                | "of"
                | "en"
                | "em"
        );
        let introduced = introduced || self.corrects_option(at, &key);
        if articled || (!introduced && !adjacent && !self.answers_option(at)) || self.is_time_or_date(at) {
            return false;
        }
        // "el de 24" needs no noun where one item has the number.
        let pointed = previous == "de"
            && at.checked_sub(2).is_some_and(|two| {
                matches!(self.text(two), "el" | "la" | "los" | "las" | "lo" | "o" | "a")
                    || self.token(two).is_some_and(|token| token.number().is_some())
            });
        let mut base = self.base_for_option();
        if pointed && base.is_empty() {
            base = index.with_key(&key).to_vec();
        }
        let fits = base.iter().any(|place| index.with_key(&key).contains(place));
        if fits && (introduced || adjacent || self.answers_option(at)) && !self.counts_a_noun(at) {
            return self.take_key(at, &key, true);
        }
        let model = adjacent && index.is_numbered(&previous_key);
        let next_word = self.token(at + 1).filter(|token| token.is_word());
        // "de 1tb": a measure of its own.
        let unit = next_word
            .is_some_and(|token| token.glued && token.text.chars().count() <= 3 && token.text != "x");
        let of_the_kind = match next_word {
            Some(_) if unit => true,
            Some(_) => base.iter().any(|place| {
                // "por persona" is for each of them, and no size.
                index.entry(*place).is_some_and(|entry| {
                    !next.is_empty()
                        && entry.keys.contains(&next)
                        && (next != "~person"
                            || entry
                                .keys
                                .iter()
                                .any(|key| key.starts_with(|first: char| first.is_ascii_digit())))
                })
            }),
            None => base.iter().any(|place| {
                index.entry(*place).is_some_and(|entry| {
                    entry
                        .keys
                        .iter()
                        .any(|key| key.starts_with(|first: char| first.is_ascii_digit()))
                })
            }),
        };
        let sized = introduced
            && !matches!(previous.as_str(), "en" | "em" | "no" | "of")
            && at <= self.last_key + 2
            && of_the_kind
            && !self.counts_a_noun(at);
        if self.current.is_some() && (model || sized && !self.apart_for_number(&previous)) {
            if let Some(current) = &mut self.current {
                current.fit = Fit::Clash;
                current.end = at + 1;
            }
            return true;
        }
        false
    }

    /// "para 2" may be people or a date; only sizes must be met.
    pub(super) fn apart_for_number(&self, previous: &str) -> bool {
        self.apart
            && !matches!(
                previous,
                "talla" | "tamanho" | "size" | "tam" | "numero" | "modelo"
            )
    }

    /// Returns whether a number alone answers which option is meant.
    pub(super) fn answers_option(&self, at: usize) -> bool {
        !self.context.pending.is_empty()
            && !self
                .tokens
                .iter()
                .enumerate()
                .any(|(other, token)| other != at && token.number().is_some())
    }

    /// "perdón, es 37", "mejor la 37": the other size of what was spoken of.
    fn corrects_option(&self, at: usize, key: &str) -> bool {
        let two_before = at.checked_sub(2).map_or("", |before| self.text(before));
        let is_named = matches!(
            self.text_before(at),
            "la" | "el"
                | "o"
                | "the"
                | "es"
                | "era"
                | "e"
                | "is"
                | "las"
                | "los"
                | "mejor"
                | "melhor"
                | "perdon"
                | "digo"
                | "desculpa"
                | "sorry"
                | "meant"
                | "quise"
                | "una"
                | "un"
                | "uma"
                | "um"
        ) || at
            .checked_sub(1)
            .and_then(|before| self.token(before))
            .is_none_or(Token::divides);
        let is_date = matches!(
            two_before,
            "para" | "pra" | "hasta" | "ate" | "on" | "dia" | "antes" | "del" | "de"
        );
        let is_size = key.parse::<u32>().is_ok_and(|size| size > 12);
        let siblings = self.siblings(&self.context.topic);
        let in_a_name = siblings
            .iter()
            .any(|place| self.catalog.index.with_key(key).contains(place));
        self.current.is_none() && is_named && !is_date && is_size && in_a_name
    }

    /// Returns whether a noun of the catalog follows the number, which then counts it.
    pub(super) fn counts_a_noun(&self, at: usize) -> bool {
        let next = self.text(at + 1);
        let next = if matches!(next, "de" | "of") {
            at + 2
        } else {
            at + 1
        };
        self.key_at(next)
            .is_some_and(|key| !self.catalog.index.with_head(&key).is_empty())
    }

    pub(super) fn base_for_option(&self) -> Vec<Place> {
        if let Some(current) = &self.current {
            return current.places.clone();
        }
        if !self.context.pending.is_empty() {
            return self.context.pending.clone();
        }
        let previous = self.found.mentions.last().map(|mention| mention.places.clone());
        self.siblings(&previous.unwrap_or_else(|| self.context.topic.clone()))
    }

    pub(super) fn is_time_or_date(&self, at: usize) -> bool {
        let next = self.text(at + 1);
        let before = self.text_before(at);
        let two_before = at.checked_sub(2).map_or("", |before| self.text(before));
        matches!(
            next,
            "am" | "pm"
                | "h"
                | "hs"
                | "hrs"
                | "hr"
                | "horas"
                | "hours"
                | "hour"
                | "minutos"
                | "min"
                | "minutes"
        ) || is_month(next)
            || matches!(
                before,
                "lunes"
                    | "martes"
                    | "miercoles"
                    | "jueves"
                    | "viernes"
                    | "sabado"
                    | "domingo"
                    | "dia"
                    | "calle"
                    | "rua"
                    | "depto"
                    | "casa"
                    | "apto"
                    | "cp"
                    | "cep"
                    | "street"
                    | "ave"
                    | "av"
                    | "on"
                    | "at"
                    | "às"
                    | "calzada"
                    | "monday"
                    | "tuesday"
                    | "wednesday"
                    | "thursday"
                    | "friday"
                    | "saturday"
                    | "sunday"
                    | "#"
                    | "/"
            )
            // "5:30", and not "2 fundas: una iphone".
            || before == ":"
                && at
                    .checked_sub(2)
                    .and_then(|two| self.token(two))
                    .is_some_and(|two| two.number().is_some())
            || next == "de" && self.token(at + 2).is_some_and(|token| is_month(&token.text))
            || self.token(at + 1).is_some_and(|token| {
                token.is_mark('/')
                    || token.is_mark(':')
                        && token.glued
                        && self
                            .token(at + 2)
                            .is_some_and(|next| next.number().is_some() && next.glued)
            })
            || (before == "las" || before == "la") && two_before == "a"
            || self.is_when_they_come(at)
            || before == "as" && matches!(two_before, "pras" | "para" | "" | "hoje" | "hj" | "amanha")
            || before == "el"
                && self.current.is_none()
                && self.context.pending.is_empty()
                && two_before == "para"
    }

    /// "la sala 3 horas": where hours are sold, so many of them are a count.
    fn is_sold_by_the_hour(&self, at: usize) -> bool {
        let next = self.text(at + 1);
        let is_hours = matches!(next, "horas" | "hora" | "hours" | "hour" | "hrs" | "hr");
        let index = &self.catalog.index;
        is_hours && !index.with_key(&index.key_of_word(next)).is_empty()
    }

    /// "passo à 1", "chego as 3", "a eso de las 4": the hour somebody comes.
    fn is_when_they_come(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|before| self.token(before));
        let Some(before) = before.filter(|before| matches!(before.text.as_str(), "a" | "as" | "la" | "las"))
        else {
            return false;
        };
        let word = |back: usize| at.checked_sub(back).map_or("", |before| self.text(before));
        let comes = matches!(
            word(2),
            "paso"
                | "passo"
                | "voy"
                | "vou"
                | "llego"
                | "chego"
                | "recojo"
                | "busco"
                | "pego"
                | "venho"
                | "vengo"
        ) || [
            "retir", "recog", "recoj", "busc", "pase", "pasa", "passa", "lleg", "cheg", "apare", "colet",
            "entreg",
        ]
        .iter()
        .any(|root| word(2).starts_with(root));
        let about = word(2) == "de" && matches!(word(3), "eso" | "antes" | "despues" | "partir" | "depois");
        before.accent || comes || about
    }

    pub(super) fn is_time_or_people(&self, at: usize) -> bool {
        self.is_time_or_date(at)
            || matches!(
                self.text(at + 1),
                "dias"
                    | "dia"
                    | "days"
                    | "day"
                    | "semanas"
                    | "weeks"
                    | "semana"
                    | "meses"
                    | "months"
                    | "mes"
                    | "anos"
                    | "ano"
                    | "years"
                    | "personas"
                    | "persona"
                    | "pessoas"
                    | "people"
                    | "amigos"
                    | "amigas"
                    | "ninos"
                    | "invitados"
                    | "convidados"
                    | "guests"
                    | "veces"
                    | "vezes"
                    | "times"
                    | "cuadras"
                    | "km"
                    | "hijos"
                    | "filhos"
                    | "kids"
                    | "cuotas"
                    | "parcelas"
                    | "pagos"
                    | "payments"
                    | "installments"
                    | "vez"
                    | "rato"
                    | "momento"
                    | "favor"
                    | "poco"
                    | "pouco"
                    | "bit"
                    | "few"
                    | "lot"
                    | "duda"
                    | "pregunta"
                    | "question"
                    | "couple"
                    | "minuto"
                    | "segundo"
                    | "second"
                    | "moment"
                    | "minute"
                    | "amiga"
                    | "amigo"
                    | "friend"
                    | "gusto"
                    | "cosa"
                    | "coisa"
            )
            || self.token(at + 1).is_some_and(|token| token.is_mark('%'))
    }

    /// Returns whether the number follows its item, as in "gelatina x3" or "gelatina: 3".
    pub(super) fn is_trailing(&self, at: usize) -> bool {
        let marked = matches!(self.text_before(at), "x" | ":" | "=" | "*");
        let stops = |next: usize| {
            self.token(next).is_none_or(Token::divides) || matches!(self.text(next), "x" | "y" | "e" | "and")
        };
        // "agujetas 3 pares y…"
        let pieces = matches!(
            self.text(at + 1),
            "pares"
                | "pairs"
                | "piezas"
                | "pzas"
                | "pcs"
                | "unidades"
                | "cajas"
                | "caixas"
                | "boxes"
                | "paquetes"
                | "bolsas"
                | "bags"
        );
        let measured = is_measure(&self.catalog.index.key_of_word(self.text(at + 1)));
        let ends = stops(at + 1) || (pieces || measured) && stops(at + 2);
        let reach = if marked { 2 } else { 1 };
        let adjacent = self.current.is_some() && at <= self.last_key + reach;
        adjacent
            && self
                .current
                .as_ref()
                .is_some_and(|current| current.count.is_none())
            && ends
            && (marked || !self.apart)
    }

    pub(super) fn set_trailing(&mut self, number: u32, measure: Option<String>) {
        if let Some(current) = &mut self.current {
            current.count = Some(Count {
                number,
                unit: if measure.is_some() {
                    Unit::Measured
                } else {
                    Unit::Each
                },
                article: false,
            });
            current.measure = measure;
        }
        self.close();
    }

    pub(super) fn drop_count(&mut self) {
        if let Some((at, count, _)) = self.count.take()
            && self.grouped != Some(at)
            && (!count.article || self.tokens.len() <= 4)
        {
            self.found.bare.push((at, count.number));
        }
    }
}

fn is_month(word: &str) -> bool {
    matches!(
        word,
        "enero"
            | "febrero"
            | "marzo"
            | "abril"
            | "mayo"
            | "junio"
            | "julio"
            | "agosto"
            | "septiembre"
            | "setiembre"
            | "octubre"
            | "noviembre"
            | "diciembre"
            | "janeiro"
            | "fevereiro"
            | "marco"
            | "maio"
            | "junho"
            | "julho"
            | "setembro"
            | "outubro"
            | "novembro"
            | "dezembro"
    )
}
