//! Lists: pages by cursor, filters, and objects expanded inside them.

use std::time::Duration;

use serde_json::Value;

use super::{Shop, text};
use crate::stripe::PayWith;

fn ids(list: &Value) -> Vec<String> {
    list["data"].as_array().unwrap().iter().map(Shop::id).collect()
}

#[tokio::test]
async fn pages_go_back_and_forth_newest_first() {
    let shop = Shop::open().await;
    let mut made = Vec::new();
    for _ in 0..7 {
        made.push(Shop::id(&shop.link(450_00, "mxn").await));
    }
    made.reverse();
    let first = shop.get("/v1/payment_links?limit=3").await.ok();
    assert_eq!(
        (ids(&first).as_slice(), &first["has_more"]),
        (&made[..3], &Value::Bool(true))
    );
    let second = shop
        .get(&format!("/v1/payment_links?limit=4&starting_after={}", made[2]))
        .await
        .ok();
    assert_eq!(
        (ids(&second).as_slice(), &second["has_more"]),
        (&made[3..], &Value::Bool(false))
    );
    let back = shop
        .get(&format!("/v1/payment_links?limit=2&ending_before={}", made[4]))
        .await
        .ok();
    assert_eq!(
        (ids(&back).as_slice(), &back["has_more"]),
        (&made[2..4], &Value::Bool(true))
    );
    assert_eq!(first["url"], "/v1/payment_links");

    let refused = shop.get("/v1/payment_links?starting_after=plink_nope").await;
    assert_eq!(refused.error().3, "starting_after");
    assert_eq!(shop.get("/v1/payment_links?limit=101").await.error().3, "limit");
    assert_eq!(shop.get("/v1/payment_links?limit=0").await.status, 400);
}

#[tokio::test]
async fn a_poller_that_follows_the_newest_id_misses_no_event() {
    let shop = Shop::open().await;
    let mut cursor = String::new();
    let mut seen: Vec<String> = Vec::new();
    for round in 0..4 {
        for _ in 0..=round {
            let link = shop.link(450_00, "mxn").await;
            shop.stripe
                .pay_link(text(&link, "url"), PayWith::card("4242424242424242"));
        }
        loop {
            let before = if cursor.is_empty() {
                String::new()
            } else {
                format!("&ending_before={cursor}")
            };
            let types = "types[]=checkout.session.completed&types[]=payment_intent.succeeded";
            let page = shop
                .get(&format!("/v1/events?limit=3&{types}{before}"))
                .await
                .ok();
            let page_ids = ids(&page);
            // The first look has no cursor: it sees the newest page only.
            cursor = page_ids.first().cloned().unwrap_or(cursor);
            seen.extend(page_ids.into_iter().rev());
            if page["has_more"] == false || before.is_empty() {
                break;
            }
        }
    }
    let all =
        shop.get("/v1/events?limit=100&types[]=checkout.session.completed&types[]=payment_intent.succeeded");
    let mut all = ids(&all.await.ok());
    all.reverse();
    assert_eq!(seen, all);
    assert!(all.is_sorted(), "ids sort by creation");
}

#[tokio::test]
async fn events_can_be_filtered_by_type_and_time() {
    let shop = Shop::open().await;
    shop.link(450_00, "mxn").await;
    let now = shop.clock.now_s();
    shop.wait(Duration::from_secs(100));
    let link = shop.link(450_00, "mxn").await;
    let count = |list: Value| list["data"].as_array().unwrap().len();
    let later = shop
        .get(&format!(
            "/v1/events?type=payment_link.created&created[gte]={}",
            now + 50
        ))
        .await
        .ok();
    assert_eq!(later["data"][0]["data"]["object"]["id"], link["id"]);
    assert_eq!(count(later), 1);
    assert_eq!(count(shop.get("/v1/events?type=payment_link.*").await.ok()), 2);
    let one = shop.get("/v1/events?limit=1").await.ok();
    let event = shop
        .get(&format!("/v1/events/{}", text(&one["data"][0], "id")))
        .await
        .ok();
    assert_eq!(event, one["data"][0]);
    let types = "types[]=charge.updated&".repeat(21);
    assert_eq!(shop.get(&format!("/v1/events?{types}")).await.error().3, "types");
}

#[tokio::test]
async fn ids_are_expanded_where_asked_and_nowhere_else() {
    let shop = Shop::open().await;
    let link = shop.link(450_00, "mxn").await;
    shop.stripe
        .pay_link(text(&link, "url"), PayWith::card("4242424242424242"));
    let charges = shop
        .get("/v1/charges?expand[]=data.payment_intent.payment_method")
        .await
        .ok();
    assert_eq!(
        charges["data"][0]["payment_intent"]["payment_method"]["type"],
        "card"
    );
    let path = format!(
        "/v1/payment_links/{}?expand[]=line_items.data.price.product",
        text(&link, "id")
    );
    let line = &shop.get(&path).await.ok()["line_items"]["data"][0];
    assert_eq!(line["price"]["product"]["name"], "Blusa bordada");
    let listed = shop
        .get(&format!("/v1/payment_links/{}/line_items", text(&link, "id")))
        .await
        .ok();
    assert_eq!(listed["data"][0]["amount_total"], 450_00);

    let refused = shop.get("/v1/charges?expand[]=data.amount").await;
    assert_eq!(
        refused.message(),
        "This property cannot be expanded (data.amount)."
    );
    let refused = shop.get("/v1/charges?expand[]=payment_intent").await;
    assert_eq!(refused.status, 400);
    assert_eq!(
        shop.get("/v1/charges?expand[]=data.a.b.c.d").await.error().2,
        "property_expansion_max_depth"
    );
}
