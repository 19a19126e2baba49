//! Stories of what arrives.

mod alerts;
mod contacts;
mod corpus;
mod customers;
mod history;
mod money;
mod reparse;
mod report;
mod search;
mod shop;
mod thread;
mod turns;
mod work;
