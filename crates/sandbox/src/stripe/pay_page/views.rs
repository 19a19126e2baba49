//! The faces of a checkout: the form, and how it can end.

use std::fmt::Write;

use axum::http::StatusCode;
use axum::response::Response;

use super::amount::{amount, mexican_time};
use super::html::{answers, bars, esc, fill, message, page};
use super::words::Words;
use crate::stripe::checkout::pay::MONTHS;
use crate::stripe::checkout::slip::Slip;
use crate::stripe::objects::payment_intent::{TransferTo, Voucher};
use crate::stripe::objects::payment_link::Ending;
use crate::stripe::objects::session::{Field, Notice, Session};

/// What the page shows, taken from the ledger at one moment.
#[derive(Debug)]
pub(super) enum View {
    Form(Box<Session>),
    Paid(Box<Session>),
    /// A voucher that waits; the session may be gone for a payment made through the API.
    Voucher {
        intent: String,
        total: String,
        voucher: Voucher,
    },
    /// Where to send money, and how much is still missing.
    Transfer {
        intent: String,
        total: String,
        remaining: String,
        to: Box<TransferTo>,
    },
    VoucherExpired,
    Authenticate {
        intent: String,
        total: String,
    },
    Inactive(Option<String>),
    Expired,
    NotFound,
}

/// The shop and the language, which every view needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame<'a> {
    pub(super) shop: &'a str,
    pub(super) words: &'static Words,
}

impl Frame<'_> {
    pub(super) fn show(self, view: &View) -> Response {
        let words = self.words;
        let status = if matches!(view, View::NotFound) {
            StatusCode::NOT_FOUND
        } else {
            StatusCode::OK
        };
        let (single, main) = match view {
            View::Form(session) => (false, self.summary(session) + &self.form(session)),
            View::Paid(session) => (true, self.named(&self.thanks(session))),
            View::Voucher {
                intent,
                total,
                voucher,
            } => (true, self.named(&self.slip(intent, total, voucher))),
            View::Transfer {
                intent,
                total,
                remaining,
                to,
            } => (true, self.named(&self.transfer(intent, total, remaining, to))),
            View::VoucherExpired => (
                true,
                self.named(&message(
                    "⌛",
                    "calm",
                    words.voucher_expired,
                    words.voucher_expired_why,
                    "",
                )),
            ),
            View::Authenticate { intent, total } => (true, self.named(&self.bank(intent, total))),
            View::Inactive(why) => {
                let why = why.as_deref().unwrap_or(words.inactive_why);
                (true, self.named(&message("⊘", "calm", words.inactive, why, "")))
            }
            View::Expired => (
                true,
                self.named(&message("⌛", "calm", words.expired, words.expired_why, "")),
            ),
            View::NotFound => (
                true,
                self.named(&message("?", "calm", words.not_found, words.not_found_why, "")),
            ),
        };
        page(status, words, self.shop, single, &main)
    }

    fn shop_line(self) -> String {
        let initial: String = self.shop.chars().take(1).collect();
        format!(
            "<p class=\"shop\"><i aria-hidden=\"true\">{}</i>{}</p>",
            esc(&initial),
            esc(self.shop)
        )
    }

    fn named(self, main: &str) -> String {
        format!("<div>{}{main}</div>", self.shop_line())
    }

    fn summary(self, session: &Session) -> String {
        let mut lines = String::new();
        for line in &session.lines {
            let quantity = if line.quantity > 1 {
                format!(
                    "<small>{}</small>",
                    fill(self.words.quantity, &line.quantity.to_string())
                )
            } else {
                String::new()
            };
            let _ = write!(
                lines,
                "<li><span>{}{quantity}</span><b>{}</b></li>",
                esc(&line.description),
                amount(line.amount, line.currency)
            );
        }
        for (label, cost) in [
            (self.words.discount, -session.discounted()),
            (
                self.words.delivery,
                session.chosen_shipping().map_or(0, |option| option.amount),
            ),
        ] {
            if cost != 0 {
                let shown = amount(cost.abs(), session.currency);
                let sign = if cost < 0 { "−" } else { "" };
                let _ = write!(lines, "<li><span>{label}</span><b>{sign}{shown}</b></li>");
            }
        }
        format!(
            "<section>{}<p class=\"label\">{}</p><p class=\"total\">{}</p><ul class=\"lines\">{lines}</ul></section>\n",
            self.shop_line(),
            fill(self.words.pay_shop, &esc(self.shop)),
            amount(session.total(), session.currency)
        )
    }

    fn thanks(self, session: &Session) -> String {
        let paid = fill(self.words.paid, &amount(session.total(), session.currency));
        let more = match &session.ending {
            Ending::Confirmation(Some(text)) => format!("<p>{}</p>", esc(text)),
            _ => String::new(),
        };
        message("✓", "", self.words.thanks, &paid, &more)
    }

    fn slip(self, intent: &str, total: &str, voucher: &Voucher) -> String {
        let words = self.words;
        let until = fill(words.voucher_until, &mexican_time(voucher.expires_at));
        let buttons = answers(
            &format!("/c/voucher/{intent}"),
            &[("pay", words.pay_in_store), ("expire", words.let_expire)],
            words.processing,
        );
        format!(
            "<section class=\"card\"><h1>{}</h1><div class=\"slip\"><span class=\"{}\">{}</span>\
             <p class=\"amount\">{total}</p>{}<div class=\"number\">{}</div><p class=\"soft\">{until}</p></div>\
             <p class=\"soft\">{}</p>{buttons}</section>",
            words.slip(voucher.slip).title,
            voucher.slip.method(),
            voucher.slip.name(),
            bars(&voucher.number),
            in_fours(&voucher.number),
            words.slip(voucher.slip).pay
        )
    }

    fn transfer(self, intent: &str, total: &str, remaining: &str, to: &TransferTo) -> String {
        let words = self.words;
        format!(
            "<section class=\"card\"><h1>{}</h1><div class=\"slip\"><p class=\"amount\">{total}</p>\
             <p>CLABE</p><div class=\"number\">{}</div><p class=\"soft\">{}</p></div>\
             <p class=\"soft\">{}</p>\
             <form method=\"post\" action=\"/c/transfer/{}\">{}{}</form></section>",
            words.transfer,
            in_fours(&to.clabe),
            esc(&to.reference),
            fill(words.transfer_missing, remaining),
            esc(intent),
            field("amount", words.transfer_amount, "text", "0.00", "", false),
            submit(words.send_now, words.processing),
        )
    }

    fn bank(self, intent: &str, total: &str) -> String {
        let words = self.words;
        let buttons = answers(
            &format!("/c/authenticate/{intent}"),
            &[("complete", words.complete), ("fail", words.fail)],
            words.processing,
        );
        message(
            "3DS",
            "words",
            words.bank_asks,
            &fill(words.bank_asks_why, total),
            &buttons,
        )
    }

    fn form(self, session: &Session) -> String {
        let words = self.words;
        let alert = self.alert(session.notice.as_ref());
        let wrong = match session.notice {
            Some(Notice::Field(field)) => Some(field),
            _ => None,
        };
        let total = amount(session.total(), session.currency);
        let offers = |method: &str| session.methods.iter().any(|offered| offered == method);
        let slips: Vec<Slip> = Slip::ALL
            .into_iter()
            .filter(|slip| offers(slip.method()))
            .collect();
        format!(
            "<section class=\"card\"><h1>{details}</h1>{alert}<form method=\"post\" autocomplete=\"off\" novalidate>\
             <button class=\"first\" tabindex=\"-1\" aria-hidden=\"true\"></button>\
             <input type=\"hidden\" name=\"seen\" value=\"{seen}\">\
             {contact}{wishes}<h2>{payment}</h2>{card_tab}{slip_tabs}{transfer_tab}{card}{slips}{transfer}</form>{hints}\
             </section>",
            seen = session.total(),
            wishes = self.wishes(session, wrong),
            transfer_tab = if offers("customer_balance") {
                tab("transfer", words.transfer_tab, false)
            } else {
                String::new()
            },
            transfer = if offers("customer_balance") {
                let button = submit(words.get_account, words.processing);
                format!("<div class=\"by-transfer\">{button}</div>")
            } else {
                String::new()
            },
            details = words.details,
            payment = words.payment,
            contact = self.contact(session, wrong),
            card_tab = if offers("card") {
                tab("card", words.card, true)
            } else {
                String::new()
            },
            slip_tabs = slips
                .iter()
                .enumerate()
                .map(|(at, slip)| tab(slip.method(), slip.name(), at == 0 && !offers("card")))
                .collect::<String>(),
            card = if offers("card") {
                self.card_fields(session, wrong, &total)
            } else {
                String::new()
            },
            slips = slips
                .iter()
                .map(|slip| self.slip_panel(*slip, &total))
                .collect::<String>(),
            hints = if offers("card") {
                self.hints()
            } else {
                String::new()
            },
        )
    }

    fn alert(self, notice: Option<&Notice>) -> String {
        let words = self.words;
        let text = match notice {
            None | Some(Notice::VoucherExpired) => return String::new(),
            Some(Notice::Declined(code)) => words.decline(code),
            Some(Notice::AuthenticationFailed) => words.not_authenticated,
            Some(Notice::Field(field)) => match field {
                Field::Number => words.wrong_number,
                Field::Expiry => words.wrong_expiry,
                Field::Cvc => words.wrong_cvc,
                Field::Name => words.wrong_name,
                Field::Email => words.wrong_email,
                Field::Method => words.wrong_method,
                Field::Address => words.wrong_address,
                Field::Code => words.wrong_code,
                Field::Total => words.total_changed,
            },
        };
        format!("<p class=\"alert\" role=\"alert\">{}</p>", esc(text))
    }

    fn contact(self, session: &Session, wrong: Option<Field>) -> String {
        let words = self.words;
        let buyer = session.buyer.clone().unwrap_or_default();
        let email = session.email().unwrap_or_default();
        let name = buyer.name.unwrap_or_default();
        let mut fields = field(
            "email",
            words.email,
            "email",
            "",
            email,
            wrong == Some(Field::Email),
        );
        if session.collects_phone {
            fields += &field(
                "phone",
                words.phone,
                "tel",
                "",
                &buyer.phone.unwrap_or_default(),
                false,
            );
        }
        fields + &field("name", words.name, "text", "", &name, wrong == Some(Field::Name))
    }

    fn card_fields(self, session: &Session, wrong: Option<Field>, total: &str) -> String {
        let words = self.words;
        let label = match session.submit_type.as_deref() {
            Some("book") => words.book,
            Some("donate") => words.donate,
            _ => words.pay,
        };
        let number = field(
            "number",
            words.number,
            "text",
            "1234 1234 1234 1234",
            "",
            wrong == Some(Field::Number),
        );
        let expiry = field(
            "expiry",
            words.expiry,
            "text",
            "12 / 34",
            "",
            wrong == Some(Field::Expiry),
        );
        let cvc = field("cvc", words.cvc, "text", "123", "", wrong == Some(Field::Cvc));
        let button = submit(&fill(label, total), words.processing);
        let number = number + &self.months(session);
        format!("<div class=\"by-card\">{number}<div class=\"pair\">{expiry}{cvc}</div>{button}</div>")
    }

    /// Returns the choice of months for cards that have it.
    fn months(self, session: &Session) -> String {
        if !session.installments {
            return String::new();
        }
        let mut options = format!("<option value=\"\">{}</option>", self.words.at_once);
        for months in MONTHS {
            let label = fill(self.words.in_months, &months.to_string());
            let _ = write!(options, "<option value=\"{months}\">{label}</option>");
        }
        format!(
            "<label class=\"field\">{}<select name=\"months\">{options}</select></label>",
            self.words.months
        )
    }

    /// Returns quantities, delivery and a promotion code, where the session asks for them.
    fn wishes(self, session: &Session, wrong: Option<Field>) -> String {
        let words = self.words;
        let mut html = String::new();
        for (index, line) in session.lines.iter().enumerate() {
            if let Some((least, most)) = line.adjustable {
                let _ = write!(
                    html,
                    "<label class=\"field\">{}<input name=\"quantity_{index}\" type=\"number\" min=\"{least}\" \
                     max=\"{most}\" value=\"{}\"></label>",
                    esc(&line.description),
                    line.quantity
                );
            }
        }
        if !session.terms.countries.is_empty() {
            html += &self.delivery(session, wrong == Some(Field::Address));
        }
        let takes_code = session.terms.promotion_codes && session.discount.is_none();
        if takes_code {
            html += &field("code", words.code, "text", "", "", wrong == Some(Field::Code));
        }
        let has_choice =
            session.shipping.len() > 1 || session.lines.iter().any(|line| line.adjustable.is_some());
        if takes_code || has_choice {
            let _ = write!(
                html,
                "<button name=\"answer\" value=\"apply\" class=\"quiet\"><span class=\"spin\"></span>\
                 <span data-busy=\"{}\">{}</span></button>",
                words.processing, words.apply
            );
        }
        html
    }

    fn delivery(self, session: &Session, wrong: bool) -> String {
        let words = self.words;
        let address = session.address.clone().unwrap_or_default();
        let mut html = format!("<h2>{}</h2>", words.delivery);
        for (name, label, value) in [
            ("line1", words.street, address.line1.as_str()),
            (
                "line2",
                words.street_more,
                address.line2.as_deref().unwrap_or_default(),
            ),
            ("city", words.city, &address.city),
            ("state", words.state, address.state.as_deref().unwrap_or_default()),
            ("postal_code", words.postal_code, &address.postal_code),
        ] {
            html += &field(name, label, "text", "", value, wrong && value.is_empty());
        }
        let mut countries = String::new();
        for country in &session.terms.countries {
            let _ = write!(countries, "<option>{}</option>", esc(country));
        }
        let _ = write!(
            html,
            "<label class=\"field\">{}<select name=\"country\">{countries}</select></label>",
            words.country
        );
        for (index, option) in session.shipping.iter().enumerate() {
            let checked = if index == session.shipping_choice {
                " checked"
            } else {
                ""
            };
            let _ = write!(
                html,
                "<label class=\"way\"><input type=\"radio\" name=\"shipping\" value=\"{index}\"{checked}>{} · {}</label>",
                esc(&option.name),
                amount(option.amount, session.currency)
            );
        }
        html
    }

    fn slip_panel(self, slip: Slip, total: &str) -> String {
        let words = self.words.slip(slip);
        let button = submit(&fill(words.get, total), self.words.processing);
        format!(
            "<div class=\"by-{}\"><p class=\"soft\">{}</p>{button}</div>",
            slip.method(),
            words.how
        )
    }

    fn hints(self) -> String {
        let words = self.words;
        let mut rows = String::new();
        for (number, does) in [
            ("4242 4242 4242 4242", words.approves),
            ("4000 0000 0000 0002", words.declines),
            ("4000 0000 0000 9995", words.no_funds),
            ("4000 0027 6000 3184", words.authenticates),
        ] {
            let button = format!("<button type=\"button\" data-card=\"{number}\">{number}</button>");
            let _ = write!(rows, "<tr><td>{button}</td><td>{does}</td></tr>");
        }
        format!(
            "<details open><summary>{}</summary><table class=\"cards\">{rows}</table></details>",
            words.test_cards
        )
    }
}

fn tab(method: &str, label: &str, chosen: bool) -> String {
    let checked = if chosen { " checked" } else { "" };
    format!(
        "<input class=\"tab\" type=\"radio\" name=\"method\" value=\"{method}\" id=\"by-{method}\"{checked}>\
         <label for=\"by-{method}\">{label}</label>"
    )
}

pub(super) fn field(name: &str, label: &str, kind: &str, hint: &str, value: &str, wrong: bool) -> String {
    let class = if wrong { "field wrong" } else { "field" };
    let invalid = if wrong { " aria-invalid=\"true\"" } else { "" };
    let numeric = if matches!(name, "number" | "expiry" | "cvc") {
        " inputmode=\"numeric\""
    } else {
        ""
    };
    format!(
        "<label class=\"{class}\">{label}<input name=\"{name}\" type=\"{kind}\" placeholder=\"{hint}\" value=\"{}\" \
         autocomplete=\"off\"{numeric}{invalid}></label>",
        esc(value)
    )
}

pub(super) fn submit(label: &str, busy: &str) -> String {
    format!(
        "<button><span class=\"spin\"></span><span data-busy=\"{}\">{}</span></button>",
        esc(busy),
        esc(label)
    )
}

fn in_fours(number: &str) -> String {
    let digits: Vec<char> = number.chars().collect();
    digits
        .chunks(4)
        .map(|four| four.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join(" ")
}
