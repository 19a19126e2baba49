//! What is masked, what is not, and that nothing else changes.

use std::borrow::Cow;
use std::path::Path;

use proptest::prelude::*;

use super::groups::Groups;
use super::{brand, find, mask_json, mask_text, prescan};

#[track_caller]
fn masked(text: &str, expected: &str) {
    assert_eq!(mask_text(text), expected);
}

#[track_caller]
fn kept(text: &str) {
    assert!(
        matches!(mask_text(text), Cow::Borrowed(same) if same == text),
        "{text} became {}",
        mask_text(text)
    );
}

#[test]
fn a_card_keeps_only_its_last_four() {
    masked("4242424242424242", "•••• 4242");
    masked("Es la 4242 4242 4242 4242, gracias", "Es la •••• 4242, gracias");
    masked("4000-0000-0000-0002", "•••• 0002");
    masked("5555.5555.5555.4444", "•••• 4444");
    masked("378282246310005 y 3782 822463 10005", "•••• 0005 y •••• 0005");
    masked("3056 930902 5904", "•••• 5904");
    masked("4242 4242\n4242 4242", "•••• 4242");
    masked("4242 4242\r\n4242 4242", "•••• 4242");
    masked("4242 - 4242 - 4242 - 4242", "•••• 4242");
    masked("4242|4242|4242|4242", "•••• 4242");
    masked("42 42 42 42 42 42 42 42", "•••• 4242");
    masked("4242 4242 4242 4242 5555 5555 5555 4444", "•••• 4242 •••• 4444");
}

#[test]
fn digits_in_disguise_are_digits() {
    masked("４２４２ ４２４２ ４２４２ ４２４２", "•••• 4242");
    masked("𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐", "•••• 4242");
    masked("4\u{200b}242\u{a0}4242\u{2011}4242\u{2009}4242", "•••• 4242");
    masked("4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣", "•••• 4242");
}

#[test]
fn local_brands_are_known() {
    for (brand, prefix) in [
        ("Elo", "636368"),
        ("Elo", "509040"),
        ("Hipercard", "606282"),
        ("Naranja", "589562"),
        ("Cabal", "604201"),
        ("Carnet", "506393"),
        ("Mastercard", "2221"),
        ("UnionPay", "62"),
    ] {
        let card = luhn_number(prefix, 16, 7);
        assert_eq!(
            mask_text(&card),
            format!("•••• {}", &card[12..]),
            "{brand} {card}"
        );
    }
}

#[test]
fn near_a_card_word_the_check_digit_is_enough() {
    masked("mi tarjeta: 1234 5678 9012 3452", "mi tarjeta: •••• 3452");
    masked("9876543210987658 é o cartão", "•••• 7658 é o cartão");
    masked("tarjeta4242424242424242", "tarjeta•••• 4242");
    masked("tarjeta #4242424242424242", "tarjeta #•••• 4242");
    masked("VISA/4242424242424242", "VISA/•••• 4242");
    kept("1234 5678 9012 3452");
}

#[test]
fn expiry_and_code_beside_the_card_go_too() {
    masked("4242 4242 4242 4242 12/28 123", "•••• 4242 ••/•• •••");
    masked("4242424242424242|12|2028|123", "•••• 4242|••/••|•••");
    masked("4242424242424242/12/28/123", "•••• 4242/••/••/•••");
    masked("4242 4242 4242 4242 123", "•••• 4242 •••");
    masked("4242 4242 4242 4242 1228", "•••• 4242 •••");
    masked("378282246310005 1234", "•••• 0005 •••");
    masked(
        "Tarjeta: 4242 4242 4242 4242\nVence: 01/2030\nCVV: 987\nNombre: Ana",
        "Tarjeta: •••• 4242\nVence: ••/••\nCVV: •••\nNombre: Ana",
    );
    masked("cvv 321, 4242424242424242", "cvv •••, •••• 4242");
}

#[test]
fn dates_and_amounts_beside_the_card_stay() {
    masked("24/11/2026: 4242424242424242", "24/11/2026: •••• 4242");
    masked("4242424242424242 por 1500 pesos", "•••• 4242 por 1500 pesos");
    masked(
        "son 350 pesos con 4242424242424242",
        "son 350 pesos con •••• 4242",
    );
}

#[test]
fn what_only_looks_alike_stays() {
    for text in [
        "",
        "Hola, ¿tienen la talla M? 😀",
        "+52 1 55 1234 5678 y +5491123456789",
        "442 123 4567 100",
        "5512345678 06700",
        "032180000118359719 es mi CLABE",
        "CLABE 002010077777777771",
        "12.345.678/0001-95",
        "#4242424242424242",
        "pedido/4242424242424242",
        "https://tienda.mx/p?n=4242424242424242",
        "https://tienda.mx/tarjeta/4242424242424242",
        "ana@4242424242424242",
        "REF4242424242424242",
        "pi_4242424242424242",
        "US.4242424242424242",
        "0000 0000 0000 0000",
        "4111111111111112",
        "1764000000000",
        "1764000000000000",
        "20261124093000",
        "2026-11-24 09:30:00.123",
        "tarjeta e IMEI 490154203237518",
        "con tarjeta, el equipo es 356938035643809",
        "00190.50095 40144.816069 06809.350314 3 37370000000100",
    ] {
        kept(text);
    }
}

#[test]
fn few_random_numbers_are_taken_for_cards() {
    let mut seed: u64 = 7;
    let masked = (0..20_000)
        .filter(|_| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let number = format!("{:016}", (seed >> 8) % 10_000_000_000_000_000);
            matches!(mask_text(&number), Cow::Owned(_))
        })
        .count();
    assert!((300..700).contains(&masked), "{masked} of 20000");
}

#[test]
fn only_the_literal_that_held_a_card_changes() {
    let body = r#"{ "z":1.50, "text":{"body":"mi n\u00famero 4242 4242 4242 4242"}, "a":"\u00e1", "big":12345678901234567890123 }"#;
    assert_eq!(
        mask_json(body).unwrap(),
        r#"{ "z":1.50, "text":{"body":"mi número •••• 4242"}, "a":"\u00e1", "big":12345678901234567890123 }"#
    );
}

#[test]
#[expect(clippy::format_collect, reason = "a test builds a text once")]
fn escapes_and_forms_hide_nothing() {
    let escaped: String = "4242424242424242"
        .bytes()
        .map(|digit| format!("\\u{digit:04x}"))
        .collect();
    let body = format!(r#"{{"body":"{escaped}"}}"#);
    assert_eq!(mask_json(&body).unwrap(), r#"{"body":"•••• 4242"}"#);

    let form = r#"{"card":"4242 4242 4242 4242","n":4000000000000002,"deep":"{\"x\":\"5555555555554444\"}","tarjeta":"1234567890123452","size":38}"#;
    let body = serde_json::json!({"nfm_reply": {"response_json": form, "name": "flow"}}).to_string();
    let masked: serde_json::Value = serde_json::from_str(&mask_json(&body).unwrap()).unwrap();
    let form: serde_json::Value =
        serde_json::from_str(masked["nfm_reply"]["response_json"].as_str().unwrap()).unwrap();
    assert_eq!(
        form,
        serde_json::json!({"card": "•••• 4242", "n": "•••• 0002", "deep": "{\"x\":\"•••• 4444\"}", "tarjeta": "•••• 3452", "size": 38})
    );
}

#[test]
fn half_a_surrogate_pair_hides_no_card() {
    let masked = mask_json(r#"["\ud83d 4242424242424242 \ud83d\ude00"]"#).unwrap();
    assert_eq!(masked, "[\"\u{fffd} •••• 4242 😀\"]");
}

#[test]
fn identifiers_are_never_touched() {
    let body = r#"{"from":"4242424242424242","id":"4242424242424242","contacts":[{"wa_id":"4242424242424242"}],
        "recipient_user_id":"4242424242424242","phone_number_id":4242424242424242,"ids":["4242424242424242"],
        "timestamp":"4242424242424242","url":"4242424242424242"}"#;
    assert!(matches!(mask_json(body).unwrap(), Cow::Borrowed(same) if same == body));
    let after = r#"{"ids":[{"id":"4242424242424242"}],"body":"4242424242424242"}"#;
    assert_eq!(
        mask_json(after).unwrap(),
        r#"{"ids":[{"id":"4242424242424242"}],"body":"•••• 4242"}"#
    );
}

#[test]
fn what_is_not_json_is_an_error() {
    for body in ["", "{", "{\"a\":1}}", "4242 4242", "{'a':1}", "\u{feff}{}"] {
        assert!(mask_json(body).is_err(), "{body}");
    }
}

#[test]
fn documented_payloads_come_through_unchanged() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/whatsapp-payloads");
    let Ok(files) = std::fs::read_dir(&folder) else {
        eprintln!("skipped: the documented payloads are not beside this checkout");
        return;
    };
    let mut seen = 0;
    for file in files
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension() == Some("json".as_ref()))
    {
        let body = std::fs::read_to_string(&file).unwrap();
        assert!(
            matches!(mask_json(&body).unwrap(), Cow::Borrowed(same) if same == body),
            "{}",
            file.display()
        );
        seen += 1;
    }
    assert!(seen > 90, "{seen} payloads");
}

/// Returns a number of that length with a right check digit.
fn luhn_number(prefix: &str, length: usize, seed: u64) -> String {
    let fill = (0..).map(|place: u64| {
        char::from(b'0' + u8::try_from((seed * 7 + place * 13 + seed % (place + 3)) % 10).unwrap())
    });
    let body: String = prefix.chars().chain(fill).take(length - 1).collect();
    (0..10)
        .map(|check| format!("{body}{check}"))
        .find(|number| brand::passes_luhn(&number.bytes().map(|byte| byte - b'0').collect::<Vec<_>>()))
        .unwrap()
}

fn card() -> impl Strategy<Value = String> {
    let kinds = prop::sample::select(vec![
        ("4", 16),
        ("51", 16),
        ("2300", 16),
        ("34", 15),
        ("37", 15),
        ("6011", 16),
        ("636368", 16),
        ("606282", 16),
        ("589562", 16),
        ("604205", 16),
        ("4", 19),
    ]);
    (kinds, any::<u32>()).prop_map(|((prefix, length), seed)| luhn_number(prefix, length, u64::from(seed)))
}

fn grouped(number: &str, separator: &str) -> String {
    number
        .as_bytes()
        .chunks(4)
        .map(|four| std::str::from_utf8(four).unwrap())
        .collect::<Vec<_>>()
        .join(separator)
}

proptest! {
    #[test]
    fn a_card_in_a_chat_never_survives(
        card in card(),
        separator in prop::sample::select(vec!["", " ", "-", ".", "\n", "\u{a0}", " - "]),
        before in "[A-Za-zñáé ,¿?!😀]{0,20}[ :\n]",
        after in "([ ,.\n][A-Za-zñáé ,¿?!😀]{0,20})?",
    ) {
        let text = format!("{before}{}{after}", grouped(&card, separator));
        let masked = mask_text(&text);
        let digits: String = masked.chars().filter(char::is_ascii_digit).collect();
        // The first 16 of 19 digits may be a card too; then those are read.
        prop_assert!(digits == card[card.len() - 4..] || (card.len() == 19 && digits == card[12..16]), "{}", masked);
        prop_assert!(masked.starts_with(&before));
        let again = mask_text(&masked).into_owned();
        prop_assert_eq!(&again, masked.as_ref());

        let body = serde_json::json!({"text": {"body": text}}).to_string();
        let json: serde_json::Value = serde_json::from_str(&mask_json(&body).unwrap()).unwrap();
        prop_assert_eq!(json["text"]["body"].as_str(), Some(masked.as_ref()));
    }

    #[test]
    fn a_clabe_stays(bank in 2_u64..999, rest in 0_u64..100_000_000_000_000) {
        let body = format!("{bank:03}{rest:014}");
        let sum: u64 = body.bytes().zip([3, 7, 1].into_iter().cycle()).map(|(b, w)| u64::from(b - b'0') * w % 10).sum();
        kept(&format!("Mi CLABE es {body}{}", (10 - sum % 10) % 10));
    }

    #[test]
    fn phones_stay(country in prop::sample::select(vec!["52", "521", "55", "549", "57", "56", "51", "1"]), rest in 1_000_000_000_u64..9_999_999_999, plus in any::<bool>()) {
        let plus = if plus { "+" } else { "" };
        kept(&format!("Llámame al {plus}{country}{rest}"));
        let rest = rest.to_string();
        kept(&format!("Tel {plus}{country} {} {} {}", &rest[..2], &rest[2..6], &rest[6..]));
        kept(&format!("Tel {} {} {} ext {}", &rest[..3], &rest[3..6], &rest[6..], &rest[..3]));
    }

    #[test]
    fn a_cnpj_stays(root in 0_u64..100_000_000, branch in 1_u64..100) {
        let mut digits: Vec<u64> = format!("{root:08}{branch:04}").bytes().map(|byte| u64::from(byte - b'0')).collect();
        for _ in 0..2 {
            let sum: u64 = digits.iter().rev().zip((2..=9).cycle()).map(|(digit, weight)| digit * weight).sum();
            digits.push(if sum % 11 < 2 { 0 } else { 11 - sum % 11 });
        }
        let cnpj: String = digits.iter().map(u64::to_string).collect();
        kept(&format!("CNPJ {cnpj}"));
        kept(&format!("CNPJ {}.{}.{}/{}-{}", &cnpj[..2], &cnpj[2..5], &cnpj[5..8], &cnpj[8..12], &cnpj[12..]));
    }

    #[test]
    fn timestamps_and_order_numbers_stay(millis in 1_500_000_000_000_u64..1_999_999_999_999, order in 0_u64..1_000_000_000_000) {
        kept(&millis.to_string());
        kept(&format!("{millis}000"));
        kept(&format!("{millis}000000"));
        kept(&format!("pedido {order:012}"));
        kept(&format!("orden 1{order:012}"));
        kept(&format!("ORD-{order:012}"));
        kept(&format!("folio #{order:016}"));
    }

    #[test]
    fn the_prescan_never_hides_a_card(card in card(), gaps in prop::collection::vec("[ ,\r\n\u{a0}\u{3000}４-]{0,4}|\r\n  ", 18)) {
        let text: String = card.chars().zip(gaps).flat_map(|(digit, gap)| std::iter::once(digit).chain(gap.chars().collect::<Vec<_>>())).collect();
        let found = !find::cards(&Groups::of(&text), true).is_empty();
        prop_assert!(!found || prescan::may_hold_card(text.as_bytes()), "{:?}", text);
        let escaped = serde_json::json!([text]).to_string();
        prop_assert!(!found || prescan::may_hold_card(escaped.as_bytes()), "{}", escaped);
    }

    #[test]
    fn any_text_survives_the_json_way_and_back(text in "\\PC{0,60}", digits in "[0-9 \\-./]{0,40}") {
        let text = format!("{text}{digits}");
        let body = serde_json::json!({"body": text, "nested": [text, {"to": text}]}).to_string();
        let masked = mask_json(&body).unwrap();
        let json: serde_json::Value = serde_json::from_str(&masked).unwrap();
        let alone = mask_text(&text);
        prop_assert_eq!(json["body"].as_str(), Some(alone.as_ref()));
        prop_assert_eq!(json["nested"][1]["to"].as_str(), Some(text.as_str()));
    }
}
