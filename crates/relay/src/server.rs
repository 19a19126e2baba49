//! Connections: accepted, served, and ended in time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long a connection may make no request: be idle, or be slow with its first words.
const PATIENCE: Duration = Duration::from_secs(75);
/// How many connections are served at once; more wait.
const MOST_CONNECTIONS: usize = 4096;
/// How long to wait when the system has no more sockets for us.
const BREATH: Duration = Duration::from_millis(50);

/// Serves `router` on a listener.
pub(crate) struct Server {
    pub(crate) router: Router,
    /// Stops accepting; what is under way is finished.
    pub(crate) closing: CancellationToken,
    /// Ends what is still under way.
    pub(crate) ending: CancellationToken,
    pub(crate) tasks: TaskTracker,
}

impl Server {
    pub(crate) async fn run(self, listener: TcpListener) {
        let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
        let accepting = async {
            while let Ok(place) = Arc::clone(&room).acquire_owned().await {
                match listener.accept().await {
                    Ok((socket, _)) => self.serve(socket, place),
                    Err(error) => {
                        tracing::warn!(%error, "A connection could not be accepted");
                        sleep(BREATH).await;
                    }
                }
            }
        };
        tokio::select! {
            () = self.closing.cancelled() => {}
            () = accepting => {}
        }
    }

    fn serve(&self, socket: TcpStream, place: OwnedSemaphorePermit) {
        let _ = socket.set_nodelay(true);
        let used = Used::default();
        let router = TowerToHyperService::new(self.router.clone());
        let service = service_fn({
            let used = used.clone();
            move |request| {
                used.note();
                router.call(request)
            }
        });
        let connection = http1::Builder::new()
            .serve_connection(TokioIo::new(socket), service)
            .with_upgrades();
        let (closing, ending) = (self.closing.clone(), self.ending.clone());
        self.tasks.spawn(async move {
            let mut connection = std::pin::pin!(connection);
            tokio::select! {
                _ = connection.as_mut() => return,
                () = used.not_any_more() => return,
                () = closing.cancelled() => connection.as_mut().graceful_shutdown(),
            }
            tokio::select! {
                _ = connection => {}
                () = ending.cancelled() => {}
            }
            drop(place);
        });
    }
}

/// Whether a connection has made a request lately.
///
/// One clock for a connection's whole life: one for each request's head would
/// cost more than the rest of what is done here.
#[derive(Clone, Default)]
struct Used(Arc<AtomicBool>);

impl Used {
    fn note(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Returns when no request has come for [`PATIENCE`] or longer.
    async fn not_any_more(&self) {
        loop {
            sleep(PATIENCE).await;
            if !self.0.swap(false, Ordering::Relaxed) {
                return;
            }
        }
    }
}
