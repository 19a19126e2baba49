//! A profile, and the `cobro` command line on it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tokio::process::Command;

use crate::{Export, Home, Process, Sandbox, binary};

const PATIENCE: Duration = Duration::from_secs(60);
/// 64 hexadecimal digits: a key that costs no derivation.
const DATABASE_KEY: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0";

/// A profile folder, with the settings of its desk.
#[derive(Debug)]
pub struct Profile<'a> {
    home: &'a Home,
    folder: PathBuf,
    settings: Vec<(&'static str, String)>,
}

/// What a command said, and how it ended.
#[derive(Debug)]
pub struct Told {
    pub succeeded: bool,
    pub out: String,
    pub err: String,
}

impl<'a> Profile<'a> {
    /// Makes a profile in `home` whose desk knows neither WhatsApp nor Stripe.
    pub fn new(home: &'a Home) -> Result<Self> {
        let folder = home.room("profile")?;
        let settings = vec![
            ("COBRO_RELAY_LISTEN", "127.0.0.1:0".to_owned()),
            ("COBRO_DATABASE_KEY", DATABASE_KEY.to_owned()),
            ("COBRO_LANGUAGE", "en".to_owned()),
        ];
        Ok(Self {
            home,
            folder,
            settings,
        })
    }

    /// Gives the desk a sandbox for WhatsApp and Stripe.
    #[must_use]
    pub fn with(mut self, sandbox: &Sandbox) -> Self {
        self.settings.extend(sandbox.settings());
        self
    }

    /// Makes another profile of the same machine, with the same settings.
    pub fn beside(mut self, name: &str) -> Result<Self> {
        self.folder = self.home.room(name)?;
        Ok(self)
    }

    /// Sets a variable, in place of what it was.
    pub fn set(&mut self, variable: &'static str, value: impl Into<String>) {
        self.unset(variable);
        self.settings.push((variable, value.into()));
    }

    pub fn unset(&mut self, variable: &str) {
        self.settings.retain(|(name, _)| *name != variable);
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns a program with this profile's settings.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = self.home.command(program);
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs `cobro COMMAND --profile DIR ARGUMENTS` to its end.
    pub async fn cobro(&self, command: &str, arguments: &[&str]) -> Result<Told> {
        let mut cobro = self.command(binary("cobro")?);
        cobro
            .arg(command)
            .arg("--profile")
            .arg(&self.folder)
            .args(arguments);
        let running = cobro.stdin(Stdio::null()).kill_on_drop(true).output();
        let output = tokio::time::timeout(PATIENCE, running)
            .await
            .with_context(|| format!("`cobro {command}` did not end in {PATIENCE:?}"))?
            .context("cobro could not be started")?;
        Ok(Told {
            succeeded: output.status.success(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    /// Returns everything the profile keeps.
    pub async fn export(&self) -> Result<Export> {
        let told = self.cobro("export", &["--format", "jsonl"]).await?;
        ensure!(told.succeeded, "The export failed: {}", told.err);
        Export::parse(&told.out)
    }

    /// Returns what the doctor finds, as JSON.
    pub async fn doctor(&self) -> Result<Value> {
        let told = self.cobro("doctor", &["--json"]).await?;
        serde_json::from_str(&told.out)
            .with_context(|| format!("The doctor's report is no JSON: {}{}", told.out, told.err))
    }

    /// Starts this profile's desk without a window. Webhooks go to its address in [`Agent::relay`].
    pub async fn start_agent(&self) -> Result<Agent> {
        let mut cobro = self.command(binary("cobro")?);
        cobro.arg("agent").arg("--profile").arg(&self.folder);
        let mut process = Process::start("The agent", cobro, &self.home.log("agent"))?;
        let ready = process.ready(PATIENCE).await?;
        let relay = ready["relay"]
            .as_str()
            .context("The agent named no relay")?
            .to_owned();
        process.ignore_output();
        Ok(Agent { process, relay })
    }
}

/// A desk without a window, while it runs.
#[derive(Debug)]
pub struct Agent {
    pub process: Process,
    /// Where WhatsApp and Stripe post.
    pub relay: String,
}

impl Agent {
    /// Ends it as a system does that shuts down.
    pub async fn stop(mut self) -> Result<()> {
        let status = self.process.terminate(PATIENCE).await?;
        ensure!(
            status.success(),
            "The agent ended with {status}. It said: {}",
            self.process.said()
        );
        Ok(())
    }
}
