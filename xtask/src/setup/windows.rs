//! Windows: winget. The compiler is there: this program was linked with it.

use anyhow::{Result, bail};

use super::{node, terminal};
use crate::commands::{command, find, run, succeeds};

/// A program and how winget calls it.
struct Wanted {
    name: &'static str,
    winget: &'static str,
    /// What else winget's installer must be told.
    custom: &'static [&'static str],
}

const NODE: Wanted = Wanted {
    name: "Node",
    winget: "OpenJS.NodeJS.LTS",
    custom: &[],
};
const WEBVIEW: Wanted = Wanted {
    name: "WebView2",
    winget: "Microsoft.EdgeWebView2Runtime",
    custom: &[],
};
/// OpenSSL's own build, within SQLCipher's, is written in it.
const PERL: Wanted = Wanted {
    name: "Perl",
    winget: "StrawberryPerl.StrawberryPerl",
    custom: &[],
};
/// The voice encoder's own build is written in it.
const CMAKE: Wanted = Wanted {
    name: "CMake",
    winget: "Kitware.CMake",
    custom: &[],
};
const TOOLS: Wanted = Wanted {
    name: "Visual Studio's build tools",
    winget: "Microsoft.VisualStudio.2022.BuildTools",
    custom: &[
        "--custom",
        "--add Microsoft.VisualStudio.Workload.VCTools --includeRecommended",
    ],
};

pub(super) fn prepare() -> Result<()> {
    let missing: Vec<Wanted> = [
        (has_build_tools(), TOOLS),
        (has_webview(), WEBVIEW),
        (find("perl").is_some(), PERL),
        (find("cmake").is_some(), CMAKE),
        (node::is_there(), NODE),
    ]
    .into_iter()
    .filter_map(|(there, wanted)| (!there).then_some(wanted))
    .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing
        .iter()
        .map(|wanted| wanted.name)
        .collect::<Vec<_>>()
        .join(", ");
    if !succeeds(command("winget").arg("--version")) {
        bail!(
            "This machine lacks {names}, and winget. Install \"App Installer\" from the Microsoft Store and run the same again"
        );
    }
    if terminal::can_ask() && !terminal::agrees(&format!("This machine lacks {names}. Install with winget?"))
    {
        bail!("Install {names} and run the same again");
    }
    for wanted in &missing {
        install(wanted)?;
    }
    bail!("{names} installed. Open a new terminal, so that the programs are found, and run the same again");
}

fn install(wanted: &Wanted) -> Result<()> {
    let accept = [
        "--accept-package-agreements",
        "--accept-source-agreements",
        "--disable-interactivity",
    ];
    let mut winget = command("winget");
    winget
        .args(["install", "--exact", "--id", wanted.winget])
        .args(accept)
        .args(wanted.custom);
    run(&mut winget, &format!("Installing {}", wanted.name))
}

fn has_build_tools() -> bool {
    // With GNU's tools, which linked this program, Microsoft's are not needed.
    if cfg!(target_env = "gnu") {
        return true;
    }
    let vswhere = r"C:\Program Files (x86)\Microsoft Visual Studio\Installer\vswhere.exe";
    let component = "Microsoft.VisualStudio.Component.VC.Tools.x86.x64";
    let asked = crate::commands::output_of(command(vswhere).args([
        "-products",
        "*",
        "-latest",
        "-property",
        "installationPath",
        "-requires",
        component,
    ]));
    asked.is_some_and(|path| !path.trim().is_empty()) || find("link").is_some()
}

fn has_webview() -> bool {
    const ID: &str = r"Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}";
    [r"HKLM\SOFTWARE\WOW6432Node", r"HKLM\SOFTWARE", r"HKCU\Software"]
        .iter()
        .any(|root| succeeds(command("reg").args(["query", &format!(r"{root}\{ID}"), "/v", "pv"])))
}
