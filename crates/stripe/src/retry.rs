//! When a call is tried again, and how long it waits first.

use std::time::Duration;

use crate::StripeError;
use crate::refusal::Headers;

/// Attempts of one call, the first among them.
const ATTEMPTS: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// An attempt that failed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub error: StripeError,
    /// Another attempt may succeed.
    pub passing: bool,
    /// Stripe asked to wait this long.
    pub wait: Option<Duration>,
}

impl Failure {
    /// No answer came, or it broke off.
    pub(crate) fn lost(reason: impl Into<String>, maybe_received: bool) -> Self {
        Self {
            error: StripeError::Network {
                reason: reason.into(),
                maybe_received,
            },
            passing: true,
            wait: None,
        }
    }

    /// An answer came that was no success. Stripe's own word on trying again
    /// counts more than the status.
    pub(crate) fn refused(status: u16, headers: &Headers, error: StripeError) -> Self {
        let passing = headers
            .should_retry
            .unwrap_or(matches!(status, 409 | 424 | 429 | 500..=599));
        Self {
            error,
            passing,
            wait: headers.retry_after.map(Duration::from_secs),
        }
    }

    pub(crate) fn last(error: StripeError) -> Self {
        Self {
            error,
            passing: false,
            wait: None,
        }
    }
}

/// Returns how long to wait before another attempt; `None` if there is to be none.
///
/// `repeatable` says that doing it twice does it once. `fate` is between 0 and 1.
pub(crate) fn pause_after(
    failure: &Failure,
    attempts: u32,
    repeatable: bool,
    remaining: Duration,
    fate: f64,
) -> Option<Duration> {
    if !repeatable || !failure.passing || attempts >= ATTEMPTS {
        return None;
    }
    let doubled = FIRST_PAUSE.saturating_mul(1 << attempts.saturating_sub(1).min(10));
    let jittered = doubled
        .min(LONGEST_PAUSE)
        .mul_f64(0.5 + 0.5 * fate.clamp(0.0, 1.0));
    let pause = failure.wait.map_or(jittered, |wait| wait.max(jittered));
    (pause < remaining).then_some(pause)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    fn refused(status: u16, should_retry: Option<bool>) -> Failure {
        let headers = Headers {
            should_retry,
            ..Headers::default()
        };
        Failure::refused(status, &headers, StripeError::decode("test"))
    }

    fn retries(failure: &Failure) -> bool {
        pause_after(failure, 1, true, LONG, 0.5).is_some()
    }

    #[test]
    fn what_passes_is_tried_again() {
        for status in [409, 424, 429, 500, 502, 503, 504] {
            assert!(retries(&refused(status, None)), "{status}");
        }
        for status in [400, 401, 402, 403, 404] {
            assert!(!retries(&refused(status, None)), "{status}");
        }
        assert!(retries(&Failure::lost("reset", true)));
    }

    #[test]
    fn stripes_own_word_counts_more_than_the_status() {
        assert!(!retries(&refused(500, Some(false))));
        assert!(retries(&refused(400, Some(true))));
    }

    #[test]
    fn what_is_not_repeatable_is_sent_once() {
        assert_eq!(
            pause_after(&Failure::lost("reset", true), 1, false, LONG, 0.5),
            None
        );
    }

    #[test]
    fn pauses_grow_end_and_fit_the_time_that_is_left() {
        let failure = refused(503, None);
        let pause = |attempts, fate| pause_after(&failure, attempts, true, LONG, fate);
        assert_eq!(pause(1, 0.0), Some(Duration::from_millis(125)));
        assert_eq!(pause(1, 1.0), Some(Duration::from_millis(250)));
        assert_eq!(pause(3, 1.0), Some(Duration::from_secs(1)));
        assert_eq!(pause(4, 1.0), None);
        assert_eq!(
            pause_after(&failure, 3, true, Duration::from_millis(400), 0.0),
            None
        );
    }

    #[test]
    fn a_wait_that_stripe_asks_for_is_kept() {
        let headers = Headers {
            retry_after: Some(2),
            ..Headers::default()
        };
        let failure = Failure::refused(429, &headers, StripeError::decode("test"));
        assert_eq!(
            pause_after(&failure, 1, true, LONG, 1.0),
            Some(Duration::from_secs(2))
        );
    }
}
