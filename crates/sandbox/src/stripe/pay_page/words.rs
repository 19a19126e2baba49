//! What the pay page says, in Spanish, Portuguese and English.

/// One language's words. `{}` stands for an amount, a date or a name.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) lang: &'static str,
    pub(super) no_money: &'static str,
    pub(super) only_test_cards: &'static str,
    pub(super) pay_shop: &'static str,
    pub(super) quantity: &'static str,
    pub(super) details: &'static str,
    pub(super) payment: &'static str,
    pub(super) email: &'static str,
    pub(super) phone: &'static str,
    pub(super) card: &'static str,
    pub(super) number: &'static str,
    pub(super) expiry: &'static str,
    pub(super) cvc: &'static str,
    pub(super) name: &'static str,
    pub(super) pay: &'static str,
    pub(super) book: &'static str,
    pub(super) donate: &'static str,
    pub(super) get_voucher: &'static str,
    pub(super) processing: &'static str,
    pub(super) test_cards: &'static str,
    pub(super) approves: &'static str,
    pub(super) declines: &'static str,
    pub(super) no_funds: &'static str,
    pub(super) authenticates: &'static str,
    pub(super) oxxo_how: &'static str,
    pub(super) thanks: &'static str,
    pub(super) paid: &'static str,
    pub(super) inactive: &'static str,
    pub(super) inactive_why: &'static str,
    pub(super) expired: &'static str,
    pub(super) expired_why: &'static str,
    pub(super) not_found: &'static str,
    pub(super) not_found_why: &'static str,
    pub(super) voucher: &'static str,
    pub(super) voucher_how: &'static str,
    pub(super) voucher_until: &'static str,
    pub(super) pay_in_store: &'static str,
    pub(super) let_expire: &'static str,
    pub(super) voucher_expired: &'static str,
    pub(super) voucher_expired_why: &'static str,
    pub(super) bank_asks: &'static str,
    pub(super) bank_asks_why: &'static str,
    pub(super) complete: &'static str,
    pub(super) fail: &'static str,
    pub(super) wrong_number: &'static str,
    pub(super) wrong_expiry: &'static str,
    pub(super) wrong_cvc: &'static str,
    pub(super) wrong_name: &'static str,
    pub(super) wrong_email: &'static str,
    pub(super) wrong_method: &'static str,
    pub(super) declined: &'static str,
    pub(super) declined_funds: &'static str,
    pub(super) declined_expired: &'static str,
    pub(super) declined_cvc: &'static str,
    pub(super) declined_processing: &'static str,
    pub(super) declined_live: &'static str,
    pub(super) not_authenticated: &'static str,
}

/// Returns the words for a session's locale, or else for the browser's languages.
pub(super) fn choose(locale: Option<&str>, accept_language: Option<&str>) -> &'static Words {
    let asked = locale
        .filter(|locale| *locale != "auto")
        .or(accept_language)
        .unwrap_or_default();
    let mut tags: Vec<(&str, f32)> = asked.split(',').map(tag).collect();
    tags.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    tags.into_iter()
        .find_map(|(tag, _)| by_tag(tag))
        .unwrap_or(&ENGLISH)
}

/// Splits `es-MX;q=0.8`.
fn tag(text: &str) -> (&str, f32) {
    let (tag, rest) = text.split_once(';').unwrap_or((text, ""));
    let quality = rest
        .trim()
        .strip_prefix("q=")
        .and_then(|q| q.parse().ok())
        .unwrap_or(1.0);
    (tag.trim(), quality)
}

fn by_tag(tag: &str) -> Option<&'static Words> {
    match tag.split('-').next()?.to_ascii_lowercase().as_str() {
        "es" => Some(&SPANISH),
        "pt" => Some(&PORTUGUESE),
        "en" => Some(&ENGLISH),
        _ => None,
    }
}

impl Words {
    /// Returns what to say about a decline code.
    pub(super) fn decline(&self, code: &str) -> &'static str {
        match code {
            "insufficient_funds" => self.declined_funds,
            "expired_card" => self.declined_expired,
            "incorrect_cvc" => self.declined_cvc,
            "processing_error" => self.declined_processing,
            "test_mode_live_card" => self.declined_live,
            _ => self.declined,
        }
    }
}

pub(super) static ENGLISH: Words = Words {
    lang: "en",
    no_money: "no real money moves here",
    only_test_cards: "Use test cards only. Never type a real card here.",
    pay_shop: "Pay {}",
    quantity: "Qty {}",
    details: "Your details",
    payment: "Payment",
    email: "Email",
    phone: "Phone",
    card: "Card",
    number: "Card number",
    expiry: "Expiry (MM / YY)",
    cvc: "CVC",
    name: "Full name",
    pay: "Pay {}",
    book: "Book for {}",
    donate: "Donate {}",
    get_voucher: "Get the OXXO voucher for {}",
    processing: "Processing…",
    test_cards: "Test cards",
    approves: "is approved",
    declines: "is declined",
    no_funds: "has insufficient funds",
    authenticates: "asks for 3-D Secure",
    oxxo_how: "You get a voucher and pay in cash at any OXXO store within three days. The shop hears about it the next business day.",
    thanks: "Thank you for your payment",
    paid: "You paid {}.",
    inactive: "This link is no longer active",
    inactive_why: "It has been used or the shop withdrew it. Ask the shop for a new one.",
    expired: "This checkout has expired",
    expired_why: "Open the payment link again to get a new one.",
    not_found: "There is no such page",
    not_found_why: "The sandbox forgets everything when it stops, payment links included.",
    voucher: "Your OXXO voucher",
    voucher_how: "Show this reference at the counter and pay in cash.",
    voucher_until: "Pay by {}",
    pay_in_store: "Pay now in the store (sandbox)",
    let_expire: "Let it expire (sandbox)",
    voucher_expired: "This voucher has expired",
    voucher_expired_why: "It was not paid in time. Ask the shop for a new link.",
    bank_asks: "Your bank asks: is it you?",
    bank_asks_why: "3-D Secure for a payment of {}. In the sandbox you choose how it ends.",
    complete: "Complete authentication",
    fail: "Fail authentication",
    wrong_number: "The card number is incomplete or wrong.",
    wrong_expiry: "The expiry date is wrong or in the past.",
    wrong_cvc: "The security code is incomplete.",
    wrong_name: "Please give your full name.",
    wrong_email: "Please check the email address.",
    wrong_method: "Please choose how to pay.",
    declined: "Your card was declined. Try another one.",
    declined_funds: "Your card has insufficient funds. Try another one.",
    declined_expired: "Your card has expired. Try another one.",
    declined_cvc: "The security code is wrong.",
    declined_processing: "Something went wrong while processing the card. Try again in a little while.",
    declined_live: "The sandbox takes test cards only, and this is not one. Nothing was charged.",
    not_authenticated: "We could not authenticate the payment. Choose another way to pay and try again.",
};

pub(super) static SPANISH: Words = Words {
    lang: "es",
    no_money: "aquí no se mueve dinero real",
    only_test_cards: "Usa solo tarjetas de prueba. Nunca escribas aquí una tarjeta real.",
    pay_shop: "Pagar a {}",
    quantity: "Cant. {}",
    details: "Tus datos",
    payment: "Forma de pago",
    email: "Correo electrónico",
    phone: "Teléfono",
    card: "Tarjeta",
    number: "Número de tarjeta",
    expiry: "Vencimiento (MM / AA)",
    cvc: "CVC",
    name: "Nombre completo",
    pay: "Pagar {}",
    book: "Reservar por {}",
    donate: "Donar {}",
    get_voucher: "Obtener el vale de OXXO por {}",
    processing: "Procesando…",
    test_cards: "Tarjetas de prueba",
    approves: "se aprueba",
    declines: "se rechaza",
    no_funds: "sin fondos suficientes",
    authenticates: "pide 3-D Secure",
    oxxo_how: "Recibes un vale y pagas en efectivo en cualquier OXXO dentro de tres días. La tienda se entera al siguiente día hábil.",
    thanks: "Gracias por tu pago",
    paid: "Pagaste {}.",
    inactive: "Este enlace ya no está activo",
    inactive_why: "Ya se usó o la tienda lo retiró. Pide uno nuevo a la tienda.",
    expired: "Este pago ha vencido",
    expired_why: "Abre de nuevo el enlace de pago.",
    not_found: "Esta página no existe",
    not_found_why: "El sandbox olvida todo cuando se detiene, también los enlaces de pago.",
    voucher: "Tu vale de OXXO",
    voucher_how: "Muestra esta referencia en la caja y paga en efectivo.",
    voucher_until: "Paga antes del {}",
    pay_in_store: "Pagar ahora en la tienda (sandbox)",
    let_expire: "Dejar que venza (sandbox)",
    voucher_expired: "Este vale venció",
    voucher_expired_why: "No se pagó a tiempo. Pide un enlace nuevo a la tienda.",
    bank_asks: "Tu banco pregunta: ¿eres tú?",
    bank_asks_why: "3-D Secure para un pago de {}. En el sandbox tú eliges cómo termina.",
    complete: "Completar la autenticación",
    fail: "Rechazar la autenticación",
    wrong_number: "El número de tarjeta está incompleto o es incorrecto.",
    wrong_expiry: "La fecha de vencimiento es incorrecta o ya pasó.",
    wrong_cvc: "El código de seguridad está incompleto.",
    wrong_name: "Escribe tu nombre completo.",
    wrong_email: "Revisa el correo electrónico.",
    wrong_method: "Elige cómo pagar.",
    declined: "Tu tarjeta fue rechazada. Prueba con otra.",
    declined_funds: "Tu tarjeta no tiene fondos suficientes. Prueba con otra.",
    declined_expired: "Tu tarjeta venció. Prueba con otra.",
    declined_cvc: "El código de seguridad es incorrecto.",
    declined_processing: "Hubo un error al procesar la tarjeta. Inténtalo de nuevo en un momento.",
    declined_live: "El sandbox solo acepta tarjetas de prueba y esta no lo es. No se cobró nada.",
    not_authenticated: "No pudimos autenticar el pago. Elige otra forma de pago e inténtalo de nuevo.",
};

pub(super) static PORTUGUESE: Words = Words {
    lang: "pt",
    no_money: "aqui não circula dinheiro de verdade",
    only_test_cards: "Use apenas cartões de teste. Nunca digite aqui um cartão real.",
    pay_shop: "Pagar a {}",
    quantity: "Qtd. {}",
    details: "Seus dados",
    payment: "Forma de pagamento",
    email: "E-mail",
    phone: "Telefone",
    card: "Cartão",
    number: "Número do cartão",
    expiry: "Validade (MM / AA)",
    cvc: "CVC",
    name: "Nome completo",
    pay: "Pagar {}",
    book: "Reservar por {}",
    donate: "Doar {}",
    get_voucher: "Gerar o voucher OXXO de {}",
    processing: "Processando…",
    test_cards: "Cartões de teste",
    approves: "é aprovado",
    declines: "é recusado",
    no_funds: "sem saldo suficiente",
    authenticates: "pede 3-D Secure",
    oxxo_how: "Você recebe um voucher e paga em dinheiro em qualquer OXXO em até três dias. A loja fica sabendo no dia útil seguinte.",
    thanks: "Obrigado pelo pagamento",
    paid: "Você pagou {}.",
    inactive: "Este link não está mais ativo",
    inactive_why: "Ele já foi usado ou a loja o retirou. Peça um novo à loja.",
    expired: "Este pagamento expirou",
    expired_why: "Abra o link de pagamento novamente.",
    not_found: "Esta página não existe",
    not_found_why: "O sandbox esquece tudo quando para, inclusive os links de pagamento.",
    voucher: "Seu voucher OXXO",
    voucher_how: "Mostre esta referência no caixa e pague em dinheiro.",
    voucher_until: "Pague até {}",
    pay_in_store: "Pagar agora na loja (sandbox)",
    let_expire: "Deixar expirar (sandbox)",
    voucher_expired: "Este voucher expirou",
    voucher_expired_why: "Ele não foi pago a tempo. Peça um novo link à loja.",
    bank_asks: "Seu banco pergunta: é você?",
    bank_asks_why: "3-D Secure para um pagamento de {}. No sandbox você escolhe como termina.",
    complete: "Concluir a autenticação",
    fail: "Falhar a autenticação",
    wrong_number: "O número do cartão está incompleto ou errado.",
    wrong_expiry: "A validade está errada ou já passou.",
    wrong_cvc: "O código de segurança está incompleto.",
    wrong_name: "Escreva seu nome completo.",
    wrong_email: "Confira o e-mail.",
    wrong_method: "Escolha como pagar.",
    declined: "Seu cartão foi recusado. Tente outro.",
    declined_funds: "Seu cartão não tem saldo suficiente. Tente outro.",
    declined_expired: "Seu cartão venceu. Tente outro.",
    declined_cvc: "O código de segurança está errado.",
    declined_processing: "Houve um erro ao processar o cartão. Tente de novo em instantes.",
    declined_live: "O sandbox só aceita cartões de teste e este não é um. Nada foi cobrado.",
    not_authenticated: "Não foi possível autenticar o pagamento. Escolha outra forma e tente de novo.",
};

#[cfg(test)]
mod tests {
    use super::choose;

    #[test]
    fn the_browsers_favourite_known_language_is_spoken() {
        assert_eq!(choose(None, Some("fr-FR,es-MX;q=0.8,en;q=0.7")).lang, "es");
        assert_eq!(choose(None, Some("en;q=0.5, pt-BR")).lang, "pt");
        assert_eq!(choose(None, Some("ja")).lang, "en");
        assert_eq!(choose(None, None).lang, "en");
    }

    #[test]
    fn a_sessions_locale_comes_first() {
        assert_eq!(choose(Some("es-419"), Some("en")).lang, "es");
        assert_eq!(choose(Some("auto"), Some("pt")).lang, "pt");
    }
}
