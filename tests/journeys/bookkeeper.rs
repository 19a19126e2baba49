//! `cobro reconcile`, as a bookkeeper runs it: beside the desk or alone, with the files and the exit code that
//! a script looks at.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::fs;
use std::time::Duration;

use kit::{Home, Profile, Sandbox, until};
use serde_json::Value;

const ANA: &str = "5215512340001";
const PATIENCE: Duration = Duration::from_secs(60);

/// Returns the only conversation's id.
async fn conversation(profile: &Profile<'_>) -> String {
    let known = || async {
        let told = profile.cobro("conversations", &["--json"]).await.unwrap();
        let first: Value = serde_json::from_str(told.out.lines().next()?).ok()?;
        Some(first["id"].as_str()?.to_owned())
    };
    until(PATIENCE, known).await.expect("the customer never appeared")
}

/// Charges so much, lets the customer pay it, and waits until Stripe has it.
async fn sells(profile: &Profile<'_>, sandbox: &Sandbox, conversation: &str, minor: &str) {
    let told = profile
        .cobro(
            "charge",
            &[
                "--conversation",
                conversation,
                "--amount",
                minor,
                "--description",
                "Pastel",
                "--json",
            ],
        )
        .await
        .unwrap();
    assert!(told.succeeded, "{}", told.err);
    let charge: Value = serde_json::from_str(&told.out).unwrap();
    let link = charge["link"]
        .as_str()
        .unwrap_or_else(|| panic!("{charge}"))
        .to_owned();
    let paid = sandbox
        .customer_pays(ANA, &link, "4242424242424242")
        .await
        .unwrap();
    assert_eq!(paid["outcome"], "paid", "{paid}");
}

/// Sells by a link that somebody made in Stripe's dashboard.
async fn sells_elsewhere(sandbox: &Sandbox, minor: i64) {
    let stripe = &sandbox.ready().stripe;
    let base = stripe.url.trim_end_matches('/');
    let http = reqwest::Client::new();
    let form = format!(
        "line_items[0][quantity]=1&line_items[0][price_data][currency]=mxn\
         &line_items[0][price_data][unit_amount]={minor}&line_items[0][price_data][product_data][name]=Blusa"
    );
    let made = http
        .post(format!("{base}/v1/payment_links"))
        .bearer_auth(&stripe.key)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form);
    let made: Value = made.send().await.unwrap().json().await.unwrap();
    let link = made["id"].as_str().unwrap_or_else(|| panic!("{made}"));
    let paid = http
        .post(format!("{base}/sandbox/links/{link}/pay"))
        .json(&serde_json::json!({ "card": "4242424242424242" }))
        .send()
        .await
        .unwrap();
    assert!(paid.status().is_success());
}

#[tokio::test]
async fn a_bookkeeper_closes_the_month_from_the_command_line() {
    let home = Home::new().unwrap();
    let sandbox = Sandbox::start(&home).await.unwrap();
    let profile = Profile::new(&home).unwrap().with(&sandbox);
    let agent = profile.start_agent().await.unwrap();
    sandbox.deliver_to(&agent.relay).await.unwrap();
    sandbox.customer_writes(ANA, "Ana López", "Hola").await.unwrap();
    let conversation = conversation(&profile).await;
    sells(&profile, &sandbox, &conversation, "125000").await;
    sells(&profile, &sandbox, &conversation, "33333").await;
    sandbox.delivered(PATIENCE).await.unwrap();
    // Stripe books a payment a moment after it came.
    tokio::time::sleep(Duration::from_secs(2)).await;

    let room = home.room("books").unwrap();
    let (csv, html) = (room.join("books.csv"), room.join("books.html"));
    let files = [
        "--csv",
        csv.to_str().unwrap(),
        "--html",
        html.to_str().unwrap(),
        "--json",
    ];
    let closed = |told: kit::Told| {
        assert!(told.succeeded, "{}{}", told.out, told.err);
        let report: Value = serde_json::from_str(&told.out).unwrap();
        assert_eq!(
            (&report["closes"], &report["open"]),
            (&Value::Bool(true), &Value::from(0)),
            "{report}"
        );
        let sums = &report["sums"][0];
        assert_eq!(sums["stripe"]["amount"], 158_333);
        assert_eq!(sums["stripe"], sums["booked"]);
        assert_eq!(sums["keptHere"], sums["matchedAtStripe"]);
    };
    let range = ["--from", "2026-01-01T00:00:00Z"];
    // Beside the running desk, and without one.
    closed(
        profile
            .cobro("reconcile", &[&range[..], &files[..]].concat())
            .await
            .unwrap(),
    );
    agent.stop().await.unwrap();
    fs::remove_file(&csv).unwrap();
    fs::remove_file(&html).unwrap();
    closed(
        profile
            .cobro("reconcile", &[&range[..], &files[..]].concat())
            .await
            .unwrap(),
    );

    let table = fs::read_to_string(&csv).unwrap();
    let matched: Vec<&str> = table
        .lines()
        .filter(|line| line.starts_with("matched,charge,"))
        .collect();
    assert_eq!(matched.len(), 2, "{table}");
    assert!(table.contains(",1250.00,MXN,48.00,1202.00,MXN,"), "{table}");
    let page = fs::read_to_string(&html).unwrap();
    assert!(page.contains("Ana L") && !page.contains("<script"), "{page}");
}

#[tokio::test]
async fn money_that_nobody_asked_for_fails_the_script_and_is_named() {
    let home = Home::new().unwrap();
    let sandbox = Sandbox::start(&home).await.unwrap();
    let profile = Profile::new(&home).unwrap().with(&sandbox);
    sells_elsewhere(&sandbox, 64_000).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let told = profile
        .cobro("reconcile", &["--from", "2026-01-01T00:00:00Z"])
        .await
        .unwrap();
    assert!(!told.succeeded, "an exception is open");
    assert!(
        told.out.contains("unmatched: 1 (1 open)") && told.out.contains("The books close."),
        "{}{}",
        told.out,
        told.err
    );
    let unread = profile
        .cobro("reconcile", &["--from", "yesterday"])
        .await
        .unwrap();
    assert!(
        !unread.succeeded && unread.err.contains("2026-11-01"),
        "{}",
        unread.err
    );
}
