//! How far our messages have come, as WhatsApp reports it: out of order, and more than once.

use cobro_whatsapp::error_words;
use cobro_whatsapp::webhook::StatusUpdate;

use super::flow::delivery_of;
use super::people::identity;
use super::round::Round;
use crate::Result;
use crate::domain::{Delivery, IdentityKind, MessageId, Timestamp, Words};
use crate::store::contacts::{self, Evidence};
use crate::store::messages::{self, Report};

impl Round<'_> {
    /// The message is found by what we gave when we sent it, else by WhatsApp's
    /// name: whom it went to is named by phone, by user id, or not at all.
    pub(super) fn status(&mut self, status: &StatusUpdate, came: Timestamp) -> Result<()> {
        let Some(delivery) = delivery_of(&status.status) else {
            return Ok(());
        };
        let problem = status.errors.first().map(|error| {
            let words = error_words(error.code);
            Words::new(error.code.to_string(), words.title, words.advice)
        });
        let report = Report {
            delivery,
            at: status.at,
            problem: problem.filter(|_| delivery == Delivery::Failed),
        };
        let Some(id) = self.reported(status)? else {
            self.reports_wait = true;
            return messages::keep_early(self.tx, &status.wamid, &report, status.pricing.as_ref());
        };
        messages::set_wamid(self.tx, id, &status.wamid)?;
        if let Some(pricing) = &status.pricing {
            let priced = messages::set_pricing(self.tx, id, pricing)?;
            self.changes.conversations.extend(priced);
        }
        if let Some(moved) = messages::report(self.tx, id, &report)? {
            self.changes.conversations.insert(moved.conversation);
            self.changes
                .charges
                .extend(moved.charge.map(|charge| (charge, moved.conversation)));
        }
        self.learn_user_id(status, came)
    }

    fn reported(&self, status: &StatusUpdate) -> Result<Option<MessageId>> {
        let ours = status
            .opaque
            .as_deref()
            .and_then(|opaque| opaque.parse::<MessageId>().ok());
        if let Some(id) = ours
            && messages::is_known(self.tx, id)?
        {
            return Ok(Some(id));
        }
        messages::id_of_wamid(self.tx, &status.wamid)
    }

    /// A report that names a customer twice tells us the name that we did not know.
    fn learn_user_id(&self, status: &StatusUpdate, came: Timestamp) -> Result<()> {
        let (Some(phone), Some(user_id)) = (&status.recipient_phone, &status.recipient_user_id) else {
            return Ok(());
        };
        let user_id = identity(IdentityKind::UserId, user_id);
        if contacts::contact_of(self.tx, &user_id)?.is_some() {
            return Ok(());
        }
        let phone = identity(IdentityKind::Phone, phone);
        match contacts::contact_of(self.tx, &phone)? {
            // Somebody else's user id: the number changed hands.
            Some(contact) if contacts::has_user_id(self.tx, contact)? => Ok(()),
            Some(contact) => contacts::attach(
                self.tx,
                contact,
                &user_id,
                Some(&phone),
                Evidence::SameMessage,
                came,
            ),
            None => Ok(()),
        }
    }
}
