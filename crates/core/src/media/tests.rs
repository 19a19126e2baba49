//! Stories of files: with a server that plays WhatsApp's, and cuts, damages and forgets as it is told.

use std::collections::HashMap;
use std::io::Cursor;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use cobro_whatsapp::{WhatsAppApi, WhatsAppOptions};
use rusqlite::named_params;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use super::*;
use crate::domain::{
    ConversationId, Currency, FileId, FileKind, LineId, MediaPolicy, MediaState, MessageId, StagedFile,
};
use crate::store::media::File;
use crate::{CoreEvent, DatabaseKey, Error, Language, Options, WhatsAppLines};

const PATIENCE: Duration = Duration::from_secs(20);
const DAY: Duration = Duration::from_hours(24);
const LINE: &str = "106540352242922";

/// What the server does with a file.
#[derive(Clone, Default)]
struct Kept {
    bytes: Vec<u8>,
    mime: &'static str,
    /// The connection breaks after so many bytes, once.
    cut_after: Option<usize>,
    /// So many answers have other bytes than the file's.
    damaged: usize,
    /// So many addresses are over before they are used.
    over: usize,
    /// After each piece it waits, so that somebody can stop in the middle.
    slow: bool,
}

#[derive(Clone, Default)]
struct Server {
    url: String,
    files: Arc<Mutex<HashMap<String, Kept>>>,
    asked: Arc<Mutex<Vec<String>>>,
    uploads: Arc<Mutex<Vec<Bytes>>>,
}

impl Server {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            ..Self::default()
        };
        let router = Router::new()
            .route("/v25.0/{id}", get(info))
            .route("/v25.0/{line}/media", post(upload))
            .route("/file/{id}", get(bytes))
            .layer(DefaultBodyLimit::disable())
            .with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        server
    }

    fn keep(&self, id: &str, kept: Kept) {
        self.files.lock().unwrap().insert(id.to_owned(), kept);
    }

    /// What was asked of it: `info ID`, or `file ID FROM`.
    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    fn downloads(&self) -> Vec<usize> {
        let from = |asked: &String| asked.strip_prefix("file ")?.split_once(' ')?.1.parse().ok();
        self.asked().iter().filter_map(from).collect()
    }

    fn api(&self) -> WhatsAppApi {
        let _ = rustls::crypto::ring::default_provider().install_default();
        WhatsAppApi::new(WhatsAppOptions {
            base_url: self.url.clone(),
            token: "EAAfixture".into(),
            version: "v25.0".into(),
            timeout: Duration::from_secs(5),
        })
        .unwrap()
    }
}

async fn info(State(server): State<Server>, Path(id): Path<String>) -> Response {
    server.asked.lock().unwrap().push(format!("info {id}"));
    let Some(kept) = server.files.lock().unwrap().get(&id).cloned() else {
        return (
            StatusCode::BAD_REQUEST,
            r#"{"error":{"message":"Unsupported get request","type":"GraphMethodException","code":100,"error_subcode":33}}"#,
        )
            .into_response();
    };
    serde_json::json!({
        "url": format!("{}/file/{id}", server.url),
        "mime_type": kept.mime,
        "sha256": hex::encode(Sha256::digest(&kept.bytes)),
        "file_size": kept.bytes.len(),
        "id": id,
    })
    .to_string()
    .into_response()
}

async fn bytes(State(server): State<Server>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let from: usize = headers
        .get(header::RANGE)
        .and_then(|range| {
            range
                .to_str()
                .ok()?
                .strip_prefix("bytes=")?
                .strip_suffix('-')?
                .parse()
                .ok()
        })
        .unwrap_or(0);
    server.asked.lock().unwrap().push(format!("file {id} {from}"));
    let mut files = server.files.lock().unwrap();
    let kept = files.get_mut(&id).unwrap();
    if kept.over > 0 {
        kept.over -= 1;
        return StatusCode::NOT_FOUND.into_response();
    }
    let mut bytes = kept.bytes.clone();
    if kept.damaged > 0 {
        kept.damaged -= 1;
        bytes[0] ^= 1;
    }
    let (whole, slow) = (bytes.len(), kept.slow);
    let cut = kept.cut_after.take();
    let mut pieces: Vec<std::io::Result<Bytes>> = bytes[from..cut.unwrap_or(whole)]
        .chunks(64 * 1024)
        .map(|piece| Ok(Bytes::copy_from_slice(piece)))
        .collect();
    if cut.is_some() {
        pieces.push(Err(std::io::Error::other("cut")));
    }
    let pieces = futures_util::stream::unfold(pieces.into_iter(), move |mut rest| async move {
        if slow {
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
        rest.next().map(|piece| (piece, rest))
    });
    let range = format!("bytes {from}-{}/{whole}", whole - 1);
    let status = if from > 0 {
        StatusCode::PARTIAL_CONTENT
    } else {
        StatusCode::OK
    };
    (
        status,
        [(header::CONTENT_RANGE, range)],
        Body::from_stream(pieces),
    )
        .into_response()
}

async fn upload(State(server): State<Server>, Path(line): Path<String>, body: Bytes) -> Response {
    assert_eq!(line, LINE);
    let mut uploads = server.uploads.lock().unwrap();
    uploads.push(body);
    serde_json::json!({ "id": format!("upload{}", uploads.len()) })
        .to_string()
        .into_response()
}

/// A desk with one conversation, and the server that its customer's files are at.
struct Shop {
    server: Server,
    inbox: Inbox,
    folder: TempDir,
    conversation: ConversationId,
}

impl Shop {
    async fn open() -> Self {
        let (server, folder) = (Server::start().await, tempfile::tempdir().unwrap());
        let inbox = open_inbox(&server, &folder).await;
        let conversation = inbox.store.write(add_conversation).await.unwrap();
        Self {
            server,
            inbox,
            folder,
            conversation,
        }
    }

    async fn restart(self) -> Self {
        self.inbox.shutdown().await;
        let inbox = open_inbox(&self.server, &self.folder).await;
        Self { inbox, ..self }
    }

    /// A message whose file WhatsApp named `media_id` at `at`.
    async fn receives(&self, media_id: &'static str, mime: &'static str, at: Timestamp) -> MessageId {
        let sha256 = self
            .server
            .files
            .lock()
            .unwrap()
            .get(media_id)
            .map(|kept| hex::encode(Sha256::digest(&kept.bytes)));
        let (message, conversation) = (MessageId::new(), self.conversation);
        self.inbox
            .store
            .write(move |tx| {
                add_message(tx, message, conversation, "in")?;
                tx.execute(
                    "INSERT INTO media
                         (message_id, direction, media_id, media_id_at, mime, sha256, voice, animated, state,
                          attempts, next_at)
                     VALUES (:id, 'in', :media_id, :at, :mime, :sha256, 0, 0, 'waiting', 0, 0)",
                    named_params! {
                        ":id": message, ":media_id": media_id, ":at": at.millis(), ":mime": mime, ":sha256": sha256,
                    },
                )?;
                Ok(())
            })
            .await
            .unwrap();
        // As receiving does after its commit.
        self.inbox.emit(CoreEvent::ConversationChanged { conversation });
        message
    }

    async fn receives_now(&self, media_id: &'static str, mime: &'static str) -> MessageId {
        self.receives(media_id, mime, Timestamp::now()).await
    }

    async fn file(&self, message: MessageId) -> File {
        let found = self
            .inbox
            .store
            .read(move |conn| media::find(conn, message))
            .await;
        found.unwrap().unwrap()
    }

    async fn until(&self, message: MessageId, state: MediaState) {
        let waiting = async {
            while self.file(message).await.state != state {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let came = tokio::time::timeout(PATIENCE, waiting).await.is_ok();
        let now = self.file(message).await.state;
        assert!(came, "still {now:?}, not {state:?}");
    }

    async fn bytes(&self, message: MessageId) -> Vec<u8> {
        let served = serve(&self.inbox, message)
            .await
            .unwrap()
            .expect("the file is not here");
        read(&self.inbox, &served, 0, served.size).await.unwrap()
    }

    async fn here(&self, file: FileId) -> u64 {
        self.inbox
            .files
            .read(move |conn| files::size(conn, file))
            .await
            .unwrap()
    }

    async fn problem(&self, message: MessageId) -> String {
        self.inbox
            .store
            .read(move |conn| {
                Ok(conn.query_row(
                    "SELECT problem_title FROM media WHERE message_id = :id",
                    named_params! { ":id": message },
                    |row| row.get(0),
                )?)
            })
            .await
            .unwrap()
    }

    /// A message that goes out with a staged file.
    async fn sends(&self, file: &StagedFile, kind: FileKind) -> Result<MessageId> {
        let (message, conversation, staged) = (MessageId::new(), self.conversation, file.id.clone());
        self.inbox
            .store
            .write(move |tx| {
                add_message(tx, message, conversation, "out")?;
                attach(tx, &staged, message, kind, Timestamp::now())
            })
            .await?;
        Ok(message)
    }

    async fn uploads(&self, message: MessageId) -> String {
        id_for_sending(&self.inbox, &self.server.api(), LINE, message)
            .await
            .unwrap()
    }
}

async fn open_inbox(server: &Server, folder: &TempDir) -> Inbox {
    let inbox = Inbox::open(Options {
        database: folder.path().join("cobro.db"),
        key: DatabaseKey::from_raw([7; 32]),
        stream: None,
        whatsapp: Some(WhatsAppLines {
            api: server.api(),
            token: "token".into(),
            lines: Vec::new(),
        }),
        stripe: None,
        language: Language::En,
        country: "MX".into(),
        default_currency: Currency::from_code("MXN").unwrap(),
        default_expiry_hours: 24,
        announces: false,
        poll_every: None,
        stripe_webhooks: false,
        stale_after: Duration::from_mins(30),
    })
    .await
    .unwrap();
    inbox.start();
    inbox
}

fn add_conversation(tx: &rusqlite::Transaction<'_>) -> Result<ConversationId> {
    let (line, contact) = (LineId::new(), crate::domain::ContactId::new());
    let conversation = ConversationId::new();
    tx.execute(
        "INSERT INTO lines (id, phone_number_id, name, known) VALUES (:id, :number, 'Shop', 1)",
        named_params! { ":id": line, ":number": LINE },
    )?;
    tx.execute(
        "INSERT INTO contacts (id, name, created_at) VALUES (:id, 'Ana', 0)",
        named_params! { ":id": contact },
    )?;
    tx.execute(
        "INSERT INTO conversations (id, line_id, contact_id, last_at, snippet, snippet_kind, snippet_from_me, unread)
         VALUES (:id, :line_id, :contact_id, 0, '', 'text', 0, 0)",
        named_params! { ":id": conversation, ":line_id": line, ":contact_id": contact },
    )?;
    Ok(conversation)
}

fn add_message(
    tx: &rusqlite::Transaction<'_>,
    message: MessageId,
    conversation: ConversationId,
    direction: &str,
) -> Result<()> {
    tx.execute(
        "INSERT INTO messages (id, conversation_id, variant, direction, origin, kind, text, at)
         VALUES (:id, :conversation_id, 0, :direction, 'customer', 'document', '', 0)",
        named_params! { ":id": message, ":conversation_id": conversation, ":direction": direction },
    )?;
    Ok(())
}

/// Bytes that repeat nowhere, so that a piece out of its place is found.
fn content(length: usize) -> Vec<u8> {
    let byte = |at: usize| u8::try_from((at * 31 + at / 251) % 253).unwrap();
    (0..length).map(byte).collect()
}

fn document(length: usize) -> Kept {
    Kept {
        bytes: content(length),
        mime: "application/pdf",
        ..Kept::default()
    }
}

fn picture(width: u32, height: u32, format: image::ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image::RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([(x % 251) as u8, (y % 241) as u8, (x * y % 239) as u8])
    })
    .write_to(&mut bytes, format)
    .unwrap();
    bytes.into_inner()
}

#[tokio::test]
async fn a_file_comes_by_itself_and_a_picture_with_a_small_one() {
    let shop = Shop::open().await;
    let photo = picture(1200, 900, image::ImageFormat::Jpeg);
    shop.server.keep(
        "photo",
        Kept {
            bytes: photo.clone(),
            mime: "image/jpeg",
            ..Kept::default()
        },
    );
    let message = shop.receives_now("photo", "image/jpeg").await;
    shop.until(message, MediaState::Ready).await;
    assert_eq!(shop.bytes(message).await, photo);
    let (small, mime) = thumbnail(&shop.inbox, message).await.unwrap().unwrap();
    assert_eq!(mime, "image/jpeg");
    assert!(small.len() < photo.len() / 4);
    assert_eq!(shop.server.asked(), ["info photo", "file photo 0"]);
}

#[tokio::test]
async fn a_file_whose_connection_broke_goes_on_where_it_stopped() {
    let shop = Shop::open().await;
    let kept = Kept {
        cut_after: Some(700_000),
        ..document(1_000_000)
    };
    shop.server.keep("invoice", kept.clone());
    let message = shop.receives_now("invoice", "application/pdf").await;
    shop.until(message, MediaState::Ready).await;
    assert_eq!(shop.bytes(message).await, kept.bytes);
    let downloads = shop.server.downloads();
    // What was still on the wire when it broke is lost with it.
    assert!(
        downloads.len() == 2 && (1..=700_000).contains(&downloads[1]),
        "it came from {downloads:?}"
    );
}

#[tokio::test]
async fn a_desk_that_stopped_midway_goes_on_after_its_restart() {
    let shop = Shop::open().await;
    let kept = Kept {
        slow: true,
        ..document(2_000_000)
    };
    shop.server.keep("film", kept.clone());
    let message = shop.receives_now("film", "application/pdf").await;
    while shop.here(FileId(message.0)).await < 500_000 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let shop = shop.restart().await;
    shop.until(message, MediaState::Ready).await;
    assert_eq!(shop.bytes(message).await, kept.bytes);
    let downloads = shop.server.downloads();
    assert!(
        downloads.len() == 2 && downloads[1] >= 500_000,
        "it came from {downloads:?}"
    );
}

#[tokio::test]
async fn a_file_that_arrives_damaged_is_fetched_once_more() {
    let shop = Shop::open().await;
    shop.server.keep(
        "once",
        Kept {
            damaged: 1,
            ..document(300_000)
        },
    );
    shop.server.keep(
        "twice",
        Kept {
            damaged: 2,
            ..document(300_000)
        },
    );
    let once = shop.receives_now("once", "application/pdf").await;
    let twice = shop.receives_now("twice", "application/pdf").await;
    shop.until(once, MediaState::Ready).await;
    assert_eq!(shop.bytes(once).await, content(300_000));
    shop.until(twice, MediaState::Failed).await;
    assert_eq!(shop.problem(twice).await, "This file arrived damaged twice");
    assert_eq!(shop.here(FileId(twice.0)).await, 0);
    // A person may try again.
    fetch(&shop.inbox, twice).await.unwrap();
    shop.until(twice, MediaState::Ready).await;
}

#[tokio::test]
async fn an_address_that_is_over_is_asked_for_again() {
    let shop = Shop::open().await;
    shop.server.keep(
        "late",
        Kept {
            over: 2,
            ..document(1000)
        },
    );
    let message = shop.receives_now("late", "application/pdf").await;
    shop.until(message, MediaState::Ready).await;
    let addresses = shop
        .server
        .asked()
        .iter()
        .filter(|asked| *asked == "info late")
        .count();
    assert_eq!(addresses, 3);
}

#[tokio::test]
async fn a_file_older_than_seven_days_is_gone_and_whatsapp_is_not_even_asked() {
    let shop = Shop::open().await;
    shop.server.keep("old", document(1000));
    let message = shop
        .receives("old", "application/pdf", Timestamp::now().minus(7 * DAY))
        .await;
    shop.until(message, MediaState::Gone).await;
    assert_eq!(shop.problem(message).await, "This file is gone");
    assert!(shop.server.asked().is_empty());
    let told = fetch(&shop.inbox, message).await.unwrap_err().to_string();
    assert!(told.contains("seven days"), "{told}");
}

#[tokio::test]
async fn a_file_that_whatsapp_does_not_know_says_so() {
    let shop = Shop::open().await;
    let message = shop.receives_now("unknown", "application/pdf").await;
    shop.until(message, MediaState::Failed).await;
    assert_eq!(
        shop.problem(message).await,
        "WhatsApp does not give this file out"
    );
}

#[tokio::test]
async fn a_large_file_waits_until_it_is_opened() {
    let shop = Shop::open().await;
    let policy = MediaPolicy {
        auto_download: true,
        limit_megabytes: 1,
    };
    set_policy(&shop.inbox, policy).await.unwrap();
    shop.server.keep("large", document(1_000_001));
    let message = shop.receives_now("large", "application/pdf").await;
    shop.until(message, MediaState::OnDemand).await;
    assert_eq!(shop.file(message).await.size, Some(1_000_001));
    assert!(shop.server.downloads().is_empty());

    fetch(&shop.inbox, message).await.unwrap();
    shop.until(message, MediaState::Ready).await;
    assert_eq!(shop.bytes(message).await, content(1_000_001));
}

#[tokio::test]
async fn a_shop_that_opens_files_itself_is_brought_none() {
    let shop = Shop::open().await;
    let policy = MediaPolicy {
        auto_download: false,
        limit_megabytes: 25,
    };
    set_policy(&shop.inbox, policy).await.unwrap();
    assert_eq!(super::policy(&shop.inbox).await.unwrap(), policy);
    shop.server.keep("small", document(10));
    let message = shop.receives_now("small", "application/pdf").await;
    shop.until(message, MediaState::OnDemand).await;
    assert!(shop.server.asked().is_empty());
    let refused = MediaPolicy {
        limit_megabytes: 500,
        ..policy
    };
    let told = set_policy(&shop.inbox, refused).await.unwrap_err().to_string();
    assert!(told.contains("from 1 to 100"), "{told}");
}

#[tokio::test]
async fn a_slow_file_does_not_hold_up_the_others() {
    let shop = Shop::open().await;
    shop.server.keep(
        "slow",
        Kept {
            slow: true,
            ..document(20_000_000)
        },
    );
    shop.server.keep("quick", document(1000));
    let slow = shop.receives_now("slow", "application/pdf").await;
    let quick = shop.receives_now("quick", "application/pdf").await;
    shop.until(quick, MediaState::Ready).await;
    assert_eq!(shop.file(slow).await.state, MediaState::Fetching);
    let stopped = tokio::time::timeout(Duration::from_secs(5), shop.inbox.shutdown());
    assert!(stopped.await.is_ok(), "a file under way held up the end");
}

#[tokio::test]
async fn nothing_of_a_file_can_be_read_on_the_disk() {
    let shop = Shop::open().await;
    let secret = b"receta-secreta-de-la-abuela".repeat(2000);
    shop.server.keep(
        "recipe",
        Kept {
            bytes: secret.clone(),
            mime: "text/plain",
            ..Kept::default()
        },
    );
    let message = shop.receives_now("recipe", "text/plain").await;
    shop.until(message, MediaState::Ready).await;
    let staged = stage_bytes(&shop.inbox, "receta-secreta.txt", secret)
        .await
        .unwrap();
    assert_eq!(staged.kind, FileKind::Document);
    let assert_hidden = |when: &str| {
        for entry in std::fs::read_dir(shop.folder.path()).unwrap() {
            let path = entry.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            assert!(
                memchr::memmem::find(&bytes, b"receta-secreta").is_none(),
                "{when} it can be read in {path:?}"
            );
        }
    };
    assert!(shop.folder.path().join("media.db").exists());
    assert_hidden("while it runs");
    shop.inbox.shutdown().await;
    assert_hidden("after its end");
}

#[tokio::test]
async fn a_file_is_saved_whole_or_not_at_all() {
    let shop = Shop::open().await;
    shop.server.keep("invoice", document(600_000));
    let message = shop.receives_now("invoice", "application/pdf").await;
    let out = tempfile::tempdir().unwrap();
    let path = out.path().join("invoice.pdf");
    shop.until(message, MediaState::Ready).await;
    save(&shop.inbox, message, path.clone()).await.unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), content(600_000));
    let nowhere = out.path().join("missing/invoice.pdf");
    let told = save(&shop.inbox, message, nowhere).await.unwrap_err().to_string();
    assert!(told.contains("Choose another folder"), "{told}");
    assert_eq!(std::fs::read_dir(out.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_part_is_read_from_the_middle_as_a_player_asks_for_it() {
    let shop = Shop::open().await;
    shop.server.keep("film", document(900_000));
    let message = shop.receives_now("film", "application/pdf").await;
    shop.until(message, MediaState::Ready).await;
    let served = serve(&shop.inbox, message).await.unwrap().unwrap();
    let whole = content(900_000);
    for (from, length) in [
        (0, 10),
        (262_140, 10),
        (262_144, 262_144),
        (899_990, 100),
        (900_000, 5),
    ] {
        let part = read(&shop.inbox, &served, from, length).await.unwrap();
        let [start, end] = [from, from + length].map(|at| usize::try_from(at).unwrap().min(whole.len()));
        assert_eq!(part, whole[start..end], "from {from}");
    }
}

#[tokio::test]
async fn a_file_is_uploaded_once_for_as_long_as_whatsapp_keeps_it() {
    let shop = Shop::open().await;
    let bytes = [b"%PDF-1.7\n".as_slice(), &content(700_000)].concat();
    let staged = stage_bytes(&shop.inbox, "Factura 7.pdf", bytes.clone())
        .await
        .unwrap();
    assert_eq!(
        (staged.kind, staged.mime.as_str()),
        (FileKind::Document, "application/pdf")
    );
    let message = shop.sends(&staged, FileKind::Document).await.unwrap();
    assert_eq!(shop.uploads(message).await, "upload1");
    assert_eq!(shop.uploads(message).await, "upload1");
    {
        let uploads = shop.server.uploads.lock().unwrap();
        assert_eq!(uploads.len(), 1);
        assert!(
            memchr::memmem::find(&uploads[0], &bytes).is_some(),
            "other bytes were sent"
        );
        assert!(memchr::memmem::find(&uploads[0], b"filename=\"Factura 7.pdf\"").is_some());
    }
    assert_eq!(shop.bytes(message).await, bytes);

    // Another attempt has the same file, under the same name.
    let again = MessageId::new();
    let conversation = shop.conversation;
    shop.inbox
        .store
        .write(move |tx| {
            add_message(tx, again, conversation, "out")?;
            attach_again(tx, message, again)
        })
        .await
        .unwrap();
    assert_eq!(shop.uploads(again).await, "upload1");
    assert_eq!(shop.bytes(again).await, bytes);

    // A month later WhatsApp has forgotten it.
    shop.inbox
        .store
        .write(move |tx| media::set_media_id(tx, message, "upload1", Timestamp::now().minus(30 * DAY)))
        .await
        .unwrap();
    assert_eq!(shop.uploads(message).await, "upload2");
}

#[tokio::test]
async fn a_second_click_attaches_the_same_file_and_discarding_it_then_changes_nothing() {
    let shop = Shop::open().await;
    let staged = stage_bytes(&shop.inbox, "lista.txt", b"uno\ndos\n".to_vec())
        .await
        .unwrap();
    let message = shop.sends(&staged, FileKind::Document).await.unwrap();
    let id = staged.id.clone();
    let again = shop
        .inbox
        .store
        .write(move |tx| attach(tx, &id, message, FileKind::Document, Timestamp::now()))
        .await
        .unwrap();
    assert_eq!(again.name, "lista.txt");
    stage_discard(&shop.inbox, &staged.id).await.unwrap();
    assert_eq!(shop.bytes(message).await, b"uno\ndos\n");
    // But another message can't have it.
    let refused = shop.sends(&staged, FileKind::Document).await.unwrap_err();
    assert!(matches!(refused, Error::NotFound(_)), "{refused}");
}

#[tokio::test]
async fn what_whatsapp_would_refuse_is_refused_here_with_a_way_out() {
    let shop = Shop::open().await;
    let told = stage_start(&shop.inbox, "film.mp4".into(), String::new(), 101 * 1024 * 1024)
        .await
        .unwrap_err()
        .to_string();
    assert_eq!(
        told,
        "The file has 101 MB; WhatsApp carries at most 100 MB. Send a link to it, or a smaller version"
    );
    let told = stage_bytes(&shop.inbox, "empty.txt", Vec::new())
        .await
        .unwrap_err()
        .to_string();
    assert!(told.contains("empty"), "{told}");

    let archive = stage_bytes(&shop.inbox, "todo.zip", b"PK\x03\x04rest of it".to_vec())
        .await
        .unwrap();
    let problem = archive.problem.clone().unwrap();
    assert_eq!(problem.title, "WhatsApp does not take files of this type");
    let told = shop
        .sends(&archive, FileKind::Document)
        .await
        .unwrap_err()
        .to_string();
    assert!(told.starts_with(&problem.title), "{told}");

    // A long film still goes as a document, and only so.
    let mut film = b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\x20hdlr\0\0\0\0\0\0\0\0vide".to_vec();
    film.resize(17 * 1024 * 1024, 0);
    let film = stage_bytes(&shop.inbox, "boda.mp4", film).await.unwrap();
    assert_eq!((film.kind, film.problem.is_none()), (FileKind::Document, true));
    assert!(shop.sends(&film, FileKind::Video).await.is_err());
    shop.sends(&film, FileKind::Document).await.unwrap();
}

#[tokio::test]
async fn a_picture_that_whatsapp_does_not_take_becomes_one_that_it_takes() {
    let shop = Shop::open().await;
    let bmp = stage_bytes(
        &shop.inbox,
        "logo.bmp",
        picture(300, 200, image::ImageFormat::Bmp),
    )
    .await
    .unwrap();
    assert_eq!(
        (bmp.kind, bmp.name.as_str(), bmp.mime.as_str()),
        (FileKind::Image, "logo.jpg", "image/jpeg")
    );
    assert!(bmp.problem.is_none());
    let message = shop.sends(&bmp, FileKind::Image).await.unwrap();
    let sent = shop.bytes(message).await;
    assert!(sent.starts_with(b"\xff\xd8\xff"));
    assert_eq!(sent.len() as u64, u64::from(bmp.size));
    assert!(thumbnail(&shop.inbox, message).await.unwrap().is_some());

    // By its content, whatever its name says.
    let png = stage_bytes(&shop.inbox, "foto.pdf", picture(20, 20, image::ImageFormat::Png))
        .await
        .unwrap();
    assert_eq!((png.kind, png.mime.as_str()), (FileKind::Image, "image/png"));
}

#[tokio::test]
async fn a_file_comes_from_the_window_piece_by_piece() {
    let shop = Shop::open().await;
    let text = "línea\n".repeat(100_000).into_bytes();
    let id = stage_start(
        &shop.inbox,
        "../lista.txt".into(),
        "text/plain".into(),
        text.len() as u64,
    )
    .await
    .unwrap();
    let (first, rest) = text.split_at(300_000);
    stage_append(&shop.inbox, &id, first.to_vec()).await.unwrap();
    let told = stage_finish(&shop.inbox, &id).await.unwrap_err().to_string();
    assert!(
        told.starts_with("300000 of the file's 700000 bytes arrived"),
        "{told}"
    );
    stage_append(&shop.inbox, &id, rest.to_vec()).await.unwrap();
    assert!(stage_append(&shop.inbox, &id, vec![1]).await.is_err());
    let staged = stage_finish(&shop.inbox, &id).await.unwrap();
    assert_eq!((staged.name.as_str(), staged.size), ("lista.txt", 700_000));
    assert_eq!(stage_finish(&shop.inbox, &id).await.unwrap(), staged);

    stage_discard(&shop.inbox, &id).await.unwrap();
    assert_eq!(shop.here(id.parse().unwrap()).await, 0);
}

#[tokio::test]
async fn a_file_of_this_computer_is_staged_as_it_is() {
    let shop = Shop::open().await;
    let path = shop.folder.path().join("precios.pdf");
    let bytes = [b"%PDF-1.7\n".as_slice(), &content(400_000)].concat();
    std::fs::write(&path, &bytes).unwrap();
    let staged = stage_file(&shop.inbox, &path).await.unwrap();
    let message = shop.sends(&staged, FileKind::Document).await.unwrap();
    assert_eq!(shop.bytes(message).await, bytes);
    let told = stage_file(&shop.inbox, &path.with_extension("gone"))
        .await
        .unwrap_err()
        .to_string();
    assert!(told.contains("choose it again"), "{told}");
}

#[tokio::test]
async fn what_was_never_sent_is_erased_after_a_day() {
    let shop = Shop::open().await;
    let old = stage_bytes(&shop.inbox, "old.txt", b"old".to_vec())
        .await
        .unwrap();
    let new = stage_bytes(&shop.inbox, "new.txt", b"new".to_vec())
        .await
        .unwrap();
    let (old_id, new_id): (FileId, FileId) = (old.id.parse().unwrap(), new.id.parse().unwrap());
    shop.inbox
        .store
        .write(move |tx| {
            tx.execute(
                "UPDATE staged_files SET begun_at = :at WHERE id = :id",
                named_params! { ":id": old_id, ":at": Timestamp::now().minus(2 * DAY).millis() },
            )?;
            Ok(())
        })
        .await
        .unwrap();
    let shop = shop.restart().await;
    let erased = async {
        while shop.here(old_id).await > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, erased)
        .await
        .expect("it is still here");
    assert_eq!(shop.here(new_id).await, 3);
    shop.sends(&new, FileKind::Document).await.unwrap();
}

#[tokio::test]
async fn a_videos_first_frame_is_kept_once_and_small() {
    let shop = Shop::open().await;
    let frame = |side| picture(side * 2, side, image::ImageFormat::Png);
    let film = Kept {
        bytes: b"a film".to_vec(),
        mime: "video/mp4",
        ..Kept::default()
    };
    shop.server.keep("film", film);
    let message = shop.receives_now("film", "video/mp4").await;
    shop.until(message, MediaState::Ready).await;
    assert!(
        keep_frame(&shop.inbox, message, b"no picture".to_vec())
            .await
            .is_err()
    );
    assert!(thumbnail(&shop.inbox, message).await.unwrap().is_none());

    let mut events = shop.inbox.events();
    keep_frame(&shop.inbox, message, frame(600)).await.unwrap();
    let (small, mime) = thumbnail(&shop.inbox, message).await.unwrap().unwrap();
    let picture = image::load_from_memory(&small).unwrap();
    assert_eq!(
        (picture.width(), picture.height(), mime),
        (320, 160, "image/jpeg")
    );
    assert_eq!(
        events.try_recv().unwrap(),
        CoreEvent::ConversationChanged {
            conversation: shop.conversation
        }
    );

    keep_frame(&shop.inbox, message, frame(60)).await.unwrap();
    assert_eq!(thumbnail(&shop.inbox, message).await.unwrap().unwrap().0, small);
}
