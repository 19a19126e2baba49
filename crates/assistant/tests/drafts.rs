//! A draft speaks of money as the shop's own messages do, and the shop's messages are read as they are meant.

#![expect(clippy::unwrap_used, reason = "a test that breaks here should say where")]

use cobro_assistant::{Catalog, Conversation, Decision, Item, Rules, Turn, Why, propose};
use cobro_stripe::{Currency, Money};
use proptest::prelude::*;

fn catalog(code: &str, items: &[(&str, i64)]) -> Catalog {
    let currency = Currency::from_code(code).unwrap();
    let item =
        |(name, minor): &(&str, i64)| Item::new(*name, *name, Money::from_minor(*minor, currency).unwrap());
    Catalog::new(currency, items.iter().map(item).collect()).unwrap()
}

/// Returns the words that are proposed to be sent, with spaces that break.
fn draft(catalog: &Catalog, turns: &[Turn]) -> String {
    let proposal = propose(catalog, &Conversation::of(turns.to_vec()), &Rules::default());
    match proposal.decision {
        Decision::Recap(text) | Decision::Reply(text) => text.replace('\u{a0}', " "),
        other => panic!("no draft: {other:?}"),
    }
}

#[test]
fn a_price_is_told_as_the_currencys_country_writes_it() {
    for (code, minor, asked, told) in [
        ("BRL", 120_00, "quanto custa a torta de limão?", "R$ 120,00"),
        (
            "MXN",
            1_250_00,
            "¿cuánto cuesta la torta de limón?",
            "MX$1,250.00",
        ),
        ("CLP", 12_500, "¿cuánto cuesta la torta de limón?", "CLP 12.500"),
        ("COP", 89_000_00, "¿cuánto vale la torta de limón?", "COP 89.000"),
        ("PEN", 45_00, "¿cuánto está la torta de limón?", "S/ 45.00"),
        ("GBP", 45_00, "how much is the torta de limón?", "£45.00"),
    ] {
        let cakes = catalog(code, &[("Torta de limón", minor), ("Brownie", minor * 2)]);
        assert_eq!(
            draft(&cakes, &[Turn::customer(asked)]),
            format!("Torta de limón: {told}")
        );
    }
}

#[test]
fn an_order_is_said_back_in_the_same_money() {
    let cakes = catalog("BRL", &[("Torta de limão", 95_00), ("Brownie", 12_50)]);
    let text = draft(&cakes, &[Turn::customer("quero 3 tortas de limão e 2 brownies")]);
    assert_eq!(
        text,
        "3 × Torta de limão: R$ 285,00\n2 × Brownie: R$ 25,00\nTotal: R$ 310,00. Posso confirmar?"
    );
}

const CURRENCIES: [&str; 15] = [
    "MXN", "COP", "BRL", "ARS", "CLP", "PEN", "UYU", "CRC", "DOP", "GTQ", "USD", "EUR", "GBP", "CAD", "KWD",
];
const ORDERS: [&str; 3] = [
    "quiero {} tortas de limón",
    "quero {} tortas de limón, por favor",
    "I'd like {} torta de limón please",
];
const YES: [&str; 3] = ["sí por favor", "sim, pode confirmar", "yes please"];

proptest! {
    #[test]
    fn a_yes_to_a_recap_that_was_sent_charges_what_it_says(
        code in prop::sample::select(CURRENCIES.to_vec()),
        language in 0_usize..3,
        quantity in 1_u32..=12,
        // What Stripe takes ends in a zero, where money has thousandths.
        tens in prop_oneof![30..2_000_i64, 30..9_000_000_i64],
    ) {
        let cakes = catalog(code, &[("Torta de limón", tens * 10), ("Brownie", 7)]);
        let pick = |all: [&'static str; 3]| all.get(language).copied().unwrap_or_default();
        let order = Turn::customer(pick(ORDERS).replace("{}", &quantity.to_string()));
        let recap = draft(&cakes, std::slice::from_ref(&order));
        let turns = vec![order, Turn::shop(recap.clone()), Turn::customer(pick(YES))];
        let proposal = propose(&cakes, &Conversation::of(turns), &Rules::default());
        let total = proposal.charge().map(|charge| charge.total.minor());
        prop_assert_eq!(total, Some(tens * 10 * i64::from(quantity)), "{}: {:?}", recap, proposal.why);
        prop_assert!(proposal.why.contains(&Why::TotalSaid), "{}: {:?}", recap, proposal.why);
    }
}
