//! The words that Cobro itself writes to people, in the shop's language.

mod said;
mod subscriptions;

pub use said::{Said, said};

use cobro_stripe::Marks;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::domain::{
    Announcement, ChargeLine, ChargeTerms, Fulfilment, MessageKind, Money, NoticeKind, Part, Payment,
    Recurrence, Timestamp, Totals, counted,
};

/// WhatsApp cuts a button's text here.
const BUTTON_LIMIT: usize = 20;
/// WhatsApp takes no longer text above a button.
const BODY_LIMIT: usize = 1024;

/// The language in which a shop writes to its customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Language {
    #[default]
    Es,
    Pt,
    En,
}

impl Language {
    /// Returns the language that a tag such as `pt-BR` or `es_MX` names.
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag.get(..2)?.to_ascii_lowercase().as_str() {
            "es" => Some(Self::Es),
            "pt" => Some(Self::Pt),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// Takes names, words and amounts out of an announcement.
    pub(crate) fn hide(self, announcement: &mut Announcement) {
        let [message, paid, woke, trouble] = match self {
            Self::Es => [
                "Mensaje nuevo",
                "Pago recibido",
                "Una conversación vuelve a tu lista",
                "Revisa un pago",
            ],
            Self::Pt => [
                "Mensagem nova",
                "Pagamento recebido",
                "Uma conversa voltou à sua lista",
                "Confira um pagamento",
            ],
            Self::En => [
                "New message",
                "Payment received",
                "A conversation is back in your list",
                "Look at a payment",
            ],
        };
        let title = match announcement.kind {
            NoticeKind::Paid => paid,
            NoticeKind::Woke => woke,
            NoticeKind::ChargeFailed
            | NoticeKind::Contested
            | NoticeKind::Disputed
            | NoticeKind::RefundFailed
            | NoticeKind::RefundStopped => trouble,
            NoticeKind::Message | NoticeKind::Alert => message,
        };
        title.clone_into(&mut announcement.title);
        announcement.body.clear();
    }

    /// Returns the title that says whose conversation is back.
    pub(crate) fn woke_title(self, name: &str) -> String {
        match self {
            Self::Es => format!("{name}: vuelve a tu lista"),
            Self::Pt => format!("{name}: de volta à sua lista"),
            Self::En => format!("{name}: back in your list"),
        }
    }

    /// Returns the tag of the language, for a page's head.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::Es => "es",
            Self::Pt => "pt",
            Self::En => "en",
        }
    }

    /// Returns the usual message above a pay button.
    pub fn pay_message(self, name: &str, amount: Money, description: &str) -> String {
        let amount = self.money(amount);
        let hello = first_name(name)
            .map(|name| format!("{name}, "))
            .unwrap_or_default();
        let what = description.trim();
        let message = match (self, what.is_empty()) {
            (Self::Es, true) => {
                format!("{hello}aquí está tu cobro. Total *{amount}*. Paga seguro con Stripe 👇")
            }
            (Self::Es, false) => {
                format!("{hello}aquí está tu pedido: {what}. Total *{amount}*. Paga seguro con Stripe 👇")
            }
            (Self::Pt, true) => format!(
                "{hello}aqui está a sua cobrança. Total *{amount}*. Pague com segurança pela Stripe 👇"
            ),
            (Self::Pt, false) => {
                format!(
                    "{hello}aqui está o seu pedido: {what}. Total *{amount}*. Pague com segurança pela Stripe 👇"
                )
            }
            (Self::En, true) => {
                format!("{hello}here is your payment. Total *{amount}*. Pay safely with Stripe 👇")
            }
            (Self::En, false) => {
                format!("{hello}here is your order: {what}. Total *{amount}*. Pay safely with Stripe 👇")
            }
        };
        capitalised(message)
    }

    /// Returns the usual message above a pay button, item by item where there is more than one amount to say.
    pub fn order_message(
        self,
        name: &str,
        description: &str,
        lines: &[ChargeLine],
        terms: &ChargeTerms,
        totals: &Totals,
    ) -> String {
        if let Some(recurrence) = terms.recurrence {
            return self.recurring_message(name, description, lines, terms, totals, recurrence);
        }
        let is_plain =
            matches!(lines, [line] if line.product.is_none() && line.quantity == 1 && line.note.is_empty());
        if is_plain && totals.discount.minor() == 0 && totals.rest.minor() == 0 && terms.rest_of.is_none() {
            return self.pay_message(name, totals.now, description);
        }
        let itemised = self.itemised(name, lines, terms, totals, self.pay_call());
        if itemised.chars().count() <= BODY_LIMIT {
            return itemised;
        }
        self.pay_message(name, totals.now, description)
    }

    /// Returns an offer: the same list, and the question whether it is taken.
    pub fn quotation_message(
        self,
        name: &str,
        lines: &[ChargeLine],
        terms: &ChargeTerms,
        totals: &Totals,
    ) -> String {
        let question = match self {
            Self::Es => "¿Lo confirmas?",
            Self::Pt => "Você confirma?",
            Self::En => "Shall we go ahead?",
        };
        self.itemised(name, lines, terms, totals, question)
    }

    fn itemised(
        self,
        name: &str,
        lines: &[ChargeLine],
        terms: &ChargeTerms,
        totals: &Totals,
        end: &str,
    ) -> String {
        let [order, rest] = match self {
            Self::Es => ["aquí está tu pedido:", "aquí está el resto de tu pedido:"],
            Self::Pt => ["aqui está o seu pedido:", "aqui está o restante do seu pedido:"],
            Self::En => ["here is your order:", "here is the rest of your order:"],
        };
        let hello = first_name(name)
            .map(|name| format!("{name}, "))
            .unwrap_or_default();
        let opening = if terms.rest_of.is_some() { rest } else { order };
        let mut message = vec![capitalised(format!("{hello}{opening}"))];
        message.extend(lines.iter().map(|line| self.item(line)));
        match terms.recurrence {
            Some(recurrence) => message.extend(self.terms_of(recurrence, terms, totals)),
            None => message.extend(self.sums(terms, totals)),
        }
        message.push(end.to_owned());
        message.join("\n")
    }

    fn item(self, line: &ChargeLine) -> String {
        let sum = line.unit.minor().saturating_mul(i64::from(line.quantity));
        let sum = Money::from_minor(sum, line.unit.currency()).map(|sum| self.money(sum));
        let sum = sum.unwrap_or_default();
        let mut item = match counted(line) {
            nameless if nameless.is_empty() => format!("• {sum}"),
            name => format!("• {name} – {sum}"),
        };
        if !line.note.is_empty() {
            item.push_str(" · ");
            item.push_str(&line.note);
        }
        item
    }

    fn sums(self, terms: &ChargeTerms, totals: &Totals) -> Vec<String> {
        let mut sums = Vec::new();
        if totals.discount.minor() > 0 {
            sums.push(format!(
                "{}: −{}",
                self.discount_words(terms, totals),
                self.money(totals.discount)
            ));
        }
        let amount = self.money(totals.total);
        sums.push(format!("Total *{amount}*"));
        if totals.rest.minor() > 0 {
            let later = match self {
                Self::Es => "resto",
                Self::Pt => "restante",
                Self::En => "later",
            };
            let deposit = self.deposit_words(terms, totals);
            sums.push(format!(
                "{deposit}: *{}* ({later} {})",
                self.money(totals.now),
                self.money(totals.rest)
            ));
        }
        sums
    }

    /// Returns what a discount is called, such as `Descuento 10 %`.
    fn discount_words(self, terms: &ChargeTerms, totals: &Totals) -> String {
        let discount = match self {
            Self::Es => "Descuento",
            Self::Pt => "Desconto",
            Self::En => "Discount",
        };
        match (&terms.coupon, terms.discount) {
            (Some(coupon), _) => format!("{discount} {}", coupon.code),
            (None, Some(Part::Percent { basis_points })) => {
                format!("{discount} {}", self.percent(basis_points, totals))
            }
            _ => discount.to_owned(),
        }
    }

    fn deposit_words(self, terms: &ChargeTerms, totals: &Totals) -> String {
        let deposit = match self {
            Self::Es => "Anticipo",
            Self::Pt => "Entrada",
            Self::En => "Deposit",
        };
        match terms.deposit {
            Some(Part::Percent { basis_points }) => {
                format!("{deposit} {}", self.percent(basis_points, totals))
            }
            _ => deposit.to_owned(),
        }
    }

    fn percent(self, basis_points: u32, totals: &Totals) -> String {
        let (whole, rest) = (basis_points / 100, basis_points % 100);
        let point = Marks::of(totals.total.currency(), self.marks()).decimals;
        match rest {
            0 => format!("{whole} %"),
            rest => format!("{whole}{point}{} %", format!("{rest:02}").trim_end_matches('0')),
        }
    }

    /// Returns what the pay page says below a line that stands for a whole order.
    pub(crate) fn pay_page_note(self, terms: &ChargeTerms, totals: &Totals) -> String {
        if let Some(Recurrence::Instalments { count, .. }) = terms.recurrence {
            return self.plan_note(count, totals);
        }
        if terms.deposit.is_some() {
            return format!(
                "{} · Total {}",
                self.deposit_words(terms, totals),
                self.money(totals.total)
            );
        }
        if totals.discount.minor() > 0 {
            return format!(
                "{}: −{}",
                self.discount_words(terms, totals),
                self.money(totals.discount)
            );
        }
        String::new()
    }

    fn pay_call(self) -> &'static str {
        match self {
            Self::Es => "Paga seguro con Stripe 👇",
            Self::Pt => "Pague com segurança pela Stripe 👇",
            Self::En => "Pay safely with Stripe 👇",
        }
    }

    /// Says that the shop tells no customer how far their order is.
    pub(crate) fn tells_no_orders(self) -> &'static str {
        match self {
            Self::Es => "Los avisos de pedidos están apagados. Enciéndelos en Ajustes, Después de la venta",
            Self::Pt => "Os avisos de pedidos estão desligados. Ligue em Configurações, Depois da venda",
            Self::En => "News of orders is switched off. Switch it on in Settings, After the sale",
        }
    }

    /// Returns the button by which a customer takes an offer.
    pub(crate) fn accept(self) -> &'static str {
        match self {
            Self::Es => "Sí, confirmo",
            Self::Pt => "Sim, confirmo",
            Self::En => "Yes, go ahead",
        }
    }

    /// Returns the button by which a customer declines an offer.
    pub(crate) fn decline(self) -> &'static str {
        match self {
            Self::Es => "No, gracias",
            Self::Pt => "Não, obrigado",
            Self::En => "No, thanks",
        }
    }

    /// Returns the words on a pay button; without the amount where it would be cut.
    pub fn pay_button(self, amount: Money) -> String {
        let pay = match self {
            Self::Es | Self::Pt => "Pagar",
            Self::En => "Pay",
        };
        let full = format!("{pay} {}", self.money(amount));
        if full.chars().count() <= BUTTON_LIMIT {
            full
        } else {
            pay.to_owned()
        }
    }

    /// Returns what to call a customer in a template, which takes no empty place.
    pub(crate) fn called(self, name: &str) -> String {
        let nobody = match self {
            Self::Es => "qué tal",
            Self::Pt => "tudo bem",
            Self::En => "there",
        };
        first_name(name).unwrap_or(nobody).to_owned()
    }

    /// Returns what a payment is called at Stripe where nobody said what it is for.
    pub(crate) fn a_payment(self) -> &'static str {
        match self {
            Self::Es => "Pago",
            Self::Pt => "Pagamento",
            Self::En => "Payment",
        }
    }

    /// Returns what stands for a purchase that was not described.
    pub(crate) fn a_purchase(self) -> &'static str {
        match self {
            Self::Es => "tu compra",
            Self::Pt => "sua compra",
            Self::En => "your purchase",
        }
    }

    /// Returns the thank-you that follows a payment; of an order that a code made free, that there is nothing to pay.
    pub fn thanks(self, name: &str, amount: Money) -> String {
        let name = first_name(name)
            .map(|name| format!(", {name}"))
            .unwrap_or_default();
        if amount.minor() == 0 {
            return match self {
                Self::Es => {
                    format!("¡Gracias{name}! Tu pedido está confirmado y no tienes nada que pagar. ✅")
                }
                Self::Pt => {
                    format!("Obrigado{name}! O seu pedido está confirmado e você não tem nada a pagar. ✅")
                }
                Self::En => {
                    format!("Thank you{name}! Your order is confirmed, and there is nothing to pay. ✅")
                }
            };
        }
        let amount = self.money(amount);
        match self {
            Self::Es => format!("¡Gracias{name}! Recibimos tu pago de {amount}. ✅"),
            Self::Pt => format!("Obrigado{name}! Recebemos o seu pagamento de {amount}. ✅"),
            Self::En => format!("Thank you{name}! We received your payment of {amount}. ✅"),
        }
    }

    /// Returns the question for the address, after a payment.
    pub(crate) fn ask_address(self) -> &'static str {
        match self {
            Self::Es => "¿A dónde lo enviamos? Escríbenos calle y número, colonia, ciudad y código postal.",
            Self::Pt => "Para onde enviamos? Escreva rua e número, bairro, cidade e CEP.",
            Self::En => {
                "Where shall we send it? Please write street and number, city, state and postal code."
            }
        }
    }

    /// Returns what an order's step is called.
    pub(crate) fn fulfilment(self, step: Fulfilment) -> &'static str {
        let [es, pt, en] = match step {
            Fulfilment::New => ["recibido", "recebido", "received"],
            Fulfilment::Preparing => ["en preparación", "em preparação", "being prepared"],
            Fulfilment::Shipped => ["enviado", "enviado", "on its way"],
            Fulfilment::Delivered => ["entregado", "entregue", "delivered"],
        };
        match self {
            Self::Es => es,
            Self::Pt => pt,
            Self::En => en,
        }
    }

    /// Tells a customer that the order has moved.
    pub(crate) fn order_moved(self, name: &str, description: &str, step: Fulfilment) -> String {
        let hello = first_name(name)
            .map(|name| format!("{name}, "))
            .unwrap_or_default();
        let what = description.trim();
        let what = if what.is_empty() {
            String::new()
        } else {
            format!(" ({what})")
        };
        let step = self.fulfilment(step);
        capitalised(match self {
            Self::Es => format!("{hello}tu pedido{what} ahora está: *{step}*."),
            Self::Pt => format!("{hello}o seu pedido{what} agora está: *{step}*."),
            Self::En => format!("{hello}your order{what} is now *{step}*."),
        })
    }

    /// Returns the words above the button of a reminder.
    pub(crate) fn reminder(self, name: &str, amount: Money, description: &str) -> String {
        let amount = self.money(amount);
        let hello = first_name(name)
            .map(|name| format!("{name}, "))
            .unwrap_or_default();
        let what = description.trim();
        let what = if what.is_empty() {
            String::new()
        } else {
            format!(" ({what})")
        };
        capitalised(match self {
            Self::Es => format!(
                "{hello}tu pedido{what} sigue pendiente de pago. Total *{amount}*. Si ya pagaste, no hagas caso 👇"
            ),
            Self::Pt => format!(
                "{hello}o seu pedido{what} ainda aguarda o pagamento. Total *{amount}*. Se já pagou, desconsidere 👇"
            ),
            Self::En => format!(
                "{hello}your order{what} is still waiting for payment. Total *{amount}*. If you have paid, there is nothing more to do 👇"
            ),
        })
    }

    /// Returns the words above the button that shows a voucher which ends soon.
    pub(crate) fn voucher_reminder(self, name: &str, amount: Money, until: Option<Timestamp>) -> String {
        let amount = self.money(amount);
        let hello = first_name(name)
            .map(|name| format!("{name}, "))
            .unwrap_or_default();
        let zone = jiff::tz::TimeZone::system();
        let until = until.map(|until| crate::reconcile::moment(until, &zone));
        capitalised(match (self, until) {
            (Self::Es, Some(until)) => {
                format!("{hello}tu ficha de *{amount}* vence el {until}. Págala antes 👇")
            }
            (Self::Es, None) => format!("{hello}tu ficha de *{amount}* vence pronto. Págala antes 👇"),
            (Self::Pt, Some(until)) => {
                format!("{hello}o seu voucher de *{amount}* vence em {until}. Pague antes 👇")
            }
            (Self::Pt, None) => format!("{hello}o seu voucher de *{amount}* vence em breve. Pague antes 👇"),
            (Self::En, Some(until)) => {
                format!("{hello}your voucher of *{amount}* ends on {until}. Pay it before 👇")
            }
            (Self::En, None) => format!("{hello}your voucher of *{amount}* ends soon. Pay it before 👇"),
        })
    }

    /// Returns the words on the button that shows a voucher.
    pub(crate) fn voucher_button(self) -> &'static str {
        match self {
            Self::Es => "Ver ficha",
            Self::Pt => "Ver voucher",
            Self::En => "See the voucher",
        }
    }

    pub(crate) fn paid_title(self, name: &str, amount: Money) -> String {
        if amount.minor() == 0 {
            return match self {
                Self::Es => format!("{name} confirmó su pedido con un código: no paga nada"),
                Self::Pt => format!("{name} confirmou o pedido com um código: não paga nada"),
                Self::En => format!("{name} confirmed the order with a code: nothing to pay"),
            };
        }
        let amount = self.money(amount);
        match self {
            Self::Es => format!("{name} pagó {amount}"),
            Self::Pt => format!("{name} pagou {amount}"),
            Self::En => format!("{name} paid {amount}"),
        }
    }

    /// Says what was paid, and whether that is less or more than was asked.
    pub(crate) fn paid_body(self, description: &str, payment: Payment) -> String {
        let [es, pt, en] = match payment {
            Payment::PartlyPaid => [
                "Es solo una parte. Confirmado por Stripe",
                "É só uma parte. Confirmado pela Stripe",
                "Only a part of it. Confirmed by Stripe",
            ],
            Payment::Overpaid => [
                "Pagó de más: revisa si hay que devolver",
                "Pagou a mais: veja se é preciso devolver",
                "Paid more than was asked: see whether to refund",
            ],
            Payment::Unknown => [
                "Otra moneda que la del cobro: revísalo",
                "Outra moeda que a da cobrança: confira",
                "Another currency than was asked: look at it",
            ],
            _ => [
                "Confirmado por Stripe",
                "Confirmado pela Stripe",
                "Confirmed by Stripe",
            ],
        };
        let confirmed = match self {
            Self::Es => es,
            Self::Pt => pt,
            Self::En => en,
        };
        if description.is_empty() {
            confirmed.to_owned()
        } else {
            format!("{description} · {confirmed}")
        }
    }

    /// Says what went wrong with money that had come, as title and body.
    pub(crate) fn trouble(
        self,
        kind: NoticeKind,
        name: &str,
        amount: Money,
        due: Option<Timestamp>,
    ) -> (String, String) {
        let amount = self.money(amount);
        let until = due.map(|due| due.rfc3339().chars().take(10).collect::<String>());
        let until = until.as_deref();
        match (kind, self) {
            (NoticeKind::Disputed, Self::Es) => (
                format!("{name} disputa {amount}"),
                until.map_or_else(
                    || "El banco retira el dinero. Mira las pruebas".into(),
                    |day| format!("Responde en Stripe antes del {day}"),
                ),
            ),
            (NoticeKind::Disputed, Self::Pt) => (
                format!("{name} contesta {amount}"),
                until.map_or_else(
                    || "O banco retira o dinheiro. Veja as provas".into(),
                    |day| format!("Responda na Stripe até {day}"),
                ),
            ),
            (NoticeKind::Disputed, Self::En) => (
                format!("{name} disputes {amount}"),
                until.map_or_else(
                    || "The bank takes the money back. Look at the evidence".into(),
                    |day| format!("Answer at Stripe before {day}"),
                ),
            ),
            (NoticeKind::RefundFailed, Self::Es) => (
                format!("El reembolso a {name} no llegó"),
                "El banco lo devolvió: el dinero está otra vez en tu saldo".into(),
            ),
            (NoticeKind::RefundFailed, Self::Pt) => (
                format!("O reembolso a {name} não chegou"),
                "O banco devolveu: o dinheiro está de novo no seu saldo".into(),
            ),
            (NoticeKind::RefundFailed, Self::En) => (
                format!("The refund to {name} did not arrive"),
                "The bank sent it back: the money is on your balance again".into(),
            ),
            (NoticeKind::RefundStopped, Self::Es) => (
                format!("El reembolso a {name} no se hizo"),
                "Stripe no lo aceptó o no respondió a tiempo. Mira el cobro y pídelo otra vez si hace falta".into(),
            ),
            (NoticeKind::RefundStopped, Self::Pt) => (
                format!("O reembolso a {name} não foi feito"),
                "A Stripe não o aceitou ou não respondeu a tempo. Veja a cobrança e peça de novo se precisar".into(),
            ),
            (NoticeKind::RefundStopped, Self::En) => (
                format!("The refund to {name} was not made"),
                "Stripe refused it, or gave no answer in time. Look at the charge, and ask again if it is still wanted"
                    .into(),
            ),
            (_, Self::Es) => (
                format!("Stripe no conoce el pago de {name}"),
                format!("{amount} figuraba como pagado. No entregues nada todavía"),
            ),
            (_, Self::Pt) => (
                format!("A Stripe não conhece o pagamento de {name}"),
                format!("{amount} constava como pago. Não entregue nada ainda"),
            ),
            (_, Self::En) => (
                format!("Stripe knows nothing of {name}'s payment"),
                format!("{amount} was shown as paid. Hand nothing over yet"),
            ),
        }
    }

    pub(crate) fn open(self) -> &'static str {
        match self {
            Self::Es | Self::Pt => "Abrir",
            Self::En => "Open",
        }
    }

    pub(crate) fn many_messages(self, messages: usize, conversations: usize) -> (String, String) {
        match self {
            Self::Es => (
                format!("{messages} mensajes nuevos"),
                format!("en {conversations} conversaciones"),
            ),
            Self::Pt => (
                format!("{messages} novas mensagens"),
                format!("em {conversations} conversas"),
            ),
            Self::En => (
                format!("{messages} new messages"),
                format!("in {conversations} conversations"),
            ),
        }
    }

    pub(crate) fn more_messages(self, text: &str, messages: usize) -> String {
        if messages <= 1 {
            return text.to_owned();
        }
        match self {
            Self::Es => format!("{text}\n({messages} mensajes)"),
            Self::Pt => format!("{text}\n({messages} mensagens)"),
            Self::En => format!("{text}\n({messages} messages)"),
        }
    }

    /// Returns what a list shows of a reaction.
    pub(crate) fn reacted(self, emoji: &str, text: &str) -> String {
        let quoted: String = text.chars().take(60).collect();
        match (self, quoted.is_empty()) {
            (Self::Es, true) => format!("Reaccionó con {emoji}"),
            (Self::Es, false) => format!("Reaccionó con {emoji} a «{quoted}»"),
            (Self::Pt, true) => format!("Reagiu com {emoji}"),
            (Self::Pt, false) => format!("Reagiu com {emoji} a “{quoted}”"),
            (Self::En, true) => format!("Reacted {emoji}"),
            (Self::En, false) => format!("Reacted {emoji} to “{quoted}”"),
        }
    }

    /// Returns why two contacts look like one person.
    pub(crate) fn likely(self, why: &str) -> &'static str {
        let [es, pt, en] = match why {
            "same_message" => [
                "Un mensaje traía los datos de ambos",
                "Uma mensagem trazia os dados de ambos",
                "One message named both",
            ],
            "number_changed" => [
                "WhatsApp dice que cambió de número",
                "O WhatsApp diz que mudou de número",
                "WhatsApp says that the number changed",
            ],
            "user_id_changed" => [
                "WhatsApp dice que cambió de identificador",
                "O WhatsApp diz que mudou de identificador",
                "WhatsApp says that the user id changed",
            ],
            "card" => [
                "Compartió una tarjeta con su nombre y ese número",
                "Compartilhou um cartão com o seu nome e esse número",
                "A shared card has this name and that number",
            ],
            _ => ["Se llama igual", "Tem o mesmo nome", "The names are the same"],
        };
        match self {
            Self::Es => es,
            Self::Pt => pt,
            Self::En => en,
        }
    }

    /// Returns what stands for a message that has no text.
    pub(crate) fn kind(self, kind: MessageKind) -> &'static str {
        let [es, pt, en] = match kind {
            MessageKind::Image => ["Foto", "Foto", "Photo"],
            MessageKind::Audio => ["Audio", "Áudio", "Audio"],
            MessageKind::Voice => ["Mensaje de voz", "Mensagem de voz", "Voice message"],
            MessageKind::Video => ["Video", "Vídeo", "Video"],
            MessageKind::Document => ["Documento", "Documento", "Document"],
            MessageKind::Sticker => ["Sticker", "Figurinha", "Sticker"],
            MessageKind::Location => ["Ubicación", "Localização", "Location"],
            MessageKind::Contacts => ["Contacto", "Contato", "Contact"],
            MessageKind::Order => ["Pedido", "Pedido", "Order"],
            MessageKind::Call => ["Llamada", "Chamada", "Call"],
            MessageKind::Template => ["Plantilla", "Modelo", "Template"],
            MessageKind::Revoke => ["Mensaje eliminado", "Mensagem apagada", "Deleted message"],
            MessageKind::MediaPlaceholder => ["Archivo", "Arquivo", "File"],
            MessageKind::Note => ["Nota interna", "Nota interna", "Internal note"],
            _ => ["Mensaje", "Mensagem", "Message"],
        };
        match self {
            Self::Es => es,
            Self::Pt => pt,
            Self::En => en,
        }
    }

    /// Returns the amount as the shop's customers write it, such as `MX$1,250.00`.
    pub fn money(self, amount: Money) -> String {
        amount.written(self.marks())
    }

    /// Returns how numbers are written where a currency's country does not say.
    fn marks(self) -> Marks {
        match self {
            Self::En => Marks::POINT,
            Self::Es | Self::Pt => Marks::COMMA,
        }
    }
}

/// A customer without a name is greeted by none, and a sentence begins with a capital all the same.
fn capitalised(sentence: String) -> String {
    let mut letters = sentence.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn first_name(name: &str) -> Option<&str> {
    let first = name.split_whitespace().next()?;
    first
        .chars()
        .all(|letter| letter.is_alphabetic() || letter == '-' || letter == '\'')
        .then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Currency;

    fn money(minor: i64, code: &str) -> Money {
        Money::from_minor(minor, Currency::from_code(code).unwrap()).unwrap()
    }

    #[test]
    fn amounts_read_as_people_write_them() {
        assert_eq!(Language::Es.money(money(125_000, "MXN")), "MX$1,250.00");
        assert_eq!(Language::En.money(money(125_000, "KES")), "KES\u{a0}1,250.00");
        assert_eq!(Language::Pt.money(money(125_000, "KES")), "KES\u{a0}1.250,00");
        let thanks = Language::Pt.thanks("Ana", money(28_500, "BRL"));
        assert!(thanks.contains("R$\u{a0}285,00"), "{thanks}");
    }

    #[test]
    fn a_button_is_never_cut() {
        assert_eq!(Language::Es.pay_button(money(99_500, "MXN")), "Pagar MX$995.00");
        assert_eq!(Language::Es.pay_button(money(1_234_567_890_000, "MXN")), "Pagar");
    }

    #[test]
    fn a_name_that_is_none_is_left_out() {
        assert_eq!(
            Language::En.thanks("Ana Souza", money(2_500, "USD")),
            "Thank you, Ana! We received your payment of US$25.00. ✅"
        );
        assert_eq!(
            Language::En.thanks("+5215512345678", money(2_500, "USD")),
            "Thank you! We received your payment of US$25.00. ✅"
        );
    }
}
