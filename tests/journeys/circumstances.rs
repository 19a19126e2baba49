//! Bad circumstances: each is met with a sentence that says what to do.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use kit::{Home, Profile, Sandbox, until};
use serde_json::Value;

const PHONE: &str = "5215512340001";
const PATIENCE: Duration = Duration::from_secs(30);

/// Tries to start the agent and returns the sentence with which it refuses.
async fn refusal(profile: &Profile<'_>) -> String {
    let told = profile.cobro("agent", &[]).await.unwrap();
    assert!(
        !told.succeeded && told.out.is_empty(),
        "it started, and said {:?}",
        told.out
    );
    let sentence = told
        .err
        .lines()
        .find(|line| line.starts_with("cobro: "))
        .unwrap_or_default();
    assert!(
        !sentence.is_empty(),
        "it says nothing that is meant for a person: {}",
        told.err
    );
    sentence.to_owned()
}

#[track_caller]
fn assert_says(sentence: &str, parts: &[&str]) {
    let missing: Vec<_> = parts.iter().filter(|part| !sentence.contains(**part)).collect();
    assert!(missing.is_empty(), "{missing:?} is not in: {sentence}");
}

/// Returns what the doctor says of one thing, and how bad it is.
fn finding<'a>(report: &'a Value, what: &str) -> (&'a str, &'a str) {
    let found = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|finding| finding["what"] == what);
    let found = found.unwrap_or_else(|| panic!("the doctor says nothing of {what}: {report}"));
    (found["level"].as_str().unwrap(), found["says"].as_str().unwrap())
}

#[track_caller]
fn assert_is_a_problem(report: &Value, what: &str, parts: &[&str]) {
    let (level, says) = finding(report, what);
    assert_eq!((level, &report["ok"]), ("problem", &Value::Bool(false)), "{says}");
    assert_says(says, parts);
}

/// Makes a profile with a message in it, and returns after its agent has ended.
async fn with_a_message(profile: &Profile<'_>, sandbox: &Sandbox) {
    let agent = profile.start_agent().await.unwrap();
    sandbox.deliver_to(&agent.relay).await.unwrap();
    sandbox.customer_writes(PHONE, "Ana López", "Hola").await.unwrap();
    sandbox.delivered(PATIENCE).await.unwrap();
    let arrived = || async {
        profile
            .export()
            .await
            .unwrap()
            .texts()
            .contains(&"Hola")
            .then_some(())
    };
    until(PATIENCE, arrived)
        .await
        .expect("the message did not arrive");
    agent.stop().await.unwrap();
}

#[tokio::test]
async fn a_taken_port_is_named_with_the_setting_that_changes_it() {
    let home = Home::new().unwrap();
    let mut profile = Profile::new(&home).unwrap();
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = taken.local_addr().unwrap();
    profile.set("COBRO_RELAY_LISTEN", address.to_string());
    let said = refusal(&profile).await;
    assert_says(
        &said,
        &[&format!("Port {} is taken", address.port()), "COBRO_RELAY_LISTEN"],
    );
    drop(taken);
    profile.start_agent().await.unwrap().stop().await.unwrap();
}

#[tokio::test]
async fn a_profile_in_use_names_the_other_desk_and_leaves_it_alone() {
    let home = Home::new().unwrap();
    let profile = Profile::new(&home).unwrap();
    let mut agent = profile.start_agent().await.unwrap();
    let said = refusal(&profile).await;
    let process = format!("process {}", agent.process.id().unwrap());
    assert_says(&said, &["in use by another desk", &process, "--profile"]);
    assert!(agent.process.is_running());
    agent.stop().await.unwrap();
    profile.start_agent().await.unwrap().stop().await.unwrap();
}

#[tokio::test]
async fn a_crashed_desk_does_not_keep_its_profile() {
    let home = Home::new().unwrap();
    let profile = Profile::new(&home).unwrap();
    profile.start_agent().await.unwrap().process.kill().await.unwrap();
    profile.start_agent().await.unwrap().stop().await.unwrap();
}

#[tokio::test]
async fn a_wrong_database_key_is_told_from_a_damaged_database_and_damages_nothing() {
    let home = Home::new().unwrap();
    let sandbox = Sandbox::start(&home).await.unwrap();
    let mut profile = Profile::new(&home).unwrap().with(&sandbox);
    with_a_message(&profile, &sandbox).await;

    let right = "COBRO_DATABASE_KEY";
    profile.set(right, "another key than the one that it was made with");
    assert_says(
        &refusal(&profile).await,
        &[
            "The database key is wrong",
            "Give the key that this profile was made with",
        ],
    );
    assert_is_a_problem(
        &profile.doctor().await.unwrap(),
        "database",
        &["The database key is wrong"],
    );
    let told = profile.cobro("export", &[]).await.unwrap();
    assert!(!told.succeeded && told.out.is_empty());
    assert_says(&told.err, &["The database key is wrong"]);

    let again = Profile::new(&home).unwrap().with(&sandbox);
    assert_eq!(again.export().await.unwrap().texts(), ["Hola"]);
}

#[tokio::test]
async fn a_damaged_database_is_said_with_what_to_do_first() {
    let home = Home::new().unwrap();
    let sandbox = Sandbox::start(&home).await.unwrap();
    let profile = Profile::new(&home).unwrap().with(&sandbox);
    with_a_message(&profile, &sandbox).await;
    let database = profile.folder().join("cobro.db");
    let whole = fs::read(&database).unwrap();
    let damage = |from: usize| {
        let mut bytes = whole.clone();
        bytes
            .iter_mut()
            .skip(from)
            .take(4096)
            .for_each(|byte| *byte ^= 0xa5);
        fs::write(&database, bytes).unwrap();
    };
    let advice = [
        "The database is damaged",
        "Keep a copy of the profile folder",
        "backup",
    ];

    damage(64);
    assert_says(&refusal(&profile).await, &advice);
    assert_is_a_problem(&profile.doctor().await.unwrap(), "database", &advice);
    // Deep inside, where nobody looks at the start.
    damage(whole.len() / 2);
    assert_is_a_problem(&profile.doctor().await.unwrap(), "database", &advice);

    fs::write(&database, &whole).unwrap();
    assert_eq!(profile.doctor().await.unwrap()["ok"], true);
    assert_eq!(profile.export().await.unwrap().texts(), ["Hola"]);
}

#[tokio::test]
async fn a_damaged_journal_is_said_with_what_to_do_first() {
    let home = Home::new().unwrap();
    let sandbox = Sandbox::start(&home).await.unwrap();
    let profile = Profile::new(&home).unwrap().with(&sandbox);
    with_a_message(&profile, &sandbox).await;
    let journal = profile.folder().join("journal.db");
    let mut bytes = fs::read(&journal).unwrap();
    bytes
        .iter_mut()
        .skip(64)
        .take(4096)
        .for_each(|byte| *byte ^= 0xa5);
    fs::write(&journal, bytes).unwrap();
    let said = refusal(&profile).await;
    assert_says(
        &said,
        &[
            "journal is damaged",
            "Keep a copy of the profile folder",
            "backup",
        ],
    );
}

/// A small disk, where the system lets this test mount one.
#[cfg(target_os = "linux")]
struct SmallDisk(std::path::PathBuf);

#[cfg(target_os = "linux")]
impl SmallDisk {
    const BYTES: usize = 4 << 20;

    fn mount(at: &std::path::Path) -> Option<Self> {
        let size = format!("size={}", Self::BYTES);
        let mut mount = std::process::Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", &size, "none"])
            .arg(at)
            .stderr(std::process::Stdio::null());
        mount
            .status()
            .is_ok_and(|status| status.success())
            .then(|| Self(at.to_owned()))
    }

    /// Takes all the space that is left.
    fn fill(&self) {
        use std::io::Write;
        let mut file = fs::File::create(self.0.join("filler")).unwrap();
        for size in [1 << 16, 1 << 12] {
            while file.write_all(&vec![0; size]).is_ok() {}
        }
    }

    fn free(&self) {
        fs::remove_file(self.0.join("filler")).unwrap();
    }
}

#[cfg(target_os = "linux")]
impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount")
            .arg("--lazy")
            .arg(&self.0)
            .status();
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_answers_nothing_200_and_goes_on_when_there_is_space() {
    let home = Home::new().unwrap();
    let sandbox = Sandbox::start(&home).await.unwrap();
    let profile = Profile::new(&home).unwrap().with(&sandbox);
    let Some(disk) = SmallDisk::mount(profile.folder()) else {
        println!("skipped: only root may mount a small disk");
        return;
    };
    with_a_message(&profile, &sandbox).await;

    let agent = profile.start_agent().await.unwrap();
    sandbox.deliver_to(&agent.relay).await.unwrap();
    disk.fill();
    let mut written = vec!["Hola".to_owned()];
    for number in 0..40 {
        let text = format!("{number}: {}", "when the disk is full ".repeat(40));
        sandbox.customer_writes(PHONE, "Ana López", &text).await.unwrap();
        written.push(text);
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    let answered = sandbox.acknowledged().await.unwrap().len();
    assert!(
        answered < written.len(),
        "a full disk took everything: the test fills too little"
    );

    disk.free();
    sandbox.deliver_to(&agent.relay).await.unwrap();
    sandbox.delivered(PATIENCE * 2).await.unwrap();
    let all = || async {
        let export = profile.export().await.ok()?;
        let kept = export.texts();
        (kept.len() == written.len() && written.iter().all(|text| kept.contains(&text.as_str())))
            .then_some(())
    };
    until(PATIENCE, all)
        .await
        .expect("what was written while the disk was full is not there");
    agent.stop().await.unwrap();

    disk.fill();
    assert_says(&refusal(&profile).await, &["The disk is full", "Free some space"]);
    drop(disk);
}

#[tokio::test]
async fn a_machine_without_a_keychain_is_asked_for_a_key() {
    let home = Home::new().unwrap();
    let mut profile = Profile::new(&home).unwrap();
    profile.unset("COBRO_DATABASE_KEY");
    let said = refusal(&profile).await;
    assert_says(
        &said,
        &[
            "keychain",
            "COBRO_DATABASE_KEY",
            "database.key_file",
            "never keeps an unencrypted database",
        ],
    );
    assert!(
        !profile.folder().join("cobro.db").exists(),
        "a database was made without a key"
    );
}

#[cfg(target_os = "linux")]
mod keychain {
    use kit::bus::Bus;
    use kit::{Process, Sandbox};

    use super::*;

    /// GNOME's keychain on a bus of its own.
    async fn start(home: &Home, bus: &Bus, unlocked: bool) -> Option<Process> {
        let mut command = home.command("sh");
        let unlock = if unlocked {
            "printf '\\n' | exec gnome-keyring-daemon --unlock"
        } else {
            "exec gnome-keyring-daemon"
        };
        command.env("DBUS_SESSION_BUS_ADDRESS", bus.address());
        command.args(["-c", &format!("{unlock} --foreground --components=secrets")]);
        let mut keychain = Process::start("gnome-keyring-daemon", command, &home.log("keychain")).unwrap();
        keychain.ignore_output();
        let there = || async {
            let owned = bus.has("org.freedesktop.secrets").await.unwrap_or(false);
            owned.then_some(())
        };
        if until(Duration::from_secs(5), there).await.is_none() {
            println!("skipped: there is no gnome-keyring-daemon here");
            return None;
        }
        Some(keychain)
    }

    #[tokio::test]
    async fn an_open_keychain_keeps_the_key_and_a_locked_one_is_said() {
        let mut home = Home::new().unwrap();
        let bus = Bus::start(&home).await.unwrap();
        home.give("DBUS_SESSION_BUS_ADDRESS", bus.address());
        let sandbox = Sandbox::start(&home).await.unwrap();
        let mut profile = Profile::new(&home).unwrap().with(&sandbox);
        profile.unset("COBRO_DATABASE_KEY");
        let Some(open) = start(&home, &bus, true).await else {
            return;
        };
        with_a_message(&profile, &sandbox).await;
        assert_eq!(
            profile.export().await.unwrap().texts(),
            ["Hola"],
            "the key was found again"
        );

        drop(open);
        let gone = || async { (!bus.has("org.freedesktop.secrets").await.unwrap()).then_some(()) };
        until(PATIENCE, gone).await.expect("the keychain did not end");
        let Some(_locked) = start(&home, &bus, false).await else {
            return;
        };
        let said = refusal(&profile).await;
        assert_says(
            &said,
            &["keychain", "it is locked", "Unlock it", "COBRO_DATABASE_KEY"],
        );
        assert_is_a_problem(
            &profile.doctor().await.unwrap(),
            "database",
            &["it is locked", "Unlock it"],
        );
    }
}

#[tokio::test]
async fn a_refused_token_says_which_and_where_a_new_one_comes_from() {
    let home = Home::new().unwrap();
    let sandbox = Sandbox::start(&home).await.unwrap();
    let mut profile = Profile::new(&home).unwrap().with(&sandbox);
    assert_eq!(profile.doctor().await.unwrap()["ok"], true);
    profile.set("COBRO_WHATSAPP_TOKEN", "EAArevoked");
    profile.set("COBRO_STRIPE_KEY", "sk_test_revoked");
    let report = profile.doctor().await.unwrap();
    assert_is_a_problem(
        &report,
        "whatsapp",
        &["refused the access token", "Make a new system-user token"],
    );
    assert_is_a_problem(&report, "stripe", &["Stripe refused the key", "API keys"]);
    assert!(
        !report.to_string().contains("revoked\""),
        "the doctor repeats a key: {report}"
    );
}

#[tokio::test]
async fn without_a_network_the_history_is_there_and_the_way_out_is_said() {
    let home = Home::new().unwrap();
    let sandbox = Sandbox::start(&home).await.unwrap();
    let mut profile = Profile::new(&home).unwrap().with(&sandbox);
    with_a_message(&profile, &sandbox).await;

    // This name exists nowhere, as none does without a network.
    profile.set("COBRO_WHATSAPP_API", "https://whatsapp.cobro.invalid");
    profile.set("COBRO_STRIPE_API", "https://stripe.cobro.invalid/");
    let agent = profile.start_agent().await.unwrap();
    let listed = profile.cobro("conversations", &["--json"]).await.unwrap();
    assert_says(&listed.out, &["Ana López", "Hola"]);

    let report = profile.doctor().await.unwrap();
    assert_is_a_problem(
        &report,
        "whatsapp",
        &["WhatsApp can't be reached", "Check the network"],
    );
    assert_is_a_problem(
        &report,
        "stripe",
        &["Stripe can't be reached", "Check the network"],
    );
    let export = profile.export().await.unwrap();
    let conversation = export.conversation_with("Ana López").unwrap();
    let told = profile
        .cobro("charge", &["--conversation", conversation, "--amount", "5000"])
        .await
        .unwrap();
    assert!(!told.succeeded);
    assert_says(
        &told.err,
        &[
            "the link was not made yet",
            "Stripe can't be reached",
            "Check the network",
        ],
    );
    agent.stop().await.unwrap();
}

#[tokio::test]
async fn a_sandbox_that_is_not_running_is_guessed() {
    let home = Home::new().unwrap();
    let mut sandbox = Sandbox::start(&home).await.unwrap();
    let profile = Profile::new(&home).unwrap().with(&sandbox);
    sandbox.stop().await.unwrap();
    let report = profile.doctor().await.unwrap();
    assert_is_a_problem(&report, "whatsapp", &["is cobro-sandbox running?"]);
    assert_is_a_problem(&report, "stripe", &["is cobro-sandbox running?"]);
}

#[tokio::test]
async fn a_clock_that_is_off_by_a_day_is_said_with_what_it_breaks() {
    for (days, words) in [(1, "behind"), (-1, "ahead")] {
        let home = Home::new().unwrap();
        let mut profile = Profile::new(&home).unwrap();
        profile.set("COBRO_STRIPE_KEY", "sk_test_clock");
        profile.set("COBRO_STRIPE_API", stripe_whose_clock_is_off(days));
        let report = profile.doctor().await.unwrap();
        assert_is_a_problem(
            &report,
            "clock",
            &["24 hours", words, "Set the date and time to automatic"],
        );
    }
}

/// Serves an empty Stripe whose clock differs from ours, and returns its address.
fn stripe_whose_clock_is_off(days: i64) -> String {
    use std::io::{Read, Write};
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let theirs = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * days);
            let date = theirs.strftime("%a, %d %b %Y %H:%M:%S GMT");
            let body = r#"{"object":"list","data":[],"has_more":false,"url":"/v1/payment_links"}"#;
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ndate: {date}"
            );
            let _ = write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        }
    });
    address
}
