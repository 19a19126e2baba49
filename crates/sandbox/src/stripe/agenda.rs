//! What time itself will do: balances that arrive, sessions and vouchers that expire.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::endpoints::subscriptions;
use super::ledger::Act;
use super::{billing, checkout};

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Job {
    /// The balance transaction of this charge appears.
    Settle(String),
    /// The money of this balance transaction can be paid out.
    Release(String),
    ExpireSession(String),
    /// The voucher of this payment intent.
    ExpireVoucher(String),
    /// The money of this refund arrives, or comes back.
    EndRefund(String),
    /// The shop did not answer this dispute in time.
    MissDeadline(String),
    /// What is available goes to the bank.
    PayOut,
    /// This payout is on the shop's bank account.
    Arrive(String),
    /// The period of this subscription that ends then is over.
    Renew(String, i64),
    /// … and its invoice comes soon.
    Announce(String, i64),
    AnnounceTrialEnd(String, i64),
    /// This invoice's hour as a draft is over.
    Finalize(String),
    /// This invoice is tried again, if it still waits for this moment.
    Retry(String, i64),
    /// The schedule of this subscription goes on.
    Step(String),
    /// This subscription ends by its own plan.
    EndAt(String, i64),
    /// The pause of this subscription is over.
    Resume(String, i64),
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

    pub(crate) fn take_due(&mut self, now_ms: i64) -> Option<(i64, Job)> {
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

    pub(crate) fn run(&mut self, job: &Job) {
        match job {
            Job::Settle(charge) => checkout::balance::settle(self, charge),
            Job::Release(transaction) => checkout::balance::release(self, transaction),
            Job::ExpireSession(session) => checkout::open::expire(self, session),
            Job::ExpireVoucher(intent) => {
                checkout::voucher::expire(self, intent);
            }
            Job::EndRefund(refund) => checkout::refund::end(self, refund),
            Job::MissDeadline(dispute) => checkout::dispute::miss_deadline(self, dispute),
            Job::PayOut => checkout::payout::pay_out(self),
            Job::Arrive(payout) => checkout::payout::arrive(self, payout),
            Job::Renew(subscription, end) => billing::cycle::renew(self, subscription, *end),
            Job::Announce(subscription, end) => billing::cycle::announce(self, subscription, *end),
            Job::AnnounceTrialEnd(subscription, end) => {
                billing::cycle::announce_trial_end(self, subscription, *end);
            }
            Job::Finalize(invoice) => billing::cycle::finalize(self, invoice),
            Job::Retry(invoice, at) => billing::collect::retry(self, invoice, *at),
            Job::Step(subscription) => billing::schedule::step(self, subscription),
            Job::EndAt(subscription, at) => billing::end::end_by_plan(self, subscription, *at),
            Job::Resume(subscription, at) => subscriptions::resume(self, subscription, *at),
        }
    }
}
