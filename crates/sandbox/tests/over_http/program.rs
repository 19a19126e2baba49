//! The program itself: its ready line, and its end.

use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

#[tokio::test]
async fn it_says_when_it_is_ready_and_ends_when_told() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_cobro-sandbox"))
        .args([
            "--whatsapp",
            "127.0.0.1:0",
            "--stripe",
            "127.0.0.1:0",
            "--webhooks",
            "http://127.0.0.1:9",
        ])
        .args(["--whatsapp-token", "EAAmine", "--stripe-key", "sk_test_mine"])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
    let line = tokio::time::timeout(crate::receiver::PATIENCE, lines.next_line())
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(ready["ready"], true);
    assert_eq!(ready["whatsapp"]["token"], "EAAmine");
    assert_eq!(ready["stripe"]["key"], "sk_test_mine");
    for (side, field) in [
        ("whatsapp", "phone_number_id"),
        ("whatsapp", "waba_id"),
        ("whatsapp", "app_secret"),
        ("whatsapp", "verify_token"),
        ("stripe", "restricted_key"),
        ("stripe", "webhook_secret"),
    ] {
        assert!(ready[side][field].is_string(), "{side}.{field}");
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    let status = reqwest::get(format!("{}/status", ready["control"].as_str().unwrap()))
        .await
        .unwrap();
    assert_eq!(status.status(), 200);

    let pid = program.id().unwrap().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .await
            .unwrap()
            .success()
    );
    let ended = tokio::time::timeout(Duration::from_secs(20), program.wait())
        .await
        .unwrap()
        .unwrap();
    assert!(ended.success());
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = Command::new(env!("CARGO_BIN_EXE_cobro-sandbox"))
        .args(["--whatsapp", &address, "--stripe", "127.0.0.1:0"])
        .output()
        .await
        .unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains(&address) && said.contains("another address"),
        "{said}"
    );
}
