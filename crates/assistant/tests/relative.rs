//! How many, said by what there was: one more, twice as many, half of it, all but one; and what is paid elsewhere.

mod story;

use cobro_assistant::Catalog;
use story::{assert_charged, assert_never, catalog, charged};

fn yard() -> Catalog {
    let items = [
        ("Cemento gris", 235_00),
        ("Mortero", 190_00),
        ("Flete local", 150_00),
    ];
    catalog("MXN", &items)
}

fn obra() -> Catalog {
    let items = [
        ("Cimento", 40_00),
        ("Argamassa", 25_00),
        ("Taxa de entrega", 10_00),
    ];
    catalog("BRL", &items)
}

fn bakery() -> Catalog {
    let items = [("Cheesecake", 30_00), ("Brownie", 4_00), ("Delivery", 5_00)];
    catalog("GBP", &items)
}

fn snacks() -> Catalog {
    let items = [
        ("Ciento de empanaditas", 60_00),
        ("Ciento de tequeños", 55_00),
        ("Ciento de triples", 80_00),
    ];
    catalog("PEN", &items)
}

const FIVE: &[&str] = &["5 bultos de cemento", "> 5 cementos, $235 c/u, son $1,175"];
const CINCO: &[&str] = &["5 cimentos", "> 5 cimentos a R$ 40 cada, R$ 200"];
const TWO: &[&str] = &["2 cheesecakes please", "> 2 cheesecakes at £30 each, £60"];

fn then<'a>(opening: &[&'a str], last: &[&'a str]) -> Vec<&'a str> {
    opening.iter().chain(last).copied().collect()
}

#[test]
fn one_more_of_the_only_thing_is_counted() {
    assert_charged(
        &yard(),
        &then(FIVE, &["agregale uno mas", "y mándame el link"]),
        &[("Cemento gris", 6)],
    );
    assert_charged(
        &obra(),
        &then(CINCO, &["adiciona mais um", "e manda o link"]),
        &[("Cimento", 6)],
    );
    assert_charged(
        &bakery(),
        &then(TWO, &["add one more please", "and send me the link"]),
        &[("Cheesecake", 3)],
    );
}

#[test]
fn one_more_that_is_not_certain_is_said_back() {
    let link = "mándame el link";
    for doubt in [
        "creo que uno mas",
        "no agregues uno mas",
        "agregale uno mas si hay",
        "uno mas de los otros",
    ] {
        assert_never(&yard(), &then(FIVE, &[doubt]), &[link]);
    }
}

#[test]
fn twice_as_many_of_what_is_named_is_counted() {
    let story = then(FIVE, &["mejor echele el doble de cemento y mándame el link"]);
    assert_charged(&yard(), &story, &[("Cemento gris", 10)]);
    assert_never(
        &yard(),
        FIVE,
        &[
            "el doble, mándame el link",
            "no quiero el doble de cemento, mándame el link",
            "creo que el doble de cemento, mándame el link",
        ],
    );
    assert_never(
        &obra(),
        CINCO,
        &["o dobro, manda o link", "dobra isso e manda o link"],
    );
    assert_never(
        &bakery(),
        TWO,
        &[
            "double it and send me the link",
            "twice as many, send me the link",
        ],
    );
}

#[test]
fn half_or_fewer_of_what_there_was_is_said_back() {
    assert_never(
        &yard(),
        FIVE,
        &[
            "uno menos y mándame el link",
            "quitale uno, mándame el link",
            "la mitad, mándame el link",
            "mejor dos menos, mándame el link",
        ],
    );
    assert_never(
        &obra(),
        CINCO,
        &[
            "um a menos e manda o link",
            "a metade, manda o link",
            "tira um, manda o link",
        ],
    );
    assert_never(
        &bakery(),
        TWO,
        &[
            "one less, send me the link",
            "half of that, send me the link",
            "take one off, send me the link",
        ],
    );
}

#[test]
fn half_a_hundred_is_no_hundred() {
    assert_never(
        &snacks(),
        &[],
        &[
            "medio ciento de tequeños nomas pe, cobrame al toque",
            "quiero medio ciento de empanaditas, mándame el link",
        ],
    );
    let box_of_cards = catalog("BRL", &[("Cento de brigadeiro", 160_00), ("Pudim", 42_00)]);
    assert_never(
        &box_of_cards,
        &[],
        &["quero meio cento de brigadeiro, manda o link"],
    );
    let hundreds = catalog("USD", &[("Hundred of flyers", 60_00), ("Banner", 42_00)]);
    assert_never(
        &hundreds,
        &[],
        &["I want half a hundred of flyers, send me the link"],
    );
}

#[test]
fn all_but_one_is_not_that_one() {
    let prices = &[
        "a cuanto los cientos?",
        "> Triples S/80, empanaditas S/60 y tequeños S/55 el ciento",
    ];
    assert_never(
        &snacks(),
        prices,
        &[
            "un ciento de cada uno menos triples, mándame el link",
            "todos excepto triples, mándame el link",
            "de todo salvo los triples, cobrame",
        ],
    );
    let prices = &["cheesecake and brownie?", "> Cheesecake £30, brownie £4"];
    assert_never(
        &bakery(),
        prices,
        &[
            "one of each except the brownie, send me the link",
            "everything but the brownie, send me the link",
        ],
    );
}

#[test]
fn what_is_refused_behind_its_name_is_left_out() {
    let opening = [
        "2 cementos con flete",
        "> 2 cementos $470 y flete $150. Total $620",
    ];
    let story = then(
        &opening,
        &[
            "uf el flete no, mejor paso yo por ellos",
            "lo demás sí, mándame el link",
        ],
    );
    let charged = charged(&yard(), &story);
    assert!(
        charged
            .as_ref()
            .is_none_or(|lines| lines == &[("Cemento gris".to_owned(), 2)]),
        "{charged:?}"
    );
}

#[test]
fn the_hour_somebody_comes_counts_nothing() {
    let opening = ["1 cimento", "> Cimento R$ 40, você retira aqui depois das 14h?"];
    for hour in [
        "isso, retiro as 15. pode mandar o link",
        "sim, busco as 16. manda o link",
        "isso, pego as 15, manda o link",
    ] {
        let charged = charged(&obra(), &then(&opening, &[hour]));
        assert!(
            charged
                .as_ref()
                .is_none_or(|lines| lines == &[("Cimento".to_owned(), 1)]),
            "{hour}: {charged:?}"
        );
    }
}

#[test]
fn who_pays_there_and_takes_it_asks_for_no_link() {
    let salon = catalog("BRL", &[("Escova", 55_00), ("Manicure", 35_00)]);
    assert_never(
        &salon,
        &[
            "tem horario pra escova sexta?",
            "> Tenho 14h ou 16h! A escova é R$ 55, vc paga aqui no salão",
        ],
        &["16h pode confirmar!!", "fechado", "pode marcar"],
    );
    let cuts = catalog("MXN", &[("Corte de cabello", 250_00)]);
    assert_never(
        &cuts,
        &["un corte para el viernes", "> Son $250, pagas aquí en el local"],
        &["va, me lo llevo", "sí, confirmo"],
    );
    let cuts = catalog("GBP", &[("Haircut", 25_00)]);
    assert_never(
        &cuts,
        &[
            "a haircut for friday please",
            "> £25, you pay at the counter. Shall I book it?",
        ],
        &["yes please", "go ahead"],
    );
}

#[test]
fn a_discount_of_unread_size_is_no_full_price() {
    let locks = catalog("GBP", &[("Kryptonite D-lock", 55_00), ("Inner tube", 7_00)]);
    let opening = [
        "55 for the d lock bit steep, any wiggle room?",
        "> Can do a fiver off if you take it today",
    ];
    assert_never(
        &locks,
        &opening,
        &["oh go on then. link pls", "I'll take it, send me the link"],
    );
    let locks = catalog("MXN", &[("Candado", 550_00), ("Cadena", 70_00)]);
    let answers = ["va, mándame el link", "me lo llevo, pásame el link"];
    for given in [
        "> te mejoro el precio, ¿va?",
        "> te bajo un poquito si lo llevas hoy",
        "> te lo dejo más barato",
    ] {
        assert_never(&locks, &["550 por el candado está caro", given], &answers);
    }
    let locks = catalog("BRL", &[("Cadeado", 55_00), ("Corrente", 70_00)]);
    let answers = ["fechado, manda o link", "vou levar, manda o link"];
    for given in [
        "> faço um precinho pra você",
        "> tiro uns trocados se levar hoje",
        "> deixo mais barato",
    ] {
        assert_never(&locks, &["55 no cadeado tá caro", given], &answers);
    }
}
