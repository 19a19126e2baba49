//! From a webhook's POST to the event at the window's boundary, at 50 a second.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use cobro_core::CoreEvent;
use kit::signing;

use crate::desk::BenchDesk;
use crate::figures::{Times, line, mark};

const MESSAGES: u32 = 1000;
const EVERY: Duration = Duration::from_millis(20);
const LIMIT_MS: f64 = 25.0;

pub(crate) async fn run() -> Result<()> {
    let bench = BenchDesk::open().await?;
    let relay = bench.desk.relay_url().context("The desk has no relay")?;
    let number = bench.sandbox.whatsapp().phone_number_id.clone();
    let secret = bench.sandbox.whatsapp().app_secret.clone();
    let http = reqwest::Client::builder().no_proxy().tcp_nodelay(true).build()?;
    let mut events = bench.inbox().events();
    let mut times = Times::new()?;
    let mut turn = tokio::time::interval(EVERY);
    for n in 0..MESSAGES {
        turn.tick().await;
        let body = message(&number, n);
        let signature = signing::whatsapp(&secret, body.as_bytes());
        while events.try_recv().is_ok() {}
        let begun = Instant::now();
        let posted = http
            .post(format!("{relay}/webhooks/whatsapp"))
            .header("X-Hub-Signature-256", signature)
            .header("content-type", "application/json")
            .body(body)
            .send();
        let heard = async {
            loop {
                if let CoreEvent::ConversationChanged { .. } = events.recv().await? {
                    return anyhow::Ok(begun.elapsed());
                }
            }
        };
        let (answer, took) = tokio::try_join!(async { Ok(posted.await?) }, heard)?;
        anyhow::ensure!(
            answer.status().is_success(),
            "The relay answered {}",
            answer.status()
        );
        times.add(took);
    }
    bench.close().await;
    line(
        "webhook POST → event, 50/s",
        &times.words(),
        &format!("p99 under 25 ms: {}", mark(times.ms(99.0) < LIMIT_MS)),
    );
    Ok(())
}

/// A documented text webhook of about 1 KB.
pub(crate) fn message(number: &str, n: u32) -> String {
    let text =
        format!("Hola, ¿tienen el pastel de tres leches número {n}? Lo quiero para el sábado por la tarde");
    let phone = 5_215_500_000_000_u64 + u64::from(n % 500);
    serde_json::json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": "102290129340398", "changes": [{ "field": "messages", "value": {
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": "15550783881", "phone_number_id": number },
            "contacts": [{ "profile": { "name": format!("Cliente {}", n % 500) }, "wa_id": phone.to_string() }],
            "messages": [{
                "from": phone.to_string(),
                "id": format!("wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0{n:08}"),
                "timestamp": cobro_protocol::Timestamp::now().secs().to_string(),
                "type": "text",
                "text": { "body": text },
            }],
        }}]}],
    })
    .to_string()
}
