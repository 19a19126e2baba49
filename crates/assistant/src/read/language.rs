//! Which of the three languages a conversation is in.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use serde::Serialize;

/// A language that proposals are read and written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Language {
    #[serde(rename = "es")]
    Spanish,
    #[serde(rename = "pt")]
    Portuguese,
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// Returns the two-letter code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Spanish => "es",
            Self::Portuguese => "pt",
            Self::English => "en",
        }
    }
}

/// Words that only one of the three languages writes, as chats write them.
const SPANISH: &str = " el los las una unos hola buenas tardes quiero tienes tiene hay pero y con cuanto cuesta \
    porfa gracias mandame pasame ese esa muy del al donde esta estan son serian dame me lo la te le por favor si ya \
    ok tienen cuesta seria quieres confirmas listo envio claro buenos dias noches ";
const PORTUGUESE: &str = " o os um uma uns oi ola bom boa tarde quero tem voce vc vcs nao mas e com quanto custa \
    obrigado obrigada manda esse essa muito do da no na dos das onde ta sao seria me por favor sim ja pra pro pfv \
    fica posso fechou fechado entrega temos fazem dia noite tudo qual ";
const ENGLISH: &str = " the a an hi hello hey want have has but and with how much please thanks send that this very of \
    where is are would me my i you do does can could for yes no it its in any im ill dozen one two to get ";

/// The languages that each word votes for.
static VOTES: LazyLock<FxHashMap<&'static str, [u32; 3]>> = LazyLock::new(|| {
    let lists = [
        (SPANISH, [1, 0, 0]),
        (PORTUGUESE, [0, 1, 0]),
        (ENGLISH, [0, 0, 1]),
    ];
    let mut votes: FxHashMap<&'static str, [u32; 3]> = FxHashMap::default();
    for (list, vote) in lists {
        for word in list.split_whitespace() {
            let known = votes.entry(word).or_default();
            for (known, more) in known.iter_mut().zip(vote) {
                *known = more.max(*known);
            }
        }
    }
    votes
});

/// Returns the language of the words, weighing own words above the model's guess.
///
/// `whichlang` reads whole threads well and short ones badly, and knows
/// languages nobody asked about here: its vote counts as three words.
pub(crate) fn language_of<'a>(
    text: &str,
    words: impl Iterator<Item = &'a str>,
    prior: Option<Language>,
) -> Language {
    // The shop's own language weighs as two words.
    let mut score = match prior {
        Some(Language::Spanish) => [2, 0, 0],
        Some(Language::Portuguese) => [0, 2, 0],
        Some(Language::English) => [0, 0, 2],
        None => [0_u32; 3],
    };
    for word in words {
        let votes = VOTES.get(word).copied().unwrap_or_default();
        for (points, vote) in score.iter_mut().zip(votes) {
            *points += vote;
        }
    }
    let [spanish, portuguese, english] = &mut score;
    match whichlang::detect_language(text) {
        whichlang::Lang::Spa => *spanish += 3,
        whichlang::Lang::Por => *portuguese += 3,
        whichlang::Lang::Eng => *english += 3,
        _ => {}
    }
    for letter in text.chars() {
        match letter {
            'ã' | 'õ' | 'ç' | 'ê' | 'ô' | 'â' => *portuguese += 2,
            'ñ' | '¿' | '¡' => *spanish += 2,
            _ => {}
        }
    }
    if spanish >= portuguese && spanish >= english {
        Language::Spanish
    } else if portuguese >= english {
        Language::Portuguese
    } else {
        Language::English
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Language {
        let words = text.to_lowercase();
        language_of(text, words.split_whitespace(), None)
    }

    #[test]
    fn short_chats_are_told_apart() {
        assert_eq!(read("hola me das una gelatina porfa"), Language::Spanish);
        assert_eq!(read("oi quero um bolo pra sabado"), Language::Portuguese);
        assert_eq!(read("hi do you have the cake"), Language::English);
        assert_eq!(read("não, obrigada"), Language::Portuguese);
    }
}
