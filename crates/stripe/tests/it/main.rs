//! Stripe's client against a server of our own: what it sends, and what it makes of the answers.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod contract;
mod events;
mod objects;
mod reading;
mod requests;
mod retries;
mod sandbox;
mod server;
