//! Templates: what can be said when the 24-hour window is closed.

use cobro_core::domain::{
    ChargeQuestion, Content, Delivery, MessageKind, NewBody, ParameterPlace, Payment, Template,
    TemplateStatus, TemplateValue,
};
use cobro_core::{ErrorCode, preview, templates};
use cobro_sandbox::TemplateState;
use cobro_sandbox::stripe::PayWith;

use super::shop::{TestShop, mxn};

fn body(name: &str, value: &str) -> TemplateValue {
    TemplateValue {
        place: ParameterPlace::Body,
        button: None,
        name: name.into(),
        value: value.into(),
    }
}

fn shipping(values: Vec<TemplateValue>) -> NewBody {
    NewBody::Template {
        name: "cobro_shipping_question_v1".into(),
        language: "es".into(),
        values,
    }
}

#[tokio::test]
async fn one_click_makes_the_kit_once_and_shows_how_far_it_is() {
    let shop = TestShop::open().await;
    let line = shop.line().await;
    let before = templates::kit(shop.inbox(), line).await.unwrap();
    assert_eq!((before.base, before.parts.len()), (None, 24));
    assert!(
        before
            .parts
            .iter()
            .all(|part| part.status == TemplateStatus::Missing)
    );

    let base = shop.link_base();
    let made = templates::create_kit(shop.inbox(), line, base.clone())
        .await
        .unwrap();
    assert_eq!(made.base.as_deref(), Some(base.as_str()));
    assert!(
        made.parts
            .iter()
            .all(|part| part.status != TemplateStatus::Missing),
        "{made:?}"
    );
    let count = |all: Vec<Template>| all.iter().filter(|template| template.kit.is_some()).count();
    let first = count(templates::sync(shop.inbox(), line).await.unwrap());
    templates::create_kit(shop.inbox(), line, base).await.unwrap();
    assert_eq!(
        count(templates::sync(shop.inbox(), line).await.unwrap()),
        first,
        "a second click makes nothing"
    );

    templates::create_kit(shop.inbox(), line, "https://pay.example/".into())
        .await
        .unwrap();
    let moved = templates::sync(shop.inbox(), line).await.unwrap();
    assert!(
        moved
            .iter()
            .any(|template| template.name == "cobro_payment_request_v2")
    );
    assert!(
        !moved
            .iter()
            .any(|template| template.name == "cobro_shipping_question_v2")
    );
    let error = templates::create_kit(shop.inbox(), line, "pay.example".into())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("https://"), "{error}");
    shop.close().await;
}

#[tokio::test]
async fn a_template_reaches_a_customer_whose_window_is_closed() {
    let shop = TestShop::open().await;
    shop.approved_kit(shop.link_base()).await;
    let eva = shop.silent_conversation().await;
    let listed = templates::list(shop.inbox(), eva).await.unwrap();
    assert!(
        listed
            .iter()
            .any(|template| template.name == "cobro_shipping_question_v1")
    );

    let half = vec![body("1", "Eva")];
    let preview = templates::preview(
        shop.inbox(),
        eva,
        "cobro_shipping_question_v1".into(),
        "es".into(),
        half.clone(),
    )
    .await
    .unwrap();
    assert!(preview.text.starts_with("Hola Eva, ") && preview.text.contains("{{2}}"));
    assert_eq!(preview.problems, ["{{2}} is empty. Fill it in"]);
    let error = shop.send(eva, shipping(half)).await.unwrap_err();
    assert!(error.to_string().contains("{{2}} is empty"), "{error}");

    let sent = shop
        .send(eva, shipping(vec![body("1", "Eva"), body("2", "pastel")]))
        .await
        .unwrap();
    assert_eq!(sent.kind, MessageKind::Template);
    shop.until_delivery(sent.id, eva, Delivery::Delivered).await;
    let phone = shop.sandbox.customer("5215577777777");
    let bubble = phone.receives(|bubble| bubble.template.is_some()).await;
    let shown = shop.message(eva, sent.id).await;
    assert_eq!(bubble.text, shown.text, "it is shown as the customer reads it");
    assert!(
        matches!(shown.content, Some(Content::Template { name, .. }) if name == "cobro_shipping_question_v1")
    );
    shop.close().await;
}

#[tokio::test]
async fn the_kit_suggests_where_links_lead_and_makes_anew_what_meta_refused() {
    let shop = TestShop::open().await;
    let base = link_base_of_a_link(&shop).await;
    let line = shop.line().await;
    let kit = templates::kit(shop.inbox(), line).await.unwrap();
    assert_eq!(kit.base.as_deref(), Some(base.as_str()));
    shop.approved_kit(base.clone()).await;
    shop.sandbox
        .change_template("cobro_shipping_question_v1", TemplateState::Rejected, None);
    templates::create_kit(shop.inbox(), line, base).await.unwrap();
    let there = templates::sync(shop.inbox(), line).await.unwrap();
    let has = |name: &str| there.iter().any(|template| template.name == name);
    assert!(has("cobro_shipping_question_v2") && !has("cobro_payment_request_v2"));
    shop.close().await;
}

#[tokio::test]
async fn a_template_that_is_not_approved_is_not_sent() {
    let shop = TestShop::open().await;
    shop.approved_kit(shop.link_base()).await;
    let eva = shop.silent_conversation().await;
    shop.sandbox.change_template(
        "cobro_shipping_question_v1",
        TemplateState::Paused,
        Some("LOW_QUALITY"),
    );
    templates::sync(shop.inbox(), shop.line().await).await.unwrap();
    let error = shop
        .send(eva, shipping(vec![body("1", "Eva"), body("2", "pastel")]))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("paused"), "{error}");
    shop.close().await;
}

#[tokio::test]
async fn a_charge_outside_the_window_goes_as_the_payment_request_and_is_paid() {
    let shop = TestShop::open().await;
    shop.approved_kit(link_base_of_a_link(&shop).await).await;
    let eva = shop.silent_conversation().await;
    let customer = super::shop::TestCustomer {
        phone: shop.sandbox.customer("5215577777777"),
        conversation: eva,
    };
    let preview = preview::charge(
        shop.inbox(),
        ChargeQuestion::new(eva, mxn(450_00), "Pastel de fresa"),
    )
    .await
    .unwrap();
    assert_eq!(preview.template.as_deref(), Some("cobro_payment_request_v1"));
    assert!(
        preview.warnings.iter().all(|warning| !warning.blocking),
        "{:?}",
        preview.warnings
    );

    let charge = shop
        .create(shop.new_charge(&customer, mxn(450_00)))
        .await
        .unwrap();
    let bubble = customer.phone.receives(|bubble| bubble.template.is_some()).await;
    assert!(
        bubble.text.contains("MX$450.00") && bubble.text.contains("Pastel"),
        "{}",
        bubble.text
    );
    assert_eq!(bubble.button.unwrap().url, charge.link.unwrap());
    assert!(customer.phone.pays(PayWith::card("4242424242424242")).is_paid());
    shop.until_payment(charge.id, Payment::Paid).await;
    shop.close().await;
}

#[tokio::test]
async fn a_charge_outside_the_window_without_a_fitting_template_says_what_to_do() {
    let shop = TestShop::open().await;
    let eva = shop.silent_conversation().await;
    let customer = super::shop::TestCustomer {
        phone: shop.sandbox.customer("5215577777777"),
        conversation: eva,
    };
    let error = shop
        .create(shop.new_charge(&customer, mxn(450_00)))
        .await
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::WindowClosed);
    assert!(error.to_string().contains("Create the template kit"), "{error}");
    assert_eq!(shop.links().await, 0);

    let ana = shop.customer("5215512345678", "Ana").await;
    shop.charge(&ana, mxn(10_00)).await;
    shop.approved_kit("https://elsewhere.example/".into()).await;
    let preview = preview::charge(shop.inbox(), ChargeQuestion::new(eva, mxn(450_00), ""))
        .await
        .unwrap();
    assert!(
        preview
            .warnings
            .iter()
            .any(|warning| warning.blocking && warning.text.contains("leads to your links"))
    );
    shop.close().await;
}

/// Returns the base of this sandbox's links, from one that another customer got.
async fn link_base_of_a_link(shop: &TestShop) -> String {
    let ana = shop.customer("5215512345678", "Ana").await;
    let link = shop.charge(&ana, mxn(10_00)).await.link.unwrap();
    link.rsplit_once('/').unwrap().0.to_owned() + "/"
}
