//! A template with its parameters: how it reads, or why it can't be sent.

use serde_json::Value;

use super::{Template, TemplateState, check, text};
use crate::whatsapp::customer::{Button, Choice};
use crate::whatsapp::refusal::Refusal;

/// How a template reads on the customer's phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Filled {
    pub(crate) header: Option<String>,
    pub(crate) text: String,
    pub(crate) footer: Option<String>,
    pub(crate) button: Option<Button>,
    pub(crate) choices: Vec<Choice>,
    /// Such as `utility`.
    pub(crate) category: String,
    /// Ids of files in the header.
    pub(crate) files: Vec<(String, String)>,
}

/// Fills a template in with the `components` of a message.
pub(crate) fn fill(
    template: Option<&Template>,
    name: &str,
    language: &str,
    components: &[Value],
) -> Result<Filled, Refusal> {
    let missing = || {
        Refusal::detailed(
            132_001,
            format!("template name ({name}) does not exist in {language}"),
        )
    };
    let template = template.ok_or_else(missing)?;
    match template.state {
        TemplateState::Approved => {}
        TemplateState::Paused => return Err(Refusal::coded(132_015)),
        TemplateState::Disabled => return Err(Refusal::coded(132_016)),
        TemplateState::Pending | TemplateState::Rejected => return Err(missing()),
    }
    let part = |kind: &str| {
        let mut parts = components
            .iter()
            .filter(|component| text(component, "type").eq_ignore_ascii_case(kind));
        parts.next().map_or(&[][..], parameters)
    };
    let named = template.format == "NAMED";
    let (header, files) = header(template, part("header"), named)?;
    let body = template
        .component("BODY")
        .map(|body| text(body, "text"))
        .unwrap_or_default();
    let body = words("body", body, part("body"), named)?;
    if body.chars().count() > 1024 {
        return Err(Refusal::coded(132_005));
    }
    let (button, choices) = buttons(template, components)?;
    let footer = template.component("FOOTER").map(|footer| text(footer, "text"));
    Ok(Filled {
        header,
        text: body,
        footer: footer.map(str::to_owned),
        button,
        choices,
        category: template.category.to_lowercase(),
        files,
    })
}

fn parameters(component: &Value) -> &[Value] {
    let parameters = component.get("parameters").and_then(Value::as_array);
    parameters.map_or(&[], Vec::as_slice)
}

type Header = (Option<String>, Vec<(String, String)>);

fn header(template: &Template, given: &[Value], named: bool) -> Result<Header, Refusal> {
    let Some(header) = template.component("HEADER") else {
        if !given.is_empty() {
            return Err(count("header", given.len(), 0));
        }
        return Ok((None, Vec::new()));
    };
    let format = text(header, "format");
    if format == "TEXT" {
        return Ok((
            Some(words("header", text(header, "text"), given, named)?),
            Vec::new(),
        ));
    }
    let kind = format.to_lowercase();
    let [parameter] = given else {
        return Err(Refusal::detailed(
            132_012,
            format!("header: Format mismatch, expected {format}, received UNKNOWN"),
        ));
    };
    if text(parameter, "type") != kind {
        let received = text(parameter, "type").to_uppercase();
        return Err(Refusal::detailed(
            132_012,
            format!("header: Format mismatch, expected {format}, received {received}"),
        ));
    }
    let id = parameter
        .get(&kind)
        .map(|file| text(file, "id"))
        .unwrap_or_default();
    let files = (!id.is_empty()).then(|| (kind.clone(), id.to_owned()));
    Ok((Some(format!("[{kind}]")), files.into_iter().collect()))
}

/// Puts the parameters in their places.
fn words(what: &str, template: &str, given: &[Value], named: bool) -> Result<String, Refusal> {
    let variables = check::variables(template, named)?;
    if given.len() != variables.len() {
        return Err(count(what, given.len(), variables.len()));
    }
    let mut written = template.to_owned();
    for (place, variable) in variables.iter().enumerate() {
        let parameter = if named {
            given
                .iter()
                .find(|parameter| text(parameter, "parameter_name") == variable)
        } else {
            given.get(place)
        };
        let parameter = parameter.ok_or_else(|| {
            Refusal::detailed(
                132_012,
                format!("{what}: Parameter name is missing or empty: {variable}"),
            )
        })?;
        let value = value_of(what, parameter)?;
        written = written.replace(&format!("{{{{{variable}}}}}"), value);
    }
    Ok(written)
}

fn value_of<'a>(what: &str, parameter: &'a Value) -> Result<&'a str, Refusal> {
    let value = match text(parameter, "type") {
        "text" => text(parameter, "text"),
        "currency" | "date_time" => parameter
            .pointer(&format!("/{}/fallback_value", text(parameter, "type")))
            .and_then(Value::as_str)
            .unwrap_or_default(),
        other => {
            return Err(Refusal::detailed(
                132_012,
                format!(
                    "{what}: Format mismatch, expected TEXT, received {}",
                    other.to_uppercase()
                ),
            ));
        }
    };
    if value.trim().is_empty() {
        return Err(Refusal::missing(&format!("{what}['text']")));
    }
    if value.contains(['\n', '\t']) || value.contains("     ") {
        return Err(Refusal::detailed(
            132_018,
            "Param text cannot have new-line/tab characters or more than 4 consecutive spaces",
        ));
    }
    Ok(value)
}

fn count(what: &str, given: usize, expected: usize) -> Refusal {
    Refusal::detailed(
        132_000,
        format!(
            "{what}: number of localizable_params ({given}) does not match the expected number of params ({expected})"
        ),
    )
}

/// Returns the button that opens an address, and those that answer.
fn buttons(template: &Template, components: &[Value]) -> Result<(Option<Button>, Vec<Choice>), Refusal> {
    let given_at = |place: usize| {
        components.iter().find(|component| {
            text(component, "type").eq_ignore_ascii_case("button") && index(component) == Some(place)
        })
    };
    let (mut opens, mut choices) = (None, Vec::new());
    for (place, button) in template.buttons().iter().enumerate() {
        let shown = text(button, "text").to_owned();
        match text(button, "type") {
            "URL" => {
                let url = address(text(button, "url"), place, given_at(place))?;
                opens.get_or_insert(Button { text: shown, url });
            }
            "QUICK_REPLY" => {
                let payload = given_at(place)
                    .and_then(|component| parameters(component).first())
                    .map(|parameter| text(parameter, "payload"))
                    .filter(|payload| !payload.is_empty());
                choices.push(Choice {
                    id: payload.unwrap_or(&shown).to_owned(),
                    title: shown,
                    description: None,
                });
            }
            _ => {}
        }
    }
    let beyond = components.iter().find(|component| {
        text(component, "type").eq_ignore_ascii_case("button")
            && index(component).is_none_or(|index| index >= template.buttons().len())
    });
    if beyond.is_some() {
        return Err(Refusal::detailed(
            132_000,
            "buttons: a parameter is given for a button that the template does not have",
        ));
    }
    Ok((opens, choices))
}

fn index(component: &Value) -> Option<usize> {
    match component.get("index") {
        Some(Value::Number(index)) => index.as_u64().and_then(|index| usize::try_from(index).ok()),
        Some(Value::String(index)) => index.parse().ok(),
        _ => None,
    }
}

fn address(url: &str, place: usize, given: Option<&Value>) -> Result<String, Refusal> {
    let suffix = given
        .and_then(|component| parameters(component).first())
        .map(|parameter| text(parameter, "text"));
    match (url.strip_suffix("{{1}}"), suffix) {
        (Some(base), Some(suffix)) if !suffix.is_empty() => Ok(format!("{base}{suffix}")),
        (Some(_), _) => Err(Refusal::detailed(
            131_008,
            format!("buttons: Button at index {place} of type Url requires a parameter"),
        )),
        (None, Some(_)) => Err(Refusal::detailed(
            132_000,
            format!("buttons: Button at index {place} of type Url does not take a parameter"),
        )),
        (None, None) => Ok(url.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn approved(asked: &Value) -> Template {
        Template {
            state: TemplateState::Approved,
            ..check::check(asked).unwrap()
        }
    }

    fn payment() -> Template {
        approved(
            &json!({"name": "pago", "language": "es", "category": "UTILITY", "components": [
            {"type": "BODY", "text": "Hola {{1}}, son {{2}}. ¡Gracias!", "example": {"body_text": [["Ana", "$1"]]}},
            {"type": "BUTTONS", "buttons": [
                {"type": "URL", "text": "Pagar", "url": "https://pay.test/{{1}}", "example": ["https://pay.test/a"]},
                {"type": "QUICK_REPLY", "text": "Después"}]}]}),
        )
    }

    fn parameters(values: &[&str]) -> Value {
        let texts: Vec<Value> = values
            .iter()
            .map(|text| json!({"type": "text", "text": text}))
            .collect();
        json!(texts)
    }

    fn filled(template: &Template, body: &[&str], suffix: Option<&str>) -> Result<Filled, Refusal> {
        let mut components = vec![json!({"type": "body", "parameters": parameters(body)})];
        if let Some(suffix) = suffix {
            components.push(json!({"type": "button", "sub_type": "url", "index": "0",
                "parameters": parameters(&[suffix])}));
        }
        fill(Some(template), "pago", "es", &components)
    }

    #[test]
    fn it_reads_as_on_the_phone() {
        let filled = filled(&payment(), &["Ana", "$450"], Some("abc")).unwrap();
        assert_eq!(filled.text, "Hola Ana, son $450. ¡Gracias!");
        assert_eq!(filled.button.unwrap().url, "https://pay.test/abc");
        assert_eq!(filled.choices[0].title, "Después");
        assert_eq!(filled.category, "utility");
    }

    #[test]
    fn what_does_not_fit_is_refused_with_its_code() {
        let template = payment();
        for (body, suffix, code) in [
            (&["Ana"][..], Some("abc"), 132_000),
            (&["Ana", "$450", "x"], Some("abc"), 132_000),
            (&["Ana", "$450"], None, 131_008),
            (&["Ana", "con\nsalto"], Some("abc"), 132_018),
            (&["Ana", " "], Some("abc"), 131_008),
            (&["Ana", &"x".repeat(1024)], Some("abc"), 132_005),
        ] {
            assert_eq!(
                filled(&template, body, suffix).unwrap_err().code(),
                code,
                "{body:?}"
            );
        }
        assert_eq!(fill(None, "pago", "es", &[]).unwrap_err().code(), 132_001);
        let with_image =
            json!([{"type": "body", "parameters": [{"type": "image"}, {"type": "text", "text": "x"}]}]);
        let refusal = fill(Some(&template), "pago", "es", with_image.as_array().unwrap()).unwrap_err();
        assert_eq!(refusal.code(), 132_012);
    }

    #[test]
    fn only_approved_ones_are_sent() {
        for (state, code) in [
            (TemplateState::Pending, 132_001),
            (TemplateState::Rejected, 132_001),
            (TemplateState::Paused, 132_015),
            (TemplateState::Disabled, 132_016),
        ] {
            let template = Template { state, ..payment() };
            assert_eq!(
                filled(&template, &["Ana", "$1"], Some("a")).unwrap_err().code(),
                code
            );
        }
    }

    #[test]
    fn parameters_with_names_find_their_places() {
        let template = approved(&json!({"name": "aviso", "language": "es", "category": "UTILITY",
            "parameter_format": "NAMED", "components": [{"type": "BODY", "text": "Hola {{nombre}}, es {{dia}}, sí",
            "example": {"body_text_named_params": [
                {"param_name": "nombre", "example": "Ana"}, {"param_name": "dia", "example": "lunes"}]}}]}));
        let components = json!([{"type": "body", "parameters": [
            {"type": "text", "parameter_name": "dia", "text": "hoy"},
            {"type": "text", "parameter_name": "nombre", "text": "Ana"}]}]);
        let filled = fill(Some(&template), "aviso", "es", components.as_array().unwrap()).unwrap();
        assert_eq!(filled.text, "Hola Ana, es hoy, sí");
        let components = json!([{"type": "body", "parameters": parameters(&["a", "b"])}]);
        let refusal = fill(Some(&template), "aviso", "es", components.as_array().unwrap()).unwrap_err();
        assert_eq!(refusal.code(), 132_012);
    }
}
