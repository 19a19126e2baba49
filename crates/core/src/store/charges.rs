//! Charges, and what is still to be done at Stripe for each.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use serde::{Deserialize, Serialize};

use super::columns::{At, Carrier, at, from_json, instalments, json, maybe_at, money, words};
use super::payments;
use crate::domain::{
    Charge, ChargeId, ChargeLine, ChargeTerms, ChosenOption, Closing, ConversationId, Creation, Currency,
    Delivery, Fulfilment, Instalments, MessageId, Money, NewCharge, PayLine, Payment, PaymentFacts,
    ProductLinkId, Recurrence, ShippingRate, StripeIds, StripeObject, Subscribed, Timestamp, Totals, Words,
    Worked, add_up, is_paid_in_full,
};
use crate::{Error, Result};

/// The worker leaves a draft to the call that a person waits for.
pub(crate) const LEFT_TO_CALL: std::time::Duration = std::time::Duration::from_secs(30);

/// Of fewer charges nobody can say what is usual.
const FEW: usize = 5;

/// A charge with the message that carries it and its newest successful payment.
const CHARGE: &str = concat!(
    "
    SELECT h.id, h.conversation_id, h.amount_minor, h.currency, h.description, h.single_use, h.expires_at,
           h.payment, h.creation, coalesce(h.link_id, l.link_id) AS link_id, h.link_url, h.livemode, h.closing, h.created_at, h.opened_at,
           h.paid_at, h.verified_at, h.message_id, h.closed IS NOT NULL AS switched_off,
           h.problem_code, h.problem_title, h.problem_advice, h.contested_at, h.fulfilment, h.fulfilment_at,
           h.replaces, h.reminders_off,
           (SELECT n.id FROM charges n WHERE n.replaces = h.id ORDER BY n.created_at DESC LIMIT 1) AS replaced_by,
           (SELECT count(*) FROM reminders r WHERE r.charge_id = h.id) AS reminded,
           m.delivery, m.sent_at, m.delivered_at, m.read_at,
           h.terms, h.order_minor, h.carrier,
           (SELECT json_group_array(json_object(
                'product', lower(hex(l.product_id)), 'name', l.name, 'options', json(l.options),
                'unit', l.unit_minor, 'quantity', l.quantity, 'note', l.note) ORDER BY l.position)
            FROM charge_lines l WHERE l.charge_id = h.id) AS lines,
           (SELECT r.id FROM charges r WHERE r.rest_of = h.id AND (r.closed IS NULL OR r.paid_at IS NOT NULL) LIMIT 1)
               AS rest_charge,
           EXISTS (SELECT 1 FROM stock_moves s WHERE s.charge_id = h.id AND s.reason = 'sold')
               AND NOT EXISTS (SELECT 1 FROM stock_moves s WHERE s.charge_id = h.id AND s.reason = 'returned')
               AS can_restock,
           p.payment_intent, p.checkout_session, p.method, p.fee_minor, p.net_minor, p.fee_currency, p.collected,
           p.voucher_until, p.voucher_url,
           (SELECT sum(iif(q.status = 'succeeded', q.amount_minor, q.funded_minor)) FROM payments q
            WHERE q.charge_id = h.id AND q.currency = h.currency AND q.status IN ('succeeded', 'processing'))
               AS received_minor,
           (SELECT sum(refunded_minor) FROM payments WHERE charge_id = h.id AND contested_at IS NULL) AS refunded_minor,
           ",
    instalments!(),
    "
    FROM charges h
    LEFT JOIN messages m ON m.id = h.message_id
    LEFT JOIN product_links l ON l.id = h.product_link
    LEFT JOIN payments p ON p.payment_intent = (
        SELECT payment_intent FROM payments WHERE charge_id = h.id AND contested_at IS NULL
        ORDER BY status = 'succeeded' DESC, verified_at DESC LIMIT 1)"
);

/// Its money is still waited for, however far it came: what every figure, filter and tab means by open.
pub(crate) const WAITS: &str = "payment IN ('open', 'processing', 'failed_attempt', 'partly_paid')";

/// Paid, whatever became of the money since: what every view, report and filter means by it.
pub(crate) const IS_PAID: &str = "payment IN ('paid', 'overpaid', 'partly_refunded', 'refunded', 'disputed')";

/// A charge `h` that a customer owes something for: paid, not handed over, and paid since its conversation was done with.
pub(crate) const TO_FULFIL: &str = "h.fulfilment IN ('new', 'preparing', 'shipped')
    AND h.payment IN ('paid', 'overpaid', 'partly_refunded')
    AND max(coalesce(h.paid_at, h.created_at), iif(h.fulfilment = 'new', h.fulfilment_at, 0))
        > coalesce((SELECT done_at FROM conversations WHERE id = h.conversation_id), 0)";

/// How a charge was asked for, as a row keeps it: what its request is made of never changes.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Saved {
    terms: ChargeTerms,
    pay: Vec<PayLine>,
}

/// Saves a draft with the key that makes its creation at Stripe happen once.
/// Returns whether it is new.
pub(crate) fn add(
    conn: &Connection,
    new: &NewCharge,
    worked: &Worked,
    message: &str,
    livemode: bool,
    now: Timestamp,
) -> Result<bool> {
    let hours = |hours: u32| At(now.plus(std::time::Duration::from_secs(u64::from(hours) * 3600)));
    let saved = Saved {
        terms: new.terms.clone(),
        pay: worked.pay.clone(),
    };
    let totals = &worked.totals;
    let added = conn.execute(
        "INSERT INTO charges
             (id, conversation_id, amount_minor, currency, description, message_text, single_use, expires_at,
              payment, creation, wanted_at, creation_next_at, creation_attempts, idempotency_key, livemode,
              closing_next_at, created_at, terms, order_minor, rest_of, carrier, seller_id)
         VALUES (:id, :conversation_id, :amount_minor, :currency, :description, :message_text, :single_use,
              :expires_at, 'draft', 'wanted', :now, :now, 0, :idempotency_key, :livemode, 0, :now, :terms,
              :order_minor, :rest_of, :carrier, (SELECT assignee_id FROM conversations WHERE id = :conversation_id))
         ON CONFLICT (id) DO NOTHING",
        named_params! {
            ":id": new.id,
            ":conversation_id": new.conversation,
            ":amount_minor": totals.now.minor(),
            ":currency": totals.now.currency().code(),
            ":description": worked.description,
            ":message_text": message,
            ":single_use": new.single_use,
            ":expires_at": worked.expires_in_hours.map(hours),
            ":idempotency_key": first_key(new.id),
            ":livemode": livemode,
            ":now": At(now),
            ":terms": json(&saved)?,
            ":order_minor": (totals.rest.minor() > 0).then_some(totals.total.minor()),
            ":rest_of": new.terms.rest_of,
            ":carrier": Carrier(worked.carrier.object),
        },
    )?;
    if added == 0 {
        return Ok(false);
    }
    for (position, line) in worked.lines.iter().enumerate() {
        add_line(conn, new.id, position, line)?;
    }
    Ok(true)
}

fn add_line(conn: &Connection, charge: ChargeId, position: usize, line: &ChargeLine) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO charge_lines (charge_id, position, product_id, name, options, unit_minor, quantity, note)
         VALUES (:charge_id, :position, :product_id, :name, :options, :unit_minor, :quantity, :note)",
    )?
    .execute(named_params! {
        ":charge_id": charge,
        ":position": i64::try_from(position).unwrap_or(i64::MAX),
        ":product_id": line.product,
        ":name": line.name,
        ":options": json(&line.options)?,
        ":unit_minor": line.unit.minor(),
        ":quantity": line.quantity,
        ":note": line.note,
    })?;
    Ok(())
}

pub(crate) fn get(conn: &Connection, id: ChargeId) -> Result<Charge> {
    find(conn, id)?.ok_or(Error::NotFound("This charge"))
}

pub(crate) fn find(conn: &Connection, id: ChargeId) -> Result<Option<Charge>> {
    Ok(conn
        .prepare_cached(&format!("{CHARGE} WHERE h.id = :id"))?
        .query_row(named_params! { ":id": id }, charge_from_row)
        .optional()?)
}

/// Returns the charge whose link has that id at Stripe.
pub(crate) fn id_of_link(conn: &Connection, link: &str) -> Result<Option<ChargeId>> {
    Ok(conn
        .prepare_cached("SELECT id FROM charges WHERE link_id = :link")?
        .query_row(named_params! { ":link": link }, |row| row.get(0))
        .optional()?)
}

pub(crate) fn of_conversation(conn: &Connection, conversation: ConversationId) -> Result<Vec<Charge>> {
    let mut statement = conn.prepare_cached(&format!(
        "{CHARGE} WHERE h.conversation_id = :conversation_id ORDER BY h.created_at DESC LIMIT 200"
    ))?;
    let charges = statement
        .query_map(
            named_params! { ":conversation_id": conversation },
            charge_from_row,
        )?
        .collect::<Result<_, _>>()?;
    Ok(charges)
}

/// Returns a charge of the same amount that the customer could still pay.
pub(crate) fn same_amount_open(
    conn: &Connection,
    conversation: ConversationId,
    amount: Money,
) -> Result<Option<ChargeId>> {
    Ok(conn
        .prepare_cached(
            "SELECT id FROM charges
             WHERE conversation_id = :conversation_id AND amount_minor = :minor AND currency = :currency
               AND payment IN ('draft', 'open', 'processing', 'failed_attempt') LIMIT 1",
        )?
        .query_row(
            named_params! {
                ":conversation_id": conversation, ":minor": amount.minor(), ":currency": amount.currency().code(),
            },
            |row| row.get(0),
        )
        .optional()?)
}

/// Returns whether the same amount was paid here since then.
pub(crate) fn same_amount_paid(
    conn: &Connection,
    conversation: ConversationId,
    amount: Money,
    since: Timestamp,
) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "SELECT EXISTS (
                 SELECT 1 FROM charges
                 WHERE conversation_id = :conversation_id AND amount_minor = :minor AND currency = :currency
                   AND payment IN ('paid', 'overpaid') AND paid_at >= :since)",
        )?
        .query_row(
            named_params! {
                ":conversation_id": conversation, ":minor": amount.minor(), ":currency": amount.currency().code(),
                ":since": At(since),
            },
            |row| row.get(0),
        )?)
}

/// What making the link needs, as it was asked for.
#[derive(Clone)]
pub(crate) struct ToCreate {
    pub id: ChargeId,
    pub conversation: ConversationId,
    pub single_use: bool,
    pub carrier: StripeObject,
    /// What it asks for each time, or at once.
    pub amount: Money,
    pub terms: ChargeTerms,
    /// What the pay page shows, as it was worked out then.
    pub pay: Vec<PayLine>,
    pub idempotency_key: String,
    pub created_at: Timestamp,
    pub wanted_at: Timestamp,
    pub livemode: bool,
    pub attempts: u32,
    /// The number that the customer wrote to, as it is shown.
    pub shop_phone: Option<String>,
}

impl ToCreate {
    /// Returns what its page has to ask for when it is opened: nothing where free days come first.
    pub(crate) fn due_at_once(&self) -> Money {
        match self.terms.recurrence.and_then(Recurrence::trial_days) {
            Some(_) => Money::from_minor(0, self.amount.currency()).unwrap_or(self.amount),
            None => self.amount,
        }
    }
}

pub(crate) fn to_create(conn: &Connection, id: ChargeId) -> Result<Option<ToCreate>> {
    Ok(conn
        .prepare_cached(
            "SELECT id, conversation_id, amount_minor, currency, description, single_use, terms, carrier,
                    idempotency_key, created_at, wanted_at, livemode, creation_attempts,
                    (SELECT l.display_phone FROM conversations c JOIN lines l ON l.id = c.line_id
                     WHERE c.id = charges.conversation_id) AS shop_phone
             FROM charges WHERE id = :id AND creation = 'wanted'",
        )?
        .query_row(named_params! { ":id": id }, to_create_from_row)
        .optional()?)
}

/// Returns a draft whose link should be made now.
pub(crate) fn next_to_create(conn: &Connection, now: Timestamp) -> Result<Option<ChargeId>> {
    Ok(conn
        .prepare_cached(
            "SELECT id FROM charges WHERE creation = 'wanted' AND creation_next_at <= :now
             ORDER BY creation_next_at LIMIT 1",
        )?
        .query_row(named_params! { ":now": At(now) }, |row| row.get(0))
        .optional()?)
}

/// Keeps the worker away from a draft until `next_at`.
pub(crate) fn postpone_creation(
    conn: &Connection,
    id: ChargeId,
    next_at: Timestamp,
    why: Option<&Words>,
) -> Result<()> {
    conn.execute(
        "UPDATE charges
         SET creation_next_at = :next_at, creation_attempts = creation_attempts + 1,
             problem_code = :code, problem_title = :title, problem_advice = :advice
         WHERE id = :id AND creation = 'wanted'",
        named_params! {
            ":id": id,
            ":next_at": At(next_at),
            ":code": why.map(|words| &words.code),
            ":title": why.map(|words| &words.title),
            ":advice": why.map(|words| &words.advice),
        },
    )?;
    Ok(())
}

/// Gives a draft another key, since Stripe repeats the failure that it stored with the old one.
///
/// Only for where Stripe has answered, so that nothing is under way with the old key. A key that
/// was changed says that Stripe is to be looked through first.
pub(crate) fn change_key(conn: &Connection, id: ChargeId) -> Result<()> {
    conn.execute(
        "UPDATE charges SET idempotency_key = :key WHERE id = :id AND creation = 'wanted'",
        named_params! { ":id": id, ":key": format!("{}-{}", first_key(id), uuid::Uuid::now_v7()) },
    )?;
    Ok(())
}

/// Returns the key that a draft begins with.
pub(crate) fn first_key(id: ChargeId) -> String {
    format!("cobro-charge-{id}")
}

/// Stops making the link until a person tries again.
pub(crate) fn stop_creation(conn: &Connection, id: ChargeId, why: &Words) -> Result<()> {
    conn.execute(
        "UPDATE charges
         SET creation = 'stopped', problem_code = :code, problem_title = :title, problem_advice = :advice
         WHERE id = :id AND creation = 'wanted'",
        named_params! { ":id": id, ":code": why.code, ":title": why.title, ":advice": why.advice },
    )?;
    Ok(())
}

/// Lets a stopped draft be made after all. Returns whether it was one.
pub(crate) fn want_again(conn: &Connection, id: ChargeId, now: Timestamp) -> Result<bool> {
    let changed = conn.execute(
        "UPDATE charges
         SET creation = 'wanted', wanted_at = :now, creation_next_at = :next_at, creation_attempts = 0,
             problem_code = NULL, problem_title = NULL, problem_advice = NULL
         WHERE id = :id AND creation = 'stopped' AND closed IS NULL AND link_id IS NULL",
        named_params! { ":id": id, ":now": At(now), ":next_at": At(now.plus(LEFT_TO_CALL)) },
    )?;
    Ok(changed > 0)
}

/// Writes the link that Stripe made. Returns whether this was the first time.
pub(crate) fn open(
    conn: &Connection,
    id: ChargeId,
    link: (&str, &str),
    livemode: bool,
    message: MessageId,
    now: Timestamp,
) -> Result<bool> {
    let withdrawn = conn.execute(
        "UPDATE charges
         SET link_id = :link_id, link_url = :link_url, creation = 'done', closing = 'cancel', closing_next_at = :now
         WHERE id = :id AND link_id IS NULL AND closed IS NOT NULL",
        named_params! { ":id": id, ":link_id": link.0, ":link_url": link.1, ":now": At(now) },
    )?;
    if withdrawn > 0 {
        // The answer came after the seller withdrew the draft: the link is switched off unseen.
        return Ok(false);
    }
    let changed = conn.execute(
        "UPDATE charges
         SET link_id = :link_id, link_url = :link_url, livemode = :livemode, creation = 'done', payment = 'open',
             opened_at = :now, message_id = :message_id, expires_at = :now + (expires_at - created_at),
             problem_code = NULL, problem_title = NULL, problem_advice = NULL
         WHERE id = :id AND link_id IS NULL",
        named_params! {
            ":id": id,
            ":link_id": link.0,
            ":link_url": link.1,
            ":livemode": livemode,
            ":message_id": message,
            ":now": At(now),
        },
    )?;
    Ok(changed > 0)
}

/// Writes that what Stripe made is to be ended, with why. Its address is not kept: nobody may have it.
pub(crate) fn withhold(
    conn: &Connection,
    id: ChargeId,
    link: &str,
    livemode: bool,
    why: &Words,
    now: Timestamp,
) -> Result<()> {
    conn.execute(
        "UPDATE charges
         SET link_id = :link_id, livemode = :livemode, creation = 'done', closing = 'cancel',
             closing_next_at = :now, problem_code = :code, problem_title = :title, problem_advice = :advice
         WHERE id = :id AND link_id IS NULL",
        named_params! {
            ":id": id, ":link_id": link, ":livemode": livemode, ":now": At(now),
            ":code": why.code, ":title": why.title, ":advice": why.advice,
        },
    )?;
    Ok(())
}

/// Writes the product's link by which the charge goes, and its address for this customer. Returns whether this was
/// the first time.
pub(crate) fn open_shared(
    conn: &Connection,
    id: ChargeId,
    link: (ProductLinkId, &str),
    livemode: bool,
    message: MessageId,
    now: Timestamp,
) -> Result<bool> {
    let changed = conn.execute(
        "UPDATE charges
         SET product_link = :link, link_url = :url, livemode = :livemode, creation = 'done',
             payment = iif(closed IS NULL, 'open', payment), opened_at = iif(closed IS NULL, :now, opened_at),
             message_id = iif(closed IS NULL, :message, message_id),
             problem_code = NULL, problem_title = NULL, problem_advice = NULL
         WHERE id = :id AND product_link IS NULL",
        named_params! {
            ":id": id, ":link": link.0, ":url": link.1, ":livemode": livemode, ":message": message, ":now": At(now),
        },
    )?;
    let withdrawn: bool = conn
        .prepare_cached("SELECT closed IS NOT NULL FROM charges WHERE id = ?1")?
        .query_row([id], |row| row.get(0))?;
    Ok(changed > 0 && !withdrawn)
}

/// Makes `message` the one that carries the link now.
pub(crate) fn carry(conn: &Connection, id: ChargeId, message: MessageId) -> Result<()> {
    conn.execute(
        "UPDATE charges SET message_id = :message_id WHERE id = :id",
        named_params! { ":id": id, ":message_id": message },
    )?;
    Ok(())
}

/// Returns the newest link: the next one will be at the same address.
pub(crate) fn newest_link(conn: &Connection) -> Result<Option<String>> {
    Ok(conn
        .prepare_cached(
            "SELECT link_url FROM charges WHERE link_url IS NOT NULL ORDER BY created_at DESC LIMIT 1",
        )?
        .query_row([], |row| row.get(0))
        .optional()?)
}

/// Asks for the link to be switched off. Returns whether it was not asked before.
pub(crate) fn ask_to_close(conn: &Connection, id: ChargeId, why: Closing, now: Timestamp) -> Result<bool> {
    let changed = conn.execute(
        "UPDATE charges SET closing = :closing, closing_next_at = :now
         WHERE id = :id AND closing IS NULL AND closed IS NULL",
        named_params! { ":id": id, ":closing": why, ":now": At(now) },
    )?;
    Ok(changed > 0)
}

/// Withdraws a draft that has no link and will get none.
pub(crate) fn close_draft(conn: &Connection, id: ChargeId) -> Result<bool> {
    let changed = conn.execute(
        "UPDATE charges SET closed = 'cancel', creation = 'stopped', payment = 'cancelled',
             problem_code = NULL, problem_title = NULL, problem_advice = NULL
         WHERE id = :id AND link_id IS NULL AND creation = 'stopped'",
        named_params! { ":id": id },
    )?;
    Ok(changed > 0)
}

/// Asks to close every link whose time is over.
pub(crate) fn ask_to_close_expired(conn: &Connection, now: Timestamp, livemode: bool) -> Result<()> {
    conn.execute(
        "UPDATE charges SET closing = 'expire', closing_next_at = :now
         WHERE livemode = :livemode AND expires_at IS NOT NULL AND expires_at <= :now
           AND closing IS NULL AND closed IS NULL AND link_id IS NOT NULL
           AND (payment IN ('open', 'failed_attempt') OR single_use = 0)",
        named_params! { ":now": At(now), ":livemode": livemode },
    )?;
    Ok(())
}

/// A link to switch off.
#[derive(Debug, Clone)]
pub(crate) struct ToClose {
    pub id: ChargeId,
    /// The link, or the session; nothing where it goes by a link that others pay too.
    pub link: Option<String>,
    pub carrier: StripeObject,
    pub why: Closing,
}

/// Returns a link to switch off now: of `only` that charge, if one is named.
pub(crate) fn next_to_close(
    conn: &Connection,
    now: Timestamp,
    only: Option<ChargeId>,
) -> Result<Option<ToClose>> {
    Ok(conn
        .prepare_cached(
            "SELECT id, link_id, carrier, closing FROM charges
             WHERE closing IS NOT NULL AND closing_next_at <= :now
               AND (link_id IS NOT NULL OR product_link IS NOT NULL) AND (:only IS NULL OR id = :only)
             ORDER BY closing_next_at LIMIT 1",
        )?
        .query_row(named_params! { ":now": At(now), ":only": only }, |row| {
            Ok(ToClose {
                id: row.get("id")?,
                link: row.get("link_id")?,
                carrier: row.get::<_, Carrier>("carrier")?.0,
                why: row.get("closing")?,
            })
        })
        .optional()?)
}

pub(crate) fn postpone_closing(conn: &Connection, id: ChargeId, next_at: Timestamp) -> Result<()> {
    conn.execute(
        "UPDATE charges SET closing_next_at = :next_at WHERE id = :id",
        named_params! { ":id": id, ":next_at": At(next_at) },
    )?;
    Ok(())
}

/// Writes that Stripe switched the link off.
pub(crate) fn closed(conn: &Connection, id: ChargeId, why: Closing) -> Result<()> {
    conn.execute(
        "UPDATE charges SET closing = NULL, closed = :closed WHERE id = :id",
        named_params! { ":id": id, ":closed": why },
    )?;
    Ok(())
}

/// Says why Stripe did not switch the link off, and tries again much later:
/// the charge must not be called withdrawn while its link works. Why a page was never sent stays said.
pub(crate) fn closing_refused(
    conn: &Connection,
    id: ChargeId,
    why: &Words,
    next_at: Timestamp,
) -> Result<()> {
    conn.execute(
        "UPDATE charges
         SET closing_next_at = :next_at
         WHERE id = :id",
        named_params! { ":id": id, ":next_at": At(next_at) },
    )?;
    conn.execute(
        "UPDATE charges SET problem_code = :code, problem_title = :title, problem_advice = :advice
         WHERE id = :id AND problem_code IS NOT 'amount_differs'",
        named_params! { ":id": id, ":code": why.code, ":title": why.title, ":advice": why.advice },
    )?;
    Ok(())
}

/// Returns what the lines at Stripe add up to, before whatever the pay page adds or takes off.
pub(crate) fn pay_subtotal(conn: &Connection, id: ChargeId) -> Result<Option<i64>> {
    let saved: Saved = conn
        .prepare_cached("SELECT terms FROM charges WHERE id = :id")?
        .query_row(named_params! { ":id": id }, |row| from_json(row, "terms"))?;
    if saved.pay.is_empty() {
        return Ok(None);
    }
    let sums = saved
        .pay
        .iter()
        .map(|line| line.unit.minor().checked_mul(i64::from(line.quantity)));
    Ok(sums.sum::<Option<i64>>())
}

/// Returns the middle of the last fifty amounts that were charged in a currency, if there were a few.
pub(crate) fn usual_amount(conn: &Connection, currency: Currency, livemode: bool) -> Result<Option<i64>> {
    let mut amounts: Vec<i64> = conn
        .prepare_cached(
            "SELECT amount_minor FROM charges WHERE currency = :currency AND livemode = :livemode
             ORDER BY created_at DESC LIMIT 50",
        )?
        .query_map(
            named_params! { ":currency": currency.code(), ":livemode": livemode },
            |row| row.get(0),
        )?
        .collect::<Result<_, _>>()?;
    amounts.sort_unstable();
    Ok(amounts
        .get(amounts.len() / 2)
        .copied()
        .filter(|_| amounts.len() >= FEW))
}

/// Returns the ways of delivery that charges offered lately, the newest first, each once.
pub(crate) fn rates_used(conn: &Connection, currency: Currency) -> Result<Vec<ShippingRate>> {
    let mut statement = conn.prepare_cached(
        "SELECT terms FROM charges
         WHERE currency = :currency AND json_extract(terms, '$.terms.shippingRates[0]') IS NOT NULL
         ORDER BY created_at DESC LIMIT 20",
    )?;
    let saved = statement
        .query_map(named_params! { ":currency": currency.code() }, |row| {
            from_json::<Saved>(row, "terms")
        })?
        .collect::<Result<Vec<_>, _>>()?;
    let mut rates: Vec<ShippingRate> = Vec::new();
    for rate in saved.into_iter().flat_map(|saved| saved.terms.shipping_rates) {
        if !rates.contains(&rate) {
            rates.push(rate);
        }
    }
    rates.truncate(6);
    Ok(rates)
}

/// Returns what decides the payment state besides the payments.
pub(crate) fn facts(conn: &Connection, id: ChargeId) -> Result<PaymentFacts> {
    conn.prepare_cached(
        "SELECT amount_minor, currency, single_use, coalesce(link_id, link_url) AS link_id, closed,
                json_extract(terms, '$.terms.recurrence') IS NOT NULL AS recurs,
                (SELECT max(status NOT IN ('cancelled', 'finished')) FROM subscriptions s WHERE s.charge_id = charges.id)
                    AS subscribed
         FROM charges WHERE id = :id",
    )?
    .query_row(named_params! { ":id": id }, |row| {
        Ok(PaymentFacts {
            amount: money(row, "amount_minor", "currency")?,
            single_use: row.get("single_use")?,
            has_link: row.get::<_, Option<String>>("link_id")?.is_some(),
            closed: row.get("closed")?,
            recurs: row.get("recurs")?,
            subscribed: match row.get::<_, Option<bool>>("subscribed")? {
                None => Subscribed::Not,
                Some(true) => Subscribed::Going,
                Some(false) => Subscribed::Over,
            },
        })
    })
    .optional()?
    .ok_or(Error::NotFound("This charge"))
}

/// Writes what Stripe's payments add up to. Returns whether this is the first time it is paid.
///
/// It counts as paid since Stripe's own time of the payment that completed it, not since it was read.
pub(crate) fn set_payment(
    conn: &Connection,
    id: ChargeId,
    payment: Payment,
    verified_at: Timestamp,
) -> Result<bool> {
    // What a check found to be said without Stripe stays so until Stripe proves otherwise.
    conn.execute(
        "UPDATE charges
         SET payment = iif(contested_at IS NOT NULL AND NOT :proven, 'unknown', :payment),
             problem_code = iif(contested_at IS NOT NULL AND :proven, NULL, problem_code),
             contested_at = iif(:proven, NULL, contested_at),
             verified_at = :verified_at
         WHERE id = :id",
        named_params! {
            ":id": id, ":payment": payment, ":proven": payment.is_settled(), ":verified_at": At(verified_at),
        },
    )?;
    let is_paid = match payment {
        Payment::Paid | Payment::Overpaid => true,
        // What went back before anybody heard of the payment was paid all the same.
        Payment::PartlyRefunded | Payment::Refunded | Payment::Disputed => {
            is_paid_in_full(facts(conn, id)?, &payments::of_charge(conn, id)?)
        }
        _ => false,
    };
    if !is_paid {
        return Ok(false);
    }
    let first = conn.execute(
        "UPDATE charges
         SET paid_at = coalesce((SELECT max(p.paid_at) FROM payments p
                                 WHERE p.charge_id = charges.id AND p.status = 'succeeded'), :at),
             problem_code = NULL, problem_title = NULL, problem_advice = NULL
         WHERE id = :id AND paid_at IS NULL",
        named_params! { ":id": id, ":at": At(verified_at) },
    )?;
    Ok(first > 0)
}

/// Ties the charge that is made in another one's place to it. A second one in the same place is refused.
pub(crate) fn replace(conn: &Connection, old: ChargeId, new: ChargeId) -> Result<()> {
    conn.execute(
        "UPDATE charges SET replaces = :old WHERE id = :new",
        named_params! { ":old": old, ":new": new },
    )?;
    Ok(())
}

/// Begins the order of a charge that was paid. One that is begun stays where it is.
pub(crate) fn begin_fulfilment(conn: &Connection, id: ChargeId, now: Timestamp) -> Result<()> {
    conn.execute(
        "UPDATE charges SET fulfilment = 'new', fulfilment_at = :now WHERE id = :id AND fulfilment IS NULL",
        named_params! { ":id": id, ":now": At(now) },
    )?;
    Ok(())
}

/// Begins the order anew: another payment came for another one. A step that the last order had not done is the new
/// order's to do.
pub(crate) fn renew_fulfilment(conn: &Connection, id: ChargeId, now: Timestamp) -> Result<()> {
    conn.execute(
        "UPDATE charges SET fulfilment = 'new', fulfilment_at = :now WHERE id = :id",
        named_params! { ":id": id, ":now": At(now) },
    )?;
    Ok(())
}

/// Moves the order. Returns whether that changed anything.
pub(crate) fn set_fulfilment(
    conn: &Connection,
    id: ChargeId,
    step: Fulfilment,
    now: Timestamp,
) -> Result<bool> {
    let changed = conn.execute(
        "UPDATE charges SET fulfilment = :step, fulfilment_at = :now
         WHERE id = :id AND fulfilment IS NOT :step AND fulfilment IS NOT NULL",
        named_params! { ":id": id, ":step": step, ":now": At(now) },
    )?;
    Ok(changed > 0)
}

pub(crate) fn set_problem(conn: &Connection, id: ChargeId, why: Option<&Words>) -> Result<()> {
    conn.execute(
        "UPDATE charges SET problem_code = :code, problem_title = :title, problem_advice = :advice WHERE id = :id",
        named_params! {
            ":id": id,
            ":code": why.map(|words| &words.code),
            ":title": why.map(|words| &words.title),
            ":advice": why.map(|words| &words.advice),
        },
    )?;
    Ok(())
}

/// Returns the links, or the sessions, of every charge whose money may still come and that was opened since
/// `since`, or waits for a voucher.
pub(crate) fn awaited_links(
    conn: &Connection,
    carrier: StripeObject,
    since: Timestamp,
) -> Result<Vec<String>> {
    let mut statement = conn.prepare_cached(
        "SELECT coalesce(h.link_id, l.link_id) AS link
         FROM charges h LEFT JOIN product_links l ON l.id = h.product_link
         WHERE link IS NOT NULL AND h.carrier = :carrier
           AND h.payment IN ('open', 'processing', 'failed_attempt', 'unknown')
           AND (h.created_at >= :since OR h.payment = 'processing')
         GROUP BY link ORDER BY max(h.created_at) DESC",
    )?;
    let links = statement
        .query_map(
            named_params! { ":carrier": Carrier(carrier), ":since": At(since) },
            |row| row.get(0),
        )?
        .collect::<Result<_, _>>()?;
    Ok(links)
}

/// Returns whether the charge's customer was erased: nothing names them any more.
pub(crate) fn is_of_erased(conn: &Connection, id: ChargeId) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "SELECT k.name = '' AND NOT EXISTS (SELECT 1 FROM identities i WHERE i.contact_id = k.id)
             FROM charges h
             JOIN conversations c ON c.id = h.conversation_id
             JOIN contacts k ON k.id = c.contact_id
             WHERE h.id = ?1",
        )?
        .query_row([id], |row| row.get(0))?)
}

/// Returns whether anything that comes again was ever charged here: else Stripe's invoices are not ours.
pub(crate) fn any_recurs(conn: &Connection) -> Result<bool> {
    Ok(conn
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM charges WHERE json_extract(terms, '$.terms.recurrence') IS NOT NULL)",
        )?
        .query_row([], |row| row.get(0))?)
}

/// Returns the words that go above the pay button.
pub(crate) fn message_text(conn: &Connection, id: ChargeId) -> Result<String> {
    Ok(conn.query_row(
        "SELECT message_text FROM charges WHERE id = :id",
        named_params! { ":id": id },
        |row| row.get(0),
    )?)
}

/// Calls `each` for every charge, oldest first, for an export.
pub(crate) fn for_each(conn: &Connection, mut each: impl FnMut(Charge) -> Result<()>) -> Result<()> {
    let mut statement = conn.prepare(&format!("{CHARGE} ORDER BY h.created_at, h.id"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        each(charge_from_row(row)?)?;
    }
    Ok(())
}

fn to_create_from_row(row: &Row<'_>) -> rusqlite::Result<ToCreate> {
    let amount = money(row, "amount_minor", "currency")?;
    let description: String = row.get("description")?;
    let Saved { terms, mut pay } = from_json(row, "terms")?;
    if pay.is_empty() {
        // A draft of before there were lines.
        pay.push(PayLine {
            name: description,
            description: String::new(),
            unit: amount,
            quantity: 1,
            recurring: None,
        });
    }
    Ok(ToCreate {
        id: row.get("id")?,
        conversation: row.get("conversation_id")?,
        single_use: row.get("single_use")?,
        carrier: row.get::<_, Carrier>("carrier")?.0,
        amount,
        terms,
        pay,
        idempotency_key: row.get("idempotency_key")?,
        created_at: at(row, "created_at")?,
        wanted_at: at(row, "wanted_at")?,
        livemode: row.get("livemode")?,
        attempts: row.get("creation_attempts")?,
        shop_phone: row.get("shop_phone")?,
    })
}

/// A line as the query gathers it.
#[derive(Deserialize)]
struct LineJson {
    product: String,
    name: String,
    options: Vec<ChosenOption>,
    unit: i64,
    quantity: u32,
    note: String,
}

impl LineJson {
    fn into_line(self, currency: Currency) -> Option<ChargeLine> {
        Some(ChargeLine {
            product: self.product.parse().ok(),
            name: self.name,
            options: self.options,
            unit: Money::from_minor(self.unit, currency).ok()?,
            quantity: self.quantity,
            note: self.note,
        })
    }
}

/// Returns the charge's lines and what they add up to, from what was saved, never from the catalog of today.
fn sums_from_row(row: &Row<'_>, amount: Money) -> rusqlite::Result<(Vec<ChargeLine>, Totals)> {
    let currency = amount.currency();
    let mut lines: Vec<ChargeLine> = from_json::<Vec<LineJson>>(row, "lines")?
        .into_iter()
        .filter_map(|line| line.into_line(currency))
        .collect();
    if lines.is_empty() {
        lines.push(ChargeLine::free(&row.get::<_, String>("description")?, amount));
    }
    let total: i64 = row
        .get::<_, Option<i64>>("order_minor")?
        .unwrap_or(amount.minor());
    let subtotal = lines
        .iter()
        .map(|line| line.unit.minor().saturating_mul(i64::from(line.quantity)))
        .fold(0, i64::saturating_add);
    let of = |minor: i64| Money::from_minor(minor.max(0), currency).unwrap_or(amount);
    let totals = Totals {
        subtotal: of(subtotal),
        discount: of(subtotal.saturating_sub(total)),
        interest: of(0),
        total: of(total),
        now: amount,
        rest: of(total.saturating_sub(amount.minor())),
    };
    Ok((lines, totals))
}

/// Returns how much of a plan is paid, from the columns of `instalments!`.
pub(crate) fn instalments_from_row(row: &Row<'_>) -> rusqlite::Result<Option<Instalments>> {
    let paid = row.get("instalments_paid")?;
    let count: Option<u32> = row.get("instalments")?;
    Ok(count.map(|count| Instalments { paid, count }))
}

fn charge_from_row(row: &Row<'_>) -> rusqlite::Result<Charge> {
    let amount = money(row, "amount_minor", "currency")?;
    let (lines, mut totals) = sums_from_row(row, amount)?;
    let terms = from_json::<Saved>(row, "terms")?.terms;
    if let Some(Recurrence::Instalments { .. }) = terms.recurrence {
        // What was saved adds up to the same as it did then, interest and all.
        totals = add_up(&lines, &terms).unwrap_or(totals);
    }
    let carrier = row.get::<_, Carrier>("carrier")?.0;
    let link_id: Option<String> = row.get("link_id")?;
    let is_link = carrier == StripeObject::PaymentLink;
    let collected: Option<String> = row.get("collected")?;
    let refunded: Option<i64> = row.get("refunded_minor")?;
    let fee_currency: Option<String> = row.get("fee_currency")?;
    let settled = |minor: Option<i64>| {
        let currency = cobro_stripe::Currency::from_code(fee_currency.as_deref()?).ok()?;
        Money::from_minor(minor?, currency).ok()
    };
    Ok(Charge {
        id: row.get("id")?,
        conversation: row.get("conversation_id")?,
        amount,
        description: row.get("description")?,
        payment: row.get("payment")?,
        delivery: row.get::<_, Option<Delivery>>("delivery")?,
        link: row.get("link_url")?,
        single_use: row.get("single_use")?,
        expires_at: maybe_at(row, "expires_at")?,
        created_at: at(row, "created_at")?,
        opened_at: maybe_at(row, "opened_at")?,
        sent_at: maybe_at(row, "sent_at")?,
        delivered_at: maybe_at(row, "delivered_at")?,
        read_at: maybe_at(row, "read_at")?,
        paid_at: maybe_at(row, "paid_at")?,
        fee: settled(row.get("fee_minor")?),
        net: settled(row.get("net_minor")?),
        refunded: refunded
            .filter(|minor| *minor > 0)
            .and_then(|minor| Money::from_minor(minor, amount.currency()).ok()),
        received: row
            .get::<_, Option<i64>>("received_minor")?
            .filter(|minor| *minor > 0 && *minor != amount.minor())
            .and_then(|minor| Money::from_minor(minor, amount.currency()).ok()),
        voucher_until: maybe_at(row, "voucher_until")?,
        voucher_url: row.get("voucher_url")?,
        contested_at: maybe_at(row, "contested_at")?,
        fulfilment: row.get("fulfilment")?,
        fulfilment_at: maybe_at(row, "fulfilment_at")?,
        replaces: row.get("replaces")?,
        replaced_by: row.get("replaced_by")?,
        reminders_off: row.get("reminders_off")?,
        reminded: row.get("reminded")?,
        method: row.get("method")?,
        problem: words(row)?,
        livemode: row.get("livemode")?,
        switched_off: row.get("switched_off")?,
        verified_at: maybe_at(row, "verified_at")?,
        stripe_ids: StripeIds {
            payment_link: link_id.clone().filter(|_| is_link),
            checkout_session: row
                .get::<_, Option<String>>("checkout_session")?
                .or_else(|| link_id.filter(|_| !is_link)),
            // What cost nothing goes by its session's name.
            payment_intent: row
                .get::<_, Option<String>>("payment_intent")?
                .filter(|id| id.starts_with("pi_")),
        },
        lines,
        terms,
        totals,
        rest_charge: row.get("rest_charge")?,
        carrier,
        instalments: instalments_from_row(row)?,
        collected: collected.and_then(|text| serde_json::from_str(&text).ok()),
        can_restock: row.get("can_restock")?,
        message: row.get("message_id")?,
        closing: row.get("closing")?,
        creation: row.get::<_, Creation>("creation")?,
    })
}
