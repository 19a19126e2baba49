//! The shop's own work: what is done, put aside, given to somebody, labelled and noted.

use std::time::Duration;

use super::shop::{Shop, ago, ana, says, text};
use crate::domain::{
    ConversationId, ConversationRow, Label, LabelColor, LabelId, ListFilter, MemberId, MessageId,
    MessageKind, Tab, Timestamp,
};
use crate::{conversation, tools, work};

impl Shop {
    async fn names_in(&self, tab: Tab) -> Vec<String> {
        self.names_of(tab, ListFilter::default()).await
    }

    async fn names_of(&self, tab: Tab, filter: ListFilter) -> Vec<String> {
        let page = conversation::filtered(&self.inbox, tab, filter, None)
            .await
            .unwrap();
        page.rows.into_iter().map(|row| row.name).collect()
    }

    async fn row(&self, id: ConversationId) -> ConversationRow {
        self.view(id).await.row
    }

    async fn label(&self, name: &str) -> LabelId {
        let label = Label {
            id: LabelId::new(),
            name: name.into(),
            color: LabelColor::Green,
        };
        tools::save_label(&self.inbox, label.clone()).await.unwrap();
        label.id
    }

    /// Returns the log's lines about one kind of change.
    async fn logged(&self, kind: &'static str) -> u32 {
        self.inbox
            .store
            .read(move |conn| {
                Ok(conn.query_row(
                    "SELECT count(*) FROM actions WHERE json_extract(action, '$.type') = ?1",
                    [kind],
                    |row| row.get(0),
                )?)
            })
            .await
            .unwrap()
    }
}

async fn two() -> (Shop, ConversationId, ConversationId) {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "hola", ago(5)))).await;
    shop.hears(says(text("w2", "5215548217730", "Bea", "hola", ago(4))))
        .await;
    let (a, b) = (shop.named("Ana").await.id, shop.named("Bea").await.id);
    (shop, a, b)
}

#[tokio::test]
async fn what_is_resolved_comes_back_when_the_customer_writes() {
    let (mut shop, a, _) = two().await;
    work::resolve(&shop.inbox, vec![a]).await.unwrap();
    assert_eq!(shop.names_in(Tab::Mine).await, ["Bea"]);
    assert_eq!(shop.names_in(Tab::All).await, ["Bea", "Ana"]);
    assert!(shop.row(a).await.resolved);
    assert_eq!(shop.logged("resolve").await, 1);

    let shop_after = shop.restart().await;
    shop = shop_after;
    assert!(shop.row(a).await.resolved);
    shop.hears(says(ana("w3", "una cosa más", ago(1)))).await;
    assert_eq!(shop.names_in(Tab::Mine).await, ["Ana", "Bea"]);
}

#[tokio::test]
async fn resolving_is_taken_back_as_if_it_had_not_been() {
    let (shop, a, _) = two().await;
    work::resolve(&shop.inbox, vec![a]).await.unwrap();
    work::reopen(&shop.inbox, vec![a], None).await.unwrap();
    let row = shop.row(a).await;
    assert!(!row.resolved && row.done_at.is_none());
}

#[tokio::test]
async fn what_is_put_aside_comes_back_in_its_time_and_stands_on_top() {
    let (shop, a, _) = two().await;
    let soon = Timestamp::now().plus(Duration::from_millis(400));
    work::snooze(&shop.inbox, vec![a], Some(soon)).await.unwrap();
    assert_eq!(shop.names_in(Tab::Mine).await, ["Bea"]);
    assert_eq!(shop.names_in(Tab::Snoozed).await, ["Ana"]);
    // The desk was off when its time came.
    let shop = shop.restart().await;
    tokio::time::sleep(Duration::from_millis(450)).await;
    shop.inbox.start();
    for _ in 0..100 {
        if shop.row(a).await.snoozed_until.is_none() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(shop.names_in(Tab::Mine).await, ["Ana", "Bea"]);
    assert!(shop.row(a).await.woke_at.is_some());
    assert_eq!((shop.logged("wake").await, shop.count("notices").await), (1, 3));
}

#[tokio::test]
async fn a_message_wakes_what_was_put_aside() {
    let (mut shop, a, _) = two().await;
    let later = Timestamp::now().plus(Duration::from_hours(20));
    work::snooze(&shop.inbox, vec![a], Some(later)).await.unwrap();
    shop.hears(says(ana("w3", "¿y bien?", ago(1)))).await;
    assert!(shop.row(a).await.snoozed_until.is_none());
    assert!(work::snooze(&shop.inbox, vec![a], Some(ago(1))).await.is_err());
}

#[tokio::test]
async fn work_is_given_to_people_and_comes_back_when_they_leave() {
    let (shop, a, b) = two().await;
    assert_eq!(
        shop.names_in(Tab::Mine).await,
        ["Bea", "Ana"],
        "alone, everything is mine"
    );
    let luis = MemberId::new();
    tools::save_member(&shop.inbox, luis, "Luis".into())
        .await
        .unwrap();
    assert!(shop.names_in(Tab::Mine).await.is_empty());
    let me = tools::members(&shop.inbox).await.unwrap()[0].id;
    work::assign(&shop.inbox, vec![a], Some(luis)).await.unwrap();
    work::assign(&shop.inbox, vec![b], Some(me)).await.unwrap();
    assert_eq!(shop.names_in(Tab::Mine).await, ["Bea"]);
    assert!(shop.names_in(Tab::Unassigned).await.is_empty());
    tools::remove_member(&shop.inbox, luis).await.unwrap();
    assert_eq!(shop.names_in(Tab::Unassigned).await, ["Ana"]);
    tools::remove_member(&shop.inbox, me).await.unwrap();
    assert_eq!(
        tools::members(&shop.inbox).await.unwrap().len(),
        1,
        "this desk's person stays"
    );
}

#[tokio::test]
async fn labels_sort_conversations_and_are_found() {
    let (shop, a, b) = two().await;
    let vip = shop.label("Clienta VIP").await;
    work::label(&shop.inbox, vec![a, b], vip, true).await.unwrap();
    work::label(&shop.inbox, vec![b], vip, false).await.unwrap();
    assert_eq!(shop.row(a).await.labels, [vip]);
    let filter = ListFilter {
        label: Some(vip),
        ..ListFilter::default()
    };
    assert_eq!(shop.names_of(Tab::All, filter).await, ["Ana"]);
    let found = crate::search::find(&shop.inbox, "label:\"clienta v\"".into(), None)
        .await
        .unwrap();
    assert_eq!(found.people.len(), 1);
    let twin = Label {
        id: LabelId::new(),
        name: "CLIENTA vip".into(),
        color: LabelColor::Red,
    };
    assert!(tools::save_label(&shop.inbox, twin).await.is_err());
    tools::remove_label(&shop.inbox, vip).await.unwrap();
    assert!(shop.row(a).await.labels.is_empty());
}

#[tokio::test]
async fn a_note_stands_in_the_thread_and_changes_nothing_else() {
    let (shop, a, _) = two().await;
    let before = shop.row(a).await;
    let id = MessageId::new();
    let note = work::note(
        &shop.inbox,
        id,
        a,
        " pidió factura, tarjeta 4242 4242 4242 4242 ".into(),
    )
    .await
    .unwrap();
    work::note(&shop.inbox, id, a, "otra vez".into()).await.unwrap();
    assert_eq!(note.kind, MessageKind::Note);
    assert!(note.text.starts_with("pidió factura") && !note.text.contains("4242 4242 4242 4242"));
    assert_eq!(shop.row(a).await, before);
    assert_eq!(shop.count("outbox").await, 0);
    assert_eq!(shop.thread(a).await.len(), 2);

    let hello = shop.thread(a).await[0].id;
    assert!(work::remove_note(&shop.inbox, hello).await.is_err());
    work::remove_note(&shop.inbox, id).await.unwrap();
    assert_eq!(shop.thread(a).await.len(), 1);
}

#[tokio::test]
async fn a_draft_outlives_a_restart() {
    let (shop, a, _) = two().await;
    tools::keep_draft(
        &shop.inbox,
        a,
        Some("{\"text\":\"quedo en\"}".into()),
        "quedo en".into(),
    )
    .await
    .unwrap();
    let shop = shop.restart().await;
    assert_eq!(
        tools::draft(&shop.inbox, a).await.unwrap().as_deref(),
        Some("{\"text\":\"quedo en\"}")
    );
    assert_eq!(shop.row(a).await.draft.as_deref(), Some("quedo en"));
    tools::remove_draft(&shop.inbox, a).await.unwrap();
    assert_eq!(
        (
            tools::draft(&shop.inbox, a).await.unwrap(),
            shop.row(a).await.draft
        ),
        (None, None)
    );
}

#[tokio::test]
async fn a_prepared_answer_keeps_its_file() {
    use crate::domain::{NewQuickReply, QuickReplyId};
    let (shop, ..) = two().await;
    let staged = crate::media::stage_bytes(&shop.inbox, "precios.txt", b"pastel 300".to_vec())
        .await
        .unwrap();
    let reply = |shortcut: &str, files| NewQuickReply {
        id: QuickReplyId::new(),
        shortcut: shortcut.into(),
        text: "Hola {name}".into(),
        files,
    };
    tools::save_quick_reply(&shop.inbox, reply("/Precios", vec![staged.id]))
        .await
        .unwrap();
    let shop = shop.restart().await;
    let all = tools::quick_replies(&shop.inbox).await.unwrap();
    assert_eq!(
        (all[0].shortcut.as_str(), all[0].files[0].name.as_str()),
        ("precios", "precios.txt")
    );
    let ready = tools::stage_quick_reply(&shop.inbox, all[0].id).await.unwrap();
    assert_eq!((ready.len(), ready[0].size), (1, 10));
    assert!(
        tools::save_quick_reply(&shop.inbox, reply("precios", Vec::new()))
            .await
            .is_err()
    );
    assert!(
        tools::save_quick_reply(&shop.inbox, reply("dos palabras", Vec::new()))
            .await
            .is_err()
    );
}
