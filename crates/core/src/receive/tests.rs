//! Stories of what arrives.

mod alerts;
mod contacts;
mod corpus;
mod customers;
mod history;
mod reparse;
mod search;
mod shop;
mod thread;
mod work;
