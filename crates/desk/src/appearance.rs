//! How the window looks and speaks, and which part of the list it shows: choices of the profile, kept beside the
//! database, since they are needed before that is open.

use cobro_core::Language;
use cobro_core::domain::Tab;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{DeskError, Profile};

const FILE: &str = "appearance.json";

/// The look and the language of the window, and the list's tab. What nobody chose is the system's, or all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct Appearance {
    pub theme: Theme,
    pub language: Option<Language>,
    pub tab: Option<Tab>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Theme {
    /// As the system, also when that changes.
    #[default]
    System,
    Light,
    Dark,
}

impl Profile {
    /// Returns what was chosen on this profile. What can't be read is as if never chosen: it keeps nobody out.
    pub fn appearance(&self) -> Appearance {
        let Ok(text) = std::fs::read_to_string(self.folder().join(FILE)) else {
            return Appearance::default();
        };
        serde_json::from_str(&text).unwrap_or_else(|error| {
            tracing::warn!(%error, "{FILE} of the profile can't be read; the system's look and language are used");
            Appearance::default()
        })
    }

    /// Keeps what a person chose.
    pub fn keep_appearance(&self, appearance: Appearance) -> Result<(), DeskError> {
        let text = serde_json::to_string(&appearance).map_err(anyhow::Error::new)?;
        self.write_whole(&self.folder().join(FILE), &text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_profiles_keep_a_look_a_language_and_a_tab_each() {
        let home = tempfile::tempdir().unwrap();
        let [shop, other] = ["shop", "other"].map(|name| Profile::at(&home.path().join(name)).unwrap());
        let dark = Appearance {
            theme: Theme::Dark,
            language: Some(Language::Pt),
            tab: Some(Tab::Awaiting),
        };
        shop.keep_appearance(dark).unwrap();
        assert_eq!(Profile::at(shop.folder()).unwrap().appearance(), dark);
        assert_eq!(other.appearance(), Appearance::default());
    }

    #[test]
    fn a_file_that_says_nothing_of_use_keeps_nobody_out() {
        let home = tempfile::tempdir().unwrap();
        let profile = Profile::at(home.path()).unwrap();
        for text in ["", "{", "{\"theme\":\"purple\"}"] {
            std::fs::write(home.path().join(FILE), text).unwrap();
            assert_eq!(profile.appearance(), Appearance::default(), "{text}");
        }
        std::fs::write(home.path().join(FILE), "{\"language\":\"en\",\"later\":1}").unwrap();
        let kept = profile.appearance();
        assert_eq!((kept.theme, kept.language), (Theme::System, Some(Language::En)));
    }
}
