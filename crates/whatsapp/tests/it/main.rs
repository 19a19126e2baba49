//! WhatsApp's client against a server of our own, and its webhooks against documented payloads.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod account;
mod client;
mod contents;
mod corpus;
mod drafts;
mod files;
mod lenient;
mod messages;
mod news;
mod server;
mod templates;
