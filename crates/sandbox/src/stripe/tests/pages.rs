//! The pay page, used as a browser without scripts would.

use super::{Shop, link_form, text};

struct Page {
    status: u16,
    location: String,
    html: String,
}

async fn open(shop: &Shop, url: &str, language: &str) -> Page {
    read(
        shop.client
            .get(absolute(shop, url))
            .header("Accept-Language", language),
    )
    .await
}

async fn submit(shop: &Shop, url: &str, form: &str) -> Page {
    let request = shop.client.post(absolute(shop, url)).body(form.to_owned());
    read(request.header("Content-Type", "application/x-www-form-urlencoded")).await
}

fn absolute(shop: &Shop, url: &str) -> String {
    if url.starts_with('/') {
        format!("{}{url}", shop.base)
    } else {
        url.to_owned()
    }
}

async fn read(request: reqwest::RequestBuilder) -> Page {
    let response = request.send().await.unwrap();
    let location = response
        .headers()
        .get("location")
        .map_or("", |value| value.to_str().unwrap())
        .to_owned();
    Page {
        status: response.status().as_u16(),
        location,
        html: response.text().await.unwrap(),
    }
}

/// Opens a link and returns its session's page address.
async fn visit(shop: &Shop, url: &str) -> String {
    let page = open(shop, url, "es").await;
    assert_eq!(page.status, 303, "{}", page.html);
    page.location
}

const CARD: &str = "method=card&expiry=12+%2F+34&cvc=123&name=Ana&email=ana%40example.com&number=";

#[tokio::test]
async fn a_customer_pays_by_card() {
    let shop = Shop::open().await;
    let link = shop.link(1_450_50, "mxn").await;
    let session = visit(&shop, text(&link, "url")).await;
    let page = open(&shop, &session, "es-MX,es").await;
    for words in [
        "SANDBOX",
        "Tienda Luna",
        "Blusa bordada",
        "$1,450.50 MXN",
        "Tarjeta",
        "OXXO",
        "lang=\"es\"",
    ] {
        assert!(page.html.contains(words), "{words}");
    }
    let posted = submit(&shop, &session, &format!("{CARD}4242424242424242")).await;
    assert_eq!((posted.status, posted.location.as_str()), (303, session.as_str()));
    let page = open(&shop, &session, "es").await;
    assert!(page.html.contains("Gracias por tu pago"), "{}", page.html);
    let api = shop.get("/v1/checkout/sessions").await.ok();
    assert_eq!(api["data"][0]["customer_details"]["email"], "ana@example.com");
}

#[tokio::test]
async fn submitting_twice_pays_once() {
    let shop = Shop::open().await;
    let link = shop.link(450_00, "mxn").await;
    let (one, other) = (
        visit(&shop, text(&link, "url")).await,
        visit(&shop, text(&link, "url")).await,
    );
    let form = format!("{CARD}4242424242424242");
    tokio::join!(
        submit(&shop, &one, &form),
        submit(&shop, &one, &form),
        submit(&shop, &other, &form),
        submit(&shop, &other, &form)
    );
    assert_eq!(
        shop.get("/v1/charges").await.ok()["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let completed = shop.get("/v1/events?type=checkout.session.completed").await.ok();
    assert_eq!(completed["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_decline_is_said_in_the_customers_language() {
    let shop = Shop::open().await;
    let link = shop.link(450_00, "mxn").await;
    let session = visit(&shop, text(&link, "url")).await;
    submit(&shop, &session, &format!("{CARD}4000000000009995")).await;
    for (language, words) in [
        ("en", "insufficient funds"),
        ("es", "fondos suficientes. Prueba"),
        ("pt-BR", "saldo suficiente. Tente"),
    ] {
        let page = open(&shop, &session, language).await;
        let alert = page.html.split("role=\"alert\">").nth(1).unwrap_or_default();
        assert!(
            alert.starts_with(|_| true) && alert.split("</p>").next().unwrap().contains(words),
            "{language}: {alert}"
        );
        assert!(!page.html.contains("9995\" "), "the number is not shown again");
    }
}

#[tokio::test]
async fn a_field_typed_wrong_is_pointed_at_and_nothing_is_tried() {
    let shop = Shop::open().await;
    let link = shop.link(450_00, "mxn").await;
    let session = visit(&shop, text(&link, "url")).await;
    submit(&shop, &session, &format!("{CARD}4242424242424241")).await;
    let page = open(&shop, &session, "en").await;
    assert!(page.html.contains("The card number is incomplete or wrong."));
    assert!(page.html.contains("aria-invalid"));
    assert!(
        shop.get("/v1/payment_intents").await.ok()["data"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn the_bank_asks_and_the_customer_answers() {
    for (answer, words) in [("complete", "Thank you"), ("fail", "could not authenticate")] {
        let shop = Shop::open().await;
        let link = shop.link(450_00, "mxn").await;
        let session = visit(&shop, text(&link, "url")).await;
        submit(&shop, &session, &format!("{CARD}4000002760003184")).await;
        let page = open(&shop, &session, "en").await;
        let action = page
            .html
            .split("action=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned();
        assert!(page.html.contains("Complete authentication") && page.html.contains("Fail authentication"));
        let posted = submit(&shop, &action, &format!("answer={answer}")).await;
        let onward = open(&shop, &posted.location, "en").await;
        assert_eq!((onward.status, onward.location.as_str()), (303, session.as_str()));
        let page = open(&shop, &session, "en").await;
        assert!(page.html.contains(words), "{answer}: {}", page.html);
    }
}

#[tokio::test]
async fn a_voucher_is_shown_and_paid_at_the_store() {
    let shop = Shop::open().await;
    let link = shop.link(450_00, "mxn").await;
    let session = visit(&shop, text(&link, "url")).await;
    submit(
        &shop,
        &session,
        "method=oxxo&name=Ana+L%C3%B3pez&email=ana%40example.com",
    )
    .await;
    let page = open(&shop, &session, "es").await;
    for words in [
        "Tu vale de OXXO",
        "9300 ",
        "<svg",
        "Pagar ahora en la tienda (sandbox)",
        "Dejar que venza (sandbox)",
    ] {
        assert!(page.html.contains(words), "{words}");
    }
    let action = page
        .html
        .split("action=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let posted = submit(&shop, &action, "answer=pay").await;
    let onward = open(&shop, &posted.location, "es").await;
    assert_eq!(onward.location, session);
    assert!(
        open(&shop, &session, "es")
            .await
            .html
            .contains("Gracias por tu pago")
    );
}

#[tokio::test]
async fn a_voucher_left_to_expire_says_so() {
    let shop = Shop::open().await;
    let link = shop.link(450_00, "mxn").await;
    let session = visit(&shop, text(&link, "url")).await;
    submit(&shop, &session, "method=oxxo&name=Ana").await;
    let intents = shop.get("/v1/payment_intents").await.ok();
    let action = format!("/c/voucher/{}", text(&intents["data"][0], "id"));
    submit(&shop, &action, "answer=expire").await;
    assert!(
        open(&shop, &session, "en")
            .await
            .html
            .contains("This voucher has expired")
    );
}

#[tokio::test]
async fn used_up_withdrawn_and_unknown_links_have_their_pages() {
    let shop = Shop::open().await;
    let link = shop.link(450_00, "mxn").await;
    let session = visit(&shop, text(&link, "url")).await;
    let path = format!("/v1/payment_links/{}", text(&link, "id"));
    shop.post(&path, "active=false&inactive_message=Se+vendi%C3%B3+%3Cya%3E")
        .await
        .ok();
    for url in [text(&link, "url"), session.as_str()] {
        let page = open(&shop, url, "es").await;
        assert_eq!(page.status, 200);
        assert!(
            page.html.contains("Este enlace ya no está activo"),
            "{}",
            page.html
        );
        assert!(page.html.contains("Se vendió &lt;ya&gt;"));
    }
    let unknown = open(&shop, "/pay/test_nothing", "en").await;
    assert_eq!(unknown.status, 404);
    assert!(unknown.html.contains("SANDBOX"));
}

#[tokio::test]
async fn an_expired_session_says_how_to_go_on() {
    let shop = Shop::open().await;
    let link = shop.link(450_00, "mxn").await;
    let session = visit(&shop, text(&link, "url")).await;
    shop.wait(std::time::Duration::from_secs(24 * 3600 + 1));
    assert!(
        open(&shop, &session, "en")
            .await
            .html
            .contains("This checkout has expired")
    );
    visit(&shop, text(&link, "url")).await;
}

#[tokio::test]
async fn a_redirect_leads_back_to_the_shop() {
    let shop = Shop::open().await;
    let form = format!(
        "{}&after_completion[type]=redirect&after_completion[redirect][url]=https://shop.example/?id={{CHECKOUT_SESSION_ID}}",
        link_form(450_00, "mxn")
    );
    let link = shop.post("/v1/payment_links", &form).await.ok();
    let session = visit(
        &shop,
        &format!(
            "{}?client_reference_id=c-1&prefilled_email=a@b.mx",
            text(&link, "url")
        ),
    )
    .await;
    assert!(
        open(&shop, &session, "en")
            .await
            .html
            .contains("value=\"a@b.mx\"")
    );
    submit(&shop, &session, &format!("{CARD}4242424242424242")).await;
    let page = open(&shop, &session, "en").await;
    let id = session.rsplit('/').next().unwrap();
    assert_eq!(page.location, format!("https://shop.example/?id={id}"));
    let api = shop.get(&format!("/v1/checkout/sessions/{id}")).await.ok();
    assert_eq!(api["client_reference_id"], "c-1");
}

#[tokio::test]
async fn pages_load_nothing_from_anywhere() {
    let shop = Shop::open().await;
    let link = shop.link(450_00, "mxn").await;
    let session = visit(&shop, text(&link, "url")).await;
    let page = open(&shop, &session, "en").await;
    for outside in ["http://", "https://", "src=\"", "@import", "url("] {
        assert!(!page.html.contains(outside), "{outside}");
    }
}

#[tokio::test]
async fn the_control_api_pays_like_the_page() {
    let shop = Shop::open().await;
    let link = shop.link(450_00, "mxn").await;
    let encoded: String = url::form_urlencoded::byte_serialize(text(&link, "url").as_bytes()).collect();
    let pay = |named: &str, body: &'static str| {
        let request = shop
            .client
            .post(format!("{}/sandbox/links/{named}/pay", shop.base));
        shop.send(request.header("Content-Type", "application/json").body(body))
    };
    let declined = pay(&encoded, r#"{"card":"4000000000000002"}"#).await.ok();
    assert_eq!(
        (text(&declined, "outcome"), text(&declined, "decline_code")),
        ("declined", "generic_decline")
    );
    let voucher = pay(text(&link, "id"), r#"{"method":"oxxo"}"#).await.ok();
    assert_eq!(text(&voucher, "outcome"), "voucher");
    let url = format!(
        "{}/sandbox/vouchers/{}/pay",
        shop.base,
        text(&voucher, "payment_intent")
    );
    let paid = shop.send(shop.client.post(&url)).await.ok();
    assert_eq!(text(&paid, "outcome"), "paid");
    assert_eq!(pay("plink_nope", "{}").await.status, 404);
}
