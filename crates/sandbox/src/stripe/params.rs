//! A small grammar for the parameters that an endpoint takes, as strict as Stripe's and nested.

use serde_json::{Map, Value};

use super::form::Form;
use super::refusal::Refusal;

/// One parameter: its name, what it holds, whether it must be there.
#[derive(Debug)]
pub(crate) struct Param {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) required: bool,
    /// Whether an empty text is allowed and unsets the field.
    pub(crate) unsettable: bool,
}

#[derive(Debug)]
pub(crate) enum Kind {
    Text {
        max: usize,
    },
    Int,
    /// A number that may have a fraction.
    Decimal,
    Flag,
    /// A switch that the sandbox can't turn on; `false` is what it does anyway.
    Off,
    Choice(&'static [&'static str]),
    Object(&'static [Param]),
    List(&'static Kind),
    Metadata,
    /// A time in seconds, or bounds: `created[gte]=…`.
    Range,
    /// Stripe takes it, the sandbox does not play it.
    NotPlayed,
}

pub(crate) const TEXT: Kind = Kind::Text { max: 5000 };
const RANGE: &[Param] = &[int("gt"), int("gte"), int("lt"), int("lte")];

const fn param(name: &'static str, kind: Kind) -> Param {
    Param {
        name,
        kind,
        required: false,
        unsettable: false,
    }
}
pub(crate) const fn text(name: &'static str) -> Param {
    param(name, TEXT)
}
pub(crate) const fn int(name: &'static str) -> Param {
    param(name, Kind::Int)
}
pub(crate) const fn decimal(name: &'static str) -> Param {
    param(name, Kind::Decimal)
}
pub(crate) const fn flag(name: &'static str) -> Param {
    param(name, Kind::Flag)
}
pub(crate) const fn off(name: &'static str) -> Param {
    param(name, Kind::Off)
}
pub(crate) const fn choice(name: &'static str, of: &'static [&'static str]) -> Param {
    param(name, Kind::Choice(of))
}
pub(crate) const fn object(name: &'static str, fields: &'static [Param]) -> Param {
    param(name, Kind::Object(fields))
}
pub(crate) const fn list(name: &'static str, of: &'static Kind) -> Param {
    param(name, Kind::List(of))
}
pub(crate) const fn metadata() -> Param {
    param("metadata", Kind::Metadata)
}
pub(crate) const fn range(name: &'static str) -> Param {
    param(name, Kind::Range)
}
/// As a last parameter named `*` it stands for all that were not named before.
pub(crate) const fn not_played(name: &'static str) -> Param {
    param(name, Kind::NotPlayed)
}

impl Param {
    pub(crate) const fn required(self) -> Self {
        Self {
            required: true,
            ..self
        }
    }

    pub(crate) const fn or_empty(self) -> Self {
        Self {
            unsettable: true,
            ..self
        }
    }

    pub(crate) const fn max(self, max: usize) -> Self {
        Self {
            kind: Kind::Text { max },
            ..self
        }
    }
}

/// Returns the form's values with their types, or Stripe's refusal of the first thing wrong.
///
/// Unknown parameters are named before anything else, all of them, nested ones too.
pub(crate) fn check(form: &Form, params: &[Param]) -> Result<Map<String, Value>, Refusal> {
    let mut check = Check::default();
    let fields = check.object(form, params, "");
    match (check.unknown.as_slice(), check.fault) {
        ([], None) => Ok(fields),
        ([], Some(fault)) => Err(fault),
        (unknown, _) => Err(unknown_parameters(unknown)),
    }
}

fn unknown_parameters(names: &[String]) -> Refusal {
    let plural = if names.len() == 1 { "" } else { "s" };
    let message = format!("Received unknown parameter{plural}: {}", names.join(", "));
    let first = names.first().cloned().unwrap_or_default();
    Refusal::invalid(message).code("parameter_unknown").param(first)
}

#[derive(Default)]
struct Check {
    unknown: Vec<String>,
    fault: Option<Refusal>,
}

impl Check {
    fn object(&mut self, form: &Form, params: &[Param], path: &str) -> Map<String, Value> {
        if matches!(form, Form::Text(_)) {
            self.fail(Refusal::invalid("Invalid object").param(path));
        }
        let mut fields = Map::new();
        for (name, value) in form.branches() {
            let here = join(path, name);
            match params
                .iter()
                .find(|param| param.name == name || param.name == "*")
            {
                None => self.unknown.push(here),
                Some(param) => {
                    if let Some(value) = self.value(value, param, &here) {
                        fields.insert(name.clone(), value);
                    }
                }
            }
        }
        for param in params
            .iter()
            .filter(|param| param.required && !fields.contains_key(param.name))
        {
            let here = join(path, param.name);
            let message = format!("Missing required param: {here}.");
            self.fail(Refusal::invalid(message).code("parameter_missing").param(here));
        }
        fields
    }

    fn value(&mut self, form: &Form, param: &Param, path: &str) -> Option<Value> {
        let empty = matches!(form, Form::Text(text) if text.is_empty());
        if empty && param.unsettable {
            return Some(Value::String(String::new()));
        }
        if empty {
            self.fail(empty_parameter(path));
            return None;
        }
        self.kind(form, &param.kind, path)
    }

    fn kind(&mut self, form: &Form, kind: &Kind, path: &str) -> Option<Value> {
        match (kind, form) {
            (Kind::NotPlayed, _) => {
                self.refuse(Refusal::not_played(&format!("the parameter '{path}'")), path)
            }
            (Kind::Object(params), _) => Some(Value::Object(self.object(form, params, path))),
            (Kind::List(of), Form::Branch(_)) => Some(self.list(form, of, path)),
            (Kind::Metadata, Form::Branch(_)) => Some(Value::Object(self.metadata(form, path))),
            (Kind::Range, Form::Branch(_)) => Some(Value::Object(self.object(form, RANGE, path))),
            (Kind::List(_), Form::Text(_)) => self.refuse(Refusal::invalid("Invalid array"), path),
            (Kind::Metadata, Form::Text(_)) => self.refuse(Refusal::invalid("Invalid object"), path),
            (_, Form::Branch(_)) => self.refuse(Refusal::invalid(format!("Invalid {}", word(kind))), path),
            (_, Form::Text(text)) => match scalar(text, kind, path) {
                Ok(value) => Some(value),
                Err(refusal) => self.refuse(refusal, path),
            },
        }
    }

    fn list(&mut self, form: &Form, of: &Kind, path: &str) -> Value {
        let mut items: Vec<(u32, Value)> = Vec::new();
        for (index, item) in form.branches() {
            let here = join(path, index);
            let Ok(place) = index.parse() else {
                self.fail(Refusal::invalid("Invalid array").param(path));
                continue;
            };
            if let Some(value) = self.kind(item, of, &here) {
                items.push((place, value));
            }
        }
        items.sort_by_key(|(place, _)| *place);
        items.into_iter().map(|(_, value)| value).collect()
    }

    fn metadata(&mut self, form: &Form, path: &str) -> Map<String, Value> {
        let mut pairs = Map::new();
        for (key, value) in form.branches() {
            match value {
                Form::Text(text) if key.chars().count() <= 40 && text.chars().count() <= 500 => {
                    pairs.insert(key.clone(), text.clone().into());
                }
                Form::Text(_) => self.fail(
                    Refusal::invalid("Metadata keys can have up to 40 characters and values up to 500.")
                        .param(join(path, key)),
                ),
                Form::Branch(_) => self.fail(
                    Refusal::invalid(format!("Invalid value for metadata: '{key}' must be a string"))
                        .param(join(path, key)),
                ),
            }
        }
        if pairs.len() > 50 {
            self.fail(Refusal::invalid("You can have up to 50 keys in metadata").param(path));
        }
        pairs
    }

    fn refuse(&mut self, refusal: Refusal, path: &str) -> Option<Value> {
        self.fail(refusal.param(path));
        None
    }

    fn fail(&mut self, refusal: Refusal) {
        self.fault.get_or_insert(refusal);
    }
}

fn scalar(text: &str, kind: &Kind, path: &str) -> Result<Value, Refusal> {
    match kind {
        Kind::Int | Kind::Range => text.parse::<i64>().map(Value::from).map_err(|_| {
            Refusal::invalid(format!("Invalid integer: {text}")).code("parameter_invalid_integer")
        }),
        Kind::Decimal => text
            .parse::<f64>()
            .map(Value::from)
            .map_err(|_| Refusal::invalid(format!("Invalid decimal: {text}"))),
        Kind::Flag | Kind::Off => match text {
            "false" => Ok(false.into()),
            "true" if matches!(kind, Kind::Off) => {
                Err(Refusal::not_played(&format!("the parameter '{path}' turned on")))
            }
            "true" => Ok(true.into()),
            _ => Err(Refusal::invalid(format!("Invalid boolean: {text}"))),
        },
        Kind::Choice(of) if !of.contains(&text) => {
            let (last, rest) = of.split_last().unwrap_or((&"", &[]));
            let names = if rest.is_empty() {
                (*last).to_owned()
            } else {
                format!("{} or {last}", rest.join(", "))
            };
            Err(Refusal::invalid(format!(
                "Invalid {path}: must be one of {names}"
            )))
        }
        Kind::Text { max } if text.chars().count() > *max => Err(Refusal::invalid(format!(
            "Invalid string; must be at most {max} characters"
        ))),
        _ => Ok(text.into()),
    }
}

fn empty_parameter(path: &str) -> Refusal {
    let message = format!(
        "You passed an empty string for '{path}'. We assume empty values are an attempt to unset a parameter; \
         however '{path}' cannot be unset. You should remove '{path}' from your request or supply a non-empty value."
    );
    Refusal::invalid(message)
        .code("parameter_invalid_empty")
        .param(path)
}

fn word(kind: &Kind) -> &'static str {
    match kind {
        Kind::Int | Kind::Range => "integer",
        Kind::Decimal => "number",
        Kind::Flag | Kind::Off => "boolean",
        _ => "string",
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}[{name}]")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{
        Form, Kind, Param, TEXT, check, choice, flag, int, list, metadata, not_played, object, range, text,
    };

    const ITEM: Kind = Kind::Object(&[text("name").required(), int("quantity").required()]);
    const PARAMS: &[Param] = &[
        list("items", &ITEM).required(),
        flag("active"),
        choice("type", &["a", "b", "c"]),
        object("inner", &[text("note").max(3).or_empty()]),
        metadata(),
        range("created"),
        list("expand", &TEXT),
        not_played("transfer_data"),
        object("options", &[int("days"), not_played("*")]),
    ];
    const GOOD: &str = "items[0][name]=x&items[0][quantity]=2";

    fn message(form: &str) -> String {
        let form = Form::read(form.as_bytes()).unwrap();
        check(&form, PARAMS).unwrap_err().body("acct_1", "req_1")["error"]["message"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    #[test]
    fn values_come_out_with_their_types() {
        let form = format!("{GOOD}&active=true&metadata[k]=v&inner[note]=&created[gte]=5&expand[]=data");
        let fields = check(&Form::read(form.as_bytes()).unwrap(), PARAMS).unwrap();
        let expected = json!({
            "items": [{"name": "x", "quantity": 2}], "active": true, "metadata": {"k": "v"},
            "inner": {"note": ""}, "created": {"gte": 5}, "expand": ["data"],
        });
        assert_eq!(serde_json::Value::Object(fields), expected);
    }

    #[test]
    fn refusals_use_stripes_words() {
        let said = |extra: &str| message(&format!("{GOOD}&{extra}"));
        assert_eq!(said("foo=1"), "Received unknown parameter: foo");
        assert_eq!(
            said("items[0][foo]=1&bar=2"),
            "Received unknown parameters: items[0][foo], bar"
        );
        assert_eq!(
            message("items[0][name]=x"),
            "Missing required param: items[0][quantity]."
        );
        assert_eq!(message("active=true"), "Missing required param: items.");
        assert_eq!(said("active=yes"), "Invalid boolean: yes");
        assert_eq!(said("type=z"), "Invalid type: must be one of a, b or c");
        assert_eq!(
            said("inner[note]=long"),
            "Invalid string; must be at most 3 characters"
        );
        assert_eq!(
            message("items[0][name]=x&items[0][quantity]=2.5"),
            "Invalid integer: 2.5"
        );
        assert!(said("active=").starts_with("You passed an empty string for 'active'."));
        assert!(said("transfer_data[x]=1").starts_with("The sandbox does not play"));
        assert!(said("options[other]=1").starts_with("The sandbox does not play"));
    }
}
