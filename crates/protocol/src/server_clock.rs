//! How far this computer's clock is from a server's, as the server's answers tell.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::fmt::rfc2822;

use crate::Timestamp;

/// What the newest answer told, and when. Whoever asks the server shares one.
#[derive(Debug, Default)]
pub struct ServerClock(Mutex<Option<(i64, Instant)>>);

impl ServerClock {
    /// Takes the `Date` of an answer that came at `now`. What is no date tells nothing.
    pub fn note(&self, date: &str, now: Timestamp) {
        if let Ok(theirs) = rfc2822::DateTimeParser::new().parse_timestamp(date) {
            let skew = now.millis() - theirs.as_millisecond();
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((skew, Instant::now()));
        }
    }

    /// Returns how many milliseconds our clock is ahead of the server's; `None` before its first answer.
    ///
    /// Servers tell their time in whole seconds, so a second either way is nothing.
    pub fn skew(&self) -> Option<i64> {
        self.told().map(|(skew, _)| skew)
    }

    /// Returns the same, unless the newest answer is older than `age`: our clock may have been set since.
    pub fn skew_within(&self, age: Duration) -> Option<i64> {
        self.told()
            .filter(|(_, at)| at.elapsed() <= age)
            .map(|(skew, _)| skew)
    }

    fn told(&self) -> Option<(i64, Instant)> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
        assert_eq!(clock.skew_within(Duration::from_mins(1)), Some(60_000));
        std::thread::sleep(Duration::from_millis(2));
        assert_eq!(
            clock.skew_within(Duration::from_millis(1)),
            None,
            "it is from before"
        );
    }
}
