//! The task that posts one source's webhooks.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use jiff::Timestamp;

use super::queue::{Attempt, Queue};
use super::{Letter, Shared, Source};

/// How many webhooks of one source travel at once when their order does not matter.
pub(super) const LANES: usize = 4;

/// How long a receiver may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);

pub(crate) fn client() -> anyhow::Result<reqwest::Client> {
    // Fails when a provider was installed before, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(PATIENCE)
        .build()
        .context("Failed to set up the webhook sender")
}

/// Returns a client that follows redirects, as a customer's browser does.
pub(crate) fn browser() -> anyhow::Result<reqwest::Client> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder().no_proxy().timeout(PATIENCE);
    builder.build().context("Failed to set up a customer's browser")
}

pub(super) async fn run(shared: Arc<Shared>, source: Source, lane: usize) {
    let stop = shared.stop.clone();
    let work = async {
        loop {
            let (attempt, address) = next(&shared, source, lane).await;
            let outcome = post(&shared.client, &address, &attempt.letter).await;
            conclude(&shared, attempt, outcome);
        }
    };
    stop.run_until_cancelled(work).await;
}

/// Waits for a webhook that may leave, and for somewhere to send it.
async fn next(shared: &Shared, source: Source, lane: usize) -> (Attempt, String) {
    loop {
        let woken = shared.wake(source).notified();
        tokio::pin!(woken);
        // Register for the wake-up before looking.
        woken.as_mut().enable();
        let mut due = None;
        if let Some(address) = shared.address(source) {
            let lanes = if shared.faults.webhooks().reorder {
                LANES
            } else {
                1
            };
            if lane < lanes {
                if let Some(attempt) = shared.queue(source, |queue| queue.take(lanes)) {
                    return (attempt, address);
                }
                due = shared.queue(source, |queue| queue.next_due());
            }
        }
        match due {
            // A webhook that is due but may not leave yet waits for the one on the way.
            Some(due) if due > tokio::time::Instant::now() => {
                let _ = tokio::time::timeout_at(due, woken).await;
            }
            _ => woken.await,
        }
    }
}

async fn post(client: &reqwest::Client, address: &str, letter: &Letter) -> Result<u16, String> {
    let mut request = client.post(address).body(letter.body().to_owned());
    for (name, value) in letter.headers(Timestamp::now().as_second()) {
        request = request.header(name, value);
    }
    match request.send().await {
        Ok(answer) => Ok(answer.status().as_u16()),
        Err(error) if error.is_timeout() => Err("no answer in time".to_owned()),
        Err(error) if error.is_connect() => Err("nobody listens".to_owned()),
        Err(_) => Err("the connection broke".to_owned()),
    }
}

fn conclude(shared: &Shared, attempt: Attempt, outcome: Result<u16, String>) {
    let source = attempt.letter.source();
    let conclude = |queue: &mut Queue| match outcome {
        Ok(code @ 200..=299) => {
            queue.answered(code);
            shared.acknowledge(&attempt.letter);
        }
        Ok(code) => queue.refused(attempt, code),
        Err(why) => queue.unanswered(attempt, &why),
    };
    shared.queue(source, conclude);
    shared.wake(source).notify_waiters();
}
