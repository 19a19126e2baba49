//! Why a desk can't open: each in a sentence that says what to do.

use std::net::SocketAddr;
use std::path::PathBuf;

use cobro_core::ErrorCode;
use cobro_relay::RelayError;

#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    #[error("{file}: {what}", file = .file.display())]
    Settings { file: PathBuf, what: String },
    #[error("{0}")]
    Setting(String),
    #[error(
        "This profile is in use by another desk (process {pid}). Close that one, or start this one with another --profile"
    )]
    ProfileInUse { pid: String },
    #[error("The profile folder {folder} can't be used: {why}. Check that it exists, is yours and is not read-only", folder = .folder.display())]
    Folder { folder: PathBuf, why: std::io::Error },
    #[error("Port {port} is taken by another program. Close it, or set another address in relay.listen (COBRO_RELAY_LISTEN)", port = .0.port())]
    PortTaken(SocketAddr),
    #[error(
        "The system keychain can't be used: {0}. Unlock it and start again; on a machine without one give COBRO_DATABASE_KEY or database.key_file. Cobro never keeps an unencrypted database"
    )]
    Keychain(String),
    #[error(
        "The system keychain can't be used: {0}. What was typed was not kept. Unlock the keychain and save again; on a machine without one give it in the environment (COBRO_WHATSAPP_TOKEN, COBRO_WHATSAPP_APP_SECRET, COBRO_STRIPE_KEY) and start Cobro again"
    )]
    CredentialsNotKept(String),
    #[error(
        "The database key is wrong. Give the key that this profile was made with; without it the history can't be read"
    )]
    WrongKey,
    #[error("This profile has no database yet. Start a desk on it once, with the window or `cobro agent`")]
    NoDatabase,
    #[error(
        "The key of this profile is missing from the keychain, and the profile already has a database. Restore the key, or give it in COBRO_DATABASE_KEY"
    )]
    KeyMissing,
    #[error(
        "The {0} is damaged. Keep a copy of the profile folder, then restore the newest backup. What customers write meanwhile waits at WhatsApp and Stripe, which repeat it for days"
    )]
    Damaged(&'static str),
    #[error("The disk is full. Free some space and start again; nothing that was received is lost")]
    DiskFull,
    /// Either a wrong key or a damaged journal; the desk knows which.
    #[error("The relay's journal does not open with this key")]
    JournalKey,
    #[error(transparent)]
    Core(cobro_core::Error),
    #[error("The relay inside this desk could not start: {0}")]
    Relay(String),
    #[error("{0:#}")]
    Other(#[from] anyhow::Error),
}

impl DeskError {
    /// Returns whether the cause is known already; a full disk shows itself in many ways.
    pub(crate) fn is_specific(&self) -> bool {
        !matches!(
            self,
            Self::Core(cobro_core::Error::Other(_)) | Self::Folder { .. } | Self::Relay(_) | Self::Other(_)
        )
    }

    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Settings { .. } | Self::Setting(_) => ErrorCode::Settings,
            Self::ProfileInUse { .. } => ErrorCode::ProfileInUse,
            Self::PortTaken(_) => ErrorCode::PortTaken,
            Self::Keychain(_) | Self::CredentialsNotKept(_) | Self::KeyMissing => ErrorCode::Keychain,
            Self::WrongKey | Self::JournalKey => ErrorCode::WrongKey,
            Self::Damaged(_) => ErrorCode::Damaged,
            Self::DiskFull => ErrorCode::DiskFull,
            Self::Core(error) => error.code(),
            Self::NoDatabase | Self::Folder { .. } | Self::Relay(_) | Self::Other(_) => ErrorCode::Internal,
        }
    }
}

impl From<cobro_core::Error> for DeskError {
    fn from(error: cobro_core::Error) -> Self {
        match error {
            cobro_core::Error::WrongKey => Self::WrongKey,
            cobro_core::Error::Damaged => Self::Damaged("database"),
            cobro_core::Error::DiskFull => Self::DiskFull,
            other => Self::Core(other),
        }
    }
}

impl From<RelayError> for DeskError {
    fn from(error: RelayError) -> Self {
        match error {
            RelayError::PortTaken { addr } => Self::PortTaken(addr),
            RelayError::JournalKey { .. } => Self::JournalKey,
            RelayError::JournalDamaged { .. } => Self::Damaged("relay's journal"),
            RelayError::DiskFull { .. } => Self::DiskFull,
            other => Self::Relay(other.to_string()),
        }
    }
}
