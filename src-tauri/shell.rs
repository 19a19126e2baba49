//! What the window, the tray and the notifications share: the desk, once it is open.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError, RwLock};
use std::time::Duration;

use cobro_core::domain::ConversationId;
use cobro_core::{CoreEvent, Inbox, Language};
use cobro_desk::{Connecting, Desk, DeskError, Kind, Profile, Settings};
use tauri::{AppHandle, Manager as _};

use crate::error::CommandError;
use crate::{background, events, notifications, tray};

/// What is under way when a person quits has this long to end.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(crate) struct Shell {
    profile: PathBuf,
    phase: RwLock<Phase>,
    /// Held while it is being opened, so that closing waits for that.
    desk: tokio::sync::Mutex<Option<Desk>>,
    /// A conversation to show as soon as the window can.
    landing: Mutex<Option<ConversationId>>,
    quitting: AtomicBool,
}

/// How far the desk has come.
#[derive(Debug, Clone)]
pub(crate) enum Phase {
    Starting,
    Ready(OpenDesk),
    Failed(CommandError),
}

/// What commands need of an open desk.
#[derive(Debug, Clone)]
pub(crate) struct OpenDesk {
    pub(crate) inbox: Inbox,
    pub(crate) connecting: Connecting,
    pub(crate) mode: cobro_desk::Mode,
    pub(crate) relay_url: Option<String>,
    pub(crate) hold_seconds: u32,
}

impl Shell {
    pub(crate) fn new(profile: PathBuf, landing: Option<ConversationId>) -> Self {
        Self {
            profile,
            phase: RwLock::new(Phase::Starting),
            desk: tokio::sync::Mutex::default(),
            landing: Mutex::new(landing),
            quitting: AtomicBool::new(false),
        }
    }

    pub(crate) fn profile(&self) -> &Path {
        &self.profile
    }

    pub(crate) fn phase(&self) -> Phase {
        self.phase.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns the inbox, or why there is none.
    pub(crate) fn inbox(&self) -> Result<Inbox, CommandError> {
        self.open_desk().map(|desk| desk.inbox)
    }

    /// Returns what sets up WhatsApp, or why there is nothing to set up.
    pub(crate) fn connecting(&self) -> Result<Connecting, CommandError> {
        self.open_desk().map(|desk| desk.connecting)
    }

    fn open_desk(&self) -> Result<OpenDesk, CommandError> {
        match self.phase() {
            Phase::Ready(desk) => Ok(desk),
            Phase::Starting => Err(CommandError::not_ready()),
            Phase::Failed(error) => Err(error),
        }
    }

    /// Shows a conversation, now or as soon as there is a window that listens.
    pub(crate) fn land_on(&self, conversation: ConversationId) {
        match self.inbox() {
            Ok(inbox) => inbox.ask_to_open(conversation),
            Err(_) => *self.landing.lock().unwrap_or_else(PoisonError::into_inner) = Some(conversation),
        }
    }

    /// Shows what was asked for before the window listened. It listens once it asks for the status.
    pub(crate) fn window_listens(&self, inbox: &Inbox) {
        if let Some(conversation) = self.landing.lock().unwrap_or_else(PoisonError::into_inner).take() {
            inbox.ask_to_open(conversation);
        }
    }

    /// Returns whether this is the first call: quitting happens once.
    pub(crate) fn begins_to_quit(&self) -> bool {
        !self.quitting.swap(true, Ordering::SeqCst)
    }

    /// Lets what is under way end, and closes the desk. A second call finds nothing to do.
    pub(crate) async fn close(&self) {
        self.quitting.store(true, Ordering::SeqCst);
        let closed = tokio::time::timeout(PATIENCE, async {
            if let Some(desk) = self.desk.lock().await.take() {
                desk.shutdown().await;
            }
        });
        if closed.await.is_err() {
            tracing::warn!(
                "The desk did not close in {} s; what was under way goes on at the next start",
                PATIENCE.as_secs()
            );
        }
    }

    fn enter(&self, phase: Phase) {
        *self.phase.write().unwrap_or_else(PoisonError::into_inner) = phase;
    }
}

/// Opens the desk behind the window, which is already there.
pub(crate) async fn open(app: AppHandle) {
    let shell = app.state::<Shell>();
    let mut held = shell.desk.lock().await;
    if shell.quitting.load(Ordering::SeqCst) {
        return;
    }
    match open_desk(shell.profile().to_owned()).await {
        Ok(desk) => {
            let inbox = desk.inbox().clone();
            // Until the window says itself what it speaks.
            if let Some(language) = chosen_language(shell.profile()) {
                inbox.set_window_language(language);
            }
            serve(&app, &inbox);
            shell.enter(Phase::Ready(OpenDesk {
                inbox,
                connecting: desk.connecting().clone(),
                mode: desk.mode(),
                relay_url: desk.relay_url(),
                hold_seconds: desk.hold_seconds(),
            }));
            *held = Some(desk);
        }
        Err(error) => {
            let failed = CommandError::from(error);
            tracing::error!(code = ?failed.code, message = failed.message, details = failed.details, "The desk did not open");
            shell.enter(Phase::Failed(failed));
        }
    }
    drop(held);
    events::emit(&app, vec![CoreEvent::StatusChanged]);
}

/// Returns what a person chose on the profile.
fn chosen_language(profile: &Path) -> Option<Language> {
    Profile::at(profile).ok()?.appearance().language
}

async fn open_desk(profile: PathBuf) -> Result<Desk, DeskError> {
    // Settings may come from the keychain, which may ask a person first.
    let settings = tokio::task::spawn_blocking(move || Settings::load(&profile))
        .await
        .map_err(anyhow::Error::new)??;
    background::runtime()
        .map_err(anyhow::Error::new)?
        .spawn(Desk::open(settings, Kind::Window))
        .await
        .map_err(anyhow::Error::new)?
}

/// Starts what follows core: the window's events, the tray, the notifications.
fn serve(app: &AppHandle, inbox: &Inbox) {
    tauri::async_runtime::spawn(events::forward(app.clone(), inbox.events()));
    tauri::async_runtime::spawn(tray::follow(app.clone(), inbox.clone()));
    tauri::async_runtime::spawn(notifications::run(app.clone(), inbox.clone()));
}
