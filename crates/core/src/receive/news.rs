//! What Meta tells of the account, its numbers and its templates.

use cobro_whatsapp::alert_words;
use cobro_whatsapp::webhook::{Alert, Severity, TemplateNews};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::round::Round;
use crate::domain::{AlertSeverity, LineId, NoticeId, Timestamp};
use crate::store::alerts::{self, NewAlert, Over};
use crate::store::imports;
use crate::store::lines::{self, LineNews};
use crate::store::notices;
use crate::store::template_news::{self, News};
use crate::{CoreEvent, Result};

/// What Meta says when the number is no longer ours to answer from.
const TAKEN_AWAY: [&str; 5] = [
    "PARTNER_REMOVED",
    "PARTNER_APP_UNINSTALLED",
    "ACCOUNT_OFFBOARDED",
    "ACCOUNT_DELETED",
    "DISABLE",
];
/// What it says when it is again.
const GIVEN_BACK: [&str; 4] = [
    "ACCOUNT_RECONNECTED",
    "PARTNER_ADDED",
    "PARTNER_APP_INSTALLED",
    "REINSTATE",
];

impl Round<'_> {
    pub(super) fn alert(&mut self, alert: &Alert, came: Timestamp) -> Result<()> {
        // Words come late, and twice: what Meta says of the time counts.
        let at = alert.at.unwrap_or(came);
        let concerned = lines::concerned(
            self.tx,
            alert.line.phone_number_id.as_deref(),
            alert.line.display_phone_number.as_deref(),
            alert.line.waba_id.as_deref(),
        )?;
        let line = match concerned.as_slice() {
            [line] => Some(*line),
            _ => None,
        };
        if alert.ends {
            let over = Over {
                field: &alert.field,
                events: ended_by(&alert.field, &alert.event),
                line,
                waba_id: alert.line.waba_id.as_deref(),
            };
            let ended = alerts::end(self.tx, &over, at)?;
            self.changes.tell(ended, CoreEvent::AlertsChanged);
        }
        let is_late = self.change_standing(alert, &concerned, at)?;
        let is_news = self.keep(alert, line, at, alert.ends || is_late)?;
        if is_news && !self.rules.again {
            self.change_lines(alert, &concerned)?;
        }
        Ok(())
    }

    /// Keeps the alert. Returns whether it is news.
    fn keep(&mut self, alert: &Alert, line: Option<LineId>, at: Timestamp, is_over: bool) -> Result<bool> {
        let words = alert_words(&alert.field, &alert.event);
        let key = key_of(alert);
        let raised = alerts::raise(
            self.tx,
            &NewAlert {
                key: &key,
                line,
                waba_id: alert.line.waba_id.as_deref(),
                field: &alert.field,
                event: &alert.event,
                severity: severity_of(alert.severity),
                title: &words.title,
                advice: &words.advice,
                details: alert.details.as_deref(),
                at,
                ended: is_over,
            },
        )?;
        let Some(n) = raised else {
            return Ok(false);
        };
        self.changes.tell(true, CoreEvent::AlertsChanged);
        if alert.severity == Severity::Critical && !is_over && self.rules.announces {
            notices::add_alert(self.tx, NoticeId::new(), n, at)?;
            self.changes.noticed = true;
        }
        Ok(true)
    }

    /// Writes whether the numbers are still ours. Returns whether newer news had
    /// already said so of all of them.
    fn change_standing(&mut self, alert: &Alert, concerned: &[LineId], at: Timestamp) -> Result<bool> {
        let is_ours = GIVEN_BACK.contains(&alert.event.as_str());
        if !is_ours && !TAKEN_AWAY.contains(&alert.event.as_str()) {
            return Ok(false);
        }
        let mut is_late = !concerned.is_empty();
        for line in concerned {
            if lines::set_standing(self.tx, *line, is_ours, at)? {
                is_late = false;
                let starts_anew = is_ours && imports::reset(self.tx, *line, at)?;
                self.changes.tell(starts_anew, CoreEvent::ImportsChanged);
                self.changes.tell(true, CoreEvent::ConnectionChanged);
            }
        }
        Ok(is_late)
    }

    /// Writes what the news changes of the numbers themselves.
    fn change_lines(&mut self, alert: &Alert, concerned: &[LineId]) -> Result<()> {
        let told: Told = serde_json::from_str(&alert.raw).unwrap_or_default();
        for line in concerned {
            if let Some(news) = told.of_line(&alert.field) {
                lines::learn(self.tx, *line, &news)?;
                self.changes.tell(true, CoreEvent::ConnectionChanged);
            }
        }
        Ok(())
    }

    pub(super) fn template(&mut self, news: &TemplateNews, at: Timestamp) -> Result<()> {
        let is_news = template_news::add(
            self.tx,
            &News {
                waba_id: news.waba_id.as_deref().unwrap_or_default(),
                name: &news.name,
                language: &news.language,
                meta_id: news.id.as_deref(),
                status: news.status.as_deref(),
                category: news.category.as_deref(),
                quality: news.quality.as_deref(),
                reason: news.reason.as_deref(),
                at,
            },
        )?;
        self.changes.tell(is_news, CoreEvent::TemplatesChanged);
        Ok(())
    }
}

/// The parts of Meta's news that change a number.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Told {
    event: Option<String>,
    decision: Option<String>,
    requested_verified_name: Option<String>,
}

impl Told {
    fn of_line(&self, field: &str) -> Option<LineNews<'_>> {
        match (field, self.event.as_deref(), self.decision.as_deref()) {
            ("phone_number_name_update", _, Some("APPROVED")) => Some(LineNews {
                verified_name: self.requested_verified_name.as_deref(),
                ..LineNews::default()
            }),
            ("phone_number_quality_update", Some("THROUGHPUT_UPGRADE"), _) => Some(LineNews {
                throughput: Some(HIGH_THROUGHPUT),
                ..LineNews::default()
            }),
            ("phone_number_quality_update", Some("FLAGGED"), _) => Some(LineNews {
                quality: Some("RED"),
                ..LineNews::default()
            }),
            ("phone_number_quality_update", Some("UNFLAGGED"), _) => Some(LineNews {
                quality: Some("GREEN"),
                ..LineNews::default()
            }),
            _ => None,
        }
    }
}

/// Messages a second after WhatsApp's upgrade.
const HIGH_THROUGHPUT: u32 = 1000;

/// Returns the starts of what an event says is over; none where it is all of its field.
fn ended_by(field: &str, event: &str) -> &'static [&'static str] {
    match (field, event) {
        ("account_update", "REINSTATE") => &["DISABLE", "SCHEDULE_FOR_DISABLE"],
        ("account_update", _) => &["PARTNER_REMOVED", "PARTNER_APP_UNINSTALLED", "ACCOUNT_OFFBOARDED"],
        ("phone_number_quality_update", "UNFLAGGED") => &["FLAGGED"],
        ("phone_number_quality_update", "UPGRADE") => &["DOWNGRADE"],
        _ => &[],
    }
}

fn severity_of(severity: Severity) -> AlertSeverity {
    match severity {
        Severity::Info => AlertSeverity::Info,
        Severity::Warning => AlertSeverity::Warning,
        Severity::Critical => AlertSeverity::Critical,
    }
}

/// The same words about the same number are the same news.
fn key_of(alert: &Alert) -> String {
    let mut hasher = Sha256::new();
    for part in [
        Some(alert.field.as_str()),
        Some(alert.event.as_str()),
        alert.line.waba_id.as_deref(),
        alert.line.phone_number_id.as_deref(),
        alert.line.display_phone_number.as_deref(),
        Some(alert.raw.as_str()),
    ] {
        hasher.update(part.unwrap_or_default());
        hasher.update([0]);
    }
    hex::encode(hasher.finalize())
}
