//! Clients that others wrote against the sandbox: Stripe's own packages, pywa, and Kapso's for WhatsApp.
#![expect(
    clippy::unwrap_used,
    reason = "a check stops at the first thing that is not as it should be"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use cobro_sandbox::{Sandbox, SandboxOptions};

/// Tools answer to this before anything else is asked of them.
fn need(program: &str, advice: &str) {
    let found = Command::new(program)
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success());
    assert!(found, "'{program}' does not run here: {advice}");
}

fn clients() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/clients")
}

/// Returns a folder under cargo's target directory that is kept from run to run.
fn workshop(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("official-clients")
        .join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Copies files; returns whether any of them was new or had changed.
fn copy(from: &Path, to: &Path, names: &[&str]) -> bool {
    let mut changed = false;
    for name in names {
        let text = fs::read(from.join(name)).unwrap();
        if fs::read(to.join(name)).ok().as_ref() != Some(&text) {
            fs::write(to.join(name), text).unwrap();
            changed = true;
        }
    }
    changed
}

fn run(what: &str, command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{what}: {error}"));
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{what} failed:\n{}{}",
        said(&output.stdout),
        said(&output.stderr)
    );
    output
}

/// Starts a sandbox and runs a client's check at it; each of its steps prints a line.
async fn check(client: Command, steps: usize) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let sandbox = Sandbox::start(SandboxOptions::default()).await.unwrap();
    let mut client = client;
    let (whatsapp, stripe) = (sandbox.whatsapp(), sandbox.stripe());
    client
        .env("COBRO_STRIPE_API", sandbox.stripe_url())
        .env("COBRO_STRIPE_KEY", &stripe.secret_key)
        .env("COBRO_STRIPE_WEBHOOK_SECRET", &stripe.webhook_secret)
        .env("COBRO_WHATSAPP_API", sandbox.whatsapp_url())
        .env("COBRO_WHATSAPP_TOKEN", &whatsapp.token)
        .env("COBRO_WHATSAPP_PHONE_NUMBER_ID", &whatsapp.phone_number_id)
        .env("COBRO_WHATSAPP_WABA_ID", &whatsapp.waba_id)
        .env("COBRO_WHATSAPP_APP_ID", &whatsapp.app_id)
        .env("COBRO_WHATSAPP_APP_SECRET", &whatsapp.app_secret)
        .env("COBRO_WHATSAPP_VERIFY_TOKEN", &whatsapp.verify_token)
        .env("NO_PROXY", "127.0.0.1")
        .env("no_proxy", "127.0.0.1");
    let output = tokio::task::spawn_blocking(move || run("the check", &mut client))
        .await
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    println!("{said}");
    assert_eq!(
        said.lines().filter(|line| line.starts_with("ok: ")).count(),
        steps,
        "{said}"
    );
    sandbox.shutdown().await;
}

/// Returns a Node client's check with its package, which is installed where it is missing.
fn node(client: &str, package: &str) -> Command {
    need(
        "node",
        "install Node 20 or newer (on Debian: apt-get install nodejs npm)",
    );
    need("npm", "install npm (on Debian: apt-get install npm)");
    let folder = workshop(client);
    let from = clients().join(client);
    let changed = copy(&from, &folder, &["package.json", "package-lock.json", ".npmrc"]);
    copy(&from, &folder, &["check.mjs"]);
    if changed || !folder.join("node_modules").join(package).exists() {
        run("npm ci", Command::new("npm").arg("ci").current_dir(&folder));
    }
    let mut node = Command::new("node");
    node.arg("check.mjs").current_dir(&folder);
    node
}

/// Returns a Python client's check with its package, which is installed where it is missing.
fn python(client: &str) -> Command {
    need(
        "python3",
        "install Python 3.10 or newer with venv (on Debian: apt-get install python3 python3-venv)",
    );
    let folder = workshop(client);
    let changed = copy(&clients().join(client), &folder, &["requirements.txt"]);
    let python = folder.join(".venv/bin/python");
    if changed || !folder.join("installed").exists() {
        let _ = fs::remove_file(folder.join("installed"));
        let advice = "python3 -m venv (on Debian: apt-get install python3-venv)";
        run(
            advice,
            Command::new("python3")
                .args(["-m", "venv", "--clear", ".venv"])
                .current_dir(&folder),
        );
        let install = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "-r",
            "requirements.txt",
        ];
        run(
            "pip install",
            Command::new(&python).args(install).current_dir(&folder),
        );
        fs::write(folder.join("installed"), "").unwrap();
    }
    let mut command = Command::new(&python);
    command.arg(clients().join(client).join("check.py"));
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn stripes_node_package_works_with_the_sandbox() {
    check(node("node", "stripe"), 10).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stripes_python_package_works_with_the_sandbox() {
    check(python("python"), 10).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kapsos_whatsapp_package_works_with_the_sandbox() {
    check(node("kapso", "@kapso/whatsapp-cloud-api"), 7).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pywa_works_with_the_sandbox() {
    check(python("pywa"), 8).await;
}
