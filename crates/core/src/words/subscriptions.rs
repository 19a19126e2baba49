//! What is said of charges that come again: before they are agreed, before and after each payment, and when one fails.

use cobro_stripe::{Interval, Recurring};

use super::{BODY_LIMIT, Language, capitalised, first_name};
use crate::domain::{ChargeLine, ChargeTerms, Money, Recurrence, Timestamp, Totals};

impl Language {
    /// Returns a rhythm, such as `cada mes` or `cada 2 semanas`.
    pub fn every(self, every: Recurring) -> String {
        let [one, many] = match (self, every.interval) {
            (Self::Es, Interval::Day) => ["día", "días"],
            (Self::Es | Self::Pt, Interval::Week) => ["semana", "semanas"],
            (Self::Es, Interval::Month) => ["mes", "meses"],
            (Self::Es, Interval::Year) => ["año", "años"],
            (Self::Pt, Interval::Day) => ["dia", "dias"],
            (Self::Pt, Interval::Month) => ["mês", "meses"],
            (Self::Pt, Interval::Year) => ["ano", "anos"],
            (Self::En, Interval::Day) => ["day", "days"],
            (Self::En, Interval::Week) => ["week", "weeks"],
            (Self::En, Interval::Month) => ["month", "months"],
            (Self::En, Interval::Year) => ["year", "years"],
        };
        let each = match self {
            Self::Es => "cada",
            Self::Pt => "a cada",
            Self::En => "every",
        };
        match every.count {
            1 => format!("{each} {one}"),
            count => format!("{each} {count} {many}"),
        }
    }

    /// Returns what is asked for, in the room of a template's place: `MX$320.00 cada mes`.
    pub(crate) fn asked(self, terms: &ChargeTerms, totals: &Totals) -> String {
        match terms.recurrence {
            None => self.money(totals.now),
            Some(Recurrence::Subscription { every, .. }) => {
                format!("{} {}", self.money(totals.now), self.every(every))
            }
            Some(Recurrence::Instalments { count, .. }) => {
                format!(
                    "{} (total {})",
                    self.parts(count, totals),
                    self.money(totals.total)
                )
            }
        }
    }

    /// Returns the words on the button: one subscribes, or pays.
    pub(crate) fn button_of(self, terms: &ChargeTerms, amount: Money) -> String {
        match (terms.recurrence, self) {
            (Some(Recurrence::Subscription { .. }), Self::Es) => "Suscribirme".into(),
            (Some(Recurrence::Subscription { .. }), Self::Pt) => "Assinar".into(),
            (Some(Recurrence::Subscription { .. }), Self::En) => "Subscribe".into(),
            _ => self.pay_button(amount),
        }
    }

    /// Returns the instalments in one line: `6 pagos mensuales: MX$157.50 hoy y después 5 de MX$157.50`.
    fn parts(self, count: u32, totals: &Totals) -> String {
        let others = i64::from(count.saturating_sub(1).max(1));
        let each = Money::from_minor(totals.rest.minor() / others, totals.rest.currency());
        let each = self.money(each.unwrap_or(totals.rest));
        let first = self.money(totals.now);
        match self {
            Self::Es => format!("{count} pagos mensuales: {first} hoy y después {others} de {each}"),
            Self::Pt => format!("{count} pagamentos mensais: {first} hoje e depois {others} de {each}"),
            Self::En => format!("{count} monthly payments: {first} today, then {others} of {each}"),
        }
    }

    /// Returns what the pay page says below the line of a plan.
    pub(super) fn plan_note(self, count: u32, totals: &Totals) -> String {
        format!(
            "{} · Total {}",
            self.parts(count, totals),
            self.money(totals.total)
        )
    }

    /// Returns the usual message above the button, with every amount that will be charged.
    pub(super) fn recurring_message(
        self,
        name: &str,
        description: &str,
        lines: &[ChargeLine],
        terms: &ChargeTerms,
        totals: &Totals,
        recurrence: Recurrence,
    ) -> String {
        let (opening, end) = match (recurrence, self) {
            (Recurrence::Subscription { .. }, Self::Es) => {
                ("aquí está tu suscripción", "Suscríbete seguro con Stripe 👇")
            }
            (Recurrence::Subscription { .. }, Self::Pt) => (
                "aqui está a sua assinatura",
                "Assine com segurança pela Stripe 👇",
            ),
            (Recurrence::Subscription { .. }, Self::En) => {
                ("here is your subscription", "Subscribe safely with Stripe 👇")
            }
            (Recurrence::Instalments { .. }, Self::Es) => ("aquí está tu plan de pagos", self.pay_call()),
            (Recurrence::Instalments { .. }, Self::Pt) => {
                ("aqui está o seu plano de pagamento", self.pay_call())
            }
            (Recurrence::Instalments { .. }, Self::En) => ("here is your payment plan", self.pay_call()),
        };
        let hello = first_name(name)
            .map(|name| format!("{name}, "))
            .unwrap_or_default();
        let listed = |lines: Vec<String>| {
            let mut message = lines;
            message.extend(self.terms_of(recurrence, terms, totals));
            message.push(end.to_owned());
            message.join("\n")
        };
        let itemised = listed(
            std::iter::once(capitalised(format!("{hello}{opening}:")))
                .chain(lines.iter().map(|line| self.item(line)))
                .collect(),
        );
        let is_plain =
            matches!(lines, [line] if line.product.is_none() && line.quantity == 1 && line.note.is_empty());
        if !is_plain && itemised.chars().count() <= BODY_LIMIT {
            return itemised;
        }
        let what = description.trim();
        let first = if what.is_empty() {
            format!("{hello}{opening}.")
        } else {
            format!("{hello}{opening}: {what}.")
        };
        listed(vec![capitalised(first)])
    }

    /// Returns the agreement: what is charged when, what it comes to, and how it ends.
    pub(super) fn terms_of(
        self,
        recurrence: Recurrence,
        terms: &ChargeTerms,
        totals: &Totals,
    ) -> Vec<String> {
        let mut said = Vec::new();
        if totals.discount.minor() > 0 {
            said.push(format!(
                "{}: −{}",
                self.discount_words(terms, totals),
                self.money(totals.discount)
            ));
        }
        match recurrence {
            Recurrence::Subscription { every, trial_days } => {
                let each = format!("*{}* {}", self.money(totals.now), self.every(every));
                said.push(match (self, trial_days) {
                    (Self::Es, None) => format!("{each}, desde hoy."),
                    (Self::Pt, None) => format!("{each}, a partir de hoje."),
                    (Self::En, None) => format!("{each}, from today."),
                    (Self::Es, Some(1)) => format!("El primer día es gratis; después {each}."),
                    (Self::Pt, Some(1)) => format!("O primeiro dia é grátis; depois {each}."),
                    (Self::En, Some(1)) => format!("The first day is free, then {each}."),
                    (Self::Es, Some(days)) => format!("Los primeros {days} días son gratis; después {each}."),
                    (Self::Pt, Some(days)) => format!("Os primeiros {days} dias são grátis; depois {each}."),
                    (Self::En, Some(days)) => format!("The first {days} days are free, then {each}."),
                });
                said.push(
                    match self {
                        Self::Es => "Se cobra a la tarjeta que registres. Para cancelar, responde aquí cuando quieras.",
                        Self::Pt => "É cobrado no cartão que você cadastrar. Para cancelar, responda aqui quando quiser.",
                        Self::En => "It is charged to the card you register. To cancel, reply here whenever you like.",
                    }
                    .to_owned(),
                );
            }
            Recurrence::Instalments { count, interest } => {
                if totals.interest.minor() > 0 {
                    let word = match self {
                        Self::Es => "Interés",
                        Self::Pt => "Juros",
                        Self::En => "Interest",
                    };
                    said.push(format!(
                        "{word} {}: {}",
                        self.percent(interest, totals),
                        self.money(totals.interest)
                    ));
                }
                said.push(format!("{}.", self.parts(count, totals)));
                said.push(format!("Total *{}*", self.money(totals.total)));
                said.push(
                    match self {
                        Self::Es => "Los siguientes pagos se cobran solos a la tarjeta que registres.",
                        Self::Pt => "Os próximos pagamentos são cobrados no cartão que você cadastrar.",
                        Self::En => "The later payments are charged to the card you register.",
                    }
                    .to_owned(),
                );
            }
        }
        said
    }

    /// Tells of the next payment, before it is made.
    pub(crate) fn upcoming(self, name: &str, amount: Money, what: &str, day: &str, is_plan: bool) -> String {
        let (hello, amount, what) = (greeting(name), self.money(amount), in_brackets(what));
        capitalised(match (self, is_plan) {
            (Self::Es, false) => format!(
                "{hello}el {day} se cobrará *{amount}* de tu suscripción{what}. Si quieres cambiarla o cancelarla, responde aquí antes."
            ),
            (Self::Es, true) => format!(
                "{hello}el {day} se cobrará *{amount}* de tu plan de pagos{what}. Si tienes alguna duda, responde aquí antes."
            ),
            (Self::Pt, false) => format!(
                "{hello}no dia {day} será cobrado *{amount}* da sua assinatura{what}. Para alterar ou cancelar, responda aqui antes."
            ),
            (Self::Pt, true) => format!(
                "{hello}no dia {day} será cobrado *{amount}* do seu plano de pagamento{what}. Se tiver dúvidas, responda aqui antes."
            ),
            (Self::En, false) => format!(
                "{hello}on {day} *{amount}* will be charged for your subscription{what}. To change or cancel it, reply here before then."
            ),
            (Self::En, true) => format!(
                "{hello}on {day} *{amount}* will be charged for your payment plan{what}. If you have questions, reply here before then."
            ),
        })
    }

    /// Returns the receipt of one payment: which of how many, and when the next one comes.
    pub(crate) fn receipt(
        self,
        name: &str,
        amount: Money,
        what: &str,
        part: Option<(u32, u32)>,
        next: Option<&str>,
    ) -> String {
        let (amount, what) = (self.money(amount), in_brackets(what));
        let name = first_name(name)
            .map(|name| format!(", {name}"))
            .unwrap_or_default();
        let mut said = vec![match self {
            Self::Es => format!("¡Gracias{name}! Recibimos tu pago de {amount}{what}. ✅"),
            Self::Pt => format!("Obrigado{name}! Recebemos o seu pagamento de {amount}{what}. ✅"),
            Self::En => format!("Thank you{name}! We received your payment of {amount}{what}. ✅"),
        }];
        if let Some((number, count)) = part {
            said.push(match self {
                Self::Es => format!("Pago {number} de {count}."),
                Self::Pt => format!("Pagamento {number} de {count}."),
                Self::En => format!("Payment {number} of {count}."),
            });
        }
        let is_last = part.is_some_and(|(number, count)| number >= count);
        match (next, self) {
            (Some(day), Self::Es) => said.push(format!("Próximo cobro: {day}.")),
            (Some(day), Self::Pt) => said.push(format!("Próxima cobrança: {day}.")),
            (Some(day), Self::En) => said.push(format!("Next payment: {day}.")),
            (None, Self::Es) if is_last => said.push("Fue el último: ya está todo pagado. 🎉".into()),
            (None, Self::Pt) if is_last => said.push("Foi o último: está tudo pago. 🎉".into()),
            (None, Self::En) if is_last => {
                said.push("That was the last one: everything is paid. 🎉".into());
            }
            (None, _) => {}
        }
        said.join("\n")
    }

    /// Returns what stands in a template for a payment that will not come.
    pub(crate) fn no_more(self) -> &'static str {
        match self {
            Self::Es => "ninguno",
            Self::Pt => "nenhuma",
            Self::En => "none",
        }
    }

    /// Tells that a payment failed, and what to do.
    pub(crate) fn charge_failed(
        self,
        name: &str,
        amount: Money,
        what: &str,
        again: Option<&str>,
        has_link: bool,
    ) -> String {
        let (hello, amount, what) = (greeting(name), self.money(amount), in_brackets(what));
        let mut said = vec![capitalised(match self {
            Self::Es => format!("{hello}no pudimos cobrar *{amount}*{what}: tu banco no aceptó el cargo."),
            Self::Pt => format!("{hello}não conseguimos cobrar *{amount}*{what}: o seu banco não aceitou."),
            Self::En => format!("{hello}we could not charge *{amount}*{what}: your bank did not accept it."),
        })];
        match (again, self) {
            (Some(day), Self::Es) => said.push(format!("Se intentará otra vez el {day}.")),
            (Some(day), Self::Pt) => said.push(format!("Será tentado de novo em {day}.")),
            (Some(day), Self::En) => said.push(format!("It will be tried again on {day}.")),
            (None, _) => {}
        }
        let way_out = match (self, has_link) {
            (Self::Es, true) => "Puedes pagarlo ahora con otra tarjeta 👇",
            (Self::Pt, true) => "Você pode pagar agora com outro cartão 👇",
            (Self::En, true) => "You can pay it now with another card 👇",
            (Self::Es, false) => "Responde aquí para cambiar la tarjeta.",
            (Self::Pt, false) => "Responda aqui para trocar o cartão.",
            (Self::En, false) => "Reply here to change the card.",
        };
        said.push(way_out.to_owned());
        said.join("\n")
    }

    /// Tells the shop that a payment failed, as title and body.
    pub(crate) fn charge_not_collected(self, name: &str, amount: Money, what: &str) -> (String, String) {
        let (amount, what) = (self.money(amount), in_brackets(what));
        match self {
            Self::Es => (
                format!("No se pudo cobrar {amount} a {name}"),
                format!("El banco no aceptó la tarjeta{what}. Abre la conversación"),
            ),
            Self::Pt => (
                format!("Não foi possível cobrar {amount} de {name}"),
                format!("O banco não aceitou o cartão{what}. Abra a conversa"),
            ),
            Self::En => (
                format!("{amount} could not be charged to {name}"),
                format!("The bank did not accept the card{what}. Open the conversation"),
            ),
        }
    }

    /// Returns the words above the button by which a customer changes the card.
    pub(crate) fn change_card(self, name: &str) -> String {
        let hello = greeting(name);
        capitalised(match self {
            Self::Es => format!(
                "{hello}aquí puedes cambiar la tarjeta de tu suscripción. El enlace es solo tuyo y vale por poco tiempo; si se vence, pídenos otro 👇"
            ),
            Self::Pt => format!(
                "{hello}aqui você pode trocar o cartão da sua assinatura. O link é só seu e vale por pouco tempo; se vencer, peça outro 👇"
            ),
            Self::En => format!(
                "{hello}here you can change the card of your subscription. The link is yours alone and works for a short time; if it has ended, ask for another 👇"
            ),
        })
    }

    pub(crate) fn change_card_button(self) -> &'static str {
        match self {
            Self::Es => "Cambiar tarjeta",
            Self::Pt => "Trocar cartão",
            Self::En => "Change card",
        }
    }

    /// Returns a day as people say it, such as `15 de diciembre`.
    pub(crate) fn day(self, at: Timestamp, zone: &jiff::tz::TimeZone) -> String {
        let Ok(at) = jiff::Timestamp::from_millisecond(at.millis()) else {
            return String::new();
        };
        let date = zone.to_datetime(at).date();
        let months = match self {
            Self::Es => ES_MONTHS,
            Self::Pt => PT_MONTHS,
            Self::En => EN_MONTHS,
        };
        let month = usize::try_from(date.month() - 1)
            .ok()
            .and_then(|month| months.get(month))
            .copied()
            .unwrap_or_default();
        match self {
            Self::Es | Self::Pt => format!("{} de {month}", date.day()),
            Self::En => format!("{month} {}", date.day()),
        }
    }
}

fn greeting(name: &str) -> String {
    first_name(name)
        .map(|name| format!("{name}, "))
        .unwrap_or_default()
}

/// Returns what it is for, where that was described.
fn in_brackets(what: &str) -> String {
    let what = what.trim();
    if what.is_empty() {
        String::new()
    } else {
        format!(" ({what})")
    }
}

const ES_MONTHS: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];
const PT_MONTHS: [&str; 12] = [
    "janeiro",
    "fevereiro",
    "março",
    "abril",
    "maio",
    "junho",
    "julho",
    "agosto",
    "setembro",
    "outubro",
    "novembro",
    "dezembro",
];
const EN_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Currency, Plan};

    fn mxn(minor: i64) -> Money {
        Money::from_minor(minor, Currency::from_code("MXN").unwrap()).unwrap()
    }

    fn totals(price: Money, plan: Plan) -> Totals {
        Totals {
            subtotal: price,
            discount: Money::from_minor(0, price.currency()).unwrap(),
            interest: plan.interest,
            total: plan.total,
            now: plan.first,
            rest: Money::from_minor(plan.total.minor() - plan.first.minor(), price.currency()).unwrap(),
        }
    }

    fn said(language: Language, recurrence: Recurrence, totals: &Totals) -> String {
        let terms = ChargeTerms {
            recurrence: Some(recurrence),
            ..ChargeTerms::default()
        };
        let lines = [ChargeLine::free("Sofá", totals.subtotal)];
        language.order_message("Ana Souza", "Sofá", &lines, &terms, totals)
    }

    #[test]
    fn a_plan_says_every_amount_and_what_it_comes_to() {
        let totals = totals(mxn(900_00), Plan::of(mxn(900_00), 6, 500).unwrap());
        let recurrence = Recurrence::Instalments {
            count: 6,
            interest: 500,
        };
        assert_eq!(
            said(Language::Es, recurrence, &totals),
            "Ana, aquí está tu plan de pagos: Sofá.\nInterés 5 %: MX$45.00\n\
             6 pagos mensuales: MX$157.50 hoy y después 5 de MX$157.50.\nTotal *MX$945.00*\n\
             Los siguientes pagos se cobran solos a la tarjeta que registres.\nPaga seguro con Stripe 👇"
        );
    }

    #[test]
    fn a_subscription_says_how_often_and_how_it_ends() {
        let totals = Totals {
            subtotal: mxn(320_00),
            discount: mxn(0),
            interest: mxn(0),
            total: mxn(320_00),
            now: mxn(320_00),
            rest: mxn(0),
        };
        let monthly = Recurrence::Subscription {
            every: Recurring::MONTHLY,
            trial_days: Some(7),
        };
        let message = said(Language::En, monthly, &totals);
        assert!(
            message.contains("The first 7 days are free, then *MX$320.00* every month."),
            "{message}"
        );
        assert!(message.contains("To cancel, reply here"), "{message}");
        let fortnight = Recurring {
            interval: Interval::Week,
            count: 2,
        };
        assert_eq!(Language::Es.every(fortnight), "cada 2 semanas");
        assert_eq!(Language::Pt.every(Recurring::MONTHLY), "a cada mês");
    }

    #[test]
    fn a_day_is_said_as_people_say_it() {
        let zone = jiff::tz::TimeZone::UTC;
        let at = Timestamp::from_rfc3339("2026-12-15T10:00:00Z").unwrap();
        assert_eq!(Language::Es.day(at, &zone), "15 de diciembre");
        assert_eq!(Language::En.day(at, &zone), "December 15");
    }
}
