//! A form or a query in Stripe's brackets, such as `line_items[0][quantity]=1`.

use std::fmt::Display;

use stripe_client_core::{RequestBuilder, StripeMethod};
use url::form_urlencoded::Serializer;

/// What is sent with a request: only what was put in, so that what is absent stays Stripe's choice.
#[derive(Debug, Default)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    pub(crate) fn put(&mut self, name: impl Into<String>, value: impl Display) {
        self.0.push((name.into(), value.to_string()));
    }

    /// Puts in a value where there is one.
    pub(crate) fn maybe(&mut self, name: impl Into<String>, value: Option<impl Display>) {
        if let Some(value) = value {
            self.put(name, value);
        }
    }

    /// Puts in a switch where it is on.
    pub(crate) fn switch(&mut self, name: impl Into<String>, on: bool) {
        if on {
            self.put(name, true);
        }
    }

    /// Puts in `name[0]=…`, `name[1]=…`.
    pub(crate) fn list(&mut self, name: &str, values: impl IntoIterator<Item = impl Display>) {
        for (index, value) in values.into_iter().enumerate() {
            self.put(format!("{name}[{index}]"), value);
        }
    }

    /// Puts in `name[key]=value` for every pair.
    pub(crate) fn pairs<K: Display, V: Display>(
        &mut self,
        name: &str,
        pairs: impl IntoIterator<Item = (K, V)>,
    ) {
        for (key, value) in pairs {
            self.put(format!("{name}[{key}]"), value);
        }
    }

    pub(crate) fn post(self, path: impl Into<String>) -> RequestBuilder {
        RequestBuilder {
            body: Some(self.encoded()),
            ..RequestBuilder::new(StripeMethod::Post, path.into())
        }
    }

    pub(crate) fn get(self, path: impl Into<String>) -> RequestBuilder {
        RequestBuilder {
            query: Some(self.encoded()),
            ..RequestBuilder::new(StripeMethod::Get, path.into())
        }
    }

    fn encoded(&self) -> String {
        Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }
}

/// Returns the request that asks for the object at `path`, and nothing more.
pub(crate) fn read(path: impl Into<String>) -> RequestBuilder {
    RequestBuilder::new(StripeMethod::Get, path.into())
}

/// Returns the request that takes away what is at `path`.
pub(crate) fn delete(path: impl Into<String>) -> RequestBuilder {
    RequestBuilder::new(StripeMethod::Delete, path.into())
}
