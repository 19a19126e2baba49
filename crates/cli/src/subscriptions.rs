//! `cobro subscriptions`: who pays again and again, and how it stands, beside a running desk too.

use std::process::ExitCode;

use cobro_desk::core::domain::{Subscription, SubscriptionStatus};
use cobro_desk::core::{export, subscription};
use cobro_desk::{DeskError, Settings};

pub(crate) async fn run(
    settings: Settings,
    json: bool,
    status: Option<SubscriptionStatus>,
) -> Result<ExitCode, DeskError> {
    let store = crate::reach::store_to_read(&settings).await?;
    let mut after = None;
    loop {
        let page = subscription::page_of(&store, status, after).await?;
        for known in &page.rows {
            print(known, json);
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    store.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Reads `--status`.
pub(crate) fn status(text: &str) -> Result<SubscriptionStatus, String> {
    let named = SubscriptionStatus::from_name(&text.replace('-', "_"));
    named.ok_or_else(|| {
        let all: Vec<_> = SubscriptionStatus::ALL
            .iter()
            .map(|status| status.as_str())
            .collect();
        format!("There is no status {text}. Choose one of {}", all.join(", "))
    })
}

fn print(known: &Subscription, json: bool) {
    if json {
        let mut line = export::subscription_line(known);
        if let Some(fields) = line.as_object_mut() {
            fields.insert("customer".into(), known.customer.clone().into());
        }
        println!("{line}");
        return;
    }
    let paid = match known.instalments {
        Some(count) => format!("{} of {count} paid", known.payments),
        None => format!("{} paid", known.payments),
    };
    let next = known.next_at.map(|at| format!(", next {at}")).unwrap_or_default();
    println!(
        "{}  {}  {}: {}, {paid}{next}",
        known.id,
        known.status.as_str(),
        known.customer,
        known.amount
    );
}
