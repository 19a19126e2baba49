//! The only thing with a public address: verifies, masks, journals, answers, streams.
//!
//! A webhook's way: the signature is checked on the raw bytes, card numbers are
//! masked, the body is appended durably to the journal, and only then is it
//! answered 200. The relay never interprets what it keeps. Desks read it in
//! order over a WebSocket. TLS is the work of the proxy or tunnel before it.

mod body;
mod counts;
mod desks;
mod error;
mod health;
mod ingress;
mod journal;
mod options;
mod relay;
mod retention;
mod routes;
mod server;
mod stream;

pub use error::RelayError;
pub use journal::{Appended, Entry, Journal, JournalError, SqliteJournal};
pub use options::{JournalKey, RelayOptions};
pub use relay::{Locksmith, Relay};
