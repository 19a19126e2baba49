//! What went wrong, in words that say what to do.

use serde::Serialize;
use specta::Type;

use super::Timestamp;

/// A failure in plain words; the code is for "details".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Words {
    pub code: String,
    pub title: String,
    pub advice: String,
}

impl Words {
    pub fn new(code: impl Into<String>, title: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            title: title.into(),
            advice: advice.into(),
        }
    }
}

/// Something that needs a person, shown in Health until it is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// Names what is broken, so that the same trouble is one problem.
    pub id: String,
    pub code: String,
    pub title: String,
    pub advice: String,
    pub since: Timestamp,
    pub count: u32,
}

/// An envelope that could not be understood. It is kept whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EnvelopeProblem {
    #[specta(type = f64)]
    pub seq: i64,
    pub source: String,
    pub received_at: Timestamp,
    pub error: String,
}
