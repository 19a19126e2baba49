//! Stripe's client against a server of our own: what it sends, and what it makes of the answers.

mod contract;
mod events;
mod objects;
mod reading;
mod requests;
mod retries;
mod server;
