//! A D-Bus session bus of a test's own. It starts no service by itself.

use std::time::Duration;

use anyhow::{Context, Result};

use crate::{Home, Process};

/// Like the usual session bus, but without services that start when they are asked for.
const CONFIG: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// A running bus.
#[derive(Debug)]
pub struct Bus {
    _process: Process,
    address: String,
}

impl Bus {
    pub async fn start(home: &Home) -> Result<Self> {
        let config = home.path().join("bus.conf");
        std::fs::write(&config, CONFIG).context("The bus's settings can't be written")?;
        let mut command = home.command("dbus-daemon");
        command
            .args(["--nofork", "--nopidfile", "--print-address=1", "--config-file"])
            .arg(config);
        let mut process = Process::start("dbus-daemon", command, &home.log("bus"))?;
        let address = process.first_line(Duration::from_secs(10)).await?;
        Ok(Self {
            _process: process,
            address,
        })
    }

    /// Returns what `DBUS_SESSION_BUS_ADDRESS` must be.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Returns whether somebody on the bus has this name.
    pub async fn has(&self, name: &str) -> Result<bool> {
        let connection = zbus::connection::Builder::address(self.address())?
            .build()
            .await?;
        let asked = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "NameHasOwner");
        let answer = connection
            .call_method(Some(asked.0), asked.1, Some(asked.0), asked.2, &name)
            .await?;
        Ok(answer.body().deserialize()?)
    }
}
