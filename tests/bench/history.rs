//! The phone's history: messages applied by the core, beside the raw SQLCipher insert in equal groups.

use anyhow::Result;
use cobro_core::{Inbox, history};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::apply::{caught_up, compare, raw_rate};
use crate::figures::line;

const MESSAGES: u32 = 50_000;
const CUSTOMERS: u32 = 500;
/// Messages in one webhook, and in one transaction of the core.
const CHUNK: u32 = 2000;

pub(crate) async fn run() -> Result<()> {
    let chunks = MESSAGES / CHUNK;
    // From both ends to the middle: WhatsApp keeps no order.
    let order = (0..chunks).map(|n| if n % 2 == 0 { n / 2 } else { chunks - 1 - n / 2 });
    let bodies: Vec<String> = order.map(|chunk| webhook(chunk, chunks)).collect();
    let core = caught_up(&bodies, MESSAGES, imported).await?;
    let raw = raw_rate(MESSAGES, move |db| raw_insert(db, &bodies)).await?;
    line(
        "messages of history imported",
        &format!("{core:.0}/s"),
        &format!("raw insert of envelopes and messages: {raw:.0}/s"),
    );
    compare("imported, of the raw insert", core, raw);
    Ok(())
}

async fn imported(inbox: &Inbox) -> Result<u32> {
    let imports = history::imports(inbox).await?;
    Ok(imports.first().map_or(0, |import| import.messages))
}

/// One chunk of the history as WhatsApp posts it, thread by thread.
fn webhook(chunk: u32, chunks: u32) -> String {
    let numbers: Vec<u32> = (chunk * CHUNK..(chunk + 1) * CHUNK).collect();
    let threads: Vec<Value> = (0..CUSTOMERS)
        .map(|customer| {
            let messages: Vec<Value> = numbers
                .iter()
                .filter(|n| *n % CUSTOMERS == customer)
                .map(|n| message(*n))
                .collect();
            json!({ "id": phone(customer), "messages": messages })
        })
        .collect();
    json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": "102290129340398", "changes": [{ "field": "history", "value": {
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": "15550783881", "phone_number_id": "106540352242922" },
            "history": [{
                "metadata": { "phase": 0, "chunk_order": chunk, "progress": (chunk + 1) * 100 / chunks },
                "threads": threads,
            }],
        }}]}],
    })
    .to_string()
}

fn message(n: u32) -> Value {
    json!({
        "from": phone(n % CUSTOMERS),
        "id": name_of(n),
        "timestamp": (1_760_000_000 + u64::from(n) * 60).to_string(),
        "type": "text",
        "text": { "body": words(n) },
        "history_context": { "status": "READ" },
    })
}

fn phone(customer: u32) -> String {
    (5_215_500_000_000_u64 + u64::from(customer)).to_string()
}

fn name_of(n: u32) -> String {
    format!("wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0{n:08}")
}

fn words(n: u32) -> String {
    format!("Hola, ¿tienen el pastel de tres leches número {n}? Lo quiero para el sábado por la tarde")
}

/// The same rows under the same unique keys and index: no stream, no parsing, no looking up.
fn raw_insert(db: &mut Connection, bodies: &[String]) -> Result<()> {
    let conversations: Vec<_> = (0..CUSTOMERS).map(|_| uuid::Uuid::now_v7()).collect();
    for (chunk, body) in bodies.iter().enumerate() {
        let chunk = u32::try_from(chunk)?;
        let tx = db.transaction()?;
        tx.prepare_cached("INSERT INTO envelopes VALUES (?, 'whatsapp', ?, ?, NULL)")?
            .execute((chunk, chunk, body))?;
        for n in chunk * CHUNK..(chunk + 1) * CHUNK {
            let conversation = usize::try_from(n % CUSTOMERS)?;
            tx.prepare_cached("INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?)")?
                .execute((
                    n,
                    uuid::Uuid::now_v7().as_bytes(),
                    conversations.get(conversation).map(|id| *id.as_bytes()),
                    name_of(n),
                    words(n),
                    n,
                ))?;
        }
        tx.commit()?;
    }
    Ok(())
}
