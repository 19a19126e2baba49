//! The life of a checkout: opened from a link, paid by card or voucher, refused, expired.

pub(crate) mod balance;
pub(crate) mod cards;
pub(crate) mod discount;
pub(crate) mod dispute;
pub(crate) mod open;
pub(crate) mod outcome;
pub(crate) mod pay;
pub(crate) mod payout;
pub(crate) mod refund;
pub(crate) mod slip;
pub(crate) mod take;
pub(crate) mod transfer;
pub(crate) mod voucher;
