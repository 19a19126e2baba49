//! Ways of paying: what the account can do is asked of Stripe once a day, and kept.

use std::time::Duration;

use cobro_stripe::KeyMode;
use rusqlite::Connection;

use crate::domain::{AccountWays, Paid, StripeAccount, Timestamp, Way, WhyNot, called};
use crate::store::meta;
use crate::{CoreEvent, Error, Inbox, Result};

/// What an account can do changes seldom.
const FRESH: Duration = Duration::from_hours(24);
/// After Stripe could not be reached.
const PAUSE: Duration = Duration::from_mins(10);

/// Asks Stripe what the account can do, and keeps the answer. Costs one read.
pub async fn read(inbox: &Inbox) -> Result<()> {
    let stripe = inbox.require_stripe()?;
    let livemode = stripe.key_mode() == KeyMode::Live;
    let account = stripe.account().await?;
    let ways = AccountWays {
        livemode,
        read_at: Timestamp::now(),
        country: account.country.clone(),
        account: Some(account.id.clone()),
        default_currency: account
            .default_currency
            .map(|currency| currency.code().to_owned()),
        charges_enabled: account.charges_enabled,
        methods: account
            .methods()
            .into_iter()
            .map(|method| (method.name, method.state))
            .collect(),
    };
    let json = serde_json::to_string(&ways).map_err(anyhow::Error::new)?;
    inbox
        .store
        .write(move |tx| Ok(meta::set(tx, meta::ACCOUNT_WAYS, &json)?))
        .await?;
    inbox.problems.clear("stripe.account");
    inbox.emit(CoreEvent::StatusChanged);
    Ok(())
}

/// Returns the account as Stripe last described it; nothing while it was not asked, or without a key.
pub async fn account(inbox: &Inbox) -> Result<Option<StripeAccount>> {
    let Some(livemode) = inbox.stripe().map(|stripe| stripe.key_mode() == KeyMode::Live) else {
        return Ok(None);
    };
    let ways = inbox.store.read(move |conn| kept(conn, livemode)).await?;
    Ok(ways.map(StripeAccount::from))
}

/// Keeps what is known of the account no older than a day.
pub(crate) async fn run(inbox: Inbox) {
    let Some(live) = inbox.stripe().map(|stripe| stripe.key_mode() == KeyMode::Live) else {
        return;
    };
    loop {
        let known = inbox
            .store
            .read(move |conn| kept(conn, live))
            .await
            .ok()
            .flatten();
        let age = known.map(|ways| Timestamp::now().since(ways.read_at));
        let pause = match age.filter(|age| *age < FRESH) {
            Some(age) => FRESH.saturating_sub(age),
            None => match read(&inbox).await {
                Ok(()) => FRESH,
                Err(Error::Stripe(error)) => {
                    inbox.problems.stripe("stripe.account", &error);
                    PAUSE
                }
                Err(error) => {
                    tracing::warn!(%error, "The account's ways of paying could not be kept");
                    PAUSE
                }
            },
        };
        if !inbox.rest(None, pause).await {
            return;
        }
    }
}

/// Returns what Stripe last said of the account in this mode.
pub(crate) fn kept(conn: &Connection, livemode: bool) -> Result<Option<AccountWays>> {
    let json = meta::get(conn, meta::ACCOUNT_WAYS)?;
    let ways: Option<AccountWays> = json.and_then(|json| serde_json::from_str(&json).ok());
    Ok(ways.filter(|ways| ways.livemode == livemode))
}

/// Returns how a charge can be paid; nothing while Stripe has not said what the account can do.
pub(crate) fn of_charge(conn: &Connection, livemode: bool, paid: Paid<'_>) -> Result<Vec<Way>> {
    Ok(kept(conn, livemode)?.map_or_else(Vec::new, |ways| ways.of_charge(paid)))
}

/// Refuses a chosen way of paying that the account or the amount rules out: which, which rule, the way out.
/// What Stripe has not said yet is left to Stripe.
pub(crate) fn check(conn: &Connection, livemode: bool, paid: Paid<'_>) -> Result<()> {
    let refused = match kept(conn, livemode)? {
        Some(ways) if !paid.chosen.is_empty() => ways.refused(paid),
        _ => return Ok(()),
    };
    let Some((way, why)) = refused
        .first()
        .and_then(|way| way.why_not.as_ref().map(|why| (way, why)))
    else {
        return Ok(());
    };
    let method = called(&way.method);
    Err(Error::Invalid(match why {
        WhyNot::Pending => {
            format!("{method} is not ready at Stripe yet. Leave it out, or wait until Stripe has checked it")
        }
        WhyNot::Inactive => {
            format!("{method} is not switched on at Stripe. Leave it out, or switch it on there")
        }
        WhyNot::Currency { only } => format!("{method} takes {only} only. Leave it out, or charge in {only}"),
        WhyNot::Below { least } => format!("{method} takes {least} or more. Leave it out for this amount"),
        WhyNot::Above { most } => format!("{method} takes at most {most}. Leave it out, or make two charges"),
        WhyNot::PaidOnce => format!(
            "{method} can't be offered on a link that is paid often. Leave it out, or let the link be paid once"
        ),
        WhyNot::Recurring | WhyNot::OnRequest | WhyNot::LeftOut => {
            format!("{method} takes no payments that come again. Leave it out")
        }
    }))
}
