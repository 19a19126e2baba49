//! The assistant: proposes the next step in a conversation, and does what a person accepts of it.
//!
//! The rules are `cobro_assistant`'s and know no database. Here a conversation
//! is read for them after each change, off the way that messages take, and
//! what they propose is kept until it is accepted, dismissed or overtaken.

mod dialogue;
mod play;
mod read;
mod second;
mod shelf;
mod worker;

use serde_json::Value;

use crate::action::{Action, Actor, apply};
use crate::domain::{
    AssistantSettings, Charge, ChargeId, ChargeTerms, ConversationId, NewCharge, NewChargeLine, Part,
    Proposal, ProposalKind, Recurrence, Timestamp,
};
use crate::store::{charges, meta, proposals};
use crate::{CoreEvent, Error, Inbox, Result, charge};

pub use play::play;
pub(crate) use second::Asking;
pub use second::{ModelKey, model_state, test_model, use_model_key};
pub(crate) use shelf::Shelf;
pub(crate) use worker::run;

/// Returns what the assistant proposes in the conversation, if it proposes something.
pub async fn proposal(inbox: &Inbox, id: ConversationId) -> Result<Option<Proposal>> {
    let kept = inbox.store.read(move |conn| proposals::find(conn, id)).await?;
    Ok(kept.map(|mut kept| {
        inbox.asking.show(&mut kept.proposal);
        kept.proposal
    }))
}

/// Makes the proposed charge. The same proposal twice is one charge.
///
/// `message` are the words above the pay button, where a person wrote their own.
pub async fn accept(inbox: &Inbox, id: ChargeId, message: String) -> Result<Charge> {
    let known = inbox
        .store
        .read(move |conn| Ok((charges::find(conn, id)?, proposals::of_charge(conn, id)?)))
        .await?;
    let new = match known {
        (Some(charge), _) => return Ok(charge),
        (None, Some(kept)) => {
            still_holds(inbox, &kept).await?;
            new_charge(inbox, kept.proposal, message)?
        }
        (None, None) => {
            return Err(Error::Conflict(
                "The conversation went on, and this suggestion no longer holds. Look at the newest messages and charge by hand, or wait for the next suggestion"
                    .into(),
            ));
        }
    };
    let conversation = new.conversation;
    let charge = charge::create(inbox, Actor::Assistant, new).await?;
    inbox
        .store
        .write(move |tx| {
            let action = Action::AcceptProposal {
                charge: id,
                conversation,
            };
            apply(tx, Actor::Person, &action, Timestamp::now())
        })
        .await?;
    inbox.emit(CoreEvent::ProposalChanged { conversation });
    Ok(charge)
}

/// A suggestion that the customer's newest words are not part of is no longer what they agreed to.
async fn still_holds(inbox: &Inbox, kept: &proposals::Kept) -> Result<()> {
    let (id, basis) = (kept.proposal.conversation, kept.basis);
    let newest = inbox.store.read(move |conn| proposals::newest(conn, id)).await?;
    if newest == basis {
        return Ok(());
    }
    Err(Error::Conflict(
        "Something was written since this was suggested. Look at the newest messages first".into(),
    ))
}

fn new_charge(inbox: &Inbox, proposal: Proposal, message: String) -> Result<NewCharge> {
    let is_charge = matches!(proposal.kind, ProposalKind::Charge | ProposalKind::Question);
    let amount = proposal.total.filter(|_| is_charge).ok_or_else(|| {
        Error::Invalid("This suggestion is no charge. Use its words as a reply instead".into())
    })?;
    let lines = proposal.lines.iter().map(|line| NewChargeLine {
        product: line.product,
        name: line.name.clone(),
        options: line.options.clone(),
        unit: Some(line.unit),
        quantity: line.quantity,
        note: String::new(),
    });
    let lines: Vec<NewChargeLine> = lines.collect();
    let discount = proposal.discount.map(|amount| Part::Amount { amount });
    let recurrence = proposal.every.map(|every| Recurrence::Subscription {
        every,
        trial_days: None,
    });
    Ok(NewCharge {
        id: proposal.charge,
        expires_in_hours: (inbox.default_expiry_hours > 0).then_some(inbox.default_expiry_hours),
        message,
        lines,
        terms: ChargeTerms {
            discount,
            recurrence,
            ..ChargeTerms::default()
        },
        ..NewCharge::new(proposal.conversation, amount, proposal.description)
    })
}

/// Takes a proposal away; nothing is proposed from the same evidence again.
pub async fn dismiss(inbox: &Inbox, id: ChargeId) -> Result<()> {
    let conversation = inbox
        .store
        .write(move |tx| {
            let Some(kept) = proposals::of_charge(tx, id)? else {
                return Ok(None); // It was overtaken meanwhile.
            };
            let conversation = kept.proposal.conversation;
            let action = Action::DismissProposal {
                charge: id,
                conversation,
                evidence: kept.proposal.evidence_key(),
            };
            apply(tx, Actor::Person, &action, Timestamp::now())?;
            Ok(Some(conversation))
        })
        .await?;
    if let Some(conversation) = conversation {
        told(inbox, conversation);
    }
    Ok(())
}

/// Returns what the assistant may do.
pub async fn settings(inbox: &Inbox) -> Result<AssistantSettings> {
    inbox.store.read(kept_settings).await
}

/// Changes what the assistant may do. What it proposes is looked at again.
pub async fn set_settings(inbox: &Inbox, settings: AssistantSettings) -> Result<AssistantSettings> {
    let settings = settings.checked()?;
    let kept = settings.clone();
    inbox
        .store
        .write(move |tx| {
            let action = Action::SetAssistant(Box::new(kept));
            apply(tx, Actor::Person, &action, Timestamp::now())
        })
        .await?;
    inbox.emit(CoreEvent::AssistantChanged);
    Ok(settings)
}

pub(crate) fn kept_settings(conn: &rusqlite::Connection) -> Result<AssistantSettings> {
    let mut settings = serde_json::to_value(AssistantSettings::default()).map_err(anyhow::Error::new)?;
    if let Some(text) = meta::get(conn, meta::ASSISTANT)? {
        let kept = serde_json::from_str(&text).map_err(anyhow::Error::new)?;
        overlay(&mut settings, kept);
    }
    Ok(serde_json::from_value(settings).map_err(anyhow::Error::new)?)
}

/// Puts what was kept over the usual: settings that came later have their usual value.
fn overlay(usual: &mut Value, kept: Value) {
    match (usual, kept) {
        (Value::Object(usual), Value::Object(kept)) => {
            for (name, value) in kept {
                match usual.get_mut(&name) {
                    Some(known) => overlay(known, value),
                    None => drop(usual.insert(name, value)),
                }
            }
        }
        (usual, kept) => *usual = kept,
    }
}

/// Tells listeners that the conversation's proposal is another one: the list shows whether it is ready.
fn told(inbox: &Inbox, conversation: ConversationId) {
    inbox.emit(CoreEvent::ProposalChanged { conversation });
}
