//! What subscribers are told: before each payment, after it, and when it fails. Each once.

use std::time::Duration;

use cobro_stripe::{Currency, Invoice, KeyMode, StripeApi, StripeError};
use rusqlite::{Connection, Transaction};

use crate::action::{Action, Actor, Sending, apply};
use crate::domain::{
    Charge, ChargeId, KitPart, MessageId, MessageKind, Money, NoticeId, NoticeKind, SubscriptionMessages,
    SubscriptionStatus, Timestamp, Words,
};
use crate::store::notices::{self, Notice};
use crate::store::outbox::Outgoing;
use crate::store::subscriptions::{self, News, Soon};
use crate::store::{charges, conversations, meta};
use crate::{CoreEvent, Error, Inbox, Language, Result, aftersale, templates};

/// A payment that was learned of later than this is no news to the customer.
const OLD: Duration = Duration::from_hours(3 * 24);
/// What began a moment ago was agreed a moment ago.
const JUST_BEGUN: Duration = Duration::from_hours(20);
const MOST_DAYS: u32 = 14;

/// Returns what subscribers are told.
pub async fn messages(inbox: &Inbox) -> Result<SubscriptionMessages> {
    inbox.store.read(kept).await
}

/// Changes what subscribers are told.
pub async fn set_messages(inbox: &Inbox, messages: SubscriptionMessages) -> Result<SubscriptionMessages> {
    if !(1..=MOST_DAYS).contains(&messages.before_days) {
        return Err(Error::Invalid(format!(
            "The days before a payment must be from 1 to {MOST_DAYS}; got {}",
            messages.before_days
        )));
    }
    let json = serde_json::to_string(&messages).map_err(anyhow::Error::new)?;
    inbox
        .store
        .write(move |tx| Ok(meta::set(tx, meta::SUBSCRIPTION_MESSAGES, &json)?))
        .await?;
    Ok(messages)
}

/// Returns the settings as they are kept; what can't be read is as if never set.
fn kept(conn: &Connection) -> Result<SubscriptionMessages> {
    let json = meta::get(conn, meta::SUBSCRIPTION_MESSAGES)?;
    Ok(json
        .and_then(|json| serde_json::from_str(&json).ok())
        .unwrap_or_default())
}

/// Tells of the payments that come within the days that the shop has chosen. Returns how many customers were told.
///
/// What will be charged, Stripe says itself; each subscription is looked at once more in the transaction that
/// queues its message.
pub async fn send_due(inbox: &Inbox, now: Timestamp) -> Result<u32> {
    let Some(stripe) = inbox.stripe().cloned() else {
        return Ok(0);
    };
    let live = stripe.key_mode() == KeyMode::Live;
    let due = inbox
        .store
        .read(move |conn| {
            let messages = kept(conn)?;
            if !messages.before {
                return Ok(Vec::new());
            }
            let until = now.plus(Duration::from_secs(u64::from(messages.before_days) * 24 * 3600));
            subscriptions::soon(conn, live, now, until, now.minus(JUST_BEGUN))
        })
        .await?;
    let mut told = 0;
    for soon in due {
        if inbox.stopping().is_cancelled() {
            break;
        }
        told += u32::from(tell_soon(inbox, &stripe, soon, now).await?);
    }
    Ok(told)
}

async fn tell_soon(inbox: &Inbox, stripe: &StripeApi, soon: Soon, now: Timestamp) -> Result<bool> {
    let upcoming = match stripe.upcoming_invoice(&soon.subscription).await {
        Ok(upcoming) => upcoming,
        // Nothing will be charged, or this key may not ask: then nothing is promised either.
        Err(error) if error.is_permanent() => return not_coming(inbox, soon, &error, now).await,
        Err(error) => return Err(error.into()),
    };
    let language = inbox.language();
    let told = inbox
        .store
        .write(move |tx| upcoming_in(tx, language, &soon, &upcoming, now))
        .await?;
    Ok(queued(inbox, told))
}

/// Notes that nobody is told of what Stripe says nothing of, so that it is not asked again and again.
async fn not_coming(inbox: &Inbox, soon: Soon, error: &StripeError, now: Timestamp) -> Result<bool> {
    tracing::warn!(%error, "What will be charged next is not known");
    inbox
        .store
        .write(move |tx| {
            subscriptions::tell(tx, &soon.subscription, News::Upcoming, &soon.about(), None, now)
        })
        .await?;
    Ok(false)
}

fn upcoming_in(
    tx: &Transaction<'_>,
    language: Language,
    soon: &Soon,
    upcoming: &Invoice,
    now: Timestamp,
) -> Result<Option<ChargeId>> {
    let known = subscriptions::get(tx, &soon.subscription)?;
    let goes_on = matches!(
        known.status,
        SubscriptionStatus::Trialing | SubscriptionStatus::Active
    );
    let is_told = subscriptions::is_told(tx, &soon.subscription, News::Upcoming, &soon.about())?;
    if !goes_on || known.next_at != Some(soon.next_at) || is_told || upcoming.amount_due.minor() == 0 {
        return Ok(None);
    }
    let charge = charges::get(tx, known.charge)?;
    let day = language.day(soon.next_at, &jiff::tz::TimeZone::system());
    let told = Told {
        subscription: &soon.subscription,
        news: News::Upcoming,
        about: &soon.about(),
        charge: &charge,
        part: KitPart::UpcomingCharge,
    };
    let (name, what) = (name_of(tx, &charge)?, charge.description.clone());
    let amount = upcoming.amount_due;
    let words = Said {
        text: language.upcoming(&name, amount, &what, &day, known.instalments.is_some()),
        button: None,
        values: vec![
            language.called(&name),
            day,
            templates::what(language, &what),
            language.money(amount),
        ],
    };
    // Until the day comes it is tried again: the customer may write, or a template be approved.
    let message = told.send(tx, language, words, now)?;
    if let Some(message) = message {
        subscriptions::tell(
            tx,
            &soon.subscription,
            News::Upcoming,
            &soon.about(),
            Some(message),
            now,
        )?;
    }
    Ok(message.map(|_| charge.id))
}

/// A payment of a subscription.
pub(crate) struct Receipt<'a> {
    pub invoice: &'a str,
    pub amount: Money,
    pub paid_at: Option<Timestamp>,
    /// The first of the charge: what is said after a sale is said now.
    pub first: bool,
}

/// Queues the receipt of a payment. Returns whether the shop gives receipts: else the first payment is thanked for
/// as any other.
pub(crate) fn receipt(
    tx: &Transaction<'_>,
    charge: &Charge,
    payment: &Receipt<'_>,
    language: Language,
    now: Timestamp,
) -> Result<bool> {
    let invoice = payment.invoice;
    if !kept(tx)?.after {
        return Ok(false);
    }
    let Some(subscription) = subscriptions::subscription_of(tx, invoice)? else {
        return Ok(false);
    };
    if subscriptions::is_told(tx, &subscription, News::Receipt, invoice)? {
        return Ok(true);
    }
    let is_old = payment.paid_at.is_some_and(|at| now.since(at) > OLD);
    let message = if is_old {
        None
    } else {
        let told = Told {
            subscription: &subscription,
            news: News::Receipt,
            about: invoice,
            charge,
            part: KitPart::SubscriptionReceipt,
        };
        told.send(tx, language, receipt_words(tx, &told, payment, language)?, now)?
    };
    subscriptions::tell(tx, &subscription, News::Receipt, invoice, message, now)?;
    if message.is_none() && !is_old {
        say_not_told(tx, charge, "receipt_not_sent", "Paid; the receipt was not sent")?;
    }
    Ok(true)
}

fn receipt_words(
    conn: &Connection,
    told: &Told<'_>,
    payment: &Receipt<'_>,
    language: Language,
) -> Result<Said> {
    let known = subscriptions::get(conn, told.subscription)?;
    let what = &told.charge.description;
    let zone = jiff::tz::TimeZone::system();
    let next = known.next_at.map(|at| language.day(at, &zone));
    let number = subscriptions::number_of(conn, payment.invoice)?;
    let part = known.instalments.map(|count| (number, count));
    let name = name_of(conn, told.charge)?;
    let mut text = vec![language.receipt(&name, payment.amount, what, part, next.as_deref())];
    if payment.first {
        text.extend(aftersale::what_follows(
            conn,
            language,
            told.charge,
            &name,
            payment.amount,
        )?);
    }
    Ok(Said {
        text: text.join("\n\n"),
        button: None,
        values: vec![
            language.called(&name),
            templates::what(language, what),
            language.money(payment.amount),
            next.unwrap_or_else(|| language.no_more().to_owned()),
        ],
    })
}

/// Tells the customer that a payment failed, and where to pay. Once for each invoice, however often Stripe tries.
pub(crate) fn failed(
    tx: &Transaction<'_>,
    subscription: &str,
    invoice: &str,
    language: Language,
    now: Timestamp,
) -> Result<()> {
    if !kept(tx)?.failed || subscriptions::is_told(tx, subscription, News::Failed, invoice)? {
        return Ok(());
    }
    let Some(open) = subscriptions::uncollected(tx, invoice)? else {
        return Ok(());
    };
    let known = subscriptions::get(tx, subscription)?;
    let charge = charges::get(tx, known.charge)?;
    let currency = Currency::from_code(&open.currency).unwrap_or(known.amount.currency());
    let amount = Money::from_minor(open.due_minor.max(0), currency).unwrap_or(known.amount);
    let zone = jiff::tz::TimeZone::system();
    let again = open.retry_at.map(|at| language.day(at, &zone));
    let name = name_of(tx, &charge)?;
    let told = Told {
        subscription,
        news: News::Failed,
        about: invoice,
        charge: &charge,
        part: KitPart::ChargeFailed,
    };
    let words = Said {
        text: language.charge_failed(
            &name,
            amount,
            &charge.description,
            again.as_deref(),
            open.url.is_some(),
        ),
        button: open.url.map(|url| (language.pay_button(amount), url)),
        values: vec![
            language.called(&name),
            templates::what(language, &charge.description),
            language.money(amount),
        ],
    };
    let message = told.send(tx, language, words, now)?;
    subscriptions::tell(tx, subscription, News::Failed, invoice, message, now)?;
    if message.is_none() {
        say_not_told(
            tx,
            &charge,
            "failure_not_told",
            "A payment failed; the customer was not told",
        )?;
    }
    Ok(())
}

/// Notes that the shop should hear of a payment that failed. Once for each invoice, as `failed`.
pub(crate) fn announce_failure(
    tx: &Transaction<'_>,
    subscription: &str,
    invoice: &Invoice,
    now: Timestamp,
) -> Result<()> {
    if subscriptions::uncollected(tx, &invoice.id)?.is_none()
        || !subscriptions::tell(tx, subscription, News::FailedHere, &invoice.id, None, now)?
    {
        return Ok(());
    }
    let charge = charges::get(tx, subscriptions::get(tx, subscription)?.charge)?;
    let intent = invoice.payments.last();
    notices::add(
        tx,
        &Notice {
            id: NoticeId::new(),
            kind: NoticeKind::ChargeFailed,
            conversation: charge.conversation,
            charge: Some(charge.id),
            message: None,
            payment_intent: intent.and_then(|payment| payment.payment_intent.clone()),
            at: now,
        },
    )
}

fn say_not_told(tx: &Transaction<'_>, charge: &Charge, code: &str, title: &str) -> Result<()> {
    let words = Words::new(
        code,
        title,
        "The customer last wrote more than 24 hours ago, and no template of the kit fits. Create the kit under Settings → Templates, or tell them when they write",
    );
    charges::set_problem(tx, charge.id, Some(&words))
}

/// What somebody is told, and of what.
struct Told<'a> {
    subscription: &'a str,
    news: News,
    about: &'a str,
    charge: &'a Charge,
    part: KitPart,
}

/// The words: free text with perhaps a button, and a template's places.
struct Said {
    text: String,
    /// Its words, and where it leads.
    button: Option<(String, String)>,
    values: Vec<String>,
}

impl Told<'_> {
    /// Queues the message: as text inside the window, else by the kit's template where the shop wants that.
    /// Returns it, if it goes at all.
    fn send(
        &self,
        tx: &Transaction<'_>,
        language: Language,
        said: Said,
        now: Timestamp,
    ) -> Result<Option<MessageId>> {
        if subscriptions::is_told(tx, self.subscription, self.news, self.about)? {
            return Ok(None);
        }
        let message = MessageId::new();
        let conversation = self.charge.conversation;
        let sending = if conversations::address(tx, conversation)?.window_is_open(now) {
            text_or_button(message, self.charge, said)
        } else if kept(tx)?.by_template {
            match templates::kit_message(tx, conversation, language, self.part, &said.values) {
                Ok(filled) => Sending {
                    message,
                    conversation,
                    kind: MessageKind::Template,
                    charge: None,
                    retry_of: None,
                    content: Some(filled.content()),
                    outgoing: filled.outgoing(message),
                    text: filled.text,
                    reply_to: None,
                    file: None,
                },
                Err(Error::NoLinkTemplate(_) | Error::Invalid(_)) => return Ok(None),
                Err(error) => return Err(error),
            }
        } else {
            return Ok(None);
        };
        apply(tx, Actor::Rule, &Action::Send(Box::new(sending)), now)?;
        Ok(Some(message))
    }
}

/// The address is in what goes out alone: a link by which money is paid or a card changed is not kept in the thread.
pub(super) fn text_or_button_of(
    message: MessageId,
    conversation: crate::domain::ConversationId,
    text: String,
    button: Option<(String, String)>,
) -> Sending {
    let Some((button, url)) = button else {
        return Sending::text(message, conversation, text);
    };
    Sending {
        kind: MessageKind::PayButton,
        outgoing: Outgoing::PayButton {
            message: message.0,
            body: text.clone(),
            button,
            url,
        },
        ..Sending::text(message, conversation, text)
    }
}

fn text_or_button(message: MessageId, charge: &Charge, said: Said) -> Sending {
    text_or_button_of(message, charge.conversation, said.text, said.button)
}

fn name_of(conn: &Connection, charge: &Charge) -> Result<String> {
    Ok(conversations::address(conn, charge.conversation)?.contact_name)
}

fn queued(inbox: &Inbox, told: Option<ChargeId>) -> bool {
    if told.is_some() {
        inbox.outbox.notify_one();
        inbox.emit(CoreEvent::StatusChanged);
    }
    told.is_some()
}
