//! A quantity that the customer said stays: the shop's price of one, a time or an age never rewrites it.

#![expect(clippy::unwrap_used, reason = "a test that breaks here should say where")]

use cobro_assistant::{Catalog, Conversation, Item, Rules, Turn, propose};
use cobro_stripe::{Currency, Money};
use proptest::prelude::*;

/// What a charge holds: (item, how many), and its total in major units.
type Charged = Option<(Vec<(String, u32)>, i64)>;

fn catalog_of(currency: &str, items: &[(&str, i64)]) -> Catalog {
    let currency = Currency::from_code(currency).unwrap();
    let item = |(name, major): &(&str, i64)| {
        Item::new(*name, *name, Money::from_minor(major * 100, currency).unwrap())
    };
    Catalog::new(currency, items.iter().map(item).collect()).unwrap()
}

fn cakes() -> Catalog {
    catalog_of(
        "MXN",
        &[
            ("Pastel de chocolate", 450),
            ("Gelatina mosaico", 180),
            ("Pastel grande de vainilla", 690),
            ("Velas", 30),
            ("Caja de 6 alfajores", 210),
            ("Envío a domicilio", 60),
        ],
    )
}

fn bolos() -> Catalog {
    catalog_of(
        "BRL",
        &[("Bolo de cenoura", 50), ("Torta de limão", 85), ("Entrega", 10)],
    )
}

fn english() -> Catalog {
    catalog_of(
        "GBP",
        &[("Lemon cake", 45), ("Brownie box of 6", 18), ("Delivery", 5)],
    )
}

/// Returns what is charged after the messages; the shop's begin with "> ".
fn charged(catalog: &Catalog, story: &[&str]) -> Charged {
    let turn = |text: &&str| match text.strip_prefix("> ") {
        Some(text) => Turn::shop(text),
        None => Turn::customer(*text),
    };
    let conversation = Conversation::of(story.iter().map(turn).collect());
    let proposal = propose(catalog, &conversation, &Rules::default());
    let charge = proposal.charge()?;
    let lines = charge.lines.iter().map(|line| (line.item.clone(), line.quantity));
    Some((lines.collect(), charge.total.minor() / 100))
}

/// Panics unless exactly so many of the item are charged.
#[track_caller]
fn assert_charges(catalog: &Catalog, story: &[&str], item: &str, quantity: u32, total: i64) {
    let expected = Some((vec![(item.to_owned(), quantity)], total));
    assert_eq!(charged(catalog, story), expected, "{story:?}");
}

/// Panics if something else than so many of the item is charged; no charge is well.
#[track_caller]
fn assert_never_another(catalog: &Catalog, story: &[&str], item: &str, quantity: u32) {
    if let Some((lines, _)) = charged(catalog, story) {
        assert_eq!(lines, [(item.to_owned(), quantity)], "{story:?}");
    }
}

/// Panics if anything is charged.
#[track_caller]
fn assert_says_back(catalog: &Catalog, story: &[&str]) {
    assert_eq!(charged(catalog, story), None, "{story:?}");
}

const CAKE: &str = "Pastel de chocolate";
const JELLY: &str = "Gelatina mosaico";

#[test]
fn the_price_of_each_is_paid_for_all_of_them() {
    let cakes = cakes();
    for price in [
        "cuestan $450 cada uno",
        "Claro, $450 c/u",
        "son a $450 cada uno",
        "$450 la pieza",
        "$450 por pieza",
        "a $450 cada pastel",
    ] {
        let price = format!("> {price}");
        let story = ["quiero 2 pasteles de chocolate", &price, "mándame el link"];
        assert_charges(&cakes, &story, CAKE, 2, 900);
    }
    let story = [
        "quiero 3 gelatinas",
        "> Son $180 cada una, te las aparto?",
        "sí por favor",
    ];
    assert_charges(&cakes, &story, JELLY, 3, 540);
    let story = ["2 lemon cakes for a party", "> £45 each", "yes, send me the link"];
    assert_charges(&english(), &story, "Lemon cake", 2, 90);
    let story = ["quero 2 bolos de cenoura", "> R$ 50 cada um", "manda o link"];
    assert_charges(&bolos(), &story, "Bolo de cenoura", 2, 100);
}

#[test]
fn a_price_of_one_never_makes_it_one() {
    let cakes = cakes();
    for price in [
        "está en $450",
        "el pastel está en $450",
        "$450",
        "uno cuesta $450",
        "cada uno sale en $450",
        "un pastel cuesta $450",
        "1 pastel cuesta $450",
        "cada, $450",
        "$450 por persona",
        "$450 por unidad, ¿te los aparto?",
        "Claro que sí, $450, ¿te paso el link?",
        "para las 5 está bien, $450 cada uno, ¿te lo aparto?",
        "el sábado 5 los tengo, a $450 la pieza, ¿va?",
        "Sí tenemos, el pastel de chocolate $450 para 10 personas. ¿Confirmas?",
        "tengo uno listo a las 3, son $450 c/u, ¿te late?",
    ] {
        let price = format!("> {price}");
        for order in [
            "quiero 2 pasteles de chocolate",
            "quiero dos pasteles de chocolate para una fiesta a la 1",
            "2 pasteles de chocolate porfa, mi hija cumple 1 año el 1 de mayo",
        ] {
            for yes in ["sí por favor", "va, mándame el link", "sí, los quiero"] {
                assert_never_another(&cakes, &[order, &price, yes], CAKE, 2);
            }
        }
    }
    for price in [
        "£45 each",
        "they're £45 each one",
        "£45 a piece",
        "it's £45",
        "one is £45",
        "£45 per cake, shall I book them for 3pm?",
    ] {
        let price = format!("> {price}");
        for order in [
            "2 lemon cakes for a party",
            "can I get two lemon cakes for one of my kids, she's turning 3",
        ] {
            for yes in ["yes please", "yes, send me the link"] {
                assert_never_another(&english(), &[order, &price, yes], "Lemon cake", 2);
            }
        }
    }
    for price in [
        "R$ 50 cada um",
        "R$ 50 cada",
        "50 reais a unidade",
        "sai a R$ 50 por unidade, pode ser?",
        "um bolo é R$ 50",
        "está R$ 50, confirma?",
    ] {
        let price = format!("> {price}");
        for order in [
            "2 bolos de cenoura",
            "quero dois bolos de cenoura pra uma festa às 3",
        ] {
            for yes in ["sim", "pode ser, manda o link"] {
                assert_never_another(&bolos(), &[order, &price, yes], "Bolo de cenoura", 2);
            }
        }
    }
}

#[test]
fn what_stands_between_order_and_price_counts_nothing() {
    let cakes = cakes();
    for between in [
        "es para una fiesta",
        "es para un cumple",
        "solo de chocolate",
        "paso a la 1",
        "para 1 persona que es celíaca",
    ] {
        let story = [
            "quiero 2 pasteles de chocolate",
            "> ok",
            between,
            "> está en $450",
            "va, mándame el link",
        ];
        assert_never_another(&cakes, &story, CAKE, 2);
        let story = [
            "hola",
            between,
            "> claro",
            "quiero 2 pasteles de chocolate",
            "> está en $450, ¿te paso el link?",
            "sí",
        ];
        assert_never_another(&cakes, &story, CAKE, 2);
    }
    let story = [
        "2 lemon cakes please",
        "> sure, what for?",
        "just for a party",
        "> lovely, £45",
        "yes, send me the link",
    ];
    assert_never_another(&english(), &story, "Lemon cake", 2);
}

#[test]
fn a_time_a_date_or_an_age_explains_no_total() {
    let cakes = cakes();
    for order in [
        "quiero 2 gelatinas, paso a las 5",
        "quiero 2 gelatinas para el 5 de mayo",
        "2 gelatinas porfa, mi hijo cumple 5",
        "2 gelatinas porfa, mi hijo cumple 5 años",
        "2 gelatinas, soy talla 5",
        "2 gelatinas, somos 5 personas",
        "2 gelatinas para el sábado 5 a las 5pm",
    ] {
        for total in [
            "> Serían $900 con el pastel grande",
            "> Serían $900",
            "> Serían $900, ¿te paso el link?",
            "> para las 5 son $900",
        ] {
            for yes in ["sí por favor", "va, mándame el link"] {
                assert_says_back(&cakes, &[order, total, yes]);
            }
        }
    }
    let story = [
        "3 lemon cakes, I'll come by at 2",
        "> £90 all in",
        "yes, send me the link",
    ];
    assert_says_back(&english(), &story);
    let story = [
        "3 bolos de cenoura, passo às 2",
        "> R$ 100, tudo bem?",
        "sim, manda o link",
    ];
    assert_says_back(&bolos(), &story);
}

#[test]
fn a_price_for_all_of_them_that_is_the_price_of_one_is_said_back() {
    for price in [
        "los dos en $450",
        "los dos por $450, ¿va?",
        "el par en $450",
        "los 2 te salen en $450",
    ] {
        let price = format!("> {price}");
        for yes in ["sí", "va, mándame el link"] {
            assert_says_back(&cakes(), &["quiero 2 pasteles de chocolate", &price, yes]);
        }
    }
    for price in ["both for £45", "£45 the pair", "£45 for the two"] {
        let price = format!("> {price}");
        assert_says_back(
            &english(),
            &["2 lemon cakes please", &price, "yes, send me the link"],
        );
    }
}

#[test]
fn the_total_of_all_is_charged_and_the_shops_own_count_counts() {
    let cakes = cakes();
    for total in [
        "> los dos son $900",
        "> serían $900, ¿te paso el link?",
        "> $450 cada uno, $900 en total",
    ] {
        let story = ["quiero 2 pasteles de chocolate", total, "sí, mándame el link"];
        assert_charges(&cakes, &story, CAKE, 2, 900);
    }
    let story = [
        "quiero 2 gelatinas",
        "> entonces 3 gelatinas son $540, ¿va?",
        "sí, mándame el link",
    ];
    assert_charges(&cakes, &story, JELLY, 3, 540);
    let story = [
        "quiero 2 gelatinas",
        "> ok",
        "mejor 3",
        "> serían $540, ¿va?",
        "sí, mándame el link",
    ];
    assert_charges(&cakes, &story, JELLY, 3, 540);
    // Less with another item beside it: no sum of what was said.
    let story = [
        "quiero 2 gelatinas y velas",
        "> gelatina $180 + velas $30 = $210",
        "sí, mándame el link",
    ];
    assert_says_back(&cakes, &story);
}

#[test]
fn a_number_that_answers_another_question_counts_nothing() {
    let cakes = cakes();
    for (question, answer) in [
        ("> ¿a qué hora?", "3"),
        ("> ¿cuántos años cumple?", "3"),
        ("> ¿para cuántas personas?", "3"),
        ("> ¿para cuándo?", "para el 3"),
    ] {
        let story = [
            "quiero 2 gelatinas",
            question,
            answer,
            "> ok, $540",
            "sí, mándame el link",
        ];
        assert_says_back(&cakes, &story);
        let story = [
            "quiero 2 gelatinas",
            question,
            answer,
            "> $180 c/u, ¿va?",
            "sí, mándame el link",
        ];
        assert_charges(&cakes, &story, JELLY, 2, 360);
    }
    let story = [
        "quero dois bolos de cenoura",
        "> pra que horas?",
        "5",
        "> fica R$ 250",
        "manda o link",
    ];
    assert_says_back(&bolos(), &story);
}

#[test]
fn a_number_of_something_else_explains_no_later_total() {
    for between in [
        "cumple 4 mi niño",
        "llego a las 4",
        "llego 4pm",
        "en 4 días",
        "vivo en la calle 4",
        "depto 4",
        "tengo 4 hijos",
        "a eso de las 4 y media",
        "son 4 calles más adelante",
        "te busco en 4 min",
        "entre 4 y 5",
        "pago en 4 partes?",
        "ya te compré 4 la otra vez",
        "mi mesa es la 4",
        "somos 4",
    ] {
        let story = [
            "3 gelatinas porfa",
            "> ok",
            between,
            "> $720",
            "va, mándame el link",
        ];
        assert_says_back(&cakes(), &story);
    }
    for between in [
        "chego às 4",
        "chego as 4",
        "dia 4",
        "apto 4",
        "bloco 4",
        "ela faz 4 aninhos",
        "umas 4 horas",
    ] {
        let story = ["3 bolos de cenoura", "> ok", between, "> R$ 200", "manda o link"];
        assert_says_back(&bolos(), &story);
    }
    for between in [
        "I'll be there at 4",
        "in 4 days",
        "my 4 year old loves them",
        "we're 4",
        "I had 4 last time",
        "flat 4",
    ] {
        let story = [
            "3 lemon cakes please",
            "> ok",
            between,
            "> £180",
            "ok send the link",
        ];
        assert_says_back(&english(), &story);
    }
    for order in [
        "quiero gelatinas para las 5",
        "quiero gelatinas para mi hijo de 5 años",
    ] {
        assert_says_back(&cakes(), &[order, "> $900", "va, mándame el link"]);
    }
    let story = [
        "3 lemon cakes please",
        "> ok",
        "make it 4",
        "> £180",
        "ok send the link",
    ];
    assert_charges(&english(), &story, "Lemon cake", 4, 180);
}

#[test]
fn what_the_shop_has_is_not_what_was_ordered() {
    let cakes = cakes();
    for stock in [
        "tengo 3 gelatinas a $180",
        "me quedan 5 gelatinas, $180 cada una",
        "hay 4 gelatinas, $180 c/u",
    ] {
        let stock = format!("> {stock}");
        assert_never_another(
            &cakes,
            &["quiero 2 gelatinas", &stock, "ok, mándame el link"],
            JELLY,
            2,
        );
    }
    for fewer in [
        "solo tengo 1 gelatina, $180",
        "solo me queda una, $180",
        "son 3 gelatinas mínimo, $180 c/u",
        "las 2 gelatinas $180",
        "$180 + $60 de envío",
    ] {
        let fewer = format!("> {fewer}");
        assert_says_back(&cakes, &["quiero 2 gelatinas", &fewer, "ok, mándame el link"]);
    }
}

#[test]
fn a_price_of_another_pack_is_said_back() {
    let catalog = catalog_of("GBP", &[("Scone", 5), ("Box of 6 scones", 25), ("Delivery", 5)]);
    for order in ["3 scones", "2 boxes of scones", "12 scones"] {
        for price in ["> £25 for a box of 6", "> £25 a box"] {
            let charged = charged(&catalog, &[order, price, "ok, send me the link"]);
            let total = charged.map(|(_, total)| total);
            assert!(total.is_none_or(|total| total == 50), "{order} {price} {total:?}");
        }
    }
}

#[test]
fn a_couple_is_two_and_one_more_is_not_as_many() {
    for order in ["quiero un par de gelatinas", "me das un par de gelatinas porfa"] {
        let story = [order, "> $180 cada una", "va, mándame el link"];
        assert_charges(&cakes(), &story, JELLY, 2, 360);
    }
    let story = [
        "a couple of lemon cakes please",
        "> £45 each",
        "yes, send me the link",
    ];
    assert_charges(&english(), &story, "Lemon cake", 2, 90);
    let story = ["um par de bolos de cenoura", "> R$ 50 cada", "manda o link"];
    assert_charges(&bolos(), &story, "Bolo de cenoura", 2, 100);
    let story = ["quiero un par de tenis", "> $900 el par", "va, mándame el link"];
    assert_charges(
        &catalog_of("MXN", &[("Tenis blancos", 900)]),
        &story,
        "Tenis blancos",
        1,
        900,
    );
    let story = [
        "quiero 2 gelatinas",
        "> ok",
        "otra más",
        "> $180 c/u",
        "sí, mándame el link",
    ];
    assert_says_back(&cakes(), &story);
}

#[test]
fn several_items_keep_their_quantities_each() {
    let cakes = cakes();
    let order = "quiero 2 pasteles de chocolate y 3 gelatinas";
    for wrong in [
        "> $450 + $180 = $630",
        "> son $630 en total",
        "> serían $630, ¿te paso el link?",
    ] {
        assert_says_back(&cakes, &[order, wrong, "sí, mándame el link"]);
    }
    let both = Some((vec![(CAKE.to_owned(), 2), (JELLY.to_owned(), 3)], 1440));
    for right in [
        "> el pastel $450 y la gelatina $180 cada una",
        "> son $1,440 en total",
    ] {
        assert_eq!(
            charged(&cakes, &[order, right, "sí, mándame el link"]),
            both,
            "{right}"
        );
    }
    let candles = catalog_of(
        "MXN",
        &[("Vela", 30), ("Cupcake suelto", 30), ("Envío a domicilio", 60)],
    );
    let story = [
        "quiero 2 velas",
        "> son $30 más $60 de envío = $90",
        "va, mándame el link",
    ];
    assert_says_back(&candles, &story);
}

/// How a shop says what one costs, in three languages; `{}` is the price.
const UNIT_PRICES: [&[&str]; 3] = [
    &[
        "cuestan ${} cada uno",
        "son ${} cada una, ¿te las aparto?",
        "${} c/u",
        "está en ${}",
        "${}",
        "sale a ${} la pieza, ¿te paso el link?",
        "${} por persona",
        "cada uno ${}",
        "a las 5 te lo tengo, ${}",
        "el 3 de mayo lo tengo, ${} por unidad",
        "uno cuesta ${}, ¿confirmas?",
        "${} cada",
        "Claro, ${}. ¿Te lo aparto?",
    ],
    &[
        "R$ {} cada um",
        "R$ {} cada uma, posso separar?",
        "sai a R$ {} a unidade",
        "está R$ {}",
        "R$ {}",
        "R$ {} por unidade, confirma?",
        "um é R$ {}",
        "às 5 fica pronto, R$ {} cada",
        "R$ {} por pessoa",
    ],
    &[
        "£{} each",
        "£{} each one, shall I book it?",
        "it's £{}",
        "£{} apiece",
        "£{} per person",
        "one is £{}",
        "ready at 5, £{} each",
        "£{}",
        "for the 3rd it's £{}, shall I send the link?",
    ],
];
const YES: [&[&str]; 3] = [
    &["sí por favor", "va, mándame el link", "si", "sí, los quiero"],
    &["sim", "pode mandar o link", "quero sim"],
    &["yes please", "yes, send me the link", "ok I'll take them"],
];
const ORDERS: [&[&str]; 3] = [
    &[
        "quiero {} {}",
        "{} {} porfa",
        "me das {} {} para una fiesta a la 1",
        "{} {}, mi hijo cumple 4 el 7 de mayo",
    ],
    &[
        "quero {} {}",
        "{} {} por favor, pra uma festa",
        "me vê {} {} pra amanhã às 4",
    ],
    &[
        "{} {} please",
        "can I get {} {} for a party",
        "I want {} {} for one of my kids, she's 4",
    ],
];

/// What a shop says around a price.
const AROUND: [&[(&str, &str)]; 3] = [
    &[
        ("", ""),
        ("Claro, ", " y abrimos de 9 a 6"),
        ("Hola! sí hay, ", ", para 4 personas rinde bien"),
        ("Lista a las 5. ", " y tarda 3 días"),
        ("El 8 te lo tengo, ", ". ¿Te lo aparto?"),
        ("Uno de los favoritos! ", ", ¿te paso el link?"),
        ("Con gusto, llevo 6 años haciéndolos. ", ", ¿va?"),
    ],
    &[
        ("", ""),
        ("Claro! ", ", abrimos das 9 às 6"),
        ("Fica pronto às 5. ", ", posso separar?"),
        ("Dia 8 eu entrego, ", ". Confirma?"),
        ("Um dos mais pedidos! ", ", serve 4 pessoas"),
    ],
    &[
        ("", ""),
        ("Sure! ", ", we're open 9 to 6"),
        ("Ready by 5. ", ", shall I book it?"),
        ("One of our favourites! ", ", feeds 4 people"),
        ("On the 8th I can do it, ", ". Want the link?"),
    ],
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_said_quantity_is_charged_or_nothing_is(
        language in 0_usize..3,
        item in any::<prop::sample::Index>(),
        quantity in 2_u32..=9,
        order in any::<prop::sample::Index>(),
        price in any::<prop::sample::Index>(),
        around in any::<prop::sample::Index>(),
        yes in any::<prop::sample::Index>(),
        between in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let catalog = vec![cakes(), bolos(), english()].swap_remove(language);
        let goods = catalog.items().len() - 1;
        let item = catalog.items().get(item.index(goods)).unwrap();
        let pick = |all: [&[&'static str]; 3], at: prop::sample::Index| {
            let all = all.get(language).copied().unwrap_or_default();
            *at.get(all)
        };
        let order = pick(ORDERS, order).replacen("{}", &quantity.to_string(), 1).replacen("{}", &item.name, 1);
        let price = pick(UNIT_PRICES, price).replace("{}", &(item.price.minor() / 100).to_string());
        let (before, after) = *around.get(AROUND.get(language).copied().unwrap());
        let price = format!("{before}{price}{after}");
        let mut turns = vec![Turn::customer(order.clone())];
        if let Some(between) = between {
            let said = [
                ["es para una fiesta", "paso a la 1"], ["é pra uma festa", "passo à 1"], ["it's for a party", "I'll come at 1"],
            ];
            turns.push(Turn::shop("ok"));
            turns.push(Turn::customer(*between.get(said.get(language).unwrap())));
        }
        turns.push(Turn::shop(price.clone()));
        turns.push(Turn::customer(pick(YES, yes)));
        let proposal = propose(&catalog, &Conversation::of(turns), &Rules::default());
        if let Some(charge) = proposal.charge() {
            let lines: Vec<(&str, u32)> = charge.lines.iter().map(|line| (line.item.as_str(), line.quantity)).collect();
            prop_assert_eq!(lines, vec![(item.id.as_str(), quantity)], "{} / {}", order, price);
            prop_assert_eq!(charge.total.minor(), item.price.minor() * i64::from(quantity), "{} / {}", order, price);
        }
    }
}
