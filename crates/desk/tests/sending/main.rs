//! Writing to customers: every kind of message, the outbox, templates, and connecting.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

#[path = "../shop/mod.rs"]
mod shop;

mod connecting;
mod kinds;
mod outbox;
mod templates;

use std::time::{Duration, Instant};

use cobro_core::domain::{ConversationId, Message, MessageId, NewBody, NewMessage, Timestamp};
use cobro_core::{Result, conversation, message};

use shop::TestShop;

impl TestShop {
    async fn send(&self, conversation: ConversationId, body: NewBody) -> Result<Message> {
        self.reply(conversation, None, body).await
    }

    async fn reply(
        &self,
        conversation: ConversationId,
        reply_to: Option<MessageId>,
        body: NewBody,
    ) -> Result<Message> {
        let new = NewMessage {
            id: MessageId::new(),
            conversation,
            reply_to,
            body,
        };
        message::send(self.inbox(), new).await
    }

    async fn text(&self, conversation: ConversationId, text: &str) -> Message {
        self.send(conversation, words(text)).await.unwrap()
    }

    /// Returns a message as the thread shows it.
    async fn message(&self, conversation: ConversationId, id: MessageId) -> Message {
        let page = conversation::thread(self.inbox(), conversation, None)
            .await
            .unwrap();
        page.rows.into_iter().find(|message| message.id == id).unwrap()
    }

    /// Returns the newest message of the customer's.
    async fn newest_inbound(&self, conversation: ConversationId) -> Message {
        let page = conversation::thread(self.inbox(), conversation, None)
            .await
            .unwrap();
        page.rows
            .into_iter()
            .find(|message| message.delivery.is_none())
            .unwrap()
    }

    async fn until_message(
        &self,
        what: &str,
        conversation: ConversationId,
        id: MessageId,
        is_so: impl Fn(&Message) -> bool,
    ) -> Message {
        let begun = Instant::now();
        loop {
            let message = self.message(conversation, id).await;
            if is_so(&message) {
                return message;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "never: {what}; still {:?}, {:?}, asks {}",
                message.delivery,
                message.problem,
                message.asks
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// A customer whose window closes `left` from now.
    async fn customer_with_window(&self, phone: &str, name: &str, left: Duration) -> shop::TestCustomer {
        let customer = self.sandbox.customer(phone).named(name);
        let wrote = Timestamp::now().plus(left).minus(Duration::from_hours(24));
        let at = (wrote.millis() / 1000).to_string();
        customer.sends(serde_json::json!({"type": "text", "text": {"body": "hola"}, "timestamp": at}));
        shop::TestCustomer {
            conversation: self.until_conversation(name).await,
            phone: customer,
        }
    }
}

fn words(text: &str) -> NewBody {
    NewBody::Text { text: text.into() }
}
