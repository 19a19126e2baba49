//! Who is who.

use cobro_whatsapp::webhook::{InboundMessage, PhoneBookEntry, Sender, Update};

use super::shop::{Shop, ago, ana, line, says, sender, text};
use crate::domain::{Identity, IdentityKind, Timestamp};
use crate::{Language, contact, conversation};

fn by_user_id(wamid: &str, phone: Option<&str>, user_id: &str, name: &str) -> InboundMessage {
    InboundMessage {
        from: Sender {
            phone: phone.map(str::to_owned),
            user_id: Some(user_id.into()),
            profile_name: Some(name.into()),
            ..Sender::default()
        },
        ..ana(wamid, "hola", ago(1))
    }
}

#[tokio::test]
async fn phone_variants_and_later_ids_are_one_customer() {
    let mut shop = Shop::open().await;
    shop.hears(says(text("w1", "5215548217730", "Ana", "hola", ago(5))))
        .await;
    shop.hears(says(text("w2", "525548217730", "Ana", "sigo aquí", ago(4))))
        .await;
    shop.hears(says(by_user_id("w3", Some("5215548217730"), "MX.1", "Ana")))
        .await;
    shop.hears(says(by_user_id("w4", None, "MX.1", "Ana"))).await;
    let row = shop.only().await;
    assert_eq!(shop.thread(row.id).await.len(), 4);
    assert_eq!(shop.view(row.id).await.identities.len(), 2);
}

#[tokio::test]
async fn two_known_people_in_one_message_are_suggested_and_not_joined() {
    let mut shop = Shop::open().await;
    shop.hears(says(text("w1", "5215511111111", "Ana", "hola", ago(5))))
        .await;
    shop.hears(says(by_user_id("w2", None, "MX.1", "Ana G"))).await;
    shop.hears(says(by_user_id("w3", Some("5215511111111"), "MX.1", "Ana G")))
        .await;
    assert_eq!(shop.rows().await.len(), 2);
    let by_phone = shop.contact("Ana").await;
    let suggested = contact::suggestions(&shop.inbox, by_phone).await.unwrap();
    assert_eq!(suggested.len(), 1);
    assert_eq!(
        (suggested[0].name.as_str(), suggested[0].why.as_str()),
        ("Ana G", "One message named both")
    );
    // Who decides reads it in the window's language; customers are written to in the shop's.
    shop.inbox.set_window_language(Language::Pt);
    let suggested = contact::suggestions(&shop.inbox, by_phone).await.unwrap();
    assert_eq!(suggested[0].why, "Uma mensagem trazia os dados de ambos");
    assert_eq!(shop.inbox.language(), Language::En);
}

#[tokio::test]
async fn a_changed_number_stays_the_same_customer() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "hola", ago(5)))).await;
    let changed = Update::NumberChanged {
        line: line(),
        previous: "5215511111111".into(),
        current: "5215599999999".into(),
    };
    shop.hears(vec![changed.clone()]).await;
    shop.hears(says(text(
        "w2",
        "5215599999999",
        "Ana",
        "mi número nuevo",
        ago(1),
    )))
    .await;
    let row = shop.only().await;
    assert_eq!(
        row.phone.as_deref(),
        Some("5215599999999"),
        "the newest number is the one to answer"
    );
    assert_eq!(shop.thread(row.id).await.len(), 2);
}

#[tokio::test]
async fn a_number_that_somebody_writes_from_is_not_taken_from_them() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "hola", ago(5)))).await;
    shop.hears(says(text("w2", "5215599999999", "Ana", "soy yo", ago(4))))
        .await;
    shop.hears(vec![Update::NumberChanged {
        line: line(),
        previous: "5215511111111".into(),
        current: "5215599999999".into(),
    }])
    .await;
    let rows = shop.rows().await;
    assert_eq!(rows.len(), 2);
    let older = shop.view(rows[1].id).await.contact;
    let suggested = contact::suggestions(&shop.inbox, older).await.unwrap();
    assert_eq!(suggested[0].why, "WhatsApp says that the number changed");
}

#[tokio::test]
async fn a_changed_user_id_stays_the_same_customer() {
    let mut shop = Shop::open().await;
    shop.hears(says(by_user_id("w1", None, "MX.1", "Ana"))).await;
    shop.hears(vec![Update::UserIdChanged {
        line: line(),
        previous: Some("MX.1".into()),
        current: "MX.2".into(),
        phone: None,
    }])
    .await;
    shop.hears(says(by_user_id("w2", None, "MX.2", "Ana"))).await;
    let row = shop.only().await;
    assert_eq!(shop.thread(row.id).await.len(), 2);
}

#[tokio::test]
async fn the_phone_books_name_wins_until_it_is_taken_out() {
    let entry = |name: Option<&str>, at: Timestamp| {
        vec![Update::PhoneBook(PhoneBookEntry {
            line: line(),
            phone: Some("5215511111111".into()),
            user_id: None,
            full_name: name.map(str::to_owned),
            first_name: None,
            removed: name.is_none(),
            at,
        })]
    };
    let mut shop = Shop::open().await;
    // The phone book comes before the customer ever writes.
    shop.hears(entry(Some("Ana la de los pasteles"), ago(9))).await;
    assert!(shop.rows().await.is_empty());
    shop.hears(says(ana("w1", "hola", ago(5)))).await;
    assert_eq!(shop.only().await.name, "Ana la de los pasteles");
    let found = conversation::list(&shop.inbox, crate::domain::Tab::All, "pasteles".into(), None)
        .await
        .unwrap();
    assert_eq!(found.rows.len(), 1);
    shop.hears(entry(None, ago(3))).await;
    assert_eq!(shop.only().await.name, "Ana");
    // An older entry that comes late changes nothing.
    shop.hears(entry(Some("Ana G"), ago(4))).await;
    assert_eq!(shop.only().await.name, "Ana");
}

#[tokio::test]
async fn joining_two_and_splitting_them_again_is_as_it_was() {
    let mut shop = Shop::open().await;
    shop.hears(says(text("w1", "5215511111111", "Ana", "uno", ago(9))))
        .await;
    shop.hears(says(text(
        "w2",
        "5215522222222",
        "Ana de la oficina",
        "dos",
        ago(8),
    )))
    .await;
    shop.hears(says(text("w3", "5215511111111", "Ana", "tres", ago(7))))
        .await;
    let (home, office) = (shop.named("Ana").await, shop.named("Ana de la oficina").await);
    let (keep, other) = (
        shop.view(home.id).await.contact,
        shop.view(office.id).await.contact,
    );

    contact::join(&shop.inbox, keep, other).await.unwrap();
    let joined = shop.only().await;
    assert_eq!((joined.id, joined.unread), (home.id, 3));
    assert_eq!(shop.texts(joined.id).await, ["uno", "dos", "tres"]);
    let view = shop.view(joined.id).await;
    assert_eq!(view.identities.len(), 2);
    assert_eq!(view.joined[0].name, "Ana de la oficina");

    // What comes from either from now on is one thread.
    shop.hears(says(text(
        "w4",
        "5215522222222",
        "Ana de la oficina",
        "cuatro",
        ago(1),
    )))
    .await;
    assert_eq!(shop.texts(joined.id).await.len(), 4);

    contact::split(&shop.inbox, keep, other).await.unwrap();
    assert_eq!(shop.rows().await.len(), 2);
    assert_eq!(
        shop.texts(office.id).await,
        ["dos"],
        "exactly what moved moves back"
    );
    assert_eq!(shop.texts(home.id).await, ["uno", "tres", "cuatro"]);
    let phone = Identity {
        kind: IdentityKind::Phone,
        value: "5215522222222".into(),
    };
    assert_eq!(shop.view(office.id).await.identities, [phone]);
    assert!(contact::suggestions(&shop.inbox, keep).await.unwrap().is_empty());
    assert!(contact::split(&shop.inbox, keep, other).await.is_err());
    assert_eq!(shop.count("actions").await, 2, "both are in the audit log");
}

#[tokio::test]
async fn a_charge_goes_along_with_its_customer() {
    let mut shop = Shop::open().await;
    shop.hears(says(text("w1", "5215511111111", "Ana", "uno", ago(9))))
        .await;
    shop.hears(says(text("w2", "5215522222222", "Bea", "dos", ago(8))))
        .await;
    let (ana, bea) = (shop.named("Ana").await.id, shop.named("Bea").await.id);
    let (keep, other) = (shop.view(ana).await.contact, shop.view(bea).await.contact);
    charge_of(&shop, bea).await;
    contact::join(&shop.inbox, keep, other).await.unwrap();
    assert_eq!(shop.view(ana).await.charges.len(), 1);
    contact::split(&shop.inbox, keep, other).await.unwrap();
    assert_eq!(shop.view(ana).await.charges.len(), 0);
    assert_eq!(shop.view(bea).await.charges.len(), 1);
}

async fn charge_of(shop: &Shop, conversation: crate::domain::ConversationId) {
    use crate::domain::{Currency, Money, NewCharge};
    let amount = Money::from_minor(50_000, Currency::from_code("MXN").unwrap()).unwrap();
    let new = NewCharge::new(conversation, amount, "Pastel");
    shop.inbox
        .store
        .write(move |tx| {
            let worked = crate::sale::work_out(tx, crate::Language::En, crate::sale::Asked::from(&new))?;
            crate::store::charges::add(tx, &new, &worked, "", false, Timestamp::now())
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn nobody_is_joined_to_themselves_or_twice() {
    let mut shop = Shop::open().await;
    for (n, phone) in ["5215511111111", "5215522222222", "5215533333333"]
        .into_iter()
        .enumerate()
    {
        let message = InboundMessage {
            from: sender(phone, phone),
            ..ana(&format!("w{n}"), "hola", ago(9))
        };
        shop.hears(says(message)).await;
    }
    let one = shop.contact("5215511111111").await;
    let two = shop.contact("5215522222222").await;
    let three = shop.contact("5215533333333").await;
    assert!(contact::join(&shop.inbox, one, one).await.is_err());
    contact::join(&shop.inbox, one, two).await.unwrap();
    assert!(contact::join(&shop.inbox, three, two).await.is_err());
    contact::join(&shop.inbox, three, one).await.unwrap();
    assert_eq!(shop.rows().await.len(), 1);
    assert!(
        contact::split(&shop.inbox, one, two).await.is_err(),
        "what is part of another one is split from that first"
    );
    contact::split(&shop.inbox, three, one).await.unwrap();
    contact::split(&shop.inbox, one, two).await.unwrap();
    assert_eq!(shop.rows().await.len(), 3);
}

#[tokio::test]
async fn people_of_the_same_full_name_are_suggested_and_first_names_are_not() {
    let mut shop = Shop::open().await;
    let people = [
        ("5215511111111", "Ana Souza"),
        ("5215522222222", "ana souza"),
        ("5215533333333", "Luz"),
        ("5215544444444", "Luz"),
    ];
    for (n, (phone, name)) in people.into_iter().enumerate() {
        shop.hears(says(text(&format!("w{n}"), phone, name, "hola", ago(9))))
            .await;
    }
    let souza = shop.contact("Ana Souza").await;
    let suggested = contact::suggestions(&shop.inbox, souza).await.unwrap();
    assert_eq!(suggested.len(), 1);
    assert_eq!(suggested[0].name, "ana souza");
    let luz = shop.contact("Luz").await;
    assert!(contact::suggestions(&shop.inbox, luz).await.unwrap().is_empty());
}

#[tokio::test]
async fn who_takes_a_released_username_gets_a_thread_of_their_own() {
    let named = |wamid: &str, user_id: &str, name: &str, at: Timestamp| InboundMessage {
        from: Sender {
            username: Some("pasteles".into()),
            ..by_user_id(wamid, None, user_id, name).from
        },
        ..ana(wamid, "hola", at)
    };
    let mut shop = Shop::open().await;
    shop.hears(says(named("w1", "MX.1", "Ana", ago(9)))).await;
    shop.hears(says(named("w2", "MX.2", "Otro", ago(5)))).await;
    let (ana, other) = (shop.named("Ana").await, shop.named("Otro").await);
    assert_eq!(
        (ana.username, other.username.as_deref()),
        (None, Some("pasteles"))
    );
    assert_eq!(shop.thread(ana.id).await.len(), 1);
}

#[tokio::test]
async fn a_recycled_number_is_the_newer_customers() {
    let mut shop = Shop::open().await;
    let at = |message: InboundMessage, at: Timestamp| InboundMessage { at, ..message };
    let phone = Some("5215511111111");
    shop.hears(says(at(by_user_id("w1", phone, "MX.1", "Ana"), ago(9))))
        .await;
    shop.hears(says(at(by_user_id("w2", phone, "MX.2", "Otro"), ago(5))))
        .await;
    let (old, new) = (shop.named("Ana").await, shop.named("Otro").await);
    assert_eq!((old.phone, new.phone.as_deref()), (None, phone));
    // What is known by the number alone goes by its time.
    shop.hears(says(text("w3", "5215511111111", "Otro", "soy nuevo", ago(2))))
        .await;
    shop.hears(says(text("w4", "5215511111111", "Ana", "antes", ago(12))))
        .await;
    assert_eq!(shop.texts(new.id).await, ["hola", "soy nuevo"]);
    assert_eq!(shop.texts(old.id).await, ["antes", "hola"]);
}

#[tokio::test]
async fn a_given_up_number_no_longer_names_its_last_owner() {
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "hola", ago(9)))).await;
    let changed = Update::NumberChanged {
        line: line(),
        previous: "5215511111111".into(),
        current: "5215599999999".into(),
    };
    shop.hears(vec![changed.clone()]).await;
    let later = Timestamp::now().plus(std::time::Duration::from_mins(1));
    shop.hears(says(text("w2", "5215511111111", "Otro", "quién es", later)))
        .await;
    // WhatsApp repeats itself.
    shop.hears(vec![changed]).await;
    let (ana, other) = (shop.named("Ana").await, shop.named("Otro").await);
    assert_eq!(ana.phone.as_deref(), Some("5215599999999"));
    assert_eq!(other.phone.as_deref(), Some("5215511111111"));
    // The history's older messages are hers.
    shop.hears(says(text("w3", "5215511111111", "Ana", "antes", ago(30))))
        .await;
    assert_eq!(shop.texts(ana.id).await, ["antes", "hola"]);
}

#[tokio::test]
async fn history_does_not_make_an_old_number_the_one_to_answer() {
    let mut shop = Shop::open().await;
    shop.hears(says(by_user_id("w1", Some("5215522222222"), "MX.1", "Ana")))
        .await;
    let before = InboundMessage {
        at: ago(60 * 24 * 40),
        ..by_user_id("w0", Some("5215511111111"), "MX.1", "Ana")
    };
    shop.hears(vec![super::shop::old(before, false, None)]).await;
    assert_eq!(shop.only().await.phone.as_deref(), Some("5215522222222"));
}

#[tokio::test]
async fn the_phone_books_newest_word_counts_though_it_changes_nothing() {
    let entry = |name: &str, at: Timestamp| {
        vec![Update::PhoneBook(PhoneBookEntry {
            line: line(),
            phone: Some("5215511111111".into()),
            user_id: None,
            full_name: Some(name.into()),
            first_name: None,
            removed: false,
            at,
        })]
    };
    let mut shop = Shop::open().await;
    shop.hears(says(ana("w1", "hola", ago(9)))).await;
    shop.hears(entry("Ana", ago(8))).await;
    shop.hears(entry("Ana", ago(3))).await;
    shop.hears(entry("Bea", ago(5))).await;
    assert_eq!(shop.only().await.name, "Ana");
}

#[tokio::test]
async fn what_was_learned_and_what_came_since_go_to_the_right_side_of_a_split() {
    let mut shop = Shop::open().await;
    let on_other_line = |message: InboundMessage| InboundMessage {
        line: cobro_whatsapp::webhook::LineRef {
            phone_number_id: Some("2".into()),
            ..line()
        },
        ..message
    };
    shop.hears(says(text("w1", "5215511111111", "Ana", "uno", ago(9))))
        .await;
    shop.hears(says(on_other_line(text(
        "w2",
        "5215522222222",
        "Bea",
        "dos",
        ago(8),
    ))))
    .await;
    let (keep, other) = (shop.contact("Ana").await, shop.contact("Bea").await);
    contact::join(&shop.inbox, keep, other).await.unwrap();
    // Bea's user id is learned by her number, and Ana writes into Bea's thread.
    shop.hears(says(by_user_id("w3", Some("5215522222222"), "MX.2", "Bea")))
        .await;
    shop.hears(says(on_other_line(text(
        "w4",
        "5215511111111",
        "Ana",
        "tres",
        ago(1),
    ))))
    .await;
    contact::split(&shop.inbox, keep, other).await.unwrap();

    let rows = shop.rows().await;
    let mut threads = Vec::new();
    for row in rows {
        threads.push((shop.view(row.id).await.contact, shop.texts(row.id).await));
    }
    threads.sort_by(|one, two| one.1.cmp(&two.1));
    let of = |contact, texts: &[&str]| (contact, texts.iter().map(|text| (*text).to_owned()).collect());
    assert_eq!(
        threads,
        [
            of(other, &["dos"]),
            of(keep, &["tres"]),
            of(keep, &["uno", "hola"])
        ]
    );
    let by_user_id = Identity {
        kind: IdentityKind::UserId,
        value: "MX.2".into(),
    };
    let whose = shop
        .inbox
        .store
        .read(move |conn| crate::store::contacts::contact_of(conn, &by_user_id))
        .await
        .unwrap();
    assert_eq!(whose, Some(other));
}
