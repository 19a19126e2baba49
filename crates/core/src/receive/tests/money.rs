//! Money beside the conversations: joined, erased, reminded of, and read twice.

use rusqlite::params;

use super::shop::{Shop, ago, says, text};
use crate::domain::{
    ChargeId, ConversationId, Currency, Delivery, Direction, MessageId, MessageKind, Money, NewCharge,
    Origin, PaymentRecord, PaymentStatus, QuotationId, ReminderPolicy, Timestamp,
};
use crate::sale::{Asked, work_out};
use crate::store::columns::At;
use crate::store::messages::NewMessage;
use crate::store::{charges, hints, messages, outbox, payments, quotations, reminders};
use crate::{Language, contact, customer};

pub(super) fn mxn(minor: i64) -> Money {
    Money::from_minor(minor, Currency::from_code("MXN").unwrap()).unwrap()
}

async fn ana_and_bea() -> (Shop, ConversationId, ConversationId) {
    let mut shop = Shop::open().await;
    shop.hears(says(text("w1", "5215511111111", "Ana", "uno", ago(9))))
        .await;
    shop.hears(says(text("w2", "5215522222222", "Bea", "dos", ago(8))))
        .await;
    let (ana, bea) = (shop.named("Ana").await.id, shop.named("Bea").await.id);
    (shop, ana, bea)
}

async fn charged(shop: &Shop, conversation: ConversationId) -> ChargeId {
    charged_at(shop, conversation, mxn(500_00), Timestamp::now()).await
}

pub(super) async fn charged_at(
    shop: &Shop,
    conversation: ConversationId,
    amount: Money,
    at: Timestamp,
) -> ChargeId {
    let new = NewCharge::new(conversation, amount, "Pastel");
    let id = new.id;
    shop.inbox
        .store
        .write(move |tx| {
            let worked = work_out(tx, Language::En, Asked::from(&new))?;
            charges::add(tx, &new, &worked, "Para Ana", false, at)
        })
        .await
        .unwrap();
    id
}

/// A proposal and a dismissed one, as the assistant leaves them.
async fn proposed(shop: &Shop, conversation: ConversationId) {
    shop.inbox
        .store
        .write(move |tx| {
            tx.execute(
                "INSERT INTO proposals (conversation_id, charge_id, kind, proposal, fingerprint, basis)
                 VALUES (?1, ?2, 'reply', '{\"said\": \"quiero un pastel\"}', 'f', 1)",
                params![conversation, ChargeId::new()],
            )?;
            tx.execute(
                "INSERT INTO dismissed_proposals (conversation_id, evidence, at) VALUES (?1, 'm', 1)",
                params![conversation],
            )?;
            Ok(())
        })
        .await
        .unwrap();
}

pub(super) fn paid(charge: ChargeId, minor: i64, verified_at: Timestamp) -> PaymentRecord {
    PaymentRecord {
        payment_intent: "pi_1".into(),
        stripe_charge: Some("ch_1".into()),
        checkout_session: None,
        charge: Some(charge),
        status: PaymentStatus::Succeeded,
        amount: mxn(minor),
        refunded_minor: 0,
        disputed: false,
        fee: None,
        net_minor: None,
        method: None,
        failure: None,
        voucher_until: None,
        voucher_url: None,
        funded_minor: 0,
        livemode: false,
        paid_at: Some(verified_at),
        verified_at,
        asked_minor: None,
        collected: None,
        invoice: None,
    }
}

#[tokio::test]
async fn customers_with_proposals_are_joined_and_erased() {
    let (shop, ana, bea) = ana_and_bea().await;
    proposed(&shop, ana).await;
    proposed(&shop, bea).await;
    let (keep, other) = (shop.view(ana).await.contact, shop.view(bea).await.contact);
    contact::join(&shop.inbox, keep, other).await.unwrap();
    assert_eq!(shop.count("proposals").await, 1, "what was proposed to Ana stays");

    customer::erase(&shop.inbox, keep, "Ana".into()).await.unwrap();
    assert_eq!(shop.count("proposals").await, 0);
    assert_eq!(shop.count("dismissed_proposals").await, 0);
}

#[tokio::test]
async fn an_offer_goes_along_with_its_customer_and_back() {
    let (shop, ana, bea) = ana_and_bea().await;
    let id = QuotationId::new();
    let message = shop.thread(bea).await[0].id;
    shop.inbox
        .store
        .write(move |tx| {
            let request = NewCharge::new(bea, mxn(500_00), "Pastel");
            quotations::add(tx, id, &request, message, Timestamp::now())
        })
        .await
        .unwrap();
    let of = || async {
        let request = shop
            .inbox
            .store
            .read(move |conn| quotations::request(conn, id))
            .await;
        request.unwrap().conversation
    };
    let (keep, other) = (shop.view(ana).await.contact, shop.view(bea).await.contact);
    contact::join(&shop.inbox, keep, other).await.unwrap();
    assert_eq!(of().await, ana, "it is charged where it is now");
    contact::split(&shop.inbox, keep, other).await.unwrap();
    assert_eq!(of().await, bea);
}

#[tokio::test]
async fn what_a_pay_page_asked_for_is_erased_and_not_learned_again() {
    let (shop, ana, _) = ana_and_bea().await;
    let charge = charged(&shop, ana).await;
    shop.inbox
        .store
        .write(move |tx| {
            payments::save(tx, &paid(charge, 500_00, Timestamp::now()), r#"{"name": "Ana Souza"}"#)?;
            tx.execute_batch(
                "UPDATE payments SET collected = '{\"name\": \"Ana Souza\"}', voucher_url = 'https://pay.test/v';
                 INSERT INTO reconciliations (n, id, since, until, livemode, state, stage, reads, objects, unreadable,
                                              repaired, skipped, started_at)
                 VALUES (1, x'01', 0, 1, 0, 'done', 0, 0, 0, 0, 0, '[]', 0);
                 INSERT INTO book_objects (run, shelf, id, at, amount_minor, status, fee_minor, net_minor,
                                           payment_intent, refunded_minor, disputed, name, email, phone)
                 VALUES (1, 'charge', 'ch_1', 0, 1, 'succeeded', 0, 0, 'pi_1', 0, 0, 'Ana Souza', 'a@b.test', '55');",
            )?;
            Ok(())
        })
        .await
        .unwrap();
    let contact = shop.view(ana).await.contact;
    customer::erase(&shop.inbox, contact, "Ana".into()).await.unwrap();
    let (left, erased) = shop
        .inbox
        .store
        .read(move |conn| {
            let left: i64 = conn.query_row(
                "SELECT (SELECT count(*) FROM payments WHERE collected IS NOT NULL OR raw <> '{}' OR voucher_url IS NOT NULL)
                      + (SELECT count(*) FROM book_objects WHERE name IS NOT NULL OR email IS NOT NULL OR phone IS NOT NULL)",
                [],
                |row| row.get(0),
            )?;
            Ok((left, charges::is_of_erased(conn, charge)?))
        })
        .await
        .unwrap();
    assert_eq!((left, erased), (0, true));
}

#[tokio::test]
async fn an_old_answer_does_not_undo_a_newer_one() {
    let (shop, ana, _) = ana_and_bea().await;
    let charge = charged(&shop, ana).await;
    let (early, late) = (ago(5), ago(1));
    let (refunded, saved) = shop
        .inbox
        .store
        .write(move |tx| {
            let refunded = PaymentRecord {
                refunded_minor: 200_00,
                ..paid(charge, 500_00, late)
            };
            assert!(payments::save(tx, &refunded, "{}")?.unwrap().is_news);
            let saved = payments::save(tx, &paid(charge, 500_00, early), "{}")?;
            Ok((payments::find(tx, "pi_1")?.unwrap().refunded_minor, saved))
        })
        .await
        .unwrap();
    assert_eq!((refunded, saved), (200_00, None));
    // A clock that was ahead must not shut Stripe up.
    let healed = shop
        .inbox
        .store
        .write(move |tx| {
            let ahead = Timestamp::now().plus(std::time::Duration::from_hours(9000));
            tx.execute("UPDATE payments SET verified_at = ?1", params![At(ahead)])?;
            payments::save(tx, &paid(charge, 500_00, Timestamp::now()), "{}")
        })
        .await
        .unwrap();
    assert!(healed.is_some());
}

#[tokio::test]
async fn one_charge_is_issued_again_once() {
    let (shop, ana, _) = ana_and_bea().await;
    let (old, one, two) = (
        charged(&shop, ana).await,
        charged(&shop, ana).await,
        charged(&shop, ana).await,
    );
    let second = shop
        .inbox
        .store
        .write(move |tx| {
            charges::replace(tx, old, one)?;
            charges::replace(tx, old, two)
        })
        .await;
    assert!(second.is_err(), "the database itself refuses a second");
}

#[tokio::test]
async fn those_whom_nobody_can_remind_do_not_stand_in_the_way() {
    let (shop, ana, bea) = ana_and_bea().await;
    // Ana has not written for long, and there is no template; Bea has.
    let day = std::time::Duration::from_hours(24);
    shop.inbox
        .store
        .write(move |tx| {
            tx.execute(
                "UPDATE conversations SET last_inbound_at = ?2 WHERE id = ?1",
                params![ana, At(Timestamp::now().minus(day * 3))],
            )?;
            for n in 0..120_u32 {
                let opened = Timestamp::now()
                    .minus(day)
                    .plus(std::time::Duration::from_secs(u64::from(n)));
                open_charge(tx, ana, n, opened)?;
            }
            open_charge(tx, bea, 200, Timestamp::now().minus(day / 2))
        })
        .await
        .unwrap();
    let due = shop
        .inbox
        .store
        .read(|conn| {
            let policy = ReminderPolicy {
                on: true,
                by_template: true,
                ..ReminderPolicy::default()
            };
            crate::remind::due_now(conn, Language::En, policy, false, Timestamp::now())
        })
        .await
        .unwrap();
    assert_eq!(due.len(), 1);
    let page = shop
        .inbox
        .store
        .read(|conn| {
            let now = Timestamp::now();
            let long_ago = now.minus(std::time::Duration::from_hours(500));
            reminders::due(
                conn,
                false,
                std::time::Duration::from_hours(4),
                2,
                long_ago,
                now,
                None,
            )
        })
        .await
        .unwrap();
    assert_eq!(page.len(), 50, "page by page");
}

/// An open charge whose link is on the customer's phone.
fn open_charge(
    tx: &rusqlite::Transaction<'_>,
    conversation: ConversationId,
    n: u32,
    opened: Timestamp,
) -> crate::Result<()> {
    let new = NewCharge::new(conversation, mxn(500_00), "Pastel");
    let worked = work_out(tx, Language::En, Asked::from(&new))?;
    charges::add(tx, &new, &worked, "", false, opened)?;
    let message = MessageId::new();
    let sent = NewMessage {
        id: message,
        conversation,
        wamid: None,
        direction: Direction::Out,
        origin: Origin::Desk,
        kind: MessageKind::PayButton,
        text: "",
        at: opened,
        delivery: Some(Delivery::Delivered),
        charge: Some(new.id),
        retry_of: None,
        media_name: None,
        envelope: None,
    };
    messages::add(tx, &sent)?;
    tx.execute(
        "UPDATE charges SET payment = 'open', creation = 'done', opened_at = ?2, message_id = ?3, link_id = ?4,
                link_url = 'https://buy.test/1' WHERE id = ?1",
        params![new.id, At(opened), message, format!("plink_{n}")],
    )?;
    Ok(())
}

#[tokio::test]
async fn a_charges_link_is_looked_for_in_the_outbox_and_not_in_all_messages() {
    let shop = Shop::open().await;
    let plans = shop
        .inbox
        .store
        .read(|conn| {
            let mut plans = Vec::new();
            for sql in [outbox::WITHDRAW_LINKS, outbox::WAITING_LINK] {
                let mut statement = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
                let lines = statement.query_map([ChargeId::new()], |row| row.get::<_, String>("detail"))?;
                plans.extend(lines.collect::<Result<Vec<_>, _>>()?);
            }
            Ok(plans)
        })
        .await
        .unwrap();
    assert!(plans.iter().any(|line| line.contains("SEARCH m")), "{plans:?}");
    assert!(!plans.iter().any(|line| line.starts_with("SCAN m")), "{plans:?}");
}

#[tokio::test]
async fn a_hint_that_is_put_off_counts_its_tries() {
    let shop = Shop::open().await;
    let (before, due) = shop
        .inbox
        .store
        .write(|tx| {
            let now = Timestamp::now();
            hints::add(tx, "payment_intent", "pi_1", now)?;
            let hint = hints::due(tx, now)?.unwrap();
            hints::postpone(tx, &hint, now)?;
            Ok((hint.attempts, hints::due(tx, now)?.unwrap().attempts))
        })
        .await
        .unwrap();
    assert_eq!((before, due), (0, 1));
}

#[tokio::test]
async fn a_key_that_failed_is_changed_before_the_next_call() {
    let (shop, ana, _) = ana_and_bea().await;
    let id = charged(&shop, ana).await;
    let (before, after) = shop
        .inbox
        .store
        .write(move |tx| {
            let before = charges::to_create(tx, id)?.unwrap().idempotency_key;
            charges::change_key(tx, id)?;
            Ok((before, charges::to_create(tx, id)?.unwrap().idempotency_key))
        })
        .await
        .unwrap();
    assert_eq!(before, charges::first_key(id));
    assert!(after.starts_with(&before) && after != before);
}
