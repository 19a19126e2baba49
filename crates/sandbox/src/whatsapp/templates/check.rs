//! What a new template must be like.

use serde_json::Value;

use super::{Template, TemplateState, text};
use crate::whatsapp::put_in;
use crate::whatsapp::refusal::Refusal;

const CATEGORIES: &[&str] = &["AUTHENTICATION", "MARKETING", "UTILITY"];
const BUTTONS: &[&str] = &[
    "QUICK_REPLY",
    "URL",
    "PHONE_NUMBER",
    "COPY_CODE",
    "OTP",
    "FLOW",
    "CATALOG",
    "MPM",
    "SPM",
];

/// Returns the template that a request asks for, without an id, or what Meta says is wrong with it.
pub(super) fn check(asked: &Value) -> Result<Template, Refusal> {
    let name = name(asked)?;
    let language = language(asked)?;
    let category = text(asked, "category").to_uppercase();
    if !CATEGORIES.contains(&category.as_str()) {
        let known = CATEGORIES.join(", ");
        return Err(Refusal::parameter(format!(
            "(#100) Param category must be one of {{{known}}} - got \"{category}\"."
        )));
    }
    let format = match text(asked, "parameter_format").to_uppercase().as_str() {
        "" | "POSITIONAL" => "POSITIONAL",
        "NAMED" => "NAMED",
        other => {
            return Err(Refusal::parameter(format!(
                "(#100) Param parameter_format must be one of {{NAMED, POSITIONAL}} - got \"{other}\"."
            )));
        }
    };
    let components = asked.get("components").and_then(Value::as_array);
    let components = components
        .ok_or_else(|| Refusal::parameter("(#100) The parameter components is required."))?
        .iter()
        .map(in_capitals)
        .collect::<Vec<_>>();
    check_components(&components, format == "NAMED")?;
    Ok(Template {
        id: String::new(),
        name,
        language,
        category,
        state: TemplateState::Pending,
        reason: None,
        quality: "UNKNOWN".to_owned(),
        format: format.to_owned(),
        components,
    })
}

fn name(asked: &Value) -> Result<String, Refusal> {
    let name = text(asked, "name");
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if name.is_empty() || name.len() > 512 || !name.bytes().all(fits) {
        return Err(Refusal::of_template(
            2_388_025,
            "Invalid template name",
            "Message template name can only contain lowercase letters, numbers and underscores, 512 at most.",
        ));
    }
    Ok(name.to_owned())
}

fn language(asked: &Value) -> Result<String, Refusal> {
    let language = text(asked, "language");
    let (code, country) = language.split_once('_').unwrap_or((language, "XX"));
    let right = (2..=3).contains(&code.len())
        && code.bytes().all(|byte| byte.is_ascii_lowercase())
        && country.len() == 2
        && country.bytes().all(|byte| byte.is_ascii_uppercase());
    if !right {
        return Err(Refusal::parameter(format!(
            "(#100) Param language must be a supported language such as en_US - got \"{language}\"."
        )));
    }
    Ok(language.to_owned())
}

/// Writes the types in capitals, in which Meta lists them however they were asked for.
fn in_capitals(component: &Value) -> Value {
    let mut component = component.clone();
    let raise = |value: &mut Value| {
        if let Some(text) = value.as_str() {
            *value = text.to_uppercase().into();
        }
    };
    for name in ["type", "format"] {
        if let Some(value) = component.get_mut(name) {
            raise(value);
        }
    }
    if text(&component, "type") == "HEADER" && component.get("format").is_none() {
        put_in(&mut component, "format", "TEXT");
    }
    let buttons = component.get_mut("buttons").and_then(Value::as_array_mut);
    for button in buttons.into_iter().flatten() {
        if let Some(value) = button.get_mut("type") {
            raise(value);
        }
    }
    component
}

fn check_components(components: &[Value], named: bool) -> Result<(), Refusal> {
    for kind in ["HEADER", "BODY", "FOOTER", "BUTTONS"] {
        let count = components
            .iter()
            .filter(|component| text(component, "type") == kind)
            .count();
        if count > 1 || (kind == "BODY" && count == 0) {
            return Err(Refusal::parameter(format!(
                "(#100) Param components must have {} component of type {kind}.",
                if kind == "BODY" { "one" } else { "at most one" }
            )));
        }
    }
    for component in components {
        match text(component, "type") {
            "HEADER" => header(component, named)?,
            "BODY" => body(component, named)?,
            "FOOTER" => footer(component)?,
            "BUTTONS" => buttons(component)?,
            other => {
                return Err(Refusal::parameter(format!(
                    "(#100) Param components type is not valid - got \"{other}\"."
                )));
            }
        }
    }
    Ok(())
}

fn header(component: &Value, named: bool) -> Result<(), Refusal> {
    match text(component, "format") {
        "TEXT" => {
            let words = text(component, "text");
            length("HEADER", words, 60)?;
            let variables = variables(words, named)?;
            if variables.len() > 1 {
                return Err(invalid("The header can have one variable at most."));
            }
            let positional = component
                .pointer("/example/header_text")
                .and_then(Value::as_array)
                .map_or(0, Vec::len);
            examples(
                "HEADER",
                component,
                "header_text",
                positional,
                variables.len(),
                named,
            )
        }
        "IMAGE" | "VIDEO" | "DOCUMENT" => {
            if component.pointer("/example/header_handle/0").is_none() {
                return Err(without_example("HEADER"));
            }
            Ok(())
        }
        "LOCATION" => Ok(()),
        other => Err(Refusal::parameter(format!(
            "(#100) Param format must be one of {{TEXT, IMAGE, VIDEO, DOCUMENT, LOCATION}} - got \"{other}\"."
        ))),
    }
}

fn body(component: &Value, named: bool) -> Result<(), Refusal> {
    let words = text(component, "text");
    // Authentication templates have a body that WhatsApp writes.
    if words.is_empty() && component.get("add_security_recommendation").is_some() {
        return Ok(());
    }
    length("BODY", words, 1024)?;
    let trimmed = words.trim();
    if trimmed.starts_with("{{") || trimmed.ends_with("}}") {
        return Err(Refusal::of_template(
            2_388_299,
            "Leading or trailing params not allowed",
            "Variables can't be at the start or end of the template.",
        ));
    }
    let variables = variables(words, named)?;
    let positional = component
        .pointer("/example/body_text/0")
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    examples("BODY", component, "body_text", positional, variables.len(), named)
}

fn footer(component: &Value) -> Result<(), Refusal> {
    let words = text(component, "text");
    if words.is_empty() && component.get("code_expiration_minutes").is_some() {
        return Ok(());
    }
    length("FOOTER", words, 60)?;
    if words.contains("{{") {
        return Err(invalid("The footer can't have variables."));
    }
    Ok(())
}

fn buttons(component: &Value) -> Result<(), Refusal> {
    let buttons = component.get("buttons").and_then(Value::as_array);
    let buttons = buttons.map_or(&[][..], Vec::as_slice);
    if buttons.is_empty() || buttons.len() > 10 {
        return Err(invalid("A template has between one and ten buttons."));
    }
    let urls = buttons.iter().filter(|button| text(button, "type") == "URL");
    if urls.count() > 2 {
        return Err(invalid("A template has two URL buttons at most."));
    }
    for button in buttons {
        let kind = text(button, "type");
        if !BUTTONS.contains(&kind) {
            let known = BUTTONS.join(", ");
            return Err(Refusal::parameter(format!(
                "(#100) Param type of a button must be one of {{{known}}} - got \"{kind}\"."
            )));
        }
        if matches!(kind, "QUICK_REPLY" | "URL" | "PHONE_NUMBER") {
            length("BUTTONS", text(button, "text"), 25)?;
        }
        match kind {
            "URL" => url(button)?,
            "PHONE_NUMBER" => length("phone_number", text(button, "phone_number"), 20)?,
            _ => {}
        }
    }
    Ok(())
}

fn url(button: &Value) -> Result<(), Refusal> {
    let address = text(button, "url");
    length("url", address, 2000)?;
    let base = address.split("{{").next().unwrap_or_default();
    if !url::Url::parse(base).is_ok_and(|base| matches!(base.scheme(), "http" | "https") && base.has_host()) {
        return Err(invalid("The button's URL is not valid."));
    }
    if !address.contains("{{") {
        return Ok(());
    }
    if address.strip_prefix(base) != Some("{{1}}") {
        return Err(invalid(
            "A URL button has one variable, {{1}}, at the end of its URL.",
        ));
    }
    let example = match button.get("example") {
        Some(Value::Array(examples)) => examples.first().and_then(Value::as_str),
        Some(Value::String(example)) => Some(example.as_str()),
        _ => None,
    };
    match example {
        Some(example) if !example.is_empty() => Ok(()),
        _ => Err(without_example("BUTTONS")),
    }
}

/// Returns the names of a text's variables, in order.
pub(super) fn variables(words: &str, named: bool) -> Result<Vec<String>, Refusal> {
    let mut found = Vec::new();
    let mut rest = words;
    while let Some((_, after)) = rest.split_once("{{") {
        let Some((name, after)) = after.split_once("}}") else {
            return Err(invalid("A variable is not closed."));
        };
        let name = name.trim();
        let right = if named {
            let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
            name.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase()) && name.bytes().all(letters)
        } else {
            name.parse::<usize>().is_ok()
        };
        if !right {
            return Err(Refusal::of_template(
                2_388_047,
                "Variable parameters have incorrect format",
                "Variables are whole numbers in two sets of curly brackets, such as {{1}}, or names in lower case.",
            ));
        }
        if !found.iter().any(|known| known == name) {
            found.push(name.to_owned());
        }
        rest = after;
    }
    let in_order = || {
        (1..=found.len())
            .zip(&found)
            .all(|(number, name)| *name == number.to_string())
    };
    if !named && !in_order() {
        return Err(invalid(
            "Variables are numbered one after the other: {{1}}, {{2}}.",
        ));
    }
    Ok(found)
}

/// Checks that each variable has its example.
fn examples(
    kind: &str,
    component: &Value,
    field: &str,
    positional: usize,
    wanted: usize,
    named: bool,
) -> Result<(), Refusal> {
    let given = if named {
        let named = component.pointer(&format!("/example/{field}_named_params"));
        named.and_then(Value::as_array).map_or(0, Vec::len)
    } else {
        positional
    };
    if given < wanted {
        return Err(without_example(kind));
    }
    Ok(())
}

fn length(what: &str, words: &str, most: usize) -> Result<(), Refusal> {
    match words.chars().count() {
        count if (1..=most).contains(&count) => Ok(()),
        count => Err(Refusal::of_template(
            2_388_040,
            "Field is too long or empty",
            format!("{what} must have between 1 and {most} characters, not {count}."),
        )),
    }
}

fn without_example(kind: &str) -> Refusal {
    Refusal::of_template(
        2_388_043,
        "Message template is missing expected field(s)",
        format!("Component of type {kind} is missing expected field(s) (example)"),
    )
}

fn invalid(words: &str) -> Refusal {
    Refusal::of_template(2_388_019, "Invalid format", words)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn template(components: &Value) -> Value {
        json!({"name": "pago_1", "language": "es", "category": "utility", "components": components})
    }

    #[test]
    fn a_payment_request_is_taken_as_meta_lists_it() {
        let asked = template(&json!([
            {"type": "header", "format": "text", "text": "Tu pedido"},
            {"type": "body", "text": "Hola {{1}}, son {{2}}. ¡Gracias!", "example": {"body_text": [["Ana", "$450"]]}},
            {"type": "footer", "text": "Pastelería Luna"},
            {"type": "buttons", "buttons": [
                {"type": "url", "text": "Pagar", "url": "https://pay.test/{{1}}", "example": ["https://pay.test/abc"]}]},
        ]));
        let template = check(&asked).unwrap();
        assert_eq!(
            (template.category.as_str(), template.format.as_str()),
            ("UTILITY", "POSITIONAL")
        );
        assert_eq!(template.component("HEADER").unwrap()["format"], "TEXT");
        assert_eq!(template.buttons()[0]["type"], "URL");
    }

    #[test]
    fn what_meta_refuses_is_refused() {
        let body =
            |text: &str| json!([{"type": "BODY", "text": text, "example": {"body_text": [["a", "b", "c"]]}}]);
        let button = |button: Value| json!([{"type": "BODY", "text": "Hola"}, {"type": "BUTTONS", "buttons": [button]}]);
        for (components, subcode) in [
            (body("{{1}} te espera"), Some(2_388_299)),
            (body("Te espera {{1}}"), Some(2_388_299)),
            (body("Hola {{2}}, sí"), Some(2_388_019)),
            (body("Hola {{nombre}}, sí"), Some(2_388_047)),
            (body(&"x".repeat(1025)), Some(2_388_040)),
            (
                json!([{"type": "BODY", "text": "Hola {{1}}, sí"}]),
                Some(2_388_043),
            ),
            (json!([{"type": "FOOTER", "text": "x"}]), None),
            (
                json!([{"type": "BODY", "text": "Hola"}, {"type": "FOOTER", "text": "{{1}} x"}]),
                Some(2_388_019),
            ),
            (
                button(
                    json!({"type": "URL", "text": "Ir", "url": "https://x.test/{{1}}/b", "example": ["a"]}),
                ),
                Some(2_388_019),
            ),
            (
                button(json!({"type": "URL", "text": "Ir", "url": "https://x.test/{{1}}"})),
                Some(2_388_043),
            ),
            (
                button(json!({"type": "QUICK_REPLY", "text": "x".repeat(26)})),
                Some(2_388_040),
            ),
        ] {
            let refusal = check(&template(&components)).unwrap_err();
            assert_eq!(
                (refusal.code(), refusal.subcode()),
                (100, subcode),
                "{components}"
            );
        }
        let mut named = template(&body("Hola"));
        named["name"] = "Pago".into();
        assert_eq!(check(&named).unwrap_err().subcode(), Some(2_388_025));
        let mut elsewhere = template(&body("Hola"));
        elsewhere["language"] = "español".into();
        assert!(check(&elsewhere).is_err());
    }

    #[test]
    fn variables_may_have_names() {
        let mut asked = template(&json!([{"type": "BODY", "text": "Hola {{nombre}}, sí", "example":
            {"body_text_named_params": [{"param_name": "nombre", "example": "Ana"}]}}]));
        asked["parameter_format"] = "named".into();
        assert_eq!(check(&asked).unwrap().format, "NAMED");
        asked["components"][0]["example"] = Value::Null;
        assert_eq!(check(&asked).unwrap_err().subcode(), Some(2_388_043));
    }
}
