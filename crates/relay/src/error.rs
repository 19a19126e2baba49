//! Why a relay could not start, told apart by what helps.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::JournalError;

/// Why a relay could not start.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    #[error("Address {addr} is taken by another program: stop it, or choose another with COBRO_RELAY_LISTEN")]
    PortTaken { addr: SocketAddr },
    #[error(
        "Journal {} does not open with this key, or is not a journal: give the key it was made with (COBRO_RELAY_KEY)",
        path.display()
    )]
    JournalKey { path: PathBuf },
    #[error(
        "Journal {} is damaged ({reason}): put a backup in its place, or move it away to start a new one",
        path.display()
    )]
    JournalDamaged { path: PathBuf, reason: String },
    #[error("Journal {} is in use by another relay: stop that one, or choose another file", path.display())]
    JournalInUse { path: PathBuf },
    #[error("The disk that holds {} is full: free some space and start again", path.display())]
    DiskFull { path: PathBuf },
    #[error("{setting} {rule}")]
    Options {
        setting: &'static str,
        rule: &'static str,
    },
    #[error("{what}: {reason}")]
    Io { what: String, reason: String },
}

impl RelayError {
    pub(crate) fn from_journal(error: JournalError, path: &Path) -> Self {
        let path = path.to_owned();
        match error {
            JournalError::Key => Self::JournalKey { path },
            JournalError::Damaged { reason } => Self::JournalDamaged { path, reason },
            JournalError::InUse => Self::JournalInUse { path },
            JournalError::Full => Self::DiskFull { path },
            JournalError::Closed => Self::Io {
                what: format!("Journal {} could not be opened", path.display()),
                reason: "its writer ended".to_owned(),
            },
            JournalError::Failed { reason } => Self::Io {
                what: format!("Journal {} could not be opened", path.display()),
                reason,
            },
        }
    }

    pub(crate) fn from_bind(error: &std::io::Error, addr: SocketAddr) -> Self {
        match error.kind() {
            std::io::ErrorKind::AddrInUse => Self::PortTaken { addr },
            _ => Self::Io {
                what: format!("Address {addr} could not be opened"),
                reason: error.to_string(),
            },
        }
    }
}
