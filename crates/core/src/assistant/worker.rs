//! Looks at conversations after they changed, off the way that messages take.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use super::kept_settings;
use super::read::{Reading, read};
use super::second;
use super::shelf::Shelf;
use crate::domain::{AssistantSettings, ChargeId, ConversationId, Proposal, ProposalKind, Timestamp};
use crate::store::proposals;
use crate::{CoreEvent, Inbox, Result};

/// What nobody wrote in for so long is not looked at: nothing is agreed there now.
const FRESH: Duration = Duration::from_hours(72);
/// As many conversations are looked at when everything is looked at again.
const MOST: i64 = 500;

/// What is to be looked at.
#[derive(Debug, Default)]
struct Due {
    conversations: HashSet<ConversationId>,
    everything: bool,
}

impl Due {
    fn hear(&mut self, event: CoreEvent, inbox: &Inbox) {
        match event {
            CoreEvent::ConversationChanged { conversation }
            | CoreEvent::ChargeChanged { conversation, .. } => {
                self.conversations.insert(conversation);
            }
            CoreEvent::CatalogChanged => {
                inbox.forget_shelf();
                self.everything = true;
            }
            CoreEvent::AssistantChanged | CoreEvent::Resync => self.everything = true,
            _ => {}
        }
    }
}

/// Keeps every conversation's proposal up to date.
pub(crate) async fn run(inbox: Inbox) {
    let mut events = inbox.events();
    // What changed while nobody ran is looked at first.
    let mut due = Due {
        everything: true,
        ..Due::default()
    };
    loop {
        if let Err(error) = look_at(&inbox, std::mem::take(&mut due)).await {
            tracing::warn!(%error, "The assistant could not look at conversations");
        }
        let event = tokio::select! {
            () = inbox.stopping().cancelled() => return,
            event = events.recv() => event,
        };
        match event {
            Ok(event) => due.hear(event, &inbox),
            Err(RecvError::Lagged(_)) => {
                inbox.forget_shelf();
                due.everything = true;
            }
            Err(RecvError::Closed) => return,
        }
        loop {
            match events.try_recv() {
                Ok(event) => due.hear(event, &inbox),
                Err(TryRecvError::Lagged(_)) => due.everything = true,
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
    }
}

/// The conversation that a person sees goes first.
async fn look_at(inbox: &Inbox, due: Due) -> Result<()> {
    let mut all: Vec<ConversationId> = due.conversations.into_iter().collect();
    if due.everything {
        let since = Timestamp::from_millis(
            Timestamp::now().millis() - i64::try_from(FRESH.as_millis()).unwrap_or(i64::MAX),
        );
        let more = inbox
            .store
            .read(move |conn| {
                let mut ids = proposals::all(conn)?;
                ids.extend(proposals::fresh(conn, since, MOST)?);
                Ok(ids)
            })
            .await?;
        let known: HashSet<ConversationId> = all.iter().copied().collect();
        let mut seen = known;
        all.extend(more.into_iter().filter(|id| seen.insert(*id)));
    }
    if all.is_empty() {
        return Ok(());
    }
    all.sort_by_key(|id| !inbox.is_on_screen(*id));
    let shelf = inbox.shelf().await?;
    let settings = Arc::new(inbox.store.read(kept_settings).await?);
    for id in all {
        if inbox.stopping().is_cancelled() {
            return Ok(());
        }
        if let Err(error) = look(inbox, id, shelf.clone(), settings.clone()).await {
            tracing::warn!(%error, "The assistant could not look at a conversation");
        }
    }
    Ok(())
}

async fn look(
    inbox: &Inbox,
    id: ConversationId,
    shelf: Arc<Shelf>,
    settings: Arc<AssistantSettings>,
) -> Result<()> {
    let now = Timestamp::now();
    let (reading, rules) = (shelf.clone(), settings.clone());
    let (found, kept) = inbox
        .store
        .read(move |conn| {
            let kept = proposals::find(conn, id)?;
            Ok((read(conn, id, &reading, &rules, now)?, kept))
        })
        .await?;
    let (known, current) = match (&found, &kept) {
        (None, None) => return Ok(()),
        (Some(found), Some(kept)) => {
            let known = kept.fingerprint == found.fingerprint;
            (known, known && kept.basis == found.basis)
        }
        _ => (false, false),
    };
    if let (true, Some(kept)) = (current, kept) {
        ask_if_due(inbox, kept, shelf, settings);
        return Ok(());
    }
    let basis = found.as_ref().map_or(0, |found| found.basis);
    let stored = inbox
        .store
        .write(move |tx| match found {
            None => proposals::remove(tx, id).map(|_| None),
            Some(found) => keep(tx, id, found).map(Some),
        })
        .await?;
    match stored {
        Some(proposal) => second::ask(inbox, proposal, basis, shelf, settings),
        None => inbox.asking.cancel(id),
    }
    if !known {
        inbox.emit(CoreEvent::ProposalChanged { conversation: id });
    }
    Ok(())
}

/// Asks the model about a charge that it has not judged: it was configured since, or Cobro ended before it answered.
fn ask_if_due(inbox: &Inbox, kept: proposals::Kept, shelf: Arc<Shelf>, settings: Arc<AssistantSettings>) {
    let proposal = kept.proposal;
    let is_due = proposal.kind == ProposalKind::Charge
        && proposal.second.is_none()
        && second::may_ask(&proposal, &settings.model)
        && !inbox.asking.is_out(proposal.conversation, kept.basis);
    if is_due {
        second::ask(inbox, proposal, kept.basis, shelf, settings);
    }
}

/// The same proposal again keeps its charge, so that accepting it before and after is one charge.
fn keep(tx: &rusqlite::Transaction<'_>, id: ConversationId, found: Reading) -> Result<Proposal> {
    let Reading {
        mut proposal,
        fingerprint,
        basis,
    } = found;
    if let Some(kept) = proposals::find(tx, id)?
        && kept.fingerprint == fingerprint
    {
        proposal = kept.proposal;
    } else {
        proposal.charge = ChargeId::new();
    }
    proposals::put(tx, &proposal, &fingerprint, basis)?;
    Ok(proposal)
}
