//! Charging: a draft, a link made exactly once, and its end.

use std::time::Duration;

use cobro_protocol::cards;
use cobro_stripe::{
    CheckoutSession, Discount, KeyMode, MethodOptions, NewLine, NewLink, NewSession, PaymentLink,
    ShippingOption, StripeApi, StripeError, StripeObject, Terms,
};
use rusqlite::Connection;
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

use crate::action::{Action, Actor, apply};
use crate::domain::{
    Charge, ChargeId, ChargeTerms, Closing, Creation, Delivery, MessageId, Money, NewCharge, Paid, PayLine,
    ProductLinkId, Recurrence, Timestamp, Words, Worked, payment_of,
};
use crate::preview::message_of;
use crate::sale::{self, Asked};
use crate::store::charges::{self, ToClose, ToCreate};
use crate::store::{hints, messages, payments};
use crate::templates::LinkTemplate;
use crate::{CoreEvent, Error, Inbox, Language, Result, message, payer, product_link, reissue, settle, way};

/// Stripe forgets an idempotency key after this; then we look before we create.
pub(crate) const KEY_LIFE: Duration = Duration::from_hours(23);
/// How much earlier than ours Stripe's clock may say that something was made.
const CLOCKS_APART: Duration = Duration::from_hours(1);
/// A draft that could not be made in this time waits for a person: a charge
/// that appears long after the click would surprise everybody.
const PATIENCE: Duration = Duration::from_mins(10);
/// What Stripe refused to switch off is tried again after this.
const REFUSED_PAUSE: Duration = Duration::from_hours(6);
/// An expiry is only believed while our clock agrees with Stripe's.
const CLOCK_TOLERANCE: i64 = 4 * 60 * 1000;
/// Said in every language at once, so that a repeated request is the same request.
pub(crate) const INACTIVE_LINK: &str =
    "Este enlace ya no está activo. · Este link não está mais ativo. · This link is no longer active.";
const DESCRIPTION_LIMIT: usize = 250;
const MESSAGE_LIMIT: usize = 1024;

/// Asks a customer for money. The same id twice is one charge.
///
/// A draft with its idempotency key is committed before Stripe is asked, so a
/// lost answer or a crash ends in the same link. Where Stripe can't be reached
/// the draft is returned; the worker goes on with it.
pub async fn create(inbox: &Inbox, actor: Actor, new: NewCharge) -> Result<Charge> {
    create_in_place(inbox, actor, new, None).await
}

/// The same, in the place of another charge. Both are tied in the transaction that saves the
/// draft, where the old one is looked at once more.
pub(crate) async fn create_in_place(
    inbox: &Inbox,
    actor: Actor,
    new: NewCharge,
    replaces: Option<ChargeId>,
) -> Result<Charge> {
    let livemode = inbox.require_stripe()?.key_mode() == KeyMode::Live;
    let new = checked(new)?;
    let id = new.id;
    let language = inbox.language();
    let (charge, is_new) = inbox
        .store
        .write(move |tx| {
            let now = Timestamp::now();
            if let Some(charge) = charges::find(tx, id)? {
                return same(charge, &new).map(|charge| (charge, false));
            }
            if let Some(old) = replaces {
                reissue::check(tx, old, id)?;
            }
            let (worked, message) = work_out(tx, language, &new, replaces, now)?;
            let paid = Paid::of(worked.totals.now, &new.terms, new.single_use);
            way::check(tx, livemode, paid)?;
            apply(
                tx,
                actor,
                &Action::CreateCharge {
                    new: Box::new(new),
                    worked: Box::new(worked),
                    message,
                    livemode,
                },
                now,
            )?;
            if let Some(old) = replaces {
                charges::replace(tx, old, id)?;
            }
            charges::postpone_creation(tx, id, now.plus(charges::LEFT_TO_CALL), None)?;
            Ok((charges::get(tx, id)?, true))
        })
        .await?;
    changed(inbox, &charge);
    if is_new {
        make_link(inbox, id).await
    } else {
        Ok(charge)
    }
}

/// Says whether a charge could be made in the place of `replaces`, without making it.
pub(crate) async fn could_be_made(inbox: &Inbox, new: NewCharge, replaces: ChargeId) -> Result<()> {
    let livemode = inbox.require_stripe()?.key_mode() == KeyMode::Live;
    let language = inbox.language();
    let new = checked(new)?;
    inbox
        .store
        .read(move |conn| {
            let (worked, _) = work_out(conn, language, &new, Some(replaces), Timestamp::now())?;
            let paid = Paid::of(worked.totals.now, &new.terms, new.single_use);
            way::check(conn, livemode, paid)
        })
        .await
}

/// Works a charge out with the words of its link, as it would be made now.
fn work_out(
    conn: &Connection,
    language: Language,
    new: &NewCharge,
    replaces: Option<ChargeId>,
    now: Timestamp,
) -> Result<(Worked, String)> {
    let address = message::address(conn, new.conversation)?;
    if !address.window_is_open(now) {
        // Only a template goes through: better to say so before there is a link.
        LinkTemplate::find(conn, new.conversation, language, None)?;
    }
    let asked = Asked {
        replaces,
        ..Asked::from(new)
    };
    let worked = sale::work_out(conn, language, asked)?;
    if worked.totals.now != new.amount && new.lines.is_empty() {
        return Err(Error::Invalid(
            "What is taken off, paid in part or divided needs the whole price beside what is asked for now. Give it as a line".into(),
        ));
    }
    if worked.totals.now != new.amount {
        return Err(Error::Conflict(format!(
            "The charge now comes to {}, not {}: the catalog changed meanwhile. Look at it once more",
            worked.totals.now, new.amount
        )));
    }
    let message = message_of(
        language,
        &address.contact_name,
        &worked,
        &new.terms,
        Some(&new.message),
    );
    Ok((worked, message))
}

/// Tries again to make a link that could not be made.
pub async fn retry(inbox: &Inbox, id: ChargeId) -> Result<Charge> {
    inbox.require_stripe()?;
    inbox
        .store
        .write(move |tx| {
            apply(
                tx,
                Actor::Person,
                &Action::RetryCharge { charge: id },
                Timestamp::now(),
            )
        })
        .await?;
    make_link(inbox, id).await
}

/// Withdraws a charge. It counts as cancelled once Stripe has switched the link off.
pub async fn cancel(inbox: &Inbox, actor: Actor, id: ChargeId) -> Result<Charge> {
    let charge = inbox
        .store
        .write(move |tx| {
            let charge = charges::get(tx, id)?;
            if !charge.can_cancel() {
                return Err(Error::Conflict(
                    "This charge can no longer be cancelled. Refund it instead if money has come".into(),
                ));
            }
            if charge.creation == Creation::Wanted {
                return Err(Error::Conflict(
                    "The link is being made. Cancel it in a moment".into(),
                ));
            }
            apply(tx, actor, &Action::CancelCharge { charge: id }, Timestamp::now())?;
            charges::get(tx, id)
        })
        .await?;
    changed(inbox, &charge);
    if charge.closing.is_some() {
        close_next(inbox, Some(id)).await?;
    }
    inbox.store.read(move |conn| charges::get(conn, id)).await
}

/// Switches a charge's link off, whatever its state, and waits until Stripe has confirmed it.
pub(crate) async fn close(inbox: &Inbox, id: ChargeId) -> Result<()> {
    inbox
        .store
        .write(move |tx| charges::ask_to_close(tx, id, Closing::Cancel, Timestamp::now()))
        .await?;
    close_next(inbox, Some(id)).await?;
    let open = inbox
        .store
        .read(move |conn| Ok(charges::get(conn, id)?.closing.is_some()))
        .await?;
    if open {
        return Err(Error::Conflict(
            "Stripe has not switched the old link off yet. Try again in a moment".into(),
        ));
    }
    Ok(())
}

/// Returns one charge.
pub async fn get(inbox: &Inbox, id: ChargeId) -> Result<Charge> {
    inbox.store.read(move |conn| charges::get(conn, id)).await
}

/// Waits until the message with the link has left, or can't by itself. Returns how the charge stands then, and what
/// keeps the message back.
pub async fn until_sent(inbox: &Inbox, id: ChargeId, patience: Duration) -> Result<(Charge, Option<Words>)> {
    let until = Instant::now() + patience;
    loop {
        let (charge, kept_back) = inbox
            .store
            .read(move |conn| {
                let charge = charges::get(conn, id)?;
                let message = charge.message.map(|id| messages::find(conn, id)).transpose()?;
                Ok((charge, message.flatten().and_then(|message| message.problem)))
            })
            .await?;
        let is_under_way = matches!(charge.delivery, Some(Delivery::Queued | Delivery::Sending));
        if !is_under_way || Instant::now() > until {
            return Ok((charge, kept_back));
        }
        sleep(Duration::from_millis(50)).await;
    }
}

/// Finishes drafts that were interrupted, and closes links whose time is over.
pub(crate) async fn run(inbox: Inbox) {
    loop {
        if inbox.stripe.is_some()
            && let Err(error) = work(&inbox).await
        {
            tracing::warn!(%error, "Charges could not be worked on");
        }
        if !inbox.rest(Some(&inbox.charges), Duration::from_secs(2)).await {
            return;
        }
    }
}

async fn work(inbox: &Inbox) -> Result<()> {
    let stripe = inbox.require_stripe()?;
    let livemode = stripe.key_mode() == KeyMode::Live;
    let now = Timestamp::now();
    // A clock that is wrong would switch off links that customers may still pay.
    if stripe
        .clock_skew()
        .is_some_and(|skew| skew.abs() < CLOCK_TOLERANCE)
    {
        inbox
            .store
            .write(move |tx| charges::ask_to_close_expired(tx, now, livemode))
            .await?;
    }
    while let Some(id) = inbox
        .store
        .read(move |conn| charges::next_to_create(conn, now))
        .await?
    {
        if inbox.stopping().is_cancelled() {
            return Ok(());
        }
        make_link(inbox, id).await?;
    }
    product_link::work(inbox, stripe).await?;
    while close_next(inbox, None).await? {
        if inbox.stopping().is_cancelled() {
            return Ok(());
        }
    }
    Ok(())
}

/// Makes the link, and opens the charge with its message in one transaction.
async fn make_link(inbox: &Inbox, id: ChargeId) -> Result<Charge> {
    let stripe = inbox.require_stripe()?.clone();
    let Some(draft) = inbox.store.read(move |conn| charges::to_create(conn, id)).await? else {
        return inbox.store.read(move |conn| charges::get(conn, id)).await;
    };
    let charge = match refusal_of(&stripe, &draft) {
        Some(words) => stop(inbox, id, words).await?,
        None => match made_for(inbox, &stripe, &draft).await? {
            Ok(made) => {
                inbox.problems.clear("stripe.create");
                match made.differs(&draft) {
                    Some(asks) => withhold(inbox, &draft, made, asks).await?,
                    None => open(inbox, draft, made).await?,
                }
            }
            Err(error) => not_made(inbox, &draft, &error).await?,
        },
    };
    changed(inbox, &charge);
    Ok(charge)
}

/// Returns why a draft must not become a link any more, by itself.
fn refusal_of(stripe: &StripeApi, draft: &ToCreate) -> Option<Words> {
    if draft.livemode != (stripe.key_mode() == KeyMode::Live) {
        return Some(Words::new(
            "livemode_mismatch",
            "The link was not made",
            "The Stripe key changed between test and live since this was asked for. Create a new charge",
        ));
    }
    (Timestamp::now().since(draft.wanted_at) > PATIENCE).then(|| {
        Words::new(
            "not_in_time",
            "The link was not made in time",
            "Cobro was closed or Stripe could not be reached. Try again if the customer still wants to pay",
        )
    })
}

async fn stop(inbox: &Inbox, id: ChargeId, words: Words) -> Result<Charge> {
    inbox
        .store
        .write(move |tx| {
            charges::stop_creation(tx, id, &words)?;
            charges::get(tx, id)
        })
        .await
}

/// What Stripe made for a charge: a link, or a session.
pub(crate) struct Made {
    pub id: String,
    pub url: String,
    pub livemode: bool,
    /// It is a product's link, which others pay too.
    pub shared: Option<ProductLinkId>,
    /// What its page asks for, without the delivery that is chosen there, where Stripe says so.
    pub asks: Option<Money>,
}

impl Made {
    /// Returns what its page asks for, if that is not what the charge says: nobody may be sent there.
    fn differs(&self, draft: &ToCreate) -> Option<Money> {
        self.asks.filter(|asks| *asks != draft.due_at_once())
    }
}

/// Makes what carries the charge, and before it the customer that some ways of paying need.
async fn made_for(inbox: &Inbox, stripe: &StripeApi, draft: &ToCreate) -> Result<Result<Made, StripeError>> {
    if draft.terms.lasting {
        return product_link::for_charge(inbox, stripe, draft).await;
    }
    let payer = match payer::needed(inbox, stripe, draft).await? {
        Ok(payer) => payer,
        Err(error) => return Ok(Err(error)),
    };
    let made = carrier_for(stripe, draft, payer.as_deref()).await;
    if let (Some(customer), Err(error)) = (&payer, &made)
        && payer::is_gone(error)
    {
        payer::forget(inbox, customer).await?;
    }
    Ok(made)
}

/// Makes what carries the charge, or finds what was made before with an answer that was lost.
async fn carrier_for(stripe: &StripeApi, draft: &ToCreate, payer: Option<&str>) -> Result<Made, StripeError> {
    let pages = pages_to_look_through(draft, Timestamp::now());
    let made = async {
        match draft.carrier {
            StripeObject::PaymentLink => link_for(stripe, draft, pages).await,
            StripeObject::CheckoutSession => session_for(stripe, draft, payer, pages).await,
        }
    };
    match timeout(Duration::from_secs(25), made).await {
        Ok(answer) => answer,
        Err(_) => Err(StripeError::timed_out()),
    }
}

/// Returns how many of Stripe's newest hundreds are looked through before anything is made: some where
/// the draft's first key can't tell any more whether it was made with it.
fn pages_to_look_through(draft: &ToCreate, now: Timestamp) -> Option<u32> {
    if now.since(draft.created_at) > KEY_LIFE {
        return Some(50);
    }
    // What was made with a key that failed was made a moment ago.
    (draft.idempotency_key != charges::first_key(draft.id)).then_some(3)
}

async fn link_for(stripe: &StripeApi, draft: &ToCreate, pages: Option<u32>) -> Result<Made, StripeError> {
    let (id, conversation) = (draft.id.to_string(), draft.conversation.to_string());
    if let Some(pages) = pages
        && let Some(link) = stripe.find_payment_link(&id, pages).await?
    {
        return Ok(made_link(link));
    }
    let (methods, countries) = names_of(&draft.terms);
    let lines = lines_of(&draft.pay);
    let new = NewLink {
        charge: &id,
        conversation: &conversation,
        lines: &lines,
        single_use: draft.single_use,
        inactive_message: Some(INACTIVE_LINK),
        terms: terms_of(&draft.terms, &methods, &countries),
        ..NewLink::default()
    };
    stripe
        .create_payment_link(&new, &draft.idempotency_key)
        .await
        .map(made_link)
}

fn made_link(link: PaymentLink) -> Made {
    Made {
        id: link.id,
        url: link.url,
        livemode: link.livemode,
        shared: None,
        asks: None,
    }
}

/// A session ends by itself after a day; an earlier end is ours to bring, so that
/// a repeated request has the same bytes.
async fn session_for(
    stripe: &StripeApi,
    draft: &ToCreate,
    payer: Option<&str>,
    pages: Option<u32>,
) -> Result<Made, StripeError> {
    let (id, conversation) = (draft.id.to_string(), draft.conversation.to_string());
    let since = draft.created_at.minus(CLOCKS_APART);
    if let Some(pages) = pages
        && let Some(session) = stripe.find_session(&id, Some(since), pages).await?
    {
        return made_session(session);
    }
    let (methods, countries) = names_of(&draft.terms);
    let lines = lines_of(&draft.pay);
    let shipping: Vec<ShippingOption<'_>> = draft
        .terms
        .shipping_rates
        .iter()
        .map(|rate| ShippingOption {
            name: &rate.name,
            amount: rate.amount,
        })
        .collect();
    let new = NewSession {
        charge: &id,
        conversation: &conversation,
        lines: &lines,
        terms: terms_of(&draft.terms, &methods, &countries),
        discount: draft.terms.coupon.as_ref().map(|coupon| discount_of(&coupon.id)),
        shipping: &shipping,
        success_url: Some(&back_to_chat(draft.shop_phone.as_deref())),
        customer: payer,
        options: MethodOptions {
            installments: draft.terms.bank_months,
            spei: payer.is_some(),
            ..MethodOptions::default()
        },
        ..NewSession::default()
    };
    let session = stripe
        .create_checkout_session(&new, &draft.idempotency_key)
        .await?;
    made_session(session)
}

/// Returns where a customer goes after paying a session: back to the chat with the shop. Stripe wants an
/// address for every session of its own pages; a link has a page of Stripe's for this.
fn back_to_chat(phone: Option<&str>) -> String {
    let digits: String = phone
        .unwrap_or_default()
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    format!("https://wa.me/{digits}")
}

/// Returns the discount that an id names: Stripe's own beginning tells a code from a coupon.
fn discount_of(id: &str) -> Discount<'_> {
    if id.starts_with("promo_") {
        Discount::PromotionCode(id)
    } else {
        Discount::Coupon(id)
    }
}

fn made_session(session: CheckoutSession) -> Result<Made, StripeError> {
    let url = session.url.ok_or_else(|| {
        StripeError::Invalid("The pay page of this charge has ended. Make a new charge".into())
    })?;
    let asks = session
        .amount_total
        .and_then(|total| Money::from_minor(total.minor() - session.amount_shipping, total.currency()).ok());
    Ok(Made {
        id: session.id,
        url,
        livemode: session.livemode,
        shared: None,
        asks,
    })
}

fn lines_of(pay: &[PayLine]) -> Vec<NewLine<'_>> {
    pay.iter()
        .map(|line| NewLine {
            description: Some(line.description.as_str()),
            quantity: line.quantity,
            recurring: line.recurring,
            ..NewLine::of(&line.name, line.unit)
        })
        .collect()
}

/// Returns the methods and the countries as Stripe's builders take them.
fn names_of(terms: &ChargeTerms) -> (Vec<&str>, Vec<&str>) {
    (words_of(&terms.methods), words_of(&terms.shipping_countries))
}

fn words_of(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

fn terms_of<'a>(terms: &ChargeTerms, methods: &'a [&'a str], countries: &'a [&'a str]) -> Terms<'a> {
    Terms {
        methods,
        shipping_countries: countries,
        phone: terms.phone,
        promotion_codes: terms.promotion_codes,
        trial_days: terms.recurrence.and_then(Recurrence::trial_days),
        ..Terms::default()
    }
}

async fn open(inbox: &Inbox, draft: ToCreate, link: Made) -> Result<Charge> {
    let language = inbox.language();
    let charge = inbox
        .store
        .write(move |tx| {
            let now = Timestamp::now();
            let message = MessageId::new();
            let is_new = match link.shared {
                Some(shared) => {
                    let link_of = (shared, link.url.as_str());
                    charges::open_shared(tx, draft.id, link_of, link.livemode, message, now)?
                }
                None => charges::open(tx, draft.id, (&link.id, &link.url), link.livemode, message, now)?,
            };
            if is_new {
                match message::link(tx, language, message, draft.id, now) {
                    Ok(sending) => {
                        apply(tx, Actor::Person, &Action::Send(Box::new(sending)), now)?;
                    }
                    Err(error @ (Error::NoLinkTemplate(_) | Error::Invalid(_))) => {
                        let words = Words::new(
                            "link_not_sent",
                            "The link was made, but not sent",
                            error.to_string(),
                        );
                        charges::set_problem(tx, draft.id, Some(&words))?;
                    }
                    Err(error) => return Err(error),
                }
            }
            charges::get(tx, draft.id)
        })
        .await?;
    inbox.expect_payment();
    inbox.outbox.notify_one();
    Ok(charge)
}

/// Ends what Stripe made unseen: its page asks for something else than the charge says. That it is to be ended is
/// saved with the link, so that a crash leaves no page that anybody could pay.
async fn withhold(inbox: &Inbox, draft: &ToCreate, made: Made, asks: Money) -> Result<Charge> {
    let (id, due) = (draft.id, draft.due_at_once());
    let words = Words::new(
        "amount_differs",
        "Stripe's page asks for another amount",
        format!(
            "It asks for “{asks}”, the charge for {due}, so it is being ended and nothing was sent. See at Stripe what the code takes off, or leave it out, and charge again"
        ),
    );
    inbox
        .store
        .write(move |tx| charges::withhold(tx, id, &made.id, made.livemode, &words, Timestamp::now()))
        .await?;
    // What can't be ended now is by the worker.
    if let Err(error) = close_next(inbox, Some(id)).await {
        tracing::warn!(%error, "A page that asks for another amount could not be ended yet; it is tried again");
    }
    get(inbox, id).await
}

/// Keeps the draft for the worker, or for a person where trying again can't help.
async fn not_made(inbox: &Inbox, draft: &ToCreate, error: &StripeError) -> Result<Charge> {
    let words = crate::health::words_of_stripe(error);
    inbox.problems.stripe("stripe.create", error);
    let (id, attempts, wanted_at) = (draft.id, draft.attempts, draft.wanted_at);
    let helps_not = error.is_permanent() && !payer::is_gone(error);
    let gives_up = helps_not || Timestamp::now().since(wanted_at) > PATIENCE;
    let is_stored = is_stored(error);
    inbox
        .store
        .write(move |tx| {
            if is_stored {
                charges::change_key(tx, id)?;
            }
            if gives_up {
                charges::stop_creation(tx, id, &words)?;
            } else {
                let pause = Duration::from_secs(2 << attempts.min(5));
                charges::postpone_creation(tx, id, Timestamp::now().plus(pause), Some(&words))?;
            }
            charges::get(tx, id)
        })
        .await
}

/// Returns whether Stripe gave this answer itself, and would give it again for the same key.
pub(crate) fn is_stored(error: &StripeError) -> bool {
    matches!(error, StripeError::Api { status: 500, .. })
        || (error.is_permanent() && matches!(error, StripeError::Api { .. }))
}

/// Switches one link off. Returns whether there was one to try.
async fn close_next(inbox: &Inbox, only: Option<ChargeId>) -> Result<bool> {
    let now = Timestamp::now();
    let Some(ToClose {
        id,
        link,
        carrier,
        why,
    }) = inbox
        .store
        .read(move |conn| charges::next_to_close(conn, now, only))
        .await?
    else {
        return Ok(false);
    };
    let stripe = inbox.require_stripe()?;
    let outcome = match &link {
        Some(link) => switch_off(stripe, carrier, link).await,
        None => Ok(false),
    };
    let failed = outcome
        .as_ref()
        .err()
        .map(|error| (error.is_permanent(), crate::health::words_of_stripe(error)));
    let was_open = matches!(outcome, Ok(true));
    let charge = inbox
        .store
        .write(move |tx| {
            let now = Timestamp::now();
            match failed {
                None => {
                    charges::closed(tx, id, why)?;
                    if let Some(link) = link.filter(|_| was_open) {
                        // It may have been paid in the same moment.
                        hints::add(tx, settle::kind_of(carrier), &link, now)?;
                    }
                    let payment = payment_of(charges::facts(tx, id)?, &payments::of_charge(tx, id)?);
                    charges::set_payment(tx, id, payment, now)?;
                }
                Some((true, words)) => charges::closing_refused(tx, id, &words, now.plus(REFUSED_PAUSE))?,
                Some((false, _)) => charges::postpone_closing(tx, id, now.plus(Duration::from_secs(15)))?,
            }
            charges::get(tx, id)
        })
        .await?;
    changed(inbox, &charge);
    match (outcome, only) {
        (Err(error), Some(_)) => Err(error.into()),
        _ => Ok(true),
    }
}

/// Makes sure that nobody can pay any more: neither at the link, nor in a visit to it that is
/// open. Returns whether somebody may have been paying.
pub(crate) async fn switch_off(
    stripe: &StripeApi,
    carrier: StripeObject,
    id: &str,
) -> Result<bool, StripeError> {
    match carrier {
        StripeObject::PaymentLink => {
            stripe.deactivate_payment_link(id, &closing_key(id)).await?;
            let mut was_open = false;
            for session in stripe.sessions_of_payment_link(id).await? {
                if session.status.as_deref() == Some("open") {
                    end_session(stripe, &session.id).await?;
                    was_open = true;
                }
            }
            Ok(was_open)
        }
        StripeObject::CheckoutSession => end_session(stripe, id).await.map(|()| true),
    }
}

/// Ends a session. One that is complete or over can't be paid as it is.
async fn end_session(stripe: &StripeApi, id: &str) -> Result<(), StripeError> {
    let refused = match stripe.expire_checkout_session(id, &closing_key(id)).await {
        Err(error) if error.is_permanent() => error,
        outcome => return outcome.map(drop),
    };
    let session = stripe.checkout_session(id).await?;
    if matches!(session.status.as_deref(), Some("complete" | "expired")) {
        return Ok(());
    }
    Err(refused)
}

/// Switching off twice is switching off: a fresh key each time, since Stripe repeats a stored failure.
fn closing_key(object: &str) -> String {
    format!("cobro-close-{object}-{}", Uuid::now_v7())
}

/// Charges what a deposit left owed. The same id twice is one charge.
pub async fn charge_rest(inbox: &Inbox, actor: Actor, id: ChargeId, deposit: ChargeId) -> Result<Charge> {
    if let Some(known) = inbox.store.read(move |conn| charges::find(conn, id)).await? {
        return Ok(known);
    }
    let deposit = get(inbox, deposit).await?;
    if deposit.terms.recurrence.is_some() {
        return Err(Error::Conflict(
            "Stripe collects the other payments by itself. There is nothing to charge".into(),
        ));
    }
    if deposit.totals.rest.minor() == 0 {
        return Err(Error::Conflict(
            "Nothing is owed after this charge. Make a new one".into(),
        ));
    }
    let new = NewCharge {
        id,
        expires_in_hours: Some(inbox.default_expiry_hours).filter(|hours| *hours > 0),
        terms: ChargeTerms {
            rest_of: Some(deposit.id),
            ..ChargeTerms::default()
        },
        ..NewCharge::new(deposit.conversation, deposit.totals.rest, deposit.description)
    };
    create(inbox, actor, new).await
}

/// Puts back into the stock what a charge took from it, once: a refund alone does not say
/// that the goods came back.
pub async fn restock(inbox: &Inbox, actor: Actor, id: ChargeId) -> Result<Charge> {
    let charge = inbox
        .store
        .write(move |tx| {
            apply(tx, actor, &Action::Restock { charge: id }, Timestamp::now())?;
            charges::get(tx, id)
        })
        .await?;
    changed(inbox, &charge);
    inbox.emit(CoreEvent::CatalogChanged);
    Ok(charge)
}

/// Checks what a person typed: which field, which rule, the way out.
pub(crate) fn checked(mut new: NewCharge) -> Result<NewCharge> {
    new.amount
        .check_chargeable()
        .map_err(|error| Error::Invalid(error.to_string()))?;
    for (field, text, limit) in [
        ("description", &new.description, DESCRIPTION_LIMIT),
        ("message", &new.message, MESSAGE_LIMIT),
    ] {
        let length = text.chars().count();
        if length > limit {
            return Err(Error::Invalid(format!(
                "The {field} has {length} characters; at most {limit} fit. Shorten it"
            )));
        }
    }
    if new.expires_in_hours == Some(0) {
        return Err(Error::Invalid(
            "The expiry must be at least one hour. Leave it out for a link that stays open".into(),
        ));
    }
    new.description = cards::mask_text(new.description.trim()).into_owned();
    new.message = cards::mask_text(new.message.trim()).into_owned();
    Ok(new)
}

/// Returns the charge that has this id, if it asks for the same.
fn same(charge: Charge, new: &NewCharge) -> Result<Charge> {
    if charge.conversation == new.conversation && charge.amount == new.amount {
        return Ok(charge);
    }
    Err(Error::Conflict(
        "Another charge has this id. Start a new charge".into(),
    ))
}

fn changed(inbox: &Inbox, charge: &Charge) {
    inbox.emit(CoreEvent::ChargeChanged {
        charge: charge.id,
        conversation: charge.conversation,
    });
    inbox.emit(CoreEvent::ConversationChanged {
        conversation: charge.conversation,
    });
    inbox.emit(CoreEvent::StatusChanged);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16) -> StripeError {
        StripeError::Api {
            status,
            code: None,
            decline_code: None,
            param: None,
            message: "No.".into(),
            request_id: None,
        }
    }

    #[test]
    fn only_what_stripe_itself_has_answered_takes_another_key() {
        assert!(is_stored(&answered(400)) && is_stored(&answered(402)) && is_stored(&answered(500)));
        assert!(!is_stored(&answered(409)), "the first request is still under way");
        assert!(!is_stored(&answered(502)), "a proxy's word");
        assert!(!is_stored(&StripeError::timed_out()));
    }

    #[test]
    fn a_customer_comes_back_to_the_chat() {
        assert_eq!(
            back_to_chat(Some("+52 1 55 1234 5678")),
            "https://wa.me/5215512345678"
        );
        assert_eq!(back_to_chat(None), "https://wa.me/");
    }
}
