//! What the assistant proposes, what was dismissed, and what it reads.

use cobro_whatsapp::Content;
use rusqlite::{Connection, OptionalExtension, named_params, params};

use super::columns::{At, Kind, at, from_json, maybe_at};
use crate::Result;
use crate::domain::{
    ChargeId, ChosenOption, ConversationId, Direction, MessageId, MessageKind, Origin, Payment, ProductId,
    Proposal, Timestamp,
};

/// How much of a conversation is read.
const NEWEST: i64 = 200;

/// A message as far as the assistant reads it.
pub(crate) struct Said {
    pub n: i64,
    pub id: MessageId,
    pub direction: Direction,
    pub origin: Origin,
    pub kind: MessageKind,
    pub text: String,
    pub content: Option<Content>,
    pub forwarded: bool,
    pub at: Timestamp,
    is_link: bool,
    is_gone: bool,
}

impl Said {
    /// Returns whether it is part of what two people say: no link of ours, and nothing that was taken back.
    pub(crate) fn is_heard(&self) -> bool {
        let is_talk = !matches!(
            self.kind,
            MessageKind::System
                | MessageKind::Reaction
                | MessageKind::Edit
                | MessageKind::Revoke
                | MessageKind::Call
                | MessageKind::Sticker
        );
        is_talk && !self.is_gone && !self.is_link
    }
}

/// Returns the newest messages, newest first.
pub(crate) fn newest_words(conn: &Connection, id: ConversationId) -> Result<Vec<Said>> {
    let mut statement = conn.prepare_cached(
        "SELECT n, id, direction, origin, kind, text, content, forwarded, charge_id, revoked_at, at FROM messages
         WHERE conversation_id = :id ORDER BY at DESC, n DESC LIMIT :newest",
    )?;
    let said = statement
        .query_map(named_params! { ":id": id, ":newest": NEWEST }, |row| {
            let content: Option<String> = row.get("content")?;
            Ok(Said {
                n: row.get("n")?,
                id: row.get("id")?,
                direction: row.get("direction")?,
                origin: row.get("origin")?,
                kind: row.get::<_, Kind>("kind")?.0,
                text: row.get("text")?,
                content: content.and_then(|content| serde_json::from_str(&content).ok()),
                forwarded: row.get::<_, i64>("forwarded")? > 0,
                at: at(row, "at")?,
                is_link: row.get::<_, Option<ChargeId>>("charge_id")?.is_some(),
                is_gone: maybe_at(row, "revoked_at")?.is_some(),
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(said)
}

/// A charge as far as the assistant must know it.
pub(crate) struct KnownCharge {
    pub total_minor: i64,
    pub payment: Payment,
    pub at: Timestamp,
    pub paid_at: Option<Timestamp>,
    /// The number of the message that carries its link.
    pub link: Option<i64>,
}

/// Returns the conversation's charges, oldest first.
pub(crate) fn known_charges(conn: &Connection, id: ConversationId) -> Result<Vec<KnownCharge>> {
    let mut statement = conn.prepare_cached(
        "SELECT h.amount_minor, h.payment, h.created_at, h.paid_at, m.n AS link
         FROM charges h LEFT JOIN messages m ON m.id = h.message_id
         WHERE h.conversation_id = ?1 ORDER BY h.created_at DESC LIMIT 50",
    )?;
    let mut charges: Vec<_> = statement
        .query_map(params![id], |row| {
            Ok(KnownCharge {
                total_minor: row.get("amount_minor")?,
                payment: row.get("payment")?,
                at: at(row, "created_at")?,
                paid_at: maybe_at(row, "paid_at")?,
                link: row.get("link")?,
            })
        })?
        .collect::<Result<_, _>>()?;
    charges.reverse();
    Ok(charges)
}

/// A line of a charge that was paid.
pub(crate) struct Bought {
    pub charge: ChargeId,
    pub product: ProductId,
    pub options: Vec<ChosenOption>,
    pub quantity: u32,
    pub at: Timestamp,
}

/// Returns what this customer paid for lately, on any of the shop's numbers, newest first.
pub(crate) fn bought(conn: &Connection, id: ConversationId) -> Result<Vec<Bought>> {
    let mut statement = conn.prepare_cached(
        "SELECT h.id, h.created_at, l.product_id, l.options, l.quantity
         FROM conversations c
         JOIN conversations all_of ON all_of.contact_id = c.contact_id
         JOIN charges h ON h.conversation_id = all_of.id AND h.payment IN ('paid', 'overpaid')
         JOIN charge_lines l ON l.charge_id = h.id AND l.product_id IS NOT NULL
         WHERE c.id = ?1
         ORDER BY h.created_at DESC, l.position LIMIT 60",
    )?;
    let lines = statement
        .query_map(params![id], |row| {
            Ok(Bought {
                charge: row.get("id")?,
                product: row.get("product_id")?,
                options: from_json(row, "options")?,
                quantity: row.get("quantity")?,
                at: at(row, "created_at")?,
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(lines)
}

/// A proposal with what tells whether it still holds.
pub(crate) struct Kept {
    pub proposal: Proposal,
    pub fingerprint: String,
    pub basis: i64,
}

pub(crate) fn find(conn: &Connection, id: ConversationId) -> Result<Option<Kept>> {
    one(conn, "conversation_id = ?1", &id)
}

pub(crate) fn of_charge(conn: &Connection, charge: ChargeId) -> Result<Option<Kept>> {
    one(conn, "charge_id = ?1", &charge)
}

fn one(conn: &Connection, condition: &str, key: &dyn rusqlite::ToSql) -> Result<Option<Kept>> {
    Ok(conn
        .prepare_cached(&format!(
            "SELECT proposal, fingerprint, basis FROM proposals WHERE {condition}"
        ))?
        .query_row([key], |row| {
            Ok(Kept {
                proposal: from_json(row, "proposal")?,
                fingerprint: row.get("fingerprint")?,
                basis: row.get("basis")?,
            })
        })
        .optional()?)
}

/// Keeps the conversation's proposal in the place of the one before.
pub(crate) fn put(conn: &Connection, proposal: &Proposal, fingerprint: &str, basis: i64) -> Result<()> {
    let text = serde_json::to_string(proposal).map_err(anyhow::Error::new)?;
    conn.prepare_cached(
        "INSERT INTO proposals (conversation_id, charge_id, kind, proposal, fingerprint, basis)
         VALUES (:conversation, :charge, :kind, :proposal, :fingerprint, :basis)
         ON CONFLICT (conversation_id) DO UPDATE
         SET charge_id = :charge, kind = :kind, proposal = :proposal, fingerprint = :fingerprint, basis = :basis",
    )?
    .execute(named_params! {
        ":conversation": proposal.conversation,
        ":charge": proposal.charge,
        ":kind": proposal.kind.as_str(),
        ":proposal": text,
        ":fingerprint": fingerprint,
        ":basis": basis,
    })?;
    Ok(())
}

/// Takes out what was proposed in a conversation, and what was dismissed there.
pub(crate) fn forget(conn: &Connection, conversation: ConversationId) -> Result<()> {
    conn.execute(
        "DELETE FROM proposals WHERE conversation_id = ?1",
        params![conversation],
    )?;
    conn.execute(
        "DELETE FROM dismissed_proposals WHERE conversation_id = ?1",
        params![conversation],
    )?;
    Ok(())
}

/// Returns whether there was one.
pub(crate) fn remove(conn: &Connection, id: ConversationId) -> Result<bool> {
    let removed = conn
        .prepare_cached("DELETE FROM proposals WHERE conversation_id = ?1")?
        .execute(params![id])?;
    Ok(removed > 0)
}

/// Remembers that nothing is to be proposed from this evidence again. Returns whether that is new.
pub(crate) fn dismiss(conn: &Connection, id: ConversationId, evidence: &str, now: Timestamp) -> Result<bool> {
    let added = conn
        .prepare_cached(
            "INSERT INTO dismissed_proposals (conversation_id, evidence, at) VALUES (?1, ?2, ?3)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![id, evidence, At(now)])?;
    Ok(added > 0)
}

pub(crate) fn is_dismissed(conn: &Connection, id: ConversationId, evidence: &str) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM dismissed_proposals WHERE conversation_id = ?1 AND evidence = ?2")?
        .exists(params![id, evidence])?)
}

/// Returns the conversations in which customers wrote since then, the newest first.
pub(crate) fn fresh(conn: &Connection, since: Timestamp, most: i64) -> Result<Vec<ConversationId>> {
    let mut statement = conn.prepare_cached(
        "SELECT id FROM conversations WHERE last_at >= ?1 ORDER BY last_at DESC, id DESC LIMIT ?2",
    )?;
    let ids = statement
        .query_map(params![At(since), most], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(ids)
}

/// Returns every conversation that has a proposal.
pub(crate) fn all(conn: &Connection) -> Result<Vec<ConversationId>> {
    let mut statement = conn.prepare_cached("SELECT conversation_id FROM proposals")?;
    let ids = statement
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(ids)
}

/// Returns the number of the conversation's newest message; 0 where there is none.
pub(crate) fn newest(conn: &Connection, id: ConversationId) -> Result<i64> {
    Ok(conn
        .prepare_cached("SELECT coalesce(max(n), 0) FROM messages WHERE conversation_id = ?1")?
        .query_row(params![id], |row| row.get(0))?)
}

/// Counts a question to the model before it is asked, if the day's tokens last for it.
pub(crate) fn spend(conn: &Connection, day: &str, tokens: u32, most: u32) -> Result<bool> {
    let spent = conn
        .prepare_cached(
            "INSERT INTO model_days (day, questions, tokens) SELECT :day, 1, :tokens WHERE :tokens <= :most
             ON CONFLICT (day) DO UPDATE
             SET questions = questions + 1, tokens = tokens + :tokens
             WHERE tokens + :tokens <= :most",
        )?
        .execute(named_params! { ":day": day, ":tokens": tokens, ":most": most })?;
    Ok(spent > 0)
}

/// Corrects what a question cost once it is known.
pub(crate) fn correct(conn: &Connection, day: &str, by: i64) -> Result<()> {
    conn.prepare_cached("UPDATE model_days SET tokens = max(0, tokens + :by) WHERE day = :day")?
        .execute(named_params! { ":day": day, ":by": by })?;
    Ok(())
}

/// Returns the day's questions and tokens.
pub(crate) fn spent(conn: &Connection, day: &str) -> Result<(u32, u32)> {
    Ok(conn
        .prepare_cached("SELECT questions, tokens FROM model_days WHERE day = ?1")?
        .query_row(params![day], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?
        .unwrap_or((0, 0)))
}
