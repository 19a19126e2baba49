//! The clock: a wrong one makes Stripe's signatures look forged and the 24 hours end at another time, so it
//! is checked against Stripe's own and WhatsApp's.

use std::time::Duration;

use cobro_stripe::StripeApi;

use crate::Inbox;
use crate::domain::{Timestamp, Words};

/// Stripe's signatures allow five minutes.
const TOLERATED: Duration = Duration::from_mins(4);
const EVERY: Duration = Duration::from_secs(10);
const RECENT: Duration = Duration::from_mins(5);
const PROBLEM: &str = "clock";

pub(crate) async fn run(inbox: Inbox) {
    loop {
        if let Some(skew) = skew(&inbox) {
            tell(&inbox, skew);
        }
        if !inbox.rest(None, EVERY).await {
            return;
        }
    }
}

fn tell(inbox: &Inbox, skew: i64) {
    match words_of_skew(skew) {
        Some(words) if !is_told(inbox, &words) => inbox.problems.raise(PROBLEM, words),
        Some(_) => {}
        None => inbox.problems.clear(PROBLEM),
    }
}

/// It is one trouble however often it is looked at.
fn is_told(inbox: &Inbox, words: &Words) -> bool {
    inbox
        .problems
        .all()
        .iter()
        .any(|problem| problem.id == PROBLEM && problem.title == words.title)
}

/// Returns how far our clock is from theirs; where the two don't agree, from the one that is further away.
///
/// Stripe is asked all the time, WhatsApp only when somebody writes: what it said before our clock was set
/// right says nothing.
fn skew(inbox: &Inbox) -> Option<i64> {
    let stripes = inbox.stripe.as_ref().and_then(StripeApi::clock_skew);
    let whatsapps = inbox
        .whatsapp()
        .and_then(|lines| lines.api.clock_skew_within(RECENT));
    stripes
        .into_iter()
        .chain(whatsapps)
        .max_by_key(|skew| skew.unsigned_abs())
}

/// Returns the time by Stripe's clock where it is known, else by this computer's.
pub(crate) fn corrected(inbox: &Inbox) -> Timestamp {
    let skew = inbox.stripe.as_ref().and_then(StripeApi::clock_skew);
    Timestamp::from_millis(Timestamp::now().millis() - skew.unwrap_or_default())
}

/// Returns what to tell a person whose clock is `skew` milliseconds ahead.
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
        "Stripe's messages are refused and WhatsApp's 24 hours are counted wrongly while it is wrong. Set the date and time to automatic; payments are then read back by themselves",
    ))
}
