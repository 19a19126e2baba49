//! Reading a template's components, as Meta has them, into what a person fills in.

use serde_json::Value;

use crate::domain::{KitPart, ParameterPlace, Template, TemplateFace, TemplateParameter, TemplateStatus};
use crate::store::templates::Kept;
use crate::templates::kit;

/// Returns the template that was kept. What this version can't send says why.
pub(crate) fn template(kept: &Kept) -> Template {
    let mut template = Template {
        name: kept.name.clone(),
        language: kept.language.clone(),
        category: kept.category.clone(),
        status: status(&kept.status),
        quality: kept.quality.clone(),
        reason: kept
            .reason
            .clone()
            .filter(|reason| !reason.is_empty() && reason != "NONE"),
        kit: kit_part(&kept.name),
        header: None,
        body: String::new(),
        footer: None,
        buttons: Vec::new(),
        parameters: Vec::new(),
        unsendable: None,
    };
    if template.category == "AUTHENTICATION" {
        template.unsendable = Some("It sends one-time codes, which Cobro does not".into());
    }
    for component in kept.components.as_array().into_iter().flatten() {
        read(&mut template, component);
    }
    if template.body.is_empty() && template.unsendable.is_none() {
        template.unsendable = Some("It has no text".into());
    }
    template
}

/// Returns what Meta's word means. Flagged and reinstated templates can be sent.
pub(crate) fn status(word: &str) -> TemplateStatus {
    match word.to_ascii_uppercase().as_str() {
        "APPROVED" | "REINSTATED" | "FLAGGED" | "UNPAUSED" => TemplateStatus::Approved,
        "PENDING" | "IN_APPEAL" | "IN_REVIEW" => TemplateStatus::Pending,
        "REJECTED" => TemplateStatus::Rejected,
        "PAUSED" => TemplateStatus::Paused,
        "DISABLED" => TemplateStatus::Disabled,
        _ => TemplateStatus::Other,
    }
}

/// Returns which part of our kit a name belongs to, in any version.
fn kit_part(name: &str) -> Option<KitPart> {
    kit::PARTS
        .into_iter()
        .find(|part| kit::version_of(*part, name).is_some())
}

fn read(template: &mut Template, component: &Value) {
    let kind = text(component, "type").unwrap_or_default().to_ascii_uppercase();
    match kind.as_str() {
        "HEADER" => read_header(template, component),
        "BODY" => {
            template.body = text(component, "text").unwrap_or_default().to_owned();
            let examples = Examples::of(component, "body_text", "body_text_named_params");
            add_places(template, ParameterPlace::Body, &template.body.clone(), &examples);
        }
        "FOOTER" => template.footer = text(component, "text").map(str::to_owned),
        "BUTTONS" => {
            let buttons = component.get("buttons").and_then(Value::as_array);
            for (index, button) in buttons.into_iter().flatten().enumerate() {
                read_button(template, index, button);
            }
        }
        other => unsendable(template, format!("It has a part of type {other}")),
    }
}

fn read_header(template: &mut Template, component: &Value) {
    let format = text(component, "format").unwrap_or("TEXT").to_ascii_uppercase();
    if format != "TEXT" {
        let what = match format.as_str() {
            "IMAGE" => "a picture",
            "VIDEO" => "a video",
            "DOCUMENT" => "a document",
            "LOCATION" => "a place",
            _ => "something other than text",
        };
        unsendable(template, format!("Its header is {what}"));
        return;
    }
    let header = text(component, "text").unwrap_or_default().to_owned();
    let examples = Examples::of(component, "header_text", "header_text_named_params");
    add_places(template, ParameterPlace::Header, &header, &examples);
    template.header = Some(header);
}

fn read_button(template: &mut Template, index: usize, button: &Value) {
    let kind = text(button, "type").unwrap_or_default().to_ascii_uppercase();
    let url = text(button, "url").map(str::to_owned);
    template.buttons.push(TemplateFace {
        text: text(button, "text").unwrap_or_default().to_owned(),
        url: url.clone(),
    });
    match kind.as_str() {
        "URL" => {
            let Some(name) = url.as_deref().and_then(|url| places(url).into_iter().next()) else {
                return;
            };
            template.parameters.push(TemplateParameter {
                place: ParameterPlace::Button,
                button: u8::try_from(index).ok(),
                name: name.to_owned(),
                example: example_of_button(button, url.as_deref().unwrap_or_default()),
            });
        }
        "QUICK_REPLY" | "PHONE_NUMBER" => {}
        other => unsendable(template, format!("It has a button of type {other}")),
    }
}

/// Meta keeps the whole address as the example; only its end is filled in.
fn example_of_button(button: &Value, url: &str) -> Option<String> {
    let example = match button.get("example")? {
        Value::Array(examples) => examples.first()?.as_str()?,
        Value::String(example) => example,
        _ => return None,
    };
    let base = url.split("{{").next().unwrap_or_default();
    Some(example.strip_prefix(base).unwrap_or(example).to_owned())
}

fn unsendable(template: &mut Template, why: String) {
    let why = format!("{why}, which Cobro can't send yet. Send it from WhatsApp Manager, or choose another");
    template.unsendable.get_or_insert(why);
}

/// What Meta keeps as examples: by order, or by name.
struct Examples<'a> {
    ordered: Vec<&'a str>,
    named: Vec<(&'a str, &'a str)>,
}

impl<'a> Examples<'a> {
    fn of(component: &'a Value, ordered: &str, named: &str) -> Self {
        let example = component.get("example");
        let list = |name: &str| {
            example
                .and_then(|example| example.get(name))
                .and_then(Value::as_array)
                .map(Vec::as_slice)
                .unwrap_or_default()
        };
        // The body's examples stand in a list of lists, the header's in one list.
        let ordered = match list(ordered) {
            [Value::Array(first), ..] => first.as_slice(),
            flat => flat,
        };
        Self {
            ordered: ordered.iter().filter_map(Value::as_str).collect(),
            named: list(named)
                .iter()
                .filter_map(|one| Some((text(one, "param_name")?, text(one, "example")?)))
                .collect(),
        }
    }

    fn of_place(&self, name: &str) -> Option<String> {
        let found = match name.parse::<usize>() {
            Ok(number) => self.ordered.get(number.checked_sub(1)?).copied(),
            Err(_) => self
                .named
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, example)| *example),
        };
        found.map(str::to_owned)
    }
}

/// Adds each place once: numbered ones by their number, named ones as they first appear.
fn add_places(template: &mut Template, place: ParameterPlace, words: &str, examples: &Examples<'_>) {
    let mut names: Vec<&str> = Vec::new();
    for name in places(words) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.sort_by_key(|name| name.parse::<u32>().unwrap_or(u32::MAX));
    template
        .parameters
        .extend(names.into_iter().map(|name| TemplateParameter {
            place,
            button: None,
            name: name.to_owned(),
            example: examples.of_place(name),
        }));
}

/// Returns the names between double braces, in order.
pub(super) fn places(words: &str) -> Vec<&str> {
    words
        .split("{{")
        .skip(1)
        .filter_map(|rest| rest.split_once("}}"))
        .map(|(name, _)| name.trim())
        .filter(|name| !name.is_empty())
        .collect()
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kept(name: &str, components: Value) -> Kept {
        Kept {
            name: name.into(),
            language: "es".into(),
            meta_id: None,
            category: "UTILITY".into(),
            status: "APPROVED".into(),
            quality: None,
            reason: Some("NONE".into()),
            components,
        }
    }

    #[test]
    fn everything_that_must_be_filled_in_is_found_with_its_example() {
        let template = template(&kept(
            "order_ready",
            json!([
                {"type": "HEADER", "format": "TEXT", "text": "Pedido {{1}}", "example": {"header_text": ["A-17"]}},
                {"type": "BODY", "text": "Hola {{1}}, tu {{2}} está listo, {{1}}.",
                 "example": {"body_text": [["Ana", "pastel"]]}},
                {"type": "FOOTER", "text": "Pastelería Sol"},
                {"type": "BUTTONS", "buttons": [
                    {"type": "QUICK_REPLY", "text": "Gracias"},
                    {"type": "URL", "text": "Pagar", "url": "https://pay.example/{{1}}",
                     "example": ["https://pay.example/abc"]}]},
            ]),
        ));
        let places: Vec<_> = template
            .parameters
            .iter()
            .map(|place| {
                (
                    place.place,
                    place.button,
                    place.name.as_str(),
                    place.example.as_deref(),
                )
            })
            .collect();
        assert_eq!(
            places,
            [
                (ParameterPlace::Header, None, "1", Some("A-17")),
                (ParameterPlace::Body, None, "1", Some("Ana")),
                (ParameterPlace::Body, None, "2", Some("pastel")),
                (ParameterPlace::Button, Some(1), "1", Some("abc")),
            ]
        );
        assert_eq!(template.footer.as_deref(), Some("Pastelería Sol"));
        assert_eq!((template.unsendable, template.reason), (None, None));
    }

    #[test]
    fn numbered_places_stand_by_number_and_named_ones_as_they_appear() {
        let numbered = template(&kept(
            "a",
            json!([{"type": "BODY", "text": "El {{2}} y la {{1}} y {{10}} hoy"}]),
        ));
        let names = |template: &Template| -> Vec<String> {
            template
                .parameters
                .iter()
                .map(|place| place.name.clone())
                .collect()
        };
        assert_eq!(names(&numbered), ["1", "2", "10"]);
        let named = template(&kept(
            "b",
            json!([{"type": "BODY", "text": "Hola {{name}}, son {{amount}} hoy, {{name}}.",
                    "example": {"body_text_named_params": [{"param_name": "amount", "example": "$5"}]}}]),
        ));
        assert_eq!(names(&named), ["name", "amount"]);
        assert_eq!(named.parameters[1].example.as_deref(), Some("$5"));
    }

    #[test]
    fn what_can_not_be_sent_says_why() {
        for (components, why) in [
            (
                json!([{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "x"}]),
                "picture",
            ),
            (
                json!([{"type": "BODY", "text": "x"}, {"type": "CAROUSEL", "cards": []}]),
                "CAROUSEL",
            ),
            (
                json!([{"type": "BODY", "text": "x"}, {"type": "BUTTONS", "buttons": [{"type": "FLOW", "text": "y"}]}]),
                "FLOW",
            ),
        ] {
            let unsendable = template(&kept("a", components)).unsendable.unwrap();
            assert!(unsendable.contains(why), "{unsendable}");
        }
    }
}
