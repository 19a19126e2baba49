//! Starting in bad circumstances, and the program itself: killed, stopped, misconfigured.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod kit;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use cobro_relay::{Relay, RelayError};
use kit::{APP_SECRET, Sender, TestRelay, message, options};
use tempfile::TempDir;

struct Program(Child);

impl Program {
    fn start(folder: &Path) -> (Self, String) {
        Self::spawn(command(folder))
    }

    fn spawn(mut command: Command) -> (Self, String) {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut ready = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut ready)
            .unwrap();
        let ready: serde_json::Value = serde_json::from_str(&ready).unwrap();
        assert_eq!(ready["ready"], true);
        (Self(child), ready["relay"].as_str().unwrap().to_owned())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cobro-relay"));
    command
        .env("COBRO_RELAY_LISTEN", "127.0.0.1:0")
        .env("COBRO_RELAY_JOURNAL", folder.join("journal.db"))
        .env("COBRO_RELAY_KEY", hex::encode(kit::KEY))
        .env(
            "COBRO_WHATSAPP_APP_SECRET",
            format!("{}, {APP_SECRET}", kit::OLD_APP_SECRET),
        )
        .env("COBRO_RELAY_STREAM_TOKEN", kit::STREAM_TOKEN)
        .env("RUST_LOG", "warn")
        .stderr(Stdio::inherit());
    command
}

#[tokio::test]
async fn what_was_answered_200_survives_a_kill() {
    let folder = TempDir::new().unwrap();
    let mut answered = Vec::new();
    for round in 0..4 {
        let (program, url) = Program::start(folder.path());
        let senders: Vec<_> = (0..16)
            .map(|nth| {
                let sender = Sender::to(&url);
                tokio::spawn(async move {
                    let mut answered = Vec::new();
                    for message_nth in 0.. {
                        let body = message(&format!("{round}/{nth}/{message_nth}"));
                        let signature = kit::whatsapp_signature(APP_SECRET, body.as_bytes());
                        let request = sender
                            .http
                            .post(format!("{}/webhooks/whatsapp", sender.url))
                            .header("x-hub-signature-256", signature)
                            .body(body.clone());
                        match request.send().await {
                            Ok(answer) if answer.status() == 200 => answered.push(body),
                            _ => break,
                        }
                    }
                    answered
                })
            })
            .collect();
        tokio::time::sleep(std::time::Duration::from_millis(250)).await;
        drop(program);
        for sender in senders {
            answered.extend(sender.await.unwrap());
        }
    }
    let relay = Relay::start(options(folder.path())).await.unwrap();
    let mut desk = kit::Desk::connect(&relay.stream_url(), 0).await;
    let last = desk.last;
    let entries = desk.until(last).await;
    let kept: std::collections::BTreeSet<_> = entries.iter().map(|entry| entry.body.as_str()).collect();
    assert!(answered.len() > 100, "{} answered", answered.len());
    assert!(answered.iter().all(|body| kept.contains(body.as_str())));
    let seqs: Vec<i64> = entries.iter().map(|entry| entry.seq.0).collect();
    assert_eq!(seqs, (1..=last.0).collect::<Vec<_>>());
    relay.shutdown().await;
}

#[cfg(unix)]
#[tokio::test]
async fn sigterm_ends_the_program_cleanly() {
    let folder = TempDir::new().unwrap();
    let (mut program, url) = Program::start(folder.path());
    let sender = Sender::to(&url);
    assert_eq!(sender.whatsapp(message("Hola")).await, 200);
    assert_eq!(sender.stripe("{}").await, 401);
    let killed = Command::new("kill")
        .args(["-TERM", &program.0.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    let ended = tokio::task::spawn_blocking(move || program.0.wait().unwrap())
        .await
        .unwrap();
    assert_eq!(ended.code(), Some(0));
    // Folded into the main file, nothing is left to recover.
    assert!(!folder.path().join("journal.db-wal").exists());
}

#[cfg(unix)]
#[tokio::test]
async fn a_journal_that_cannot_write_answers_503_and_says_so() {
    let folder = TempDir::new().unwrap();
    let (program, _) = Program::start(folder.path());
    drop(program);
    // Files may not grow beyond 512 KB; writing more fails, as on a disk that has no room.
    let mut limited = Command::new("sh");
    limited
        .args([
            "-c",
            "trap '' XFSZ; ulimit -f 1024; exec \"$0\"",
            env!("CARGO_BIN_EXE_cobro-relay"),
        ])
        .envs(
            command(folder.path())
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
    let (_program, url) = Program::spawn(limited);
    let sender = Sender::to(&url);
    for padding in [100_000, 10_000, 1_000] {
        let padding = "x".repeat(padding);
        let mut answers = Vec::new();
        while answers.last() != Some(&503) && answers.len() < 100 {
            let body = message(&format!("{} {padding}", answers.len()));
            answers.push(sender.whatsapp(body).await);
        }
        assert_eq!(answers.last(), Some(&503), "{answers:?}");
    }
    let (status, health) = sender.get("/health").await;
    let health: serde_json::Value = serde_json::from_str(&health).unwrap();
    assert_eq!((status, &health["status"]), (503, &"failing".into()));
    assert!(health["journal"]["problem"].is_string());
    assert!(health["counts"]["not_written"].as_u64() > Some(0));
}

#[test]
fn the_program_names_the_setting_that_is_wrong() {
    let folder = TempDir::new().unwrap();
    for (setting, value, words) in [
        (
            "COBRO_RELAY_KEY",
            "abc",
            "COBRO_RELAY_KEY must be 64 hexadecimal digits",
        ),
        (
            "COBRO_RELAY_STREAM_TOKEN",
            " ",
            "COBRO_RELAY_STREAM_TOKEN must not be empty",
        ),
        (
            "COBRO_WHATSAPP_APP_SECRET",
            "a,,b",
            "COBRO_WHATSAPP_APP_SECRET must not be empty",
        ),
    ] {
        let output = command(folder.path())
            .env(setting, value)
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(words), "{said}");
    }
}

#[tokio::test]
async fn a_taken_port_is_told_apart() {
    let shop = TestRelay::start().await;
    let folder = TempDir::new().unwrap();
    let mut second = options(folder.path());
    second.listen = shop.relay.addr();
    let error = Relay::start(second).await.unwrap_err();
    assert!(matches!(error, RelayError::PortTaken { addr } if addr == shop.relay.addr()));
    assert!(error.to_string().contains("COBRO_RELAY_LISTEN"));
}

#[tokio::test]
async fn a_journal_has_one_relay_at_a_time() {
    let shop = TestRelay::start().await;
    let error = Relay::start(options(shop.folder.path())).await.unwrap_err();
    assert!(matches!(error, RelayError::JournalInUse { .. }), "{error}");
    let folder = shop.folder;
    shop.relay.shutdown().await;
    Relay::start(options(folder.path()))
        .await
        .unwrap()
        .shutdown()
        .await;
}

#[tokio::test]
async fn only_its_own_key_opens_a_journal() {
    let shop = TestRelay::start().await;
    shop.sender.whatsapp(message("Hola, soy Ana")).await;
    let id = shop.sender.health().await["journal"]["id"].clone();
    let folder = shop.folder;
    shop.relay.shutdown().await;
    let file = std::fs::read(folder.path().join("journal.db")).unwrap();
    assert!(!file.windows(3).any(|three| three == b"Ana") && !file.starts_with(b"SQLite"));

    for key in [Some([8; 32].into()), None] {
        let mut wrong = options(folder.path());
        wrong.journal_key = key;
        let error = Relay::start(wrong).await.unwrap_err();
        assert!(matches!(error, RelayError::JournalKey { .. }), "{error}");
    }
    let relay = Relay::start(options(folder.path())).await.unwrap();
    let health = Sender::to(&relay.url()).health().await;
    assert_eq!(
        (&health["journal"]["id"], &health["journal"]["last_seq"]),
        (&id, &1.into())
    );
    relay.shutdown().await;
}

#[tokio::test]
async fn what_is_not_a_journal_is_refused_and_left_alone() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("journal.db");
    let letter = "Querida Ana, ".repeat(500);
    std::fs::write(&path, &letter).unwrap();
    for key in [Some(kit::KEY.into()), None] {
        let mut options = options(folder.path());
        options.journal_key = key;
        let error = Relay::start(options).await.unwrap_err();
        assert!(matches!(error, RelayError::JournalKey { .. }), "{error}");
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), letter);
}

#[tokio::test]
async fn a_damaged_journal_is_told_apart() {
    for key in [Some(kit::KEY.into()), None] {
        let shop = TestRelay::start_with(|options| options.journal_key = key.clone()).await;
        for nth in 0..200 {
            shop.sender
                .whatsapp(message(&format!("{nth} {}", "x".repeat(2000))))
                .await;
        }
        let folder = shop.folder;
        shop.relay.shutdown().await;
        let path = folder.path().join("journal.db");
        let mut bytes = std::fs::read(&path).unwrap();
        // Everything but the first page, which holds the header.
        bytes[4096..].fill(0xA5);
        std::fs::write(&path, bytes).unwrap();
        let mut options = options(folder.path());
        options.journal_key = key;
        let error = Relay::start(options).await.unwrap_err();
        assert!(matches!(error, RelayError::JournalDamaged { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn empty_secrets_are_refused_by_name() {
    let folder = TempDir::new().unwrap();
    let mut empty = options(folder.path());
    empty.stripe_secrets.push("".into());
    let error = Relay::start(empty).await.unwrap_err();
    assert_eq!(error.to_string(), "COBRO_STRIPE_WEBHOOK_SECRET must not be empty");
    let mut blank = options(folder.path());
    blank.stream_token = "  ".into();
    assert!(
        Relay::start(blank)
            .await
            .unwrap_err()
            .to_string()
            .starts_with("COBRO_RELAY_STREAM_TOKEN")
    );
    assert!(!folder.path().join("journal.db").exists());
}

#[tokio::test]
async fn options_never_show_their_secrets() {
    let shown = format!("{:?}", options(Path::new("x")));
    for secret in ["app-secret", "whsec", "verify-me", "stream-token", "7, 7"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[tokio::test]
async fn a_missing_folder_is_named() {
    let error = Relay::start(options(Path::new("/nonexistent/cobro")))
        .await
        .unwrap_err();
    assert!(matches!(error, RelayError::Io { .. }));
    assert!(
        error.to_string().contains("/nonexistent/cobro/journal.db"),
        "{error}"
    );
}
