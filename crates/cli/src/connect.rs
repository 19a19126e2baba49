//! `cobro connect`: WhatsApp set up from a terminal, as the window's Connection page does it.

use std::io::Read as _;
use std::process::ExitCode;

use cobro_desk::{ConnectRequest, ControlRequest, DeskError};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    profile: crate::Profile,
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(clap::Subcommand)]
enum What {
    /// How the connection stands, as it was last heard
    Show,
    /// Ask Meta what the token may do and which numbers it reaches
    Check,
    /// Keep the access token, read from standard input, and use it at once
    Token,
    /// Keep the app secret, read from standard input
    AppSecret,
    /// Keep the app id
    App { id: String },
    /// Answer from these numbers (their ids), and from no others
    Choose { numbers: Vec<String> },
    /// Register a number for the Cloud API, with its PIN read from standard input
    Register { number: String },
    /// Tell WhatsApp to post to a relay or tunnel at this address, or to `ngrok`
    Webhook { url: String },
    /// Send a test from a number to a phone; without a phone, wait for any message
    Prove {
        number: String,
        #[arg(default_value = "")]
        to: String,
    },
}

pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode, DeskError> {
    let request = request_of(arguments.what.unwrap_or(What::Show))?;
    let settings = arguments.profile.settings().await?;
    let answer = crate::reach::perform(settings, ControlRequest::Connect(request)).await?;
    let text = serde_json::to_string_pretty(&answer).map_err(anyhow::Error::new)?;
    println!("{text}");
    let is_well = answer.get("problem").is_none_or(serde_json::Value::is_null);
    Ok(if is_well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn request_of(what: What) -> Result<ConnectRequest, DeskError> {
    Ok(match what {
        What::Show => ConnectRequest::Show,
        What::Check => ConnectRequest::Check,
        What::Token => ConnectRequest::Credentials {
            app_id: None,
            app_secret: None,
            token: Some(piped("access token")?),
        },
        What::AppSecret => ConnectRequest::Credentials {
            app_id: None,
            app_secret: Some(piped("app secret")?),
            token: None,
        },
        What::App { id } => ConnectRequest::Credentials {
            app_id: Some(id),
            app_secret: None,
            token: None,
        },
        What::Choose { numbers } => ConnectRequest::Choose { numbers },
        What::Register { number } => ConnectRequest::Register {
            number,
            pin: piped("PIN")?,
        },
        What::Webhook { url } => ConnectRequest::Webhook { url },
        What::Prove { number, to } => ConnectRequest::Prove { number, to },
    })
}

/// Reads a secret from standard input, never as an argument that others can see.
fn piped(what: &str) -> Result<String, DeskError> {
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(anyhow::Error::new)?;
    let text = text.trim();
    if text.is_empty() {
        return Err(DeskError::Setting(format!(
            "The {what} is empty. Pipe it in: `< file`"
        )));
    }
    Ok(text.to_owned())
}
