//! Export: every conversation, message, charge, subscription and payment, one JSON object a line.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::domain::{
    Charge, ContactId, Forwarded, MediaState, Message, MessageId, PaymentRecord, Subscription, Timestamp,
};
use crate::store::{
    alerts, changes, charges, contacts, conversations, customers, envelopes, messages, meta, payments,
    reactions, subscriptions,
};
use crate::{CoreEvent, DatabaseKey, Error, Inbox, Result, Store, media};

/// Writes the whole history of the database at `path`, also beside a running desk.
///
/// The schema is in docs/export.md. It is one snapshot: all lines are of the same moment.
pub async fn write<W: Write + Send + 'static>(path: PathBuf, key: DatabaseKey, mut out: W) -> Result<()> {
    let store = Store::open_to_read(path, key).await?;
    let written = store
        .read(move |conn| {
            let snapshot = conn.unchecked_transaction()?;
            write_all(&snapshot, &mut out)?;
            out.flush().context("The export could not be written")?;
            Ok(())
        })
        .await;
    store.close().await;
    written
}

/// Writes the whole history where a person says, and tells how far it is. Until it is whole it has another name, so
/// that half an export never looks like one; what a crash left of one goes with the next, or at the next start.
pub async fn save(inbox: &Inbox, path: PathBuf) -> Result<()> {
    remove_left(inbox).await?;
    let mut half = path.clone().into_os_string();
    half.push(".part");
    let half = PathBuf::from(half);
    let named = half.to_string_lossy().into_owned();
    inbox
        .store
        .write(move |tx| Ok(meta::set(tx, meta::HALF_EXPORT, &named)?))
        .await?;
    let (begun, teller) = (half.clone(), inbox.clone());
    let written = inbox
        .store
        .read(move |conn| {
            let snapshot = conn.unchecked_transaction()?;
            let file = private_file(&begun).map_err(|error| unwritable(&error))?;
            let mut out = Told {
                out: BufWriter::new(file),
                lines: 0,
                all: lines(&snapshot)?,
                percent: 0,
                failed: None,
                tell: move |percent| teller.emit(CoreEvent::ExportMoved { percent }),
            };
            write_all(&snapshot, &mut out)
                .map_err(|error| out.failed.take().map_or(error, |failed| unwritable(&failed)))?;
            out.flush().map_err(|error| unwritable(&error))?;
            out.out.get_ref().sync_all().map_err(|error| unwritable(&error))
        })
        .await
        .and_then(|()| std::fs::rename(&half, &path).map_err(|error| unwritable(&error)));
    recover(inbox.clone()).await;
    written
}

/// Takes away what a crash left, at the start, and what a failure left.
pub(crate) async fn recover(inbox: Inbox) {
    if let Err(error) = remove_left(&inbox).await {
        tracing::warn!(%error, "half an export could not be looked for");
    }
}

/// Takes away the half of an export that a crash left behind. A large file goes slowly: nobody who writes waits for it.
async fn remove_left(inbox: &Inbox) -> Result<()> {
    let left = inbox
        .store
        .read(|conn| {
            let half = meta::get(conn, meta::HALF_EXPORT)?;
            let removed = half.as_ref().map(std::fs::remove_file);
            Ok(half.zip(removed))
        })
        .await?;
    match left {
        None => Ok(()),
        Some((_, Err(error))) if !is_gone(&error) => {
            tracing::warn!(kind = %error.kind(), "half an export could not be removed");
            Ok(())
        }
        Some((half, _)) => {
            inbox
                .store
                .write(move |tx| {
                    // Another export may have begun meanwhile.
                    if meta::get(tx, meta::HALF_EXPORT)? == Some(half) {
                        meta::remove(tx, meta::HALF_EXPORT)?;
                    }
                    Ok(())
                })
                .await
        }
    }
}

fn is_gone(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// Makes a file that nobody else on the machine reads: everything is in it.
fn private_file(path: &Path) -> std::io::Result<File> {
    if let Err(error) = std::fs::remove_file(path)
        && !is_gone(&error)
    {
        return Err(error);
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A window needs no more of them, and each is an event.
const STEP: u32 = 5;

fn unwritable(error: &std::io::Error) -> Error {
    Error::Invalid(format!(
        "The file can't be written there ({error}). Choose another place"
    ))
}

/// Returns about how many lines there will be: of what there is most.
fn lines(conn: &Connection) -> Result<u64> {
    let lines: i64 = conn.query_row(
        "SELECT (SELECT count(*) FROM envelopes) + (SELECT count(*) FROM contacts) + (SELECT count(*) FROM messages)
                + (SELECT count(*) FROM charges) + (SELECT count(*) FROM payments)",
        [],
        |row| row.get(0),
    )?;
    Ok(u64::try_from(lines).unwrap_or(0))
}

/// Writes, and tells every fifth per cent of the lines.
struct Told<W, F> {
    out: W,
    lines: u64,
    all: u64,
    percent: u32,
    /// Why the last could not be written: a full disk is told as such.
    failed: Option<std::io::Error>,
    tell: F,
}

impl<W: Write, F: FnMut(u32)> Write for Told<W, F> {
    fn write(&mut self, buf: &[u8]) -> std::io::Result<usize> {
        let written = match self.out.write(buf) {
            Ok(written) => written,
            Err(error) => {
                let kind = error.kind();
                self.failed = Some(error);
                return Err(kind.into());
            }
        };
        let ended = buf.iter().take(written).filter(|byte| **byte == b'\n').count();
        self.lines += u64::try_from(ended).unwrap_or(0);
        // What is not counted beforehand comes last: it is never told that all is done before it is.
        let percent = u32::try_from(self.lines * 100 / self.all.max(1)).map_or(99, |percent| percent.min(99));
        if percent >= self.percent + STEP {
            self.percent = percent;
            (self.tell)(percent);
        }
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

fn write_all(conn: &Connection, out: &mut impl Write) -> Result<()> {
    envelopes::for_each(conn, |seq, source, received_at, error| {
        line(
            out,
            &json!({
                "type": "envelope", "seq": seq, "source": source,
                "received_at": received_at.rfc3339(), "error": error,
            }),
        )
    })?;
    write_contacts(conn, out)?;
    conversations::for_each(conn, |conversation| line(out, &conversation))?;
    messages::for_each(conn, |message| line(out, &message_line(&message)))?;
    changes::for_each_version(conn, |version| line(out, &version))?;
    changes::for_each(conn, |change| line(out, &change))?;
    reactions::for_each(conn, |target, direction, emoji, at| {
        line(
            out,
            &json!({
                "type": "reaction", "target": target, "direction": direction.as_str(), "emoji": emoji,
                "at": at.rfc3339(),
            }),
        )
    })?;
    charges::for_each(conn, |charge| line(out, &charge_line(&charge)))?;
    subscriptions::for_each(conn, |known| line(out, &subscription_line(&known)))?;
    payments::for_each(conn, |payment| line(out, &payment_line(&payment)))?;
    alerts::for_each(conn, |alert| line(out, &alert))
}

/// Writes everything of one customer. Returns the files that go beside it, by their messages.
pub(crate) fn write_customer(
    conn: &Connection,
    contact: ContactId,
    out: &mut impl Write,
) -> Result<Vec<(MessageId, String)>> {
    let known = customers::view(conn, contact)?;
    line(
        out,
        &json!({
            "type": "contact", "id": contact, "name": known.name, "created_at": known.since.rfc3339(),
            "identities": known.identities.iter().map(|identity| json!({
                "kind": identity.kind.as_str(), "value": identity.value,
            })).collect::<Vec<_>>(),
            "fields": known.fields.iter().map(|field| json!({
                "name": field.name, "value": field.value,
            })).collect::<Vec<_>>(),
        }),
    )?;
    for row in &known.conversations {
        line(
            out,
            &json!({ "type": "conversation", "id": row.id, "line": row.line_name, "last_at": row.last_at.rfc3339() }),
        )?;
    }
    let mut files = Vec::new();
    let mut before = None;
    loop {
        let page = messages::page_of_contact(conn, contact, before.as_deref())?;
        for message in &page.rows {
            let ready = message
                .media
                .as_ref()
                .filter(|file| file.state == MediaState::Ready);
            if let Some(file) = ready {
                let name = media::file_name(&file.mime, file.name.as_deref(), message.direction);
                files.push((message.id, format!("{} {name}", message.id)));
            }
            line(out, &message_line(message))?;
        }
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    for row in &known.conversations {
        for known in subscriptions::of_conversation(conn, row.id)? {
            line(out, &subscription_line(&known))?;
        }
    }
    for charge in &known.charges {
        line(out, &charge_line(charge))?;
        for payment in payments::of_charge(conn, charge.id)? {
            line(out, &payment_line(&payment))?;
        }
    }
    Ok(files)
}

fn write_contacts(conn: &Connection, out: &mut impl Write) -> Result<()> {
    let mut identities: BTreeMap<_, Vec<Value>> = BTreeMap::new();
    contacts::for_each_identity(conn, |contact, identity| {
        identities
            .entry(contact)
            .or_default()
            .push(json!({ "kind": identity.kind.as_str(), "value": identity.value }));
        Ok(())
    })?;
    contacts::for_each(conn, |contact, name, book_name, created_at| {
        line(
            out,
            &json!({
                "type": "contact", "id": contact, "name": name, "book_name": book_name, "created_at": created_at.rfc3339(),
                "identities": identities.remove(&contact).unwrap_or_default(),
            }),
        )
    })
}

fn message_line(message: &Message) -> Value {
    json!({
        "type": "message",
        "id": message.id,
        "conversation": message.conversation,
        "wamid": message.wamid,
        "direction": message.direction.as_str(),
        "origin": message.origin.as_str(),
        "kind": message.kind.as_str(),
        "text": message.text,
        "at": message.at.rfc3339(),
        "delivery": message.delivery.map(|delivery| delivery.as_str()),
        "problem": message.problem.as_ref().map(|problem| &problem.code),
        "charge": message.charge,
        "retry_of": message.retry_of,
        "content": message.content,
        "file": message.media.as_ref().map(|file| json!({
            "mime": file.mime, "name": file.name, "size": file.size, "state": file.state.as_str(),
        })),
        "answers": message.quote.as_ref().and_then(|quote| quote.message),
        "forwarded": message.forwarded != Forwarded::No,
        "referral": message.referral,
        "edited_at": message.edited_at.map(|at| at.rfc3339()),
        "revoked_at": message.revoked_at.map(|at| at.rfc3339()),
        "pricing": message.pricing,
    })
}

fn charge_line(charge: &Charge) -> Value {
    json!({
        "type": "charge",
        "id": charge.id,
        "conversation": charge.conversation,
        "amount": charge.amount.minor(),
        "currency": charge.amount.currency().code(),
        "description": charge.description,
        "payment": charge.payment.as_str(),
        "delivery": charge.delivery.map(|delivery| delivery.as_str()),
        "link": charge.link,
        "single_use": charge.single_use,
        "livemode": charge.livemode,
        "created_at": charge.created_at.rfc3339(),
        "expires_at": charge.expires_at.map(|at| at.rfc3339()),
        "paid_at": charge.paid_at.map(|at| at.rfc3339()),
        "verified_at": charge.verified_at.map(|at| at.rfc3339()),
        "stripe_ids": {
            "payment_link": charge.stripe_ids.payment_link,
            "checkout_session": charge.stripe_ids.checkout_session,
            "payment_intent": charge.stripe_ids.payment_intent,
        },
    })
}

/// Returns a subscription as `cobro export` and `cobro subscriptions` write it.
pub fn subscription_line(known: &Subscription) -> Value {
    let text = |at: Option<Timestamp>| at.map(Timestamp::rfc3339);
    json!({
        "type": "subscription",
        "id": known.id,
        "charge": known.charge,
        "conversation": known.conversation,
        "description": known.description,
        "status": known.status.as_str(),
        "amount": known.amount.minor(),
        "currency": known.amount.currency().code(),
        "interval": known.every.interval.name(),
        "interval_count": known.every.count,
        "instalments": known.instalments,
        "payments": known.payments,
        "paid": known.paid.minor(),
        "next_at": text(known.next_at),
        "retry_at": text(known.retry_at),
        "trial_end": text(known.trial_end),
        "resumes_at": text(known.resumes_at),
        "ends_at": text(known.ends_at),
        "ended_at": text(known.ended_at),
        "started_at": known.started_at.rfc3339(),
        "problem": known.problem.as_ref().map(|problem| &problem.code),
        "livemode": known.livemode,
    })
}

fn payment_line(payment: &PaymentRecord) -> Value {
    json!({
        "type": "payment",
        "stripe_ids": {
            "payment_intent": payment.payment_intent,
            "charge": payment.stripe_charge,
            "checkout_session": payment.checkout_session,
        },
        "status": payment.status.as_str(),
        "amount": payment.amount.minor(),
        "currency": payment.amount.currency().code(),
        "fee": payment.fee.map(|fee| fee.minor()),
        "net": payment.net_minor,
        "fee_currency": payment.fee.map(|fee| fee.currency().code().to_owned()),
        "refunded": payment.refunded_minor,
        "disputed": payment.disputed,
        "method": payment.method,
        "charge": payment.charge,
        "paid_at": payment.paid_at.map(|at| at.rfc3339()),
    })
}

fn line(out: &mut impl Write, value: &Value) -> Result<()> {
    serde_json::to_writer(&mut *out, value).context("The export could not be written")?;
    out.write_all(b"\n").context("The export could not be written")?;
    Ok(())
}
