//! WhatsApp's refusals: what each means for the message, and what a person can do.

use std::time::Duration;

/// What follows from a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// Nothing was sent; the same may be tried again.
    Retry { after: Option<Duration> },
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
    Template,
    Registration,
    Media,
    /// We asked for something that WhatsApp does not take.
    Invalid,
}

/// A refusal in plain words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorWords {
    pub title: &'static str,
    pub advice: &'static str,
}

/// What came of a call that did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum WhatsAppError {
    /// Refused before the network: which limit, and the way out.
    #[error("{0}")]
    Invalid(String),
    /// No connection, or the answer was lost.
    #[error("WhatsApp can't be reached")]
    Network { sent: bool },
    /// The Graph API's own error.
    #[error("WhatsApp refused (code {code}): {title}", title = error_words(*.code).title)]
    Graph { code: i64, status: u16, retry_after: Option<Duration>, trace: Option<String> },
    /// An answer that is none of the Graph API's.
    #[error("WhatsApp answered with status {status}")]
    Status { status: u16 },
}

impl WhatsAppError {
    pub fn invalid(why: impl Into<String>) -> Self {
        Self::Invalid(why.into())
    }

    pub fn kind(&self) -> FailureKind {
        match self {
            Self::Invalid(_) => FailureKind::Invalid,
            Self::Network { sent: false } => FailureKind::Retry { after: None },
            Self::Network { sent: true } => FailureKind::Ambiguous,
            Self::Graph { code, status, retry_after, .. } => kind_of(*code, *status, *retry_after),
            Self::Status { status: 429 } => FailureKind::Retry { after: None },
            Self::Status { status: 401 | 403 } => FailureKind::Token,
            Self::Status { status } if *status >= 500 => FailureKind::Ambiguous,
            Self::Status { .. } => FailureKind::Invalid,
        }
    }

    /// Returns whether sending the same again can't help.
    pub fn is_permanent(&self) -> bool {
        !matches!(
            self.kind(),
            FailureKind::Retry { .. } | FailureKind::RetryRecipient | FailureKind::Ambiguous | FailureKind::Token
        )
    }

    /// Returns the code for "details".
    pub fn code_text(&self) -> String {
        match self {
            Self::Invalid(_) => "invalid".into(),
            Self::Network { .. } => "network".into(),
            Self::Graph { code, .. } => code.to_string(),
            Self::Status { status } => format!("http {status}"),
        }
    }

    pub fn title(&self) -> String {
        match self {
            Self::Invalid(_) => "WhatsApp would refuse this message".into(),
            Self::Network { .. } => "WhatsApp can't be reached".into(),
            Self::Graph { code, .. } => error_words(*code).title.into(),
            Self::Status { .. } => "WhatsApp answered with an error".into(),
        }
    }

    pub fn advice(&self) -> String {
        match self {
            Self::Invalid(why) => why.clone(),
            Self::Network { .. } => "Check the network. What is queued goes out by itself".into(),
            Self::Graph { code, .. } => error_words(*code).advice.into(),
            Self::Status { .. } => "Try again in a few minutes".into(),
        }
    }
}

/// Meta's own 4^n rule needs no hint; the other limits may carry one.
fn kind_of(code: i64, status: u16, after: Option<Duration>) -> FailureKind {
    match code {
        4 | 80007 | 130_429 => FailureKind::Retry { after },
        131_056 => FailureKind::RetryRecipient,
        1 | 2 | 131_000 | 131_016 | 131_057 | 133_004 => FailureKind::Ambiguous,
        131_047 => FailureKind::NeedsTemplate,
        131_026 | 131_048 | 131_049 | 131_050 | 131_051 | 131_021 | 130_472 | 130_497 | 131_062 => FailureKind::Never,
        0 | 190 | 3 | 10 | 200..=299 | 131_005 => FailureKind::Token,
        368 | 131_031 | 131_042 => FailureKind::Account,
        132_000..=132_999 => FailureKind::Template,
        133_000..=133_999 => FailureKind::Registration,
        131_052 | 131_053 => FailureKind::Media,
        _ if status == 429 => FailureKind::Retry { after },
        _ if status >= 500 => FailureKind::Ambiguous,
        _ => FailureKind::Invalid,
    }
}

/// Returns what an error code means and what to do, in plain words.
pub fn error_words(code: i64) -> ErrorWords {
    let (title, advice) = match code {
        4 | 80007 | 130_429 => ("Too many messages at once", "Cobro waits and sends it by itself"),
        131_056 => ("Too many messages to this customer", "Cobro waits and sends it by itself"),
        1 | 2 | 131_000 | 131_016 | 131_057 => (
            "WhatsApp had a fault",
            "It is not known whether the message left. Wait for its status, or send it again knowing that it may arrive twice",
        ),
        131_047 => (
            "The 24-hour window is closed",
            "The customer must write first, or send a template",
        ),
        131_026 => (
            "This number can't receive the message",
            "The customer may not use WhatsApp, has an old version, or has not accepted its terms. Reach them another way",
        ),
        131_048 => ("WhatsApp limits this number for spam", "Write only to customers who wrote first, and look at the quality in WhatsApp Manager"),
        131_049 => ("WhatsApp held this message back to keep the chat healthy", "Wait at least a day before you try again"),
        131_050 => ("The customer opted out of these messages", "Do not send it again; answer when they write"),
        131_051 => ("WhatsApp does not support this type of message", "Send it as text, or as another type"),
        131_021 => ("The recipient is this same number", "A number can't write to itself"),
        130_472 => ("The customer is part of a WhatsApp experiment", "The message can't be sent to them; wait until they write"),
        130_497 => ("This account may not write to that country", "See the account's restrictions in WhatsApp Manager"),
        131_062 => ("WhatsApp does not deliver to this customer", "Reach them another way"),
        0 | 190 => (
            "WhatsApp refused the access token",
            "It has expired or was withdrawn. Make a new system-user token and put it in the settings; what is queued goes out by itself",
        ),
        3 | 10 | 131_005 | 200..=299 => (
            "The access token lacks a permission",
            "Give it whatsapp_business_messaging and whatsapp_business_management; what is queued goes out by itself",
        ),
        368 | 131_031 => ("WhatsApp has locked this business account", "See the account in WhatsApp Manager; nothing is sent until it is unlocked"),
        131_042 => ("WhatsApp can't bill this account", "Mend the payment method in WhatsApp Manager"),
        132_000..=132_999 => ("WhatsApp refused the template", "Check its name, language and parameters, and whether it is approved"),
        133_004 => ("WhatsApp's servers are busy", "Try again in a few minutes"),
        133_000..=133_999 => ("The number is not registered", "Register it again with its PIN"),
        131_052 => ("The customer's file could not be fetched", "Ask the customer to send it again"),
        131_053 => ("The file could not be uploaded", "Check its type and size, and try again"),
        _ => ("WhatsApp refused the message", "The code is in the details; WhatsApp's documentation explains it"),
    };
    ErrorWords { title, advice }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(code: i64) -> FailureKind {
        WhatsAppError::Graph { code, status: 400, retry_after: None, trace: None }.kind()
    }

    #[test]
    fn every_code_of_the_table_has_its_behaviour_and_its_words() {
        let table: [(&[i64], FailureKind); 10] = [
            (&[4, 80007, 130_429], FailureKind::Retry { after: None }),
            (&[131_056], FailureKind::RetryRecipient),
            (&[1, 2, 131_000, 131_016, 131_057, 133_004], FailureKind::Ambiguous),
            (&[131_047], FailureKind::NeedsTemplate),
            (
                &[131_026, 131_048, 131_049, 131_050, 131_051, 131_021, 130_472, 130_497, 131_062],
                FailureKind::Never,
            ),
            (&[0, 190, 3, 10, 200, 299, 131_005], FailureKind::Token),
            (&[368, 131_031, 131_042], FailureKind::Account),
            (&[132_000, 132_001, 132_015], FailureKind::Template),
            (&[133_000, 133_010], FailureKind::Registration),
            (&[131_052, 131_053], FailureKind::Media),
        ];
        let unknown = error_words(-1);
        for (codes, kind) in table {
            for code in codes {
                assert_eq!(graph(*code), kind, "code {code}");
                assert_ne!(error_words(*code), unknown, "code {code} has words of its own");
            }
        }
    }

    #[test]
    fn an_answer_that_may_have_been_lost_is_never_repeated_blindly() {
        assert_eq!(WhatsAppError::Network { sent: true }.kind(), FailureKind::Ambiguous);
        assert_eq!(WhatsAppError::Status { status: 502 }.kind(), FailureKind::Ambiguous);
        assert_eq!(WhatsAppError::Network { sent: false }.kind(), FailureKind::Retry { after: None });
        assert!(!WhatsAppError::Network { sent: true }.is_permanent());
    }
}
