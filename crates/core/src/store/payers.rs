//! Who pays, as Stripe knows them: one customer for each conversation, in each account.

use std::collections::BTreeMap;

use rusqlite::{Connection, named_params, params};
use uuid::Uuid;

use super::columns::{At, at};
use super::overview;
use super::syncing::Account;
use crate::Result;
use crate::domain::{ContactId, ConversationId, Currency, Money, Timestamp};

/// A conversation's customer at Stripe, made or still to be made.
#[derive(Debug, Clone)]
pub(crate) struct Payer {
    /// By which the customer is found again at Stripe: no other conversation's has the same.
    pub mark: String,
    pub idempotency_key: String,
    pub asked_at: Timestamp,
    /// As Stripe was told, whatever it is called now.
    pub name: String,
    pub told_conversation: String,
    pub customer: Option<String>,
}

impl Payer {
    /// Returns whether another key failed before this one.
    pub(crate) fn is_asked_again(&self) -> bool {
        self.idempotency_key != key_of(&self.mark)
    }
}

/// Returns the conversation's payer; one that was never asked for in this account is begun, with its key.
pub(crate) fn begin(
    conn: &Connection,
    conversation: ConversationId,
    here: &Account,
    name: &str,
    now: Timestamp,
) -> Result<Payer> {
    conn.prepare_cached(
        "DELETE FROM payers
         WHERE conversation_id = :conversation AND livemode = :livemode AND stripe_account <> :account",
    )?
    .execute(
        named_params! { ":conversation": conversation, ":livemode": here.livemode, ":account": here.id },
    )?;
    let mark = Uuid::now_v7().to_string();
    conn.prepare_cached(
        "INSERT INTO payers
             (conversation_id, livemode, stripe_account, mark, idempotency_key, asked_at, told_conversation, name)
         VALUES (:conversation, :livemode, :account, :mark, :key, :now, :told, :name)
         ON CONFLICT DO UPDATE SET stripe_account = coalesce(stripe_account, :account)",
    )?
    .execute(named_params! {
        ":conversation": conversation, ":livemode": here.livemode, ":account": here.id, ":mark": mark,
        ":key": key_of(&mark), ":now": At(now), ":told": conversation.to_string(), ":name": name,
    })?;
    Ok(conn
        .prepare_cached(
            "SELECT mark, idempotency_key, asked_at, name, told_conversation, customer
             FROM payers WHERE conversation_id = ?1 AND livemode = ?2",
        )?
        .query_row(params![conversation, here.livemode], |row| {
            Ok(Payer {
                mark: row.get("mark")?,
                idempotency_key: row.get("idempotency_key")?,
                asked_at: at(row, "asked_at")?,
                name: row.get("name")?,
                told_conversation: row.get("told_conversation")?,
                customer: row.get("customer")?,
            })
        })?)
}

fn key_of(mark: &str) -> String {
    format!("cobro-payer-{mark}")
}

/// Gives a payer another key: Stripe repeats a stored failure under the old one.
pub(crate) fn change_key(conn: &Connection, mark: &str) -> Result<()> {
    let key = format!("{}-{}", key_of(mark), Uuid::now_v7());
    conn.prepare_cached("UPDATE payers SET idempotency_key = ?2 WHERE mark = ?1 AND customer IS NULL")?
        .execute(params![mark, key])?;
    Ok(())
}

/// Forgets a customer that is at Stripe no more: the next charge makes another.
pub(crate) fn forget(conn: &Connection, customer: &str) -> Result<()> {
    conn.prepare_cached("DELETE FROM payers WHERE customer = ?1")?
        .execute(params![customer])?;
    Ok(())
}

/// Makes a joined conversation's payer that of the one that it went into, unless that has one. At Stripe both stay.
pub(crate) fn move_to(conn: &Connection, from: ConversationId, into: ConversationId) -> Result<()> {
    conn.prepare_cached("UPDATE OR IGNORE payers SET conversation_id = ?2 WHERE conversation_id = ?1")?
        .execute(params![from, into])?;
    conn.prepare_cached("DELETE FROM payers WHERE conversation_id = ?1")?
        .execute(params![from])?;
    Ok(())
}

/// Writes which customer it is, whichever conversation has the payer by now.
pub(crate) fn found(conn: &Connection, mark: &str, customer: &str) -> Result<()> {
    conn.prepare_cached("UPDATE payers SET customer = ?2 WHERE mark = ?1")?
        .execute(params![mark, customer])?;
    Ok(())
}

/// Writes what Stripe holds of a customer, by currency, as it said when it was asked at `asked_at`.
pub(crate) fn hold(
    conn: &Connection,
    customer: &str,
    held: &BTreeMap<String, i64>,
    asked_at: Timestamp,
) -> Result<()> {
    let held = serde_json::to_string(held).map_err(anyhow::Error::new)?;
    conn.prepare_cached(
        "UPDATE payers SET held = :held, held_at = :asked_at
         WHERE customer = :customer AND (held_at IS NULL OR held_at <= :asked_at)",
    )?
    .execute(named_params! { ":customer": customer, ":held": held, ":asked_at": At(asked_at) })?;
    Ok(())
}

/// Returns what Stripe holds of a contact, over all their conversations: it pays their next transfers.
///
/// Once there is real money, what was played with before is none of it.
pub(crate) fn held_of(conn: &Connection, contact: ContactId) -> Result<Vec<Money>> {
    let mut statement = conn.prepare_cached(
        "SELECT upper(h.key), sum(h.value)
         FROM payers p
         JOIN conversations c ON c.id = p.conversation_id
         JOIN json_each(p.held) h
         WHERE c.contact_id = ?1 AND p.livemode = ?2 AND h.value > 0
         GROUP BY 1 ORDER BY 1",
    )?;
    let live = overview::which(conn, None)?;
    let rows = statement.query_map(params![contact, live], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))
    })?;
    let mut held = Vec::new();
    for row in rows {
        let (code, minor) = row?;
        held.extend(Currency::from_code(&code).and_then(|code| Money::from_minor(minor, code)));
    }
    Ok(held)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::open_for_tests;

    fn at_home(id: &str) -> Account {
        Account {
            livemode: false,
            id: Some(id.into()),
        }
    }

    #[tokio::test]
    async fn a_payer_is_one_persons_whatever_becomes_of_the_conversation() {
        let (store, _folder) = open_for_tests().await;
        store
            .write(|tx| {
                story(tx);
                Ok(())
            })
            .await
            .unwrap();
    }

    fn story(conn: &Connection) {
        let (ana, ben) = (ConversationId::new(), ConversationId::new());
        let here = at_home("acct_1");
        let begun = |conversation| begin(conn, conversation, &here, "Ana", Timestamp::now()).unwrap();
        let first = begun(ana);
        assert_eq!(
            begun(ana).idempotency_key,
            first.idempotency_key,
            "until the answer is known"
        );
        assert!(!first.is_asked_again());
        change_key(conn, &first.mark).unwrap();
        let again = begun(ana);
        assert!(again.is_asked_again() && again.mark == first.mark);
        move_to(conn, ana, ben).unwrap();
        found(conn, &first.mark, "cus_1").unwrap();
        let moved = begun(ben);
        assert_eq!(
            moved.customer.as_deref(),
            Some("cus_1"),
            "answered while it moved"
        );
        assert_eq!(moved.told_conversation, ana.to_string());
        let apart = begun(ana);
        assert!(
            apart.customer.is_none() && apart.mark != first.mark,
            "split again"
        );
        let elsewhere = begin(conn, ben, &at_home("acct_2"), "Ben", Timestamp::now()).unwrap();
        assert_eq!(elsewhere.customer, None, "another account has no such customer");
        found(conn, &elsewhere.mark, "cus_2").unwrap();
        forget(conn, "cus_2").unwrap();
        let made = begin(conn, ben, &at_home("acct_2"), "Ben", Timestamp::now()).unwrap();
        assert!(made.customer.is_none() && made.idempotency_key != elsewhere.idempotency_key);
    }
}
