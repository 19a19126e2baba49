//! The catalog beside Stripe's: what is new or changed on one side goes to the other; what changed on
//! both is asked about.

mod push;
mod read;

use crate::action::{Action, Actor, apply};
use crate::domain::{
    Keep, Product, ProductDraft, ProductId, ProductSide, SkippedProduct, Step, SyncReport, Timestamp, Words,
    step_of,
};
use crate::store::{products, syncing};
use crate::{CoreEvent, Error, Inbox, Result};

use push::push;
use read::{Theirs, at_stripe};

/// What becomes of one product.
enum Deed {
    /// Only Stripe has it.
    Import(Theirs),
    /// Both say the same.
    Agree(Box<Product>, Theirs),
    /// Stripe's changed.
    Take(Box<Product>, Theirs),
    /// Ours changed.
    Send(Box<Product>, Theirs),
    /// Both changed.
    Ask(Box<Product>, Theirs),
    /// Only we have it.
    Create(Box<Product>),
}

/// Returns what `run` would do. Nothing is changed. Costs a read for each hundred products and prices.
pub async fn look(inbox: &Inbox) -> Result<SyncReport> {
    let (deeds, skipped) = plan(inbox).await?;
    let mut report = SyncReport {
        skipped,
        ..SyncReport::default()
    };
    for deed in &deeds {
        count(&mut report, deed);
    }
    Ok(report)
}

/// Brings both catalogs together. One at a time; what was done stays done if Stripe can't be reached
/// half-way, and the next run goes on. Returns what it did.
pub async fn run(inbox: &Inbox, actor: Actor) -> Result<SyncReport> {
    let Ok(_alone) = inbox.syncing.try_lock() else {
        return Err(Error::Conflict(
            "The catalog is being compared with Stripe's already. Wait until that is done".into(),
        ));
    };
    finish(inbox).await?;
    let (deeds, skipped) = plan(inbox).await?;
    let mut report = SyncReport {
        skipped,
        ..SyncReport::default()
    };
    let all = u32::try_from(deeds.len()).unwrap_or(u32::MAX);
    for (done, deed) in (0..all).zip(deeds) {
        if inbox.stopping().is_cancelled() {
            break;
        }
        // About fifty times: each delivery costs the window's own thread.
        if done % (all / 50).max(1) == 0 {
            inbox.emit(CoreEvent::CatalogSyncing { done, all });
        }
        carry_out(inbox, actor, deed, &mut report).await?;
    }
    inbox.emit(CoreEvent::CatalogSyncing { done: all, all });
    inbox.emit(CoreEvent::CatalogChanged);
    Ok(report)
}

/// Decides a conflict: ours goes to Stripe, or Stripe's comes here.
pub async fn resolve(inbox: &Inbox, actor: Actor, product: ProductId, keep: Keep) -> Result<Product> {
    inbox.require_stripe()?;
    let theirs = catalog_product(inbox, product).await?.theirs.ok_or_else(|| {
        Error::Conflict("Nothing is to be decided here any more. Look at the product again".into())
    })?;
    match keep {
        Keep::Ours => {
            inbox
                .store
                .write(move |tx| syncing::keep_ours(tx, product))
                .await?;
            push(inbox, product, Some(&theirs)).await?;
        }
        Keep::Stripes => {
            let known = catalog_product(inbox, product).await?;
            inbox
                .store
                .write(move |tx| take(tx, actor, &known, &theirs))
                .await?;
        }
    }
    inbox.emit(CoreEvent::CatalogChanged);
    catalog_product(inbox, product).await
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
    if let Err(error) = finish(&inbox).await {
        tracing::warn!(%error, "Products that were on their way to Stripe wait for the next comparison");
    }
}

async fn finish(inbox: &Inbox) -> Result<()> {
    for product in inbox.store.read(syncing::unanswered).await? {
        push(inbox, product, None).await?;
        inbox.emit(CoreEvent::CatalogChanged);
    }
    Ok(())
}

async fn catalog_product(inbox: &Inbox, id: ProductId) -> Result<Product> {
    inbox.store.read(move |conn| products::get(conn, id)).await
}

/// Compares both sides.
async fn plan(inbox: &Inbox) -> Result<(Vec<Deed>, Vec<SkippedProduct>)> {
    let stripe = inbox.require_stripe()?.clone();
    let live = read::is_live(&stripe);
    let (theirs, mut skipped) = at_stripe(&stripe).await?;
    let (ours, known) = inbox
        .store
        .write(move |tx| {
            syncing::forget_other_mode(tx, live)?;
            let ours = products::all(tx, true)?;
            let known = ours
                .iter()
                .map(|product| syncing::linked(tx, product.id))
                .collect::<Result<Vec<_>>>()?;
            Ok((ours, known))
        })
        .await?;
    let mut ours: Vec<Option<(Product, syncing::Linked)>> = ours.into_iter().zip(known).map(Some).collect();
    let mut deeds = Vec::new();
    for theirs in theirs {
        let meant = ours
            .iter_mut()
            .find(|ours| {
                ours.as_ref()
                    .is_some_and(|(product, _)| is_same(product, &theirs))
            })
            .and_then(Option::take);
        deeds.extend(match meant {
            Some((product, linked)) => Some(deed_of(product, linked, theirs)),
            None => theirs.side.active.then_some(Deed::Import(theirs)),
        });
    }
    for (product, linked) in ours.into_iter().flatten() {
        match (&linked.stripe_product, product.active) {
            (Some(id), _) => skipped.push(SkippedProduct {
                why: format!(
                    "Stripe has {id} no more, or its price can't be read. Look at it in Stripe's dashboard"
                ),
                name: product.name,
                product: Some(product.id),
            }),
            (None, true) => deeds.push(Deed::Create(Box::new(product))),
            (None, false) => {}
        }
    }
    Ok((deeds, skipped))
}

/// Returns whether Stripe's product is this one of ours: it is tied to it, names it, or has its name.
fn is_same(ours: &Product, theirs: &Theirs) -> bool {
    match &ours.stripe_product {
        Some(id) => *id == theirs.id,
        None => match theirs.ours {
            Some(id) => id == ours.id,
            None => ours.name.to_lowercase() == theirs.side.name.to_lowercase(),
        },
    }
}

fn deed_of(product: Product, linked: syncing::Linked, theirs: Theirs) -> Deed {
    let side = ProductSide::from(&product);
    let product = Box::new(product);
    match step_of(linked.base.as_ref(), &side, &theirs.side) {
        Step::Agree => Deed::Agree(product, theirs),
        Step::Take => Deed::Take(product, theirs),
        Step::Send => Deed::Send(product, theirs),
        Step::Ask => Deed::Ask(product, theirs),
    }
}

fn count(report: &mut SyncReport, deed: &Deed) {
    let counted = match deed {
        Deed::Import(_) => &mut report.imported,
        Deed::Agree(..) => &mut report.same,
        Deed::Take(..) => &mut report.taken,
        Deed::Send(..) => &mut report.sent,
        Deed::Ask(..) => &mut report.conflicts,
        Deed::Create(_) => &mut report.created,
    };
    *counted += 1;
}

async fn carry_out(inbox: &Inbox, actor: Actor, deed: Deed, report: &mut SyncReport) -> Result<()> {
    let outcome = match &deed {
        Deed::Import(theirs) => {
            let theirs = theirs.clone();
            let live = read::is_live(inbox.require_stripe()?);
            let imported = inbox
                .store
                .write(move |tx| import(tx, actor, &theirs, live))
                .await;
            imported.map(|()| None)
        }
        Deed::Agree(product, theirs) | Deed::Ask(product, theirs) | Deed::Take(product, theirs) => {
            let (product, theirs) = (product.clone(), theirs.clone());
            let live = read::is_live(inbox.require_stripe()?);
            let step = match &deed {
                Deed::Agree(..) => Step::Agree,
                Deed::Take(..) => Step::Take,
                _ => Step::Ask,
            };
            let settled = inbox
                .store
                .write(move |tx| settle(tx, actor, &product, &theirs, step, live))
                .await;
            settled.map(|()| None)
        }
        Deed::Send(product, theirs) => {
            let (id, theirs) = (product.id, theirs.clone());
            let live = read::is_live(inbox.require_stripe()?);
            let link = theirs.clone();
            inbox
                .store
                .write(move |tx| syncing::link(tx, id, &link.id, link.price.as_deref(), live))
                .await?;
            push(inbox, id, Some(&theirs.side)).await
        }
        Deed::Create(product) => push(inbox, product.id, None).await,
    };
    match outcome {
        Ok(None) => count(report, &deed),
        Ok(Some(words)) => report.skipped.push(skipped(&deed, words)),
        Err(Error::Invalid(why) | Error::Conflict(why)) => {
            report
                .skipped
                .push(skipped(&deed, Words::new("not_imported", "Left out", why)));
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

fn skipped(deed: &Deed, why: Words) -> SkippedProduct {
    let (name, product) = match deed {
        Deed::Import(theirs) => (theirs.side.name.clone(), None),
        Deed::Agree(product, _)
        | Deed::Take(product, _)
        | Deed::Send(product, _)
        | Deed::Ask(product, _)
        | Deed::Create(product) => (product.name.clone(), Some(product.id)),
    };
    SkippedProduct {
        name,
        product,
        why: why.advice,
    }
}

fn import(tx: &rusqlite::Transaction<'_>, actor: Actor, theirs: &Theirs, live: bool) -> Result<()> {
    let side = &theirs.side;
    let draft = ProductDraft {
        description: side.description.clone(),
        recurring: side.recurring,
        ..ProductDraft::new(side.name.clone(), side.price)
    }
    .checked()?;
    let id = draft.id;
    apply(tx, actor, &Action::SaveProduct(Box::new(draft)), Timestamp::now())?;
    syncing::link(tx, id, &theirs.id, theirs.price.as_deref(), live)?;
    let same = ProductSide::from(&products::get(tx, id)?) == *side;
    syncing::agreed(tx, id, side, same)
}

fn settle(
    tx: &rusqlite::Transaction<'_>,
    actor: Actor,
    product: &Product,
    theirs: &Theirs,
    step: Step,
    live: bool,
) -> Result<()> {
    syncing::link(tx, product.id, &theirs.id, theirs.price.as_deref(), live)?;
    match step {
        Step::Agree => syncing::agreed(tx, product.id, &theirs.side, true),
        Step::Take => {
            let now = products::get(tx, product.id)?;
            if ProductSide::from(&now) != ProductSide::from(product) {
                // Somebody edited it while Stripe's were being read: then both changed.
                return syncing::conflict(tx, product.id, &theirs.side);
            }
            take(tx, actor, product, &theirs.side)
        }
        Step::Ask | Step::Send => syncing::conflict(tx, product.id, &theirs.side),
    }
}

/// Writes Stripe's side of a product here.
fn take(tx: &rusqlite::Transaction<'_>, actor: Actor, product: &Product, theirs: &ProductSide) -> Result<()> {
    let now = Timestamp::now();
    let draft = ProductDraft {
        name: theirs.name.clone(),
        description: theirs.description.clone(),
        price: theirs.price,
        recurring: theirs.recurring,
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
    syncing::agreed(tx, product.id, theirs, true)
}
