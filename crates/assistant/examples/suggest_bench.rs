//! Measures a proposal for a long conversation with a large catalog.
//!
//! `cargo run --release -p cobro-assistant --example suggest_bench -- [RUNS]`
//!
//! 200 messages, 2,000 items. Prints one JSON line; the catalog's index is
//! made once, as a desk keeps it, and timed apart.

use std::time::Instant;

use cobro_assistant::{Catalog, Conversation, Item, Rules, Turn, propose};
use cobro_stripe::{Currency, Money};
use hdrhistogram::Histogram;

const NOUNS: [&str; 20] = [
    "Vestido",
    "Camiseta",
    "Pantalón",
    "Falda",
    "Chamarra",
    "Sudadera",
    "Blusa",
    "Abrigo",
    "Bufanda",
    "Cinturón",
    "Zapato",
    "Sandalia",
    "Bota",
    "Gorra",
    "Calcetín",
    "Pijama",
    "Traje",
    "Chaleco",
    "Suéter",
    "Bolso",
];
const COLOURS: [&str; 10] = [
    "rojo", "negro", "blanco", "azul", "verde", "gris", "morado", "beige", "amarillo", "celeste",
];
const STYLES: [&str; 2] = ["clásico", "deportivo"];
const SIZES: [&str; 5] = ["XS", "S", "M", "L", "XL"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runs: u32 = std::env::args()
        .nth(1)
        .and_then(|given| given.parse().ok())
        .unwrap_or(500);
    let started = Instant::now();
    let catalog = catalog()?;
    let index_ms = started.elapsed().as_micros();
    let conversation = conversation();
    let rules = Rules::default();
    let mut micros = Histogram::<u64>::new(3)?;
    for _ in 0..runs {
        let started = Instant::now();
        let proposal = propose(&catalog, &conversation, &rules);
        micros.record(u64::try_from(started.elapsed().as_micros())?)?;
        assert!(
            proposal.charge().is_some(),
            "the bench's conversation ends in a charge: {proposal:?}"
        );
    }
    println!(
        "{{\"items\":{},\"messages\":{},\"index_us\":{index_ms},\"p50_us\":{},\"p99_us\":{},\"max_us\":{}}}",
        catalog.items().len(),
        conversation.turns.len(),
        micros.value_at_quantile(0.5),
        micros.value_at_quantile(0.99),
        micros.max()
    );
    Ok(())
}

fn catalog() -> Result<Catalog, Box<dyn std::error::Error>> {
    let currency = Currency::from_code("MXN")?;
    let mut items = Vec::with_capacity(2000);
    for noun in NOUNS {
        for colour in COLOURS {
            for style in STYLES {
                for size in SIZES {
                    let nth = i64::try_from(items.len())?;
                    let name = format!("{noun} {style} {colour} talla {size}");
                    items.push(Item::new(
                        format!("i{nth}"),
                        name,
                        Money::from_minor(10_000 + nth * 100, currency)?,
                    ));
                }
            }
        }
    }
    Ok(Catalog::new(currency, items)?)
}

/// Returns 200 messages: much talk, questions and corrections, and an order at the end.
fn conversation() -> Conversation {
    let talk = [
        (
            "hola buenas tardes, tienes el vestido clasico rojo en talla M? lo vi en tu pagina y me encanto",
            "Hola! sí, disponible",
        ),
        (
            "y la chamarra deportiva negra talla L en cuanto sale?",
            "Déjame revisar",
        ),
        (
            "ok gracias, deja lo platico con mi esposa y te aviso",
            "Claro, aquí andamos",
        ),
        (
            "oye hacen envios a guadalajara? cuanto tardan en llegar",
            "Sí, de 3 a 5 días",
        ),
        (
            "quiero 2 bufandas moradas talla S y unos calsetines azules, mejor 3",
            "Va, te confirmo",
        ),
    ];
    let mut turns = Vec::with_capacity(200);
    for (customer, shop) in talk.iter().cycle().take(98) {
        turns.push(Turn::customer(*customer));
        turns.push(Turn::shop(*shop));
    }
    turns.push(Turn::customer("ya no quiero nada de eso, cancela todo porfa"));
    turns.push(Turn::shop("Ok, cancelado. ¿Te puedo ayudar en algo más?"));
    turns.push(Turn::customer("sí, quiero el vestido clásico rojo talla M"));
    turns.push(Turn::customer("mándame el link para pagar"));
    Conversation::of(turns)
}
