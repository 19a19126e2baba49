//! WhatsApp's refusals: what each means for the message, and what a person can do.

use std::time::Duration;

use crate::error_words;

/// What follows from a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// Nothing was sent; the same may be tried again.
    Retry {
        /// How long WhatsApp asks to wait, where it says so.
        after: Option<Duration>,
    },
    /// Only this recipient must wait.
    RetryRecipient,
    /// It may or may not have been sent. Only the status webhook tells.
    Ambiguous,
    /// The 24-hour window is closed: only a template goes through.
    NeedsTemplate,
    /// This message will never go through.
    Never,
    /// The token or one of its permissions.
    Token,
    /// The business account.
    Account,
    /// The template: its name, its parameters, or whether Meta approved it.
    Template,
    /// The number is not registered, or can't be.
    Registration,
    /// The file.
    Media,
    /// We asked for something that WhatsApp does not take.
    Invalid,
}

/// What came of a call that did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum WhatsAppError {
    /// Refused before the network: which limit, and the way out.
    #[error("{0}")]
    Invalid(String),
    /// No connection, or the answer was lost.
    #[error("WhatsApp can't be reached")]
    Network {
        /// Whether it may have arrived all the same.
        sent: bool,
    },
    /// The Graph API's own error.
    #[error("WhatsApp refused (code {code}): {title}", title = error_words(*.code).title)]
    Graph {
        /// Meta's code; [`error_words`] says it in plain words.
        code: i64,
        /// Narrows the code, mostly of calls that send nothing.
        subcode: Option<i64>,
        /// Of the answer.
        status: u16,
        /// What WhatsApp says beyond the code.
        details: Option<Box<str>>,
        /// How long to wait, where WhatsApp says so.
        retry_after: Option<Duration>,
        /// WhatsApp's name for the call, which its support asks for.
        trace: Option<Box<str>>,
    },
    /// A refusal that is none of the Graph API's.
    #[error("WhatsApp answered with status {status}")]
    Status {
        /// Of the answer.
        status: u16,
        /// How long to wait, where the answer says so.
        retry_after: Option<Duration>,
    },
    /// It was accepted, but the answer can't be read.
    #[error("WhatsApp's answer could not be read")]
    Unreadable,
}

impl WhatsAppError {
    /// Returns the refusal of something that WhatsApp would refuse: which field, which rule, which way out.
    pub fn invalid(why: impl Into<String>) -> Self {
        Self::Invalid(why.into())
    }

    /// Returns what follows from it.
    pub fn kind(&self) -> FailureKind {
        match self {
            Self::Invalid(_) => FailureKind::Invalid,
            Self::Network { sent: false } => FailureKind::Retry { after: None },
            Self::Network { sent: true } | Self::Unreadable => FailureKind::Ambiguous,
            Self::Graph {
                code,
                status,
                retry_after,
                ..
            } => kind_of(*code, *status, *retry_after),
            Self::Status { status, retry_after } => match status {
                429 => FailureKind::Retry { after: *retry_after },
                401 | 403 => FailureKind::Token,
                500.. => FailureKind::Ambiguous,
                _ => FailureKind::Invalid,
            },
        }
    }

    /// Returns whether sending the same again can't help.
    pub fn is_permanent(&self) -> bool {
        !matches!(
            self.kind(),
            FailureKind::Retry { .. }
                | FailureKind::RetryRecipient
                | FailureKind::Ambiguous
                | FailureKind::Token
        )
    }

    /// Returns the code for "details".
    pub fn code_text(&self) -> String {
        match self {
            Self::Invalid(_) => "invalid".into(),
            Self::Network { .. } => "network".into(),
            Self::Graph { code, .. } => code.to_string(),
            Self::Status { status, .. } => format!("http {status}"),
            Self::Unreadable => "unreadable_answer".into(),
        }
    }

    /// Returns what happened.
    pub fn title(&self) -> String {
        match self {
            Self::Invalid(_) => "WhatsApp would refuse this message".into(),
            Self::Network { sent: false } => "WhatsApp can't be reached".into(),
            Self::Network { sent: true } | Self::Unreadable => "WhatsApp's answer was lost".into(),
            Self::Graph { code, .. } => error_words(*code).title.into(),
            Self::Status { .. } => "WhatsApp answered with an error".into(),
        }
    }

    /// Returns what to do about it.
    pub fn advice(&self) -> String {
        match self {
            Self::Invalid(why) => why.clone(),
            Self::Network { sent: false } => {
                "Check the network. What is queued goes out by itself".into()
            }
            Self::Network { sent: true } | Self::Unreadable => {
                "It may have been sent. Wait for its status, or send it again knowing that it may arrive twice".into()
            }
            Self::Graph { code, details: Some(details), .. } if self.kind() == FailureKind::Invalid => {
                format!("{}. WhatsApp says: {details}", error_words(*code).advice)
            }
            Self::Graph { code, .. } => error_words(*code).advice.into(),
            Self::Status { .. } => "Try again in a few minutes".into(),
        }
    }
}

/// Returns what follows from a code, wherever it is told: in an answer, a status or a webhook.
pub fn failure_kind(code: i64) -> FailureKind {
    kind_of(code, 400, None)
}

/// Meta's own 4^n rule needs no hint; the other limits may carry one.
fn kind_of(code: i64, status: u16, after: Option<Duration>) -> FailureKind {
    match code {
        4 | 80007 | 130_429 => FailureKind::Retry { after },
        131_056 => FailureKind::RetryRecipient,
        1 | 2 | 131_000 | 131_016 | 131_057 | 133_004 => FailureKind::Ambiguous,
        131_047 => FailureKind::NeedsTemplate,
        131_026 | 131_048 | 131_049 | 131_050 | 131_051 | 131_021 | 130_472 | 130_497 | 131_062 => {
            FailureKind::Never
        }
        0 | 190 | 3 | 10 | 200..=299 | 131_005 => FailureKind::Token,
        368 | 131_031 | 131_037 | 131_042 => FailureKind::Account,
        132_000..=132_999 => FailureKind::Template,
        131_045 | 133_000..=133_999 => FailureKind::Registration,
        131_052 | 131_053 => FailureKind::Media,
        _ if status == 429 => FailureKind::Retry { after },
        _ if status >= 500 => FailureKind::Ambiguous,
        _ => FailureKind::Invalid,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(code: i64, status: u16) -> WhatsAppError {
        WhatsAppError::Graph {
            code,
            subcode: None,
            status,
            details: None,
            retry_after: None,
            trace: None,
        }
    }

    #[test]
    fn every_code_of_the_table_has_its_behaviour_and_its_words() {
        let table: [(&[i64], FailureKind); 10] = [
            (&[4, 80007, 130_429], FailureKind::Retry { after: None }),
            (&[131_056], FailureKind::RetryRecipient),
            (
                &[1, 2, 131_000, 131_016, 131_057, 133_004],
                FailureKind::Ambiguous,
            ),
            (&[131_047], FailureKind::NeedsTemplate),
            (
                &[
                    131_026, 131_048, 131_049, 131_050, 131_051, 131_021, 130_472, 130_497, 131_062,
                ],
                FailureKind::Never,
            ),
            (&[0, 190, 3, 10, 200, 250, 299, 131_005], FailureKind::Token),
            (&[368, 131_031, 131_037, 131_042], FailureKind::Account),
            (&[132_000, 132_001, 132_015, 132_999], FailureKind::Template),
            (&[131_045, 133_000, 133_005, 133_010], FailureKind::Registration),
            (&[131_052, 131_053], FailureKind::Media),
        ];
        let unknown = error_words(-1);
        for (codes, kind) in table {
            for code in codes {
                assert_eq!(graph(*code, 400).kind(), kind, "code {code}");
                assert_ne!(error_words(*code), unknown, "code {code} has words of its own");
            }
        }
    }

    #[test]
    fn a_code_that_is_not_known_goes_by_its_status() {
        assert_eq!(graph(999_999, 400).kind(), FailureKind::Invalid);
        assert_eq!(graph(999_999, 503).kind(), FailureKind::Ambiguous);
        assert_eq!(graph(999_999, 429).kind(), FailureKind::Retry { after: None });
    }

    #[test]
    fn an_answer_that_may_have_been_lost_is_never_repeated_blindly() {
        let bad_gateway = WhatsAppError::Status {
            status: 502,
            retry_after: None,
        };
        for error in [
            WhatsAppError::Network { sent: true },
            bad_gateway,
            WhatsAppError::Unreadable,
        ] {
            assert_eq!(error.kind(), FailureKind::Ambiguous, "{error}");
            assert!(!error.is_permanent(), "{error}");
        }
        assert_eq!(
            WhatsAppError::Network { sent: false }.kind(),
            FailureKind::Retry { after: None }
        );
    }

    #[test]
    fn only_waiting_and_a_new_token_can_help_a_message_that_was_refused() {
        for code in [4, 131_056, 131_000, 190] {
            assert!(!graph(code, 400).is_permanent(), "{code}");
        }
        for code in [131_026, 131_047, 368, 132_000, 133_010, 131_053, 100] {
            assert!(graph(code, 400).is_permanent(), "{code}");
        }
    }
}
