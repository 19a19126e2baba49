//! A display of a test's own, that nobody sees, with a window manager that gives windows the focus.

use std::time::Duration;

use anyhow::{Context, Result};

use crate::{Home, Process};

/// A running X server.
#[derive(Debug)]
pub struct Display {
    /// Ends before the server does.
    _manager: Option<Process>,
    _server: Process,
    name: String,
}

impl Display {
    pub async fn start(home: &Home) -> Result<Self> {
        let mut command = home.command("Xvfb");
        command.args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1440x900x24",
            "-nolisten",
            "tcp",
        ]);
        let mut server = Process::start("Xvfb", command, &home.log("display"))?;
        let number = server.first_line(Duration::from_secs(20)).await?;
        let number: u32 = number
            .parse()
            .with_context(|| format!("Xvfb said {number:?} in place of a number"))?;
        let name = format!(":{number}");
        let manager = manager(home, &name).inspect_err(|error| {
            println!("Windows may not get the focus: {error:#}. Install openbox");
        });
        Ok(Self {
            _manager: manager.ok(),
            _server: server,
            name,
        })
    }

    /// Returns what `DISPLAY` must be.
    pub fn name(&self) -> &str {
        &self.name
    }
}

fn manager(home: &Home, display: &str) -> Result<Process> {
    let mut command = home.command("openbox");
    command.env("DISPLAY", display);
    let mut manager = Process::start("openbox", command, &home.log("windows"))?;
    manager.ignore_output();
    Ok(manager)
}
