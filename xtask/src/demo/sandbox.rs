//! The sandbox of a demo: a process that plays WhatsApp, its customers and Stripe.

use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::commands::command;
use crate::paths::Paths;

/// A running sandbox; it is stopped when this is dropped.
pub(super) struct Sandbox {
    process: Child,
    ready: Value,
    /// What the shop sells.
    catalog: PathBuf,
    /// Open as long as the process, which would else fail at its next word.
    out: BufReader<ChildStdout>,
}

impl Sandbox {
    /// Starts the customers of a shop, whose webhooks go to `relay`.
    pub(super) fn start(paths: &Paths, relay: &str) -> Result<Self> {
        let mut sandbox = command(paths.built("cobro-sandbox"));
        sandbox
            .args([
                "--whatsapp",
                &address(7101)?,
                "--stripe",
                &address(7102)?,
                "--webhooks",
                relay,
                "--script",
                "shop",
            ])
            .stdout(Stdio::piped());
        let mut process = sandbox.spawn().context("The sandbox could not be started")?;
        let out = process.stdout.take().context("The sandbox has no output")?;
        // From here on it is stopped whatever happens.
        let mut sandbox = Self {
            process,
            catalog: paths.root.join("crates/sandbox/src/script/catalog.csv"),
            ready: Value::Null,
            out: BufReader::new(out),
        };
        let mut line = String::new();
        sandbox
            .out
            .read_line(&mut line)
            .context("The sandbox's first line can't be read")?;
        sandbox.ready = serde_json::from_str(&line).context("The sandbox did not say that it is ready")?;
        Ok(sandbox)
    }

    /// Gives a desk this sandbox in place of WhatsApp and Stripe.
    pub(super) fn lend_to(&self, desk: &mut Command) -> Result<()> {
        for (variable, of, field) in [
            ("COBRO_WHATSAPP_API", "whatsapp", "url"),
            ("COBRO_WHATSAPP_TOKEN", "whatsapp", "token"),
            ("COBRO_WHATSAPP_PHONE_NUMBER_ID", "whatsapp", "phone_number_id"),
            ("COBRO_WHATSAPP_APP_SECRET", "whatsapp", "app_secret"),
            ("COBRO_WHATSAPP_VERIFY_TOKEN", "whatsapp", "verify_token"),
            ("COBRO_STRIPE_API", "stripe", "url"),
            ("COBRO_STRIPE_KEY", "stripe", "key"),
            ("COBRO_STRIPE_WEBHOOK_SECRET", "stripe", "webhook_secret"),
        ] {
            desk.env(variable, self.said(of, field)?);
        }
        desk.env("COBRO_CATALOG", &self.catalog);
        Ok(())
    }

    /// Returns where its control API is.
    pub(super) fn control(&self) -> &str {
        self.ready
            .get("control")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    fn said(&self, of: &str, field: &str) -> Result<&str> {
        let value = self
            .ready
            .get(of)
            .and_then(|part| part.get(field))
            .and_then(Value::as_str);
        value.with_context(|| format!("The sandbox's first line says no {of}.{field}"))
    }

    /// Lets it end by itself, and ends it when it takes too long.
    fn stop(&mut self) {
        const PATIENCE: Duration = Duration::from_secs(5);
        if cfg!(unix) {
            let _ = command("kill")
                .arg(self.process.id().to_string())
                .stderr(Stdio::null())
                .status();
            let asked = Instant::now();
            while asked.elapsed() < PATIENCE {
                if !matches!(self.process.try_wait(), Ok(None)) {
                    return;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Returns a loopback address: with the usual port, or a free one where that is taken.
pub(super) fn address(usual: u16) -> Result<String> {
    for port in [usual, 0] {
        if let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            let address = listener.local_addr().context("A listener has no address")?;
            return Ok(address.to_string());
        }
    }
    bail!("No port is free on 127.0.0.1. Close some programs and run it again");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_replaced_by_a_free_one() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let usual = taken.local_addr().unwrap();
        let other = address(usual.port()).unwrap();
        assert_ne!(other, usual.to_string());
        drop(taken);
        assert_eq!(address(usual.port()).unwrap(), usual.to_string());
    }
}
