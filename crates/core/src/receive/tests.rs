//! Stories of what arrives.

mod alerts;
mod contacts;
mod history;
mod reparse;
mod shop;
mod thread;
