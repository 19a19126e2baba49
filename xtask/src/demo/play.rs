//! The demo in front of a person: a sandbox beside the real window.

use std::fs::{self, File, TryLockError};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use super::sandbox::{Sandbox, address};
use crate::commands::{build_programs, command};
use crate::paths::Paths;
use crate::setup::{self, Purpose};
use crate::ui;

/// Nothing in the demo is real, so its key need not be secret; a desk without a key would ask the keychain.
const DATABASE_KEY: &str = "the demo's data is invented, so anybody may read it";

/// Builds, opens the window on the demo's profile, and stops the sandbox when the window is closed.
pub(crate) fn run(paths: &Paths, fresh: bool) -> Result<ExitCode> {
    let profile = paths.demo().join("profile");
    if is_open(&profile) {
        bail!("A demo is already open on this machine: go on in its window, or close it and start again");
    }
    println!("1/3 Setting up what this machine lacks …");
    setup::prepare(paths, Purpose::Demo)?;
    println!("2/3 Building; the first time takes some minutes …");
    ui::build(paths)?;
    build_programs(paths)?;

    if fresh && profile.exists() {
        fs::remove_dir_all(&profile).with_context(|| format!("{} can't be removed", profile.display()))?;
    }
    fs::create_dir_all(&profile).with_context(|| format!("{} can't be made", profile.display()))?;

    println!("3/3 Starting the sandbox and the window …");
    let relay = address(7100)?;
    let sandbox = Sandbox::start(paths, &format!("http://{relay}"))?;
    let mut window = command(paths.built("cobro-desktop"));
    window.arg("--profile").arg(&profile).current_dir(&profile);
    window
        .env("COBRO_RELAY_LISTEN", relay)
        .env("COBRO_DATABASE_KEY", DATABASE_KEY);
    sandbox.lend_to(&mut window)?;
    explain(&sandbox, &profile.display().to_string());
    let status = window.status().context("The window could not be opened")?;
    drop(sandbox);
    if status.success() {
        println!(
            "The window was closed and the sandbox stopped. `cargo xtask demo` opens it again, with everything still there."
        );
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("The window ended with {status}. COBRO_LOG=info cargo xtask demo says more");
    Ok(ExitCode::FAILURE)
}

/// Returns whether a desk has the profile: it holds this lock for as long as it runs.
fn is_open(profile: &Path) -> bool {
    File::open(profile.join("desk.lock"))
        .is_ok_and(|lock| matches!(lock.try_lock(), Err(TryLockError::WouldBlock)))
}

fn explain(sandbox: &Sandbox, profile: &str) {
    let control = sandbox.control();
    println!(
        "
The window is opening. Nothing in it is real: a sandbox plays WhatsApp, its customers and Stripe.

  Customers write by themselves. Choose one with J and K, answer with R.
  Charge:  C, an amount such as 1250, Enter. The customer gets a pay link.
  Pay:     some customers pay the link themselves after a few seconds. To pay in their place, press \"Copy\" on the
           charge's card and open the link in a browser: 4242 4242 4242 4242 pays, 4000 0000 0000 0002 is declined.
           Or in a terminal, with the phone number that the window shows:
           curl {control}/customers/PHONE/pay -H 'Content-Type: application/json' -d '{{}}'
  Then:    a notification, a green card, and a thank-you to the customer.

  The customers and their phones:  {control}/customers
  Kept between demos:              {profile}   (cargo xtask demo --fresh forgets it)

Close the window to end the demo.
"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_demo_that_is_open_is_seen() {
        let profile = std::env::temp_dir().join(format!("cobro-demo-lock-{}", std::process::id()));
        fs::create_dir_all(&profile).unwrap();
        assert!(!is_open(&profile), "nothing ran here yet");
        let lock = File::create(profile.join("desk.lock")).unwrap();
        lock.lock().unwrap();
        assert!(is_open(&profile));
        drop(lock);
        assert!(!is_open(&profile));
        fs::remove_dir_all(&profile).unwrap();
    }
}
