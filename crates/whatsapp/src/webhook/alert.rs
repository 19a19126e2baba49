//! What a person should know: how much each piece of news matters, and what Meta says of it.

use super::node::Node;
use super::parse::Change;
use super::{Alert, Severity, Update, sender};
use crate::{FailureKind, failure_kind};

use Severity::{Critical, Info, Warning};

/// Says that what it tells is over.
const ENDS: bool = true;
/// Says that it lasts.
const LASTS: bool = false;

/// How much each event matters, and whether it says that an earlier one of its field is over.
/// `*` stands for events of the field that are not known yet.
#[rustfmt::skip]
const TABLE: &[(&str, &str, Severity, bool)] = &[
    ("account_update", "PARTNER_REMOVED", Critical, LASTS),
    ("account_update", "PARTNER_APP_UNINSTALLED", Critical, LASTS),
    ("account_update", "ACCOUNT_DELETED", Critical, LASTS),
    ("account_update", "ACCOUNT_OFFBOARDED", Critical, LASTS),
    ("account_update", "ACCOUNT_VIOLATION", Critical, LASTS),
    ("account_update", "ACCOUNT_RESTRICTION", Critical, LASTS),
    ("account_update", "DISABLED_UPDATE", Critical, LASTS),
    ("account_update", "SCHEDULE_FOR_DISABLE", Critical, LASTS),
    ("account_update", "DISABLE", Critical, LASTS),
    ("account_update", "REINSTATE", Info, ENDS),
    ("account_update", "ACCOUNT_RECONNECTED", Info, ENDS),
    ("account_update", "PARTNER_ADDED", Info, ENDS),
    ("account_update", "PARTNER_APP_INSTALLED", Info, ENDS),
    ("account_update", "VERIFIED_ACCOUNT", Info, LASTS),
    ("account_update", "AD_ACCOUNT_LINKED", Info, LASTS),
    ("account_update", "AUTH_INTL_PRICE_ELIGIBILITY_UPDATE", Info, LASTS),
    ("account_update", "BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE", Info, LASTS),
    ("account_update", "MM_LITE_TERMS_SIGNED", Info, LASTS),
    ("account_update", "PARTNER_CLIENT_CERTIFICATION_STATUS_UPDATE", Info, LASTS),
    ("account_update", "VOLUME_BASED_PRICING_TIER_UPDATE", Info, LASTS),
    ("account_update", "*", Warning, LASTS),
    ("account_review_update", "APPROVED", Info, ENDS),
    ("account_review_update", "PENDING", Info, LASTS),
    ("account_review_update", "DEFERRED", Warning, LASTS),
    ("account_review_update", "REJECTED", Critical, LASTS),
    ("account_review_update", "*", Warning, LASTS),
    ("account_alerts", "*", Warning, LASTS),
    ("phone_number_quality_update", "FLAGGED", Warning, LASTS),
    ("phone_number_quality_update", "UNFLAGGED", Info, ENDS),
    ("phone_number_quality_update", "DOWNGRADE", Warning, LASTS),
    ("phone_number_quality_update", "UPGRADE", Info, ENDS),
    ("phone_number_quality_update", "ONBOARDING", Info, LASTS),
    ("phone_number_quality_update", "THROUGHPUT_UPGRADE", Info, LASTS),
    ("phone_number_quality_update", "*", Warning, LASTS),
    ("phone_number_name_update", "APPROVED", Info, ENDS),
    ("phone_number_name_update", "PENDING", Info, LASTS),
    ("phone_number_name_update", "DEFERRED", Warning, LASTS),
    ("phone_number_name_update", "REJECTED", Warning, LASTS),
    ("security", "PIN_CHANGED", Warning, LASTS),
    ("security", "PIN_RESET_REQUEST", Warning, LASTS),
    ("security", "PIN_RESET_SUCCESS", Warning, LASTS),
    ("security", "*", Warning, LASTS),
    ("message_template_status_update", "APPROVED", Info, ENDS),
    ("message_template_status_update", "REINSTATED", Info, ENDS),
    ("message_template_status_update", "REJECTED", Warning, LASTS),
    ("message_template_status_update", "PAUSED", Warning, LASTS),
    ("message_template_status_update", "DISABLED", Warning, LASTS),
    ("message_template_status_update", "FLAGGED", Warning, LASTS),
    ("message_template_status_update", "LOCKED", Warning, LASTS),
    ("message_template_status_update", "LIMIT_EXCEEDED", Warning, LASTS),
    ("message_template_quality_update", "GREEN", Info, ENDS),
    ("message_template_quality_update", "YELLOW", Info, LASTS),
    ("message_template_quality_update", "RED", Warning, LASTS),
    ("flows", "*", Warning, LASTS),
    ("payment_configuration_update", "*", Info, LASTS),
    ("business_capability_update", "*", Info, LASTS),
    ("business_username_update", "DELETED", Warning, LASTS),
    ("business_username_updates", "DELETED", Warning, LASTS),
    ("user_preferences", "*", Info, ENDS),
];

/// Fields whose news a person should see.
const NOTICES: [&str; 20] = [
    "account_alerts",
    "account_review_update",
    "account_settings_update",
    "account_update",
    "business_capability_update",
    "business_username_update",
    "business_username_updates",
    "flows",
    "message_template_components_update",
    "message_template_quality_update",
    "message_template_status_update",
    "messaging_handovers",
    "partner_solutions",
    "payment_configuration_update",
    "phone_number_name_update",
    "phone_number_quality_update",
    "security",
    "template_category_update",
    "template_correct_category_detection",
    "user_preferences",
];

/// Returns how much an event of a field matters: also a template's, which comes as its own update.
pub fn severity_of(field: &str, event: &str) -> Severity {
    standing(field, event).0
}

fn standing(field: &str, event: &str) -> (Severity, bool) {
    let of = |wanted: &str| {
        TABLE
            .iter()
            .find(|(known, name, ..)| *known == field && name.eq_ignore_ascii_case(wanted))
    };
    of(event)
        .or_else(|| of("*"))
        .map_or((Info, LASTS), |(.., severity, ends)| (*severity, *ends))
}

/// Returns the alert of a field that a person should know of; `None` for the other fields.
pub(super) fn of_field(field: &str, value: &Node<'_>, raw: &str, change: &Change<'_>) -> Option<Update> {
    NOTICES.contains(&field).then(|| {
        let event = event_of(field, value).unwrap_or_else(|| field.to_owned());
        let (severity, ends) = if field == "account_alerts" {
            of_account(value)
        } else {
            standing(field, &event)
        };
        Update::Alert(Alert {
            line: change.line.clone(),
            field: field.to_owned(),
            event,
            severity,
            details: details_of(value),
            ends,
            at: change.at,
            raw: raw.to_owned(),
        })
    })
}

/// Returns the alert of one customer's wish for more or less advertising.
pub(super) fn preference(value: &Node<'_>, raw: &str, change: &Change<'_>) -> Update {
    let field = "user_preferences";
    let event = value.get("value").text().unwrap_or_else(|| field.to_owned());
    let (severity, ends) = standing(field, &event);
    let customer = change.contacts.complete(sender::of_preference(value));
    let name = customer
        .profile_name
        .or(customer.username)
        .or(customer.phone)
        .or(customer.user_id);
    let details: Vec<String> = name.into_iter().chain(details_of(value)).collect();
    Update::Alert(Alert {
        line: change.line.clone(),
        field: field.to_owned(),
        event,
        severity,
        details: (!details.is_empty()).then(|| details.join(": ")),
        ends,
        at: change.at,
        raw: raw.to_owned(),
    })
}

/// Returns the alert of an error that is no message's, by its code.
pub(super) fn error(field: &str, error: &Node<'_>, raw: &str, change: &Change<'_>) -> Update {
    let code = error.get("code").integer().unwrap_or(-1);
    let severity = match failure_kind(code) {
        FailureKind::Token | FailureKind::Account | FailureKind::Registration => Critical,
        _ => Warning,
    };
    Update::Alert(Alert {
        line: change.line.clone(),
        field: field.to_owned(),
        event: code.to_string(),
        severity,
        details: error
            .get("error_data")
            .get("details")
            .text()
            .or_else(|| error.get("title").text())
            .or_else(|| error.get("message").text()),
        ends: LASTS,
        at: change.at,
        raw: raw.to_owned(),
    })
}

/// Returns Meta's name for what happened.
fn event_of(field: &str, value: &Node<'_>) -> Option<String> {
    match field {
        "account_alerts" => alert_info(value).get("alert_type").text(),
        "account_update" => ban_state(value).or_else(|| value.get("event").text()),
        "account_review_update" | "phone_number_name_update" => value.get("decision").text(),
        "payment_configuration_update" | "business_username_update" | "business_username_updates" => {
            value.get("status").text()
        }
        "message_template_quality_update" => value.get("new_quality_score").text(),
        _ => value.get("event").text(),
    }
}

/// One event stands for both the ban and its end; its state tells them apart.
fn ban_state(value: &Node<'_>) -> Option<String> {
    let is_ban = value.get("event").str() == Some("DISABLED_UPDATE");
    is_ban.then(|| value.get("ban_info").get("waba_ban_state").text())?
}

/// Older webhooks have no level between.
fn alert_info<'n, 'a>(value: &'n Node<'a>) -> &'n Node<'a> {
    let info = value.get("alert_info");
    if info.has_fields() { info } else { value }
}

/// Meta says itself how much an alert matters, and whether it lasts.
fn of_account(value: &Node<'_>) -> (Severity, bool) {
    let info = alert_info(value);
    let ends = info
        .get("alert_status")
        .str()
        .is_some_and(|status| status != "ACTIVE");
    let severity = match info.get("alert_severity").str() {
        _ if ends => Info,
        Some("CRITICAL") => Critical,
        Some("INFORMATIONAL" | "INFO") => Info,
        _ => Warning,
    };
    (severity, ends)
}

/// Returns Meta's own sentence where there is one, else what else it says, name by name.
fn details_of(value: &Node<'_>) -> Option<String> {
    /// The alert and its line say it anyway.
    const TOLD: [&str; 8] = [
        "event",
        "decision",
        "status",
        "value",
        "metadata",
        "contacts",
        "messaging_product",
        "display_phone_number",
    ];
    const SENTENCES: [&str; 4] = ["alert_description", "message", "detail", "description"];
    let sentence = SENTENCES.iter().find_map(|name| {
        let nested = || alert_info(value).get(name).text();
        value.get(name).text().or_else(nested)
    });
    sentence.or_else(|| {
        let mut parts = Vec::new();
        for (name, node) in value.fields() {
            if !TOLD.contains(&name.as_ref()) {
                collect(name, node, &mut parts);
            }
        }
        (!parts.is_empty()).then(|| parts.join("; "))
    })
}

/// Collects everything that a person can read: no ids, no moments.
fn collect(name: &str, node: &Node<'_>, parts: &mut Vec<String>) {
    const UNREADABLE: [&str; 9] = [
        "_id",
        "_ids",
        "_time",
        "_timestamp",
        "timestamp",
        "requester",
        "_mid",
        "wa_id",
        "waba_ban_state",
    ];
    if UNREADABLE.iter().any(|end| name.ends_with(end)) {
        return;
    }
    match node {
        Node::Object(fields) => fields.iter().for_each(|(name, node)| collect(name, node, parts)),
        Node::List(items) => items.iter().for_each(|item| collect(name, item, parts)),
        scalar => parts.extend(
            scalar
                .scalar()
                .filter(|text| text != "NONE")
                .map(|text| format!("{name}: {text}")),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stops_sales_is_critical_and_what_mends_it_ends_it() {
        for event in [
            "PARTNER_REMOVED",
            "ACCOUNT_DELETED",
            "ACCOUNT_OFFBOARDED",
            "ACCOUNT_VIOLATION",
            "ACCOUNT_RESTRICTION",
            "DISABLED_UPDATE",
        ] {
            assert_eq!(standing("account_update", event), (Critical, LASTS), "{event}");
        }
        assert_eq!(standing("account_update", "ACCOUNT_RECONNECTED"), (Info, ENDS));
        assert_eq!(standing("account_review_update", "REJECTED"), (Critical, LASTS));
    }

    #[test]
    fn what_is_not_known_yet_is_no_less_than_a_warning_where_it_may_stop_sales() {
        for field in ["account_update", "security", "phone_number_quality_update"] {
            assert_eq!(severity_of(field, "BRAND_NEW"), Warning, "{field}");
        }
        assert_eq!(severity_of("partner_solutions", "BRAND_NEW"), Info);
    }

    #[test]
    fn every_event_has_words_of_its_own() {
        for (field, event, ..) in TABLE.iter().filter(|(_, event, ..)| *event != "*") {
            let words = crate::alert_words(field, event);
            assert_ne!(
                words.title,
                crate::alert_words(field, "BRAND_NEW").title,
                "{field} {event}"
            );
        }
    }

    #[test]
    fn the_table_names_each_event_once_and_only_fields_that_are_seen() {
        for (index, (field, event, ..)) in TABLE.iter().enumerate() {
            assert!(NOTICES.contains(field), "{field}");
            let repeated = TABLE
                .iter()
                .skip(index + 1)
                .any(|(other, name, ..)| other == field && name == event);
            assert!(!repeated, "{field} {event}");
        }
    }
}
