//! What became of the shop's templates.

use super::node::Node;
use super::parse::Change;
use super::{TemplateNews, Update};

const FIELDS: [&str; 5] = [
    "message_template_status_update",
    "message_template_components_update",
    "message_template_quality_update",
    "template_category_update",
    "template_correct_category_detection",
];

/// Returns the news of a template; `None` for other fields, and where no template is named.
pub(super) fn news(field: &str, value: &Node<'_>, change: &Change<'_>) -> Option<Update> {
    let name = value
        .get("message_template_name")
        .text()
        .filter(|_| FIELDS.contains(&field))?;
    let language = value.get("message_template_language").text()?;
    Some(Update::Template(TemplateNews {
        waba_id: change.line.waba_id.clone(),
        name,
        // Webhooks write en-US; everything else of Meta's, en_US.
        language: language.replace('-', "_"),
        id: value.get("message_template_id").text(),
        status: value.get("event").text(),
        category: ["new_category", "message_template_category", "category"]
            .iter()
            .find_map(|name| value.get(name).text()),
        quality: value.get("new_quality_score").text(),
        reason: reason(value),
    }))
}

/// Returns why, in Meta's words: the longest explanation that is there.
fn reason(value: &Node<'_>) -> Option<String> {
    let rejection = value.get("rejection_info");
    let parts: Vec<String> = [
        rejection.get("reason").text(),
        rejection.get("recommendation").text(),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !parts.is_empty() {
        return Some(parts.join(" "));
    }
    let other = value.get("other_info");
    other
        .get("description")
        .text()
        .or_else(|| other.get("title").text())
        .or_else(|| value.get("reason").text().filter(|reason| reason != "NONE"))
        .or_else(|| {
            let correct = value.get("correct_category").text()?;
            Some(format!("correct_category: {correct}"))
        })
}
