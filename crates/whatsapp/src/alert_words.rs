//! What Meta tells of the account, its numbers and its templates, in plain words.

use crate::error_words;

/// An alert in plain words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertWords {
    /// What happened.
    pub title: String,
    /// What to do about it.
    pub advice: String,
}

/// Returns what an event of a field means and what to do about it. Events that
/// are not known yet are named; errors of the whole account go by their code.
pub fn alert_words(field: &str, event: &str) -> AlertWords {
    if let Ok(code) = event.parse() {
        let words = error_words(code);
        return AlertWords {
            title: words.title.to_owned(),
            advice: words.advice.to_owned(),
        };
    }
    let known = TABLE
        .iter()
        .find(|(fields, name, ..)| fields.contains(&field) && (name.eq_ignore_ascii_case(event)))
        .or_else(|| {
            TABLE
                .iter()
                .find(|(fields, name, ..)| fields.contains(&field) && *name == "*")
        });
    match known {
        Some((.., title, advice)) => AlertWords {
            title: title.replace("{event}", &readable(event)),
            advice: (*advice).to_owned(),
        },
        None => AlertWords {
            title: format!("Meta tells of {}: {}", readable(field), readable(event)),
            advice: "See what it means in WhatsApp Manager".to_owned(),
        },
    }
}

/// Returns every event that has words of its own, as `field.EVENT`; `field.*` stands for a field's others.
pub fn alert_keys() -> impl Iterator<Item = String> {
    TABLE
        .iter()
        .flat_map(|(fields, event, ..)| fields.iter().map(move |field| format!("{field}.{event}")))
}

/// Returns `PARTNER_REMOVED` as `partner removed`.
fn readable(name: &str) -> String {
    name.replace('_', " ").to_lowercase()
}

const MANAGER: &str = "See the account in WhatsApp Manager";
const NOTHING: &str = "Nothing needs to be done";

const ACCOUNT: &[&str] = &["account_update"];
const REVIEW: &[&str] = &["account_review_update"];
const QUALITY: &[&str] = &["phone_number_quality_update"];
const NAME: &[&str] = &["phone_number_name_update"];
const SECURITY: &[&str] = &["security"];
const TEMPLATE: &[&str] = &["message_template_status_update"];
const TEMPLATE_QUALITY: &[&str] = &["message_template_quality_update"];
const USERNAME: &[&str] = &["business_username_update", "business_username_updates"];

/// The fields, the event, what happened, what to do. `*` stands for the field's other events.
#[rustfmt::skip]
const TABLE: &[(&[&str], &str, &str, &str)] = &[
    (ACCOUNT, "PARTNER_REMOVED",
        "The number is disconnected from Cobro",
        "Messages no longer come in or go out. Open the WhatsApp Business app on the phone, then connect the number again in the settings"),
    (ACCOUNT, "PARTNER_APP_UNINSTALLED",
        "The app was removed from the WhatsApp account",
        "Messages no longer come in or go out. Connect the account again in the settings"),
    (ACCOUNT, "ACCOUNT_OFFBOARDED",
        "The phone was changed or registered anew, and the number is disconnected",
        "Finish the registration on the phone and leave the connected programs ticked; it comes back by itself within minutes. Otherwise connect it again in the settings"),
    (ACCOUNT, "ACCOUNT_RECONNECTED",
        "The number is connected again",
        NOTHING),
    (ACCOUNT, "ACCOUNT_DELETED",
        "The WhatsApp account was deleted",
        "Nothing can be sent from it any more. Create another account at Meta and connect it in the settings"),
    (ACCOUNT, "ACCOUNT_VIOLATION",
        "Meta says that the account broke a rule",
        "See which one in WhatsApp Manager, and object there if it is a mistake: more of them lead to a ban"),
    (ACCOUNT, "ACCOUNT_RESTRICTION",
        "Meta restricted the account",
        "Some messages can't be sent for now. WhatsApp Manager shows which, until when, and how to object"),
    (ACCOUNT, "DISABLED_UPDATE",
        "Meta blocked or unblocked the account",
        "See in WhatsApp Manager whether it may send, and object there if it is a mistake"),
    (ACCOUNT, "SCHEDULE_FOR_DISABLE",
        "Meta is about to block the account",
        "Object in WhatsApp Manager before the date in the details"),
    (ACCOUNT, "DISABLE",
        "Meta blocked the account",
        "Nothing can be sent. Object in WhatsApp Manager"),
    (ACCOUNT, "REINSTATE",
        "Meta unblocked the account",
        NOTHING),
    (ACCOUNT, "PARTNER_ADDED",
        "The account is connected to an app",
        "Nothing needs to be done if that was you. Otherwise remove it in Meta's business settings"),
    (ACCOUNT, "PARTNER_APP_INSTALLED",
        "An app was connected to the WhatsApp account",
        "Nothing needs to be done if that was you. Otherwise remove it in Meta's business settings"),
    (ACCOUNT, "VERIFIED_ACCOUNT",
        "Meta verified the account",
        NOTHING),
    (ACCOUNT, "AD_ACCOUNT_LINKED",
        "An ad account was linked",
        "Nothing needs to be done if that was you. Otherwise remove it in Meta's business settings"),
    (ACCOUNT, "AUTH_INTL_PRICE_ELIGIBILITY_UPDATE",
        "Other prices apply to sign-in codes that go abroad",
        "Cobro sends none: nothing needs to be done"),
    (ACCOUNT, "BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE",
        "Meta set the country of the business",
        "Check in Meta's business settings that it is right: prices depend on it"),
    (ACCOUNT, "MM_LITE_TERMS_SIGNED",
        "The terms for marketing messages were accepted",
        NOTHING),
    (ACCOUNT, "PARTNER_CLIENT_CERTIFICATION_STATUS_UPDATE",
        "The verification of the business has moved on",
        "The details say how far"),
    (ACCOUNT, "VOLUME_BASED_PRICING_TIER_UPDATE",
        "The account reached another price tier",
        "Nothing needs to be done: messages cost less from now on"),
    (ACCOUNT, "*",
        "Meta tells of a change to the account: {event}",
        MANAGER),
    (REVIEW, "APPROVED", "Meta approved the account", NOTHING),
    (REVIEW, "PENDING", "Meta is reviewing the account", "Wait for the answer: it takes up to two days"),
    (REVIEW, "DEFERRED", "Meta put off the review of the account", "See in WhatsApp Manager what is missing"),
    (REVIEW, "REJECTED",
        "Meta rejected the account",
        "Nothing can be sent from it. See why in WhatsApp Manager, and object there"),
    (REVIEW, "*", "Meta tells of the account's review: {event}", MANAGER),
    (&["account_alerts"], "*",
        "Meta alerts: {event}",
        "The details are Meta's own words; WhatsApp Manager shows what can be done"),
    (QUALITY, "FLAGGED",
        "Customers rate the number's messages low",
        "Write only to customers who expect it. If the quality stays low for seven days, fewer may be reached a day"),
    (QUALITY, "UNFLAGGED", "The number's quality is good again", NOTHING),
    (QUALITY, "DOWNGRADE",
        "The number may reach fewer customers a day",
        "Customers who write first can still be answered. Send fewer templates until the quality is good again"),
    (QUALITY, "UPGRADE", "The number may reach more customers a day", NOTHING),
    (QUALITY, "ONBOARDING", "The number is registered", NOTHING),
    (QUALITY, "THROUGHPUT_UPGRADE", "The number may send more messages a second", NOTHING),
    (QUALITY, "*", "Meta tells of the number's quality: {event}", "See the number in WhatsApp Manager"),
    (NAME, "APPROVED", "Meta approved the number's name", NOTHING),
    (NAME, "PENDING", "Meta is reviewing the number's name", "Wait for the answer"),
    (NAME, "DEFERRED", "Meta put off the review of the number's name", "See in WhatsApp Manager what is missing"),
    (NAME, "REJECTED",
        "Meta rejected the number's name",
        "Customers do not see it. Choose another one in WhatsApp Manager"),
    (NAME, "*", "Meta tells of the number's name: {event}", "See the number in WhatsApp Manager"),
    (SECURITY, "PIN_CHANGED",
        "The number's PIN was changed",
        "Nothing needs to be done if that was you. Otherwise set a new one in WhatsApp Manager at once, and look at who has access"),
    (SECURITY, "PIN_RESET_REQUEST",
        "Somebody asked to take off the number's PIN",
        "Nothing needs to be done if that was you. Otherwise look at who has access in Meta's business settings: without the PIN the number can be registered elsewhere"),
    (SECURITY, "PIN_RESET_SUCCESS",
        "The number's PIN was taken off",
        "Set a new one in WhatsApp Manager: without it the number can be registered elsewhere"),
    (SECURITY, "*",
        "Meta tells of the number's security: {event}",
        "Look at who has access in Meta's business settings"),
    (TEMPLATE, "APPROVED", "A template was approved", "It can be sent now"),
    (TEMPLATE, "REINSTATED", "A template can be sent again", NOTHING),
    (TEMPLATE, "REJECTED",
        "A template was rejected",
        "It can't be sent. The details say why; change it and hand it in again"),
    (TEMPLATE, "PAUSED",
        "A template is paused because customers rated it low",
        "It can't be sent until the pause is over. Use another one, and send it only to customers who expect it"),
    (TEMPLATE, "DISABLED",
        "A template was taken out of use",
        "It can't be sent any more. Create another one"),
    (TEMPLATE, "FLAGGED",
        "A template is about to be taken out of use",
        "Customers rate it low. Change it within a week"),
    (TEMPLATE, "LOCKED", "A template can't be changed for now", "The details say why"),
    (TEMPLATE, "LIMIT_EXCEEDED",
        "The account has too many templates",
        "Delete those that are not used in WhatsApp Manager"),
    (TEMPLATE, "PENDING", "A template is under review", "Wait for the answer: it takes up to a day"),
    (TEMPLATE, "IN_APPEAL", "A rejected template is looked at again", "Wait for the answer"),
    (TEMPLATE, "PENDING_DELETION", "A template is being deleted", "It can't be sent any more"),
    (TEMPLATE, "DELETED", "A template was deleted", "It can't be sent any more"),
    (TEMPLATE, "*", "Meta tells of a template: {event}", "See the template in WhatsApp Manager"),
    (TEMPLATE_QUALITY, "GREEN", "Customers rate a template well", NOTHING),
    (TEMPLATE_QUALITY, "YELLOW", "Some customers rate a template low", "Send it only to customers who expect it"),
    (TEMPLATE_QUALITY, "RED",
        "Customers rate a template low",
        "It will be paused soon. Change it, or use another one"),
    (TEMPLATE_QUALITY, "*", "Meta tells of a template's quality: {event}", "See the template in WhatsApp Manager"),
    (&["message_template_components_update"], "*", "A template was changed", "Fetch the templates again before you send it"),
    (&["template_category_update", "template_correct_category_detection"], "*",
        "Meta puts a template in another category",
        "Its price may change. Object in WhatsApp Manager if it is a mistake"),
    (USERNAME, "APPROVED", "Meta approved the shop's username", NOTHING),
    (USERNAME, "RESERVED", "The shop's username is reserved", NOTHING),
    (USERNAME, "DELETED", "The shop's username was removed", "Choose another one in WhatsApp Manager"),
    (USERNAME, "*", "Meta tells of the shop's username: {event}", "See the number in WhatsApp Manager"),
    (&["user_preferences"], "stop",
        "A customer wants no more advertising",
        "Send them none; messages about their orders and answers still go through"),
    (&["user_preferences"], "resume", "A customer wants advertising again", NOTHING),
    (&["business_capability_update"], "*", "The account's limits changed", "The details say to what"),
    (&["payment_configuration_update"], "*",
        "A payment set-up at Meta changed: {event}",
        "Cobro does not use it: payments go through Stripe"),
    (&["account_settings_update"], "*", "The account's settings at Meta changed", "Check them in WhatsApp Manager if that was not you"),
    (&["partner_solutions"], "*", "A partner's solution changed: {event}", "Nothing needs to be done if that was you"),
    (&["flows"], "*", "Meta tells of a form: {event}", "See the form in WhatsApp Manager"),
    (&["messaging_handovers"], "*",
        "A conversation was handed from one program to another",
        "Only the program that has it may answer. See who does in Meta's business settings"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhook::{Severity, severity_of};

    #[test]
    fn a_disconnection_says_what_stops_and_what_to_do() {
        let words = alert_words("account_update", "PARTNER_REMOVED");
        assert_eq!(words.title, "The number is disconnected from Cobro");
        assert!(
            words.advice.contains("connect the number again"),
            "{}",
            words.advice
        );
    }

    #[test]
    fn what_is_not_known_yet_is_named() {
        let title = |field, event| alert_words(field, event).title;
        assert_eq!(
            title("account_update", "BRAND_NEW"),
            "Meta tells of a change to the account: brand new"
        );
        assert_eq!(
            title("brand_field", "NEW_THING"),
            "Meta tells of brand field: new thing"
        );
    }

    #[test]
    fn an_error_of_the_whole_account_goes_by_its_code() {
        assert_eq!(
            alert_words("messages", "130429").title,
            error_words(130_429).title
        );
    }

    #[test]
    fn everything_critical_has_words_of_its_own() {
        for (fields, event, title, advice) in TABLE {
            for field in *fields {
                if severity_of(field, event) == Severity::Critical {
                    assert!(
                        !title.contains("{event}") && *advice != NOTHING,
                        "{field} {event}"
                    );
                }
            }
        }
    }

    #[test]
    fn no_event_stands_twice_and_every_line_is_whole() {
        for (index, (fields, event, title, advice)) in TABLE.iter().enumerate() {
            assert!(
                !title.ends_with('.') && !advice.ends_with('.') && !advice.is_empty(),
                "{title}"
            );
            let repeated = TABLE
                .iter()
                .skip(index + 1)
                .any(|(other, name, ..)| other == fields && name == event);
            assert!(!repeated, "{fields:?} {event}");
        }
    }
}
