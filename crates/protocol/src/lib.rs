//! What relay and desk say to each other, and what must happen to text before it is kept.

pub mod cards;
mod envelope;
mod stream;
mod timestamp;

pub use envelope::{Envelope, Seq, Source};
pub use stream::{FromDesk, FromRelay, JournalId};
pub use timestamp::Timestamp;
