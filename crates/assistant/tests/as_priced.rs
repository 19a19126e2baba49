//! What is charged is what the shop priced: these goods, and so many.

#![expect(clippy::unwrap_used, reason = "a test that breaks here should say where")]

use cobro_assistant::{
    Catalog, Conversation, Decision, HandoffReason, Item, Order, OrderLine, PastOrder, Proposal, Rules, Turn,
    cart_stands, propose,
};
use cobro_stripe::{Currency, Money};

fn catalog(currency: &str, items: &[(&str, &str, i64)]) -> Catalog {
    let currency = Currency::from_code(currency).unwrap();
    let item = |(id, name, minor): &(&str, &str, i64)| {
        Item::new(*id, *name, Money::from_minor(*minor, currency).unwrap())
    };
    Catalog::new(currency, items.iter().map(item).collect()).unwrap()
}

fn shoes() -> Catalog {
    catalog(
        "BRL",
        &[
            ("c41", "Tênis de corrida preto 41", 389_90),
            ("c42", "Tênis de corrida preto 42", 389_90),
            ("b38", "Tênis branco 38", 249_90),
        ],
    )
}

fn dogs() -> Catalog {
    catalog(
        "GBP",
        &[("walk", "Dog walk 1 hour", 15_00), ("groom", "Full groom", 45_00)],
    )
}

fn cakes() -> Catalog {
    catalog(
        "MXN",
        &[
            ("gel", "Gelatina mosaico", 180_00),
            ("cup", "Caja de 12 cupcakes", 260_00),
            ("vela", "Velita", 30_00),
        ],
    )
}

/// Lines of the shop begin with `> `.
fn turns(story: &[&str]) -> Vec<Turn> {
    let turn = |line: &&str| match line.strip_prefix("> ") {
        Some(text) => Turn::shop(text),
        None => Turn::customer(*line),
    };
    story.iter().map(turn).collect()
}

fn proposal(catalog: &Catalog, story: &[&str]) -> Proposal {
    propose(catalog, &Conversation::of(turns(story)), &Rules::default())
}

fn total(catalog: &Catalog, story: &[&str]) -> Option<i64> {
    let proposal = proposal(catalog, story);
    proposal.charge().map(|charge| charge.total.minor())
}

#[test]
fn numbers_that_only_the_shop_wrote_count_nothing() {
    let story = [
        "gostei do de corrida preto",
        "> R$ 389,90, temos 41 e 42",
        "quero um, me manda o link",
    ];
    assert_eq!(total(&shoes(), &story), None);
}

#[test]
fn a_number_that_nothing_of_the_order_has_is_asked_about() {
    let story = ["full groom for my dogs, ive got 5. send the link"];
    assert_eq!(total(&dogs(), &story), None);
    let counted = [
        "full groom please",
        "> £45 each. How many dogs?",
        "ive got 5",
        "send the link",
    ];
    assert_eq!(total(&dogs(), &counted), Some(225_00));
}

#[test]
fn a_yes_that_asks_for_more_than_was_priced_is_said_back() {
    for story in [
        [
            "una gelatina",
            "> $180. ¿Te la aparto?",
            "hecho, solo que quería siete",
        ],
        [
            "quiero una gelatina",
            "> $180, ¿la confirmo?",
            "confirmado, pero que sean 4",
        ],
    ] {
        assert_eq!(total(&cakes(), &story), None, "{story:?}");
    }
}

#[test]
fn only_one_of_two_is_charged_where_the_shop_priced_one() {
    let story = [
        "2 gelatinas",
        "> 2 gelatinas son $360",
        "uy no, que sea una solita",
        "> Listo, 1 gelatina $180. ¿Se la cobro?",
        "dale, cóbrela",
    ];
    assert!(total(&cakes(), &story).is_none_or(|total| total == 180_00));
}

#[test]
fn another_size_that_the_shop_priced_last_is_the_order() {
    let story = [
        "quero o de corrida preto 42",
        "> Tênis de corrida preto 42, R$ 389,90. Confirma?",
        "opa não, meu filho calça 41",
        "> Então tênis de corrida preto 41, R$ 389,90. Pode ser?",
        "agora sim, manda o link",
    ];
    let proposal = proposal(&shoes(), &story);
    let charged = proposal.charge().map(|charge| charge.lines[0].item.clone());
    assert!(charged.as_deref().is_none_or(|item| item == "c41"), "{charged:?}");
}

#[test]
fn a_limit_is_said_back_as_a_limit() {
    for limit in ["no más de 2 gelatinas", "uy, no más de 2 porfa"] {
        let story = ["quiero 3 gelatinas", "> Son $540", limit];
        match proposal(&cakes(), &story).decision {
            Decision::Recap(text) => assert!(text.starts_with("2 ×"), "{limit}: {text}"),
            other => panic!("{limit}: {other:?}"),
        }
    }
}

#[test]
fn who_asks_how_to_pay_does_not_complain() {
    let story = ["can i get a full groom", "> Sure, £45", "how do we sort payment?"];
    assert_eq!(total(&dogs(), &story), Some(45_00));
    let complaint = [
        "can i get a full groom",
        "> Sure, £45",
        "who is going to sort this mess?",
    ];
    assert_eq!(total(&dogs(), &complaint), None);
}

#[test]
fn all_of_them_are_all_that_were_named() {
    let story = [
        "cuánto la gelatina, la velita y la caja de cupcakes?",
        "> Gelatina $180, velita $30 y cupcakes $260",
        "Todos",
    ];
    match proposal(&cakes(), &story).decision {
        Decision::Recap(text) => assert!(text.contains("470"), "{text}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_option_that_nobody_knows_yet_is_not_chosen() {
    let shirts = catalog(
        "USD",
        &[
            ("ps", "Camiseta polo talla S", 14_50),
            ("pm", "Camiseta polo talla M", 14_50),
        ],
    );
    let asked = ["necesito 5 polos", "> Están a $14.50 c/u. ¿En qué tallas?"];
    for answer in [
        "aun no c q talla usan las chicas, pero mandeme el link",
        "no sé si chica o mediana, mándeme el link",
    ] {
        let story = [asked[0], asked[1], answer];
        assert_eq!(total(&shirts, &story), None, "{answer}");
    }
    let twice = [
        asked[0],
        asked[1],
        "las que sean",
        "> ¿Pero qué talla, S o M?",
        "cóbreme los polos nomás",
    ];
    let handed = proposal(&shirts, &twice).decision;
    assert_eq!(handed, Decision::Handoff(HandoffReason::NeedsPerson));
}

#[test]
fn what_is_taken_off_is_taken_off_or_asked_about() {
    let roses = catalog("PYG", &[("ros", "Rosal", 55_000), ("mac", "Maceta", 20_000)]);
    let story = [
        "quiero 3 rosales, me haces precio?",
        "> Los 3 rosales son Gs. 165.000. Te descuento 15.000 por llevar tres",
        "los tres entonces, enviame para pagar",
    ];
    assert!(total(&roses, &story).is_none_or(|total| total == 150_000));
    let tops = catalog(
        "USD",
        &[
            ("tm", "Scrub top size M", 26_00),
            ("pm", "Scrub pants size M", 28_00),
        ],
    );
    let story = [
        "6 scrub tops size M",
        "> 6 x $26 = $156",
        "any chance u do 24 each since its 6",
        "> Sure, $24 each for you, so $144",
        "great, lets do it. send the link",
    ];
    assert_eq!(total(&tops, &story), Some(144_00));
}

#[test]
fn what_ran_out_is_why_they_write() {
    let water = catalog(
        "MXN",
        &[
            ("gar", "Garrafón 20 L", 45_00),
            ("disp", "Dispensador de agua", 890_00),
        ],
    );
    let past_orders = vec![PastOrder {
        date: "2026-11-03".into(),
        lines: vec![OrderLine {
            id: "gar".into(),
            quantity: 3,
        }],
    }];
    let conversation = Conversation {
        turns: turns(&[
            "buenos días, ya se acabó el agua",
            "me manda lo mismo de siempre y la liga de pago",
        ]),
        past_orders,
        ..Conversation::default()
    };
    let proposal = propose(&water, &conversation, &Rules::default());
    let total = proposal.charge().map(|charge| charge.total.minor());
    assert_eq!(total, Some(135_00));
}

/// The cart of a customer, and what was said since.
fn after_a_cart(said: &[&str]) -> Conversation {
    let mut all = vec![Turn::order(Order {
        lines: vec![OrderLine {
            id: "not-here".into(),
            quantity: 2,
        }],
    })];
    all.extend(turns(said));
    Conversation::of(all)
}

#[test]
fn a_cart_stands_until_something_else_is_said() {
    let stands = |said: &[&str]| cart_stands(&cakes(), &after_a_cart(said), 0, Some(199_00));
    for said in [
        vec![],
        vec!["sí por favor"],
        vec!["sí, mándame el link"],
        vec!["> Son $199, ¿te mando el link?", "dale"],
    ] {
        assert!(stands(&said), "{said:?}");
    }
    for said in [
        vec!["sí, y otro más"],
        vec!["sí pero sin el rojo"],
        vec!["si me lo dejas en 100"],
        vec!["mándame 3"],
        vec!["mándame el link de una gelatina"],
        vec!["> Son $250 con envío, ¿te mando el link?", "sí"],
        vec!["> ¿Quieres agregar velitas?", "sí"],
        vec!["> Déjame ver si hay", "sí por favor"],
        vec!["no"],
    ] {
        assert!(!stands(&said), "{said:?}");
    }
}

#[test]
fn a_cart_with_goods_of_others_is_never_charged_in_part() {
    let cart = Turn::order(Order {
        lines: ["gel", "not-here"]
            .map(|id| OrderLine {
                id: id.into(),
                quantity: 1,
            })
            .into(),
    });
    for said in ["> Claro que sí", "> ¡Gracias! Ya lo preparo"] {
        let mut all = vec![cart.clone()];
        all.extend(turns(&[said]));
        let proposal = propose(&cakes(), &Conversation::of(all), &Rules::default());
        assert!(proposal.charge().is_none(), "{said}");
    }
}
