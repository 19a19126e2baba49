//! Meta's question to a new webhook address: does it know the verify token?

use std::time::Duration;

use rand::RngExt;
use serde::Serialize;
use tokio::sync::watch;

use crate::webhooks::{self, Webhooks};

const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(3);

/// How the webhook address answered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Handshake {
    /// Somebody answers at the address, whatever they say.
    pub reachable: bool,
    /// They gave the challenge back.
    pub verified: bool,
    /// What is wrong, if anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// Asks each target until it answers rightly; the target may change meanwhile.
pub(crate) async fn run(webhooks: Webhooks, verify_token: String, report: watch::Sender<Handshake>) {
    let Ok(client) = webhooks::client() else { return };
    let mut targets = webhooks.watch_target();
    loop {
        let target = targets.borrow_and_update().clone();
        report.send_replace(Handshake::default());
        let asking = async {
            match target {
                Some(target) => until_verified(&client, &target, &verify_token, &report).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = asking => {
                if targets.changed().await.is_err() {
                    return;
                }
            }
            changed = targets.changed() => {
                if changed.is_err() {
                    return;
                }
            }
        }
    }
}

async fn until_verified(
    client: &reqwest::Client,
    target: &str,
    token: &str,
    report: &watch::Sender<Handshake>,
) {
    let mut pause = FIRST_PAUSE;
    loop {
        let found = ask(client, &format!("{target}/webhooks/whatsapp"), token).await;
        let verified = found.verified;
        report.send_replace(found);
        if verified {
            return;
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Asks a callback once whether it knows the token.
pub(crate) async fn ask_once(callback: &str, token: &str) -> Handshake {
    match webhooks::client() {
        Ok(client) => ask(&client, callback, token).await,
        Err(error) => Handshake {
            problem: Some(error.to_string()),
            ..Handshake::default()
        },
    }
}

async fn ask(client: &reqwest::Client, callback: &str, token: &str) -> Handshake {
    let challenge = rand::rng()
        .random_range(100_000_000_u32..1_000_000_000)
        .to_string();
    let query = [
        ("hub.mode", "subscribe"),
        ("hub.verify_token", token),
        ("hub.challenge", &challenge),
    ];
    let Ok(answer) = client.get(callback).query(&query).send().await else {
        return Handshake {
            problem: Some("nobody answers at the webhook address".to_owned()),
            ..Handshake::default()
        };
    };
    let status = answer.status();
    if !status.is_success() {
        let problem = format!("the verification request was answered with {}", status.as_u16());
        return Handshake {
            reachable: true,
            verified: false,
            problem: Some(problem),
        };
    }
    let verified = answer.text().await.is_ok_and(|body| body == challenge);
    let problem =
        (!verified).then(|| "the answer to the verification request was not the challenge".to_owned());
    Handshake {
        reachable: true,
        verified,
        problem,
    }
}
