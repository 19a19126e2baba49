//! WhatsApp's client against a server of our own, and its webhooks against documented payloads.

mod client;
mod corpus;
mod lenient;
mod messages;
mod server;
