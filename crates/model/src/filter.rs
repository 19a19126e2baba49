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
    let lower = text.to_lowercase();
    if lower.split_whitespace().any(is_link) || lower.contains("://") || lower.contains("www.") {
        return Err(Unfit::Link);
    }
    if CARD.iter().any(|word| lower.contains(word)) {
        return Err(Unfit::CardData);
    }
    if SIGNS.iter().any(|sign| lower.contains(sign)) || words(&lower).any(is_amount) {
        return Err(Unfit::Amount);
    }
    Ok(())
}

const SIGNS: &[&str] = &["$", "€", "£", "¥", "₡", "₲", "%", "s/", "﷼", "₿"];
const CARD: &[&str] = &[
    "cvv",
    "cvc",
    "clabe",
    "iban",
    "número de tarjeta",
    "numero de tarjeta",
    "número do cartão",
    "numero do cartao",
    "card number",
    "datos de tu tarjeta",
    "dados do cartão",
    "card details",
    "vencimiento de",
    "expiry date",
    "contraseña",
    "senha",
    "password",
    "nip",
    "pix",
];
const CURRENCIES: &[&str] = &[
    "pesos",
    "peso",
    "reais",
    "real",
    "dólares",
    "dolares",
    "dólar",
    "dolar",
    "dollars",
    "dollar",
    "bucks",
    "euros",
    "euro",
    "soles",
    "libras",
    "pounds",
    "usd",
    "mxn",
    "cop",
    "brl",
    "ars",
    "clp",
    "eur",
    "gbp",
    "lucas",
    "mil",
    "gratis",
    "grátis",
    "free",
    "descuento",
    "desconto",
    "discount",
];

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '.' | ',' | ':'))
        .map(|word| word.trim_matches(['.', ',', ':']))
        .filter(|word| !word.is_empty())
}

/// "pay.evil.test/x", "evil.com": a dot between letters, and no sentence's end.
fn is_link(word: &str) -> bool {
    let word = word.trim_matches(|letter: char| !letter.is_alphanumeric());
    let host = word.split(['/', '?', '#', '@']).next().unwrap_or_default();
    let has_path = word.len() > host.len();
    let parts: Vec<&str> = host.split('.').collect();
    let ends = parts
        .last()
        .is_some_and(|last| (2..=24).contains(&last.len()) && last.chars().all(char::is_alphabetic));
    parts.len() > 1 && ends && parts.iter().all(|part| !part.is_empty()) || has_path && word.contains('@')
}

/// A number of three digits or with decimals is an amount; "2", "16" and "10:30" are not.
fn is_amount(word: &str) -> bool {
    if CURRENCIES.contains(&word) {
        return true;
    }
    let digits = word.chars().filter(|letter| letter.is_numeric()).count();
    let is_time = word.split_once(':').is_some_and(|(hours, minutes)| {
        hours.len() <= 2 && minutes.len() == 2 && digits == hours.len() + minutes.len()
    });
    !is_time && (digits >= 3 || digits > 0 && word.contains(['.', ',']))
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
        ] {
            assert_eq!(fit_to_send(text), Err(Unfit::Amount), "{text}");
        }
        for text in ["mándame tu CVV", "tu número de tarjeta porfa", "manda pix"] {
            assert_eq!(fit_to_send(text), Err(Unfit::CardData), "{text}");
        }
    }
}
