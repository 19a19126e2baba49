//! Figures: gathered, then printed with their percentiles.

use std::time::Duration;

use anyhow::Result;
use hdrhistogram::Histogram;

/// Durations of one kind of step.
pub(crate) struct Times(Histogram<u64>);

impl Times {
    pub(crate) fn new() -> Result<Self> {
        // Microseconds, up to ten minutes.
        Ok(Self(Histogram::new_with_bounds(1, 600_000_000, 3)?))
    }

    pub(crate) fn add(&mut self, took: Duration) {
        self.0
            .saturating_record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }

    /// Returns the percentile in milliseconds.
    pub(crate) fn ms(&self, percentile: f64) -> f64 {
        std::time::Duration::from_micros(self.0.value_at_percentile(percentile)).as_secs_f64() * 1000.0
    }

    pub(crate) fn words(&self) -> String {
        format!(
            "p50 {:.2} ms, p99 {:.2} ms ({} samples)",
            self.ms(50.0),
            self.ms(99.0),
            self.0.len()
        )
    }
}

/// Prints one line of the report, with what it is measured against.
pub(crate) fn line(what: &str, figure: &str, against: &str) {
    println!("{what:<46} {figure:<44} {against}");
}

/// Returns whether a target is met, as a mark.
pub(crate) fn mark(met: bool) -> &'static str {
    if met { "met" } else { "MISSED" }
}
