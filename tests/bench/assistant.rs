//! From a stored message to the proposal that the window reads, in a long conversation with a large catalog.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use cobro_core::domain::{Currency, Money, ProductDraft};
use cobro_core::{Actor, CoreEvent, assistant, catalog};

use crate::desk::BenchDesk;
use crate::figures::{Times, line, mark};

/// The conversation grows by one message in each.
const ROUNDS: usize = 200;
const LIMIT_MS: f64 = 50.0;
const PATIENCE: Duration = Duration::from_secs(20);

const NOUNS: [&str; 20] = [
    "Vestido",
    "Camiseta",
    "Pantalón",
    "Falda",
    "Chamarra",
    "Blusa",
    "Bufanda",
    "Gorra",
    "Suéter",
    "Abrigo",
    "Camisa",
    "Short",
    "Sudadera",
    "Chaleco",
    "Pijama",
    "Bata",
    "Cinturón",
    "Corbata",
    "Guante",
    "Calcetín",
];
const STYLES: [&str; 5] = ["clásico", "deportivo", "elegante", "casual", "infantil"];
const COLOURS: [&str; 5] = ["rojo", "negro", "azul", "verde", "blanco"];
const SIZES: [&str; 4] = ["S", "M", "L", "XL"];

pub(crate) async fn run() -> Result<()> {
    let bench = BenchDesk::open().await?;
    let goods = fill_catalog(&bench).await?;
    let ana = bench.sandbox.customer("5215512345678").named("Ana");
    ana.writes("hola buenas tardes");
    let conversation = bench.conversation_of("Ana").await?;
    let mut events = bench.inbox().events();
    let mut times = Times::new()?;
    for n in 0..ROUNDS {
        while events.try_recv().is_ok() {}
        let many = 2 + n % 7;
        ana.writes(&format!(
            "mejor {many} vestidos clásicos rojos talla M, mándame el link"
        ));
        let heard = async {
            let mut stored: Option<Instant> = None;
            loop {
                match events.recv().await? {
                    CoreEvent::ConversationChanged { conversation: id } if id == conversation => {
                        stored.get_or_insert_with(Instant::now);
                    }
                    CoreEvent::ProposalChanged { conversation: id } if id == conversation => {
                        return anyhow::Ok(stored);
                    }
                    _ => {}
                }
            }
        };
        let stored = tokio::time::timeout(PATIENCE, heard)
            .await
            .context("Nothing was proposed")??
            .context("It was proposed before it was stored")?;
        let shown = assistant::proposal(bench.inbox(), conversation).await?;
        times.add(stored.elapsed());
        anyhow::ensure!(shown.is_some(), "Nothing is proposed");
    }
    bench.close().await;
    line(
        &format!("message stored → proposal read, {goods} items"),
        &times.words(),
        &format!("p99 under 50 ms: {}", mark(times.ms(99.0) < LIMIT_MS)),
    );
    Ok(())
}

/// Offers 2,000 things whose names have much in common. Returns how many.
async fn fill_catalog(bench: &BenchDesk) -> Result<usize> {
    let currency = Currency::from_code("MXN")?;
    let mut count = 0;
    for noun in NOUNS {
        for style in STYLES {
            for colour in COLOURS {
                for size in SIZES {
                    count += 1;
                    let price = Money::from_minor(10_000 + 100 * i64::from(count), currency)?;
                    let draft = ProductDraft::new(format!("{noun} {style} {colour} talla {size}"), price);
                    catalog::save(bench.inbox(), Actor::Person, draft).await?;
                }
            }
        }
    }
    Ok(usize::try_from(count)?)
}
