//! The catalog beside Stripe's: what is new or changed on one side goes to the other; what changed on
//! both is asked about.

mod pair;
mod push;
mod read;

use rusqlite::{Connection, Transaction};

use crate::action::{Action, Actor, apply};
use crate::domain::{
    Keep, Product, ProductDraft, ProductId, ProductSide, SkippedProduct, Step, SyncReport, Timestamp, Words,
    step_of,
};
use crate::store::products;
use crate::store::syncing::{self, Account, Linked};
use crate::{CoreEvent, Error, Inbox, Result, verify};

use cobro_stripe::KeyMode;
use pair::{Deed, GONE, Plan, pair};
use push::{is_repeated, push};
use read::{Cost, Theirs};

/// After so many products at which Stripe failed itself, it is Stripe, not the product.
const FAILURES: u32 = 3;

/// Returns what `run` would do. Nothing is changed. Costs a read for each hundred products and prices.
pub async fn look(inbox: &Inbox) -> Result<SyncReport> {
    let here = account(inbox).await?;
    let plan = plan(inbox, &here).await?;
    let mut report = SyncReport {
        skipped: plan.skipped,
        ..SyncReport::default()
    };
    for deed in &plan.deeds {
        match deed {
            Deed::Import(_) => report.imported += 1,
            Deed::Settle(_, _, step) => count(&mut report, *step),
            Deed::Create(_) => report.created += 1,
            Deed::Forget(product) => report.skipped.push(skipped(product, GONE)),
        }
    }
    Ok(report)
}

/// Brings both catalogs together. One at a time; what was done stays done if Stripe can't be reached
/// half-way, and the next run goes on. Returns what it did.
pub async fn run(inbox: &Inbox, actor: Actor) -> Result<SyncReport> {
    let _alone = alone(inbox)?;
    let done = run_alone(inbox, actor).await;
    // Whatever came of it: what was done until then is shown, and nothing runs any more.
    inbox.emit(CoreEvent::CatalogSyncing { done: 1, all: 1 });
    inbox.emit(CoreEvent::CatalogChanged);
    done
}

async fn run_alone(inbox: &Inbox, actor: Actor) -> Result<SyncReport> {
    let here = account(inbox).await?;
    let place = here.clone();
    inbox
        .store
        .write(move |tx| syncing::forget_elsewhere(tx, &place))
        .await?;
    finish(inbox, &here).await?;
    let plan = plan(inbox, &here).await?;
    let mut report = SyncReport {
        skipped: plan.skipped,
        ..SyncReport::default()
    };
    let mut failures = 0;
    let all = u32::try_from(plan.deeds.len()).unwrap_or(u32::MAX);
    for (done, deed) in (0..all).zip(plan.deeds) {
        if inbox.stopping().is_cancelled() {
            break;
        }
        // About fifty times: each delivery costs the window's own thread.
        if done % (all / 50).max(1) == 0 {
            inbox.emit(CoreEvent::CatalogSyncing { done, all });
        }
        let (name, product) = named(&deed);
        let why = match carry_out(inbox, &here, actor, deed, &mut report).await {
            Ok(None) => continue,
            Ok(Some(words)) => words.advice,
            Err(Error::Invalid(why) | Error::Conflict(why)) => why,
            Err(Error::Stripe(error)) if is_repeated(&error) && failures + 1 < FAILURES => {
                failures += 1;
                crate::health::words_of_stripe(&error).advice
            }
            Err(error) => return Err(error),
        };
        report.skipped.push(SkippedProduct { name, product, why });
    }
    Ok(report)
}

/// Decides a conflict: ours goes to Stripe, or Stripe's comes here. What a person has not seen is not
/// overwritten either: where Stripe's changed once more, they are asked again.
pub async fn resolve(inbox: &Inbox, actor: Actor, product: ProductId, keep: Keep) -> Result<Product> {
    let _alone = alone(inbox)?;
    let here = account(inbox).await?;
    let (seen, linked) = inbox
        .store
        .read(move |conn| {
            Ok((
                products::get(conn, product)?.theirs,
                syncing::linked(conn, product)?,
            ))
        })
        .await?;
    let (Some(seen), Some(id)) = (seen, linked.stripe_product.as_ref()) else {
        return Err(Error::Conflict(
            "Nothing is to be decided here any more. Look at the product again".into(),
        ));
    };
    if linked.is_elsewhere(&here) {
        return Err(Error::Conflict(
            "This was compared with another account of Stripe's. Compare the catalog with this one first"
                .into(),
        ));
    }
    let now = read::one(inbox.require_stripe()?, id).await?;
    let Some(theirs) = now.filter(|theirs| theirs.side(&seen) == seen) else {
        return Err(Error::Conflict(
            "It changed at Stripe once more since this was asked. Compare the catalog again, then decide"
                .into(),
        ));
    };
    match keep {
        Keep::Ours => {
            inbox
                .store
                .write(move |tx| syncing::keep_ours(tx, product))
                .await?;
            push(inbox, &here, product, Some(&theirs)).await?;
        }
        Keep::Stripes => {
            inbox
                .store
                .write(move |tx| {
                    syncing::link(tx, product, &theirs.id, theirs.price(), &here)?;
                    take(tx, actor, &products::get(tx, product)?, &seen)
                })
                .await?;
        }
    }
    inbox.emit(CoreEvent::CatalogChanged);
    inbox.store.read(move |conn| products::get(conn, product)).await
}

/// Finishes what was on its way to Stripe when Cobro last ended.
pub(crate) async fn recover(inbox: Inbox) {
    if inbox.stripe().is_none() {
        return;
    }
    // Where nothing is on its way, a person who compares at once is not kept waiting.
    if matches!(inbox.store.read(syncing::unanswered).await, Ok(left) if left.is_empty()) {
        return;
    }
    let _alone = inbox.syncing.lock().await;
    let finished = match account(&inbox).await {
        Ok(here) => finish(&inbox, &here).await,
        Err(error) => Err(error),
    };
    if let Err(error) = finished {
        tracing::warn!(%error, "Products that were on their way to Stripe wait for the next comparison");
    }
}

/// Finishes what is on its way to this account. One product at which Stripe fails does not hold up the others.
async fn finish(inbox: &Inbox, here: &Account) -> Result<()> {
    for product in inbox.store.read(syncing::unanswered).await? {
        if inbox.stopping().is_cancelled() {
            return Ok(());
        }
        match finish_one(inbox, here, product).await {
            Err(Error::Stripe(error)) if is_repeated(&error) => {
                tracing::warn!(%error, "A product that is on its way to Stripe waits for the next comparison");
            }
            outcome => outcome?,
        }
        inbox.emit(CoreEvent::CatalogChanged);
    }
    Ok(())
}

/// Goes on with a request whose answer is not known, unless somebody changed the product at Stripe meanwhile.
async fn finish_one(inbox: &Inbox, here: &Account, product: ProductId) -> Result<()> {
    let linked = inbox
        .store
        .read(move |conn| syncing::linked(conn, product))
        .await?;
    if linked.is_elsewhere(here) {
        return Ok(());
    }
    let Some(sent) = linked.sent.as_ref() else {
        // It can't be read: what Stripe has of it is found by its mark.
        return inbox.store.write(move |tx| syncing::drop_sent(tx, product)).await;
    };
    let Some(id) = &linked.stripe_product else {
        return push(inbox, here, product, None).await.map(drop);
    };
    let Some(theirs) = read::one(inbox.require_stripe()?, id).await? else {
        return inbox.store.write(move |tx| syncing::forget(tx, product)).await;
    };
    let side = theirs.side(&sent.side);
    if !matches!(theirs.cost, Cost::Unfit(_)) && side.is_between(linked.base.as_ref(), &sent.side) {
        return push(inbox, here, product, Some(&theirs)).await.map(drop);
    }
    inbox
        .store
        .write(move |tx| syncing::conflict(tx, product, &side))
        .await
}

/// Keeps others from comparing, or deciding, at the same time.
fn alone(inbox: &Inbox) -> Result<tokio::sync::MutexGuard<'_, ()>> {
    inbox.syncing.try_lock().map_err(|_| {
        Error::Conflict("The catalog is being compared with Stripe's already. Wait until that is done".into())
    })
}

async fn account(inbox: &Inbox) -> Result<Account> {
    let stripe = inbox.require_stripe()?;
    Ok(Account {
        livemode: stripe.key_mode() == KeyMode::Live,
        id: verify::account_of(inbox, stripe).await?,
    })
}

/// Compares both sides. Nothing is written.
async fn plan(inbox: &Inbox, here: &Account) -> Result<Plan> {
    let place = here.clone();
    let ours = inbox.store.read(move |conn| ours(conn, &place)).await?;
    let links: Vec<String> = ours
        .iter()
        .filter_map(|(_, linked)| linked.stripe_product.clone())
        .collect();
    let theirs = read::at_stripe(inbox.require_stripe()?, &links).await?;
    Ok(pair(ours, theirs))
}

/// Returns our products with their places in this account; a place in another is none.
fn ours(conn: &Connection, here: &Account) -> Result<Vec<(Product, Linked)>> {
    products::all(conn, true)?
        .into_iter()
        .map(|product| {
            let linked = syncing::linked(conn, product.id)?;
            if linked.is_elsewhere(here) {
                return Ok((product, Linked::default()));
            }
            Ok((product, linked))
        })
        .collect()
}

fn count(report: &mut SyncReport, step: Step) {
    let counted = match step {
        Step::Agree => &mut report.same,
        Step::Take => &mut report.taken,
        Step::Send => &mut report.sent,
        Step::Ask => &mut report.conflicts,
    };
    *counted += 1;
}

/// Does one deed and counts it. Returns why it was not done where Stripe has refused it.
async fn carry_out(
    inbox: &Inbox,
    here: &Account,
    actor: Actor,
    deed: Deed,
    report: &mut SyncReport,
) -> Result<Option<Words>> {
    let place = here.clone();
    match deed {
        Deed::Import(theirs) => {
            inbox
                .store
                .write(move |tx| import(tx, actor, &theirs, &place))
                .await?;
            report.imported += 1;
        }
        Deed::Settle(product, theirs, Step::Send) => {
            let (id, link) = (product.id, theirs.clone());
            inbox
                .store
                .write(move |tx| syncing::link(tx, id, &link.id, link.price(), &place))
                .await?;
            let refused = push(inbox, here, id, Some(&theirs)).await?;
            if refused.is_some() {
                return Ok(refused);
            }
            report.sent += 1;
        }
        Deed::Settle(product, theirs, _) => {
            let id = product.id;
            let step = inbox
                .store
                .write(move |tx| settle(tx, actor, id, &theirs, &place))
                .await?;
            count(report, step);
        }
        Deed::Create(product) => {
            let refused = push(inbox, here, product.id, None).await?;
            if refused.is_some() {
                return Ok(refused);
            }
            report.created += 1;
        }
        Deed::Forget(product) => {
            let id = product.id;
            inbox.store.write(move |tx| syncing::forget(tx, id)).await?;
            report.skipped.push(skipped(&product, GONE));
        }
    }
    Ok(None)
}

fn named(deed: &Deed) -> (String, Option<ProductId>) {
    match deed {
        Deed::Import(theirs) => (theirs.name().to_owned(), None),
        Deed::Settle(product, ..) | Deed::Create(product) | Deed::Forget(product) => {
            (product.name.clone(), Some(product.id))
        }
    }
}

fn skipped(product: &Product, why: &str) -> SkippedProduct {
    SkippedProduct {
        name: product.name.clone(),
        product: Some(product.id),
        why: why.to_owned(),
    }
}

fn import(tx: &Transaction<'_>, actor: Actor, theirs: &Theirs, here: &Account) -> Result<()> {
    let Some(side) = theirs.whole_side() else {
        return Err(Error::Invalid("It has no price. Give it one at Stripe".into()));
    };
    let draft = ProductDraft {
        description: side.description.clone(),
        recurring: side.recurring,
        tax: side.tax.clone(),
        ..ProductDraft::new(side.name.clone(), side.price)
    }
    .checked()?;
    let id = draft.id;
    apply(tx, actor, &Action::SaveProduct(Box::new(draft)), Timestamp::now())?;
    syncing::link(tx, id, &theirs.id, theirs.price(), here)?;
    let same = ProductSide::from(&products::get(tx, id)?) == side;
    syncing::agreed(tx, id, &side, same)
}

/// Writes what becomes of a product that both sides have, by what is here now: somebody may have edited it
/// while Stripe's were being read. Returns what it was.
fn settle(
    tx: &Transaction<'_>,
    actor: Actor,
    id: ProductId,
    theirs: &Theirs,
    here: &Account,
) -> Result<Step> {
    syncing::link(tx, id, &theirs.id, theirs.price(), here)?;
    let now = products::get(tx, id)?;
    let (ours, base) = (ProductSide::from(&now), syncing::linked(tx, id)?.base);
    let side = theirs.side(base.as_ref().unwrap_or(&ours));
    let step = step_of(base.as_ref(), &ours, &side);
    match step {
        Step::Agree => syncing::agreed(tx, id, &side, true)?,
        Step::Take => take(tx, actor, &now, &side)?,
        // It was edited this moment: it goes with the next comparison.
        Step::Send => syncing::agreed(tx, id, &side, false)?,
        Step::Ask => syncing::conflict(tx, id, &side)?,
    }
    Ok(step)
}

/// Writes Stripe's side of a product here.
fn take(tx: &Transaction<'_>, actor: Actor, product: &Product, theirs: &ProductSide) -> Result<()> {
    let now = Timestamp::now();
    let draft = ProductDraft {
        name: theirs.name.clone(),
        description: theirs.description.clone(),
        price: theirs.price,
        recurring: theirs.recurring,
        tax: theirs.tax.clone(),
        ..ProductDraft::from(product)
    }
    .checked()?;
    apply(tx, actor, &Action::SaveProduct(Box::new(draft)), now)?;
    if theirs.active != product.active {
        let action = Action::OfferProduct {
            product: product.id,
            active: theirs.active,
        };
        apply(tx, actor, &action, now)?;
    }
    let same = ProductSide::from(&products::get(tx, product.id)?) == *theirs;
    syncing::agreed(tx, product.id, theirs, same)
}
