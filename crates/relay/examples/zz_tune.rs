//! Measures webhooks made durable and answered, beside the least any program must do.
//!
//! `cargo run --release -p cobro-relay --example ingress_bench -- [SECONDS]`
//!
//! The peer is an axum route that verifies the signature and inserts the body
//! into SQLCipher, group-committed by one writer: no masking, no duplicates, no
//! order, no stream. Both are driven in turns, by keep-alive connections over
//! plain TCP, with the same requests of about 1 KB. Prints one JSON line for
//! each number of connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use cobro_relay::{Relay, RelayOptions};
use hdrhistogram::Histogram;
use hmac::{Hmac, KeyInit, Mac};
use rusqlite::Connection;
use secrecy::SecretString;
use sha2::Sha256;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};

const SECRET: &str = "bench-secret";
const KEY: [u8; 32] = [9; 32];
const ROUNDS: usize = 3;

fn main() -> anyhow::Result<()> {
    let seconds = std::env::args()
        .nth(1)
        .and_then(|given| given.parse().ok())
        .unwrap_or(3.0);
    let span = Duration::from_secs_f64(seconds);
    let requests = Arc::new(Requests::prepare(400_000));
    if let Some(which) = std::env::args().nth(2) {
        let peer = if which == "relay" { Peer::Relay } else { Peer::Bare };
        let c = std::env::args().nth(3).unwrap().parse()?;
        let cpu = |name: &str| -> f64 {
            let mut t = 0u64;
            for d in std::fs::read_dir("/proc/self/task").unwrap() {
                let p = d.unwrap().path();
                let Ok(comm) = std::fs::read_to_string(p.join("comm")) else {
                    continue;
                };
                if comm.trim() == name {
                    t += std::fs::read_to_string(p.join("schedstat"))
                        .unwrap()
                        .split(' ')
                        .next()
                        .unwrap()
                        .parse::<u64>()
                        .unwrap();
                }
            }
            t as f64 / 1000.0
        };
        println!("body {}", requests.bodies[0].0.len());
        for _ in 0..3 {
            let h = std::thread::spawn(move || {
                std::thread::sleep(span);
                ["tokio-rt-worker", "journal", "bare"].map(|n| cpu(n))
            });
            let r = measure(peer, c, span, &requests)?;
            let t = h.join().unwrap();
            let n = r.per_second * (seconds);
            println!(
                "{which} {c}: {:.0}/s tokio {:.1} writer {:.1} us/req p50 {} p99 {}",
                r.per_second,
                t[0] / n,
                (t[1] + t[2]) / n,
                r.millis(0.5),
                r.millis(0.99)
            );
        }
        return Ok(());
    }
    for connections in [16, 64] {
        let mut relay = Vec::new();
        let mut bare = Vec::new();
        for round in 0..ROUNDS {
            // Turns change places, so that neither always has the warmer machine.
            if round % 2 == 0 {
                relay.push(measure(Peer::Relay, connections, span, &requests)?);
                bare.push(measure(Peer::Bare, connections, span, &requests)?);
            } else {
                bare.push(measure(Peer::Bare, connections, span, &requests)?);
                relay.push(measure(Peer::Relay, connections, span, &requests)?);
            }
        }
        report(connections, relay, bare);
    }
    Ok(())
}

fn report(connections: usize, relay: Vec<Run>, bare: Vec<Run>) {
    let (relay, bare) = (middle(relay), middle(bare));
    println!(
        "{}",
        serde_json::json!({
            "connections": connections,
            "relay_per_s": relay.per_second.round(),
            "bare_per_s": bare.per_second.round(),
            "ratio": (relay.per_second / bare.per_second * 100.0).round() / 100.0,
            "p50_ms": relay.millis(0.5),
            "p99_ms": relay.millis(0.99),
            "bare_p50_ms": bare.millis(0.5),
            "bare_p99_ms": bare.millis(0.99),
        })
    );
}

/// Returns the run whose rate is the median.
fn middle(mut runs: Vec<Run>) -> Run {
    runs.sort_by(|a, b| a.per_second.total_cmp(&b.per_second));
    runs.swap_remove(runs.len() / 2)
}

struct Run {
    per_second: f64,
    micros: Histogram<u64>,
}

impl Run {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds for people")]
    fn millis(&self, quantile: f64) -> f64 {
        self.micros.value_at_quantile(quantile) as f64 / 1000.0
    }
}

#[derive(Clone, Copy)]
enum Peer {
    Relay,
    Bare,
}

/// Runs one server in a fresh folder, with threads of its own, under load.
fn measure(peer: Peer, connections: usize, span: Duration, requests: &Arc<Requests>) -> anyhow::Result<Run> {
    let folder = TempDir::new()?;
    let server = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    match peer {
        Peer::Relay => {
            let relay = server.block_on(Relay::start(options(&folder)))?;
            let run = load(relay.addr(), "/webhooks/whatsapp", connections, span, requests);
            server.block_on(relay.shutdown());
            run
        }
        Peer::Bare => {
            let addr = server.block_on(bare(&folder))?;
            load(addr, "/", connections, span, requests)
        }
    }
}

fn options(folder: &TempDir) -> RelayOptions {
    RelayOptions {
        listen: ([127, 0, 0, 1], 0).into(),
        journal_path: folder.path().join("journal.db"),
        journal_key: Some(KEY.into()),
        whatsapp_secrets: vec![SecretString::from(SECRET)],
        verify_token: "verify".into(),
        stripe_secrets: Vec::new(),
        stream_token: "token".into(),
        keep: Duration::ZERO,
    }
}

// The peer.

type Waiting = (Bytes, oneshot::Sender<()>);

async fn bare(folder: &TempDir) -> anyhow::Result<std::net::SocketAddr> {
    let conn = Connection::open(folder.path().join("bare.db"))?;
    conn.execute_batch(&format!(
        "PRAGMA key = \"x'{}'\"; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE bodies (seq INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;",
        hex::encode(KEY)
    ))?;
    let (jobs, waiting) = mpsc::channel(1024);
    std::thread::Builder::new()
        .name("bare".to_owned())
        .spawn(move || write_groups(conn, waiting))?;
    let router = Router::new().route("/", post(take_bare)).with_state(jobs);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let addr = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(addr)
}

async fn take_bare(State(jobs): State<mpsc::Sender<Waiting>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let given = headers
        .get("x-hub-signature-256")
        .and_then(|value| value.to_str().ok()?.strip_prefix("sha256="))
        .and_then(|value| hex::decode(value).ok());
    if given.is_none_or(|given| mac(&body).verify_slice(&given).is_err()) {
        return StatusCode::UNAUTHORIZED;
    }
    let (reply, answer) = oneshot::channel();
    if jobs.send((body, reply)).await.is_err() || answer.await.is_err() {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    StatusCode::OK
}

fn write_groups(conn: Connection, mut waiting: mpsc::Receiver<Waiting>) {
    let mut group = Vec::new();
    while waiting.blocking_recv_many(&mut group, 512) > 0 {
        if write_group(&conn, &group).is_err() {
            break;
        }
        for (_, reply) in group.drain(..) {
            let _ = reply.send(());
        }
    }
}

fn write_group(conn: &Connection, group: &[Waiting]) -> rusqlite::Result<()> {
    conn.execute_batch("BEGIN IMMEDIATE")?;
    let mut insert = conn.prepare_cached("INSERT INTO bodies (body) VALUES (?1)")?;
    for (body, _) in group {
        insert.execute([body.as_ref()])?;
    }
    drop(insert);
    conn.execute_batch("COMMIT")
}

// The load.

/// Signed requests, made before the clock runs.
struct Requests {
    bodies: Vec<(String, String)>,
    next: AtomicUsize,
}

impl Requests {
    fn prepare(count: usize) -> Self {
        let bodies = (0..count).map(|nth| {
            let body = webhook(nth);
            let signature = hex::encode(mac(body.as_bytes()).finalize().into_bytes());
            (body, signature)
        });
        Self {
            bodies: bodies.collect(),
            next: AtomicUsize::new(0),
        }
    }

    fn next(&self) -> Option<&(String, String)> {
        let nth = self.next.fetch_add(1, Ordering::Relaxed);
        self.bodies.get(nth % self.bodies.len())
    }
}

fn mac(body: &[u8]) -> Hmac<Sha256> {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()) else {
        unreachable!("HMAC takes keys of any length");
    };
    mac.update(body);
    mac
}

/// Returns a text message as WhatsApp sends it, about 1 KB.
fn webhook(nth: usize) -> String {
    serde_json::json!({
        "object": "whatsapp_business_account",
        "entry": [{"id": "102290129340398", "changes": [{"field": "messages", "value": {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "5215550001111", "phone_number_id": "106540352242922"},
            "contacts": [{"profile": {"name": "Ana López"}, "wa_id": format!("521551{:07}", nth % 10_000_000)}],
            "messages": [{
                "from": format!("521551{:07}", nth % 10_000_000),
                "id": format!("wamid.HBgNNTIxNTUxMjM0NTY3OBUCABIYFDNBN0I1ODlGNjUwQzJGOUYyNEY2{nth:08}"),
                "timestamp": (1_764_000_000 + nth).to_string(),
                "type": "text",
                "text": {"body": format!("Hola, ¿todavía tienen la blusa azul en talla M? Quiero {} piezas. {}", nth % 9 + 1, "Gracias de antemano. ".repeat(18))}
            }]
        }}]}]
    })
    .to_string()
}

fn load(
    addr: std::net::SocketAddr,
    path: &'static str,
    connections: usize,
    span: Duration,
    requests: &Arc<Requests>,
) -> anyhow::Result<Run> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let warm_until = Instant::now() + Duration::from_millis(500);
        let until = warm_until + span;
        let tasks: Vec<_> = (0..connections)
            .map(|_| tokio::spawn(drive(addr, path, Arc::clone(requests), warm_until, until)))
            .collect();
        let mut micros = Histogram::new(3)?;
        for task in tasks {
            micros.add(task.await??)?;
        }
        #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
        let per_second = micros.len() as f64 / span.as_secs_f64();
        Ok(Run { per_second, micros })
    })
}

/// Sends one request after another on one connection.
async fn drive(
    addr: std::net::SocketAddr,
    path: &str,
    requests: Arc<Requests>,
    warm_until: Instant,
    until: Instant,
) -> anyhow::Result<Histogram<u64>> {
    let mut socket = TcpStream::connect(addr).await?;
    socket.set_nodelay(true)?;
    let mut micros = Histogram::new(3)?;
    let mut out = Vec::with_capacity(4096);
    let mut answer = [0; 1024];
    while Instant::now() < until {
        let Some((body, signature)) = requests.next() else {
            break;
        };
        out.clear();
        out.extend_from_slice(b"POST ");
        out.extend_from_slice(path.as_bytes());
        out.extend_from_slice(
            b" HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\nx-hub-signature-256: sha256=",
        );
        out.extend_from_slice(signature.as_bytes());
        out.extend_from_slice(format!("\r\ncontent-length: {}\r\n\r\n", body.len()).as_bytes());
        out.extend_from_slice(body.as_bytes());
        let sent = Instant::now();
        socket.write_all(&out).await?;
        let length = socket.read(&mut answer).await?;
        // Answers have no body and come in one piece.
        let answer = answer.get(..length).unwrap_or_default();
        anyhow::ensure!(
            answer.starts_with(b"HTTP/1.1 200") && answer.ends_with(b"\r\n\r\n"),
            "not 200"
        );
        if sent >= warm_until {
            micros.record(u64::try_from(sent.elapsed().as_micros())?)?;
        }
    }
    Ok(micros)
}
