//! Charges that come again: subscriptions and instalments, from the link in the chat to the books.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

#[path = "../shop/mod.rs"]
mod shop;

mod deeds;
mod histories;
mod money;
mod news;
mod orders;
mod plans;

use std::time::{Duration, Instant};

use cobro_core::domain::{
    BookClass, Charge, ChargeTerms, NewCharge, NewChargeLine, Payment, Plan, ReconcileReport, Recurrence,
    Recurring, Subscription, SubscriptionStatus, Timestamp,
};
use cobro_core::{charge, subscription};
use cobro_sandbox::WebhookFaults;
use cobro_sandbox::stripe::PayWith;
use cobro_stripe::ledger::Range;
use serde_json::Value;

use shop::{PATIENCE, TestCustomer, TestShop, histories, mxn};

const CARD: &str = "4242424242424242";
const DAY: Duration = Duration::from_hours(24);

fn monthly() -> Recurrence {
    Recurrence::Subscription {
        every: Recurring::MONTHLY,
        trial_days: None,
    }
}

impl TestShop {
    /// A charge that comes again, whose link is on the customer's phone.
    async fn charge_again(&self, customer: &TestCustomer, minor: i64, recurrence: Recurrence) -> Charge {
        let new = self.recurring(customer, minor, recurrence);
        let charge = self.create(new).await.unwrap();
        assert_eq!(charge.payment, Payment::Open, "{:?}", charge.problem);
        self.until("the link is on the phone", || customer.phone.pay_link().is_some())
            .await;
        charge
    }

    /// A plan of instalments for something of this price, whose link is on the customer's phone.
    async fn plan(&self, customer: &TestCustomer, price: i64, plan: Recurrence) -> Charge {
        let Recurrence::Instalments { count, interest } = plan else {
            panic!("{plan:?} is no plan");
        };
        let line = NewChargeLine {
            product: None,
            name: "Silla".into(),
            options: Vec::new(),
            unit: Some(mxn(price)),
            quantity: 1,
            note: String::new(),
        };
        let first = Plan::of(mxn(price), count, interest).unwrap().first;
        let new = NewCharge {
            lines: vec![line],
            ..self.recurring(customer, first.minor(), plan)
        };
        let charge = self.create(new).await.unwrap();
        assert_eq!(charge.payment, Payment::Open, "{:?}", charge.problem);
        self.until("the link is on the phone", || customer.phone.pay_link().is_some())
            .await;
        charge
    }

    fn recurring(&self, customer: &TestCustomer, minor: i64, recurrence: Recurrence) -> NewCharge {
        NewCharge {
            terms: ChargeTerms {
                recurrence: Some(recurrence),
                ..ChargeTerms::default()
            },
            ..self.new_charge(customer, mxn(minor))
        }
    }

    /// A customer who has subscribed.
    async fn subscribed(
        &self,
        customer: &TestCustomer,
        minor: i64,
        recurrence: Recurrence,
    ) -> (Charge, Subscription) {
        let charge = self.charge_again(customer, minor, recurrence).await;
        let answer = customer.phone.pays(PayWith::card(CARD));
        assert!(answer.is_paid(), "{answer:?}");
        let charge = self.until_payment(charge.id, Payment::Paid).await;
        let subscription = self.subscription(customer).await;
        (charge, subscription)
    }

    async fn subscription(&self, customer: &TestCustomer) -> Subscription {
        let mut all = subscription::of_conversation(self.inbox(), customer.conversation)
            .await
            .unwrap();
        assert_eq!(all.len(), 1, "{all:#?}");
        all.remove(0)
    }

    async fn until_subscription(
        &self,
        customer: &TestCustomer,
        what: &str,
        is_so: impl Fn(&Subscription) -> bool,
    ) -> Subscription {
        let begun = Instant::now();
        loop {
            let now = self.subscription(customer).await;
            if is_so(&now) {
                return now;
            }
            assert!(begun.elapsed() < PATIENCE, "never {what}: {now:#?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Lets the sandbox's Stripe live on, and do what is due. The customer goes on writing, so that WhatsApp takes
    /// whatever the shop has to say.
    fn passes(&self, customer: &TestCustomer, time: Duration) {
        self.sandbox.advance(time);
        customer.phone.writes("sigo aquí");
        self.sandbox.account().catch_up();
    }

    /// The card of the only subscriber is refused from now on.
    async fn card_stops_working(&self) {
        let customer = self.objects("subscription").await[0]["customer"]
            .as_str()
            .unwrap()
            .to_owned();
        self.sandbox.account().set_card(&customer, false).unwrap();
    }

    /// Returns how many of the customer's messages begin so.
    fn heard(customer: &TestCustomer, beginning: &str) -> usize {
        let inbox = customer.phone.inbox();
        inbox.iter().filter(|text| text.starts_with(beginning)).count()
    }

    /// Reads the account from before the test until now, by Stripe's clock.
    async fn reconciled(&self) -> ReconcileReport {
        self.sandbox.advance(Duration::from_secs(2));
        self.sandbox.account().catch_up();
        let now = Timestamp::now();
        let range = Range {
            since: now.minus(Duration::from_hours(72)),
            until: now
                .plus(self.sandbox.clock().skipped())
                .plus(Duration::from_hours(1)),
        };
        self.reads_the_account(range).await
    }

    /// Waits until nothing that was hinted at is left to be read back.
    async fn has_read_everything(&self) {
        self.until_async("all hints are read", || async {
            let left: i64 = self
                .inbox()
                .store
                .read(|conn| Ok(conn.query_row("SELECT count(*) FROM hints", [], |row| row.get(0))?))
                .await
                .unwrap();
            left == 0
        })
        .await;
    }

    /// From now on Stripe's webhooks are lost.
    fn hears_nothing(&self) {
        self.sandbox.faults().set_webhooks(WebhookFaults {
            drop: 1.0,
            ..WebhookFaults::default()
        });
    }
}

fn count(report: &ReconcileReport, class: BookClass) -> u32 {
    report
        .counts
        .iter()
        .find(|count| count.class == class)
        .map_or(0, |count| count.payments)
}

async fn now(shop: &TestShop, charge: &Charge) -> Charge {
    charge::get(shop.inbox(), charge.id).await.unwrap()
}
