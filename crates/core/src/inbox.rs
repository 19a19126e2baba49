//! The inbox: one open database and the workers that serve it.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

use cobro_stripe::StripeApi;
use cobro_whatsapp::WhatsAppApi;
use secrecy::SecretString;
use serde::Serialize;
use specta::Type;
use tokio::sync::{Notify, broadcast, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::assistant::{Asking, Shelf};
use crate::domain::{ConversationId, Currency, ReconcileId, Timestamp};
use crate::health::Problems;
use crate::{CoreEvent, DatabaseKey, Error, Language, Result, Store};

/// What an inbox needs to run. Parts that are absent are simply not there yet.
#[derive(Debug)]
pub struct Options {
    pub database: PathBuf,
    pub key: DatabaseKey,
    pub stream: Option<StreamOptions>,
    pub whatsapp: Option<WhatsAppLines>,
    pub stripe: Option<StripeApi>,
    pub language: Language,
    /// The account's country, such as `MX`: fee estimates rest on it.
    pub country: String,
    pub default_currency: Currency,
    pub default_expiry_hours: u32,
    /// Whether somebody shows notifications. A desk without a window has none.
    pub announces: bool,
    /// Polls Stripe this often instead of when the read budget advises.
    pub poll_every: Option<Duration>,
    /// Whether Stripe's webhooks reach our relay.
    pub stripe_webhooks: bool,
    /// A message that waited longer than this asks before it goes.
    pub stale_after: Duration,
}

#[cfg(test)]
impl Options {
    /// A desk in that folder, without network.
    pub(crate) fn for_tests(folder: &std::path::Path) -> Self {
        Self {
            database: folder.join("cobro.db"),
            key: DatabaseKey::from_raw([7; 32]),
            stream: None,
            whatsapp: None,
            stripe: None,
            language: Language::En,
            country: "MX".into(),
            default_currency: Currency::from_code("MXN").unwrap(),
            default_expiry_hours: 48,
            announces: true,
            poll_every: None,
            stripe_webhooks: false,
            stale_after: Duration::from_hours(24),
        }
    }
}

/// Where the relay's stream is.
#[derive(Debug, Clone)]
pub struct StreamOptions {
    /// Such as `ws://127.0.0.1:7100/stream`.
    pub url: String,
    pub token: SecretString,
}

/// The client and the numbers that settings name.
#[derive(Debug, Clone)]
pub struct WhatsAppLines {
    pub api: WhatsAppApi,
    /// The same that the client sends with: Meta is asked about it.
    pub token: SecretString,
    pub lines: Vec<KnownLine>,
}

/// A number that settings name.
#[derive(Debug, Clone)]
pub struct KnownLine {
    pub phone_number_id: String,
    pub name: String,
    /// Its account, where settings name that too.
    pub waba_id: Option<String>,
}

/// Whether the relay's stream flows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum StreamState {
    Connected,
    Connecting,
    Stopped,
}

/// One open inbox. Clones are the same inbox.
#[derive(Debug, Clone)]
pub struct Inbox(Arc<Parts>);

#[derive(Debug)]
pub struct Parts {
    pub store: Store,
    /// The bytes of files.
    pub(crate) files: Store,
    whatsapp: RwLock<Option<WhatsAppLines>>,
    pub(crate) stripe: Option<StripeApi>,
    /// Which account the key opens, once Stripe was asked.
    pub(crate) account: OnceLock<Option<String>>,
    pub(crate) stream: Option<StreamOptions>,
    pub(crate) language: Language,
    /// What the person at this desk reads; the shop's own until a window says.
    window_language: RwLock<Language>,
    pub(crate) country: String,
    pub default_currency: Currency,
    pub default_expiry_hours: u32,
    pub(crate) announces: bool,
    pub(crate) poll_every: Option<Duration>,
    pub(crate) stripe_webhooks: bool,
    pub(crate) stale_after: Duration,
    pub problems: Problems,
    /// Wakes the sender after a message was queued.
    pub(crate) outbox: Notify,
    /// Wakes whoever fetches customers' files.
    pub(crate) fetching: Notify,
    /// A large transaction left something to the search index.
    pub(crate) indexing: Notify,
    /// Wakes whoever reads Stripe's objects back.
    pub(crate) hints: Notify,
    /// Wakes whoever asks Stripe for refunds.
    pub(crate) refunds: Notify,
    /// Wakes whoever works on subscriptions: plans' ends, and what a person asked for.
    pub(crate) subscriptions: Notify,
    /// Wakes whoever makes and closes links.
    pub(crate) charges: Notify,
    /// Wakes the reconciliation after a gap in the events.
    pub(crate) reconciling: Notify,
    /// Wakes whoever checks that what says paid is paid.
    pub(crate) verifying: Notify,
    /// The reading of the account that is under way, and what ends it.
    pub(crate) reading: Mutex<Option<(ReconcileId, CancellationToken)>>,
    /// Wakes whoever looks at the connection to WhatsApp.
    pub(crate) connecting: Notify,
    /// Wakes whoever brings back what was put aside.
    pub(crate) waking: Notify,
    /// Wakes whoever shows notifications.
    pub(crate) notices: Notify,
    /// Held while kept envelopes are read again.
    pub(crate) reparsing: tokio::sync::Mutex<()>,
    /// One reading of the books is judged at a time.
    pub(crate) judging: tokio::sync::Mutex<()>,
    /// Held while the catalog is compared with Stripe's.
    pub(crate) syncing: tokio::sync::Mutex<()>,
    /// When a link was last sent or opened: Stripe is asked more often then.
    pub(crate) busy_until: AtomicU64,
    /// How many reads of this run are in the month's count.
    pub(crate) reads_counted: AtomicU64,
    events: broadcast::Sender<CoreEvent>,
    stream_state: watch::Sender<StreamState>,
    on_screen: Mutex<Option<ConversationId>>,
    /// When each customer was last shown that somebody writes.
    typed: Mutex<HashMap<ConversationId, Instant>>,
    /// The catalog as the assistant reads it, until it changes.
    shelf: tokio::sync::Mutex<Option<(u64, Arc<Shelf>)>>,
    /// Counts the catalog's changes, so that one read before a change is not kept after it.
    shelves: AtomicU64,
    /// What the configured model is being asked.
    pub(crate) asking: Asking,
    started: AtomicBool,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl std::ops::Deref for Inbox {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Inbox {
    /// Opens the database, bringing it up to date, and settles what a crash left in doubt.
    pub async fn open(options: Options) -> Result<Self> {
        let (files, files_key) = crate::store::files_beside(&options.database, &options.key);
        let store = Store::open(options.database, options.key).await?;
        let files = Store::open_files(files, files_key).await?;
        let events = broadcast::channel(4096).0;
        let inbox = Self(Arc::new(Parts {
            problems: Problems::new(events.clone()),
            whatsapp: RwLock::new(options.whatsapp),
            stripe: options.stripe,
            account: OnceLock::new(),
            stream: options.stream,
            language: options.language,
            window_language: RwLock::new(options.language),
            country: options.country,
            default_currency: options.default_currency,
            default_expiry_hours: options.default_expiry_hours,
            announces: options.announces,
            poll_every: options.poll_every,
            stripe_webhooks: options.stripe_webhooks,
            stale_after: options.stale_after,
            outbox: Notify::new(),
            fetching: Notify::new(),
            indexing: Notify::new(),
            hints: Notify::new(),
            charges: Notify::new(),
            refunds: Notify::new(),
            subscriptions: Notify::new(),
            notices: Notify::new(),
            waking: Notify::new(),
            connecting: Notify::new(),
            reconciling: Notify::new(),
            verifying: Notify::new(),
            reading: Mutex::default(),
            reparsing: tokio::sync::Mutex::default(),
            judging: tokio::sync::Mutex::default(),
            syncing: tokio::sync::Mutex::default(),
            busy_until: AtomicU64::new(0),
            reads_counted: AtomicU64::new(0),
            events,
            stream_state: watch::channel(StreamState::Stopped).0,
            on_screen: Mutex::new(None),
            typed: Mutex::default(),
            shelf: tokio::sync::Mutex::default(),
            shelves: AtomicU64::new(0),
            asking: Asking::default(),
            started: AtomicBool::new(false),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
            files,
            store,
        }));
        inbox.name_known_lines().await?;
        crate::send::recover(&inbox).await?;
        crate::media::recover(&inbox).await?;
        crate::reconcile::recover(&inbox).await?;
        Ok(inbox)
    }

    /// Starts the workers. A second call does nothing.
    pub fn start(&self) {
        if self.started.swap(true, Ordering::SeqCst) {
            return;
        }
        self.spawn(crate::sync::run(self.clone()));
        self.spawn(crate::send::run(self.clone()));
        self.spawn(crate::media::run(self.clone()));
        self.spawn(crate::export::recover(self.clone()));
        self.spawn(crate::settle::run(self.clone()));
        self.spawn(crate::charge::run(self.clone()));
        self.spawn(crate::poll::run(self.clone()));
        self.spawn(crate::way::run(self.clone()));
        self.spawn(crate::stripe_key::run(self.clone()));
        self.spawn(crate::catalog::sync::recover(self.clone()));
        self.spawn(crate::assistant::run(self.clone()));
        self.spawn(crate::reconcile::run(self.clone()));
        self.spawn(crate::verify::run(self.clone()));
        self.spawn(crate::refund::run(self.clone()));
        self.spawn(crate::remind::run(self.clone()));
        self.spawn(crate::subscription::run(self.clone()));
        self.spawn(crate::subscription::tell_ahead(self.clone()));
        self.spawn(crate::clock::run(self.clone()));
        self.spawn(crate::connection::run(self.clone()));
        self.spawn(crate::reparse::run_once(self.clone()));
        self.spawn(crate::search::run(self.clone()));
        self.spawn(crate::work::run(self.clone()));
    }

    /// Stops the workers, waits for what they are doing, and closes the databases.
    pub async fn shutdown(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.store.close().await;
        self.files.close().await;
    }

    /// Returns a listener to everything that changes from now on.
    pub fn events(&self) -> broadcast::Receiver<CoreEvent> {
        self.events.subscribe()
    }

    /// Says what the person can see now; `None` when the window is hidden.
    pub fn set_on_screen(&self, conversation: Option<ConversationId>) {
        *self.on_screen.lock().unwrap_or_else(PoisonError::into_inner) = conversation;
    }

    pub fn stream_state(&self) -> StreamState {
        *self.stream_state.borrow()
    }

    /// Returns the language of the shop, in which its customers are written to.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Returns the language of the window, in which the person at this desk is told things.
    pub fn window_language(&self) -> Language {
        *self
            .window_language
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Says in which language the window speaks.
    pub fn set_window_language(&self, language: Language) {
        let before = std::mem::replace(
            &mut *self
                .window_language
                .write()
                .unwrap_or_else(PoisonError::into_inner),
            language,
        );
        if before != language {
            self.emit(CoreEvent::StatusChanged);
        }
    }

    /// Returns whether Stripe is set up, and for which mode.
    pub fn stripe(&self) -> Option<&StripeApi> {
        self.stripe.as_ref()
    }

    /// Returns the client and the numbers in use now: a person may change both.
    pub fn whatsapp(&self) -> Option<WhatsAppLines> {
        self.whatsapp
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Uses another client or other numbers from now on; what is queued goes out with them.
    pub async fn use_whatsapp(&self, whatsapp: Option<WhatsAppLines>) -> Result<()> {
        *self.whatsapp.write().unwrap_or_else(PoisonError::into_inner) = whatsapp;
        self.name_known_lines().await?;
        self.problems.clear("whatsapp");
        self.outbox.notify_one();
        self.emit(CoreEvent::ConnectionChanged);
        self.emit(CoreEvent::StatusChanged);
        Ok(())
    }

    pub(crate) fn require_whatsapp(&self) -> Result<WhatsAppLines> {
        self.whatsapp().ok_or(Error::NotConfigured(
            "WhatsApp's access token (Connection, or COBRO_WHATSAPP_TOKEN)",
        ))
    }

    /// Returns whether typing in `conversation` may be shown again, and remembers it.
    pub(crate) fn may_type(&self, conversation: ConversationId, now: Instant, every: Duration) -> bool {
        let mut typed = self.typed.lock().unwrap_or_else(PoisonError::into_inner);
        typed.retain(|_, at| now.saturating_duration_since(*at) < every);
        if typed.contains_key(&conversation) {
            return false;
        }
        typed.insert(conversation, now);
        true
    }

    /// Tells listeners that a person asked to see `conversation`.
    pub fn ask_to_open(&self, conversation: ConversationId) {
        self.emit(CoreEvent::OpenConversation { conversation });
    }

    pub(crate) fn emit(&self, event: CoreEvent) {
        // Nobody listening is fine: a desk without a window.
        let _ = self.events.send(event);
    }

    pub(crate) fn is_on_screen(&self, conversation: ConversationId) -> bool {
        *self.on_screen.lock().unwrap_or_else(PoisonError::into_inner) == Some(conversation)
    }

    pub(crate) fn set_stream_state(&self, state: StreamState) {
        let changed = self
            .stream_state
            .send_if_modified(|now| std::mem::replace(now, state) != state);
        if changed {
            self.emit(CoreEvent::StatusChanged);
        }
    }

    /// Tells when everything that runs by itself has to end.
    pub fn stopping(&self) -> &CancellationToken {
        &self.stop
    }

    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(task);
    }

    /// Waits for `pause`, for `wake`, or for the end. Returns whether to go on.
    pub(crate) async fn rest(&self, wake: Option<&Notify>, pause: Duration) -> bool {
        let woken = async {
            match wake {
                Some(wake) => wake.notified().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = self.stop.cancelled() => false,
            () = woken => true,
            () = tokio::time::sleep(pause) => true,
        }
    }

    /// Remembers that a customer may be paying now.
    pub(crate) fn expect_payment(&self) {
        let until = Timestamp::now().plus(Duration::from_mins(10)).millis();
        self.busy_until
            .store(u64::try_from(until).unwrap_or(0), Ordering::Relaxed);
    }

    /// Returns which account the Stripe key opens, once that is known.
    pub(crate) fn stripe_account(&self) -> Option<String> {
        self.account.get().cloned().flatten()
    }

    pub(crate) fn require_stripe(&self) -> Result<&StripeApi> {
        self.stripe
            .as_ref()
            .ok_or(Error::NotConfigured("Stripe (stripe.key, COBRO_STRIPE_KEY)"))
    }

    /// Returns the catalog as the assistant reads it.
    pub(crate) async fn shelf(&self) -> Result<Arc<Shelf>> {
        let mut kept = self.shelf.lock().await;
        if let Some((version, shelf)) = &*kept
            && *version == self.shelves.load(Ordering::SeqCst)
        {
            return Ok(shelf.clone());
        }
        let version = self.shelves.load(Ordering::SeqCst);
        let currency = self.default_currency;
        let shelf = self
            .store
            .read(move |conn| Ok(Shelf::of(&crate::store::products::all(conn, false)?, currency)))
            .await?;
        let shelf = Arc::new(shelf);
        *kept = Some((version, shelf.clone()));
        Ok(shelf)
    }

    pub(crate) fn forget_shelf(&self) {
        self.shelves.fetch_add(1, Ordering::SeqCst);
    }

    async fn name_known_lines(&self) -> Result<()> {
        let lines = self.whatsapp().map(|whatsapp| whatsapp.lines).unwrap_or_default();
        self.store
            .write(move |tx| crate::store::lines::name_known(tx, &lines))
            .await
    }
}
