//! Commands for a running desk from the same person's other programs, on loopback.
//!
//! The token is derived from the database key, so whoever can open the
//! database can give commands, and no token lies in the profile folder.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use cobro_core::domain::{
    Charge, ChargeId, ConversationId, Credentials, Message, MessageId, NewCharge, Timestamp, WayIn,
};
use cobro_core::{Actor, DatabaseKey, Inbox, catalog, charge, message, reconcile};
use cobro_stripe::ledger::Range;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use subtle::ConstantTimeEq;
use tokio_util::sync::CancellationToken;

use crate::{Connecting, DeskError, RunningDesk};

/// How long a message is waited for before it is said that it has not gone out.
const PATIENCE: Duration = Duration::from_secs(10);
/// A table of a large catalog, written as JSON.
const LARGEST_COMMAND: usize = 20 * 1024 * 1024;

/// A command.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum ControlRequest {
    Charge {
        new: Box<NewCharge>,
    },
    CancelCharge {
        charge: ChargeId,
    },
    SendText {
        id: MessageId,
        conversation: ConversationId,
        text: String,
    },
    /// Reads what was kept again, with what this version has learned.
    Reparse,
    /// Tells what the shop sells.
    Catalog,
    /// Tells the same as a table for spreadsheets.
    ExportCatalog,
    /// Takes a table over, all of it or nothing; with `look` it only says what that would change.
    ImportCatalog {
        table: String,
        look: bool,
    },
    /// Brings the catalog and Stripe's together; `look` only says what would happen.
    SyncCatalog {
        look: bool,
    },
    /// Reads Stripe's account for a range, and waits for its end.
    Reconcile {
        since: Timestamp,
        until: Timestamp,
        over_budget: bool,
    },
    Connect(ConnectRequest),
}

/// What is asked of the connection to WhatsApp. Each is answered with how it stands.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "connect", rename_all = "snake_case")]
pub enum ConnectRequest {
    Show,
    Check,
    /// Absent ones stay as they are.
    Credentials {
        app_id: Option<String>,
        app_secret: Option<String>,
        token: Option<String>,
    },
    Choose {
        numbers: Vec<String>,
    },
    Register {
        number: String,
        pin: String,
    },
    /// Where the relay is reached, or `ngrok`.
    Webhook {
        url: String,
    },
    Prove {
        number: String,
        to: String,
    },
}

/// Secrets stay out of logs.
impl std::fmt::Debug for ConnectRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ConnectRequest(…)")
    }
}

impl ControlRequest {
    /// How long its answer may take.
    fn patience(&self) -> Duration {
        match self {
            Self::Reparse | Self::Reconcile { .. } | Self::SyncCatalog { .. } => Duration::from_hours(2),
            _ => Duration::from_mins(1),
        }
    }
}

#[derive(Debug)]
pub(crate) struct Control {
    address: SocketAddr,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

struct Shared {
    inbox: Inbox,
    connecting: Connecting,
    token: SecretString,
}

impl Control {
    pub(crate) async fn start(
        inbox: Inbox,
        connecting: Connecting,
        token: SecretString,
    ) -> Result<Self, DeskError> {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .map_err(anyhow::Error::new)?;
        let address = listener.local_addr().map_err(anyhow::Error::new)?;
        let shared = Arc::new(Shared {
            inbox,
            connecting,
            token,
        });
        let app = Router::new()
            .route("/commands", post(command))
            .layer(DefaultBodyLimit::max(LARGEST_COMMAND))
            .layer(middleware::from_fn_with_state(shared.clone(), authorized))
            .with_state(shared);
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let task = tokio::spawn(async move {
            let served = axum::serve(listener, app)
                .with_graceful_shutdown(stopped.cancelled_owned())
                .await;
            if let Err(error) = served {
                tracing::warn!(%error, "The control address closed");
            }
        });
        Ok(Self { address, stop, task })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) async fn shutdown(self) {
        self.stop.cancel();
        let _ = tokio::time::timeout(Duration::from_secs(5), self.task).await;
    }
}

/// Does the command on this desk.
pub(crate) async fn perform(
    inbox: &Inbox,
    connecting: &Connecting,
    request: ControlRequest,
) -> Result<Value, DeskError> {
    let answer = match request {
        ControlRequest::Connect(request) => return connect(connecting, request).await,
        ControlRequest::Charge { new } => charge_and_send(inbox, *new).await,
        ControlRequest::CancelCharge { charge } => charge::cancel(inbox, Actor::Program, charge)
            .await
            .map(|charge| charge_json(&charge)),
        ControlRequest::SendText {
            id,
            conversation,
            text,
        } => message::send_text(inbox, id, conversation, text)
            .await
            .map(|message| message_json(&message)),
        ControlRequest::Reparse => cobro_core::reparse::all(inbox)
            .await
            .map(|done| json!({ "envelopes": done.envelopes, "messages": done.messages })),
        ControlRequest::Catalog => catalog::products(inbox, true)
            .await
            .map(|products| json!({ "products": products })),
        ControlRequest::ExportCatalog => catalog::export(inbox)
            .await
            .map(|table| json!({ "table": table })),
        ControlRequest::ImportCatalog { table, look: true } => {
            catalog::preview_import(inbox, table.into_bytes())
                .await
                .map(|preview| json!(preview))
        }
        ControlRequest::ImportCatalog { table, look: false } => {
            catalog::import(inbox, Actor::Program, table.into_bytes())
                .await
                .map(|imported| json!(imported))
        }
        ControlRequest::SyncCatalog { look: true } => {
            catalog::sync::look(inbox).await.map(|report| json!(report))
        }
        ControlRequest::SyncCatalog { look: false } => catalog::sync::run(inbox, Actor::Program)
            .await
            .map(|report| json!(report)),
        ControlRequest::Reconcile {
            since,
            until,
            over_budget,
        } => {
            let report = reconcile::read(inbox, Range { since, until }, over_budget).await?;
            return serde_json::to_value(report).map_err(|error| DeskError::Other(error.into()));
        }
    };
    Ok(answer?)
}

async fn connect(connecting: &Connecting, request: ConnectRequest) -> Result<Value, DeskError> {
    let connection = match request {
        ConnectRequest::Show => connecting.view().await,
        ConnectRequest::Check => connecting.check().await,
        ConnectRequest::Credentials {
            app_id,
            app_secret,
            token,
        } => {
            let given = Credentials {
                app_id,
                app_secret,
                token,
            };
            connecting.save(given).await
        }
        ConnectRequest::Choose { numbers } => connecting.choose(numbers).await,
        ConnectRequest::Register { number, pin } => connecting.register(&number, pin.into()).await,
        ConnectRequest::Webhook { url } => {
            let way = if url == "ngrok" {
                WayIn::Ngrok
            } else {
                WayIn::Address { url }
            };
            connecting.set_webhook(way).await
        }
        ConnectRequest::Prove { number, to } => connecting.prove(&number, &to).await,
    }?;
    serde_json::to_value(connection).map_err(|error| DeskError::Other(error.into()))
}

/// Charges, and waits for a moment until the customer was sent the link: whoever asked can't see the thread.
async fn charge_and_send(inbox: &Inbox, new: NewCharge) -> cobro_core::Result<Value> {
    let charge = charge::create(inbox, Actor::Program, new).await?;
    let (charge, kept_back) = charge::until_sent(inbox, charge.id, PATIENCE).await?;
    let mut answer = charge_json(&charge);
    if let Some(fields) = answer.as_object_mut() {
        fields.insert(
            "message".into(),
            json!(charge.delivery.map(cobro_core::domain::Delivery::as_str)),
        );
        fields.insert("message_problem".into(), json!(kept_back));
    }
    Ok(answer)
}

fn charge_json(charge: &Charge) -> Value {
    json!({
        "id": charge.id,
        "conversation": charge.conversation,
        "amount": charge.amount.minor(),
        "currency": charge.amount.currency().code(),
        "payment": charge.payment.as_str(),
        "link": charge.link,
        "problem": charge.problem,
        "tries_again": charge.tries_again(),
    })
}

fn message_json(message: &Message) -> Value {
    json!({
        "id": message.id,
        "conversation": message.conversation,
        "delivery": message.delivery.map(cobro_core::domain::Delivery::as_str),
    })
}

async fn authorized(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let expected = format!("Bearer {}", shared.token.expose_secret());
    let given = request
        .headers()
        .get(AUTHORIZATION)
        .map(axum::http::HeaderValue::as_bytes)
        .unwrap_or_default();
    if bool::from(given.ct_eq(expected.as_bytes())) {
        next.run(request).await
    } else {
        StatusCode::UNAUTHORIZED.into_response()
    }
}

async fn command(State(shared): State<Arc<Shared>>, Json(request): Json<ControlRequest>) -> Response {
    match perform(&shared.inbox, &shared.connecting, request).await {
        Ok(answer) => Json(answer).into_response(),
        Err(error) => {
            let body = Json(json!({ "code": error.code(), "message": error.to_string() }));
            (StatusCode::UNPROCESSABLE_ENTITY, body).into_response()
        }
    }
}

/// Gives commands to the desk that runs on a profile.
#[derive(Debug)]
pub struct ControlClient {
    url: String,
    token: SecretString,
    http: reqwest::Client,
}

impl ControlClient {
    pub fn new(desk: &RunningDesk, key: &DatabaseKey) -> Result<Self, DeskError> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .build()
            .map_err(anyhow::Error::new)?;
        Ok(Self {
            url: format!("{}/commands", desk.control),
            token: hex::encode(key.derive("control")).into(),
            http,
        })
    }

    /// Returns the desk's answer, or what it says against the command.
    pub async fn perform(&self, request: &ControlRequest) -> Result<Value, DeskError> {
        let answer = self
            .http
            .post(&self.url)
            .bearer_auth(self.token.expose_secret())
            .timeout(request.patience())
            .json(request)
            .send()
            .await
            .map_err(|error| anyhow::anyhow!("The running desk did not answer ({}). Repeat the command with the same --id: it stays one charge", error.without_url()))?;
        let accepted = answer.status().is_success();
        let body: Value = answer.json().await.map_err(|error| {
            anyhow::anyhow!(
                "The running desk's answer can't be read ({})",
                error.without_url()
            )
        })?;
        if accepted {
            return Ok(body);
        }
        let why = body
            .get("message")
            .and_then(Value::as_str)
            .unwrap_or("The running desk refused the command");
        Err(DeskError::Other(anyhow::anyhow!("{why}")))
    }
}
