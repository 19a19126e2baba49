//! What a link or session asks for and offers besides its lines.

use serde_json::{Value, json};

use crate::stripe::fields::Metadata;

/// The same for a link and the sessions that opening it makes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Terms {
    pub(crate) promotion_codes: bool,
    /// Countries that are delivered to; none asks for no address.
    pub(crate) countries: Vec<String>,
    pub(crate) trial_days: Option<i64>,
    /// `subscription_data` was given.
    pub(crate) data_given: bool,
    /// What the subscription will carry.
    pub(crate) data: Metadata,
    pub(crate) description: Option<String>,
}

impl Terms {
    pub(crate) fn collection(&self) -> Option<Value> {
        (!self.countries.is_empty()).then(|| json!({"allowed_countries": self.countries}))
    }
}

/// A way of delivery with its price.
#[derive(Debug, Clone)]
pub(crate) struct ShippingOption {
    /// `shr_…`
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) amount: i64,
}

/// Where a customer wants it delivered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) name: String,
    pub(crate) line1: String,
    pub(crate) line2: Option<String>,
    pub(crate) city: String,
    pub(crate) state: Option<String>,
    pub(crate) postal_code: String,
    pub(crate) country: String,
}

impl Address {
    /// Returns an address for those who pay without a page to type it into.
    pub(crate) fn made_up(name: &str, country: &str) -> Self {
        Self {
            name: name.to_owned(),
            line1: "Calle Sandbox 1".to_owned(),
            line2: None,
            city: "Ciudad de México".to_owned(),
            state: Some("CDMX".to_owned()),
            postal_code: "06600".to_owned(),
            country: country.to_owned(),
        }
    }

    pub(crate) fn render(&self) -> Value {
        json!({
            "name": self.name,
            "address": {
                "city": self.city,
                "country": self.country,
                "line1": self.line1,
                "line2": self.line2,
                "postal_code": self.postal_code,
                "state": self.state,
            },
        })
    }
}

/// What a coupon took off a checkout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Applied {
    pub(crate) coupon: String,
    pub(crate) code: Option<String>,
    pub(crate) amount: i64,
}

impl Applied {
    pub(crate) fn render(&self) -> Value {
        json!({"coupon": self.coupon, "promotion_code": self.code})
    }
}
