//! The templates that Cobro brings: what a shop has to say outside the 24-hour window.
//!
//! All are utility messages: about something the customer ordered, nothing that
//! promotes. None starts or ends with a place, and words stand between places.
//! A changed text is a new version of the name, since Meta looks at each anew.

use cobro_whatsapp::NewTemplate;
use serde_json::{Value, json};

use crate::Language;
use crate::domain::{KitPart, Template};

pub(crate) const PARTS: [KitPart; 8] = [
    KitPart::PaymentRequest,
    KitPart::PaymentReceived,
    KitPart::PaymentReminder,
    KitPart::UpcomingCharge,
    KitPart::SubscriptionReceipt,
    KitPart::ChargeFailed,
    KitPart::ShippingQuestion,
    KitPart::OrderUpdate,
];

pub(crate) const LANGUAGES: [Language; 3] = [Language::Es, Language::Pt, Language::En];

/// The words of one part in one language.
pub(crate) struct Words {
    pub body: &'static str,
    /// What stands in each place in the eyes of Meta's reviewers.
    pub examples: &'static [&'static str],
    /// Of a part whose button leads to an address.
    pub button: Option<&'static str>,
}

/// Meta's code of a language.
pub(crate) fn code(language: Language) -> &'static str {
    match language {
        Language::Es => "es",
        Language::Pt => "pt_BR",
        Language::En => "en",
    }
}

fn stem(part: KitPart) -> &'static str {
    match part {
        KitPart::PaymentRequest => "cobro_payment_request_v",
        KitPart::PaymentReceived => "cobro_payment_received_v",
        KitPart::PaymentReminder => "cobro_payment_reminder_v",
        KitPart::UpcomingCharge => "cobro_upcoming_charge_v",
        KitPart::SubscriptionReceipt => "cobro_subscription_receipt_v",
        KitPart::ChargeFailed => "cobro_charge_failed_v",
        KitPart::ShippingQuestion => "cobro_shipping_question_v",
        KitPart::OrderUpdate => "cobro_order_update_v",
    }
}

/// Returns the name of a part's version, counted from 1.
pub(crate) fn name(part: KitPart, version: u32) -> String {
    format!("{}{version}", stem(part))
}

/// Returns which version of `part` a name is, if it is one.
pub(crate) fn version_of(part: KitPart, name: &str) -> Option<u32> {
    name.strip_prefix(stem(part))?.parse().ok()
}

/// Returns the address before the place of a part's button.
pub(crate) fn base_of(template: &Template) -> Option<&str> {
    template
        .buttons
        .iter()
        .find_map(|button| button.url.as_deref()?.strip_suffix("{{1}}"))
}

/// Returns what Meta is asked to create. `base` is where the button leads, before its end.
pub(crate) fn new_template(part: KitPart, language: Language, version: u32, base: &str) -> NewTemplate {
    let words = words(part, language);
    let mut components = vec![json!({
        "type": "BODY",
        "text": words.body,
        "example": {"body_text": [words.examples]},
    })];
    if let Some(text) = words.button {
        components.push(json!({
            "type": "BUTTONS",
            "buttons": [{
                "type": "URL",
                "text": text,
                "url": format!("{base}{{{{1}}}}"),
                "example": [format!("{base}aEU5kD2vB3gH")],
            }],
        }));
    }
    NewTemplate {
        name: name(part, version),
        language: code(language).into(),
        category: "UTILITY".into(),
        parameter_format: None,
        components: Value::Array(components),
    }
}

pub(crate) fn words(part: KitPart, language: Language) -> Words {
    match language {
        Language::Es => es(part),
        Language::Pt => pt(part),
        Language::En => en(part),
    }
}

fn es(part: KitPart) -> Words {
    match part {
        KitPart::PaymentRequest => Words {
            body: "Hola {{1}}, tu pedido está listo para pagar.\n\nConcepto: {{2}}\nTotal: {{3}}\n\nToca el botón para pagar de forma segura. Si tienes alguna duda, responde a este mensaje.",
            examples: &["Ana", "Pastel de fresa", "MX$450.00"],
            button: Some("Pagar ahora"),
        },
        KitPart::PaymentReceived => Words {
            body: "Hola {{1}}, recibimos tu pago de {{2}} por {{3}}.\n\nGuarda este mensaje como comprobante. Si necesitas algo más de tu pedido, responde aquí.",
            examples: &["Ana", "MX$450.00", "Pastel de fresa"],
            button: None,
        },
        KitPart::PaymentReminder => Words {
            body: "Hola {{1}}, tu pedido sigue pendiente de pago.\n\nConcepto: {{2}}\nTotal: {{3}}\n\nPuedes pagarlo con el botón. Si ya pagaste, no hace falta que hagas nada más.",
            examples: &["Ana", "Pastel de fresa", "MX$450.00"],
            button: Some("Pagar ahora"),
        },
        KitPart::UpcomingCharge => Words {
            body: "Hola {{1}}, el {{2}} se hará el próximo cobro de tu suscripción.\n\nSuscripción: {{3}}\nImporte: {{4}}\n\nSe usará el medio de pago que registraste. Para cambiarla o cancelarla, responde a este mensaje antes de esa fecha.",
            examples: &["Ana", "15 de diciembre", "Caja mensual de pan", "MX$320.00"],
            button: None,
        },
        KitPart::SubscriptionReceipt => Words {
            body: "Hola {{1}}, se hizo el cobro de tu suscripción.\n\nSuscripción: {{2}}\nImporte: {{3}}\nPróximo cobro: {{4}}\n\nGuarda este mensaje como comprobante. Si algo no está bien, responde aquí.",
            examples: &["Ana", "Caja mensual de pan", "MX$320.00", "15 de enero"],
            button: None,
        },
        KitPart::ChargeFailed => Words {
            body: "Hola {{1}}, no pudimos hacer el cobro de tu suscripción.\n\nSuscripción: {{2}}\nImporte: {{3}}\n\nTu banco no lo aceptó. Responde a este mensaje y te enviamos un enlace para pagar con otra tarjeta.",
            examples: &["Ana", "Caja mensual de pan", "MX$320.00"],
            button: None,
        },
        KitPart::ShippingQuestion => Words {
            body: "Hola {{1}}, para enviar tu pedido de {{2}} nos falta la dirección de entrega.\n\nResponde a este mensaje con la calle y el número, la colonia, la ciudad y el código postal.",
            examples: &["Ana", "Pastel de fresa"],
            button: None,
        },
        KitPart::OrderUpdate => Words {
            body: "Hola {{1}}, hay novedades de tu pedido de {{2}}.\n\nEstado: {{3}}\n\nSi tienes alguna duda sobre la entrega, responde a este mensaje.",
            examples: &["Ana", "Pastel de fresa", "enviado"],
            button: None,
        },
    }
}

fn pt(part: KitPart) -> Words {
    match part {
        KitPart::PaymentRequest => Words {
            body: "Olá {{1}}, o seu pedido está pronto para pagamento.\n\nDescrição: {{2}}\nTotal: {{3}}\n\nToque no botão para pagar com segurança. Se tiver alguma dúvida, responda a esta mensagem.",
            examples: &["Ana", "Bolo de morango", "R$\u{a0}89,00"],
            button: Some("Pagar agora"),
        },
        KitPart::PaymentReceived => Words {
            body: "Olá {{1}}, recebemos o seu pagamento de {{2}} referente a {{3}}.\n\nGuarde esta mensagem como comprovante. Se precisar de mais alguma coisa do pedido, responda aqui.",
            examples: &["Ana", "R$\u{a0}89,00", "Bolo de morango"],
            button: None,
        },
        KitPart::PaymentReminder => Words {
            body: "Olá {{1}}, o seu pedido ainda aguarda o pagamento.\n\nDescrição: {{2}}\nTotal: {{3}}\n\nVocê pode pagar pelo botão. Se já pagou, não precisa fazer mais nada.",
            examples: &["Ana", "Bolo de morango", "R$\u{a0}89,00"],
            button: Some("Pagar agora"),
        },
        KitPart::UpcomingCharge => Words {
            body: "Olá {{1}}, no dia {{2}} será feita a próxima cobrança da sua assinatura.\n\nAssinatura: {{3}}\nValor: {{4}}\n\nSerá usado o meio de pagamento cadastrado. Para alterar ou cancelar, responda a esta mensagem antes dessa data.",
            examples: &["Ana", "15 de dezembro", "Caixa mensal de pães", "R$\u{a0}64,00"],
            button: None,
        },
        KitPart::SubscriptionReceipt => Words {
            body: "Olá {{1}}, a cobrança da sua assinatura foi feita.\n\nAssinatura: {{2}}\nValor: {{3}}\nPróxima cobrança: {{4}}\n\nGuarde esta mensagem como comprovante. Se algo não estiver certo, responda aqui.",
            examples: &["Ana", "Caixa mensal de pães", "R$\u{a0}64,00", "15 de janeiro"],
            button: None,
        },
        KitPart::ChargeFailed => Words {
            body: "Olá {{1}}, não conseguimos fazer a cobrança da sua assinatura.\n\nAssinatura: {{2}}\nValor: {{3}}\n\nO seu banco não aceitou. Responda a esta mensagem e enviamos um link para pagar com outro cartão.",
            examples: &["Ana", "Caixa mensal de pães", "R$\u{a0}64,00"],
            button: None,
        },
        KitPart::ShippingQuestion => Words {
            body: "Olá {{1}}, para enviar o seu pedido de {{2}} falta o endereço de entrega.\n\nResponda a esta mensagem com a rua e o número, o bairro, a cidade e o CEP.",
            examples: &["Ana", "Bolo de morango"],
            button: None,
        },
        KitPart::OrderUpdate => Words {
            body: "Olá {{1}}, há novidades do seu pedido de {{2}}.\n\nSituação: {{3}}\n\nSe tiver alguma dúvida sobre a entrega, responda a esta mensagem.",
            examples: &["Ana", "Bolo de morango", "enviado"],
            button: None,
        },
    }
}

fn en(part: KitPart) -> Words {
    match part {
        KitPart::PaymentRequest => Words {
            body: "Hello {{1}}, your order is ready to be paid.\n\nItem: {{2}}\nTotal: {{3}}\n\nTap the button to pay securely. If you have any questions, reply to this message.",
            examples: &["Ana", "Strawberry cake", "US$25.00"],
            button: Some("Pay now"),
        },
        KitPart::PaymentReceived => Words {
            body: "Hello {{1}}, we received your payment of {{2}} for {{3}}.\n\nKeep this message as your receipt. If you need anything else for your order, reply here.",
            examples: &["Ana", "US$25.00", "Strawberry cake"],
            button: None,
        },
        KitPart::PaymentReminder => Words {
            body: "Hello {{1}}, your order is still waiting for payment.\n\nItem: {{2}}\nTotal: {{3}}\n\nYou can pay with the button. If you have already paid, there is nothing more to do.",
            examples: &["Ana", "Strawberry cake", "US$25.00"],
            button: Some("Pay now"),
        },
        KitPart::UpcomingCharge => Words {
            body: "Hello {{1}}, the next payment of your subscription is due on {{2}}.\n\nSubscription: {{3}}\nAmount: {{4}}\n\nIt is charged to the payment method on file. To change or cancel it, reply to this message before that date.",
            examples: &["Ana", "December 15", "Monthly bread box", "US$18.00"],
            button: None,
        },
        KitPart::SubscriptionReceipt => Words {
            body: "Hello {{1}}, the payment of your subscription went through.\n\nSubscription: {{2}}\nAmount: {{3}}\nNext payment: {{4}}\n\nKeep this message as your receipt. If something is not right, reply here.",
            examples: &["Ana", "Monthly bread box", "US$18.00", "January 15"],
            button: None,
        },
        KitPart::ChargeFailed => Words {
            body: "Hello {{1}}, we could not charge your subscription.\n\nSubscription: {{2}}\nAmount: {{3}}\n\nYour bank did not accept it. Reply to this message and we will send you a link to pay with another card.",
            examples: &["Ana", "Monthly bread box", "US$18.00"],
            button: None,
        },
        KitPart::ShippingQuestion => Words {
            body: "Hello {{1}}, to ship your order of {{2}} we still need the delivery address.\n\nReply to this message with the street and number, the city, the state and the postal code.",
            examples: &["Ana", "Strawberry cake"],
            button: None,
        },
        KitPart::OrderUpdate => Words {
            body: "Hello {{1}}, there is news of your order of {{2}}.\n\nStatus: {{3}}\n\nIf you have any questions about the delivery, reply to this message.",
            examples: &["Ana", "Strawberry cake", "on its way"],
            button: None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::templates::parse::places;

    fn all() -> impl Iterator<Item = (KitPart, Language, Words)> {
        PARTS.into_iter().flat_map(|part| {
            LANGUAGES
                .into_iter()
                .map(move |language| (part, language, words(part, language)))
        })
    }

    #[test]
    fn the_kit_keeps_metas_rules() {
        for (part, language, words) in all() {
            let what = format!("{part:?} in {language:?}");
            let found = places(words.body);
            let numbers: Vec<String> = (1..=found.len()).map(|number| number.to_string()).collect();
            assert_eq!(found, numbers, "{what}: places are numbered in order");
            assert_eq!(
                words.examples.len(),
                found.len(),
                "{what}: each place has an example"
            );
            assert!(
                !words.body.starts_with("{{") && !words.body.ends_with("}}"),
                "{what}"
            );
            assert!(
                words.body.ends_with('.'),
                "{what}: a place at the end is refused, a full stop or not"
            );
            assert!(
                !words.body.contains("}} {{") && !words.body.contains("}}{{"),
                "{what}"
            );
            assert!(
                !words.body.contains("\n\n\n") && words.body.chars().count() <= 550,
                "{what}"
            );
            let plain = words.body.split_whitespace().count();
            assert!(plain >= found.len() * 4, "{what}: too many places for its length");
            assert!(
                words.button.is_none_or(|text| text.chars().count() <= 25),
                "{what}"
            );
        }
    }

    #[test]
    fn all_languages_of_a_part_have_the_same_places_and_button() {
        for part in PARTS {
            let places_of = |language| places(words(part, language).body).len();
            let button_of = |language| words(part, language).button.is_some();
            assert!(LANGUAGES.into_iter().all(|language| {
                places_of(language) == places_of(Language::Es)
                    && button_of(language) == button_of(Language::Es)
            }));
        }
    }

    #[test]
    fn a_name_tells_its_part_and_version() {
        for part in PARTS {
            assert_eq!(version_of(part, &name(part, 3)), Some(3));
            assert!(
                PARTS
                    .into_iter()
                    .filter(|other| version_of(*other, &name(part, 1)).is_some())
                    .count()
                    == 1
            );
        }
        assert_eq!(
            version_of(KitPart::PaymentRequest, "cobro_payment_request_vx"),
            None
        );
    }
}
