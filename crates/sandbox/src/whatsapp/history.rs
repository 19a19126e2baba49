//! The phone's history as coexistence shares it: made up by a seed, cut in chunks, shuffled, repeated.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::business::Line;
use super::inbound::FileToSend;
use super::{WhatsApp, ids, notice, samples};

const DAY_S: i64 = 24 * 60 * 60;
/// How far back a phone shares.
const WHOLE_S: i64 = 180 * DAY_S;
/// Of what is older, files stay on the phone.
const FILES_S: i64 = 14 * DAY_S;
/// So that a chunk stays below WhatsApp's three megabytes.
const LARGEST_CHUNK: usize = 6000;
const MOST: usize = 1_000_000;

const PHRASES: &[&str] = &[
    "Hola, buenas tardes 👋",
    "¿Tienen pastel de tres leches?",
    "Sí, ¿para cuántas personas?",
    "Para veinte, porfa",
    "Serían $450",
    "¿A qué hora cierran?",
    "Hasta las 8, aquí lo esperamos",
    "Perfecto, muchas gracias 🙏",
    "¿Hacen envíos a domicilio?",
    "Te mando la ubicación",
    "Ya quedó pagado ✅",
    "¡Que tengan bonito día!",
];

/// What history is made up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HistoryPlan {
    /// The id or display number of the shop's number; absent: the first.
    pub line: Option<String>,
    pub messages: usize,
    /// How many customers they are with; every tenth of them is known by user id alone.
    pub threads: usize,
    /// How many messages a webhook holds at most.
    pub chunk_size: usize,
    /// Sends chunks, and what is in them, in any order.
    pub shuffle: bool,
    /// Which share of the messages, and of the chunks, comes twice.
    pub duplicates: f64,
    /// Which share of the messages is a file: a placeholder, and for the last 14 days a webhook of its own later.
    pub media: f64,
    /// Whether files follow at all.
    pub media_follows: bool,
    /// The same seed makes the same history.
    pub seed: u64,
    /// When it ends; absent: now.
    pub until: Option<Timestamp>,
}

impl Default for HistoryPlan {
    fn default() -> Self {
        Self {
            line: None,
            messages: 1000,
            threads: 40,
            chunk_size: 2000,
            shuffle: false,
            duplicates: 0.0,
            media: 0.05,
            media_follows: true,
            seed: 1,
            until: None,
        }
    }
}

/// One message as it must stand in the desk in the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HistoryEntry {
    pub wamid: String,
    /// Of the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Of a customer without a phone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    pub from_shop: bool,
    pub at: Timestamp,
    /// Empty of a file.
    pub text: String,
    pub is_file: bool,
    /// The file itself comes in a webhook of its own.
    pub file_follows: bool,
    /// How far it had come, in Meta's word.
    pub status: &'static str,
    /// 0: the last day, 1: up to 90 days, 2: up to 180 days.
    pub phase: u8,
}

/// What was sent, and what must come of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HistoryReport {
    /// Different messages.
    pub messages: usize,
    pub threads: usize,
    /// Different chunks.
    pub chunks: usize,
    /// Webhooks with chunks, those that come twice included.
    pub webhooks: usize,
    /// Messages that come more than once within chunks.
    pub duplicates: usize,
    pub files: usize,
    /// Files that follow in webhooks of their own.
    pub files_that_follow: usize,
    /// In order of time.
    #[serde(skip)]
    pub entries: Vec<HistoryEntry>,
}

struct Chunk {
    phase: u8,
    order: usize,
    progress: usize,
    /// Places in the entries.
    places: Vec<usize>,
}

impl HistoryPlan {
    fn check(&self) -> Result<(), String> {
        for (what, value, most) in [
            ("messages", self.messages, MOST),
            ("threads", self.threads, MOST),
            ("chunk_size", self.chunk_size, LARGEST_CHUNK),
        ] {
            if !(1..=most).contains(&value) {
                return Err(format!("'{what}' must be between 1 and {most}"));
            }
        }
        for (what, value) in [("duplicates", self.duplicates), ("media", self.media)] {
            if !(0.0..=1.0).contains(&value) {
                return Err(format!("'{what}' must be between 0 and 1"));
            }
        }
        Ok(())
    }

    /// Returns the messages in order of time, each in a second of its own.
    fn entries(&self, line: &Line, now: Timestamp, dice: &mut StdRng) -> Vec<HistoryEntry> {
        let until_s = self.until.unwrap_or(now).as_second();
        let step = (WHOLE_S / i64::try_from(self.messages).unwrap_or(WHOLE_S)).max(1);
        let mut at_s = until_s - WHOLE_S;
        let mut entries = Vec::with_capacity(self.messages);
        for number in 0..self.messages {
            let within = dice.random_range(0..step);
            let thread = dice.random_range(0..self.threads);
            let from_shop = dice.random_bool(0.45);
            let is_file = dice.random_bool(self.media);
            let phrase = PHRASES.get(dice.random_range(0..PHRASES.len()));
            let age_s = until_s - (at_s + within);
            let (phone, user_id) = customer(thread);
            entries.push(HistoryEntry {
                wamid: wamid(line, self.seed, number),
                phone,
                user_id,
                from_shop,
                at: Timestamp::from_second(at_s + within).unwrap_or(now),
                text: match phrase {
                    Some(phrase) if !is_file => format!("{phrase} · {number}"),
                    _ => String::new(),
                },
                is_file,
                file_follows: is_file && self.media_follows && age_s <= FILES_S,
                status: match (from_shop, is_file, number % 7) {
                    (true, true, 0) => "PLAYED",
                    (true, _, 1) => "DELIVERED",
                    (true, _, 2) => "SENT",
                    _ => "READ",
                },
                phase: match age_s {
                    ..=DAY_S => 0,
                    age_s if age_s <= 90 * DAY_S => 1,
                    _ => 2,
                },
            });
            at_s += step;
        }
        entries
    }

    /// Cuts the messages in chunks, the newest phase first.
    fn chunks(&self, entries: &[HistoryEntry], dice: &mut StdRng) -> (Vec<Chunk>, usize) {
        let mut chunks = Vec::new();
        let mut told = 0;
        for phase in 0..3 {
            let of_phase = entries
                .iter()
                .enumerate()
                .filter(|(_, entry)| entry.phase == phase);
            let places: Vec<usize> = of_phase.map(|(place, _)| place).collect();
            for (order, part) in (1..).zip(places.chunks(self.chunk_size)) {
                told += part.len();
                let progress = told * 100 / entries.len().max(1);
                let places = part.to_vec();
                chunks.push(Chunk {
                    phase,
                    order,
                    progress,
                    places,
                });
            }
        }
        let mut duplicates = 0;
        if self.duplicates > 0.0 {
            for chunk in &mut chunks {
                let again: Vec<usize> = chunk
                    .places
                    .iter()
                    .copied()
                    .filter(|_| dice.random_bool(self.duplicates))
                    .collect();
                duplicates += again.len();
                chunk.places.extend(again);
            }
        }
        if self.shuffle {
            for chunk in &mut chunks {
                chunk.places.shuffle(dice);
            }
        }
        (chunks, duplicates)
    }
}

impl WhatsApp {
    /// Makes up a history and sends it; returns what the desk must have in the end.
    pub(crate) fn send_history(&self, plan: HistoryPlan) -> Result<HistoryReport, String> {
        plan.check()?;
        let line = self.known_line(plan.line.as_deref())?;
        let sender = self.sender(line.clone());
        let mut dice = StdRng::seed_from_u64(plan.seed);
        let entries = plan.entries(&line, self.clock.now(), &mut dice);
        let (chunks, duplicates) = plan.chunks(&entries, &mut dice);
        let mut order: Vec<usize> = (0..chunks.len()).collect();
        let again = order
            .clone()
            .into_iter()
            .filter(|_| dice.random_bool(plan.duplicates));
        order.extend(again.collect::<Vec<_>>());
        if plan.shuffle {
            order.shuffle(&mut dice);
        }
        for chunk in order.iter().filter_map(|place| chunks.get(*place)) {
            let value = chunk_value(chunk, &entries, &line);
            let id = format!("history-{}-{}", chunk.phase, chunk.order);
            self.tell(&id, "history", &notice::on_line(&sender, "history", value));
        }
        let mut following: Vec<&HistoryEntry> = entries.iter().filter(|entry| entry.file_follows).collect();
        if plan.shuffle {
            following.shuffle(&mut dice);
        }
        for (number, entry) in following.iter().enumerate() {
            let value = json!({"messages": [self.file_of(entry, number, &line)?]});
            self.tell(
                &entry.wamid,
                "history",
                &notice::on_line(&sender, "history", value),
            );
        }
        let report = HistoryReport {
            messages: entries.len(),
            threads: plan.threads,
            chunks: chunks.len(),
            webhooks: order.len(),
            duplicates,
            files: entries.iter().filter(|entry| entry.is_file).count(),
            files_that_follow: following.len(),
            entries,
        };
        super::locked(&self.memory).told = Some(report.clone());
        Ok(report)
    }

    /// Returns the last history that was sent.
    pub(crate) fn last_history(&self) -> Option<HistoryReport> {
        super::locked(&self.memory).told.clone()
    }

    fn file_of(
        &self,
        entry: &HistoryEntry,
        number: usize,
        line: &Line,
    ) -> Result<Map<String, Value>, String> {
        let name = ["photo", "voice", "pdf", "sticker"]
            .get(number % 4)
            .copied()
            .unwrap_or("photo");
        let file = FileToSend {
            sample: Some(name.to_owned()),
            ..FileToSend::default()
        };
        debug_assert!(samples::NAMES.contains(&name));
        let (_, content) = self.shelve(line, file)?;
        let mut told = head(entry, line);
        told.extend(content);
        Ok(told)
    }
}

fn chunk_value(chunk: &Chunk, entries: &[HistoryEntry], line: &Line) -> Value {
    // By who it is with, in the order in which each first appears.
    let mut threads: BTreeMap<String, (Map<String, Value>, Vec<Value>)> = BTreeMap::new();
    for entry in chunk.places.iter().filter_map(|place| entries.get(*place)) {
        let with = entry
            .phone
            .clone()
            .or_else(|| entry.user_id.clone())
            .unwrap_or_default();
        let (_, messages) = threads.entry(with).or_insert_with(|| (thread(entry), Vec::new()));
        let mut told = head(entry, line);
        if entry.is_file {
            told.insert("type".to_owned(), "media_placeholder".into());
        } else {
            told.insert("type".to_owned(), "text".into());
            told.insert("text".to_owned(), json!({"body": entry.text}));
        }
        told.insert("history_context".to_owned(), json!({"status": entry.status}));
        messages.push(Value::Object(told));
    }
    let threads: Vec<Value> = threads
        .into_values()
        .map(|(mut thread, messages)| {
            thread.insert("messages".to_owned(), messages.into());
            Value::Object(thread)
        })
        .collect();
    json!({"history": [{
        "metadata": {"phase": chunk.phase, "chunk_order": chunk.order, "progress": chunk.progress},
        "threads": threads,
    }]})
}

fn thread(entry: &HistoryEntry) -> Map<String, Value> {
    let mut thread = Map::new();
    match (&entry.phone, &entry.user_id) {
        (None, Some(user_id)) => {
            let rest = user_id.rsplit('.').next().unwrap_or_default();
            let username = format!("@cliente{rest}");
            thread.insert(
                "context".to_owned(),
                json!({"user_id": user_id, "username": username}),
            );
        }
        (phone, _) => {
            thread.insert("id".to_owned(), phone.clone().unwrap_or_default().into());
        }
    }
    thread
}

/// Returns who wrote it to whom, and when.
fn head(entry: &HistoryEntry, line: &Line) -> Map<String, Value> {
    let mut told = Map::new();
    let mut put = |name: &str, value: &str| told.insert(name.to_owned(), value.into());
    let (phone, user_id) = (entry.phone.as_deref(), entry.user_id.as_deref());
    if entry.from_shop {
        put("from", &line.display);
        phone.map(|phone| put("to", phone));
        if phone.is_none() {
            user_id.map(|user_id| put("to_user_id", user_id));
        }
    } else {
        phone.map(|phone| put("from", phone));
        if phone.is_none() {
            user_id.map(|user_id| put("from_user_id", user_id));
            put("to", &line.display);
        }
    }
    put("id", &entry.wamid);
    put("timestamp", &entry.at.as_second().to_string());
    told
}

/// Returns the phone of a thread's customer, or the user id of every tenth.
fn customer(thread: usize) -> (Option<String>, Option<String>) {
    if thread % 10 == 9 {
        return (None, Some(format!("MX.9{thread:018}")));
    }
    (Some(format!("52155{:08}", 60_000_000 + thread)), None)
}

/// Returns the same id for the same message of the same seed, on the same number.
fn wamid(line: &Line, seed: u64, number: usize) -> String {
    let of_line = ids::fingerprint(&line.id) >> 32;
    format!("wamid.HBgLSYNC{of_line:08X}{seed:08X}{number:08X}A=")
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashMap};

    use super::*;

    fn line() -> Line {
        Line {
            id: "1".to_owned(),
            display: "5215550000000".to_owned(),
        }
    }

    fn made(plan: &HistoryPlan) -> (Vec<HistoryEntry>, Vec<Value>, usize) {
        let mut dice = StdRng::seed_from_u64(plan.seed);
        let now = Timestamp::from_second(1_790_000_000).unwrap();
        let entries = plan.entries(&line(), now, &mut dice);
        let (chunks, duplicates) = plan.chunks(&entries, &mut dice);
        let values = chunks
            .iter()
            .map(|chunk| chunk_value(chunk, &entries, &line()))
            .collect();
        (entries, values, duplicates)
    }

    fn wamids(values: &[Value]) -> Vec<String> {
        let threads = values
            .iter()
            .flat_map(|value| value["history"][0]["threads"].as_array().unwrap());
        let messages = threads.flat_map(|thread| thread["messages"].as_array().unwrap());
        messages
            .map(|message| message["id"].as_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn a_seed_repeats_its_history_and_another_makes_another() {
        let plan = HistoryPlan {
            messages: 500,
            shuffle: true,
            duplicates: 0.1,
            ..HistoryPlan::default()
        };
        assert_eq!(made(&plan), made(&plan.clone()));
        assert_ne!(made(&plan).0, made(&HistoryPlan { seed: 2, ..plan }).0);
    }

    #[test]
    fn every_message_is_in_the_chunks_and_duplicates_are_counted() {
        let plan = HistoryPlan {
            messages: 3000,
            chunk_size: 400,
            shuffle: true,
            duplicates: 0.2,
            ..HistoryPlan::default()
        };
        let (entries, values, duplicates) = made(&plan);
        let sent = wamids(&values);
        assert_eq!(sent.len(), entries.len() + duplicates);
        assert!(duplicates > 400);
        let once: BTreeSet<&String> = sent.iter().collect();
        assert_eq!(once.len(), 3000);
        assert!(entries.windows(2).all(|two| two[0].at < two[1].at));
        assert!(
            entries
                .iter()
                .any(|entry| entry.user_id.is_some() && entry.phone.is_none())
        );
    }

    #[test]
    fn phases_count_their_chunks_and_progress_ends_at_a_hundred() {
        let (_, values, _) = made(&HistoryPlan {
            messages: 4000,
            chunk_size: 500,
            ..HistoryPlan::default()
        });
        let mut orders: HashMap<u64, Vec<u64>> = HashMap::new();
        let mut last = 0;
        for value in &values {
            let metadata = &value["history"][0]["metadata"];
            orders
                .entry(metadata["phase"].as_u64().unwrap())
                .or_default()
                .push(metadata["chunk_order"].as_u64().unwrap());
            last = metadata["progress"].as_u64().unwrap();
        }
        assert_eq!(last, 100);
        assert_eq!(orders.len(), 3);
        for orders in orders.values() {
            assert_eq!(*orders, (1..=orders.len() as u64).collect::<Vec<_>>());
        }
    }

    #[test]
    fn only_files_of_the_last_fourteen_days_follow() {
        let (entries, ..) = made(&HistoryPlan {
            messages: 2000,
            media: 0.5,
            ..HistoryPlan::default()
        });
        let newest = entries.last().unwrap().at.as_second();
        let follow: Vec<_> = entries.iter().filter(|entry| entry.file_follows).collect();
        assert!(!follow.is_empty() && follow.len() < entries.len() / 4);
        assert!(
            follow
                .iter()
                .all(|entry| newest - entry.at.as_second() <= FILES_S)
        );
    }

    #[test]
    fn a_plan_that_makes_no_sense_is_refused() {
        for plan in [
            HistoryPlan {
                messages: 0,
                ..HistoryPlan::default()
            },
            HistoryPlan {
                chunk_size: 6001,
                ..HistoryPlan::default()
            },
            HistoryPlan {
                duplicates: 1.5,
                ..HistoryPlan::default()
            },
        ] {
            assert!(plan.check().is_err());
        }
    }
}
