//! What a number counts, where names, measures and options stand beside it.

mod story;

use cobro_assistant::Catalog;
use story::{assert_charged, assert_never, catalog, charged};

fn uniforms() -> Catalog {
    let items = [
        ("Playera polo blanca talla 10", 75_00),
        ("Playera polo blanca talla 12", 75_00),
        ("Par de calcetas blancas", 20_00),
    ];
    catalog("GTQ", &items)
}

fn fish() -> Catalog {
    let items = [
        ("Bonito por kilo", 14_00),
        ("Filete de lenguado por kilo", 68_00),
        ("Mixto para ceviche 1 kg", 38_00),
        ("Pota limpia por kilo", 12_00),
        ("Delivery", 8_00),
    ];
    catalog("PEN", &items)
}

fn surf() -> Catalog {
    let items = [
        ("Softboard rental full day", 25_00),
        ("Softboard rental half day", 15_00),
        ("Shortboard rental full day", 30_00),
    ];
    catalog("USD", &items)
}

fn soaps() -> Catalog {
    let items = [
        ("Lavender soap bar", 8_00),
        ("Oatmeal & honey soap bar", 8_00),
        ("Wax melts pack", 10_00),
    ];
    catalog("USD", &items)
}

#[test]
fn the_shops_count_of_all_is_no_count_of_each() {
    assert_charged(
        &uniforms(),
        &[
            "2 playeras polo talla 10 y 3 de la talla 12",
            "> 5 playeras a Q75 c/u, Q375. ¿Le cobro?",
            "sí, cóbreme",
        ],
        &[
            ("Playera polo blanca talla 10", 2),
            ("Playera polo blanca talla 12", 3),
        ],
    );
    assert_charged(
        &soaps(),
        &[
            "can I get 3 lavender bars and 2 oatmeal",
            "> Sure! 5 bars comes to $40. Should I send the link?",
            "yes please",
        ],
        &[("Lavender soap bar", 3), ("Oatmeal & honey soap bar", 2)],
    );
}

#[test]
fn a_count_of_all_that_does_not_add_up_is_said_back() {
    assert_never(
        &uniforms(),
        &[
            "2 playeras polo talla 10 y 3 de la talla 12",
            "> 6 playeras a Q75 c/u. ¿Le cobro?",
        ],
        &["sí, cóbreme", "mándeme el link"],
    );
}

#[test]
fn a_kilo_is_one_of_what_is_spoken_of() {
    assert_charged(
        &fish(),
        &[
            "tienes filete de lenguado?",
            "> Sí casero, a S/68 el kilo",
            "quiero 1 kilo, mándame el link",
        ],
        &[("Filete de lenguado por kilo", 1)],
    );
    assert_charged(
        &fish(),
        &["quiero 2 kilos de bonito y 1 kilo de pota limpia, pásame el link"],
        &[("Bonito por kilo", 2), ("Pota limpia por kilo", 1)],
    );
    assert_charged(
        &fish(),
        &["quiero 1 kg de mixto para ceviche, pásame el link"],
        &[("Mixto para ceviche 1 kg", 1)],
    );
}

#[test]
fn a_number_before_a_longer_name_counts_it() {
    let academy = catalog(
        "CLP",
        &[
            ("Mensualidad 2 clases por semana", 45_000),
            ("Clase suelta", 9_000),
        ],
    );
    assert_charged(
        &academy,
        &[
            "quiero 4 clases sueltas",
            "> Perfecto, $36.000",
            "perdón, 2 no más",
            "> 2 clases sueltas, $18.000",
            "pásame el link",
        ],
        &[("Clase suelta", 2)],
    );
    assert_charged(
        &academy,
        &["quiero la mensualidad de 2 clases por semana, mándame el link"],
        &[("Mensualidad 2 clases por semana", 1)],
    );
}

#[test]
fn two_words_of_one_name_are_not_two_things() {
    let cocoa = catalog(
        "XCD",
        &[
            ("Ginger dark bar", 20_00),
            ("Cocoa nibs bag 200 g", 25_00),
            ("Pack of cocoa tea balls", 15_00),
        ],
    );
    assert_charged(
        &cocoa,
        &[
            "I would like a bag of cocoa nibs and one ginger bar",
            "> $25 + $20, total $45. Shall I confirm?",
            "yes please",
        ],
        &[("Ginger dark bar", 1), ("Cocoa nibs bag 200 g", 1)],
    );
}

#[test]
fn the_other_option_takes_the_place_of_the_first() {
    assert_charged(
        &surf(),
        &[
            "I want the softboard half day please",
            "> Great, $15",
            "ah sorry no, better the full day softboard, charge me that one",
        ],
        &[("Softboard rental full day", 1)],
    );
}

#[test]
fn a_dearer_kind_that_the_shop_offered_is_not_charged_on_top() {
    let wash = catalog(
        "USD",
        &[
            ("Interior detail", 120_00),
            ("Full detail", 199_00),
            ("Exterior wash", 45_00),
        ],
    );
    let story = [
        "interior detail pls",
        "> $120. Full detail is $199 if you want the outside too",
        "ya know what do the full one, send link",
    ];
    let charged = charged(&wash, &story);
    assert!(
        charged
            .as_ref()
            .is_none_or(|lines| lines == &[("Full detail".to_owned(), 1)]),
        "{charged:?}"
    );
}

#[test]
fn what_is_sold_by_the_pair_is_counted_in_pairs() {
    assert_charged(
        &uniforms(),
        &[
            "cuanto valen las calcetas blancas?",
            "> Q20 el par",
            "deme 6 pares y mándeme el link",
        ],
        &[("Par de calcetas blancas", 6)],
    );
    let wipers = catalog("BRL", &[("Par de palhetas", 56_00), ("Filtro de óleo", 32_00)]);
    assert_charged(
        &wipers,
        &["um par de palhetas", "> R$ 56, mando o link?", "pode mandar"],
        &[("Par de palhetas", 1)],
    );
}

#[test]
fn what_it_is_for_is_not_bought() {
    let parts = catalog(
        "BRL",
        &[("Pastilha de freio Gol", 95_00), ("Bateria 60 Ah", 430_00)],
    );
    assert_charged(
        &parts,
        &[
            "bom dia, tem bateria 60 pro meu gol 2012?",
            "> Temos sim, R$ 430",
            "vou levar, manda o link",
        ],
        &[("Bateria 60 Ah", 1)],
    );
    let balloons = catalog("BRL", &[("Arco de balões", 150_00), ("Painel", 90_00)]);
    assert_charged(
        &balloons,
        &[
            "quanto é o arco de balões",
            "> R$ 150",
            "quero um pro aniversário da minha neta, pode mandar a cobrança",
        ],
        &[("Arco de balões", 1)],
    );
    // A model that nobody sells stays one.
    let covers = catalog("BRL", &[("Capa iPhone 13 preta", 60_00), ("Película", 20_00)]);
    assert_never(
        &covers,
        &[],
        &["quero a capa do iphone 13 pro preta, manda o link"],
    );
}

#[test]
fn how_many_they_have_is_not_how_many_they_order() {
    let van = catalog("USD", &[("Full groom small dog", 75_00), ("Nail trim", 20_00)]);
    assert_never(
        &van,
        &["how much is the full groom for a small dog?", "> $75"],
        &[
            "a full groom please, i have two, send me the link",
            "i have 2, full groom please, ill pay now",
        ],
    );
}

#[test]
fn a_choice_between_fetching_and_bringing_is_no_choice_of_prices() {
    assert_charged(
        &fish(),
        &[
            "un mixto para ceviche porfa",
            "> S/38. ¿Vienes al puesto o te lo llevamos? El delivery son S/8",
            "que me lo traigan, pásame un solo link con todo",
        ],
        &[("Mixto para ceviche 1 kg", 1), ("Delivery", 1)],
    );
}

#[test]
fn a_yes_to_something_else_behind_a_price_orders_nothing() {
    assert_never(
        &soaps(),
        &[
            "how much are the wax melts?",
            "> $10 a pack! Did you see our new scents on Instagram?",
        ],
        &["yes! so pretty", "yes", "yep!"],
    );
    let candles = catalog("MXN", &[("Vela chica", 180_00), ("Vela grande", 260_00)]);
    assert_never(
        &candles,
        &[
            "a cuánto la vela chica?",
            "> $180. ¿Ya conoces nuestro taller nuevo en Coyoacán?",
        ],
        &["sí", "sí, está padrísimo"],
    );
}

#[test]
fn what_is_named_twice_is_ordered_once() {
    let water = catalog("BRL", &[("Fardo de água 12 un", 18_00), ("Galão 20 L", 14_00)]);
    let story = [
        "preciso de tres duzias de garrafinha d'agua",
        "> O fardo vem com 12 e custa R$ 18. Então são 3 fardos, R$ 54, certo?",
        "certo, pode gerar o pix",
    ];
    let charged = charged(&water, &story);
    assert!(
        charged
            .as_ref()
            .is_none_or(|lines| lines == &[("Fardo de água 12 un".to_owned(), 3)]),
        "{charged:?}"
    );
}

#[test]
fn another_one_that_is_not_understood_is_asked_about() {
    let cheese = catalog(
        "PEN",
        &[("Queso fresco 1/2 kg", 10_00), ("Queso fresco 1 kg", 18_00)],
    );
    let story = [
        "me da el queso fresco de medio kilo",
        "> Claro, S/ 10",
        "que sea el de kilo más bien, hágame el cobro de ese",
    ];
    let charged = charged(&cheese, &story);
    assert!(
        charged
            .as_ref()
            .is_none_or(|lines| lines == &[("Queso fresco 1 kg".to_owned(), 1)]),
        "{charged:?}"
    );
}

#[test]
fn metres_are_of_what_is_spoken_of_and_money_is_not_counted() {
    let cloth = catalog(
        "BOB",
        &[
            ("Tul rosado (metro)", 15_00),
            ("Popelina blanca (metro)", 22_00),
            ("Envío a domicilio", 10_00),
        ],
    );
    assert_charged(
        &cloth,
        &[
            "casera hay tul rosado?",
            "> Sí hay, a Bs 15 el metro",
            "ya, dos metros, páseme el link",
        ],
        &[("Tul rosado (metro)", 2)],
    );
    assert_charged(
        &cloth,
        &[
            "popelina blanca 4 metros, con envio",
            "> Bs 88 más Bs 10 de envío, ¿de acuerdo?",
            "de acuerdo, cóbreme nomás",
        ],
        &[("Popelina blanca (metro)", 4), ("Envío a domicilio", 1)],
    );
}

#[test]
fn a_delivery_that_is_said_twice_is_charged_once() {
    let butcher = catalog(
        "MXN",
        &[
            ("Costilla 1 kg", 240_00),
            ("Entrega a domicilio", 50_00),
            ("Arrachera 1 kg", 320_00),
        ],
    );
    assert_charged(
        &butcher,
        &[
            "1 kilo de costilla, llegan a la colonia pitic?",
            "> Sí llegamos, la costilla $240 y la entrega $50. ¿Se la mandamos?",
            "si mandemela, le pago todo de una vez con la entrega",
        ],
        &[("Costilla 1 kg", 1), ("Entrega a domicilio", 1)],
    );
}

#[test]
fn who_was_mistaken_does_not_order_both() {
    let beds = catalog("BRL", &[("Colchão solteiro", 690_00), ("Colchão casal", 1090_00)]);
    for said in [
        "pera, me enganei, é o de casal que eu quero. pode mandar o link desse",
        "opa errei, e o de casal que eu quero, manda o link",
    ] {
        let charged = charged(&beds, &["quero o colchão de solteiro", "> Ótimo, R$ 690", said]);
        assert!(
            charged
                .as_ref()
                .is_none_or(|lines| lines == &[("Colchão casal".to_owned(), 1)]),
            "{said}: {charged:?}"
        );
    }
}
