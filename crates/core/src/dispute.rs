//! Disputes: what is known of each, and what speaks for the shop, gathered from the conversation.

use std::fmt::Write as _;

use rusqlite::Connection;

use crate::domain::{Charge, Dispute, Message, Timestamp};
use crate::reconcile::{escaped, moment};
use crate::store::{charges, conversations, disputes, messages};
use crate::{Error, Inbox, Language, Result};

/// A summary longer than this is read by nobody at a bank.
const MOST_MESSAGES: usize = 400;

/// How a summary is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EvidenceForm {
    Text,
    Html,
}

/// Returns all disputes: those that wait for an answer first.
pub async fn all(inbox: &Inbox) -> Result<Vec<Dispute>> {
    inbox.store.read(disputes::all).await
}

/// Returns what the conversation says of a disputed charge: what was asked, when the customer read
/// it, when it was paid, how far the order came, and every word since it was asked for.
pub async fn evidence(inbox: &Inbox, id: String, form: EvidenceForm) -> Result<String> {
    let language = inbox.language();
    inbox
        .store
        .read(move |conn| {
            let dispute = disputes::get(conn, &id)?;
            let charge = dispute
                .charge
                .ok_or(Error::NotFound("The charge of this dispute"))
                .and_then(|charge| charges::get(conn, charge))?;
            let facts = Facts::gather(conn, dispute, charge, language)?;
            Ok(match form {
                EvidenceForm::Text => facts.text(),
                EvidenceForm::Html => facts.html(),
            })
        })
        .await
}

struct Facts {
    title: String,
    rows: Vec<(&'static str, String)>,
    talk_title: &'static str,
    talk: Vec<(String, String, String)>,
}

impl Facts {
    fn gather(conn: &Connection, dispute: Dispute, charge: Charge, language: Language) -> Result<Self> {
        let zone = jiff::tz::TimeZone::UTC;
        let row = conversations::row(conn, charge.conversation)?;
        let at = |moment_of: Option<Timestamp>| {
            moment_of.map_or_else(|| "—".to_owned(), |at| format!("{} UTC", moment(at, &zone)))
        };
        let w = words(language);
        let rows = vec![
            (w.dispute, dispute.id.clone()),
            (w.reason, dispute.reason.clone()),
            (w.due, at(dispute.due_by)),
            (w.amount, charge.amount.to_string()),
            (w.item, charge.description.clone()),
            (w.customer, row.name.clone()),
            (w.phone, row.phone.clone().unwrap_or_else(|| "—".into())),
            (w.asked, at(charge.opened_at)),
            (w.delivered, at(charge.delivered_at)),
            (w.read, at(charge.read_at)),
            (w.paid, at(charge.paid_at)),
            (w.method, charge.method.clone().unwrap_or_else(|| "—".into())),
            (
                w.order,
                charge
                    .fulfilment
                    .map_or_else(|| "—".to_owned(), |step| language.fulfilment(step).to_owned())
                    + &charge
                        .fulfilment_at
                        .map_or_else(String::new, |at| format!(", {} UTC", moment(at, &zone))),
            ),
            (
                "Stripe",
                [
                    charge.stripe_ids.payment_intent.clone(),
                    charge.stripe_ids.checkout_session.clone(),
                    charge.stripe_ids.payment_link.clone(),
                ]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(", "),
            ),
        ];
        let since = charge.created_at.minus(std::time::Duration::from_hours(48));
        let talk = messages::since(conn, charge.conversation, since, MOST_MESSAGES)?
            .into_iter()
            .map(|message| line_of(&message, &row.name, language, &zone))
            .collect();
        Ok(Self {
            title: format!("{} · {} · {}", w.title, row.name, charge.amount),
            rows,
            talk_title: w.talk,
            talk,
        })
    }

    fn text(&self) -> String {
        let mut text = format!("{}\n\n", self.title);
        for (name, value) in &self.rows {
            let _ = writeln!(text, "{name}: {value}");
        }
        let _ = writeln!(text, "\n{}", self.talk_title);
        for (at, who, what) in &self.talk {
            let _ = writeln!(text, "[{at}] {who}: {what}");
        }
        text
    }

    fn html(&self) -> String {
        let rows = self
            .rows
            .iter()
            .map(|(name, value)| format!("<tr><th>{}</th><td>{}</td></tr>\n", escaped(name), escaped(value)))
            .collect::<Vec<String>>()
            .concat();
        let talk = self
            .talk
            .iter()
            .map(|(at, who, what)| {
                format!(
                    "<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                    escaped(at),
                    escaped(who),
                    escaped(what).replace('\n', "<br>")
                )
            })
            .collect::<Vec<String>>()
            .concat();
        format!(
            "<!doctype html>\n<html><head><meta charset=\"utf-8\"><title>{title}</title><style>\
             body{{font:13px/18px system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em}}\
             table{{border-collapse:collapse;width:100%;margin:1em 0}}td,th{{padding:3px 8px;border-bottom:1px solid #ddd;\
             text-align:left;vertical-align:top}}</style></head><body>\n<h1>{title}</h1>\n<table>\n{rows}</table>\n\
             <h2>{talk_title}</h2>\n<table>\n{talk}</table>\n</body></html>\n",
            title = escaped(&self.title),
            talk_title = escaped(self.talk_title),
        )
    }
}

fn line_of(
    message: &Message,
    customer: &str,
    language: Language,
    zone: &jiff::tz::TimeZone,
) -> (String, String, String) {
    use crate::domain::{Delivery, Direction};
    let w = words(language);
    let who = match message.direction {
        Direction::In => customer.to_owned(),
        Direction::Out => w.shop.to_owned(),
    };
    let mut what = if message.text.is_empty() {
        format!("[{}]", language.kind(message.kind))
    } else {
        message.text.clone()
    };
    match message.delivery {
        Some(Delivery::Read) => what.push_str(w.was_read),
        Some(Delivery::Delivered) => what.push_str(w.was_delivered),
        _ => {}
    }
    (format!("{} UTC", moment(message.at, zone)), who, what)
}

struct EvidenceWords {
    title: &'static str,
    dispute: &'static str,
    reason: &'static str,
    due: &'static str,
    amount: &'static str,
    item: &'static str,
    customer: &'static str,
    phone: &'static str,
    asked: &'static str,
    delivered: &'static str,
    read: &'static str,
    paid: &'static str,
    method: &'static str,
    order: &'static str,
    talk: &'static str,
    shop: &'static str,
    was_read: &'static str,
    was_delivered: &'static str,
}

fn words(language: Language) -> EvidenceWords {
    match language {
        Language::Es => EvidenceWords {
            title: "Pruebas de la disputa",
            dispute: "Disputa",
            reason: "Motivo",
            due: "Responder antes de",
            amount: "Importe",
            item: "Concepto",
            customer: "Cliente",
            phone: "Teléfono",
            asked: "Cobro enviado",
            delivered: "Entregado en su teléfono",
            read: "Leído por el cliente",
            paid: "Pagado",
            method: "Medio de pago",
            order: "Pedido",
            talk: "Conversación por WhatsApp",
            shop: "Tienda",
            was_read: " (leído)",
            was_delivered: " (entregado)",
        },
        Language::Pt => EvidenceWords {
            title: "Provas da contestação",
            dispute: "Contestação",
            reason: "Motivo",
            due: "Responder até",
            amount: "Valor",
            item: "Descrição",
            customer: "Cliente",
            phone: "Telefone",
            asked: "Cobrança enviada",
            delivered: "Entregue no telefone",
            read: "Lida pelo cliente",
            paid: "Pago",
            method: "Meio de pagamento",
            order: "Pedido",
            talk: "Conversa pelo WhatsApp",
            shop: "Loja",
            was_read: " (lida)",
            was_delivered: " (entregue)",
        },
        Language::En => EvidenceWords {
            title: "Evidence for the dispute",
            dispute: "Dispute",
            reason: "Reason",
            due: "Answer before",
            amount: "Amount",
            item: "Item",
            customer: "Customer",
            phone: "Phone",
            asked: "Charge sent",
            delivered: "Delivered to the phone",
            read: "Read by the customer",
            paid: "Paid",
            method: "Paid with",
            order: "Order",
            talk: "Conversation on WhatsApp",
            shop: "Shop",
            was_read: " (read)",
            was_delivered: " (delivered)",
        },
    }
}
