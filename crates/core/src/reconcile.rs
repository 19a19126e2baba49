//! Reconciling: the account is read for a range, and every object of it gets its place.
//!
//! At start and daily Stripe's sessions are hinted at, whatever was or wasn't heard;
//! daily, and whenever a person asks, the books are closed: what Stripe has, what is
//! here, and where the two differ.

mod hinting;
mod reading;
mod report;
mod ties;

use std::sync::PoisonError;
use std::time::Duration;

use cobro_stripe::KeyMode;
use cobro_stripe::ledger::{Range, Shelf};
use tokio_util::sync::CancellationToken;

pub(crate) use self::report::{decimal, escaped, harmless, moment, zone_name};
pub use self::report::{to_csv, to_html};
pub use self::ties::{note, suggestions, tie, untie};
pub(crate) use self::ties::{tie_in, untie_in};

use crate::domain::{
    BookClass, BookLine, Page, ReconcileEstimate, ReconcileId, ReconcileReport, ReconcileState,
    Reconciliation, Timestamp, Words,
};
use crate::store::{books, meta};
use crate::{CoreEvent, Error, Inbox, Result, poll};

const DAILY: Duration = Duration::from_hours(24);
/// What is read by itself each day.
const BY_ITSELF: Duration = Duration::from_hours(31 * 24);
/// A reading that is older is begun anew: what it read first may have changed.
const STILL_TRUE: Duration = Duration::from_hours(24);
/// No account of Stripe's is older.
const LONGEST: Duration = Duration::from_hours(24 * 366 * 15);
/// A reading that costs more than this asks first.
const MANY_READS: u64 = 300;
/// Of the month's allowance this much stays for learning of payments.
const KEPT_PERCENT: u64 = 20;

/// Hints at start and daily, and reads the last month by itself once a day.
pub(crate) async fn run(inbox: Inbox) {
    let Some(stripe) = inbox.stripe.clone() else {
        return;
    };
    if let Err(error) = reading::judge_on(&inbox).await {
        tracing::warn!(%error, "What a crash left half judged could not be judged; the next reading is whole");
    }
    loop {
        let pause = match hinting::hint_at_all(&inbox, &stripe).await {
            Ok(()) => {
                if let Err(error) = by_itself(&inbox).await {
                    tracing::warn!(%error, "The books could not be closed; it is tried again tomorrow");
                }
                DAILY
            }
            Err(error) => {
                tracing::warn!(%error, "Reconciling with Stripe failed; it is tried again");
                Duration::from_mins(2)
            }
        };
        if !inbox.rest(Some(&inbox.reconciling), pause).await {
            return;
        }
    }
}

/// Leaves what a crash interrupted so that it can go on.
pub(crate) async fn recover(inbox: &Inbox) -> Result<()> {
    inbox.store.write(|tx| books::pause_interrupted(tx)).await
}

/// Reads the last month, if that was not done within a day and a person's own reading is not under way.
async fn by_itself(inbox: &Inbox) -> Result<()> {
    let now = Timestamp::now();
    let live = inbox.require_stripe()?.key_mode() == KeyMode::Live;
    let (last, paid) = inbox
        .store
        .read(move |conn| {
            let last = meta::get(conn, meta::BOOKED_AT)?.and_then(|at| at.parse().ok());
            let range = Range {
                since: now.minus(BY_ITSELF),
                until: now,
            };
            Ok((
                last.map(Timestamp::from_millis),
                books::payments_in(conn, range, live)?,
            ))
        })
        .await?;
    if last.is_some_and(|last| now.since(last) < DAILY.mul_f32(0.9)) || (last.is_none() && paid == 0) {
        return Ok(());
    }
    let range = Range {
        since: now.minus(BY_ITSELF),
        until: now,
    };
    let estimate = estimate(inbox, range).await?;
    if estimate.warns {
        return Ok(());
    }
    let report = read(inbox, range, false).await?;
    if report.run.state != ReconcileState::Done {
        // It goes on from where it stopped, the next time.
        return Ok(());
    }
    inbox
        .store
        .write(move |tx| Ok(meta::set(tx, meta::BOOKED_AT, &now.millis().to_string())?))
        .await
}

/// Returns what reading a range would cost, from what is known here and what earlier readings met.
pub async fn estimate(inbox: &Inbox, range: Range) -> Result<ReconcileEstimate> {
    checked(range)?;
    let live = inbox.require_stripe()?.key_mode() == KeyMode::Live;
    let (payments, a_day) = inbox
        .store
        .read(move |conn| {
            Ok((
                books::payments_in(conn, range, live)?,
                books::objects_a_day(conn, live)?,
            ))
        })
        .await?;
    let (used, allowance) = poll::budget(inbox).await?;
    let hours = range.until.since(range.since).as_secs().div_ceil(3600);
    // A payment is a session, an intent, a charge and a line of the balance, in pages of a hundred.
    let met_before = a_day.unwrap_or(0).saturating_mul(hours).div_ceil(24);
    let objects = payments.saturating_mul(4).max(met_before);
    let lists = u64::try_from(Shelf::ALL.len()).unwrap_or(7);
    let reads = lists.saturating_add(objects.div_ceil(100));
    let left = allowance.saturating_sub(used);
    Ok(ReconcileEstimate {
        reads: shown(reads),
        left: shown(left),
        allowance: shown(allowance),
        warns: reads > MANY_READS || reads.saturating_mul(10) > left,
    })
}

/// Begins a reading, or goes on with one of the same range that stopped half-way. It
/// runs by itself; `CoreEvent::ReconcileChanged` tells how far it is.
pub async fn start(inbox: &Inbox, range: Range, over_budget: bool) -> Result<Reconciliation> {
    let (id, stop) = begin(inbox, range).await?;
    let task = inbox.clone();
    inbox.spawn(async move {
        if let Err(error) = reading::read_on(&task, id, &stop, over_budget).await {
            tracing::warn!(%error, "The reading stopped");
        }
        ended(&task);
    });
    get(inbox, id).await
}

/// The same, and waits until it ends.
pub async fn read(inbox: &Inbox, range: Range, over_budget: bool) -> Result<ReconcileReport> {
    let (id, stop) = begin(inbox, range).await?;
    let done = reading::read_on(inbox, id, &stop, over_budget).await;
    ended(inbox);
    done?;
    report(inbox, id).await
}

/// Goes on with a reading that stopped half-way.
pub async fn resume(inbox: &Inbox, id: ReconcileId, over_budget: bool) -> Result<Reconciliation> {
    let run = get(inbox, id).await?;
    if run.state != ReconcileState::Paused {
        return Err(Error::Conflict(
            "This reading is not paused. Look at the list again".into(),
        ));
    }
    let range = Range {
        since: run.since,
        until: run.until,
    };
    start(inbox, range, over_budget).await
}

/// Ends the reading that is under way, or one that is paused. What it read is forgotten with it.
pub async fn cancel(inbox: &Inbox, id: ReconcileId) -> Result<()> {
    let running = inbox
        .reading
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .as_ref()
        .filter(|(running, _)| *running == id)
        .map(|(_, stop)| stop.clone());
    if let Some(stop) = running {
        stop.cancel();
        return Ok(());
    }
    inbox
        .store
        .write(move |tx| {
            let run = books::find(tx, id)?.ok_or(Error::NotFound("This reading"))?;
            if run.view.state == ReconcileState::Paused {
                books::set_state(tx, run.n, ReconcileState::Cancelled, None, Timestamp::now())?;
            }
            Ok(())
        })
        .await?;
    inbox.emit(CoreEvent::ReconcileChanged);
    Ok(())
}

/// Returns the readings, newest first.
pub async fn all(inbox: &Inbox) -> Result<Vec<Reconciliation>> {
    let runs = inbox.store.read(books::all).await?;
    Ok(runs.into_iter().map(|run| run.view).collect())
}

pub async fn get(inbox: &Inbox, id: ReconcileId) -> Result<Reconciliation> {
    inbox
        .store
        .read(move |conn| {
            Ok(books::find(conn, id)?
                .ok_or(Error::NotFound("This reading"))?
                .view)
        })
        .await
}

/// Returns a reading with what came of it.
pub async fn report(inbox: &Inbox, id: ReconcileId) -> Result<ReconcileReport> {
    inbox.store.read(move |conn| report_of(conn, id)).await
}

/// Returns one page of a class, newest first.
pub async fn lines(
    inbox: &Inbox,
    id: ReconcileId,
    class: BookClass,
    after: Option<String>,
) -> Result<Page<BookLine>> {
    inbox
        .store
        .read(move |conn| {
            let run = books::find(conn, id)?.ok_or(Error::NotFound("This reading"))?;
            books::page(conn, run.n, class, after.as_deref())
        })
        .await
}

pub(crate) fn report_of(conn: &rusqlite::Connection, id: ReconcileId) -> Result<ReconcileReport> {
    let run = books::find(conn, id)?.ok_or(Error::NotFound("This reading"))?;
    let counts = books::counts(conn, run.n)?;
    let sums = books::sums(conn, run.n)?;
    let holds_money = |shelf: &str| {
        matches!(
            Shelf::from_name(shelf),
            Some(Shelf::Charges | Shelf::Refunds | Shelf::BalanceTransactions)
        )
    };
    let placed: u32 = counts.iter().map(|count| count.objects).sum();
    let missing = counts
        .iter()
        .find(|count| count.class == BookClass::Missing)
        .map_or(0, |count| count.objects);
    let closes = run.view.state == ReconcileState::Done
        && run.view.unreadable == 0
        && !run.view.skipped.iter().any(|skipped| holds_money(&skipped.shelf))
        && placed.saturating_sub(missing) == run.view.objects
        && sums.iter().all(crate::domain::BalanceSum::closes);
    Ok(ReconcileReport {
        open: counts.iter().map(|count| count.open).sum(),
        closes,
        counts,
        sums,
        run: run.view,
    })
}

async fn begin(inbox: &Inbox, range: Range) -> Result<(ReconcileId, CancellationToken)> {
    checked(range)?;
    let live = inbox.require_stripe()?.key_mode() == KeyMode::Live;
    let stop = inbox.stopping().child_token();
    let fresh = ReconcileId::new();
    {
        let mut reading = inbox.reading.lock().unwrap_or_else(PoisonError::into_inner);
        if reading.is_some() {
            return Err(Error::Conflict(
                "The account is being read already. Wait for its end, or cancel it first".into(),
            ));
        }
        *reading = Some((fresh, stop.clone()));
    }
    let begun = inbox
        .store
        .write(move |tx| {
            let now = Timestamp::now();
            if let Some(id) = books::half_done(tx, range, live, now.minus(STILL_TRUE))? {
                if let Some(run) = books::find(tx, id)? {
                    books::set_state(tx, run.n, ReconcileState::Running, None, now)?;
                }
                return Ok(id);
            }
            books::begin(tx, fresh, range, live, now)?;
            Ok(fresh)
        })
        .await;
    let mut reading = inbox.reading.lock().unwrap_or_else(PoisonError::into_inner);
    match begun {
        Ok(id) => {
            *reading = Some((id, stop.clone()));
            Ok((id, stop))
        }
        Err(error) => {
            *reading = None;
            Err(error)
        }
    }
}

fn ended(inbox: &Inbox) {
    inbox
        .reading
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    inbox.emit(CoreEvent::ReconcileChanged);
    inbox.emit(CoreEvent::StatusChanged);
}

fn checked(range: Range) -> Result<()> {
    if range.since >= range.until {
        return Err(Error::Invalid(
            "The range ends before it begins. Choose a later end".into(),
        ));
    }
    if range.until.since(range.since) > LONGEST {
        return Err(Error::Invalid(
            "The range is longer than Stripe is old. Choose a later beginning".into(),
        ));
    }
    Ok(())
}

/// Returns why a reading has to stop, if this month's reads are used up but for what learning of payments needs.
pub(crate) fn over_budget(used: u64, allowance: u64) -> Option<Words> {
    let most = allowance.saturating_mul(100 - KEPT_PERCENT) / 100;
    (used >= most).then(|| {
        Words::new(
            "read_budget",
            "Stripe's read allowance is nearly used up",
            format!(
                "{used} of {allowance} reads are used this month; the rest is kept for learning of payments. Go on all the same, or next month"
            ),
        )
    })
}

fn shown(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
