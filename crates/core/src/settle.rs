//! Settling: Stripe's own object, read back, decides what a charge is.

mod asked;
mod recurring;
#[cfg(test)]
mod tests;

use std::time::Duration;

use cobro_stripe::{
    CheckoutSession, DISPUTED_PAYMENT, NextStep, PaymentIntent, PaymentStatus as SessionPaid, SPEI,
    StripeApi, StripeError, StripeObject,
};
use rusqlite::Transaction;

use asked::Asked;
use recurring::Known;

use crate::aftermath::Aftermath;
use crate::domain::{
    Charge, ChargeId, ConversationId, Money, NoticeId, NoticeKind, PaymentRecord, PaymentStatus, Timestamp,
    Words, payment_of,
};
use crate::store::hints::{self, Hint};
use crate::store::notices::Notice;
use crate::store::payments::Saved;
use crate::store::{
    charges, messages, notices, payers, payments, product_links, products, subscriptions, verifying,
};
use crate::{CoreEvent, Error, Inbox, Language, Result, aftersale, payer, subscription};

/// Reads back whatever was hinted at, one object after another.
pub(crate) async fn run(inbox: Inbox) {
    let Some(stripe) = inbox.stripe.clone() else {
        return;
    };
    loop {
        let pause = match work(&inbox, &stripe).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::warn!(%error, "Payments could not be read back");
                Duration::from_secs(5)
            }
        };
        if !inbox.rest(Some(&inbox.hints), pause).await {
            return;
        }
    }
}

/// Works on all hints that are due. Returns how long to rest.
async fn work(inbox: &Inbox, stripe: &StripeApi) -> Result<Duration> {
    loop {
        if inbox.stopping().is_cancelled() {
            return Ok(Duration::ZERO);
        }
        let now = Timestamp::now();
        let (hint, next) = inbox
            .store
            .read(move |conn| Ok((hints::due(conn, now)?, hints::next_due(conn)?)))
            .await?;
        let Some(hint) = hint else {
            let until = next.map_or(Duration::from_secs(60), |next| next.since(now));
            return Ok(until.clamp(Duration::from_millis(50), Duration::from_secs(60)));
        };
        let (object, kind) = (hint.object_id.clone(), hint.object_kind.clone());
        if let Err(error) = read_back(inbox, stripe, hint.clone()).await {
            if matches!(error, Error::DiskFull | Error::Damaged) {
                return Err(error);
            }
            // One object that can't be written must not hold back the others.
            tracing::warn!(%error, %object, %kind, "A payment could not be settled; it is tried again");
            let pause = Duration::from_secs(30);
            inbox
                .store
                .write(move |tx| hints::postpone(tx, &hint, Timestamp::now().plus(pause)))
                .await?;
        }
    }
}

async fn read_back(inbox: &Inbox, stripe: &StripeApi, hint: Hint) -> Result<()> {
    let asked_at = Timestamp::now();
    let found = match find(inbox, stripe, &hint).await {
        Ok(found) => found,
        Err(Error::Stripe(error)) => return not_read(inbox, hint, error).await,
        Err(error) => return Err(error),
    };
    inbox.problems.clear("stripe.read");
    write_down(inbox, stripe, hint, found, asked_at).await
}

/// Reads one payment back at once, by the same door as every hint.
pub(crate) async fn read_now(inbox: &Inbox, stripe: &StripeApi, payment_intent: &str) -> Result<()> {
    read_unhinted(inbox, stripe, Hint::unwritten("payment_intent", payment_intent)).await
}

/// Reads back at once what was done at a link, or in a session.
pub(crate) async fn read_carrier_now(
    inbox: &Inbox,
    stripe: &StripeApi,
    carrier: StripeObject,
    id: &str,
) -> Result<()> {
    read_unhinted(inbox, stripe, Hint::unwritten(kind_of(carrier), id)).await
}

/// Returns what a hint calls it.
pub(crate) fn kind_of(carrier: StripeObject) -> &'static str {
    match carrier {
        StripeObject::PaymentLink => "payment_link",
        StripeObject::CheckoutSession => "checkout.session",
    }
}

async fn read_unhinted(inbox: &Inbox, stripe: &StripeApi, hint: Hint) -> Result<()> {
    let asked_at = Timestamp::now();
    let found = find(inbox, stripe, &hint).await?;
    write_down(inbox, stripe, hint, found, asked_at).await
}

/// Settles what Stripe answered to a question of `asked_at`.
async fn write_down(
    inbox: &Inbox,
    stripe: &StripeApi,
    hint: Hint,
    mut found: Found,
    asked_at: Timestamp,
) -> Result<()> {
    let is_disputed = hint.object_kind == DISPUTED_PAYMENT;
    for fact in &mut found.payments {
        // An answer is as old as its question: one that was asked for later knows better.
        fact.record.verified_at = asked_at;
        match Aftermath::read(inbox, stripe, &fact.record, is_disputed).await? {
            Ok(aftermath) => {
                fact.record.disputed = aftermath.is_disputed(fact.record.disputed);
                fact.aftermath = aftermath;
            }
            Err(error) => return not_read(inbox, hint, error).await,
        }
    }
    let senders = found.payments.iter().filter_map(Fact::sender).collect();
    let held = payer::held(stripe, senders).await;
    let unsettled = found.payments.iter().any(Fact::lacks_fee);
    let (language, announces) = (inbox.language(), inbox.announces);
    let account = inbox.stripe_account();
    let settled = inbox
        .store
        .write(move |tx| {
            let now = Timestamp::now();
            let mut settled = Vec::new();
            for of in &held {
                payers::hold(tx, &of.customer, &of.sums, of.asked_at)?;
            }
            recurring::save(tx, &found.subscriptions)?;
            recurring::tell_failures(tx, &found.subscriptions, language, announces, now)?;
            for fact in &found.payments {
                settled.extend(settle(tx, fact, language, announces, now)?);
                if let Some(account) = &account {
                    payments::seen_in(tx, &fact.record.payment_intent, account)?;
                }
            }
            for charge in recurring::conclude(tx, &found.subscriptions, now)? {
                settled.push(Settled {
                    charge,
                    conversation: charges::get(tx, charge)?.conversation,
                    is_news: false,
                    recurs: true,
                });
            }
            // The balance transaction appears a moment after capture; `charge.updated` tells, and so does another look.
            if unsettled && hint.attempts < 5 {
                hints::postpone(tx, &hint, now.plus(Duration::from_secs(2 << hint.attempts)))?;
            } else {
                hints::done(tx, &hint)?;
            }
            Ok(settled)
        })
        .await?;
    for change in settled {
        tell(inbox, &change);
    }
    Ok(())
}

/// Keeps the hint for another try, unless Stripe will never know the object. Without a hint there is
/// none: whoever asked has to know that nothing was settled.
async fn not_read(inbox: &Inbox, hint: Hint, error: StripeError) -> Result<()> {
    if hint.is_unwritten() {
        return Err(error.into());
    }
    inbox.problems.stripe("stripe.read", &error);
    let gone = error.is_not_found();
    inbox
        .store
        .write(move |tx| {
            if gone {
                return hints::done(tx, &hint);
            }
            let pause = Duration::from_secs(1 << hint.attempts.min(8));
            hints::postpone(tx, &hint, Timestamp::now().plus(pause))
        })
        .await
}

/// One payment as Stripe has it now, with what names its charge.
struct Fact {
    record: PaymentRecord,
    raw: String,
    charge_id: Option<String>,
    /// Who pays, as Stripe knows them.
    customer: Option<String>,
    link: Option<String>,
    /// What the opened address named, where a link is paid by many.
    reference: Option<String>,
    /// A completed session whose voucher or transfer is still unpaid.
    voucher: bool,
    /// What the session asked for before and after what the pay page added or took off.
    asked: Asked,
    aftermath: Aftermath,
}

impl Fact {
    /// Returns whether the money is still there: nobody is thanked for what went back whole, or is contested.
    fn is_kept(&self) -> bool {
        let refunded = self.record.refunded_minor;
        !self.record.disputed && (refunded == 0 || refunded < self.record.amount.minor())
    }

    /// Returns the customer whose transfer came, whole or in part.
    fn sender(&self) -> Option<String> {
        let came = self.record.status == PaymentStatus::Succeeded || self.record.funded_minor > 0;
        self.customer
            .clone()
            .filter(|_| came && self.record.method.as_deref() == Some(SPEI))
    }

    fn lacks_fee(&self) -> bool {
        self.record.status == PaymentStatus::Succeeded && self.record.fee.is_none()
    }
}

/// What a hint led to.
#[derive(Default)]
struct Found {
    payments: Vec<Fact>,
    subscriptions: Vec<Known>,
}

impl Found {
    fn is_empty(&self) -> bool {
        self.payments.is_empty() && self.subscriptions.is_empty()
    }

    fn with(mut self, other: Self) -> Self {
        self.payments.extend(other.payments);
        self.subscriptions.extend(other.subscriptions);
        self
    }
}

impl From<Vec<Fact>> for Found {
    fn from(payments: Vec<Fact>) -> Self {
        Self {
            payments,
            subscriptions: Vec::new(),
        }
    }
}

/// Reads what the hint names, following it to the payments behind it.
async fn find(inbox: &Inbox, stripe: &StripeApi, hint: &Hint) -> Result<Found> {
    let id = hint.object_id.as_str();
    match hint.object_kind.as_str() {
        "checkout.session" => {
            let session = stripe.checkout_session(id).await?;
            of_sessions(inbox, stripe, vec![session]).await
        }
        "payment_link" => {
            let sessions = stripe.sessions_of_payment_link(id).await?;
            of_sessions(inbox, stripe, sessions).await
        }
        "payment_intent" | DISPUTED_PAYMENT => of_intent(inbox, stripe, id).await,
        "charge" => {
            let charge = stripe.charge(id).await?;
            match charge.payment_intent {
                Some(intent) => of_intent(inbox, stripe, &intent).await,
                None => Ok(Found::default()),
            }
        }
        // Where nothing was ever charged that comes again, they are another program's: not worth a read.
        "invoice" | "subscription" if !inbox.store.read(charges::any_recurs).await? => Ok(Found::default()),
        "invoice" => recurring::of_invoice(inbox, stripe, id).await,
        "subscription" => recurring::of_subscription(inbox, stripe, id, None).await,
        _ => Ok(Found::default()),
    }
}

/// Reads an intent, and the session or the invoice it belongs to: only the session tells a
/// declined card from a voucher that waits, and only the invoice whose month it is.
async fn of_intent(inbox: &Inbox, stripe: &StripeApi, id: &str) -> Result<Found> {
    let known = id.to_owned();
    if let Some(invoice) = inbox
        .store
        .read(move |conn| subscriptions::of_payment(conn, &known))
        .await?
    {
        return recurring::of_invoice(inbox, stripe, &invoice).await;
    }
    let sessions = stripe.sessions_of_payment_intent(id).await?;
    if !sessions.is_empty() {
        return of_sessions(inbox, stripe, sessions).await;
    }
    if let Some(found) = recurring::of_payment(inbox, stripe, id).await? {
        return Ok(found);
    }
    Ok(vec![fact_of_intent(stripe.payment_intent(id).await?, None)].into())
}

/// Reads what came of the sessions: a payment, or a subscription. A payment that did not come along is asked for.
async fn of_sessions(inbox: &Inbox, stripe: &StripeApi, sessions: Vec<CheckoutSession>) -> Result<Found> {
    let mut found = Found::default();
    for mut session in sessions {
        if let Some(subscription) = session.subscription.clone() {
            let of = recurring::of_subscription(inbox, stripe, &subscription, Some(&session)).await?;
            found = found.with(of);
            continue;
        }
        let intent = match (session.payment_intent.take(), &session.payment_intent_id) {
            (Some(intent), _) => intent,
            (None, Some(id)) => stripe.payment_intent(id).await?,
            (None, None) => {
                found.payments.extend(free(session));
                continue;
            }
        };
        found.payments.push(fact_of_intent(intent, Some(session)));
    }
    Ok(found)
}

/// Returns what a finished visit comes to for which nothing was due, as with a code that takes everything
/// off: paid, with nothing. Stripe makes no payment for it, so it goes by the session's name.
fn free(session: CheckoutSession) -> Option<Fact> {
    let is_free = session.is_complete() && session.payment_status == SessionPaid::NoPaymentRequired;
    if !is_free || session.mode.as_deref().is_some_and(|mode| mode != "payment") {
        return None;
    }
    let amount = session.amount_total?;
    let now = Timestamp::now();
    Some(Fact {
        charge_id: session.metadata.get("cobro_charge").cloned(),
        customer: None,
        link: session.payment_link.clone(),
        reference: session.reference.clone(),
        voucher: false,
        asked: Asked::of_session(&session.raw),
        aftermath: Aftermath::default(),
        raw: session.raw,
        record: PaymentRecord {
            payment_intent: session.id.clone(),
            stripe_charge: None,
            checkout_session: Some(session.id),
            charge: None,
            status: PaymentStatus::Succeeded,
            amount,
            refunded_minor: 0,
            disputed: false,
            fee: Money::from_minor(0, amount.currency()).ok(),
            net_minor: Some(0),
            method: None,
            failure: None,
            voucher_until: None,
            voucher_url: None,
            funded_minor: 0,
            livemode: session.livemode,
            paid_at: Some(now),
            verified_at: now,
            asked_minor: None,
            collected: None,
            invoice: None,
        },
    })
}

fn fact_of_intent(intent: PaymentIntent, session: Option<CheckoutSession>) -> Fact {
    let completed = session.as_ref().is_some_and(CheckoutSession::is_complete);
    let unpaid = session
        .as_ref()
        .is_some_and(|session| session.payment_status == SessionPaid::Unpaid);
    let voucher = completed && unpaid;
    let charge = intent.latest_charge.clone();
    let status = status_of(&intent, voucher);
    let balance = charge
        .as_ref()
        .and_then(|charge| charge.balance_transaction.clone());
    let fee = balance
        .as_ref()
        .and_then(|balance| Money::from_minor(balance.fee, balance.currency).ok());
    let failure = intent.last_error.as_ref().map(|error| {
        error
            .decline_code
            .clone()
            .or_else(|| error.code.clone())
            .unwrap_or_else(|| "declined".to_owned())
    });
    let now = Timestamp::now();
    let raw = session
        .as_ref()
        .map_or_else(|| intent.raw.clone(), |session| session.raw.clone());
    let waits = match status {
        PaymentStatus::Processing => Waiting::of(&intent),
        _ => Waiting::default(),
    };
    let metadata = |key: &str| {
        session
            .as_ref()
            .and_then(|session| session.metadata.get(key))
            .or_else(|| intent.metadata.get(key))
            .cloned()
    };
    Fact {
        charge_id: metadata("cobro_charge"),
        customer: intent.customer.clone(),
        link: session.as_ref().and_then(|session| session.payment_link.clone()),
        reference: session.as_ref().and_then(|session| session.reference.clone()),
        voucher,
        aftermath: Aftermath::default(),
        asked: session
            .as_ref()
            .map(|session| Asked::of_session(&session.raw))
            .unwrap_or_default(),
        raw,
        record: PaymentRecord {
            payment_intent: intent.id,
            stripe_charge: charge.as_ref().map(|charge| charge.id.clone()),
            checkout_session: session.map(|session| session.id),
            charge: None,
            status,
            amount: if status == PaymentStatus::Succeeded {
                intent.amount_received
            } else {
                intent.amount
            },
            refunded_minor: charge.as_ref().map_or(0, |charge| charge.amount_refunded.minor()),
            disputed: charge.as_ref().is_some_and(|charge| charge.disputed),
            fee,
            net_minor: balance.as_ref().map(|balance| balance.net),
            method: charge
                .as_ref()
                .and_then(|charge| charge.method.as_ref())
                .map(method_words)
                .or(waits.method),
            voucher_until: waits.until,
            voucher_url: waits.url,
            funded_minor: waits.funded,
            failure,
            livemode: intent.livemode,
            paid_at: (status == PaymentStatus::Succeeded)
                .then(|| charge.as_ref().and_then(|charge| charge.created).unwrap_or(now)),
            verified_at: now,
            asked_minor: None,
            collected: None,
            invoice: None,
        },
    }
}

/// Returns how far the payment is. Only Stripe's own `succeeded` is paid.
fn status_of(intent: &PaymentIntent, voucher: bool) -> PaymentStatus {
    match intent.status.as_str() {
        "succeeded" => PaymentStatus::Succeeded,
        // A visit that ended after a declined card is cancelled by Stripe; the link still works.
        "canceled" if voucher => PaymentStatus::Ended,
        "canceled" => PaymentStatus::Failed,
        "processing" => PaymentStatus::Processing,
        "requires_action" if voucher => PaymentStatus::Processing,
        _ if voucher => PaymentStatus::Ended,
        _ => PaymentStatus::Failed,
    }
}

/// What a customer still has to do for a payment that waits.
#[derive(Default)]
struct Waiting {
    method: Option<String>,
    until: Option<Timestamp>,
    /// Where the customer sees the voucher.
    url: Option<String>,
    /// What of a transfer has come so far, in minor units.
    funded: i64,
}

impl Waiting {
    fn of(intent: &PaymentIntent) -> Self {
        match &intent.next {
            Some(NextStep::Voucher {
                method,
                url,
                expires_at,
                ..
            }) => Self {
                method: Some(method.clone()),
                until: *expires_at,
                url: url.clone(),
                funded: 0,
            },
            Some(NextStep::Transfer { remaining, url, .. }) => Self {
                method: Some("customer_balance".into()),
                until: None,
                url: url.clone(),
                funded: remaining.map_or(0, |left| (intent.amount.minor() - left.minor()).max(0)),
            },
            Some(NextStep::Other(_)) | None => Self::default(),
        }
    }
}

fn method_words(method: &cobro_stripe::PaymentMethodSummary) -> String {
    match (&method.last4, method.kind.as_str()) {
        (Some(last4), "card") => format!("card •• {last4}"),
        (_, kind) => kind.to_owned(),
    }
}

/// What settling changed.
struct Settled {
    charge: ChargeId,
    conversation: ConversationId,
    /// Money came that was not known before.
    is_news: bool,
    recurs: bool,
}

/// Writes the payment and what it makes of its charge. Money that is news also
/// queues its notice and, where it completes the charge, takes what was sold from
/// the stock and queues the thank-you. All commit together, so a crash can neither
/// lose the thank-you nor send it twice, nor sell from the stock twice.
fn settle(
    tx: &Transaction<'_>,
    fact: &Fact,
    language: Language,
    announces: bool,
    now: Timestamp,
) -> Result<Option<Settled>> {
    let charge = charge_of(tx, fact)?;
    if let Some(charge) = charge
        && charges::get(tx, charge)?.livemode != fact.record.livemode
    {
        return charges::set_problem(tx, charge, Some(&mode_words())).map(|()| None);
    }
    if fact.record.status == PaymentStatus::Failed && fact.record.failure.is_none() && !fact.voucher {
        // A session that was opened and not paid: nothing happened yet.
        return Ok(None);
    }
    let ours = charge
        .map(|charge| charges::pay_subtotal(tx, charge))
        .transpose()?
        .flatten();
    // What was erased is not learned again.
    let is_erased = charge
        .map(|charge| charges::is_of_erased(tx, charge))
        .transpose()?
        .unwrap_or_default();
    let Some(Saved {
        is_news,
        is_vindicated,
    }) = payments::save(
        tx,
        &PaymentRecord {
            charge,
            // Lines that somebody changed at Stripe explain nothing; an invoice asks for what it asks.
            asked_minor: fact
                .asked
                .total
                .filter(|_| fact.record.invoice.is_some() || (ours.is_some() && fact.asked.subtotal == ours)),
            collected: fact
                .asked
                .collected
                .clone()
                .filter(|collected| !collected.is_empty() && !is_erased),
            ..fact.record.clone()
        },
        if is_erased { "{}" } else { &fact.raw },
    )?
    else {
        // A later question was answered meanwhile, and settled.
        return Ok(None);
    };
    let Some(charge) = charge else {
        return Ok(None);
    };
    if is_vindicated {
        // A check had called it made up: what stood on it is as it was, and was told then.
        verifying::restore(tx, charge)?;
    }
    let facts = charges::facts(tx, charge)?;
    let payment = payment_of(facts, &payments::of_charge(tx, charge)?);
    let first_paid = charges::set_payment(tx, charge, payment, now)?;
    if first_paid && aftersale::is_fulfillable(payment) {
        charges::begin_fulfilment(tx, charge, now)?;
    }
    let paid = charges::get(tx, charge)?;
    if first_paid {
        // Whether the link came matters to nobody now.
        messages::put_aside_of_charge(tx, paid.conversation, charge, None)?;
    }
    fact.aftermath.save(
        tx,
        charge,
        paid.conversation,
        &fact.record.payment_intent,
        announces,
        now,
    )?;
    // A link that may be paid often has as many payments to thank for, whatever became of the others.
    let again = is_news && (facts.recurs || !facts.single_use);
    let is_plan = paid
        .terms
        .recurrence
        .is_some_and(|recurrence| recurrence.instalments().is_some());
    if (first_paid || (again && !is_plan)) && fact.is_kept() {
        products::sell(tx, charge, &fact.record.payment_intent, now)?;
    }
    // Somebody else's order, or the next one of a subscriber.
    if again
        && !first_paid
        && fact.is_kept()
        && (!facts.recurs || (!is_plan && aftersale::renews_order(tx, charge)?))
    {
        charges::renew_fulfilment(tx, charge, now)?;
    }
    if (first_paid || again) && fact.is_kept() {
        thank(tx, fact, &paid, first_paid, language, now)?;
    }
    if is_news && announces {
        notices::add(
            tx,
            &Notice {
                id: NoticeId::new(),
                kind: NoticeKind::Paid,
                conversation: paid.conversation,
                charge: Some(charge),
                message: None,
                payment_intent: Some(fact.record.payment_intent.clone()),
                at: now,
            },
        )?;
    }
    if paid.paid_at.is_none() && paid.contested_at.is_none() {
        charges::set_problem(tx, charge, failure_words(&fact.record).as_ref())?;
    }
    Ok(Some(Settled {
        charge,
        conversation: paid.conversation,
        is_news,
        recurs: facts.recurs,
    }))
}

/// Thanks for a payment. What comes again has a receipt instead each time, if the shop gives any.
fn thank(
    tx: &Transaction<'_>,
    fact: &Fact,
    charge: &Charge,
    first: bool,
    language: Language,
    now: Timestamp,
) -> Result<()> {
    let record = &fact.record;
    if let Some(invoice) = &record.invoice {
        let payment = subscription::Receipt {
            invoice,
            amount: record.amount,
            paid_at: record.paid_at,
            first,
        };
        if subscription::receipt(tx, charge, &payment, language, now)? || !first {
            return Ok(());
        }
    }
    aftersale::thank(tx, charge.id, record.amount, language, now)
}

/// Writes how a subscription stands, as Stripe has just answered.
pub(crate) fn save_subscription(
    tx: &Transaction<'_>,
    subscription: cobro_stripe::Subscription,
    read_at: Timestamp,
) -> Result<()> {
    let Some(known) = recurring::known(tx, subscription, read_at)? else {
        return Ok(());
    };
    let known = [known];
    recurring::save(tx, &known)?;
    recurring::conclude(tx, &known, Timestamp::now()).map(drop)
}

/// Returns the charge that asked for this payment: by its link or session, which only we
/// made, else by the id in its metadata.
fn charge_of(tx: &Transaction<'_>, fact: &Fact) -> Result<Option<ChargeId>> {
    for carrier in [&fact.link, &fact.record.checkout_session].into_iter().flatten() {
        if let Some(charge) = charges::id_of_link(tx, carrier)? {
            return Ok(Some(charge));
        }
    }
    // Anybody can change what an address ends in: it only counts for a charge that went by this link.
    if let (Some(link), Some(reference)) = (&fact.link, &fact.reference)
        && let Some(charge) = product_links::charge_of_visit(tx, link, reference)?
    {
        return Ok(Some(charge));
    }
    if let Some(charge) = payments::charge_of(tx, &fact.record.payment_intent)? {
        return Ok(Some(charge));
    }
    let Some(id) = fact.charge_id.as_deref().and_then(|id| id.parse().ok()) else {
        return Ok(None);
    };
    Ok(charges::find(tx, id)?.map(|charge| charge.id))
}

fn failure_words(record: &PaymentRecord) -> Option<Words> {
    match record.status {
        PaymentStatus::Failed => Some(Words::new(
            record.failure.clone().unwrap_or_else(|| "declined".into()),
            "The card was declined",
            "The link still works: the customer can try another card",
        )),
        PaymentStatus::Ended => Some(Words::new(
            "voucher_expired",
            "The voucher ran out unpaid",
            "Create a new charge to send a fresh link",
        )),
        PaymentStatus::Succeeded | PaymentStatus::Processing => None,
    }
}

fn mode_words() -> Words {
    Words::new(
        "livemode_mismatch",
        "A payment of the other mode was ignored",
        "Test and live money never mix. Check which Stripe key this desk uses",
    )
}

fn tell(inbox: &Inbox, settled: &Settled) {
    inbox.emit(CoreEvent::ChargeChanged {
        charge: settled.charge,
        conversation: settled.conversation,
    });
    inbox.emit(CoreEvent::ConversationChanged {
        conversation: settled.conversation,
    });
    inbox.emit(CoreEvent::StatusChanged);
    inbox.notices.notify_one();
    if settled.is_news {
        inbox.outbox.notify_one();
    }
    if settled.recurs {
        // A failure was told, or a plan wants its end.
        inbox.outbox.notify_one();
        inbox.subscriptions.notify_one();
    }
}
