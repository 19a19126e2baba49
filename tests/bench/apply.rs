//! Catching up: envelopes applied by the core, beside the raw SQLCipher insert in equal groups.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use cobro_core::domain::Currency;
use cobro_core::{DatabaseKey, Inbox, Language, Options, StreamOptions, conversation};
use cobro_relay::{Relay, RelayOptions};
use futures_util::{StreamExt, stream};
use kit::signing;
use rusqlite::Connection;
use secrecy::SecretString;

use crate::figures::{line, mark};
use crate::latency::message;

const ENVELOPES: u32 = 30_000;
/// The core commits what waits together, up to this many.
const GROUP: usize = 2048;
const LIMIT: f64 = 0.5;
const KEY: [u8; 32] = [9; 32];

pub(crate) async fn run() -> Result<()> {
    let bodies: Vec<String> = (0..ENVELOPES).map(|n| message("106540352242922", n)).collect();
    let core = caught_up(&bodies, ENVELOPES, applied).await?;
    let raw = raw_rate(ENVELOPES, move |db| raw_insert(db, &bodies)).await?;
    line(
        "envelopes applied when catching up",
        &format!("{core:.0}/s"),
        &format!("raw insert of envelope and message: {raw:.0}/s"),
    );
    compare("applied, of the raw insert", core, raw);
    Ok(())
}

/// Says whether the core reaches half of what the database can do.
pub(crate) fn compare(what: &str, core: f64, raw: f64) {
    let ratio = core / raw;
    line(
        what,
        &format!("{ratio:.2}"),
        &format!("at least {LIMIT}: {}", mark(ratio >= LIMIT)),
    );
}

/// Lets a new desk catch up with a journal of `bodies`. Returns how many a
/// second it has, from when it connects to when `done` says `total`.
pub(crate) async fn caught_up(
    bodies: &[String],
    total: u32,
    done: impl AsyncFn(&Inbox) -> Result<u32>,
) -> Result<f64> {
    let folder = tempfile::tempdir()?;
    let relay = relay(folder.path()).await?;
    fill(&relay, bodies).await?;
    // The bare database is open, too, when its time begins.
    let inbox = open(&relay, folder.path()).await?;
    let begun = Instant::now();
    inbox.start();
    while done(&inbox).await? < total {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let rate = f64::from(total) / begun.elapsed().as_secs_f64();
    inbox.shutdown().await;
    relay.shutdown().await;
    Ok(rate)
}

/// Returns how many rows a second `insert` writes into a bare database.
pub(crate) async fn raw_rate(
    total: u32,
    insert: impl FnOnce(&mut Connection) -> Result<()> + Send + 'static,
) -> Result<f64> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("raw.db");
    tokio::task::spawn_blocking(move || {
        let mut db = raw_database(&path)?;
        let begun = Instant::now();
        insert(&mut db)?;
        Ok(f64::from(total) / begun.elapsed().as_secs_f64())
    })
    .await?
}

pub(crate) async fn relay(folder: &Path) -> Result<Relay> {
    Ok(Relay::start(RelayOptions {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        journal_path: folder.join("journal.db"),
        journal_key: Some(KEY.into()),
        whatsapp_secrets: vec!["secret".into()],
        verify_token: "verify".into(),
        stripe_secrets: Vec::new(),
        stream_token: "token".into(),
        keep: RelayOptions::KEEP,
    })
    .await?)
}

/// Posts the webhooks as WhatsApp does.
pub(crate) async fn fill(relay: &Relay, bodies: &[String]) -> Result<()> {
    let http = reqwest::Client::builder().no_proxy().tcp_nodelay(true).build()?;
    let url = format!("{}/webhooks/whatsapp", relay.url());
    let posts = stream::iter(bodies).map(|body| {
        let post = http
            .post(&url)
            .header(
                "X-Hub-Signature-256",
                signing::whatsapp("secret", body.as_bytes()),
            )
            .body(body.clone())
            .send();
        async move { anyhow::Ok(post.await?.error_for_status()?) }
    });
    let mut answers = posts.buffer_unordered(64);
    while let Some(answer) = answers.next().await {
        answer?;
    }
    Ok(())
}

/// Opens an inbox that listens to the relay once it is started.
async fn open(relay: &Relay, folder: &Path) -> Result<Inbox> {
    open_with(relay, folder, KEY).await
}

pub(crate) async fn open_with(relay: &Relay, folder: &Path, key: [u8; 32]) -> Result<Inbox> {
    Ok(Inbox::open(Options {
        database: folder.join("cobro.db"),
        key: DatabaseKey::from_raw(key),
        stream: Some(StreamOptions {
            url: relay.stream_url(),
            token: SecretString::from("token"),
        }),
        whatsapp: None,
        stripe: None,
        language: Language::Es,
        country: "MX".into(),
        default_currency: Currency::from_code("MXN")?,
        default_expiry_hours: 48,
        announces: false,
        poll_every: None,
        stripe_webhooks: false,
        stale_after: std::time::Duration::from_mins(30),
    })
    .await?)
}

async fn applied(inbox: &Inbox) -> Result<u32> {
    Ok(conversation::unread(inbox).await?)
}

/// The same rows under the same unique keys and index, in equal groups: no stream, no parsing, no looking up.
fn raw_insert(db: &mut Connection, bodies: &[String]) -> Result<()> {
    let conversations: Vec<_> = (0..500).map(|_| uuid::Uuid::now_v7()).collect();
    for (group, bodies) in bodies.chunks(GROUP).enumerate() {
        let tx = db.transaction()?;
        for (n, body) in bodies.iter().enumerate() {
            let key = i64::try_from(group * GROUP + n)?;
            tx.prepare_cached("INSERT INTO envelopes VALUES (?, 'whatsapp', ?, ?, NULL)")?
                .execute((key, key, body))?;
            tx.prepare_cached("INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?)")?
                .execute((
                    key,
                    uuid::Uuid::now_v7().as_bytes(),
                    conversations.get(n % 500).map(|id| *id.as_bytes()),
                    format!("wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0{key:08}"),
                    "Hola, ¿tienen el pastel de tres leches? Lo quiero para el sábado por la tarde",
                    key,
                ))?;
        }
        tx.commit()?;
    }
    Ok(())
}

/// A database with the same unique keys and index.
fn raw_database(path: &Path) -> Result<Connection> {
    let db = Connection::open(path)?;
    db.execute_batch(&format!(
        "PRAGMA key = \"x'{}'\"; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 4000;
         CREATE TABLE envelopes (key INTEGER PRIMARY KEY, source TEXT NOT NULL, received_at INTEGER NOT NULL,
                                 body TEXT NOT NULL, error TEXT) STRICT;
         CREATE TABLE messages (n INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, conversation BLOB NOT NULL,
                                wamid TEXT NOT NULL UNIQUE, text TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
         CREATE INDEX messages_of_conversation ON messages (conversation, at, n);",
        hex::encode(KEY)
    ))?;
    Ok(db)
}
