//! The clock: a wrong one makes Stripe's signatures look forged, so it is checked against Stripe's own.

use std::time::Duration;

use cobro_stripe::StripeApi;

use crate::domain::{Timestamp, Words};
use crate::{CoreEvent, Inbox};

/// Stripe's signatures allow five minutes.
const TOLERATED: Duration = Duration::from_mins(4);
const PROBLEM: &str = "clock";

pub(crate) async fn run(inbox: Inbox) {
    let Some(stripe) = inbox.stripe.clone() else {
        return;
    };
    loop {
        if let Some(skew) = stripe.clock_skew() {
            let before = inbox.problems.all().iter().any(|problem| problem.id == PROBLEM);
            match words_of_skew(skew) {
                Some(words) => inbox.problems.raise(PROBLEM, words),
                None => inbox.problems.clear(PROBLEM),
            }
            if before != words_of_skew(skew).is_some() {
                inbox.emit(CoreEvent::StatusChanged);
            }
        }
        if !inbox.rest(None, Duration::from_secs(30)).await {
            return;
        }
    }
}

/// Returns the time by Stripe's clock where it is known, else by this computer's.
pub(crate) fn corrected(inbox: &Inbox) -> Timestamp {
    let skew = inbox.stripe.as_ref().and_then(StripeApi::clock_skew);
    Timestamp::from_millis(Timestamp::now().millis() - skew.unwrap_or_default())
}

/// Returns what to tell a person whose clock is `skew` milliseconds ahead of Stripe's.
pub fn words_of_skew(skew: i64) -> Option<Words> {
    let off = Timestamp::from_millis(skew.abs()).since(Timestamp::from_millis(0));
    if off <= TOLERATED {
        return None;
    }
    let minutes = off.as_secs() / 60;
    let how = if minutes >= 120 {
        format!("{} hours", (minutes + 30) / 60)
    } else {
        format!("{minutes} minutes")
    };
    let direction = if skew > 0 { "ahead" } else { "behind" };
    Some(Words::new(
        "clock",
        format!("This computer's clock is {how} {direction}"),
        "Stripe's messages are refused while it is wrong. Set the date and time to automatic; payments are then read back by themselves",
    ))
}
