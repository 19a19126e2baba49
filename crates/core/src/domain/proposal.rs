//! What the assistant proposes, and what its owner allows it.

pub use cobro_assistant::{Flag, Why};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{ChargeId, ChosenOption, ConversationId, MessageId, Money, ProductId, Recurring, Timestamp};
use crate::{Error, Result};

/// Answers and questions of the shop's own; longer ones are no chat.
const ANSWER_LIMIT: usize = 1000;
const FAQ_LIMIT: usize = 100;
const DISCOUNTS_LIMIT: usize = 50;

/// What kind of step is proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ProposalKind {
    /// The customer agreed: one key charges.
    Charge,
    /// It looks like a charge, and something speaks against it: a person decides.
    Question,
    /// Say the order back; a draft.
    Recap,
    /// Answer; a draft.
    Reply,
    /// A person should look.
    Handoff,
}

impl ProposalKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Charge => "charge",
            Self::Question => "question",
            Self::Recap => "recap",
            Self::Reply => "reply",
            Self::Handoff => "handoff",
        }
    }
}

/// What the assistant would do next in a conversation. A person decides.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Proposal {
    pub conversation: ConversationId,
    /// The charge that accepting makes, whoever accepts and however often.
    pub charge: ChargeId,
    pub kind: ProposalKind,
    pub lines: Vec<ProposedLine>,
    pub discount: Option<Money>,
    pub total: Option<Money>,
    /// How often it is charged, where all of it comes again in one rhythm.
    #[serde(default)]
    pub every: Option<Recurring>,
    /// What the charge would say it is for.
    pub description: String,
    /// The draft of a recap or a reply.
    pub text: Option<String>,
    pub evidence: Vec<Evidence>,
    /// The first message that the customer wrote since, where what calls a person is older than the shop's last.
    #[serde(default)]
    #[specta(skip)]
    pub since: Option<MessageId>,
    /// From 0 to 100, by rule, not measured.
    pub confidence: u8,
    pub why: Vec<Why>,
    pub flags: Vec<Flag>,
    /// What a configured model made of the same conversation.
    pub second: Option<SecondOpinion>,
    pub made_at: Timestamp,
}

/// Customers' words stay out of logs.
impl std::fmt::Debug for Proposal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Proposal")
            .field("charge", &self.charge)
            .field("kind", &self.kind)
            .field("why", &self.why)
            .finish_non_exhaustive()
    }
}

impl Proposal {
    /// Returns what names its evidence: a dismissal is remembered by it.
    pub(crate) fn evidence_key(&self) -> String {
        let ids: Vec<String> = self
            .evidence
            .iter()
            .map(|evidence| evidence.message)
            .chain(self.since)
            .map(|message| message.to_string())
            .collect();
        let what = match self.kind {
            ProposalKind::Charge | ProposalKind::Question => "charge",
            kind => kind.as_str(),
        };
        format!("{what} {}", ids.join(" "))
    }
}

/// One line of a proposed charge, priced here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ProposedLine {
    /// `None` for an item of a cart that the catalog does not know.
    pub product: Option<ProductId>,
    pub options: Vec<ChosenOption>,
    pub name: String,
    pub quantity: u32,
    pub unit: Money,
    /// The shop gave this price in the chat; the catalog has another.
    pub special: bool,
}

/// A message that a proposal rests on.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    pub message: MessageId,
    /// As it was written, card numbers masked.
    pub text: String,
    pub from_me: bool,
    pub at: Timestamp,
}

/// Customers' words stay out of logs.
impl std::fmt::Debug for Evidence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Evidence")
            .field("message", &self.message)
            .finish_non_exhaustive()
    }
}

/// What became of asking the configured model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SecondOpinion {
    #[serde(rename = "type")]
    pub verdict: SecondVerdict,
    /// Which rule its answer broke, or why there is none.
    pub why: Option<SecondReason>,
    /// The HTTP status, where its server refused.
    pub status: Option<u16>,
}

impl SecondOpinion {
    pub(crate) fn of(verdict: SecondVerdict) -> Self {
        Self {
            verdict,
            why: None,
            status: None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum SecondVerdict {
    /// It is being asked. Never kept.
    Asking,
    /// It is wording a reply, which is not whole yet. Never kept.
    Writing,
    /// It would do the same.
    Agrees,
    /// It would not charge, or would charge something else.
    Differs,
    /// Its answer broke a rule and was not used.
    Refused,
    /// It gave no answer.
    Silent,
}

/// Which rule a model's answer broke, or why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum SecondReason {
    /// It was not the one JSON object that was asked for.
    NoJson,
    /// It named something that a model may not say, such as a price.
    OtherField,
    UnknownItem,
    SameItem,
    Quantity,
    UnknownDiscount,
    /// It said to charge, and not for what.
    NothingToCharge,
    LongReply,
    ReplyLink,
    ReplyAmount,
    ReplyCardData,
    TimedOut,
    /// Its answer had no end.
    Endless,
    Offline,
    ServerRefused,
    /// Its server answered something else.
    Unreadable,
    /// The tokens that a day may cost are used up.
    DaySpent,
}

/// When the assistant speaks up, and what it may say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of its own")]
pub struct AssistantSettings {
    pub enabled: bool,
    /// Says an order back when it is not certain.
    pub recaps: bool,
    /// Drafts answers to questions.
    pub replies: bool,
    /// Tells when a person should look.
    pub handoffs: bool,
    /// More of one item than this goes to a person.
    pub max_quantity: u32,
    /// A larger total goes to a person.
    pub max_total: Option<Money>,
    pub answers: ShopAnswers,
    pub faq: Vec<FaqEntry>,
    pub discounts: Vec<DiscountEntry>,
    pub model: ModelSettings,
}

impl Default for AssistantSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            recaps: true,
            replies: true,
            handoffs: true,
            max_quantity: 100,
            max_total: None,
            answers: ShopAnswers::default(),
            faq: Vec::new(),
            discounts: Vec::new(),
            model: ModelSettings::default(),
        }
    }
}

/// The shop's answers to what everyone asks. An empty one is left to a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ShopAnswers {
    pub hours: String,
    pub delivery: String,
    pub payment: String,
    pub place: String,
    pub instalments: String,
    pub returns: String,
}

/// An answer to a question that names certain words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FaqEntry {
    /// Phrases, separated by commas: one must be in the question with all its words.
    pub about: String,
    pub answer: String,
}

/// A discount that the owner gives without being asked again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DiscountEntry {
    pub name: String,
    /// The customer must write it; without one the discount applies by itself.
    pub code: Option<String>,
    /// In hundredths of a per cent: 10 % is 1000. Either this or `amount`.
    pub basis_points: Option<u32>,
    pub amount: Option<Money>,
    /// The order must be worth this much.
    pub min_total: Option<Money>,
}

/// Who runs the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ModelProvider {
    /// No model: the rules alone, and nothing leaves this machine.
    #[default]
    None,
    /// Ollama, llama.cpp, or any other server that speaks OpenAI's way.
    Compatible,
    OpenAi,
    Anthropic,
    Gemini,
}

/// The model that gives a second opinion. Its key is in the keychain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ModelSettings {
    pub provider: ModelProvider,
    /// Such as `http://127.0.0.1:11434/v1/`; empty for the provider's own.
    pub url: String,
    /// Such as `qwen3:8b`.
    pub name: String,
    /// No more than this many tokens a day, asked and answered together.
    pub daily_tokens: u32,
}

impl Default for ModelSettings {
    fn default() -> Self {
        Self {
            provider: ModelProvider::None,
            url: String::new(),
            name: String::new(),
            daily_tokens: 200_000,
        }
    }
}

/// The model's key, and what it was asked today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ModelState {
    pub has_key: bool,
    pub questions_today: u32,
    pub tokens_today: u32,
}

impl AssistantSettings {
    /// Checks and tidies what was written: which field, which rule, the way out.
    pub fn checked(mut self) -> Result<Self> {
        if self.max_quantity == 0 {
            return Err(Error::Invalid(
                "The most of one item is 0, so nothing could be proposed. Write at least 1".into(),
            ));
        }
        self.faq
            .retain(|entry| !entry.about.trim().is_empty() || !entry.answer.trim().is_empty());
        at_most("questions", self.faq.len(), FAQ_LIMIT)?;
        for entry in &mut self.faq {
            entry.about = entry.about.trim().to_owned();
            entry.answer = entry.answer.trim().to_owned();
            if entry.about.is_empty() || entry.answer.is_empty() {
                return Err(Error::Invalid(
                    "A question needs both the words it is asked with and its answer. Complete it or take it away"
                        .into(),
                ));
            }
            short("question's words", &entry.about)?;
            short("answer", &entry.answer)?;
        }
        let answers = &mut self.answers;
        for (field, answer) in [
            ("answer about hours", &mut answers.hours),
            ("answer about delivery", &mut answers.delivery),
            ("answer about payment", &mut answers.payment),
            ("answer about the place", &mut answers.place),
            ("answer about instalments", &mut answers.instalments),
            ("answer about returns", &mut answers.returns),
        ] {
            *answer = answer.trim().to_owned();
            short(field, answer)?;
        }
        at_most("discounts", self.discounts.len(), DISCOUNTS_LIMIT)?;
        self.discounts.iter().try_for_each(check_discount)?;
        self.model.check()?;
        Ok(self)
    }
}

impl ModelSettings {
    fn check(&mut self) -> Result<()> {
        self.url = self.url.trim().to_owned();
        self.name = self.name.trim().to_owned();
        if self.provider == ModelProvider::None {
            return Ok(());
        }
        if self.name.is_empty() {
            return Err(Error::Invalid(
                "The model has no name. Write the one that the provider gives it, such as qwen3:8b".into(),
            ));
        }
        if self.provider == ModelProvider::Compatible && self.url.is_empty() {
            return Err(Error::Invalid(
                "The model's address is empty. Ollama's is http://127.0.0.1:11434/v1/".into(),
            ));
        }
        if !self.url.is_empty() {
            check_address(&self.url)?;
            // Paths are joined to it: without the slash its last part would be lost.
            if !self.url.ends_with('/') {
                self.url.push('/');
            }
        }
        Ok(())
    }
}

/// Conversations and a key go there: over the open network only encrypted.
fn check_address(address: &str) -> Result<()> {
    let refused = |why: &str| Err(Error::Invalid(format!("The model's address {why}")));
    let Ok(url) = reqwest::Url::parse(address) else {
        return refused("is no web address. It is one such as https://api.example.com/v1/");
    };
    if !url.username().is_empty() || url.password().is_some() {
        return refused("has a name or a password in it. Write the key into its own field");
    }
    match (url.scheme(), url.host_str()) {
        ("https", Some(_)) => Ok(()),
        ("http", Some(host)) if is_near(host) => Ok(()),
        ("http", Some(_)) => refused(
            "is not encrypted, and everything would be readable on its way. Write https://, or use a server in your own network",
        ),
        _ => refused("must start with https:// or http://"),
    }
}

/// Returns whether the host is this machine or in its own network.
fn is_near(host: &str) -> bool {
    match host.trim_matches(['[', ']']).parse() {
        Ok(std::net::IpAddr::V4(ip)) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        Ok(std::net::IpAddr::V6(ip)) => {
            ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local()
        }
        Err(_) => match host.rsplit_once('.') {
            None => true,
            Some((_, last)) => matches!(last, "local" | "localhost"),
        },
    }
}

fn check_discount(entry: &DiscountEntry) -> Result<()> {
    let name = &entry.name;
    let refused = |why: &str| Err(Error::Invalid(format!("The discount {name:?} {why}")));
    match (entry.basis_points, entry.amount) {
        (Some(points), None) if !(1..10_000).contains(&points) => {
            refused("must take off more than 0 % and less than 100 %")
        }
        (None, Some(amount)) if amount.minor() <= 0 => refused("takes nothing off. Write an amount"),
        (Some(_), Some(_)) | (None, None) => refused("needs either a percentage or an amount"),
        _ if entry.code.as_deref().is_some_and(|code| code.trim().is_empty()) => {
            refused("has an empty code. Write one, or let it apply by itself")
        }
        _ => Ok(()),
    }
}

fn short(field: &str, text: &str) -> Result<()> {
    let length = text.chars().count();
    if length <= ANSWER_LIMIT {
        return Ok(());
    }
    Err(Error::Invalid(format!(
        "The {field} has {length} characters; at most {ANSWER_LIMIT} fit. Shorten it"
    )))
}

fn at_most(what: &str, count: usize, limit: usize) -> Result<()> {
    if count <= limit {
        return Ok(());
    }
    Err(Error::Invalid(format!(
        "There are {count} {what}; at most {limit} fit. Take some away"
    )))
}

/// One step of a conversation as the rules read it, for the playground.
#[derive(Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlayedStep {
    pub from_me: bool,
    pub text: String,
    /// What is on the table, as names.
    pub order: Vec<PlayedLine>,
    pub agreed: Option<Why>,
    pub doubt: Option<Why>,
    pub price: Option<Why>,
    /// `None`: nothing would be proposed.
    pub kind: Option<ProposalKind>,
    pub total: Option<Money>,
    pub draft: Option<String>,
    pub why: Vec<Why>,
}

impl std::fmt::Debug for PlayedStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PlayedStep")
            .field("why", &self.why)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlayedLine {
    /// More than one while an option is missing.
    pub names: Vec<String>,
    pub quantity: Option<u32>,
    pub wanted: bool,
}
