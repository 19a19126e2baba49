//! What relay and desk say to each other, and what must happen to text before it is kept.

pub mod cards;
mod envelope;
mod server_clock;
mod stream;
mod timestamp;

pub use envelope::{Envelope, Seq, Source};
pub use server_clock::ServerClock;
pub use stream::{FromDesk, FromRelay, JournalId};
pub use timestamp::Timestamp;
