//! Stripe's objects: what the sandbox knows of each, and how the API shows it.

pub(crate) mod account;
pub(crate) mod balance_transaction;
pub(crate) mod cash;
pub(crate) mod charge;
pub(crate) mod coupon;
pub(crate) mod customer;
pub(crate) mod dispute;
pub(crate) mod event;
pub(crate) mod invoice;
pub(crate) mod line;
pub(crate) mod payment_intent;
pub(crate) mod payment_link;
pub(crate) mod payment_method;
pub(crate) mod payout;
pub(crate) mod price;
pub(crate) mod product;
pub(crate) mod promotion_code;
pub(crate) mod refund;
pub(crate) mod schedule;
pub(crate) mod session;
pub(crate) mod subscription;
pub(crate) mod terms;
pub(crate) mod test_clock;
pub(crate) mod webhook_endpoint;

use serde_json::Value;

/// Adds the fields of one object to another.
pub(crate) fn merge(object: Value, more: Value) -> Value {
    match (object, more) {
        (Value::Object(mut object), Value::Object(more)) => {
            object.extend(more);
            Value::Object(object)
        }
        (object, _) => object,
    }
}

/// Ties a type to its shelf in the ledger.
macro_rules! kept_on {
    ($shelf:ident) => {
        fn id(&self) -> &str {
            &self.id
        }

        fn created(&self) -> i64 {
            self.created
        }

        fn shelf(ledger: &crate::stripe::ledger::Ledger) -> &crate::stripe::shelf::Shelf<Self> {
            &ledger.$shelf
        }

        fn shelf_mut(ledger: &mut crate::stripe::ledger::Ledger) -> &mut crate::stripe::shelf::Shelf<Self> {
            &mut ledger.$shelf
        }
    };
}
pub(crate) use kept_on;
