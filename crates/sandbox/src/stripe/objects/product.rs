//! What is sold.

use serde_json::{Value, json};

use super::kept_on;
use crate::stripe::fields::Metadata;
use crate::stripe::shelf::Object;

#[derive(Debug, Clone)]
pub(crate) struct Product {
    pub(crate) id: String,
    pub(crate) created: i64,
    pub(crate) updated: i64,
    pub(crate) active: bool,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) images: Vec<String>,
    pub(crate) unit_label: Option<String>,
    pub(crate) tax_code: Option<String>,
    pub(crate) default_price: Option<String>,
    pub(crate) metadata: Metadata,
}

impl Object for Product {
    const NOUN: &'static str = "product";
    const LIST: &'static str = "/v1/products";
    kept_on!(products);

    fn render(&self) -> Value {
        json!({
            "id": self.id,
            "object": "product",
            "active": self.active,
            "created": self.created,
            "default_price": self.default_price,
            "description": self.description,
            "images": self.images,
            "livemode": false,
            "marketing_features": [],
            "metadata": self.metadata,
            "name": self.name,
            "package_dimensions": null,
            "shippable": null,
            "statement_descriptor": null,
            "tax_code": self.tax_code,
            "type": "service",
            "unit_label": self.unit_label,
            "updated": self.updated,
            "url": null,
        })
    }
}
