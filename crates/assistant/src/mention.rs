//! Finds the items that a message speaks of, with their quantities and options.

use crate::catalog::{Catalog, Place};
use crate::index::{is_digits, is_measure};
use crate::read::{Decimal, Kind, Token};
use crate::vocabulary::{self, is_colour, is_size};

/// The key of everything that brings goods to somebody.
const DELIVERY: &str = "~delivery";

/// How well a mention's words fit the items it may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fit {
    /// Every word about the item is in its name.
    Exact,
    /// A word about it is in no name: a flavour nobody listed.
    Loose,
    /// It names a size, colour or model that these items do not have.
    Clash,
}

/// How many, as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) number: u32,
    pub(crate) unit: Unit,
    /// It was an article ("una"), which may not be meant as a number.
    pub(crate) article: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Nothing, or a container: two boxes are two.
    Each,
    /// Before the word for the pieces of a pack: two cupcakes are not two boxes.
    Piece,
    /// Pieces that were counted in dozens or hundreds.
    Pieces,
    /// Kilos, litres and other measures.
    Measured,
    /// Half of something that is not halved.
    Fraction,
}

/// One item, or several that the words do not tell apart.
#[derive(Debug, Clone)]
pub(crate) struct Mention {
    pub(crate) places: Vec<Place>,
    pub(crate) keys: Vec<String>,
    pub(crate) count: Option<Count>,
    pub(crate) measure: Option<String>,
    pub(crate) fit: Fit,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// It has no noun of its own: "la M", "el de 20".
    pub(crate) option_only: bool,
    /// "otra", "one more": added to what is there.
    pub(crate) another: bool,
}

/// What a message says about goods.
#[derive(Debug, Default, Clone)]
pub(crate) struct Found {
    pub(crate) mentions: Vec<Mention>,
    /// Goods that are in no catalog name, by token.
    pub(crate) unknown: Vec<usize>,
    /// Numbers that belong to no item: (token, number).
    pub(crate) bare: Vec<(usize, u32)>,
    /// "los 3": as many as there are.
    pub(crate) group: Option<u32>,
}

/// What was spoken of before: it gives "la M" a noun.
#[derive(Debug, Default, Clone)]
pub(crate) struct Context {
    /// Items that wait for an option.
    pub(crate) pending: Vec<Place>,
    /// Items last spoken of.
    pub(crate) topic: Vec<Place>,
}

/// Finds what `tokens` say about the catalog's items.
pub(crate) fn find(catalog: &Catalog, tokens: &[Token], context: &Context) -> Found {
    let mut walk = Walk {
        catalog,
        tokens,
        context,
        found: Found::default(),
        current: None,
        count: None,
        apart: true,
        last_key: 0,
        another: false,
        grouped: None,
        ahead: Vec::new(),
    };
    let mut at = 0;
    while at < tokens.len() {
        at = walk.step(at);
    }
    walk.close();
    walk.drop_count();
    walk.found
}

struct Walk<'a> {
    catalog: &'a Catalog,
    tokens: &'a [Token],
    context: &'a Context,
    found: Found,
    current: Option<Mention>,
    /// A number that waits for its item, with its token.
    count: Option<(usize, Count, Option<String>)>,
    /// Whether "y", a comma or a number stands since the last key.
    apart: bool,
    last_key: usize,
    another: bool,
    /// The number of "los 3", which counts what is there.
    grouped: Option<usize>,
    /// Options that came before their noun: "large pepperoni".
    ahead: Vec<(usize, String)>,
}

impl Walk<'_> {
    fn token(&self, at: usize) -> Option<&Token> {
        self.tokens.get(at)
    }

    fn text(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.text.as_str())
    }

    fn text_before(&self, at: usize) -> &str {
        at.checked_sub(1).map_or("", |before| self.text(before))
    }

    /// Reads the token at `at` and returns where to go on.
    fn step(&mut self, at: usize) -> usize {
        let Some(token) = self.tokens.get(at) else {
            return at + 1;
        };
        match token.kind {
            Kind::Mark(mark) => {
                if token.divides() {
                    self.ahead.clear();
                }
                self.apart |= token.divides();
                if matches!(mark, '.' | '?' | '!' | '\n' | ';') {
                    self.close();
                    self.drop_count();
                }
                at + 1
            }
            Kind::Number(_) if token.money => {
                self.apart = true;
                at + 1
            }
            Kind::Number(number) => self.number(at, number),
            Kind::Word => {
                self.word(at);
                at + 1
            }
        }
    }

    // Numbers.

    fn number(&mut self, at: usize, number: Decimal) -> usize {
        if let Some(next) = self.counted_in_dozens(at, number) {
            return next;
        }
        if self.names_something(at, number) {
            return at + 1;
        }
        let Some(whole) = number.as_whole() else {
            return at + 1;
        };
        let before = self.text_before(at);
        if self.text(at) == "one"
            && matches!(
                before,
                "this" | "that" | "the" | "which" | "large" | "small" | "other" | "first" | "last"
            )
        {
            return at + 1;
        }
        if self.is_time_or_people(at) {
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
            self.set_trailing(whole);
            return at + 1;
        }
        self.take_count(at, whole);
        at + 1
    }

    fn take_count(&mut self, at: usize, number: u32) {
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
    fn counted_in_dozens(&mut self, at: usize, number: Decimal) -> Option<usize> {
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
        let half = matches!(self.text_before(at), "half" | "media" | "medio" | "meia" | "meio");
        let pieces = number.as_whole()?.checked_mul(size)?;
        self.take_count(at, if half { pieces / 2 } else { pieces });
        self.set_unit(Unit::Pieces);
        Some(at + 2)
    }

    fn set_unit(&mut self, unit: Unit) {
        if let Some((_, count, _)) = &mut self.count {
            count.unit = unit;
            count.article = false;
        }
    }

    /// Takes a number that is part of a name: "de 20", "iphone 14", "12 rosas".
    fn names_something(&mut self, at: usize, number: Decimal) -> bool {
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
                index
                    .entry(*place)
                    .is_some_and(|entry| !next.is_empty() && entry.keys.contains(&next))
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
    fn apart_for_number(&self, previous: &str) -> bool {
        self.apart
            && !matches!(
                previous,
                "talla" | "tamanho" | "size" | "tam" | "numero" | "modelo"
            )
    }

    /// Returns whether a number alone answers which option is meant.
    fn answers_option(&self, at: usize) -> bool {
        !self.context.pending.is_empty()
            && !self
                .tokens
                .iter()
                .enumerate()
                .any(|(other, token)| other != at && token.number().is_some())
    }

    /// Returns whether a noun of the catalog follows the number, which then counts it.
    fn counts_a_noun(&self, at: usize) -> bool {
        let next = self.text(at + 1);
        let next = if matches!(next, "de" | "of") {
            at + 2
        } else {
            at + 1
        };
        self.key_at(next)
            .is_some_and(|key| !self.catalog.index.with_head(&key).is_empty())
    }

    fn base_for_option(&self) -> Vec<Place> {
        if let Some(current) = &self.current {
            return current.places.clone();
        }
        if !self.context.pending.is_empty() {
            return self.context.pending.clone();
        }
        let previous = self.found.mentions.last().map(|mention| mention.places.clone());
        self.siblings(&previous.unwrap_or_else(|| self.context.topic.clone()))
    }

    fn is_time_or_date(&self, at: usize) -> bool {
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
                | "enero"
                | "febrero"
                | "marzo"
                | "abril"
                | "mayo"
                | "junio"
                | "julio"
                | "agosto"
                | "septiembre"
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
        ) || matches!(
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
                | ":"
        ) || self.token(at + 1).is_some_and(|token| {
            token.is_mark('/')
                || token.is_mark(':')
                    && token.glued
                    && self
                        .token(at + 2)
                        .is_some_and(|next| next.number().is_some() && next.glued)
        }) || (before == "las" || before == "la") && two_before == "a"
            || before == "as" && matches!(two_before, "pras" | "para" | "" | "hoje" | "hj" | "amanha")
            || before == "el"
                && self.current.is_none()
                && self.context.pending.is_empty()
                && two_before == "para"
    }

    fn is_time_or_people(&self, at: usize) -> bool {
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
    fn is_trailing(&self, at: usize) -> bool {
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
        let ends = stops(at + 1) || pieces && stops(at + 2);
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

    fn set_trailing(&mut self, number: u32) {
        if let Some(current) = &mut self.current {
            current.count = Some(Count {
                number,
                unit: Unit::Each,
                article: false,
            });
        }
        self.close();
    }

    fn drop_count(&mut self) {
        if let Some((at, count, _)) = self.count.take()
            && self.grouped != Some(at)
            && (!count.article || self.tokens.len() <= 4)
        {
            self.found.bare.push((at, count.number));
        }
    }

    // Words.

    fn word(&mut self, at: usize) {
        let word = self.text(at).to_owned();
        let word = word.as_str();
        if matches!(
            word,
            "y" | "e" | "and" | "con" | "com" | "with" | "mas" | "plus" | "ni" | "o" | "or" | "ou"
        ) {
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
        if matches!(word, "el" | "la" | "los" | "las" | "o" | "os" | "the")
            && self.count.as_ref().is_some_and(|(token, ..)| token + 1 == at)
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
    fn half(&mut self, at: usize) -> bool {
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
    fn pays_with(&self, at: usize) -> bool {
        matches!(
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
    fn key_at(&self, at: usize) -> Option<String> {
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
        if vocabulary::is_talk(&token.text) && !index.has_word(&token.text) {
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
        index.key_of_misspelled(&token.text)
    }

    fn is_after_size_word(&self, at: usize) -> bool {
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

    /// Takes a word that many items share: it narrows what is there, or is a container.
    fn weak(&mut self, at: usize, key: &str) {
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
        let paired = at.checked_sub(1).is_some_and(|before| {
            let before_key = self.tokens.get(before).map_or(String::new(), |token| {
                token
                    .number()
                    .map_or_else(|| self.catalog.index.key_of_word(&token.text), Decimal::key)
            });
            !matches!(
                self.text(before),
                "de" | "del" | "da" | "do" | "el" | "la" | "un" | "una" | "a" | "o" | "en"
            ) && self.catalog.index.has_pair(&before_key, key)
        });
        if paired {
            self.take_key(at, key, true);
            return;
        }
        let heads = self.catalog.index.with_head(key).to_vec();
        if !heads.is_empty() && !is_measure(key) {
            // Names of nothing but common words: "Plan premium".
            self.take_key(at, key, false);
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
            } else if !known.is_empty() && !self.a_noun_follows(at) {
                self.start(at, key, known, true);
            }
        }
    }

    /// Returns whether the clause goes on to name something of the catalog.
    fn a_noun_follows(&self, at: usize) -> bool {
        (at + 1..self.tokens.len())
            .take_while(|next| self.token(*next).is_some_and(|token| !token.divides()))
            .take(4)
            .any(|next| {
                self.key_at(next)
                    .is_some_and(|_| !vocabulary::is_weak(self.text(next)))
            })
    }

    /// Takes a key; `always` where its neighbours prove that it belongs to a name.
    fn take_key(&mut self, at: usize, key: &str, always: bool) -> bool {
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
        self.close();
        let option_only = heads.is_empty() && key != DELIVERY;
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

    /// Returns the items an option means without its noun: siblings of what was said before.
    fn places_of_option(&self, key: &str, always: bool) -> Vec<Place> {
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
    fn siblings(&self, places: &[Place]) -> Vec<Place> {
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

    fn start(&mut self, at: usize, key: &str, places: Vec<Place>, option_only: bool) {
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

    /// Returns whether the item's name has a colour, or a size, as the option is one.
    fn lists_kind(&self, place: Place, option: &str) -> bool {
        self.catalog.index.entry(place).is_some_and(|entry| {
            entry
                .keys
                .iter()
                .any(|key| is_colour(key) && is_colour(option) || is_size(key) && is_size(option))
        })
    }

    /// Reads a word that is in no name: a qualifier nobody listed, or goods nobody sells.
    fn unnamed(&mut self, at: usize) {
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
        if word.chars().count() < 3 || vocabulary::is_common(&word) && !model {
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
            || self.current.is_some() && self.apart && matches!(before.as_str(), "y" | "e" | "and" | "+");
        if wanted && word.chars().count() >= 4 {
            self.found.unknown.push(at);
            self.count = None;
            self.another = false;
            self.close();
        }
    }

    /// Returns whether the number at `token` counts the word at `at`: "2 cajas de amoxicilina".
    fn is_counted_by(&self, at: usize, token: usize) -> bool {
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
                | "llevo"
                | "levo"
                | "por"
                | "comprar"
                | "pedir"
                | "ponme"
        );
        (!article || ordered)
            && at <= token + 3
            && (token + 1..at).all(|between| {
                let word = self.text(between);
                matches!(word, "de" | "of" | "do" | "da") || vocabulary::is_weak(word)
            })
    }

    fn close(&mut self) {
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

/// Returns what both lists have, in the order of the first.
pub(crate) fn common(left: &[Place], right: &[Place]) -> Vec<Place> {
    left.iter()
        .filter(|place| right.binary_search(place).is_ok())
        .copied()
        .collect()
}
