//! What the core says of problems and of Meta's news, in the languages that its own English is not.
//!
//! `Words` and `AlertView` carry English, which is kept, logged and exported. What a person reads is looked
//! up by the code, here for notifications and with the same tables in the window. Why something was refused
//! has no code of its own: the window looks it up by the sentence.

mod alerts;
mod problems;
mod reasons;

use std::collections::BTreeMap;

use cobro_whatsapp::AlertWords;
use serde::Serialize;

use self::alerts::ALERTS;
use self::problems::PROBLEMS;
use self::reasons::{REASONS, Reason};
use super::Language;

/// Keys, then title and advice in Spanish and in Portuguese.
type Line = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

/// A title and an advice.
type Saying = [&'static str; 2];

/// What is said in a language: by code, and of Meta's news by field and event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Said {
    pub problems: BTreeMap<&'static str, Saying>,
    pub alerts: BTreeMap<&'static str, Saying>,
    pub reasons: BTreeMap<&'static str, &'static str>,
}

/// Returns everything that is said in Spanish and in Portuguese, for the window.
pub fn said() -> BTreeMap<&'static str, Said> {
    [Language::Es, Language::Pt]
        .into_iter()
        .map(|language| {
            let said = Said {
                problems: table(PROBLEMS, language),
                alerts: table(ALERTS, language),
                reasons: REASONS
                    .iter()
                    .map(|reason| (reason.0, reason_in(reason, language)))
                    .collect(),
            };
            (language.tag(), said)
        })
        .collect()
}

impl Language {
    /// Says what Meta told of a field.
    pub(crate) fn alert(self, field: &str, event: &str) -> AlertWords {
        let english = cobro_whatsapp::alert_words(field, event);
        if self == Self::En {
            return english;
        }
        let said = if event.parse::<i64>().is_ok() {
            PROBLEMS.iter().find(|line| names(line, event))
        } else {
            ALERTS
                .iter()
                .find(|line| keys(line).any(|key| key.eq_ignore_ascii_case(&format!("{field}.{event}"))))
                .or_else(|| {
                    ALERTS
                        .iter()
                        .find(|line| keys(line).any(|key| key == format!("{field}.*")))
                })
                .or_else(|| ALERTS.iter().find(|line| line.0 == "*.*"))
        };
        said.map_or(english, |line| {
            let [title, advice] = saying(line, self);
            AlertWords {
                title: title.replace("{event}", &event.replace('_', " ").to_lowercase()),
                advice: advice.to_owned(),
            }
        })
    }
}

fn table(lines: &'static [Line], language: Language) -> BTreeMap<&'static str, Saying> {
    lines
        .iter()
        .flat_map(|line| keys(line).map(move |key| (key, saying(line, language))))
        .collect()
}

fn saying(line: &Line, language: Language) -> Saying {
    match language {
        Language::Pt => [line.3, line.4],
        Language::Es | Language::En => [line.1, line.2],
    }
}

fn reason_in(reason: &Reason, language: Language) -> &'static str {
    match language {
        Language::Pt => reason.2,
        Language::Es | Language::En => reason.1,
    }
}

/// Returns the codes that a line is for; a title, which has a capital and blanks, is one key.
fn keys(line: &Line) -> impl Iterator<Item = &'static str> + use<> {
    let is_title = line.0.starts_with(|first: char| first.is_ascii_uppercase());
    let (title, codes) = if is_title {
        (Some(line.0), "")
    } else {
        (None, line.0)
    };
    title.into_iter().chain(codes.split_whitespace())
}

/// Returns whether a line is for a code of WhatsApp's, itself or within a range.
fn names(line: &Line, code: &str) -> bool {
    keys(line).any(|key| {
        key == code
            || key
                .split_once('-')
                .and_then(|(from, to)| Some(from.parse::<i64>().ok()?..=to.parse::<i64>().ok()?))
                .is_some_and(|range| code.parse().is_ok_and(|code: i64| range.contains(&code)))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::{Path, PathBuf};

    use cobro_stripe::StripeError;
    use cobro_whatsapp::{alert_keys, error_words};

    use super::*;

    fn is_said(key: &str) -> bool {
        PROBLEMS.iter().any(|line| names(line, key))
    }

    fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|end| end == "rs") {
                found.push(path);
            }
        }
    }

    /// Returns the first argument of each call, if it is a text or a constant of the same file.
    fn first_arguments(source: &str, call: &str) -> Vec<String> {
        let constant = |name: &str| {
            let start = source.find(&format!("const {name}: &str = \""))?;
            source[start..].split('"').nth(1).map(str::to_owned)
        };
        source
            .split(call)
            .skip(1)
            .filter_map(|rest| {
                let rest = rest.trim_start();
                match rest.strip_prefix('"') {
                    Some(text) => text.split('"').next().map(str::to_owned),
                    None => constant(rest.split([',', ')']).next()?.trim()),
                }
            })
            .collect()
    }

    #[test]
    fn every_code_that_the_core_makes_is_said_in_every_language() {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut files = Vec::new();
        for name in ["core", "desk"] {
            sources(&crates.join(name).join("src"), &mut files);
        }
        let mut codes = BTreeSet::new();
        for file in files.iter().filter(|file| !file.ends_with("tests.rs")) {
            let source = fs::read_to_string(file).unwrap();
            let code = source.split("#[cfg(test)]").next().unwrap();
            for call in ["Words::new(", "HeardProblem::new("] {
                codes.extend(first_arguments(code, call));
            }
        }
        codes.extend(["receipt_not_sent", "failure_not_told"].map(str::to_owned));
        assert!(codes.len() > 40, "the scan finds too little: {codes:?}");
        let missing: Vec<_> = codes.iter().filter(|code| !is_said(code)).collect();
        assert!(
            missing.is_empty(),
            "without words in Spanish and Portuguese: {missing:?}"
        );
    }

    /// Returns a format string as its sentence is looked up: `{}` where something is filled in.
    fn sentence(format: &str) -> String {
        let format = format.replace("\\\"", "\"");
        let mut letters = format.chars().peekable();
        let mut sentence = String::new();
        while let Some(letter) = letters.next() {
            match letter {
                '{' | '}' if letters.next_if_eq(&letter).is_some() => sentence.push(letter),
                '{' => {
                    letters.by_ref().take_while(|inner| *inner != '}').for_each(drop);
                    sentence.push_str("{}");
                }
                _ => sentence.push(letter),
            }
        }
        sentence
    }

    /// What a call is given: its sentence, through `format!` or not, or `None` if that is made elsewhere.
    fn sentences(source: &str, call: &str) -> Vec<String> {
        source
            .split(call)
            .skip(1)
            .filter_map(|rest| {
                let rest = rest.trim_start();
                let (rest, is_format) = match rest.strip_prefix("format!(") {
                    Some(inner) => (inner.trim_start(), true),
                    None => (rest, false),
                };
                let text = rest.strip_prefix('"')?;
                let end = text.replace("\\\"", "..").find('"')?;
                Some(if is_format || call == "#[error(" {
                    sentence(&text[..end])
                } else {
                    text[..end].to_owned()
                })
            })
            .collect()
    }

    /// Where core says in its own sentence why something is refused.
    const REFUSALS: [&str; 14] = [
        "Error::Invalid(",
        "Error::Conflict(",
        "Error::NoLinkTemplate(",
        "DeskError::Setting(",
        "WhatsAppError::invalid(",
        "CommandError::notifications(",
        "refused(",
        "refuse(",
        "Cost::Nothing(",
        "Cost::Unfit(",
        "rule(",
        "all_differ(",
        "const GONE: &str =",
        "const ON_ITS_WAY: &str =",
    ];

    #[test]
    fn every_reason_of_a_refusal_is_said_in_every_language() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
        let mut files = Vec::new();
        for folder in [
            "crates/core/src",
            "crates/desk/src",
            "crates/voice/src",
            "crates/whatsapp/src",
            "src-tauri",
        ] {
            sources(&root.join(folder), &mut files);
        }
        let mut reasons = BTreeSet::new();
        for file in files {
            let path = file.display().to_string();
            if path.ends_with("tests.rs") || path.contains("/tests/") || path.contains("words/said") {
                continue;
            }
            let source = fs::read_to_string(&file).unwrap();
            let code = source.split("#[cfg(test)]").next().unwrap();
            for call in REFUSALS {
                reasons.extend(sentences(code, call));
            }
            if path.ends_with("desk/src/error.rs") || path.ends_with("voice/src/error.rs") {
                reasons.extend(sentences(code, "#[error("));
            }
        }
        // A problem's title and advice, which have lines of their own, and what stands for a whole sentence.
        for made_elsewhere in ["{}. {}", "{}", "{}: {}"] {
            reasons.remove(made_elsewhere);
        }
        assert!(
            reasons.len() > 220,
            "the scan finds too little: {}",
            reasons.len()
        );
        let said: BTreeSet<_> = REASONS.iter().map(|reason| reason.0).collect();
        let missing: Vec<_> = reasons
            .iter()
            .filter(|reason| !said.contains(reason.as_str()))
            .collect();
        assert!(missing.is_empty(), "English in every language: {missing:#?}");
    }

    #[test]
    fn every_reason_says_all_that_was_filled_in() {
        let mut once = BTreeSet::new();
        for reason in REASONS {
            assert!(once.insert(reason.0), "twice: {}", reason.0);
            let places = reason.0.matches("{}").count();
            for text in [reason.1, reason.2] {
                assert!(!text.is_empty() && !text.ends_with('.'), "{}", reason.0);
                for place in 0..places {
                    let is_said =
                        text.contains(&format!("{{{place}}}")) || text.contains(&format!("{{~{place}}}"));
                    assert!(is_said, "{{{place}}} is lost in {text:?}");
                }
                let beyond = [format!("{{{places}}}"), format!("{{~{places}}}")];
                assert!(!beyond.iter().any(|place| text.contains(place)), "{text:?}");
            }
        }
    }

    #[test]
    fn every_code_of_whatsapp_is_said_as_finely_as_in_english() {
        let unknown = error_words(-1);
        let generic = PROBLEMS.iter().find(|line| line.0 == "0-9999999").unwrap();
        for code in (0..300).chain([80_007, 2_593_109]).chain(130_000..134_000) {
            let line = PROBLEMS
                .iter()
                .find(|line| names(line, &code.to_string()))
                .unwrap();
            assert_eq!(line == generic, error_words(code) == unknown, "code {code}");
        }
    }

    #[test]
    fn every_event_of_metas_is_said() {
        let said: BTreeSet<_> = ALERTS.iter().flat_map(keys).collect();
        let known: BTreeSet<_> = alert_keys().collect();
        let missing: Vec<_> = known.iter().filter(|key| !said.contains(key.as_str())).collect();
        assert!(missing.is_empty(), "{missing:?}");
        let gone: Vec<_> = said
            .iter()
            .filter(|key| **key != "*.*" && !known.contains(**key))
            .collect();
        assert!(gone.is_empty(), "said and never told: {gone:?}");
    }

    #[test]
    fn each_of_stripes_refusals_is_said_by_its_title_or_code() {
        let api = |status| StripeError::Api {
            status,
            code: Some("never_heard_of".into()),
            decline_code: None,
            param: None,
            message: "No".into(),
            request_id: None,
        };
        for error in [500, 402, 404, 409, 400].map(api) {
            assert!(is_said(&error.title()), "{}", error.title());
        }
    }

    #[test]
    fn no_key_stands_twice_and_every_line_is_whole() {
        for lines in [PROBLEMS, ALERTS] {
            let all: Vec<_> = lines.iter().flat_map(keys).collect();
            let once: BTreeSet<_> = all.iter().collect();
            assert_eq!(all.len(), once.len());
            for line in lines {
                assert!(!line.1.is_empty() && !line.3.is_empty(), "{}", line.0);
                assert_eq!(line.2.is_empty(), line.4.is_empty(), "{}", line.0);
                assert!(
                    [line.1, line.2, line.3, line.4]
                        .iter()
                        .all(|text| !text.ends_with('.')),
                    "{}",
                    line.0
                );
            }
        }
    }

    #[test]
    fn a_notification_speaks_the_shops_language() {
        assert_eq!(
            Language::Es.alert("account_update", "PARTNER_REMOVED").title,
            "El número se desconectó de Cobro"
        );
        assert_eq!(
            Language::Pt.alert("account_update", "BRAND_NEW").title,
            "A Meta avisa de uma mudança na conta: brand new"
        );
        assert_eq!(
            Language::Es.alert("messages", "131042").title,
            "WhatsApp no puede cobrarle a esta cuenta"
        );
        assert_eq!(
            Language::En.alert("account_update", "PARTNER_REMOVED"),
            cobro_whatsapp::alert_words("account_update", "PARTNER_REMOVED")
        );
    }
}
