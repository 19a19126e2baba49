//! Running what only the administrator may: directly as root, else with sudo, never behind someone's back.

use std::process::Command;

use anyhow::{Result, bail};

use super::terminal;
use crate::commands::{command, find, output_of, run, succeeds};

/// A command for the administrator.
pub(super) struct Step {
    pub(super) words: Vec<String>,
    /// Whether the rest is worth trying when this fails.
    pub(super) may_fail: bool,
}

impl Step {
    pub(super) fn new(words: &[&str], more: &[String]) -> Self {
        let words = words
            .iter()
            .map(ToString::to_string)
            .chain(more.iter().cloned())
            .collect();
        Self {
            words,
            may_fail: false,
        }
    }

    pub(super) fn may_fail(self) -> Self {
        Self {
            may_fail: true,
            ..self
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rights {
    Root,
    /// sudo may ask for the password: somebody sits there and agreed.
    AskedSudo,
    /// sudo works without a password.
    SilentSudo,
    None,
}

/// Installs `missing` with these commands. Without the rights it stops and says what to type.
pub(super) fn install(missing: &[String], steps: &[Step]) -> Result<()> {
    println!("This machine lacks: {}", missing.join(", "));
    let rights = rights(steps);
    if rights == Rights::None {
        bail!(
            "Installing needs administrator rights. Run this, then the same cargo xtask again:\n\n  {}\n",
            typed(steps)
        );
    }
    for step in steps {
        let mut command = as_administrator(rights, &step.words);
        match run(&mut command, "Installing system packages") {
            Err(error) if step.may_fail => eprintln!("{error:#}; going on with what is known"),
            result => result?,
        }
    }
    Ok(())
}

fn rights(steps: &[Step]) -> Rights {
    if is_root() {
        return Rights::Root;
    }
    if find("sudo").is_none() {
        return Rights::None;
    }
    if !terminal::can_ask() {
        let silent = succeeds(command("sudo").args(["-n", "true"]));
        return if silent { Rights::SilentSudo } else { Rights::None };
    }
    let agreed = terminal::agrees(&format!("Install it now?\n\n  {}\n\n", typed(steps)));
    if agreed { Rights::AskedSudo } else { Rights::None }
}

fn is_root() -> bool {
    output_of(command("id").arg("-u")).is_some_and(|id| id.trim() == "0")
}

fn as_administrator(rights: Rights, words: &[String]) -> Command {
    const QUIET: &str = "DEBIAN_FRONTEND=noninteractive";
    let mut administrator = match rights {
        Rights::Root | Rights::None => command("env"),
        Rights::SilentSudo => command("sudo"),
        // sudo reads the password from the terminal itself.
        Rights::AskedSudo => Command::new("sudo"),
    };
    match rights {
        Rights::Root | Rights::None => administrator.arg(QUIET),
        Rights::SilentSudo => administrator.args(["-n", "env", QUIET]),
        Rights::AskedSudo => administrator.args(["env", QUIET]),
    };
    administrator.args(words);
    administrator
}

/// Returns the commands as a person types them.
fn typed(steps: &[Step]) -> String {
    steps
        .iter()
        .map(|step| format!("sudo {}", step.words.join(" ")))
        .collect::<Vec<_>>()
        .join(" && ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::shown;

    #[test]
    fn without_a_terminal_sudo_never_waits_for_a_password() {
        let words = ["apt-get".to_owned(), "update".to_owned()];
        assert_eq!(
            shown(&as_administrator(Rights::SilentSudo, &words)),
            "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get update"
        );
        assert_eq!(
            shown(&as_administrator(Rights::Root, &words)),
            "env DEBIAN_FRONTEND=noninteractive apt-get update"
        );
    }

    #[test]
    fn the_advice_can_be_typed() {
        let steps = [
            Step::new(&["apt-get", "update"], &[]),
            Step::new(&["apt-get", "install"], &["xvfb".into()]),
        ];
        assert_eq!(typed(&steps), "sudo apt-get update && sudo apt-get install xvfb");
    }
}
