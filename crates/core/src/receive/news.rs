//! What Meta tells of the account, its numbers and its templates.

use cobro_whatsapp::alert_words;
use cobro_whatsapp::webhook::{Alert, Severity, TemplateNews};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::round::Round;
use crate::domain::{AlertSeverity, LineId, NoticeId, Timestamp};
use crate::store::alerts::{self, NewAlert};
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
    pub(super) fn alert(&mut self, alert: &Alert, at: Timestamp) -> Result<()> {
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
            let ended = alerts::end(self.tx, &alert.field, line, at)?;
            self.changes.tell(ended, CoreEvent::AlertsChanged);
        }
        self.keep(alert, line, at)?;
        if !self.rules.again {
            self.change_lines(alert, &concerned, at)?;
        }
        Ok(())
    }

    fn keep(&mut self, alert: &Alert, line: Option<LineId>, at: Timestamp) -> Result<()> {
        let words = alert_words(&alert.field, &alert.event);
        let key = key_of(alert);
        let raised = alerts::raise(
            self.tx,
            &NewAlert {
                key: &key,
                line,
                field: &alert.field,
                event: &alert.event,
                severity: severity_of(alert.severity),
                title: &words.title,
                advice: &words.advice,
                details: alert.details.as_deref(),
                at,
                ended: alert.ends,
            },
        )?;
        let Some(n) = raised else {
            return Ok(());
        };
        self.changes.tell(true, CoreEvent::AlertsChanged);
        if alert.severity == Severity::Critical && !alert.ends && self.rules.announces {
            notices::add_alert(self.tx, NoticeId::new(), n, at)?;
            self.changes.noticed = true;
        }
        Ok(())
    }

    /// Writes what the news changes of the numbers themselves.
    fn change_lines(&mut self, alert: &Alert, concerned: &[LineId], at: Timestamp) -> Result<()> {
        let told: Told = serde_json::from_str(&alert.raw).unwrap_or_default();
        for line in concerned {
            if TAKEN_AWAY.contains(&alert.event.as_str()) {
                lines::set_offboarded(self.tx, *line, Some(at))?;
                self.changes.tell(true, CoreEvent::ConnectionChanged);
            } else if GIVEN_BACK.contains(&alert.event.as_str()) {
                lines::set_offboarded(self.tx, *line, None)?;
                self.changes.tell(true, CoreEvent::ConnectionChanged);
            } else if let Some(news) = told.of_line(&alert.field) {
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
