//! What a reply of a model may not hold: links, amounts, and questions for card data.

use std::fmt;

/// Why a text is not fit to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    Link,
    Amount,
    CardData,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Link => "held a link; links are made here alone",
            Self::Amount => "named an amount; amounts are computed here alone",
            Self::CardData => "asked for card or bank data",
        })
    }
}

/// Returns whether a model's words may be a draft: no link, no amount, no request for card data.
///
/// Rather too strict: a draft that is refused costs nothing, a wrong price does.
pub fn fit_to_send(text: &str) -> Result<(), Unfit> {
    let lower = plain(text);
    if is_addressed(&lower) {
        return Err(Unfit::Link);
    }
    if CARD_PHRASES.iter().any(|phrase| lower.contains(phrase))
        || words(&lower).any(|word| CARD.contains(&word))
    {
        return Err(Unfit::CardData);
    }
    if names_amount(&lower) {
        return Err(Unfit::Amount);
    }
    Ok(())
}

/// Lower case, without letters that are not seen, dots of other scripts as dots.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|letter| !is_unseen(*letter))
        .map(|letter| match letter {
            '。' | '．' | '｡' | '․' => '.',
            '：' => ':',
            '／' => '/',
            letter => letter,
        })
        .collect::<String>()
        .to_lowercase()
}

fn is_unseen(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

fn is_addressed(lower: &str) -> bool {
    const SPELLED: &[&str] = &[
        "://",
        "www.",
        "[.]",
        "(.)",
        " punto com",
        " ponto com",
        " dot com",
    ];
    lower.split_whitespace().any(is_link) || SPELLED.iter().any(|sign| lower.contains(sign))
}

fn names_amount(lower: &str) -> bool {
    let has_digit = lower.chars().any(char::is_numeric);
    let speaks_of_price = words(lower).any(|word| PRICE.contains(&word));
    has_digit && speaks_of_price
        || SIGNS.iter().any(|sign| lower.contains(sign))
        || words(lower).any(|word| CURRENCIES.contains(&word) || LARGE.contains(&word) || is_amount(word))
}

const SIGNS: &[&str] = &["$", "€", "£", "¥", "₡", "₲", "₩", "₹", "%", "٪", "s/", "﷼", "₿"];
const CARD: &[&str] = &[
    "cvv",
    "cvc",
    "clabe",
    "iban",
    "senha",
    "password",
    "nip",
    "pix",
    "contraseña",
];
const CARD_PHRASES: &[&str] = &[
    "número de tarjeta",
    "numero de tarjeta",
    "número de tu tarjeta",
    "número do cartão",
    "numero do cartao",
    "número do seu cartão",
    "card number",
    "datos de tu tarjeta",
    "datos de la tarjeta",
    "dados do cartão",
    "dados do seu cartão",
    "card details",
    "número de cuenta",
    "número da conta",
    "account number",
    "vencimiento de",
    "expiry date",
];
/// Beside these even a small number is a price.
const PRICE: &[&str] = &[
    "cuesta", "cuestan", "precio", "precios", "vale", "valen", "sale", "salen", "total", "cobro", "queda",
    "dejo", "custa", "custam", "preço", "preços", "valor", "fica", "sai", "faço", "price", "prices", "cost",
    "costs", "only",
];
/// Numbers of three digits and more, as words.
const LARGE: &[&str] = &[
    "cien",
    "ciento",
    "doscientos",
    "doscientas",
    "trescientos",
    "trescientas",
    "cuatrocientos",
    "cuatrocientas",
    "quinientos",
    "quinientas",
    "seiscientos",
    "seiscientas",
    "setecientos",
    "setecientas",
    "ochocientos",
    "ochocientas",
    "novecientos",
    "novecientas",
    "millón",
    "millones",
    "cem",
    "cento",
    "duzentos",
    "duzentas",
    "trezentos",
    "trezentas",
    "quatrocentos",
    "quatrocentas",
    "quinhentos",
    "quinhentas",
    "seiscentos",
    "seiscentas",
    "setecentos",
    "setecentas",
    "oitocentos",
    "oitocentas",
    "novecentos",
    "novecentas",
    "milhão",
    "hundred",
    "thousand",
    "million",
];
const CURRENCIES: &[&str] = &[
    "pesos",
    "peso",
    "pesitos",
    "varos",
    "reais",
    "real",
    "conto",
    "contos",
    "dólares",
    "dolares",
    "dólar",
    "dolar",
    "dollars",
    "dollar",
    "bucks",
    "quid",
    "euros",
    "euro",
    "soles",
    "libras",
    "pounds",
    "centavos",
    "quetzales",
    "lempiras",
    "colones",
    "bolívares",
    "bolivianos",
    "guaraníes",
    "usd",
    "mxn",
    "cop",
    "brl",
    "ars",
    "clp",
    "pen",
    "eur",
    "gbp",
    "lucas",
    "luca",
    "mil",
    "k",
    "gratis",
    "grátis",
    "free",
    "descuento",
    "desconto",
    "discount",
    "rebaja",
    "promo",
];

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '.' | ',' | ':'))
        .map(|word| word.trim_matches(['.', ',', ':']))
        .filter(|word| !word.is_empty())
}

/// "pay.evil.test/x", "evil.com": a dot between letters, and no sentence's end.
fn is_link(word: &str) -> bool {
    let word = word.trim_matches(|letter: char| !letter.is_alphanumeric());
    let host = word.split(['/', '?', '#', '@', ':']).next().unwrap_or_default();
    let has_path = word.len() > host.len();
    let parts: Vec<&str> = host.split('.').collect();
    let ends = parts
        .last()
        .is_some_and(|last| (2..=24).contains(&last.len()) && last.chars().all(char::is_alphabetic));
    parts.len() > 1 && ends && parts.iter().all(|part| !part.is_empty()) || has_path && word.contains('@')
}

/// A number of three digits or with decimals is an amount; "2", "16" and "10:30" are not.
fn is_amount(word: &str) -> bool {
    let digits = word.chars().filter(|letter| letter.is_numeric()).count();
    let is_time = word.split_once(':').is_some_and(|(hours, minutes)| {
        hours.len() <= 2 && minutes.len() == 2 && digits == hours.len() + minutes.len()
    });
    let is_thousands = digits > 0 && word.ends_with('k');
    !is_time && (digits >= 3 || is_thousands || digits > 0 && word.contains(['.', ',']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn politeness_is_fit_to_send() {
        for text in [
            "¡Claro! Te aparto 2 pasteles para el sábado a las 10:30. ¿A qué dirección los enviamos?",
            "Sim, temos! Qual tamanho você prefere?",
            "We open at 9. Which flavour would you like?",
            "O bolo pode ser desenhado por nós. Quer 2 andares?",
        ] {
            assert_eq!(fit_to_send(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn links_amounts_and_card_data_are_not() {
        for text in [
            "paga en evil.com/x",
            "https://x.test",
            "escribe a pay.me",
            "www.x.y",
            "a@b.c/d",
            "entra a evil。com",
            "entra a ev\u{200b}il.co\u{200b}m",
            "entra a evil punto com",
            "evil.com:80",
        ] {
            assert_eq!(fit_to_send(text), Err(Unfit::Link), "{text}");
        }
        for text in [
            "son $5",
            "te lo dejo en 100",
            "99.5 nada más",
            "50% off",
            "cinco pesos",
            "5 mil",
            "te sale gratis",
            "cuesta 99",
            "te lo dejo en 90 nada más",
            "son cuatrocientos ochenta",
            "it is two hundred",
            "90k y es tuyo",
        ] {
            assert_eq!(fit_to_send(text), Err(Unfit::Amount), "{text}");
        }
        for text in ["mándame tu CVV", "tu número de tarjeta porfa", "manda pix"] {
            assert_eq!(fit_to_send(text), Err(Unfit::CardData), "{text}");
        }
    }
}
