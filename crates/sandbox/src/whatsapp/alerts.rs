//! What Meta tells the account besides messages, in the shapes that it documents.

use serde_json::{Value, json};

use super::{WhatsApp, notice, put_in};

/// Fields whose values name one of the shop's numbers by more than its display number.
const ON_A_LINE: &[&str] = &[
    "automatic_events",
    "calls",
    "group_lifecycle_update",
    "group_participants_update",
    "group_settings_update",
    "group_status_update",
    "history",
    "messages",
    "smb_app_state_sync",
    "smb_message_echoes",
    "user_id_update",
    "user_preferences",
];

impl WhatsApp {
    /// Sends an alert: a documented example of the field, or the `value` that is given.
    pub(crate) fn alert(
        &self,
        field: &str,
        event: Option<&str>,
        value: Option<Value>,
        line: Option<&str>,
    ) -> Result<(), String> {
        let line = self.known_line(line)?;
        let value = match value {
            Some(value) => value,
            None => self
                .example(field, event, &line.display)
                .ok_or_else(|| format!("there is no example for the field '{field}': give its 'value'"))?,
        };
        let body = if ON_A_LINE.contains(&field) {
            notice::on_line(&self.sender(line), field, value)
        } else {
            self.about_account(field, value)
        };
        self.tell("alert", field, &body);
        Ok(())
    }

    fn example(&self, field: &str, event: Option<&str>, display: &str) -> Option<Value> {
        let event = |usual: &str| event.unwrap_or(usual).to_owned();
        Some(match field {
            "account_update" => account_update(&event("ACCOUNT_VIOLATION"), &self.options.waba_id, display),
            "account_alerts" => json!({
                "entity_type": "BUSINESS", "entity_id": self.options.business_id,
                "alert_info": {
                    "alert_severity": "CRITICAL", "alert_status": "ACTIVE",
                    "alert_type": event("INCREASED_CAPABILITIES_ELIGIBILITY_FAILED"),
                    "alert_description": "The business was not verified: its limits can't be raised.",
                },
            }),
            "account_review_update" => json!({"decision": event("APPROVED")}),
            "business_capability_update" => {
                json!({"max_daily_conversations_per_business": 2000, "max_phone_numbers_per_waba": 25})
            }
            "phone_number_quality_update" => json!({
                "display_phone_number": display, "event": event("FLAGGED"), "current_limit": "TIER_1K",
            }),
            "phone_number_name_update" => json!({
                "display_phone_number": display, "decision": event("REJECTED"),
                "requested_verified_name": self.options.verified_name, "rejection_reason": "NAME_EMPLOYEE_ISSUE",
            }),
            "security" => json!({
                "display_phone_number": display, "event": event("PIN_RESET_REQUEST"), "requester": "61555822107539",
            }),
            "business_username_update" => json!({
                "display_phone_number": display, "username": "pasteleria.luna", "status": event("approved"),
            }),
            "payment_configuration_update" => json!({
                "configuration_name": "razorpay-prod", "provider_name": "razorpay", "provider_mid": "acc_sandbox",
                "status": event("Needs Testing"), "created_timestamp": self.clock.now_s(),
                "updated_timestamp": self.clock.now_s(),
            }),
            _ => return None,
        })
    }
}

fn account_update(event: &str, waba_id: &str, display: &str) -> Value {
    let more = match event {
        "ACCOUNT_VIOLATION" => Some(("violation_info", json!({"violation_type": "SCAM"}))),
        "ACCOUNT_RESTRICTION" => Some((
            "restriction_info",
            json!([{"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "expiration": 1_893_456_000}]),
        )),
        "DISABLED_UPDATE" => Some((
            "ban_info",
            json!({"waba_ban_state": "DISABLE", "waba_ban_date": "January 1, 2026"}),
        )),
        "PARTNER_REMOVED" | "PARTNER_ADDED" => Some(("waba_info", json!({"waba_id": waba_id}))),
        _ => None,
    };
    let mut value = json!({"event": event, "phone_number": display});
    if let Some((name, part)) = more {
        put_in(&mut value, name, part);
    }
    value
}
