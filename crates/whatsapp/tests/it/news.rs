//! What is no message: history, the phone book, templates, and what a person should know.

use cobro_protocol::Timestamp;
use cobro_whatsapp::webhook::{Alert, Severity, Status, TemplateNews, Update};
use serde_json::{Value, json};

use crate::messages::updates;

fn alert(field: &str, value: Value) -> Alert {
    match updates(field, value).remove(0) {
        Update::Alert(alert) => alert,
        other => panic!("{other:?}"),
    }
}

fn template(field: &str, mut value: Value) -> TemplateNews {
    value["message_template_id"] = 1_689_556_908_129_832_i64.into();
    value["message_template_name"] = "payment_request".into();
    value["message_template_language"] = "en-US".into();
    match updates(field, value).remove(0) {
        Update::Template(news) => news,
        other => panic!("{other:?}"),
    }
}

fn chunk(metadata: Value, statuses: &[&str]) -> Vec<Update> {
    let messages: Vec<Value> = statuses
        .iter()
        .enumerate()
        .map(|(index, status)| {
            json!({ "from": "1", "id": format!("w{index}"), "timestamp": "1", "type": "text",
                "text": { "body": "hola" }, "history_context": { "status": status } })
        })
        .collect();
    let threads = json!([{ "id": "1", "messages": messages }]);
    updates(
        "history",
        json!({ "history": [{ "metadata": metadata, "threads": threads }] }),
    )
}

#[test]
fn a_chunk_of_history_ends_with_how_far_it_has_come() {
    let told = chunk(
        json!({ "phase": 1, "chunk_order": "7", "progress": 55 }),
        &["READ", "SENT"],
    );
    let [.., Update::HistoryProgress(progress)] = &told[..] else {
        panic!("{told:?}")
    };
    assert_eq!(
        (
            progress.phase,
            progress.chunk,
            progress.progress,
            progress.messages
        ),
        (1, 7, 55, 2)
    );
    assert_eq!(progress.line.phone_number_id.as_deref(), Some("106540352242922"));
    assert_eq!(told.len(), 3);
}

#[test]
fn progress_beyond_the_end_is_the_end_and_none_is_none() {
    let told = chunk(json!({ "phase": -1, "progress": 250 }), &[]);
    assert!(
        matches!(&told[..], [Update::HistoryProgress(progress)] if progress.progress == 100 && progress.phase == 0),
        "{told:?}"
    );
    assert_eq!(chunk(json!({}), &["READ"]).len(), 1);
}

#[test]
fn history_says_how_far_each_message_had_come() {
    let told = chunk(json!({}), &["READ", "DELIVERED", "PLAYED", "ERROR", "PENDING"]);
    let statuses: Vec<Option<Status>> = told
        .into_iter()
        .map(|update| match update {
            Update::History(history) => history.status,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        statuses,
        [
            Some(Status::Read),
            Some(Status::Delivered),
            Some(Status::Played),
            Some(Status::Failed),
            Some(Status::Unknown("pending".into())),
        ]
    );
}

#[test]
fn the_phone_book_says_who_came_and_who_went() {
    let entry = |contact: Value, action: &str| {
        updates(
            "smb_app_state_sync",
            json!({ "state_sync": [{ "type": "contact", "contact": contact, "action": action,
                "metadata": { "timestamp": "1739321024" } }] }),
        )
        .remove(0)
    };
    let added = entry(
        json!({ "full_name": "Pablo Morales", "first_name": "Pablo", "phone_number": "16505551234" }),
        "add",
    );
    let Update::PhoneBook(added) = added else {
        panic!("{added:?}")
    };
    assert_eq!(
        (
            added.full_name.as_deref(),
            added.first_name.as_deref(),
            added.phone.as_deref()
        ),
        (Some("Pablo Morales"), Some("Pablo"), Some("16505551234"))
    );
    assert_eq!(
        (added.removed, added.at),
        (false, Timestamp::from_secs(1_739_321_024))
    );
    let removed = entry(json!({ "user_id": "MX.1" }), "remove");
    assert!(
        matches!(&removed, Update::PhoneBook(entry) if entry.removed && entry.user_id.as_deref() == Some("MX.1")),
        "{removed:?}"
    );
    assert!(matches!(entry(json!({}), "add"), Update::Unreadable { .. }));
}

#[test]
fn a_rejected_template_says_why_in_metas_words() {
    let news = template(
        "message_template_status_update",
        json!({ "event": "REJECTED", "reason": "INVALID_FORMAT", "message_template_category": "MARKETING",
            "rejection_info": { "reason": "No text between places.", "recommendation": "Write some." } }),
    );
    assert_eq!(
        news,
        TemplateNews {
            waba_id: Some("10".into()),
            name: "payment_request".into(),
            language: "en_US".into(),
            id: Some("1689556908129832".into()),
            status: Some("REJECTED".into()),
            category: Some("MARKETING".into()),
            quality: None,
            reason: Some("No text between places. Write some.".into()),
        }
    );
}

#[test]
fn what_else_becomes_of_templates_is_told() {
    let approved = template(
        "message_template_status_update",
        json!({ "event": "APPROVED", "reason": "NONE" }),
    );
    assert_eq!(
        (approved.status.as_deref(), approved.reason),
        (Some("APPROVED"), None)
    );
    let paused = template(
        "message_template_status_update",
        json!({ "event": "PAUSED", "other_info": { "title": "FIRST_PAUSE", "description": "Until tomorrow" } }),
    );
    assert_eq!(paused.reason.as_deref(), Some("Until tomorrow"));
    let quality = template(
        "message_template_quality_update",
        json!({ "previous_quality_score": "GREEN", "new_quality_score": "YELLOW" }),
    );
    assert_eq!(
        (quality.status, quality.quality.as_deref()),
        (None, Some("YELLOW"))
    );
    let category = template(
        "template_category_update",
        json!({ "new_category": "UTILITY", "correct_category": "MARKETING" }),
    );
    assert_eq!(
        (category.category.as_deref(), category.reason.as_deref()),
        (Some("UTILITY"), Some("correct_category: MARKETING"))
    );
    let changed = template(
        "message_template_components_update",
        json!({ "message_template_element": "Hola" }),
    );
    assert_eq!((changed.status, changed.category), (None, None));
}

#[test]
fn a_disconnection_is_critical_and_says_why() {
    let removed = alert(
        "account_update",
        json!({ "event": "PARTNER_REMOVED", "waba_info": { "waba_id": "980198427658004", "owner_business_id": "2" },
            "disconnection_info": { "reason": "PRIMARY_INACTIVITY", "initiated_by": "SYSTEM" } }),
    );
    assert_eq!((removed.severity, removed.ends), (Severity::Critical, false));
    assert_eq!(removed.line.waba_id.as_deref(), Some("980198427658004"));
    let details = removed.details.unwrap();
    assert!(
        details.contains("reason: PRIMARY_INACTIVITY") && details.contains("initiated_by: SYSTEM"),
        "{details}"
    );
    assert!(!details.contains("9801"), "ids help nobody: {details}");
    let back = alert("account_update", json!({ "event": "ACCOUNT_RECONNECTED" }));
    assert_eq!(
        (back.severity, back.ends, back.details),
        (Severity::Info, true, None)
    );
}

#[test]
fn what_is_nested_is_said_too() {
    let certified = alert(
        "account_update",
        json!({ "event": "PARTNER_CLIENT_CERTIFICATION_STATUS_UPDATE", "partner_client_certification_info":
            { "client_business_id": "27", "status": "REJECTED", "rejection_reasons": ["LEGAL_NAME_NOT_MATCHING"] } }),
    );
    let details = certified.details.unwrap();
    assert!(
        details.contains("status: REJECTED")
            && details.contains("rejection_reasons: LEGAL_NAME_NOT_MATCHING"),
        "{details}"
    );
}

#[test]
fn a_ban_and_its_end_are_told_apart() {
    let ban = |state: &str| {
        alert(
            "account_update",
            json!({ "event": "DISABLED_UPDATE", "ban_info": { "waba_ban_state": state, "waba_ban_date": "April 17, 2025" } }),
        )
    };
    assert_eq!(
        (ban("DISABLE").severity, ban("DISABLE").ends),
        (Severity::Critical, false)
    );
    assert_eq!(ban("SCHEDULE_FOR_DISABLE").severity, Severity::Critical);
    assert_eq!(
        (ban("REINSTATE").severity, ban("REINSTATE").ends),
        (Severity::Info, true)
    );
    assert_eq!(
        ban("DISABLE").details.as_deref(),
        Some("waba_ban_date: April 17, 2025")
    );
}

#[test]
fn an_alert_says_itself_how_much_it_matters_and_when_it_is_over() {
    let of = |severity: &str, status: &str| {
        alert(
            "account_alerts",
            json!({ "entity_type": "BUSINESS", "entity_id": "5", "alert_info": { "alert_severity": severity,
                "alert_status": status, "alert_type": "LIMITS", "alert_description": "Limits cannot be increased." } }),
        )
    };
    let active = of("CRITICAL", "ACTIVE");
    assert_eq!(
        (active.event.as_str(), active.severity, active.ends),
        ("LIMITS", Severity::Critical, false)
    );
    assert_eq!(active.details.as_deref(), Some("Limits cannot be increased."));
    assert_eq!(of("WARNING", "ACTIVE").severity, Severity::Warning);
    assert_eq!(of("INFORMATIONAL", "ACTIVE").severity, Severity::Info);
    assert!(of("CRITICAL", "RESOLVED").ends);
    let flat = alert(
        "account_alerts",
        json!({ "alert_severity": "CRITICAL", "alert_status": "ACTIVE", "alert_type": "LIMITS" }),
    );
    assert_eq!(
        (flat.event.as_str(), flat.severity),
        ("LIMITS", Severity::Critical)
    );
}

#[test]
fn news_of_a_number_belong_to_its_line() {
    for (field, value, severity, ends) in [
        (
            "phone_number_quality_update",
            json!({ "event": "FLAGGED", "display_phone_number": "15550783881", "current_limit": "TIER_1K" }),
            Severity::Warning,
            false,
        ),
        (
            "phone_number_quality_update",
            json!({ "event": "UNFLAGGED" }),
            Severity::Info,
            true,
        ),
        (
            "phone_number_name_update",
            json!({ "decision": "REJECTED", "requested_verified_name": "X", "rejection_reason": "NAME_TOO_SHORT" }),
            Severity::Warning,
            false,
        ),
        (
            "security",
            json!({ "event": "PIN_RESET_REQUEST", "requester": "61555" }),
            Severity::Warning,
            false,
        ),
    ] {
        let alert = alert(field, value);
        assert_eq!(
            (alert.severity, alert.ends),
            (severity, ends),
            "{field} {}",
            alert.event
        );
        assert_eq!(alert.line.display_phone_number.as_deref(), Some("15550783881"));
        assert!(
            !alert.details.unwrap_or_default().contains("1555"),
            "the line says it"
        );
    }
}

#[test]
fn an_account_that_is_rejected_can_sell_nothing() {
    let rejected = alert("account_review_update", json!({ "decision": "REJECTED" }));
    assert_eq!(
        (rejected.event.as_str(), rejected.severity),
        ("REJECTED", Severity::Critical)
    );
    assert!(alert("account_review_update", json!({ "decision": "APPROVED" })).ends);
}

#[test]
fn customers_who_want_no_advertising_are_each_told() {
    let told = updates(
        "user_preferences",
        json!({ "contacts": [{ "user_id": "MX.1", "profile": { "name": "Ana" } }, { "wa_id": "16505551234" }], "user_preferences": [
            { "user_id": "MX.1", "detail": "User requested to stop marketing messages", "category": "marketing_messages", "value": "stop", "timestamp": 1_731_705_721 },
            { "wa_id": "16505551234", "category": "marketing_messages", "value": "resume" },
        ] }),
    );
    let [Update::Alert(stop), Update::Alert(resume)] = &told[..] else {
        panic!("{told:?}")
    };
    assert_eq!((stop.event.as_str(), stop.severity), ("stop", Severity::Info));
    assert_eq!(
        stop.details.as_deref(),
        Some("Ana: User requested to stop marketing messages")
    );
    assert_eq!(
        resume.details.as_deref(),
        Some("16505551234: category: marketing_messages")
    );
    assert!(
        !format!("{resume:?}").contains("1650"),
        "numbers stay out of logs"
    );
}

#[test]
fn an_error_of_the_whole_account_matters_as_its_code_does() {
    let error = |code: i64| {
        alert(
            "messages",
            json!({ "errors": [{ "code": code, "title": "T", "error_data": { "details": "Why" } }] }),
        )
    };
    assert_eq!(
        (error(131_042).event.as_str(), error(131_042).severity),
        ("131042", Severity::Critical)
    );
    assert_eq!(error(130_429).severity, Severity::Warning);
    assert_eq!(error(130_429).details.as_deref(), Some("Why"));
}
