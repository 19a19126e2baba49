//! Test clocks: their customers live in a time of their own.

use crate::stripe::billing::end;
use crate::stripe::ledger::Act;
use crate::stripe::objects::customer::Customer;
use crate::stripe::objects::subscription::Subscription;
use crate::stripe::objects::test_clock::TestClock;

impl Act<'_> {
    /// Works in the time of a customer's test clock, if there is one.
    pub(crate) fn in_time_of<T>(&mut self, customer: &str, work: impl FnOnce(&mut Self) -> T) -> T {
        let clock = self
            .get::<Customer>(customer)
            .and_then(|customer| customer.clock.clone())
            .and_then(|clock| self.get::<TestClock>(&clock))
            .filter(|_| self.clock.is_none())
            .map(|clock| (clock.id.clone(), clock.frozen_ms));
        let Some((clock, frozen_ms)) = clock else {
            return work(self);
        };
        let outside = std::mem::replace(&mut self.now_ms, frozen_ms);
        self.clock = Some(clock);
        let result = work(self);
        self.clock = None;
        self.now_ms = outside;
        result
    }
}

/// Turns a clock on, and does everything that comes until then, each thing at its own time.
pub(crate) fn advance(act: &mut Act, id: &str, until_ms: i64) {
    let outside = act.now_ms;
    act.clock = Some(id.to_owned());
    loop {
        let mut due = None;
        act.amend::<TestClock>(id, |clock| due = clock.agenda.take_due(until_ms));
        let Some((at_ms, job)) = due else { break };
        act.amend::<TestClock>(id, |clock| clock.frozen_ms = clock.frozen_ms.max(at_ms));
        act.now_ms = at_ms;
        act.run(&job);
    }
    act.amend::<TestClock>(id, |clock| clock.frozen_ms = until_ms);
    act.clock = None;
    act.now_ms = outside;
}

/// Takes a clock away, with everyone who lives in its time.
pub(crate) fn delete(act: &mut Act, id: &str) {
    let of_clock = |customer: &&Customer| customer.clock.as_deref() == Some(id);
    let customers: Vec<String> = act
        .ledger
        .customers
        .rows()
        .iter()
        .filter(of_clock)
        .map(|customer| customer.id.clone())
        .collect();
    let subscriptions: Vec<String> = act
        .ledger
        .subscriptions
        .rows()
        .iter()
        .filter(|subscription| customers.contains(&subscription.customer) && !subscription.is_over())
        .map(|subscription: &Subscription| subscription.id.clone())
        .collect();
    for subscription in subscriptions {
        end::end(act, &subscription, "cancellation_requested");
    }
    for customer in customers {
        act.amend::<Customer>(&customer, |customer| customer.deleted = true);
    }
    act.advance::<TestClock>(id, "test_helpers.test_clock.deleted", |clock| {
        clock.deleted = true;
        clock.agenda = crate::stripe::agenda::Agenda::default();
    });
}
