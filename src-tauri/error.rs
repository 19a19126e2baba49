//! How errors cross to the window: a code to branch on, a sentence to show.

use std::fmt::Display;

use cobro_core::{Error, ErrorCode};
use cobro_desk::DeskError;
use cobro_voice::VoiceError;
use serde::Serialize;
use specta::Type;

/// What the window branches on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum Code {
    Core(ErrorCode),
    Shell(ShellCode),
}

/// What fails in the shell alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ShellCode {
    Notifications,
    Microphone,
}

/// Why a command did not do what was asked.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CommandError {
    #[specta(type = String)]
    pub(crate) code: Code,
    /// One plain sentence that says what to do.
    pub(crate) message: String,
    /// For whoever looks behind it.
    pub(crate) details: Option<String>,
}

impl CommandError {
    pub(crate) fn not_ready() -> Self {
        Self {
            code: Code::Core(ErrorCode::NotReady),
            message: "Cobro is still starting. Try again in a moment".into(),
            details: None,
        }
    }

    /// Says why the system shows no notifications.
    pub(crate) fn notifications(why: String) -> Self {
        Self {
            code: Code::Shell(ShellCode::Notifications),
            message: why,
            details: None,
        }
    }
}

impl From<Error> for CommandError {
    fn from(error: Error) -> Self {
        let (message, details) = match &error {
            Error::Stripe(refused) => (
                advised(refused.title(), refused.advice()),
                Some(refused.code_text()),
            ),
            Error::WhatsApp(refused) => (
                advised(refused.title(), refused.advice()),
                Some(refused.code_text()),
            ),
            Error::Refused(words) => (error.to_string(), Some(words.code.clone())),
            Error::Other(inner) => (error.to_string(), causes(inner)),
            _ => (error.to_string(), None),
        };
        let failed = Self {
            code: Code::Core(error.code()),
            message,
            details,
        };
        if failed.code == Code::Core(ErrorCode::Internal) {
            tracing::error!(
                message = failed.message,
                details = failed.details,
                "A command failed"
            );
        }
        failed
    }
}

impl From<VoiceError> for CommandError {
    fn from(error: VoiceError) -> Self {
        Self {
            code: Code::Shell(ShellCode::Microphone),
            message: error.to_string(),
            details: None,
        }
    }
}

impl From<DeskError> for CommandError {
    fn from(error: DeskError) -> Self {
        let error = match error {
            // Core's own errors say more than one sentence.
            DeskError::Core(error) => return error.into(),
            error => error,
        };
        let details = match &error {
            DeskError::Other(inner) => causes(inner),
            _ => None,
        };
        Self {
            code: Code::Core(error.code()),
            message: error.to_string(),
            details,
        }
    }
}

fn advised(title: impl Display, advice: impl Display) -> String {
    format!("{title}. {advice}")
}

/// Returns what lies behind an error's own sentence.
fn causes(error: &anyhow::Error) -> Option<String> {
    let causes: Vec<_> = error.chain().skip(1).map(ToString::to_string).collect();
    (!causes.is_empty()).then(|| causes.join(": "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_behind_an_error_stays_behind_details() {
        let error = anyhow::anyhow!("disk I/O error").context("The database refused a statement");
        let crossed = CommandError::from(Error::Other(error));
        assert_eq!(crossed.code, Code::Core(ErrorCode::Internal));
        assert_eq!(crossed.message, "The database refused a statement");
        assert_eq!(crossed.details.as_deref(), Some("disk I/O error"));
    }

    #[test]
    fn a_problem_crosses_with_its_code_for_whoever_says_it_in_another_language() {
        let words = cobro_core::domain::Words::new("nothing_paid", "No money has come", "Cancel it");
        let crossed = CommandError::from(Error::Refused(words));
        assert_eq!(crossed.message, "No money has come. Cancel it");
        assert_eq!(crossed.details.as_deref(), Some("nothing_paid"));
    }

    #[test]
    fn the_window_branches_on_a_code_and_shows_the_cores_sentence() {
        let crossed = serde_json::to_value(CommandError::from(Error::WindowClosed)).unwrap();
        assert_eq!(crossed["code"], "windowClosed");
        assert_eq!(crossed["message"], Error::WindowClosed.to_string());
        assert!(crossed["details"].is_null());
    }
}
