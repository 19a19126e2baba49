//! Filling a template in: checked before WhatsApp sees it, and rendered as the customer will read it.

use cobro_whatsapp::{Content, TemplateButton};

use crate::domain::{MessageId, ParameterPlace, Template, TemplateParameter, TemplateStatus, TemplateValue};
use crate::store::outbox::{Filled, FilledButton, Outgoing};
use crate::{Error, Result};

/// WhatsApp refuses longer ones, the words filled in included.
const BODY_LIMIT: usize = 1024;
const HEADER_LIMIT: usize = 60;
const ADDRESS_LIMIT: usize = 2000;

/// A template with every place filled in.
pub(crate) struct FilledTemplate {
    name: String,
    language: String,
    header: Vec<Filled>,
    body: Vec<Filled>,
    buttons: Vec<FilledButton>,
    /// The body as the customer reads it.
    pub text: String,
    header_text: Option<String>,
    footer: Option<String>,
    faces: Vec<TemplateButton>,
}

impl FilledTemplate {
    /// Returns what the thread shows around the text.
    pub(crate) fn content(&self) -> Content {
        Content::Template {
            name: self.name.clone(),
            language: self.language.clone(),
            header: self.header_text.clone(),
            footer: self.footer.clone(),
            buttons: self.faces.clone(),
        }
    }

    pub(crate) fn outgoing(&self, message: MessageId) -> Outgoing {
        Outgoing::Template {
            message: message.0,
            name: self.name.clone(),
            language: self.language.clone(),
            header: self.header.clone(),
            body: self.body.clone(),
            buttons: self.buttons.clone(),
        }
    }
}

/// Returns the template filled in, or everything that WhatsApp would refuse.
pub(crate) fn filled(template: &Template, values: &[TemplateValue]) -> Result<FilledTemplate> {
    if let Some(why) = why_not(template) {
        return Err(Error::Invalid(why));
    }
    let problems = problems(template, values);
    if problems.is_empty() {
        Ok(fill(template, values))
    } else {
        Err(Error::Invalid(problems.join(". ")))
    }
}

/// Returns why this template can't be sent at all.
pub(crate) fn why_not(template: &Template) -> Option<String> {
    let name = &template.name;
    if let Some(why) = &template.unsendable {
        return Some(why.clone());
    }
    match template.status {
        TemplateStatus::Approved => None,
        TemplateStatus::Missing => Some(format!("{name} is not made at WhatsApp yet. Create it first")),
        TemplateStatus::Pending => Some(format!(
            "WhatsApp still looks at {name}. Wait until it is approved, usually within minutes, or choose another"
        )),
        TemplateStatus::Rejected => Some(format!(
            "WhatsApp rejected {name}. See its reason in the list of templates, and choose another"
        )),
        TemplateStatus::Paused => Some(format!(
            "WhatsApp paused {name} because customers reported it. Choose another until it comes back"
        )),
        TemplateStatus::Disabled => Some(format!("WhatsApp switched {name} off for good. Choose another")),
        TemplateStatus::Other => Some(format!(
            "{name} can't be sent in its state at WhatsApp. Look at it in WhatsApp Manager, or choose another"
        )),
    }
}

/// Returns the body with what is filled in so far; places that are empty keep their braces.
pub(crate) fn render(template: &Template, values: &[TemplateValue]) -> String {
    substituted(&template.body, |name| {
        value_of(values, ParameterPlace::Body, None, name)
            .map(|value| value.value.trim().to_owned())
            .filter(|value| !value.is_empty())
    })
}

/// Returns everything that WhatsApp would refuse, each in a sentence.
pub(crate) fn problems(template: &Template, values: &[TemplateValue]) -> Vec<String> {
    let mut found: Vec<String> = template
        .parameters
        .iter()
        .filter_map(|place| problem_of(place, values))
        .collect();
    found.extend(
        values
            .iter()
            .filter(|value| !has_place(template, value))
            .map(|value| {
                format!(
                    "{} has no place {{{{{}}}}}. Take it out",
                    template.name, value.name
                )
            }),
    );
    found.extend(too_long("text", &render(template, values), BODY_LIMIT));
    if let Some(header) = header(template, values) {
        found.extend(too_long("header", &header, HEADER_LIMIT));
    }
    for url in faces(template, values)
        .iter()
        .filter_map(|face| face.url.as_deref())
    {
        found.extend(too_long("button's address", url, ADDRESS_LIMIT));
    }
    found
}

fn problem_of(place: &TemplateParameter, values: &[TemplateValue]) -> Option<String> {
    let what = name_of(place);
    let value = value_of(values, place.place, place.button, &place.name)
        .map(|value| value.value.trim())
        .unwrap_or_default();
    if value.is_empty() {
        return Some(format!("{what} is empty. Fill it in"));
    }
    if place.place == ParameterPlace::Button {
        return value
            .contains(char::is_whitespace)
            .then(|| format!("{what} has a space, which no address has. Take it out"));
    }
    if value.contains(['\n', '\r', '\t']) {
        return Some(format!(
            "{what} has a line break or a tab, which WhatsApp refuses there. Write it on one line"
        ));
    }
    value
        .contains("    ")
        .then(|| format!("{what} has more than three spaces together, which WhatsApp refuses. Take some out"))
}

fn name_of(place: &TemplateParameter) -> String {
    match (place.place, place.button) {
        (ParameterPlace::Header, _) => format!("The header's {{{{{}}}}}", place.name),
        (ParameterPlace::Button, Some(button)) => {
            format!("The end of the address of button {}", u32::from(button) + 1)
        }
        _ => format!("{{{{{}}}}}", place.name),
    }
}

fn too_long(what: &str, text: &str, limit: usize) -> Option<String> {
    let length = text.chars().count();
    (length > limit).then(|| {
        format!("The {what} has {length} characters with what is filled in; WhatsApp takes at most {limit}. Shorten it")
    })
}

fn has_place(template: &Template, value: &TemplateValue) -> bool {
    template
        .parameters
        .iter()
        .any(|place| place.place == value.place && place.button == value.button && place.name == value.name)
}

fn value_of<'a>(
    values: &'a [TemplateValue],
    place: ParameterPlace,
    button: Option<u8>,
    name: &str,
) -> Option<&'a TemplateValue> {
    values
        .iter()
        .find(|value| value.place == place && value.button == button && value.name == name)
}

fn fill(template: &Template, values: &[TemplateValue]) -> FilledTemplate {
    let value_at = |place: &TemplateParameter| {
        value_of(values, place.place, place.button, &place.name)
            .map(|value| value.value.trim().to_owned())
            .unwrap_or_default()
    };
    let filled_at = |where_: ParameterPlace| {
        template
            .parameters
            .iter()
            .filter(|place| place.place == where_)
            .map(|place| Filled {
                // Numbered places are told by their order.
                name: Some(place.name.clone()).filter(|name| name.parse::<u32>().is_err()),
                text: value_at(place),
            })
            .collect()
    };
    FilledTemplate {
        name: template.name.clone(),
        language: template.language.clone(),
        header: filled_at(ParameterPlace::Header),
        body: filled_at(ParameterPlace::Body),
        buttons: template
            .parameters
            .iter()
            .filter_map(|place| {
                place.button.map(|index| FilledButton {
                    index,
                    text: value_at(place),
                })
            })
            .collect(),
        text: render(template, values),
        header_text: header(template, values),
        footer: template.footer.clone(),
        faces: faces(template, values),
    }
}

fn header(template: &Template, values: &[TemplateValue]) -> Option<String> {
    template.header.as_deref().map(|header| {
        substituted(header, |name| {
            value_of(values, ParameterPlace::Header, None, name).map(|value| value.value.trim().to_owned())
        })
    })
}

fn faces(template: &Template, values: &[TemplateValue]) -> Vec<TemplateButton> {
    template
        .buttons
        .iter()
        .enumerate()
        .map(|(index, face)| TemplateButton {
            title: face.text.clone(),
            url: face.url.as_deref().map(|url| {
                substituted(url, |name| {
                    value_of(values, ParameterPlace::Button, u8::try_from(index).ok(), name)
                        .map(|value| value.value.trim().to_owned())
                })
            }),
        })
        .collect()
}

/// Returns the words with each place replaced by what `value` says of it; `None` leaves it.
fn substituted(words: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(words.len());
    let mut rest = words;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let Some((name, behind)) = after.split_once("}}") else {
            out.push_str("{{");
            rest = after;
            continue;
        };
        match value(name.trim()) {
            Some(value) => out.push_str(&value),
            None => {
                out.push_str("{{");
                out.push_str(name);
                out.push_str("}}");
            }
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::store::templates::Kept;
    use crate::templates::parse;

    fn template() -> Template {
        parse::template(&Kept {
            name: "order_ready".into(),
            language: "es".into(),
            meta_id: None,
            category: "UTILITY".into(),
            status: "APPROVED".into(),
            quality: None,
            reason: None,
            components: json!([
                {"type": "HEADER", "format": "TEXT", "text": "Pedido {{1}}"},
                {"type": "BODY", "text": "Hola {{1}}, tu {{2}} está listo."},
                {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Pagar", "url": "https://pay.example/{{1}}"}]},
            ]),
        })
    }

    fn value(place: ParameterPlace, name: &str, value: &str) -> TemplateValue {
        TemplateValue {
            place,
            button: (place == ParameterPlace::Button).then_some(0),
            name: name.into(),
            value: value.into(),
        }
    }

    fn good() -> Vec<TemplateValue> {
        vec![
            value(ParameterPlace::Header, "1", "A-17"),
            value(ParameterPlace::Body, "1", " Ana "),
            value(ParameterPlace::Body, "2", "pastel"),
            value(ParameterPlace::Button, "1", "abc"),
        ]
    }

    #[test]
    fn it_reads_as_the_customer_will_read_it() {
        let filled = filled(&template(), &good()).unwrap();
        assert_eq!(filled.text, "Hola Ana, tu pastel está listo.");
        let Content::Template { header, buttons, .. } = filled.content() else {
            panic!("a template")
        };
        assert_eq!(header.as_deref(), Some("Pedido A-17"));
        assert_eq!(buttons[0].url.as_deref(), Some("https://pay.example/abc"));
        assert!(filled.body.iter().all(|place| place.name.is_none()));
    }

    #[test]
    fn what_whatsapp_would_refuse_is_named_before_it_leaves() {
        for (place, name, bad, why) in [
            (ParameterPlace::Body, "1", "", "{{1}} is empty"),
            (ParameterPlace::Body, "2", "pastel\nde fresa", "line break"),
            (ParameterPlace::Body, "2", "pastel\tde fresa", "tab"),
            (ParameterPlace::Body, "2", "pastel    de fresa", "three spaces"),
            (ParameterPlace::Header, "1", "x\ny", "The header's {{1}}"),
            (ParameterPlace::Button, "1", "a b", "button 1 has a space"),
            (ParameterPlace::Body, "2", &"x".repeat(1100), "at most 1024"),
            (ParameterPlace::Header, "1", &"x".repeat(70), "at most 60"),
        ] {
            let mut values = good();
            for known in &mut values {
                if known.place == place && known.name == name {
                    known.value = bad.into();
                }
            }
            let found = problems(&template(), &values);
            assert!(
                found.iter().any(|problem| problem.contains(why)),
                "{why}: {found:?}"
            );
            assert!(super::filled(&template(), &values).is_err());
        }
    }

    #[test]
    fn a_value_too_few_or_too_many_is_named() {
        let found = problems(&template(), &good()[..2]);
        assert_eq!(found.len(), 2, "{found:?}");
        let mut values = good();
        values.push(value(ParameterPlace::Body, "7", "x"));
        assert_eq!(
            problems(&template(), &values),
            ["order_ready has no place {{7}}. Take it out"]
        );
    }

    #[test]
    fn only_an_approved_template_is_sent() {
        for status in [
            TemplateStatus::Missing,
            TemplateStatus::Pending,
            TemplateStatus::Rejected,
            TemplateStatus::Paused,
            TemplateStatus::Disabled,
            TemplateStatus::Other,
        ] {
            let template = Template { status, ..template() };
            assert!(filled(&template, &good()).is_err(), "{status:?}");
        }
    }

    #[test]
    fn what_is_not_filled_in_yet_keeps_its_braces() {
        let half = render(&template(), &good()[..2]);
        assert_eq!(half, "Hola Ana, tu {{2}} está listo.");
        assert_eq!(substituted("a {{ b", |_| None), "a {{ b");
    }
}
