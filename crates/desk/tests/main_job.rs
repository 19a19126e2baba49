//! The main job, through the relay, the core and the sandbox, in one process.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod shop;

use std::time::Duration;

use cobro_core::domain::{Delivery, MessageId, NewCharge, Payment, Tab};
use cobro_core::{Language, charge, conversation, message, notify};
use cobro_sandbox::stripe::PayWith;
use cobro_sandbox::{Endpoint, Fault, Kind};
use cobro_stripe::NewRefund;
use shop::{TestShop, mxn};

#[tokio::test]
async fn a_customer_who_pays_is_thanked_once() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana Souza").await;
    shop.sandbox
        .faults()
        .set_webhooks(serde_json::from_str(r#"{"duplicate":1.0,"seed":7}"#).unwrap());

    let charge = shop.charge(&ana, mxn(1_250_00)).await;
    assert_eq!(charge.payment, Payment::Open);
    shop.until("the link is on the phone", || ana.phone.pay_link().is_some())
        .await;
    assert!(ana.phone.pays(PayWith::card("4242424242424242")).is_paid());

    let paid = shop.until_payment(charge.id, Payment::Paid).await;
    shop.settled().await;
    assert_eq!(paid.method.as_deref(), Some("card •• 4242"));
    shop.until("the thank-you is on the phone", || ana.phone.inbox().len() > 1)
        .await;
    shop.settled().await;
    assert_eq!(
        ana.phone.inbox(),
        [
            "Ana, aquí está tu pedido: Pastel. Total *MX$1,250.00*. Paga seguro con Stripe 👇",
            "¡Gracias, Ana! Recibimos tu pago de MX$1,250.00. ✅",
        ]
    );
    // Money is told first.
    assert_eq!(
        shop.announced().await,
        [
            "Ana Souza pagó MX$1,250.00: Pastel · Confirmado por Stripe",
            "Ana Souza: hola"
        ]
    );
    shop.close().await;
}

#[tokio::test]
async fn the_customer_reads_the_shops_language_and_the_desk_the_windows() {
    let shop = TestShop::open().await;
    shop.inbox().set_window_language(Language::En);
    let ana = shop.customer("5215512345678", "Ana Souza").await;
    let charge = shop.charge(&ana, mxn(1_250_00)).await;
    shop.until("the link is on the phone", || ana.phone.pay_link().is_some())
        .await;
    ana.phone.pays(PayWith::card("4242424242424242"));
    shop.until_payment(charge.id, Payment::Paid).await;
    shop.settled().await;
    shop.until("the thank-you is on the phone", || ana.phone.inbox().len() > 1)
        .await;
    assert_eq!(
        ana.phone.inbox().last().map(String::as_str),
        Some("¡Gracias, Ana! Recibimos tu pago de MX$1,250.00. ✅")
    );
    assert_eq!(
        shop.announced().await.first().map(String::as_str),
        Some("Ana Souza paid MX$1,250.00: Pastel · Confirmed by Stripe")
    );
    shop.close().await;
}

#[tokio::test]
async fn everything_is_still_there_after_a_restart() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.charge(&ana, mxn(100_00)).await;
    ana.phone.pays(PayWith::card("4242424242424242"));
    shop.until_payment(charge.id, Payment::Paid).await;
    shop.settled().await;

    let shop = shop.restart().await;
    let view = conversation::view(shop.inbox(), ana.conversation).await.unwrap();
    assert_eq!(view.row.name, "Ana");
    assert_eq!(view.charges[0].payment, Payment::Paid);
    assert_eq!(view.stats.lifetime, [mxn(100_00)]);
    let thread = conversation::thread(shop.inbox(), ana.conversation, None)
        .await
        .unwrap();
    assert_eq!(thread.rows.len(), 3, "hola, the link, the thank-you");
    shop.close().await;
}

#[tokio::test]
async fn the_same_charge_twice_is_one_charge() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let new = shop.new_charge(&ana, mxn(50_00));
    let (first, second) = tokio::join!(shop.create(new.clone()), shop.create(new));
    assert_eq!(first.unwrap().id, second.unwrap().id);
    shop.until("the link is on the phone", || !ana.phone.inbox().is_empty())
        .await;
    shop.settled().await;
    assert_eq!(ana.phone.inbox().len(), 1);
    assert_eq!(shop.links().await, 1);
    shop.close().await;
}

#[tokio::test]
async fn a_lost_answer_from_stripe_makes_one_link() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    shop.sandbox
        .faults()
        .set(Endpoint::StripePost, Some(Fault::next(2, Kind::LostAnswer)));
    let charge = shop.charge(&ana, mxn(50_00)).await;
    shop.until_payment(charge.id, Payment::Open).await;
    assert_eq!(shop.links().await, 1);
    shop.close().await;
}

#[tokio::test]
async fn a_lost_answer_from_whatsapp_is_never_repeated_and_its_status_settles_it() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    shop.sandbox
        .faults()
        .set(Endpoint::WhatsAppSend, Some(Fault::next(1, Kind::LostAnswer)));
    let sent = message::send_text(
        shop.inbox(),
        MessageId::new(),
        ana.conversation,
        "¿de qué sabor?".into(),
    )
    .await
    .unwrap();
    shop.until_delivery(sent.id, ana.conversation, Delivery::Delivered)
        .await;
    assert_eq!(ana.phone.inbox(), ["¿de qué sabor?"]);
    shop.close().await;
}

#[tokio::test]
async fn a_request_that_never_arrived_stays_unknown_until_a_person_sends_it_again() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    shop.sandbox
        .faults()
        .set(Endpoint::WhatsAppSend, Some(Fault::next(1, Kind::LostRequest)));
    let lost = message::send_text(shop.inbox(), MessageId::new(), ana.conversation, "hola".into())
        .await
        .unwrap();
    shop.until_delivery(lost.id, ana.conversation, Delivery::Unknown)
        .await;
    assert!(ana.phone.inbox().is_empty());
    let says_so = async || {
        let view = conversation::view(shop.inbox(), ana.conversation).await;
        view.unwrap().row.maybe_sent
    };
    assert!(says_so().await, "the list says so");

    let again = message::send_again(shop.inbox(), MessageId::new(), lost.id)
        .await
        .unwrap();
    assert_eq!(again.retry_of, Some(lost.id));
    assert!(!says_so().await, "it is dealt with");
    shop.until_delivery(again.id, ana.conversation, Delivery::Delivered)
        .await;
    assert_eq!(ana.phone.inbox(), ["hola"]);
    shop.close().await;
}

#[tokio::test]
async fn too_many_requests_keep_the_order() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    shop.sandbox
        .faults()
        .set(Endpoint::WhatsAppSend, Some(Fault::next(2, Kind::RateLimit429)));
    for text in ["uno", "dos", "tres"] {
        message::send_text(shop.inbox(), MessageId::new(), ana.conversation, text.into())
            .await
            .unwrap();
    }
    shop.until("all three arrived", || ana.phone.inbox().len() == 3)
        .await;
    assert_eq!(ana.phone.inbox(), ["uno", "dos", "tres"]);
    shop.close().await;
}

#[tokio::test]
async fn a_declined_card_is_said_and_another_one_pays() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.charge(&ana, mxn(50_00)).await;
    assert!(!ana.phone.pays(PayWith::card("4000000000000002")).is_paid());
    let failed = shop.until_payment(charge.id, Payment::FailedAttempt).await;
    assert_eq!(failed.problem.unwrap().title, "The card was declined");
    assert!(ana.phone.pays(PayWith::card("4242424242424242")).is_paid());
    let paid = shop.until_payment(charge.id, Payment::Paid).await;
    assert_eq!(paid.problem, None);
    shop.close().await;
}

#[tokio::test]
async fn every_payment_of_a_reusable_link_is_told_and_thanked() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let new = NewCharge {
        single_use: false,
        ..shop.new_charge(&ana, mxn(50_00))
    };
    let charge = shop.create(new).await.unwrap();
    shop.until("the link is on the phone", || ana.phone.pay_link().is_some())
        .await;
    let mut paid_at = None;
    for payments in 1..=2 {
        assert!(ana.phone.pays(PayWith::card("4242424242424242")).is_paid());
        shop.until("the thank-you is on the phone", || {
            ana.phone
                .inbox()
                .iter()
                .filter(|text| text.contains("Gracias"))
                .count()
                == payments
        })
        .await;
        shop.settled().await;
        let paid = charge::get(shop.inbox(), charge.id).await.unwrap();
        assert_eq!(paid.payment, Payment::Paid);
        // It was paid when it was first paid.
        assert_eq!(*paid_at.get_or_insert(paid.paid_at), paid.paid_at);
    }
    let told = shop.announced().await;
    assert_eq!(
        told.iter()
            .filter(|told| told.starts_with("Ana pagó MX$50.00"))
            .count(),
        2,
        "{told:?}"
    );
    shop.close().await;
}

#[tokio::test]
async fn a_voucher_waits_then_is_paid() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.charge(&ana, mxn(200_00)).await;
    ana.phone.pays(PayWith::oxxo());
    let waiting = shop.until_payment(charge.id, Payment::Processing).await;
    let intent = waiting.stripe_ids.payment_intent.unwrap();
    assert!(shop.sandbox.account().pay_voucher(&intent).is_paid());
    let paid = shop.until_payment(charge.id, Payment::Paid).await;
    assert_eq!(paid.method.as_deref(), Some("oxxo"));
    shop.close().await;
}

#[tokio::test]
async fn a_voucher_that_runs_out_uses_the_link_up() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.charge(&ana, mxn(200_00)).await;
    ana.phone.pays(PayWith::oxxo());
    let waiting = shop.until_payment(charge.id, Payment::Processing).await;
    shop.sandbox
        .account()
        .expire_voucher(&waiting.stripe_ids.payment_intent.unwrap());
    let expired = shop.until_payment(charge.id, Payment::Expired).await;
    assert_eq!(expired.problem.unwrap().code, "voucher_expired");
    assert!(!ana.phone.inbox().iter().any(|text| text.contains("Gracias")));
    shop.close().await;
}

#[tokio::test]
async fn a_cancelled_link_can_no_longer_be_paid() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.charge(&ana, mxn(50_00)).await;
    let cancelled = charge::cancel(shop.inbox(), cobro_core::Actor::Person, charge.id)
        .await
        .unwrap();
    assert_eq!(cancelled.payment, Payment::Cancelled);
    assert!(!ana.phone.pays(PayWith::card("4242424242424242")).is_paid());
    shop.close().await;
}

#[tokio::test]
async fn a_payment_is_learned_by_polling_where_no_webhook_arrives() {
    let shop = TestShop::open_polling().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.charge(&ana, mxn(50_00)).await;
    shop.until("the link is on the phone", || ana.phone.pay_link().is_some())
        .await;
    ana.phone.pays(PayWith::card("4242424242424242"));
    shop.until_payment(charge.id, Payment::Paid).await;
    shop.close().await;
}

#[tokio::test]
async fn a_refund_made_elsewhere_is_seen() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.charge(&ana, mxn(100_00)).await;
    ana.phone.pays(PayWith::card("4242424242424242"));
    let paid = shop.until_payment(charge.id, Payment::Paid).await;
    let intent = paid.stripe_ids.payment_intent.unwrap();
    let refund = NewRefund {
        payment_intent: &intent,
        amount: Some(mxn(40_00)),
        reason: None,
        metadata: &[],
    };
    shop.inbox()
        .stripe()
        .unwrap()
        .create_refund(&refund, "refund-1")
        .await
        .unwrap();
    let refunded = shop.until_payment(charge.id, Payment::PartlyRefunded).await;
    assert_eq!(refunded.refunded, Some(mxn(40_00)));
    shop.close().await;
}

#[tokio::test]
async fn outside_the_window_nothing_is_promised() {
    let shop = TestShop::open().await;
    let refused = message::send_text(
        shop.inbox(),
        MessageId::new(),
        shop.silent_conversation().await,
        "hola".into(),
    )
    .await
    .unwrap_err();
    assert_eq!(refused.code(), cobro_core::ErrorCode::WindowClosed);
    assert!(refused.to_string().contains("must write first"));
    shop.close().await;
}

#[tokio::test]
async fn a_conversation_on_screen_is_not_announced() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    assert_eq!(shop.announced().await, ["Ana: hola"]);
    shop.inbox().set_on_screen(Some(ana.conversation));
    ana.phone.writes("¿sigues ahí?");
    shop.until_async("it is in the thread", || async {
        conversation::thread(shop.inbox(), ana.conversation, None)
            .await
            .unwrap()
            .rows
            .len()
            == 2
    })
    .await;
    let nothing = tokio::time::timeout(Duration::from_millis(300), notify::next(shop.inbox())).await;
    assert!(nothing.is_err(), "{nothing:?}");
    shop.close().await;
}

#[tokio::test]
async fn a_customer_without_a_phone_number_is_answered_by_user_id() {
    let shop = TestShop::open().await;
    let pablo = shop
        .sandbox
        .customer("5215599999999")
        .named("Pablo")
        .with_username("@pablo");
    pablo.writes("hola");
    let conversation = shop.until_conversation("Pablo").await;
    message::send_text(
        shop.inbox(),
        MessageId::new(),
        conversation,
        "¡hola Pablo!".into(),
    )
    .await
    .unwrap();
    shop.until("the answer arrived", || pablo.inbox() == ["¡hola Pablo!"])
        .await;
    let view = conversation::view(shop.inbox(), conversation).await.unwrap();
    assert_eq!(view.row.phone, None);
    shop.close().await;
}

#[tokio::test]
async fn card_numbers_are_masked_both_ways() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    ana.phone.writes("mi tarjeta es 4242 4242 4242 4242");
    message::send_text(
        shop.inbox(),
        MessageId::new(),
        ana.conversation,
        "¿es la 4242424242424242?".into(),
    )
    .await
    .unwrap();
    shop.until("the answer arrived", || {
        ana.phone.inbox() == ["¿es la •••• 4242?"]
    })
    .await;
    let thread = conversation::thread(shop.inbox(), ana.conversation, None)
        .await
        .unwrap();
    assert!(
        thread
            .rows
            .iter()
            .all(|message| !message.text.contains("4242 4242") && !message.text.contains("42424242"))
    );
    shop.close().await;
}

#[tokio::test]
async fn reading_a_conversation_tells_the_customer() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    assert_eq!(conversation::counts(shop.inbox()).await.unwrap().unread, 1);
    conversation::mark_read(shop.inbox(), ana.conversation)
        .await
        .unwrap();
    assert_eq!(conversation::counts(shop.inbox()).await.unwrap().unread, 0);
    shop.settled().await;
    let page = conversation::list(shop.inbox(), Tab::Unread, String::new(), None)
        .await
        .unwrap();
    assert!(page.rows.is_empty());
    shop.close().await;
}

#[tokio::test]
async fn a_visit_that_ended_after_a_declined_card_leaves_the_link_alive() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let charge = shop.charge(&ana, mxn(50_00)).await;
    ana.phone.pays(PayWith::card("4000000000000002"));
    shop.until_payment(charge.id, Payment::FailedAttempt).await;
    shop.sandbox.advance(Duration::from_hours(25));
    shop.settled().await;
    assert_eq!(
        charge::get(shop.inbox(), charge.id).await.unwrap().payment,
        Payment::FailedAttempt
    );
    assert!(ana.phone.pays(PayWith::card("4242424242424242")).is_paid());
    shop.until_payment(charge.id, Payment::Paid).await;
    shop.close().await;
}

#[tokio::test]
async fn a_cancelled_charge_does_not_send_its_waiting_link() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    shop.sandbox
        .faults()
        .set(Endpoint::WhatsAppSend, Some(Fault::always(Kind::RateLimit429)));
    let charge = shop.create(shop.new_charge(&ana, mxn(50_00))).await.unwrap();
    shop.until("WhatsApp was asked", || {
        shop.sandbox
            .log()
            .iter()
            .any(|asked| asked.method == "POST" && asked.status == Some(429))
    })
    .await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    charge::cancel(shop.inbox(), cobro_core::Actor::Person, charge.id)
        .await
        .unwrap();
    shop.sandbox.faults().clear();
    shop.settled().await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(ana.phone.inbox().is_empty(), "{:?}", ana.phone.inbox());
    shop.close().await;
}

#[tokio::test]
async fn the_newest_number_of_a_customer_is_answered() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215599999999", "Ana").await;
    let user_id = conversation::view(shop.inbox(), ana.conversation).await.unwrap();
    let user_id = user_id
        .identities
        .iter()
        .find(|identity| identity.value.starts_with("MX."))
        .unwrap()
        .value
        .clone();
    let moved = serde_json::json!({
        "from": "5215511111111", "from_user_id": user_id,
        "type": "text", "text": {"body": "cambié de número"},
    });
    ana.phone.sends(moved);
    shop.until_async("it is in the same thread", || async {
        conversation::thread(shop.inbox(), ana.conversation, None)
            .await
            .unwrap()
            .rows
            .len()
            == 2
    })
    .await;
    let row = conversation::view(shop.inbox(), ana.conversation)
        .await
        .unwrap()
        .row;
    assert_eq!(row.phone.as_deref(), Some("5215511111111"));
    shop.close().await;
}

#[tokio::test]
async fn a_clock_that_is_behind_whatsapps_is_told() {
    let shop = TestShop::open().await;
    let ana = shop.customer("5215512345678", "Ana").await;
    let tells = |title: &str| {
        shop.inbox()
            .problems
            .all()
            .iter()
            .any(|problem| problem.id == "clock" && problem.title.contains(title))
    };
    shop.sandbox.advance(Duration::from_hours(25));
    ana.phone.writes("¿Sigue en pie?");
    shop.settled().await;
    // Asking WhatsApp for anything tells the time.
    conversation::mark_read(shop.inbox(), ana.conversation)
        .await
        .unwrap();
    shop.until("the clock is told of", || tells("25 hours behind"))
        .await;
    shop.close().await;
}
