//! What looks like a yes, an addition or a complaint at first sight, and is none.

#![expect(clippy::unwrap_used, reason = "a test that breaks here should say where")]

use cobro_assistant::Decision;
use cobro_assistant::{Catalog, Conversation, HandoffReason, Item, Proposal, Rules, Turn, propose};
use cobro_stripe::{Currency, Money};

/// A catalog, what is ordered from it, and how its price is told.
struct Shop {
    currency: &'static str,
    items: &'static [(&'static str, i64)],
    opening: &'static str,
    total: &'static str,
    /// The total, and a question that asks for a yes.
    asks: &'static str,
}

const SPANISH: Shop = Shop {
    currency: "MXN",
    items: &[("Pastel de chocolate", 420), ("Gelatina mosaico", 180)],
    opening: "quiero 3 pasteles de chocolate",
    total: "Son $1260 en total",
    asks: "Son $1260. ¿Te mando el link?",
};

const ENGLISH: Shop = Shop {
    currency: "GBP",
    items: &[("Party bag", 10), ("Lemon cake", 45)],
    opening: "I'd like 3 party bags please",
    total: "That's £30 in total",
    asks: "That's £30. Shall I send the link?",
};

const PORTUGUESE: Shop = Shop {
    currency: "BRL",
    items: &[("Bolo de pote", 20), ("Torta de limão", 95)],
    opening: "quero 3 bolos de pote",
    total: "Fica R$ 60 no total",
    asks: "Fica R$ 60. Posso mandar o link?",
};

impl Shop {
    /// Returns what is proposed after the messages; the shop's begin with "> ".
    fn proposes(&self, story: &[&str]) -> Proposal {
        let currency = Currency::from_code(self.currency).unwrap();
        let item = |(name, major): &(&str, i64)| {
            Item::new(*name, *name, Money::from_minor(major * 100, currency).unwrap())
        };
        let catalog = Catalog::new(currency, self.items.iter().map(item).collect()).unwrap();
        let turn = |text: &&str| match text.strip_prefix("> ") {
            Some(text) => Turn::shop(text),
            None => Turn::customer(*text),
        };
        let conversation = Conversation::of(story.iter().map(turn).collect());
        propose(&catalog, &conversation, &Rules::default())
    }

    /// Returns what is charged, in major units, once the shop said the total or asked, and then came `answer`.
    fn charged(&self, asks: bool, answer: &[&str]) -> Option<i64> {
        let shop = format!("> {}", if asks { self.asks } else { self.total });
        let mut story = vec![self.opening, &shop];
        story.extend(answer);
        let proposal = self.proposes(&story);
        proposal.charge().map(|charge| charge.total.minor() / 100)
    }
}

/// Panics if any of the answers is charged, whether or not the shop had asked.
#[track_caller]
fn assert_never(shop: &Shop, answers: &[&[&str]]) {
    let charged = |asks: bool| {
        answers
            .iter()
            .filter_map(move |answer| Some(format!("{answer:?} -> {}", shop.charged(asks, answer)?)))
    };
    let charged: Vec<String> = charged(true).chain(charged(false)).collect();
    assert!(charged.is_empty(), "charged:\n{}", charged.join("\n"));
}

/// Panics if any of the answers to the shop's question is not charged.
#[track_caller]
fn assert_charges(shop: &Shop, answers: &[&[&str]]) {
    let missed: Vec<_> = answers
        .iter()
        .filter(|answer| shop.charged(true, answer).is_none())
        .collect();
    assert!(missed.is_empty(), "not charged: {missed:?}");
}

#[test]
fn only_a_time_or_an_errand_leaves_the_paying_for_now() {
    assert_never(
        &ENGLISH,
        &[
            &["yes, I'll pick it up after my landlord agrees"],
            &["yes, I'll pick it up after payday"],
            &["yes, I'll collect it after my paycheck"],
            &["yes please, I'll swing by after work pays me"],
            &["yes, I'll pick them up after the 15th"],
            &["sure, I'll collect after I get paid"],
        ],
    );
    assert_never(
        &PORTUGUESE,
        &[
            &["fechado, passo aí depois do pagamento"],
            &["sim, busco depois do quinto dia útil"],
            &["sim, passo aí depois do salário"],
            &["fechado, busco depois que meu marido aprovar"],
            &["sim, busco depois do dia 5"],
        ],
    );
    assert_never(
        &SPANISH,
        &[
            &["sí, paso por ellos después de la quincena"],
            &["sí, paso a recogerlos después del pago"],
            &["sí, paso por ellos después de que me paguen"],
            &["sí, paso por ellos después del 15"],
            &["va, los recojo después de que mi jefe autorice"],
        ],
    );
    assert_charges(
        &ENGLISH,
        &[
            &["yes, send me the link, I'll swing by after school"],
            &["yes, send me the link, I'll pick them up after 5"],
        ],
    );
    assert_charges(
        &SPANISH,
        &[&["sí, mándame el link, paso por ellos después del trabajo"]],
    );
    assert_charges(&PORTUGUESE, &[&["sim, manda o link, busco depois do almoço"]]);
}

#[test]
fn a_question_that_does_not_speak_of_paying_is_no_wish_to_pay() {
    assert_never(
        &ENGLISH,
        &[
            &["lovely, how do I do it?"],
            &["how can we sort this?"],
            &["how do we settle this?"],
            &["got the invoice thanks"],
            &["thanks for the invoice, thanks"],
        ],
    );
    assert_never(
        &PORTUGUESE,
        &[
            &["qual a forma de pagamento?"],
            &["qual forma de pagamento?"],
            &["recebi a nota, obrigada"],
        ],
    );
    assert_never(
        &SPANISH,
        &[
            &["¿cuál es forma de pago?"],
            &["cuál la forma de pago?"],
            &["ya tengo la factura, gracias"],
        ],
    );
    assert_charges(
        &ENGLISH,
        &[&["great, how do we do the payment?"], &["yes, invoice please"]],
    );
    assert_charges(&PORTUGUESE, &[&["fechado, manda o link"]]);
    assert_charges(
        &SPANISH,
        &[&["¿cuál es la mejor forma de pagar? mándame el link"]],
    );
}

#[test]
fn a_limit_adds_nothing_to_what_was_ordered() {
    for (shop, limits, two) in [
        (
            &ENGLISH,
            ["no more than 2 party bags", "not more than 2 party bags"],
            20,
        ),
        (
            &PORTUGUESE,
            ["não mais de 2 bolos de pote", "não mais que 2 bolos de pote"],
            40,
        ),
        (
            &SPANISH,
            ["no más de 2 pasteles de chocolate", "no más de 2"],
            840,
        ),
    ] {
        let link = match shop.currency {
            "GBP" => "send me the link",
            "BRL" => "manda o link",
            _ => "mándame el link",
        };
        for limit in limits {
            for said in [vec![limit, link], vec![limit, "> ok", link]] {
                let charged = shop.charged(false, &said);
                assert!(charged.is_none_or(|total| total == two), "{said:?}: {charged:?}");
            }
        }
    }
    for (shop, said, five) in [
        (&ENGLISH, "2 more party bags, send me the link", 50),
        (&PORTUGUESE, "põe mais 2 bolos de pote, manda o link", 100),
    ] {
        let proposal = shop.proposes(&[shop.opening, "> ok", said]);
        let charged = proposal.charge().map(|charge| charge.total.minor() / 100);
        assert_eq!(charged, Some(five), "{said}");
    }
}

#[test]
fn who_can_not_wait_for_so_long_does_not_buy() {
    assert_never(
        &ENGLISH,
        &[
            &["ok send me the link", "oh 3 weeks, can't wait that long"],
            &["send me the link", "can't wait for 3 weeks"],
            &["ok send me the link, oh 3 weeks, can't wait that long"],
            &["send me the link. I can't wait any longer though"],
        ],
    );
    assert_never(
        &SPANISH,
        &[&["mándame el link", "uy 3 semanas, no puedo esperar tanto"]],
    );
    assert_never(
        &PORTUGUESE,
        &[&["manda o link", "nossa 3 semanas, não posso esperar tanto"]],
    );
    assert_charges(
        &ENGLISH,
        &[
            &["yes, send me the link, can't wait!"],
            &["yes, send me the link, can't wait to see them"],
        ],
    );
}

#[test]
fn a_condition_before_the_yes_holds_also_where_it_names_the_goods() {
    assert_never(
        &SPANISH,
        &[
            &["Si cabe el pastel en mi refri, va! Mándame el link"],
            &["si le gusta el pastel a mi hija, va! mándame el link"],
            &["cuando vea el pastel, va! mándame el link"],
        ],
    );
    assert_never(
        &ENGLISH,
        &[
            &["if the party bags fit in my car, deal! send me the link"],
            &["once my boss likes the party bags, deal! send me the link"],
        ],
    );
    assert_never(
        &PORTUGUESE,
        &[
            &["se o bolo couber na geladeira, fechado! manda o link"],
            &["se minha filha gostar do bolo, fechado! manda o link"],
        ],
    );
    assert_charges(
        &SPANISH,
        &[&["si tienes los pasteles de chocolate, va! mándame el link"]],
    );
    assert_charges(
        &ENGLISH,
        &[&["if you have the party bags, deal! send me the link"]],
    );
    assert_charges(
        &PORTUGUESE,
        &[&["se tiver os bolos de pote, fechado! manda o link"]],
    );
}

#[test]
fn a_shop_that_is_sorry_for_a_late_answer_has_heard_no_complaint() {
    for (shop, story) in [
        (
            &SPANISH,
            ["hola", "> Disculpa la demora, ¿en qué te ayudo?", "buenas tardes"],
        ),
        (
            &SPANISH,
            ["hola", "> Disculpa la demora. ¿En qué te ayudo?", "buenas tardes"],
        ),
        (&SPANISH, ["hola buenas", "> Perdón, ¿a qué nombre?", "Ana López"]),
        (&SPANISH, ["hola", "> Una disculpa. Dime", "buenas tardes"]),
        (&ENGLISH, ["hi", "> Sorry for the wait! How can I help?", "hello"]),
        (&ENGLISH, ["hi there", "> Sorry, what name is it?", "Anna Smith"]),
        (
            &PORTUGUESE,
            ["oi", "> Desculpa a demora! Em que posso ajudar?", "boa tarde"],
        ),
        (&PORTUGUESE, ["oi", "> Desculpa, qual o nome?", "Ana Souza"]),
    ] {
        let proposal = shop.proposes(&story);
        assert_ne!(
            proposal.decision,
            Decision::Handoff(HandoffReason::Complaint),
            "{story:?}"
        );
    }
    let story = [
        "el moño vino todo chueco y la niña lloró toda la tarde",
        "> Ay no! Lo siento mucho",
        "y ahora qué hago?",
    ];
    assert!(SPANISH.proposes(&story).is_handoff(), "{story:?}");
}

const SHOES: Shop = Shop {
    currency: "MXN",
    items: &[("Zapatos negros", 900), ("Masaje relajante", 500)],
    opening: "quiero los zapatos negros",
    total: "$900",
    asks: "$900. ¿Te mando el link?",
};

const GROOM: Shop = Shop {
    currency: "GBP",
    items: &[("Full groom", 45), ("Dog walk 1 hour", 15)],
    opening: "a full groom please",
    total: "£45",
    asks: "£45. Shall I send the link?",
};

const CAKE: Shop = Shop {
    currency: "BRL",
    items: &[("Bolo de cenoura", 80)],
    opening: "quero o bolo de cenoura",
    total: "R$ 80",
    asks: "R$ 80. Posso mandar o link?",
};

const SWEETS: Shop = Shop {
    currency: "MXN",
    items: &[("Gelatina mosaico", 180), ("Caja de 12 cupcakes", 260)],
    opening: "quiero 2 gelatinas",
    total: "$360",
    asks: "$360. ¿Te mando el link?",
};

#[test]
fn words_that_pay_elsewhere_may_call_it_off_or_pay_a_part() {
    assert_never(
        &SHOES,
        &[
            &["te cancelo hoy"],
            &["perdón, te la cancelo hoy"],
            &["mejor te lo cancelo hoy, gracias"],
            &["link pra cancelar"],
            &["te abono hoy 200"],
            &["abono hoy 300"],
            &["mándame para abonar"],
            &["pásame no más para abonar 300"],
            &["te deposito 300 hoy"],
            &["cobra el anticipo"],
            &["¿cobran la reserva?"],
            &["mándame el link del anticipo, te lo pago"],
        ],
    );
    assert_never(
        &CAKE,
        &[
            &["como faço pra cancelar?"],
            &["cobra a entrada já"],
            &["vocês cobram a entrada?"],
            &["passa pra acertar o endereço"],
            &["passa pra acertar a entrega"],
        ],
    );
}

#[test]
fn a_place_a_day_and_how_others_pay_are_asked_about() {
    let alone = |shop: &Shop, text: &str| shop.charged(false, &[text]);
    for text in [
        "dime dónde están ubicados",
        "decime dónde queda el local",
        "dime donde",
        "mándame dónde están",
        "voy a pagar ya el lunes",
        "te deposito ya en la quincena",
        "te transfiero ya mañana",
        "te deposito hoy en la noche",
        "Activa",
        "mándame foto",
    ] {
        assert_eq!(alone(&SHOES, text), None, "{text}");
    }
    for text in [
        "how do you take payment?",
        "where do you take payment, on the day?",
        "what do you take for payment",
    ] {
        assert_eq!(alone(&GROOM, text), None, "{text}");
    }
}

#[test]
fn a_word_of_a_form_is_no_order() {
    for story in [
        [
            "una cita de masaje relajante",
            "> $500. ¿Nombre y fecha?",
            "Laura. Fecha, sábado 12",
        ],
        [
            "un masaje relajante",
            "> $500. ¿Qué te falta?",
            "Fecha, hora, lugar",
        ],
        ["un masaje relajante", "> $500. ¿Cuándo?", "Fecha: 12/10"],
    ] {
        assert!(SHOES.proposes(&story).charge().is_none(), "{story:?}");
    }
    let asked = "> $500, ¿nombre, fecha y hora?";
    let form = ["un masaje relajante", asked, "Laura\nFecha:\n12 de mayo"];
    assert!(SHOES.proposes(&form).charge().is_none());
    assert_eq!(CAKE.charged(false, &["como cancelo?"]), None);
    let date = ["quero o bolo de cenoura", "> R$ 80. Que dia?", "fecha: 12/10"];
    assert!(CAKE.proposes(&date).charge().is_none());
    let told = ["quero o bolo de cenoura", "> R$ 80. Posso confirmar?", "confirma"];
    assert!(CAKE.proposes(&told).charge().is_some());
}

#[test]
fn one_price_beside_the_number_ordered_may_be_that_of_all() {
    for story in [
        [
            "quiero 2 gelatinas",
            "> 2 gelatinas = $180. ¿te mando el link?",
            "sí",
        ],
        [
            "quiero 2 gelatinas",
            "> por ser hoy 2 gelatinas por $180, ¿las aparto?",
            "sí",
        ],
        [
            "quiero 2 gelatinas",
            "> 2x $180 la promo, ¿te paso el link?",
            "sí",
        ],
        [
            "quiero 2 gelatinas",
            "> Van 2 gelatinas, $180 ¿te paso el link?",
            "sí por favor",
        ],
        [
            "quiero 2 gelatinas",
            "> Son 2 gelatinas, a $180. ¿te paso el link?",
            "mándamelo",
        ],
        [
            "quiero 3 gelatinas",
            "> Llevas 3 y pagas $180. ¿te mando el link?",
            "sí, mándame el link",
        ],
        [
            "quiero 2 cajas de cupcakes",
            "> te dejo 2 cajas en $260, ¿te mando el link?",
            "sí",
        ],
        ["quiero 2 cajas de cupcakes", "> 2 cajas $260", "mándame el link"],
    ] {
        assert!(SWEETS.proposes(&story).charge().is_none(), "{story:?}");
    }
    let walks = [
        "2 dog walks please",
        "> 2 walks for £15. Shall I send the link?",
        "yes please",
    ];
    assert!(GROOM.proposes(&walks).charge().is_none());
    let each = [
        "quiero 2 gelatinas",
        "> 2 gelatinas, $180 c/u. ¿te mando el link?",
        "sí",
    ];
    let total = SWEETS.proposes(&each).charge().map(|charge| charge.total.minor());
    assert!(total.is_none_or(|total| total == 360_00));
}

#[test]
fn a_discount_of_nobody_knows_how_much_charges_nothing() {
    for shop in [
        "> $900, te hago un descuento, ¿va?",
        "> $900, le hacemos descuento",
        "> Son $900 y te doy un descuentito",
        "> $900, te puedo dar una rebaja",
        "> $900, tenemos descuento hoy",
        "> Son $900 pero te bajo algo, ¿va?",
    ] {
        let story = ["quiero los zapatos negros", shop, "sí, mándame el link"];
        assert!(SHOES.proposes(&story).charge().is_none(), "{shop}");
    }
    let cake = [
        "quero o bolo de cenoura",
        "> R$ 80, faço um desconto pra você",
        "fechado, manda o link",
    ];
    assert!(CAKE.proposes(&cake).charge().is_none());
    let groom = [
        "a full groom please",
        "> £45, I can give you a discount",
        "great, send the link",
    ];
    assert!(GROOM.proposes(&groom).charge().is_none());
}
