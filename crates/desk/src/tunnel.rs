//! The tunnel that is built in: ngrok in this process, to the relay inside.

use std::path::Path;

use ngrok::config::ForwarderBuilder as _;
use ngrok::forwarder::Forwarder;
use ngrok::tunnel::{EndpointInfo as _, HttpTunnel};
use secrecy::ExposeSecret;

use crate::{DeskError, keychain};

/// Where ngrok's own programs look for the same.
const VARIABLE: &str = "NGROK_AUTHTOKEN";

/// An open tunnel.
pub(crate) struct Tunnel {
    url: String,
    /// Ends when the tunnel breaks.
    forwarding: tokio::task::JoinHandle<()>,
}

impl Drop for Tunnel {
    fn drop(&mut self) {
        self.forwarding.abort();
    }
}

impl std::fmt::Debug for Tunnel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tunnel")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

impl Tunnel {
    /// Returns whether it still forwards.
    pub(crate) fn is_open(&self) -> bool {
        !self.forwarding.is_finished()
    }

    /// Returns its public address.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

/// Opens a tunnel to the relay at `to`, with the authtoken from the environment or the keychain.
pub(crate) async fn open(profile: &Path, to: &str) -> Result<Tunnel, DeskError> {
    let profile = profile.to_owned();
    let token = tokio::task::spawn_blocking(move || {
        std::env::var(VARIABLE)
            .ok()
            .filter(|token| !token.trim().is_empty())
            .or_else(|| {
                keychain::secret(&profile, keychain::NGROK).map(|token| token.expose_secret().to_owned())
            })
    })
    .await
    .map_err(anyhow::Error::new)?
    .ok_or_else(|| {
        DeskError::Setting(format!(
            "ngrok needs an authtoken. Keep it with `cobro secret {}`, or give {VARIABLE}",
            keychain::NGROK
        ))
    })?;
    let to = to
        .parse()
        .map_err(|_| DeskError::Setting("The relay's own address can't be read".into()))?;
    let session = ngrok::Session::builder()
        .authtoken(token.trim())
        .connect()
        .await
        .map_err(refused)?;
    let forwarder = session
        .http_endpoint()
        .listen_and_forward(to)
        .await
        .map_err(refused)?;
    let url = forwarder.url().to_owned();
    Ok(Tunnel {
        url,
        forwarding: tokio::spawn(until_broken(forwarder)),
    })
}

async fn until_broken(mut forwarder: Forwarder<HttpTunnel>) {
    if !matches!(forwarder.join().await, Ok(Ok(()))) {
        tracing::debug!("The tunnel broke");
    }
}

/// ngrok's own words name what to mend; they hold no token.
fn refused(error: impl std::fmt::Display) -> DeskError {
    DeskError::Setting(format!(
        "ngrok could not open the tunnel: {error}. Check the authtoken and the network, or give the address of another tunnel"
    ))
}
