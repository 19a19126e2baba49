//! Coupons, promotion codes, delivery and quantities: what changes a checkout's sum.

use serde_json::Value;

use super::{Shop, text};
use crate::stripe::PayWith;

async fn shop_with_code() -> Shop {
    let shop = Shop::open().await;
    shop.post(
        "/v1/coupons",
        "id=veinte&percent_off=20&name=Veinte&max_redemptions=1",
    )
    .await
    .ok();
    let code = "promotion[type]=coupon&promotion[coupon]=veinte&code=HOLA&restrictions[minimum_amount]=20000\
         &restrictions[minimum_amount_currency]=mxn";
    shop.post("/v1/promotion_codes", code).await.ok();
    shop
}

const LINE: &str = "line_items[0][quantity]=1&line_items[0][price_data][currency]=mxn\
     &line_items[0][price_data][unit_amount]=45000&line_items[0][price_data][product_data][name]=Blusa";

async fn session(shop: &Shop, more: &str) -> Value {
    let form = format!("mode=payment&success_url=https://x.example/&{LINE}{more}");
    shop.post("/v1/checkout/sessions", &form).await.ok()
}

async fn submit(shop: &Shop, session: &Value, form: &str) {
    let path = format!("{}/c/pay/{}", shop.base, text(session, "id"));
    let request = shop.client.post(path).body(form.to_owned());
    let answer = request
        .header("Content-Type", "application/x-www-form-urlencoded")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 303);
}

async fn read(shop: &Shop, session: &Value) -> Value {
    shop.get(&format!("/v1/checkout/sessions/{}", text(session, "id")))
        .await
        .ok()
}

const CARD: &str =
    "method=card&number=4242424242424242&expiry=12%2F34&cvc=123&name=Ana&email=ana%40example.com";

#[tokio::test]
async fn a_code_typed_on_the_page_takes_something_off() {
    let shop = shop_with_code().await;
    let session = session(&shop, "&allow_promotion_codes=true").await;
    submit(&shop, &session, "answer=apply&code=nope").await;
    assert_eq!(read(&shop, &session).await["amount_total"], 450_00);
    submit(&shop, &session, "answer=apply&code=hola").await;
    let discounted = read(&shop, &session).await;
    assert_eq!(
        (&discounted["amount_subtotal"], &discounted["amount_total"]),
        (&450_00.into(), &360_00.into())
    );
    assert_eq!(discounted["total_details"]["amount_discount"], 90_00);
    assert_eq!(discounted["discounts"][0]["coupon"], "veinte");
    submit(&shop, &session, CARD).await;
    let paid = read(&shop, &session).await;
    assert_eq!(paid["payment_status"], "paid");
    let charge = shop.get("/v1/charges").await.ok()["data"][0].clone();
    assert_eq!(charge["amount"], 360_00);
    let coupon = shop.get("/v1/coupons/veinte").await.ok();
    assert_eq!(
        (&coupon["times_redeemed"], &coupon["valid"]),
        (&1.into(), &false.into())
    );
}

#[tokio::test]
async fn a_coupon_is_used_up_and_a_code_has_its_minimum() {
    let shop = shop_with_code().await;
    let given = session(&shop, "&discounts[0][coupon]=veinte").await;
    assert_eq!(given["amount_total"], 360_00);
    assert!(
        shop.stripe
            .pay_link(text(&given, "id"), PayWith::card("4242424242424242"))
            .is_paid()
    );
    let form = format!("mode=payment&success_url=https://x.example/&{LINE}&discounts[0][coupon]=veinte");
    assert_eq!(shop.post("/v1/checkout/sessions", &form).await.status, 400);

    let shop = shop_with_code().await;
    let codes = shop
        .get("/v1/promotion_codes?code=hola&expand[]=data.promotion.coupon")
        .await
        .ok();
    assert_eq!(codes["data"][0]["promotion"]["coupon"]["percent_off"], 20.0);
    let cheap = form.replace("45000", "10000").replace(
        "discounts[0][coupon]=veinte",
        &format!("discounts[0][promotion_code]={}", text(&codes["data"][0], "id")),
    );
    assert_eq!(shop.post("/v1/checkout/sessions", &cheap).await.status, 400);
}

#[tokio::test]
async fn what_is_free_needs_no_payment() {
    let shop = Shop::open().await;
    shop.post("/v1/coupons", "id=todo&percent_off=100").await.ok();
    let given = session(&shop, "&discounts[0][coupon]=todo").await;
    assert!(
        shop.stripe
            .pay_link(text(&given, "id"), PayWith::card("4242424242424242"))
            .is_paid()
    );
    let done = read(&shop, &given).await;
    assert_eq!(
        (&done["status"], &done["payment_status"]),
        (&"complete".into(), &"no_payment_required".into())
    );
    assert!(done["payment_intent"].is_null());
}

#[tokio::test]
async fn delivery_and_quantity_are_chosen_on_the_page() {
    let shop = Shop::open().await;
    let option = |index: usize, name: &str, amount: i64| {
        let path = format!("&shipping_options[{index}][shipping_rate_data]");
        format!(
            "{path}[display_name]={name}{path}[type]=fixed_amount{path}[fixed_amount][amount]={amount}\
             {path}[fixed_amount][currency]=mxn"
        )
    };
    let more = format!(
        "&shipping_address_collection[allowed_countries][0]=MX&phone_number_collection[enabled]=true\
         &line_items[0][adjustable_quantity][enabled]=true&line_items[0][adjustable_quantity][maximum]=3{}{}",
        option(0, "Correos", 50_00),
        option(1, "DHL", 99_00)
    );
    let session = session(&shop, &more).await;
    assert_eq!(session["amount_total"], 500_00);
    submit(&shop, &session, CARD).await;
    assert_eq!(
        read(&shop, &session).await["status"],
        "open",
        "an address is missing"
    );
    let page = shop.client.get(text(&session, "url")).send().await.unwrap();
    let html = page.text().await.unwrap();
    assert!(html.contains("DHL") && html.contains("quantity_0"), "{html}");
    let address =
        "&line1=Calle+5&city=Oaxaca&postal_code=68000&country=MX&shipping=1&quantity_0=9&phone=5512345678";
    submit(&shop, &session, &format!("{CARD}{address}&seen=50000")).await;
    let asked = read(&shop, &session).await;
    assert_eq!(
        (&asked["status"], &asked["amount_total"]),
        (&"open".into(), &(3 * 450_00 + 99_00).into()),
        "nothing is taken but what was seen"
    );
    submit(&shop, &session, &format!("{CARD}{address}&seen=144900")).await;
    let paid = read(&shop, &session).await;
    assert_eq!(paid["amount_total"], 3 * 450_00 + 99_00, "three at most");
    assert_eq!(paid["shipping_cost"]["amount_total"], 99_00);
    let to = &paid["collected_information"]["shipping_details"];
    assert_eq!(
        (&to["name"], &to["address"]["city"]),
        (&"Ana".into(), &"Oaxaca".into())
    );
    assert_eq!(paid["customer_details"]["phone"], "5512345678");
}
