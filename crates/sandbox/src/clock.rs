//! The sandbox's time: real time plus whatever was skipped on request.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;

/// Sleepers look at the real clock at least this often, in case it was set.
const LONGEST_NAP: Duration = Duration::from_mins(1);

/// A clock that can be advanced. Its copies share one time.
#[derive(Debug, Clone)]
pub struct Clock {
    skipped_ms: Arc<watch::Sender<i64>>,
}

impl Default for Clock {
    fn default() -> Self {
        Self {
            skipped_ms: Arc::new(watch::Sender::new(0)),
        }
    }
}

impl Clock {
    /// Returns milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        Timestamp::now()
            .as_millisecond()
            .saturating_add(*self.skipped_ms.borrow())
    }

    /// Returns seconds since 1970.
    pub fn now_s(&self) -> i64 {
        self.now_ms().div_euclid(1000)
    }

    pub fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.now_ms()).unwrap_or(Timestamp::MAX)
    }

    /// Returns how much time was skipped so far.
    pub fn skipped(&self) -> Duration {
        Duration::from_millis(u64::try_from(*self.skipped_ms.borrow()).unwrap_or(0))
    }

    /// Skips time; whoever sleeps until a moment that has now passed wakes at once.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.skipped_ms
            .send_modify(|skipped| *skipped = skipped.saturating_add(by));
    }

    pub async fn sleep(&self, time: Duration) {
        let ms = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        self.sleep_until_ms(self.now_ms().saturating_add(ms)).await;
    }

    pub async fn sleep_until_ms(&self, at_ms: i64) {
        let mut skips = self.skipped_ms.subscribe();
        loop {
            skips.mark_unchanged();
            let left = at_ms.saturating_sub(self.now_ms());
            let Ok(left) = u64::try_from(left) else { return };
            if left == 0 {
                return;
            }
            let nap = Duration::from_millis(left).min(LONGEST_NAP);
            // The clock holds the sender, so `changed` ends only with news.
            let _ = tokio::time::timeout(nap, skips.changed()).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Clock;

    #[tokio::test]
    async fn a_sleeper_wakes_when_its_moment_is_skipped() {
        let clock = Clock::default();
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep(Duration::from_hours(1)).await }
        });
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(!sleeper.is_finished());
        let began = Instant::now();
        clock.advance(Duration::from_hours(1));
        sleeper.await.unwrap();
        assert!(began.elapsed() < Duration::from_secs(2));
    }

    #[tokio::test]
    async fn skipping_too_little_does_not_wake_a_sleeper() {
        let clock = Clock::default();
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep(Duration::from_hours(1)).await }
        });
        tokio::time::sleep(Duration::from_millis(20)).await;
        clock.advance(Duration::from_mins(50));
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(!sleeper.is_finished());
        sleeper.abort();
    }

    #[test]
    fn copies_share_one_time() {
        let clock = Clock::default();
        let copy = clock.clone();
        let before = copy.now_ms();
        clock.advance(Duration::from_hours(25));
        assert!(copy.now_ms() - before >= 90_000_000);
        assert_eq!(copy.skipped(), Duration::from_hours(25));
    }
}
