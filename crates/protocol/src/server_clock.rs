//! How far this computer's clock is from a server's, as the server's answers tell.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::fmt::rfc2822;

use crate::Timestamp;

const UNKNOWN: i64 = i64::MIN;

/// What the newest answer told. Whoever asks the server shares one.
#[derive(Debug)]
pub struct ServerClock(AtomicI64);

impl Default for ServerClock {
    fn default() -> Self {
        Self(AtomicI64::new(UNKNOWN))
    }
}

impl ServerClock {
    /// Takes the `Date` of an answer that came at `now`. What is no date tells nothing.
    pub fn note(&self, date: &str, now: Timestamp) {
        if let Ok(theirs) = rfc2822::DateTimeParser::new().parse_timestamp(date) {
            self.0
                .store(now.millis() - theirs.as_millisecond(), Ordering::Relaxed);
        }
    }

    /// Returns how many milliseconds our clock is ahead of the server's; `None` before its first answer.
    ///
    /// Servers tell their time in whole seconds, so a second either way is nothing.
    pub fn skew(&self) -> Option<i64> {
        Some(self.0.load(Ordering::Relaxed)).filter(|skew| *skew != UNKNOWN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_servers_clock_is_read_from_its_date() {
        let clock = ServerClock::default();
        let now = Timestamp::from_millis(1_795_485_660_000);
        assert_eq!(clock.skew(), None);
        clock.note("yesterday", now);
        assert_eq!(clock.skew(), None);
        clock.note("Tue, 24 Nov 2026 02:00:00 GMT", now);
        assert_eq!(clock.skew(), Some(60_000));
    }
}
