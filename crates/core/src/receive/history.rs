//! The phone's own history: how far it has come, or why it does not.

use cobro_whatsapp::error_words;
use cobro_whatsapp::webhook::{HistoryProgress, LineRef};

use super::round::Round;
use crate::domain::{Timestamp, Words};
use crate::store::imports::{self, Progress};
use crate::{CoreEvent, Result};

impl<'a> Round<'a> {
    pub(super) fn progress(&mut self, told: &'a HistoryProgress, at: Timestamp) -> Result<()> {
        let line = self.line(&told.line)?;
        self.coexists(line)?;
        self.changes.tell(true, CoreEvent::ImportsChanged);
        let progress = Progress {
            phase: told.phase,
            chunk: told.chunk,
            percent: told.progress,
        };
        imports::advance(self.tx, line, progress, at)
    }

    pub(super) fn declined(
        &mut self,
        line: &'a LineRef,
        code: i64,
        title: &str,
        at: Timestamp,
    ) -> Result<()> {
        let line = self.line(line)?;
        self.changes.tell(true, CoreEvent::ImportsChanged);
        let words = error_words(code);
        tracing::info!(code, title, "The phone does not share its history");
        imports::decline(
            self.tx,
            line,
            &Words::new(code.to_string(), words.title, words.advice),
            at,
        )
    }
}
