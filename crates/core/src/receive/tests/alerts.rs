//! What Meta tells.

use cobro_whatsapp::webhook::{Alert, LineRef, Severity, TemplateNews, Update};

use super::shop::{Shop, WABA, ago, ana, says, told};
use crate::domain::AlertSeverity;
use crate::{CoreEvent, alert, conversation, notify};

fn of_account(event: &str, severity: Severity, ends: bool) -> Update {
    Update::Alert(Alert {
        line: LineRef {
            waba_id: Some(WABA.into()),
            ..LineRef::default()
        },
        field: "account_update".into(),
        event: event.into(),
        severity,
        details: None,
        ends,
        at: None,
        raw: format!(r#"{{"event":"{event}"}}"#),
    })
}

#[tokio::test]
async fn being_taken_away_is_told_at_once_and_ends_with_the_reconnection() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "hola", ago(60)))).await;
    let mut events = shop.inbox.events();
    let removed = of_account("PARTNER_REMOVED", Severity::Critical, false);
    shop.hears(vec![removed.clone()]).await;
    shop.hears(vec![removed.clone()]).await;

    let open = alert::open(&shop.inbox).await.unwrap();
    assert_eq!(open.len(), 1, "a repetition is the same alert");
    assert_eq!(open[0].severity, AlertSeverity::Critical);
    assert!(told(&mut events).contains(&CoreEvent::AlertsChanged));
    let announced = notify::next(&shop.inbox).await.unwrap();
    assert_eq!(
        (announced.len(), announced[0].title.as_str()),
        (1, open[0].title.as_str())
    );
    notify::announced(&shop.inbox, announced[0].notices.clone(), None)
        .await
        .unwrap();
    let lines = conversation::all_lines(&shop.inbox).await.unwrap();
    assert!(lines[0].offboarded_at.is_some());

    shop.hears(vec![of_account("ACCOUNT_RECONNECTED", Severity::Info, true)])
        .await;
    assert!(alert::open(&shop.inbox).await.unwrap().is_empty());
    let lines = conversation::all_lines(&shop.inbox).await.unwrap();
    assert!(lines[0].offboarded_at.is_none());

    // Taken away once more, in the same words: that is news again.
    tokio::time::sleep(std::time::Duration::from_millis(3)).await;
    shop.hears(vec![removed]).await;
    assert_eq!(alert::open(&shop.inbox).await.unwrap().len(), 1);
    assert_eq!(notify::next(&shop.inbox).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_dismissed_alert_stays_away() {
    let mut shop = Shop::open().await;
    shop.hears(vec![of_account("ACCOUNT_VIOLATION", Severity::Warning, false)])
        .await;
    let open = alert::open(&shop.inbox).await.unwrap();
    alert::dismiss(&shop.inbox, open[0].id).await.unwrap();
    assert!(alert::open(&shop.inbox).await.unwrap().is_empty());
    assert_eq!(
        shop.count("notices").await,
        0,
        "only what stops sales is announced"
    );
}

#[tokio::test]
async fn news_of_a_number_is_written_to_it() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "hola", ago(60)))).await;
    let named = |field: &str, raw: &str| {
        vec![Update::Alert(Alert {
            line: LineRef {
                display_phone_number: Some("+1 555-078-3881".into()),
                waba_id: Some(WABA.into()),
                ..LineRef::default()
            },
            field: field.into(),
            event: field.into(),
            severity: Severity::Info,
            details: None,
            ends: false,
            at: None,
            raw: raw.into(),
        })]
    };
    shop.hears(named(
        "phone_number_name_update",
        r#"{"decision":"APPROVED","requested_verified_name":"Lucky Shrub"}"#,
    ))
    .await;
    shop.hears(named(
        "phone_number_quality_update",
        r#"{"event":"FLAGGED","current_limit":"TIER_50"}"#,
    ))
    .await;
    let line = conversation::all_lines(&shop.inbox).await.unwrap().remove(0);
    assert_eq!(line.verified_name.as_deref(), Some("Lucky Shrub"));
    assert_eq!(line.quality.as_deref(), Some("RED"));
}

#[tokio::test]
async fn a_templates_approval_is_written_to_it() {
    let mut shop = Shop::open().await;
    let mut events = shop.inbox.events();
    let news = |status: Option<&str>, quality: Option<&str>| {
        vec![Update::Template(TemplateNews {
            waba_id: Some(WABA.into()),
            name: "payment_request".into(),
            language: "es".into(),
            id: Some("1".into()),
            status: status.map(str::to_owned),
            category: None,
            quality: quality.map(str::to_owned),
            reason: None,
        })]
    };
    shop.hears(news(Some("APPROVED"), None)).await;
    shop.hears(news(None, Some("GREEN"))).await;
    let row: (String, String) = shop
        .inbox
        .store
        .read(|conn| {
            Ok(
                conn.query_row("SELECT status, quality FROM templates", [], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })?,
            )
        })
        .await
        .unwrap();
    assert_eq!(row, ("APPROVED".into(), "GREEN".into()));
    assert!(told(&mut events).contains(&CoreEvent::TemplatesChanged));
}

#[tokio::test]
async fn late_and_repeated_words_do_not_take_a_number_away_again() {
    let at = |event: &str, severity, ends, minutes| match of_account(event, severity, ends) {
        Update::Alert(alert) => vec![Update::Alert(Alert {
            at: Some(ago(minutes)),
            ..alert
        })],
        other => panic!("{other:?}"),
    };
    let removed = at("PARTNER_REMOVED", Severity::Critical, false, 9);
    let added = at("PARTNER_ADDED", Severity::Info, true, 5);
    for order in [[&removed, &added, &removed], [&added, &removed, &removed]] {
        let mut shop = Shop::open().await;
        shop.hears(says(ana("w1", "hola", ago(60)))).await;
        for step in order {
            shop.hears(step.clone()).await;
        }
        let lines = conversation::all_lines(&shop.inbox).await.unwrap();
        assert!(lines[0].offboarded_at.is_none());
        assert!(alert::open(&shop.inbox).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn what_is_over_ends_only_what_it_ends_and_what_matters_most_is_first() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "hola", ago(60)))).await;
    for (event, severity, ends) in [
        ("ACCOUNT_VIOLATION", Severity::Critical, false),
        ("PARTNER_REMOVED", Severity::Critical, false),
        ("AD_ACCOUNT_LINKED", Severity::Info, false),
        ("ACCOUNT_RECONNECTED", Severity::Info, true),
    ] {
        shop.hears(vec![of_account(event, severity, ends)]).await;
    }
    let open = alert::open(&shop.inbox).await.unwrap();
    let events: Vec<_> = open.iter().map(|alert| alert.event.as_str()).collect();
    assert_eq!(events, ["ACCOUNT_VIOLATION", "AD_ACCOUNT_LINKED"]);
}

#[tokio::test]
async fn a_number_that_meta_shows_as_ours_is_ours_whatever_was_told() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "hola", ago(60)))).await;
    shop.hears(vec![of_account("PARTNER_REMOVED", Severity::Critical, false)])
        .await;
    shop.inbox
        .store
        .write(|tx| crate::store::lines::answers(tx, super::shop::LINE, crate::domain::Timestamp::now()))
        .await
        .unwrap();
    let lines = conversation::all_lines(&shop.inbox).await.unwrap();
    assert!(lines[0].offboarded_at.is_none());
}
