//! Each way of paying in the real window: written in the composer, paid on the pay page, green on its card, and
//! in the end all of it in books that close.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]
#![cfg(target_os = "linux")]

use std::path::PathBuf;
use std::time::Duration;

use kit::PayPage;
use kit::stage::Stage;
use kit::window::{Key, Window, words};

const CARD: &str = "4242424242424242";
const MONTH: Duration = Duration::from_hours(24 * 31);
const COMPOSER: &str = "[data-testid=charge-amount]";

/// One customer, what they are asked for, and what they do about it.
struct Sale {
    name: &'static str,
    phone: &'static str,
    amount: &'static str,
    asked: Asked,
    steps: &'static [Step],
}

/// What the composer is told besides the amount.
#[derive(Clone, Copy)]
enum Asked {
    Plainly,
    InReais,
    ByTransfer,
    /// So many per cent of it now.
    Deposit(&'static str),
    /// In so many payments.
    Instalments(&'static str),
}

enum Step {
    /// Chooses another way than the card, on the page.
    By(&'static str),
    Card,
    /// Presses a button: at the store, at the bank.
    Presses(&'static str),
    /// Sends so much by transfer.
    Sends(&'static str),
    /// The card of the newest charge says this.
    Says(&'static str, &'static [&'static str]),
    /// The seller asks for what is left, with one click.
    RestIsAsked,
    /// The seller gives so much back.
    GivesBack(&'static str),
    /// Stripe's months pass, and the customer goes on writing.
    MonthPasses,
    Picture(&'static str),
}

use Step::{By, Card, GivesBack, MonthPasses, Picture, Presses, RestIsAsked, Says, Sends};

const SALES: &[Sale] = &[
    Sale {
        name: "Olga Reyes",
        phone: "5215512340011",
        amount: "450",
        asked: Asked::Plainly,
        steps: &[
            By("oxxo"),
            Says("processing", &["Voucher pending", "The voucher can be paid for"]),
            Picture("oxxo-waits"),
            Presses("pay"),
            Says("paid", &["MX$450.00", "OXXO"]),
            Picture("oxxo-paid"),
        ],
    },
    Sale {
        name: "Paulo Souza",
        phone: "5511987650012",
        amount: "120",
        asked: Asked::InReais,
        steps: &[
            By("pix"),
            Says("processing", &["R$120.00", "The code can be paid for"]),
            Picture("pix-waits"),
            Presses("pay"),
            Says("paid", &["R$120.00", "Pix"]),
        ],
    },
    Sale {
        name: "Bia Lima",
        phone: "5511987650013",
        amount: "200",
        asked: Asked::InReais,
        steps: &[
            By("boleto"),
            Says("processing", &["Voucher pending"]),
            Presses("pay"),
            Says("paid", &["R$200.00", "Boleto"]),
        ],
    },
    Sale {
        name: "Saúl Mora",
        phone: "5215512340014",
        amount: "1000",
        asked: Asked::ByTransfer,
        steps: &[
            By("transfer"),
            Says("processing", &[]),
            Sends("400.00"),
            Says("partlyPaid", &["MX$400.00 has come; MX$600.00 is missing"]),
            Picture("transfer-partly"),
            Sends("600.00"),
            Says("paid", &["MX$1,000.00"]),
        ],
    },
    Sale {
        name: "Tomás Gil",
        phone: "5215512340015",
        amount: "500",
        asked: Asked::ByTransfer,
        steps: &[
            By("transfer"),
            Says("processing", &[]),
            Sends("650.00"),
            // What is too much stays with Stripe, for his next order.
            Says("paid", &["MX$500.00"]),
            Picture("transfer-too-much"),
        ],
    },
    Sale {
        name: "Dora Peña",
        phone: "5215512340016",
        amount: "1000",
        asked: Asked::Deposit("40"),
        steps: &[
            Card,
            Says("paid", &["MX$400.00", "MX$600.00"]),
            Picture("deposit-paid"),
            RestIsAsked,
            Card,
            Says("paid", &["The rest, MX$600.00, has a charge of its own"]),
            Picture("rest-paid"),
        ],
    },
    Sale {
        name: "Rita Cruz",
        phone: "5215512340017",
        amount: "800",
        asked: Asked::Plainly,
        steps: &[
            Card,
            Says("paid", &["MX$800.00"]),
            GivesBack("300.00"),
            Says("partlyRefunded", &["MX$300.00"]),
            Picture("refunded"),
        ],
    },
    // Last, since months pass with it.
    Sale {
        name: "Iván Soto",
        phone: "5215512340018",
        amount: "900",
        asked: Asked::Instalments("3"),
        steps: &[
            Card,
            Says("paid", &["1 of 3 paid"]),
            MonthPasses,
            Says("paid", &["2 of 3 paid"]),
            MonthPasses,
        ],
    },
];

#[tokio::test]
async fn every_way_of_paying_ends_in_books_that_close() {
    let stage = Stage::set().await.unwrap();
    let window = stage.open_window().await.unwrap();
    let shop = Shop { stage, window };
    for sale in SALES {
        shop.plays(sale).await;
    }
    shop.plan_has_ended("Iván Soto").await;
    shop.books_close().await;
    shop.window.quit().await.unwrap();
}

struct Shop {
    stage: Stage,
    window: Window,
}

impl Shop {
    async fn plays(&self, sale: &Sale) {
        self.stage
            .sandbox
            .customer_writes(sale.phone, sale.name, "quiero pagar")
            .await
            .unwrap();
        self.window.opens_chat(sale.name).await.unwrap();
        self.asks(sale).await;
        let mut links = 1;
        let mut page = PayPage::open(&self.link(sale, links).await).await;
        for step in sale.steps {
            match step {
                By(method) => page.by(method).await,
                Card => page.by_card(CARD).await,
                Presses(answer) => page.presses(answer).await,
                Sends(amount) => page.sends(amount).await,
                Says(payment, words) => self.says(sale, links, payment, words).await,
                RestIsAsked => {
                    self.window.click("[data-testid=charge-rest]").await.unwrap();
                    links += 1;
                    page = PayPage::open(&self.link(sale, links).await).await;
                }
                GivesBack(amount) => self.gives_back(amount).await,
                MonthPasses => self.month_passes(sale).await,
                Picture(name) => self.keeps(name).await,
            }
        }
    }

    /// Writes the charge in the composer, and sends it.
    async fn asks(&self, sale: &Sale) {
        let window = &self.window;
        window.types("c").await.unwrap();
        window.wait_for(&format!("{COMPOSER}:focus")).await.unwrap();
        window.types(sale.amount).await.unwrap();
        match sale.asked {
            Asked::Plainly => {}
            Asked::InReais => window
                .chooses("[data-testid=charge-currency]", "BRL")
                .await
                .unwrap(),
            Asked::ByTransfer => {
                window.click("[data-testid=charge-ways] summary").await.unwrap();
                window.click("[data-testid=way-customer_balance]").await.unwrap();
                self.keeps("transfer-composer").await;
            }
            Asked::Deposit(part) => {
                window.click("[data-testid=charge-extras] summary").await.unwrap();
                window.tabs_to("charge-deposit").await.unwrap();
                window.types(part).await.unwrap();
                self.keeps("deposit-composer").await;
            }
            Asked::Instalments(count) => {
                window.tabs_to("often-once").await.unwrap();
                window.presses(Key::Right).await.unwrap();
                window.presses(Key::Right).await.unwrap();
                window.tabs_to("often-count").await.unwrap();
                window.chord(Key::Control, "a").await.unwrap();
                window.types(count).await.unwrap();
                window.wait_for("[data-testid=often-plan]").await.unwrap();
            }
        }
        self.sends_what_is_written().await;
    }

    /// Enter, from the amount: what was written goes.
    async fn sends_what_is_written(&self) {
        self.window.wait_for("[data-testid=charge-fees]").await.unwrap();
        self.window.click(COMPOSER).await.unwrap();
        self.window.presses(Key::Enter).await.unwrap();
    }

    /// Returns the address in the customer's newest link, which is the `nth` one.
    async fn link(&self, sale: &Sale, nth: usize) -> String {
        let links = || async {
            let phone = self.stage.sandbox.phone(sale.phone).await.ok()?;
            let links: Vec<String> = phone
                .into_iter()
                .filter_map(|bubble| bubble.button.map(|button| button.url))
                .collect();
            links.get(nth - 1).cloned()
        };
        let found = kit::until(Duration::from_secs(30), links).await;
        match found {
            Some(link) => link,
            None => panic!(
                "{}'s link never came. The window shows: {}",
                sale.name,
                self.window.text().await.unwrap()
            ),
        }
    }

    /// Waits until a card says all of this, and so many charges are there, all in this state.
    async fn says(&self, sale: &Sale, charges: usize, payment: &str, wanted: &[&str]) {
        let state = format!("[data-testid=charge-card][data-payment={payment}]");
        let what = format!("{}: {payment} {wanted:?}", sale.name);
        self.window
            .wait_for_text(&state, &what, |text| {
                wanted.iter().all(|word| text.contains(word))
            })
            .await
            .unwrap();
        let all = || async { (self.window.count(&state).await.ok()? == charges).then_some(()) };
        kit::until(Duration::from_secs(30), all)
            .await
            .unwrap_or_else(|| panic!("{what}: not {charges} of them"));
        let cards = self.window.count("[data-testid=charge-card]").await.unwrap();
        assert_eq!(cards, charges, "{} has another charge", sale.name);
    }

    async fn gives_back(&self, amount: &str) {
        let window = &self.window;
        window.click("[data-testid=card-refund]").await.unwrap();
        window.click("[data-testid=refund-amount]").await.unwrap();
        window.chord(Key::Control, "a").await.unwrap();
        window.types(amount).await.unwrap();
        window.click("[data-testid=refund-typed]").await.unwrap();
        window.types(amount).await.unwrap();
        self.keeps("refund-form").await;
        window.click("[data-testid=refund-confirm]").await.unwrap();
    }

    async fn month_passes(&self, sale: &Sale) {
        self.stage.sandbox.advance(MONTH).await.unwrap();
        self.stage
            .sandbox
            .customer_writes(sale.phone, sale.name, "sigo aquí")
            .await
            .unwrap();
    }

    async fn plan_has_ended(&self, name: &str) {
        // Its card is green only now.
        self.window
            .wait_for("[data-testid=charge-card].paid")
            .await
            .unwrap();
        self.keeps("plan-ended").await;
        self.window.click("[data-testid=go-payments]").await.unwrap();
        self.window.click("[data-testid=part-subscribers]").await.unwrap();
        self.window
            .wait_for_text(
                "[data-testid=subscription][data-status=finished]",
                "the plan that ended",
                |text| text.contains(name) && text.contains("3 of 3 paid"),
            )
            .await
            .unwrap();
    }

    /// Reads the account from before the first charge to after the last, and finds everything in its place.
    async fn books_close(&self) {
        let window = &self.window;
        window.click("[data-testid=part-reconcile]").await.unwrap();
        // Stripe's clock is months ahead of the window's.
        let end = (jiff::Timestamp::now() + 3 * MONTH).to_string();
        window
            .chooses("[data-testid=reconcile-last]", &end[..10])
            .await
            .unwrap();
        window.click("[data-testid=reconcile-start]").await.unwrap();
        let report = window
            .wait_for("[data-testid=reconcile-report][data-closes=true]")
            .await
            .unwrap();
        self.keeps("reconciled").await;
        let report = words(&report).await.unwrap();
        assert!(
            report.contains("The books close") && report.contains("No open exceptions"),
            "{report}"
        );
        // One payment of each, two of the deposit and its rest, three of the plan.
        window
            .wait_for_text("[data-testid=class-matched]", "eleven payments", |text| {
                text.contains("11")
            })
            .await
            .unwrap();
        for class in ["unmatched", "missing", "differs", "duplicate"] {
            let shown = window
                .count(&format!("[data-testid=class-{class}]"))
                .await
                .unwrap();
            assert_eq!(shown, 0, "something is {class}: {report}");
        }
        // MX$450 + 1,000 + 500 + 400 + 600 + 800 + 3 × 300, and the 300 that went back; R$120 + 200.
        let sums = [("MXN", "MX$4,650.00"), ("MXN", "−MX$300.00"), ("BRL", "R$320.00")];
        for (currency, sum) in sums {
            window
                .wait_for_text(&format!("[data-testid=sums-{currency}]"), sum, |text| {
                    text.contains(sum)
                })
                .await
                .unwrap();
        }
        window.click("[data-testid=class-matched]").await.unwrap();
        for sale in SALES {
            window
                .wait_for_text("[data-testid=book-line]", sale.name, |text| {
                    text.contains(sale.name)
                })
                .await
                .unwrap();
        }
    }

    /// Keeps a picture where `COBRO_PICTURES` says, to be looked at.
    async fn keeps(&self, name: &str) {
        if let Some(folder) = std::env::var_os("COBRO_PICTURES") {
            let path = PathBuf::from(folder).join(format!("ways-{name}.png"));
            self.window.screenshot(&path).await.unwrap();
        }
    }
}
