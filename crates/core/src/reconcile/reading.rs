//! Reading the account: page after page, kept a few at a time with the place to go on from, so
//! that a cut costs no page twice, and a crash those of one second at most.

use std::time::Duration;

use cobro_stripe::ledger::{BookPage, Shelf};
use cobro_stripe::{StripeApi, StripeError};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::over_budget;
use crate::domain::{ReconcileId, ReconcileState, Timestamp, Words};
use crate::store::books::{self, Place, Run, Until};
use crate::store::meta;
use crate::{CoreEvent, Error, Inbox, Result, health, poll, settle, verify};

const REPAIRING: usize = Shelf::ALL.len();
const LOOKING_UP: usize = REPAIRING + 1;
const JUDGING: usize = REPAIRING + 2;
/// The range's first payments may have been asked for before it began: their links are known here, so nothing more is read.
const MOST_LOOKUPS: usize = 500;
/// So many pages are kept together, or as many as come in this time: those are read again after a crash.
const MOST_PAGES: usize = 10;
const LONGEST_UNKEPT: Duration = Duration::from_secs(1);

/// How a step ended.
enum Step {
    Further,
    Done,
    /// It can't go on now, and why.
    Paused(Words),
}

/// Goes on with a reading until it is done, paused or cancelled.
pub(crate) async fn read_on(
    inbox: &Inbox,
    id: ReconcileId,
    stop: &CancellationToken,
    beyond_budget: bool,
) -> Result<()> {
    let stripe = inbox.require_stripe()?.clone();
    let mut budget = Budget::open(inbox, &stripe, beyond_budget).await?;
    loop {
        if inbox.stopping().is_cancelled() {
            // The next start finds it running, and pauses it.
            return Ok(());
        }
        let run = inbox
            .store
            .read(move |conn| books::find(conn, id)?.ok_or(Error::NotFound("This reading")))
            .await?;
        if stop.is_cancelled() {
            return end(inbox, run.n, ReconcileState::Cancelled, None).await;
        }
        let step = if let Some(words) = budget.spent(&stripe) {
            Ok(Step::Paused(words))
        } else {
            // What is read is kept a few pages at a time; a person who stops it wants none of them.
            tokio::select! {
                biased;
                () = stop.cancelled() => Ok(Step::Further),
                step = step(inbox, &stripe, &run, &mut budget, stop) => step,
            }
        };
        match step {
            Ok(Step::Further) => inbox.emit(CoreEvent::ReconcileChanged),
            Ok(Step::Done) => return end(inbox, run.n, ReconcileState::Done, None).await,
            Ok(Step::Paused(words)) => return end(inbox, run.n, ReconcileState::Paused, Some(words)).await,
            Err(Error::Stripe(error)) => {
                let words = health::words_of_stripe(&error);
                return end(inbox, run.n, ReconcileState::Paused, Some(words)).await;
            }
            Err(error) => {
                let words = Words::new("internal", "The reading stopped", error.to_string());
                end(inbox, run.n, ReconcileState::Paused, Some(words)).await?;
                return Err(error);
            }
        }
    }
}

async fn end(inbox: &Inbox, run: i64, state: ReconcileState, why: Option<Words>) -> Result<()> {
    inbox
        .store
        .write(move |tx| books::set_state(tx, run, state, why.as_ref(), Timestamp::now()))
        .await?;
    inbox.emit(CoreEvent::ReconcileChanged);
    Ok(())
}

async fn step(
    inbox: &Inbox,
    stripe: &StripeApi,
    run: &Run,
    budget: &mut Budget,
    stop: &CancellationToken,
) -> Result<Step> {
    if let Some(shelf) = Shelf::ALL.get(run.stage) {
        return read_pages(inbox, stripe, run, *shelf, budget).await;
    }
    match run.stage {
        REPAIRING => repair(inbox, stripe, run, stop).await,
        LOOKING_UP => look_up(inbox, stripe, run, stop).await,
        JUDGING => {
            judge(inbox, run).await?;
            Ok(Step::Done)
        }
        _ => Ok(Step::Done),
    }
}

/// Reads a list's next pages, and keeps them together.
async fn read_pages(
    inbox: &Inbox,
    stripe: &StripeApi,
    run: &Run,
    shelf: Shelf,
    budget: &mut Budget,
) -> Result<Step> {
    let (n, stage, began) = (run.n, run.stage, Instant::now());
    let mut pages: Vec<BookPage> = Vec::new();
    let mut next = Some(run.after.clone());
    let mut failed = None;
    while let Some(after) = next.clone() {
        match stripe.book_page(shelf, run.range, after.as_deref()).await {
            Ok(page) => {
                next = page.next.clone().map(Some);
                pages.push(page);
            }
            Err(error) => {
                failed = Some(error);
                break;
            }
        }
        if pages.len() >= MOST_PAGES || began.elapsed() > LONGEST_UNKEPT || budget.spent(stripe).is_some() {
            break;
        }
    }
    if pages.is_empty() {
        return match failed {
            Some(error) => skip(inbox, run, shelf, error).await,
            None => Ok(Step::Further),
        };
    }
    // What failed is asked for again, and then skipped or told.
    inbox
        .store
        .write(move |tx| match next {
            Some(after) => books::keep_pages(tx, n, &pages, (stage, after.as_deref())),
            None => books::keep_pages(tx, n, &pages, (stage + 1, None)),
        })
        .await?;
    Ok(Step::Further)
}

/// Goes on with the next list, if this one can't be read at all.
async fn skip(inbox: &Inbox, run: &Run, shelf: Shelf, error: StripeError) -> Result<Step> {
    let Some(why) = why_skipped(&error) else {
        return Err(error.into());
    };
    let (n, stage) = (run.n, run.stage + 1);
    inbox
        .store
        .write(move |tx| books::skip_shelf(tx, n, shelf, &why, stage))
        .await?;
    Ok(Step::Further)
}

/// Returns why a list can't be read at all: the key may not, or this account has none.
fn why_skipped(error: &StripeError) -> Option<String> {
    match error {
        StripeError::Permission { .. } => Some(format!("{}. {}", error.title(), error.advice())),
        error if error.is_not_found() => Some("This account has no such list".into()),
        _ => None,
    }
}

/// Settles what was missed, by the same door as everything else: nothing is written that Stripe's object, read back, does not say.
async fn repair(inbox: &Inbox, stripe: &StripeApi, run: &Run, stop: &CancellationToken) -> Result<Step> {
    judge_until(inbox, run, Until::Owners).await?;
    let (n, before) = (run.n, stripe.reads());
    let missed = inbox.store.read(move |conn| books::to_repair(conn, n)).await?;
    let mut repaired = 0;
    for intent in missed {
        if stop.is_cancelled() {
            return Ok(Step::Further);
        }
        match settle::read_now(inbox, stripe, &intent).await {
            Ok(()) => repaired += 1,
            // One that can't be settled stands in the report as differing.
            Err(Error::Stripe(error)) if error.is_permanent() => {
                tracing::warn!(%error, "A payment could not be repaired");
            }
            Err(error) => return Err(error),
        }
    }
    advance(inbox, stripe, n, LOOKING_UP, before, repaired).await
}

/// Asks by name for what is paid here and was on none of Stripe's lists.
async fn look_up(inbox: &Inbox, stripe: &StripeApi, run: &Run, stop: &CancellationToken) -> Result<Step> {
    let (n, before, asked) = (run.n, stripe.reads(), run.clone());
    let account = verify::account_of(inbox, stripe).await?;
    let (not_listed, kept) = inbox
        .store
        .read(move |conn| {
            Ok((
                books::not_listed(conn, &asked, account.as_deref())?,
                books::payments_in(conn, asked.range, asked.livemode)?,
            ))
        })
        .await?;
    let listed = usize::try_from(kept)
        .unwrap_or(usize::MAX)
        .saturating_sub(not_listed.len());
    let mut missing = Vec::new();
    for intent in not_listed.into_iter().take(MOST_LOOKUPS) {
        if stop.is_cancelled() {
            return Ok(Step::Further);
        }
        if !verify::is_paid(stripe, &intent).await? {
            missing.push(intent);
        }
    }
    if verify::is_another_account(listed, missing.len()) {
        return Ok(Step::Paused(verify::another_account()));
    }
    if !missing.is_empty() {
        let named = missing.clone();
        inbox
            .store
            .write(move |tx| {
                named
                    .iter()
                    .try_for_each(|intent| books::add_missing(tx, n, intent))
            })
            .await?;
        verify::contest_payments(inbox, missing).await?;
    }
    advance(inbox, stripe, n, JUDGING, before, 0).await
}

async fn advance(
    inbox: &Inbox,
    stripe: &StripeApi,
    run: i64,
    stage: usize,
    reads_before: u64,
    repaired: usize,
) -> Result<Step> {
    let reads = stripe.reads().saturating_sub(reads_before);
    inbox
        .store
        .write(move |tx| books::advance(tx, run, stage, reads, repaired))
        .await?;
    Ok(Step::Further)
}

/// Puts every object in its class.
pub(crate) async fn judge(inbox: &Inbox, run: &Run) -> Result<()> {
    judge_until(inbox, run, Until::End).await
}

/// Judges in portions, so that a message that comes meanwhile does not wait for all of it. What a crash leaves half
/// judged is judged again by [`judge_on`].
async fn judge_until(inbox: &Inbox, run: &Run, until: Until) -> Result<()> {
    let (n, live) = (run.n, run.livemode);
    let _alone = inbox.judging.lock().await;
    let id = run.view.id;
    let mut next = Some(Place::default());
    while let Some(place) = next {
        next = inbox
            .store
            .write(move |tx| {
                meta::set(tx, meta::JUDGING, &id.to_string())?;
                let next = books::judge(tx, n, live, until, place)?;
                if next.is_none() {
                    meta::remove(tx, meta::JUDGING)?;
                }
                Ok(next)
            })
            .await?;
    }
    Ok(())
}

/// Judges a finished reading again that was being judged when Cobro ended: its books would not close.
pub(crate) async fn judge_on(inbox: &Inbox) -> Result<()> {
    let half = inbox
        .store
        .read(|conn| {
            let id = meta::get(conn, meta::JUDGING)?.and_then(|id| id.parse().ok());
            id.map_or(Ok(None), |id| books::find(conn, id))
        })
        .await?;
    if let Some(run) = half.filter(|run| run.view.state == ReconcileState::Done) {
        judge(inbox, &run).await?;
        inbox.emit(CoreEvent::ReconcileChanged);
    }
    Ok(())
}

/// What may still be read this month.
struct Budget {
    used: u64,
    allowance: u64,
    counted: u64,
    beyond: bool,
}

impl Budget {
    async fn open(inbox: &Inbox, stripe: &StripeApi, beyond: bool) -> Result<Self> {
        let (used, allowance) = poll::budget(inbox).await?;
        Ok(Self {
            used,
            allowance,
            counted: stripe.reads(),
            beyond,
        })
    }

    /// Returns why no more may be read.
    fn spent(&mut self, stripe: &StripeApi) -> Option<Words> {
        let now = stripe.reads();
        self.used = self.used.saturating_add(now.saturating_sub(self.counted));
        self.counted = now;
        over_budget(self.used, self.allowance).filter(|_| !self.beyond)
    }
}
