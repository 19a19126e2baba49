//! Reads a conversation with the shop's catalog and proposes what to do next.
//!
//! Pure and deterministic: no network, no clock, no model. The customer's text
//! is data that can only select from the catalog; it never moves a price, a
//! discount, a currency or a recipient. What is not certain is said back to
//! the customer, or left to a person: a wrong charge costs trust and money, a
//! missed one costs a click.

mod cart;
mod catalog;
mod consent;
mod conversation;
mod counting;
mod customer;
mod decide;
mod dialogue;
pub mod eval;
mod grant;
mod guards;
mod index;
mod mention;
mod order;
mod price;
mod proposal;
mod read;
mod reply;
mod residue;
mod rules;
mod said;
mod shop;
mod vocabulary;
pub mod wire;

pub use cart::cart_stands;
pub use catalog::{Catalog, CatalogError, Item};
pub use conversation::{Conversation, KnownCharge, KnownState, Order, OrderLine, PastOrder, Role, Turn};
pub use decide::{propose, trace};
pub use proposal::{
    Decision, Evidence, Flag, HandoffReason, Proposal, ProposedCharge, ProposedLine, Step, StepLine, Why,
};
pub use read::Language;
pub use rules::{Answers, Cut, DiscountRule, Faq, Rules};
