//! `expand[]`: ids replaced by the objects they name, nested and inside lists.

use serde_json::Value;

use super::ledger::Ledger;
use super::listing;
use super::objects::balance_transaction::BalanceTransaction;
use super::objects::charge::Charge;
use super::objects::coupon::Coupon;
use super::objects::customer::Customer;
use super::objects::dispute::Dispute;
use super::objects::invoice::Invoice;
use super::objects::line::Line;
use super::objects::payment_intent::PaymentIntent;
use super::objects::payment_link::PaymentLink;
use super::objects::payment_method::PaymentMethod;
use super::objects::payout::Payout;
use super::objects::price::Price;
use super::objects::product::Product;
use super::objects::promotion_code::PromotionCode;
use super::objects::refund::Refund;
use super::objects::schedule::Schedule;
use super::objects::session::Session;
use super::objects::subscription::Subscription;
use super::objects::test_clock::TestClock;
use super::refusal::Refusal;
use super::shelf::Object;

const DEEPEST: usize = 4;

/// Fields that hold an id, by the object that has them.
const EXPANDABLE: &[(&str, &[&str])] = &[
    ("balance_transaction", &["source"]),
    (
        "charge",
        &[
            "application",
            "application_fee",
            "balance_transaction",
            "customer",
            "failure_balance_transaction",
            "on_behalf_of",
            "payment_intent",
            "review",
            "source_transfer",
            "transfer",
        ],
    ),
    (
        "checkout.session",
        &[
            "customer",
            "invoice",
            "payment_intent",
            "payment_link",
            "setup_intent",
            "subscription",
        ],
    ),
    ("customer", &["default_source", "test_clock"]),
    ("dispute", &["charge", "payment_intent"]),
    (
        "payout",
        &[
            "balance_transaction",
            "destination",
            "failure_balance_transaction",
            "original_payout",
        ],
    ),
    (
        "invoice",
        &["customer", "subscription", "default_payment_method", "test_clock"],
    ),
    ("invoice_payment", &["invoice"]),
    (
        "subscription",
        &[
            "customer",
            "default_payment_method",
            "latest_invoice",
            "pending_setup_intent",
            "schedule",
            "test_clock",
        ],
    ),
    (
        "subscription_schedule",
        &["customer", "subscription", "test_clock"],
    ),
    ("promotion_code", &["customer"]),
    // Parts that have no kind of their own, such as a promotion code's `promotion`.
    (
        "",
        &[
            "coupon",
            "payment_intent",
            "subscription",
            "default_payment_method",
        ],
    ),
    (
        "payment_intent",
        &[
            "application",
            "customer",
            "latest_charge",
            "on_behalf_of",
            "payment_method",
            "review",
        ],
    ),
    ("payment_link", &["application", "on_behalf_of"]),
    ("payment_method", &["customer"]),
    ("price", &["product"]),
    ("product", &["default_price", "tax_code"]),
    (
        "refund",
        &[
            "balance_transaction",
            "charge",
            "failure_balance_transaction",
            "payment_intent",
            "source_transfer_reversal",
            "transfer_reversal",
        ],
    ),
];

/// Replaces what each path names in an answer.
pub(crate) fn expand(ledger: &Ledger, answer: &mut Value, paths: &[String]) -> Result<(), Refusal> {
    for path in paths {
        let steps: Vec<&str> = path.split('.').collect();
        if steps.len() > DEEPEST {
            let message =
                format!("You cannot expand more than {DEEPEST} levels of a property. Property: {path}");
            return Err(Refusal::invalid(message)
                .code("property_expansion_max_depth")
                .param("expand"));
        }
        follow(ledger, answer, &steps, path)?;
    }
    Ok(())
}

fn follow(ledger: &Ledger, value: &mut Value, steps: &[&str], path: &str) -> Result<(), Refusal> {
    let Some((step, rest)) = steps.split_first() else {
        return Ok(());
    };
    let kind = value
        .get("object")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    if kind == "list" {
        return follow_list(ledger, value, step, rest, path);
    }
    include(ledger, value, &kind, step);
    let expandable = EXPANDABLE
        .iter()
        .any(|(object, fields)| *object == kind && fields.contains(step));
    let Some(field) = value.get_mut(*step) else {
        return if expandable { Ok(()) } else { Err(cannot(path)) };
    };
    match field {
        Value::String(id) if expandable => {
            if let Some(object) = find(ledger, id) {
                *field = object;
            }
            follow(ledger, field, rest, path)
        }
        Value::Object(_) if expandable || !rest.is_empty() || is_included(&kind, step) => {
            follow(ledger, field, rest, path)
        }
        Value::Null if expandable => Ok(()),
        _ => Err(cannot(path)),
    }
}

fn follow_list(
    ledger: &Ledger,
    list: &mut Value,
    step: &str,
    rest: &[&str],
    path: &str,
) -> Result<(), Refusal> {
    if step != "data" || rest.is_empty() {
        return Err(cannot(path));
    }
    for item in list
        .get_mut("data")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        follow(ledger, item, rest, path)?;
    }
    Ok(())
}

fn cannot(path: &str) -> Refusal {
    Refusal::invalid(format!("This property cannot be expanded ({path}).")).param("expand")
}

fn is_included(kind: &str, field: &str) -> bool {
    matches!(
        (kind, field),
        ("checkout.session" | "payment_link", "line_items") | ("charge", "refunds") | ("invoice", "payments")
    )
}

/// Adds the lists that Stripe leaves out unless they are asked for.
fn include(ledger: &Ledger, value: &mut Value, kind: &str, field: &str) {
    if !is_included(kind, field) || value.get(field).is_some() {
        return;
    }
    let id = value.get("id").and_then(Value::as_str).unwrap_or_default();
    let list = match kind {
        "checkout.session" => ledger.sessions.get(id).map(|session| {
            lines(
                ledger,
                &session.lines,
                &format!("/v1/checkout/sessions/{id}/line_items"),
            )
        }),
        "payment_link" => ledger
            .links
            .get(id)
            .map(|link| lines(ledger, &link.lines, &format!("/v1/payment_links/{id}/line_items"))),
        "invoice" => ledger.invoices.get(id).map(Invoice::payments),
        _ => Some(refunds(ledger, id)),
    };
    if let (Some(list), Some(object)) = (list, value.as_object_mut()) {
        object.insert(field.to_owned(), list);
    }
}

fn lines(ledger: &Ledger, lines: &[Line], url: &str) -> Value {
    listing::list(lines.iter().map(|line| line.render(ledger)).collect(), false, url)
}

fn refunds(ledger: &Ledger, charge: &str) -> Value {
    let of_charge = ledger
        .refunds
        .rows()
        .iter()
        .rev()
        .filter(|refund| refund.charge == charge);
    listing::list(
        of_charge.map(Object::render).collect(),
        false,
        &format!("/v1/charges/{charge}/refunds"),
    )
}

/// Returns the object of any kind that has this id.
fn find(ledger: &Ledger, id: &str) -> Option<Value> {
    let Some((prefix, _)) = id.split_once('_') else {
        return shown::<Coupon>(ledger, id);
    };
    match prefix {
        "plink" => shown::<PaymentLink>(ledger, id),
        "cs" => shown::<Session>(ledger, id),
        "pi" => shown::<PaymentIntent>(ledger, id),
        "ch" => shown::<Charge>(ledger, id),
        "txn" => shown::<BalanceTransaction>(ledger, id),
        "re" => shown::<Refund>(ledger, id),
        "cus" => shown::<Customer>(ledger, id),
        "pm" => shown::<PaymentMethod>(ledger, id),
        "prod" => shown::<Product>(ledger, id),
        "price" => shown::<Price>(ledger, id),
        "sub" if id.starts_with("sub_sched_") => shown::<Schedule>(ledger, id),
        "sub" => shown::<Subscription>(ledger, id),
        "in" => shown::<Invoice>(ledger, id),
        "clock" => shown::<TestClock>(ledger, id),
        "promo" => shown::<PromotionCode>(ledger, id),
        "du" => shown::<Dispute>(ledger, id),
        "po" => shown::<Payout>(ledger, id),
        _ => None,
    }
}

fn shown<T: Object>(ledger: &Ledger, id: &str) -> Option<Value> {
    T::shelf(ledger).get(id).map(Object::render)
}
