//! How often Stripe may be asked: reading is metered, and every desk of a shop shares the allowance.

use std::time::Duration;

/// What every account may read in 30 days, and more for each transaction.
const FLOOR: u64 = 10_000;
const PER_TRANSACTION: u64 = 500;
const PERIOD: Duration = Duration::from_hours(30 * 24);

const LINK_ACTIVE: Duration = Duration::from_secs(12);
const WORKING_HOURS: Duration = Duration::from_secs(60);
const IDLE: Duration = Duration::from_mins(7);
/// Slower than this would be no watching at all.
const SLOWEST: Duration = Duration::from_mins(30);

/// What was read of what may be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadBudget {
    /// Reads so far in this period.
    pub used: u64,
    /// Payments in the last 30 days.
    pub transactions: u64,
}

/// How much there is to watch for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Circumstances {
    /// A link was sent or opened some minutes ago.
    pub link_active: bool,
    pub working_hours: bool,
    /// Webhooks arrive, so there is no need to ask.
    pub relay_healthy: bool,
}

impl ReadBudget {
    /// Returns how many reads the period allows.
    pub fn allowance(&self) -> u64 {
        FLOOR.max(self.transactions.saturating_mul(PER_TRANSACTION))
    }

    /// Returns when to ask next; `None` while a healthy relay tells anyway.
    ///
    /// The first part of the allowance is spent as the circumstances ask. After
    /// it, what is left is spread over a whole period, so that it is never used
    /// up; a customer who is paying right now may use more of it.
    pub fn next_poll_in(&self, circumstances: &Circumstances) -> Option<Duration> {
        if circumstances.relay_healthy {
            return None;
        }
        let (wanted, free_percent) = match circumstances {
            Circumstances {
                link_active: true, ..
            } => (LINK_ACTIVE, 80),
            Circumstances {
                working_hours: true, ..
            } => (WORKING_HOURS, 50),
            _ => (IDLE, 50),
        };
        let is_free = self.used.saturating_mul(100) < self.allowance().saturating_mul(free_percent);
        Some(if is_free {
            wanted
        } else {
            wanted.max(self.even_pace())
        })
    }

    /// Returns the pace that makes what is left last for a whole period.
    fn even_pace(&self) -> Duration {
        let left = self.allowance().saturating_sub(self.used);
        u32::try_from(left)
            .ok()
            .and_then(|left| PERIOD.checked_div(left))
            .map_or(if left == 0 { SLOWEST } else { Duration::ZERO }, |pace| {
                pace.min(SLOWEST)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUIET: Circumstances = Circumstances {
        link_active: false,
        working_hours: false,
        relay_healthy: false,
    };
    const WORKING: Circumstances = Circumstances {
        working_hours: true,
        ..QUIET
    };
    const ACTIVE: Circumstances = Circumstances {
        link_active: true,
        ..WORKING
    };

    fn used(used: u64) -> ReadBudget {
        ReadBudget {
            used,
            transactions: 3,
        }
    }

    #[test]
    fn a_busy_shop_may_read_more() {
        assert_eq!(used(0).allowance(), 10_000);
        assert_eq!(
            ReadBudget {
                used: 0,
                transactions: 100
            }
            .allowance(),
            50_000
        );
        assert_eq!(
            ReadBudget {
                used: 0,
                transactions: u64::MAX
            }
            .allowance(),
            u64::MAX
        );
    }

    #[test]
    fn the_cadence_follows_what_there_is_to_watch_for() {
        let next = |circumstances| used(10).next_poll_in(&circumstances);
        assert_eq!(next(ACTIVE), Some(Duration::from_secs(12)));
        assert_eq!(next(WORKING), Some(Duration::from_secs(60)));
        assert_eq!(next(QUIET), Some(Duration::from_mins(7)));
        assert_eq!(
            next(Circumstances {
                relay_healthy: true,
                ..ACTIVE
            }),
            None
        );
    }

    #[test]
    fn near_the_limit_it_slows_down_and_a_paying_customer_comes_first() {
        assert_eq!(used(6_000).next_poll_in(&ACTIVE), Some(Duration::from_secs(12)));
        assert_eq!(used(6_000).next_poll_in(&WORKING), Some(Duration::from_secs(648)));
        assert!(used(9_000).next_poll_in(&ACTIVE) > used(7_000).next_poll_in(&ACTIVE));
        for all in [10_000, 20_000] {
            assert_eq!(used(all).next_poll_in(&ACTIVE), Some(SLOWEST));
        }
    }

    #[test]
    fn a_month_of_watching_never_uses_the_allowance_up() {
        for circumstances in [ACTIVE, WORKING, QUIET] {
            let mut budget = used(0);
            let mut elapsed = Duration::ZERO;
            while elapsed < PERIOD {
                elapsed += budget.next_poll_in(&circumstances).unwrap();
                budget.used += 1;
            }
            assert!(
                budget.used < budget.allowance(),
                "{circumstances:?}: {}",
                budget.used
            );
        }
    }
}
