//! The shop's nouns, with their rules.

mod charge;
mod contact;
mod conversation;
mod ids;
mod message;
mod notice;
mod problem;

pub use charge::{
    Charge, ChargeChip, ChargePreview, ChargeWarning, Closing, Creation, NewCharge, Payment, PaymentFacts,
    PaymentRecord, PaymentStatus, StripeIds, WarningKind, payment_of,
};
pub use cobro_protocol::Timestamp;
pub use cobro_stripe::{Currency, Money, MoneyError};
pub use cobro_whatsapp::webhook::MessageKind;
pub use contact::{CustomerStats, Identity, IdentityKind};
pub use conversation::{ConversationRow, ConversationView, Counts, Line, Page, Tab, WINDOW};
pub use ids::{ChargeId, ContactId, ConversationId, LineId, MessageId, NoticeId};
pub use message::{Delivery, Direction, Message, Origin};
pub use notice::{Announcement, NoticeKind};
pub use problem::{EnvelopeProblem, Problem, Words};
