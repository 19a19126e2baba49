//! One source's webhooks in the order in which they leave.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::QueueReport;
use super::letter::{Letter, Source};
use crate::faults::Fate;

const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Returns how long to wait after that many failures in a row.
pub(super) fn pause(failures: u32) -> Duration {
    let doublings = failures.saturating_sub(1).min(10);
    FIRST_PAUSE.saturating_mul(1 << doublings).min(LONGEST_PAUSE)
}

/// A webhook that was taken from the queue to be sent.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) letter: Letter,
    place: (Instant, u64),
    refusals: u32,
}

#[derive(Debug)]
struct Waiting {
    letter: Letter,
    /// Answers other than 2xx so far.
    refusals: u32,
}

#[derive(Debug)]
pub(super) struct Queue {
    waiting: BTreeMap<(Instant, u64), Waiting>,
    on_the_way: usize,
    put: u64,
    /// When the last webhook that keeps the order may leave.
    last_due: Instant,
    /// The relay was not there: nothing leaves before this.
    paused_until: Option<Instant>,
    /// How often in a row nobody answered.
    silences: u32,
    report: QueueReport,
}

impl Queue {
    pub(super) fn new(source: Source) -> Self {
        let report = QueueReport {
            source,
            pending: 0,
            acknowledged: 0,
            dropped: 0,
            failed_attempts: 0,
            last_answer: None,
        };
        Self {
            waiting: BTreeMap::new(),
            on_the_way: 0,
            put: 0,
            last_due: Instant::now(),
            paused_until: None,
            silences: 0,
            report,
        }
    }

    pub(super) fn put(&mut self, letter: Letter, fate: &Fate) {
        if fate.dropped {
            self.report.dropped += 1;
            return;
        }
        for (delay, letter) in fate
            .delays
            .into_iter()
            .zip(std::iter::repeat_n(letter, fate.copies))
        {
            let mut due = Instant::now() + delay;
            if !fate.loose {
                due = due.max(self.last_due);
                self.last_due = due;
            }
            self.put += 1;
            self.waiting
                .insert((due, self.put), Waiting { letter, refusals: 0 });
        }
    }

    pub(super) fn pending(&self) -> usize {
        self.waiting.len() + self.on_the_way
    }

    /// Returns when the next webhook may leave, or `None` while there is none.
    pub(super) fn next_due(&self) -> Option<Instant> {
        let (due, _) = self.waiting.keys().next()?;
        Some(self.paused_until.map_or(*due, |pause| pause.max(*due)))
    }

    /// Takes the next webhook if its time has come and fewer than `lanes` are on the way.
    pub(super) fn take(&mut self, lanes: usize) -> Option<Attempt> {
        if self.on_the_way >= lanes || self.next_due()? > Instant::now() {
            return None;
        }
        let (place, Waiting { letter, refusals }) = self.waiting.pop_first()?;
        self.on_the_way += 1;
        Some(Attempt {
            letter,
            place,
            refusals,
        })
    }

    pub(super) fn answered(&mut self, code: u16) {
        self.on_the_way -= 1;
        self.silences = 0;
        self.report.acknowledged += 1;
        self.report.last_answer = Some(code.to_string());
    }

    /// Puts a webhook back that was answered, but not with a 2xx: others may pass it.
    pub(super) fn refused(&mut self, attempt: Attempt, code: u16) {
        self.failed(&code.to_string());
        self.silences = 0;
        let refusals = attempt.refusals + 1;
        let (_, number) = attempt.place;
        let due = Instant::now() + pause(refusals);
        self.waiting.insert(
            (due, number),
            Waiting {
                letter: attempt.letter,
                refusals,
            },
        );
    }

    /// Puts a webhook back that nobody answered, in its old place: the order holds while the relay is away.
    pub(super) fn unanswered(&mut self, attempt: Attempt, why: &str) {
        self.failed(why);
        self.silences += 1;
        self.paused_until = Some(Instant::now() + pause(self.silences));
        let Attempt {
            letter,
            place,
            refusals,
        } = attempt;
        self.waiting.insert(place, Waiting { letter, refusals });
    }

    fn failed(&mut self, why: &str) {
        self.on_the_way -= 1;
        self.report.failed_attempts += 1;
        self.report.last_answer = Some(why.to_owned());
    }

    /// Lets everything leave at once, because there is a new target.
    pub(super) fn forget_pauses(&mut self) {
        self.paused_until = None;
        self.silences = 0;
        let now = Instant::now();
        let waiting = std::mem::take(&mut self.waiting);
        self.waiting = waiting
            .into_iter()
            .map(|((due, number), one)| ((due.min(now), number), one))
            .collect();
    }

    pub(super) fn report(&self) -> QueueReport {
        QueueReport {
            pending: self.pending(),
            ..self.report.clone()
        }
    }
}
