//! The shop's balance at Stripe, and everything that moved it.

use serde::Deserialize;

use crate::form::{Form, read as reading};
use crate::links::checked_id;
use crate::list::{Created, List, put_page};
use crate::read::{self, place_of};
use crate::{BalanceTransaction, Currency, StripeApi, StripeError};

/// What the shop has at Stripe, by currency, in minor units. Negative where it owes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// Can be paid out now.
    pub available: Vec<(Currency, i64)>,
    /// Comes in some days.
    pub pending: Vec<(Currency, i64)>,
}

#[derive(Deserialize)]
struct Wire {
    available: Vec<Amount>,
    pending: Vec<Amount>,
}

#[derive(Deserialize)]
struct Amount {
    amount: i64,
    currency: Currency,
}

impl StripeApi {
    pub async fn balance(&self) -> Result<Balance, StripeError> {
        let answer = self.get(reading("/balance")).await?;
        let wire: Wire = serde_json::from_str(&answer.body).map_err(|error| StripeError::Decode {
            what: format!("balance ({})", place_of(&error)),
            request_id: answer.request_id,
        })?;
        let pairs = |amounts: Vec<Amount>| {
            amounts
                .into_iter()
                .map(|amount| (amount.currency, amount.amount))
                .collect()
        };
        Ok(Balance {
            available: pairs(wire.available),
            pending: pairs(wire.pending),
        })
    }

    pub async fn balance_transaction(&self, id: &str) -> Result<BalanceTransaction, StripeError> {
        let request = reading(format!("/balance_transactions/{}", checked_id(id)?));
        read::answer(self.get(request).await?, self.is_live())
    }

    /// Returns a page of balance transactions, newest first.
    pub async fn balance_transactions(
        &self,
        created: impl Into<Created>,
        after: Option<&str>,
    ) -> Result<List<BalanceTransaction>, StripeError> {
        let mut form = Form::default();
        put_page(&mut form, after);
        created.into().put(&mut form);
        self.page(form.get("/balance_transactions")).await
    }

    /// Returns a page of what an automatic payout is made of, the payout's own movement included.
    pub async fn balance_transactions_of_payout(
        &self,
        payout: &str,
        after: Option<&str>,
    ) -> Result<List<BalanceTransaction>, StripeError> {
        let mut form = Form::default();
        put_page(&mut form, after);
        form.put("payout", payout);
        self.page(form.get("/balance_transactions")).await
    }

    /// Returns what one charge, refund, dispute or payout moved.
    pub async fn balance_transactions_of(
        &self,
        source: &str,
    ) -> Result<List<BalanceTransaction>, StripeError> {
        let mut form = Form::default();
        put_page(&mut form, None);
        form.put("source", source);
        self.page(form.get("/balance_transactions")).await
    }
}
