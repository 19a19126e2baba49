//! Payouts: what went to the bank, what is in it, and when it arrives. Read from Stripe when somebody looks.

use cobro_stripe::{BalanceTransaction, KeyMode};

use crate::domain::{Page, Payout, PayoutContents, PayoutLine, Signed, Timestamp};
use crate::store::{disputes, payments};
use crate::{Inbox, Result};

/// Pages of a payout's contents that are shown; a busier shop finds the rest in Stripe's dashboard.
const MOST_PAGES: usize = 5;

/// Returns one page of payouts, newest first. Costs one read.
pub async fn page(inbox: &Inbox, after: Option<String>) -> Result<Page<Payout>> {
    let stripe = inbox.require_stripe()?;
    let live = stripe.key_mode() == KeyMode::Live;
    let list = stripe.payouts(None, after.as_deref()).await?;
    let next = list
        .items
        .last()
        .filter(|_| list.has_more)
        .map(|payout| payout.id.clone());
    let rows = list
        .items
        .into_iter()
        .map(|payout| Payout {
            amount: Signed(payout.amount),
            currency: payout.currency.code().to_owned(),
            status: payout.status,
            arrives: payout
                .arrival_date
                .or(payout.created)
                .unwrap_or(Timestamp::from_secs(0)),
            created_at: payout.created.unwrap_or(Timestamp::from_secs(0)),
            failure: payout.failure_message.or(payout.failure_code),
            dashboard: disputes::dashboard(live, "payouts", &payout.id),
            id: payout.id,
        })
        .collect();
    Ok(Page { rows, next })
}

/// Returns what is in a payout, each line with the conversation that it came from. Costs a read for each hundred lines.
pub async fn contents(inbox: &Inbox, payout: String) -> Result<PayoutContents> {
    let stripe = inbox.require_stripe()?.clone();
    let mut entries: Vec<BalanceTransaction> = Vec::new();
    let mut after: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let page = stripe
            .balance_transactions_of_payout(&payout, after.as_deref())
            .await?;
        after = page
            .items
            .last()
            .filter(|_| page.has_more)
            .map(|entry| entry.id.clone());
        entries.extend(page.items);
        if after.is_none() {
            break;
        }
    }
    let more = after.is_some();
    // The payout's own line takes out what the others brought.
    entries.retain(|entry| entry.source.as_deref() != Some(payout.as_str()));
    let sum = |part: fn(&BalanceTransaction) -> i64| Signed(entries.iter().map(part).sum());
    let (amount, fee, net) = (
        sum(|entry| entry.amount),
        sum(|entry| entry.fee),
        sum(|entry| entry.net),
    );
    let lines = inbox
        .store
        .read(move |conn| {
            entries
                .into_iter()
                .map(|entry| {
                    let whose = match &entry.source {
                        Some(source) => payments::whose(conn, source)?,
                        None => None,
                    };
                    Ok(PayoutLine {
                        kind: entry.kind.unwrap_or_default(),
                        amount: Signed(entry.amount),
                        fee: Signed(entry.fee),
                        net: Signed(entry.net),
                        at: entry.created.unwrap_or(Timestamp::from_secs(0)),
                        charge: whose.as_ref().map(|whose| whose.charge),
                        conversation: whose.as_ref().map(|whose| whose.conversation),
                        customer: whose.map(|whose| whose.customer),
                        source: entry.source,
                        id: entry.id,
                    })
                })
                .collect::<Result<Vec<_>>>()
        })
        .await?;
    Ok(PayoutContents {
        lines,
        amount,
        fee,
        net,
        more,
    })
}
