//! What the journeys stand on: a sandbox, desks as processes, and a real window on a display of its own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::used_underscore_binding,
    reason = "a test may stop at the first surprise"
)]

pub mod export;
pub mod home;
pub mod page;
pub mod processes;
pub mod profile;
pub mod sandbox;
pub mod signing;

#[cfg(target_os = "linux")]
pub mod bus;
#[cfg(target_os = "linux")]
pub mod display;
#[cfg(target_os = "linux")]
pub mod notifications;
#[cfg(target_os = "linux")]
pub mod stage;
#[cfg(target_os = "linux")]
pub mod tour;
#[cfg(target_os = "linux")]
pub mod window;

pub use export::Export;
pub use home::Home;
pub use page::PayPage;
pub use processes::{Process, binary};
pub use profile::{Agent, Profile, Told};
pub use sandbox::Sandbox;

use std::path::{Path, PathBuf};
use std::time::Duration;

/// Returns the data that others published, if it lies beside the repository.
pub fn shared_data(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/data")
        .join(name);
    folder.exists().then_some(folder)
}

/// Asks again and again until there is an answer, or `patience` is over.
pub async fn until<T, F>(patience: Duration, mut ask: impl FnMut() -> F) -> Option<T>
where
    F: Future<Output = Option<T>>,
{
    let asking = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(patience, asking).await.ok()
}

/// Returns a free port on loopback. Another program could take it before it is used.
pub fn free_port() -> std::io::Result<u16> {
    let listener = std::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

/// Returns a client for addresses on this machine.
pub(crate) fn http() -> anyhow::Result<reqwest::Client> {
    // Another test of this process may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Ok(reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(30))
        .build()?)
}
