//! `cobro charge`: one charge, as the window's composer makes it.

use std::process::ExitCode;

use cobro_desk::core::domain::{ChargeId, ConversationId, Currency, Money, NewCharge};
use cobro_desk::{ControlRequest, DeskError};

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
    /// Repeat with the same id to be sure of one charge
    #[arg(long)]
    id: Option<ChargeId>,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

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
    let new = NewCharge {
        id,
        single_use: !arguments.reusable,
        expires_in_hours: Some(expiry).filter(|hours| *hours > 0),
        message: arguments.message,
        ..NewCharge::new(arguments.conversation, amount, arguments.description)
    };
    let answer = crate::reach::perform(settings, ControlRequest::Charge { new: Box::new(new) }).await?;
    let link = answer.get("link").and_then(serde_json::Value::as_str);
    if json {
        println!("{answer}");
    } else if let Some(link) = link {
        println!("{link}");
    }
    if link.is_none() {
        let problem = answer.get("problem");
        let part = |key: &str| {
            problem
                .and_then(|problem| problem.get(key))
                .and_then(|part| part.as_str())
                .unwrap_or("")
        };
        eprintln!(
            "cobro: the link was not made yet. {}. {}",
            part("title"),
            part("advice")
        );
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
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
    use super::minor_units;

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
