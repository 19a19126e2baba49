//! A second opinion: the configured model is asked after the rules have spoken, and can only doubt them.
//!
//! Its answer never makes a charge ready. Where it disagrees with one that the
//! rules found, the charge becomes a question; where the rules found none, it
//! changes nothing. Its words replace a drafted reply, and only as a draft.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use cobro_model::{
    ANSWER_TOKENS, Model, ModelError, Offered, Opinion, Provider, Question, Refusal, Speaker, Unfit, Usage,
    fit_to_send,
};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::dialogue::gather;
use super::shelf::Shelf;
use crate::domain::{
    AssistantSettings, ChargeId, ConversationId, ModelProvider, ModelSettings, ModelState, Proposal,
    ProposalKind, SecondOpinion, SecondReason, SecondVerdict, Timestamp, Why,
};
use crate::store::proposals;
use crate::{Error, Inbox, Result};

/// How much of a conversation a model gets.
const TURNS: usize = 30;
/// How many items it may choose from.
const ITEMS: usize = 60;
/// A draft that grows is shown this often.
const EVERY: Duration = Duration::from_millis(120);
/// More questions wait: many customers write at once.
const AT_ONCE: usize = 4;

/// The questions that are out, and the key that they are asked with.
#[derive(Debug)]
pub(crate) struct Asking {
    key: RwLock<Option<ModelKey>>,
    out: Mutex<HashMap<ConversationId, Out>>,
    places: Semaphore,
}

impl Default for Asking {
    fn default() -> Self {
        Self {
            key: RwLock::default(),
            out: Mutex::default(),
            places: Semaphore::new(AT_ONCE),
        }
    }
}

/// A question that is out, and what came of it so far.
struct Out {
    charge: ChargeId,
    basis: i64,
    token: CancellationToken,
    draft: Option<String>,
}

/// Words meant for a customer stay out of logs.
impl std::fmt::Debug for Out {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Out")
            .field("charge", &self.charge)
            .finish_non_exhaustive()
    }
}

impl Asking {
    /// Ends the question about a conversation: what it was about is over.
    pub(super) fn cancel(&self, id: ConversationId) {
        if let Some(out) = lock(&self.out).remove(&id) {
            out.token.cancel();
        }
    }

    /// Returns whether this very question is out.
    pub(super) fn is_out(&self, id: ConversationId, basis: i64) -> bool {
        lock(&self.out).get(&id).is_some_and(|out| out.basis == basis)
    }

    fn begin(&self, id: ConversationId, charge: ChargeId, basis: i64) -> CancellationToken {
        let token = CancellationToken::new();
        let out = Out {
            charge,
            basis,
            token: token.clone(),
            draft: None,
        };
        if let Some(before) = lock(&self.out).insert(id, out) {
            before.token.cancel();
        }
        token
    }

    /// Takes back a question, if it was not another one's turn meanwhile.
    fn end(&self, id: ConversationId, charge: ChargeId, basis: i64) {
        let mut out = lock(&self.out);
        if out
            .get(&id)
            .is_some_and(|it| it.charge == charge && it.basis == basis)
        {
            out.remove(&id);
        }
    }

    fn write(&self, id: ConversationId, charge: ChargeId, words: &str) {
        if let Some(out) = lock(&self.out).get_mut(&id)
            && out.charge == charge
        {
            out.draft = Some(words.to_owned());
        }
    }

    /// Shows on a proposal that the model is being asked, and what it has written so far.
    pub(super) fn show(&self, proposal: &mut Proposal) {
        let all = lock(&self.out);
        let Some(out) = all
            .get(&proposal.conversation)
            .filter(|out| out.charge == proposal.charge)
        else {
            return;
        };
        let verdict = match &out.draft {
            // What it wrote so far was looked at as what is whole will be.
            Some(draft) if proposal.kind == ProposalKind::Reply => {
                proposal.text = Some(draft.clone());
                SecondVerdict::Writing
            }
            _ => SecondVerdict::Asking,
        };
        proposal.second = Some(SecondOpinion::of(verdict));
    }

    fn key_for(&self, settings: &ModelSettings) -> Option<SecretString> {
        let key = self.key.read().unwrap_or_else(PoisonError::into_inner);
        key.as_ref()
            .filter(|key| key.is_for(settings))
            .map(|key| key.key.clone())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A model's key, for the one place that it was given for: no other address ever gets it.
#[derive(Debug, Clone)]
pub struct ModelKey {
    /// `None`: whoever set it in the environment answers for it.
    origin: Option<String>,
    key: SecretString,
}

impl ModelKey {
    /// Returns the key for the place that the settings name.
    pub fn new(settings: &ModelSettings, key: SecretString) -> Self {
        Self {
            origin: origin_of(settings),
            key,
        }
    }

    /// Reads what [`ModelKey::to_keep`] wrote, or a bare key. An empty one is none.
    pub fn from_kept(kept: &SecretString) -> Option<Self> {
        let text = kept.expose_secret().trim();
        let (origin, key) = match text.split_once(' ') {
            Some((origin, key)) if origin.contains("://") => (Some(origin.to_owned()), key.trim()),
            _ if text.contains("://") => return None,
            _ => (None, text),
        };
        (!key.is_empty()).then(|| Self {
            origin,
            key: key.into(),
        })
    }

    /// Returns it with its place, for the keychain.
    pub fn to_keep(&self) -> SecretString {
        let origin = self.origin.as_deref().unwrap_or_default();
        format!("{origin} {}", self.key.expose_secret())
            .trim()
            .to_owned()
            .into()
    }

    fn is_for(&self, settings: &ModelSettings) -> bool {
        self.origin.is_none() || self.origin == origin_of(settings)
    }
}

fn origin_of(settings: &ModelSettings) -> Option<String> {
    let address = if settings.url.is_empty() {
        provider_of(settings).address()
    } else {
        &settings.url
    };
    reqwest::Url::parse(address)
        .ok()
        .map(|url| url.origin().ascii_serialization())
}

/// Asks the model about a proposal, as it is after message `basis`. A question about the same
/// conversation before it ends.
pub(super) fn ask(
    inbox: &Inbox,
    proposal: Proposal,
    basis: i64,
    shelf: Arc<Shelf>,
    settings: Arc<AssistantSettings>,
) {
    let (id, charge) = (proposal.conversation, proposal.charge);
    if !may_ask(&proposal, &settings.model) {
        inbox.asking.cancel(id);
        return;
    }
    let token = inbox.asking.begin(id, charge, basis);
    let asker = inbox.clone();
    inbox.spawn(async move {
        let asked = tokio::select! {
            () = token.cancelled() => return, // Another question, or none, is out now.
            () = asker.stopping().cancelled() => return,
            asked = ask_and_keep(&asker, &proposal, basis, &shelf, &settings) => asked,
        };
        asker.asking.end(id, charge, basis);
        if let Err(error) = asked {
            tracing::warn!(%error, "The model could not be asked");
        }
        super::told(&asker, id);
    });
}

/// A model is not asked where a person must look anyway, nor about goods that it can't be shown.
pub(super) fn may_ask(proposal: &Proposal, model: &ModelSettings) -> bool {
    model.provider != ModelProvider::None
        && proposal.kind != ProposalKind::Handoff
        && proposal.lines.iter().all(|line| line.product.is_some())
}

async fn ask_and_keep(
    inbox: &Inbox,
    proposal: &Proposal,
    basis: i64,
    shelf: &Arc<Shelf>,
    settings: &AssistantSettings,
) -> Result<()> {
    let _place = inbox.asking.places.acquire().await.map_err(anyhow::Error::new)?;
    let question = question_of(inbox, proposal, shelf, settings).await?;
    let expected = question.tokens().saturating_add(ANSWER_TOKENS);
    let (day, most) = (today(), settings.model.daily_tokens);
    let spending = day.clone();
    let may_ask = inbox
        .store
        .write(move |tx| proposals::spend(tx, &spending, expected, most))
        .await?;
    if !may_ask {
        let spent = Heard::no_answer(SecondReason::DaySpent);
        return keep(inbox, proposal, basis, spent).await;
    }
    let (answer, usage) = asked(inbox, proposal, &question, &settings.model).await;
    let cost = match (&answer, usage.tokens) {
        (_, Some(tokens)) => tokens,
        (Err(ModelError::Offline | ModelError::Status(_)), None) => 0, // Nobody read it.
        (_, None) => expected,
    };
    let by = i64::from(cost) - i64::from(expected);
    if by != 0 {
        inbox
            .store
            .write(move |tx| proposals::correct(tx, &day, by))
            .await?;
    }
    keep(inbox, proposal, basis, judged(proposal, answer, shelf)).await
}

async fn asked(
    inbox: &Inbox,
    proposal: &Proposal,
    question: &Question,
    settings: &ModelSettings,
) -> (Result<Opinion, ModelError>, Usage) {
    let model = match model_of(settings, inbox.asking.key_for(settings)) {
        Ok(model) => model,
        Err(error) => return (Err(error), Usage::default()),
    };
    let shows = proposal.kind == ProposalKind::Reply;
    let mut shown = Instant::now();
    let heard = |reply: &str| {
        if shows && shown.elapsed() >= EVERY && fit_to_send(reply).is_ok() {
            shown = Instant::now();
            inbox.asking.write(proposal.conversation, proposal.charge, reply);
            super::told(inbox, proposal.conversation);
        }
    };
    model.ask(question, heard).await
}

/// What came of a question.
struct Heard {
    opinion: SecondOpinion,
    reply: Option<String>,
}

impl Heard {
    fn no_answer(why: SecondReason) -> Self {
        Self {
            opinion: SecondOpinion {
                why: Some(why),
                ..SecondOpinion::of(SecondVerdict::Silent)
            },
            reply: None,
        }
    }
}

fn judged(proposal: &Proposal, answer: Result<Opinion, ModelError>, shelf: &Shelf) -> Heard {
    let why = match answer {
        Ok(opinion) => {
            let verdict = if agrees(proposal, &opinion, shelf) {
                SecondVerdict::Agrees
            } else {
                SecondVerdict::Differs
            };
            return Heard {
                opinion: SecondOpinion::of(verdict),
                reply: opinion.reply,
            };
        }
        Err(ModelError::Refused(refusal)) => {
            return Heard {
                opinion: SecondOpinion {
                    why: Some(rule_of(&refusal)),
                    ..SecondOpinion::of(SecondVerdict::Refused)
                },
                reply: None,
            };
        }
        Err(ModelError::Status(status)) => {
            let mut heard = Heard::no_answer(SecondReason::ServerRefused);
            heard.opinion.status = Some(status);
            return heard;
        }
        Err(ModelError::TimedOut) => SecondReason::TimedOut,
        Err(ModelError::Endless) => SecondReason::Endless,
        Err(ModelError::Offline) => SecondReason::Offline,
        Err(ModelError::Unreadable) => SecondReason::Unreadable,
    };
    Heard::no_answer(why)
}

fn rule_of(refusal: &Refusal) -> SecondReason {
    match refusal {
        Refusal::NoJson => SecondReason::NoJson,
        Refusal::OtherField => SecondReason::OtherField,
        Refusal::UnknownItem => SecondReason::UnknownItem,
        Refusal::SameItem => SecondReason::SameItem,
        Refusal::Quantity => SecondReason::Quantity,
        Refusal::UnknownDiscount => SecondReason::UnknownDiscount,
        Refusal::NothingToCharge => SecondReason::NothingToCharge,
        Refusal::LongReply => SecondReason::LongReply,
        Refusal::Reply(Unfit::Link) => SecondReason::ReplyLink,
        Refusal::Reply(Unfit::Amount) => SecondReason::ReplyAmount,
        Refusal::Reply(Unfit::CardData) => SecondReason::ReplyCardData,
    }
}

fn is_charge(proposal: &Proposal) -> bool {
    matches!(proposal.kind, ProposalKind::Charge | ProposalKind::Question)
}

/// Returns whether the model would charge what the rules would, or nothing where they would not.
fn agrees(proposal: &Proposal, opinion: &Opinion, shelf: &Shelf) -> bool {
    if !is_charge(proposal) || !opinion.charge {
        return is_charge(proposal) == opinion.charge;
    }
    let mut ours: HashMap<&str, u32> = HashMap::new();
    for line in &proposal.lines {
        let item = line
            .product
            .and_then(|product| shelf.item_of_line(product, &line.options));
        let Some(item) = item else { return false };
        let quantity = ours.entry(item).or_default();
        *quantity = quantity.saturating_add(line.quantity);
    }
    let theirs: HashMap<&str, u32> = opinion
        .items
        .iter()
        .map(|(id, quantity)| (id.as_str(), *quantity))
        .collect();
    theirs == ours
}

/// Keeps the verdict with the proposal, if that is still the one that was asked about.
async fn keep(inbox: &Inbox, asked: &Proposal, basis: i64, heard: Heard) -> Result<()> {
    let charge = asked.charge;
    inbox
        .store
        .write(move |tx| {
            let Some(mut kept) = proposals::of_charge(tx, charge)?.filter(|kept| kept.basis == basis) else {
                return Ok(());
            };
            let proposal = &mut kept.proposal;
            // The model was asked before, and had doubts: this is its newer word.
            if proposal.why.contains(&Why::ModelDiffers) {
                proposal.why.retain(|why| *why != Why::ModelDiffers);
                proposal.kind = ProposalKind::Charge;
            }
            if proposal.kind == ProposalKind::Charge && heard.opinion.verdict == SecondVerdict::Differs {
                proposal.kind = ProposalKind::Question;
                proposal.why.push(Why::ModelDiffers);
            }
            if proposal.kind == ProposalKind::Reply && heard.reply.is_some() {
                proposal.text = heard.reply;
            }
            proposal.second = Some(heard.opinion);
            proposals::put(tx, &kept.proposal, &kept.fingerprint, kept.basis)
        })
        .await
}

async fn question_of(
    inbox: &Inbox,
    proposal: &Proposal,
    shelf: &Arc<Shelf>,
    settings: &AssistantSettings,
) -> Result<Question> {
    let id = proposal.conversation;
    let reading = shelf.clone();
    let dialogue = inbox.store.read(move |conn| gather(conn, id, &reading)).await?;
    let mut turns: Vec<(Speaker, String)> = dialogue
        .conversation
        .turns
        .iter()
        .rev()
        .take(TURNS)
        .map(|turn| {
            let speaker = match turn.role {
                cobro_assistant::Role::Customer => Speaker::Customer,
                cobro_assistant::Role::Shop => Speaker::Shop,
            };
            (speaker, masked(&turn.text))
        })
        .collect();
    turns.reverse();
    let discounts = settings.discounts.iter().enumerate().map(|(nth, entry)| Offered {
        id: nth.to_string(),
        name: entry.name.clone(),
    });
    Ok(Question {
        items: offered(proposal, shelf),
        discounts: discounts.collect(),
        turns,
    })
}

/// The proposed items first, then what they could be mistaken for, then others as far as there is room.
fn offered(proposal: &Proposal, shelf: &Shelf) -> Vec<Offered> {
    let is_chosen = |item: &str| {
        shelf.goods(item).is_some_and(|goods| {
            let mut lines = proposal.lines.iter();
            lines.any(|line| line.product == Some(goods.product) && line.options == goods.options)
        })
    };
    let is_sibling = |item: &str| {
        shelf.goods(item).is_some_and(|goods| {
            proposal
                .lines
                .iter()
                .any(|line| line.product == Some(goods.product))
        })
    };
    let items = || shelf.catalog.items().iter();
    let mut seen = std::collections::HashSet::new();
    items()
        .filter(|item| is_chosen(&item.id))
        .chain(items().filter(|item| is_sibling(&item.id)))
        .chain(items())
        .filter(|item| seen.insert(item.id.as_str()))
        .take(ITEMS)
        .map(|item| Offered {
            id: item.id.clone(),
            name: item.name.clone(),
        })
        .collect()
}

/// Leaves out card numbers, mail addresses, and whatever else is long enough to be a phone or an account.
fn masked(text: &str) -> String {
    let text = without_mail(&cobro_protocol::cards::mask_text(text));
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    for letter in text.chars() {
        let joins = letter.is_numeric() || !run.is_empty() && matches!(letter, ' ' | '-' | '(' | ')' | '.');
        if joins || letter == '+' {
            run.push(letter);
        } else {
            close_run(&mut run, &mut out);
            out.push(letter);
        }
    }
    close_run(&mut run, &mut out);
    out
}

/// Writes what may be a number to `out`, or a mask for it.
fn close_run(run: &mut String, out: &mut String) {
    let digits = run.chars().filter(|letter| letter.is_numeric()).count();
    if digits < 7 {
        out.push_str(run);
    } else {
        out.push_str("###");
        let spaces = run.len() - run.trim_end().len();
        out.push_str(run.get(run.len() - spaces..).unwrap_or_default());
    }
    run.clear();
}

fn without_mail(text: &str) -> String {
    text.split_inclusive(char::is_whitespace)
        .map(|word| {
            let is_inner = |letter: char| letter.is_alphanumeric();
            let bare = word.trim_matches(|letter| !is_inner(letter));
            match bare.split_once('@') {
                Some((name, host)) if !name.is_empty() && host.contains('.') => word.replace(bare, "###"),
                _ => word.to_owned(),
            }
        })
        .collect()
}

fn provider_of(settings: &ModelSettings) -> Provider {
    match settings.provider {
        ModelProvider::None | ModelProvider::Compatible => Provider::Compatible,
        ModelProvider::OpenAi => Provider::OpenAi,
        ModelProvider::Anthropic => Provider::Anthropic,
        ModelProvider::Gemini => Provider::Gemini,
    }
}

fn model_of(settings: &ModelSettings, key: Option<SecretString>) -> Result<Model, ModelError> {
    Model::new(provider_of(settings), &settings.url, &settings.name, key)
}

/// Asks the model something small. Returns how long it took, in milliseconds.
pub async fn test_model(inbox: &Inbox, settings: AssistantSettings) -> Result<u32> {
    let settings = settings.checked()?.model;
    if settings.provider == ModelProvider::None {
        return Err(Error::Invalid(
            "No model is chosen. Choose a provider first".into(),
        ));
    }
    let question = Question {
        items: vec![Offered {
            id: "tea".into(),
            name: "Tea".into(),
        }],
        turns: vec![(Speaker::Customer, "Hello, do you have tea?".into())],
        ..Question::default()
    };
    let begun = Instant::now();
    let answer = match model_of(&settings, inbox.asking.key_for(&settings)) {
        Ok(model) => model.ask(&question, |_| {}).await.0,
        Err(error) => Err(error),
    };
    answer.map_err(|error| {
        Error::Conflict(format!(
            "{error}. Check the address, the model's name and the key"
        ))
    })?;
    Ok(u32::try_from(begun.elapsed().as_millis()).unwrap_or(u32::MAX))
}

/// Returns whether there is a key for this model, and what was asked today.
pub async fn model_state(inbox: &Inbox, settings: &ModelSettings) -> Result<ModelState> {
    let (questions_today, tokens_today) = inbox.store.read(|conn| proposals::spent(conn, &today())).await?;
    Ok(ModelState {
        has_key: inbox.asking.key_for(settings).is_some(),
        questions_today,
        tokens_today,
    })
}

/// Uses another key for the model from now on.
pub fn use_model_key(inbox: &Inbox, key: Option<ModelKey>) {
    *inbox.asking.key.write().unwrap_or_else(PoisonError::into_inner) = key;
}

fn today() -> String {
    Timestamp::now().rfc3339().chars().take(10).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_could_name_somebody_do_not_leave() {
        assert_eq!(masked("mi cel es +52 55 1234-5678 eh"), "mi cel es ### eh");
        assert_eq!(
            masked("2 pasteles de 20, a las 10:30"),
            "2 pasteles de 20, a las 10:30"
        );
        assert!(!masked("4242 4242 4242 4242").contains("4242 4242"));
        assert_eq!(masked("mi correo: ana.p@gmail.com, va?"), "mi correo: ###, va?");
        assert_eq!(masked("CPF 123.456.789-09"), "CPF ###");
    }

    #[test]
    fn a_key_goes_to_no_other_place_than_the_one_it_was_given_for() {
        let at = |url: &str| ModelSettings {
            provider: ModelProvider::Compatible,
            url: url.into(),
            ..ModelSettings::default()
        };
        let key = ModelKey::new(&at("https://one.test/v1/"), "k1".into());
        let kept = ModelKey::from_kept(&key.to_keep()).unwrap();
        assert!(kept.is_for(&at("https://one.test/other/")));
        assert!(!kept.is_for(&at("https://two.test/v1/")));
        assert!(!kept.is_for(&at("http://one.test/v1/")));
        let bare = ModelKey::from_kept(&"sk-1".to_owned().into()).unwrap();
        assert!(bare.is_for(&at("https://two.test/v1/")));
        assert!(ModelKey::from_kept(&"https://one.test".to_owned().into()).is_none());
        assert!(ModelKey::from_kept(&" ".to_owned().into()).is_none());
    }
}
