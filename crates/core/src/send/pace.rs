//! How fast WhatsApp takes messages: token buckets, filled by the time that passed.
//!
//! Nothing sleeps here. Whoever wants to send asks, and is told how long to wait
//! if it is too early. The buckets are full at a start: what an earlier run sent
//! is not known, and WhatsApp's own refusal then says so.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::domain::{ConversationId, LineId};

/// WhatsApp takes this many at once for one recipient, and then one every six seconds.
/// A little slower, since what leaves on time may arrive early beside what came late.
const RECIPIENT: Rate = Rate {
    burst: 45.0,
    per_second: 1.0 / 6.1,
};
/// Recipients that are remembered. A bucket that is full again needs no memory.
const REMEMBERED: usize = 4096;

/// Why it is too early, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TooEarly {
    /// The line has to wait, with everything on it.
    Line(Duration),
    /// Only this recipient has to.
    Recipient(Duration),
}

/// What was sent lately, by line and by recipient.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    lines: HashMap<LineId, Bucket>,
    recipients: HashMap<ConversationId, Bucket>,
    held: HashMap<LineId, Instant>,
}

impl Pace {
    /// Takes the right to send one message now, or says what has to wait.
    pub(crate) fn take(
        &mut self,
        line: LineId,
        per_second: u32,
        recipient: ConversationId,
        now: Instant,
    ) -> Result<(), TooEarly> {
        self.wait_of_line(line, now).map_err(TooEarly::Line)?;
        let to_line = self.lines.entry(line).or_insert_with(|| Bucket::empty_since(now));
        to_line.fill(Rate::of_line(per_second), now);
        to_line
            .wait(Rate::of_line(per_second))
            .map_or(Ok(()), |wait| Err(TooEarly::Line(wait)))?;
        let to_recipient = self
            .recipients
            .entry(recipient)
            .or_insert_with(|| Bucket::full(RECIPIENT, now));
        to_recipient.fill(RECIPIENT, now);
        to_recipient
            .wait(RECIPIENT)
            .map_or(Ok(()), |wait| Err(TooEarly::Recipient(wait)))?;
        to_line.take();
        to_recipient.take();
        self.forget_full(now);
        Ok(())
    }

    /// Keeps the whole line back: WhatsApp said so, often with a time.
    pub(crate) fn hold(&mut self, line: LineId, pause: Duration, now: Instant) {
        let Some(until) = now.checked_add(pause) else {
            return;
        };
        let held = self.held.entry(line).or_insert(until);
        *held = (*held).max(until);
    }

    /// Refuses while a line is held back: with how long that lasts.
    pub(crate) fn wait_of_line(&mut self, line: LineId, now: Instant) -> Result<(), Duration> {
        match self.held.get(&line) {
            Some(until) if *until > now => Err(until.duration_since(now)),
            Some(_) => {
                self.held.remove(&line);
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn forget_full(&mut self, now: Instant) {
        if self.recipients.len() > REMEMBERED {
            self.recipients.retain(|_, bucket| {
                bucket.fill(RECIPIENT, now);
                bucket.level < RECIPIENT.burst
            });
        }
    }
}

/// How much at once, and how much as time goes on.
#[derive(Debug, Clone, Copy)]
struct Rate {
    burst: f64,
    per_second: f64,
}

impl Rate {
    /// A tenth at once and nine tenths as it goes, so that no second holds more than the limit.
    fn of_line(per_second: u32) -> Self {
        let limit = f64::from(per_second.max(1));
        Self {
            burst: (limit / 10.0).max(1.0),
            per_second: limit * 0.9,
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    level: f64,
    at: Instant,
}

impl Bucket {
    fn full(rate: Rate, now: Instant) -> Self {
        Self {
            level: rate.burst,
            at: now,
        }
    }

    /// A line's bucket holds one message at first and fills in a tenth of a second.
    fn empty_since(now: Instant) -> Self {
        Self { level: 1.0, at: now }
    }

    fn fill(&mut self, rate: Rate, now: Instant) {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.level = (self.level + passed * rate.per_second).min(rate.burst);
        self.at = now;
    }

    fn take(&mut self) {
        self.level -= 1.0;
    }

    /// Returns how long until one can be taken; `None` if one can be now.
    fn wait(&self, rate: Rate) -> Option<Duration> {
        // A hair less than one is one: rounding must not cost a whole turn.
        (self.level < 0.999_999).then(|| Duration::from_secs_f64((1.0 - self.level) / rate.per_second))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends to `recipients` in turn for `seconds`, as fast as it may. Returns when each left.
    fn sent(per_second: u32, recipients: &[ConversationId], seconds: u64) -> Vec<Duration> {
        let (mut pace, line, start) = (Pace::default(), LineId::new(), Instant::now());
        let end = start + Duration::from_secs(seconds);
        let (mut now, mut turn, mut left) = (start, 0, Vec::new());
        while now < end {
            match pace.take(line, per_second, recipients[turn % recipients.len()], now) {
                Ok(()) => {
                    left.push(now - start);
                    turn += 1;
                }
                Err(TooEarly::Line(wait) | TooEarly::Recipient(wait)) => {
                    now += wait.max(Duration::from_micros(1));
                }
            }
        }
        left
    }

    fn most_in_any_second(left: &[Duration]) -> usize {
        left.iter()
            .map(|from| {
                left.iter()
                    .filter(|at| **at >= *from && **at < *from + Duration::from_secs(1))
                    .count()
            })
            .max()
            .unwrap_or(0)
    }

    #[test]
    fn no_second_holds_more_than_the_line_takes() {
        let many: Vec<_> = (0..2000).map(|_| ConversationId::new()).collect();
        for limit in [80, 20, 1000] {
            let left = sent(limit, &many, 5);
            let most = most_in_any_second(&left);
            assert!(most <= limit as usize, "{most} in a second of {limit}");
            assert!(
                left.len() > limit as usize * 4,
                "{} in 5 s of {limit}",
                left.len()
            );
        }
    }

    #[test]
    fn one_recipient_gets_45_at_once_and_then_one_every_six_seconds() {
        let left = sent(80, &[ConversationId::new()], 65);
        let at_once = left.iter().filter(|at| **at < Duration::from_secs(1)).count();
        assert_eq!(at_once, 45);
        assert_eq!(left.len(), 45 + 10, "{left:?}");
    }

    #[test]
    fn a_recipient_who_must_wait_does_not_keep_others_back() {
        let (mut pace, line, now) = (Pace::default(), LineId::new(), Instant::now());
        let (ana, eva) = (ConversationId::new(), ConversationId::new());
        let mut at = now;
        let wait = loop {
            match pace.take(line, 80, ana, at) {
                Ok(()) | Err(TooEarly::Line(_)) => at += Duration::from_millis(20),
                Err(TooEarly::Recipient(wait)) => break wait,
            }
        };
        assert!(
            wait <= Duration::from_secs(7) && wait > Duration::from_secs(4),
            "{wait:?}"
        );
        assert_eq!(pace.take(line, 80, eva, at), Ok(()));
    }

    #[test]
    fn a_line_that_is_told_to_wait_waits_and_the_others_go_on() {
        let (mut pace, now) = (Pace::default(), Instant::now());
        let (slow, fast, ana) = (LineId::new(), LineId::new(), ConversationId::new());
        pace.hold(slow, Duration::from_secs(7), now);
        pace.hold(slow, Duration::from_secs(2), now);
        assert_eq!(
            pace.take(slow, 80, ana, now),
            Err(TooEarly::Line(Duration::from_secs(7)))
        );
        assert_eq!(pace.take(fast, 80, ana, now), Ok(()));
        assert_eq!(pace.take(slow, 80, ana, now + Duration::from_secs(7)), Ok(()));
    }
}
