//! Column conversions: how each noun is written in a row.

use cobro_stripe::StripeObject;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Result, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::domain::{
    BookClass, ChargeId, Closing, ContactId, ConversationId, Creation, Currency, DeedId, Delivery, Direction,
    FileId, FileKind, Fulfilment, IdentityKind, LabelColor, LabelId, LineId, MediaState, MemberId, MessageId,
    MessageKind, Money, NoticeId, NoticeKind, Origin, Payment, PaymentStatus, ProductId, ProductLinkId,
    QuickReplyId, QuotationId, QuotationState, ReconcileId, ReconcileState, RefundId, RefundReason,
    RefundState, SubscriptionStatus, SyncState, Timestamp, Words,
};

/// Columns that say how much is paid of the plan of a charge `h`. An invoice of nothing is no payment.
macro_rules! instalments {
    () => {
        "(SELECT max(s.instalments) FROM subscriptions s WHERE s.charge_id = h.id) AS instalments,
         (SELECT count(*) FROM subscriptions s JOIN subscription_invoices i ON i.subscription_id = s.id
          WHERE s.charge_id = h.id AND i.status = 'paid' AND i.paid_minor > 0) AS instalments_paid"
    };
}
pub(crate) use instalments;

macro_rules! id_columns {
    ($($name:ident)*) => {$(
        impl ToSql for $name {
            fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::Borrowed(ValueRef::Blob(self.0.as_bytes())))
            }
        }

        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                Uuid::from_slice(value.as_blob()?).map(Self).map_err(FromSqlError::other)
            }
        }
    )*};
}

id_columns! { ChargeId ContactId ConversationId DeedId FileId LabelId LineId MemberId MessageId NoticeId ProductId ProductLinkId QuickReplyId QuotationId ReconcileId RefundId }

/// Names that rows keep as text.
macro_rules! name_columns {
    ($($name:ident)*) => {$(
        impl ToSql for $name {
            fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::from(self.as_str()))
            }
        }

        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                Self::from_name(value.as_str()?).ok_or(FromSqlError::InvalidType)
            }
        }
    )*};
}

impl Direction {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::In, Self::Out]
            .into_iter()
            .find(|direction| direction.as_str() == name)
    }
}

impl Origin {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Desk => "desk",
            Self::Automatic => "automatic",
            Self::Phone => "phone",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Customer, Self::Desk, Self::Automatic, Self::Phone]
            .into_iter()
            .find(|origin| origin.as_str() == name)
    }
}

name_columns! { BookClass Closing Creation Delivery Direction FileKind Fulfilment IdentityKind LabelColor MediaState NoticeKind Origin Payment PaymentStatus QuotationState ReconcileState RefundReason RefundState SubscriptionStatus SyncState }

/// A moment as a row keeps it.
pub(crate) struct At(pub Timestamp);

impl ToSql for At {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0.millis()))
    }
}

impl FromSql for At {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(|millis| Self(Timestamp::from_millis(millis)))
    }
}

/// A message's kind as a row keeps it. Kinds not known yet keep their name.
pub(crate) struct Kind(pub MessageKind);

impl ToSql for Kind {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0.as_str()))
    }
}

impl FromSql for Kind {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_str().map(|name| Self(MessageKind::from_name(name)))
    }
}

pub(crate) fn at(row: &Row<'_>, column: &str) -> Result<Timestamp> {
    row.get::<_, At>(column).map(|at| at.0)
}

pub(crate) fn maybe_at(row: &Row<'_>, column: &str) -> Result<Option<Timestamp>> {
    row.get::<_, Option<At>>(column).map(|at| at.map(|at| at.0))
}

/// Reads an amount from two columns.
pub(crate) fn money(row: &Row<'_>, minor: &str, currency: &str) -> Result<Money> {
    let minor: i64 = row.get(minor)?;
    let currency: String = row.get(currency)?;
    Currency::from_code(&currency)
        .and_then(|currency| Money::from_minor(minor, currency))
        .map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error))
        })
}

/// Reads the three columns of a problem in words.
pub(crate) fn words(row: &Row<'_>) -> Result<Option<Words>> {
    let Some(code) = row.get::<_, Option<String>>("problem_code")? else {
        return Ok(None);
    };
    let title: Option<String> = row.get("problem_title")?;
    let advice: Option<String> = row.get("problem_advice")?;
    Ok(Some(Words {
        code,
        title: title.unwrap_or_default(),
        advice: advice.unwrap_or_default(),
    }))
}

/// Returns what a column of JSON holds.
pub(crate) fn json(value: &impl Serialize) -> crate::Result<String> {
    serde_json::to_string(value).map_err(|error| crate::Error::Other(anyhow::Error::new(error)))
}

/// Reads a column that holds JSON of our own making.
pub(crate) fn from_json<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error))
    })
}

impl ToSql for Carrier {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(match self.0 {
            StripeObject::PaymentLink => "payment_link",
            StripeObject::CheckoutSession => "checkout_session",
        }))
    }
}

/// The object at Stripe that carries a charge, as a row keeps it.
pub(crate) struct Carrier(pub StripeObject);

impl FromSql for Carrier {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value.as_str()? {
            "payment_link" => Ok(Self(StripeObject::PaymentLink)),
            "checkout_session" => Ok(Self(StripeObject::CheckoutSession)),
            _ => Err(FromSqlError::InvalidType),
        }
    }
}
