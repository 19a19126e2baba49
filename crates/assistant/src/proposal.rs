//! What the assistant proposes. A person, or the owner's rules, decide.

use cobro_stripe::Money;
use serde::Serialize;

use crate::read::Language;

/// What should be done next, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    pub decision: Decision,
    pub flags: Vec<Flag>,
    /// The messages that led here.
    pub evidence: Vec<Evidence>,
    /// How sure the rules are, from 0 to 100.
    pub confidence: u8,
    /// One sentence for the person who decides.
    pub why: String,
    pub language: Language,
}

impl Proposal {
    /// Returns the charge, if one is proposed.
    pub fn charge(&self) -> Option<&ProposedCharge> {
        match &self.decision {
            Decision::Charge(charge) => Some(charge),
            _ => None,
        }
    }

    pub fn is_handoff(&self) -> bool {
        matches!(self.decision, Decision::Handoff(_))
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// The customer agreed to this.
    Charge(ProposedCharge),
    /// Say the order back, so that the customer can agree; a draft, never sent by itself.
    Recap(String),
    /// Answer a question; a draft, never sent by itself.
    Reply(String),
    Nothing,
    /// A person must look.
    Handoff(HandoffReason),
}

/// A charge that Rust computed: prices from the catalog, or from the shop's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposedCharge {
    pub lines: Vec<ProposedLine>,
    pub discount: Money,
    pub total: Money,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposedLine {
    pub item: String,
    pub quantity: u32,
    pub unit_price: Money,
    /// The shop gave another price than the catalog's in this chat.
    pub special_price: bool,
}

/// Something the person should know beside the decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// The customer wrote card data into the chat.
    CardData,
    /// The customer claims a price that nobody here gave.
    PriceClaim,
    /// The text tries to speak for the shop or to instruct the program.
    PromptInjection,
    /// Part of it is charged again every period.
    Subscription,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HandoffReason {
    Complaint,
    PriceClaim,
    PromptInjection,
    Instalments,
    UnknownItem,
    Quantity,
    OtherCurrency,
    OtherRecipient,
    Unreadable,
    AbovePermittedTotal,
}

/// A message that a decision rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// Its place in the conversation, from 0.
    pub turn: usize,
    pub text: String,
}
