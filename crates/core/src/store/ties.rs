//! Payments that a person tied to a conversation, and whose they may be.

use std::time::Duration;

use cobro_whatsapp::identity::phone_match_key;
use rusqlite::{Connection, OptionalExtension, named_params, params};

use super::columns::At;
use crate::Result;
use crate::domain::{BookLine, ChargeId, ConversationId, Fulfilment, Money, Timestamp};

/// A charge may be paid this long after it was asked for.
const ASKED_BEFORE: Duration = Duration::from_hours(45 * 24);

/// Stripe tells whole seconds, by its own clock.
const CLOCKS: Duration = Duration::from_mins(5);

/// What is known of who paid.
pub(crate) struct Payer {
    pub amount: Option<Money>,
    pub at: Timestamp,
    pub name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    livemode: bool,
}

/// A conversation that may be theirs, and what speaks for it.
pub(crate) struct Candidate {
    pub conversation: ConversationId,
    pub name: String,
    /// A charge of the same amount that is not paid.
    pub charge: Option<ChargeId>,
    pub phone: bool,
    pub email: bool,
    pub near: bool,
}

pub(crate) struct Tie {
    pub charge: ChargeId,
    pub made: bool,
}

/// Returns what Stripe's objects of one payment say of its payer.
pub(crate) fn payer(conn: &Connection, run: i64, line: &BookLine) -> Result<Payer> {
    let (name, email, phone) = conn
        .prepare_cached(
            "SELECT max(name), max(email), max(phone) FROM book_objects
             WHERE run = ?1 AND (id = ?2 OR payment_intent = ?3)",
        )?
        .query_row(params![run, line.id, line.payment_intent], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    let livemode = conn.query_row(
        "SELECT livemode FROM reconciliations WHERE n = ?1",
        params![run],
        |row| row.get(0),
    )?;
    Ok(Payer {
        amount: line.amount,
        at: line.at,
        name,
        email,
        phone,
        livemode,
    })
}

/// Returns the conversations for which anything speaks: a phone number, an e-mail address that
/// was written in it, a charge of the same amount that waits, or words at the time of the payment.
pub(crate) fn candidates(conn: &Connection, payer: &Payer, near: Duration) -> Result<Vec<Candidate>> {
    let phone = payer
        .phone
        .as_deref()
        .map(phone_match_key)
        .filter(|key| !key.is_empty());
    let email = payer
        .email
        .as_deref()
        .map(|email| email.trim().to_lowercase())
        .filter(|email| email.contains('@'));
    let mut statement = conn.prepare_cached(
        "WITH asked AS (
             SELECT conversation_id, max(created_at) AS at FROM charges
             WHERE amount_minor = :minor AND currency = :currency AND livemode = :live AND paid_at IS NULL
               AND created_at <= :until AND created_at >= :since
             GROUP BY conversation_id),
         said (id) AS (
             SELECT DISTINCT m.conversation_id FROM messages m
             JOIN conversations c ON c.id = m.conversation_id
             WHERE :email IS NOT NULL AND c.last_at >= :since AND instr(lower(m.text), :email) > 0),
         likely (id) AS (
             SELECT conversation_id FROM asked
             UNION SELECT c.id FROM conversations c JOIN identities i ON i.contact_id = c.contact_id
                   WHERE i.kind = 'phone' AND i.match_key = :phone
             UNION SELECT id FROM said
             UNION SELECT id FROM conversations WHERE last_inbound_at BETWEEN :near_from AND :near_to)
         SELECT c.id, coalesce(nullif(k.book_name, ''), k.name) AS name,
                (SELECT value FROM identities WHERE contact_id = k.id AND kind = 'phone' LIMIT 1) AS number,
                (SELECT h.id FROM charges h JOIN asked a ON a.conversation_id = h.conversation_id AND a.at = h.created_at
                 WHERE h.conversation_id = c.id AND h.amount_minor = :minor AND h.currency = :currency
                   AND h.paid_at IS NULL LIMIT 1) AS charge_id,
                EXISTS (SELECT 1 FROM identities i WHERE i.contact_id = k.id AND i.kind = 'phone'
                        AND i.match_key = :phone) AS phone,
                c.id IN (SELECT id FROM said) AS email,
                coalesce(c.last_inbound_at BETWEEN :near_from AND :near_to, 0) AS near
         FROM conversations c JOIN contacts k ON k.id = c.contact_id
         WHERE c.id IN (SELECT id FROM likely)
         ORDER BY abs(c.last_at - :at) LIMIT 40",
    )?;
    let found = statement
        .query_map(
            named_params! {
                ":minor": payer.amount.map(Money::minor),
                ":currency": payer.amount.map(|amount| amount.currency().code().to_owned()),
                ":live": payer.livemode,
                ":at": At(payer.at),
                ":until": At(payer.at.plus(CLOCKS)),
                ":since": At(payer.at.minus(ASKED_BEFORE)),
                ":email": email,
                ":phone": phone,
                ":near_from": At(payer.at.minus(near)),
                ":near_to": At(payer.at.plus(near)),
            },
            |row| {
                let name: String = row.get("name")?;
                let number: Option<String> = row.get("number")?;
                Ok(Candidate {
                    conversation: row.get("id")?,
                    name: if name.is_empty() {
                        super::conversations::name_of(number.as_deref(), None, None)
                    } else {
                        name
                    },
                    charge: row.get("charge_id")?,
                    phone: row.get("phone")?,
                    email: row.get("email")?,
                    near: row.get("near")?,
                })
            },
        )?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

pub(crate) fn find(conn: &Connection, intent: &str) -> Result<Option<Tie>> {
    Ok(conn
        .prepare_cached("SELECT charge_id, made FROM ties WHERE payment_intent = ?1")?
        .query_row(params![intent], |row| {
            Ok(Tie {
                charge: row.get(0)?,
                made: row.get(1)?,
            })
        })
        .optional()?)
}

/// Gives the payment its charge.
pub(crate) fn add(
    conn: &Connection,
    intent: &str,
    charge: ChargeId,
    made: bool,
    now: Timestamp,
) -> Result<()> {
    conn.execute(
        "INSERT INTO ties (payment_intent, charge_id, made, at) VALUES (?1, ?2, ?3, ?4)",
        params![intent, charge, made, At(now)],
    )?;
    conn.execute(
        "UPDATE payments SET charge_id = ?2 WHERE payment_intent = ?1",
        params![intent, charge],
    )?;
    Ok(())
}

/// Takes the payment from its charge.
pub(crate) fn remove(conn: &Connection, intent: &str) -> Result<()> {
    conn.execute("DELETE FROM ties WHERE payment_intent = ?1", params![intent])?;
    conn.execute(
        "UPDATE payments SET charge_id = NULL WHERE payment_intent = ?1",
        params![intent],
    )?;
    Ok(())
}

/// Adds a charge for money that came without one. It has no link, and none is made.
pub(crate) fn add_charge(
    conn: &Connection,
    id: ChargeId,
    conversation: ConversationId,
    amount: Money,
    description: &str,
    livemode: bool,
    now: Timestamp,
) -> Result<()> {
    conn.execute(
        "INSERT INTO charges
             (id, conversation_id, amount_minor, currency, description, message_text, single_use, payment, creation,
              wanted_at, creation_next_at, creation_attempts, idempotency_key, livemode, closing_next_at, created_at, seller_id)
         VALUES (:id, :conversation, :minor, :currency, :description, '', 1, 'draft', 'done', :now, :now, 0, :key,
              :live, 0, :now, (SELECT assignee_id FROM conversations WHERE id = :conversation))",
        named_params! {
            ":id": id,
            ":conversation": conversation,
            ":minor": amount.minor(),
            ":currency": amount.currency().code(),
            ":description": description,
            ":key": format!("cobro-tied-{id}"),
            ":live": livemode,
            ":now": At(now),
        },
    )?;
    conn.execute(
        "INSERT INTO charge_lines (charge_id, position, name, options, unit_minor, quantity, note)
         VALUES (?1, 0, ?2, '[]', ?3, 1, '')",
        params![id, description, amount.minor()],
    )?;
    Ok(())
}

/// Takes out a charge that was made for a tie and that nothing else stands on.
pub(crate) fn remove_charge(conn: &Connection, id: ChargeId) -> Result<()> {
    conn.execute("DELETE FROM notices WHERE charge_id = ?1", params![id])?;
    conn.execute("DELETE FROM charge_lines WHERE charge_id = ?1", params![id])?;
    conn.execute(
        "UPDATE refunds SET state = 'stopped' WHERE charge_id = ?1 AND state = 'wanted'",
        params![id],
    )?;
    conn.execute(
        "DELETE FROM charges WHERE id = ?1 AND link_id IS NULL AND product_link IS NULL",
        params![id],
    )?;
    Ok(())
}

/// Gives a charge's order back the place that it had.
pub(crate) fn keep_order(
    conn: &Connection,
    id: ChargeId,
    fulfilment: Option<Fulfilment>,
    at: Option<Timestamp>,
) -> Result<()> {
    conn.execute(
        "UPDATE charges SET fulfilment = ?2, fulfilment_at = ?3 WHERE id = ?1",
        params![id, fulfilment, at.map(At)],
    )?;
    Ok(())
}

/// Forgets that a charge was paid; what its other payments say is written after this.
pub(crate) fn unpay(conn: &Connection, id: ChargeId) -> Result<()> {
    conn.execute(
        "UPDATE charges SET paid_at = NULL, fulfilment = NULL, fulfilment_at = NULL WHERE id = ?1",
        params![id],
    )?;
    Ok(())
}
