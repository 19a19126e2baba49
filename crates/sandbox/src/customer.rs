//! A customer in the hands of a test or a script.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::stripe::{PayOutcome, PayWith, Stripe};
use crate::whatsapp::{Author, Bubble, FileToSend, Introduction, Letterhead, WhatsApp, inbound};

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

    /// Sends a message with what stands around it: quotes, forwarded marks, another of the shop's numbers.
    fn sends_under(&self, head: Letterhead, content: Map<String, Value>) -> anyhow::Result<String> {
        let sent = self.whatsapp.receive_under(&self.phone, head, content);
        sent.map_err(anyhow::Error::msg)
    }

    /// Writes a text that quotes a message; returns its wamid.
    pub fn replies(&self, to: &str, text: &str) -> anyhow::Result<String> {
        let head = Letterhead {
            reply_to: Some(to.to_owned()),
            ..Letterhead::default()
        };
        self.sends_under(
            head,
            inbound::object(json!({"type": "text", "text": {"body": text}})),
        )
    }

    /// Writes a text to the shop's number of that id; returns its wamid.
    pub fn writes_to(&self, line: &str, text: &str) -> anyhow::Result<String> {
        let head = Letterhead {
            line: Some(line.to_owned()),
            ..Letterhead::default()
        };
        self.sends_under(
            head,
            inbound::object(json!({"type": "text", "text": {"body": text}})),
        )
    }

    /// Sends one of the sandbox's own files, such as `photo` or `voice`; returns its wamid and the file's id.
    pub fn sends_sample(&self, name: &str, caption: &str) -> anyhow::Result<(String, String)> {
        let file = FileToSend {
            sample: Some(name.to_owned()),
            caption: Some(caption.to_owned()),
            ..FileToSend::default()
        };
        let sent = self
            .whatsapp
            .receive_file(&self.phone, Letterhead::default(), file);
        sent.map_err(anyhow::Error::msg)
    }

    /// Sends a file as `kind`: image, audio, voice, video, document or sticker.
    pub fn sends_file(
        &self,
        kind: &str,
        mime: &str,
        filename: &str,
        bytes: Vec<u8>,
    ) -> anyhow::Result<(String, String)> {
        let file = FileToSend {
            kind: Some(kind.to_owned()),
            mime: Some(mime.to_owned()),
            filename: Some(filename.to_owned()),
            bytes: Some(bytes.into()),
            ..FileToSend::default()
        };
        let sent = self
            .whatsapp
            .receive_file(&self.phone, Letterhead::default(), file);
        sent.map_err(anyhow::Error::msg)
    }

    /// Puts an emoji on a message, in place of an earlier one; an empty one takes it away.
    pub fn reacts(&self, wamid: &str, emoji: &str) -> String {
        self.sends(inbound::reaction(wamid, emoji).into())
    }

    /// Changes the text of a message of the customer's own.
    pub fn edits(&self, wamid: &str, text: &str) -> String {
        self.sends(inbound::edit(wamid, text).into())
    }

    /// Deletes a message of the customer's own.
    pub fn revokes(&self, wamid: &str) -> String {
        self.sends(inbound::revoke(wamid).into())
    }

    /// Taps a button or a row of the newest message that has some, by title or id; returns the answer's wamid.
    pub fn taps(&self, choice: &str) -> anyhow::Result<String> {
        let tapped = self.whatsapp.tap(&self.phone, None, Some(choice));
        tapped.map_err(anyhow::Error::msg)
    }

    /// Listens to every voice message that has arrived; returns how many were new.
    pub fn plays(&self) -> usize {
        self.whatsapp.play_all(&self.phone).unwrap_or(0)
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
