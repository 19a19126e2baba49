//! `cobro charge`: one charge, as the window's composer makes it.

use std::process::ExitCode;

use cobro_desk::core::domain::{
    ChargeId, ChargeTerms, ConversationId, Currency, Interval, Money, NewCharge, NewChargeLine, Plan,
    Recurrence, Recurring,
};
use cobro_desk::{ControlRequest, DeskError};
use serde_json::Value;

/// The exit code where the link was made and its message has not gone out.
const NOT_SENT: u8 = 3;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    profile: crate::Profile,
    /// The conversation's id, from `cobro conversations`
    #[arg(long)]
    conversation: ConversationId,
    /// In minor units: 125000 is MX$1,250.00
    #[arg(long, value_parser = minor_units)]
    amount: i64,
    /// Such as MXN; the shop's usual currency if left out
    #[arg(long)]
    currency: Option<String>,
    #[arg(long, default_value = "")]
    description: String,
    /// The words above the pay button; the usual ones if left out
    #[arg(long, default_value = "")]
    message: String,
    /// Let the link be paid more than once
    #[arg(long)]
    reusable: bool,
    /// Switch the link off after this many hours; 0 keeps it on
    #[arg(long)]
    expires_in_hours: Option<u32>,
    /// Charge it again every week, 2weeks, month or year: a subscription
    #[arg(long, value_parser = rhythm, conflicts_with_all = ["instalments", "reusable"])]
    every: Option<Recurring>,
    /// Days before a subscription's first payment
    #[arg(long, requires = "every")]
    trial_days: Option<u32>,
    /// Divide the amount into so many monthly payments, the first at once
    #[arg(long, conflicts_with = "reusable")]
    instalments: Option<u32>,
    /// What instalments cost on top of the amount, such as 5% or 12.5%
    #[arg(long, value_parser = basis_points, requires = "instalments", default_value = "0%")]
    interest: u32,
    /// Repeat with the same id to be sure of one charge
    #[arg(long)]
    id: Option<ChargeId>,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

/// Charges, and waits until the message has left. The exit code is 1 if there is no link to pay, and 3 if there is one
/// that the customer was not sent.
pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode, DeskError> {
    let settings = arguments.profile.settings().await?;
    let json = arguments.json;
    let currency = match &arguments.currency {
        Some(code) => {
            Currency::from_code(code).map_err(|error| DeskError::Setting(format!("--currency: {error}")))?
        }
        None => settings.shop.currency,
    };
    let amount = Money::from_minor(arguments.amount, currency)
        .map_err(|error| DeskError::Setting(format!("--amount: {error}")))?;
    let expiry = arguments.expires_in_hours.unwrap_or(settings.shop.expiry_hours);
    let id = arguments.id.unwrap_or_else(ChargeId::new);
    // Known before anything is asked, so that a lost answer can be repeated as the same charge.
    eprintln!("cobro: charge id {id}");
    let recurrence = recurrence_of(&arguments);
    let (asked, lines) = asked_of(recurrence, amount, &arguments.description)?;
    let new = NewCharge {
        id,
        lines,
        terms: ChargeTerms {
            recurrence,
            ..ChargeTerms::default()
        },
        single_use: !arguments.reusable,
        expires_in_hours: Some(expiry).filter(|hours| *hours > 0),
        message: arguments.message,
        ..NewCharge::new(arguments.conversation, asked, arguments.description)
    };
    let answer = crate::reach::perform(settings, ControlRequest::Charge { new: Box::new(new) }).await?;
    let link = answer.get("link").and_then(Value::as_str);
    if json {
        println!("{answer}");
    } else if let Some(link) = link {
        println!("{link}");
    }
    if link.is_none() || is_over(&answer) {
        eprintln!("cobro: {}", not_made(&answer, id));
        return Ok(ExitCode::FAILURE);
    }
    if let Some(why) = not_sent(&answer) {
        eprintln!("cobro: {why}");
        return Ok(ExitCode::from(NOT_SENT));
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns whether the link can't be paid, such as one whose page asked for another amount.
fn is_over(answer: &Value) -> bool {
    let payment = answer.get("payment").and_then(Value::as_str);
    matches!(payment, Some("draft" | "cancelled" | "expired"))
}

/// Says why the customer does not have the link, where that is so.
fn not_sent(answer: &Value) -> Option<String> {
    let message = answer.get("message").and_then(Value::as_str);
    if matches!(message, Some("sent" | "delivered" | "read")) {
        return None;
    }
    let payment = answer.get("payment").and_then(Value::as_str);
    if !matches!(payment, Some("open" | "failed_attempt")) {
        // Somebody has used it: they had it.
        return None;
    }
    let why = ["message_problem", "problem"]
        .into_iter()
        .find_map(|key| words_of(answer.get(key)?));
    Some(match (message, why) {
        (Some("unknown"), _) => {
            "the link was made; whether its message arrived is not known yet. Look at the conversation before sending it again".into()
        }
        (Some("queued" | "sending"), Some(why)) => {
            format!("the link was made, but its message has not gone out yet. {why}")
        }
        (Some("queued" | "sending"), None) => {
            "the link was made, but its message has not gone out yet. It will by itself; `cobro doctor` says what is in its way".into()
        }
        (_, Some(why)) => format!("the link was made, but not sent. {why}"),
        (_, None) => "the link was made, but not sent. Look at the conversation for the reason".into(),
    })
}

/// Returns what happened and what to do, where somebody said it.
fn words_of(problem: &Value) -> Option<String> {
    let part = |key: &str| problem.get(key).and_then(Value::as_str);
    Some(format!(
        "{}. {}",
        part("title")?,
        part("advice").unwrap_or_default()
    ))
}

/// Says why there is no link: refused, which repeating does not change, or not reached, which mends itself.
fn not_made(answer: &Value, id: ChargeId) -> String {
    let why = answer.get("problem").and_then(words_of).unwrap_or_default();
    if answer.get("tries_again").and_then(Value::as_bool) == Some(true) {
        format!(
            "the link was not made yet. {why}. It will be made by itself: do nothing, or repeat with --id {id}"
        )
    } else {
        format!("the link was refused and will not be made as it is. {why}")
    }
}

fn recurrence_of(arguments: &Arguments) -> Option<Recurrence> {
    if let Some(count) = arguments.instalments {
        return Some(Recurrence::Instalments {
            count,
            interest: arguments.interest,
        });
    }
    arguments.every.map(|every| Recurrence::Subscription {
        every,
        trial_days: arguments.trial_days,
    })
}

/// Returns what is asked for now, and the line whose price is divided. What all of it comes to is said before.
fn asked_of(
    recurrence: Option<Recurrence>,
    amount: Money,
    description: &str,
) -> Result<(Money, Vec<NewChargeLine>), DeskError> {
    let Some(Recurrence::Instalments { count, interest }) = recurrence else {
        return Ok((amount, Vec::new()));
    };
    let plan = Plan::of(amount, count, interest)
        .map_err(|error| DeskError::Setting(format!("--instalments: {error}")))?;
    eprintln!(
        "cobro: {count} payments: {} now, then {} of {}; {} in all",
        plan.first,
        count.saturating_sub(1),
        plan.each,
        plan.total
    );
    let line = NewChargeLine {
        product: None,
        name: description.trim().to_owned(),
        options: Vec::new(),
        unit: Some(amount),
        quantity: 1,
        note: String::new(),
    };
    Ok((plan.first, vec![line]))
}

/// Reads a rhythm, such as `month` or `2weeks`.
fn rhythm(text: &str) -> Result<Recurring, String> {
    let word = text.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let count = text.strip_suffix(word).unwrap_or_default();
    let count = if count.is_empty() { Ok(1) } else { count.parse() };
    let interval = Interval::from_name(word.strip_suffix('s').unwrap_or(word));
    match (count, interval) {
        (Ok(count), Some(interval)) => Ok(Recurring { interval, count }),
        _ => Err(format!(
            "a rhythm is day, week, month or year, with a number before it if it is not each: 2weeks; got {text:?}"
        )),
    }
}

/// Reads a percentage with at most two decimals, as hundredths of a per cent.
fn basis_points(text: &str) -> Result<u32, String> {
    let refused =
        || format!("a percentage is a number with at most two decimals, such as 5% or 12.5%; got {text:?}");
    let number = text.strip_suffix('%').unwrap_or(text);
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() || decimals.len() > 2 {
        return Err(refused());
    }
    let points = format!("{whole}{decimals:0<2}");
    points.parse().map_err(|_| refused())
}

/// Reads an amount. A point would leave open what is meant, so none is taken.
fn minor_units(text: &str) -> Result<i64, String> {
    text.parse().map_err(|_| {
        format!(
            "an amount is a whole number of the currency's smallest unit: MX$1,250.00 is 125000, {text:?} is not one"
        )
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{ChargeId, Interval, basis_points, minor_units, not_made, not_sent, rhythm};

    #[test]
    fn a_link_that_nobody_was_sent_is_told() {
        let sent = |message: Option<&str>, problem: bool| {
            let problem = problem.then(|| json!({ "title": "No", "advice": "Do" }));
            not_sent(
                &json!({ "payment": "open", "link": "https://pay.test/1", "message": message, "problem": problem }),
            )
        };
        assert_eq!(sent(Some("sent"), false), None);
        assert!(sent(None, true).unwrap().ends_with("not sent. No. Do"));
        assert!(
            sent(Some("queued"), false)
                .unwrap()
                .contains("has not gone out yet")
        );
        assert!(sent(Some("failed"), false).unwrap().contains("not sent"));
        let paid = json!({ "payment": "paid", "link": "https://pay.test/1", "message": "unknown" });
        assert_eq!(not_sent(&paid), None, "whoever paid had it");
    }

    #[test]
    fn a_refusal_is_told_from_what_mends_itself() {
        let id = ChargeId::new();
        let answer = |tries_again: bool| json!({ "tries_again": tries_again, "problem": { "title": "No", "advice": "Do" } });
        assert!(
            not_made(&answer(true), id).contains(&format!("by itself: do nothing, or repeat with --id {id}"))
        );
        let refused = not_made(&answer(false), id);
        assert!(
            refused.contains("refused") && refused.contains("No. Do"),
            "{refused}"
        );
        assert!(!refused.contains("--id"), "{refused}");
    }

    #[test]
    fn a_rhythm_is_read_as_people_say_it() {
        let fortnight = rhythm("2weeks").unwrap();
        assert_eq!((fortnight.interval, fortnight.count), (Interval::Week, 2));
        assert_eq!(rhythm("month").unwrap().count, 1);
        for text in ["monthly", "", "2", "weeks2"] {
            assert!(rhythm(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_percentage_keeps_its_decimals() {
        assert_eq!(basis_points("5%"), Ok(500));
        assert_eq!(basis_points("12.5"), Ok(1250));
        assert_eq!(basis_points("0.25%"), Ok(25));
        for text in ["", "%", "1.234%", "-1", "five"] {
            assert!(basis_points(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_amount_with_a_point_is_refused_with_the_rule() {
        assert_eq!(minor_units("10050"), Ok(10050));
        for text in ["100.50", "1,250", "MX$100", ""] {
            assert!(
                minor_units(text).unwrap_err().contains("MX$1,250.00 is 125000"),
                "{text}"
            );
        }
    }
}
