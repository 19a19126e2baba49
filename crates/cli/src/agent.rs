//! `cobro agent`: a desk without a window.

use std::process::ExitCode;

use anyhow::Context;
use cobro_desk::{Desk, DeskError, Kind, Settings};
use serde_json::json;

/// Opens the desk, says so in one JSON line, and runs until SIGTERM or Ctrl-C.
pub(crate) async fn run(settings: Settings) -> Result<ExitCode, DeskError> {
    let end = end()?;
    let desk = Desk::open(settings, Kind::Agent).await?;
    println!("{}", json!({ "ready": true, "relay": desk.relay_url() }));
    end.await;
    desk.shutdown().await;
    Ok(ExitCode::SUCCESS)
}

/// Returns what resolves when the agent should end. It listens from now on.
#[cfg(unix)]
fn end() -> Result<impl Future<Output = ()>, DeskError> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).context("Signals can't be listened to")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("Signals can't be listened to")?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn end() -> Result<impl Future<Output = ()>, DeskError> {
    Ok(async {
        if tokio::signal::ctrl_c()
            .await
            .context("Ctrl-C can't be listened to")
            .is_err()
        {
            std::future::pending::<()>().await;
        }
    })
}
