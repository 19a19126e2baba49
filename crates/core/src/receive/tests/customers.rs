//! Customers: what is known of them, given out, and erased.

use cobro_whatsapp::webhook::Update;

use super::shop::{Shop, ago, ana, picture, says, text, told};
use crate::domain::{MessageId, NotifyRules, PaymentFilter, SavedFilter};
use crate::store::meta;
use crate::{CoreEvent, customer, export, notify, overview, search, work};

fn bea(wamid: &str, words: &str, minutes: u64) -> Vec<Update> {
    says(text(wamid, "5215548217730", "Bea", words, ago(minutes)))
}

async fn two() -> Shop {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "quiero un pastel", ago(5)))).await;
    shop.hears(says(picture("w2", "así", ago(4)))).await;
    shop.hears(bea("w3", "un pastel también", 3)).await;
    shop
}

#[tokio::test]
async fn everything_is_saved_where_a_person_says_or_nothing_is() {
    let shop = two().await;
    let path = shop.folder.path().join("mine.jsonl");
    let mut events = shop.inbox.events();
    export::save(&shop.inbox, path.clone()).await.unwrap();
    let saved = std::fs::read_to_string(&path).unwrap();
    assert_eq!(saved.lines().count(), shop.exported().await.len());
    let told = told(&mut events);
    assert!(
        told.iter()
            .any(|event| matches!(event, CoreEvent::ExportMoved { percent } if *percent > 0))
    );

    let nowhere = shop.folder.path().join("no such folder").join("mine.jsonl");
    let refused = export::save(&shop.inbox, nowhere).await.unwrap_err();
    assert!(refused.to_string().contains("Choose another place"), "{refused}");

    // What is whole can't take its name: the half goes.
    let taken = shop.folder.path().join("taken.jsonl");
    std::fs::create_dir_all(taken.join("full")).unwrap();
    export::save(&shop.inbox, taken.clone()).await.unwrap_err();
    assert!(!shop.folder.path().join("taken.jsonl.part").exists());
    assert!(taken.is_dir());
}

#[tokio::test]
async fn half_an_export_that_a_crash_left_is_taken_away_and_nobody_else_reads_one() {
    let shop = two().await;
    let left = shop.folder.path().join("crashed.jsonl.part");
    std::fs::write(&left, "{").unwrap();
    let named = left.to_string_lossy().into_owned();
    let crashed = shop.inbox.store.write(move |tx| {
        meta::set(tx, meta::HALF_EXPORT, &named)?;
        Ok(())
    });
    crashed.await.unwrap();
    export::recover(shop.inbox.clone()).await;
    assert!(!left.exists());

    let path = shop.folder.path().join("mine.jsonl");
    export::save(&shop.inbox, path.clone()).await.unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let kept = shop
        .inbox
        .store
        .read(|conn| Ok(meta::get(conn, meta::HALF_EXPORT)?));
    assert_eq!(kept.await.unwrap(), None);
}

#[tokio::test]
async fn the_list_shows_each_customer_once_and_finds_them_by_what_was_noted() {
    let shop = two().await;
    let ana = shop.contact("Ana").await;
    customer::set_field(&shop.inbox, ana, "Empresa".into(), "Dulces Ñandú".into())
        .await
        .unwrap();
    let names = |query: &'static str| {
        let inbox = shop.inbox.clone();
        async move {
            let page = customer::page(&inbox, query.into(), None).await.unwrap();
            page.rows
                .into_iter()
                .map(|each| each.row.name)
                .collect::<Vec<_>>()
        }
    };
    assert_eq!(names("").await, ["Bea", "Ana"]);
    assert_eq!(names("nandu").await, ["Ana"]);
    assert_eq!(names("7730").await, ["Bea"]);

    let view = customer::view(&shop.inbox, ana).await.unwrap();
    assert_eq!((view.messages, view.fields.len()), (2, 1));
    customer::set_field(&shop.inbox, ana, "Empresa".into(), " ".into())
        .await
        .unwrap();
    assert!(names("nandu").await.is_empty());
}

#[tokio::test]
async fn an_export_holds_what_is_of_one_customer_and_nothing_of_another() {
    let shop = two().await;
    let ana = shop.contact("Ana").await;
    let folder = customer::export(&shop.inbox, ana, shop.folder.path().to_owned())
        .await
        .unwrap();
    let text = std::fs::read_to_string(folder.join("customer.jsonl")).unwrap();
    assert!(text.contains("quiero un pastel") && text.contains("5215511111111"));
    assert!(!text.contains("también") && !text.contains("Bea"));
    let again = customer::export(&shop.inbox, ana, shop.folder.path().to_owned())
        .await
        .unwrap();
    assert_ne!(folder, again);
}

#[tokio::test]
async fn what_is_written_after_an_erasure_is_found() {
    let mut shop = Shop::open().await;
    shop.hears(bea("first", "¿Hay conchas?", 90)).await;
    // The newest came first, as a phone's history does.
    let history = (0..40).map(|n| says(ana(&format!("w{n}"), "pan", ago(30 + n))));
    shop.hears_all(history.collect()).await;
    let contact = shop.contact("Ana").await;
    customer::erase(&shop.inbox, contact, "Ana".into()).await.unwrap();
    for n in 0..5 {
        let words = format!("una trenza n{n}");
        shop.hears(bea(&format!("b{n}"), &words, 9 - n)).await;
        let found = search::find(&shop.inbox, format!("n{n}"), None).await.unwrap();
        assert_eq!(found.hits.len(), 1, "{words}");
    }
}

#[tokio::test]
async fn an_erased_customer_is_found_nowhere() {
    let shop = two().await;
    let contact = shop.contact("Ana").await;
    let conversation = shop.named("Ana").await.id;
    work::note(&shop.inbox, MessageId::new(), conversation, "nota".into())
        .await
        .unwrap();

    let refused = customer::erase(&shop.inbox, contact, "Anna".into()).await;
    assert!(refused.is_err() && shop.thread(conversation).await.len() == 3);
    customer::erase(&shop.inbox, contact, "Ana".into()).await.unwrap();

    assert_eq!(shop.only().await.name, "Bea");
    let found = search::find(&shop.inbox, "pastel".into(), None).await.unwrap();
    assert_eq!(found.hits.len(), 1);
    assert!(
        search::find(&shop.inbox, "ana".into(), None)
            .await
            .unwrap()
            .people
            .is_empty()
    );
    let lines = shop.exported().await;
    assert!(
        lines
            .iter()
            .all(|line| !line.to_string().contains("5215511111111"))
    );
    assert_eq!(shop.count("media").await, 0);
}

#[tokio::test]
async fn what_is_not_wanted_is_not_announced_and_quiet_hours_need_both_ends() {
    let mut shop = two().await;
    let rules = NotifyRules {
        hide_content: true,
        ..NotifyRules::default()
    };
    notify::set_rules(&shop.inbox, rules.clone()).await.unwrap();
    let due = notify::next(&shop.inbox).await.unwrap();
    assert!(
        due.iter()
            .all(|each| each.title == "New message" && each.body.is_empty()),
        "{due:?}"
    );
    for each in due {
        notify::announced(&shop.inbox, each.notices, None).await.unwrap();
    }
    let no_messages = NotifyRules {
        messages: false,
        ..rules.clone()
    };
    notify::set_rules(&shop.inbox, no_messages).await.unwrap();
    shop.hears(says(ana("w9", "otra vez", ago(1)))).await;
    let wait = tokio::time::timeout(std::time::Duration::from_millis(300), notify::next(&shop.inbox)).await;
    assert!(wait.is_err() && shop.count("notices").await == 0);

    let half = NotifyRules {
        quiet_from: Some("22:00".into()),
        ..rules
    };
    assert!(notify::set_rules(&shop.inbox, half).await.is_err());
}

#[tokio::test]
async fn saved_filters_are_kept_and_one_too_many_takes_none_away() {
    let shop = Shop::open().await;
    let saved = |count| -> Vec<SavedFilter> {
        let named = |n| SavedFilter {
            filter: PaymentFilter::Paid,
            query: format!("Ana {n}"),
        };
        (0..count).map(named).collect()
    };
    assert!(overview::saved_filters(&shop.inbox).await.unwrap().is_empty());
    overview::save_filters(&shop.inbox, saved(2)).await.unwrap();
    assert!(overview::save_filters(&shop.inbox, saved(31)).await.is_err());
    assert_eq!(overview::saved_filters(&shop.inbox).await.unwrap(), saved(2));
}
