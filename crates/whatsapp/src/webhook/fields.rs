//! An object's fields, each left raw until it is asked for: one of an unexpected shape harms no other.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::node::{Node, Text};

/// The fields of one JSON object. What is no object has none.
#[derive(Default)]
pub(super) struct Fields<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Fields<'a> {
    pub(super) fn of(raw: &'a RawValue) -> Self {
        serde_json::from_str(raw.get()).unwrap_or_default()
    }

    /// Returns the field; the last one where there are several, as most readers of JSON do.
    pub(super) fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.0
            .iter()
            .rev()
            .find(|(known, _)| known == name)
            .map(|(_, raw)| *raw)
    }

    pub(super) fn list(&self, name: &str) -> Vec<&'a RawValue> {
        let items = self
            .get(name)
            .map(|raw| serde_json::from_str(raw.get()).unwrap_or_default());
        items.unwrap_or_default()
    }

    pub(super) fn node(&self, name: &str) -> Node<'a> {
        self.get(name).map(Node::of).unwrap_or_default()
    }

    /// Returns the object as JSON again.
    pub(super) fn to_json(&self) -> String {
        let mut json = String::from("{");
        for (name, raw) in &self.0 {
            if json.len() > 1 {
                json.push(',');
            }
            json.push_str(&serde_json::Value::from(name.as_ref()).to_string());
            json.push(':');
            json.push_str(raw.get());
        }
        json.push('}');
        json
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
        let mut fields = Vec::with_capacity(8);
        while let Some((Text(name), raw)) = map.next_entry()? {
            fields.push((name, raw));
        }
        Ok(Fields(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_becomes_the_same_json_again() {
        let json = r#"{"a":1.50,"b \"q\"":[null, {"c":"\u00e9"}],"d":{}}"#;
        let fields: Fields<'_> = serde_json::from_str(json).unwrap();
        assert_eq!(fields.to_json(), json);
    }

    #[test]
    fn a_field_of_another_shape_is_empty_where_a_list_was_meant() {
        let fields: Fields<'_> = serde_json::from_str(r#"{"list":7,"items":[1,2]}"#).unwrap();
        assert_eq!(
            (
                fields.list("list").len(),
                fields.list("items").len(),
                fields.list("none").len()
            ),
            (0, 2, 0)
        );
    }
}
