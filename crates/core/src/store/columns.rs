//! Column conversions: how each noun is written in a row.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Result, Row};
use uuid::Uuid;

use crate::domain::{
    BookClass, ChargeId, Closing, ContactId, ConversationId, Creation, Currency, Delivery, Direction, FileId,
    FileKind, Fulfilment, IdentityKind, LabelColor, LabelId, LineId, MediaState, MemberId, MessageId,
    MessageKind, Money, NoticeId, NoticeKind, Origin, Payment, PaymentStatus, ProductId, QuickReplyId,
    QuotationId, ReconcileId, ReconcileState, RefundId, RefundReason, RefundState, SyncState, Timestamp,
    Words,
};

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

id_columns! { ChargeId ContactId ConversationId FileId LabelId LineId MemberId MessageId NoticeId ProductId QuickReplyId QuotationId ReconcileId RefundId }

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

name_columns! { BookClass Closing Creation Delivery Direction FileKind Fulfilment IdentityKind LabelColor MediaState NoticeKind Origin Payment PaymentStatus ReconcileState RefundReason RefundState SyncState }

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
