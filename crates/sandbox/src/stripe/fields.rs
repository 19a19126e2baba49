//! Reading parameters that were already checked.

use serde_json::{Map, Value};

/// A checked object of parameters; an absent one reads as empty.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Fields<'a>(Option<&'a Map<String, Value>>);

impl<'a> Fields<'a> {
    pub(crate) fn new(map: &'a Map<String, Value>) -> Self {
        Self(Some(map))
    }

    pub(crate) fn get(self, name: &str) -> Option<&'a Value> {
        self.0.and_then(|map| map.get(name))
    }

    pub(crate) fn has(self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Returns the text, or `None` when it is absent or empty (unset).
    pub(crate) fn text(self, name: &str) -> Option<&'a str> {
        self.get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    }

    pub(crate) fn string(self, name: &str) -> Option<String> {
        self.text(name).map(str::to_owned)
    }

    pub(crate) fn int(self, name: &str) -> Option<i64> {
        self.get(name).and_then(Value::as_i64)
    }

    pub(crate) fn number(self, name: &str) -> Option<f64> {
        self.get(name).and_then(Value::as_f64)
    }

    pub(crate) fn flag(self, name: &str) -> Option<bool> {
        self.get(name).and_then(Value::as_bool)
    }

    pub(crate) fn object(self, name: &str) -> Fields<'a> {
        Fields(self.get(name).and_then(Value::as_object))
    }

    pub(crate) fn list(self, name: &str) -> &'a [Value] {
        self.get(name)
            .and_then(Value::as_array)
            .map_or(&[], Vec::as_slice)
    }

    pub(crate) fn objects(self, name: &str) -> impl Iterator<Item = Fields<'a>> {
        self.list(name).iter().map(|value| Fields(value.as_object()))
    }

    pub(crate) fn texts(self, name: &str) -> Vec<String> {
        self.list(name)
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    }

    pub(crate) fn metadata(self) -> Metadata {
        let mut metadata = Metadata::new();
        self.edit_metadata(&mut metadata);
        metadata
    }

    /// Applies `metadata[key]=value`, where an empty value removes the key and `metadata=` all of them.
    pub(crate) fn edit_metadata(self, metadata: &mut Metadata) {
        match self.get("metadata") {
            Some(Value::Object(pairs)) => {
                for (key, value) in pairs {
                    metadata.remove(key);
                    if value.as_str().is_some_and(|text| !text.is_empty()) {
                        metadata.insert(key.clone(), value.clone());
                    }
                }
            }
            Some(_) => metadata.clear(),
            None => {}
        }
    }

    /// Sets the field when the parameter was given; an empty one clears it.
    pub(crate) fn edit(self, name: &str, field: &mut Option<String>) {
        if self.has(name) {
            *field = self.string(name);
        }
    }
}

pub(crate) type Metadata = Map<String, Value>;
