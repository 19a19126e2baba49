//! Errors that a caller treats differently; the rest is `Other`.

use cobro_stripe::StripeError;
use cobro_whatsapp::WhatsAppError;
use serde::Serialize;
use specta::Type;

use crate::domain::Words;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What the window branches on. It never branches on text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ErrorCode {
    NotReady,
    Invalid,
    NotFound,
    WindowClosed,
    Offline,
    Stripe,
    WhatsApp,
    Conflict,
    WrongKey,
    Damaged,
    DiskFull,
    ProfileInUse,
    PortTaken,
    Keychain,
    Settings,
    Internal,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A person gave something that can't be used: which field, which rule, the way out.
    #[error("{0}")]
    Invalid(String),
    #[error("{0} was not found. It may have been removed; go back to the list and open it again")]
    NotFound(&'static str),
    #[error(
        "The customer last wrote more than 24 hours ago. The customer must write first, or send a template"
    )]
    WindowClosed,
    /// A link can't go as a template either: why, and the way out.
    #[error("{0}")]
    NoLinkTemplate(String),
    #[error("{0}")]
    Conflict(String),
    /// What stands in the way is a problem with a code and words of its own.
    #[error("{}. {}", .0.title, .0.advice)]
    Refused(Words),
    #[error("{0} is not set up. Add it to cobro.toml or the environment and start Cobro again")]
    NotConfigured(&'static str),
    #[error(
        "The database key is wrong. Give the key that this profile was made with; without it the history can't be read"
    )]
    WrongKey,
    #[error(
        "The database is damaged. Quit Cobro, keep a copy of the profile folder, and restore the newest backup; new messages wait in the relay meanwhile"
    )]
    Damaged,
    #[error(
        "The disk is full. Free some space; Cobro goes on by itself and nothing that was received is lost"
    )]
    DiskFull,
    #[error(transparent)]
    Stripe(#[from] StripeError),
    #[error(transparent)]
    WhatsApp(#[from] WhatsAppError),
    #[error("{}", .0)]
    Other(#[from] anyhow::Error),
}

impl Error {
    /// Returns whether nothing can be written at all, whatever is tried.
    pub(crate) fn is_of_the_disk(&self) -> bool {
        matches!(self, Self::DiskFull | Self::Damaged)
    }

    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Invalid(_) => ErrorCode::Invalid,
            Self::NotFound(_) => ErrorCode::NotFound,
            Self::WindowClosed | Self::NoLinkTemplate(_) => ErrorCode::WindowClosed,
            Self::Conflict(_) | Self::Refused(_) => ErrorCode::Conflict,
            Self::NotConfigured(_) => ErrorCode::Settings,
            Self::WrongKey => ErrorCode::WrongKey,
            Self::Damaged => ErrorCode::Damaged,
            Self::DiskFull => ErrorCode::DiskFull,
            Self::Stripe(StripeError::Network { .. }) => ErrorCode::Offline,
            Self::Stripe(_) => ErrorCode::Stripe,
            Self::WhatsApp(_) => ErrorCode::WhatsApp,
            Self::Other(_) => ErrorCode::Internal,
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Sqlite;
        match error.sqlite_error_code() {
            Some(Sqlite::DiskFull) => Self::DiskFull,
            Some(Sqlite::DatabaseCorrupt | Sqlite::NotADatabase) => Self::Damaged,
            _ => Self::Other(anyhow::Error::new(error).context("The database refused a statement")),
        }
    }
}
