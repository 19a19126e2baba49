//! An invented shop: its customers, what they say, and the way into a database.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use cobro_core::history;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng};
use serde_json::{Value, json};

use crate::apply::{fill, open_with, relay};

/// Messages in one webhook.
const CHUNK: u32 = 2000;
/// Webhooks that the relay holds while the core catches up.
const AT_ONCE: u32 = 10;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) messages: u32,
    pub(crate) conversations: u32,
    pub(crate) seed: u64,
}

/// Writes the shop through relay and core, as the phone's history comes.
pub(crate) async fn write(folder: &Path, key: [u8; 32], size: Size, told: impl Fn(u32)) -> Result<()> {
    let journal = tempfile::tempdir()?;
    let relay = relay(journal.path()).await?;
    let inbox = open_with(&relay, folder, key).await?;
    inbox.start();
    let mut shop = Shop::new(size);
    let all: Vec<u32> = (0..size.conversations).collect();
    fill(
        &relay,
        &all.chunks(CHUNK as usize).map(phone_book).collect::<Vec<_>>(),
    )
    .await?;
    let mut sent = 0;
    while sent < size.messages {
        let mut bodies = Vec::new();
        for _ in 0..AT_ONCE {
            let count = CHUNK.min(size.messages - sent);
            if count > 0 {
                bodies.push(shop.webhook(count));
                sent += count;
            }
        }
        fill(&relay, &bodies).await?;
        loop {
            let done = history::imports(&inbox)
                .await?
                .first()
                .map_or(0, |import| import.messages);
            told(done);
            if done >= sent {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    inbox.shutdown().await;
    relay.shutdown().await;
    Ok(())
}

/// The phone's own names for customers, as the phone tells them.
fn phone_book(customers: &[u32]) -> String {
    let entries: Vec<Value> = customers
        .iter()
        .map(|customer| {
            json!({
                "type": "contact",
                "contact": { "full_name": name_of(*customer), "phone_number": phone(*customer) },
                "action": "add",
                "metadata": { "timestamp": "1700000000" },
            })
        })
        .collect();
    json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": "102290129340398", "changes": [{ "field": "smb_app_state_sync", "value": {
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": "15550783881", "phone_number_id": "106540352242922" },
            "state_sync": entries,
        }}]}],
    })
    .to_string()
}

/// Makes the shop's messages one after another. Few customers write much, most write little.
pub(crate) struct Shop {
    size: Size,
    chance: StdRng,
    next: u32,
}

impl Shop {
    pub(crate) fn new(size: Size) -> Self {
        Self {
            size,
            chance: StdRng::seed_from_u64(size.seed),
            next: 0,
        }
    }

    fn webhook(&mut self, count: u32) -> String {
        let messages: Vec<(u32, Value)> = (0..count).map(|_| self.message()).collect();
        let threads: Vec<Value> = messages
            .chunk_by(|(before, _), (after, _)| before == after)
            .map(|of_one| {
                let customer = of_one.first().map_or(0, |(customer, _)| *customer);
                let messages: Vec<&Value> = of_one.iter().map(|(_, message)| message).collect();
                json!({ "id": phone(customer), "context": { "wa_id": phone(customer) }, "messages": messages })
            })
            .collect();
        json!({
            "object": "whatsapp_business_account",
            "entry": [{ "id": "102290129340398", "changes": [{ "field": "history", "value": {
                "messaging_product": "whatsapp",
                "metadata": { "display_phone_number": "15550783881", "phone_number_id": "106540352242922" },
                "history": [{
                    "metadata": { "phase": 0, "chunk_order": self.next / CHUNK, "progress": 50 },
                    "threads": threads,
                }],
            }}]}],
        })
        .to_string()
    }

    fn message(&mut self) -> (u32, Value) {
        let n = self.next;
        self.next += 1;
        // Everybody writes once; after that the square makes few write most.
        let customer = if n < self.size.conversations {
            n
        } else {
            let share: f64 = self.chance.random();
            let many = f64::from(self.size.conversations);
            whole(share * share * share * many).min(self.size.conversations - 1)
        };
        let from_shop = n >= self.size.conversations && self.chance.random_bool(0.5);
        let from = if from_shop {
            "15550783881".to_owned()
        } else {
            phone(customer)
        };
        let message = json!({
            "from": from,
            "to": from_shop.then(|| phone(customer)),
            "id": format!("wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0{n:08}"),
            // Two years, evenly.
            "timestamp": (1_700_000_000_u64 + u64::from(n) * 63_000_000 / u64::from(self.size.messages.max(1))).to_string(),
            "type": "text",
            "text": { "body": self.words() },
            "history_context": { "status": "READ" },
        });
        (customer, message)
    }

    /// About eighty letters of a shop's talk; common words come often, rare ones seldom.
    fn words(&mut self) -> String {
        let count = self.chance.random_range(6..18);
        let mut said: Vec<String> = Vec::new();
        for _ in 0..count {
            said.push(match self.chance.random_range(0..100) {
                0..=1 => format!(
                    "${},{:03}.00",
                    self.chance.random_range(1..90),
                    self.chance.random_range(0..1000)
                ),
                2..=3 => self.chance.random_range(10..999).to_string(),
                4..=9 => self.rare(),
                _ => {
                    let share: f64 = self.chance.random();
                    let at = whole(share * share * 120.0) as usize % WORDS.len();
                    WORDS.get(at).copied().unwrap_or_default().to_owned()
                }
            });
        }
        said.join(" ")
    }

    /// A word that stands in few messages: names of streets, orders, people.
    fn rare(&mut self) -> String {
        const SYLLABLES: [&str; 16] = [
            "ca", "le", "mi", "ro", "tu", "va", "se", "ni", "po", "zu", "gra", "bel", "tor", "lan", "que",
            "ñi",
        ];
        (0..self.chance.random_range(2..5))
            .filter_map(|_| {
                SYLLABLES
                    .get(self.chance.random_range(0..SYLLABLES.len()))
                    .copied()
            })
            .collect()
    }
}

/// Returns the whole part of a number that is not negative.
fn whole(number: f64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "shares of a count, which is never negative and always small"
    )]
    let whole = number as u32;
    whole
}

pub(crate) fn phone(customer: u32) -> String {
    (5_215_500_000_000_u64 + u64::from(customer)).to_string()
}

pub(crate) fn name_of(customer: u32) -> String {
    const FIRST: [&str; 20] = [
        "María",
        "José",
        "Ana",
        "Luis",
        "Lucía",
        "Iñaki",
        "Sofía",
        "Juan",
        "Carla",
        "João",
        "Beatriz",
        "Pedro",
        "Camila",
        "Mateus",
        "Valentina",
        "Diego",
        "Renata",
        "Tomás",
        "Paula",
        "Andrés",
    ];
    const LAST: [&str; 25] = [
        "González",
        "Hernández",
        "López",
        "Martínez",
        "Pérez",
        "Silva",
        "Santos",
        "Oliveira",
        "Núñez",
        "Ramírez",
        "Torres",
        "Flores",
        "Gómez",
        "Díaz",
        "Cruz",
        "Morales",
        "Reyes",
        "Ortiz",
        "Castillo",
        "Souza",
        "Lima",
        "Ribeiro",
        "Vargas",
        "Rojas",
        "Medina",
    ];
    let at =
        |names: &[&'static str], n: u32| names.get(n as usize % names.len()).copied().unwrap_or_default();
    format!(
        "{} {} {}",
        at(&FIRST, customer),
        at(&LAST, customer / 20),
        at(&LAST, customer / 500 + 7)
    )
}

/// Words from the most to the least common.
pub(crate) const WORDS: [&str; 120] = [
    "de",
    "la",
    "que",
    "el",
    "en",
    "y",
    "a",
    "los",
    "para",
    "un",
    "por",
    "con",
    "no",
    "una",
    "su",
    "me",
    "lo",
    "te",
    "es",
    "mi",
    "hola",
    "gracias",
    "sí",
    "buenas",
    "tardes",
    "días",
    "pastel",
    "quiero",
    "tienen",
    "cuánto",
    "cuesta",
    "envío",
    "mañana",
    "hoy",
    "pago",
    "tarjeta",
    "liga",
    "pedido",
    "favor",
    "chocolate",
    "vainilla",
    "fresa",
    "leches",
    "tres",
    "grande",
    "chico",
    "mediano",
    "cumpleaños",
    "fiesta",
    "sábado",
    "domingo",
    "lunes",
    "viernes",
    "domicilio",
    "dirección",
    "calle",
    "colonia",
    "número",
    "teléfono",
    "factura",
    "precio",
    "total",
    "anticipo",
    "mesa",
    "dulces",
    "galletas",
    "gelatina",
    "velas",
    "flores",
    "rosa",
    "azul",
    "blanco",
    "negro",
    "talla",
    "camisa",
    "vestido",
    "zapatos",
    "bolsa",
    "regalo",
    "caja",
    "paquete",
    "docena",
    "pieza",
    "kilo",
    "litro",
    "oferta",
    "descuento",
    "promoción",
    "disponible",
    "agotado",
    "llega",
    "salió",
    "entrega",
    "recoger",
    "tienda",
    "horario",
    "abierto",
    "cerrado",
    "transferencia",
    "depósito",
    "efectivo",
    "comprobante",
    "listo",
    "perfecto",
    "excelente",
    "claro",
    "perdón",
    "disculpa",
    "espera",
    "momento",
    "rato",
    "noche",
    "temprano",
    "urgente",
    "cambio",
    "devolución",
    "garantía",
    "color",
    "modelo",
    "marca",
];
