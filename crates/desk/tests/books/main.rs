//! The books: what is paid is paid at Stripe, everything at Stripe has its place, and money goes back once.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

#[path = "../shop/mod.rs"]
mod shop;

mod after;
mod again;
mod disputes;
mod edges;
mod forged;
mod histories;
mod newer;
mod once;
mod payouts;
mod reconcile;
mod refunds;
mod transfers;
mod truth;
mod ways;

use std::time::Duration;

use cobro_core::charge;
use cobro_core::domain::{
    BookClass, Charge, Money, NewCharge, NewChargeLine, Payment, Product, ReconcileReport, Timestamp,
};
use cobro_sandbox::WebhookFaults;
use cobro_sandbox::stripe::PayWith;
use cobro_stripe::ledger::Range;

use shop::{TestCustomer, TestShop, histories, mxn};

impl TestShop {
    /// A charge that was paid by card.
    async fn paid(&self, customer: &TestCustomer, minor: i64) -> Charge {
        let charge = self.charge(customer, mxn(minor)).await;
        self.pays(&charge);
        let paid = self.until_payment(charge.id, Payment::Paid).await;
        self.settled().await;
        paid
    }

    /// Pays a charge's own link.
    fn pays(&self, charge: &Charge) {
        let link = charge.stripe_ids.payment_link.clone().unwrap();
        assert!(
            self.sandbox
                .account()
                .pay_link(&link, PayWith::card("4242424242424242"))
                .is_paid()
        );
    }

    /// From now on Stripe's webhooks are lost.
    fn hears_nothing(&self) {
        self.sandbox.faults().set_webhooks(WebhookFaults {
            drop: 1.0,
            ..WebhookFaults::default()
        });
    }

    /// Pays a link that somebody made in Stripe's dashboard.
    async fn paid_elsewhere(&self, minor: i64, with: PayWith) {
        let form = format!(
            "line_items[0][quantity]=1&line_items[0][price_data][currency]=mxn\
             &line_items[0][price_data][unit_amount]={minor}\
             &line_items[0][price_data][product_data][name]=Blusa"
        );
        let made = self.in_dashboard("/v1/payment_links", &form).await;
        let link = made["id"].as_str().unwrap();
        assert!(self.sandbox.account().pay_link(link, with).is_paid());
    }

    /// Lets Stripe book what was paid, and reads the account of the last days.
    async fn reconciled(&self) -> ReconcileReport {
        self.sandbox.advance(Duration::from_secs(2));
        let range = last_days();
        let range = Range {
            until: range.until.plus(self.sandbox.clock().skipped()),
            ..range
        };
        self.reads_the_account(range).await
    }
}

fn last_days() -> Range {
    let now = Timestamp::now();
    Range {
        since: now.minus(Duration::from_hours(72)),
        until: now.plus(Duration::from_hours(1)),
    }
}

fn count(report: &ReconcileReport, class: BookClass) -> u32 {
    report
        .counts
        .iter()
        .find(|count| count.class == class)
        .map_or(0, |count| count.payments)
}

fn reusable(new: NewCharge) -> NewCharge {
    NewCharge {
        single_use: false,
        ..new
    }
}

/// One of a product.
fn line_of(product: &Product) -> NewChargeLine {
    NewChargeLine {
        product: Some(product.id),
        ..free_line("", None)
    }
}

fn free_line(name: &str, unit: Option<Money>) -> NewChargeLine {
    NewChargeLine {
        product: None,
        name: name.into(),
        options: Vec::new(),
        unit,
        quantity: 1,
        note: String::new(),
    }
}

async fn now(shop: &TestShop, charge: &Charge) -> Charge {
    charge::get(shop.inbox(), charge.id).await.unwrap()
}
