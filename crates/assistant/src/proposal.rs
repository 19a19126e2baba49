//! What the assistant proposes. A person, or the owner's rules, decide.

use cobro_stripe::Money;
use serde::{Deserialize, Serialize};
use specta::Type;

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
    /// For the person who decides.
    pub why: Vec<Why>,
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

    /// Returns why, as one sentence in English.
    pub fn sentence(&self) -> String {
        let parts: Vec<&str> = self.why.iter().map(|reason| reason.as_str()).collect();
        parts.join("; ")
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
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
    /// What the catalog has no item for.
    Deposit,
    /// Half now, or any amount that is not the total.
    PartPayment,
    UnknownItem,
    Quantity,
    OtherCurrency,
    OtherRecipient,
    Unreadable,
    AbovePermittedTotal,
    /// Advice, papers, a custom order, or a talk with somebody.
    NeedsPerson,
}

/// Where the conversation stood after one message.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The message's place in the conversation, from 0.
    pub turn: usize,
    pub order: Vec<StepLine>,
    pub agreed: Option<Why>,
    pub doubt: Option<Why>,
    pub price: Option<Why>,
    pub decision: Decision,
    pub why: Vec<Why>,
}

/// Something that was spoken of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepLine {
    /// More than one while an option is missing.
    pub items: Vec<String>,
    pub quantity: Option<u32>,
    /// Wanted, or only asked about.
    pub wanted: bool,
}

/// A message that a decision rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// Its place in the conversation, from 0.
    pub turn: usize,
    pub text: String,
}

/// One step of the way to a decision. The window says each in its own language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Why {
    SaysPaid,
    LinkOutNewOrder,
    LinkOut,
    QuestionPending,
    Wavers,
    ChangedAfterConsent,
    Unsure,
    /// What was said beside the agreement.
    NotUnderstood,
    AmountUnexplained,
    Unsettled,
    ExtraOpen,
    Many,
    PriceUnsaid,
    WordsDiffer,
    PaysForUnknown,
    NoItem,
    OptionMissing,
    QuantityUnclear,
    TooMany,
    Unavailable,
    TotalTooHigh,
    DiscountUnclear,
    ShopWroteLast,
    Cancelled,
    Later,
    Waits,
    PaysOtherwise,
    Conditional,
    Asks,
    Chose,
    NothingSaid,
    AsksToPay,
    TakesIt,
    SaidYes,
    TotalSaid,
    PricesSaid,
    CatalogPriced,
    Injection,
    Complains,
    OtherCurrency,
    OtherRecipient,
    ClaimsPrice,
    Instalments,
    Deposit,
    PaysPart,
    Unreadable,
    WantsUnknown,
    WantsUnknownOption,
    PaidDone,
    PaidAsks,
    Paid,
    /// A cart of WhatsApp's, by the prices that it shows.
    CartPriced,
    CartDiffers,
    ModelDiffers,
    /// Something is paid once and something comes again, or in another rhythm.
    RhythmsDiffer,
    /// What was taken off would come off every time.
    DiscountComesAgain,
    /// Advice, papers, a custom order, or a talk with somebody.
    NeedsPerson,
}

impl Why {
    /// Returns the reason in English, for files and terminals.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SaysPaid => "The customer says it is paid; only Stripe can tell",
            Self::LinkOutNewOrder => "A link is already out; say the new order back first",
            Self::LinkOut => "A link is already out for this order",
            Self::QuestionPending => "The shop's question is not answered yet",
            Self::Wavers => "The customer agreed before, and now says no to something",
            Self::ChangedAfterConsent => "The customer changed the order after asking to pay",
            Self::NotUnderstood => "Part of what the customer said with it was not understood",
            Self::Unsure => "The customer does not sound sure",
            Self::AmountUnexplained => "The shop named an amount that the order does not explain",
            Self::ExtraOpen => "The shop offered something on top that the customer neither took nor refused",
            Self::Unsettled => "Something about the order is open until its total is said",
            Self::Many => "So many are said back first",
            Self::PriceUnsaid => "The customer agreed, but no price was said for this order",
            Self::WordsDiffer => "The customer's words are not quite the catalog's",
            Self::PaysForUnknown => "The customer wants to pay for something that is not in the catalog",
            Self::NoItem => "No item was chosen",
            Self::OptionMissing => "An option is missing",
            Self::QuantityUnclear => "How many is not clear",
            Self::TooMany => "More than the owner's rules let through",
            Self::Unavailable => "An item can't be sold today",
            Self::TotalTooHigh => "The total is more than the owner's rules let through",
            Self::DiscountUnclear => "The discount can't be computed from what was said",
            Self::ShopWroteLast => "The shop wrote last",
            Self::Cancelled => "The customer does not want it any more",
            Self::Later => "The customer decides later",
            Self::Waits => "The customer asks to wait",
            Self::PaysOtherwise => "The customer pays another way",
            Self::Conditional => "The customer would agree under a condition",
            Self::Asks => "The customer asks",
            Self::Chose => "The customer chose, and has not agreed to a total",
            Self::NothingSaid => "Nothing was agreed or asked",
            Self::AsksToPay => "The customer asks to pay",
            Self::TakesIt => "The customer takes it",
            Self::SaidYes => "The customer said yes to the shop's question",
            Self::TotalSaid => "the shop said this total",
            Self::PricesSaid => "the shop said these prices",
            Self::CatalogPriced => "the order is unambiguous and priced by the catalog",
            Self::Injection => "The text speaks for the shop or gives orders to the program",
            Self::Complains => "The customer complains or wants money back",
            Self::OtherCurrency => "The customer wants to pay in another currency",
            Self::OtherRecipient => "The customer names another recipient for the money",
            Self::ClaimsPrice => "The customer names a price that neither the catalog nor the shop gave",
            Self::Instalments => "Instalments that the catalog does not offer",
            Self::Deposit => "The customer asks about a deposit, and the catalog has none",
            Self::PaysPart => "The customer wants to pay a part, or an amount that is not the total",
            Self::Unreadable => "The customer sent something that can't be read here",
            Self::WantsUnknown => "The customer wants something that is not in the catalog",
            Self::WantsUnknownOption => {
                "The customer wants a size, colour or model that the catalog does not have"
            }
            Self::PaidDone => "It is paid, and everything was said",
            Self::PaidAsks => "It is paid, and the customer asks",
            Self::Paid => "It is paid",
            Self::CartPriced => "The customer sent a cart; its prices are those that WhatsApp shows",
            Self::CartDiffers => "The cart shows another price than the catalog",
            Self::ModelDiffers => "The model reads the conversation another way",
            Self::RhythmsDiffer => "Some of it is paid once and some comes again: charge them apart",
            Self::NeedsPerson => "The customer asks for something that only a person can answer",
            Self::DiscountComesAgain => "The price that was given would hold for every payment",
        }
    }
}
