//! A shop whose letters the test writes: an inbox on a new file, without network.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use cobro_protocol::{Envelope, JournalId, Seq, Source};
use cobro_whatsapp::webhook::{
    Context, HistoryMessage, InboundMessage, LineRef, Media, MessageKind, Reaction, Sender, Status,
    StatusUpdate, Update,
};
use tempfile::TempDir;
use uuid::Uuid;

use crate::domain::{ContactId, ConversationId, ConversationRow, ConversationView, Message, Tab, Timestamp};
use crate::receive::{self, Content, Parsed};
use crate::store::envelopes::{self, KnownJournal};
use crate::{CoreEvent, DatabaseKey, Inbox, Options, conversation, export};

/// The shop's number.
pub(super) const LINE: &str = "106540352242922";
pub(super) const WABA: &str = "102290129340398";

pub(super) struct Shop {
    pub(super) inbox: Inbox,
    pub(super) folder: TempDir,
    pub(super) journal: KnownJournal,
    seq: i64,
}

impl Shop {
    pub(super) async fn open() -> Self {
        Self::open_in(tempfile::tempdir().unwrap()).await
    }

    pub(super) async fn open_in(folder: TempDir) -> Self {
        let inbox = Inbox::open(Options::for_tests(folder.path())).await.unwrap();
        let journal = inbox
            .store
            .write(|tx| envelopes::journal(tx, JournalId(Uuid::from_u128(7))))
            .await
            .unwrap();
        Self {
            inbox,
            folder,
            seq: journal.applied.0,
            journal,
        }
    }

    /// Ends the desk as a kill would find it, and opens it again.
    pub(super) async fn restart(self) -> Self {
        self.inbox.shutdown().await;
        Self::open_in(self.folder).await
    }

    /// Receives one envelope that says all of `updates`.
    pub(super) async fn hears(&mut self, updates: Vec<Update>) {
        let parsed = self.parsed(updates);
        receive::apply(&self.inbox, self.journal, vec![parsed])
            .await
            .unwrap();
    }

    /// Receives a group of envelopes, as after a while without a desk.
    pub(super) async fn hears_all(&mut self, envelopes: Vec<Vec<Update>>) {
        let group = envelopes
            .into_iter()
            .map(|updates| self.parsed(updates))
            .collect();
        receive::apply(&self.inbox, self.journal, group).await.unwrap();
    }

    /// Receives a webhook as WhatsApp posts it.
    pub(super) async fn gets(&mut self, body: &str) {
        let envelope = self.envelope(body.to_owned());
        receive::apply(&self.inbox, self.journal, receive::parse_all(vec![envelope]))
            .await
            .unwrap();
    }

    /// Receives a webhook with an older parser, which understood `updates` in it.
    pub(super) async fn got_once(&mut self, body: &str, updates: Vec<Update>) {
        let envelope = self.envelope(body.to_owned());
        let parsed = Parsed {
            content: Content::WhatsApp(updates),
            envelope,
            done: 0,
        };
        receive::apply(&self.inbox, self.journal, vec![parsed])
            .await
            .unwrap();
    }

    pub(super) fn parsed(&mut self, updates: Vec<Update>) -> Parsed {
        Parsed {
            content: Content::WhatsApp(updates),
            envelope: self.envelope("{}".into()),
            done: 0,
        }
    }

    fn envelope(&mut self, body: String) -> Envelope {
        self.seq += 1;
        Envelope {
            seq: Seq(self.seq),
            id: self.seq.to_string(),
            source: Source::Whatsapp,
            received_at: Timestamp::now(),
            headers: BTreeMap::default(),
            body,
        }
    }

    pub(super) async fn rows(&self) -> Vec<ConversationRow> {
        conversation::list(&self.inbox, Tab::All, String::new(), None)
            .await
            .unwrap()
            .rows
    }

    /// Returns the only conversation.
    pub(super) async fn only(&self) -> ConversationRow {
        let mut rows = self.rows().await;
        assert_eq!(rows.len(), 1, "{rows:?}");
        rows.remove(0)
    }

    pub(super) async fn named(&self, name: &str) -> ConversationRow {
        let rows = self.rows().await;
        let names: Vec<_> = rows.iter().map(|row| row.name.clone()).collect();
        rows.into_iter()
            .find(|row| row.name == name)
            .unwrap_or_else(|| panic!("no {name} in {names:?}"))
    }

    pub(super) async fn view(&self, id: ConversationId) -> ConversationView {
        conversation::view(&self.inbox, id).await.unwrap()
    }

    pub(super) async fn contact(&self, name: &str) -> ContactId {
        let id = self.named(name).await.id;
        self.view(id).await.contact
    }

    /// Returns the thread, oldest first.
    pub(super) async fn thread(&self, id: ConversationId) -> Vec<Message> {
        let mut all = Vec::new();
        let mut before = None;
        loop {
            let page = conversation::thread(&self.inbox, id, before).await.unwrap();
            all.extend(page.rows);
            before = page.next;
            if before.is_none() {
                break;
            }
        }
        all.reverse();
        all
    }

    pub(super) async fn texts(&self, id: ConversationId) -> Vec<String> {
        self.thread(id)
            .await
            .into_iter()
            .map(|message| message.text)
            .collect()
    }

    /// Returns what an export has, line by line.
    pub(super) async fn exported(&self) -> Vec<serde_json::Value> {
        let path = self.folder.path().join("export.jsonl");
        let out = std::fs::File::create(&path).unwrap();
        let database = self.folder.path().join("cobro.db");
        export::write(database, DatabaseKey::from_raw([7; 32]), out)
            .await
            .unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// Returns how many rows a table has.
    pub(super) async fn count(&self, table: &'static str) -> u32 {
        self.inbox
            .store
            .read(move |conn| {
                Ok(conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?)
            })
            .await
            .unwrap()
    }
}

/// Returns what was told since the last call.
pub(super) fn told(events: &mut tokio::sync::broadcast::Receiver<CoreEvent>) -> Vec<CoreEvent> {
    let mut told = Vec::new();
    while let Ok(event) = events.try_recv() {
        told.push(event);
    }
    told
}

/// A moment some minutes ago; always the same one within a run.
pub(super) fn ago(minutes: u64) -> Timestamp {
    static NOW: LazyLock<Timestamp> = LazyLock::new(|| Timestamp::from_secs(Timestamp::now().secs()));
    NOW.minus(std::time::Duration::from_mins(minutes))
}

pub(super) fn line() -> LineRef {
    LineRef {
        phone_number_id: Some(LINE.into()),
        display_phone_number: Some("15550783881".into()),
        waba_id: Some(WABA.into()),
    }
}

pub(super) fn sender(phone: &str, name: &str) -> Sender {
    Sender {
        phone: Some(phone.into()),
        profile_name: Some(name.into()),
        ..Sender::default()
    }
}

/// A customer's text.
pub(super) fn text(wamid: &str, phone: &str, name: &str, words: &str, at: Timestamp) -> InboundMessage {
    InboundMessage {
        line: line(),
        wamid: wamid.into(),
        from: sender(phone, name),
        at,
        kind: MessageKind::Text,
        text: words.into(),
        context: None,
        referral: None,
        media: None,
        content: None,
        reaction: None,
        target: None,
        raw: String::new(),
    }
}

pub(super) fn ana(wamid: &str, words: &str, at: Timestamp) -> InboundMessage {
    text(wamid, "5215511111111", "Ana", words, at)
}

pub(super) fn says(message: InboundMessage) -> Vec<Update> {
    vec![Update::Message(message)]
}

pub(super) fn reaction(wamid: &str, target: &str, emoji: Option<&str>, at: Timestamp) -> InboundMessage {
    InboundMessage {
        kind: MessageKind::Reaction,
        reaction: Some(Reaction {
            target: target.into(),
            emoji: emoji.map(str::to_owned),
        }),
        ..ana(wamid, emoji.unwrap_or_default(), at)
    }
}

pub(super) fn change(
    kind: MessageKind,
    wamid: &str,
    target: &str,
    words: &str,
    at: Timestamp,
) -> InboundMessage {
    InboundMessage {
        kind,
        target: Some(target.into()),
        ..ana(wamid, words, at)
    }
}

pub(super) fn picture(wamid: &str, caption: &str, at: Timestamp) -> InboundMessage {
    InboundMessage {
        kind: MessageKind::Image,
        media: Some(Media {
            id: Some("24230790383178626".into()),
            mime_type: Some("image/jpeg".into()),
            sha256: Some("3f9d".into()),
            filename: None,
            caption: Some(caption.into()),
            voice: false,
            animated: false,
        }),
        ..ana(wamid, caption, at)
    }
}

pub(super) fn answering(message: InboundMessage, wamid: &str) -> InboundMessage {
    InboundMessage {
        context: Some(Context {
            wamid: Some(wamid.into()),
            from: None,
            forwarded: false,
            often_forwarded: false,
            product: None,
        }),
        ..message
    }
}

pub(super) fn old(message: InboundMessage, from_shop: bool, status: Option<Status>) -> Update {
    Update::History(HistoryMessage {
        message,
        from_shop,
        status,
    })
}

pub(super) fn status(wamid: &str, status: Status, at: Timestamp) -> StatusUpdate {
    StatusUpdate {
        line: line(),
        wamid: wamid.into(),
        status,
        at,
        recipient_phone: None,
        recipient_user_id: Some("MX.1".into()),
        opaque: None,
        errors: Vec::new(),
        pricing: None,
    }
}
