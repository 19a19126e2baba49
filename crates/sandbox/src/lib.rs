//! WhatsApp with simulated customers, and Stripe with a pay page.

// Stripe's objects are long for `json!`.
#![recursion_limit = "256"]

mod clock;
mod control;
mod customer;
mod faults;
mod handshake;
mod house;
mod journal;
mod model;
mod options;
mod sandbox;
mod script;
mod serve;
pub mod stripe;
mod webhooks;
mod whatsapp;

pub use clock::Clock;
pub use customer::Customer;
pub use faults::{Endpoint, Fault, Faults, Hit, Kind, WebhookFaults};
pub use handshake::Handshake;
pub use journal::{Asked, Side};
pub use model::{ModelMode, SandboxModel};
pub use options::SandboxOptions;
pub use sandbox::Sandbox;
pub use script::Script;
pub(crate) use serve::hang_up;
pub use webhooks::{Acknowledged, Letter, QueueReport, Source, Webhooks};
pub use whatsapp::{
    Author, Bubble, Button, Choice, CustomerReport, File, HistoryEntry, HistoryPlan, HistoryReport, Limits,
    Reaction, Sent, Status, TemplateState, WhatsAppOptions,
};
