//! What a person does with a subscription: each once, and what Stripe then says is shown.

use cobro_core::domain::{Deed, DeedId, MessageId, NewDeed};
use cobro_core::{Actor, ErrorCode, conversation};
use cobro_sandbox::{Endpoint, Fault, Kind};

use super::*;

fn deed(subscription: &Subscription, deed: Deed) -> NewDeed {
    NewDeed {
        id: DeedId::new(),
        subscription: subscription.id.clone(),
        deed,
        typed: String::new(),
    }
}

impl TestShop {
    async fn does(&self, new: NewDeed) -> cobro_core::Result<Subscription> {
        subscription::act(self.inbox(), Actor::Person, new).await
    }
}

#[tokio::test]
async fn a_pause_is_a_present_and_ends_when_it_is_resumed() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let (_, subscription) = shop.subscribed(&ana, 320_00, monthly()).await;
    let pause = deed(&subscription, Deed::Pause { until: None });
    // The answer is lost: the same pause is asked for again, with its key.
    shop.sandbox
        .faults()
        .set(Endpoint::StripePost, Some(Fault::next(1, Kind::LostAnswer)));
    shop.does(pause.clone()).await.unwrap();
    let paused = shop
        .until_subscription(&ana, "paused", |now| {
            now.status == SubscriptionStatus::Paused && !now.busy
        })
        .await;
    assert_eq!(paused.next_at, None);
    shop.does(pause).await.unwrap();
    let twice = shop
        .does(deed(&subscription, Deed::Pause { until: None }))
        .await
        .unwrap_err();
    assert_eq!(twice.code(), ErrorCode::Conflict);
    shop.passes(&ana, DAY * 31);
    shop.settled().await;
    assert_eq!(shop.subscription(&ana).await.payments, 1, "nothing was charged");
    shop.does(deed(&subscription, Deed::Resume)).await.unwrap();
    shop.until_subscription(&ana, "resumed", |now| now.status == SubscriptionStatus::Active)
        .await;
    shop.passes(&ana, DAY * 31);
    shop.until_subscription(&ana, "paid again", |now| now.payments == 2)
        .await;
    shop.close().await;
}

#[tokio::test]
async fn an_end_is_confirmed_by_the_amount_and_can_be_taken_back_until_it_comes() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let (charge, subscription) = shop.subscribed(&ana, 320_00, monthly()).await;
    let unconfirmed = shop
        .does(deed(&subscription, Deed::CancelAtPeriodEnd))
        .await
        .unwrap_err();
    assert!(unconfirmed.to_string().contains("320.00"), "{unconfirmed}");
    let end = NewDeed {
        typed: "320".into(),
        ..deed(&subscription, Deed::CancelAtPeriodEnd)
    };
    shop.does(end).await.unwrap();
    let ending = shop
        .until_subscription(&ana, "ending", |now| now.ends_at.is_some())
        .await;
    assert_eq!(
        (ending.status, ending.next_at),
        (SubscriptionStatus::Active, None)
    );
    shop.does(deed(&subscription, Deed::KeepGoing)).await.unwrap();
    shop.until_subscription(&ana, "going on", |now| now.ends_at.is_none())
        .await;
    let now_at_once = NewDeed {
        typed: "320.00".into(),
        ..deed(&subscription, Deed::CancelNow)
    };
    let over = shop.does(now_at_once).await.unwrap();
    assert_eq!(over.status, SubscriptionStatus::Cancelled);
    let late = shop.does(deed(&subscription, Deed::Resume)).await.unwrap_err();
    assert!(late.to_string().contains("is over"), "{late}");
    shop.passes(&ana, DAY * 62);
    shop.settled().await;
    assert_eq!(shop.objects("invoice").await.len(), 1);
    assert_eq!(
        now(&shop, &charge).await.payment,
        Payment::Paid,
        "what came stays"
    );
    shop.close().await;
}

#[tokio::test]
async fn a_plan_is_not_paused_but_ends_early_where_that_is_agreed() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let six = Recurrence::Instalments {
        count: 6,
        interest: 500,
    };
    let charge = shop.plan(&ana, 900_00, six).await;
    assert!(ana.phone.pays(PayWith::card(CARD)).is_paid());
    shop.until_payment(charge.id, Payment::Paid).await;
    let plan = shop.subscription(&ana).await;
    assert_eq!((plan.amount, plan.instalments), (mxn(157_50), Some(6)));
    let paused = shop
        .does(deed(&plan, Deed::Pause { until: None }))
        .await
        .unwrap_err();
    assert!(paused.to_string().contains("not paused"), "{paused}");
    shop.until_subscription(&ana, "free", |now| !now.busy).await;
    let end = NewDeed {
        typed: "157.50".into(),
        ..deed(&plan, Deed::CancelAtPeriodEnd)
    };
    shop.does(end).await.unwrap();
    shop.until_subscription(&ana, "ending", |now| now.ends_at.is_some())
        .await;
    shop.passes(&ana, DAY * 40);
    let over = shop
        .until_subscription(&ana, "over", |now| now.status.is_over())
        .await;
    assert_eq!((over.status, over.payments), (SubscriptionStatus::Cancelled, 1));
    shop.close().await;
}

#[tokio::test]
async fn the_link_to_change_a_card_is_sent_once_and_kept_nowhere() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let (_, known) = shop.subscribed(&ana, 320_00, monthly()).await;
    let id = MessageId::new();
    for _ in 0..2 {
        subscription::send_card_link(shop.inbox(), id, known.id.clone())
            .await
            .unwrap();
    }
    shop.until("the link is on the phone", || {
        ana.phone
            .phone()
            .iter()
            .any(|bubble| bubble.link().is_some_and(|link| link.contains("/p/session/")))
    })
    .await;
    shop.settled().await;
    let links: Vec<_> = ana
        .phone
        .phone()
        .iter()
        .filter_map(|bubble| bubble.link().map(str::to_owned))
        .filter(|link| link.contains("/p/session/"))
        .collect();
    assert_eq!(links.len(), 1, "{links:?}");
    let thread = conversation::thread(shop.inbox(), ana.conversation, None)
        .await
        .unwrap();
    let shown = thread.rows.iter().find(|message| message.id == id).unwrap();
    assert!(shown.text.contains("cambiar la tarjeta"), "{}", shown.text);
    let secret = links[0].clone();
    let kept = shop
        .inbox()
        .store
        .read(move |conn| {
            let mut tables = conn.prepare(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'",
            )?;
            let names: Vec<String> = tables
                .query_map([], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            let mut found = Vec::new();
            for name in names {
                let mut rows = conn.prepare(&format!("SELECT * FROM \"{name}\""))?;
                let columns = rows.column_count();
                let mut rows = rows.query([])?;
                while let Some(row) = rows.next()? {
                    for column in 0..columns {
                        if let Ok(text) = row.get::<_, String>(column)
                            && text.contains(&secret)
                        {
                            found.push(name.clone());
                        }
                    }
                }
            }
            Ok(found)
        })
        .await
        .unwrap();
    assert_eq!(kept, Vec::<String>::new(), "the address lies in the database");
    shop.close().await;
}
