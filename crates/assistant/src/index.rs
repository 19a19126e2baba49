//! Finds items by the words of their names.

use std::cell::RefCell;
use std::collections::BTreeSet;

use rapidfuzz::distance::osa;
use rust_stemmers::{Algorithm, Stemmer};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::catalog::{Item, Place};
use crate::read::{Language, Token, join_numbers, language_of, tokens_of};
use crate::vocabulary::{self, is_colour, is_size};

/// What an item's name says, in keys that do not depend on number, gender or spelling.
#[derive(Debug, Default)]
pub(crate) struct Entry {
    /// Every key of the name, in order.
    pub(crate) keys: Vec<String>,
    /// The keys of its name, and of each other name that it has.
    pub(crate) names: Vec<Vec<String>>,
    /// The noun: what a customer says first.
    pub(crate) head: Option<String>,
    pub(crate) pack: Option<Pack>,
    /// Measures as "15 kg", or without a number as "cento".
    pub(crate) measures: Vec<(Option<String>, String)>,
    pub(crate) delivery: bool,
}

/// So many pieces that are sold together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pack {
    pub(crate) size: u32,
    /// What the pieces are called, where the name says it.
    pub(crate) piece: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Index {
    entries: Vec<Entry>,
    postings: FxHashMap<String, Vec<Place>>,
    heads: FxHashMap<String, Vec<Place>>,
    /// Words that stand side by side in a name, one of them a number or a weak word.
    pairs: FxHashMap<String, FxHashSet<String>>,
    /// Keys that some name puts right before a number: "iphone 13".
    numbered: FxHashSet<String>,
    /// Words of names by first letter, for spelling mistakes.
    spelled: FxHashMap<char, Vec<(String, String)>>,
    /// Every word of every name, as written.
    words: FxHashSet<String>,
    stems: Stems,
}

/// Keys of words that were met before, by the language that they were stemmed in.
#[derive(Default)]
struct Keys {
    spanish: FxHashMap<String, String>,
    portuguese: FxHashMap<String, String>,
    english: FxHashMap<String, String>,
}

thread_local! {
    static KEYS: RefCell<Keys> = RefCell::default();
}

/// More words than this are forgotten and met anew.
const MOST_KEYS: usize = 8_192;

struct Stems {
    stemmer: Stemmer,
    language: Language,
}

impl std::fmt::Debug for Stems {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Stems").field(&self.language).finish()
    }
}

impl Stems {
    fn new(language: Language) -> Self {
        let algorithm = match language {
            Language::Spanish => Algorithm::Spanish,
            Language::Portuguese => Algorithm::Portuguese,
            Language::English => Algorithm::English,
        };
        Self {
            stemmer: Stemmer::create(algorithm),
            language,
        }
    }

    /// Returns the word's key. Words come again and again, so each is stemmed once.
    fn key_of(&self, word: &str) -> String {
        KEYS.with_borrow_mut(|keys| {
            let keys = match self.language {
                Language::Spanish => &mut keys.spanish,
                Language::Portuguese => &mut keys.portuguese,
                Language::English => &mut keys.english,
            };
            if let Some(key) = keys.get(word) {
                return key.clone();
            }
            if keys.len() >= MOST_KEYS {
                keys.clear();
            }
            let key = self.stemmed(word);
            keys.insert(word.to_owned(), key.clone());
            key
        })
    }

    fn stemmed(&self, word: &str) -> String {
        if let Some(group) = vocabulary::group_of(word) {
            return group.to_owned();
        }
        // "rações" and "ração" have no stem in common once accents are gone.
        if self.language == Language::Portuguese {
            let singular = [
                ("oes", "ao"),
                ("aes", "ao"),
                ("ens", "em"),
                ("ons", "om"),
                ("ins", "im"),
                ("uns", "um"),
                ("ais", "al"),
                ("eis", "el"),
            ]
            .iter()
            .find_map(|(many, one)| word.strip_suffix(many).map(|root| format!("{root}{one}")));
            if let Some(singular) = singular {
                return self.stemmer.stem(&singular).into_owned();
            }
        }
        let stem = self.stemmer.stem(word);
        // "dias" is too short for the stemmer, and is a "dia" all the same.
        match word.strip_suffix('s') {
            Some(singular) if stem.ends_with('s') && word.chars().count() > 3 => {
                self.stemmer.stem(singular).into_owned()
            }
            _ => stem.into_owned(),
        }
    }
}

impl Index {
    pub(crate) fn of(items: &[Item]) -> Self {
        let names: Vec<&str> = items.iter().map(|item| item.name.as_str()).collect();
        let all = names.join(" . ");
        let lower = all.to_lowercase();
        let mut index = Self {
            entries: Vec::with_capacity(items.len()),
            postings: FxHashMap::default(),
            heads: FxHashMap::default(),
            pairs: FxHashMap::default(),
            numbered: FxHashSet::default(),
            spelled: FxHashMap::default(),
            words: FxHashSet::default(),
            stems: Stems::new(language_of(&all, lower.split_whitespace(), None)),
        };
        for (at, item) in (0..).zip(items) {
            index.add(Place(at), item);
        }
        index
    }

    /// Returns the language that the names are in.
    pub(crate) fn language(&self) -> Language {
        self.stems.language
    }

    pub(crate) fn entry(&self, place: Place) -> Option<&Entry> {
        self.entries.get(place.0 as usize)
    }

    /// Returns the items whose names have the key, in catalog order.
    pub(crate) fn with_key(&self, key: &str) -> &[Place] {
        self.postings.get(key).map_or(&[], Vec::as_slice)
    }

    /// Returns the items whose noun is the key.
    pub(crate) fn with_head(&self, key: &str) -> &[Place] {
        self.heads.get(key).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn has_word(&self, word: &str) -> bool {
        self.words.contains(word)
    }

    pub(crate) fn has_pair(&self, left: &str, right: &str) -> bool {
        self.pairs.get(left).is_some_and(|rights| rights.contains(right))
    }

    /// Returns whether names continue the key with a number, as model names do.
    pub(crate) fn is_numbered(&self, key: &str) -> bool {
        self.numbered.contains(key)
    }

    pub(crate) fn key_of_word(&self, word: &str) -> String {
        self.stems.key_of(word)
    }

    /// Returns the key of a word that is spelled almost like one of a name.
    ///
    /// Only one candidate counts, and short words must be spelled right.
    pub(crate) fn key_of_misspelled(&self, word: &str) -> Option<String> {
        let length = word.chars().count();
        let allowed = match length {
            0..=3 => return None,
            4 => 0,
            5..=8 => 1,
            _ => 2,
        };
        let first = word.chars().next()?;
        let mut found: BTreeSet<&str> = BTreeSet::new();
        for (spelled, key) in self.spelled.get(&first).into_iter().flatten() {
            if spelled.chars().count().abs_diff(length) <= 1
                && osa::distance(spelled.chars(), word.chars()) <= allowed
            {
                found.insert(key);
            }
        }
        if found.is_empty() {
            // "bolis" for "bolígrafos".
            let short = word.strip_suffix('s').unwrap_or(word);
            let shortened = self.spelled.get(&first).into_iter().flatten();
            found = shortened
                .filter(|(spelled, _)| spelled.starts_with(short) && spelled.len() >= short.len() + 4)
                .map(|(_, key)| key.as_str())
                .collect();
        }
        match found.len() {
            1 => found.pop_first().map(str::to_owned),
            _ => None,
        }
    }

    /// "cremita" is a crema, "bolinho" a bolo, "pastelito" a pastel.
    pub(crate) fn key_of_diminutive(&self, word: &str) -> Option<String> {
        let word = word.strip_suffix('s').unwrap_or(word);
        let root = [
            "cito", "cita", "zinho", "zinha", "ito", "ita", "illo", "illa", "inho", "inha",
        ]
        .iter()
        .find_map(|ending| word.strip_suffix(ending).filter(|root| root.chars().count() >= 3))?;
        // "chiquita", "cafecito": the root may have changed its last letters.
        let hard = root.strip_suffix("qu").map(|root| format!("{root}c"));
        [Some(root.to_owned()), hard]
            .into_iter()
            .flatten()
            .flat_map(|root| ["", "a", "o", "e"].map(|ending| format!("{root}{ending}")))
            .map(|whole| self.key_of_word(&whole))
            .find(|key| !self.with_key(key).is_empty())
    }

    /// Places come in order, so that one that is there already is the last.
    fn add_head(&mut self, head: String, place: Place) {
        let heads = self.heads.entry(head).or_default();
        if heads.last() != Some(&place) {
            heads.push(place);
        }
    }

    fn add(&mut self, place: Place, item: &Item) {
        let mut entry = self.entry_from_name(&item.name);
        entry.names.push(entry.keys.clone());
        for alias in &item.aliases {
            let other = self.entry_from_name(alias);
            if !other.keys.is_empty() {
                entry.names.push(other.keys.clone());
            }
            entry.keys.extend(other.keys);
            self.add_head(other.head.unwrap_or_default(), place);
        }
        entry.keys.dedup();
        for key in entry.keys.iter().collect::<BTreeSet<_>>() {
            self.postings.entry(key.clone()).or_default().push(place);
        }
        if let Some(head) = entry.head.clone() {
            self.add_head(head, place);
        }
        self.entries.push(entry);
    }

    fn entry_from_name(&mut self, name: &str) -> Entry {
        let mut tokens = tokens_of(name);
        join_numbers(&mut tokens, self.stems.language);
        let mut entry = Entry::default();
        let mut previous: Option<String> = None;
        let mut after_digits = false;
        for token in tokens
            .iter()
            .filter(|token| !matches!(token.kind, crate::read::Kind::Mark(_)))
        {
            let letter = vocabulary::group_of_letter(
                &token.text,
                std::mem::replace(&mut after_digits, is_digits(token)),
            );
            let key = letter.map_or_else(|| self.key_of_name_token(token), str::to_owned);
            if let Some(left) = &previous {
                self.pairs.entry(left.clone()).or_default().insert(key.clone());
                if token.number().is_some() {
                    self.numbered.insert(left.clone());
                }
            }
            let counts =
                !vocabulary::is_stop(&token.text) && (token.number().is_some() || key.chars().count() > 1);
            if letter.is_some() || counts {
                entry.keys.push(key.clone());
                self.learn_spelling(token, &key);
            }
            previous = Some(key);
        }
        let is_service = tokens.first().is_some_and(|token| is_service(&token.text));
        entry.delivery = !is_service && entry.keys.iter().any(|key| key == "~delivery");
        entry.head = head_of(&entry.keys, &tokens, self.stems.language, |token| {
            self.key_of_name_token(token)
        });
        entry.pack = pack_of(&tokens, |token| self.key_of_name_token(token));
        entry.measures = measures_of(&tokens, |token| self.key_of_name_token(token));
        entry
    }

    fn key_of_name_token(&self, token: &Token) -> String {
        token
            .number()
            .map_or_else(|| self.stems.key_of(&token.text), crate::read::Decimal::key)
    }

    fn learn_spelling(&mut self, token: &Token, key: &str) {
        self.words.insert(token.text.clone());
        if token.text.chars().count() < 5 || !token.is_word() {
            return;
        }
        if let Some(first) = token.text.chars().next() {
            let words = self.spelled.entry(first).or_default();
            if !words.iter().any(|(word, _)| *word == token.text) {
                words.push((token.text.clone(), key.to_owned()));
            }
        }
    }
}

/// Returns whether the token is a number written in digits.
pub(crate) fn is_digits(token: &Token) -> bool {
    token.number().is_some() && token.text.starts_with(|first: char| first.is_ascii_digit())
}

/// Returns the noun of a name: the first word in Spanish and Portuguese, in
/// English the last before a number or "of".
fn head_of(
    keys: &[String],
    tokens: &[Token],
    language: Language,
    key_of: impl Fn(&Token) -> String,
) -> Option<String> {
    let is_noun = |token: &&Token| {
        let key = key_of(token);
        token.is_word()
            && token.text.chars().count() > 1
            && !vocabulary::is_stop(&token.text)
            && !vocabulary::is_weak(&token.text)
            && !is_colour(&key)
            && !is_size(&key)
            && keys.contains(&key)
    };
    let first = tokens.iter().find(is_noun);
    // "Paquete corte + barba" is a packet, and neither a cut nor a beard.
    let bundles = tokens
        .iter()
        .any(|token| token.is_mark('+') || matches!(token.text.as_str(), "y" | "e" | "and"));
    if let Some(opening) = tokens.first().filter(|token| bundles && is_bundle(&token.text)) {
        return Some(key_of(opening));
    }
    let chosen = if language == Language::English {
        let ends = |token: &Token| {
            token.number().is_some() || matches!(token.text.as_str(), "of" | "with" | "for" | "in")
        };
        let end = tokens
            .iter()
            .skip(1)
            .position(ends)
            .map_or(tokens.len(), |at| at + 1);
        tokens.iter().take(end).rfind(is_noun).or(first)
    } else {
        first
    };
    chosen.map(&key_of).or_else(|| {
        keys.iter()
            .find(|key| !key.starts_with(|first: char| first.is_ascii_digit()))
            .cloned()
    })
}

/// "Sesión a domicilio" is no fee for bringing something.
fn is_service(word: &str) -> bool {
    matches!(
        word,
        "sesion"
            | "sesiones"
            | "clase"
            | "clases"
            | "consulta"
            | "visita"
            | "cita"
            | "aula"
            | "aulas"
            | "sessao"
            | "lesson"
            | "session"
            | "class"
            | "corte"
            | "masaje"
            | "massagem"
            | "manicure"
            | "atencion"
            | "bano"
    )
}

fn is_bundle(word: &str) -> bool {
    matches!(
        word,
        "paquete"
            | "pack"
            | "pacote"
            | "combo"
            | "kit"
            | "set"
            | "plan"
            | "plano"
            | "package"
            | "bundle"
            | "promo"
            | "bono"
            | "caja"
            | "box"
    )
}

/// Reads "caja de 12 cupcakes", "20 tabletas", "dozen roses", "cento de coxinhas".
fn pack_of(tokens: &[Token], key_of: impl Fn(&Token) -> String) -> Option<Pack> {
    for (at, token) in tokens.iter().enumerate() {
        let word = token.text.as_str();
        let next_word = |from: usize| {
            tokens
                .iter()
                .skip(from)
                .find(|token| token.is_word() && !vocabulary::is_stop(&token.text))
        };
        let implied: Option<u32> = match word {
            "docena" | "dozen" | "duzia" => Some(12),
            "cento" | "ciento" | "centena" => Some(100),
            "par" | "pair" => Some(2),
            _ => None,
        };
        if let Some(size) = implied.filter(|_| token.is_word()) {
            let before = at
                .checked_sub(1)
                .and_then(|before| tokens.get(before))
                .and_then(Token::number)
                .and_then(crate::read::Decimal::as_whole)
                .unwrap_or(1);
            let piece = next_word(at + 1).filter(|token| !is_colour(&key_of(token)));
            // "Brigadeiro gourmet cento" names its pieces first.
            let piece = piece
                .or_else(|| next_word(at + 2))
                .or_else(|| next_word(0))
                .map(&key_of);
            return Some(Pack {
                size: size.saturating_mul(before),
                piece,
            });
        }
        let Some(size) = token.number().and_then(crate::read::Decimal::as_whole) else {
            continue;
        };
        let by = at
            .checked_sub(1)
            .is_some_and(|last| tokens.get(last).is_some_and(|token| token.text == "x"));
        if by && at + 1 == tokens.len() && (2..=1000).contains(&size) {
            // "Chorizo x 6".
            let piece = next_word(0).map(&key_of);
            return Some(Pack { size, piece });
        }
        let container = at.checked_sub(1).is_some_and(|last| {
            tokens.iter().take(last + 1).rev().take(2).any(|token| {
                matches!(key_of(token).as_str(), "~box" | "~pack" | "~bag")
                    || matches!(token.text.as_str(), "set" | "kit" | "juego")
            })
        });
        let piece = tokens.get(at + 1).filter(|token| token.is_word());
        let counted = piece.is_some_and(|token| {
            matches!(
                token.text.as_str(),
                "tabletas"
                    | "capsulas"
                    | "comprimidos"
                    | "piezas"
                    | "pzas"
                    | "unidades"
                    | "pcs"
                    | "pieces"
                    | "sobres"
                    | "pastillas"
                    | "unid"
            )
        });
        let measured = piece.is_some_and(|token| is_measure(&key_of(token)));
        if (container || counted) && !measured && (2..=1000).contains(&size) {
            let piece = piece
                .filter(|token| !vocabulary::is_stop(&token.text))
                .map(&key_of);
            return Some(Pack { size, piece });
        }
    }
    None
}

/// Returns whether the key is a unit that goods are measured in.
pub(crate) fn is_measure(key: &str) -> bool {
    matches!(
        key,
        "~kg"
            | "~g"
            | "~l"
            | "~inch"
            | "ml"
            | "mg"
            | "cm"
            | "mm"
            | "oz"
            | "lb"
            | "ft"
            | "galon"
            | "gallon"
            | "metr"
            | "metro"
            | "gal"
    )
}

fn measures_of(tokens: &[Token], key_of: impl Fn(&Token) -> String) -> Vec<(Option<String>, String)> {
    let mut measures = Vec::new();
    let mut number: Option<String> = None;
    for token in tokens {
        if let Some(decimal) = token.number() {
            number = Some(decimal.key());
            continue;
        }
        let key = key_of(token);
        if is_measure(&key) {
            measures.push((number.take(), key));
        }
        number = None;
    }
    measures
}

#[cfg(test)]
mod tests {
    use super::*;
    use cobro_stripe::{Currency, Money};

    fn index(names: &[&str]) -> Index {
        let price = Money::from_minor(100, Currency::from_code("MXN").unwrap()).unwrap();
        let items: Vec<Item> = names.iter().map(|name| Item::new(*name, *name, price)).collect();
        Index::of(&items)
    }

    #[test]
    fn the_noun_of_a_name_depends_on_the_language() {
        let spanish = index(&[
            "Pastel de chocolate 10 personas",
            "Vestido rojo talla M",
            "Caja de 12 cupcakes",
        ]);
        assert_eq!(spanish.with_head(&spanish.key_of_word("pasteles")), [Place(0)]);
        assert_eq!(spanish.with_head(&spanish.key_of_word("cupcake")), [Place(2)]);
        let english = index(&[
            "Chocolate cake 8 inch",
            "Box of cookies",
            "Wireless earbuds white",
            "Dozen red roses",
        ]);
        assert_eq!(english.with_head(&english.key_of_word("cake")), [Place(0)]);
        assert_eq!(english.with_head(&english.key_of_word("cookies")), [Place(1)]);
        assert_eq!(english.with_head(&english.key_of_word("earbuds")), [Place(2)]);
        assert_eq!(english.with_head(&english.key_of_word("roses")), [Place(3)]);
    }

    #[test]
    fn packs_know_their_pieces() {
        let index = index(&[
            "Caja de 12 cupcakes",
            "Cento de coxinhas",
            "Dozen red roses",
            "Alimento perro 15 kg",
            "Paracetamol 500 mg caja 20 tabletas",
        ]);
        let pack = |at| {
            index
                .entry(Place(at))
                .and_then(|entry| entry.pack.as_ref())
                .map(|pack| pack.size)
        };
        assert_eq!(pack(0), Some(12));
        assert_eq!(pack(1), Some(100));
        assert_eq!(pack(2), Some(12));
        assert_eq!(pack(3), None);
        assert_eq!(pack(4), Some(20));
        assert_eq!(
            index.entry(Place(3)).unwrap().measures,
            [(Some("15".to_owned()), "~kg".to_owned())]
        );
    }

    #[test]
    fn one_letter_wrong_is_forgiven_in_longer_words_only() {
        let index = index(&["Paracetamol", "Martillo 16 oz", "Jean azul"]);
        assert!(index.key_of_misspelled("paracetamol").is_some());
        assert!(index.key_of_misspelled("parasetamol").is_some());
        assert!(index.key_of_misspelled("martilo").is_some());
        assert_eq!(index.key_of_misspelled("jear"), None);
        assert_eq!(index.key_of_misspelled("zapatos"), None);
    }
}
