//! Keys: who may do what, and what the answers say of themselves.

use super::{Shop, link_form, text};

#[tokio::test]
async fn without_a_good_key_there_is_no_answer() {
    let shop = Shop::open().await;
    let url = format!("{}/v1/events", shop.base);
    let none = shop.send(shop.client.get(&url)).await;
    assert_eq!(none.status, 401);
    assert!(none.message().starts_with("You did not provide an API key."));
    let wrong = shop
        .send(shop.client.get(&url).bearer_auth("sk_test_wrongwrongwrong1234"))
        .await;
    assert_eq!(
        (wrong.status, wrong.message()),
        (401, "Invalid API Key provided: sk_test_***************1234")
    );
    let publishable = shop.send(shop.client.get(&url).bearer_auth("pk_test_1")).await;
    assert!(
        publishable
            .message()
            .starts_with("This API call cannot be made with a publishable API key.")
    );
    let basic = shop
        .client
        .get(&url)
        .basic_auth(&shop.stripe.options().secret_key, Some(""));
    assert_eq!(shop.send(basic).await.status, 200);
}

#[tokio::test]
async fn a_restricted_key_names_the_permission_it_lacks() {
    let shop = Shop::open_with(|options| {
        options.permissions.remove("rak_payment_link_write");
        options.permissions.insert("rak_payment_link_read".to_owned());
    })
    .await;
    let key = shop.stripe.options().restricted_key.clone();
    let call = |method: reqwest::Method, path: &str| {
        shop.client
            .request(method, format!("{}{path}", shop.base))
            .bearer_auth(&key)
            .header("Content-Type", "application/x-www-form-urlencoded")
    };
    let reading = call(reqwest::Method::GET, "/v1/payment_links");
    assert_eq!(shop.send(reading).await.status, 200);
    let writing = call(reqwest::Method::POST, "/v1/payment_links").body(link_form(450_00, "mxn"));
    let refused = shop.send(writing).await;
    assert_eq!(
        (refused.status, refused.error().1),
        (403, "invalid_request_error")
    );
    let hidden = "*".repeat(28);
    let expected = format!(
        "The provided key 'rk_test_{hidden}{}' does not have the required permissions for this endpoint on account \
         '{}'. Having the 'rak_payment_link_write' permission would allow this request to continue.",
        &key[key.len() - 4..],
        shop.stripe.options().account
    );
    assert_eq!(refused.message(), expected);
}

#[tokio::test]
async fn the_desks_own_permissions_are_enough_for_the_desk() {
    let shop = Shop::open().await;
    let key = shop.stripe.options().restricted_key.clone();
    for path in [
        "account",
        "balance",
        "events",
        "payment_links",
        "checkout/sessions",
        "charges",
        "refunds",
    ] {
        let request = shop
            .client
            .get(format!("{}/v1/{path}", shop.base))
            .bearer_auth(&key);
        assert_eq!(shop.send(request).await.status, 200, "{path}");
    }
    let account = shop.get("/v1/account").await.ok();
    assert_eq!(account["capabilities"]["oxxo_payments"], "active");
    assert_eq!(
        account["business_profile"]["name"],
        shop.stripe.options().shop.as_str()
    );
}

#[tokio::test]
async fn answers_name_their_request_and_version() {
    let shop = Shop::open().await;
    let answer = shop.get("/v1/events").await;
    assert!(answer.header("request-id").starts_with("req_"));
    assert_eq!(answer.header("stripe-version"), "2026-09-30.endive");
    assert_eq!(answer.header("x-cobro-sandbox"), "true");
    let versioned = shop
        .request(reqwest::Method::GET, "/v1/events")
        .header("Stripe-Version", "2025-03-31.basil");
    assert_eq!(
        shop.send(versioned).await.header("stripe-version"),
        "2025-03-31.basil"
    );
    let odd = shop
        .request(reqwest::Method::GET, "/v1/events")
        .header("Stripe-Version", "newest");
    assert_eq!(
        shop.send(odd).await.message(),
        "Invalid Stripe API version: newest"
    );
}

#[tokio::test]
async fn a_webhook_endpoint_tells_its_secret_once() {
    let shop = Shop::open().await;
    let form = "url=https://relay.example/webhooks/stripe&enabled_events[]=charge.updated";
    let made = shop.post("/v1/webhook_endpoints", form).await.ok();
    assert_eq!(made["secret"], shop.stripe.options().webhook_secret.as_str());
    let path = format!("/v1/webhook_endpoints/{}", text(&made, "id"));
    assert!(shop.get(&path).await.ok().get("secret").is_none());
    shop.send(shop.request(reqwest::Method::DELETE, &path)).await.ok();
    assert_eq!(shop.get(&path).await.status, 404);
}
