//! What is said around a price and agrees to nothing: crossed with what shops say, none of it charges.

#![expect(clippy::unwrap_used, reason = "a test that breaks here should say where")]

use cobro_assistant::{Catalog, Conversation, Item, Rules, Turn, propose};
use cobro_stripe::{Currency, Money};

/// One shop: what it sells, how a chat begins, and what is said in it.
struct Shop {
    currency: &'static str,
    items: &'static [(&'static str, i64)],
    opening: &'static str,
    /// The total, said in ways that ask nothing.
    totals: &'static [&'static str],
    /// The total, with something behind it that a yes may be to.
    followed: &'static [&'static str],
    /// The total, and something that can be had on top.
    offers: &'static [&'static str],
    /// Speaks of paying, doubts or sets a condition: agrees to nothing, whatever was said before.
    agrees_to_nothing: &'static [&'static str],
    /// Asks for the link and says nothing of the extra, though its words may look so.
    leaves_the_extra_open: &'static [&'static str],
    /// The total, and something that nobody asked for beside it, offered in words of no list.
    unasked: &'static [&'static str],
    /// The total, from a shop that must look first.
    looks_first: &'static [&'static str],
    /// Asks to pay, and leaves no word open.
    pays: &'static [&'static str],
    /// Says yes, and that somebody else is asked before.
    talks_it_over: &'static [&'static str],
    /// Follows along.
    follows: &'static [&'static str],
    /// Puts off what the shop asked; what the shop says to it; what closes the chat.
    asks: &'static [&'static str],
    puts_off: &'static [&'static str],
    replies: &'static [&'static str],
    closes: &'static [&'static str],
}

const SPANISH: Shop = Shop {
    currency: "MXN",
    items: &[
        ("Gelatina mosaico", 180),
        ("Pastel de chocolate", 420),
        ("Envío a domicilio", 80),
    ],
    opening: "una gelatina mosaico",
    totals: &["$180", "Son $180", "Claro que sí, son $180 en total"],
    followed: &[
        "$180. Piénsalo y me dices",
        "Son $180. Se paga en efectivo al recoger",
        "Son $180, pero el sábado no abrimos",
        "$180. Déjame ver si hay y te aviso",
        "Son $180 y estamos en Roma 12",
        "$180. Cualquier cosa me avisas",
    ],
    offers: &[
        "$180, y son $80 más si quiere que se lo llevemos",
        "Son $180. El envío son $80 adicionales",
        "$180, el envío va aparte en $80",
    ],
    agrees_to_nothing: &[
        "yo pago por transferencia",
        "me envías referencias de clientes?",
        "¿tengo que pagar hoy?",
        "es seguro pagar en línea?",
        "cobran comisión por pagar con tarjeta?",
        "no tengo dinero para pagar hoy",
        "todavía es muy pronto para pagar",
        "mi mamá tiene que pagar hoy",
        "no sé si pueda pagar ahorita",
        "¿necesitas que pague en línea?",
        "pago hoy si la tienes en azul",
        "te pago si me aseguras que llega hoy",
        "qué necesito para pagar?",
        "¿me cobran comisión por pagar con tarjeta?",
        "cuándo me cobran?",
        "mándame el link si la tienes en azul",
        "te lo compro si le gusta a mi hija",
        "prefiero no pagar en línea",
        "no quiero pagar todavía",
        "si me gusta te pago",
        "¿se paga al recoger?",
        "y cuándo te pago?",
        "¿ya hay que pagar el total?",
        "todavía no te pago",
        "pagaría con tarjeta si se puede en meses",
        "no traigo para pagar ahorita",
        "mi esposo dice que no paga ahorita",
        "¿hay que pagar ahora?",
        "déjame pensarlo",
        "no sé",
        "también tienen velas?",
        "otra cosa, hacen factura?",
        "gracias",
        "muchas gracias, ahí veo",
    ],
    leaves_the_extra_open: &[
        "perfecto, mándame también el link",
        "otra cosa, cómo te pago?",
        "ok, va aparte, mándame el link",
        "además mándame la ubicación y el link",
        "mándame el link también porfa",
        "y también pásame el link",
        "no sé, mándame el link",
        "no importa, mándame el link",
        "no te preocupes, mándame el link",
        "yo vivo en Roma, mándame el link",
        "soy yo de nuevo, mándame el link",
        "no tengo carro, mándamela y pásame el link",
        "no puedo pasar a recogerla, mándame el link",
        "solo tengo una duda, mándame el link",
        "no hay problema, mándame el link",
        "no me dijiste dónde están, mándame el link",
        "yo lo veo bien, mándame el link",
        "incluye vela? mándame el link",
        "no sé si con envío, mándame el link",
        "no se preocupe por el envío, mándame el link",
        "agrégame a tu lista y mándame el link",
        "mi hermana también quiere, mándame el link",
        "yo la vi en Instagram, mándame el link",
        "eso es aparte, mándame el link",
        "no entendí lo del envío, mándame el link",
        "¿y si paso por ella? mándame el link",
        "no quiero problemas, mándame el link",
    ],
    unasked: &[
        "$180. Le queda muy bien el pastel de chocolate, $420",
        "$180. ¿Y si se lleva el pastel de chocolate, nada más $420?",
        "Son $180. Le conviene el pastel de chocolate, $420",
    ],
    looks_first: &[
        "$180, nada más déjame checar si hay",
        "Son $180. Le pregunto a la repostera y le aviso",
        "$180, creo que todavía me queda una",
        "$180. Te confirmo si llega hoy",
        "Son $180. Tengo que verificar con el proveedor",
    ],
    pays: &["ok, mándame el link", "va, cómo te pago?", "perfecto, cóbrame"],
    talks_it_over: &[
        "perfecto, nada más lo platico tantito con mi viejo",
        "va, tengo que cuadrarlo con mi marido",
        "sí, quiero darle una pensada con mi hermana",
        "perfecto, solo falta que confirme mi jefa",
        "va, depende de cómo me vaya el viernes",
    ],
    follows: &[
        "sí claro",
        "ah sí claro",
        "sí ya vi",
        "claro, ya sé",
        "claro",
        "sí, gracias",
        "sí, ya entendí",
    ],
    asks: &["Son $180. ¿Te mando el link?", "$180. ¿Te lo cobro?"],
    puts_off: &["déjame pensarlo y te aviso", "no, ahorita no", "luego te digo"],
    replies: &[
        "Claro que sí, aquí estamos",
        "Sin problema, estamos en Roma 12",
        "Va, son $180",
    ],
    closes: &[
        "sí, gracias",
        "claro, gracias",
        "sí claro",
        "ok gracias",
        "perfecto, gracias",
    ],
};

const ENGLISH: Shop = Shop {
    currency: "GBP",
    items: &[("Party bag", 32), ("Balloon arch", 90), ("Delivery", 5)],
    opening: "one party bag please",
    totals: &["£32 for the party bag", "It's £32", "£32"],
    followed: &[
        "£32, I'll check if we have one and get back to you",
        "£32. Have a think and let me know",
        "It's £32. Cash on collection",
        "£32 but we're closed on Saturday",
        "£32. Any questions just shout",
    ],
    offers: &[
        "£32, and delivery is £5 extra if you want it",
        "It's £32. We deliver for another £5",
    ],
    agrees_to_nothing: &[
        "do I have to pay today?",
        "do I have to pay today",
        "I don't have the money to pay today",
        "is it safe to pay online?",
        "is there a fee to pay by card?",
        "is there a fee to pay by card",
        "too early to pay now",
        "my mum needs to pay today",
        "do you need me to pay online?",
        "will I pay with card?",
        "will I pay with card",
        "I pay that today if you have it in blue",
        "I'll pay now if you have it in blue",
        "not ready to pay now",
        "I don't think I want to pay online",
        "when do I pay?",
        "when do you bill me?",
        "will you charge me today?",
        "send me the link if you have it in blue",
        "I'd want to pay later",
        "I can't pay today",
        "would I pay now or later?",
        "I never pay online",
        "should I pay now?",
        "my card doesn't work to pay online",
        "would be easier to pay by card",
        "I'd rather pay in person",
        "not happy to pay by card",
        "I'll pay once I see it",
        "who do I pay?",
        "why would I pay now",
        "let me think about it",
        "I'm not sure",
        "do you also do candles?",
        "thank you",
        "thanks, I'll see",
    ],
    leaves_the_extra_open: &[
        "ok also send me the link",
        "also, send me the link",
        "send me the link too please",
        "one more thing, how do I pay?",
        "don't know, send me the link",
        "no worries, send me the link",
        "not a problem, send me the link",
        "just one question, send me the link",
        "I can't pick it up, send me the link",
        "I live in Leeds myself, send me the link",
        "not sure about delivery, send me the link",
        "add me to your list and send me the link",
        "my sister wants one too, send me the link",
        "no rush, send me the link",
        "not sure yet, send me the link",
        "no idea, send me the link",
    ],
    unasked: &[
        "£32. How about a balloon arch too, only £90?",
        "£32. We usually recommend the balloon arch with it, £90",
        "£32. Worth having the balloon arch while we're at it, £90?",
    ],
    looks_first: &[
        "£32, let me just check we've one left",
        "It's £32 but I'd have to ask Dave whether it's in",
        "£32. I think we've got one left",
        "£32. not sure we have it in stock tbh",
        "£32. I'll let you know if the delivery turns up",
    ],
    pays: &["ok send the link", "great, how do I pay?", "perfect, bill me"],
    talks_it_over: &[
        "sounds good, need a quick natter with the missus",
        "deal, I just have to run it past my dad",
        "yes, need to square it with my boyfriend",
        "great, just waiting on my sister to confirm",
        "deal, depends on the weather",
    ],
    follows: &[
        "yes please",
        "yes I saw",
        "sure, I know",
        "yes thank you",
        "yeah got it",
    ],
    asks: &["It's £32. Shall I send the link?", "£32, shall I charge it?"],
    puts_off: &["let me think about it", "not now", "I'll get back to you"],
    replies: &["take your time", "Of course, we're here till 6"],
    closes: &["yes thank you", "sure, thanks", "ok thanks", "yes please, thanks"],
};

const PORTUGUESE: Shop = Shop {
    currency: "BRL",
    items: &[
        ("Bolo de pote", 60),
        ("Torta de limão", 95),
        ("Taxa de entrega", 12),
    ],
    opening: "quero um bolo de pote",
    totals: &["R$ 60", "Fica R$ 60", "Oi, são R$ 60 no total"],
    followed: &[
        "R$ 60. Vou ver se tem e te aviso",
        "Fica R$ 60. Pagamento em dinheiro na retirada",
        "R$ 60, mas sábado a gente não abre",
        "R$ 60. Pensa com calma e me fala",
    ],
    offers: &[
        "R$ 60, e a entrega são R$ 12 a mais se quiser",
        "Fica R$ 60. A entrega é R$ 12 à parte",
    ],
    agrees_to_nothing: &[
        "eu pago por transferência",
        "tenho que pagar hoje?",
        "é seguro pagar online?",
        "tem taxa pra pagar no cartão?",
        "não tenho dinheiro pra pagar hoje",
        "ainda é cedo pra pagar",
        "minha mãe precisa pagar hoje",
        "precisa que eu pague online?",
        "pago hoje se tiver de morango",
        "manda o link se tiver de morango",
        "quando vocês cobram?",
        "não quero pagar agora",
        "se der tempo eu pago hoje",
        "o que precisa pra pagar?",
        "ainda não pago",
        "só pago se chegar hoje",
        "dá medo de pagar online",
        "me envia referências de clientes?",
        "não sei",
        "vou pensar",
        "também fazem brigadeiro?",
        "obrigada",
        "obrigada, vou ver",
    ],
    leaves_the_extra_open: &[
        "só isso, mais nada, manda o link",
        "manda também o link",
        "outra coisa, como eu pago?",
        "além disso manda o link",
        "não sei, manda o link",
        "não importa, manda o link",
        "não se preocupe, manda o link",
        "não posso buscar, manda o link",
        "só uma dúvida, manda o link",
        "não tenho carro, manda o link",
        "eu moro no centro, manda o link",
        "não tem problema, manda o link",
        "não entendi da entrega, manda o link",
        "a entrega não sei ainda, manda o link",
    ],
    unasked: &[
        "R$ 60. Que tal uma torta de limão junto, 95?",
        "R$ 60. Combina muito com a torta de limão, R$ 95",
    ],
    looks_first: &[
        "R$ 60, só vou confirmar se tem",
        "R$ 60. Preciso ver no estoque",
        "Fica R$ 60. Acho que ainda tem um",
        "R$ 60. Te aviso se chegar hoje",
    ],
    pays: &[
        "ok, manda o link",
        "beleza, como eu pago?",
        "fechado, manda o link",
    ],
    talks_it_over: &[
        "tá bom, vou só dar uma palavrinha com o pai dele",
        "perfeito, só preciso trocar uma ideia com meu marido",
        "sim, tenho que alinhar com a minha mãe",
        "show, só falta o povo confirmar presença",
        "beleza, depende da minha chefe",
    ],
    follows: &["sim claro", "sim, já vi", "claro, já sei", "sim, obrigada"],
    asks: &["Fica R$ 60. Posso mandar o link?", "R$ 60. Te mando o link?"],
    puts_off: &["vou pensar e te aviso", "agora não", "depois te falo"],
    replies: &["Claro, estamos aqui", "Sem problema, fique à vontade"],
    closes: &["sim, obrigada", "claro, obrigada", "sim claro"],
};

impl Shop {
    fn catalog(&self) -> Catalog {
        let currency = Currency::from_code(self.currency).unwrap();
        let item = |(name, major): &(&str, i64)| {
            Item::new(*name, *name, Money::from_minor(major * 100, currency).unwrap())
        };
        Catalog::new(currency, self.items.iter().map(item).collect()).unwrap()
    }

    /// Plays the opening, then shop and customer by turns, and returns what would be charged.
    fn charged(&self, turns: &[&str]) -> Option<i64> {
        let mut all = vec![Turn::customer(self.opening)];
        for (at, text) in turns.iter().enumerate() {
            all.push(match at % 2 {
                0 => Turn::shop(*text),
                _ => Turn::customer(*text),
            });
        }
        let proposal = propose(&self.catalog(), &Conversation::of(all), &Rules::default());
        proposal.charge().map(|charge| charge.total.minor())
    }

    /// Returns the stories among all pairs that are charged.
    fn false_charges(&self, said: &[&[&'static str]], answers: &[&[&'static str]]) -> Vec<String> {
        let pairs = said.concat().into_iter().flat_map(|said| {
            let answers = answers.concat();
            answers.into_iter().map(move |answer| (said, answer))
        });
        pairs
            .filter_map(|(said, answer)| {
                let charged = self.charged(&[said, answer])?;
                Some(format!("{said} / {answer} -> {charged}"))
            })
            .collect()
    }
}

const SHOPS: [Shop; 3] = [SPANISH, ENGLISH, PORTUGUESE];

#[track_caller]
fn assert_none(charged: Vec<String>) {
    assert!(charged.is_empty(), "charged:\n{}", charged.join("\n"));
}

#[test]
fn what_only_speaks_of_paying_or_doubts_charges_nothing() {
    let charged = SHOPS.iter().flat_map(|shop| {
        shop.false_charges(
            &[shop.totals, shop.followed, shop.offers],
            &[shop.agrees_to_nothing],
        )
    });
    assert_none(charged.collect());
}

#[test]
fn an_open_extra_stays_open_whatever_else_is_added() {
    let charged = SHOPS
        .iter()
        .flat_map(|shop| shop.false_charges(&[shop.offers], &[shop.leaves_the_extra_open, shop.follows]));
    assert_none(charged.collect());
}

#[test]
fn a_yes_to_what_was_said_behind_the_amount_is_no_yes_to_the_amount() {
    let charged = SHOPS
        .iter()
        .flat_map(|shop| shop.false_charges(&[shop.followed], &[shop.follows]));
    assert_none(charged.collect());
    let follows = |shop: &Shop| -> Vec<&'static str> {
        let is_plain = |word: &&&str| **word != "yes please";
        shop.follows.iter().filter(is_plain).copied().collect()
    };
    let charged = SHOPS
        .iter()
        .flat_map(|shop| shop.false_charges(&[shop.totals], &[&follows(shop)]));
    assert_none(charged.collect());
}

#[test]
fn what_nobody_asked_for_is_asked_about_however_it_is_offered() {
    let charged = SHOPS
        .iter()
        .flat_map(|shop| shop.false_charges(&[shop.unasked], &[shop.pays, shop.follows]));
    assert_none(charged.collect());
}

#[test]
fn a_shop_that_must_look_first_has_promised_nothing() {
    let charged = SHOPS
        .iter()
        .flat_map(|shop| shop.false_charges(&[shop.looks_first], &[shop.pays, shop.follows]));
    assert_none(charged.collect());
    for (shop, said, pays) in [
        (SPANISH, "Déjame ver. Sí, son $180", "mándame el link"),
        (ENGLISH, "let me check... yes we do, £32", "send me the link"),
        (ENGLISH, "£32. Any questions just ask", "send me the link"),
        (PORTUGUESE, "Vou ver. Tem sim, R$ 60", "manda o link"),
    ] {
        assert!(shop.charged(&[said, pays]).is_some(), "{said}");
    }
}

#[test]
fn whoever_talks_it_over_first_has_not_ordered() {
    let charged = SHOPS
        .iter()
        .flat_map(|shop| shop.false_charges(&[shop.totals, shop.asks], &[shop.talks_it_over]));
    assert_none(charged.collect());
}

#[test]
fn nothing_else_is_wanted_and_so_it_is_charged() {
    for (shop, said, total) in [
        (SPANISH, "solo eso, nada más, mándame el link", 180_00),
        (ENGLISH, "just that, nothing else, send me the link", 32_00),
        (PORTUGUESE, "só isso, mais nada, manda o link", 60_00),
    ] {
        for told in shop.totals {
            assert_eq!(shop.charged(&[told, said]), Some(total), "{told} / {said}");
        }
    }
}

#[test]
fn thanks_after_a_doubt_are_no_answer_to_the_question_before_it() {
    let mut charged = Vec::new();
    for shop in &SHOPS {
        for asked in shop.asks {
            for doubt in shop.puts_off {
                for reply in shop.replies {
                    for close in shop.closes {
                        if shop.charged(&[asked, doubt, reply, close]).is_some() {
                            charged.push(format!("{asked} / {doubt} / {reply} / {close}"));
                        }
                    }
                }
            }
        }
    }
    assert_none(charged);
}

#[test]
fn a_plain_yes_to_a_total_and_an_extra_that_is_taken_are_charged() {
    for (shop, yes, total) in [
        (SPANISH, "sí, dale", 180_00),
        (ENGLISH, "yes please", 32_00),
        (PORTUGUESE, "sim, por favor", 60_00),
    ] {
        for said in shop.totals {
            assert_eq!(shop.charged(&[said, yes]), Some(total), "{said}");
        }
    }
    for (shop, takes, total) in [
        (SPANISH, "sí, agrégalo y mándame el link", 260_00),
        (ENGLISH, "yes, add it please, and send me the link", 37_00),
        (PORTUGUESE, "sim, inclui, manda o link", 72_00),
    ] {
        for said in shop.offers {
            assert_eq!(shop.charged(&[said, takes]), Some(total), "{said}");
        }
    }
    for (shop, refuses, total) in [
        (SPANISH, "no gracias, mándame el link", 180_00),
        (ENGLISH, "no thanks, send me the link", 32_00),
        (PORTUGUESE, "não, obrigada, manda o link", 60_00),
    ] {
        for said in shop.offers {
            assert_eq!(shop.charged(&[said, refuses]), Some(total), "{said}");
        }
    }
}

#[test]
fn a_number_before_a_name_that_begins_with_it_counts() {
    let shop = Shop {
        items: &[("Tres leches", 100), ("Pizza cuatro quesos", 150)],
        ..SPANISH
    };
    for (opening, total) in [
        ("quiero tres tres leches, mándame el link", 300_00),
        ("no, perdón, tres tres leches, mándame el link", 300_00),
        ("quiero cuatro cuatro quesos, mándame el link", 600_00),
    ] {
        let shop = Shop { opening, ..shop };
        let charged = shop.charged(&[]);
        assert!(
            charged.is_none_or(|charged| charged == total),
            "{opening}: {charged:?}"
        );
    }
}
