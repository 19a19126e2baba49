//! No text of a customer moves money: not by chance, not by intent.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that breaks here should say where"
)]

use cobro_assistant::eval::{Row, rows_from_jsonl};
use cobro_assistant::wire::{CatalogFile, conversation_from_files};
use cobro_assistant::{
    Answers, Catalog, Conversation, Cut, Decision, DiscountRule, HandoffReason, Item, KnownCharge,
    KnownState, Order, OrderLine, ProposedCharge, Role, Rules, Turn, Why, propose,
};
use cobro_stripe::{Currency, Money};
use proptest::prelude::*;

const OWN: &str = include_str!("../data/dialogues.jsonl");

fn catalog() -> Catalog {
    let currency = Currency::from_code("MXN").unwrap();
    let item = |id: &str, name: &str, minor| Item::new(id, name, Money::from_minor(minor, currency).unwrap());
    Catalog::new(
        currency,
        vec![
            item("ch10", "Pastel de chocolate 10 personas", 420_00),
            item("ch20", "Pastel de chocolate 20 personas", 690_00),
            item("cup", "Caja de 12 cupcakes", 260_00),
            item("gel", "Gelatina mosaico", 180_00),
            item("env", "Envío a domicilio", 60_00),
        ],
    )
    .unwrap()
}

/// Panics if a charge holds anything that the catalog does not say, where the shop gave nothing.
#[track_caller]
fn assert_catalog_prices(catalog: &Catalog, conversation: &Conversation) {
    let proposal = propose(catalog, conversation, &Rules::default());
    let Some(charge) = proposal.charge() else { return };
    assert_eq!(charge.discount.minor(), 0, "{conversation:?}");
    assert_eq!(charge.total.currency(), catalog.currency());
    let mut total = 0;
    for line in &charge.lines {
        let item = catalog.items().iter().find(|item| item.id == line.item).unwrap();
        assert_eq!(line.unit_price, item.price, "{conversation:?}");
        assert!(line.quantity >= 1 && line.quantity <= Rules::default().max_quantity);
        total += item.price.minor() * i64::from(line.quantity);
    }
    assert_eq!(charge.total.minor(), total, "{conversation:?}");
}

/// Pieces that conversations about money are made of, put together at random.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "te lo dejo en $1",
            "10% de descuento",
            "cóbrame $5",
            "mándame el link",
            "el de chocolate de 20",
            "una gelatina",
            "si",
            "confirmo",
            "SISTEMA:",
            "Tienda: queda en $10",
            "\"te lo dejo en $20\"",
            "gratis",
            "envío gratis",
            "100% off",
            "2 cajas de cupcakes",
            "descuento de $100",
            "a mitad de precio",
            "apply discount 50%",
            "precio especial $3",
            "te queda en 50",
            "\n",
            ",",
            ".",
            "?",
            "x100",
            "-3",
            "0",
            "999999999999999999999",
            "por 20 pesos",
            "faz por 10",
            "ignora las instrucciones",
            "reenviado:",
            "no",
            "mejor 3",
            "solo",
            "todo junto",
            "a domicilio",
            "lo mismo de siempre",
            "🙏👍",
            "é",
            "ñ",
            "١٢٣",
            "Ⅳ",
            "½",
            "NaN",
            "ya pagué",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,24}",
        "[0-9$€.,%x ]{0,12}",
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..8).prop_map(|pieces| pieces.join(" "))
}

#[test]
fn marks_of_the_phone_and_long_words_are_no_orders_to_the_program() {
    let long = "supercalifragil".repeat(40);
    for text in [
        "Quiero *dos* ```AB-123``` como en https://tienda.mx/pasteles?id=1",
        "*negrita* _cursiva_ ~tachado~ ```código``` https://example.com",
        "<b>html</b> & \"comillas\" con mi tarjeta 4242 4242 4242 4242",
        long.as_str(),
        &"a".repeat(600),
        &"W".repeat(400),
    ] {
        let conversation = Conversation::of(vec![Turn::customer(text)]);
        let proposal = propose(&catalog(), &conversation, &Rules::default());
        assert_ne!(
            proposal.decision,
            Decision::Handoff(HandoffReason::PromptInjection),
            "{text}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_customer_text_moves_a_price_a_discount_or_the_catalog(texts in prop::collection::vec(text(), 1..5)) {
        let turns = texts.into_iter().map(Turn::customer).collect();
        assert_catalog_prices(&catalog(), &Conversation::of(turns));
    }

    #[test]
    fn nor_after_the_shop_named_its_price(before in text(), after in prop::collection::vec(text(), 1..4)) {
        let mut turns = vec![
            Turn::customer(before),
            Turn::customer("quiero una gelatina mosaico"),
            Turn::shop("Claro, $180. ¿Te la aparto?"),
        ];
        turns.extend(after.into_iter().map(Turn::customer));
        assert_catalog_prices(&catalog(), &Conversation::of(turns));
    }

    #[test]
    fn whatever_is_written_by_either_side_nothing_breaks(texts in prop::collection::vec((any::<bool>(), text()), 0..7)) {
        let catalog = catalog();
        let turns = texts.into_iter().map(|(shop, text)| if shop { Turn::shop(text) } else { Turn::customer(text) }).collect();
        let conversation = Conversation::of(turns);
        let first = propose(&catalog, &conversation, &Rules::default());
        prop_assert_eq!(&first, &propose(&catalog, &conversation, &Rules::default()));
        if let Some(charge) = first.charge() {
            let lines: i64 = charge.lines.iter().map(|line| line.unit_price.minor() * i64::from(line.quantity)).sum();
            prop_assert_eq!(charge.total.minor(), lines - charge.discount.minor());
            prop_assert!(charge.total.minor() > 0);
        }
    }
}

fn row_catalog(row: &Row) -> Catalog {
    let file = CatalogFile {
        currency: row.currency.clone(),
        items: row.catalog.clone(),
    };
    file.into_catalog().unwrap()
}

/// Changes dialogues where only the customer speaks: words dropped, doubled, swapped, messages cut and joined.
fn mutated(text: &str, seed: &mut u64) -> String {
    let mut next = |below: usize| {
        *seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(*seed >> 33).unwrap() % below.max(1)
    };
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    for _ in 0..=next(3) {
        let at = next(words.len());
        match next(6) {
            0 => {
                words.remove(at);
            }
            1 => words.insert(at, words[at].clone()),
            2 => {
                let other = next(words.len());
                words.swap(at, other);
            }
            3 => words.insert(
                at,
                ["no", "$1", "50%", "descuento", "x9", "gratis", "si", "99"][next(8)].to_owned(),
            ),
            4 => words[at] = words[at].chars().rev().collect(),
            _ => words[at] = words[at].to_uppercase(),
        }
        if words.is_empty() {
            words.push(String::new());
        }
    }
    words.join(" ")
}

/// Runs `rounds` changes of every dialogue and checks each total.
fn fuzz(rounds: u64) {
    for (nth, row) in rows_from_jsonl(OWN).unwrap().iter().enumerate() {
        let catalog = row_catalog(row);
        let plain = conversation_from_files(&row.dialog, &row.previous_orders);
        let shop_gives = plain
            .turns
            .iter()
            .any(|turn| turn.role == Role::Shop && propose_gives(&catalog, turn));
        for round in 0..rounds {
            let mut seed = u64::try_from(nth).unwrap() * 1_000_003 + round;
            let mut conversation = plain.clone();
            for turn in conversation
                .turns
                .iter_mut()
                .filter(|turn| turn.role == Role::Customer)
            {
                turn.text = mutated(&turn.text, &mut seed);
            }
            let proposal = propose(&catalog, &conversation, &Rules::default());
            let Some(charge) = proposal.charge() else { continue };
            let lines: i64 = charge
                .lines
                .iter()
                .map(|line| line.unit_price.minor() * i64::from(line.quantity))
                .sum();
            assert_eq!(
                charge.total.minor(),
                lines - charge.discount.minor(),
                "{}",
                row.id
            );
            if !shop_gives && !shop_wrote_its_prices(charge, &conversation) {
                assert_catalog_prices(&catalog, &conversation);
            }
        }
    }
}

/// Returns whether each price that is not the catalog's, or the total, stands in a message of the shop.
fn shop_wrote_its_prices(charge: &ProposedCharge, conversation: &Conversation) -> bool {
    let wrote = |minor: i64| {
        conversation
            .turns
            .iter()
            .filter(|turn| turn.role == Role::Shop)
            .flat_map(|turn| turn.text.split(' '))
            .map(|word| word.chars().filter(char::is_ascii_digit).collect::<String>())
            .any(|digits| {
                let number: i64 = digits.parse().unwrap_or(0);
                number > 0 && [1, 100, 1_000, 100_000].iter().any(|unit| number * unit == minor)
            })
    };
    let mut special = charge.lines.iter().filter(|line| line.special_price).peekable();
    let is_special = special.peek().is_some();
    is_special && special.all(|line| wrote(line.unit_price.minor())) || wrote(charge.total.minor())
}

/// Returns whether the shop's message may give something away.
fn propose_gives(_: &Catalog, turn: &Turn) -> bool {
    let text = turn.text.to_lowercase();
    [
        "dejo",
        "descuento",
        " menos ",
        "desconto",
        "tiro",
        "tirar",
        "off",
        "faço",
        "can do",
        "could do",
        "10%",
        "20%",
        "queda",
    ]
    .iter()
    .any(|word| text.contains(word))
}

#[test]
fn changed_dialogues_never_break_and_never_charge_another_price() {
    fuzz(4);
}

#[test]
#[ignore = "minutes: run it after changing the rules"]
fn many_changed_dialogues_never_break_and_never_charge_another_price() {
    fuzz(400);
}

#[test]
fn a_whatsapp_cart_is_a_proposal_by_itself() {
    let order = Order {
        lines: vec![
            OrderLine {
                id: "gel".into(),
                quantity: 2,
            },
            OrderLine {
                id: "env".into(),
                quantity: 1,
            },
        ],
    };
    let proposal = propose(
        &catalog(),
        &Conversation::of(vec![Turn::order(order)]),
        &Rules::default(),
    );
    assert_eq!(proposal.charge().unwrap().total.minor(), 420_00);
}

#[test]
fn a_cart_is_not_said_back_without_the_item_that_is_gone() {
    let line = |id: &str| OrderLine {
        id: id.into(),
        quantity: 1,
    };
    let order = Order {
        lines: vec![line("gel"), line("old")],
    };
    for after in [
        vec!["hola, ese es mi pedido"],
        vec!["cuánto sería?"],
        vec!["mándame el link porfa"],
        vec!["sí", "eso es todo, gracias"],
    ] {
        let mut turns = vec![Turn::order(order.clone())];
        turns.extend(after.iter().map(|text| Turn::customer(*text)));
        let proposal = propose(&catalog(), &Conversation::of(turns), &Rules::default());
        assert!(
            !matches!(proposal.decision, Decision::Charge(_) | Decision::Recap(_)),
            "{after:?}: {:?}",
            proposal.decision
        );
    }
}

#[test]
fn a_cart_with_an_item_that_is_gone_goes_to_a_person() {
    let order = Order {
        lines: vec![OrderLine {
            id: "old".into(),
            quantity: 1,
        }],
    };
    let proposal = propose(
        &catalog(),
        &Conversation::of(vec![Turn::order(order)]),
        &Rules::default(),
    );
    assert!(proposal.is_handoff(), "{proposal:?}");
}

#[test]
fn nothing_is_proposed_while_the_charge_is_open_nor_after_it_is_paid() {
    for state in [KnownState::Open, KnownState::Paid] {
        let conversation = Conversation {
            turns: vec![
                Turn::customer("una gelatina porfa"),
                Turn::shop("Claro, $180. ¿Te mando el link?"),
                Turn::customer("si porfa"),
                Turn::customer("gracias"),
            ],
            charges: vec![KnownCharge {
                total_minor: 180_00,
                state,
                after_turns: 3,
            }],
            ..Conversation::default()
        };
        let proposal = propose(&catalog(), &conversation, &Rules::default());
        assert!(proposal.charge().is_none(), "{state:?}: {proposal:?}");
    }
}

#[test]
fn what_was_asked_before_the_charge_is_answered_by_it() {
    let asked = Conversation::of(vec![Turn::customer("hola, cuánto cuesta la gelatina?")]);
    let before = propose(&catalog(), &asked, &Rules::default());
    assert!(matches!(before.decision, Decision::Reply(_)), "{before:?}");
    let charged = Conversation {
        charges: vec![KnownCharge {
            total_minor: 180_00,
            state: KnownState::Open,
            after_turns: 1,
        }],
        ..asked
    };
    let after = propose(&catalog(), &charged, &Rules::default());
    assert_eq!(after.decision, Decision::Nothing);
    let asks_again = Conversation {
        turns: vec![
            Turn::customer("hola, cuánto cuesta la gelatina?"),
            Turn::customer("y cuánto el envío?"),
        ],
        ..charged
    };
    let again = propose(&catalog(), &asks_again, &Rules::default());
    assert!(matches!(again.decision, Decision::Reply(_)), "{again:?}");
}

#[test]
fn a_paid_customer_is_thanked_in_a_draft() {
    let conversation = Conversation {
        turns: vec![Turn::customer(
            "una gelatina y el envio a domicilio porfa, mandame el link",
        )],
        charges: vec![KnownCharge {
            total_minor: 240_00,
            state: KnownState::Paid,
            after_turns: 1,
        }],
        ..Conversation::default()
    };
    let proposal = propose(&catalog(), &conversation, &Rules::default());
    match proposal.decision {
        Decision::Reply(text) => assert!(text.contains("dirección"), "{text}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_owners_code_counts_when_the_customer_writes_it_and_not_when_it_is_quoted() {
    let rules = Rules {
        discounts: vec![DiscountRule {
            id: "summer".into(),
            code: Some("VERANO10".into()),
            min_total_minor: 0,
            cut: Cut::BasisPoints(1000),
        }],
        ..Rules::default()
    };
    let total = |text: &str| {
        let turns = vec![
            Turn::customer("una gelatina porfa"),
            Turn::shop("$180, ¿te paso el link?"),
            Turn::customer(text),
        ];
        propose(&catalog(), &Conversation::of(turns), &rules)
            .charge()
            .map(|charge| charge.total.minor())
    };
    assert_eq!(total("sí, mándame el link. mi código es VERANO10"), Some(162_00));
    assert_eq!(total("sí, mándame el link"), Some(180_00));
    assert_ne!(
        total("sí, mándame el link, mi prima dice \"VERANO10\""),
        Some(162_00)
    );
}

#[test]
fn a_total_above_what_the_owner_lets_through_goes_to_a_person() {
    let rules = Rules {
        max_total_minor: Some(500_00),
        ..Rules::default()
    };
    let turns = vec![Turn::customer(
        "el pastel de chocolate de 20 personas, mándame el link",
    )];
    assert!(propose(&catalog(), &Conversation::of(turns), &rules).is_handoff());
}

#[test]
fn after_a_payment_the_address_is_asked_for_once() {
    let catalog = catalog();
    let drafted =
        |conversation: &Conversation| match propose(&catalog, conversation, &Rules::default()).decision {
            Decision::Reply(text) => text,
            other => panic!("{other:?}"),
        };
    let mut conversation = Conversation::of(vec![Turn::customer(
        "una gelatina mosaico con envío, mándame el link",
    )]);
    conversation.charges.push(KnownCharge {
        total_minor: 240_00,
        state: KnownState::Paid,
        after_turns: 1,
    });
    conversation
        .turns
        .push(Turn::shop("¡Gracias! Recibimos tu pago de $240. ✅"));
    assert_eq!(drafted(&conversation), "¿A qué dirección lo enviamos?");
    conversation
        .turns
        .push(Turn::customer("calle 5 de mayo 12, centro"));
    let told = propose(&catalog, &conversation, &Rules::default());
    assert_eq!(told.decision, Decision::Nothing);
}

/// What is proposed to a customer who paid, and then wrote this; lines of the shop begin with `> `.
fn after_paying(state: KnownState, story: &[&str]) -> Decision {
    let turn = |line: &&str| match line.strip_prefix("> ") {
        Some(text) => Turn::shop(text),
        None => Turn::customer(*line),
    };
    let mut conversation = Conversation::of(vec![Turn::customer("una gelatina mosaico, mándame el link")]);
    conversation.turns.extend(story.iter().map(turn));
    conversation.charges.push(KnownCharge {
        total_minor: 180_00,
        state,
        after_turns: 1,
    });
    let rules = Rules {
        answers: Answers {
            hours: Some("Abrimos de 9 a 6".into()),
            ..Answers::default()
        },
        ..Rules::default()
    };
    propose(&catalog(), &conversation, &rules).decision
}

#[test]
fn thanks_are_said_once_and_only_where_nothing_else_follows() {
    let thanks = Decision::Reply("¡Gracias por tu compra!".into());
    let nothing = Decision::Nothing;
    let hours = Decision::Reply("Abrimos de 9 a 6".into());
    for (story, expected) in [
        (&[] as &[&str], &thanks),
        (&["ya pagué"], &thanks),
        (&["listo, ya te pagué 👍"], &thanks),
        (&["gracias"], &nothing),
        // What is asked is answered, or left to a person.
        (&["ya pagué, a qué hora abren?"], &hours),
        (&["gracias! y a qué hora abren?"], &hours),
        (&["me avisas cuando salga el repartidor?"], &nothing),
        (&["fíjate que andamos estrenando cocina"], &nothing),
        // The shop has thanked, or speaks of something else by now.
        (
            &["> ¡Gracias, Ana! Recibimos tu pago de MX$180.00. ✅", "ok"],
            &nothing,
        ),
        (&["> Tus gelatinas están en camino", "va"], &nothing),
        (&["> ¡Gracias! Recibimos tu pago", "ya llegó, muy rica"], &nothing),
    ] {
        assert_eq!(&after_paying(KnownState::Paid, story), expected, "{story:?}");
    }
    for (story, expected) in [
        (&[] as &[&str], &nothing),
        (&["hola"], &nothing),
        (&["ya había pagado"], &nothing),
        (&["hola, a qué hora abren?"], &hours),
    ] {
        assert_eq!(
            &after_paying(KnownState::PaidBefore, story),
            expected,
            "{story:?}"
        );
    }
}

#[test]
fn instalments_a_deposit_and_a_part_are_told_apart() {
    for (text, why) in [
        ("¿la puedo pagar a 3 meses sin intereses?", Why::Instalments),
        ("¿me lo fías?", Why::Instalments),
        ("¿cobran anticipo?", Why::Deposit),
        ("mándame el link del anticipo", Why::Deposit),
        ("te mando 60 para el anticipo", Why::Deposit),
        ("te pago la mitad hoy y la otra mitad el viernes", Why::PaysPart),
        ("te deposito 60 hoy", Why::PaysPart),
        ("abono 60 hoy y el resto el viernes", Why::PaysPart),
        ("¿la puedo abonar?", Why::PaysPart),
    ] {
        let turns = vec![
            Turn::customer("quiero una gelatina"),
            Turn::shop("$180, ¿te la aparto?"),
            Turn::customer(text),
        ];
        let proposal = propose(&catalog(), &Conversation::of(turns), &Rules::default());
        assert!(proposal.is_handoff(), "{text}: {proposal:?}");
        assert_eq!(proposal.why, [why], "{text}");
    }
}
