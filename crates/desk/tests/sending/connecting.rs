//! Connecting a shop, while the desk runs.

use std::time::{Duration, Instant};

use cobro_core::conversation;
use cobro_core::domain::{Connection, Credentials, Delivery, WayIn};
use cobro_desk::DeskError;
use cobro_sandbox::{Endpoint, Fault, Kind};

use super::shop::TestShop;
use super::words;

impl TestShop {
    async fn until_connection(&self, what: &str, is_so: impl Fn(&Connection) -> bool) -> Connection {
        let begun = Instant::now();
        loop {
            let now = self.connecting().view().await.unwrap();
            if is_so(&now) {
                return now;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "never: {what}; {now:?}"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

#[tokio::test]
async fn a_check_names_permissions_and_lists_the_numbers() {
    let shop = TestShop::open().await;
    let before = shop.connecting().view().await.unwrap();
    assert_eq!((before.checked_at, before.permissions.len()), (None, 0));
    let connection = shop.connecting().check().await.unwrap();
    assert_eq!(connection.problem, None);
    let messaging = &connection.permissions[0];
    assert_eq!(
        (messaging.name.as_str(), messaging.granted),
        ("whatsapp_business_messaging", true)
    );
    let number = &connection.accounts[0].numbers[0];
    assert_eq!(number.phone_number_id, shop.sandbox.whatsapp().phone_number_id);
    assert!(number.chosen && number.line.is_some());
    let line = &conversation::all_lines(shop.inbox()).await.unwrap()[0];
    assert_eq!(
        line.waba_id.as_deref(),
        Some(shop.sandbox.whatsapp().waba_id.as_str())
    );
    shop.close().await;
}

#[tokio::test]
async fn numbers_are_chosen_while_the_desk_runs_and_stay_chosen() {
    let shop = TestShop::open_with(&[("COBRO_WHATSAPP_PHONE_NUMBER_ID", "")]).await;
    let ana = shop.customer("5215512345678", "Ana").await;
    assert!(shop.send(ana.conversation, words("hola")).await.is_err());
    shop.connecting().check().await.unwrap();
    let number = shop.sandbox.whatsapp().phone_number_id.clone();
    assert!(
        shop.connecting().choose(vec!["12345".into()]).await.is_err(),
        "not one of ours"
    );
    let connection = shop.connecting().choose(vec![number]).await.unwrap();
    assert!(connection.accounts[0].numbers[0].chosen);
    let sent = shop.text(ana.conversation, "hola").await;
    shop.until_delivery(sent.id, ana.conversation, Delivery::Delivered)
        .await;

    let shop = shop.restart().await;
    let sent = shop.text(ana.conversation, "sigo aquí").await;
    shop.until_delivery(sent.id, ana.conversation, Delivery::Delivered)
        .await;
    shop.close().await;
}

#[tokio::test]
async fn numbers_that_settings_name_are_not_chosen_away() {
    let shop = TestShop::open().await;
    let error = shop.connecting().choose(vec![]).await.unwrap_err();
    assert!(error.to_string().contains("cobro.toml"), "{error}");
    let token = Credentials {
        token: Some("EAAanother0000000000000000".into()),
        ..Credentials::default()
    };
    let error = shop.connecting().save(token).await.unwrap_err();
    assert!(error.to_string().contains("whatsapp.token stands in"), "{error}");
    shop.close().await;
}

#[tokio::test]
async fn what_is_pasted_wrong_is_said() {
    let shop = TestShop::open_with(&[("COBRO_WHATSAPP_TOKEN", "")]).await;
    for (credentials, why) in [
        (
            Credentials {
                token: Some("EAA with a space in it".into()),
                ..Credentials::default()
            },
            "space",
        ),
        (
            Credentials {
                app_id: Some("abc".into()),
                ..Credentials::default()
            },
            "only digits",
        ),
    ] {
        let error = shop.connecting().save(credentials).await.unwrap_err();
        assert!(error.to_string().contains(why), "{error}");
    }
    shop.close().await;
}

#[tokio::test]
async fn the_secret_of_another_app_is_refused_before_it_is_kept() {
    let shop = TestShop::open_with(&[
        ("COBRO_WHATSAPP_APP_ID", "300000000000003"),
        ("COBRO_WHATSAPP_APP_SECRET", ""),
    ])
    .await;
    let secret = Credentials {
        app_secret: Some("anotherapp0secret000000000000000".into()),
        ..Credentials::default()
    };
    let error = shop.connecting().save(secret).await.unwrap_err();
    assert!(
        error.to_string().contains("does not take this app secret"),
        "{error}"
    );
    assert!(!shop.connecting().view().await.unwrap().has_app_secret);
    shop.close().await;
}

#[tokio::test]
async fn a_stripe_key_is_tried_before_it_is_kept() {
    let shop = TestShop::open_with(&[("COBRO_STRIPE_KEY", "")]).await;
    for (key, why) in [
        ("pk_test_1234", "publishable"),
        ("not a key", "no Stripe key"),
        ("sk_test_nobodyhasthiskey1234", "refused the API key"),
    ] {
        let error = shop.connecting().save_stripe_key(key).await.unwrap_err();
        assert!(!matches!(error, DeskError::CredentialsNotKept(_)), "{key}");
        assert!(error.to_string().contains(why), "{key}: {error}");
    }
    shop.close().await;
}

#[tokio::test]
async fn a_stripe_key_that_settings_name_is_not_replaced() {
    let shop = TestShop::open().await;
    let error = shop
        .connecting()
        .save_stripe_key("sk_test_another1234")
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("cobro.toml or in the environment"),
        "{error}"
    );
    shop.close().await;
}

/// Where there is no keychain nothing is kept, and nothing is used that would be gone tomorrow.
#[tokio::test]
#[cfg(target_os = "linux")]
async fn without_a_keychain_credentials_are_refused_with_words() {
    if std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some() {
        eprintln!("skipped: this session may have a keychain, and a test writes to nobody's");
        return;
    }
    let shop = TestShop::open_with(&[("COBRO_WHATSAPP_TOKEN", "")]).await;
    let token = Credentials {
        token: Some(shop.sandbox.whatsapp().token.clone()),
        ..Credentials::default()
    };
    match shop.connecting().save(token).await {
        Err(error @ DeskError::CredentialsNotKept(_)) => {
            assert!(error.to_string().contains("COBRO_WHATSAPP_TOKEN"), "{error}");
            assert!(shop.inbox().whatsapp().is_none());
        }
        other => panic!("{other:?}"),
    }
    shop.close().await;
}

#[tokio::test]
async fn the_webhook_is_set_and_proved_by_what_comes_through_it() {
    let shop = TestShop::open().await;
    let number = shop.sandbox.whatsapp().phone_number_id.clone();
    let error = shop.connecting().prove(&number, "").await.unwrap_err();
    assert!(error.to_string().contains("not set yet"), "{error}");

    let way = WayIn::Address {
        url: shop.relay_url(),
    };
    let connection = shop.connecting().set_webhook(way).await.unwrap();
    assert_eq!(connection.webhook.proved_at, None);
    assert_eq!(
        connection.webhook.url.as_deref(),
        Some(format!("{}/webhooks/whatsapp", shop.relay_url()).as_str())
    );
    shop.connecting()
        .prove(&number, "+52 55 1234 5678")
        .await
        .unwrap();
    shop.until_connection("it is proved", |connection| {
        connection.webhook.proved_at.is_some()
    })
    .await;
    shop.close().await;
}

#[tokio::test]
async fn chats_are_asked_for_though_the_contacts_were_refused_and_then_only_those() {
    let shop = TestShop::open().await;
    let line = conversation::all_lines(shop.inbox()).await.unwrap()[0].id;
    let asked = || {
        shop.sandbox
            .log()
            .iter()
            .filter(|asked| asked.path.ends_with("/smb_app_data"))
            .count()
    };
    shop.sandbox.faults().set(
        Endpoint::WhatsAppOther,
        Some(Fault::next(1, Kind::GraphError).with_code(100)),
    );
    let request = || cobro_core::connection::request_history(shop.inbox(), line);
    let error = request().await.unwrap_err();
    assert!(error.to_string().contains("its contacts were refused"), "{error}");
    assert_eq!(asked(), 2);
    request().await.unwrap();
    assert_eq!(asked(), 3, "the chats were agreed to");
    shop.close().await;
}

#[tokio::test]
async fn a_webhook_that_can_not_be_reached_is_not_taken_for_set() {
    let shop = TestShop::open().await;
    let way = WayIn::Address {
        url: "http://127.0.0.1:1".into(),
    };
    assert!(shop.connecting().set_webhook(way).await.is_err());
    let connection = shop.connecting().view().await.unwrap();
    assert!(connection.webhook.url.is_none() && connection.webhook.problem.is_some());
    let way = WayIn::Address {
        url: "ftp://relay.example".into(),
    };
    let error = shop.connecting().set_webhook(way).await.unwrap_err();
    assert!(error.to_string().contains("https://"), "{error}");
    shop.close().await;
}

#[tokio::test]
async fn a_number_is_registered_with_its_pin_and_history_is_asked_for() {
    let shop = TestShop::open().await;
    let number = shop.sandbox.whatsapp().phone_number_id.clone();
    assert!(shop.connecting().register(&number, "12".into()).await.is_err());
    let connection = shop
        .connecting()
        .register(&number, shop.sandbox.whatsapp().pin.clone().into())
        .await
        .unwrap();
    assert!(connection.accounts[0].numbers[0].registered);
    let line = conversation::all_lines(shop.inbox()).await.unwrap()[0].id;
    cobro_core::connection::request_history(shop.inbox(), line)
        .await
        .unwrap();
    let asked = shop.sandbox.log();
    assert_eq!(
        asked
            .iter()
            .filter(|asked| asked.path.ends_with("/smb_app_data"))
            .count(),
        2
    );
    shop.close().await;
}
