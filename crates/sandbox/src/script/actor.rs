//! One customer playing a part.

use std::collections::{BTreeMap, HashSet, VecDeque};

use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::sync::watch;

use super::cast::{Answer, Line, Means, Part, Pays, Said, Span};
use crate::clock::Clock;
use crate::customer::Customer;
use crate::handshake::Handshake;
use crate::house::House;
use crate::stripe::{PayOutcome, PayWith};
use crate::webhooks;
use crate::whatsapp::{Author, Bubble, Introduction};

const UNTIL_BEGIN: i64 = 1_000;
const TO_READ: Span = Span::new(700, 2_200);
const TO_ANSWER: Span = Span::new(2_500, 5_500);
const TO_TELL: Span = Span::new(1_200, 3_000);
const TO_TRY_AGAIN: Span = Span::new(5_000, 9_000);

/// Something that will be done.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Deed {
    Say(Said),
    /// Puts an emoji on a message of the shop's.
    React {
        wamid: String,
        emoji: String,
    },
    Read,
    Open(String),
    /// Pays at the address.
    Pay(String),
    PayVoucher(String),
}

#[derive(Debug)]
pub(super) struct Actor {
    part: Part,
    customer: Customer,
    clock: Clock,
    dice: StdRng,
    handshake: watch::Receiver<Handshake>,
    /// Where the pay pages are; other links are left alone.
    pay_pages: String,
    browser: Option<reqwest::Client>,
    /// Deeds by the time at which they are due.
    plan: BTreeMap<(i64, u64), Deed>,
    planned: u64,
    /// When the last line of the opening is said.
    opened_ms: i64,
    seen: HashSet<String>,
    links: HashSet<String>,
    tried: usize,
    has_paid: bool,
    otherwise: VecDeque<String>,
}

impl Actor {
    pub(super) fn new(part: Part, seed: u64, house: &House) -> Self {
        let customer = house.customer(&part.phone);
        customer.introduce(Introduction {
            name: Some(part.name.clone()),
            hides_phone: Some(part.username.is_some()),
            username: part.username.clone(),
            ..Introduction::default()
        });
        Self {
            otherwise: part.otherwise.iter().cloned().collect(),
            part,
            customer,
            clock: house.clock.clone(),
            dice: StdRng::seed_from_u64(seed),
            handshake: house.handshake.clone(),
            pay_pages: house.stripe.options().public_url.clone(),
            browser: webhooks::browser().ok(),
            plan: BTreeMap::new(),
            planned: 0,
            opened_ms: 0,
            seen: HashSet::new(),
            links: HashSet::new(),
            tried: 0,
            has_paid: false,
        }
    }

    /// Plays until the sandbox ends.
    pub(super) async fn play(mut self) {
        if self
            .handshake
            .wait_for(|handshake| handshake.reachable)
            .await
            .is_err()
        {
            return;
        }
        let mut changes = self.customer.watch();
        self.begin();
        loop {
            changes.mark_unchanged();
            self.look();
            let due = self.plan.keys().next().map(|(at_ms, _)| *at_ms);
            tokio::select! {
                () = until(&self.clock, due) => {
                    if let Some((_, deed)) = self.plan.pop_first() {
                        self.perform(deed).await;
                    }
                }
                changed = changes.changed() => {
                    if changed.is_err() {
                        return;
                    }
                }
            }
        }
    }

    /// Plans what is said without being asked.
    fn begin(&mut self) {
        let first_ms = self.clock.now_ms() + UNTIL_BEGIN + self.part.begins.pick(&mut self.dice);
        self.opened_ms = self.plan_lines(first_ms, self.part.opening.clone());
        self.plan_lines(self.opened_ms, self.part.later.clone());
    }

    /// Plans one line after the other; returns when the last is said.
    fn plan_lines(&mut self, mut at_ms: i64, lines: Vec<Line>) -> i64 {
        for line in lines {
            at_ms += line.after.pick(&mut self.dice);
            if let Some(said) = line.said() {
                self.plan_at(at_ms, Deed::Say(said));
            }
        }
        at_ms
    }

    fn plan_at(&mut self, at_ms: i64, deed: Deed) {
        self.planned += 1;
        self.plan.insert((at_ms, self.planned), deed);
    }

    fn plan_in(&mut self, span: Span, deed: Deed) {
        let at_ms = self.clock.now_ms() + span.pick(&mut self.dice);
        self.plan_at(at_ms, deed);
    }

    fn say_soon(&mut self, text: Option<String>) {
        if let Some(text) = text {
            self.plan_in(TO_TELL, Deed::Say(Said::Text(text)));
        }
    }

    /// Decides what to do about each message that is new on the phone.
    fn look(&mut self) {
        let phone = self.customer.phone();
        for bubble in phone.iter().filter(|bubble| bubble.from == Author::Shop) {
            if self.seen.insert(bubble.wamid.clone()) {
                self.plan_in(TO_READ, Deed::Read);
                self.consider(bubble);
            }
        }
    }

    fn consider(&mut self, bubble: &Bubble) {
        if let Some(emoji) = self.part.reacts.take() {
            let wamid = bubble.wamid.clone();
            self.plan_in(TO_TELL, Deed::React { wamid, emoji });
        }
        let link = bubble.link().filter(|link| link.starts_with(&self.pay_pages));
        match link {
            Some(link) if self.links.insert(link.to_owned()) => {
                self.plan_in(self.part.pays.after, Deed::Open(link.to_owned()));
            }
            Some(_) => {}
            None => self.answer(&bubble.text.to_lowercase()),
        }
    }

    fn answer(&mut self, said: &str) {
        let fits = |answer: &Answer| answer.to.iter().any(|words| said.contains(words));
        let text = if self.has_paid {
            self.part.farewell.take()
        } else if let Some(at) = self.part.answers.iter().position(fits) {
            Some(self.part.answers.remove(at).text)
        } else {
            self.otherwise.pop_front()
        };
        if let Some(text) = text {
            // First they finish what they came to say.
            let from_ms = self.opened_ms.max(self.clock.now_ms());
            let at_ms = from_ms + TO_ANSWER.pick(&mut self.dice);
            self.plan_at(at_ms, Deed::Say(Said::Text(text)));
        }
    }

    async fn perform(&mut self, deed: Deed) {
        match deed {
            Deed::Say(said) => self.say(said),
            Deed::React { wamid, emoji } => {
                self.customer.reacts(&wamid, &emoji);
            }
            Deed::Read => {
                self.customer.reads();
            }
            Deed::Open(link) => self.open(link).await,
            Deed::Pay(page) => self.pay(page),
            Deed::PayVoucher(intent) => {
                let outcome = self.customer.stripe().pay_voucher(&intent);
                self.has_paid |= outcome.is_paid();
                self.say_soon(
                    self.part
                        .pays
                        .says
                        .voucher_paid
                        .clone()
                        .filter(|_| outcome.is_paid()),
                );
            }
        }
    }

    fn say(&self, said: Said) {
        match said {
            Said::Text(text) => {
                self.customer.writes(&text);
            }
            Said::File(file) => {
                let caption = file.caption.unwrap_or_default();
                if let Err(error) = self.customer.sends_sample(&file.sample, &caption) {
                    tracing::warn!(%error, "The script sends a file that can't be sent");
                }
            }
            Said::Content(content) => {
                self.customer.sends(content.into());
            }
        }
    }

    /// Opens a link as a browser does, and plans to pay on the page that it leads to.
    async fn open(&mut self, link: String) {
        let opened = match &self.browser {
            Some(browser) => browser.get(&link).send().await.ok(),
            None => None,
        };
        // Another visit would be another session; the page itself is paid only if it has one.
        let page = opened
            .map(|page| page.url().to_string())
            .filter(|page| page.contains("/cs_"))
            .unwrap_or(link);
        if self.part.pays.with.is_empty() {
            return self.say_soon(self.part.pays.says.excuse.clone());
        }
        self.plan_in(Span::new(2_000, 5_000), Deed::Pay(page));
    }

    fn pay(&mut self, page: String) {
        let Some(means) = means(&self.part.pays, self.tried) else {
            return;
        };
        self.tried += 1;
        let with = match means {
            Means::Card(number) => PayWith::card(number),
            Means::Oxxo => PayWith::oxxo(),
        };
        let email = format!("{}@example.com", self.part.phone);
        let with = with.named(self.part.name.clone()).with_email(email);
        let outcome = self.customer.stripe().pay_link(&page, with);
        self.conclude(outcome, page);
    }

    fn conclude(&mut self, outcome: PayOutcome, page: String) {
        let says = self.part.pays.says.clone();
        match outcome {
            PayOutcome::Paid { .. } => {
                self.has_paid = true;
                self.say_soon(says.paid);
            }
            PayOutcome::Declined { .. } => {
                self.say_soon(says.declined);
                self.plan_in(TO_TRY_AGAIN, Deed::Pay(page));
            }
            PayOutcome::Voucher { payment_intent, .. } => {
                self.say_soon(says.voucher);
                self.plan_in(self.part.pays.voucher_after, Deed::PayVoucher(payment_intent));
            }
            PayOutcome::NeedsAuthentication { payment_intent, .. } => {
                let outcome = self.customer.stripe().authenticate(&payment_intent, true);
                if !matches!(outcome, PayOutcome::NeedsAuthentication { .. }) {
                    self.conclude(outcome, page);
                }
            }
            // A means that is not offered here: the card that always works.
            PayOutcome::Refused { .. } if self.tried <= self.part.pays.with.len() => {
                self.part.pays.with = vec![Means::Card("4242424242424242".to_owned())];
                self.tried = 0;
                self.plan_in(TO_TRY_AGAIN, Deed::Pay(page));
            }
            PayOutcome::Inactive { .. } | PayOutcome::VoucherExpired { .. } => self.say_soon(says.dead),
            PayOutcome::AlreadyPaid { .. }
            | PayOutcome::Refused { .. }
            | PayOutcome::Transfer { .. }
            | PayOutcome::PartlyFunded { .. }
            | PayOutcome::NotFound { .. } => {}
        }
    }
}

/// Returns the means for the attempt after `tried` others: the last one again and again.
fn means(pays: &Pays, tried: usize) -> Option<Means> {
    pays.with.get(tried).or_else(|| pays.with.last()).cloned()
}

async fn until(clock: &Clock, due: Option<i64>) {
    match due {
        Some(at_ms) => clock.sleep_until_ms(at_ms).await,
        None => std::future::pending().await,
    }
}
