//! Stories of what arrives.

mod alerts;
mod contacts;
mod corpus;
mod history;
mod reparse;
mod shop;
mod thread;
