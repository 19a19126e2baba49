//! Reconciling 100,000 objects, beside only parsing the same pages.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use cobro_core::domain::{Currency, Timestamp};
use cobro_core::{DatabaseKey, Inbox, Language, Options, reconcile};
use cobro_stripe::ledger::{Range, Shelf, page_from_body};
use cobro_stripe::{StripeApi, StripeOptions};
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::figures::line;

/// A payment is a session, an intent, a charge and a line of the balance: 100,000 objects.
/// `COBRO_BENCH_PAYMENTS` takes fewer.
static PAYMENTS: LazyLock<u32> = LazyLock::new(|| {
    std::env::var("COBRO_BENCH_PAYMENTS")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(25_000)
});
const PAGE: u32 = 100;
const BEGAN: i64 = 1_790_000_000;

pub(crate) async fn run() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let base = format!("http://{}", listener.local_addr()?);
    tokio::spawn(serve(listener));
    let folder = tempfile::tempdir()?;
    let inbox = Inbox::open(options(&base, folder.path())?).await?;
    let range = Range {
        since: Timestamp::from_secs(BEGAN),
        until: Timestamp::from_secs(BEGAN + i64::from(*PAYMENTS)),
    };
    let before = peak_kb();
    let began = Instant::now();
    let report = reconcile::read(&inbox, range, true).await?;
    let took = began.elapsed();
    anyhow::ensure!(report.closes, "the books of the bench do not close: {report:?}");
    let objects = f64::from(report.run.objects);
    let parsed = parse_alone()?;
    line(
        "objects reconciled",
        &format!(
            "{:.0}/s ({objects} in {:.1} s)",
            objects / took.as_secs_f64(),
            took.as_secs_f64()
        ),
        &format!("parsing the same pages alone: {parsed:.0}/s"),
    );
    line(
        "memory at its peak while reconciling",
        &format!("{} MB", peak_kb() / 1024),
        &format!("before: {} MB", before / 1024),
    );
    inbox.shutdown().await;
    Ok(())
}

fn options(base: &str, folder: &std::path::Path) -> Result<Options> {
    Ok(Options {
        database: folder.join("cobro.db"),
        key: DatabaseKey::from_raw([7; 32]),
        stream: None,
        whatsapp: None,
        stripe: Some(StripeApi::new(StripeOptions {
            base_url: base.to_owned(),
            key: "sk_test_bench".to_owned().into(),
            timeout: Duration::from_secs(20),
            on_read: None,
        })?),
        language: Language::En,
        country: "MX".into(),
        default_currency: Currency::from_code("MXN")?,
        default_expiry_hours: 48,
        announces: false,
        poll_every: Some(Duration::from_hours(1)),
        stripe_webhooks: false,
        stale_after: Duration::from_hours(24),
    })
}

/// Returns how many objects a second the same pages give when they are only parsed.
fn parse_alone() -> Result<f64> {
    let shelves = [
        Shelf::Sessions,
        Shelf::PaymentIntents,
        Shelf::Charges,
        Shelf::BalanceTransactions,
    ];
    let mut objects = 0_u32;
    let mut took = Duration::ZERO;
    for shelf in shelves {
        for first in (0..*PAYMENTS).step_by(PAGE as usize) {
            let body = page(shelf, first);
            let began = Instant::now();
            objects += u32::try_from(page_from_body(shelf, &body, false)?.entries.len())?;
            took += began.elapsed();
        }
    }
    Ok(f64::from(objects) / took.as_secs_f64())
}

/// Returns the most memory that this process ever had, in KB; 0 where the system does not tell.
fn peak_kb() -> u64 {
    std::fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|status| {
            let line = status.lines().find(|line| line.starts_with("VmHWM:"))?.to_owned();
            line.split_whitespace().nth(1)?.parse().ok()
        })
        .unwrap_or(0)
}

async fn serve(listener: TcpListener) {
    while let Ok((socket, _)) = listener.accept().await {
        tokio::spawn(async move {
            // A client that hangs up is done.
            let _ = answer_all(socket).await;
        });
    }
}

/// Answers one list after another over a connection that stays open.
async fn answer_all(socket: TcpStream) -> Result<()> {
    let mut socket = BufReader::new(socket);
    loop {
        let mut request = String::new();
        if socket.read_line(&mut request).await? == 0 {
            return Ok(());
        }
        let mut header = String::new();
        while socket.read_line(&mut header).await? > 2 {
            header.clear();
        }
        let body = answer_of(&request).context("the bench does not know this request")?;
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        socket.write_all(head.as_bytes()).await?;
        socket.write_all(body.as_bytes()).await?;
        socket.flush().await?;
    }
}

fn answer_of(request: &str) -> Option<String> {
    let target = request.split_whitespace().nth(1)?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if path == "/v1/account" {
        let account = json!({
            "id": "acct_1Bench", "object": "account", "country": "MX", "default_currency": "mxn",
            "charges_enabled": true, "capabilities": {},
        });
        return Some(account.to_string());
    }
    let shelf = match path {
        "/v1/checkout/sessions" => Shelf::Sessions,
        "/v1/payment_intents" => Shelf::PaymentIntents,
        "/v1/charges" => Shelf::Charges,
        "/v1/balance_transactions" => Shelf::BalanceTransactions,
        _ => return Some(r#"{"object":"list","data":[],"has_more":false}"#.into()),
    };
    let after = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("starting_after="))
        .and_then(|id| id.rsplit('_').next()?.parse::<u32>().ok());
    Some(page(shelf, after.map_or(0, |after| after + 1)))
}

fn page(shelf: Shelf, first: u32) -> String {
    let last = (first + PAGE).min(*PAYMENTS);
    let data: Vec<_> = (first..last).map(|n| object(shelf, n)).collect();
    json!({ "object": "list", "data": data, "has_more": last < *PAYMENTS }).to_string()
}

fn object(shelf: Shelf, n: u32) -> serde_json::Value {
    let created = BEGAN + i64::from(*PAYMENTS - n) - 1;
    let buyer =
        json!({ "name": format!("Customer {n}"), "email": format!("c{n}@example.test"), "phone": null });
    match shelf {
        Shelf::Sessions => json!({
            "id": format!("cs_{n}"), "object": "checkout.session", "created": created, "amount_total": 12_500,
            "currency": "mxn", "payment_status": "paid", "status": "complete", "payment_intent": format!("pi_{n}"),
            "payment_link": format!("plink_{n}"), "customer_details": buyer, "metadata": {}, "livemode": false,
        }),
        Shelf::PaymentIntents => json!({
            "id": format!("pi_{n}"), "object": "payment_intent", "created": created, "amount": 12_500,
            "amount_received": 12_500, "currency": "mxn", "status": "succeeded", "latest_charge": format!("ch_{n}"),
            "metadata": {}, "livemode": false,
        }),
        Shelf::Charges => json!({
            "id": format!("ch_{n}"), "object": "charge", "created": created, "amount": 12_500, "amount_captured": 12_500,
            "captured": true, "amount_refunded": 0, "currency": "mxn", "status": "succeeded", "paid": true,
            "payment_intent": format!("pi_{n}"), "balance_transaction": format!("txn_{n}"), "billing_details": buyer,
            "metadata": {}, "disputed": false, "livemode": false,
        }),
        _ => json!({
            "id": format!("txn_{n}"), "object": "balance_transaction", "created": created, "amount": 12_500, "fee": 750,
            "net": 11_750, "currency": "mxn", "type": "charge", "source": format!("ch_{n}"), "status": "available",
        }),
    }
}
