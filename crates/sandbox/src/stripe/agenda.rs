//! What time itself will do: balances that arrive, sessions and vouchers that expire.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::checkout;
use super::ledger::Act;
use super::objects::balance_transaction::BalanceTransaction;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Job {
    /// The balance transaction of this charge appears.
    Settle(String),
    /// The money of this balance transaction can be paid out.
    Release(String),
    ExpireSession(String),
    /// The voucher of this payment intent.
    ExpireVoucher(String),
}

/// Jobs by the millisecond at which they are due.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    jobs: BinaryHeap<Reverse<(i64, u64, Job)>>,
    added: u64,
}

impl Agenda {
    pub(crate) fn add(&mut self, at_ms: i64, job: Job) {
        self.added += 1;
        self.jobs.push(Reverse((at_ms, self.added, job)));
    }

    /// Returns when the next job is due.
    pub(crate) fn next(&self) -> Option<i64> {
        self.jobs.peek().map(|Reverse((at_ms, _, _))| *at_ms)
    }

    fn take_due(&mut self, now_ms: i64) -> Option<(i64, Job)> {
        if self.next()? > now_ms {
            return None;
        }
        self.jobs.pop().map(|Reverse((at_ms, _, job))| (at_ms, job))
    }
}

impl Act<'_> {
    /// Does everything that is due by now, each thing at its own time.
    pub(crate) fn catch_up(&mut self) {
        let now_ms = self.now_ms;
        while let Some((at_ms, job)) = self.ledger.agenda.take_due(now_ms) {
            self.now_ms = at_ms;
            self.run(&job);
        }
        self.now_ms = now_ms;
    }

    fn run(&mut self, job: &Job) {
        match job {
            Job::Settle(charge) => checkout::balance::settle(self, charge),
            Job::Release(transaction) => {
                self.amend::<BalanceTransaction>(transaction, |transaction| transaction.available = true);
            }
            Job::ExpireSession(session) => checkout::open::expire(self, session),
            Job::ExpireVoucher(intent) => {
                checkout::voucher::expire(self, intent);
            }
        }
    }
}
