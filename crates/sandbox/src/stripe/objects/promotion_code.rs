//! A word that customers type to use a coupon.

use serde_json::{Value, json};

use super::kept_on;
use crate::stripe::currency::Currency;
use crate::stripe::fields::Metadata;
use crate::stripe::shelf::Object;

#[derive(Debug, Clone)]
pub(crate) struct PromotionCode {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) code: String,
    pub(crate) coupon: String,
    pub(crate) active: bool,
    pub(crate) customer: Option<String>,
    pub(crate) expires_at: Option<i64>,
    pub(crate) most: Option<i64>,
    pub(crate) redeemed: i64,
    pub(crate) least: Option<(i64, Currency)>,
    pub(crate) first_only: bool,
    pub(crate) metadata: Metadata,
}

impl Object for PromotionCode {
    const NOUN: &'static str = "promotion code";
    const LIST: &'static str = "/v1/promotion_codes";
    kept_on!(codes);

    fn render(&self) -> Value {
        json!({
            "id": self.id,
            "object": "promotion_code",
            "active": self.active,
            "code": self.code,
            "created": self.created,
            "customer": self.customer,
            "customer_account": null,
            "expires_at": self.expires_at,
            "livemode": false,
            "max_redemptions": self.most,
            "metadata": self.metadata,
            "promotion": {"type": "coupon", "coupon": self.coupon},
            "restrictions": {
                "first_time_transaction": self.first_only,
                "minimum_amount": self.least.map(|(amount, _)| amount),
                "minimum_amount_currency": self.least.map(|(_, currency)| currency.code()),
            },
            "times_redeemed": self.redeemed,
        })
    }
}
