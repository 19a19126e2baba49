//! The report of a reading: as a table for spreadsheets, and as a page to print.

use std::fmt::Write as _;
use std::io::Write;

use anyhow::Context;
use rusqlite::Connection;

use super::report_of;
use crate::domain::{
    BalanceSum, BookClass, BookLine, Currency, MoneySum, ReconcileId, ReconcileReport, Signed, Timestamp,
};
use crate::store::books;
use crate::{Error, Language, Result, Store};

/// A page longer than this is no page to print: the table has all of it.
const MOST_ON_PAGE: usize = 2_000;

/// Writes every line of a reading as comma-separated values. Texts that a spreadsheet
/// would run as a formula are made harmless.
pub async fn to_csv<W: Write + Send + 'static>(store: &Store, id: ReconcileId, out: W) -> Result<()> {
    store
        .read(move |conn| {
            let snapshot = conn.unchecked_transaction()?;
            write_csv(&snapshot, id, out)
        })
        .await
}

/// Writes a reading as one page of HTML without scripts or outside parts, its times in the zone of this machine.
pub async fn to_html<W: Write + Send + 'static>(
    store: &Store,
    id: ReconcileId,
    language: Language,
    mut out: W,
) -> Result<()> {
    store
        .read(move |conn| {
            let snapshot = conn.unchecked_transaction()?;
            let page = page_of(&snapshot, id, language)?;
            out.write_all(page.as_bytes())
                .and_then(|()| out.flush())
                .context("The report could not be written")?;
            Ok(())
        })
        .await
}

fn write_csv(conn: &Connection, id: ReconcileId, out: impl Write) -> Result<()> {
    let run = books::find(conn, id)?.ok_or(Error::NotFound("This reading"))?;
    let mut table = csv::Writer::from_writer(out);
    let failed = "The report could not be written";
    table
        .write_record([
            "class",
            "kind",
            "stripe_id",
            "at_utc",
            "amount",
            "currency",
            "fee",
            "net",
            "settled_in",
            "status",
            "payment_intent",
            "buyer",
            "description",
            "charge",
            "conversation",
            "customer",
            "asked",
            "note",
        ])
        .context(failed)?;
    books::for_each_line(conn, run.n, |line| {
        let settled = line.settled_in.as_deref();
        let text = |text: Option<&str>| harmless(text.unwrap_or_default());
        table
            .write_record([
                line.class.as_str().to_owned(),
                line.kind.clone(),
                harmless(&line.id),
                line.at.rfc3339(),
                line.amount.map(|amount| amount.decimal()).unwrap_or_default(),
                line.amount
                    .map(|amount| amount.currency().code().to_owned())
                    .unwrap_or_default(),
                line.fee.map(|fee| decimal(fee, settled)).unwrap_or_default(),
                line.net.map(|net| decimal(net, settled)).unwrap_or_default(),
                settled.unwrap_or_default().to_owned(),
                harmless(&line.status),
                text(line.payment_intent.as_deref()),
                text(line.buyer.as_deref()),
                text(line.description.as_deref()),
                line.charge.map(|charge| charge.to_string()).unwrap_or_default(),
                line.conversation.map(|id| id.to_string()).unwrap_or_default(),
                text(line.customer.as_deref()),
                line.asked.map(|asked| asked.to_string()).unwrap_or_default(),
                text(line.note.as_deref()),
            ])
            .context(failed)?;
        Ok(())
    })?;
    table.flush().context(failed)?;
    Ok(())
}

/// Keeps a spreadsheet from running what a customer wrote.
pub(crate) fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// Returns an amount that may be below zero as plain digits.
pub(crate) fn decimal(amount: Signed, currency: Option<&str>) -> String {
    let exponent = currency
        .and_then(|code| Currency::from_code(code).ok())
        .map_or(2, |currency| usize::from(currency.exponent()));
    let sign = if amount.0 < 0 { "-" } else { "" };
    let digits = format!("{:0width$}", amount.0.unsigned_abs(), width = exponent + 1);
    let (whole, fraction) = digits.split_at(digits.len() - exponent);
    if exponent == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction}")
    }
}

fn page_of(conn: &Connection, id: ReconcileId, language: Language) -> Result<String> {
    let run = books::find(conn, id)?.ok_or(Error::NotFound("This reading"))?;
    let report = report_of(conn, id)?;
    let words = words(language);
    let zone = jiff::tz::TimeZone::system();
    let mut rows = String::new();
    let (mut shown, mut left) = (0_usize, 0_usize);
    let mut class = None;
    books::for_each_line(conn, run.n, |line| {
        if shown >= MOST_ON_PAGE {
            left += 1;
            return Ok(());
        }
        shown += 1;
        if class != Some(line.class) {
            class = Some(line.class);
            let _ = writeln!(
                rows,
                "<tr class=\"head\"><th colspan=\"6\">{}</th></tr>",
                escaped(words.class(line.class))
            );
        }
        rows.push_str(&row_of(&line, &words, &zone));
        Ok(())
    })?;
    if left > 0 {
        let _ = writeln!(rows, "<tr><td colspan=\"6\">+ {left} (CSV)</td></tr>");
    }
    Ok(page(&report, &words, language, &zone, &rows))
}

fn page(
    report: &ReconcileReport,
    words: &ReportWords,
    language: Language,
    zone: &jiff::tz::TimeZone,
    rows: &str,
) -> String {
    let verdict = if report.closes {
        words.closes
    } else {
        words.does_not_close
    };
    let open = words.open.replace("{}", &report.open.to_string());
    let counts = report
        .counts
        .iter()
        .filter(|count| count.objects > 0)
        .map(|count| {
            format!(
                "<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>\n",
                escaped(words.class(count.class)),
                count.payments,
                count.objects
            )
        })
        .collect::<Vec<String>>()
        .concat();
    let sums = report
        .sums
        .iter()
        .map(|sum| sums_of(sum, words))
        .collect::<Vec<String>>()
        .concat();
    let skipped = report
        .run
        .skipped
        .iter()
        .map(|skipped| {
            format!(
                "<p class=\"bad\">{}: {}. {}</p>\n",
                escaped(words.skipped),
                escaped(&skipped.shelf),
                escaped(&skipped.why)
            )
        })
        .collect::<Vec<String>>()
        .concat();
    let mode = if report.run.livemode {
        words.live
    } else {
        words.test
    };
    format!(
        "<!doctype html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\"><title>{title}</title>\n<style>{STYLE}</style></head><body>\n\
         <h1>{title}</h1>\n<p>{since} – {until} · {zone} · {mode}</p>\n\
         <p class=\"{tone}\"><strong>{verdict}</strong> {open}</p>\n{skipped}\
         <table><tr><th></th><th class=\"n\">{payments}</th><th class=\"n\">{objects}</th></tr>\n{counts}</table>\n{sums}\
         <table class=\"lines\">\n{rows}</table>\n<p class=\"quiet\">Cobro · {made}</p>\n</body></html>\n",
        lang = language.tag(),
        title = escaped(words.title),
        since = moment(report.run.since, zone),
        until = moment(report.run.until, zone),
        zone = escaped(&zone_name(zone, report.run.since)),
        mode = escaped(mode),
        tone = if report.closes && report.open == 0 {
            "good"
        } else {
            "bad"
        },
        verdict = escaped(verdict),
        open = escaped(&open),
        payments = escaped(words.payments),
        objects = escaped(words.objects),
        made = moment(report.run.finished_at.unwrap_or(report.run.started_at), zone),
    )
}

const STYLE: &str = "body{font:13px/18px system-ui,sans-serif;color:#1d1b18;max-width:60em;margin:2em auto;padding:0 1em}\
h1{font-size:20px}h2{font-size:15px;margin:1.6em 0 .4em}table{border-collapse:collapse;width:100%;margin:.8em 0}\
td,th{padding:3px 8px;border-bottom:1px solid #e7e4de;text-align:left;vertical-align:top}\
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.head th{padding-top:1.2em;border-bottom:2px solid #1d1b18}\
.good strong{color:#0b6e4f}.bad strong,p.bad{color:#b3261e}.quiet{color:#5d584f;font-size:11px}\
@media print{body{margin:0;max-width:none}tr{break-inside:avoid}}";

fn sums_of(sum: &BalanceSum, words: &ReportWords) -> String {
    let code = Some(sum.currency.as_str());
    let row = |name: &str, of: &MoneySum, tag: &str| {
        format!(
            "<tr><{tag}>{}</{tag}><{tag} class=\"n\">{}</{tag}><{tag} class=\"n\">{}</{tag}><{tag} class=\"n\">{}</{tag}></tr>\n",
            escaped(name),
            decimal(of.amount, code),
            decimal(of.fee, code),
            decimal(of.net, code)
        )
    };
    let classes = sum
        .classes
        .iter()
        .map(|of| row(words.class(of.class), &of.sum, "td"))
        .collect::<Vec<String>>()
        .concat();
    format!(
        "<h2>{}</h2>\n<table><tr><th></th><th class=\"n\">{}</th><th class=\"n\">{}</th><th class=\"n\">{}</th></tr>\n{classes}{}{}{}</table>\n",
        escaped(&sum.currency),
        escaped(words.amount),
        escaped(words.fee),
        escaped(words.net),
        row(words.booked, &sum.booked, "th"),
        row("Stripe", &sum.stripe, "th"),
        row(words.kept_here, &sum.kept_here, "td"),
    )
}

fn row_of(line: &BookLine, words: &ReportWords, zone: &jiff::tz::TimeZone) -> String {
    let who = line.customer.as_deref().or(line.buyer.as_deref()).unwrap_or("—");
    let what = line
        .note
        .as_deref()
        .or(line.description.as_deref())
        .unwrap_or_default();
    let status = match (line.kind.as_str(), line.status.as_str()) {
        ("charge", "failed") => format!(" · {}", words.declined),
        _ => String::new(),
    };
    let asked = line.asked.map(|asked| format!(" ({asked})")).unwrap_or_default();
    format!(
        "<tr><td>{}</td><td>{}</td><td>{}{}</td><td class=\"n\">{}{}</td><td class=\"n\">{}</td><td>{}</td></tr>\n",
        moment(line.at, zone),
        escaped(who),
        escaped(what),
        escaped(&status),
        escaped(&line.amount.map(|amount| amount.to_string()).unwrap_or_default()),
        escaped(&asked),
        line.net
            .map(|net| decimal(net, line.settled_in.as_deref()))
            .unwrap_or_default(),
        escaped(&line.id),
    )
}

/// Makes a text harmless in a page.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// Returns a moment as a clock on the wall of this machine shows it.
pub(crate) fn moment(at: Timestamp, zone: &jiff::tz::TimeZone) -> String {
    jiff::Timestamp::from_millisecond(at.millis()).map_or_else(
        |_| at.rfc3339(),
        |at| zone.to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string(),
    )
}

/// Returns what the zone is called, and how far it is from UTC then.
pub(crate) fn zone_name(zone: &jiff::tz::TimeZone, at: Timestamp) -> String {
    let offset = jiff::Timestamp::from_millisecond(at.millis())
        .map_or_else(|_| String::new(), |at| format!("UTC{}", zone.to_offset(at)));
    zone.iana_name()
        .map_or(offset.clone(), |name| format!("{name}, {offset}"))
}

struct ReportWords {
    title: &'static str,
    closes: &'static str,
    does_not_close: &'static str,
    /// With the number of open exceptions in braces.
    open: &'static str,
    payments: &'static str,
    objects: &'static str,
    amount: &'static str,
    fee: &'static str,
    net: &'static str,
    booked: &'static str,
    kept_here: &'static str,
    skipped: &'static str,
    /// An attempt that brought no money.
    declined: &'static str,
    live: &'static str,
    test: &'static str,
    classes: [&'static str; 7],
}

impl ReportWords {
    fn class(&self, class: BookClass) -> &'static str {
        BookClass::ALL
            .iter()
            .position(|known| *known == class)
            .and_then(|index| self.classes.get(index))
            .copied()
            .unwrap_or_default()
    }
}

fn words(language: Language) -> ReportWords {
    match language {
        Language::Es => ReportWords {
            title: "Conciliación con Stripe",
            closes: "Las cuentas cuadran.",
            does_not_close: "Las cuentas no cuadran.",
            open: "Excepciones abiertas: {}.",
            payments: "Pagos",
            objects: "Objetos",
            amount: "Importe",
            fee: "Comisión",
            net: "Neto",
            booked: "Todo junto",
            kept_here: "Guardado aquí",
            skipped: "No se pudo leer",
            declined: "rechazado",
            live: "dinero real",
            test: "modo de prueba",
            classes: [
                "Conciliado",
                "En Stripe, sin conversación",
                "Pagado aquí, no está en Stripe",
                "Otro importe u otra moneda",
                "Pagado dos veces",
                "Reembolsos y disputas",
                "Otros movimientos",
            ],
        },
        Language::Pt => ReportWords {
            title: "Conciliação com a Stripe",
            closes: "As contas fecham.",
            does_not_close: "As contas não fecham.",
            open: "Exceções em aberto: {}.",
            payments: "Pagamentos",
            objects: "Objetos",
            amount: "Valor",
            fee: "Taxa",
            net: "Líquido",
            booked: "Tudo junto",
            kept_here: "Guardado aqui",
            skipped: "Não foi possível ler",
            declined: "recusado",
            live: "dinheiro real",
            test: "modo de teste",
            classes: [
                "Conciliado",
                "Na Stripe, sem conversa",
                "Pago aqui, não está na Stripe",
                "Outro valor ou outra moeda",
                "Pago duas vezes",
                "Reembolsos e contestações",
                "Outros movimentos",
            ],
        },
        Language::En => ReportWords {
            title: "Reconciliation with Stripe",
            closes: "The books close.",
            does_not_close: "The books do not close.",
            open: "Open exceptions: {}.",
            payments: "Payments",
            objects: "Objects",
            amount: "Amount",
            fee: "Fee",
            net: "Net",
            booked: "All together",
            kept_here: "Kept here",
            skipped: "Could not be read",
            declined: "declined",
            live: "live money",
            test: "test mode",
            classes: [
                "Matched",
                "At Stripe, without a conversation",
                "Paid here, not at Stripe",
                "Another amount or currency",
                "Paid twice",
                "Refunds and disputes",
                "Other movements",
            ],
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_runs_nothing_that_a_customer_wrote() {
        assert_eq!(harmless("=HYPERLINK(\"http://x\")"), "'=HYPERLINK(\"http://x\")");
        for start in ["+", "-", "@", "\t", "\r"] {
            assert!(harmless(&format!("{start}1")).starts_with('\''));
        }
        assert_eq!(harmless("Pastel = 2"), "Pastel = 2");
    }

    #[test]
    fn amounts_below_zero_keep_their_minor_units() {
        assert_eq!(decimal(Signed(-5), Some("MXN")), "-0.05");
        assert_eq!(decimal(Signed(125_000), Some("MXN")), "1250.00");
        assert_eq!(decimal(Signed(-1250), Some("CLP")), "-1250");
        assert_eq!(decimal(Signed(0), Some("KWD")), "0.000");
        assert_eq!(decimal(Signed(i64::MIN), Some("MXN")), "-92233720368547758.08");
    }

    #[test]
    fn a_page_says_what_a_customer_wrote_and_runs_none_of_it() {
        assert_eq!(escaped("<script>\"&"), "&lt;script&gt;&quot;&amp;");
    }
}
