//! What has been said and done with one customer, as the rules need it.

use crate::catalog::Catalog;

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Customer,
    Shop,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    pub role: Role,
    pub text: String,
    /// WhatsApp says that the message was forwarded: somebody else's words.
    pub forwarded: bool,
    /// A WhatsApp cart that came with the message.
    pub order: Option<Order>,
    /// A voice note, picture or file that nobody here can read.
    pub media: bool,
}

impl Turn {
    pub fn customer(text: impl Into<String>) -> Self {
        Self::text(Role::Customer, text.into())
    }

    pub fn shop(text: impl Into<String>) -> Self {
        Self::text(Role::Shop, text.into())
    }

    fn text(role: Role, text: String) -> Self {
        Self {
            role,
            text,
            forwarded: false,
            order: None,
            media: false,
        }
    }

    /// Returns the customer's cart as a message; prices in it are not taken.
    pub fn order(order: Order) -> Self {
        Self {
            order: Some(order),
            ..Self::customer("")
        }
    }
}

/// A cart that WhatsApp put together: the customer chose from the shop's own catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub lines: Vec<OrderLine>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderLine {
    pub id: String,
    pub quantity: u32,
}

/// Something this customer bought before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastOrder {
    /// Such as `2025-10-04`: only compared.
    pub date: String,
    pub lines: Vec<OrderLine>,
}

/// A charge of this conversation that was already made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownCharge {
    pub total_minor: i64,
    pub state: KnownState,
    /// How many turns there were when it was made; what came before belongs to it.
    pub after_turns: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownState {
    /// The customer has the link.
    Open,
    /// So short a time before the newest message that thanks are what follows.
    Paid,
    /// Earlier than that.
    PaidBefore,
    /// Withdrawn or expired.
    Closed,
}

/// A conversation, oldest message first, with what is known of the customer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conversation {
    pub turns: Vec<Turn>,
    pub past_orders: Vec<PastOrder>,
    pub charges: Vec<KnownCharge>,
}

impl Conversation {
    /// Returns the conversation with those turns and a customer nobody knows.
    pub fn of(turns: Vec<Turn>) -> Self {
        Self {
            turns,
            ..Self::default()
        }
    }

    /// Returns past orders whose items are all still in the catalog, newest first.
    pub(crate) fn usable_orders(&self, catalog: &Catalog) -> Vec<&PastOrder> {
        let mut orders: Vec<&PastOrder> = self
            .past_orders
            .iter()
            .filter(|order| {
                !order.lines.is_empty()
                    && order
                        .lines
                        .iter()
                        .all(|line| catalog.place_of_id(&line.id).is_some())
            })
            .collect();
        orders.sort_by(|a, b| b.date.cmp(&a.date));
        orders
    }
}
