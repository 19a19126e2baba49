//! Reminders: a customer with an open link hears of it again, at decent hours, a few times at most.

use std::time::Duration;

use cobro_stripe::KeyMode;
use rusqlite::{Connection, Transaction};

use crate::action::{Action, Actor, Sending, apply};
use crate::domain::{Charge, ChargeId, ConversationId, MessageId, Payment, ReminderPolicy, Timestamp};
use crate::store::{charges, conversations, meta, outbox, reminders};
use crate::{CoreEvent, Error, Inbox, Language, Result, message};

const EVERY: Duration = Duration::from_mins(5);
/// Nobody is reminded of what is this old.
const OLDEST: Duration = Duration::from_hours(14 * 24);
/// From nine in the morning to nine in the evening, by the shop's own clock.
const HOURS: std::ops::Range<i8> = 9..21;
/// So many are found before they are sent; the rest has its turn in five minutes.
const AT_ONCE: usize = 50;
/// The one before a voucher's end has a number of its own, so that it happens once.
const OF_VOUCHER: u32 = 100;

pub async fn policy(inbox: &Inbox) -> Result<ReminderPolicy> {
    inbox.store.read(kept).await
}

/// Changes when customers are reminded.
pub async fn set_policy(inbox: &Inbox, policy: ReminderPolicy) -> Result<ReminderPolicy> {
    let within = |field: &str, value: u32, most: u32| {
        if (1..=most).contains(&value) {
            return Ok(());
        }
        Err(Error::Invalid(format!(
            "The {field} must be from 1 to {most}; got {value}"
        )))
    };
    within("hours before a reminder", policy.after_hours, 24 * 7)?;
    within("number of reminders", policy.most, 5)?;
    within("hours before a voucher's end", policy.voucher_hours, 72)?;
    let json = serde_json::to_string(&policy).map_err(anyhow::Error::new)?;
    inbox
        .store
        .write(move |tx| Ok(meta::set(tx, meta::REMINDERS, &json)?))
        .await?;
    Ok(policy)
}

/// Lets one charge's customer be reminded, or not.
pub async fn set(inbox: &Inbox, charge: ChargeId, on: bool) -> Result<Charge> {
    let charge = inbox
        .store
        .write(move |tx| {
            apply(
                tx,
                Actor::Person,
                &Action::RemindOf { charge, on },
                Timestamp::now(),
            )?;
            charges::get(tx, charge)
        })
        .await?;
    inbox.emit(CoreEvent::ConversationChanged {
        conversation: charge.conversation,
    });
    Ok(charge)
}

pub(crate) async fn run(inbox: Inbox) {
    loop {
        let now = Timestamp::now();
        if is_decent(now, &jiff::tz::TimeZone::system())
            && let Err(error) = send_due(&inbox, now).await
        {
            tracing::warn!(%error, "Customers could not be reminded; it is tried again");
        }
        if !inbox.rest(None, EVERY).await {
            return;
        }
    }
}

/// Queues the reminders that are due at `now`. Returns how many.
///
/// Each charge is looked at once more in the transaction that queues its reminder: one
/// that was paid a moment ago is not reminded of.
pub async fn send_due(inbox: &Inbox, now: Timestamp) -> Result<u32> {
    let Some(stripe) = inbox.stripe() else {
        return Ok(0);
    };
    let live = stripe.key_mode() == KeyMode::Live;
    let language = inbox.language();
    let (policy, due) = inbox
        .store
        .read(move |conn| {
            let policy = kept(conn)?;
            let due = if policy.on {
                due_now(conn, language, policy, live, now)?
            } else {
                Vec::new()
            };
            let vouchers = if policy.vouchers {
                vouchers_now(conn, language, policy, live, now)?
            } else {
                Vec::new()
            };
            let voucher = vouchers.into_iter().map(|id| (id, true));
            Ok((
                policy,
                due.into_iter()
                    .map(|id| (id, false))
                    .chain(voucher)
                    .collect::<Vec<_>>(),
            ))
        })
        .await?;
    let mut sent = 0;
    for (id, is_voucher) in due {
        let reminded = inbox
            .store
            .write(move |tx| remind(tx, language, policy, id, is_voucher, now))
            .await?;
        if let Some(conversation) = reminded {
            sent += 1;
            inbox.outbox.notify_one();
            inbox.emit(CoreEvent::ConversationChanged { conversation });
        }
    }
    Ok(sent)
}

/// Returns the next charges that would be reminded of now. Those of which nobody can be reminded, such as for
/// want of a template, are passed over: they must not stand in the way of the others.
pub(crate) fn due_now(
    conn: &Connection,
    language: Language,
    policy: ReminderPolicy,
    live: bool,
    now: Timestamp,
) -> Result<Vec<ChargeId>> {
    let mut found = Vec::new();
    let mut behind = None;
    while found.len() < AT_ONCE {
        let page = reminders::due(
            conn,
            live,
            after(policy),
            policy.most,
            now.minus(OLDEST),
            now,
            behind,
        )?;
        let Some(last) = page.last().copied() else {
            break;
        };
        for (_, id) in page {
            if reminder_of(conn, language, policy, id, false, now)?.is_some() {
                found.push(id);
            }
        }
        behind = Some(last);
    }
    Ok(found)
}

/// The same of vouchers that end soon.
fn vouchers_now(
    conn: &Connection,
    language: Language,
    policy: ReminderPolicy,
    live: bool,
    now: Timestamp,
) -> Result<Vec<ChargeId>> {
    let until = now.plus(hours(policy.voucher_hours));
    let mut found = Vec::new();
    for id in reminders::vouchers_ending(conn, live, now, until, OF_VOUCHER)? {
        if found.len() < AT_ONCE && reminder_of(conn, language, policy, id, true, now)?.is_some() {
            found.push(id);
        }
    }
    Ok(found)
}

/// Reminds of one charge, if it still waits. Returns the conversation in which.
fn remind(
    tx: &Transaction<'_>,
    language: Language,
    policy: ReminderPolicy,
    id: ChargeId,
    is_voucher: bool,
    now: Timestamp,
) -> Result<Option<ConversationId>> {
    let Some((number, sending)) = reminder_of(tx, language, policy, id, is_voucher, now)? else {
        return Ok(None);
    };
    let conversation = sending.conversation;
    if !reminders::add(tx, id, number, Some(sending.message), now)? {
        return Ok(None);
    }
    apply(tx, Actor::Rule, &Action::Send(Box::new(sending)), now)?;
    Ok(Some(conversation))
}

/// Returns the reminder of a charge with its number, if its customer is to have one now.
fn reminder_of(
    conn: &Connection,
    language: Language,
    policy: ReminderPolicy,
    id: ChargeId,
    is_voucher: bool,
    now: Timestamp,
) -> Result<Option<(u32, Sending)>> {
    let charge = charges::get(conn, id)?;
    let waits = match charge.payment {
        Payment::Open | Payment::FailedAttempt => !is_voucher,
        Payment::Processing => is_voucher,
        _ => false,
    };
    if !waits || !charge.awaits_money() || charge.reminders_off || outbox::waiting_link(conn, id)?.is_some() {
        return Ok(None);
    }
    if charge.expires_at.is_some_and(|at| at <= now) {
        return Ok(None);
    }
    let number = if is_voucher {
        OF_VOUCHER
    } else {
        charge.reminded + 1
    };
    if !is_voucher && charge.reminded >= policy.most {
        return Ok(None);
    }
    let address = conversations::address(conn, charge.conversation)?;
    let open = address.window_is_open(now);
    if !open && !policy.by_template {
        return Ok(None);
    }
    match message::reminder(conn, language, MessageId::new(), &charge, now) {
        Ok(sending) => Ok(Some((number, sending))),
        // Without a template that fits nobody is reminded; the next time may be inside the window.
        Err(Error::NoLinkTemplate(_) | Error::Invalid(_) | Error::WindowClosed) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Returns the settings as they are kept; what can't be read is as if never set.
fn kept(conn: &Connection) -> Result<ReminderPolicy> {
    let json = meta::get(conn, meta::REMINDERS)?;
    Ok(json
        .and_then(|json| serde_json::from_str(&json).ok())
        .unwrap_or_default())
}

fn after(policy: ReminderPolicy) -> Duration {
    hours(policy.after_hours)
}

fn hours(hours: u32) -> Duration {
    Duration::from_secs(u64::from(hours) * 3600)
}

/// Returns whether people want to hear from a shop now.
pub(crate) fn is_decent(now: Timestamp, zone: &jiff::tz::TimeZone) -> bool {
    jiff::Timestamp::from_millisecond(now.millis())
        .is_ok_and(|now| HOURS.contains(&zone.to_datetime(now).hour()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_reminded_at_night() {
        let mexico = jiff::tz::TimeZone::fixed(jiff::tz::offset(-6));
        let at = |hour: i64| Timestamp::from_secs(hour * 3600);
        assert!(!is_decent(at(14), &mexico), "eight in the morning");
        assert!(is_decent(at(15), &mexico), "nine");
        assert!(is_decent(at(26), &mexico), "eight in the evening");
        assert!(!is_decent(at(27), &mexico), "nine in the evening");
    }
}
