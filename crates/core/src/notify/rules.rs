//! What is announced, and when: the person's choice.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use rusqlite::Connection;

use crate::domain::{NoticeKind, NotifyRules, Timestamp};
use crate::store::meta;
use crate::{Error, Inbox, Result};

/// Returns what is announced.
pub async fn rules(inbox: &Inbox) -> Result<NotifyRules> {
    inbox.store.read(kept).await
}

/// Changes what is announced.
pub async fn set_rules(inbox: &Inbox, rules: NotifyRules) -> Result<()> {
    for time in [&rules.quiet_from, &rules.quiet_to].into_iter().flatten() {
        if time_from_text(time).is_none() {
            return Err(Error::Invalid(format!(
                "{time} is no time of the day. Write it like 22:00"
            )));
        }
    }
    if rules.quiet_from.is_some() != rules.quiet_to.is_some() {
        return Err(Error::Invalid(
            "Quiet hours need a beginning and an end. Give both, or none".into(),
        ));
    }
    let text = serde_json::to_string(&rules).map_err(anyhow::Error::new)?;
    inbox
        .store
        .write(move |tx| Ok(meta::set(tx, meta::NOTIFY_RULES, &text)?))
        .await?;
    inbox.notices.notify_one();
    Ok(())
}

pub(super) fn kept(conn: &Connection) -> Result<NotifyRules> {
    Ok(meta::get(conn, meta::NOTIFY_RULES)?
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default())
}

impl NotifyRules {
    pub(super) fn wants(&self, kind: NoticeKind) -> bool {
        match kind {
            NoticeKind::Message => self.messages,
            NoticeKind::Paid => self.payments,
            NoticeKind::ChargeFailed => self.failures,
            NoticeKind::Woke => self.woke,
            NoticeKind::Alert
            | NoticeKind::Contested
            | NoticeKind::Disputed
            | NoticeKind::RefundFailed
            | NoticeKind::RefundStopped => true,
        }
    }

    /// Returns whether nothing but alerts is announced now.
    pub(super) fn is_quiet(&self, now: Timestamp, zone: &TimeZone) -> bool {
        let times = self.quiet_from.as_deref().zip(self.quiet_to.as_deref());
        let Some((from, to)) =
            times.and_then(|(from, to)| Some((time_from_text(from)?, time_from_text(to)?)))
        else {
            return false;
        };
        let Ok(now) = jiff::Timestamp::from_millisecond(now.millis()) else {
            return false;
        };
        let time = now.to_zoned_datetime(zone.clone()).datetime().time();
        if from <= to {
            from <= time && time < to
        } else {
            from <= time || time < to
        }
    }
}

fn time_from_text(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_hours_may_go_over_midnight() {
        let rules = NotifyRules {
            quiet_from: Some("22:00".into()),
            quiet_to: Some("08:00".into()),
            ..NotifyRules::default()
        };
        let quiet = |time: &str| {
            let now = Timestamp::from_rfc3339(&format!("2026-11-24T{time}:00Z")).unwrap();
            rules.is_quiet(now, &TimeZone::UTC)
        };
        assert!(quiet("22:00") && quiet("23:59") && quiet("07:59"));
        assert!(!quiet("08:00") && !quiet("21:59"));
        assert!(!NotifyRules::default().is_quiet(Timestamp::now(), &TimeZone::UTC));
    }
}
