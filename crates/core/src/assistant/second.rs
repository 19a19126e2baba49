//! A second opinion: the configured model is asked after the rules have spoken, and can only doubt them.
//!
//! Its answer never makes a charge ready. Where it disagrees with one that the
//! rules found, the charge becomes a question; where the rules found none, it
//! changes nothing. Its words replace a drafted reply, and only as a draft.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use cobro_model::{
    ANSWER_TOKENS, Model, ModelError, Offered, Opinion, Provider, Question, Speaker, fit_to_send,
};
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use super::dialogue::gather;
use super::shelf::Shelf;
use crate::domain::{
    AssistantSettings, ChargeId, ConversationId, ModelProvider, ModelSettings, ModelState, Proposal,
    ProposalKind, SecondOpinion, SecondVerdict, Timestamp, Why,
};
use crate::store::proposals;
use crate::{CoreEvent, Error, Inbox, Result};

/// How much of a conversation a model gets.
const TURNS: usize = 30;
/// How many items it may choose from.
const ITEMS: usize = 60;
/// A draft that grows is shown this often.
const EVERY: Duration = Duration::from_millis(120);

/// The questions that are out, and what came of them so far.
#[derive(Debug, Default)]
pub(crate) struct Asking {
    key: RwLock<Option<SecretString>>,
    out: Mutex<HashMap<ConversationId, CancellationToken>>,
    /// Replies that are still being written, by the proposal that they belong to.
    drafts: Mutex<HashMap<ChargeId, String>>,
}

impl Asking {
    /// Ends the question about a conversation: what it was about is over.
    pub(super) fn cancel(&self, id: ConversationId) {
        if let Some(token) = lock(&self.out).remove(&id) {
            token.cancel();
        }
    }

    fn begin(&self, id: ConversationId) -> CancellationToken {
        let token = CancellationToken::new();
        if let Some(before) = lock(&self.out).insert(id, token.clone()) {
            before.cancel();
        }
        token
    }

    pub(super) fn draft(&self, charge: ChargeId) -> Option<String> {
        lock(&self.drafts).get(&charge).cloned()
    }

    fn key(&self) -> Option<SecretString> {
        self.key.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_key(&self, key: Option<SecretString>) {
        *self.key.write().unwrap_or_else(PoisonError::into_inner) = key;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Asks the model about a proposal that is new. A question about the same conversation before it ends.
pub(super) fn ask(inbox: &Inbox, proposal: Proposal, shelf: Arc<Shelf>, settings: Arc<AssistantSettings>) {
    let id = proposal.conversation;
    if settings.model.provider == ModelProvider::None || proposal.kind == ProposalKind::Handoff {
        inbox.asking.cancel(id);
        return;
    }
    let token = inbox.asking.begin(id);
    let asker = inbox.clone();
    inbox.spawn(async move {
        let charge = proposal.charge;
        let asked = tokio::select! {
            () = token.cancelled() => Ok(()),
            () = asker.stopping().cancelled() => Ok(()),
            asked = ask_and_keep(&asker, proposal, &shelf, &settings) => asked,
        };
        lock(&asker.asking.drafts).remove(&charge);
        if let Err(error) = asked {
            tracing::warn!(%error, "The model could not be asked");
        }
    });
}

async fn ask_and_keep(
    inbox: &Inbox,
    proposal: Proposal,
    shelf: &Arc<Shelf>,
    settings: &AssistantSettings,
) -> Result<()> {
    let question = question_of(inbox, &proposal, shelf, settings).await?;
    let expected = question.tokens().saturating_add(ANSWER_TOKENS);
    let (day, most) = (today(), settings.model.daily_tokens);
    let spending = day.clone();
    let may_ask = inbox
        .store
        .write(move |tx| proposals::spend(tx, &spending, expected, most))
        .await?;
    if !may_ask {
        let why = format!("The {most} tokens that a day may cost are used up; it is asked again tomorrow");
        return keep(inbox, &proposal, SecondVerdict::Silent, Some(why), None).await;
    }
    let model = model_of(&settings.model, inbox.asking.key());
    let (answer, usage) = match model {
        Ok(model) => {
            let shows = proposal.kind == ProposalKind::Reply;
            let mut shown = Instant::now();
            let heard = |reply: &str| {
                if shows && shown.elapsed() >= EVERY && fit_to_send(reply).is_ok() {
                    shown = Instant::now();
                    lock(&inbox.asking.drafts).insert(proposal.charge, reply.to_owned());
                    super::told(inbox, proposal.conversation);
                }
            };
            model.ask(&question, heard).await
        }
        Err(error) => (Err(error), cobro_model::Usage::default()),
    };
    if let Some(tokens) = usage.tokens {
        let by = i64::from(tokens) - i64::from(expected);
        inbox
            .store
            .write(move |tx| proposals::correct(tx, &day, by))
            .await?;
    }
    let (verdict, why, reply) = judged(&proposal, answer, shelf);
    keep(inbox, &proposal, verdict, why, reply).await
}

type Judged = (SecondVerdict, Option<String>, Option<String>);

fn judged(proposal: &Proposal, answer: Result<Opinion, ModelError>, shelf: &Shelf) -> Judged {
    match answer {
        Ok(opinion) => {
            let verdict = if agrees(proposal, &opinion, shelf) {
                SecondVerdict::Agrees
            } else {
                SecondVerdict::Differs
            };
            (verdict, None, opinion.reply)
        }
        Err(ModelError::Refused(refusal)) => (SecondVerdict::Refused, Some(refusal.to_string()), None),
        Err(error) => (SecondVerdict::Silent, Some(error.to_string()), None),
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
    let mut theirs = opinion.items.clone();
    let mut ours: Vec<(String, u32)> = proposal
        .lines
        .iter()
        .filter_map(|line| {
            let item = shelf.item_of_line(line.product?, &line.options)?;
            Some((item.to_owned(), line.quantity))
        })
        .collect();
    theirs.sort_unstable();
    ours.sort_unstable();
    theirs == ours
}

/// Keeps the verdict with the proposal, if that is still the one that was asked about.
async fn keep(
    inbox: &Inbox,
    asked: &Proposal,
    verdict: SecondVerdict,
    why: Option<String>,
    reply: Option<String>,
) -> Result<()> {
    let charge = asked.charge;
    let kept = inbox
        .store
        .write(move |tx| {
            let Some(mut kept) = proposals::of_charge(tx, charge)? else {
                return Ok(false);
            };
            let proposal = &mut kept.proposal;
            proposal.second = Some(SecondOpinion { verdict, why });
            if proposal.kind == ProposalKind::Charge && verdict == SecondVerdict::Differs {
                proposal.kind = ProposalKind::Question;
                proposal.why.push(Why::ModelDiffers);
            }
            if proposal.kind == ProposalKind::Reply && reply.is_some() {
                proposal.text = reply;
            }
            proposals::put(tx, &kept.proposal, &kept.fingerprint, kept.basis)?;
            Ok(true)
        })
        .await?;
    if kept {
        super::told(inbox, asked.conversation);
    }
    Ok(())
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
        language: inbox.language().code(),
    })
}

/// The proposed items first, then others as far as there is room.
fn offered(proposal: &Proposal, shelf: &Shelf) -> Vec<Offered> {
    let chosen = proposal.lines.iter().filter_map(|line| {
        let item = shelf.item_of_line(line.product?, &line.options)?;
        shelf.catalog.items().iter().find(|known| known.id == item)
    });
    let mut seen = std::collections::HashSet::new();
    chosen
        .chain(shelf.catalog.items())
        .filter(|item| seen.insert(item.id.clone()))
        .take(ITEMS)
        .map(|item| Offered {
            id: item.id.clone(),
            name: item.name.clone(),
        })
        .collect()
}

/// Leaves out card numbers, and whatever else is long enough to be a phone or an account.
fn masked(text: &str) -> String {
    let text = cobro_protocol::cards::mask_text(text);
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    let flush = |run: &mut String, out: &mut String| {
        let digits = run.chars().filter(char::is_ascii_digit).count();
        if digits >= 7 {
            out.push_str("###");
        } else {
            out.push_str(run);
        }
        run.clear();
    };
    for letter in text.chars() {
        let joins =
            letter.is_ascii_digit() || !run.is_empty() && matches!(letter, ' ' | '-' | '(' | ')' | '.');
        if joins || letter == '+' {
            run.push(letter);
        } else {
            flush(&mut run, &mut out);
            out.push(letter);
        }
    }
    flush(&mut run, &mut out);
    out
}

fn model_of(settings: &ModelSettings, key: Option<SecretString>) -> Result<Model, ModelError> {
    let provider = match settings.provider {
        ModelProvider::None | ModelProvider::Compatible => Provider::Compatible,
        ModelProvider::OpenAi => Provider::OpenAi,
        ModelProvider::Anthropic => Provider::Anthropic,
        ModelProvider::Gemini => Provider::Gemini,
    };
    Model::new(provider, &settings.url, &settings.name, key)
}

/// Asks the model something small. Returns how long it took, in milliseconds.
pub async fn test_model(inbox: &Inbox, settings: AssistantSettings) -> Result<u32> {
    let settings = settings.checked()?;
    if settings.model.provider == ModelProvider::None {
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
        language: "en",
        ..Question::default()
    };
    let begun = Instant::now();
    let model = model_of(&settings.model, inbox.asking.key());
    let answer = match model {
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

/// Returns whether there is a key, and what the model was asked today.
pub async fn model_state(inbox: &Inbox) -> Result<ModelState> {
    let (questions_today, tokens_today) = inbox.store.read(|conn| proposals::spent(conn, &today())).await?;
    Ok(ModelState {
        has_key: inbox.asking.key().is_some(),
        questions_today,
        tokens_today,
    })
}

/// Uses another key for the model from now on.
pub fn use_model_key(inbox: &Inbox, key: Option<SecretString>) {
    inbox.asking.set_key(key);
    inbox.emit(CoreEvent::AssistantChanged);
}

fn today() -> String {
    Timestamp::now().rfc3339().chars().take(10).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_could_name_somebody_do_not_leave() {
        assert_eq!(masked("mi cel es +52 55 1234-5678 eh"), "mi cel es ###eh");
        assert_eq!(
            masked("2 pasteles de 20, a las 10:30"),
            "2 pasteles de 20, a las 10:30"
        );
        assert!(!masked("4242 4242 4242 4242").contains("4242 4242"));
    }
}
