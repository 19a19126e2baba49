//! The sandbox as its clients meet it: over HTTP, with a small relay that takes the webhooks.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod chats;
mod coexistence;
mod connect;
mod control;
mod files;
mod program;
mod receiver;
mod shop;
mod templates;
mod whatsapp;
