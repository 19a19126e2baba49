//! WhatsApp's limits on how fast a number may send, when they are wanted.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

/// How fast a number may send.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    pub enabled: bool,
    /// Messages a second of one number.
    pub per_second: u32,
    /// Messages to one customer before they must wait.
    pub pair_burst: u32,
    /// How often one more may follow after that, in seconds.
    pub pair_seconds: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            enabled: false,
            per_second: 80,
            pair_burst: 45,
            pair_seconds: 6,
        }
    }
}

/// What is left of a limit, in thousandths of a message.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: i64,
    at_ms: i64,
}

/// Counts what was sent.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    pub(crate) limits: Limits,
    numbers: HashMap<String, Bucket>,
    pairs: HashMap<(String, String), Bucket>,
}

impl Pace {
    pub(crate) fn within(limits: Limits) -> Self {
        Self {
            limits,
            ..Self::default()
        }
    }

    /// Takes one message from both limits, or returns the error of the one that is used up.
    pub(crate) fn take(&mut self, line: &str, customer: &str, now_ms: i64) -> Result<(), i64> {
        let limits = self.limits;
        if !limits.enabled {
            return Ok(());
        }
        let second = (i64::from(limits.per_second), 1000);
        let pair = (
            i64::from(limits.pair_burst),
            1000 * i64::from(limits.pair_burst) * i64::from(limits.pair_seconds),
        );
        let number = refilled(self.numbers.get(line), second, now_ms);
        let both = (line.to_owned(), customer.to_owned());
        let chat = refilled(self.pairs.get(&both), pair, now_ms);
        if number.left < 1000 {
            return Err(130_429);
        }
        if chat.left < 1000 {
            return Err(131_056);
        }
        let used = |bucket: Bucket| Bucket {
            left: bucket.left - 1000,
            ..bucket
        };
        self.numbers.insert(line.to_owned(), used(number));
        self.pairs.insert(both, used(chat));
        Ok(())
    }
}

/// Returns a bucket of `most` messages that is full again after `whole_ms`, as it is now.
fn refilled(bucket: Option<&Bucket>, (most, whole_ms): (i64, i64), now_ms: i64) -> Bucket {
    let full = most * 1000;
    let left = bucket.map_or(full, |bucket| {
        let passed = now_ms.saturating_sub(bucket.at_ms).clamp(0, whole_ms.max(1));
        (bucket.left + passed.saturating_mul(full) / whole_ms.max(1)).min(full)
    });
    Bucket { left, at_ms: now_ms }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace() -> Pace {
        Pace::within(Limits {
            enabled: true,
            ..Limits::default()
        })
    }

    #[test]
    fn a_number_sends_eighty_a_second() {
        let mut pace = pace();
        for customer in 0..80 {
            assert_eq!(pace.take("1", &customer.to_string(), 0), Ok(()));
        }
        assert_eq!(pace.take("1", "x", 0), Err(130_429));
        assert_eq!(pace.take("2", "x", 0), Ok(()));
        assert_eq!(pace.take("1", "x", 500), Ok(()));
    }

    #[test]
    fn a_customer_gets_a_burst_and_then_one_every_six_seconds() {
        let mut pace = pace();
        for _ in 0..45 {
            assert_eq!(pace.take("1", "ana", 0), Ok(()));
        }
        assert_eq!(pace.take("1", "ana", 5_000), Err(131_056));
        assert_eq!(pace.take("1", "beto", 5_000), Ok(()));
        assert_eq!(pace.take("1", "ana", 11_100), Ok(()));
        assert_eq!(pace.take("1", "ana", 11_200), Err(131_056));
    }

    #[test]
    fn nothing_is_limited_unless_asked() {
        let mut pace = Pace::default();
        for _ in 0..1000 {
            assert_eq!(pace.take("1", "ana", 0), Ok(()));
        }
    }
}
