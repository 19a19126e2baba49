//! The assistant, from what a customer writes to the link that a person accepts.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod shop;

use std::time::Instant;

use cobro_core::domain::{
    AssistantSettings, ChargeId, ConversationId, FaqEntry, ModelProvider, ModelSettings, Payment, Product,
    ProductDraft, Proposal, ProposalKind, Recurrence, Recurring, SecondReason, SecondVerdict, Why,
};
use cobro_core::{Actor, Error, assistant, catalog, charge, message};
use cobro_sandbox::ModelMode;
use cobro_sandbox::stripe::PayWith;
use serde_json::json;
use shop::{TestCustomer, TestShop, mxn};

const WHO: (&str, &str) = ("5215512345678", "Ana");

async fn sells(shop: &TestShop, name: &str, minor: i64, sku: Option<&str>) -> Product {
    let draft = ProductDraft {
        sku: sku.map(str::to_owned),
        ..ProductDraft::new(name, mxn(minor))
    };
    catalog::save(shop.inbox(), Actor::Person, draft).await.unwrap()
}

/// A shop with a catalog, and a customer who has said hello.
async fn bakery() -> (TestShop, TestCustomer) {
    let shop = TestShop::open().await;
    sells(&shop, "Pastel tres leches", 480_00, None).await;
    sells(&shop, "Gelatina mosaico", 180_00, Some("gel-1")).await;
    let ana = shop.customer(WHO.0, WHO.1).await;
    (shop, ana)
}

async fn proposal(shop: &TestShop, id: ConversationId) -> Option<Proposal> {
    assistant::proposal(shop.inbox(), id).await.unwrap()
}

async fn until(shop: &TestShop, id: ConversationId, what: &str, is: impl Fn(Option<&Proposal>) -> bool) {
    shop.until_async(what, || async { is(proposal(shop, id).await.as_ref()) })
        .await;
}

async fn until_ready(shop: &TestShop, id: ConversationId) -> Proposal {
    until(shop, id, "a charge is proposed", |proposal| {
        proposal.is_some_and(|proposal| proposal.kind == ProposalKind::Charge)
    })
    .await;
    proposal(shop, id).await.unwrap()
}

async fn shop_writes(shop: &TestShop, id: ConversationId, text: &str) {
    let message = cobro_core::domain::MessageId::new();
    message::send_text(shop.inbox(), message, id, text.into())
        .await
        .unwrap();
}

/// Ana asks, the shop recaps, Ana confirms.
async fn ana_confirms(shop: &TestShop, ana: &TestCustomer) -> Proposal {
    ana.phone.writes("quiero un pastel tres leches y una gelatina");
    until(shop, ana.conversation, "the order is said back", |proposal| {
        proposal.is_some_and(|proposal| proposal.kind == ProposalKind::Recap)
    })
    .await;
    shop_writes(
        shop,
        ana.conversation,
        "Son $480 + $180, total $660. ¿Confirmamos?",
    )
    .await;
    ana.phone.writes("siii por favor");
    until_ready(shop, ana.conversation).await
}

#[tokio::test]
async fn a_confirmed_order_is_one_accept_away_and_made_once() {
    let (shop, ana) = bakery().await;
    let ready = ana_confirms(&shop, &ana).await;
    assert_eq!(ready.total, Some(mxn(660_00)));
    assert_eq!(ready.description, "1 × Gelatina mosaico, 1 × Pastel tres leches");
    assert_eq!(ready.why, [Why::SaidYes, Why::TotalSaid]);
    assert!(
        ready
            .evidence
            .iter()
            .any(|evidence| evidence.text == "siii por favor")
    );

    let (first, second) = tokio::join!(
        assistant::accept(shop.inbox(), ready.charge, String::new()),
        assistant::accept(shop.inbox(), ready.charge, String::new()),
    );
    assert_eq!(first.unwrap().id, ready.charge);
    assert_eq!(second.unwrap().id, ready.charge);
    shop.until("the link is on the phone", || ana.phone.pay_link().is_some())
        .await;
    shop.settled().await;
    assert_eq!(shop.links().await, 1);
    let third = assistant::accept(shop.inbox(), ready.charge, String::new())
        .await
        .unwrap();
    assert_eq!(third.amount, mxn(660_00));

    // Nothing is proposed while it is open, nor after it is paid.
    ana.phone.writes("ok gracias");
    shop.settled().await;
    assert!(
        proposal(&shop, ana.conversation)
            .await
            .is_none_or(|it| it.total.is_none())
    );
    ana.phone.pays(PayWith::card("4242424242424242"));
    shop.until_payment(ready.charge, Payment::Paid).await;
    ana.phone.writes("listo, ya quedó");
    shop.settled().await;
    assert!(
        proposal(&shop, ana.conversation)
            .await
            .is_none_or(|it| it.total.is_none())
    );
    shop.close().await;
}

#[tokio::test]
async fn a_suggested_reply_goes_once_the_shop_charges() {
    let (shop, ana) = bakery().await;
    ana.phone.writes("hola, cuánto cuesta el pastel tres leches?");
    until(&shop, ana.conversation, "a reply is suggested", |proposal| {
        proposal.is_some_and(|proposal| proposal.kind == ProposalKind::Reply)
    })
    .await;
    let charge = shop.charge(&ana, mxn(480_00)).await;
    until(
        &shop,
        ana.conversation,
        "nothing is suggested any more",
        |proposal| proposal.is_none(),
    )
    .await;

    // What is asked afterwards is answered again, and is gone once it is paid.
    ana.phone.writes("y cuánto la gelatina mosaico?");
    until(
        &shop,
        ana.conversation,
        "a reply is suggested again",
        |proposal| proposal.is_some_and(|proposal| proposal.kind == ProposalKind::Reply),
    )
    .await;
    ana.phone.pays(PayWith::card("4242424242424242"));
    shop.until_payment(charge.id, Payment::Paid).await;
    until(
        &shop,
        ana.conversation,
        "no charge is suggested again",
        |proposal| proposal.is_none_or(|proposal| proposal.total.is_none()),
    )
    .await;
    shop.close().await;
}

#[tokio::test]
async fn it_survives_a_restart_and_keeps_its_charge() {
    let (shop, ana) = bakery().await;
    let ready = ana_confirms(&shop, &ana).await;
    shop.settled().await;
    let shop = shop.restart().await;
    shop.settled().await;
    let again = proposal(&shop, ana.conversation).await.unwrap();
    assert_eq!(again, ready);
    shop.close().await;
}

#[tokio::test]
async fn what_was_dismissed_stays_dismissed_until_something_new_is_said() {
    let (shop, ana) = bakery().await;
    let ready = ana_confirms(&shop, &ana).await;
    assistant::dismiss(shop.inbox(), ready.charge).await.unwrap();
    sells(&shop, "Velita", 35_00, None).await; // Everything is looked at again.
    shop.settled().await;
    assert_eq!(proposal(&shop, ana.conversation).await, None);
    assert!(charge::get(shop.inbox(), ready.charge).await.is_err());

    ana.phone.writes("oye sí, mándame el link");
    let next = until_ready(&shop, ana.conversation).await;
    assert_ne!(next.charge, ready.charge);
    shop.close().await;
}

#[tokio::test]
async fn a_call_that_was_waved_away_is_no_answer_to_the_next() {
    let (shop, ana) = bakery().await;
    let calls = |proposal: Option<&Proposal>| proposal.is_some_and(|it| it.kind == ProposalKind::Handoff);
    ana.phone
        .writes("la gelatina vino toda chueca y la niña lloró toda la tarde");
    until(&shop, ana.conversation, "a person is called", calls).await;
    let first = proposal(&shop, ana.conversation).await.unwrap();
    assistant::dismiss(shop.inbox(), first.charge).await.unwrap();
    shop_writes(&shop, ana.conversation, "Ay no! Lo siento mucho").await;
    shop.settled().await;
    assert_eq!(proposal(&shop, ana.conversation).await, None);

    ana.phone.writes("¿y ahora qué hago?");
    until(&shop, ana.conversation, "a person is called again", calls).await;
    let second = proposal(&shop, ana.conversation).await.unwrap();
    assert_eq!(
        second.evidence, first.evidence,
        "what called is still the trouble"
    );
    assistant::dismiss(shop.inbox(), second.charge).await.unwrap();
    ana.phone.writes("😢");
    shop.settled().await;
    assert_eq!(proposal(&shop, ana.conversation).await, None);
    shop.close().await;
}

#[tokio::test]
async fn a_suggestion_that_was_overtaken_charges_nothing() {
    let (shop, ana) = bakery().await;
    let ready = ana_confirms(&shop, &ana).await;
    ana.phone.writes("ay no, mejor no, ya no lo quiero");
    until(&shop, ana.conversation, "nothing is proposed", |proposal| {
        proposal.is_none()
    })
    .await;
    let refused = assistant::accept(shop.inbox(), ready.charge, String::new()).await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    let unknown = assistant::accept(shop.inbox(), ChargeId::new(), String::new()).await;
    assert!(matches!(unknown, Err(Error::Conflict(_))));
    assert_eq!(shop.links().await, 0);
    shop.close().await;
}

#[tokio::test]
async fn a_cart_is_a_proposal_by_itself_and_a_price_that_differs_is_asked_about() {
    let (shop, ana) = bakery().await;
    let cart = |product: &str, price: f64| {
        json!({"type": "order", "order": {"catalog_id": "1", "text": "", "product_items": [
            {"product_retailer_id": product, "quantity": 2, "item_price": price, "currency": "MXN"}]}})
    };
    ana.phone.sends(cart("gel-1", 180.0));
    let ready = until_ready(&shop, ana.conversation).await;
    assert_eq!(ready.total, Some(mxn(360_00)));
    assert_eq!(ready.lines[0].name, "Gelatina mosaico");

    ana.phone.sends(cart("not-here", 99.5));
    until(
        &shop,
        ana.conversation,
        "the other cart is proposed",
        |proposal| proposal.is_some_and(|it| it.total == Some(mxn(199_00)) && it.why == [Why::CartPriced]),
    )
    .await;

    ana.phone.writes("sí por favor");
    until(&shop, ana.conversation, "a yes is to the cart", |proposal| {
        proposal.is_some_and(|it| {
            let is_the_cart = it.total == Some(mxn(199_00)) && it.why == [Why::CartPriced];
            it.kind == ProposalKind::Charge && is_the_cart && it.evidence.len() == 2
        })
    })
    .await;
    ana.phone.writes("y agrégame otro de esos");
    until(
        &shop,
        ana.conversation,
        "what is added is not the cart",
        |proposal| proposal.is_some_and(|it| it.kind == ProposalKind::Handoff),
    )
    .await;

    ana.phone.sends(
        json!({"type": "order", "order": {"catalog_id": "1", "text": "", "product_items": [
        {"product_retailer_id": "gel-1", "quantity": 2, "item_price": 180.0, "currency": "MXN"},
        {"product_retailer_id": "not-here", "quantity": 1, "item_price": 33.5, "currency": "MXN"}]}}),
    );
    until(
        &shop,
        ana.conversation,
        "what is known of a cart stays what it is",
        |proposal| {
            proposal.is_some_and(|it| {
                let names: Vec<&str> = it.lines.iter().map(|line| line.name.as_str()).collect();
                let known: Vec<bool> = it.lines.iter().map(|line| line.product.is_some()).collect();
                it.total == Some(mxn(393_50))
                    && names == ["Gelatina mosaico", "not-here"]
                    && known == [true, false]
            })
        },
    )
    .await;

    ana.phone.sends(
        json!({"type": "order", "order": {"catalog_id": "1", "text": "", "product_items": [
        {"product_retailer_id": "gel-1", "quantity": 1, "item_price": 1.0, "currency": "MXN"},
        {"product_retailer_id": "not-here", "quantity": 1, "item_price": 33.5, "currency": "MXN"}]}}),
    );
    until(
        &shop,
        ana.conversation,
        "a price of ours is asked about beside what is unknown",
        |proposal| {
            proposal.is_some_and(|it| it.kind == ProposalKind::Question && it.why == [Why::CartDiffers])
        },
    )
    .await;

    ana.phone.sends(cart("gel-1", 150.0));
    until(&shop, ana.conversation, "the price is asked about", |proposal| {
        proposal.is_some_and(|it| {
            // That it is clear and priced by the catalog would say the opposite.
            let told = it.why.contains(&Why::CartDiffers) && !it.why.contains(&Why::CatalogPriced);
            it.kind == ProposalKind::Question && it.total == Some(mxn(360_00)) && told
        })
    })
    .await;
    shop.close().await;
}

#[tokio::test]
async fn a_change_of_the_catalog_or_the_settings_is_seen() {
    let (shop, ana) = bakery().await;
    ana.phone.writes("tienen garantía?");
    let settings = AssistantSettings {
        faq: vec![FaqEntry {
            about: "garantía".into(),
            answer: "Sí, 30 días.".into(),
        }],
        ..AssistantSettings::default()
    };
    assistant::set_settings(shop.inbox(), settings.clone())
        .await
        .unwrap();
    until(
        &shop,
        ana.conversation,
        "the shop's answer is drafted",
        |proposal| proposal.is_some_and(|it| it.text.as_deref() == Some("Sí, 30 días.")),
    )
    .await;

    ana.phone.writes("quiero una velita, mándame el link");
    until(&shop, ana.conversation, "a person should look", |proposal| {
        proposal.is_some_and(|it| it.kind == ProposalKind::Handoff)
    })
    .await;
    sells(&shop, "Velita", 35_00, None).await;
    let ready = until_ready(&shop, ana.conversation).await;
    assert_eq!(ready.total, Some(mxn(35_00)));

    let off = AssistantSettings {
        enabled: false,
        ..settings
    };
    assistant::set_settings(shop.inbox(), off).await.unwrap();
    until(&shop, ana.conversation, "it is quiet", |proposal| {
        proposal.is_none()
    })
    .await;
    shop.close().await;
}

#[tokio::test]
async fn the_same_as_always_is_what_was_paid_at_todays_prices() {
    let shop = TestShop::open().await;
    let cake = sells(&shop, "Pastel tres leches", 480_00, None).await;
    sells(&shop, "Gelatina mosaico", 180_00, None).await;
    let ana = shop.customer(WHO.0, WHO.1).await;
    ana.phone
        .writes("hola! lo mismo de siempre porfa, mándame el link");
    shop.settled().await;
    let unknown = proposal(&shop, ana.conversation).await;
    assert!(
        unknown.is_none_or(|it| it.total.is_none()),
        "nothing was bought before"
    );

    let ready = ana_confirms(&shop, &ana).await;
    assistant::accept(shop.inbox(), ready.charge, String::new())
        .await
        .unwrap();
    shop.until("the link is on the phone", || ana.phone.pay_link().is_some())
        .await;
    ana.phone.pays(PayWith::card("4242424242424242"));
    shop.until_payment(ready.charge, Payment::Paid).await;

    let dearer = ProductDraft {
        id: cake.id,
        ..ProductDraft::new("Pastel tres leches", mxn(520_00))
    };
    catalog::save(shop.inbox(), Actor::Person, dearer).await.unwrap();
    ana.phone.writes("hola! lo mismo de siempre, mándame el link");
    let again = until_ready(&shop, ana.conversation).await;
    let mut lines: Vec<_> = again
        .lines
        .iter()
        .map(|line| (line.name.as_str(), line.quantity, line.unit))
        .collect();
    lines.sort_unstable_by_key(|(name, ..)| *name);
    assert_eq!(
        lines,
        [
            ("Gelatina mosaico", 1, mxn(180_00)),
            ("Pastel tres leches", 1, mxn(520_00))
        ]
    );
    assert_eq!(again.total, Some(mxn(700_00)));
    assert_ne!(again.charge, ready.charge);
    shop.close().await;
}

#[tokio::test]
async fn a_subscription_that_was_agreed_to_is_one_accept_away() {
    let shop = TestShop::open().await;
    let monthly = ProductDraft {
        recurring: Some(Recurring::MONTHLY),
        ..ProductDraft::new("Mensualidad", mxn(650_00))
    };
    catalog::save(shop.inbox(), Actor::Person, monthly).await.unwrap();
    sells(&shop, "Inscripción", 300_00, None).await;
    let ana = shop.customer(WHO.0, WHO.1).await;
    ana.phone.writes("quiero la mensualidad, mándame el link");
    let ready = until_ready(&shop, ana.conversation).await;
    assert_eq!(ready.every, Some(Recurring::MONTHLY));
    let charge = assistant::accept(shop.inbox(), ready.charge, String::new())
        .await
        .unwrap();
    let monthly = Recurrence::Subscription {
        every: Recurring::MONTHLY,
        trial_days: None,
    };
    assert_eq!(
        (charge.amount, charge.terms.recurrence),
        (mxn(650_00), Some(monthly))
    );
    shop.until("the link is on the phone", || ana.phone.pay_link().is_some())
        .await;
    ana.phone.pays(PayWith::card("4242424242424242"));
    shop.until_payment(ready.charge, Payment::Paid).await;

    // What is paid once would come again with it: a person charges them apart.
    let eva = shop.customer("5215587654321", "Eva").await;
    eva.phone
        .writes("quiero la inscripción y la mensualidad, mándame el link");
    until(&shop, eva.conversation, "it is asked about", |proposal| {
        proposal.is_some_and(|it| it.why.contains(&Why::RhythmsDiffer))
    })
    .await;
    let asked = proposal(&shop, eva.conversation).await.unwrap();
    assert_eq!(
        (asked.kind, asked.total),
        (ProposalKind::Question, Some(mxn(950_00)))
    );
    let refused = assistant::accept(shop.inbox(), asked.charge, String::new()).await;
    assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    shop.close().await;
}

async fn with_model(shop: &TestShop, mode: ModelMode, daily_tokens: u32) {
    shop.sandbox.model().set_mode(mode);
    let model = ModelSettings {
        provider: ModelProvider::Compatible,
        url: shop.sandbox.model_url(),
        name: "sandbox".into(),
        daily_tokens,
    };
    let settings = AssistantSettings {
        model,
        ..AssistantSettings::default()
    };
    assistant::set_settings(shop.inbox(), settings).await.unwrap();
}

/// Returns what the model said, once it has.
async fn until_judged(shop: &TestShop, id: ConversationId) -> Proposal {
    let verdict = |it: &Proposal| it.second.as_ref().map(|second| second.verdict);
    until(shop, id, "the model is heard", |proposal| {
        proposal
            .and_then(verdict)
            .is_some_and(|verdict| !matches!(verdict, SecondVerdict::Asking | SecondVerdict::Writing))
    })
    .await;
    proposal(shop, id).await.unwrap()
}

#[tokio::test]
async fn a_malicious_model_changes_nothing_and_each_case_says_what_happened() {
    use SecondReason as Reason;
    use SecondVerdict::{Refused, Silent};
    let (shop, ana) = bakery().await;
    let ready = ana_confirms(&shop, &ana).await;
    for (mode, verdict, why) in [
        (ModelMode::Prices, Refused, Reason::OtherField),
        (ModelMode::Urls, Refused, Reason::ReplyLink),
        (ModelMode::Ids, Refused, Reason::UnknownItem),
        (ModelMode::CardData, Refused, Reason::ReplyCardData),
        (ModelMode::Broken, Refused, Reason::NoJson),
        (ModelMode::Endless, Silent, Reason::Endless),
        (ModelMode::Failing, Silent, Reason::ServerRefused),
    ] {
        with_model(&shop, mode.clone(), 200_000).await;
        // Something new is said, so that the model is asked about it.
        assistant::dismiss(
            shop.inbox(),
            proposal(&shop, ana.conversation).await.unwrap().charge,
        )
        .await
        .unwrap();
        ana.phone.writes("sí, por favor, mándame el link");
        let judged = until_judged(&shop, ana.conversation).await;
        let second = judged.second.clone().unwrap();
        assert_eq!((second.verdict, second.why), (verdict, Some(why)), "{mode:?}");
        assert_eq!(second.status, (mode == ModelMode::Failing).then_some(500));
        assert_eq!(judged.kind, ProposalKind::Charge, "{mode:?}");
        let told = (judged.total, &judged.lines, judged.discount);
        assert_eq!(told, (ready.total, &ready.lines, None), "{mode:?}");
        assert_eq!(shop.links().await, 0, "{mode:?}");
    }
    shop.close().await;
}

#[tokio::test]
async fn a_malicious_reply_is_never_the_draft() {
    let (shop, ana) = bakery().await;
    ana.phone.writes("cuánto cuesta la gelatina?");
    until(&shop, ana.conversation, "a reply is drafted", |it| it.is_some()).await;
    let ours = proposal(&shop, ana.conversation).await.unwrap();
    for reply in ["Paga en evil.test/x", "Te la dejo en 90", "Mándame tu CVV"] {
        let answer = json!({"charge": false, "items": [], "discount": null, "reply": reply});
        with_model(&shop, ModelMode::Answers { answer }, 200_000).await;
        ana.phone.writes("y cuánto cuesta la gelatina?");
        let judged = until_judged(&shop, ana.conversation).await;
        assert_eq!(judged.second.unwrap().verdict, SecondVerdict::Refused, "{reply}");
        assert_eq!(judged.text, ours.text, "{reply}");
    }
    shop.close().await;
}

#[tokio::test]
async fn a_slow_model_is_not_waited_for_and_a_word_of_the_customer_ends_its_question() {
    let (shop, ana) = bakery().await;
    with_model(&shop, ModelMode::Slow, 200_000).await;
    let ready = ana_confirms(&shop, &ana).await;
    assert_eq!(ready.second.unwrap().verdict, SecondVerdict::Asking);
    ana.phone.writes("ay no, mejor no, ya no lo quiero");
    until(&shop, ana.conversation, "nothing is proposed", |proposal| {
        proposal.is_none()
    })
    .await;

    // What it said too late to count.
    ana.phone.writes("bueno sí, mándame el link del pastel");
    until_ready(&shop, ana.conversation).await;
    tokio::time::sleep(std::time::Duration::from_secs(21)).await;
    let judged = until_judged(&shop, ana.conversation).await;
    assert_eq!(judged.second.unwrap().why, Some(SecondReason::TimedOut));
    assert_eq!(judged.kind, ProposalKind::Charge);
    shop.close().await;
}

#[tokio::test]
async fn a_model_that_disagrees_makes_a_question_and_its_words_are_a_draft() {
    let (shop, ana) = bakery().await;
    let answer = json!({"charge": false, "items": [], "discount": null, "reply": "¡Claro que sí! ¿Para qué día lo quieres?"});
    with_model(&shop, ModelMode::Answers { answer }, 200_000).await;
    ana.phone
        .writes("cuánto cuesta la gelatina? mi tarjeta es 4242 4242 4242 4242 y mi cel 55 1234 5678");
    until(&shop, ana.conversation, "the reply is the model's", |proposal| {
        proposal.is_some_and(|it| it.text.as_deref() == Some("¡Claro que sí! ¿Para qué día lo quieres?"))
    })
    .await;
    let asked = shop.sandbox.model().asked();
    assert!(!asked.is_empty());
    for secret in ["180", "4242 4242", "1234", "Ana", WHO.0] {
        assert!(
            asked
                .iter()
                .all(|question| !question.to_string().contains(secret)),
            "{secret}"
        );
    }

    ana.phone.writes("quiero una gelatina, mándame el link");
    until(&shop, ana.conversation, "the charge is asked about", |proposal| {
        proposal.is_some_and(|it| it.kind == ProposalKind::Question)
    })
    .await;
    let judged = until_judged(&shop, ana.conversation).await;
    assert_eq!(judged.second.unwrap().verdict, SecondVerdict::Differs);
    assert!(judged.why.contains(&Why::ModelDiffers));
    shop.close().await;
}

#[tokio::test]
async fn a_charge_that_was_ready_before_is_judged_too_and_agreeing_leaves_it_ready() {
    let (shop, ana) = bakery().await;
    let ready = ana_confirms(&shop, &ana).await;
    let items = json!([{"id": "i0", "quantity": 1}, {"id": "i1", "quantity": 1}]);
    let answer = json!({"charge": true, "items": items, "discount": null, "reply": ""});
    with_model(&shop, ModelMode::Answers { answer }, 200_000).await;
    let judged = until_judged(&shop, ana.conversation).await;
    assert_eq!(judged.second.as_ref().unwrap().verdict, SecondVerdict::Agrees);
    assert_eq!(
        judged,
        Proposal {
            second: judged.second.clone(),
            ..ready
        }
    );

    let other =
        json!({"charge": true, "items": [{"id": "i0", "quantity": 2}], "discount": null, "reply": ""});
    shop.sandbox
        .model()
        .set_mode(ModelMode::Answers { answer: other });
    ana.phone.writes("sí, mándame el link");
    until(
        &shop,
        ana.conversation,
        "the quantity is asked about",
        |proposal| proposal.is_some_and(|it| it.kind == ProposalKind::Question),
    )
    .await;
    shop.close().await;
}

#[tokio::test]
async fn no_more_than_a_day_may_cost_is_spent() {
    let (shop, ana) = bakery().await;
    with_model(&shop, ModelMode::Polite, 10).await;
    ana.phone.writes("tienen gelatina?");
    let judged = until_judged(&shop, ana.conversation).await;
    let second = judged.second.unwrap();
    assert_eq!(second.verdict, SecondVerdict::Silent);
    assert_eq!(second.why, Some(SecondReason::DaySpent));
    assert!(shop.sandbox.model().asked().is_empty());
    shop.close().await;
}

#[tokio::test]
async fn a_models_address_is_one_that_a_conversation_may_travel_to() {
    let (shop, _) = bakery().await;
    for (url, says) in [
        ("http://models.example.com/v1", "not encrypted"),
        ("https://me:secret@models.example.com/v1", "its own field"),
        ("models", "no web address"),
        ("ftp://models.example.com", "https://"),
    ] {
        let model = ModelSettings {
            provider: ModelProvider::Compatible,
            url: url.into(),
            name: "m".into(),
            ..ModelSettings::default()
        };
        let settings = AssistantSettings {
            model,
            ..AssistantSettings::default()
        };
        let refused = assistant::set_settings(shop.inbox(), settings).await.unwrap_err();
        assert!(refused.to_string().contains(says), "{refused}");
    }
    shop.close().await;
}

/// Prints how long a stored message takes to become a proposal, as the window would read it.
#[tokio::test]
async fn a_proposal_is_there_in_a_blink() {
    let (shop, ana) = bakery().await;
    let mut events = shop.inbox().events();
    ana.phone.writes("quiero una gelatina, mándame el link");
    let mut stored = None;
    let taken = loop {
        match events.recv().await.unwrap() {
            cobro_core::CoreEvent::ConversationChanged { conversation }
                if conversation == ana.conversation =>
            {
                stored.get_or_insert_with(Instant::now);
            }
            cobro_core::CoreEvent::ProposalChanged { .. } => break stored.unwrap().elapsed(),
            _ => {}
        }
    };
    eprintln!("stored to proposed: {taken:?}");
    assert!(taken.as_millis() < 500, "{taken:?}"); // Unoptimised, beside other tests.
    assert!(proposal(&shop, ana.conversation).await.is_some());
    shop.close().await;
}
