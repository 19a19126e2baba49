//! Following the money: payments, refunds, disputes, payouts, orders, and the books.

use std::io::{BufWriter, Write as _};

use cobro_core::domain::{
    AfterSale, BookClass, BookLine, Charge, ChargeId, ConversationId, Currency, Dispute, FilterCount,
    Fulfilment, MessageId, MovedOrder, NewRefund, Overview, Page, PaymentFilter, PaymentRow, Payout,
    PayoutContents, ReconcileEstimate, ReconcileId, ReconcileReport, Reconciliation, Refund, Refundable,
    ReminderPolicy, Report, ReportPeriod, SavedFilter, TieSuggestion, Timestamp,
};
use cobro_core::{
    Actor, Error, aftersale, dispute, overview, payout, reconcile, refund, reissue, remind, report, verify,
};
use cobro_stripe::ledger::Range;
use serde::Deserialize;
use specta::Type;
use tauri::{AppHandle, WebviewWindow};
use tauri_plugin_dialog::DialogExt as _;
use tauri_plugin_opener::OpenerExt as _;
use tokio::sync::oneshot;

use super::{Answer, Desk};

/// Which file a person wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ReportForm {
    Csv,
    Html,
}

/// Returns the shop's money at a glance.
#[tauri::command]
#[specta::specta]
pub(crate) async fn overview(desk: Desk<'_>, currency: Option<String>) -> Answer<Overview> {
    Ok(overview::get(&desk.inbox()?, currency_from_code(currency)?).await?)
}

/// Returns what was sold in some days, in one currency.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sales_report(
    desk: Desk<'_>,
    period: ReportPeriod,
    currency: Option<String>,
) -> Answer<Report> {
    Ok(report::get(&desk.inbox()?, period, currency_from_code(currency)?).await?)
}

/// Saves a report as a table where a person says. Returns where.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_sales_report(
    window: WebviewWindow,
    app: AppHandle,
    desk: Desk<'_>,
    period: ReportPeriod,
    currency: Option<String>,
) -> Answer<Option<String>> {
    let report = report::get(&desk.inbox()?, period, currency_from_code(currency)?).await?;
    let name = format!("cobro-{}-{}-{}.csv", report.first, report.last, report.currency);
    let Some(path) = ask_where(&window, &app, &name).await else {
        return Ok(None);
    };
    let file = BufWriter::new(written(std::fs::File::create(&path))?);
    report::write_csv(&report, file)?;
    Ok(Some(path.to_string_lossy().into_owned()))
}

/// Returns how many charges each filter shows.
#[tauri::command]
#[specta::specta]
pub(crate) async fn payment_counts(desk: Desk<'_>) -> Answer<Vec<FilterCount>> {
    Ok(overview::counts(&desk.inbox()?).await?)
}

/// Returns one page of charges, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn payments(
    desk: Desk<'_>,
    filter: PaymentFilter,
    query: String,
    after: Option<String>,
) -> Answer<Page<PaymentRow>> {
    Ok(overview::page(&desk.inbox()?, filter, query, after).await?)
}

/// Returns the filters that a person saved.
#[tauri::command]
#[specta::specta]
pub(crate) async fn saved_filters(desk: Desk<'_>) -> Answer<Vec<SavedFilter>> {
    Ok(overview::saved_filters(&desk.inbox()?).await?)
}

/// Keeps filters, in place of those before.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_filters(desk: Desk<'_>, filters: Vec<SavedFilter>) -> Answer<()> {
    Ok(overview::save_filters(&desk.inbox()?, filters).await?)
}

/// Returns how much of a charge can be given back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn refundable(desk: Desk<'_>, charge: ChargeId) -> Answer<Refundable> {
    Ok(refund::refundable(&desk.inbox()?, charge).await?)
}

/// Gives money back. The same id twice is one refund.
#[tauri::command]
#[specta::specta]
pub(crate) async fn create_refund(desk: Desk<'_>, refund: NewRefund) -> Answer<Refund> {
    Ok(refund::create(&desk.inbox()?, Actor::Person, refund).await?)
}

/// Returns all disputes.
#[tauri::command]
#[specta::specta]
pub(crate) async fn disputes(desk: Desk<'_>) -> Answer<Vec<Dispute>> {
    Ok(dispute::all(&desk.inbox()?).await?)
}

/// Saves what speaks for the shop in a dispute where a person says. Returns where.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_evidence(
    window: WebviewWindow,
    app: AppHandle,
    desk: Desk<'_>,
    dispute: String,
    form: ReportForm,
) -> Answer<Option<String>> {
    let inbox = desk.inbox()?;
    let (form, end) = match form {
        ReportForm::Csv => (dispute::EvidenceForm::Text, "txt"),
        ReportForm::Html => (dispute::EvidenceForm::Html, "html"),
    };
    let text = dispute::evidence(&inbox, dispute.clone(), form).await?;
    let Some(path) = ask_where(&window, &app, &format!("{dispute}.{end}")).await else {
        return Ok(None);
    };
    written(std::fs::write(&path, text))?;
    Ok(Some(path.to_string_lossy().into_owned()))
}

/// Returns one page of payouts, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn payouts(desk: Desk<'_>, after: Option<String>) -> Answer<Page<Payout>> {
    Ok(payout::page(&desk.inbox()?, after).await?)
}

/// Returns what is in a payout.
#[tauri::command]
#[specta::specta]
pub(crate) async fn payout_contents(desk: Desk<'_>, payout: String) -> Answer<PayoutContents> {
    Ok(payout::contents(&desk.inbox()?, payout).await?)
}

/// Moves an order, and tells the customer if a message id is given.
#[tauri::command]
#[specta::specta]
pub(crate) async fn move_order(
    desk: Desk<'_>,
    charge: ChargeId,
    to: Fulfilment,
    tell: Option<MessageId>,
) -> Answer<MovedOrder> {
    Ok(aftersale::move_order(&desk.inbox()?, charge, to, tell).await?)
}

/// Makes a new charge in the place of one that can't be paid any more then.
#[tauri::command]
#[specta::specta]
pub(crate) async fn issue_again(desk: Desk<'_>, old: ChargeId, id: ChargeId) -> Answer<Charge> {
    Ok(reissue::again(&desk.inbox()?, Actor::Person, old, id).await?)
}

/// Lets a charge's customer be reminded, or not.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_reminders(desk: Desk<'_>, charge: ChargeId, on: bool) -> Answer<Charge> {
    Ok(remind::set(&desk.inbox()?, charge, on).await?)
}

/// Returns when customers are reminded.
#[tauri::command]
#[specta::specta]
pub(crate) async fn reminder_policy(desk: Desk<'_>) -> Answer<ReminderPolicy> {
    Ok(remind::policy(&desk.inbox()?).await?)
}

/// Changes when customers are reminded.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_reminder_policy(desk: Desk<'_>, policy: ReminderPolicy) -> Answer<ReminderPolicy> {
    Ok(remind::set_policy(&desk.inbox()?, policy).await?)
}

/// Returns what customers are told after paying.
#[tauri::command]
#[specta::specta]
pub(crate) async fn after_sale(desk: Desk<'_>) -> Answer<AfterSale> {
    Ok(aftersale::settings(&desk.inbox()?).await?)
}

/// Changes what customers are told after paying.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_after_sale(desk: Desk<'_>, after: AfterSale) -> Answer<AfterSale> {
    Ok(aftersale::set(&desk.inbox()?, after).await?)
}

/// Puts a red charge back to what Stripe says.
#[tauri::command]
#[specta::specta]
pub(crate) async fn accept_contested(desk: Desk<'_>, charge: ChargeId) -> Answer<()> {
    Ok(verify::accept(&desk.inbox()?, charge).await?)
}

/// Returns what reading a range of the account would cost.
#[tauri::command]
#[specta::specta]
pub(crate) async fn reconcile_estimate(
    desk: Desk<'_>,
    since: Timestamp,
    until: Timestamp,
) -> Answer<ReconcileEstimate> {
    Ok(reconcile::estimate(&desk.inbox()?, Range { since, until }).await?)
}

/// Begins to read the account.
#[tauri::command]
#[specta::specta]
pub(crate) async fn reconcile_start(
    desk: Desk<'_>,
    since: Timestamp,
    until: Timestamp,
    over_budget: bool,
) -> Answer<Reconciliation> {
    Ok(reconcile::start(&desk.inbox()?, Range { since, until }, over_budget).await?)
}

/// Goes on with a reading that is paused.
#[tauri::command]
#[specta::specta]
pub(crate) async fn reconcile_resume(
    desk: Desk<'_>,
    id: ReconcileId,
    over_budget: bool,
) -> Answer<Reconciliation> {
    Ok(reconcile::resume(&desk.inbox()?, id, over_budget).await?)
}

/// Ends a reading.
#[tauri::command]
#[specta::specta]
pub(crate) async fn reconcile_cancel(desk: Desk<'_>, id: ReconcileId) -> Answer<()> {
    Ok(reconcile::cancel(&desk.inbox()?, id).await?)
}

/// Returns the readings, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn reconciliations(desk: Desk<'_>) -> Answer<Vec<Reconciliation>> {
    Ok(reconcile::all(&desk.inbox()?).await?)
}

/// Returns a reading with what came of it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn reconcile_report(desk: Desk<'_>, id: ReconcileId) -> Answer<ReconcileReport> {
    Ok(reconcile::report(&desk.inbox()?, id).await?)
}

/// Returns one page of a class of a reading.
#[tauri::command]
#[specta::specta]
pub(crate) async fn reconcile_lines(
    desk: Desk<'_>,
    id: ReconcileId,
    shown: BookClass,
    after: Option<String>,
) -> Answer<Page<BookLine>> {
    Ok(reconcile::lines(&desk.inbox()?, id, shown, after).await?)
}

/// Returns whose an unmatched payment may be.
#[tauri::command]
#[specta::specta]
pub(crate) async fn tie_suggestions(
    desk: Desk<'_>,
    id: ReconcileId,
    object: String,
) -> Answer<Vec<TieSuggestion>> {
    Ok(reconcile::suggestions(&desk.inbox()?, id, object).await?)
}

/// Ties an unmatched payment to a conversation.
#[tauri::command]
#[specta::specta]
pub(crate) async fn tie_payment(
    desk: Desk<'_>,
    id: ReconcileId,
    object: String,
    conversation: ConversationId,
    charge: Option<ChargeId>,
) -> Answer<()> {
    Ok(reconcile::tie(&desk.inbox()?, id, object, conversation, charge).await?)
}

/// Takes a tie back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn untie_payment(desk: Desk<'_>, id: ReconcileId, payment_intent: String) -> Answer<()> {
    Ok(reconcile::untie(&desk.inbox()?, id, payment_intent).await?)
}

/// Explains an exception, or opens it again.
#[tauri::command]
#[specta::specta]
pub(crate) async fn note_exception(desk: Desk<'_>, object: String, note: Option<String>) -> Answer<()> {
    Ok(reconcile::note(&desk.inbox()?, object, note).await?)
}

/// Saves a reading's report where a person says; a page is opened for printing too. Returns where it is.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_report(
    window: WebviewWindow,
    app: AppHandle,
    desk: Desk<'_>,
    id: ReconcileId,
    form: ReportForm,
) -> Answer<Option<String>> {
    let inbox = desk.inbox()?;
    let name = match form {
        ReportForm::Csv => "cobro-reconcile.csv",
        ReportForm::Html => "cobro-reconcile.html",
    };
    let Some(path) = ask_where(&window, &app, name).await else {
        return Ok(None);
    };
    let file = BufWriter::new(written(std::fs::File::create(&path))?);
    match form {
        ReportForm::Csv => reconcile::to_csv(&inbox.store, id, file).await?,
        ReportForm::Html => {
            reconcile::to_html(&inbox.store, id, inbox.window_language(), file).await?;
            // A browser that does not open leaves the file all the same.
            let _ = app.opener().open_path(path.to_string_lossy(), None::<&str>);
        }
    }
    Ok(Some(path.to_string_lossy().into_owned()))
}

/// Saves every charge of a filter as a table where a person says. Returns where.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_payments(
    window: WebviewWindow,
    app: AppHandle,
    desk: Desk<'_>,
    filter: PaymentFilter,
    query: String,
) -> Answer<Option<String>> {
    let inbox = desk.inbox()?;
    let Some(path) = ask_where(&window, &app, "cobro-payments.csv").await else {
        return Ok(None);
    };
    let mut file = BufWriter::new(written(std::fs::File::create(&path))?);
    overview::write_csv(&inbox, filter, query, &mut file).await?;
    written(file.flush())?;
    Ok(Some(path.to_string_lossy().into_owned()))
}

fn currency_from_code(code: Option<String>) -> Result<Option<Currency>, Error> {
    code.map(|code| Currency::from_code(&code))
        .transpose()
        .map_err(|error| Error::Invalid(error.to_string()))
}

pub(super) async fn ask_where(
    window: &WebviewWindow,
    app: &AppHandle,
    name: &str,
) -> Option<std::path::PathBuf> {
    let (say, chosen) = oneshot::channel();
    app.dialog()
        .file()
        .set_parent(window)
        .set_file_name(name)
        .save_file(move |path| {
            let _ = say.send(path);
        });
    chosen.await.ok().flatten().and_then(|path| path.into_path().ok())
}

fn written<T>(done: std::io::Result<T>) -> Result<T, Error> {
    done.map_err(|error| {
        Error::Invalid(format!(
            "The file can't be written there ({error}). Choose another place"
        ))
    })
}
