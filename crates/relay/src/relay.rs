//! A running relay: its start, its addresses and its end.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::body::Bodies;
use crate::counts::Counts;
use crate::desks::Desks;
use crate::journal::Journal;
use crate::routes::{self, Shared, WhatsAppDoor};
use crate::server::Server;
use crate::{RelayError, RelayOptions, retention};

/// How long requests under way may take once the relay is closing.
const LAST_REQUESTS: Duration = Duration::from_secs(5);
const LAST_TASKS: Duration = Duration::from_secs(1);

/// A running relay. Dropped without [`Relay::shutdown`], it stops soon after.
#[derive(Debug)]
pub struct Relay {
    addr: SocketAddr,
    shared: Arc<Shared>,
    ending: CancellationToken,
}

impl Relay {
    /// Opens the journal and the address, and serves from then on.
    pub async fn start(options: RelayOptions) -> Result<Self, RelayError> {
        options.check()?;
        let listener = TcpListener::bind(options.listen)
            .await
            .map_err(|error| RelayError::from_bind(&error, options.listen))?;
        let addr = listener
            .local_addr()
            .map_err(|error| RelayError::from_bind(&error, options.listen))?;
        let keep = options.keep;
        let shared = Arc::new(shared(options).await?);
        let ending = CancellationToken::new();
        let server = Server {
            router: routes::router(Arc::clone(&shared)),
            closing: shared.closing.clone(),
            ending: ending.clone(),
            tasks: shared.tasks.clone(),
        };
        shared.tasks.spawn(server.run(listener));
        shared.tasks.spawn(retention::run(Arc::clone(&shared), keep));
        Ok(Self { addr, shared, ending })
    }

    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Returns the relay's address for programs on this machine, such as `http://127.0.0.1:7100`.
    pub fn url(&self) -> String {
        format!("http://{}", reachable(self.addr))
    }

    /// Returns where desks on this machine read the stream, such as `ws://127.0.0.1:7100/stream`.
    pub fn stream_url(&self) -> String {
        format!("ws://{}/stream", reachable(self.addr))
    }

    /// Returns what changes WhatsApp's secrets while the relay runs.
    pub fn locksmith(&self) -> Locksmith {
        Locksmith(Arc::clone(&self.shared))
    }

    /// Stops accepting, answers what is under way, and closes the journal.
    pub async fn shutdown(self) {
        self.shared.closing.cancel();
        self.shared.tasks.close();
        if timeout(LAST_REQUESTS, self.shared.tasks.wait()).await.is_err() {
            self.ending.cancel();
            let _ = timeout(LAST_TASKS, self.shared.tasks.wait()).await;
        }
        self.shared.desks.save(&self.shared.journal).await;
        self.shared.journal.close().await;
    }
}

/// Changes what opens WhatsApp's door of a running relay.
#[derive(Debug, Clone)]
pub struct Locksmith(Arc<Shared>);

impl Locksmith {
    /// Takes webhooks that one of these secrets signed, from now on, and answers
    /// Meta's verification of this token.
    pub fn change(&self, secrets: Vec<SecretString>, verify_token: SecretString) {
        let door = Arc::new(WhatsAppDoor {
            secrets,
            verify_token,
        });
        *self.0.whatsapp.write().unwrap_or_else(PoisonError::into_inner) = door;
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.shared.closing.cancel();
        self.ending.cancel();
    }
}

pub(crate) async fn shared(options: RelayOptions) -> Result<Shared, RelayError> {
    let path = &options.journal_path;
    let from_journal = |error| RelayError::from_journal(error, path);
    let journal = Journal::open(path, options.journal_key.as_ref())
        .await
        .map_err(from_journal)?;
    let desks = Desks::load(&journal).await.map_err(from_journal)?;
    Ok(Shared {
        journal,
        desks,
        counts: Counts::default(),
        bodies: Bodies::new(),
        whatsapp: RwLock::new(Arc::new(WhatsAppDoor {
            secrets: options.whatsapp_secrets,
            verify_token: options.verify_token,
        })),
        stripe_secrets: options.stripe_secrets,
        stream_token: options.stream_token,
        closing: CancellationToken::new(),
        tasks: TaskTracker::new(),
    })
}

/// Returns `addr` as programs on this machine can reach it.
fn reachable(addr: SocketAddr) -> SocketAddr {
    let ip = match addr.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, addr.port())
}
