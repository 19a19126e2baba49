//! Looks at conversations after they changed, off the way that messages take.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::time::Instant;

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

/// More than this at once is a flood: a history comes in, or a desk catches up.
const FLOOD: usize = 32;
/// A flood is let through for so long at a time…
const LET_THROUGH: Duration = Duration::from_millis(250);
/// …and for no longer than this: one that never ends must be looked at, too.
const PATIENCE: Duration = Duration::from_secs(15);

/// What is to be looked at.
#[derive(Debug, Default)]
struct Due {
    conversations: HashSet<ConversationId>,
    everything: bool,
}

impl Due {
    fn is_flood(&self) -> bool {
        self.everything || self.conversations.len() > FLOOD
    }

    /// Hears what was said until now. Returns how much that was.
    fn hear_all(&mut self, events: &mut Receiver<CoreEvent>, inbox: &Inbox) -> usize {
        let mut heard = 0;
        loop {
            match events.try_recv() {
                Ok(event) => {
                    heard += weight(event);
                    self.hear(event, inbox);
                }
                Err(TryRecvError::Lagged(_)) => {
                    heard += FLOOD + 1;
                    self.start_over(inbox);
                }
                Err(TryRecvError::Empty | TryRecvError::Closed) => return heard,
            }
        }
    }

    /// Everything is looked at again, with the catalog as it is now.
    fn start_over(&mut self, inbox: &Inbox) {
        inbox.forget_shelf();
        self.everything = true;
    }

    fn hear(&mut self, event: CoreEvent, inbox: &Inbox) {
        match event {
            CoreEvent::ConversationChanged { conversation }
            | CoreEvent::ChargeChanged { conversation, .. } => {
                self.conversations.insert(conversation);
            }
            CoreEvent::CatalogChanged => self.start_over(inbox),
            CoreEvent::AssistantChanged | CoreEvent::Resync => self.everything = true,
            _ => {}
        }
    }
}

/// Returns how many changes it stands for: one word says that very many conversations changed.
fn weight(event: CoreEvent) -> usize {
    match event {
        CoreEvent::Resync => FLOOD + 1,
        _ => 1,
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
        if due.is_flood() && !let_through(&inbox, &mut events, &mut due).await {
            return;
        }
        look_at_all(&inbox, std::mem::take(&mut due)).await;
        let event = tokio::select! {
            () = inbox.stopping().cancelled() => return,
            event = events.recv() => event,
        };
        match event {
            Ok(event) => due.hear(event, &inbox),
            Err(RecvError::Lagged(_)) => due.start_over(&inbox),
            Err(RecvError::Closed) => return,
        }
        due.hear_all(&mut events, &inbox);
    }
}

/// Waits while more changes than could be looked at; only who is on screen is looked at meanwhile.
/// Returns false when the desk ends.
async fn let_through(inbox: &Inbox, events: &mut Receiver<CoreEvent>, due: &mut Due) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let seen: HashSet<ConversationId> = due
            .conversations
            .extract_if(|id| inbox.is_on_screen(*id))
            .collect();
        if !seen.is_empty() {
            look_at_all(
                inbox,
                Due {
                    conversations: seen,
                    everything: false,
                },
            )
            .await;
        }
        if !inbox.rest(None, LET_THROUGH).await {
            return false;
        }
        if due.hear_all(events, inbox) <= FLOOD {
            break;
        }
    }
    true
}

async fn look_at_all(inbox: &Inbox, due: Due) {
    if let Err(error) = look_at(inbox, due).await {
        tracing::warn!(%error, "The assistant could not look at conversations");
    }
}

/// The conversation that a person sees goes first.
async fn look_at(inbox: &Inbox, due: Due) -> Result<()> {
    let mut all: Vec<ConversationId> = due.conversations.into_iter().collect();
    if due.everything {
        let since = Timestamp::now().minus(FRESH);
        let more = inbox
            .store
            .read(move |conn| {
                let mut ids = proposals::all(conn)?;
                ids.extend(proposals::fresh(conn, since, MOST)?);
                Ok(ids)
            })
            .await?;
        let mut seen: HashSet<ConversationId> = all.iter().copied().collect();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_for_very_many_conversations_is_a_flood() {
        assert!(weight(CoreEvent::Resync) > FLOOD);
        assert_eq!(weight(CoreEvent::AssistantChanged), 1);
    }
}
