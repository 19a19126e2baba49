//! Each way of paying, from the charge to the closed books, over HTTP on the page that customers see.

use cobro_core::domain::{ChargeId, ChargeTerms, ConversationId, Currency, Money, Payment};
use cobro_core::{Actor, reissue};

use super::*;
use crate::shop::page::PayPage;

enum Step {
    /// Types a card.
    Card(&'static str),
    /// Chooses another way of paying.
    By(&'static str),
    /// Presses one of two buttons: at the bank, at the store.
    Presses(&'static str),
    /// Sends so much by transfer.
    Sends(&'static str),
    /// Someone else opens the same address.
    Opens,
    /// The shop sees this.
    Is(Payment),
    /// The shop issues it again, and the customer opens the new one.
    IssuedAgain,
}

struct Story {
    amount: (i64, &'static str),
    terms: ChargeTerms,
    single_use: bool,
    steps: Vec<Step>,
    ends: Payment,
    /// What Stripe's balance got of it, before fees.
    got: i64,
}

impl Story {
    fn of(minor: i64, steps: Vec<Step>, ends: Payment, got: i64) -> Self {
        Self {
            amount: (minor, "MXN"),
            terms: ChargeTerms::default(),
            single_use: true,
            steps,
            ends,
            got,
        }
    }

    fn in_reais(self) -> Self {
        Self {
            amount: (self.amount.0, "BRL"),
            ..self
        }
    }

    fn by_transfer(mut self) -> Self {
        self.terms.methods = vec!["card".into(), "customer_balance".into()];
        self
    }

    fn asked(&self, conversation: ConversationId) -> NewCharge {
        let (minor, currency) = self.amount;
        let amount = Money::from_minor(minor, Currency::from_code(currency).unwrap()).unwrap();
        NewCharge {
            terms: self.terms.clone(),
            single_use: self.single_use,
            ..NewCharge::new(conversation, amount, "Pastel")
        }
    }

    /// Plays it to its end, closes the books, and returns the charge as it is then.
    async fn plays(self) -> Charge {
        let shop = TestShop::open().await;
        let ana = shop.customer("5215512345678", "Ana").await;
        let mut charge = shop.create(self.asked(ana.conversation)).await.unwrap();
        let mut page = PayPage::open(charge.link.as_deref().unwrap_or_else(|| panic!("{charge:?}"))).await;
        for step in &self.steps {
            match step {
                Step::Card(number) => page.by_card(number).await,
                Step::By(method) => page.by(method).await,
                Step::Presses(answer) => page.presses(answer).await,
                Step::Sends(amount) => page.sends(amount).await,
                Step::Opens => page = PayPage::open(charge.link.as_deref().unwrap()).await,
                Step::Is(payment) => drop(shop.until_payment(charge.id, *payment).await),
                Step::IssuedAgain => {
                    shop.settled().await;
                    charge = reissue::again(shop.inbox(), Actor::Person, charge.id, ChargeId::new())
                        .await
                        .unwrap();
                    page = PayPage::open(charge.link.as_deref().unwrap()).await;
                }
            }
        }
        shop.until_payment(charge.id, self.ends).await;
        shop.settled().await;
        let report = shop.reconciled().await;
        assert!(report.closes && report.open == 0, "{report:#?}");
        let got: i64 = report.sums.iter().map(|sum| sum.stripe.amount.0).sum();
        assert_eq!(got, self.got);
        let charge = now(&shop, &charge).await;
        assert_eq!(charge.payment, self.ends, "the same after closing the books");
        shop.close().await;
        charge
    }
}

use Step::{By, Card, Is, IssuedAgain, Opens, Presses, Sends};

#[tokio::test]
async fn a_card_pays() {
    let charge = Story::of(450_00, vec![Card("4242424242424242")], Payment::Paid, 450_00)
        .plays()
        .await;
    assert_eq!(charge.method.as_deref(), Some("card •• 4242"));
    assert_eq!(charge.fee.map(Money::minor), Some(19_20), "3.6 % and 3 MXN");
}

#[tokio::test]
async fn a_declined_card_then_another_pays() {
    let steps = vec![
        Card("4000000000009995"),
        Is(Payment::FailedAttempt),
        Card("5555555555554444"),
    ];
    Story::of(450_00, steps, Payment::Paid, 450_00).plays().await;
}

#[tokio::test]
async fn the_banks_question_is_answered() {
    let steps = vec![Card("4000002760003184"), Presses("complete")];
    Story::of(450_00, steps, Payment::Paid, 450_00).plays().await;
}

#[tokio::test]
async fn the_banks_question_is_failed_and_then_another_card_pays() {
    let steps = vec![
        Card("4000002760003184"),
        Presses("fail"),
        Is(Payment::FailedAttempt),
        Card("4242424242424242"),
    ];
    Story::of(450_00, steps, Payment::Paid, 450_00).plays().await;
}

#[tokio::test]
async fn an_oxxo_voucher_is_paid_at_the_store() {
    let steps = vec![By("oxxo"), Is(Payment::Processing), Presses("pay")];
    let charge = Story::of(450_00, steps, Payment::Paid, 450_00).plays().await;
    assert_eq!(charge.fee.map(Money::minor), Some(18_50), "3 % and 5 MXN");
}

#[tokio::test]
async fn an_oxxo_voucher_runs_out_and_the_link_is_issued_again() {
    let steps = vec![
        By("oxxo"),
        Is(Payment::Processing),
        Presses("expire"),
        Is(Payment::Expired),
        IssuedAgain,
        By("oxxo"),
        Is(Payment::Processing),
        Presses("pay"),
    ];
    Story::of(450_00, steps, Payment::Paid, 450_00).plays().await;
}

#[tokio::test]
async fn a_boleto_is_paid_at_the_bank() {
    let steps = vec![By("boleto"), Is(Payment::Processing), Presses("pay")];
    let charge = Story::of(120_00, steps, Payment::Paid, 120_00)
        .in_reais()
        .plays()
        .await;
    assert_eq!(charge.method.as_deref(), Some("boleto"));
}

#[tokio::test]
async fn a_pix_code_is_scanned() {
    let steps = vec![By("pix"), Is(Payment::Processing), Presses("pay")];
    let charge = Story::of(120_00, steps, Payment::Paid, 120_00)
        .in_reais()
        .plays()
        .await;
    assert_eq!(charge.method.as_deref(), Some("pix"));
}

#[tokio::test]
async fn a_transfer_that_is_too_little_is_partly_paid() {
    let steps = vec![By("transfer"), Is(Payment::Processing), Sends("300.00")];
    let charge = Story::of(1_000_00, steps, Payment::PartlyPaid, 0)
        .by_transfer()
        .plays()
        .await;
    assert_eq!(charge.received, Some(mxn(300_00)));
}

#[tokio::test]
async fn two_transfers_that_are_too_much_together_pay() {
    let steps = vec![
        By("transfer"),
        Is(Payment::Processing),
        Sends("300.00"),
        Is(Payment::PartlyPaid),
        Sends("800.50"),
    ];
    Story::of(1_000_00, steps, Payment::Paid, 1_000_00)
        .by_transfer()
        .plays()
        .await;
}

#[tokio::test]
async fn two_people_pay_one_link() {
    let steps = vec![
        Card("4242424242424242"),
        Is(Payment::Paid),
        Opens,
        Card("5555555555554444"),
    ];
    let story = Story {
        single_use: false,
        ..Story::of(450_00, steps, Payment::Paid, 900_00)
    };
    let charge = story.plays().await;
    assert_eq!(charge.received, Some(mxn(900_00)));
}

#[tokio::test]
async fn an_address_and_a_phone_come_with_the_money() {
    let story = Story {
        terms: ChargeTerms {
            shipping_countries: vec!["MX".into()],
            phone: true,
            ..ChargeTerms::default()
        },
        ..Story::of(450_00, vec![Card("4242424242424242")], Payment::Paid, 450_00)
    };
    let collected = story.plays().await.collected.unwrap();
    assert_eq!(collected.address, ["Av. Juárez 1", "06000 CDMX", "MX"]);
    assert_eq!(
        (collected.name.as_deref(), collected.phone.as_deref()),
        (Some("Ana Souza"), Some("+525512345678"))
    );
}
