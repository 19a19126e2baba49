//! Cuts a message into words, numbers and marks.

use unicode_normalization::{IsNormalized, UnicodeNormalization};

use super::Language;
use super::number::{self, Decimal};

/// One piece of a message.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "independent marks on a word")]
pub(crate) struct Token {
    /// Lower case without accents; a number's words where it was spelled out.
    pub(crate) text: String,
    pub(crate) kind: Kind,
    /// Whether it was written in capitals.
    pub(crate) upper: bool,
    /// Whether it carried an accent: "sí" is not "si".
    pub(crate) accent: bool,
    /// Whether the accent is on its last letter: "llegó" tells what happened, "llego" does not.
    pub(crate) ends_stressed: bool,
    /// Whether it stood inside quotation marks or in a forwarded part.
    pub(crate) quoted: bool,
    /// Whether nothing but the previous token came before it.
    pub(crate) glued: bool,
    /// Whether a currency stands beside the number.
    pub(crate) money: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    Word,
    Number(Decimal),
    /// Ends or divides a clause: `.`, `,`, `?`, `!`, `;`, `+`, `%`, a new line…
    Mark(char),
}

impl Token {
    pub(crate) fn number(&self) -> Option<Decimal> {
        match self.kind {
            Kind::Number(number) => Some(number),
            _ => None,
        }
    }

    pub(crate) fn is_mark(&self, mark: char) -> bool {
        self.kind == Kind::Mark(mark)
    }

    pub(crate) fn is_word(&self) -> bool {
        self.kind == Kind::Word
    }

    /// Returns whether a clause ends here.
    pub(crate) fn divides(&self) -> bool {
        matches!(
            self.kind,
            Kind::Mark('.' | ',' | ';' | '?' | '!' | '\n' | ':' | '(' | ')' | '+')
        )
    }

    /// Returns whether a sentence ends here.
    pub(crate) fn ends_sentence(&self) -> bool {
        matches!(self.kind, Kind::Mark('.' | '?' | '!' | '\n' | ';'))
    }
}

/// Returns whether the text is surely as NFKC would make it: most of a chat is.
fn is_quick_nfkc(text: &str) -> bool {
    text.is_ascii() || unicode_normalization::is_nfkc_quick(text.chars()) == IsNormalized::Yes
}

/// Cuts `text` into tokens; numbers in words stay words until [`join_numbers`].
pub(crate) fn tokens_of(text: &str) -> Vec<Token> {
    let mut scan = Scan::default();
    if is_quick_nfkc(text) {
        text.chars().for_each(|letter| scan.take(letter));
    } else {
        text.nfkc().for_each(|letter| scan.take(letter));
    }
    scan.flush();
    scan.tokens
}

#[derive(Default)]
struct Scan {
    tokens: Vec<Token>,
    word: String,
    gap: bool,
    quoted: bool,
}

impl Scan {
    fn take(&mut self, letter: char) {
        match letter {
            'a'..='z' | 'A'..='Z' => self.grow(letter, true),
            '0'..='9' => self.grow(letter, false),
            '.' | ',' if self.in_number() => self.word.push(letter),
            '\'' | '’' | '´' | '`' if !self.word.is_empty() => {}
            // A 65" screen quotes nobody.
            '"' if !self.quoted && self.in_number() => {
                self.flush();
                self.push("inch".to_owned(), Kind::Word, false, false);
            }
            '"' | '“' | '”' | '«' | '»' | '„' => {
                self.flush();
                self.quoted = match letter {
                    '“' | '«' | '„' => true,
                    '”' | '»' => false,
                    _ => !self.quoted,
                };
                self.mark('"');
            }
            '\n' => {
                self.flush();
                self.quoted = false;
                self.mark('\n');
            }
            '…' => {
                self.flush();
                self.mark('.');
            }
            '$' | '€' | '£' | '¢' | '₲' | '.' | ',' | '?' | '!' | ';' | ':' | '+' | '%' | '/' | '=' | '('
            | ')' | '*' | '>' | '#' | '@' => {
                self.flush();
                self.mark(letter);
            }
            _ if letter.is_alphabetic() => self.grow(letter, true),
            _ if letter.is_numeric() => self.grow(letter, false),
            _ => {
                self.flush();
                self.face(letter);
                self.gap = true;
            }
        }
    }

    fn in_number(&self) -> bool {
        self.word.ends_with(|letter: char| letter.is_ascii_digit())
    }

    /// Adds a letter or digit; words and numbers never share a token.
    fn grow(&mut self, letter: char, alphabetic: bool) {
        let digits = self.word.starts_with(|first: char| first.is_ascii_digit());
        if !self.word.is_empty() && digits == alphabetic {
            self.flush();
        }
        self.word.push(letter);
    }

    fn flush(&mut self) {
        if self.word.is_empty() {
            return;
        }
        let word = std::mem::take(&mut self.word);
        if word.starts_with(|first: char| first.is_ascii_digit()) {
            self.number(&word);
        } else {
            let text = plain(&word);
            let accent = !word.is_ascii();
            let upper = word.chars().all(char::is_uppercase);
            let ends_stressed = word.ends_with(['á', 'é', 'í', 'ó', 'ú', 'Á', 'É', 'Í', 'Ó', 'Ú']);
            self.push(text, Kind::Word, upper, accent);
            if let Some(token) = self.tokens.last_mut() {
                token.ends_stressed = ends_stressed;
            }
        }
    }

    fn number(&mut self, word: &str) {
        let digits = word.trim_end_matches(['.', ',']);
        match number::decimal_from_digits(digits) {
            Some(decimal) => self.push(digits.to_owned(), Kind::Number(decimal), false, false),
            // Telephone and order numbers: words that name nothing.
            None => self.push(format!("n{digits}"), Kind::Word, false, false),
        }
        if let Some(mark) = word.get(digits.len()..).and_then(|rest| rest.chars().next()) {
            self.mark(mark);
        }
    }

    fn mark(&mut self, mark: char) {
        self.push(mark.to_string(), Kind::Mark(mark), false, false);
    }

    fn face(&mut self, letter: char) {
        let text = match letter {
            '👍' | '👌' | '✅' | '🤝' | '☑' | '✔' | '🆗' => ":ok:",
            '👎' | '❌' | '🚫' | '🙅' => ":no:",
            '😂' | '🤣' | '😆' | '😹' => ":laugh:",
            _ => return,
        };
        self.push(text.to_owned(), Kind::Word, false, false);
    }

    fn push(&mut self, text: String, kind: Kind, upper: bool, accent: bool) {
        if text.is_empty() {
            return;
        }
        self.tokens.push(Token {
            text,
            kind,
            upper,
            accent,
            ends_stressed: false,
            quoted: self.quoted && kind != Kind::Mark('"'),
            glued: !std::mem::take(&mut self.gap),
            money: false,
        });
    }
}

/// Returns the word in lower case, without accents, with drawn-out letters once: "siiii" is "si".
pub(crate) fn plain(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let (mut last, mut run) = (' ', 0);
    let mut take = |letter: char| {
        run = if letter == last { run + 1 } else { 1 };
        last = letter;
        match run {
            1 | 2 => out.push(letter),
            3 => {
                out.pop();
            }
            _ => {}
        }
    };
    if word.is_ascii() {
        word.chars().for_each(|letter| take(letter.to_ascii_lowercase()));
    } else {
        word.nfd()
            .filter(|letter| !is_accent(*letter))
            .flat_map(char::to_lowercase)
            .for_each(take);
    }
    out
}

fn is_accent(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}')
}

/// Writes abbreviations out, joins number words, and finds the currencies beside numbers.
pub(crate) fn join_numbers(tokens: &mut Vec<Token>, language: Language) {
    let mut after_digits = false;
    for at in 0..tokens.len() {
        let in_a_sign = begins_a_sign(tokens.get(at), tokens.get(at + 1));
        let Some(token) = tokens.get_mut(at) else { break };
        // In "1tb" the letters are a unit.
        let unit = std::mem::replace(&mut after_digits, token.number().is_some()) && token.glued;
        if !token.is_word() || unit || in_a_sign {
            continue;
        }
        if let Some(long) = written_out(&token.text, language) {
            long.clone_into(&mut token.text);
        }
    }
    spell(tokens, language);
    currencies(tokens);
    thousands(tokens);
}

/// "S/", "R$", "A$": the letter is neither a short word nor an article. "s/ cebola" is no yes either.
fn begins_a_sign(token: Option<&Token>, next: Option<&Token>) -> bool {
    let (Some(token), Some(next)) = (token, next) else {
        return false;
    };
    let is_letter = token.text.chars().count() == 1;
    let sign = next.is_mark('/') || next.is_mark('$');
    is_letter && next.glued && sign && (token.upper || token.text == "s" && next.is_mark('/'))
}

/// Turns number words into numbers, two at a time from the left.
fn spell(tokens: &mut Vec<Token>, language: Language) {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut rest = tokens.drain(..).peekable();
    while let Some(mut token) = rest.next() {
        let counts = token.is_word() && !begins_a_sign(Some(&token), rest.peek());
        let value = counts
            .then(|| number::value_of_word(&token.text, language))
            .flatten();
        let Some(value) = value else {
            out.push(token);
            continue;
        };
        if !join_with_previous(&mut out, value) {
            token.kind = Kind::Number(Decimal::whole(i64::from(value)));
            out.push(token);
        }
    }
    drop(rest);
    *tokens = out;
}

fn join_with_previous(out: &mut Vec<Token>, value: u32) -> bool {
    let joined = out
        .last()
        .is_some_and(|last| last.is_word() && number::joins(&last.text));
    let at = out.len().checked_sub(if joined { 2 } else { 1 });
    let Some(previous) = at.and_then(|at| out.get_mut(at)) else {
        return false;
    };
    let spelled = previous.text.chars().all(char::is_alphabetic);
    let left = previous.number().and_then(Decimal::as_whole);
    let Some(sum) = left
        .filter(|_| spelled || value == 1000)
        .and_then(|left| number::combine(left, value, joined))
    else {
        return false;
    };
    previous.kind = Kind::Number(Decimal::whole(i64::from(sum)));
    // "89 mil" is said of money alone.
    previous.money |= !spelled;
    if joined {
        out.pop();
    }
    true
}

/// "no, perdón, seis seis garrafones": what a correction says twice was meant once.
///
/// `is_named` tells whether the number at a place begins a name: "tres tres leches" are three cakes.
pub(crate) fn drop_repeated_numbers(tokens: &mut Vec<Token>, is_named: impl Fn(&[Token]) -> bool) {
    let is_repeated = |at: usize| {
        let spelled = |at: usize| {
            let token = tokens.get(at)?;
            let in_words = token.text.chars().all(char::is_alphabetic);
            token.number().filter(|_| in_words)
        };
        let (Some(first), Some(second)) = (at.checked_sub(1).and_then(spelled), spelled(at)) else {
            return false;
        };
        let before = tokens.iter().take(at - 1).rfind(|token| token.is_word());
        first == second
            && before.is_some_and(|word| corrects(&word.text))
            && !tokens.get(at..).is_some_and(&is_named)
    };
    let repeated: Vec<usize> = (0..tokens.len()).filter(|at| is_repeated(*at)).collect();
    for at in repeated.into_iter().rev() {
        tokens.remove(at);
    }
}

fn corrects(word: &str) -> bool {
    matches!(
        word,
        "perdon"
            | "perdona"
            | "perdone"
            | "digo"
            | "desculpa"
            | "desculpe"
            | "opa"
            | "ops"
            | "sorry"
            | "mean"
            | "oops"
    )
}

/// Marks numbers that stand beside a currency.
fn currencies(tokens: &mut [Token]) {
    for at in 0..tokens.len() {
        if tokens.get(at).and_then(Token::number).is_none() {
            continue;
        }
        let before = at.checked_sub(1).and_then(|before| tokens.get(before));
        let is_glued = tokens.get(at).is_some_and(|number| number.glued);
        // "Bs 10", "Gs. 55.000", "Q75": signs that are words.
        let is_word_sign = |token: &Token| {
            matches!(token.text.as_str(), "bs" | "gs") || token.text == "q" && token.upper && is_glued
        };
        let with_point = before.is_some_and(|mark| mark.is_mark('.'))
            && at
                .checked_sub(2)
                .and_then(|sign| tokens.get(sign))
                .is_some_and(|sign| matches!(sign.text.as_str(), "bs" | "gs"));
        let slash = before.is_some_and(|mark| mark.is_mark('/') || mark.is_mark('.'))
            && (2..=3).any(|back| {
                at.checked_sub(back)
                    .and_then(|sol| tokens.get(sol))
                    .is_some_and(|sol| sol.text == "s" && sol.upper)
            });
        let code = |token: &Token| token.is_word() && token.text.len() == 3 && !token.upper;
        let sign = before.is_some_and(|token| is_currency(token) && !code(token) || is_word_sign(token))
            || with_point
            || slash;
        // "a $75 deposit": that sign is the next number's.
        let is_next_ones = tokens.get(at + 1).is_some_and(|mark| !mark.is_word())
            && tokens.get(at + 2).is_some_and(|next| next.number().is_some());
        // "2 BOB ESPONJA": such a code is money's only before its number.
        let names_money = |token: &Token| is_currency(token) && !(token.is_word() && is_code(&token.text));
        let after = tokens.get(at + 1).is_some_and(names_money) && !is_next_ones
            || tokens
                .get(at + 1)
                .is_some_and(|mil| mil.text == "mil" || (mil.text == "k" && mil.glued))
                && tokens.get(at + 2).is_some_and(names_money);
        if let Some(token) = tokens.get_mut(at) {
            token.money |= sign || after;
        }
    }
}

fn is_currency(token: &Token) -> bool {
    match token.kind {
        Kind::Mark(mark) => matches!(mark, '$' | '€' | '£' | '¢' | '₲' | '₡' | '₦' | '₱' | '₹'),
        Kind::Word => is_currency_word(&token.text) || token.upper && is_code(&token.text),
        Kind::Number(_) => false,
    }
}

/// Codes that are words of their own in small letters, or nobody's.
fn is_code(word: &str) -> bool {
    matches!(
        word,
        "uyu" | "pyg" | "bob" | "crc" | "gtq" | "hnl" | "nio" | "pab" | "dop" | "cad" | "aud"
    )
}

/// Returns whether the word is a currency's name or code, or what people call it.
pub(crate) fn is_currency_word(word: &str) -> bool {
    matches!(
        word,
        "peso"
            | "pesos"
            | "pesitos"
            | "reais"
            | "real"
            | "dolar"
            | "dolares"
            | "dollar"
            | "dollars"
            | "bucks"
            | "buck"
            | "soles"
            | "euro"
            | "euros"
            | "libras"
            | "pounds"
            | "quid"
            | "varos"
            | "lucas"
            | "luca"
            | "conto"
            | "contos"
            | "usd"
            | "mxn"
            | "cop"
            | "brl"
            | "ars"
            | "clp"
            | "pen"
            | "eur"
            | "gbp"
            | "pila"
            | "pilas"
            | "guaranies"
            | "colones"
            | "quetzales"
            | "lempiras"
            | "bolivianos"
    )
}

/// Multiplies "89 mil", "89k" and "30 lucas" out.
fn thousands(tokens: &mut [Token]) {
    for at in 0..tokens.len() {
        let Some(next) = tokens.get(at + 1) else { break };
        let slang = matches!(next.text.as_str(), "lucas" | "luca");
        let times = slang || (next.text == "k" && next.glued) || (next.text == "mil");
        let Some(token) = tokens.get_mut(at) else { break };
        let Some(number) = token.number().filter(|_| times) else {
            continue;
        };
        if let Some(digits) = number
            .digits
            .checked_mul(1000)
            .filter(|_| number.digits < 100_000)
        {
            token.kind = Kind::Number(Decimal { digits, ..number });
            token.money = true;
        }
    }
}

/// Returns what an abbreviation of the chats stands for.
fn written_out(word: &str, language: Language) -> Option<&'static str> {
    use Language::{English, Portuguese, Spanish};
    Some(match (word, language) {
        ("q" | "k" | "ke", Spanish) | ("q", Portuguese) => "que",
        (
            "xfa" | "xfis" | "porfis" | "plis" | "plz" | "pls" | "pf" | "pfv" | "pfvr" | "porfavor" | "pofa"
            | "porfi" | "plox" | "pliss" | "plss" | "porfaa" | "xfavor",
            _,
        ) => "porfa",
        ("tb" | "tmb" | "tbn" | "tambn" | "tamb", Spanish) => "tambien",
        ("tb" | "tbm", Portuguese) => "tambem",
        ("n" | "naum" | "ñ" | "nn", Portuguese) => "nao",
        ("ss" | "s", Portuguese) => "sim",
        ("vc" | "ce" | "ocê", Portuguese) => "voce",
        ("mto" | "mt", Portuguese) => "muito",
        ("hj", Portuguese) => "hoje",
        ("vdd", Portuguese) => "verdade",
        ("td", Portuguese) => "tudo",
        ("qdo" | "qnd" | "qndo", Portuguese) => "quando",
        ("amn" | "amanhã", Portuguese) => "amanha",
        ("msm", Portuguese) => "mesmo",
        ("ctz", Portuguese) => "certeza",
        ("dsp" | "dps", Spanish) => "despues",
        ("mñn" | "mñna" | "mnn", Spanish) => "manana",
        ("aki", _) => "aqui",
        ("tmrw" | "tmr" | "2moro" | "tomoz", English) => "tomorrow",
        ("qnt" | "qnto" | "qto" | "qt" | "quantu", Portuguese) => "quanto",
        ("cto" | "cuanto" | "quanto" | "qnto", Spanish) => "cuanto",
        ("mandme" | "manadame" | "mandamee" | "mndame" | "mandam", _) => "mandame",
        ("pasme" | "psame", _) => "pasame",
        ("lnk" | "linck" | "likn" | "lik" | "linc" | "linkk" | "lin", _) => "link",
        ("u", English) => "you",
        ("ur", English) => "your",
        ("r", English) => "are",
        ("wanna", English) => "want",
        ("gonna", English) => "will",
        ("il" | "ilk", English) => "ill",
        ("k" | "kk", English) => "okay",
        ("tysm" | "thx" | "tnx" | "ty", _) => "thanks",
        ("kiero" | "qiero" | "quero", Spanish) => "quiero",
        ("nesecito" | "nececito" | "necesto", _) => "necesito",
        ("oc" | "oks" | "okas" | "okei", _) => "ok",
        ("cofirmo" | "comfirmo" | "conifrmo" | "confrmo", _) => "confirmo",
        ("dejemelo", _) => "dejamelo",
        ("grax" | "grasias" | "gracia" | "grcs" | "grs", _) => "gracias",
        ("obg" | "brigado" | "brigada" | "obgd", _) => "obrigado",
        ("conprar", _) => "comprar",
        ("ahi" | "hai", Spanish) => "ahi",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, language: Language) -> Vec<(String, bool)> {
        let mut tokens = tokens_of(text);
        join_numbers(&mut tokens, language);
        tokens
            .iter()
            .map(|token| {
                let text = token.number().map_or_else(|| token.text.clone(), Decimal::key);
                (text, token.money)
            })
            .collect()
    }

    fn numbers(text: &str, language: Language) -> Vec<String> {
        let mut tokens = tokens_of(text);
        join_numbers(&mut tokens, language);
        tokens
            .iter()
            .filter_map(Token::number)
            .map(Decimal::key)
            .collect()
    }

    #[test]
    fn money_is_known_by_the_currency_beside_it() {
        for text in ["$1,750", "R$ 1.750", "S/ 1750", "1750 pesos", "1.750,00 €"] {
            assert!(
                read(text, Language::Spanish).contains(&("1750".to_owned(), true)),
                "{text}"
            );
        }
        assert!(read("89 mil", Language::Spanish).contains(&("89000".to_owned(), true)));
        assert!(!read("talla 30", Language::Spanish).contains(&("30".to_owned(), true)));
    }

    #[test]
    fn what_only_looks_like_money_is_none() {
        assert_eq!(numbers("QUIERO DOS/TRES TORTAS", Language::Spanish), ["2", "3"]);
        assert!(read("QUIERO 2 BOB ESPONJA", Language::Spanish).contains(&("2".to_owned(), false)));
        assert!(read("BOB 45.00", Language::Spanish).contains(&("45".to_owned(), true)));
        let without = read("s/ cebola", Language::Portuguese);
        assert!(without.iter().all(|(word, _)| word != "sim"));
    }

    #[test]
    fn spelled_numbers_join() {
        assert_eq!(numbers("treinta y dos piezas", Language::Spanish), ["32"]);
        assert_eq!(numbers("vinte e cinco", Language::Portuguese), ["25"]);
        assert_eq!(numbers("una m y otra l", Language::Spanish), ["1"]);
        assert_eq!(numbers("dos mil quinientos", Language::Spanish), ["2500"]);
        assert_eq!(numbers("uno y uno", Language::Spanish), ["1", "1"]);
    }

    #[test]
    fn drawn_out_letters_and_accents_go() {
        assert_eq!(plain("Siiii"), "si");
        assert_eq!(plain("Quería"), "queria");
        assert_eq!(plain("cool"), "cool");
    }
}
