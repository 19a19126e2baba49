//! Stripe's refusals in plain words: what happened, and what to do next.

use crate::StripeError;

impl StripeError {
    /// Returns the code for "details".
    pub fn code_text(&self) -> String {
        match self {
            Self::Invalid(_) => "invalid".into(),
            Self::Network { .. } => "network".into(),
            Self::Api {
                status,
                code,
                decline_code,
                ..
            } => decline_code
                .as_deref()
                .or(code.as_deref())
                .map_or_else(|| format!("http_{status}"), str::to_owned),
            Self::Auth { .. } => "key_refused".into(),
            Self::Permission { .. } => "permission_missing".into(),
            Self::RateLimited { .. } => "rate_limited".into(),
            Self::Decode { .. } => "unreadable_answer".into(),
        }
    }

    /// Returns what happened.
    pub fn title(&self) -> String {
        match self {
            Self::Invalid(_) => "Stripe would refuse this".into(),
            Self::Network { .. } => "Stripe can't be reached".into(),
            Self::Api { status: 500.., .. } => "Stripe has a fault".into(),
            Self::Api { status: 402, .. } => "The payment was declined".into(),
            Self::Api { status: 404, .. } => "Stripe does not know it".into(),
            Self::Api { status: 409, .. } => "Stripe is still working on the same request".into(),
            Self::Api { .. } => "Stripe refused the request".into(),
            Self::Auth { .. } => "Stripe refused the key".into(),
            Self::Permission { .. } => "The Stripe key lacks a permission".into(),
            Self::RateLimited { .. } => "Stripe limits how often it is asked".into(),
            Self::Decode { .. } => "Stripe's answer could not be read".into(),
        }
    }

    /// Returns what to do about it.
    pub fn advice(&self) -> String {
        match self {
            Self::Invalid(why) => why.clone(),
            Self::Network { .. } => "Check the network. Cobro goes on by itself when Stripe answers".into(),
            Self::Api { status: 404, .. } => {
                "It may have been made with another key, or in the other mode. Check which Stripe key this desk uses".into()
            }
            Self::Api { status: 409 | 500.., .. } => "Cobro asks again by itself. If it stays, see status.stripe.com".into(),
            Self::Api { message, param, .. } => advice_of_refusal(message, param.as_deref()),
            Self::Auth { .. } => {
                "It was revoked, has expired, or is mistyped. Copy a key from Stripe's dashboard, Developers, API keys, into the settings".into()
            }
            Self::Permission { missing, .. } => advice_of_permission(missing.as_deref()),
            Self::RateLimited { .. } => "Cobro waits and asks again by itself".into(),
            Self::Decode { .. } => {
                "Cobro asks again by itself. If it stays, something between here and Stripe may be answering in its place".into()
            }
        }
    }
}

fn advice_of_refusal(message: &str, param: Option<&str>) -> String {
    if let Some(advice) = advice_of_currency(message) {
        return advice;
    }
    match param {
        Some(param) => format!("Stripe says of {param}: {message}"),
        None => format!("Stripe says: {message}"),
    }
}

/// Stripe refuses a currency with the list of all that it takes: only those that may have been meant are told.
fn advice_of_currency(message: &str) -> Option<String> {
    let (refused, known) = message.split_once("currently supports these currencies: ")?;
    let code = refused
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .skip_while(|word| *word != "currency")
        .find(|word| word.len() == 3)?;
    let mut near: Vec<String> = known
        .split(|letter: char| !letter.is_ascii_alphabetic())
        .filter(|known| known.len() == 3 && letters_shared(known, code) >= 2)
        .map(str::to_uppercase)
        .collect();
    near.truncate(5);
    let code = code.to_uppercase();
    Some(if near.is_empty() {
        format!("Stripe takes no currency {code}. Choose another, such as MXN, COP, BRL or USD")
    } else {
        format!(
            "Stripe takes no currency {code}. Did you mean {}?",
            near.join(", ")
        )
    })
}

/// Returns in how many places two codes have the same letter.
fn letters_shared(one: &str, other: &str) -> usize {
    one.bytes()
        .zip(other.bytes())
        .filter(|(one, other)| one.eq_ignore_ascii_case(other))
        .count()
}

fn advice_of_permission(missing: Option<&str>) -> String {
    match missing.and_then(permission_words) {
        Some(permission) => {
            format!(
                "Add “{permission}” to the key in Stripe's dashboard, Developers, API keys, and try again"
            )
        }
        None => {
            "Add what is missing to the key in Stripe's dashboard, Developers, API keys, and try again".into()
        }
    }
}

/// Returns the dashboard's words for a permission: `rak_payment_link_write` is
/// "Payment Links: Write". Prices are called `plan` inside Stripe.
pub(crate) fn permission_words(name: &str) -> Option<String> {
    let (resource, access) = name.strip_prefix("rak_")?.rsplit_once('_')?;
    let resource = match resource {
        "plan" => "Prices".to_owned(),
        "charge" => "Charges and Refunds".to_owned(),
        "balance" => "Balance".to_owned(),
        "balance_transaction_source" => "Balance Transaction Sources".to_owned(),
        "accounts_kyc_basic" => "Accounts".to_owned(),
        "billing_portal" => "Customer Portal".to_owned(),
        other => format!("{}s", capitalised(other)),
    };
    Some(format!("{resource}: {}", capitalised(access)))
}

fn capitalised(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    };
    name.split('_').map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_permission_is_named_as_the_dashboard_names_it() {
        let words = |name| permission_words(name).unwrap();
        assert_eq!(words("rak_payment_link_write"), "Payment Links: Write");
        assert_eq!(words("rak_checkout_session_read"), "Checkout Sessions: Read");
        assert_eq!(words("rak_plan_read"), "Prices: Read");
        assert_eq!(permission_words("something else"), None);
    }

    #[test]
    fn a_currency_that_stripe_does_not_take_is_answered_with_the_nearest_ones() {
        let refused = |code: &str| {
            advice_of_refusal(
                &format!(
                    "Invalid currency: {code}. Stripe currently supports these currencies: usd, mxn, myr, brl, cop"
                ),
                Some("line_items[0][price_data][currency]"),
            )
        };
        assert_eq!(refused("mxm"), "Stripe takes no currency MXM. Did you mean MXN?");
        assert!(refused("xxx").ends_with("such as MXN, COP, BRL or USD"));
        assert!(advice_of_refusal("No.", Some("amount")).contains("amount: No."));
    }

    #[test]
    fn a_decline_is_told_by_its_own_code() {
        let declined = StripeError::Api {
            status: 402,
            code: Some("card_declined".into()),
            decline_code: Some("insufficient_funds".into()),
            param: None,
            message: "Your card has insufficient funds.".into(),
            request_id: None,
        };
        assert_eq!(declined.code_text(), "insufficient_funds");
        assert_eq!(declined.title(), "The payment was declined");
    }
}
