//! A piece of JSON as a tree that borrows from its text, and that answers every question leniently.

use std::borrow::Cow;
use std::fmt;

use cobro_protocol::Timestamp;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Seconds beyond this are milliseconds: it is the year 5138.
const SECONDS_LIMIT: i64 = 100_000_000_000;

#[derive(Debug, Default, PartialEq)]
pub(super) enum Node<'a> {
    #[default]
    Null,
    True,
    False,
    Integer(i64),
    Float(f64),
    Text(Cow<'a, str>),
    List(Vec<Node<'a>>),
    Object(Vec<(Cow<'a, str>, Node<'a>)>),
}

/// What a field is that is not there.
static NULL: Node<'static> = Node::Null;

impl<'a> Node<'a> {
    /// Reads the piece; what can't be read, as for its depth, is null.
    pub(super) fn of(raw: &'a RawValue) -> Self {
        serde_json::from_str(raw.get()).unwrap_or_default()
    }

    /// Returns the field, or null; the last one where there are several.
    pub(super) fn get(&self, name: &str) -> &Node<'a> {
        match self {
            Self::Object(fields) => fields
                .iter()
                .rev()
                .find(|(known, _)| known == name)
                .map_or(&NULL, |(_, node)| node),
            _ => &NULL,
        }
    }

    pub(super) fn items(&self) -> &[Node<'a>] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    /// Returns an object's fields, in their order.
    pub(super) fn fields(&self) -> &[(Cow<'a, str>, Node<'a>)] {
        match self {
            Self::Object(fields) => fields,
            _ => &[],
        }
    }

    pub(super) fn is_true(&self) -> bool {
        *self == Self::True
    }

    /// Returns whether it is an object with at least one field.
    pub(super) fn has_fields(&self) -> bool {
        matches!(self, Self::Object(fields) if !fields.is_empty())
    }

    pub(super) fn str(&self) -> Option<&str> {
        match self {
            Self::Text(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// Returns text that is not empty, or a number as text: ids come as both.
    pub(super) fn text(&self) -> Option<String> {
        match self {
            Self::Integer(number) => Some(number.to_string()),
            Self::Float(number) => Some(number.to_string()),
            node => node.str().map(str::to_owned),
        }
    }

    pub(super) fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            node => node.str()?.trim().parse().ok(),
        }
    }

    pub(super) fn float(&self) -> Option<f64> {
        match self {
            Self::Float(number) => Some(*number),
            node => node
                .text()?
                .trim()
                .parse()
                .ok()
                .filter(|number: &f64| number.is_finite()),
        }
    }

    /// Returns what is neither a list nor an object as text.
    pub(super) fn scalar(&self) -> Option<String> {
        match self {
            Self::True => Some("true".to_owned()),
            Self::False => Some("false".to_owned()),
            node => node.text(),
        }
    }

    /// Returns a moment given in seconds, as text or as a number.
    pub(super) fn at(&self) -> Option<Timestamp> {
        let given = self.integer()?;
        Some(if given < SECONDS_LIMIT {
            Timestamp::from_secs(given)
        } else {
            Timestamp::from_millis(given)
        })
    }
}

/// Text that is borrowed where it has no escapes.
pub(super) struct Text<'a>(pub(super) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_str(NodeVisitor)? {
            Node::Text(text) => Ok(Self(text)),
            _ => Ok(Self(Cow::Borrowed(""))),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Node<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Node<'de>, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, is_true: bool) -> Result<Node<'de>, E> {
        Ok(if is_true { Node::True } else { Node::False })
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node<'de>, E> {
        Ok(Node::Integer(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node<'de>, E> {
        Ok(i64::try_from(number).map_or_else(|_| Node::Text(number.to_string().into()), Node::Integer))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Node<'de>, E> {
        Ok(Node::Float(number))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node<'de>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node<'de>, A::Error> {
        let mut fields = Vec::with_capacity(4);
        while let Some((Text(name), node)) = map.next_entry()? {
            fields.push((name, node));
        }
        Ok(Node::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(json: &str) -> Node<'_> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn every_question_has_an_answer() {
        let fields = node(r#"{"id":16505551234,"name":"Luc\u00eda","flag":true,"none":null,"empty":""}"#);
        assert_eq!(fields.get("id").text().as_deref(), Some("16505551234"));
        assert_eq!(fields.get("name").text().as_deref(), Some("Lucía"));
        assert!(fields.get("flag").is_true() && !fields.get("id").is_true());
        for absent in ["none", "empty", "missing", "flag"] {
            assert_eq!(fields.get(absent).text(), None, "{absent}");
            assert!(fields.get(absent).items().is_empty(), "{absent}");
            assert_eq!(*fields.get(absent).get("deeper"), Node::Null, "{absent}");
        }
    }

    #[test]
    fn names_with_escapes_are_names_and_the_last_of_two_counts() {
        assert_eq!(
            node(r#"{"text":"a","te\u0078t":"b"}"#).get("text").str(),
            Some("b")
        );
    }

    #[test]
    fn numbers_of_any_size_are_text() {
        let numbers = node("[-7, 18446744073709551615, 0.5]");
        let texts: Vec<_> = numbers.items().iter().filter_map(Node::text).collect();
        assert_eq!(texts, ["-7", "18446744073709551615", "0.5"]);
    }

    #[test]
    fn moments_come_as_text_or_number_in_seconds_or_finer() {
        let fields = node(r#"["1749416383",1749416383,1749416383000,"soon",1.5]"#);
        let at = Some(Timestamp::from_secs(1_749_416_383));
        let moments: Vec<_> = fields.items().iter().map(Node::at).collect();
        assert_eq!(moments, [at, at, at, None, None]);
    }
}
