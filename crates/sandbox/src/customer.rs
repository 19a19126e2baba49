//! A customer in the hands of a test or a script.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::stripe::{PayOutcome, PayWith, Stripe};
use crate::whatsapp::{Author, Bubble, Introduction, WhatsApp};

/// Someone who writes to the shop, reads what it sends, and pays.
#[derive(Debug, Clone)]
pub struct Customer {
    whatsapp: Arc<WhatsApp>,
    stripe: Arc<Stripe>,
    phone: String,
}

impl Customer {
    pub(crate) fn new(whatsapp: Arc<WhatsApp>, stripe: Arc<Stripe>, named: &str) -> Self {
        let phone = whatsapp.introduce(named, Introduction::default());
        Self {
            whatsapp,
            stripe,
            phone,
        }
    }

    pub(crate) fn introduce(&self, introduction: Introduction) {
        self.whatsapp.introduce(&self.phone, introduction);
    }

    /// Gives the customer a name.
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        self.introduce(Introduction {
            name: Some(name.to_owned()),
            ..Introduction::default()
        });
        self
    }

    /// Keeps the phone from the shop, which sees a user id and a username instead.
    #[must_use]
    pub fn with_username(self, username: &str) -> Self {
        let username = Some(username.to_owned());
        self.introduce(Introduction {
            username,
            hides_phone: Some(true),
            ..Introduction::default()
        });
        self
    }

    /// Returns the phone, which the shop may not know.
    pub fn phone_number(&self) -> &str {
        &self.phone
    }

    /// Writes a text to the shop; returns its wamid.
    pub fn writes(&self, text: &str) -> String {
        self.sends(json!({"type": "text", "text": {"body": text}}))
    }

    /// Sends any message to the shop: an object with `type` and what goes with it.
    pub fn sends(&self, message: Value) -> String {
        let content = match message {
            Value::Object(content) => content,
            _ => Map::new(),
        };
        // The first number is always there.
        self.whatsapp
            .receive(&self.phone, None, None, content)
            .unwrap_or_default()
    }

    /// Returns what the phone shows, oldest first.
    pub fn phone(&self) -> Vec<Bubble> {
        self.whatsapp.phone(&self.phone).unwrap_or_default()
    }

    /// Returns the texts that the shop sent, oldest first.
    pub fn inbox(&self) -> Vec<String> {
        let from_shop = self
            .phone()
            .into_iter()
            .filter(|bubble| bubble.from == Author::Shop);
        from_shop.map(|bubble| bubble.text).collect()
    }

    /// Looks at everything that has arrived; returns how many messages were new.
    pub fn reads(&self) -> usize {
        self.whatsapp.read_all(&self.phone).unwrap_or(0)
    }

    /// Returns the newest address to pay at that the shop sent.
    pub fn pay_link(&self) -> Option<String> {
        let phone = self.phone();
        let mut from_shop = phone.iter().rev().filter(|bubble| bubble.from == Author::Shop);
        from_shop.find_map(|bubble| bubble.link().map(str::to_owned))
    }

    /// Pays at the newest link.
    pub fn pays(&self, with: PayWith) -> PayOutcome {
        match self.pay_link() {
            Some(link) => self.stripe.pay_link(&link, with),
            None => PayOutcome::NotFound {
                what: "a pay link on the phone".to_owned(),
            },
        }
    }

    pub(crate) fn stripe(&self) -> &Stripe {
        &self.stripe
    }

    pub(crate) fn watch(&self) -> tokio::sync::watch::Receiver<u64> {
        self.whatsapp.changes()
    }

    /// Waits until the shop has sent something that `wanted` likes, now or before.
    pub async fn receives(&self, wanted: impl Fn(&Bubble) -> bool) -> Bubble {
        let mut changes = self.watch();
        loop {
            changes.mark_unchanged();
            let mut from_shop = self
                .phone()
                .into_iter()
                .filter(|bubble| bubble.from == Author::Shop);
            if let Some(bubble) = from_shop.find(|bubble| wanted(bubble)) {
                return bubble;
            }
            if changes.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}
