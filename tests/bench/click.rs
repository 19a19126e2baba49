//! From the click to the link, beside a bare POST of the same form to the same sandbox.

use std::time::Instant;

use anyhow::Result;
use cobro_core::domain::{Currency, Money, NewCharge, Payment};
use cobro_core::{Actor, charge};

use crate::desk::BenchDesk;
use crate::figures::{Times, line, mark};

const ROUNDS: i64 = 300;
const WARM_UP: i64 = 20;
const LIMIT_MS: f64 = 3.0;

pub(crate) async fn run() -> Result<()> {
    let bench = BenchDesk::open().await?;
    let ana = bench.sandbox.customer("5215512345678").named("Ana");
    ana.writes("hola");
    let conversation = bench.conversation_of("Ana").await?;
    let http = reqwest::Client::builder().no_proxy().tcp_nodelay(true).build()?;
    let (mut clicks, mut bare) = (Times::new()?, Times::new()?);
    for n in 0..ROUNDS {
        let amount = Money::from_minor(10_000 + n, Currency::from_code("MXN")?)?;
        let begun = Instant::now();
        let made = charge::create(
            bench.inbox(),
            Actor::Person,
            NewCharge::new(conversation, amount, "Pastel"),
        )
        .await?;
        let click = begun.elapsed();
        anyhow::ensure!(
            made.payment == Payment::Open,
            "The link was not made: {:?}",
            made.problem
        );

        let begun = Instant::now();
        post(&http, &bench, amount).await?;
        let post = begun.elapsed();
        if n >= WARM_UP {
            clicks.add(click);
            bare.add(post);
        }
    }
    bench.close().await;
    let over = clicks.ms(50.0) - bare.ms(50.0);
    line(
        "click → link",
        &clicks.words(),
        &format!("bare POST: {}", bare.words()),
    );
    line(
        "click over the bare POST (p50)",
        &format!("{over:.2} ms"),
        &format!("at most 3 ms: {}", mark(over <= LIMIT_MS)),
    );
    Ok(())
}

/// The least that any program must do: the same form, the answer read as JSON.
async fn post(http: &reqwest::Client, bench: &BenchDesk, amount: Money) -> Result<()> {
    let minor = amount.minor().to_string();
    let form = [
        ("line_items[0][price_data][currency]", "mxn"),
        ("line_items[0][price_data][unit_amount]", minor.as_str()),
        ("line_items[0][price_data][product_data][name]", "Pastel"),
        ("line_items[0][quantity]", "1"),
        ("restrictions[completed_sessions][limit]", "1"),
        ("metadata[cobro_charge]", "bench"),
        ("payment_intent_data[metadata][cobro_charge]", "bench"),
    ];
    let answer = http
        .post(format!("{}/v1/payment_links", bench.sandbox.stripe_url()))
        .bearer_auth(&bench.sandbox.stripe().restricted_key)
        .form(&form)
        .send()
        .await?
        .error_for_status()?;
    answer.json::<serde_json::Value>().await?;
    Ok(())
}
