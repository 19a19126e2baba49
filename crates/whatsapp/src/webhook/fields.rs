//! An object's fields, each left raw until it is asked for: one of an unexpected shape harms no other.

use std::borrow::Cow;
use std::fmt;

use cobro_protocol::Timestamp;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Seconds beyond this are milliseconds: it is the year 5138.
const SECONDS_LIMIT: i64 = 100_000_000_000;

/// The fields of one JSON object. What is no object has none.
#[derive(Default)]
pub(super) struct Fields<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Fields<'a> {
    pub(super) fn of(raw: &'a RawValue) -> Self {
        Self::of_text(raw.get())
    }

    pub(super) fn of_text(json: &'a str) -> Self {
        serde_json::from_str(json).unwrap_or_default()
    }

    /// Returns the field; the last one where there are several, as most readers of JSON do.
    pub(super) fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, raw)| *raw)
    }

    pub(super) fn object(&self, name: &str) -> Self {
        self.get(name).map(Fields::of).unwrap_or_default()
    }

    pub(super) fn list(&self, name: &str) -> Vec<&'a RawValue> {
        self.get(name).map(items_of).unwrap_or_default()
    }

    /// Returns text that is not empty, or a number as text: ids come as both.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.str(name).map(Cow::into_owned)
    }

    pub(super) fn str(&self, name: &str) -> Option<Cow<'a, str>> {
        text_of(self.get(name)?).filter(|text| !text.is_empty())
    }

    pub(super) fn integer(&self, name: &str) -> Option<i64> {
        self.str(name)?.trim().parse().ok()
    }

    pub(super) fn is_true(&self, name: &str) -> bool {
        self.get(name).is_some_and(|raw| raw.get() == "true")
    }

    /// Returns a moment given in seconds, as text or as a number.
    pub(super) fn at(&self, name: &str) -> Option<Timestamp> {
        let given = self.integer(name)?;
        Some(if given < SECONDS_LIMIT {
            Timestamp::from_secs(given)
        } else {
            Timestamp::from_millis(given)
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

pub(super) fn items_of(raw: &RawValue) -> Vec<&RawValue> {
    serde_json::from_str(raw.get()).unwrap_or_default()
}

pub(super) fn text_of(raw: &RawValue) -> Option<Cow<'_, str>> {
    let json = raw.get();
    match json.as_bytes().first()? {
        b'"' => serde_json::from_str::<Text<'_>>(json).ok().map(|text| text.0),
        b'-' | b'0'..=b'9' => Some(Cow::Borrowed(json)),
        _ => None,
    }
}

/// Text that is borrowed where it has no escapes.
struct Text<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Owned(text.to_owned())))
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
    fn each_field_is_read_by_itself() {
        let fields = Fields::of_text(r#"{"id":16505551234,"name":"Luc\u00eda","flag":true,"list":7,"none":null,"empty":""}"#);
        assert_eq!(fields.text("id").as_deref(), Some("16505551234"));
        assert_eq!(fields.text("name").as_deref(), Some("Lucía"));
        assert!(fields.is_true("flag") && !fields.is_true("id"));
        assert!(fields.list("list").is_empty() && fields.object("list").is_empty());
        for absent in ["none", "empty", "missing", "flag"] {
            assert_eq!(fields.text(absent), None, "{absent}");
        }
    }

    #[test]
    fn names_with_escapes_are_names() {
        assert_eq!(Fields::of_text(r#"{"te\u0078t":"x"}"#).text("text").as_deref(), Some("x"));
    }

    #[test]
    fn moments_come_as_text_or_number_in_seconds_or_finer() {
        let fields = Fields::of_text(r#"{"a":"1749416383","b":1749416383,"c":1749416383000,"d":"soon","e":1.5}"#);
        let at = Some(Timestamp::from_secs(1_749_416_383));
        assert_eq!([fields.at("a"), fields.at("b"), fields.at("c")], [at; 3]);
        assert_eq!([fields.at("d"), fields.at("e"), fields.at("f")], [None; 3]);
    }
}
