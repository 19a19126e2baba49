//! The desktop shell: window, tray, commands, native notifications; no rules, no SQL.

mod args;
mod background;
mod bindings;
mod commands;
mod error;
mod events;
mod media;
mod notifications;
mod opened;
mod quit;
#[cfg(target_os = "linux")]
mod rendering;
mod shell;
mod status;
mod tray;
mod window;
mod words;

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;
use std::process::ExitCode;

use clap::Parser as _;
use tauri::plugin::TauriPlugin;
use tauri::{App, Manager as _, Wry};

use crate::args::Args;
use crate::commands::media::Recorder;
use crate::notifications::Notifier;
use crate::opened::Opened;
use crate::shell::Shell;

/// Runs the window until a person quits.
pub fn run() -> ExitCode {
    // A second provider can't be there: this is the first thing that runs.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let args = Args::parse();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("COBRO_LOG").unwrap_or_else(|_| "warn".into()),
        )
        .init();
    #[cfg(target_os = "linux")]
    rendering::suit_the_machine();
    match build(args) {
        Ok(app) => {
            app.run(quit::on_run_event);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("cobro-desktop: the window could not be opened: {error}");
            ExitCode::FAILURE
        }
    }
}

fn build(args: Args) -> tauri::Result<App> {
    let bindings = bindings::builder();
    tauri::Builder::default()
        .plugin(single_instance(args.profile.as_deref()))
        .plugin(
            tauri_plugin_window_state::Builder::new()
                .with_state_flags(quit::remembered())
                .build(),
        )
        .plugin(tauri_plugin_opener::init())
        .plugin(tauri_plugin_dialog::init())
        .register_asynchronous_uri_scheme_protocol(media::SCHEME, media::serve)
        .invoke_handler(bindings.invoke_handler())
        .setup(move |app| {
            bindings.mount_events(app);
            start(app, args).map_err(Into::into)
        })
        .build(tauri::generate_context!())
}

/// Shows the window first; the desk opens behind it.
fn start(app: &App, args: Args) -> anyhow::Result<()> {
    app.manage(Opened::new(&instance_name(args.profile.as_deref())));
    app.manage(Recorder::default());
    let profile = match args.profile {
        Some(profile) => profile,
        None => app.path().data_dir()?.join("cobro").join("default"),
    };
    app.manage(Shell::new(profile, args.open));
    app.manage(Notifier::default());
    window::open(app)?;
    tauri::async_runtime::spawn(shell::open(app.handle().clone()));
    tauri::async_runtime::spawn(quit::on_signal(app.handle().clone()));
    Ok(())
}

/// Makes a second start on the same profile show the first one's window.
///
/// Where there is no session bus the plugin logs that it can't; the profile's
/// lock still keeps a second desk out.
fn single_instance(profile: Option<&Path>) -> TauriPlugin<Wry> {
    tauri_plugin_single_instance::Builder::new()
        .dbus_id(instance_name(profile))
        .callback(|app, arguments, _| {
            window::show(app);
            if let Some(conversation) = Args::of_later_start(arguments).and_then(|args| args.open) {
                app.state::<Shell>().land_on(conversation);
            }
        })
        .build()
}

/// Returns the name that windows of the same profile share.
fn instance_name(profile: Option<&Path>) -> String {
    let Some(profile) = profile else {
        return "app.cobro.desktop".into();
    };
    let mut hasher = DefaultHasher::new();
    std::path::absolute(profile)
        .unwrap_or_else(|_| profile.to_owned())
        .hash(&mut hasher);
    format!("app.cobro.desktop.profile{:016x}", hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_of_two_profiles_do_not_take_each_other_for_a_second_start() {
        let [one, other] =
            ["/profiles/one", "/profiles/other"].map(|folder| instance_name(Some(Path::new(folder))));
        assert_ne!(one, other);
        assert_eq!(one, instance_name(Some(Path::new("/profiles/one"))));
        assert_ne!(one, instance_name(None));
    }
}
