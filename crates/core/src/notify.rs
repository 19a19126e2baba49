//! Notifying: whether and what to announce is decided here; the shell only shows it.

mod rules;

pub use rules::{rules, set_rules};

use std::collections::BTreeMap;
use std::time::Duration;

use rusqlite::Connection;

use crate::domain::{Announcement, ConversationId, NoticeId, NoticeKind, PaymentStatus, Timestamp, Words};
use crate::store::notices::{self, AlertNotice, Notice};
use crate::store::{alerts, charges, conversations, disputes, messages, payments};
use crate::{CoreEvent, Error, Inbox, Language, Result};

/// More conversations than this at once become one announcement.
const SINGLES: usize = 3;
/// News that could not be shown for so long is no news.
const STALE: Duration = Duration::from_hours(12);

/// Waits for something to announce. Returns `None` when the inbox shuts down.
///
/// Each must be answered with [`announced`]; what is not is announced again
/// after a restart, so that a crash loses no payment's notice.
pub async fn next(inbox: &Inbox) -> Option<Vec<Announcement>> {
    loop {
        match due(inbox).await {
            Ok(due) if !due.is_empty() => return Some(due),
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "Notices could not be read"),
        }
        if !inbox.rest(Some(&inbox.notices), Duration::from_secs(60)).await {
            return None;
        }
    }
}

/// Takes an announcement off the list, and says in Health if it could not be shown.
pub async fn announced(inbox: &Inbox, notices: Vec<NoticeId>, failure: Option<String>) -> Result<()> {
    match failure {
        Some(why) => inbox.problems.raise(
            "notifications",
            Words::new(
                "notifications",
                "Notifications can't be shown",
                format!("{why}. Payments and messages still appear in this window"),
            ),
        ),
        None => inbox.problems.clear("notifications"),
    }
    inbox.emit(CoreEvent::StatusChanged);
    inbox.store.write(move |tx| notices::remove(tx, &notices)).await
}

async fn due(inbox: &Inbox) -> Result<Vec<Announcement>> {
    let reader = inbox.clone();
    let (due, dropped) = inbox
        .store
        .read(move |conn| decide(conn, &reader, Timestamp::now()))
        .await?;
    if !dropped.is_empty() {
        inbox.store.write(move |tx| notices::remove(tx, &dropped)).await?;
    }
    Ok(due)
}

/// Decides what of the waiting notices is announced, and what needs no word.
fn decide(conn: &Connection, inbox: &Inbox, now: Timestamp) -> Result<(Vec<Announcement>, Vec<NoticeId>)> {
    let rules = rules::kept(conn)?;
    let is_quiet = rules.is_quiet(now, &jiff::tz::TimeZone::system());
    let mut payments = Vec::new();
    let mut woken = Vec::new();
    let mut talks: BTreeMap<ConversationId, Vec<Notice>> = BTreeMap::new();
    let mut dropped = Vec::new();
    for notice in notices::waiting(conn)? {
        let stale = now.since(notice.at) > STALE;
        match notice.kind {
            kind if !rules.wants(kind) => dropped.push(notice.id),
            // It waits for the end of the quiet hours, as far as it is news then.
            _ if is_quiet => {}
            NoticeKind::ChargeFailed if is_collected(conn, &notice)? => dropped.push(notice.id),
            NoticeKind::Paid
            | NoticeKind::ChargeFailed
            | NoticeKind::Contested
            | NoticeKind::Disputed
            | NoticeKind::RefundFailed
            | NoticeKind::RefundStopped => {
                payments.push(notice);
            }
            NoticeKind::Woke => woken.push(notice),
            // It was taken out meanwhile.
            NoticeKind::Message if is_gone(conn, &notice)? => dropped.push(notice.id),
            NoticeKind::Message if stale || inbox.is_on_screen(notice.conversation) => {
                dropped.push(notice.id);
            }
            NoticeKind::Message => talks.entry(notice.conversation).or_default().push(notice),
            // These belong to no conversation and are read apart.
            NoticeKind::Alert => {}
        }
    }
    let language = inbox.window_language();
    let mut due = Vec::new();
    for notice in notices::waiting_alerts(conn)? {
        let made = of_alert(conn, language, &notice).map(Some);
        due.extend(or_drop(made, notice.id, &mut dropped)?);
    }
    for notice in payments {
        let made = of_payment(conn, language, &notice);
        due.extend(or_drop(made, notice.id, &mut dropped)?);
    }
    for notice in woken {
        let made = of_woken(conn, language, &notice).map(Some);
        due.extend(or_drop(made, notice.id, &mut dropped)?);
    }
    if talks.len() > SINGLES {
        due.push(of_many(language, &talks));
    } else {
        for notices in talks.values() {
            due.extend(of_talk(conn, language, notices)?);
        }
    }
    for announcement in &mut due {
        announcement.sound = rules.sound;
        if rules.hide_content && announcement.kind != NoticeKind::Alert {
            language.hide(announcement);
        }
    }
    Ok((due, dropped))
}

/// Returns whether the payment came after all, before anybody was told that it failed.
fn is_collected(conn: &Connection, notice: &Notice) -> Result<bool> {
    let Some(intent) = &notice.payment_intent else {
        return Ok(false);
    };
    let payment = payments::find(conn, intent)?;
    Ok(payment.is_some_and(|payment| payment.status == PaymentStatus::Succeeded))
}

fn is_gone(conn: &Connection, notice: &Notice) -> Result<bool> {
    match notice.message {
        Some(message) => Ok(!messages::is_known(conn, message)?),
        None => Ok(false),
    }
}

/// What a notice is about may be gone: that keeps no other notice from being told.
fn or_drop(
    made: Result<Option<Announcement>>,
    notice: NoticeId,
    dropped: &mut Vec<NoticeId>,
) -> Result<Option<Announcement>> {
    match made {
        Err(Error::NotFound(_)) => {
            dropped.push(notice);
            Ok(None)
        }
        made => made,
    }
}

/// Meta's news are told whenever they can be: they stop sales until somebody acts.
fn of_alert(conn: &Connection, language: Language, notice: &AlertNotice) -> Result<Announcement> {
    let alert = alerts::get(conn, notice.alert)?;
    let words = language.alert(&alert.field, &alert.event);
    Ok(Announcement {
        notices: vec![notice.id],
        kind: NoticeKind::Alert,
        title: words.title,
        body: words.advice,
        open: language.open().to_owned(),
        conversation: None,
        sound: true,
    })
}

fn of_payment(conn: &Connection, language: Language, notice: &Notice) -> Result<Option<Announcement>> {
    let Some(charge) = notice.charge else {
        return Ok(None);
    };
    let charge = charges::get(conn, charge)?;
    let name = conversations::row(conn, notice.conversation)?.name;
    let money = match &notice.payment_intent {
        Some(intent) => payments::find(conn, intent)?,
        None => None,
    };
    let amount = money.map_or(charge.amount, |money| money.amount);
    let (title, body) = match notice.kind {
        NoticeKind::Paid => (
            language.paid_title(&name, amount),
            language.paid_body(&charge.description, charge.payment),
        ),
        NoticeKind::ChargeFailed => language.charge_not_collected(&name, amount, &charge.description),
        kind => {
            let due = disputes::of_charge(conn, charge.id)?
                .into_iter()
                .find_map(|dispute| dispute.due_by.filter(|_| dispute.is_open));
            language.trouble(kind, &name, amount, due)
        }
    };
    Ok(Some(Announcement {
        notices: vec![notice.id],
        kind: notice.kind,
        title,
        body,
        open: language.open().to_owned(),
        conversation: Some(notice.conversation),
        sound: true,
    }))
}

/// What was put aside for this moment is told even if it is on screen: its time is the news.
fn of_woken(conn: &Connection, language: Language, notice: &Notice) -> Result<Announcement> {
    let row = conversations::row(conn, notice.conversation)?;
    Ok(Announcement {
        notices: vec![notice.id],
        kind: NoticeKind::Woke,
        title: language.woke_title(&row.name),
        body: row.snippet,
        open: language.open().to_owned(),
        conversation: Some(notice.conversation),
        sound: true,
    })
}

fn of_talk(conn: &Connection, language: Language, notices: &[Notice]) -> Result<Option<Announcement>> {
    let Some(last) = notices.last() else {
        return Ok(None);
    };
    let row = conversations::row(conn, last.conversation)?;
    let text = match last.message {
        Some(message) => {
            let message = messages::get(conn, message)?;
            if message.text.is_empty() {
                language.kind(message.kind).to_owned()
            } else {
                message.text
            }
        }
        None => String::new(),
    };
    let text: String = text.chars().take(240).collect();
    Ok(Some(Announcement {
        notices: notices.iter().map(|notice| notice.id).collect(),
        kind: NoticeKind::Message,
        title: row.name,
        body: language.more_messages(&text, notices.len()),
        open: language.open().to_owned(),
        conversation: Some(last.conversation),
        sound: true,
    }))
}

fn of_many(language: Language, talks: &BTreeMap<ConversationId, Vec<Notice>>) -> Announcement {
    let notices: Vec<_> = talks.values().flatten().map(|notice| notice.id).collect();
    let (title, body) = language.many_messages(notices.len(), talks.len());
    Announcement {
        notices,
        kind: NoticeKind::Message,
        title,
        body,
        open: language.open().to_owned(),
        conversation: None,
        sound: true,
    }
}
