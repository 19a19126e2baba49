//! What follows a payment, read back with it: its refunds and its disputes.

use cobro_stripe::{Dispute, List, Refund, StripeApi, StripeError};
use rusqlite::Transaction;

use crate::domain::{ChargeId, ConversationId, NoticeId, NoticeKind, PaymentRecord, Timestamp};
use crate::store::notices::{self, Notice};
use crate::store::{disputes, refunds};
use crate::{Inbox, Result};

/// A payment's refunds and disputes as Stripe has them; nothing where there is nothing to ask for.
#[derive(Default)]
pub(crate) struct Aftermath {
    refunds: Vec<Refund>,
    disputes: Vec<Dispute>,
}

impl Aftermath {
    /// Asks for what the payment says that there is, and for what was heard of before or now.
    pub(crate) async fn read(
        inbox: &Inbox,
        stripe: &StripeApi,
        record: &PaymentRecord,
        is_disputed: bool,
    ) -> Result<Result<Self, StripeError>> {
        let intent = record.payment_intent.clone();
        let (refunded, disputed) = inbox
            .store
            .read(move |conn| {
                Ok((
                    refunds::is_known(conn, &intent)?,
                    disputes::is_known(conn, &intent)?,
                ))
            })
            .await?;
        let refunded = refunded || record.refunded_minor > 0;
        let disputed = is_disputed || disputed || record.disputed;
        Ok(Self::ask(stripe, record, refunded, disputed).await)
    }

    async fn ask(
        stripe: &StripeApi,
        record: &PaymentRecord,
        refunded: bool,
        disputed: bool,
    ) -> Result<Self, StripeError> {
        let mut found = Self::default();
        if refunded {
            found.refunds = stripe.refunds_of_payment(&record.payment_intent).await?.items;
        }
        if disputed {
            found.disputes = or_nothing(stripe.disputes_of_payment(&record.payment_intent).await)?;
        }
        Ok(found)
    }

    /// Returns whether the customer's bank still has, or may get, the money back.
    ///
    /// Stripe's `disputed` stays for ever, also after the shop has won.
    pub(crate) fn is_disputed(&self, said: bool) -> bool {
        let settled =
            |dispute: &Dispute| matches!(dispute.status.as_str(), "won" | "warning_closed" | "prevented");
        said && (self.disputes.is_empty() || !self.disputes.iter().all(settled))
    }

    /// Writes them, with a notice for what a person has to know.
    pub(crate) fn save(
        &self,
        tx: &Transaction<'_>,
        charge: ChargeId,
        conversation: ConversationId,
        payment_intent: &str,
        announces: bool,
        now: Timestamp,
    ) -> Result<()> {
        let tell = |kind| {
            if !announces {
                return Ok(());
            }
            notices::add(
                tx,
                &Notice {
                    id: NoticeId::new(),
                    kind,
                    conversation,
                    charge: Some(charge),
                    message: None,
                    payment_intent: Some(payment_intent.to_owned()),
                    at: now,
                },
            )
        };
        for refund in &self.refunds {
            if refunds::save(tx, charge, payment_intent, refund, now)?.failed {
                tell(NoticeKind::RefundFailed)?;
            }
        }
        for dispute in &self.disputes {
            if disputes::save(tx, Some(charge), payment_intent, dispute, now)? {
                tell(NoticeKind::Disputed)?;
            }
        }
        Ok(())
    }
}

/// A key that may not read disputes must not keep a payment from being settled: the payment itself says that it is disputed.
fn or_nothing(answer: Result<List<Dispute>, StripeError>) -> Result<Vec<Dispute>, StripeError> {
    match answer {
        Err(error) if error.is_not_found() || matches!(error, StripeError::Permission { .. }) => {
            tracing::warn!(%error, "Disputes can't be read");
            Ok(Vec::new())
        }
        answer => Ok(answer?.items),
    }
}
