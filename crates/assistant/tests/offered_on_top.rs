//! What the shop offers on top is charged only to whoever took it, and an unspoken fee explains no sum.

#![expect(clippy::unwrap_used, reason = "a test that breaks here should say where")]

use cobro_assistant::{Catalog, Conversation, Item, Rules, Turn, propose};
use cobro_stripe::{Currency, Money};
use proptest::prelude::*;

fn catalog(currency: &str, items: &[(&str, i64)]) -> Catalog {
    let currency = Currency::from_code(currency).unwrap();
    let item = |(name, major): &(&str, i64)| {
        Item::new(*name, *name, Money::from_minor(major * 100, currency).unwrap())
    };
    Catalog::new(currency, items.iter().map(item).collect()).unwrap()
}

fn cakes() -> Catalog {
    catalog(
        "MXN",
        &[
            ("Gelatina mosaico", 180),
            ("Pastel de chocolate", 420),
            ("Galletas decoradas", 80),
            ("Envío a domicilio", 80),
        ],
    )
}

/// Returns the total that is charged after the messages, in major units; the shop's begin with "> ".
fn total(catalog: &Catalog, story: &[&str]) -> Option<i64> {
    let turn = |text: &&str| match text.strip_prefix("> ") {
        Some(text) => Turn::shop(text),
        None => Turn::customer(*text),
    };
    let conversation = Conversation::of(story.iter().map(turn).collect());
    let proposal = propose(catalog, &conversation, &Rules::default());
    proposal.charge().map(|charge| charge.total.minor() / 100)
}

#[test]
fn an_extra_that_nobody_took_or_refused_is_asked_about() {
    for offer in [
        "> $180 + $80 de envío si lo quieres a domicilio",
        "> $180, el envío va aparte en $80",
        "> $180, y son $80 más si quiere que se lo llevemos",
        "> Son $180. El envío son $80 adicionales",
    ] {
        for yes in ["ok, link", "va, pásame el link", "perfecto mándame la liga"] {
            assert_eq!(
                total(&cakes(), &["una gelatina mosaico", offer, yes]),
                None,
                "{offer} {yes}"
            );
        }
    }
}

#[test]
fn an_extra_that_is_refused_is_not_charged() {
    let offer = "> $180, y son $80 más si quiere que se lo llevemos";
    for answer in [
        "no, yo paso por ella. mándame el link",
        "paso por ella, mándame el link",
    ] {
        assert_eq!(
            total(&cakes(), &["una gelatina mosaico", offer, answer]),
            Some(180),
            "{answer}"
        );
    }
}

#[test]
fn an_extra_that_is_taken_is_charged() {
    let offer = "> $180, y son $80 más si quiere que se lo llevemos";
    for answer in [
        "con envío por favor, mándame el link",
        "tráemela a domicilio, mándame el link",
    ] {
        assert_eq!(
            total(&cakes(), &["una gelatina mosaico", offer, answer]),
            Some(260),
            "{answer}"
        );
    }
}

#[test]
fn a_fee_that_nobody_spoke_of_explains_no_sum() {
    assert_eq!(
        total(
            &cakes(),
            &["una gelatina mosaico", "> Son $260", "va, mándame el link"]
        ),
        None
    );
    assert_eq!(
        total(
            &cakes(),
            &[
                "una gelatina mosaico con envío",
                "> Son $260",
                "va, mándame el link"
            ]
        ),
        Some(260)
    );
}

#[test]
fn a_fee_is_no_total_of_goods_that_cost_as_much() {
    assert_eq!(
        total(
            &cakes(),
            &["unas galletas decoradas", "> Serían $80 de envío", "ok, link"]
        ),
        None
    );
}

proptest! {
    /// Whatever stands around it, "si quieres" leaves the price beside it to the customer.
    #[test]
    fn a_wish_never_becomes_a_charge(
        before in "(claro|con gusto|hola|sí hay)",
        wish in "(si quieres|si gustas|si lo ocupas|si prefieres|si lo necesitas)",
        yes in "(ok|va|listo|perfecto|sale), (link|mándame el link|pásame la liga)",
    ) {
        let offer = format!("> {before}, son $180, y con envío {wish} $80 aparte");
        let charged = total(&cakes(), &["una gelatina mosaico", &offer, &yes]);
        prop_assert_eq!(charged, None);
    }
}
